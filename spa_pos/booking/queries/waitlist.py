"""Reading the waitlist: who waits, what was offered, and what counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.rules import LIVE, Interval, Needs, ProviderWish
from spa_pos.booking.rules.triage import Ask, OfferRule, WaitStatus, WaitWish, Weights
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.time import day_bounds
from spa_pos.schedule.rules import Span

TOPIC = "waitlist"
"""Announced when somebody begins to wait, or waits for something else."""

_LIVE = [status.value for status in LIVE]


@dataclass(frozen=True, slots=True)
class WaitView:
    """One guest who waits, with the names that screens show."""

    id: UUID
    location_id: UUID
    guest_id: UUID
    guest_given_name: str
    guest_family_name: str
    guest_phone: str
    service_id: UUID
    service_name: str
    group: str
    group_name: str
    provider_wish: str
    provider_id: UUID | None
    provider_name: str | None
    first_day: date
    last_day: date
    windows: tuple[Span, ...]
    reason: str
    severity: int
    leaves_on: date | None
    note: str
    asked_at: datetime
    status: WaitStatus
    version: int
    ended_at: datetime | None

    @property
    def guest_name(self) -> str:
        """Given and family name."""
        return f"{self.guest_given_name} {self.guest_family_name}"

    @property
    def until(self) -> date:
        """The last day on which they could come."""
        return self.last_day if self.leaves_on is None else min(self.last_day, self.leaves_on)

    @property
    def ask(self) -> Ask:
        """What their order depends on."""
        return Ask(self.id, self.asked_at, self.group, self.reason, self.severity, self.leaves_on)

    def wish(self, needs: Needs, not_then: Sequence[Interval] = ()) -> WaitWish:
        """When and with whom they could come."""
        gender = self.provider_wish if self.provider_wish in ("woman", "man") else None
        return WaitWish(
            needs,
            self.first_day,
            self.last_day,
            self.windows,
            ProviderWish(self.provider_id, gender),
            self.leaves_on,
            tuple(not_then),
        )


_WAIT = (
    "SELECT w.id, w.location AS location_id, w.guest AS guest_id, g.given_name AS guest_given_name,"
    " g.family_name AS guest_family_name, g.phone AS guest_phone, w.service AS service_id,"
    ' s.name AS service_name, w.guest_group AS "group", gg.name AS group_name, w.provider_wish,'
    " w.provider AS provider_id, p.name AS provider_name, w.first_day, w.last_day,"
    " ARRAY(SELECT starts FROM wait_window x WHERE x.wait = w.id ORDER BY starts, ends) AS starts,"
    " ARRAY(SELECT ends FROM wait_window x WHERE x.wait = w.id ORDER BY starts, ends) AS ends,"
    " w.reason, w.severity, w.leaves_on, w.note, w.asked_at, w.status, w.version, w.ended_at"
    " FROM wait w JOIN guest g ON g.id = w.guest JOIN service s ON s.id = w.service"
    " JOIN guest_group gg ON gg.code = w.guest_group LEFT JOIN staff p ON p.id = w.provider"
)


def _wait(row: Mapping[str, Any]) -> WaitView:
    values = dict(row)
    windows = tuple(zip(values.pop("starts"), values.pop("ends"), strict=True))
    return WaitView(**values | {"windows": windows, "status": WaitStatus(values["status"])})


async def wait(wait_id: UUID, location_id: UUID, *, for_update: bool = False) -> WaitView:
    """One entry of a location's waitlist, ended or not.

    Raises:
        NotFound: `wait-unknown`.
    """
    if for_update:
        await fetch("SELECT 1 FROM wait WHERE id = $1 FOR UPDATE", wait_id)
    row = await fetch_one(f"{_WAIT} WHERE w.id = $1 AND w.location = $2", wait_id, location_id)
    if row is None:
        raise NotFound("wait-unknown", "There is no such entry. Go back to the waitlist.")
    return _wait(row)


async def open_waits(
    location_id: UUID, *, first: date = date.min, last: date = date.max, waiting: bool = False
) -> list[WaitView]:
    """Who could come on some day of a period, by when they asked; `waiting` leaves out who has an offer."""
    rows = await fetch(
        f"{_WAIT} WHERE w.location = $1 AND w.status IN ('waiting', 'offered')"
        " AND (NOT $4 OR w.status = 'waiting')"
        " AND w.first_day <= $3 AND least(w.last_day, w.leaves_on) >= $2 ORDER BY w.asked_at, w.id",
        location_id,
        first,
        last,
        waiting,
    )
    return [_wait(row) for row in rows]


async def waits_of_guests(guest_ids: Sequence[UUID]) -> list[WaitView]:
    """What some guests wait for, by when they asked."""
    rows = await fetch(
        f"{_WAIT} WHERE w.guest = ANY($1) AND w.status IN ('waiting', 'offered') ORDER BY w.asked_at, w.id",
        list(guest_ids),
    )
    return [_wait(row) for row in rows]


async def waiting_count(location_id: UUID) -> int:
    """How many wait at a location, those with an offer too."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM wait WHERE location = $1 AND status IN ('waiting', 'offered')", location_id
        )
    )


