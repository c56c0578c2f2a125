"""Those who were booked together, moved by the link of any of them: all of them or nobody."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from spa_pos.booking.actions import book_party, cancel_appointment, check_in, move_appointment
from spa_pos.booking.actions.book import BookingItem
from spa_pos.booking.actions.guest import guest_moves_party
from spa_pos.booking.pages.guest import GUEST_NAME
from spa_pos.booking.rules import Arrangement
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.ids import uuid7
from spa_pos.messages.rules import visit_token
from spa_pos.people.actions import add_guest
from tests.builders import asked_for_card, booked, price_for, visit_of
from tests.cast import ADDRESS, SECRET, Kiosk, Page, Spa
from tests.integration.checkout.test_deposits import deposit_ticket, rule
from tests.integration.messages.conftest import Post, ingrid_of

DAYS = 8
"""So many days ahead, all of them work."""

LIVE = "SELECT count(*) FROM claim WHERE NOT released"


@asynccontextmanager
async def a_phone(spa: Spa) -> AsyncIterator[Kiosk]:
    """The telephone of one of them."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        yield Kiosk(spa, browser)


@pytest.fixture
async def phone(spa: Spa) -> AsyncIterator[Kiosk]:
    """Ingrid's telephone."""
    async with a_phone(spa) as opened:
        yield opened


@dataclass(frozen=True)
class Couple:
    """Ingrid with Ana and Per with Ben, at ten in some days."""

    party: UUID
    mine: UUID
    theirs: UUID


def link(visit_id: UUID) -> str:
    return f"/visits/{visit_token(SECRET, visit_id)}"


async def per_of(spa: Spa, group: str = "visitor") -> UUID:
    return await add_guest(
        spa.maya,
        guest_id=uuid7(spa.clock.now),
        given_name="Per",
        family_name="Olsen",
        phone="507 555 0188",
        email="per@example.org",
        group_code=group,
        by_email=True,
        now=spa.clock.now,
    )


async def couple(
    spa: Spa,
    *,
    days: int = DAYS,
    arrangement: Arrangement = Arrangement.TOGETHER,
    second_hour: int = 10,
    per_group: str = "visitor",
) -> Couple:
    """Two massages that were booked together."""
    massage = await spa.service_id("swedish-60")
    items = []
    for guest_id, provider, hour in (
        (await ingrid_of(spa), "Ana Okafor", 10),
        (await per_of(spa, per_group), "Ben Castellano", second_hour),
    ):
        at = spa.local(hour, days=days)
        price, serves = await price_for(spa, guest_id, massage, at), await spa.staff_id(provider)
        items.append(BookingItem(uuid7(spa.clock.now), guest_id, massage, serves, at, price))
    party_id = await book_party(
        spa.maya,
        party_id=uuid7(spa.clock.now),
        items=items,
        arrangement=arrangement,
        longest_wait_minutes=0,
        now=spa.clock.now,
    )
    return Couple(party_id, items[0].appointment_id, items[1].appointment_id)


def times_on(phone: Kiosk) -> list[str]:
    """The addresses of the times that the page offers."""
    found = re.findall(r'href="([^"]*[?&](?:amp;)?at=[^"]*)"', phone.page.text)
    return [one.replace("&amp;", "&") for one in found]


async def choose(phone: Kiosk, visit_id: UUID, *, hour: int = 13) -> Page:
    """The page with a time chosen, on the day they are booked on."""
    at = phone.spa.local(hour, days=DAYS)
    await phone.open(f"{link(visit_id)}/times?date={at.date().isoformat()}")
    (found,) = [one for one in times_on(phone) if quote(at.isoformat(), safe="") in one]
    return await phone.open(found)


async def standing(spa: Spa, both: Couple) -> list[tuple[str, int]]:
    """When each of them begins, and its version."""
    found = [await visit_of(spa, one) for one in (both.mine, both.theirs)]
    return [(one.starts_at.isoformat(), one.version) for one in found]


