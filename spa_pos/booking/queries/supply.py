"""What days can still take."""

import sys
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.queries.visits import Visit
from spa_pos.booking.rules import (
    LENGTH,
    DayCalendar,
    DaySupply,
    Needs,
    ProviderDay,
    Stretch,
    ThingDay,
    minute_of,
    slot_at,
    stretch,
)
from spa_pos.catalog.queries import MenuService, menu, services
from spa_pos.db import both, fetch
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.ledger.queries import Place
from spa_pos.schedule.queries import DaySchedule, day_schedules


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


async def offered_needs() -> list[Needs]:
    """What each service of the menu asks of a day."""
    return [needs_of(one) for one in await menu()]


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


@dataclass(frozen=True, slots=True)
class Only:
    """The providers and the kinds of things that are looked at, where others do not matter."""

    providers: frozenset[UUID]
    kinds: frozenset[str]

    def of(self, day: DaySchedule) -> DaySchedule:
        """That part of a day."""
        return replace(
            day,
            providers=tuple(one for one in day.providers if one.staff_id in self.providers),
            things=tuple(one for one in day.things if one.kind in self.kinds),
        )


async def supplies(
    location_id: UUID,
    zone: ZoneInfo,
    first: date,
    last: date,
    *,
    now: datetime,
    without: Sequence[UUID] = (),
    only: Only | None = None,
) -> list[tuple[date, DaySupply]]:
    """What each day of a period has and what is claimed of it, for rules that look at a day closely."""
    days = await calendar(location_id, zone, first, last, now=now, without=without, only=only)
    return [(day.day, day.supply()) for day in days]


async def calendar(
    location_id: UUID,
    zone: ZoneInfo,
    first: date,
    last: date,
    *,
    now: datetime,
    without: Sequence[UUID] = (),
    only: Only | None = None,
) -> list[DayCalendar]:
    """The days of a period, both included, with what is claimed of them; the number of queries is fixed.

    `without` names appointments whose own claims do not count: those that are being moved. A hold
    that has run out at `now` does not count either.
    """
    schedules: Sequence[DaySchedule] = await day_schedules(location_id, zone, first, last)
    if only is not None:
        schedules = [only.of(one) for one in schedules]
    bounds = [day_bounds(schedule.day, zone) for schedule in schedules]
    claims, sessions = await both(
        lambda: _claims(schedules, bounds, now, without),
        lambda: _sessions(location_id, zone, schedules, now, without),
    )
    starts = [minute_of(since) for since, _ in bounds]
    busy = _spread(claims, starts)
    weeks = _Weeks(schedules, zone, sessions)
    return [
        _day(schedule, begins, taken, weeks)
        for schedule, begins, taken in zip(schedules, starts, busy, strict=True)
    ]


async def _claims(
    schedules: Sequence[DaySchedule],
    bounds: Sequence[tuple[datetime, datetime]],
    now: datetime,
    without: Sequence[UUID],
) -> list[tuple[int, Sequence[int]]]:
    """What is claimed in a period of everybody and everything there is, by number."""
    rows = await fetch(
        "SELECT resource_no, array_agg(minutes) FROM claim"
        " WHERE NOT released AND resource_no = ANY($3)"
        " AND starts_at < $2 AND ends_at > $1 AND starts_at > $1 - interval '1 day'"
        " AND (held_until IS NULL OR held_until > $4)"
        " AND (appointment IS NULL OR appointment <> ALL($5)) GROUP BY 1",
        bounds[0][0],
        bounds[-1][1],
        _numbers(schedules),
        now,
        list(without),
    )
    return [(row[0], row[1]) for row in rows]


Key = TypeVar("Key")


def _spread(
    found: Sequence[tuple[Key, Sequence[int]]], starts: Sequence[int]
) -> list[dict[Key, list[Stretch]]]:
    """Claims by local day and by whose they are; one that lasts over midnight is in both days.

    `starts` are the days' first minutes; what begins before the first or after the last day is in those.
    """
    days: list[dict[Key, list[Stretch]]] = [{} for _ in starts]
    edges = [start << 12 for start in starts[1:]]
    for whose, packed in found:
        ordered = sorted(packed)
        longest = max(map(LENGTH.__and__, ordered), default=0)
        since = 0
        for at, edge in enumerate((*edges, sys.maxsize)):
            until = bisect_left(ordered, edge, since)
            if until == since:
                continue
            own = ordered[since:until]
            days[at][whose] = days[at][whose] + own if whose in days[at] else own
            if (own[-1] >> 12) + longest > edge >> 12:
                _pass_on(own, whose, at, days, starts)
            since = until
    return days


