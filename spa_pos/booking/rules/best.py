"""Which open times are worth proposing: those that leave a provider's day most useful, and why in words.

What is left of free time beside a visit is wasted when it is too short for any visit that the provider
could be booked for. Rooms are not looked at: one is as good as another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from spa_pos.booking.rules.parties import PartyNeeds, Plan
from spa_pos.booking.rules.supply import Interval, Needs, ProviderSupply, Slot, free_gaps
from spa_pos.schedule.rules import subtract

NOTHING = timedelta(0)


class Why(StrEnum):
    """Why a time is proposed; what it leaves is said in words of its own."""

    WANTED = "The time asked for"
    NEAREST = "Nearest to the time asked for"
    NEAREST_AND_SOONEST = "Soonest, nearest to the time asked for"
    SOONEST = "Soonest"
    LEAVES = "leaves"
    LEAVES_AND_SOONEST = "soonest, leaves"


Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class SuggestedSlot:
    """A slot worth proposing, and why, in words."""

    slot: Slot
    reason: str


@dataclass(frozen=True, slots=True)
class SuggestedPlan:
    """A plan worth proposing, and why, in words."""

    plan: Plan
    reason: str


@dataclass(frozen=True, slots=True, order=True)
class Left:
    """What visits leave of the free time they are taken from; the least is the best.

    `wasted` is too short to be booked, `gaps` are how many pieces there are, `total` is all of them.
    """

    wasted: timedelta = NOTHING
    gaps: int = 0
    total: timedelta = NOTHING


class Leaving:
    """Tells what slots leave, in a house where so much can be booked."""

    def __init__(self, offered: Iterable[Needs]) -> None:
        self._offered = [(one.credentials, one.before + one.after) for one in offered]
        self._gaps: dict[int, tuple[list[Interval], timedelta]] = {}

    def of(self, taken: Sequence[tuple[Slot, Needs]]) -> Left:
        """What is left beside slots of one plan, of everybody who serves in it."""
        found = Left()
        for provider in {slot.provider.number: slot.provider for slot, _ in taken}.values():
            own = [(slot, needs) for slot, needs in taken if slot.provider.number == provider.number]
            one = self._of(provider, own)
            found = Left(found.wasted + one.wasted, found.gaps + one.gaps, found.total + one.total)
        return found

    def of_each(self, slots: Sequence[Slot], needs: Needs) -> list[Left]:
        """The same of each of many slots by itself, in the order of their times, when none has a break in it.

        A provider's slots pass through their free time from one piece of it to the next.
        """
        leading, trailing = needs.before, needs.after
        at: dict[int, tuple[int, datetime, datetime]] = {}
        found = []
        for slot in slots:
            gaps, shortest = self._free(slot.provider)
            since, until = slot.starts_at - leading, slot.starts_at + trailing
            place, start, end = at.get(slot.provider.number, (0, *gaps[0]))
            while end < until:
                place += 1
                start, end = gaps[place]
            at[slot.provider.number] = place, start, end
            before, after = since - start, end - until
            wasted = (before if before < shortest else NOTHING) + (after if after < shortest else NOTHING)
            found.append(Left(wasted, bool(before) + bool(after), before + after))
        return found

    def _free(self, provider: ProviderSupply) -> tuple[list[Interval], timedelta]:
        """A provider's free time, and the shortest visit that could be in it."""
        if provider.number not in self._gaps:
            long = [length for credentials, length in self._offered if credentials <= provider.credentials]
            gaps = free_gaps(provider.works, provider.busy)
            self._gaps[provider.number] = gaps, min(long, default=timedelta.max)
        return self._gaps[provider.number]

    def _of(self, provider: ProviderSupply, taken: Sequence[tuple[Slot, Needs]]) -> Left:
        gaps, shortest = self._free(provider)
        spans = [(slot.starts_at - needs.before, slot.starts_at + needs.after) for slot, needs in taken]
        parts = [
            (slot.starts_at + begin, slot.starts_at + end)
            for slot, needs in taken
            for begin, end in needs.provider_parts()
        ]
        rests = [
            until - since
            for start, end in gaps
            if any(begin < end and start < over for begin, over in parts)
            for since, until in subtract([(start, end)], parts)
            if not any(begin <= since and until <= over for begin, over in spans)
        ]
        return Left(
            sum((rest for rest in rests if rest < shortest), NOTHING), len(rests), sum(rests, NOTHING)
        )


