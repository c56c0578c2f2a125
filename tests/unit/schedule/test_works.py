"""When somebody works on a day: the pattern or what was said instead, within opening hours, less time off."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.kernel.time import shift_instant
from spa_pos.schedule.rules import Interval, ShiftPattern, merged, subtract, valid_kinds, works_on

ZONE = ZoneInfo("America/Chicago")
TUESDAY = date(2026, 11, 24)
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)
EARLY, LATE = time(8), time(20)


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return shift_instant(day, time(hour, minute), ZONE)


def pattern(day: date, starts: time, ends: time) -> ShiftPattern:
    return ShiftPattern(day.weekday(), starts, ends, date(2026, 1, 1), date.max)


def works(
    *shifts: tuple[time, time],
    day: date = TUESDAY,
    exceptions: Sequence[tuple[time, time] | None] | None = None,
    off: Sequence[Interval] = (),
    opened: tuple[time, time] | None = (EARLY, LATE),
) -> tuple[Interval, ...]:
    hours = (shift_instant(day, opened[0], ZONE), shift_instant(day, opened[1], ZONE)) if opened else None
    return works_on(day, [pattern(day, *shift) for shift in shifts], exceptions, off, hours, ZONE)


def test_shifts_that_touch_or_overlap_are_one_and_others_stay_apart() -> None:
    assert works((time(8), time(12)), (time(12), time(14))) == ((at(8), at(14)),)
    assert works((time(10), time(14)), (time(8), time(12))) == ((at(8), at(14)),)
    assert works((time(8), time(12)), (time(13), time(14))) == ((at(8), at(12)), (at(13), at(14)))


def test_what_was_said_of_the_day_comes_instead_of_the_pattern() -> None:
    usual = (time(8), time(16))
    assert works(usual, exceptions=[(time(12), time(18))]) == ((at(12), at(18)),)
    assert works(usual, exceptions=[None]) == ()
    assert works(usual, exceptions=[None, (time(9), time(10))]) == ((at(9), at(10)),)
    assert works(exceptions=[(time(9), time(10)), (time(10), time(11))]) == ((at(9), at(11)),)
    assert works(usual, exceptions=None) == ((at(8), at(16)),)


def test_nobody_works_outside_opening_hours_or_during_time_off() -> None:
    assert works((time(6), time(22))) == ((at(8), at(20)),)
    assert works((time(6), time(8))) == ()
    assert works((time(8), time(16)), opened=None) == ()
    assert works((time(8), time(16)), off=[(at(10), at(11))]) == ((at(8), at(10)), (at(11), at(16)))
    assert works((time(8), time(16)), off=[(at(7), at(9)), (at(8), at(10)), (at(15), at(23))]) == (
        (at(10), at(15)),
    )
    assert works((time(8), time(16)), off=[(at(0), at(23))]) == ()


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 3), (TUESDAY, 4), (AUTUMN, 5)])
def test_a_night_shift_is_as_long_as_the_night(day: date, hours: int) -> None:
    ((since, until),) = works((time(0), time(4)), day=day, opened=(time(0), time(23)))
    assert until - since == timedelta(hours=hours)


def test_a_shift_that_begins_in_the_skipped_hour_begins_when_it_is_over() -> None:
    night = {"day": SPRING, "opened": (time(0), time(23))}
    assert works((time(2), time(5)), **night) == ((at(3, 0, SPRING), at(5, 0, SPRING)),)  # type: ignore[arg-type]
    assert works((time(2, 30), time(3)), **night) == ()  # type: ignore[arg-type]


moments = some.integers(0, 60).map(lambda number: at(8) + timedelta(minutes=5 * number))
intervals = some.lists(some.tuples(moments, moments).filter(lambda pair: pair[0] < pair[1]), max_size=6)


def covered(spans: Sequence[Interval]) -> set[datetime]:
    """The steps of five minutes inside spans."""
    steps = (at(8) + timedelta(minutes=5 * number) for number in range(60))
    return {step for step in steps if any(start <= step < end for start, end in spans)}


@given(intervals)
def test_merged_is_the_same_time_in_order_with_gaps_between(spans: list[Interval]) -> None:
    found = merged(spans)
    assert covered(found) == covered(spans)
    assert all(one[1] < other[0] for one, other in pairwise(found))


@given(intervals, intervals)
def test_subtracted_is_what_the_holes_leave(spans: list[Interval], holes: list[Interval]) -> None:
    found = subtract(merged(spans), holes)
    assert covered(found) == covered(spans) - covered(holes)
    assert all(start < end for start, end in found)


def test_a_credential_is_valid_on_its_first_and_its_last_day() -> None:
    held = [("massage", TUESDAY, TUESDAY + timedelta(days=7)), ("prenatal", date(2020, 1, 1), date.max)]
    both, one = frozenset({"massage", "prenatal"}), frozenset({"prenatal"})
    assert [valid_kinds(held, TUESDAY + timedelta(days=days)) for days in (-1, 0, 7, 8)] == [
        one,
        both,
        both,
        one,
    ]
