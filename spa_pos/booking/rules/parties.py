"""Several services, couples and families as one: who starts when, with whom and where (DOMAIN.md §7.29).

Given the starts, providers, rooms and machines are chosen apart from one another: what one kind of
resource allows does not depend on the others.
"""

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from spa_pos.booking.rules.limits import limit_passed
from spa_pos.booking.rules.matching import never_short
from spa_pos.booking.rules.slots import (
    ANYBODY,
    FINE_GRID,
    ProviderWish,
    open_starts,
    provider_at,
    slot_at,
    start_windows,
)
from spa_pos.booking.rules.supply import (
    DaySupply,
    Interval,
    Needs,
    ProviderSupply,
    Slot,
    ThingSupply,
    is_free,
    without,
)
from spa_pos.kernel.errors import Conflict
from spa_pos.schedule.rules import merged

MOST_STEPS = 4_000
"""How long a way to begin at one time is looked for: a dozen services with waits have millions of them."""


class Arrangement(StrEnum):
    """How the guests of a party come."""

    TOGETHER = "together"
    """Side by side: all begin at once."""
    IN_TURN = "in_turn"
    """One after another: a guest begins when the one before is done."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One service for one guest of a party; a guest's services follow in the order of the wishes."""

    guest: int
    needs: Needs
    provider: ProviderWish = ANYBODY


@dataclass(frozen=True, slots=True)
class PartyNeeds:
    """What a party asks for."""

    wishes: tuple[Wish, ...]
    arrangement: Arrangement = Arrangement.TOGETHER
    longest_wait: timedelta = timedelta(minutes=15)

    def after(self) -> tuple[int | None, ...]:
        """For each wish the one it follows; None for those that begin with the party."""
        last_of: dict[int, int] = {}
        found: list[int | None] = []
        for index, wish in enumerate(self.wishes):
            before = last_of.get(wish.guest)
            if before is None and self.arrangement is Arrangement.IN_TURN and index > 0:
                before = index - 1
            found.append(before)
            last_of[wish.guest] = index
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Plan:
    """Slots for all wishes, in their order."""

    slots: tuple[Slot, ...]

    @property
    def starts_at(self) -> datetime:
        """When the first begins."""
        first, *others = self.slots
        return min(first.starts_at, *[slot.starts_at for slot in others]) if others else first.starts_at

    @property
    def ends_at(self) -> datetime:
        """When the last is done."""
        return max(slot.ends_at for slot in self.slots)


def open_plans(party: PartyNeeds, day: DaySupply, *, now: datetime) -> list[Plan]:
    """Plans for a party on one day, earliest first: one for each time it could begin.

    Of the ways to begin at a time, the one with the least waiting is taken, with one provider for
    a guest's services where that is possible.
    """
    return list(each_plan(party, day, now=now))


def each_plan(party: PartyNeeds, day: DaySupply, *, now: datetime) -> Iterator[Plan]:
    """The same one by one, for who needs only the first."""
    windows = [
        merged([window for _, own in start_windows(wish.needs, day, wish=wish.provider) for window in own])
        for wish in party.wishes
    ]
    first = party.wishes[0]
    found = open_starts(first.needs, day, now=now, wish=first.provider)
    begins = sorted({start for _, starts in found for start in starts})
    for start in begins:
        plan = _plan_from(party, day, start, windows)
        if plan is not None:
            yield plan


def _plan_from(
    party: PartyNeeds, day: DaySupply, start: datetime, windows: Sequence[Sequence[Interval]]
) -> Plan | None:
    for starts in _ways_to_begin(party, start, windows):
        plan = _choose(party.wishes, starts, day)
        if plan is not None:
            return plan
    return None


def _ways_to_begin(
    party: PartyNeeds, start: datetime, windows: Sequence[Sequence[Interval]]
) -> Iterator[tuple[datetime, ...]]:
    """Starts for every wish when the party begins at a time, each in its window, the least waiting first."""
    after = party.after()
    steps = int(party.longest_wait / FINE_GRID)
    reached: list[tuple[int, tuple[int, ...], tuple[datetime, ...]]] = [(0, (), ())]
    for _ in range(MOST_STEPS):
        if not reached:
            return
        waited, delays, starts = heapq.heappop(reached)
        index = len(starts)
        if index == len(after):
            yield starts
            continue
        before = after[index]
        earliest = start
        if before is not None:
            earliest = starts[before] + timedelta(minutes=party.wishes[before].needs.minutes)
        for delay in range(1 if before is None else steps + 1):
            one = earliest + delay * FINE_GRID
            if _lies_in(windows[index], one):
                heapq.heappush(reached, (waited + delay, (*delays, delay), (*starts, one)))


def _lies_in(windows: Sequence[Interval], moment: datetime) -> bool:
    at = bisect_right(windows, moment, key=lambda window: window[0]) - 1
    return at >= 0 and moment <= windows[at][1]


def _choose(wishes: Sequence[Wish], starts: Sequence[datetime], day: DaySupply) -> Plan | None:
    things = _choose_things(wishes, starts, day.things)
    if things is None:
        return None
    providers = _choose_providers(wishes, starts, day)
    if providers is None:
        return None
    return Plan(
        tuple(
            Slot(start, start + timedelta(minutes=wish.needs.minutes), provider, room, tuple(machines))
            for wish, start, provider, (room, *machines) in zip(
                wishes, starts, providers, things, strict=True
            )
        )
    )


