"""Whether a party could come on a day; asked of many days, so bits answer where they can."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from spa_pos.booking.rules.calendar import DayCalendar
from spa_pos.booking.rules.parties import PartyNeeds, each_plan

Fits = Callable[[Sequence[datetime]], bool]
"""Whether a party may begin like this: the start of each of its wishes."""


def has_plan(party: PartyNeeds, day: DayCalendar, *, now: datetime, fits: Fits) -> bool:
    """True when `open_plans` of that day has a plan whose starts fit.

    Where all begin at once and there is enough for each, whoever takes what, the bits know; other
    arrangements, and days on which it is tight, are looked at closely if anybody is free at all.
    """
    first, count = party.wishes[0], len(party.wishes)
    begins = day.start_bits(first.needs, now=now, wish=first.provider)
    if not begins or not all(any(day.able(wish.needs, wish.provider)) for wish in party.wishes):
        return False
    if all(before is None for before in party.after()):
        sure = day.instants(begins & _plenty(party, day))
        if any(fits([start] * count) for start in sure):
            return True
    plans = each_plan(party, day.supply(), now=now)
    return any(fits([slot.starts_at for slot in plan.slots]) for plan in plans)


def _plenty(party: PartyNeeds, day: DayCalendar) -> int:
    """The minutes at which each wish has as many providers and things to choose from as there are wishes."""
    kinds = [kind for wish in party.wishes for kind in wish.needs.thing_kinds]
    plenty = -1
    for wish in dict.fromkeys(party.wishes):
        able = (
            mask for one, mask in day.able(wish.needs, wish.provider) if not one.may_have_a_row(wish.needs)
        )
        plenty &= _at_least(len(party.wishes), able)
        for kind in wish.needs.thing_kinds:
            plenty &= _at_least(kinds.count(kind), day.free(kind, wish.needs))
    return plenty


def _at_least(count: int, masks: Iterable[int]) -> int:
    """The bits that are set in so many of the masks, or more."""
    reached = [-1, *([0] * count)]
    for mask in masks:
        for level in range(count, 0, -1):
            reached[level] |= reached[level - 1] & mask
    return reached[count]
