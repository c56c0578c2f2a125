"""Bringing a cancelled visit or a no-show back, while its time is free."""

import pytest

from spa_pos.booking.actions import cancel_appointment, mark_no_show, restore_appointment
from spa_pos.booking.rules import Status
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict
from tests.builders import booked, checked_in, visit_of
from tests.cast import Spa


async def cancelled(spa: Spa, **wish: object) -> object:
    """A visit that was cancelled."""
    appointment_id = await booked(spa, **wish)
    await cancel_appointment(
        spa.maya, appointment_id=appointment_id, version=1, reason="Illness", now=spa.clock.now
    )
    return appointment_id


async def test_a_cancelled_visit_is_booked_again_and_holds_what_it_held(spa: Spa) -> None:
    appointment_id = await cancelled(spa, service="stone-75")
    version = await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.version, version) == (Status.BOOKED, 3, 3)
    assert (found.ended_at, found.end_reason, found.price_cents) == (None, None, 15_500)
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 3


async def test_a_no_show_who_comes_after_all_is_booked_again(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(10, 20)
    await mark_no_show(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now)
    await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    assert (await visit_of(spa, appointment_id)).status is Status.BOOKED


async def test_a_time_that_somebody_else_has_now_is_not_given_back(spa: Spa) -> None:
    appointment_id = await cancelled(spa)
    await booked(spa, await spa.guest("Tom Becker"), at=spa.local(10, 45))
    with pytest.raises(Conflict, match="slot-taken"):
        await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    assert (await visit_of(spa, appointment_id)).status is Status.CANCELLED
    assert await fetch_value("SELECT count(*) FROM claim WHERE released") == 2


async def test_a_room_that_was_given_away_is_not_taken_twice(spa: Spa) -> None:
    await fetch("UPDATE resource SET active = false WHERE kind = 'treatment_room' AND name <> 'Room 1'")
    appointment_id = await cancelled(spa)
    await booked(spa, await spa.guest("Tom Becker"), provider="Ben Castellano")
    with pytest.raises(Conflict, match="slot-taken"):
        await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)


async def test_a_guest_who_has_another_visit_then_is_told(spa: Spa) -> None:
    guest_id = await spa.guest()
    appointment_id = await cancelled(spa, guest_id=guest_id)
    await booked(spa, guest_id, service="manicure-45", provider="Jonas Weber", at=spa.local(10, 30))
    with pytest.raises(Conflict, match="guest-already-booked"):
        await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)


async def test_only_what_is_off_can_be_brought_back_and_only_as_it_stands(spa: Spa) -> None:
    with pytest.raises(Conflict, match="appointment-booked"):
        await restore_appointment(spa.maya, appointment_id=await booked(spa), version=1, now=spa.clock.now)
    here = await checked_in(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    with pytest.raises(Conflict, match="appointment-checked-in"):
        await restore_appointment(spa.maya, appointment_id=here, version=2, now=spa.clock.now)
    off = await cancelled(spa, guest_id=await spa.guest("Lena Vogel"), at=spa.local(14, 30))
    with pytest.raises(Conflict, match="appointment-changed"):
        await restore_appointment(spa.maya, appointment_id=off, version=1, now=spa.clock.now)
