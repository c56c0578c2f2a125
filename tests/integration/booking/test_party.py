"""Several services and guests as one: booked, moved and cancelled together, all or none."""

import asyncio
import re
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import (
    BookingItem,
    book_party,
    cancel_appointment,
    cancel_party,
    check_in,
    move_party,
    restore_party,
)
from spa_pos.booking.actions.move import MoveItem
from spa_pos.booking.pages.codes import short
from spa_pos.booking.queries import party
from spa_pos.booking.rules import Arrangement, Status
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed
from spa_pos.kernel.money import Cents
from tests.builders import booked, booking, visit_of
from tests.cast import Kiosk, Page, Spa
from tests.races import race

LIVE_CLAIMS = "SELECT count(*) FROM claim WHERE NOT released"


async def couple(spa: Spa, *, hour: int = 14, add_on: bool = False) -> list[BookingItem]:
    """A massage for each of two new guests, with Ana and with Ben."""
    items = []
    for name, provider in (("Ingrid Halvorsen", "Ana Okafor"), ("Lars Berg", "Ben Castellano")):
        asked = await booking(spa, await spa.guest(name), provider=provider, at=spa.local(hour))
        item = BookingItem(**asked)
        if add_on and not items:
            extra = await spa.service_id("scalp-15")
            cents = Cents(asked["quoted_cents"] + 2_500)
            item = BookingItem(**(asked | {"add_on_ids": (extra,), "quoted_cents": cents}))
        items.append(item)
    return items


async def book(spa: Spa, items: list[BookingItem], **more: Any) -> UUID:
    """Book a party, side by side."""
    return await book_party(
        spa.maya,
        party_id=uuid4(),
        items=items,
        arrangement=Arrangement.TOGETHER,
        longest_wait_minutes=15,
        now=spa.clock.now,
        **more,
    )


async def seen(spa: Spa, party_id: UUID) -> dict[UUID, int]:
    """The versions of a party as a page shows them."""
    return {one.id: one.version for one in (await party(party_id, spa.house.location_id)).visits}


def moved(item: BookingItem, spa: Spa, hour: int, version: int = 1) -> MoveItem:
    """The same at another hour."""
    return MoveItem(item.appointment_id, version, item.provider_id, spa.local(hour), item.quoted_cents)


async def test_all_of_a_party_is_booked_with_rooms_and_providers_of_their_own(spa: Spa) -> None:
    items = await couple(spa, add_on=True)
    found = await party(await book(spa, items), spa.house.location_id)
    assert [one.guest_given_name for one in found.visits] == ["Ingrid", "Lars"]
    assert len({one.room_number for one in found.visits}) == 2
    ingrid = await visit_of(spa, items[0].appointment_id)
    assert (ingrid.duration_minutes, ingrid.total_cents, len(ingrid.add_ons)) == (75, 14_500, 1)
    assert await fetch_value(LIVE_CLAIMS) == 4


async def test_when_one_of_them_cannot_be_nothing_is_booked(spa: Spa) -> None:
    await booked(spa, await spa.guest("Noor Khan"), provider="Ben Castellano", at=spa.local(14))
    items = await couple(spa)
    with pytest.raises(Conflict) as refusal:
        await book(spa, items)
    assert refusal.value.code == "slot-taken"
    assert await fetch_value("SELECT count(*) FROM appointment") == 1
    assert await fetch_value("SELECT count(*) FROM party") == 0
    assert await fetch_value(LIVE_CLAIMS) == 2


async def test_a_party_is_two_to_twelve_services_of_one_day(spa: Spa) -> None:
    items = await couple(spa)
    with pytest.raises(Invalid, match="2 to 12"):
        await book(spa, items[:1])
    with pytest.raises(Invalid, match="2 to 12"):
        await book(spa, items * 7)


async def test_two_desks_want_the_last_two_rooms_and_one_couple_gets_both(spa: Spa) -> None:
    rooms = await fetch("SELECT number FROM resource WHERE kind = 'treatment_room' ORDER BY number")
    for row in rooms[2:]:
        await fetch("UPDATE resource SET kind = 'store' WHERE number = $1", row["number"])
    first = await couple(spa, hour=13)
    second = []
    for name, provider, code in (
        ("Noor Khan", "Elif Demir", "facial-60"),
        ("Kofi Mensah", "Leila Farouk", "acupuncture-60"),
    ):
        whose = await spa.guest(name)
        asked = await booking(spa, whose, service=code, provider=provider, at=spa.local(13))
        second.append(BookingItem(**asked))
    outcome = await race([book(spa, first), book(spa, second)])
    assert (len(outcome.won), outcome.codes) == (1, {"no-room"})
    assert await fetch_value("SELECT count(*) FROM appointment") == 2
    assert await fetch_value(LIVE_CLAIMS) == 4