async def test_either_link_moves_both_and_both_are_told(post: Post, phone: Kiosk) -> None:
    spa = post.spa
    both = await couple(spa)
    await post.deliver()
    told = len(post.box.mails())
    page = await phone.open(link(both.mine))
    assert "Move to another time" in page.words
    page = await choose(phone, both.mine)
    assert "You booked together, so all of you move at once." in page.words
    assert "The price stays as it is for each of you." in page.words
    assert "Move all of us" in page.words
    chosen = page
    moved = await phone.send("/times")
    assert moved.path == link(both.mine)
    times = {(await visit_of(spa, one)).starts_at for one in (both.mine, both.theirs)}
    assert {one.isoformat() for one in times} == {chosen.form("/times")["starts_at"]}
    assert await fetch_value(LIVE) == 4
    names = await fetch("SELECT staff_name FROM audit_event WHERE verb = 'moved'")
    assert [one["staff_name"] for one in names] == ["The guest"] * 2
    await post.deliver(minutes=2)
    mails = post.box.mails()[told:]
    assert {str(one["To"]) for one in mails} == {"ingrid@example.org", "per@example.org"}
    for one in mails:
        invitation = next(part for part in one.walk() if part.get_content_type() == "text/calendar")
        assert "SEQUENCE:1" in invitation.get_content()
    async with a_phone(spa) as other:
        page = await choose(other, both.theirs, hour=15)
        assert (await other.send("/times")).path == link(both.theirs)
    assert [version for _, version in await standing(spa, both)] == [3, 3]
    assert len({start for start, _ in await standing(spa, both)}) == 1


