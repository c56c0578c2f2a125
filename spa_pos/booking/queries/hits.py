"""Bookings to come that no longer fit: hours, rooms, credentials or limits changed under them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.rules import ProviderSupply
from spa_pos.booking.rules.hits import Away, DayState, Planned, Reason, reasons_against
from spa_pos.db import fetch
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.schedule.queries import DaySchedule, day_schedules, time_off_between

_TO_COME = (
    "SELECT a.id, a.starts_at, a.ends_at, a.setup_minutes, a.turnover_minutes, a.override_reason,"
    " a.provider, p.name AS provider_name, g.given_name || ' ' || g.family_name AS guest_name,"
    " s.name AS service_name, r.name AS room_name, s.hands_on,"
    " s.needs_credentials || coalesce((SELECT array_agg(kind) FROM appointment_add_on o"
    "   JOIN service os ON os.id = o.add_on, unnest(os.needs_credentials) AS kind"
    "   WHERE o.appointment = a.id), '{}') AS credentials,"
    " ARRAY(SELECT c.resource_no FROM claim c JOIN resource t ON t.number = c.resource_no"
    "   WHERE c.appointment = a.id AND NOT c.released AND t.staff IS NULL ORDER BY 1) AS numbers,"
    " ARRAY(SELECT t.name FROM claim c JOIN resource t ON t.number = c.resource_no"
    "   WHERE c.appointment = a.id AND NOT c.released AND t.staff IS NULL ORDER BY c.resource_no) AS names"
    " FROM appointment a JOIN guest g ON g.id = a.guest JOIN service s ON s.id = a.service"
    " JOIN staff p ON p.id = a.provider JOIN resource r ON r.number = a.room"
    " WHERE a.location = $1 AND a.starts_at > $2 AND (a.status IN ('booked', 'confirmed')"
    "   OR a.status = 'held' AND a.held_until > $2) ORDER BY a.starts_at, a.id"
)

_SESSIONS = (
    "SELECT a.id, a.provider, a.starts_at, a.ends_at FROM appointment a JOIN service s ON s.id = a.service"
    " WHERE a.location = $1 AND a.starts_at >= $2 AND s.hands_on"
    " AND a.status IN ('held', 'booked', 'confirmed', 'checked_in', 'in_service', 'done')"
    " AND (a.status <> 'held' OR a.held_until > $3) ORDER BY a.starts_at, a.id"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking that no longer fits, and why."""

    appointment_id: UUID
    guest_name: str
    service_name: str
    provider_id: UUID
    provider_name: str
    room_name: str
    starts_at: datetime
    ends_at: datetime
    reasons: tuple[Reason, ...]


async def hits(location_id: UUID, zone: ZoneInfo, *, now: datetime) -> list[Hit]:
    """Every booking to come at a location that no longer fits, by start; the number of queries is fixed.

    Of a day or week with too much hands-on work, the bookings that pass the limit are named, not those
    before them; one that a manager booked past it on purpose is not.
    """
    rows = await fetch(_TO_COME, location_id, now)
    if not rows:
        return []
    first, last = (local_date(row["starts_at"], zone) for row in (rows[0], rows[-1]))
    days = {one.day: one for one in await day_schedules(location_id, zone, first, last)}
    staff_ids = list({row["provider"] for row in rows})
    off: dict[UUID, list[Away]] = {}
    for one in await time_off_between(staff_ids, day_bounds(first, zone)[0], day_bounds(last, zone)[1]):
        off.setdefault(one.staff_id, []).append(Away(one.starts_at, one.ends_at, one.reason))
    monday = first - timedelta(days=first.weekday())
    sessions = _Sessions(await fetch(_SESSIONS, location_id, day_bounds(monday, zone)[0], now), zone)
    found = []
    for row in rows:
        schedule = days[local_date(row["starts_at"], zone)]
        state = _state(row, schedule, off.get(row["provider"], ()), sessions)
        reasons = reasons_against(_planned(row), state, zone)
        if reasons:
            found.append(_hit(row, reasons))
    return found


def _hit(row: Mapping[str, Any], reasons: tuple[Reason, ...]) -> Hit:
    return Hit(
        row["id"],
        row["guest_name"],
        row["service_name"],
        row["provider"],
        row["provider_name"],
        row["room_name"],
        row["starts_at"],
        row["ends_at"],
        reasons,
    )


def _planned(row: Mapping[str, Any]) -> Planned:
    return Planned(
        row["provider"],
        row["provider_name"],
        row["starts_at"],
        row["ends_at"],
        row["setup_minutes"],
        row["turnover_minutes"],
        frozenset(row["credentials"]),
        tuple(zip(row["numbers"], row["names"], strict=True)),
        row["hands_on"],
        row["override_reason"] is not None,
    )


class _Sessions:
    """Hands-on sessions of each provider, in order."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> None:
        self._zone = zone
        self._weeks: dict[tuple[UUID, date], list[tuple[datetime, UUID, datetime]]] = {}
        for row in rows:
            key = row["provider"], self._monday(row["starts_at"])
            self._weeks.setdefault(key, []).append((row["starts_at"], row["id"], row["ends_at"]))

    def _monday(self, moment: datetime) -> date:
        day = local_date(moment, self._zone)
        return day - timedelta(days=day.weekday())

    def before(self, row: Mapping[str, Any]) -> tuple[tuple[tuple[datetime, datetime], ...], int]:
        """The sessions of the day that come before a booking, and the minutes of the week's earlier days."""
        midnight = day_bounds(local_date(row["starts_at"], self._zone), self._zone)[0]
        week = self._weeks.get((row["provider"], self._monday(row["starts_at"])), ())
        earlier = [one for one in week if (one[0], one[1]) < (row["starts_at"], row["id"])]
        today = tuple((start, end) for start, _, end in earlier if start >= midnight)
        minutes = [int((end - start).total_seconds()) // 60 for start, _, end in earlier if start < midnight]
        return today, sum(minutes)


def _state(
    row: Mapping[str, Any], schedule: DaySchedule, off: Sequence[Away], sessions: _Sessions
) -> DayState:
    provider = next((one for one in schedule.providers if one.staff_id == row["provider"]), None)
    supply = None
    if provider is not None:
        own, week = sessions.before(row)
        supply = ProviderSupply(
            provider.number,
            provider.staff_id,
            provider.name,
            provider.credentials,
            provider.works,
            (),
            provider.gender,
            provider.limits,
            own,
            week,
        )
    things: dict[int, Sequence[tuple[datetime, datetime]]] = {one.number: one.out for one in schedule.things}
    return DayState(schedule.open, schedule.closed_because, supply, off, things)
