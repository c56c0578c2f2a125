"""Booking online over HTTP: five screens, a time that is held, an address that is proved."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.verify import verify
from tests.cast import Kiosk, Spa
from tests.integration.booking.online import choose, say, telephone, times, type_code

SWEDISH = "/book/who?service=swedish-60"


@pytest.fixture
async def phone(spa: Spa) -> AsyncIterator[Kiosk]:
    """A guest's telephone."""
    async with telephone(spa) as found:
        yield found


@pytest.fixture
async def other(spa: Spa) -> AsyncIterator[Kiosk]:
    """Somebody else's."""
    async with telephone(spa) as found:
        yield found


async def appointment() -> UUID:
    found: UUID = await fetch_value("SELECT id FROM appointment WHERE status <> 'expired'")
    return found


async def test_a_stranger_books_in_five_screens(spa: Spa, phone: Kiosk) -> None:
    page = await phone.open("/book")
    assert "Swedish massage" in page.words and "$120.00" in page.words and "Step 1 of 5" in page.words
    page = await phone.open(SWEDISH)
    assert "Aromatherapy" in page.words and "Mayo badge" in page.words
    page = await phone.open("/book/when?service=swedish-60&add=aromatherapy&group=visitor")
    assert "$132.00 plus tax" in page.words
    assert "8:30 AM" not in page.words, "two hours before at the least"
    page = await phone.send("/book/hold", time=times(page)[0])
    assert (page.status, page.path) == (200, "/book/you")
    assert "We hold this time for you until 8:40 AM." in page.words
    held = await fetch_one("SELECT a.*, g.stands_in FROM appointment a JOIN guest g ON g.id = a.guest")
    assert held is not None
    assert (held["status"], held["stands_in"]) == ("held", True)
    page = await say(phone)
    assert page.path == "/book/code", page.words
    page = await type_code(phone)
    assert page.path == "/book/confirm", page.words
    assert "plus 8.125 % sales tax" in page.words
    assert "Your visit is soon: cancelling costs 50 % of the price, and not coming 100 %." in page.words
    page = await phone.send("/book/confirm")
    assert page.path == "/book/done", page.words
    assert "Your visit is booked" in page.words and "$132.00" in page.words
    row = await fetch_one(
        "SELECT a.status, a.price_cents, g.given_name, g.phone, g.email, g.language, g.stands_in"
        " FROM appointment a JOIN guest g ON g.id = a.guest WHERE a.id = $1",
        held["id"],
    )
    assert row is not None
    assert tuple(row) == ("booked", 12_000, "Ida", "+15075550142", "ida@example.org", "en", False)
    kinds = {one["kind"] for one in await fetch("SELECT kind FROM message")}
    assert kinds == {"code", "confirmation"}
    visit = page.text.partition('href="/visits/')[2].partition('"')[0].removesuffix("/calendar.ics")
    page = await phone.open(f"/visits/{visit}")
    assert "Your visit is booked" in page.words
    kept = await fetch_one("SELECT * FROM online_booking")
    assert kept is not None
    assert (kept["email"], kept["phone"], kept["code"]) == (None, None, None), "forgotten once it is booked"
    assert [one for one in await verify() if one.problems] == []


async def test_a_group_sees_its_own_price_and_what_to_bring(spa: Spa, phone: Kiosk) -> None:
    page = await phone.open("/book/when?service=swedish-60&group=employee&date=2026-11-25")
    whole = page.words
    assert "instead of $120.00: Employee price" in whole
    await phone.send("/book/hold", time=times(page)[0])
    await say(phone)
    page = await type_code(phone)
    assert "Employee price" in page.words and "Mayo badge" in page.words


async def test_who_is_known_is_found_by_the_address_they_prove(spa: Spa, phone: Kiosk) -> None:
    await choose(phone)
    await say(phone)
    await type_code(phone)
    await phone.send("/book/confirm")
    await choose(phone, more="&date=2026-11-30")
    page = await say(phone, email="IDA@example.org", given_name="ida", phone="507 555 0199")
    assert page.path == "/book/confirm", "this browser has proved the address already"
    await phone.send("/book/confirm")
    people = await fetch("SELECT number, phone FROM guest WHERE NOT stands_in")
    assert [one["phone"] for one in people] == ["+15075550199"]
    assert await fetch_value("SELECT count(DISTINCT guest) FROM appointment WHERE status = 'booked'") == 1


async def test_an_address_that_somebody_has_gets_the_same_answer(
    spa: Spa, phone: Kiosk, other: Kiosk
) -> None:
    await choose(phone)
    await say(phone)
    await type_code(phone)
    await phone.send("/book/confirm")
    await choose(other, more="&date=2026-11-30")
    known = await say(other, email="ida@example.org")
    await other.open("/book/you")
    unknown = await say(other, email="nobody@example.org")
    assert (known.path, known.status) == (unknown.path, unknown.status)
    assert known.words.replace("ida@", "nobody@") == unknown.words