@dataclass(frozen=True, slots=True)
class OfferView:
    """One time that was held for a waiting guest, with the appointment that holds it."""

    wait_id: UUID
    appointment_id: UUID
    appointment_version: int
    starts_at: datetime
    ends_at: datetime
    provider_name: str
    room_name: str
    price_cents: int
    offered_at: datetime
    held_until: datetime
    offered_by: str
    score: int
    explanation: str
    outcome: str
    ended_at: datetime | None


_OFFER = (
    "SELECT o.wait AS wait_id, o.appointment AS appointment_id, a.version AS appointment_version,"
    " a.starts_at, a.ends_at, p.name AS provider_name, r.name AS room_name, a.price_cents, o.offered_at,"
    " o.held_until, o.offered_by, o.score, o.explanation, o.outcome, o.ended_at"
    " FROM wait_offer o JOIN appointment a ON a.id = o.appointment JOIN staff p ON p.id = a.provider"
    " JOIN resource r ON r.number = a.room"
)


async def offers(wait_id: UUID) -> list[OfferView]:
    """Everything that was offered to a waiting guest, the newest first."""
    rows = await fetch(f"{_OFFER} WHERE o.wait = $1 ORDER BY o.offered_at DESC, o.id DESC", wait_id)
    return [OfferView(**dict(row)) for row in rows]


async def open_offers(wait_ids: Sequence[UUID]) -> dict[UUID, OfferView]:
    """What is held now for waiting guests, by the entry."""
    rows = await fetch(f"{_OFFER} WHERE o.wait = ANY($1) AND o.outcome = 'open'", list(wait_ids))
    return {row["wait_id"]: OfferView(**dict(row)) for row in rows}


async def offer_of(appointment_id: UUID) -> OfferView | None:
    """The offer that an appointment was made for; None for one that was booked otherwise."""
    row = await fetch_one(f"{_OFFER} WHERE o.appointment = $1", appointment_id)
    return OfferView(**dict(row)) if row else None


