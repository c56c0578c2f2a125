"""Reading when people work and what there is to work with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch
from spa_pos.kernel.time import day_bounds, shift_instant
from spa_pos.people.queries import credentials_on
from spa_pos.schedule.rules import Interval, ShiftPattern, valid_kinds, works_on


@dataclass(frozen=True, slots=True)
class ProviderOnDay:
    """A provider with the hours they work on one day, and the kinds of credentials valid then."""

    number: int
    staff_id: UUID
    name: str
    title: str
    hue: int
    credentials: frozenset[str]
    works: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Thing:
    """A room, a station or a machine."""

    number: int
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class DaySchedule:
    """One local day of a location: opening interval (None when closed), who works, what there is."""

    day: date
    open: Interval | None
    closed_because: str | None
    providers: tuple[ProviderOnDay, ...]
    things: tuple[Thing, ...]


async def day_schedules(location_id: UUID, zone: ZoneInfo, first: date, last: date) -> list[DaySchedule]:
    """The schedule of each day of a period, both days included; the number of queries is fixed."""
    opening = await fetch(
        "SELECT weekday, opens, closes, valid_from FROM opening_hours WHERE location = $1"
        " ORDER BY valid_from",
        location_id,
    )
    closures = {
        row["day"]: row["reason"]
        for row in await fetch(
            "SELECT day, reason FROM closure WHERE location = $1 AND day BETWEEN $2 AND $3",
            location_id,
            first,
            last,
        )
    }
    resources = await fetch(
        "SELECT r.number, r.kind, r.name, r.staff, s.title, s.hue FROM resource r"
        " LEFT JOIN staff s ON s.id = r.staff WHERE r.location = $1 AND r.active"
        " AND (s.id IS NULL OR s.active) ORDER BY r.number",
        location_id,
    )
    staff_ids = [row["staff"] for row in resources if row["staff"] is not None]
    shifts = await _shifts(staff_ids, first, last)
    time_off = await _time_off(staff_ids, day_bounds(first, zone)[0], day_bounds(last, zone)[1])
    credentials = await credentials_on(staff_ids, first, last)
    things = tuple(Thing(row["number"], row["kind"], row["name"]) for row in resources if not row["staff"])

    def providers_on(day: date, opened: Interval | None) -> tuple[ProviderOnDay, ...]:
        return tuple(
            ProviderOnDay(
                row["number"],
                row["staff"],
                row["name"],
                row["title"],
                row["hue"],
                valid_kinds(credentials.get(row["staff"], ()), day),
                works_on(day, shifts.get(row["staff"], ()), time_off.get(row["staff"], ()), opened, zone),
            )
            for row in resources
            if row["staff"] is not None
        )

    def schedule_of(day: date) -> DaySchedule:
        opened = None if day in closures else _opened(opening, day, zone)
        closed_because = None if opened else closures.get(day, "Closed on this weekday")
        return DaySchedule(day, opened, closed_because, providers_on(day, opened), things)

    return [schedule_of(first + timedelta(days=offset)) for offset in range((last - first).days + 1)]


def _opened(opening: Sequence[Mapping[str, Any]], day: date, zone: ZoneInfo) -> Interval | None:
    """Opening hours of a day: the newest row of its weekday that has begun."""
    hours = [row for row in opening if row["weekday"] == day.weekday() and row["valid_from"] <= day]
    if not hours:
        return None
    return shift_instant(day, hours[-1]["opens"], zone), shift_instant(day, hours[-1]["closes"], zone)


async def _shifts(staff_ids: Sequence[UUID], first: date, last: date) -> dict[UUID, list[ShiftPattern]]:
    found: dict[UUID, list[ShiftPattern]] = {}
    for row in await fetch(
        "SELECT staff, weekday, starts, ends, valid_from,"
        " coalesce(valid_until, 'infinity'::date) AS valid_until"
        " FROM shift WHERE staff = ANY($1) AND valid_from <= $3"
        " AND coalesce(valid_until, 'infinity'::date) >= $2 ORDER BY starts",
        staff_ids,
        first,
        last,
    ):
        values = dict(row)
        found.setdefault(values.pop("staff"), []).append(ShiftPattern(**values))
    return found


async def _time_off(
    staff_ids: Sequence[UUID], since: datetime, until: datetime
) -> dict[UUID, list[Interval]]:
    found: dict[UUID, list[Interval]] = {}
    for row in await fetch(
        "SELECT staff, starts_at, ends_at FROM time_off"
        " WHERE staff = ANY($1) AND starts_at < $3 AND ends_at > $2",
        staff_ids,
        since,
        until,
    ):
        found.setdefault(row["staff"], []).append((row["starts_at"], row["ends_at"]))
    return found
