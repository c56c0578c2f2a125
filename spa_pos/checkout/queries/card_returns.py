"""Card payments that are given back while their ticket is still open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class CardReturn:
    """One card payment on its way back, or that came there or not."""

    id: UUID
    tender_id: UUID
    ticket_id: UUID
    location_id: UUID
    status: str
    problem: str | None
    tries: int
    amount_cents: Cents
    payment_id: str

    @property
    def under_way(self) -> bool:
        """True while nobody knows how it ends."""
        return self.status in ("requested", "unknown", "pending")


_RETURN = (
    "SELECT c.id, c.tender AS tender_id, d.ticket AS ticket_id, t.location AS location_id, c.status,"
    " c.problem, c.tries, d.amount_cents, a.processor_id AS payment_id FROM card_return c"
    " JOIN tender d ON d.id = c.tender JOIN ticket t ON t.id = d.ticket JOIN attempt a ON a.id = d.attempt"
)


async def card_return(return_id: UUID) -> CardReturn | None:
    """One return of a card payment."""
    row = await fetch_one(f"{_RETURN} WHERE c.id = $1", return_id)
    return CardReturn(**dict(row)) if row is not None else None


async def card_return_of(ticket_id: UUID) -> CardReturn | None:
    """The return that is under way on a ticket; there is one at a time."""
    row = await fetch_one(
        f"{_RETURN} WHERE d.ticket = $1 AND c.status IN ('requested', 'unknown', 'pending')", ticket_id
    )
    return CardReturn(**dict(row)) if row is not None else None


async def due_card_returns(now: datetime, limit: int) -> list[UUID]:
    """Returns the processor has not answered for."""
    rows = await fetch(
        "SELECT id FROM card_return WHERE status IN ('requested', 'unknown', 'pending')"
        " AND next_check_at <= $1 ORDER BY next_check_at LIMIT $2",
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def card_return_behind(processor_id: str, payment_id: str | None) -> UUID | None:
    """The return under way with that id at the processor, or of that payment."""
    found: UUID | None = await fetch_value(
        "SELECT c.id FROM card_return c JOIN tender d ON d.id = c.tender JOIN attempt a ON a.id = d.attempt"
        " WHERE c.status IN ('requested', 'unknown', 'pending')"
        " AND (c.processor_id = $1 OR a.processor_id = $2)",
        processor_id,
        payment_id,
    )
    return found


async def broken_card_returns() -> list[str]:
    """Card payments that came back while their tender stands, or were undone without coming back."""
    rows = await fetch(
        "SELECT d.id, d.status, c.status AS back FROM tender d"
        " LEFT JOIN card_return c ON c.tender = d.id AND c.status <> 'failed'"
        " WHERE d.kind IN ('card', 'card_on_file')"
        " AND (d.status = 'undone') <> (coalesce(c.status, '') = 'done')"
    )
    return [f"card tender {row['id']} is {row['status']}, its return is {row['back']}" for row in rows]
