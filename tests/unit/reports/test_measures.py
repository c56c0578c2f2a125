"""Shares and hours in words."""

from datetime import UTC, datetime

import pytest

from spa_pos.reports.rules.measures import hours_words, minutes_in, share_words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 0, "–"),
        (5, 0, "–"),
        (0, 8, "0.0 %"),
        (1, 3, "33.3 %"),
        (2, 3, "66.7 %"),
        (1, 2000, "0.1 %"),
        (9, 8, "112.5 %"),
    ],
)
def test_a_share_is_rounded_half_up_to_a_tenth(part: int, whole: int, words: str) -> None:
    assert share_words(part, whole) == words


@pytest.mark.parametrize(("minutes", "words"), [(0, "0:00"), (59, "0:59"), (1_890, "31:30")])
def test_hours_and_minutes(minutes: int, words: str) -> None:
    assert hours_words(minutes) == words


def test_minutes_of_an_hour_that_the_clocks_repeat_are_counted_twice() -> None:
    """Instants are UTC, so a local day of 25 hours has its 1,500 minutes."""
    day = (datetime(2026, 11, 1, 5, tzinfo=UTC), datetime(2026, 11, 2, 6, tzinfo=UTC))
    assert minutes_in([day, (day[1], day[1])]) == 1_500
