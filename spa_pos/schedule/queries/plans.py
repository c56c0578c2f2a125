"""What managers planned, as their screens show and change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.schedule.rules import ShiftPattern, WorkLimits


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One stored shift."""

    id: UUID
    pattern: ShiftPattern


async def shift_rows(staff_id: UUID) -> list[ShiftRow]:
    """Every shift of a provider, past ones too, by first day, weekday and hour."""
    rows = await fetch(
        "SELECT id, weekday, starts, ends, valid_from, every_weeks,"
        " coalesce(valid_until, 'infinity'::date) AS valid_until FROM shift WHERE staff = $1"
        " ORDER BY valid_from, weekday, starts",
        staff_id,
    )
    return [
        ShiftRow(row["id"], ShiftPattern(**{name: row[name] for name in ShiftPattern.__slots__}))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ShiftChangeView:
    """The latest change of a provider's shifts that was not undone."""

    id: UUID
    made_at: datetime
    made_by: str
    first_day: date


async def latest_shift_change(staff_id: UUID) -> ShiftChangeView | None:
    """The latest change of a provider's shifts that was not undone, or None."""
    row = await fetch_one(
        "SELECT id, made_at, made_by, first_day FROM shift_change WHERE staff = $1 AND undone_at IS NULL"
        " ORDER BY made_at DESC, id DESC LIMIT 1",
        staff_id,
    )
    return ShiftChangeView(**dict(row)) if row else None


@dataclass(frozen=True, slots=True)
class ProviderPlan:
    """A provider of a location, as the schedule names them."""

    staff_id: UUID
    number: int
    name: str
    title: str
    hue: int
    gender: str | None


async def provider_plans(location_id: UUID) -> list[ProviderPlan]:
    """Every provider who works at a location, in the order of the board."""
    rows = await fetch(
        "SELECT s.id AS staff_id, r.number, s.name, s.title, s.hue, s.gender FROM resource r"
        " JOIN staff s ON s.id = r.staff WHERE r.location = $1 AND r.active AND s.active ORDER BY r.number",
        location_id,
    )
    return [ProviderPlan(**dict(row)) for row in rows]


async def provider_plan(staff_id: UUID, location_id: UUID) -> ProviderPlan:
    """One provider of a location.

    Raises:
        NotFound: `provider-unknown`.
    """
    for one in await provider_plans(location_id):
        if one.staff_id == staff_id:
            return one
    raise NotFound("provider-unknown", "There is no such provider here. Go back to the schedule.")


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """One day on which a provider works other hours than the pattern's; no spans: not at all."""

    staff_id: UUID
    day: date
    spans: tuple[tuple[time, time], ...]
    reason: str


async def exceptions_between(staff_ids: Sequence[UUID], first: date, last: date) -> list[ExceptionView]:
    """The exceptions of providers in a period, both days included, by day."""
    rows = await fetch(
        "SELECT staff, day, reason, starts, ends FROM shift_exception"
        " WHERE staff = ANY($1) AND day BETWEEN $2 AND $3 ORDER BY day, staff, starts",
        list(staff_ids),
        first,
        last,
    )
    found: dict[tuple[UUID, date], ExceptionView] = {}
    for row in rows:
        key = row["staff"], row["day"]
        spans = found[key].spans if key in found else ()
        if row["starts"] is not None:
            spans = (*spans, (row["starts"], row["ends"]))
        found[key] = ExceptionView(*key, spans, row["reason"])
    return list(found.values())


@dataclass(frozen=True, slots=True)
class TimeOffView:
    """A period in which a provider is away."""

    id: UUID
    staff_id: UUID
    starts_at: datetime
    ends_at: datetime
    reason: str


async def time_off_between(staff_ids: Sequence[UUID], since: datetime, until: datetime) -> list[TimeOffView]:
    """The time off of providers that touches a period, by start."""
    rows = await fetch(
        "SELECT id, staff AS staff_id, starts_at, ends_at, reason FROM time_off"
        " WHERE staff = ANY($1) AND starts_at < $3 AND ends_at > $2 ORDER BY starts_at",
        list(staff_ids),
        since,
        until,
    )
    return [TimeOffView(**dict(row)) for row in rows]


async def work_limits(location_id: UUID) -> dict[UUID | None, WorkLimits]:
    """The limits of hands-on work by provider; under None those of the house."""
    rows = await fetch(
        "SELECT staff, day_minutes, week_minutes, most_in_a_row, break_minutes FROM work_limit"
        " WHERE location = $1",
        location_id,
    )
    return {
        row["staff"]: WorkLimits(
            row["day_minutes"], row["week_minutes"], row["most_in_a_row"], row["break_minutes"]
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class OpeningView:
    """Opening hours of one weekday from a day on; no times: closed."""

    weekday: int
    valid_from: date
    opens: time | None
    closes: time | None


async def opening_rows(location_id: UUID) -> list[OpeningView]:
    """Every row of opening hours of a location, by first day and weekday."""
    rows = await fetch(
        "SELECT weekday, valid_from, opens, closes FROM opening_hours WHERE location = $1"
        " ORDER BY valid_from, weekday",
        location_id,
    )
    return [OpeningView(**dict(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class SpecialDayView:
    """A day with hours of its own; no times: closed."""

    id: UUID
    day: date
    reason: str
    opens: time | None
    closes: time | None


async def special_days(location_id: UUID, since: date) -> list[SpecialDayView]:
    """The special days of a location from a day on."""
    rows = await fetch(
        "SELECT id, day, reason, opens, closes FROM special_day WHERE location = $1 AND day >= $2"
        " ORDER BY day",
        location_id,
        since,
    )
    return [SpecialDayView(**dict(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class ThingView:
    """A room, a station or a machine, in use or retired."""

    number: int
    kind: str
    name: str
    active: bool


async def things(location_id: UUID) -> list[ThingView]:
    """Every room, station and machine of a location, retired ones too, by kind and number."""
    rows = await fetch(
        "SELECT number, kind, name, active FROM resource WHERE location = $1 AND staff IS NULL"
        " ORDER BY kind, number",
        location_id,
    )
    return [ThingView(**dict(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class OutView:
    """When a room, a station or a machine cannot be used."""

    id: UUID
    number: int
    name: str
    starts_at: datetime
    ends_at: datetime
    reason: str


async def things_out(location_id: UUID, since: datetime) -> list[OutView]:
    """What is out of use at an instant or later, by start."""
    rows = await fetch(
        "SELECT o.id, r.number, r.name, o.starts_at, o.ends_at, o.reason FROM resource_out o"
        " JOIN resource r ON r.number = o.resource_no WHERE r.location = $1 AND o.ends_at > $2"
        " ORDER BY o.starts_at, r.number",
        location_id,
        since,
    )
    return [OutView(**dict(row)) for row in rows]
