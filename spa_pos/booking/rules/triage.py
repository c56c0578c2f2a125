"""Who on the waitlist comes first, and whom a freed time fits (DOMAIN.md §3.5, §7.32).

No score of a hospital is published; the points are the house's own, changed on a screen, and every
score is told in words. The order says who is asked first. It takes nothing from anybody who is booked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.rules.best import Leaving
from spa_pos.booking.rules.calendar import DayCalendar
from spa_pos.booking.rules.slots import ANYBODY, ProviderWish, open_times
from spa_pos.booking.rules.supply import Interval, Needs, Slot, is_free
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import local_date, shift_instant
from spa_pos.schedule.rules import Span, merged

MOST_WINDOWS = 5
LONGEST_NOTE = 200
SHORTEST_HOLD = timedelta(minutes=5)
"""Nobody is offered a time that they would have less than this to answer."""

SEARCHED_DAYS = 62
"""How far ahead offers look by themselves."""


class WaitStatus(StrEnum):
    """Where a guest stands on the waitlist."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"

    @property
    def is_open(self) -> bool:
        """True while the guest still waits."""
        return self in (WaitStatus.WAITING, WaitStatus.OFFERED)


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts, in points: groups and reasons by code with the name people read.

    `severity` is for each step from 0 to 10, `leaving` for each day fewer than `leaving_days` that
    the guest is still in town, `waiting` for each day since they asked, `waiting_most` in all at most.
    """

    groups: Mapping[str, tuple[str, int]]
    reasons: Mapping[str, tuple[str, int]]
    severity: int = 0
    leaving: int = 0
    leaving_days: int = 7
    waiting: int = 0
    waiting_most: int = 30


@dataclass(frozen=True, slots=True)
class Ask:
    """What the order of a waiting guest depends on; the group is who they were when they asked."""

    id: UUID
    asked_at: datetime
    group: str
    reason: str
    severity: int
    leaves_on: date | None = None


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that counts, and for how much."""

    words: str
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """How soon a guest is asked, and why."""

    factors: tuple[Factor, ...]

    @property
    def points(self) -> int:
        """The sum."""
        return sum(one.points for one in self.factors)

    @property
    def words(self) -> str:
        """`Patient 40 · Severity 7: 14 = 54`."""
        if not self.factors:
            return "No points: first come, first served"
        return f"{' · '.join(f'{one.words} {one.points}' for one in self.factors)} = {self.points}"


def score(ask: Ask, weights: Weights, *, now: datetime, zone: ZoneInfo) -> Score:
    """The points of a waiting guest today; what counts nothing is left out."""
    today = local_date(now, zone)
    factors = []
    for code, known in ((ask.group, weights.groups), (ask.reason, weights.reasons)):
        name, points = known.get(code, ("", 0))
        factors.append(Factor(name, points))
    factors.append(Factor(f"Severity {ask.severity}:", ask.severity * weights.severity))
    if ask.leaves_on is not None and ask.leaves_on >= today:
        left = (ask.leaves_on - today).days
        words = "Leaves today:" if not left else f"Leaves in {left} {_days(left)}:"
        factors.append(Factor(words, max(0, weights.leaving_days - left) * weights.leaving))
    waited = max(0, (today - local_date(ask.asked_at, zone)).days)
    points = min(waited * weights.waiting, weights.waiting_most)
    factors.append(Factor(f"Waiting {waited} {_days(waited)}:", points))
    return Score(tuple(one for one in factors if one.points))


def _days(count: int) -> str:
    return "day" if count == 1 else "days"


def order_key(ask: Ask, found: Score) -> tuple[int, datetime, UUID]:
    """The most points first, then who asked first; the same every time."""
    return -found.points, ask.asked_at, ask.id


