"""Booking online when things go wrong: races, limits, clocks that change, a browser that lies."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from spa_pos.app import create_app
from spa_pos.booking.actions.online import forget_online
from spa_pos.db import fetch, fetch_value, insert
from spa_pos.messages.rules import enter_code
from spa_pos.payments.rules import Asks
from spa_pos.people.queries import find_guests
from spa_pos.schedule.tables import Shift
from spa_pos.settings import Mode, SmtpServer
from spa_pos.verify import verify
from tests.builders import booked, card_rule
from tests.cast import SECRET, Kiosk, Spa, settings
from tests.integration.booking.online import choose, say, telephone, times, type_code


async def broken() -> list[str]:
    return [problem for verdict in await verify() for problem in verdict.problems]


async def test_many_press_the_same_time_at_once_and_one_holds_it(spa: Spa) -> None:
    async with AsyncExitStack() as stack:
        phones = [await stack.enter_async_context(telephone(spa)) for _ in range(6)]
        ana = await spa.staff_id("Ana Okafor")
        for phone in phones:
            page = await phone.open(f"/book/when?service=swedish-60&group=visitor&with={ana}")
        slot = times(page)[0]
        answers = await asyncio.gather(*(phone.send("/book/hold", time=slot) for phone in phones))
    assert sorted(page.status for page in answers) == [200, 409, 409, 409, 409, 409]
    assert {page.problem for page in answers if page.status == 409} == {"slot-taken"}
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'held'") == 1
    assert await broken() == []


async def test_two_windows_confirm_at_once_and_one_visit_stands(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await choose(phone)
        await say(phone)
        shown = await type_code(phone)
        second = Kiosk(spa, phone.browser, shown)
        other = shown.form("/book/confirm") | {"request": str(uuid4())}
        answers = await asyncio.gather(
            phone.send("/book/confirm", shown), second.post("/book/confirm", other)
        )
    assert {page.path for page in answers} == {"/book/done"}
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'booked'") == 1
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'confirmation'") == 1
    assert await broken() == []


async def test_the_desk_takes_a_time_whose_hold_ran_out_before_it_is_confirmed(spa: Spa) -> None:
    async with telephone(spa) as phone:
        page = await phone.open("/book/when?service=swedish-60&group=visitor&date=2026-11-25")
        start, _provider, _cents = times(page)[0].split(".")
        await phone.send("/book/hold", time=times(page)[0])
        await say(phone)
        shown = await type_code(phone)
        spa.clock.forward(minutes=10)
        starts_at = datetime.strptime(start, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        name = await fetch_value("SELECT s.name FROM appointment a JOIN staff s ON s.id = a.provider")
        visit = await booked(spa, at=starts_at, provider=name)
        page = await phone.send("/book/confirm", shown)
    assert (page.status, page.problem) == (410, "hold-expired")
    assert await fetch_value("SELECT status FROM appointment WHERE id = $1", visit) == "booked"
    assert await broken() == []


async def test_who_is_booked_at_that_time_already_is_told_and_keeps_the_hold(spa: Spa) -> None:
    async with telephone(spa) as phone, telephone(spa) as tablet:
        day = "group=visitor&date=2026-11-25"
        massages = await phone.open(f"/book/when?service=swedish-60&{day}")
        facials = await tablet.open(f"/book/when?service=facial-60&{day}")
        starts = {one.split(".")[0]: one for one in times(facials)}
        slot = next(one for one in times(massages) if one.split(".")[0] in starts)
        await phone.send("/book/hold", time=slot)
        await tablet.send("/book/hold", time=starts[slot.split(".")[0]])
        for browser in (phone, tablet):
            await say(browser)
            await type_code(browser)
            page = await browser.send("/book/confirm")
        assert (page.status, page.problem) == (409, "guest-already-booked")
        assert "We hold this time for you until" in page.words
        assert phone.page.path == "/book/done"
    assert await fetch_value("SELECT count(*) FROM guest WHERE NOT stands_in") == 1
    assert await broken() == []


async def test_a_network_holds_so_many_times_and_no_more(spa: Spa) -> None:
    async with AsyncExitStack() as stack:
        for number in range(13):
            phone = await stack.enter_async_context(telephone(spa))
            page = await choose(phone, more=f"&date=2026-12-{1 + number % 4:02}", index=4 * (number // 4))
            if number < 12:
                assert page.path == "/book/you", page.words
        assert (page.status, page.problem) == (409, "too-many-holds")
        assert "Many times are held from your network right now" in page.words
        spa.clock.forward(minutes=11)
        page = await choose(phone, more="&date=2026-12-08")
        assert page.path == "/book/you", "what ran out counts no longer"
    assert await broken() == []


async def test_a_browser_that_holds_and_holds_is_stopped_for_a_while(spa: Spa) -> None:
    async with telephone(spa) as phone:
        for turn in range(20):
            page = await choose(phone, index=turn % 2)
            assert page.path == "/book/you"
        page = await choose(phone, index=0)
        assert (page.status, page.problem) == (429, "too-many-tries")
        assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'held'") == 1
        assert await fetch_value("SELECT count(*) FROM guest_try WHERE identity LIKE '%-%'") == 0


async def test_codes_for_one_address_are_limited_whoever_asks(spa: Spa) -> None:
    async with AsyncExitStack() as stack:
        for turn in range(6):
            phone = await stack.enter_async_context(telephone(spa))
            await choose(phone, index=turn)
            page = await say(phone, email="Ida@Example.org")
        assert (page.status, page.problem) == (429, "too-many-tries")
        assert 'value="Ida"' in page.text, "what was typed is still there"
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'code'") == 5


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 3, 14)])
async def test_on_the_days_when_the_clocks_change(spa: Spa, day: date) -> None:
    zone = spa.house.zone
    spa.clock.now = datetime.combine(day - timedelta(days=1), time(9), zone).astimezone(UTC)
    await fetch("UPDATE opening_hours SET opens = '00:00', closes = '23:45'")
    ana = await spa.staff_id("Ana Okafor")
    await insert(
        Shift, id=uuid4(), staff=ana, weekday=6, starts=time(0), ends=time(8), valid_from=date(2026, 1, 1)
    )
    async with telephone(spa) as phone:
        page = await phone.open(f"/book/when?service=swedish-60&group=visitor&with={ana}&date={day}")
        faces = [one.split(".")[0][9:13] for one in times(page)]
        if day.month == 11:
            assert "1:15 AM CDT" in page.words and "1:15 AM CST" in page.words, "an hour that comes twice"
            assert {"0615", "0715"} <= set(faces)
            slot = next(one for one in times(page) if one.startswith("20261101T0715"))
        else:
            assert " 2:15 AM" not in page.words and " 3:15 AM" in page.words, "an hour that never comes"
            slot = next(one for one in times(page) if one.startswith("20270314T0815"))
        await phone.send("/book/hold", time=slot)
        await say(phone)
        await type_code(phone)
        page = await phone.send("/book/confirm")
        assert page.path == "/book/done", page.words
    starts_at = await fetch_value("SELECT starts_at FROM appointment WHERE status = 'booked'")
    assert starts_at.astimezone(zone).time() == (time(1, 15) if day.month == 11 else time(3, 15))
    assert f"{starts_at:%Y%m%dT%H%MZ}" == slot.split(".")[0]
    assert await broken() == []


async def test_a_cookie_that_is_not_ours_is_nobodys(spa: Spa) -> None:
    async with telephone(spa) as phone, telephone(spa) as mallory:
        await choose(phone)
        await say(phone)
        sealed = phone.browser.cookies["spa_booking"]
        booking = await fetch_value("SELECT id FROM online_booking")
        for forged in (str(booking), sealed[:-2] + "AA", "x", ""):
            mallory.browser.cookies.set("spa_booking", forged, domain="127.0.0.1", path="/")
            for path in ("/book/you", "/book/code", "/book/confirm"):
                page = await mallory.open(path)
                assert "Ida" not in page.text and "ida@example.org" not in page.text


async def test_a_form_from_elsewhere_is_refused(spa: Spa) -> None:
    async with telephone(spa) as phone:
        page = await phone.open("/book/when?service=swedish-60&group=visitor")
        fields = page.form("/book/hold") | {"time": times(page)[0]}
        foreign = await phone.post("/book/hold", fields, origin="https://elsewhere.example")
        assert foreign.status == 403
        bare = await phone.post("/book/hold", fields | {"csrf": ""})
        assert bare.status == 403
    assert await fetch_value("SELECT count(*) FROM appointment") == 0


async def test_whoever_stands_in_is_nobody_to_be_found(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await choose(phone)
        assert await find_guests("Online") == []
        kiosk = await spa.kiosk()
        page = await kiosk.open("/board")
        assert "Online g" in page.words or "Online guest" in page.words, "the desk sees that it is held"


async def test_what_was_typed_and_not_finished_is_forgotten(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await choose(phone)
        await say(phone)
        assert await forget_online(spa.clock.now) == 0
        later = spa.clock.forward(days=1, minutes=1)
        await fetch("UPDATE appointment SET status = 'expired', ended_at = now()")
        await fetch("UPDATE claim SET released = true, held_until = NULL")
        assert await forget_online(later) == 1
        assert await fetch_value("SELECT count(*) FROM online_booking") == 0
        page = await phone.open("/book/you")
        assert (page.status, page.problem) == (409, "nothing-held")


async def test_an_address_with_many_visits_to_come_is_asked_to_call(spa: Spa) -> None:
    async with telephone(spa) as phone:
        for number in range(11):
            await choose(phone, more=f"&date=2026-12-{1 + number:02}")
            page = await say(phone)
            if number == 0:
                page = await type_code(phone)
            assert page.path == "/book/confirm", page.words
            page = await phone.send("/book/confirm")
        assert (page.status, page.problem) == (409, "too-many-visits")
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'booked'") == 10


async def test_a_house_that_asks_for_a_deposit_says_so_and_how(spa: Spa) -> None:
    await card_rule(spa, Asks.DEPOSIT, 250_000)
    async with telephone(spa) as phone:
        await choose(phone)
        await say(phone)
        page = await type_code(phone)
        assert "We ask for a deposit of $30.00. It cannot be paid here: we call you about it." in page.words
        await phone.send("/book/confirm")
    assert await fetch_value("SELECT due_cents FROM card_ask") == 3_000


async def test_a_house_that_asks_for_a_card_leads_to_where_one_is_kept(spa: Spa) -> None:
    await card_rule(spa, Asks.CARD)
    async with telephone(spa) as phone:
        await choose(phone)
        await say(phone)
        page = await type_code(phone)
        assert "We ask for a card for this visit." in page.words
        page = await phone.send("/book/confirm")
        assert 'href="/me/cards"' in page.text
    assert await fetch_value("SELECT due_cents FROM card_ask") == 0


async def full_day(spa: Spa, phone: Kiosk, more: str = "") -> None:
    """Tomorrow Ana has no time at all; opens the page of a guest who asks for her."""
    await fetch(
        "UPDATE shift SET valid_until = $1 WHERE staff = $2",
        spa.clock.now.date(),
        await spa.staff_id("Ana Okafor"),
    )
    ana = await spa.staff_id("Ana Okafor")
    await phone.open(f"/book/when?service=swedish-60&group=patient&date=2026-11-25&with={ana}{more}")


async def test_who_finds_nothing_waits_and_is_on_the_list_of_the_desk(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await full_day(spa, phone, "&add=aromatherapy")
        assert "Whom you ask for has no time on this day." in phone.page.words
        page = await phone.send("/book/wait", longer="week")
        assert page.path == "/book/you" and "We hold this time" not in page.words
        assert "Wednesday, November 25 to Tuesday, December 1" in page.words
        await say(phone)
        page = await type_code(phone)
        assert "Put you on the waitlist?" in page.words
        shown = page
        for _turn in range(2):
            page = await phone.send("/book/confirm", shown)
            assert page.path == "/book/done" and "You are on the waitlist" in page.words
        row = (await fetch("SELECT w.*, g.email FROM wait w JOIN guest g ON g.id = w.guest"))[0]
        assert (row["email"], row["guest_group"], row["provider_wish"]) == (
            "ida@example.org",
            "patient",
            "named",
        )
        assert (row["first_day"], row["last_day"]) == (date(2026, 11, 25), date(2026, 12, 1))
        assert row["note"] == "Online, with Aromatherapy"
        await full_day(spa, phone)
        await phone.send("/book/wait", longer="day")
        page = await say(phone)
        assert page.path == "/book/confirm", "the address is proved"
        page = await phone.send("/book/confirm")
        assert (page.status, page.problem) == (409, "already-waiting")
    assert await fetch_value("SELECT count(*) FROM wait") == 1
    assert await broken() == []


async def test_who_waits_and_then_finds_a_time_books_it(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await full_day(spa, phone)
        page = await phone.send("/book/wait", longer="fortnight")
        assert page.path == "/book/you"
        await choose(phone)
        await say(phone)
        await type_code(phone)
        page = await phone.send("/book/confirm")
        assert "Your visit is booked" in page.words
        assert await fetch_value("SELECT count(*) FROM wait") == 0


async def test_who_holds_a_time_and_would_rather_wait_lets_it_go(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await choose(phone)
        await full_day(spa, phone)
        await phone.send("/book/wait", longer="day")
        assert await fetch_value("SELECT status FROM appointment") == "expired"
        assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 0
        bad = phone.page.form("/book/you") | {"longer": "ever", "service": "swedish-60", "group": "visitor"}
        page = await phone.post("/book/wait", bad | {"request": str(uuid4())})
        assert (page.status, page.problem) == (422, "wait-days")


async def test_the_price_of_the_same_day_is_told_with_its_reason(spa: Spa) -> None:
    spa.clock.now = spa.local(9)
    async with telephone(spa) as phone:
        page = await phone.open("/book/when?service=swedish-60&group=employee&date=2026-11-24")
        assert "instead of $120.00: Employee price of the same day" in page.words
        page = await phone.open("/book/when?service=swedish-60&group=employee&date=2026-11-25")
        assert "instead of $120.00: Employee price" in page.words and "same day" not in page.words


@pytest.mark.parametrize(
    ("changes", "is_shown"),
    [
        ({"mode": Mode.DEMO}, True),
        ({"mode": Mode.TEST}, False),
        ({"mode": Mode.DEMO, "smtp": SmtpServer("127.0.0.1", 25, None, None, False, None)}, False),
    ],
)
async def test_a_demo_without_a_mail_server_shows_the_code_and_nothing_else_does(
    spa: Spa, changes: dict[str, object], is_shown: bool
) -> None:
    demo = replace(spa, app=create_app(settings(**changes), clock=spa.clock))
    async with telephone(demo) as phone:
        await choose(phone)
        page = await say(phone)
        code = enter_code(SECRET, await fetch_value("SELECT id FROM guest_code"))
        assert (code in page.text) is is_shown
