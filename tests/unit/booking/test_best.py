"""Which times are proposed first: those that leave what is free most useful; each says why, truly."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from spa_pos.booking.rules import DaySupply, Needs, ProviderSupply, ThingSupply, best_times, open_times
from spa_pos.booking.rules.best import Leaving, Left, Why, _worded

ABLE = frozenset({"massage"})
MASSAGE = Needs(60, 0, 10, "room", (), ABLE)
SHORT = Needs(30, 0, 10, "room", (), ABLE)
FACIAL = Needs(15, 0, 5, "room", (), frozenset({"esthetician"}))
MENU = (MASSAGE, SHORT, FACIAL)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def day(*busy: tuple[datetime, datetime], ends: datetime = at(20)) -> DaySupply:
    """From two to eight, or another hour, with Ana, a room and what is taken."""
    works = ((at(14), ends),)
    ana = ProviderSupply(1, UUID(int=1), "Ana Okafor", ABLE, works, busy)
    return DaySupply((at(14), ends), None, (ana,), (ThingSupply(2, "room", "Room 1", busy),))


def left(supply: DaySupply, start: datetime, needs: Needs = MASSAGE) -> Left:
    """What the slot of a time leaves."""
    slots = open_times(needs, supply, now=at(8))
    slot = next(slot for slot in slots if slot.starts_at == start)
    return Leaving(MENU).of([(slot, needs)])


def minutes(wasted: int, gaps: int, total: int) -> Left:
    return Left(timedelta(minutes=wasted), gaps, timedelta(minutes=total))


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (at(14), minutes(0, 1, 290)),
        (at(14, 15), minutes(15, 2, 290)),
        (at(14, 30), minutes(30, 2, 290)),
        (at(14, 45), minutes(0, 2, 290)),
        (at(18, 30), minutes(20, 2, 290)),
    ],
)
def test_what_is_too_short_for_any_visit_of_the_provider_is_wasted(start: datetime, found: Left) -> None:
    assert left(day(), start) == found


def test_a_useless_sliver_is_worse_than_a_gap_that_can_be_booked() -> None:
    sliver, usable = left(day(ends=at(16, 25)), at(15, 15)), left(day(ends=at(16, 25)), at(14, 30))
    assert sliver == minutes(0, 1, 75)
    assert usable == minutes(30 + 0, 2, 75)
    five_beside = left(day((at(14), at(14, 10)), ends=at(17)), at(14, 15))
    sixty_beside = left(day((at(14), at(14, 10)), ends=at(17)), at(15))
    assert (five_beside.wasted, sixty_beside.wasted) == (timedelta(minutes=5), timedelta(0))
    assert sixty_beside < five_beside


def test_the_gap_that_is_filled_comes_before_one_that_is_begun() -> None:
    supply = day((at(15, 10), at(16)))
    assert left(supply, at(14)) == minutes(0, 0, 0) < left(supply, at(16)) == minutes(0, 1, 170)


def test_where_nothing_is_offered_everything_that_is_left_is_wasted() -> None:
    (slot,) = [slot for slot in open_times(MASSAGE, day(), now=at(8)) if slot.starts_at == at(14)]
    assert Leaving(()).of([(slot, MASSAGE)]) == minutes(290, 1, 290)


def test_time_in_which_the_provider_is_free_in_the_middle_is_not_left_beside() -> None:
    mask = replace(MASSAGE, processing=(15, 30))
    assert left(day(ends=at(15, 10)), at(14), mask) == minutes(0, 0, 0)
    assert left(day((at(14, 15), at(14, 45)), ends=at(16, 10)), at(15)).wasted == timedelta(minutes=15)


def test_each_slot_alone_leaves_what_it_leaves_as_a_plan_of_one() -> None:
    supply = day((at(14, 30), at(14, 50)), (at(16), at(17)), (at(19, 20), at(19, 30)))
    leaving = Leaving(MENU)
    for needs in (MASSAGE, SHORT, replace(SHORT, setup_minutes=5)):
        slots = open_times(needs, supply, now=at(8))
        assert len(slots) > 5
        assert leaving.of_each(slots, needs) == [leaving.of([(slot, needs)]) for slot in slots]


def told(supply: DaySupply, wanted: datetime | None = None, **how: int | timedelta) -> list[tuple[str, str]]:
    slots = open_times(MASSAGE, supply, now=at(8))
    best = best_times(slots, MASSAGE, MENU, wanted=wanted, **how)  # type: ignore[arg-type]
    return [(f"{one.slot.starts_at:%H:%M}", one.reason) for one in best]


def test_the_time_that_was_tapped_is_first_and_the_soonest_comes_beside_the_ranked() -> None:
    supply = day((at(14), at(14, 5)), (at(15, 20), at(16)), ends=at(19, 10))
    assert told(supply, at(17)) == [
        ("17:00", "The time asked for"),
        ("16:00", "Leaves Ana 120 min in one piece"),
        ("18:00", "Leaves Ana 120 min in one piece"),
        ("14:05", "Soonest"),
    ]


def test_a_soonest_that_is_good_says_both() -> None:
    assert told(day((at(15, 10), at(16))))[:2] == [
        ("14:00", "Soonest, leaves no gap for Ana"),
        ("16:00", "Leaves Ana 170 min in one piece"),
    ]


def test_gaps_on_both_sides_and_slivers_are_told_as_they_are() -> None:
    assert told(day(ends=at(16, 30)), most=4) == [
        ("14:00", "Soonest, leaves Ana 80 min in one piece"),
        ("15:15", "Leaves Ana 5 min too short to book"),
        ("14:15", "Leaves Ana 15 min too short to book"),
        ("15:00", "Leaves Ana 20 min too short to book"),
    ]


def test_times_that_are_nearly_the_same_are_no_choice() -> None:
    starts = [clock for clock, _ in told(day(), apart=timedelta(minutes=30), most=9)]
    faces = sorted(int(clock[:2]) * 60 + int(clock[3:]) for clock in starts)
    assert len(faces) > 3
    assert all(later - earlier >= 30 for earlier, later in itertools.pairwise(faces))


def test_without_times_nothing_is_proposed() -> None:
    assert told(day((at(14), at(20)))) == []


def test_the_soonest_of_a_party_that_waits_says_only_how_long() -> None:
    waits, close = "15 min of waiting in between", "No waiting and no gap left"
    assert _worded(Why.LEAVES_AND_SOONEST, waits) == waits
    assert _worded(Why.LEAVES_AND_SOONEST, close) == "Soonest, no waiting and no gap left"
