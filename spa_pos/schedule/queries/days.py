"""Reading when people work and what there is to work with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.time import day_bounds, shift_instant
from spa_pos.schedule.rules import Interval, ShiftPattern, WorkLimits, valid_kinds, works_on

CLOSED = "Closed on this weekday"
NOTHING_LIMITED = WorkLimits(day_minutes=1440, week_minutes=10080, most_in_a_row=20, break_minutes=0)
"""Limits that say nothing."""


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
    limits: WorkLimits | None


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


@dataclass(frozen=True, slots=True)
class _Hours:
    """Opening hours, of a weekday from a day on or of one day; without times it is closed."""

    opens: time | None
    closes: time | None
    weekday: int = 0
    valid_from: date = date.min
    day: date = date.min
    reason: str = CLOSED


@dataclass(frozen=True, slots=True)
class _Resource:
    number: int
    kind: str
    name: str
    staff: UUID | None
    title: str | None
    hue: int | None
    gender: str | None


@dataclass(frozen=True, slots=True)
class _Limits:
    """The limits of one provider, or of everybody who has none of their own."""

    staff: UUID | None
    limits: WorkLimits


@dataclass(frozen=True, slots=True)
class _Credential:
    staff: UUID
    kind: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class _Shift:
    staff: UUID
    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date
    every_weeks: int


@dataclass(frozen=True, slots=True)
class _Exception:
    staff: UUID
    day: date
    starts: time | None
    ends: time | None


@dataclass(frozen=True, slots=True)
class _Away:
    starts_at: datetime
    ends_at: datetime
    staff: UUID | None = None
    resource_no: int = 0

    @property
    def interval(self) -> Interval:
        return self.starts_at.astimezone(UTC), self.ends_at.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything that is planned for a period, as one statement reads it."""

    opening: tuple[_Hours, ...]
    special: tuple[_Hours, ...]
    resources: tuple[_Resource, ...]
    limits: tuple[_Limits, ...]
    credentials: tuple[_Credential, ...]
    shifts: tuple[_Shift, ...]
    exceptions: tuple[_Exception, ...]
    time_off: tuple[_Away, ...]
    out: tuple[_Away, ...]


_PLAN = """
WITH here AS (
    SELECT r.number, r.kind, r.name, r.staff, s.title, s.hue, s.gender
    FROM resource r LEFT JOIN staff s ON s.id = r.staff
    WHERE r.location = $1 AND r.active AND (s.id IS NULL OR s.active)
)
SELECT (SELECT version FROM plan_version) AS version, json_build_object(
    'opening', (SELECT coalesce(json_agg(o ORDER BY o.valid_from), '[]') FROM
        (SELECT weekday, opens, closes, valid_from FROM opening_hours
         WHERE location = $1 AND weekday = ANY($6)) o),
    'special', (SELECT coalesce(json_agg(o), '[]') FROM
        (SELECT day, reason, opens, closes FROM special_day
         WHERE location = $1 AND day BETWEEN $2 AND $3) o),
    'resources', (SELECT coalesce(json_agg(h ORDER BY h.number), '[]') FROM here h),
    'limits', (SELECT coalesce(json_agg(o), '[]') FROM
        (SELECT staff, json_build_object('day_minutes', day_minutes, 'week_minutes', week_minutes,
            'most_in_a_row', most_in_a_row, 'break_minutes', break_minutes) AS limits
         FROM work_limit WHERE location = $1) o),
    'credentials', (SELECT coalesce(json_agg(o), '[]') FROM
        (SELECT staff, kind, valid_from, coalesce(valid_until, '9999-12-31') AS valid_until FROM credential
         WHERE staff IN (SELECT staff FROM here) AND valid_from <= $3
         AND coalesce(valid_until, '9999-12-31') >= $2) o),
    'shifts', (SELECT coalesce(json_agg(o ORDER BY o.starts), '[]') FROM
        (SELECT staff, weekday, starts, ends, valid_from, every_weeks,
            coalesce(valid_until, '9999-12-31') AS valid_until FROM shift
         WHERE staff IN (SELECT staff FROM here) AND valid_from <= $3
         AND coalesce(valid_until, '9999-12-31') >= $2 AND weekday = ANY($6)) o),
    'exceptions', (SELECT coalesce(json_agg(o ORDER BY o.starts), '[]') FROM
        (SELECT staff, day, starts, ends FROM shift_exception
         WHERE staff IN (SELECT staff FROM here) AND day BETWEEN $2 AND $3) o),
    'time_off', (SELECT coalesce(json_agg(o), '[]') FROM
        (SELECT staff, starts_at, ends_at FROM time_off
         WHERE staff IN (SELECT staff FROM here) AND starts_at < $5 AND ends_at > $4) o),
    'out', (SELECT coalesce(json_agg(o), '[]') FROM
        (SELECT resource_no, starts_at, ends_at FROM resource_out
         WHERE resource_no IN (SELECT number FROM here) AND starts_at < $5 AND ends_at > $4) o)
)::text AS plan
"""

_DECODER = msgspec.json.Decoder(_Plan)


async def day_schedules(
    location_id: UUID, zone: ZoneInfo, first: date, last: date
) -> tuple[DaySchedule, ...]:
    """The schedule of each day of a period, both days included; two statements, however long it is.

    Days worked out before are given again, after one statement, while the plan has their version.
    """
    key = (location_id, zone, first, last)
    kept = _KEPT.get(key)
    if kept is not None and kept[0] == await fetch_value("SELECT version FROM plan_version"):
        _KEPT[key] = _KEPT.pop(key, kept)
        return kept[1]
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    weekdays = [(first.weekday() + offset) % 7 for offset in range(min(7, (last - first).days + 1))]
    ((version, planned),) = await fetch(_PLAN, location_id, first, last, since, until, weekdays)
    days = _schedules(planned, zone, first, last)
    _KEPT.pop(key, None)
    _KEPT[key] = version, days
    if len(_KEPT) > MOST_KEPT:
        del _KEPT[next(iter(_KEPT))]
    return days


