"""Bringing a cancelled visit or a no-show back, while its time is free."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import (
    cancel_appointment,
    cancel_party,
    mark_no_show,
    move_appointment,
    restore_appointment,
    restore_party,
)
from spa_pos.booking.rules import Status
from spa_pos.db import fetch, fetch_value, insert
from spa_pos.kernel.errors import Conflict
from spa_pos.schedule.tables import ResourceOut, SpecialDay, TimeOff
from tests.builders import booked, checked_in, visit_of
from tests.calendar import broken, refused
from tests.cast import Spa
from tests.integration.booking.asking import booked_party, item, moved


async def cancelled(spa: Spa, **wish: Any) -> UUID:
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
    with pytest.raises(Conflict, match="no-room"):
        await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)


async def test_in_another_room_when_its_own_was_given_away(spa: Spa) -> None:
    appointment_id = await cancelled(spa)
    before = await visit_of(spa, appointment_id)
    await fetch("UPDATE resource SET active = false WHERE number = $1", before.room_number)
    await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    after = await visit_of(spa, appointment_id)
    assert after.room_number != before.room_number
    assert await broken() == []


async def away(spa: Spa) -> None:
    staff, since = await spa.staff_id("Ana Okafor"), spa.local(10, 30)
    await insert(TimeOff, id=uuid4(), staff=staff, starts_at=since, ends_at=spa.local(12), reason="Dentist")


async def no_licence(spa: Spa) -> None:
    today = spa.clock.now.date()
    await fetch("UPDATE credential SET valid_until = $1", today - timedelta(days=1))


async def closed(spa: Spa) -> None:
    where, today = spa.house.location_id, spa.local(10).date()
    await insert(SpecialDay, id=uuid4(), location=where, day=today, reason="Storm", opens=None, closes=None)


async def rooms_out(spa: Spa) -> None:
    for row in await fetch("SELECT number FROM resource WHERE kind = 'treatment_room'"):
        out = {"resource_no": row["number"], "starts_at": spa.local(9), "ends_at": spa.local(12)}
        await insert(ResourceOut, id=uuid4(), reason="Leak", **out)


async def retired(spa: Spa) -> None:
    await fetch("UPDATE staff SET active = false WHERE name = 'Ana Okafor'")


@pytest.mark.parametrize(
    ("happens", "code", "because"),
    [
        (away, "provider-away", "Ana Okafor does not work then"),
        (no_licence, "credential-missing", "Ana Okafor has no valid credential"),
        (closed, "day-closed", "The spa is closed that day: Storm"),
        (rooms_out, "no-room", "No suitable room is free"),
        (retired, "provider-unknown", "That provider does not work here"),
    ],
)
async def test_what_could_not_be_booked_any_more_is_not_restored_and_is_told_why(
    spa: Spa, happens: Callable[[Spa], Awaitable[None]], code: str, because: str
) -> None:
    appointment_id = await cancelled(spa)
    await happens(spa)
    told = await refused(
        code, restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    )
    assert because in told.sentence
    assert (await visit_of(spa, appointment_id)).status is Status.CANCELLED


async def test_the_visits_of_a_party_come_back_each_on_its_day(spa: Spa) -> None:
    guest_id = await spa.guest()
    items = [
        await item(spa, guest_id, at=spa.local(10)),
        await item(spa, guest_id, service="manicure-45", provider="Jonas Weber", at=spa.local(11, 15)),
    ]
    party_id = await booked_party(spa, items)
    asked: dict[str, Any] = {"party_id": party_id, "now": spa.clock.now}
    one, other = (each.appointment_id for each in items)
    tomorrow = await moved(spa, one, spa.local(10, days=1))
    await move_appointment(
        spa.maya,
        appointment_id=one,
        version=1,
        provider_id=tomorrow.provider_id,
        starts_at=tomorrow.starts_at,
        quoted_cents=tomorrow.quoted_cents,
        now=spa.clock.now,
    )
    ended = await cancel_party(spa.maya, versions={one: 2, other: 1}, reason="Illness", **asked)
    assert await restore_party(spa.maya, versions=ended, **asked) == {one: 4, other: 3}
    assert (await visit_of(spa, one)).starts_at == spa.local(10, days=1)
    assert await broken() == []


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