async def test_a_form_that_is_sent_twice_moves_them_once(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    chosen = await choose(phone, both.mine)
    for _ in range(2):
        assert (await phone.send("/times", chosen)).path == link(both.mine)
    assert [version for _, version in await standing(spa, both)] == [2, 2]


async def test_they_keep_whom_they_have_where_that_is_possible(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    before = [(await visit_of(spa, one)).provider_id for one in (both.mine, both.theirs)]
    page = await choose(phone, both.mine)
    assert "somebody else" not in page.words
    await phone.send("/times")
    assert [(await visit_of(spa, one)).provider_id for one in (both.mine, both.theirs)] == before


async def test_the_page_says_nothing_of_the_other(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa, per_group="employee")
    other = await visit_of(spa, both.theirs)
    own = await visit_of(spa, both.mine)
    assert own.total_cents != other.total_cents
    page = await choose(phone, both.mine)
    for told in (
        *(
            "Per",
            "Olsen",
            "Ben",
            "Ana",
            "Swedish",
            str(both.theirs),
            both.theirs.hex,
            visit_token(SECRET, both.theirs),
        ),
        f"{other.total_cents / 100:.2f}",
        str(other.provider_id),
        str(other.guest_id),
    ):
        assert told not in page.text, told
    assert set(page.form("/times")) == {"request", "starts_at", "seal"}


async def test_a_price_that_changes_is_said_for_all_of_them(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    await fetch(
        "UPDATE appointment SET price_cents = price_cents - 1000, reduction_code = 'standby',"
        " reduction_name = 'Standby price' WHERE id = $1",
        both.theirs,
    )
    before = sum([(await visit_of(spa, one)).total_cents for one in (both.mine, both.theirs)])
    day = spa.local(10, days=DAYS + 1).date()
    await phone.open(f"{link(both.mine)}/times?date={day.isoformat()}")
    page = await phone.open(times_on(phone)[0])
    words = f"All of you together pay ${(before + 1000) / 100:.2f} instead of ${before / 100:.2f}"
    assert words in page.words
    await phone.send("/times")
    assert (await visit_of(spa, both.theirs)).total_cents == (await visit_of(spa, both.mine)).total_cents


async def test_one_after_another_they_stay_one_after_another(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa, arrangement=Arrangement.IN_TURN, second_hour=11)
    await choose(phone, both.theirs)
    await phone.send("/times")
    first, second = [await visit_of(spa, one) for one in (both.mine, both.theirs)]
    assert (first.version, second.version) == (2, 2)
    assert second.starts_at == first.ends_at


@pytest.mark.parametrize(
    "stands_in_the_way", ["late", "other policy", "here", "held", "charged", "not online"]
)
async def test_what_keeps_one_keeps_all_and_the_page_says_call_us(
    spa: Spa, phone: Kiosk, stands_in_the_way: str
) -> None:
    if stands_in_the_way == "charged":
        await rule(spa)
    both = await couple(spa, days=0 if stands_in_the_way in ("late", "here") else DAYS)
    words = "Not all of you can be moved here. Call us"
    if stands_in_the_way == "late":
        await _booked_under(both.mine, hours=0)
    elif stands_in_the_way == "other policy":
        await _booked_under(both.theirs, hours=200)
    elif stands_in_the_way == "here":
        await _booked_under(both.mine, hours=0)
        await _booked_under(both.theirs, hours=0)
        await check_in(
            spa.maya, appointment_id=both.theirs, version=1, proof_shown="on_file", now=spa.clock.now
        )
    elif stands_in_the_way == "held":
        await fetch(
            "UPDATE appointment SET status = 'held', held_until = $2 WHERE id = $1",
            both.theirs,
            spa.local(12, days=DAYS),
        )
    elif stands_in_the_way == "charged":
        await asked_for_card(spa, await deposit_ticket(spa, both.theirs))
    else:
        await fetch("DELETE FROM booking_window")
        words = "This visit cannot be moved here. Call us"
    before = await standing(spa, both)
    page = await phone.open(f"{link(both.mine)}/times")
    assert (page.status, words in page.words) == (409, True), page.words
    with pytest.raises(Conflict):
        await guest_moves_party(
            the_guest(spa),
            appointment_id=both.mine,
            starts_at=spa.local(14, days=DAYS),
            seal="",
            now=spa.clock.now,
        )
    assert await standing(spa, both) == before
    if stands_in_the_way == "held":
        await fetch("UPDATE appointment SET status = 'booked', held_until = NULL WHERE id = $1", both.theirs)


async def _booked_under(visit_id: UUID, *, hours: int) -> None:
    """The visit was booked under another version of the policy."""
    agreed = await fetch_value(
        "INSERT INTO cancellation_policy (id, location, version, notice_hours, late_ppm, no_show_ppm,"
        " grace_minutes, begins_at) SELECT gen_random_uuid(), location, version + 1, $1, late_ppm,"
        " no_show_ppm, grace_minutes, begins_at + interval '100 years' FROM cancellation_policy"
        " ORDER BY version DESC LIMIT 1"
        " RETURNING id",
        hours,
    )
    await fetch("UPDATE appointment SET policy = $2 WHERE id = $1", visit_id, agreed)


def the_guest(spa: Spa) -> Actor:
    return Actor(GUEST_NAME, Role.FRONT_DESK, spa.house.location_id, spa.house.zone)


async def test_a_time_for_which_no_two_rooms_are_left_moves_nobody(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    chosen = await choose(phone, both.mine)
    await fetch(
        "UPDATE resource SET kind = 'store' WHERE kind = 'treatment_room' AND number <>"
        " (SELECT min(number) FROM resource WHERE kind = 'treatment_room')"
    )
    before = await standing(spa, both)
    page = await phone.send("/times", chosen)
    assert (page.status, page.problem) == (409, "slot-taken")
    assert "No time is free on this day." in page.words
    assert await standing(spa, both) == before


async def test_who_is_served_by_somebody_else_meanwhile_is_asked_again(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    chosen = await choose(phone, both.mine)
    await booked(spa, await spa.guest("Noor Khan"), provider="Ana Okafor", at=spa.local(13, days=DAYS))
    before = await standing(spa, both)
    page = await phone.send("/times", chosen)
    assert (page.status, page.problem) == (409, "appointment-changed")
    assert times_on(phone), "other times stand on the same page"
    assert await standing(spa, both) == before
    assert "with somebody else" in (await choose(phone, both.mine)).words


async def test_a_page_that_is_old_moves_nobody(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    chosen = await choose(phone, both.mine)
    other = await visit_of(spa, both.theirs)
    await move_appointment(
        spa.maya,
        appointment_id=both.theirs,
        version=1,
        provider_id=other.provider_id,
        starts_at=other.starts_at,
        quoted_cents=other.total_cents,
        now=spa.clock.now,
    )
    before = await standing(spa, both)
    page = await phone.send("/times", chosen)
    assert (page.status, page.problem) == (409, "appointment-changed")
    assert await standing(spa, both) == before


@pytest.mark.parametrize("starts_at", ["2026-11-24T15:30:00+00:00", "9999-12-31T23:59:00+00:00", "never"])
async def test_a_time_outside_the_window_is_refused_whatever_the_form_says(
    spa: Spa, phone: Kiosk, starts_at: str
) -> None:
    both = await couple(spa)
    await choose(phone, both.mine)
    page = await phone.send("/times", starts_at=starts_at)
    assert page.status in (409, 422)
    assert [version for _, version in await standing(spa, both)] == [1, 1]


async def test_two_links_at_once_and_one_of_them_moves_both(spa: Spa) -> None:
    both = await couple(spa)
    async with a_phone(spa) as one, a_phone(spa) as other:
        pages = [await choose(one, both.mine), await choose(other, both.theirs, hour=15)]
        answers = await asyncio.gather(one.send("/times", pages[0]), other.send("/times", pages[1]))
    assert sorted(answer.status for answer in answers) == [200, 409]
    won = pages[[answer.status for answer in answers].index(200)].form("/times")["starts_at"]
    found = await standing(spa, both)
    assert [version for _, version in found] == [2, 2]
    assert {datetime.fromisoformat(start) for start, _ in found} == {datetime.fromisoformat(won)}
    assert await fetch_value(LIVE) == 4


async def test_who_left_the_party_neither_moves_it_nor_is_moved(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    await cancel_appointment(
        spa.maya, appointment_id=both.theirs, version=1, reason="Guest asked", now=spa.clock.now
    )
    async with a_phone(spa) as other:
        assert "Move to another time" not in (await other.open(link(both.theirs))).words
        page = await other.open(f"{link(both.theirs)}/times")
        assert (page.status, "This visit cannot be moved here" in page.words) == (409, True)
    page = await choose(phone, both.mine)
    assert "Move my visit" in page.words
    await phone.send("/times")
    assert [version for _, version in await standing(spa, both)] == [2, 2]
    assert (await visit_of(spa, both.theirs)).starts_at == spa.local(10, days=DAYS)


async def test_the_link_of_somebody_else_moves_no_party(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    kofi = await booked(spa, await spa.guest("Kofi Mensah"), at=spa.local(14, days=DAYS))
    form = (await choose(phone, both.mine)).form("/times")
    page = await phone.post(f"{link(kofi)}/times", form)
    assert page.status == 422, "a visit alone asks for its provider"
    forged = link(both.mine)[:-3] + "AAA"
    assert (await phone.post(f"{forged}/times", form)).status == 404
    assert [version for _, version in await standing(spa, both)] == [1, 1]
    assert (await visit_of(spa, kofi)).version == 1


async def test_nobody_moves_one_of_them_alone(spa: Spa, phone: Kiosk) -> None:
    both = await couple(spa)
    mine = await visit_of(spa, both.mine)
    fields = {
        "request": str(uuid7(spa.clock.now)),
        "starts_at": spa.local(14, days=DAYS).isoformat(),
        "provider": str(mine.provider_id),
        "version": "1",
        "price": str(mine.total_cents),
    }
    page = await phone.post(f"{link(both.mine)}/times", fields)
    assert page.status == 409
    assert [version for _, version in await standing(spa, both)] == [1, 1]