MOST_KEPT = 128

_KEPT: dict[tuple[UUID, ZoneInfo, date, date], tuple[UUID, tuple[DaySchedule, ...]]] = {}
"""Periods that were asked for, with the version of the plan and their days; the longest unused goes first."""


def _schedules(planned: str, zone: ZoneInfo, first: date, last: date) -> tuple[DaySchedule, ...]:
    """The days that a plan makes."""
    plan = _DECODER.decode(planned)
    out: dict[int, tuple[Interval, ...]] = {}
    for one in plan.out:
        out[one.resource_no] = (*out.get(one.resource_no, ()), one.interval)
    things = tuple(
        Thing(one.number, one.kind, one.name, out.get(one.number, ()))
        for one in plan.resources
        if one.staff is None
    )
    special = {hours.day: hours for hours in plan.special}
    providers_on = _providers(plan, zone, first, last)

    def schedule_of(day: date) -> DaySchedule:
        hours = special.get(day) or _hours_of(plan.opening, day)
        if hours is None or hours.opens is None or hours.closes is None:
            why = hours.reason if hours else CLOSED
            return DaySchedule(day, None, why, providers_on(day, None), things)
        opened = shift_instant(day, hours.opens, zone), shift_instant(day, hours.closes, zone)
        return DaySchedule(day, opened, None, providers_on(day, opened), things)

    return tuple(schedule_of(first + timedelta(days=offset)) for offset in range((last - first).days + 1))


@dataclass(frozen=True, slots=True)
class _Person:
    """A provider with everything that is planned for them; people who always work alike share their week."""

    row: _Resource
    staff_id: UUID
    held: Sequence[tuple[str, date, date]]
    always: frozenset[str] | None
    week: tuple[tuple[ShiftPattern, ...], ...]
    exceptions: Mapping[date, Sequence[tuple[time, time] | None]]
    time_off: Sequence[Interval]


def _providers(
    plan: _Plan, zone: ZoneInfo, first: date, last: date
) -> Callable[[date, Interval | None], tuple[ProviderOnDay, ...]]:
    """What gives the providers of each day of a period, for the hours it is open."""
    people = _people(plan, first, last)
    limits = {one.staff: None if one.limits == NOTHING_LIMITED else one.limits for one in plan.limits}
    usual_limits = limits.get(None)

    def on(day: date, opened: Interval | None) -> tuple[ProviderOnDay, ...]:
        weekday, usual = day.weekday(), dict[int, tuple[Interval, ...]]()

        def works(one: _Person) -> tuple[Interval, ...]:
            shifts = one.week[weekday]
            if one.time_off or day in one.exceptions:
                return works_on(day, shifts, one.exceptions.get(day), one.time_off, opened, zone)
            if id(shifts) not in usual:
                usual[id(shifts)] = works_on(day, shifts, None, (), opened, zone)
            return usual[id(shifts)]

        return tuple(
            ProviderOnDay(
                one.row.number,
                one.staff_id,
                one.row.name,
                one.row.title or "",
                one.row.hue or 0,
                valid_kinds(one.held, day) if one.always is None else one.always,
                works(one),
                one.row.gender,
                limits.get(one.staff_id, usual_limits),
            )
            for one in people
        )

    return on


def _people(plan: _Plan, first: date, last: date) -> list[_Person]:
    """The providers of a plan, in the order of their numbers."""
    people = [(one, one.staff) for one in plan.resources if one.staff is not None]
    credentials: dict[UUID, list[tuple[str, date, date]]] = {}
    for paper in plan.credentials:
        held_till = (paper.kind, paper.valid_from, paper.valid_until)
        credentials.setdefault(paper.staff, []).append(held_till)
    shifts: dict[tuple[UUID, int], list[ShiftPattern]] = {}
    for one in plan.shifts:
        pattern = ShiftPattern(
            one.weekday, one.starts, one.ends, one.valid_from, one.valid_until, one.every_weeks
        )
        shifts.setdefault((one.staff, one.weekday), []).append(pattern)
    exceptions: dict[UUID, dict[date, list[tuple[time, time] | None]]] = {}
    for that in plan.exceptions:
        face = None if that.starts is None or that.ends is None else (that.starts, that.ends)
        exceptions.setdefault(that.staff, {}).setdefault(that.day, []).append(face)
    time_off: dict[UUID, list[Interval]] = {}
    for away in plan.time_off:
        if away.staff is not None:
            time_off.setdefault(away.staff, []).append(away.interval)
    alike: dict[tuple[ShiftPattern, ...], tuple[ShiftPattern, ...]] = {}
    found = []
    for row, staff_id in people:
        held = credentials.get(staff_id, ())
        unchanged = all(since <= first and last <= until for _, since, until in held)
        week = (tuple(shifts.get((staff_id, weekday), ())) for weekday in range(7))
        found.append(
            _Person(
                row,
                staff_id,
                held,
                valid_kinds(held, first) if unchanged else None,
                tuple(alike.setdefault(patterns, patterns) for patterns in week),
                exceptions.get(staff_id, {}),
                time_off.get(staff_id, ()),
            )
        )
    return found


def _hours_of(opening: Sequence[_Hours], day: date) -> _Hours | None:
    """Opening hours of a day: the newest row of its weekday that has begun."""
    hours = [row for row in opening if row.weekday == day.weekday() and row.valid_from <= day]
    return hours[-1] if hours else None
