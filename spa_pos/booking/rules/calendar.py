"""Open starts of many days at once, on bits: one bit is one minute of a local day.

`open_starts` on a `DaySupply` is the same rule in words a person can follow; a property test holds
the two against each other. A day is 1,380, 1,440 or 1,500 bits long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from spa_pos.booking.rules.limits import row_with
from spa_pos.booking.rules.slots import ANYBODY, FINE_GRID, GRID, ProviderWish
from spa_pos.booking.rules.supply import DaySupply, Interval, Needs, ProviderSupply, ThingSupply
from spa_pos.schedule.rules import WorkLimits

Stretch = int
"""A first minute, counted from 1970 in UTC, then twelve bits of how many minutes it lasts: a whole month
of claims is a list of small numbers."""

LENGTH = (1 << 12) - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_FINE, _GRID = FINE_GRID // _MINUTE, GRID // _MINUTE


def stretch(start: datetime, end: datetime) -> Stretch:
    """An interval as one number; minutes that have begun are in it. It lasts less than three days."""
    first = minute_of(start)
    return first << 12 | min(minute_after(end) - first, LENGTH)


def minute_of(moment: datetime) -> int:
    """Minutes since 1970; seconds are cut off."""
    return (moment - _EPOCH) // _MINUTE


def minute_after(moment: datetime) -> int:
    """Minutes since 1970; a minute that has begun counts as over."""
    return -((_EPOCH - moment) // _MINUTE)


def instant_of(minute: int) -> datetime:
    """The instant of a minute since 1970."""
    return _EPOCH + minute * _MINUTE


@dataclass(frozen=True, slots=True)
class ProviderDay:
    """What `ProviderSupply` says of one day, in minutes; `day_minutes` are those of its sessions."""

    number: int
    staff_id: UUID
    name: str
    credentials: frozenset[str]
    works: tuple[Interval, ...]
    busy: Sequence[Stretch]
    gender: str | None
    limits: WorkLimits | None
    sessions: Sequence[Stretch]
    day_minutes: int
    week_minutes: int


@dataclass(frozen=True, slots=True)
class ThingDay:
    """What `ThingSupply` says of one day, in minutes."""

    number: int
    kind: str
    name: str
    busy: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class DayCalendar:
    """All there is on one local day of a location, and what is claimed of it."""

    day: date
    begins: int
    open: Interval | None
    closed_because: str | None
    providers: tuple[ProviderDay, ...]
    things: tuple[ThingDay, ...]

    def supply(self) -> DaySupply:
        """The day for rules that look at one day closely."""
        return DaySupply(
            self.open,
            self.closed_because,
            tuple(
                ProviderSupply(
                    one.number,
                    one.staff_id,
                    one.name,
                    one.credentials,
                    one.works,
                    _instants(one.busy),
                    one.gender,
                    one.limits,
                    _instants(one.sessions),
                    one.week_minutes,
                )
                for one in self.providers
            ),
            tuple(ThingSupply(one.number, one.kind, one.name, _instants(one.busy)) for one in self.things),
        )

    def starts(
        self, needs: Needs, *, now: datetime, wish: ProviderWish = ANYBODY
    ) -> list[tuple[ProviderDay, list[int]]]:
        """The starts each provider could offer, in minutes since 1970; who has none is left out."""
        if self.open is None:
            return []
        opened = _whole([self.open], self.begins)
        before, after = needs.setup_minutes, needs.minutes + needs.turnover_minutes
        shared = -1
        for kind in needs.thing_kinds:
            able = 0
            for thing in self.things:
                if thing.kind == kind:
                    able |= _fits(opened & ~_mask(thing.busy, self.begins), -before, after)
            shared &= able
        earliest = max(0, minute_after(now) - self.begins)
        shared = shared >> earliest << earliest
        if not shared:
            return []
        found = []
        for one in self.providers:
            if needs.credentials <= one.credentials and wish.allows(one):
                starts = self._of(one, needs, shared)
                if starts:
                    found.append((one, starts))
        return found

    def _of(self, one: ProviderDay, needs: Needs, shared: int) -> list[int]:
        limits = one.limits if needs.hands_on else None
        if limits is not None:
            today = needs.minutes + one.day_minutes
            if today > limits.day_minutes or today + one.week_minutes > limits.week_minutes:
                return []
        works = _whole(one.works, self.begins)
        able = shared & _fits(works, -needs.setup_minutes, needs.minutes + needs.turnover_minutes)
        free = works & ~_mask(one.busy, self.begins)
        for begin, end in needs.provider_parts():
            able &= _fits(free, begin // _MINUTE, end // _MINUTE)
        starts = _on_grid(able, self.begins)
        if limits is not None and len(one.sessions) >= limits.most_in_a_row:
            pause, minutes = limits.break_minutes, needs.minutes
            sessions = [(session >> 12, (session >> 12) + (session & LENGTH)) for session in one.sessions]
            starts = [
                start
                for start in starts
                if row_with((start, start + minutes), sessions, pause) <= limits.most_in_a_row
            ]
        return starts


def _instants(stretches: Sequence[Stretch]) -> tuple[Interval, ...]:
    return tuple(
        (instant_of(one >> 12), instant_of((one >> 12) + (one & LENGTH))) for one in sorted(stretches)
    )


def _mask(stretches: Sequence[Stretch], begins: int) -> int:
    """The minutes of a day that are taken; what lies before the day is cut off."""
    mask = 0
    for one in stretches:
        since = (one >> 12) - begins
        if since >= 0:
            mask |= ((1 << (one & LENGTH)) - 1) << since
        else:
            mask |= ((1 << (one & LENGTH)) - 1) >> -since
    return mask


def _whole(intervals: Sequence[Interval], begins: int) -> int:
    """The whole minutes of a day that lie in intervals of it."""
    mask = 0
    for start, end in intervals:
        since, until = max(0, minute_after(start) - begins), minute_of(end) - begins
        if since < until:
            mask |= ((1 << (until - since)) - 1) << since
    return mask


def _fits(free: int, begin: int, end: int) -> int:
    """The starts from whose `begin` to whose `end` every minute is free; `begin` is zero or before it."""
    runs = free
    for step in _doublings(end - begin):
        runs &= runs >> step
    return runs << -begin if begin <= 0 else runs >> begin


@lru_cache
def _doublings(length: int) -> tuple[int, ...]:
    """The shifts that leave of a run of free minutes those from which so many are free."""
    steps, done = [], 1
    while done < length:
        steps.append(min(done, length - done))
        done += steps[-1]
    return tuple(steps)


def _on_grid(able: int, begins: int) -> list[int]:
    """The starts that are offered: each window's first five minutes, then every quarter hour."""
    starts: list[int] = []
    while able:
        low = (able & -able).bit_length() - 1
        rest = (able >> low) + 1
        length = (rest & -rest).bit_length() - 1
        first = -(-(begins + low) // _FINE) * _FINE
        end = begins + low + length
        if first < end:
            starts.append(first)
            starts.extend(range(-(-(first + _FINE) // _GRID) * _GRID, end, _GRID))
        able = able >> (low + length) << (low + length)
    return starts