def _pass_on(
    own: Sequence[Stretch],
    whose: Key,
    at: int,
    days: Sequence[dict[Key, list[Stretch]]],
    starts: Sequence[int],
) -> None:
    """Add what lasts over midnight to the days it lasts into."""
    for one in own:
        for later in range(at + 1, len(starts)):
            if (one >> 12) + (one & LENGTH) <= starts[later]:
                break
            days[later].setdefault(whose, []).append(one)


def _numbers(schedules: Sequence[DaySchedule]) -> list[int]:
    first = schedules[0]
    return [one.number for one in first.providers] + [one.number for one in first.things]


class _Weeks:
    """Hands-on sessions by provider's number and local day, and the sums of weeks."""

    def __init__(
        self, schedules: Sequence[DaySchedule], zone: ZoneInfo, packed: Sequence[tuple[int, Sequence[int]]]
    ) -> None:
        first, last = schedules[0].day, schedules[-1].day
        monday = first - timedelta(days=first.weekday())
        self._offset = (first - monday).days
        count = (last - monday).days + 7 - last.weekday()
        starts = [minute_of(day_bounds(monday + timedelta(days=day), zone)[0]) for day in range(count)]
        self._days = _spread(packed, starts)
        self._sums = [
            {provider: sum([one & LENGTH for one in own]) for provider, own in day.items()}
            for day in self._days
        ]
        self._weeks: list[dict[int, int]] = [{} for _ in range(0, count, 7)]
        for place, sums in enumerate(self._sums):
            week = self._weeks[place // 7]
            for provider, minutes in sums.items():
                week[provider] = week.get(provider, 0) + minutes
        self._first = first

    def on(self, day: date) -> Callable[[int], tuple[Sequence[Stretch], int, int]]:
        """What gives a provider's sessions of a day, their minutes, and those of the week's other days."""
        place = self._offset + (day - self._first).days
        week, own, sums = self._weeks[place // 7], self._days[place], self._sums[place]

        def of(provider: int) -> tuple[Sequence[Stretch], int, int]:
            today = sums.get(provider, 0)
            return own.get(provider, ()), today, week.get(provider, 0) - today

        return of


async def _sessions(
    location_id: UUID,
    zone: ZoneInfo,
    schedules: Sequence[DaySchedule],
    now: datetime,
    without: Sequence[UUID],
) -> list[tuple[int, Sequence[int]]]:
    """Hands-on sessions of the weeks a period lies in, of everybody who has a limit."""
    limited = {one.staff_id: one.number for one in schedules[0].providers if one.limits is not None}
    if not limited:
        return []
    first, last = schedules[0].day, schedules[-1].day
    rows = await fetch(
        "SELECT provider, array_agg(minutes) FROM appointment"
        " WHERE location = $1 AND starts_at >= $2 AND starts_at < $3 AND provider = ANY($6)"
        " AND service IN (SELECT id FROM service WHERE hands_on)"
        " AND status IN ('held', 'booked', 'confirmed', 'checked_in', 'in_service', 'done')"
        " AND (held_until IS NULL OR held_until > $4) AND id <> ALL($5) GROUP BY 1",
        location_id,
        day_bounds(first - timedelta(days=first.weekday()), zone)[0],
        day_bounds(last + timedelta(days=6 - last.weekday()), zone)[1],
        now,
        list(without),
        list(limited),
    )
    return [(limited[row[0]], row[1]) for row in rows]


def _day(
    schedule: DaySchedule, begins: int, taken: Mapping[int, Sequence[Stretch]], weeks: _Weeks
) -> DayCalendar:
    providers = []
    worked = weeks.on(schedule.day)
    for one in schedule.providers:
        sessions, today, week = worked(one.number)
        providers.append(
            ProviderDay(
                one.number,
                one.staff_id,
                one.name,
                one.credentials,
                one.works,
                taken.get(one.number, ()),
                one.gender,
                one.limits,
                sessions,
                today,
                week,
            )
        )
    return DayCalendar(
        schedule.day,
        begins,
        schedule.open,
        schedule.closed_because,
        tuple(providers),
        tuple(
            ThingDay(
                one.number,
                one.kind,
                one.name,
                [*taken.get(one.number, ()), *(stretch(start, end) for start, end in one.out)]
                if one.out
                else taken.get(one.number, ()),
            )
            for one in schedule.things
        ),
    )