def best_times(
    slots: Sequence[Slot],
    needs: Needs,
    offered: Iterable[Needs],
    *,
    wanted: datetime | None,
    most: int = 3,
    apart: timedelta = timedelta(minutes=1),
) -> list[SuggestedSlot]:
    """Up to three slots worth proposing, the wanted time first, then what leaves least; and the soonest.

    The slots are in the order of their times. `offered` is what can be booked in this house. Two are at
    least `apart` from one another.
    """
    leaving = Leaving(offered)
    if needs.processing is None:
        lefts = list(zip(leaving.of_each(slots, needs), slots, strict=True))
    else:
        lefts = [(leaving.of([(slot, needs)]), slot) for slot in slots]
    ranked = sorted(lefts, key=lambda one: (one[0].wasted, one[0].gaps, one[0].total, one[1].starts_at))
    chosen = _chosen(ranked, lambda one: one[1].starts_at, wanted, most, apart)
    return [
        SuggestedSlot(slot, _worded(why, _reason(left, slot.provider.name.split()[0])))
        for (left, slot), why in chosen
    ]


def best_plans(
    plans: Sequence[Plan],
    party: PartyNeeds,
    offered: Iterable[Needs],
    *,
    wanted: datetime | None,
    most: int = 3,
    apart: timedelta = timedelta(minutes=1),
) -> list[SuggestedPlan]:
    """The same for a party; less waiting in between comes before what is left."""
    leaving = Leaving(offered)
    known = []
    for plan in plans:
        taken = [(slot, wish.needs) for slot, wish in zip(plan.slots, party.wishes, strict=True)]
        known.append((waiting(plan, party), leaving.of(taken), plan))
    ranked = sorted(known, key=lambda one: (one[0], one[1], one[2].starts_at))
    chosen = _chosen(ranked, lambda one: one[2].starts_at, wanted, most, apart)
    return [
        SuggestedPlan(plan, _worded(why, _party_reason(wait, left))) for (wait, left, plan), why in chosen
    ]


def _chosen(
    ranked: Sequence[Thing],
    at: Callable[[Thing], datetime],
    wanted: datetime | None,
    most: int,
    apart: timedelta,
) -> list[tuple[Thing, Why]]:
    """The nearest to the time that is wanted, the first of the others, and the soonest beside them."""
    if not ranked:
        return []
    chosen: list[tuple[Thing, Why]] = []
    soonest = min(ranked, key=at)
    if wanted is not None:
        near = min(ranked, key=lambda one: abs(at(one) - wanted))
        nearest = Why.NEAREST_AND_SOONEST if near is soonest else Why.NEAREST
        chosen.append((near, Why.WANTED if at(near) == wanted else nearest))
    for one in ranked:
        if len(chosen) == most:
            break
        if all(abs(at(one) - at(other)) >= apart for other, _ in chosen):
            chosen.append((one, Why.LEAVES_AND_SOONEST if one is soonest else Why.LEAVES))
    if all(abs(at(soonest) - at(other)) >= apart for other, _ in chosen):
        chosen.append((soonest, Why.SOONEST))
    return chosen


def _worded(why: Why, reason: str) -> str:
    """Why a time is proposed, in words; `reason` says what it leaves."""
    if why is Why.LEAVES_AND_SOONEST and not reason[0].isdigit():
        return f"Soonest, {reason[0].lower()}{reason[1:]}"
    return reason if why in (Why.LEAVES, Why.LEAVES_AND_SOONEST) else why.value


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def _reason(left: Left, name: str) -> str:
    if left.wasted:
        return f"Leaves {name} {_minutes(left.wasted)} min too short to book"
    if not left.gaps:
        return f"Leaves no gap for {name}"
    if left.gaps == 1:
        return f"Leaves {name} {_minutes(left.total)} min in one piece"
    return f"Leaves {name} gaps long enough to book"


def _party_reason(wait: timedelta, left: Left) -> str:
    if wait:
        return f"{_minutes(wait)} min of waiting in between"
    if left.wasted:
        return f"No waiting, leaves {_minutes(left.wasted)} min too short to book"
    return "No waiting, leaves gaps long enough to book" if left.gaps else "No waiting and no gap left"


def waiting(plan: Plan, party: PartyNeeds) -> timedelta:
    """How long guests wait between services, in all."""
    total = NOTHING
    for slot, before in zip(plan.slots, party.after(), strict=True):
        if before is not None:
            total += slot.starts_at - plan.slots[before].ends_at
    return total
