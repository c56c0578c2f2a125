"""What days can still take."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.queries.visits import Visit
from spa_pos.booking.rules import DaySupply, Interval, Needs, ProviderSupply, ThingSupply, slot_at
from spa_pos.catalog.queries import MenuService, services
from spa_pos.db import fetch
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.ledger.queries import Place
from spa_pos.schedule.queries import HOUSE_LIMITS, DaySchedule, day_schedules


def needs_of(service: MenuService, add_ons: Sequence[MenuService] = ()) -> Needs:
    """What a service of the menu with its add-ons asks of a day."""
    kinds = [service.equipment_kind, *(one.equipment_kind for one in add_ons)]
    credentials = {kind for one in (service, *add_ons) for kind in one.needs_credentials}
    processing = (service.processing_after_minutes, service.processing_minutes)
    return Needs(
        service.duration_minutes + sum(one.duration_minutes for one in add_ons),
        service.setup_minutes,
        service.turnover_minutes,
        service.room_kind,
        tuple(dict.fromkeys(kind for kind in kinds if kind is not None)),
        frozenset(credentials),
        processing if service.processing_minutes else None,
        service.hands_on,
    )


def needs_of_visit(visit: Visit, service: MenuService, add_ons: Sequence[MenuService]) -> Needs:
    """What an appointment asks of a day as it was booked, however long it now is."""
    return needs_of(service, add_ons).lasting(visit.duration_minutes)


async def fits_at(visit: Visit, starts_at: datetime, where: Place, *, now: datetime) -> bool:
    """True when an appointment, as long as it is, could begin at another time with its provider."""
    known = await services([visit.service_id, *(one.add_on_id for one in visit.add_ons)])
    needs = needs_of_visit(visit, known[visit.service_id], [known[one.add_on_id] for one in visit.add_ons])
    day = local_date(starts_at, where.zone)
    ((_, supply),) = await supplies(where.id, where.zone, day, day, now=now, without=[visit.id])
    try:
        slot_at(
            needs,
            supply,
            provider=visit.provider_id,
            starts_at=starts_at,
            now=min(now, starts_at),
            may_pass_limits=True,
        )
    except Conflict:
        return False
    return True


async def supplies(
    location_id: UUID,
    zone: ZoneInfo,
    first: date,
    last: date,
    *,
    now: datetime,
    without: Sequence[UUID] = (),
) -> list[tuple[date, DaySupply]]:
    """What each day of a period has and what is claimed of it; the number of queries is fixed.

    `without` names appointments whose own claims do not count: those that are being moved. A hold
    that has run out at `now` does not count either.
    """
    schedules = await day_schedules(location_id, zone, first, last)
    bounds = [day_bounds(schedule.day, zone) for schedule in schedules]
    claims = await fetch(
        "SELECT resource_no, starts_at, ends_at FROM claim WHERE NOT released AND resource_no = ANY($3)"
        " AND starts_at < $2 AND ends_at > $1 AND starts_at > $1 - interval '1 day'"
        " AND (held_until IS NULL OR held_until > $4)"
        " AND (appointment IS NULL OR appointment <> ALL($5)) ORDER BY starts_at",
        bounds[0][0],
        bounds[-1][1],
        _numbers(schedules),
        now,
        list(without),
    )
    starts = [since for since, _ in bounds]
    busy: list[dict[int, list[Interval]]] = [{} for _ in schedules]
    for number, starts_at, ends_at in claims:
        at = max(0, bisect_right(starts, starts_at) - 1)
        busy[at].setdefault(number, []).append((starts_at, ends_at))
        while at + 1 < len(starts) and ends_at > starts[at + 1]:
            at += 1
            busy[at].setdefault(number, []).append((starts_at, ends_at))
    sessions = await _sessions(location_id, zone, schedules, now, without)
    return [
        (schedule.day, _supply(schedule, taken, sessions))
        for schedule, taken in zip(schedules, busy, strict=True)
    ]


def _numbers(schedules: Sequence[DaySchedule]) -> list[int]:
    first = schedules[0]
    return [one.number for one in first.providers] + [one.number for one in first.things]


class _Sessions:
    """Hands-on sessions by provider and local day."""

    def __init__(self, rows: Sequence[Any], zone: ZoneInfo) -> None:
        self._days: dict[tuple[UUID, date], list[Interval]] = {}
        self._weeks: dict[tuple[UUID, date], int] = {}
        for provider, starts_at, ends_at in rows:
            day = starts_at.astimezone(zone).date()
            self._days.setdefault((provider, day), []).append((starts_at, ends_at))
            monday = day - timedelta(days=day.weekday())
            minutes = int((ends_at - starts_at).total_seconds()) // 60
            self._weeks[provider, monday] = self._weeks.get((provider, monday), 0) + minutes

    def on(self, provider: UUID, day: date) -> tuple[tuple[Interval, ...], int]:
        """The sessions of a day, and the minutes of the week's other days."""
        own = tuple(self._days.get((provider, day), ()))
        week = self._weeks.get((provider, day - timedelta(days=day.weekday())), 0)
        return own, week - sum(int((end - start).total_seconds()) // 60 for start, end in own)


async def _sessions(
    location_id: UUID,
    zone: ZoneInfo,
    schedules: Sequence[DaySchedule],
    now: datetime,
    without: Sequence[UUID],
) -> _Sessions:
    limited = [one.staff_id for one in schedules[0].providers if one.limits != HOUSE_LIMITS]
    if not limited:
        return _Sessions((), zone)
    first, last = schedules[0].day, schedules[-1].day
    since = day_bounds(first - timedelta(days=first.weekday()), zone)[0]
    until = day_bounds(last + timedelta(days=6 - last.weekday()), zone)[1]
    rows = await fetch(
        "SELECT a.provider, a.starts_at, a.ends_at FROM appointment a JOIN service s ON s.id = a.service"
        " WHERE a.location = $1 AND a.starts_at >= $2 AND a.starts_at < $3 AND s.hands_on"
        " AND a.status IN ('held', 'booked', 'confirmed', 'checked_in', 'in_service', 'done')"
        " AND (a.status <> 'held' OR a.held_until > $4) AND a.id <> ALL($5)",
        location_id,
        since,
        until,
        now,
        list(without),
    )
    return _Sessions(rows, zone)


def _supply(schedule: DaySchedule, taken: dict[int, list[Interval]], sessions: _Sessions) -> DaySupply:
    def claimed(number: int) -> tuple[Interval, ...]:
        return tuple(taken.get(number, ()))

    providers = []
    for one in schedule.providers:
        own, week = sessions.on(one.staff_id, schedule.day)
        providers.append(
            ProviderSupply(
                one.number,
                one.staff_id,
                one.name,
                one.credentials,
                one.works,
                claimed(one.number),
                one.gender,
                None if one.limits == HOUSE_LIMITS else one.limits,
                own,
                week,
            )
        )
    return DaySupply(
        schedule.open,
        schedule.closed_because,
        tuple(providers),
        tuple(
            ThingSupply(one.number, one.kind, one.name, (*claimed(one.number), *one.out))
            for one in schedule.things
        ),
    )
