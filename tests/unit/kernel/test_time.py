"""Days of 23 and 25 hours, skipped and repeated clock times."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import day_bounds, instant, local_date, shift_instant

ROCHESTER = ZoneInfo("America/Chicago")
START = datetime(2020, 1, 1, tzinfo=UTC)
SPRING, AUTUMN = date(2027, 3, 14), date(2027, 11, 7)

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2027, 6, 1), 24)])
def test_a_local_day_has_the_hours_its_clocks_show(day: date, hours: int) -> None:
    first, after = day_bounds(day, ROCHESTER)
    assert after - first == timedelta(hours=hours)


def test_a_clock_time_becomes_an_instant() -> None:
    assert instant(date(2027, 1, 5), time(9), ROCHESTER) == datetime(2027, 1, 5, 15, tzinfo=UTC)
    assert instant(date(2027, 7, 5), time(9), ROCHESTER) == datetime(2027, 7, 5, 14, tzinfo=UTC)


def test_a_skipped_time_is_refused_for_guests() -> None:
    with pytest.raises(Invalid) as refusal:
        instant(SPRING, time(2, 30), ROCHESTER)
    assert refusal.value.code == "time-skipped"
    assert instant(SPRING, time(3), ROCHESTER) == datetime(2027, 3, 14, 8, tzinfo=UTC)


def test_a_skipped_time_in_a_shift_counts_an_hour_later() -> None:
    assert shift_instant(SPRING, time(2, 30), ROCHESTER) == instant(SPRING, time(3, 30), ROCHESTER)


def test_a_repeated_time_means_its_first_occurrence() -> None:
    assert instant(AUTUMN, time(1, 30), ROCHESTER) == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
    assert instant(AUTUMN, time(2), ROCHESTER) == datetime(2027, 11, 7, 8, tzinfo=UTC)


def test_a_late_evening_belongs_to_the_local_day() -> None:
    late = datetime(2027, 7, 2, 3, 30, tzinfo=UTC)
    assert local_date(late, ROCHESTER) == date(2027, 7, 1)


@given(days)
def test_days_follow_each_other_without_gap(day: date) -> None:
    assert day_bounds(day, ROCHESTER)[1] == day_bounds(day + timedelta(days=1), ROCHESTER)[0]


@given(days, st.integers(0, 24 * 4 - 1))
def test_every_offered_instant_shows_the_time_that_was_asked(day: date, quarter: int) -> None:
    clock = time(quarter // 4, quarter % 4 * 15)
    try:
        moment = instant(day, clock, ROCHESTER)
    except Invalid:
        first, after = day_bounds(day, ROCHESTER)
        assert after - first == timedelta(hours=23)
        return
    assert moment.astimezone(ROCHESTER).replace(tzinfo=None) == datetime.combine(day, clock)
    assert local_date(moment, ROCHESTER) == day


@given(st.integers(0, 20 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)))
def test_an_instant_lies_in_its_local_day(moment: datetime) -> None:
    first, after = day_bounds(local_date(moment, ROCHESTER), ROCHESTER)
    assert first <= moment < after
