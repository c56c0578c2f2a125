"""Bookings that a change hits: named before it is kept, and listed as long as they do not fit."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import cancel_appointment
from spa_pos.booking.actions.rota import BookingsHit, change_schedule
from spa_pos.booking.queries.hits import hits
from spa_pos.db import fetch, fetch_value
from spa_pos.schedule.rules import WorkLimits
from tests.builders import booked
from tests.cast import Spa
from tests.house.test_permissions import nothing_written

FRIDAY = date(2026, 11, 27)


async def reasons(spa: Spa) -> dict[UUID, set[str]]:
    """The codes of why each booking does not fit."""
    found = await hits(spa.house.location_id, spa.house.zone, now=spa.clock.now)
    return {one.appointment_id: {reason.code for reason in one.reasons} for one in found}


async def change(spa: Spa, name: str, *, anyway: bool = True, **asked: Any) -> None:
    """Renata changes something."""
    await change_schedule(spa.renata, change=name, asked=asked, anyway=anyway, now=spa.clock.now)


async def off(spa: Spa, *, anyway: bool = True, **changes: Any) -> UUID:
    """Ana is off on Friday afternoon."""
    asked = {
        "time_off_id": uuid4(),
        "staff_id": await spa.staff_id("Ana Okafor"),
        "starts_at": spa.local(12, days=3),
        "ends_at": spa.local(16, days=3),
        "reason": "Dentist",
    } | changes
    await change(spa, "add_time_off", anyway=anyway, **asked)
    return asked["time_off_id"]


async def test_nothing_is_hit_where_everything_fits(spa: Spa) -> None:
    assert await reasons(spa) == {}
    await booked(spa, at=spa.local(10, days=3))
    assert await reasons(spa) == {}


async def test_a_change_that_hits_bookings_is_not_made_until_somebody_says_anyway(spa: Spa) -> None:
    visit = await booked(spa, at=spa.local(13, days=3))
    await booked(spa, await spa.guest("Tom Becker"), at=spa.local(9, days=3))
    async with nothing_written():
        with pytest.raises(BookingsHit, match="This hits 1 booking") as refusal:
            await off(spa, anyway=False)
    (hit,) = refusal.value.hits
    assert (hit.appointment_id, hit.reasons[0].sentence) == (visit, "Ana is off: Dentist.")
    await off(spa)
    assert await reasons(spa) == {visit: {"time-off"}}


async def test_a_change_that_hits_nothing_new_is_made_at_once(spa: Spa) -> None:
    await booked(spa, at=spa.local(13, days=3))
    time_off_id = await off(spa)
    await off(spa, anyway=False, starts_at=spa.local(8, days=6), ends_at=spa.local(9, days=6))
    assert await fetch_value("SELECT count(*) FROM time_off") == 2
    await change(spa, "remove_time_off", anyway=False, time_off_id=time_off_id)
    assert await reasons(spa) == {}


async def test_turnover_counts_to_the_minute(spa: Spa) -> None:
    visit = await booked(spa, at=spa.local(10, 50, days=3))
    await off(spa)
    assert await reasons(spa) == {}
    await off(spa, starts_at=spa.local(11, 59, days=3), ends_at=spa.local(12, days=3))
    assert await reasons(spa) == {visit: {"time-off"}}


async def test_shifts_and_exceptions_that_leave_a_booking_outside(spa: Spa) -> None:
    visit = await booked(spa, at=spa.local(13, days=3))
    ana = await spa.staff_id("Ana Okafor")
    day = {"staff_id": ana, "day": FRIDAY, "reason": "Training"}
    await change(spa, "add_shift_exception", spans=((time(8), time(12)),), **day)
    assert await reasons(spa) == {visit: {"outside-shift"}}
    await change(spa, "remove_shift_exception", staff_id=ana, day=FRIDAY)
    assert await reasons(spa) == {}
    asked = {"change_id": uuid4(), "staff_id": ana, "last_day": None, "every_weeks": 1}
    week = {4: ((time(8), time(12)), (time(14), time(18)))}
    await change(spa, "set_shift_pattern", week=week, first_day=FRIDAY, **asked)
    assert await reasons(spa) == {visit: {"outside-shift"}}


async def test_a_closed_day_and_shorter_hours(spa: Spa) -> None:
    visit = await booked(spa, at=spa.local(13, days=3))
    special = {"special_id": uuid4(), "day": FRIDAY, "reason": "Burst pipe"}
    await change(spa, "set_special_day", hours=None, **special)
    assert await reasons(spa) == {visit: {"day-closed"}}
    await change(spa, "remove_special_day", special_id=special["special_id"])
    await change(spa, "set_special_day", hours=(time(9), time(13, 30)), **special)
    assert await reasons(spa) == {visit: {"outside-opening"}}


async def test_a_room_and_a_machine_that_cannot_be_used(spa: Spa) -> None:
    visit = await booked(spa, at=spa.local(13, days=3), service="stone-75")
    rows = await fetch(
        "SELECT r.number, r.kind FROM claim c JOIN resource r ON r.number = c.resource_no"
        " WHERE c.appointment = $1 AND r.staff IS NULL",
        visit,
    )
    assert {row["kind"] for row in rows} == {"treatment_room", "hot_stones"}
    for row in rows:
        out_id = uuid4()
        times = {"starts_at": spa.local(14, days=3), "ends_at": spa.local(18, days=3)}
        await change(
            spa, "put_out_of_use", out_id=out_id, resource_no=row["number"], reason="Repair", **times
        )
        assert await reasons(spa) == {visit: {"resource-out"}}
        await change(spa, "bring_back", out_id=out_id)
        with pytest.raises(BookingsHit, match="Move them first"):
            await change(spa, "retire_resource", resource_no=row["number"])
        assert await reasons(spa) == {}


async def test_a_credential_that_ends_before_the_visit(spa: Spa) -> None:
    visit = await booked(spa, at=spa.local(13, days=3))
    row = (
        await fetch(
            "SELECT c.* FROM credential c JOIN staff s ON s.id = c.staff"
            " WHERE s.name = 'Ana Okafor' AND c.kind = 'massage'"
        )
    )[0]
    asked = {"credential_id": row["id"], "staff_id": row["staff"], "kind": "massage", "number": "L-1"}
    for until, found in ((FRIDAY, {}), (FRIDAY - timedelta(days=1), {visit: {"credential-missing"}})):
        await change(spa, "set_credential", valid_from=row["valid_from"], valid_until=until, **asked)
        assert await reasons(spa) == found


async def test_of_too_much_hands_on_work_the_booking_that_passes_the_limit_is_named(spa: Spa) -> None:
    ids = [
        await booked(spa, await spa.guest(f"Guest {name}"), at=spa.local(hour, days=3))
        for name, hour in (("One", 8), ("Two", 10), ("Three", 13))
    ]
    ana = await spa.staff_id("Ana Okafor")
    await change(spa, "set_work_limit", staff_id=ana, limits=WorkLimits(120, 600, 5, 15))
    assert await reasons(spa) == {ids[2]: {"hands-on-limit"}}
    await fetch("UPDATE appointment SET override_reason = 'Agreed' WHERE id = $1", ids[2])
    assert await reasons(spa) == {}


async def test_what_is_cancelled_or_past_is_not_hit(spa: Spa) -> None:
    visit = await booked(spa, at=spa.local(13, days=3))
    await off(spa)
    await cancel_appointment(
        spa.maya, appointment_id=visit, version=1, reason="Guest asked", now=spa.clock.now
    )
    assert await reasons(spa) == {}
    other = await booked(spa, await spa.guest("Tom Becker"), at=spa.local(10, days=3))
    spa.clock.now = spa.local(10, 30, days=3)
    await fetch("UPDATE time_off SET starts_at = starts_at - interval '6 hours'")
    assert other not in await reasons(spa)


async def test_the_number_of_statements_does_not_grow_with_bookings_or_days(
    spa: Spa, count_statements: Callable[[], Any]
) -> None:
    counts = []
    for days in (3, 6, 34, 62):
        await booked(spa, await spa.guest(f"Guest {days}"), at=spa.local(13, days=days))
        await booked(spa, await spa.guest(f"Other {days}"), at=spa.local(10, days=days))
        with count_statements() as count:
            await hits(spa.house.location_id, spa.house.zone, now=spa.clock.now)
        counts.append(count.statements)
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 12
