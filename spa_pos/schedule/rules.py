"""When somebody works on a day; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from spa_pos.kernel.time import shift_instant

Interval = tuple[datetime, datetime]
"""From an instant up to, not including, another."""


@dataclass(frozen=True, slots=True)
class ShiftPattern:
    """Works on one weekday (0 = Monday), local time, between two days, both included."""

    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date


def subtract(intervals: Sequence[Interval], holes: Sequence[Interval]) -> list[Interval]:
    """What is left of intervals when holes are cut out, in order."""
    left = sorted(intervals)
    for hole_start, hole_end in holes:
        pieces: list[Interval] = []
        for start, end in left:
            if hole_end <= start or hole_start >= end:
                pieces.append((start, end))
                continue
            if start < hole_start:
                pieces.append((start, hole_start))
            if hole_end < end:
                pieces.append((hole_end, end))
        left = pieces
    return left


def works_on(
    day: date,
    shifts: Sequence[ShiftPattern],
    time_off: Sequence[Interval],
    opened: Interval | None,
    zone: ZoneInfo,
) -> tuple[Interval, ...]:
    """The instants between which a provider works on a day: shifts, within opening hours, less time off."""
    if opened is None:
        return ()
    hours: list[Interval] = []
    for shift in shifts:
        if shift.weekday == day.weekday() and shift.valid_from <= day <= shift.valid_until:
            start = max(opened[0], shift_instant(day, shift.starts, zone))
            end = min(opened[1], shift_instant(day, shift.ends, zone))
            if start < end:
                hours.append((start, end))
    return tuple(subtract(hours, time_off))


def valid_kinds(credentials: Sequence[tuple[str, date, date]], day: date) -> frozenset[str]:
    """Kinds of credentials that are valid on a day, both ends included."""
    return frozenset(kind for kind, since, until in credentials if since <= day <= until)
