"""Reading how days compare with the processor."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Kind


@dataclass(frozen=True, slots=True)
class CardDayView:
    """One day: what was looked at, when last, what waits for somebody, and why the latest try failed."""

    day: date
    compared_at: datetime | None
    charges_count: int
    charges_cents: Cents
    refunds_count: int
    refunds_cents: Cents
    failed_at: datetime | None
    problem: str | None
    open_count: int


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """One difference. `settled_by` and `note` say what a person made of it."""

    id: UUID
    kind: Kind
    key: str
    there_cents: Cents | None
    here_cents: Cents | None
    ticket_id: UUID | None
    ticket_number: int | None
    ticket_status: str | None
    refund_id: UUID | None
    found_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    note: str | None


_DAYS = (
    "SELECT d.day, d.compared_at, d.charges_count, d.charges_cents, d.refunds_count, d.refunds_cents,"
    " d.failed_at, d.problem, (SELECT count(*) FROM card_difference x WHERE x.location = d.location"
    "   AND x.day = d.day AND x.gone_at IS NULL AND x.settled_at IS NULL) AS open_count FROM card_day d"
)


async def card_day(location_id: UUID, day: date) -> CardDayView | None:
    """How one day compares; None when nobody compared it."""
    row = await fetch_one(f"{_DAYS} WHERE d.location = $1 AND d.day = $2", location_id, day)
    return None if row is None else CardDayView(**dict(row))


async def card_days(location_id: UUID, limit: int) -> list[CardDayView]:
    """The days that were compared, the latest first."""
    rows = await fetch(f"{_DAYS} WHERE d.location = $1 ORDER BY d.day DESC LIMIT $2", location_id, limit)
    return [CardDayView(**dict(row)) for row in rows]


async def differences_of(location_id: UUID, day: date) -> list[DifferenceView]:
    """What differs on a day, what waits for somebody first; what is gone is left out."""
    rows = await fetch(
        "SELECT x.id, x.kind, x.key, x.there_cents, x.here_cents, x.ticket AS ticket_id,"
        " t.number AS ticket_number, t.status AS ticket_status, x.refund AS refund_id, x.found_at,"
        " x.settled_at, s.name AS settled_by, x.note FROM card_difference x"
        " LEFT JOIN ticket t ON t.id = x.ticket LEFT JOIN staff s ON s.id = x.settled_by"
        " WHERE x.location = $1 AND x.day = $2 AND x.gone_at IS NULL"
        " ORDER BY x.settled_at NULLS FIRST, x.kind, x.key",
        location_id,
        day,
    )
    return [DifferenceView(**{**dict(row), "kind": Kind(row["kind"])}) for row in rows]


async def open_differences(location_id: UUID) -> int:
    """How many differences wait for somebody."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM card_difference WHERE location = $1"
            " AND gone_at IS NULL AND settled_at IS NULL",
            location_id,
        )
    )


async def uncompared_days(location_id: UUID) -> int:
    """How many days could not be compared, the last time somebody tried."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM card_day WHERE location = $1 AND failed_at IS NOT NULL", location_id
        )
    )


async def cards_to_look_at(location_id: UUID) -> int:
    """Differences that wait for somebody, and days that could not be compared."""
    return await open_differences(location_id) + await uncompared_days(location_id)


async def first_open_day(location_id: UUID) -> date | None:
    """The earliest day of which a difference waits, or that could not be compared."""
    found: date | None = await fetch_value(
        "SELECT least((SELECT min(day) FROM card_difference WHERE location = $1 AND gone_at IS NULL"
        " AND settled_at IS NULL), (SELECT min(day) FROM card_day WHERE location = $1"
        " AND failed_at IS NOT NULL))",
        location_id,
    )
    return found


async def broken_card_days() -> list[str]:
    """Differences with the card processor that nobody has settled (`/reports/cards`)."""
    rows = await fetch(
        "SELECT day, kind, key, there_cents, here_cents FROM card_difference"
        " WHERE gone_at IS NULL AND settled_at IS NULL ORDER BY day, kind, key"
    )
    return [
        f"{row['kind']} {row['key']} of {row['day']}: the processor says {row['there_cents']},"
        f" we say {row['here_cents']}"
        for row in rows
    ]
