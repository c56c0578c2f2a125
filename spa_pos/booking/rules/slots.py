"""Which times can be booked on a day (DOMAIN.md §7.26-7.28).

Open times are found on windows: the stretches of time in which a start is possible. A provider has
windows, the rooms of a kind together have, each machine has; a start lies in all of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from spa_pos.booking.rules.limits import limit_passed
from spa_pos.booking.rules.supply import (
    DaySupply,
    Interval,
    Needs,
    ProviderSupply,
    Slot,
    ThingSupply,
    free_gaps,
    is_free,
)
from spa_pos.kernel.errors import Conflict
from spa_pos.schedule.rules import merged

GRID = timedelta(minutes=15)
FINE_GRID = timedelta(minutes=5)
"""A time right after another visit is offered on this finer grid, so that no gap is lost."""

_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Somebody(Protocol):
    """A provider as far as a wish goes."""

    @property
    def staff_id(self) -> UUID:
        """Who."""

    @property
    def gender(self) -> str | None:
        """`woman`, `man`, or not said."""


@dataclass(frozen=True, slots=True)
class ProviderWish:
    """Whom a guest asks for: anybody, a woman or a man, or one provider by name."""

    provider: UUID | None = None
    gender: str | None = None

    @property
    def kind(self) -> str:
        """`any`, `woman`, `man` or `named`."""
        return "named" if self.provider is not None else self.gender or "any"

    def allows(self, supply: Somebody) -> bool:
        """True for a provider the guest would take."""
        if self.provider is not None:
            return supply.staff_id == self.provider
        return self.gender is None or supply.gender == self.gender


ANYBODY = ProviderWish()


def open_times(
    needs: Needs,
    day: DaySupply,
    *,
    now: datetime,
    wish: ProviderWish = ANYBODY,
    past_limits: bool = False,
) -> list[Slot]:
    """Times that could be booked on one day, earliest first, then by provider's number.

    A time is offered when a provider the guest would take, who holds every credential and passes
    no limit, a room of the kind and every machine the service needs are all free from set-up to
    the end of turnover. An empty list is a normal answer. Instants are UTC. With `past_limits` they are
    the times that only a limit of hands-on work stands against.
    """
    able: dict[datetime, list[ProviderSupply]] = {}
    found = open_starts(needs, day, now=now, wish=wish, past_limits=past_limits)
    for supply, starts in sorted(found, key=lambda one: one[0].number):
        for start in starts:
            able.setdefault(start, []).append(supply)
    slots: list[Slot] = []
    for start in sorted(able):
        things = _things(needs, day.things, start)
        if things is not None:
            end, room, machines = start + timedelta(minutes=needs.minutes), things[0], things[1:]
            slots += [Slot(start, end, supply, room, machines) for supply in able[start]]
    return slots


def open_starts(
    needs: Needs,
    day: DaySupply,
    *,
    now: datetime,
    wish: ProviderWish = ANYBODY,
    past_limits: bool = False,
) -> list[tuple[ProviderSupply, list[datetime]]]:
    """The starts each provider could offer on one day, in order; who has none is left out."""
    found = []
    for supply, windows in start_windows(needs, day, wish=wish):
        limits = supply.limits if needs.hands_on else None
        if past_limits and limits is None:
            continue
        starts = [start for window in windows for start in _starts(window, now)]
        if limits is not None and starts:
            # A row can become too long at some times; the limits of the day and the week hold at all.
            alike = len(supply.sessions) < limits.most_in_a_row
            asked = starts[:1] if alike else starts
            fitting = [
                start
                for start in asked
                if (limit_passed(supply, start, needs.minutes) is not None) is past_limits
            ]
            starts = starts if alike and fitting else fitting
        if starts:
            found.append((supply, starts))
    return found


def start_windows(
    needs: Needs, day: DaySupply, *, wish: ProviderWish = ANYBODY
) -> list[tuple[ProviderSupply, list[Interval]]]:
    """From when until when (both included) a visit could start, by provider; limits are not looked at."""
    if day.open is None:
        return []
    shared: list[Interval] | None = None
    for kind in needs.thing_kinds:
        windows = merged(
            [
                window
                for thing in day.things
                if thing.kind == kind
                for window in _fits(free_gaps([day.open], thing.busy), -needs.before, needs.after)
            ]
        )
        shared = windows if shared is None else _both(shared, windows)
        if not shared:
            return []
    found = []
    for supply in day.providers:
        if not needs.credentials <= supply.credentials or not wish.allows(supply):
            continue
        windows = _fits(supply.works, -needs.before, needs.after)
        gaps = free_gaps(supply.works, supply.busy) if windows else []
        for begin, end in needs.provider_parts():
            windows = _both(windows, _fits(gaps, begin, end))
        windows = _joined(_both(windows, shared or []))
        if windows:
            found.append((supply, windows))
    return found


def _joined(windows: Sequence[Interval]) -> list[Interval]:
    """Windows of which one begins the minute after the other ends are one."""
    found: list[Interval] = []
    for start, end in windows:
        if found and start - found[-1][1] <= _MINUTE:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _fits(gaps: Sequence[Interval], begin: timedelta, end: timedelta) -> list[Interval]:
    """The starts at which something from `begin` to `end` after it lies inside a gap."""
    return [(since - begin, until - end) for since, until in gaps if since - begin <= until - end]


def _both(some: Sequence[Interval], others: Sequence[Interval]) -> list[Interval]:
    """The instants in both lists of windows, which are in order and include their ends."""
    found: list[Interval] = []
    i = j = 0
    while i < len(some) and j < len(others):
        start, end = max(some[i][0], others[j][0]), min(some[i][1], others[j][1])
        if start <= end:
            found.append((start, end))
        if some[i][1] <= others[j][1]:
            i += 1
        else:
            j += 1
    return found


def _starts(window: Interval, now: datetime) -> Iterator[datetime]:
    start = _round_up(max(window[0], now), FINE_GRID)
    if start > window[1]:
        return
    yield start
    start = _round_up(start + FINE_GRID, GRID)
    while start <= window[1]:
        yield start
        start += GRID


def _round_up(moment: datetime, grid: timedelta) -> datetime:
    over = (moment - _EPOCH) % grid
    return moment if not over else moment + grid - over


def _things(needs: Needs, things: Sequence[ThingSupply], start: datetime) -> tuple[ThingSupply, ...] | None:
    """The first free thing of every kind needed, or None."""
    since, until = start - needs.before, start + needs.after
    found = tuple(free_thing(things, kind, since, until) for kind in needs.thing_kinds)
    return None if None in found else tuple(thing for thing in found if thing is not None)


def free_thing(
    things: Sequence[ThingSupply], kind: str, since: datetime, until: datetime
) -> ThingSupply | None:
    """The first thing of a kind that nothing claims in an interval."""
    return next((thing for thing in things if thing.kind == kind and is_free(thing.busy, since, until)), None)


def slot_at(
    needs: Needs,
    day: DaySupply,
    *,
    provider: UUID,
    starts_at: datetime,
    now: datetime,
    may_pass_limits: bool = False,
) -> Slot:
    """The slot at one time with one provider, on any minute, or the reason why there is none.

    The desk may still book a visit that should have begun up to a quarter of an hour ago.

    Raises:
        Conflict: `time-past`, `day-closed`, `provider-unknown`, `credential-missing`, `provider-away`,
            `slot-taken`, `hands-on-limit`, `no-room` or `no-equipment`; each says what to do next.
    """
    supply = provider_at(
        needs, day, provider=provider, starts_at=starts_at, now=now, may_pass_limits=may_pass_limits
    )
    things = _things(needs, day.things, starts_at)
    if things is not None:
        return Slot(starts_at, starts_at + timedelta(minutes=needs.minutes), supply, things[0], things[1:])
    since, until = starts_at - needs.before, starts_at + needs.after
    if free_thing(day.things, needs.room_kind, since, until) is None:
        raise Conflict("no-room", "No suitable room is free at that time. Choose another time.")
    raise Conflict("no-equipment", "The equipment for this service is in use then. Choose another time.")


def provider_at(
    needs: Needs,
    day: DaySupply,
    *,
    provider: UUID,
    starts_at: datetime,
    now: datetime,
    may_pass_limits: bool = False,
) -> ProviderSupply:
    """The provider who could serve at one time, rooms and machines apart.

    Raises:
        Conflict: as `slot_at`, but for `no-room` and `no-equipment`.
    """
    if starts_at < now - GRID:
        raise Conflict("time-past", "That time has passed. Choose a later one.")
    if day.open is None:
        raise Conflict("day-closed", f"The spa is closed that day: {day.closed_because}. Choose another day.")
    supply = next((one for one in day.providers if one.staff_id == provider), None)
    if supply is None:
        raise Conflict("provider-unknown", "That provider does not work here. Choose another.")
    if not needs.credentials <= supply.credentials:
        raise Conflict(
            "credential-missing",
            f"{supply.name} has no valid credential for this service that day. Choose another provider.",
        )
    since, until = starts_at - needs.before, starts_at + needs.after
    if not any(start <= since and until <= end for start, end in supply.works):
        raise Conflict("provider-away", f"{supply.name} does not work then. Choose another time.")
    parts = [(starts_at + begin, starts_at + end) for begin, end in needs.provider_parts()]
    if not all(is_free(supply.busy, begin, end) for begin, end in parts):
        raise Conflict("slot-taken", f"{supply.name} was booked for that time. Choose another time.")
    passed = limit_passed(supply, starts_at, needs.minutes) if needs.hands_on else None
    if passed is not None and not may_pass_limits:
        raise Conflict(
            "hands-on-limit",
            f"{passed} Choose another provider, day or length, or let a manager allow it with a reason.",
            passed=passed,
        )
    return supply
