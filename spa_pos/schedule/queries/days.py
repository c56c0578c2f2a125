"""Reading when people work and what there is to work with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch
from spa_pos.kernel.time import day_bounds, shift_instant
from spa_pos.people.queries import credentials_on
from spa_pos.schedule.rules import Interval, ShiftPattern, WorkLimits, valid_kinds, works_on

HOUSE_LIMITS = WorkLimits(day_minutes=1440, week_minutes=10080, most_in_a_row=20, break_minutes=0)
"""Where nothing is said, nothing is limited."""


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
    gender: str | None
    limits: WorkLimits


@dataclass(frozen=True, slots=True)
class Thing:
    """A room, a station or a machine, and when it is out of use."""

    number: int
    kind: str
    name: str
    out: tuple[Interval, ...] = ()


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
    special = {
        row["day"]: row
        for row in await fetch(
            "SELECT day, reason, opens, closes FROM special_day"
            " WHERE location = $1 AND day BETWEEN $2 AND $3",
            location_id,
            first,
            last,
        )
    }
    resources = await fetch(
        "SELECT r.number, r.kind, r.name, r.staff, s.title, s.hue, s.gender, w.day_minutes, w.week_minutes,"
        " w.most_in_a_row, w.break_minutes FROM resource r"
        " LEFT JOIN staff s ON s.id = r.staff"
        " LEFT JOIN LATERAL (SELECT * FROM work_limit WHERE location = r.location AND r.staff IS NOT NULL"
        "   AND (staff = r.staff OR staff IS NULL) ORDER BY staff NULLS LAST LIMIT 1) w ON true"
        " WHERE r.location = $1 AND r.active AND (s.id IS NULL OR s.active) ORDER BY r.number",
        location_id,
    )
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    out = await _out(location_id, since, until)
    things = tuple(
        Thing(row["number"], row["kind"], row["name"], out.get(row["number"], ()))
        for row in resources
        if not row["staff"]
    )
    providers_on = await _providers([row for row in resources if row["staff"]], zone, first, last)

    def schedule_of(day: date) -> DaySchedule:
        rule = special.get(day) or _hours_of(opening, day)
        opened = None
        if rule is not None and rule["opens"] is not None:
            opened = shift_instant(day, rule["opens"], zone), shift_instant(day, rule["closes"], zone)
        why = special[day]["reason"] if day in special else "Closed on this weekday"
        return DaySchedule(day, opened, None if opened else why, providers_on(day, opened), things)

    return [schedule_of(first + timedelta(days=offset)) for offset in range((last - first).days + 1)]


async def _providers(
    rows: Sequence[Mapping[str, Any]], zone: ZoneInfo, first: date, last: date
) -> Callable[[date, Interval | None], tuple[ProviderOnDay, ...]]:
    """What gives the providers of each day of a period, for the hours it is open."""
    staff_ids = [row["staff"] for row in rows]
    shifts = await _shifts(staff_ids, first, last)
    exceptions = await _exceptions(staff_ids, first, last)
    time_off = await _time_off(staff_ids, day_bounds(first, zone)[0], day_bounds(last, zone)[1])
    credentials = await credentials_on(staff_ids, first, last)
    people = [(row, row["staff"], _limits(row)) for row in rows]

    def on(day: date, opened: Interval | None) -> tuple[ProviderOnDay, ...]:
        return tuple(
            ProviderOnDay(
                row["number"],
                staff_id,
                row["name"],
                row["title"],
                row["hue"],
                valid_kinds(credentials.get(staff_id, ()), day),
                works_on(
                    day,
                    shifts.get(staff_id, ()),
                    exceptions.get((staff_id, day)),
                    time_off.get(staff_id, ()),
                    opened,
                    zone,
                ),
                row["gender"],
                limits,
            )
            for row, staff_id, limits in people
        )

    return on


def _limits(row: Mapping[str, Any]) -> WorkLimits:
    if row["day_minutes"] is None:
        return HOUSE_LIMITS
    return WorkLimits(row["day_minutes"], row["week_minutes"], row["most_in_a_row"], row["break_minutes"])


def _hours_of(opening: Sequence[Mapping[str, Any]], day: date) -> Mapping[str, Any] | None:
    """Opening hours of a day: the newest row of its weekday that has begun."""
    hours = [row for row in opening if row["weekday"] == day.weekday() and row["valid_from"] <= day]
    return hours[-1] if hours else None


async def _shifts(staff_ids: Sequence[UUID], first: date, last: date) -> dict[UUID, list[ShiftPattern]]:
    found: dict[UUID, list[ShiftPattern]] = {}
    for row in await fetch(
        "SELECT staff, weekday, starts, ends, valid_from, every_weeks,"
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


async def _exceptions(
    staff_ids: Sequence[UUID], first: date, last: date
) -> dict[tuple[UUID, date], list[tuple[time, time] | None]]:
    found: dict[tuple[UUID, date], list[tuple[time, time] | None]] = {}
    for row in await fetch(
        "SELECT staff, day, starts, ends FROM shift_exception"
        " WHERE staff = ANY($1) AND day BETWEEN $2 AND $3 ORDER BY starts",
        staff_ids,
        first,
        last,
    ):
        face = None if row["starts"] is None else (row["starts"], row["ends"])
        found.setdefault((row["staff"], row["day"]), []).append(face)
    return found


async def _out(location_id: UUID, since: datetime, until: datetime) -> dict[int, tuple[Interval, ...]]:
    found: dict[int, tuple[Interval, ...]] = {}
    for row in await fetch(
        "SELECT o.resource_no, o.starts_at, o.ends_at FROM resource_out o"
        " JOIN resource r ON r.number = o.resource_no"
        " WHERE r.location = $1 AND o.starts_at < $3 AND o.ends_at > $2",
        location_id,
        since,
        until,
    ):
        number = row["resource_no"]
        found[number] = (*found.get(number, ()), (row["starts_at"], row["ends_at"]))
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
