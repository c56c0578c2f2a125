"""When somebody works on a day; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    every_weeks: int = 1

    def falls_on(self, day: date) -> bool:
        """True when the pattern has a shift on a day; weeks count from the one `valid_from` lies in."""
        if day.weekday() != self.weekday or not self.valid_from <= day <= self.valid_until:
            return False
        monday = self.valid_from - timedelta(days=self.valid_from.weekday())
        return (day - monday).days // 7 % self.every_weeks == 0


@dataclass(frozen=True, slots=True)
class WorkLimits:
    """How much hands-on work a provider does; a pause of `break_minutes` ends a row (DOMAIN.md §7.28)."""

    day_minutes: int
    week_minutes: int
    most_in_a_row: int
    break_minutes: int


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
    exceptions: Sequence[tuple[time, time] | None] | None,
    time_off: Sequence[Interval],
    opened: Interval | None,
    zone: ZoneInfo,
) -> tuple[Interval, ...]:
    """The instants between which a provider works on a day: shifts, within opening hours, less time off.

    `exceptions` are the hours of that day instead of the pattern; one of None means not at all,
    and None in place of the list that nothing was said of the day.
    """
    if opened is None:
        return ()
    if exceptions is None:
        faces = [(shift.starts, shift.ends) for shift in shifts if shift.falls_on(day)]
    else:
        faces = [face for face in exceptions if face is not None]
    hours: list[Interval] = []
    for starts, ends in faces:
        start = max(opened[0], shift_instant(day, starts, zone))
        end = min(opened[1], shift_instant(day, ends, zone))
        if start < end:
            hours.append((start, end))
    return tuple(subtract(merged(hours), time_off))


def merged(intervals: Sequence[Interval]) -> list[Interval]:
    """The same time without overlaps, in order; intervals that touch become one."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def valid_kinds(credentials: Sequence[tuple[str, date, date]], day: date) -> frozenset[str]:
    """Kinds of credentials that are valid on a day, both ends included."""
    return frozenset(kind for kind, since, until in credentials if since <= day <= until)
