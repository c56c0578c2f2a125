"""Longer and shorter visits: the claims follow, the price stays, the neighbours are left alone."""

from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import (
    cancel_appointment,
    hold_appointment,
    resize_appointment,
    start_service,
    undo_check_in,
)
from spa_pos.db import fetch_one, once
from spa_pos.kernel.actor import Actor, Role
from tests.builders import booked, checked_in, visit_of
from tests.calendar import broken, claims_of, refused
from tests.cast import Spa
from tests.integration.booking.asking import item


async def resize(spa: Spa, appointment_id: UUID, minutes: int, *, version: int | None = None) -> int:
    """Give a visit another length, as its newest version."""
    seen = version or (await visit_of(spa, appointment_id)).version
    return await resize_appointment(
        spa.maya, appointment_id=appointment_id, version=seen, minutes=minutes, now=spa.clock.now
    )


async def test_a_visit_grows_and_shrinks_with_its_claims_and_keeps_its_price_and_room(spa: Spa) -> None:
    appointment_id = await booked(spa)
    before = await visit_of(spa, appointment_id)
    assert await resize(spa, appointment_id, 90) == 2
    after = await visit_of(spa, appointment_id)
    assert (after.starts_at, after.ends_at) == (spa.local(10), spa.local(11, 30))
    assert (after.price_cents, after.room_number) == (before.price_cents, before.room_number)
    spans = {(since, until) for _, since, until in await claims_of(appointment_id)}
    assert spans == {(spa.local(10), spa.local(11, 40))}
    assert await resize(spa, appointment_id, 30) == 3
    assert (await visit_of(spa, appointment_id)).ends_at == spa.local(10, 30)
    assert await broken() == []


async def test_stretched_after_it_was_too_short_for_it_the_processing_time_is_back(spa: Spa) -> None:
    appointment_id = await booked(spa, service="scalp-mask-60", provider="Elif Demir")
    parts = [one for one in await claims_of(appointment_id) if one[0] == "provider"]
    assert len(parts) == 2
    await resize(spa, appointment_id, 30)
    assert len([one for one in await claims_of(appointment_id) if one[0] == "provider"]) == 1
    await resize(spa, appointment_id, 60)
    assert [one for one in await claims_of(appointment_id) if one[0] == "provider"] == parts


async def test_into_another_visit_it_does_not_grow_up_to_it_it_does(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await booked(spa, await spa.guest("Tom Becker"), at=spa.local(11, 30))
    await refused("slot-taken", resize(spa, appointment_id, 85))
    assert await resize(spa, appointment_id, 80) == 2


async def test_what_was_held_until_now_stands_in_nobodys_way(spa: Spa) -> None:
    appointment_id = await booked(spa)
    wanted = await item(spa, await spa.guest("Tom Becker"), at=spa.local(11, 10))
    until = spa.clock.forward(minutes=10)
    await hold_appointment(spa.maya, item=wanted, held_until=until, now=spa.local(8, 35))
    spa.clock.now = spa.local(8, 39)
    await refused("slot-taken", resize(spa, appointment_id, 90))
    spa.clock.now = until
    assert await resize(spa, appointment_id, 90) == 2
    assert await broken() == []


async def test_past_the_shift_of_the_provider_it_does_not_grow(spa: Spa) -> None:
    appointment_id = await booked(spa, at=spa.local(14, 50))
    assert (await refused("provider-away", resize(spa, appointment_id, 65))).status == 409


async def test_into_another_visit_of_the_same_guest_it_does_not_grow(spa: Spa) -> None:
    guest_id = await spa.guest()
    appointment_id = await booked(spa, guest_id)
    await booked(spa, guest_id, service="manicure-45", provider="Jonas Weber", at=spa.local(11))
    await refused("guest-already-booked", resize(spa, appointment_id, 65))


@pytest.mark.parametrize("minutes", [0, -5, 4, 62, 485, 10_000])
async def test_lengths_nobody_means_are_refused(spa: Spa, minutes: int) -> None:
    appointment_id = await booked(spa)
    await refused("minutes-unreadable", resize(spa, appointment_id, minutes))
    assert await resize(spa, appointment_id, 5) == 2


async def test_during_the_service_it_is_stretched_and_after_its_end_it_is_not(spa: Spa) -> None:
    spa.clock.now = spa.local(9, 55)
    here = await checked_in(spa)
    spa.clock.now = spa.local(10, 20)
    await start_service(spa.maya, appointment_id=here, version=2, now=spa.clock.now)
    assert await resize(spa, here, 75) == 4
    await undo_check_in(spa.maya, appointment_id=here, version=4, now=spa.clock.now)
    await cancel_appointment(spa.maya, appointment_id=here, version=5, reason="Illness", now=spa.clock.now)
    await refused("appointment-cancelled", resize(spa, here, 60))
    await refused("appointment-unknown", resize(spa, uuid4(), 60, version=1))


async def test_as_it_was_before_somebody_changed_it_it_is_not_resized(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await resize(spa, appointment_id, 75)
    await refused("appointment-changed", resize(spa, appointment_id, 60, version=1))


async def test_asked_for_twice_it_is_done_once_and_traced(spa: Spa) -> None:
    appointment_id, key = await booked(spa), uuid4()
    asked = {"appointment_id": appointment_id, "version": 1, "minutes": 75}
    answers = [
        await once(key, resize_appointment, actor=spa.maya, now=spa.clock.now, **asked) for _ in range(2)
    ]
    assert answers == [2, 2]
    trace = await fetch_one(
        "SELECT count(*), min(reason), min(staff_name) FROM audit_event WHERE verb = 'lengthened'"
    )
    assert trace is not None
    assert tuple(trace) == (1, "75 min", "Maya Lindqvist")


async def test_at_another_location_there_is_no_such_visit(spa: Spa) -> None:
    appointment_id = await booked(spa)
    stranger = Actor("Somebody Else", Role.OWNER, uuid4(), spa.house.zone)
    await refused(
        "appointment-unknown",
        resize_appointment(stranger, appointment_id=appointment_id, version=1, minutes=30, now=spa.clock.now),
    )
