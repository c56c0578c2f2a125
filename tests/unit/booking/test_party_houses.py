"""Parties in small houses with limits, machines and credentials, beside a judge that tries everything."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as some

from spa_pos.booking.rules import (
    Arrangement,
    DaySupply,
    Needs,
    PartyNeeds,
    Place,
    ProviderSupply,
    Wish,
    open_plans,
    plan_at,
)
from spa_pos.schedule.rules import WorkLimits
from tests.unit.booking.test_parties import STEP, at, day, person, thing

Interval = tuple[datetime, datetime]
Deal = tuple[Wish, datetime, ProviderSupply, tuple[int, ...]]

NEEDS = {
    "massage": Needs(45, 0, 10, "treatment_room", (), frozenset({"massage"})),
    "stones": Needs(30, 5, 5, "treatment_room", ("stones",), frozenset({"massage", "stones"})),
    "nails": Needs(30, 0, 5, "nail_station", ("bath",), frozenset({"nails"})),
    "chair": Needs(15, 0, 0, "treatment_room", (), frozenset(), hands_on=False),
    "mask": replace(Needs(45, 0, 5, "treatment_room", (), frozenset({"massage"})), processing=(15, 15)),
}


def _ways(party: PartyNeeds, start: datetime) -> Iterator[list[datetime]]:
    """Every combination of starts, waits counted in steps of five minutes."""
    after, steps = party.after(), int(party.longest_wait / STEP) + 1
    for delays in product(*(range(1 if before is None else steps) for before in after)):
        starts: list[datetime] = []
        for before, delay in zip(after, delays, strict=True):
            if before is None:
                starts.append(start)
            else:
                starts.append(starts[before] + party.wishes[before].needs.minutes * STEP / 5 + delay * STEP)
        yield starts


def _meet(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _clash(spans: Sequence[tuple[int, Interval]], busy: dict[int, Sequence[Interval]]) -> bool:
    return any(
        _meet(span, one)
        for place, (number, span) in enumerate(spans)
        for one in (*busy[number], *(s for other, s in spans[place + 1 :] if other == number))
    )


def _too_much(whose: ProviderSupply, new: Sequence[Interval]) -> bool:
    """Whether sessions of a party are more than somebody may have, counted session by session."""
    if whose.limits is None or not new:
        return False
    every = sorted([*whose.sessions, *new])
    minutes = sum(((end - start) for start, end in every), timedelta()) // timedelta(minutes=1)
    if minutes > whose.limits.day_minutes or minutes + whose.week_minutes > whose.limits.week_minutes:
        return True
    pause = timedelta(minutes=whose.limits.break_minutes)
    for session in new:
        row = {session}
        while (
            more := {
                other
                for other in every
                for one in row
                if other[0] - one[1] < pause and one[0] - other[1] < pause
            }
            - row
        ):
            row |= more
        if len(row) > whose.limits.most_in_a_row:
            return True
    return False


def _could_be(deals: Sequence[Deal], supply: DaySupply) -> bool:
    busy: dict[int, Sequence[Interval]] = {one.number: one.busy for one in supply.providers}
    busy |= {one.number: one.busy for one in supply.things}
    hands, things = [], []
    for wish, start, whose, numbers in deals:
        span = (start - wish.needs.before, start + wish.needs.after)
        if not (wish.needs.credentials <= whose.credentials and at(14) <= span[0] and span[1] <= at(18)):
            return False
        hands += [(whose.number, (start + a, start + b)) for a, b in wish.needs.provider_parts()]
        things += [(number, span) for number in numbers]
    if _clash(hands, busy) or _clash(things, busy):
        return False
    return not any(
        _too_much(
            whose,
            [
                (start, start + wish.needs.minutes * STEP / 5)
                for wish, start, other, _ in deals
                if other is whose and wish.needs.hands_on
            ],
        )
        for whose in supply.providers
    )


def _possible(party: PartyNeeds, supply: DaySupply, start: datetime) -> bool:
    kinds = {
        one.kind: [each.number for each in supply.things if each.kind == one.kind] for one in supply.things
    }
    dealt = [
        list(product(*(kinds.get(kind, []) for kind in wish.needs.thing_kinds))) for wish in party.wishes
    ]
    return any(
        _could_be(list(zip(party.wishes, starts, people, things, strict=True)), supply)
        for starts in _ways(party, start)
        for people in product(supply.providers, repeat=len(party.wishes))
        for things in product(*dealt)
    )


limits = some.none() | some.builds(
    WorkLimits,
    day_minutes=some.sampled_from((45, 75, 105)),
    week_minutes=some.sampled_from((90, 600)),
    most_in_a_row=some.integers(1, 2),
    break_minutes=some.sampled_from((5, 20)),
)
people = some.lists(
    some.tuples(
        some.sampled_from(("massage", "nails", "massage stones", "massage nails")),
        limits,
        some.none() | some.integers(0, 40),
        some.sampled_from((0, 30)),
    ),
    min_size=1,
    max_size=2,
)
things = some.lists(
    some.sampled_from(("treatment_room", "treatment_room", "nail_station", "bath", "stones")),
    min_size=1,
    max_size=5,
)
asked = some.lists(some.tuples(some.integers(0, 1), some.sampled_from(sorted(NEEDS))), min_size=2, max_size=3)


def house(staff: Sequence[tuple[str, WorkLimits | None, int | None, int]], kinds: Sequence[str]) -> DaySupply:
    """A house of a few people, some of whom have had a session, and what stands in it."""
    supplies = []
    for number, (has, limit, begins, week) in enumerate(staff, start=1):
        had = () if begins is None else ((at(14) + begins * STEP, at(14) + (begins + 6) * STEP),)
        one = person(number, *had, has=has)
        supplies.append(replace(one, limits=limit, sessions=had, week_minutes=week))
    return day(*supplies, *(thing(11 + place, kind=kind) for place, kind in enumerate(kinds)))


@given(people, things, asked, some.sampled_from(Arrangement), some.sampled_from((0, 10)))
def test_a_plan_is_found_exactly_when_people_limits_rooms_and_machines_allow_one(
    staff: list[tuple[str, WorkLimits | None, int | None, int]],
    kinds: list[str],
    wished: list[tuple[int, str]],
    arrangement: Arrangement,
    wait: int,
) -> None:
    supply = house(staff, kinds)
    wishes = tuple(Wish(guest, NEEDS[what]) for guest, what in wished)
    party = PartyNeeds(wishes, arrangement, timedelta(minutes=wait))
    found = {plan.starts_at: plan for plan in open_plans(party, supply, now=at(8))}
    for start in {*found, *(at(14) + 3 * quarter * STEP for quarter in range(16))}:
        assert (start in found) is _possible(party, supply, start), start
    for plan in found.values():
        places = [
            Place(wish.needs, slot.provider.staff_id, slot.starts_at)
            for wish, slot in zip(wishes, plan.slots, strict=True)
        ]
        assert plan_at(places, supply, now=at(8)).starts_at == plan.starts_at, "what is found can be booked"


def test_the_judge_sees_what_each_rule_forbids() -> None:
    """So that agreeing with it says something."""
    couple = PartyNeeds((Wish(0, NEEDS["massage"]), Wish(1, NEEDS["massage"])))
    both = [("massage", None, None, 0)] * 2
    rooms = ["treatment_room"] * 2
    assert _possible(couple, house(both, rooms), at(14))
    assert not _possible(couple, house(both, rooms[:1]), at(14))
    assert not _possible(couple, house([("nails", None, None, 0), both[0]], rooms), at(14))
    tired = ("massage", WorkLimits(day_minutes=60, week_minutes=600, most_in_a_row=9, break_minutes=5), 30, 0)
    assert not _possible(couple, house([tired, both[0]], rooms), at(14))
    stones = PartyNeeds((Wish(0, NEEDS["stones"]), Wish(1, NEEDS["massage"])))
    able = ("massage stones", None, None, 0)
    assert not _possible(stones, house([able, both[0]], rooms), at(14, 15))
    assert _possible(stones, house([able, both[0]], [*rooms, "stones"]), at(14, 15))