async def test_two_confirm_the_same_time_and_one_has_it(spa: Spa, phone: Kiosk, other: Kiosk) -> None:
    page = await phone.open(
        "/book/when?service=swedish-60&group=visitor&with=" + str(await spa.staff_id("Ana Okafor"))
    )
    slot = times(page)[0]
    await other.open(page.path)
    first = await phone.send("/book/hold", time=slot)
    second = await other.send("/book/hold", time=slot)
    assert first.path == "/book/you"
    assert (second.status, second.problem) == (409, "slot-taken")
    assert slot not in times(second)
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'held'") == 1


async def test_a_hold_that_ran_out_is_told_and_what_was_typed_stays(
    spa: Spa, phone: Kiosk, other: Kiosk
) -> None:
    await choose(phone, more="&add=aromatherapy")
    await say(phone)
    page = await type_code(phone)
    shown = phone.page
    spa.clock.forward(minutes=11)
    page = await phone.send("/book/confirm", shown)
    assert (page.status, page.problem) == (410, "hold-expired")
    assert "Aromatherapy" in page.words, "the times for what was chosen"
    await phone.send("/book/hold", time=times(page)[0])
    assert 'value="Ida"' in phone.page.text and 'value="ida@example.org"' in phone.page.text
    page = await say(phone)
    page = await phone.send("/book/confirm")
    assert page.path == "/book/done"
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'booked'") == 1


async def test_more_time_three_times_and_no_more(spa: Spa, phone: Kiosk) -> None:
    await choose(phone)
    for _turn in range(3):
        spa.clock.forward(minutes=9)
        page = await phone.open("/book/you")
        shown = page
        page = await phone.send("/book/hold/extension")
        assert page.status == 200
    assert "I need more time" not in page.words
    assert await fetch_value("SELECT max(held_until) FROM claim") == spa.clock.now + timedelta(minutes=10)
    again = shown.form("/book/hold/extension") | {"request": str(UUID(int=5))}
    page = await phone.post("/book/hold/extension", again)
    assert page.status == 409 and "We cannot hold this time any longer" in page.words


async def test_a_page_that_is_sent_twice_books_once(spa: Spa, phone: Kiosk) -> None:
    page = await phone.open("/book/when?service=swedish-60&group=visitor")
    slot = times(page)[0]
    for _turn in range(2):
        await phone.send("/book/hold", page, time=slot)
    assert await fetch_value("SELECT count(*) FROM appointment") == 1
    await say(phone)
    shown = await type_code(phone)
    for _turn in range(2):
        done = await phone.send("/book/confirm", shown)
        assert done.path == "/book/done"
    fresh = shown.form("/book/confirm") | {"request": str(UUID(int=7))}
    assert (await phone.post("/book/confirm", fresh)).path == "/book/done"
    assert await fetch_value("SELECT count(*) FROM appointment") == 1
    assert await fetch_value("SELECT count(*) FROM guest WHERE NOT stands_in") == 1
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'confirmation'") == 1


async def test_another_time_lets_the_first_one_go(spa: Spa, phone: Kiosk) -> None:
    page = await phone.open("/book/when?service=swedish-60&group=visitor")
    slots = times(page)
    first = await phone.send("/book/hold", page, time=slots[0])
    assert slots[0] in times(await phone.open(page.path)), "what one holds oneself stands in nobody's way"
    await phone.send("/book/hold", time=slots[1])
    states = await fetch("SELECT status FROM appointment ORDER BY starts_at")
    assert [one["status"] for one in states] == ["expired", "held"]
    assert await fetch_value("SELECT count(*) FROM guest WHERE stands_in") == 1, "who stands in does so again"
    stale = first.form("/book/hold/extension")
    page = await phone.post("/book/hold/extension", stale)
    assert page.status == 409 and "You chose another time in another window" in page.words


async def test_nobody_goes_on_without_a_time_or_a_proof(spa: Spa, phone: Kiosk) -> None:
    for path in ("/book/you", "/book/code", "/book/confirm"):
        page = await phone.open(path)
        assert (page.status, page.problem) == (409, "nothing-held"), path
    assert (await phone.open("/book/done")).path == "/book"
    page = await choose(phone)
    assert (await phone.open("/book/confirm")).path == "/book/you"
    await say(phone)
    assert (await phone.open("/book/confirm")).path == "/book/code"
    held = await appointment()
    fields = {"csrf": phone.page.form("/book/code")["csrf"], "appointment": str(held), "price": "12000"}
    page = await phone.post("/book/confirm", fields | {"request": str(UUID(int=3))})
    assert page.path == "/book/code"
    assert await fetch_value("SELECT status FROM appointment") == "held"


