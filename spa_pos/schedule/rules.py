"""When somebody works on a day, and what a manager may plan; pure."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import shift_instant

Interval = tuple[datetime, datetime]
"""From an instant up to, not including, another."""

Span = tuple[time, time]
"""From one clock face to another of the same day."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

PLANNED_AHEAD = timedelta(days=731)
"""How far ahead anything is planned."""

_SPAN = re.compile(r"\s*([^-–—]+?)\s*[-–—]\s*([^-–—]+?)\s*")
_FACE = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*([ap]m)?", re.ASCII | re.IGNORECASE)


def board_topic(day: date) -> str:
    """Under which name changes of a local day are announced to its boards."""
    return f"board:{day.isoformat()}"


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

    def outside(self, first: date, last: date) -> "tuple[ShiftPattern | None, ShiftPattern | None]":
        """What is left before `first` and after `last`, in the same weeks as ever."""
        before = after = None
        if self.valid_from < first:
            before = replace(self, valid_until=min(self.valid_until, first - timedelta(days=1)))
        if last < self.valid_until:
            days = (last + timedelta(days=offset) for offset in range(1, 7 * self.every_weeks + 1))
            again = next((day for day in days if self.falls_on(day)), None)
            if self.valid_from > last:
                after = self
            elif again is not None:
                after = replace(self, valid_from=again)
        return before, after


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


def spans_of(text: str, where: str = "") -> tuple[Span, ...]:
    """Hours as a person types them: `8-12, 12:30-16`, `8am - 4pm`; nothing typed means none.

    Raises:
        Invalid: `hours-unreadable`, `hours-backwards` or `hours-overlap`; `where` is the day they are of.
    """
    on = f" on {where}" if where else ""
    found = []
    for part in text.split(","):
        if not part.strip():
            continue
        sides = _SPAN.fullmatch(part)
        faces = (_face(sides[1]), _face(sides[2])) if sides else (None, None)
        if faces[0] is None or faces[1] is None:
            raise Invalid(
                "hours-unreadable",
                f"The hours{on} cannot be read: {part.strip()[:40]}. Type them like 8:00-12:00, 12:30-16:00.",
                field=where.lower(),
            )
        if faces[1] <= faces[0]:
            raise Invalid(
                "hours-backwards",
                f"The hours{on} end before they start. Use 13:00 or 1pm for the afternoon.",
                field=where.lower(),
            )
        found.append((faces[0], faces[1]))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(found)):
        raise Invalid("hours-overlap", f"The hours{on} overlap. Give each hour once.", field=where.lower())
    return tuple(found)


def face_of(text: str, field: str) -> time:
    """A clock face as a person types it.

    Raises:
        Invalid: `time-unreadable`.
    """
    face = _face(text.strip())
    if face is None:
        raise Invalid("time-unreadable", "Type a time like 9:00 or 5:30pm.", field=field)
    return face


def _face(text: str) -> time | None:
    found = _FACE.fullmatch(text)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def spans_text(spans: Sequence[Span]) -> str:
    """Hours as the form shows them: `8:00-12:00, 12:30-16:00`."""
    return ", ".join(f"{start:%-H:%M}-{end:%-H:%M}" for start, end in spans)


def check_day(day: date, today: date, *, field: str = "day") -> None:
    """Plans are for today or later, and not for years ahead.

    Raises:
        Invalid: `date-past` or `date-far-off`.
    """
    if day < today:
        raise Invalid("date-past", "That day is over. Choose today or a later day.", field=field)
    if day > today + PLANNED_AHEAD:
        raise Invalid("date-far-off", "That is more than two years away. Choose an earlier day.", field=field)


def check_period(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """A period away or out of use: not over yet, at most a year long, within two years.

    Raises:
        Invalid: `ends-before-start`, `date-past` or `date-far-off`.
    """
    if ends_at <= starts_at:
        raise Invalid("ends-before-start", "That ends before it starts. Look at both times.", field="ends_at")
    if ends_at <= now:
        raise Invalid("date-past", "That time is over. Choose one that is still to come.", field="ends_at")
    if starts_at > now + PLANNED_AHEAD or ends_at - starts_at > timedelta(days=366):
        raise Invalid(
            "date-far-off",
            "That is longer than a year or more than two years away. Look at both dates.",
            field="ends_at",
        )