async def test_a_party_moves_together_or_not_at_all(spa: Spa) -> None:
    items = await couple(spa, add_on=True)
    party_id = await book(spa, items)
    await booked(spa, await spa.guest("Noor Khan"), provider="Ben Castellano", at=spa.local(11))
    with pytest.raises(Conflict, match="was booked"):
        await move_party(
            spa.maya, party_id=party_id, items=[moved(one, spa, 11) for one in items], now=spa.clock.now
        )
    assert {(await visit_of(spa, one.appointment_id)).starts_at for one in items} == {spa.local(14)}
    versions = await move_party(
        spa.maya, party_id=party_id, items=[moved(one, spa, 13) for one in items], now=spa.clock.now
    )
    assert versions == [2, 2]
    assert {(await visit_of(spa, one.appointment_id)).starts_at for one in items} == {spa.local(13)}
    assert (await visit_of(spa, items[0].appointment_id)).duration_minutes == 75


async def test_who_left_the_party_stays_where_they_are(spa: Spa) -> None:
    items = await couple(spa)
    party_id = await book(spa, items)
    await cancel_appointment(
        spa.maya,
        appointment_id=items[1].appointment_id,
        version=1,
        reason="Guest asked",
        now=spa.clock.now,
    )
    with pytest.raises(Conflict, match="party changed"):
        await move_party(
            spa.maya, party_id=party_id, items=[moved(one, spa, 13) for one in items], now=spa.clock.now
        )
    alone = [moved(items[0], spa, 13)]
    assert await move_party(spa.maya, party_id=party_id, items=alone, now=spa.clock.now) == [2]
    lars = await visit_of(spa, items[1].appointment_id)
    assert (lars.status, lars.starts_at) == (Status.CANCELLED, spa.local(14))


async def test_all_are_cancelled_with_their_fees_and_all_come_back(spa: Spa) -> None:
    items = await couple(spa, add_on=True)
    party_id = await book(spa, items)
    versions = await cancel_party(
        spa.maya,
        party_id=party_id,
        versions=await seen(spa, party_id),
        reason="Guest asked",
        now=spa.clock.now,
    )
    found = await party(party_id, spa.house.location_id)
    assert [one.status for one in found.visits] == [Status.CANCELLED] * 2
    assert sorted(one.fee_cents or 0 for one in found.visits) == [6_000, 7_250]
    assert await fetch_value(LIVE_CLAIMS) == 0
    await restore_party(spa.maya, party_id=party_id, versions=versions, now=spa.clock.now)
    found = await party(party_id, spa.house.location_id)
    assert [(one.status, one.fee_cents) for one in found.visits] == [(Status.BOOKED, None)] * 2
    assert await fetch_value(LIVE_CLAIMS) == 4


async def test_a_party_does_not_come_back_in_part(spa: Spa) -> None:
    items = await couple(spa)
    party_id = await book(spa, items)
    versions = await cancel_party(
        spa.maya, party_id=party_id, versions=await seen(spa, party_id), reason="Illness", now=spa.clock.now
    )
    await booked(spa, await spa.guest("Noor Khan"), provider="Ben Castellano", at=spa.local(14))
    with pytest.raises(Conflict, match="taken"):
        await restore_party(spa.maya, party_id=party_id, versions=versions, now=spa.clock.now)
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'cancelled'") == 2
    with pytest.raises(Conflict, match="not one party"):
        await restore_party(spa.maya, party_id=party_id, versions={uuid4(): 1}, now=spa.clock.now)


