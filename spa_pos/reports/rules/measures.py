"""Shares and hours as reports say them; pure."""

from collections.abc import Sequence
from datetime import timedelta

from spa_pos.schedule.rules import Interval


def share_words(part: int, whole: int) -> str:
    """`42.5 %`, half up; a dash of nothing."""
    if whole <= 0:
        return "–"
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10} %"


def hours_words(minutes: int) -> str:
    """`31:30`, hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02d}"


def minutes_in(intervals: Sequence[Interval]) -> int:
    """Whole minutes of intervals that do not overlap."""
    return sum((until - since) // timedelta(minutes=1) for since, until in intervals)