@dataclass(frozen=True, slots=True)
class WaitWish:
    """When and with whom a waiting guest could come.

    `windows` are local hours between which the whole visit must lie; none means any time.
    `not_then` is when they cannot be asked: their other visits, and times they were asked for before.
    """

    needs: Needs
    first_day: date
    last_day: date
    windows: tuple[Span, ...] = ()
    provider: ProviderWish = ANYBODY
    leaves_on: date | None = None
    not_then: tuple[Interval, ...] = ()

    @property
    def until(self) -> date:
        """The last day on which they could come."""
        return self.last_day if self.leaves_on is None else min(self.last_day, self.leaves_on)


def fitting_times(wish: WaitWish, day: DayCalendar, *, now: datetime, zone: ZoneInfo) -> list[Slot]:
    """The open times of a day that a waiting guest could take, earliest first."""
    if not wish.first_day <= day.day <= wish.until:
        return []
    spans = merged(
        [
            (shift_instant(day.day, starts, zone), shift_instant(day.day, ends, zone))
            for starts, ends in wish.windows
        ]
    )
    length = timedelta(minutes=wish.needs.minutes)
    fitting = {
        start
        for start in day.begin_times(wish.needs, now=now, wish=wish.provider)
        if (not spans or any(since <= start and start + length <= until for since, until in spans))
        and is_free(wish.not_then, start, start + length)
    }
    if not fitting:
        return []
    slots = open_times(wish.needs, day.supply(), now=now, wish=wish.provider)
    return [slot for slot in slots if slot.starts_at in fitting]


@dataclass(frozen=True, slots=True)
class OfferRule:
    """How a location offers: how long a time is kept, until when at the latest, at which local hours."""

    hold: timedelta = timedelta(minutes=30)
    notice: timedelta = timedelta(hours=2)
    offers_from: time = time(8)
    offers_until: time = time(20)

    def held_until(self, starts_at: datetime, now: datetime) -> datetime | None:
        """Until when an offer made now is kept; None when that leaves no time to answer."""
        until = min(now + self.hold, starts_at - self.notice)
        return until if until >= now + SHORTEST_HOLD else None

    def is_open(self, now: datetime, zone: ZoneInfo) -> bool:
        """True at hours when people may be asked."""
        return self.offers_from <= now.astimezone(zone).time() < self.offers_until


def best_fit(
    wish: WaitWish,
    days: Sequence[DayCalendar],
    rule: OfferRule,
    offered: Sequence[Needs],
    *,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[date, Slot] | None:
    """The time to offer: on the first day that has one, the one that wastes least, or the earliest.

    `offered` is what can be booked in this house.
    """
    for day in days:
        slots = [
            slot
            for slot in fitting_times(wish, day, now=now, zone=zone)
            if rule.held_until(slot.starts_at, now) is not None
        ]
        if slots:
            leaving = Leaving(offered)
            least = min(slots, key=lambda slot: (leaving.of([(slot, wish.needs)]), slot.starts_at))
            return day.day, least
    return None


def check_wait(
    *,
    first_day: date,
    last_day: date,
    leaves_on: date | None,
    severity: int,
    windows: Sequence[Span],
    note: str,
    today: date,
) -> None:
    """Refuse what nobody can wait for.

    Raises:
        Invalid: `wait-days`, `wait-left`, `severity-unreadable`, `wait-windows` or `note-too-long`.
    """
    if last_day < first_day or last_day < today or (last_day - first_day).days > 366:
        raise Invalid(
            "wait-days", "Choose a last day that is not before the first, and not over.", field="last_day"
        )
    if leaves_on is not None and leaves_on < max(first_day, today):
        raise Invalid(
            "wait-left", "The guest has left by then. Look at the days and the departure.", field="leaves_on"
        )
    if not 0 <= severity <= 10:
        raise Invalid("severity-unreadable", "Severity goes from 0 to 10.", field="severity")
    if len(windows) > MOST_WINDOWS:
        raise Invalid("wait-windows", f"Give at most {MOST_WINDOWS} parts of the day.", field="hours")
    if len(note) > LONGEST_NOTE:
        raise Invalid("note-too-long", f"A note may have {LONGEST_NOTE} letters at most.", field="note")