async def test_who_is_here_already_is_neither_moved_nor_cancelled_with_the_others(spa: Spa) -> None:
    items = await couple(spa)
    party_id = await book(spa, items)
    before = await seen(spa, party_id)
    await check_in(
        spa.maya,
        appointment_id=items[0].appointment_id,
        version=1,
        proof_shown="on_file",
        now=spa.clock.now,
    )
    with pytest.raises(Conflict, match="party changed"):
        await cancel_party(
            spa.maya, party_id=party_id, versions=before, reason="Guest asked", now=spa.clock.now
        )
    await cancel_party(
        spa.maya,
        party_id=party_id,
        versions={items[1].appointment_id: 1},
        reason="Guest asked",
        now=spa.clock.now,
    )
    assert (await visit_of(spa, items[0].appointment_id)).status is Status.CHECKED_IN


async def test_a_limit_is_passed_by_a_manager_with_a_reason_alone(spa: Spa) -> None:
    await fetch("UPDATE work_limit SET day_minutes = 30")
    items = await couple(spa)
    with pytest.raises(Conflict) as refusal:
        await book(spa, items)
    assert refusal.value.code == "hands-on-limit"
    with pytest.raises(NotAllowed):
        await book(spa, items, override_reason="A wedding")
    party_id = await book_party(
        spa.renata,
        party_id=uuid4(),
        items=items,
        arrangement=Arrangement.TOGETHER,
        longest_wait_minutes=15,
        now=spa.clock.now,
        override_reason="A wedding",
    )
    found = await party(party_id, spa.house.location_id)
    assert {one.override_reason for one in found.visits} == {"A wedding"}


# ---- over HTTP --------------------------------------------------------------------------------------


async def couple_sheet(spa: Spa, kiosk: Kiosk, *, at: str = "14:00", **more: str) -> Page:
    """The sheet of two massages side by side, from an address."""
    massage = await spa.service_id("swedish-60")
    first, second = await spa.guest("Ingrid Halvorsen"), await spa.guest("Lars Berg")
    fields = {
        "date": spa.local(10).date().isoformat(),
        "guest": str(first),
        "service": str(massage),
        "add": short(await spa.service_id("scalp-15")),
        "more": f"{short(second)}.{short(massage)}.",
        "at": at,
    }
    return await kiosk.open(f"/appointments/new?{urlencode(fields | more)}")


