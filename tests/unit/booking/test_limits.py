"""How much hands-on work is enough."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.booking.rules import Interval, ProviderSupply, limit_passed
from spa_pos.schedule.rules import WorkLimits

MINUTE = timedelta(minutes=1)
NINE = datetime(2026, 11, 24, 15, tzinfo=UTC)
PLENTY = WorkLimits(day_minutes=1440, week_minutes=10_080, most_in_a_row=20, break_minutes=15)


def session(begin: int, length: int = 60) -> Interval:
    """So many minutes after nine."""
    return NINE + begin * MINUTE, NINE + (begin + length) * MINUTE


def ana(*sessions: Interval, week: int = 0, **limits: int) -> ProviderSupply:
    return ProviderSupply(
        1,
        UUID(int=1),
        "Ana Okafor",
        frozenset(),
        (),
        (),
        limits=replace(PLENTY, **limits),
        sessions=sessions,
        week_minutes=week,
    )


def said(supply: ProviderSupply, begin: int, length: int = 60) -> str:
    return limit_passed(supply, NINE + begin * MINUTE, length) or ""


def test_without_limits_nothing_is_passed() -> None:
    free = replace(ana(session(0, 600)), limits=None)
    assert limit_passed(free, NINE + 600 * MINUTE, 480) is None


def test_the_day_is_full_at_its_limit_and_not_before() -> None:
    supply = ana(session(0), session(120), day_minutes=180)
    assert said(supply, 240) == ""
    assert said(supply, 240, 61) == "Ana Okafor would have 3 h 1 min hands-on that day; the limit is 3 h."


def test_the_week_counts_its_other_days_and_this_one() -> None:
    supply = ana(session(0), week=1_380, week_minutes=1_500)
    assert said(supply, 240) == ""
    assert said(supply, 240, 75) == "Ana Okafor would have 25 h 15 min hands-on that week; the limit is 25 h."


@pytest.mark.parametrize(
    ("begin", "fits"), [(144, False), (145, True), (-74, False), (-75, True), (600, True)]
)
def test_a_row_ends_with_a_break_of_its_length(begin: int, fits: bool) -> None:
    supply = ana(session(0), session(70), most_in_a_row=2, break_minutes=15)
    assert (said(supply, begin) == "") is fits
    if not fits:
        assert said(supply, begin).endswith("more than 2 in a row without a break of 15 min.")


def test_a_session_between_two_rows_joins_them() -> None:
    supply = ana(session(0), session(150), most_in_a_row=2, break_minutes=30)
    assert said(supply, 75) != ""
    assert said(supply, 90, 30) == ""


def test_a_row_that_is_too_long_already_is_no_matter_elsewhere() -> None:
    supply = ana(session(0), session(60), session(120), most_in_a_row=2, break_minutes=15)
    assert said(supply, 180) != ""
    assert said(supply, 195) == ""
    assert said(supply, -300) == ""


def test_with_breaks_of_no_length_only_what_overlaps_is_a_row() -> None:
    supply = ana(session(0), session(60), most_in_a_row=2, break_minutes=0)
    assert said(supply, 120) == ""
    assert said(supply, 110) == "", "of two that overlap, as during a mask"
    assert said(ana(session(0), session(10), most_in_a_row=2, break_minutes=0), 20) != ""


@given(
    some.lists(some.tuples(some.integers(0, 100), some.integers(1, 24)), max_size=8),
    some.tuples(some.integers(0, 100), some.integers(1, 24)),
    some.integers(1, 4),
    some.sampled_from((0, 5, 15, 30)),
)
def test_a_row_is_what_hangs_together_with_the_new_one(
    others: list[tuple[int, int]], new: tuple[int, int], most: int, pause: int
) -> None:
    spans = [session(5 * begin, 5 * length) for begin, length in others]
    mine = session(5 * new[0], 5 * new[1])
    row, rest = [mine], spans
    while True:
        since, until = min(row)[0], max(end for _, end in row)
        near = [o for o in rest if o[0] - until < pause * MINUTE and since - o[1] < pause * MINUTE]
        if not near:
            break
        row, rest = row + near, [o for o in rest if o not in near]
    supply = ana(*spans, most_in_a_row=most, break_minutes=pause)
    assert (said(supply, 5 * new[0], 5 * new[1]) == "") is (len(row) <= most)
