"""Open starts of many days at once, on bits: one bit is one minute of a local day.

`open_starts` on a `DaySupply` is the same rule in words a person can follow; a property test holds
the two against each other. A day is 1,380, 1,440 or 1,500 bits long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
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
_LONGEST_DAY = 1_500


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


class ProviderDay(NamedTuple):
    """What `ProviderSupply` says of one day, in minutes; `day_minutes` are those of its sessions.

    A month has thousands of them: a tuple is made five times as fast as a dataclass.
    """

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

    def is_full(self, needs: Needs) -> bool:
        """True when a limit of the day or the week leaves no room for so many hands-on minutes."""
        if self.limits is None or not needs.hands_on:
            return False
        today = needs.minutes + self.day_minutes
        return today > self.limits.day_minutes or today + self.week_minutes > self.limits.week_minutes

    def may_have_a_row(self, needs: Needs) -> bool:
        """True when one more session could be one too many in a row."""
        limits = self.limits if needs.hands_on else None
        return limits is not None and len(self.sessions) >= limits.most_in_a_row


class ThingDay(NamedTuple):
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
        found = self._starts(needs, now, wish)
        return [(one, [self.begins + bit for bit in _bits(mask)]) for one, mask in found]

    def begin_times(self, needs: Needs, *, now: datetime, wish: ProviderWish = ANYBODY) -> list[datetime]:
        """When a visit could begin, whoever would serve: each time once, earliest first."""
        return self.instants(self.start_bits(needs, now=now, wish=wish))

    def start_bits(self, needs: Needs, *, now: datetime, wish: ProviderWish = ANYBODY) -> int:
        """The same as bits."""
        together = 0
        for _, mask in self._starts(needs, now, wish):
            together |= mask
        return together

    def instants(self, bits: int) -> list[datetime]:
        """The instants of bits, earliest first."""
        return [instant_of(self.begins + bit) for bit in _bits(bits)]

    def _starts(self, needs: Needs, now: datetime, wish: ProviderWish) -> Iterator[tuple[ProviderDay, int]]:
        earliest = max(0, minute_after(now) - self.begins)
        for one, able in self.able(needs, wish):
            starts = _on_grid(able >> earliest << earliest, self.begins)
            if one.may_have_a_row(needs):
                starts = _without_rows(starts, one, needs, self.begins)
            if starts:
                yield one, starts

    def able(self, needs: Needs, wish: ProviderWish = ANYBODY) -> Iterator[tuple[ProviderDay, int]]:
        """The minutes at which each provider could begin, as bits; rows of sessions are not looked at."""
        shared = self._things(needs)
        if not shared or self.open is None:
            return
        before, after = needs.setup_minutes, needs.minutes + needs.turnover_minutes
        parts = [(begin // _MINUTE, end // _MINUTE) for begin, end in needs.provider_parts()]
        hours: dict[tuple[Interval, ...], tuple[int, int]] = {}
        for one in self.providers:
            if not (needs.credentials <= one.credentials and wish.allows(one)) or one.is_full(needs):
                continue
            if one.works not in hours:
                works = _whole(one.works, self.begins)
                hours[one.works] = works, shared & _fits(works, -before, after)
            works, able = hours[one.works]
            if able:
                free = works & ~_mask(one.busy, self.begins)
                for begin, end in parts:
                    able &= _fits(free, begin, end)
            if able:
                yield one, able

    def _things(self, needs: Needs) -> int:
        """The minutes at which a room and every machine are free for all of a visit."""
        shared = -1
        for kind in needs.thing_kinds:
            able = 0
            whole = self.whole(needs)
            for free in self.free(kind, needs):
                able |= free
                if able == whole:
                    break
            shared &= able
        return shared

    def whole(self, needs: Needs) -> int:
        """The minutes at which a visit could begin and lie in the opening hours."""
        before, after = needs.setup_minutes, needs.minutes + needs.turnover_minutes
        return _fits(_whole([self.open], self.begins), -before, after) if self.open else 0

    def free(self, kind: str, needs: Needs) -> Iterator[int]:
        """For each room or machine of a kind the minutes at which a visit could have it."""
        if self.open is None:
            return
        opened = _whole([self.open], self.begins)
        before, after = needs.setup_minutes, needs.minutes + needs.turnover_minutes
        for thing in self.things:
            if thing.kind == kind:
                yield _fits(opened & ~_mask(thing.busy, self.begins), -before, after)


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


def _on_grid(able: int, begins: int) -> int:
    """The starts that are offered: each window's first five minutes, then every quarter hour."""
    fine, quarters = _grids(begins % _GRID)
    starts, first = able & quarters, able & ~(able << 1)
    while first:
        starts |= first & fine
        first = (first & ~fine) << 1 & able
    return starts


@lru_cache
def _grids(offset: int) -> tuple[int, int]:
    """Every fifth minute and every quarter hour, in a day that begins so many minutes after a quarter."""
    fine = sum(1 << bit for bit in range(-offset % _FINE, _LONGEST_DAY, _FINE))
    return fine, sum(1 << bit for bit in range(-offset % _GRID, _LONGEST_DAY, _GRID))


def _bits(mask: int) -> list[int]:
    """The places of the bits that are set, the lowest first."""
    places = []
    while mask:
        low = mask & -mask
        places.append(low.bit_length() - 1)
        mask ^= low
    return places


def _without_rows(starts: int, one: ProviderDay, needs: Needs, begins: int) -> int:
    """The starts that make no row of sessions too long."""
    if one.limits is None:
        return starts
    sessions = [(session >> 12, (session >> 12) + (session & LENGTH)) for session in one.sessions]
    for bit in _bits(starts):
        new = begins + bit, begins + bit + needs.minutes
        if row_with(new, sessions, one.limits.break_minutes) > one.limits.most_in_a_row:
            starts ^= 1 << bit
    return starts