async def test_the_sheet_says_who_serves_whom_where_and_what_it_costs_and_books_it(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    page = await couple_sheet(spa, kiosk)
    assert page.status == 200
    for words in ("Ingrid Halvorsen", "Lars Berg", "Scalp massage", "$265.00", "Side by side"):
        assert words in page.words
    assert "Free to move or cancel until 24 hours before" in page.words
    assert "Book Ingrid and Lars, $265.00" in page.words
    board = await kiosk.send("/parties")
    assert (board.status, board.path) == (200, "/board?date=2026-11-24")
    assert "Ingrid and Lars are booked: Tuesday 24 November, 2:00 PM, $265.00." in board.words
    assert await fetch_value("SELECT count(*) FROM appointment WHERE party IS NOT NULL") == 2
    again = await kiosk.send("/booking/undo")
    assert "Ingrid and Lars are cancelled." in again.words, "undo costs nothing"
    back = await kiosk.send("/restoration")
    assert "Ingrid and Lars are booked again." in back.words


async def test_a_party_taken_meanwhile_books_nothing_and_shows_fresh_times(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    shown = await couple_sheet(spa, kiosk)
    for name in ("Ana Okafor", "Ben Castellano", "Chloe Nguyen"):
        given = name.split()[0]
        await booked(spa, await spa.guest(f"Guest {given}"), provider=name, at=spa.local(14))
    page = await kiosk.send("/parties", shown)
    assert (page.status, page.problem) == (409, "slot-taken")
    assert "Best times on" in page.words and "Scalp massage" in page.words
    assert await fetch_value("SELECT count(*) FROM party") == 0


async def test_a_time_at_which_a_guest_is_elsewhere_is_not_offered(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    page = await couple_sheet(spa, kiosk)
    assert "Book Ingrid and Lars" in page.words
    lars = await fetch_value("SELECT id FROM guest WHERE given_name = 'Lars'")
    await booked(spa, lars, service="pedicure-60", provider="Jonas Weber", at=spa.local(14, 30))
    page = await kiosk.open(page.path)
    assert "Book Ingrid and Lars" not in page.words
    refused = await kiosk.send("/parties", await couple_page(kiosk, page.path, "at=14%3A00", "at=15%3A30"))
    assert refused.status == 200, "half past three is free"


async def couple_page(kiosk: Kiosk, path: str, then: str, now: str) -> Page:
    """The same sheet at another time."""
    assert then in path
    return await kiosk.open(path.replace(then, now))


async def test_two_browsers_book_the_same_couple_times_and_one_gets_them(spa: Spa) -> None:
    kiosks = [await spa.kiosk(), await spa.kiosk("Owen Brandt", name="Desk 2")]
    pages = [await couple_sheet(spa, kiosk) for kiosk in kiosks]
    answers = await asyncio.gather(
        *(kiosk.send("/parties", page) for kiosk, page in zip(kiosks, pages, strict=True))
    )
    assert sorted(answer.status for answer in answers) == [200, 409]
    assert await fetch_value("SELECT count(*) FROM appointment") == 2


async def test_the_sheet_of_a_visit_leads_to_the_others_and_moves_and_cancels_them_all(spa: Spa) -> None:
    items = await couple(spa, add_on=True)
    party_id = await book(spa, items)
    kiosk = await spa.kiosk()
    page = await kiosk.open(f"/appointments/{items[0].appointment_id}")
    assert "With Lars Berg 2:00 PM, Ben, side by side" in page.words
    assert "Guest asked Fee $132.50" in page.words and "Illness No fee" in page.words
    address = re.search(r'href="(/appointments/new\?[^"]*party=[^"]*)"', page.text)
    assert address is not None
    chosen = await kiosk.open(address[1].replace("&amp;", "&") + "&at=13:00")
    assert "Move to 1:00 PM" in chosen.words
    board = await kiosk.send(f"/parties/{party_id}/time")
    assert "Ingrid and Lars are moved to Tuesday 24 November, 1:00 PM." in board.words
    assert {(await visit_of(spa, one.appointment_id)).starts_at for one in items} == {spa.local(13)}
    back = await kiosk.send(f"/parties/{party_id}/time")
    assert "moved to Tuesday 24 November, 2:00 PM" in back.words
    await kiosk.open(f"/appointments/{items[1].appointment_id}")
    ended = await kiosk.send(f"/parties/{party_id}/cancellation", reason="Guest asked")
    assert "Ingrid and Lars are cancelled, fee $132.50." in ended.words


@pytest.mark.parametrize(
    "more",
    [
        {"more": "nonsense"},
        {"more": "a.b.c.d"},
        {"add": "x" * 22},
        {"wait": "17"},
        {"arrange": "upside_down"},
        {"wish": "a cat"},
        {"serves": "zzz"},
        {"open": "99"},
        {"more": "~".join([".."] * 12)},
    ],
)
async def test_nonsense_in_an_address_is_refused_in_a_sentence(spa: Spa, more: dict[str, str]) -> None:
    kiosk = await spa.kiosk()
    page = await couple_sheet(spa, kiosk, **more)
    assert page.status == 422
    assert "again" in page.words.lower() or "together at most" in page.words


async def test_an_add_on_of_another_service_is_refused(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    page = await couple_sheet(spa, kiosk, add=short(await spa.service_id("paraffin-10")))
    assert (page.status, "does not go with Swedish massage" in page.words) == (422, True)


async def test_past_a_limit_the_desk_sees_whose_and_a_manager_books_with_a_reason(spa: Spa) -> None:
    await fetch("UPDATE work_limit SET day_minutes = 30")
    fields = {
        "date": date(2026, 11, 24).isoformat(),
        "guest": str(await spa.guest()),
        "service": str(await spa.service_id("swedish-60")),
        "at": "10:00",
        "serves": short(await spa.staff_id("Ana Okafor")),
    }
    address = f"/appointments/new?{urlencode(fields)}"
    maya = await spa.kiosk()
    page = await maya.open(address)
    assert "Ana Okafor would have 1 h hands-on that day" in page.words
    assert "Needs a manager" in page.words
    assert "/appointments" not in [action for action, _ in page.forms()]
    renata = await spa.kiosk("Renata Silva", name="Desk 2")
    await renata.open(address)
    missing = await renata.send("/appointments")
    assert missing.problem == "hands-on-limit"
    await renata.open(address)
    board = await renata.send("/appointments", override_reason="She asked for it")
    assert "is booked" in board.words
    assert await fetch_value("SELECT override_reason FROM appointment") == "She asked for it"
