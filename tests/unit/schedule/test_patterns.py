"""When a pattern falls, how hours are typed, and what is left of a pattern that is cut."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from spa_pos.kernel.errors import Invalid
from spa_pos.schedule.rules import (
    ShiftPattern,
    check_day,
    check_period,
    face_of,
    spans_of,
    spans_text,
    works_on,
)

CHICAGO = ZoneInfo("America/Chicago")
MONDAY = date(2026, 11, 23)


def pattern(first: date = MONDAY, *, last: date = date.max, weekday: int = 3, every: int = 1) -> ShiftPattern:
    return ShiftPattern(weekday, time(8), time(16), first, last, every)


def days_of(one: ShiftPattern | None, weeks: int = 9) -> list[date]:
    days = (MONDAY + timedelta(days=offset) for offset in range(-14, weeks * 7))
    return [day for day in days if one is not None and one.falls_on(day)]


@pytest.mark.parametrize("every", [1, 2, 3, 8])
def test_a_pattern_falls_every_so_many_weeks_from_the_week_it_begins_in(every: int) -> None:
    begun = date(2026, 11, 26)
    found = days_of(pattern(begun, every=every))
    assert found == [begun + timedelta(weeks=every * n) for n in range(len(found))]
    assert found == [day for day in found if day.weekday() == 3]


def test_weeks_are_counted_from_the_monday_even_when_the_first_day_is_later_in_the_week() -> None:
    friday = date(2026, 11, 27)
    assert days_of(pattern(friday, every=2))[0] == date(2026, 12, 10)


@pytest.mark.parametrize("every", [1, 2, 3])
def test_what_is_left_of_a_pattern_keeps_its_weeks(every: int) -> None:
    whole = pattern(date(2026, 11, 26), every=every)
    first, last = date(2026, 12, 7), date(2026, 12, 20)
    before, after = whole.outside(first, last)
    kept = days_of(before) + days_of(after)
    assert kept == [day for day in days_of(whole) if not first <= day <= last]


def test_a_pattern_that_is_covered_whole_leaves_nothing() -> None:
    one = pattern(date(2026, 12, 1), last=date(2026, 12, 31))
    assert one.outside(date(2026, 12, 1), date.max) == (None, None)
    assert one.outside(date(2026, 11, 1), date(2026, 12, 31)) == (None, None)


def test_hours_on_the_days_of_23_and_25_hours_are_those_of_the_clocks() -> None:
    """Sunday shifts from 1 to 9 o'clock: seven hours in March, nine in November."""
    for day, hours in ((date(2026, 3, 8), 7), (date(2026, 11, 1), 9)):
        one = ShiftPattern(6, time(1), time(9), date(2026, 1, 1), date.max)
        opened = (
            datetime.combine(day, time(0), CHICAGO).astimezone(UTC),
            datetime.combine(day, time(23), CHICAGO).astimezone(UTC),
        )
        ((start, end),) = works_on(day, [one], None, [], opened, CHICAGO)
        assert end - start == timedelta(hours=hours)
        assert end.astimezone(CHICAGO).time() == time(9)


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", ()),
        (" , ", ()),
        ("8-16", ((time(8), time(16)),)),
        ("8:00–12:00, 12:30 - 16:45", ((time(8), time(12)), (time(12, 30), time(16, 45)))),
        ("1pm-5.30pm,9am-12pm", ((time(9), time(12)), (time(13), time(17, 30)))),
        ("12am-12pm", ((time(0), time(12)),)),
        ("8-12, 12-16", ((time(8), time(12)), (time(12), time(16)))),
    ],
)
def test_hours_as_people_type_them(typed: str, spans: object) -> None:
    assert spans_of(typed) == spans
    assert spans_of(spans_text(spans_of(typed))) == spans


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("8", "hours-unreadable"),
        ("8-", "hours-unreadable"),
        ("eight-nine", "hours-unreadable"),
        ("8-25", "hours-unreadable"),
        ("8:60-9", "hours-unreadable"),
        ("13pm-2pm", "hours-unreadable"),
        ("8-9-10", "hours-unreadable"),
        ("٨-٩", "hours-unreadable"),
        ("9-5", "hours-backwards"),
        ("9-9", "hours-backwards"),
        ("8-12, 11:59-13", "hours-overlap"),
    ],
)
def test_hours_that_cannot_be_meant_are_refused_with_their_day(typed: str, code: str) -> None:
    with pytest.raises(Invalid, match="on Monday") as refusal:
        spans_of(typed, "Monday")
    assert (refusal.value.code, refusal.value.facts["field"]) == (code, "monday")


def test_a_single_time_is_read_the_same_way() -> None:
    assert face_of(" 5:30PM ", "opens") == time(17, 30)
    with pytest.raises(Invalid, match="9:00"):
        face_of("noonish", "opens")


def test_plans_are_for_today_or_later_and_not_for_years_ahead() -> None:
    check_day(MONDAY, MONDAY)
    for day, code in ((date(2026, 11, 22), "date-past"), (date(2029, 1, 1), "date-far-off")):
        with pytest.raises(Invalid) as refusal:
            check_day(day, MONDAY)
        assert refusal.value.code == code


def test_a_period_ends_after_it_starts_and_is_not_over() -> None:
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    hour = timedelta(hours=1)
    check_period(now - hour, now + hour, now=now)
    for starts_at, ends_at, code in (
        (now + hour, now + hour, "ends-before-start"),
        (now - 2 * hour, now - hour, "date-past"),
        (now + hour, now + timedelta(days=368), "date-far-off"),
        (now + timedelta(days=800), now + timedelta(days=801), "date-far-off"),
    ):
        with pytest.raises(Invalid) as refusal:
            check_period(starts_at, ends_at, now=now)
        assert refusal.value.code == code