async def test_wrong_codes_are_counted(spa: Spa, phone: Kiosk) -> None:
    await choose(phone)
    await say(phone)
    for _turn in range(5):
        page = await phone.send("/book/code", code="000000")
        assert (page.status, page.problem) == (422, "code-wrong")
    page = await type_code(phone)
    assert page.problem == "code-wrong", "five misses and the code is dead"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"given_name": " "}, "name-missing"),
        ({"family_name": "x" * 61}, "name-too-long"),
        ({"phone": "12"}, "phone-unreadable"),
        ({"email": "ida@"}, "email-unreadable"),
        ({"email": ""}, "email-unreadable"),
    ],
)
async def test_what_cannot_be_meant_is_kept_and_told(
    spa: Spa, phone: Kiosk, typed: dict[str, str], code: str
) -> None:
    await choose(phone)
    page = await say(phone, **typed)
    assert (page.status, page.problem) == (422, code)
    assert 'aria-invalid="true"' in page.text
    assert await fetch_value("SELECT count(*) FROM guest_code") == 0


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("service=nothing", 404),
        ("service=swedish-60&add=foot-scrub-15&group=visitor", 404),
        ("service=swedish-60&group=kings", 404),
        ("service=swedish-60&group=visitor&with=x", 422),
        ("service=swedish-60&group=visitor&with=00000000-0000-0000-0000-000000000001", 404),
        ("service=swedish-60&group=visitor&date=tomorrow", 422),
        ("service=swedish-60&group=visitor&date=2026-11-01", 200),
        ("service=swedish-60&group=visitor&date=2099-11-01", 200),
        ("service=swedish-60", 200),
    ],
)
async def test_addresses_that_somebody_wrote_by_hand(spa: Spa, phone: Kiosk, query: str, status: int) -> None:
    assert (await phone.open(f"/book/when?{query}")).status == status


@pytest.mark.parametrize("pressed", ["", "x", "1.2.3", "20261124T1800Z.x.1", "20261124T1800Z"])
async def test_a_time_that_is_no_button_of_ours_is_refused(spa: Spa, phone: Kiosk, pressed: str) -> None:
    await phone.open("/book/when?service=swedish-60&group=visitor")
    page = await phone.send("/book/hold", time=pressed)
    assert (page.status, page.problem) == (422, "time-unreadable")


async def test_a_month_shows_which_days_have_times(spa: Spa, phone: Kiosk) -> None:
    page = await phone.open("/book/when?service=swedish-60&group=visitor&view=month")
    assert "26 Closed" in page.words, "Thanksgiving"
    assert re.search(r'date=2026-11-27">27<b class="vh"> November 2026: \d+ times', page.text)
    assert "1 cannot be booked here" in page.words, "a day that is over"
    page = await phone.open("/book/when?service=swedish-60&group=visitor&view=month&date=2027-02-10")
    assert "Later" not in page.words and "22 " in page.words, "ninety days ahead is the last"
    page = await phone.open("/book/when?service=swedish-60&group=visitor&date=2026-11-26")
    assert "The spa is closed on this day. The next free day is Friday, November 27." in page.words


async def test_a_woman_who_serves_is_found(spa: Spa, phone: Kiosk) -> None:
    page = await phone.open("/book/when?service=swedish-60&group=visitor&date=2026-11-25&with=woman")
    await phone.send("/book/hold", time=times(page)[0])
    row = await fetch_one(
        "SELECT a.provider_wish, s.gender FROM appointment a JOIN staff s ON s.id = a.provider"
    )
    assert row is not None
    assert tuple(row) == ("woman", "woman")


async def test_a_price_and_a_time_of_ones_own_are_refused(spa: Spa, phone: Kiosk) -> None:
    page = await phone.open("/book/when?service=swedish-60&group=visitor")
    start, provider, _cents = times(page)[0].split(".")
    cheap = await phone.send("/book/hold", page, time=f"{start}.{provider}.100")
    assert (cheap.status, cheap.problem) == (409, "price-changed")
    soon = await phone.send("/book/hold", page, time=f"{spa.clock.now:%Y%m%dT%H%M}Z.{provider}.12000")
    assert (soon.status, soon.problem) == (409, "time-not-offered")
    assert await fetch_value("SELECT count(*) FROM appointment") == 0


async def test_a_visit_to_come_says_until_when_it_is_free_to_cancel(spa: Spa) -> None:
    async with telephone(spa) as phone:
        await choose(phone, more="&date=2026-11-27")
        await say(phone)
        page = await type_code(phone)
        assert "Move or cancel for free until 8:00 AM on Thursday, November 26." in page.words
        assert "Your visit is soon" not in page.words
