"""Several services as one: who starts when, with whom and where."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.booking.rules import (
    ANYBODY,
    Arrangement,
    DaySupply,
    Needs,
    PartyNeeds,
    Place,
    Plan,
    ProviderSupply,
    ProviderWish,
    ThingSupply,
    Wish,
    best_plans,
    open_plans,
    plan_at,
    waiting,
)
from spa_pos.kernel.errors import Conflict
from spa_pos.schedule.rules import WorkLimits

Interval = tuple[datetime, datetime]

MASSAGE = Needs(60, 0, 10, "treatment_room", (), frozenset({"massage"}))
FACIAL = Needs(60, 0, 10, "treatment_room", (), frozenset({"esthetician"}))
MASK = replace(MASSAGE, processing=(15, 30))
PARAFFIN = Needs(30, 0, 5, "nail_station", ("paraffin_bath",), frozenset({"nails"}))
STEP = timedelta(minutes=5)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def person(
    number: int, *busy: Interval, has: str = "massage", gender: str = "woman", until: int = 18
) -> ProviderSupply:
    works = ((at(14), at(until)),)
    return ProviderSupply(
        number, UUID(int=number), f"Provider {number}", frozenset(has.split()), works, busy, gender
    )


def thing(number: int, *busy: Interval, kind: str = "treatment_room") -> ThingSupply:
    return ThingSupply(number, kind, f"Thing {number}", busy)


def day(*parts: ProviderSupply | ThingSupply) -> DaySupply:
    return DaySupply(
        (at(14), at(18)),
        None,
        tuple(part for part in parts if isinstance(part, ProviderSupply)),
        tuple(part for part in parts if isinstance(part, ThingSupply)),
    )


def plans(
    supply: DaySupply, *wishes: Wish, arrangement: Arrangement = Arrangement.TOGETHER, wait: int = 15
) -> list[Plan]:
    party = PartyNeeds(wishes, arrangement, timedelta(minutes=wait))
    return open_plans(party, supply, now=at(8))


COUPLE = (Wish(0, MASSAGE), Wish(1, MASSAGE))


def test_side_by_side_needs_two_rooms_and_two_providers() -> None:
    full = day(person(1), person(2), thing(11), thing(12))
    plan = plans(full, *COUPLE)[0]
    assert [slot.starts_at for slot in plan.slots] == [at(14), at(14)]
    assert {slot.provider.number for slot in plan.slots} == {1, 2}
    assert {slot.room.number for slot in plan.slots} == {11, 12}
    assert plans(day(person(1), person(2), thing(11)), *COUPLE) == []
    assert plans(day(person(1), thing(11), thing(12)), *COUPLE) == []


def test_one_after_another_one_provider_and_one_room_are_enough() -> None:
    found = plans(day(person(1), thing(11)), *COUPLE, arrangement=Arrangement.IN_TURN, wait=15)
    first = found[0]
    assert [slot.starts_at for slot in first.slots] == [at(14), at(15, 10)], "turnover first"
    assert all(plan.slots[1].starts_at - plan.slots[0].ends_at <= timedelta(minutes=15) for plan in found)
    assert plans(day(person(1), thing(11)), *COUPLE, arrangement=Arrangement.IN_TURN, wait=5) == []


def test_a_guest_keeps_one_provider_when_that_is_possible() -> None:
    two = (Wish(0, MASSAGE), Wish(0, MASSAGE))
    plan = plans(day(person(1), person(2), thing(11), thing(12)), *two, wait=30)[0]
    assert len({slot.provider.number for slot in plan.slots}) == 2, "no wait comes before one provider"
    only_rooms = plans(day(person(1), person(2), thing(11)), *two, wait=30)[0]
    assert [slot.provider.number for slot in only_rooms.slots] == [1, 1]


def test_a_wish_for_a_gender_or_a_name_holds_for_its_own_service_alone() -> None:
    supply = day(person(1), person(2, gender="man"), thing(11), thing(12))
    a_man = (Wish(0, MASSAGE, ProviderWish(gender="man")), Wish(1, MASSAGE))
    assert [slot.provider.number for slot in plans(supply, *a_man)[0].slots] == [2, 1]
    both = (Wish(0, MASSAGE, ProviderWish(gender="man")), Wish(1, MASSAGE, ProviderWish(gender="man")))
    assert plans(supply, *both) == []
    named = (Wish(0, MASSAGE, ProviderWish(UUID(int=2))), Wish(1, MASSAGE))
    assert plans(supply, *named)[0].slots[0].provider.number == 2


def test_one_machine_serves_one_guest_at_a_time() -> None:
    two = (Wish(0, PARAFFIN), Wish(1, PARAFFIN))
    parts = [person(1, has="nails"), person(2, has="nails")]
    stations = [thing(21, kind="nail_station"), thing(22, kind="nail_station")]
    bath = thing(31, kind="paraffin_bath")
    assert plans(day(*parts, *stations, bath), *two) == []
    in_turn = plans(day(*parts, *stations, bath), *two, arrangement=Arrangement.IN_TURN)
    assert in_turn[0].slots[1].starts_at == at(14, 35)
    assert plans(day(*parts, *stations, bath, thing(32, kind="paraffin_bath")), *two) != []


def test_a_provider_may_serve_another_guest_while_a_mask_works() -> None:
    short = Needs(20, 0, 5, "treatment_room", (), frozenset({"massage"}))
    supply = day(person(1), thing(11), thing(12))
    places = [Place(MASK, UUID(int=1), at(14)), Place(short, UUID(int=1), at(14, 15))]
    assert [slot.room.number for slot in plan_at(places, supply, now=at(8)).slots] == [11, 12]
    late = [places[0], Place(short, UUID(int=1), at(14, 25))]
    with pytest.raises(Conflict, match="was booked"):
        plan_at(late, supply, now=at(8))


def test_limits_count_all_services_of_the_party() -> None:
    limits = WorkLimits(day_minutes=120, week_minutes=600, most_in_a_row=9, break_minutes=0)
    three = (Wish(0, MASSAGE), Wish(0, MASSAGE), Wish(0, MASSAGE))
    one = replace(person(1), limits=limits)
    assert plans(day(one, thing(11)), *three, wait=30) == []
    assert plans(day(one, thing(11)), *three[:2], wait=30) != []
    places = [Place(MASSAGE, UUID(int=1), at(14 + hour, 10 * hour)) for hour in range(3)]
    with pytest.raises(Conflict, match="hands-on"):
        plan_at(places, day(one, thing(11)), now=at(8))
    assert len(plan_at(places, day(one, thing(11)), now=at(8), may_pass_limits=True).slots) == 3


def test_the_best_plans_have_their_reasons() -> None:
    wishes = (Wish(0, MASSAGE), Wish(0, FACIAL))
    supply = day(person(1), person(2, (at(14), at(15, 15)), has="esthetician"), thing(11), thing(12))
    party = PartyNeeds(wishes, longest_wait=timedelta(minutes=30))
    found = open_plans(party, supply, now=at(8))
    best = best_plans(found, party, [MASSAGE, FACIAL], wanted=None)
    assert [waiting(one.plan, party) for one in best[:3]] == [timedelta(0)] * 3
    assert best[0].reason == "No waiting, leaves 15 min too short to book"
    assert (best[3].reason, waiting(best[3].plan, party)) == ("Soonest", timedelta(minutes=15))
    assert best_plans([], party, [MASSAGE], wanted=None) == []


def test_a_dozen_in_turn_with_waits_is_answered_at_once() -> None:
    short = Needs(15, 0, 0, "treatment_room", (), frozenset({"massage"}))
    twelve = tuple(Wish(guest, short) for guest in range(12))
    busy = (at(16, 30), at(18))
    found = plans(day(person(1, busy), thing(11)), *twelve, arrangement=Arrangement.IN_TURN, wait=30)
    assert found == []


# ---- an obvious, slow oracle ------------------------------------------------------------------------


def _ways(party: PartyNeeds, start: datetime) -> Iterator[tuple[datetime, ...]]:
    """Every combination of starts, waits counted in steps of five minutes."""
    after = party.after()
    steps = int(party.longest_wait / STEP) + 1
    for delays in product(*(range(steps if before is not None else 1) for before in after)):
        starts: list[datetime] = []
        for index, before in enumerate(after):
            if before is None:
                starts.append(start)
            else:
                length = timedelta(minutes=party.wishes[before].needs.minutes)
                starts.append(starts[before] + length + delays[index] * STEP)
        yield tuple(starts)


def _apart(spans: Sequence[tuple[int, Interval]], busy: dict[int, tuple[Interval, ...]]) -> bool:
    """No two of the same resource overlap, nor overlap what it is claimed for."""
    for place, (number, (since, until)) in enumerate(spans):
        others = [span for other, span in spans[place + 1 :] if other == number]
        if any(since < end and begin < until for begin, end in (*others, *busy[number])):
            return False
    return True


def _possible(party: PartyNeeds, supply: DaySupply, start: datetime) -> bool:
    wishes = party.wishes
    people = {one.number: one for one in supply.providers}
    busy = {one.number: one.busy for one in supply.providers}
    busy |= {one.number: one.busy for one in supply.things}
    for starts in _ways(party, start):
        spans = [
            (begin - wish.needs.before, begin + wish.needs.after)
            for wish, begin in zip(wishes, starts, strict=True)
        ]
        if not all(at(14) <= since and until <= at(18) for since, until in spans):
            continue
        rooms = product([one.number for one in supply.things], repeat=len(wishes))
        if not any(_apart(list(zip(chosen, spans, strict=True)), busy) for chosen in rooms):
            continue
        for chosen in product(people, repeat=len(wishes)):
            able = all(
                wish.provider.allows(people[number])
                and people[number].works[0][0] <= since
                and until <= people[number].works[0][1]
                for wish, number, (since, until) in zip(wishes, chosen, spans, strict=True)
            )
            parts = [
                (number, (begin + since, begin + until))
                for wish, number, begin in zip(wishes, chosen, starts, strict=True)
                for since, until in wish.needs.provider_parts()
            ]
            if able and _apart(parts, busy):
                return True
    return False


gaps = some.lists(
    some.tuples(some.integers(0, 44), some.integers(1, 16)).map(
        lambda pair: (at(14) + pair[0] * STEP, min(at(14) + sum(pair) * STEP, at(18)))
    ),
    max_size=2,
)
needs = some.builds(
    lambda quarters, turnover, mask: Needs(
        15 * quarters,
        0,
        turnover,
        "treatment_room",
        (),
        frozenset({"massage"}),
        (5, 10) if mask else None,
    ),
    some.integers(1, 4),
    some.sampled_from((0, 5, 10)),
    some.booleans(),
)
wishes = some.lists(
    some.builds(
        Wish,
        some.integers(0, 1),
        needs,
        some.sampled_from((ANYBODY, ANYBODY, ProviderWish(gender="man"), ProviderWish(UUID(int=1)))),
    ),
    min_size=2,
    max_size=3,
)


@given(
    wishes,
    some.sampled_from(Arrangement),
    some.sampled_from((0, 10)),
    some.lists(gaps, min_size=1, max_size=3),
    some.lists(gaps, min_size=1, max_size=3),
)
def test_a_plan_is_found_exactly_when_there_is_one(
    wished: list[Wish],
    arrangement: Arrangement,
    wait: int,
    of_people: list[list[Interval]],
    of_rooms: list[list[Interval]],
) -> None:
    supply = day(
        *(
            person(1 + place, *busy, gender="man" if place % 2 else "woman", until=18 - place % 2)
            for place, busy in enumerate(of_people)
        ),
        *(thing(11 + place, *busy) for place, busy in enumerate(of_rooms)),
    )
    party = PartyNeeds(tuple(wished), arrangement, timedelta(minutes=wait))
    found = {plan.starts_at: plan for plan in open_plans(party, supply, now=at(8))}
    for start in {*found, *(at(14) + quarter * 3 * STEP for quarter in range(16))}:
        assert (start in found) is _possible(party, supply, start), start
    for plan in found.values():
        places = [
            Place(wish.needs, slot.provider.staff_id, slot.starts_at)
            for wish, slot in zip(wished, plan.slots, strict=True)
        ]
        assert plan_at(places, supply, now=at(8)).starts_at == plan.starts_at, "what is found can be booked"
        assert waiting(plan, party) <= timedelta(minutes=wait) * len(wished)
        assert all(
            slot.starts_at - plan.slots[before].ends_at <= timedelta(minutes=wait)
            for slot, before in zip(plan.slots, party.after(), strict=True)
            if before is not None
        )


@pytest.mark.parametrize(("people", "rooms"), [(12, 11), (11, 12), (12, 12)])
def test_a_dozen_side_by_side_who_are_one_short_are_answered_at_once(people: int, rooms: int) -> None:
    """Trying every deal would take years."""
    supply = day(*(person(1 + number) for number in range(people)), *(thing(50 + n) for n in range(rooms)))
    twelve = tuple(Wish(guest, MASSAGE) for guest in range(12))
    assert bool(plans(supply, *twelve)) is (people == rooms)
    places = [Place(MASSAGE, UUID(int=1 + number % people), at(15)) for number in range(12)]
    if people == rooms:
        assert len({slot.room.number for slot in plan_at(places, supply, now=at(8)).slots}) == 12
    else:
        with pytest.raises(Conflict):
            plan_at(places, supply, now=at(8))


def test_rooms_are_dealt_so_that_all_have_one_though_the_first_choice_would_not_do() -> None:
    """The first guest could have either room, the second only the one that is listed first."""
    long = replace(MASSAGE, minutes=90)
    supply = day(person(1), person(2), thing(11), thing(12, (at(15, 20), at(18))))
    places = [Place(MASSAGE, UUID(int=1), at(14)), Place(long, UUID(int=2), at(14))]
    assert [slot.room.number for slot in plan_at(places, supply, now=at(8)).slots] == [12, 11]
