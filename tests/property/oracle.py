"""A slow, obvious judge of what can be booked: it goes through minutes and tries every room.

It reads the rows as they are and shares no code with the program.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from spa_pos.db import fetch
from tests.cast import Spa

MINUTE = timedelta(minutes=1)
NEVER = date(9999, 1, 1)
LIVE = {"held", "booked", "confirmed", "checked_in", "in_service", "done"}
TABLES = (
    "resource",
    "staff",
    "service",
    "credential",
    "shift",
    "shift_exception",
    "time_off",
    "opening_hours",
    "special_day",
    "resource_out",
    "work_limit",
    "claim",
    "appointment",
)

Row = dict[str, Any]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Ask:
    """A service with add-ons, with whom, from when; as long as the menu says unless `minutes` are given."""

    services: tuple[UUID, ...]
    staff: UUID
    starts_at: datetime
    minutes: int | None = None


@dataclass
class Oracle:
    """All rows of one location, as they stand at an instant."""

    spa: Spa
    now: datetime
    rows: dict[str, list[Row]]
    _days: dict[date, list[datetime]] = field(default_factory=dict)
    _works: dict[tuple[UUID, date], set[datetime]] = field(default_factory=dict)

    @classmethod
    async def of(cls, spa: Spa) -> "Oracle":
        rows = {name: [dict(row) for row in await fetch(f"SELECT * FROM {name}")] for name in TABLES}
        return cls(spa, spa.clock.now, rows)

    def one(self, table: str, key: str, value: object) -> Row:
        return next(row for row in self.rows[table] if row[key] == value)

    # ---- the clock on the wall -------------------------------------------------------------------

    def minutes_of(self, day: date) -> list[datetime]:
        """Every minute of a local day."""
        if day not in self._days:
            at = datetime(day.year, day.month, day.day, tzinfo=UTC)
            all_of_them = (at + number * MINUTE for number in range(-24 * 60, 48 * 60))
            self._days[day] = [m for m in all_of_them if m.astimezone(self.spa.house.zone).date() == day]
        return self._days[day]

    def instant(self, day: date, face: time) -> datetime:
        """The first minute at which the clocks show a time; one they skip counts as an hour later."""
        for hours in (0, 1):
            shown = (datetime.combine(day, face) + timedelta(hours=hours)).time()
            for minute in self.minutes_of(day):
                if minute.astimezone(self.spa.house.zone).time() == shown:
                    return minute
        raise AssertionError(f"the clocks never show {face} on {day}")

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.spa.house.zone).date()

    # ---- who works when --------------------------------------------------------------------------

    def opening(self, day: date) -> Span | None:
        special = [row for row in self.rows["special_day"] if row["day"] == day]
        usual = [
            row
            for row in self.rows["opening_hours"]
            if row["weekday"] == day.weekday() and row["valid_from"] <= day
        ]
        rule = special[0] if special else max(usual, key=lambda row: row["valid_from"], default=None)
        if rule is None or rule["opens"] is None:
            return None
        return self.instant(day, rule["opens"]), self.instant(day, rule["closes"])

    def works(self, staff: UUID, day: date) -> set[datetime]:
        """The minutes that somebody works."""
        if (staff, day) not in self._works:
            self._works[staff, day] = self._worked(staff, day)
        return self._works[staff, day]

    def _worked(self, staff: UUID, day: date) -> set[datetime]:
        opening = self.opening(day)
        said = [r for r in self.rows["shift_exception"] if r["staff"] == staff and r["day"] == day]
        spans = [
            (self.instant(day, row["starts"]), self.instant(day, row["ends"]))
            for row in said or [row for row in self.rows["shift"] if self._falls_on(row, staff, day)]
            if row["starts"] is not None
        ]
        away = [(r["starts_at"], r["ends_at"]) for r in self.rows["time_off"] if r["staff"] == staff]
        if opening is None:
            return set()
        return {
            minute
            for minute in self.minutes_of(day)
            if opening[0] <= minute < opening[1]
            and any(start <= minute < end for start, end in spans)
            and not any(start <= minute < end for start, end in away)
        }

    def _falls_on(self, row: Row, staff: UUID, day: date) -> bool:
        if row["staff"] != staff or not row["valid_from"] <= day <= (row["valid_until"] or NEVER):
            return False
        begin = row["valid_from"]
        while begin.weekday():
            begin -= timedelta(days=1)
        weeks = 0
        while begin + timedelta(days=7) <= day:
            begin += timedelta(days=7)
            weeks += 1
        return bool(row["weekday"] == day.weekday() and weeks % row["every_weeks"] == 0)

    # ---- what is taken ---------------------------------------------------------------------------

    def counts(self, row: Row) -> bool:
        """True unless it was held and that time is over."""
        return row["held_until"] is None or row["held_until"] > self.now

    def taken(self, number: int, without: Iterable[UUID] = ()) -> list[Span]:
        """When a resource is claimed or out of use."""
        claims = [
            (row["starts_at"], row["ends_at"])
            for row in self.rows["claim"]
            if row["resource_no"] == number
            and not row["released"]
            and self.counts(row)
            and row["appointment"] not in without
        ]
        out = [
            (r["starts_at"], r["ends_at"]) for r in self.rows["resource_out"] if r["resource_no"] == number
        ]
        return claims + out

    def guest_is_free(
        self, guest: UUID, since: datetime, until: datetime, without: Iterable[UUID] = ()
    ) -> bool:
        return not any(
            row["guest"] == guest
            and row["status"] in LIVE
            and (row["status"] != "held" or row["held_until"] > self.now)
            and row["id"] not in without
            and row["starts_at"] < until
            and since < row["ends_at"]
            for row in self.rows["appointment"]
        )

    # ---- what is asked ---------------------------------------------------------------------------

    def length(self, ask: Ask) -> int:
        menu = [self.one("service", "id", one) for one in ask.services]
        return ask.minutes or sum(int(one["duration_minutes"]) for one in menu)

    def ends_at(self, ask: Ask) -> datetime:
        return ask.starts_at + self.length(ask) * MINUTE

    def whole(self, ask: Ask) -> Span:
        """From set-up to the end of turnover."""
        service = self.one("service", "id", ask.services[0])
        return (
            ask.starts_at - service["setup_minutes"] * MINUTE,
            self.ends_at(ask) + service["turnover_minutes"] * MINUTE,
        )

    def hands(self, ask: Ask) -> list[Span]:
        """When the provider is needed."""
        service = self.one("service", "id", ask.services[0])
        since, until = self.whole(ask)
        leaves = ask.starts_at + service["processing_after_minutes"] * MINUTE
        returns = leaves + service["processing_minutes"] * MINUTE
        if leaves == returns or returns > self.ends_at(ask):
            return [(since, until)]
        return [(since, leaves), (returns, until)] if returns < until else [(since, leaves)]

    def possible(
        self,
        *asks: Ask,
        without: Iterable[UUID] = (),
        limits: bool = True,
        past: bool = False,
    ) -> bool:
        """Whether all of it could be done at once."""
        return (
            all(past or ask.starts_at >= self.now - 15 * MINUTE for ask in asks)
            and all(self._able(ask) for ask in asks)
            and self._providers_free(asks, tuple(without))
            and (not limits or all(self._within_limits(ask, asks, tuple(without)) for ask in asks))
            and self._room_for(asks, tuple(without))
        )

    def _able(self, ask: Ask) -> bool:
        day = self.day_of(ask.starts_at)
        active = [row for row in self.rows["resource"] if row["staff"] == ask.staff and row["active"]]
        valid = {
            row["kind"]
            for row in self.rows["credential"]
            if row["staff"] == ask.staff and row["valid_from"] <= day <= (row["valid_until"] or NEVER)
        }
        needed = {
            kind for one in ask.services for kind in self.one("service", "id", one)["needs_credentials"]
        }
        return (
            bool(active)
            and bool(self.one("staff", "id", ask.staff)["active"])
            and needed <= valid
            and set(_minutes(self.whole(ask))) <= self.works(ask.staff, day)
        )

    def _providers_free(self, asks: Sequence[Ask], without: Sequence[UUID]) -> bool:
        for place, ask in enumerate(asks):
            number = self.one("resource", "staff", ask.staff)["number"]
            others = [s for other in asks[:place] if other.staff == ask.staff for s in self.hands(other)]
            for span in self.hands(ask):
                if any(_meet(span, one) for one in (*self.taken(number, without), *others)):
                    return False
        return True

    def _within_limits(self, ask: Ask, asks: Sequence[Ask], without: Sequence[UUID]) -> bool:
        own = [row for row in self.rows["work_limit"] if row["staff"] == ask.staff]
        limit = next(iter(own or [row for row in self.rows["work_limit"] if row["staff"] is None]), None)
        if limit is None or not self.one("service", "id", ask.services[0])["hands_on"]:
            return True
        sessions = [
            (row["starts_at"], row["ends_at"])
            for row in self.rows["appointment"]
            if row["provider"] == ask.staff
            and row["status"] in LIVE
            and (row["status"] != "held" or row["held_until"] > self.now)
            and row["id"] not in without
            and self.one("service", "id", row["service"])["hands_on"]
        ]
        sessions += [
            (one.starts_at, self.ends_at(one))
            for one in asks
            if one.staff == ask.staff and self.one("service", "id", one.services[0])["hands_on"]
        ]
        day = self.day_of(ask.starts_at)
        today = [one for one in sessions if self.day_of(one[0]) == day]
        week = [one for one in sessions if self.day_of(one[0]).isocalendar()[:2] == day.isocalendar()[:2]]
        return (
            _sum(today) <= limit["day_minutes"] * MINUTE
            and _sum(week) <= limit["week_minutes"] * MINUTE
            and _row((ask.starts_at, self.ends_at(ask)), today, limit["break_minutes"] * MINUTE)
            <= limit["most_in_a_row"]
        )

    def _room_for(self, asks: Sequence[Ask], without: Sequence[UUID]) -> bool:
        """Whether rooms and machines can be dealt out, by trying all ways to."""
        needed: list[tuple[Span, list[int]]] = []
        for ask in asks:
            menu = [self.one("service", "id", one) for one in ask.services]
            for kind in {menu[0]["room_kind"], *(one["equipment_kind"] for one in menu)} - {None}:
                free = [
                    row["number"]
                    for row in self.rows["resource"]
                    if row["kind"] == kind
                    and row["active"]
                    and not any(_meet(self.whole(ask), one) for one in self.taken(row["number"], without))
                ]
                needed.append((self.whole(ask), free))
        return any(True for _ in _deals(needed, []))


def _deals(needed: Sequence[tuple[Span, list[int]]], dealt: list[tuple[Span, int]]) -> Iterator[bool]:
    if not needed:
        yield True
        return
    span, free = needed[0]
    for number in free:
        if not any(number == other and _meet(span, one) for one, other in dealt):
            yield from _deals(needed[1:], [*dealt, (span, number)])


def _minutes(span: Span) -> Iterator[datetime]:
    at = span[0]
    while at < span[1]:
        yield at
        at += MINUTE


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _sum(spans: Iterable[Span]) -> timedelta:
    return sum((end - start for start, end in spans), timedelta())


def _row(new: Span, sessions: Sequence[Span], pause: timedelta) -> int:
    """How many sessions hang together with one, taking up neighbours until no more are near enough."""
    row, rest = [new], list(sessions)
    rest.remove(new)
    while True:
        since, until = min(one[0] for one in row), max(one[1] for one in row)
        near = [one for one in rest if one[0] - until < pause and since - one[1] < pause]
        if not near:
            return len(row)
        row += near
        rest = [one for one in rest if one not in near]
