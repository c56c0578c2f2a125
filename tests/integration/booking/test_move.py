"""Moving a visit: the new time is held, the old one is free, and the price follows the rules of booking."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from spa_pos.booking.actions import cancel_appointment, move_appointment, move_party
from spa_pos.booking.rules import Status
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound, Refusal
from tests.builders import booked, checked_in, slots, visit_of
from tests.cast import Spa
from tests.integration.booking.asking import booked_party, held, item, moved


async def move(spa: Spa, appointment_id: UUID, **wish: Any) -> int:
    """Move a visit; what is not wished stays as it is."""
    seen = await visit_of(spa, appointment_id)
    asked = {
        "version": seen.version,
        "provider_id": seen.provider_id,
        "starts_at": seen.starts_at,
        "quoted_cents": seen.price_cents,
    } | wish
    return await move_appointment(spa.maya, appointment_id=appointment_id, now=spa.clock.now, **asked)


async def refused(spa: Spa, kind: type[Refusal], code: str, appointment_id: UUID, **wish: Any) -> None:
    """Try to move, be told no, and find everything as it was."""
    before = await fetch("SELECT resource_no, starts_at, ends_at, released FROM claim ORDER BY id")
    with pytest.raises(kind) as refusal:
        await move(spa, appointment_id, **wish)
    assert refusal.value.code == code
    assert await fetch("SELECT resource_no, starts_at, ends_at, released FROM claim ORDER BY id") == before


async def test_a_moved_visit_holds_its_new_time_and_frees_the_old_one(spa: Spa) -> None:
    appointment_id = await booked(spa, service="stone-75")
    assert await move(spa, appointment_id, starts_at=spa.local(13)) == 2
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.starts_at, found.ends_at) == (
        Status.BOOKED,
        spa.local(13),
        spa.local(14, 15),
    )
    held = await fetch_one("SELECT count(*), min(starts_at), max(ends_at) FROM claim WHERE NOT released")
    assert held is not None
    assert tuple(held) == (3, spa.local(13), spa.local(14, 30))
    assert spa.local(10) in {slot.starts_at for slot in await slots(spa, "stone-75", provider="Ana Okafor")}
    assert await fetch_value("SELECT staff_name FROM audit_event WHERE verb = 'moved'") == "Maya Lindqvist"


async def test_a_visit_can_be_moved_by_less_than_its_own_length(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await move(spa, appointment_id, starts_at=spa.local(10, 15))
    assert (await visit_of(spa, appointment_id)).starts_at == spa.local(10, 15)


async def test_a_visit_goes_to_another_provider_who_may_do_it(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await move(spa, appointment_id, provider_id=await spa.staff_id("Ben Castellano"))
    assert (await visit_of(spa, appointment_id)).provider_name == "Ben Castellano"
    await refused(
        spa, Conflict, "credential-missing", appointment_id, provider_id=await spa.staff_id("Elif Demir")
    )


async def test_another_day_loses_the_same_day_price_and_the_desk_must_say_so(spa: Spa) -> None:
    appointment_id = await booked(spa, await spa.guest("Tom Becker", "employee"))
    tomorrow = spa.local(10, days=1)
    await refused(spa, Conflict, "price-changed", appointment_id, starts_at=tomorrow)
    await move(spa, appointment_id, starts_at=tomorrow, quoted_cents=9_600)
    assert (await visit_of(spa, appointment_id)).price_cents == 9_600


@pytest.mark.parametrize(
    ("hour", "days", "code"),
    [(7, 0, "time-past"), (19, 0, "provider-away"), (10, 2, "day-closed"), (12, 0, "slot-taken")],
)
async def test_what_cannot_be_booked_cannot_be_moved_to(spa: Spa, hour: int, days: int, code: str) -> None:
    await booked(spa, await spa.guest("Tom Becker"), at=spa.local(12))
    appointment_id = await booked(spa, await spa.guest("Lena Vogel"))
    await refused(spa, Conflict, code, appointment_id, starts_at=spa.local(hour, days=days))


async def test_a_guest_is_not_moved_into_another_visit_of_theirs(spa: Spa) -> None:
    guest_id = await spa.guest()
    await booked(spa, guest_id, service="manicure-45", provider="Jonas Weber", at=spa.local(13))
    appointment_id = await booked(spa, guest_id)
    await refused(spa, Conflict, "guest-already-booked", appointment_id, starts_at=spa.local(12, 30))


async def test_only_a_booked_visit_is_moved_and_only_as_it_stands(spa: Spa) -> None:
    here = await checked_in(spa)
    await refused(spa, Conflict, "appointment-checked-in", here, starts_at=spa.local(13))
    other = await booked(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await refused(spa, Conflict, "appointment-changed", other, version=7)
    await refused(spa, Invalid, "time-unreadable", other, starts_at=spa.local(13).replace(second=1))
    await cancel_appointment(spa.maya, appointment_id=other, version=1, reason="Illness", now=spa.clock.now)
    await refused(spa, Conflict, "appointment-cancelled", other, starts_at=spa.local(14))


async def test_what_is_held_too_long_stands_in_the_way_of_no_move(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await held(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await refused(spa, Conflict, "slot-taken", appointment_id, starts_at=spa.local(13))
    spa.clock.forward(minutes=10)
    assert await move(spa, appointment_id, starts_at=spa.local(13)) == 2


async def test_two_services_of_a_guest_change_places_though_they_came_a_year_ago_too(spa: Spa) -> None:
    guest_id = await spa.guest()
    items = [
        await item(spa, guest_id, at=spa.local(10)),
        await item(spa, guest_id, service="manicure-45", provider="Jonas Weber", at=spa.local(11)),
    ]
    party_id = await booked_party(spa, items)
    before = spa.clock.now
    old = await booked(spa, guest_id, at=spa.local(13))
    await fetch("UPDATE claim SET released = true WHERE appointment = $1", old)
    await fetch(
        "UPDATE appointment SET status = 'cancelled', starts_at = $2, ends_at = $3 WHERE id = $1",
        old,
        spa.local(9) - timedelta(days=400),
        spa.local(14) - timedelta(days=400),
    )
    await fetch("UPDATE appointment SET status = 'done' WHERE id = $1", old)
    swapped = [
        await moved(spa, items[0].appointment_id, spa.local(11)),
        await moved(spa, items[1].appointment_id, spa.local(10, 15)),
    ]
    assert await move_party(spa.maya, party_id=party_id, items=swapped, now=before) == [2, 2]
    assert (await visit_of(spa, items[0].appointment_id)).starts_at == spa.local(11)
    await fetch("UPDATE appointment SET status = 'cancelled' WHERE id = $1", old)


async def room(name: str) -> int:
    found: int = await fetch_value("SELECT number FROM resource WHERE name = $1", name)
    return found


async def test_a_visit_goes_to_another_room_at_the_same_or_another_time(spa: Spa) -> None:
    appointment_id = await booked(spa)
    assert (await visit_of(spa, appointment_id)).room_name == "Room 1"
    await move(spa, appointment_id, room_number=await room("Room 4"))
    seen = await visit_of(spa, appointment_id)
    assert (seen.room_name, seen.starts_at) == ("Room 4", spa.local(10))
    await move(spa, appointment_id, room_number=await room("Room 2"), starts_at=spa.local(13))
    seen = await visit_of(spa, appointment_id)
    assert (seen.room_name, seen.starts_at) == ("Room 2", spa.local(13))
    claimed = await fetch("SELECT resource_no FROM claim WHERE NOT released")
    assert await room("Room 2") in {row["resource_no"] for row in claimed}
    assert len(claimed) == 2
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'moved'") == 2
    told = await fetch("SELECT after->>'room' AS room FROM audit_event WHERE verb = 'moved' ORDER BY made_at")
    assert {row["room"] for row in told} == {str(await room("Room 4")), str(await room("Room 2"))}


async def test_a_room_that_is_taken_unfit_or_unknown_is_refused(spa: Spa) -> None:
    appointment_id = await booked(spa)
    other = await booked(spa, at=spa.local(10), provider="Ben Castellano")
    taken = (await visit_of(spa, other)).room_number
    await refused(spa, Conflict, "room-taken", appointment_id, room_number=taken)
    await refused(spa, Conflict, "room-unfit", appointment_id, room_number=await room("Station 1"))
    await refused(spa, Conflict, "room-unfit", appointment_id, room_number=await room("Wet table"))
    await refused(spa, NotFound, "resource-unknown", appointment_id, room_number=9999)
