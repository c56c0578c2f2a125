"""The life of an appointment: who is late, and what may follow what."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.booking.rules import (
    ENDED,
    EXPECTED,
    HERE,
    LIVE,
    Status,
    check_may_check_in,
    check_minutes,
    check_status,
    check_version,
    late_arrival,
)
from spa_pos.kernel.errors import Conflict, Invalid

ZONE = ZoneInfo("America/Chicago")
TEN = datetime(2026, 11, 24, 16, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)


@pytest.mark.parametrize(
    ("after", "begins", "left"),
    [
        ((5, 1), 10, 50),
        ((9, 59), 10, 50),
        ((10, 0), 10, 50),
        ((10, 1), 15, 45),
        ((54, 0), 55, 5),
        ((55, 0), 55, 5),
        ((55, 1), 60, 0),
        ((60, 0), 60, 0),
        ((85, 0), 85, 0),
    ],
)
def test_who_is_late_begins_at_the_next_five_minutes_and_ends_in_time(
    after: tuple[int, int], begins: int, left: int
) -> None:
    minutes, seconds = after
    arrival = late_arrival(TEN, ELEVEN, now=TEN + timedelta(minutes=minutes, seconds=seconds))
    assert arrival is not None
    assert (arrival.begins_at, arrival.minutes_left) == (TEN + timedelta(minutes=begins), left)


@pytest.mark.parametrize("seconds", [-7200, -1, 0, 60, 300])
def test_up_to_five_minutes_after_the_start_nobody_is_late(seconds: int) -> None:
    assert late_arrival(TEN, ELEVEN, now=TEN + timedelta(seconds=seconds)) is None


@given(some.integers(300_000_001, 7_200_000_000))
def test_a_new_start_is_on_five_minutes_at_once_and_whole(microseconds: int) -> None:
    now = TEN + timedelta(microseconds=microseconds)
    arrival = late_arrival(TEN, ELEVEN, now=now)
    assert arrival is not None
    assert now <= arrival.begins_at < now + timedelta(minutes=5)
    assert (arrival.begins_at.minute % 5, arrival.begins_at.second, arrival.begins_at.microsecond) == (
        0,
        0,
        0,
    )
    assert timedelta(minutes=arrival.minutes_left) == max(ELEVEN - arrival.begins_at, timedelta(0))


def test_every_status_is_live_or_over_and_who_is_expected_or_here_is_live() -> None:
    assert set(EXPECTED) | set(HERE) <= set(LIVE)
    assert set(Status) == set(LIVE) | set(ENDED) | {Status.EXPIRED}
    assert not set(LIVE) & set(ENDED)
    assert [status for status in Status if status.is_expected] == [Status.BOOKED, Status.CONFIRMED]
    assert [status for status in Status if not status.is_live] == [
        Status.CANCELLED,
        Status.NO_SHOW,
        Status.EXPIRED,
    ]


@pytest.mark.parametrize("status", Status)
def test_a_step_that_does_not_follow_names_where_the_visit_stands(status: Status) -> None:
    check_status(status, status)
    with pytest.raises(Conflict, match=status.word.lower()) as refusal:
        check_status(status, *(other for other in Status if other is not status))
    assert refusal.value.code == f"appointment-{status.value.replace('_', '-')}"


def test_who_saw_an_older_state_is_told() -> None:
    check_version(3, 3)
    for seen in (2, 4):
        with pytest.raises(Conflict, match="appointment-changed"):
            check_version(3, seen)
        with pytest.raises(Conflict, match="Somebody changed this block a moment ago"):
            check_version(3, seen, "this block")


@pytest.mark.parametrize("minutes", [5, 60, 480])
def test_lengths_people_mean(minutes: int) -> None:
    check_minutes(minutes)


@pytest.mark.parametrize("minutes", [0, 4, 7, 485, -60])
def test_lengths_nobody_means(minutes: int) -> None:
    with pytest.raises(Invalid, match="minutes-unreadable"):
        check_minutes(minutes)


def test_guests_check_in_on_the_day_that_the_wall_shows() -> None:
    evening = datetime(2026, 11, 25, 4, tzinfo=UTC)  # ten in the evening of the 24th
    check_may_check_in(evening, now=TEN, zone=ZONE)
    for now in (evening + timedelta(hours=2), TEN - timedelta(hours=11)):
        with pytest.raises(Conflict, match="not-today"):
            check_may_check_in(evening, now=now, zone=ZONE)
