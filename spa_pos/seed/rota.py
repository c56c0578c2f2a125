"""What makes the demo's weeks uneven: time off, a training, a room out of use, short days (DOMAIN.md §4)."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, fetch_value, insert, insert_many
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date, shift_instant
from spa_pos.schedule.tables import ResourceOut, ShiftException, SpecialDay, TimeOff
from spa_pos.seed.house import House


@action
async def add_past_changes(house: House, *, now: datetime, history_days: int) -> None:
    """What was known when the past was booked: a holiday taken, and short days before holidays."""
    today = local_date(now, house.zone)
    if history_days:
        first = today - timedelta(days=min(history_days, 12))
        await _away(house, "Ben Castellano", first, first + timedelta(days=3), "Vacation", now)
    taken = {row["day"] for row in await fetch("SELECT day FROM special_day")}
    eves = [date(year, 12, 24) for year in (today.year - 1, today.year, today.year + 1)]
    await insert_many(
        SpecialDay,
        [
            {
                "id": uuid7(now),
                "location": house.location_id,
                "day": day,
                "reason": "Christmas Eve",
                "opens": time(8),
                "closes": time(14),
            }
            for day in eves
            if day not in taken
        ],
    )


@action
async def add_coming_changes(house: House, *, now: datetime) -> None:
    """What was decided after guests had booked: some bookings may be hit, so that it shows."""
    today = local_date(now, house.zone)
    monday = today + timedelta(days=7 - today.weekday())
    farah = await _staff("Farah Haddad")
    await _away(
        house, "Chloe Nguyen", monday + timedelta(days=1), monday + timedelta(days=3), "Vacation", now
    )
    await insert(
        ShiftException,
        id=uuid7(now),
        staff=farah,
        day=monday + timedelta(days=2),
        starts=time(14),
        ends=time(18),
        reason="Training in the morning",
    )
    room = await fetch_value("SELECT number FROM resource WHERE name = 'Room 6'")
    repair = monday + timedelta(days=3)
    await insert(
        ResourceOut,
        id=uuid7(now),
        resource_no=room,
        starts_at=shift_instant(repair, time(8), house.zone),
        ends_at=shift_instant(repair, time(13), house.zone),
        reason="New floor",
    )


async def _staff(name: str) -> UUID:
    found: UUID = await fetch_value("SELECT id FROM staff WHERE name = $1", name)
    return found


async def _away(house: House, name: str, first: date, last: date, reason: str, now: datetime) -> None:
    await insert(
        TimeOff,
        id=uuid7(now),
        staff=await _staff(name),
        starts_at=shift_instant(first, time(), house.zone),
        ends_at=shift_instant(last + timedelta(days=1), time(), house.zone),
        reason=reason,
    )