async def not_then(
    waits: Sequence[WaitView], first: date, last: date, zone: ZoneInfo
) -> dict[UUID, list[Interval]]:
    """When waiting guests cannot be asked: their other visits, and what was offered before in vain."""
    rows = await fetch(
        "SELECT w.id, a.starts_at, a.ends_at FROM wait w JOIN appointment a ON a.guest = w.guest"
        " WHERE w.id = ANY($1) AND a.status = ANY($4) AND a.starts_at < $3 AND a.ends_at > $2"
        " UNION ALL SELECT o.wait, a.starts_at, a.ends_at FROM wait_offer o"
        " JOIN appointment a ON a.id = o.appointment"
        " WHERE o.wait = ANY($1) AND o.outcome IN ('declined', 'expired')",
        [one.id for one in waits],
        day_bounds(first, zone)[0],
        day_bounds(last, zone)[1],
        _LIVE,
    )
    found: dict[UUID, list[Interval]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append((row["starts_at"], row["ends_at"]))
    return found


@dataclass(frozen=True, slots=True)
class WeightView:
    """What one thing counts, as the manager sees it."""

    id: UUID
    factor: str
    code: str
    name: str
    points: int
    active: bool


@dataclass(frozen=True, slots=True)
class WaitlistRules:
    """How a location orders its waitlist and offers what becomes free."""

    version: int
    offers: OfferRule
    leaving_days: int
    waiting_most_points: int
    rows: tuple[WeightView, ...]

    @property
    def weights(self) -> Weights:
        """What counts; a reason that is no longer chosen still counts for who chose it."""

        def named(factor: str) -> dict[str, tuple[str, int]]:
            return {row.code: (row.name, row.points) for row in self.rows if row.factor == factor}

        def points(factor: str) -> int:
            return sum(row.points for row in self.rows if row.factor == factor)

        return Weights(
            named("group"),
            named("reason"),
            points("severity"),
            points("leaving"),
            self.leaving_days,
            points("waiting"),
            self.waiting_most_points,
        )

    def of(self, factor: str) -> list[WeightView]:
        """The rows of one factor, in order."""
        return [row for row in self.rows if row.factor == factor]

    @property
    def reasons(self) -> list[WeightView]:
        """The reasons that the desk chooses from, in order."""
        return [row for row in self.of("reason") if row.active]


async def waitlist_rules(location_id: UUID, *, for_update: bool = False) -> WaitlistRules:
    """The rules of a location's waitlist.

    Raises:
        NotFound: `waitlist-rules-missing`.
    """
    if for_update:
        await fetch("SELECT 1 FROM waitlist_rule WHERE location = $1 FOR UPDATE", location_id)
    head = await fetch_one("SELECT * FROM waitlist_rule WHERE location = $1", location_id)
    if head is None:
        raise NotFound("waitlist-rules-missing", "This location has no rules for a waitlist yet.")
    rows = await fetch(
        "SELECT id, factor, code, name, points, active FROM triage_weight WHERE location = $1"
        " ORDER BY factor, position, code",
        location_id,
    )
    return WaitlistRules(
        head["version"],
        OfferRule(
            timedelta(minutes=head["hold_minutes"]),
            timedelta(minutes=head["notice_minutes"]),
            head["offers_from"],
            head["offers_until"],
        ),
        head["leaving_days"],
        head["waiting_most_points"],
        tuple(WeightView(**dict(row)) for row in rows),
    )


async def broken_offers() -> list[str]:
    """Offers that say otherwise than the appointment which holds their time, or of another guest."""
    rows = await fetch(
        "SELECT o.id, o.outcome, a.status FROM wait_offer o JOIN appointment a ON a.id = o.appointment"
        " JOIN wait w ON w.id = o.wait WHERE (o.outcome = 'open') <> (a.status = 'held')"
        " OR (o.outcome = 'taken' AND a.status = 'expired') OR a.guest <> w.guest OR a.service <> w.service"
        " OR (o.outcome IN ('declined', 'passed', 'expired')) <> (a.status = 'expired')"
    )
    return [f"offer {row['id']} is {row['outcome']}, its appointment {row['status']}" for row in rows]


async def broken_waits() -> list[str]:
    """Entries of the waitlist that stand otherwise than their offers say."""
    rows = await fetch(
        "SELECT w.id, w.status, count(*) FILTER (WHERE o.outcome = 'open') AS open,"
        " count(*) FILTER (WHERE o.outcome = 'taken') AS taken"
        " FROM wait w LEFT JOIN wait_offer o ON o.wait = w.id GROUP BY w.id"
        " HAVING (w.status = 'offered') <> (count(*) FILTER (WHERE o.outcome = 'open') = 1)"
        " OR (w.status = 'booked') <> (count(*) FILTER (WHERE o.outcome = 'taken') = 1)"
    )
    return [
        f"wait {row['id']} is {row['status']} with {row['open']} open and {row['taken']} taken offers"
        for row in rows
    ]