def _choose_things(
    wishes: Sequence[Wish], starts: Sequence[datetime], things: Sequence[ThingSupply]
) -> list[list[ThingSupply]] | None:
    """A room and every machine for each wish, or None; rooms that touch in time may be the same."""
    asked = [(index, kind) for index, wish in enumerate(wishes) for kind in wish.needs.thing_kinds]
    chosen: list[ThingSupply] = []

    def overlap(one: int, other: int) -> bool:
        since, until = _span(wishes[one].needs, starts[one])
        other_since, other_until = _span(wishes[other].needs, starts[other])
        return since < other_until and other_since < until

    def search() -> bool:
        if len(chosen) == len(asked):
            return True
        index, kind = asked[len(chosen)]
        since, until = _span(wishes[index].needs, starts[index])
        for thing in things:
            if thing.kind != kind or not is_free(thing.busy, since, until):
                continue
            if any(other is thing and overlap(index, asked[place][0]) for place, other in enumerate(chosen)):
                continue
            chosen.append(thing)
            if search():
                return True
            chosen.pop()
        return False

    spans = [_span(wishes[index].needs, starts[index]) for index, _ in asked]
    wanted = [
        ((span,), [one.number for one in things if one.kind == kind and is_free(one.busy, *span)])
        for (_, kind), span in zip(asked, spans, strict=True)
    ]
    if not never_short(wanted) or not search():
        return None
    found: list[list[ThingSupply]] = [[] for _ in wishes]
    for (index, _), thing in zip(asked, chosen, strict=True):
        found[index].append(thing)
    return found


def _span(needs: Needs, start: datetime) -> Interval:
    return start - needs.before, start + needs.after


def _choose_providers(
    wishes: Sequence[Wish], starts: Sequence[datetime], day: DaySupply
) -> list[ProviderSupply] | None:
    """A provider for each wish, or None; a guest keeps theirs where that is possible."""
    chosen: list[ProviderSupply] = []

    def fits(index: int, supply: ProviderSupply) -> bool:
        wish, start = wishes[index], starts[index]
        if not wish.needs.credentials <= supply.credentials or not wish.provider.allows(supply):
            return False
        since, until = _span(wish.needs, start)
        if not any(begin <= since and until <= end for begin, end in supply.works):
            return False
        others = [place for place, other in enumerate(chosen) if other.number == supply.number]
        return _has_time(wish, start, supply, [(wishes[place].needs, starts[place]) for place in others])

    def candidates(index: int) -> list[ProviderSupply]:
        same = {chosen[place].number for place in range(index) if wishes[place].guest == wishes[index].guest}
        return sorted(day.providers, key=lambda one: (one.number not in same, len(one.busy), one.number))

    def search() -> bool:
        index = len(chosen)
        if index == len(wishes):
            return True
        for supply in candidates(index):
            if fits(index, supply):
                chosen.append(supply)
                if search():
                    return True
                chosen.pop()
        return False

    wanted = [
        (
            [(start + begin, start + end) for begin, end in wish.needs.provider_parts()],
            [supply.number for supply in day.providers if fits(index, supply)],
        )
        for index, (wish, start) in enumerate(zip(wishes, starts, strict=True))
    ]
    return chosen if never_short(wanted) and search() else None


def _has_time(
    wish: Wish, start: datetime, supply: ProviderSupply, others: Sequence[tuple[Needs, datetime]]
) -> bool:
    """Whether a provider is free and within limits, beside what else of the party they have."""
    busy, sessions = [*supply.busy], [*supply.sessions]
    for needs, at in others:
        busy += [(at + begin, at + end) for begin, end in needs.provider_parts()]
        if needs.hands_on:
            sessions.append((at, at + timedelta(minutes=needs.minutes)))
    if not all(is_free(busy, start + begin, start + end) for begin, end in wish.needs.provider_parts()):
        return False
    if not wish.needs.hands_on or supply.limits is None:
        return True
    return limit_passed(replace(supply, sessions=tuple(sessions)), start, wish.needs.minutes) is None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one wish is to be booked: with whom, from when."""

    needs: Needs
    provider: UUID
    starts_at: datetime


def plan_at(places: Sequence[Place], day: DaySupply, *, now: datetime, may_pass_limits: bool = False) -> Plan:
    """The plan with these providers and starts; rooms and machines are found here.

    Raises:
        Conflict: what `slot_at` refuses, for the first that cannot be.
    """
    left = day
    providers: list[ProviderSupply] = []
    for place in places:
        supply = provider_at(
            place.needs,
            left,
            provider=place.provider,
            starts_at=place.starts_at,
            now=now,
            may_pass_limits=may_pass_limits,
        )
        providers.append(supply)
        left = _provider_taken(left, place, supply)
    wishes = [Wish(index, place.needs) for index, place in enumerate(places)]
    things = _choose_things(wishes, [place.starts_at for place in places], day.things)
    if things is None:
        _say_which(places, day, now, may_pass_limits)
        raise Conflict("no-room", "There are not enough rooms free at once. Choose another time.")
    return Plan(
        tuple(
            Slot(
                place.starts_at,
                place.starts_at + timedelta(minutes=place.needs.minutes),
                provider,
                room,
                tuple(machines),
            )
            for place, provider, (room, *machines) in zip(places, providers, things, strict=True)
        )
    )


def _provider_taken(day: DaySupply, place: Place, supply: ProviderSupply) -> DaySupply:
    nowhere = ThingSupply(-1, "", "", ())
    end = place.starts_at + timedelta(minutes=place.needs.minutes)
    return without(day, [(Slot(place.starts_at, end, supply, nowhere, ()), place.needs)])


def _say_which(places: Sequence[Place], day: DaySupply, now: datetime, may_pass_limits: bool) -> None:
    """Raise what stands against one of the places alone, when something does."""
    for place in places:
        slot_at(
            place.needs,
            day,
            provider=place.provider,
            starts_at=place.starts_at,
            now=now,
            may_pass_limits=may_pass_limits,
        )
