"""When messages go out and are tried again."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from spa_pos.messages.rules import BACKOFF, DEFAULT_TIMING, Channel, Kind, Timing, after_quiet, goes_out_at
from spa_pos.messages.rules import next_try as again

CHICAGO = ZoneInfo("America/Chicago")


def local(day: int, hour: int, minute: int = 0, *, month: int = 11, fold: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHICAGO, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (local(24, 20, 59), local(24, 20, 59)),
        (local(24, 21), local(25, 8)),
        (local(24, 23, 59), local(25, 8)),
        (local(25, 0), local(25, 8)),
        (local(25, 7, 59), local(25, 8)),
        (local(25, 8), local(25, 8)),
    ],
)
def test_nobody_is_woken_between_nine_and_eight(asked: datetime, given: datetime) -> None:
    assert after_quiet(asked, DEFAULT_TIMING, CHICAGO) == given


def test_the_short_night_of_march_ends_at_eight_by_the_clock() -> None:
    evening = local(7, 21, month=3)
    assert after_quiet(evening, DEFAULT_TIMING, CHICAGO) - evening == timedelta(hours=10)


def test_the_long_night_of_november_ends_at_eight_by_the_clock() -> None:
    evening = local(31, 21, month=10)
    assert after_quiet(evening, DEFAULT_TIMING, CHICAGO) - evening == timedelta(hours=12)


def test_both_hours_of_one_o_clock_in_november_are_quiet() -> None:
    for fold in (0, 1):
        assert after_quiet(local(1, 1, 30, fold=fold), DEFAULT_TIMING, CHICAGO) == local(1, 8)


def test_quiet_hours_that_end_in_the_hour_the_clocks_skip_end_when_it_is_over() -> None:
    timing = Timing(time(21), time(2, 30), timedelta(hours=24))
    assert after_quiet(local(8, 0, month=3), timing, CHICAGO) == local(8, 3, 30, month=3)


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    siesta = Timing(time(12), time(14), timedelta(hours=24))
    assert after_quiet(local(24, 13), siesta, CHICAGO) == local(24, 14)
    assert after_quiet(local(24, 14), siesta, CHICAGO) == local(24, 14)
    never = Timing(time(8), time(8), timedelta(hours=24))
    assert after_quiet(local(24, 8), never, CHICAGO) == local(24, 8)


@pytest.mark.parametrize(
    ("kind", "channel", "given"),
    [
        (Kind.CONFIRMATION, Channel.EMAIL, local(24, 22)),
        (Kind.CHANGE, Channel.EMAIL, local(24, 22, 1)),
        (Kind.CANCELLATION, Channel.EMAIL, local(24, 22, 1)),
        (Kind.REMINDER, Channel.EMAIL, local(25, 8)),
        (Kind.OFFER, Channel.EMAIL, local(25, 8)),
        (Kind.CONFIRMATION, Channel.TEXT, local(25, 8)),
        (Kind.CANCELLATION, Channel.TEXT, local(25, 8)),
    ],
)
def test_late_at_night_only_mails_that_the_guest_waits_for_go_out(
    kind: Kind, channel: Channel, given: datetime
) -> None:
    assert goes_out_at(kind, channel, local(24, 22), DEFAULT_TIMING, CHICAGO) == given


def test_a_change_waits_a_minute_even_before_the_night_begins() -> None:
    late = local(24, 20, 59) + timedelta(seconds=30)
    assert goes_out_at(Kind.CHANGE, Channel.TEXT, late, DEFAULT_TIMING, CHICAGO) == local(25, 8)


def test_tries_are_further_and_further_apart_and_then_end() -> None:
    noon = local(24, 12)
    waits = []
    for tries in range(1, len(BACKOFF) + 1):
        moment = again(tries, Kind.CONFIRMATION, Channel.EMAIL, noon, DEFAULT_TIMING, CHICAGO)
        assert moment is not None
        waits.append((moment - noon).total_seconds() / 60)
    assert waits == [1, 5, 15, 60, 360]
    assert again(6, Kind.CONFIRMATION, Channel.EMAIL, noon, DEFAULT_TIMING, CHICAGO) is None


def test_a_reminder_is_not_tried_again_at_night() -> None:
    evening = local(24, 20, 30)
    assert again(4, Kind.REMINDER, Channel.EMAIL, evening, DEFAULT_TIMING, CHICAGO) == local(25, 8)
    assert again(4, Kind.CONFIRMATION, Channel.EMAIL, evening, DEFAULT_TIMING, CHICAGO) == local(24, 21, 30)
