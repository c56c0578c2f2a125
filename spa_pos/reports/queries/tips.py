"""What each provider has of tips in a period: chosen, late, shared anew, given back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.db import fetch, fetch_value, read_only
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import TIPS


@dataclass(frozen=True, slots=True)
class TipRow:
    """One change of what a provider has of tips; nobody's while it is not said whose went back."""

    day: date
    ticket_id: UUID
    ticket_number: int
    refund_id: UUID | None
    provider_id: UUID | None
    provider_name: str | None
    kind: str
    amount_cents: Cents


_MOVED = """
WITH moved AS (
    SELECT t.business_date AS day, t.id AS ticket, NULL::uuid AS refund, p.provider, 'chosen' AS kind,
        p.amount_cents
    FROM ticket t JOIN tip p ON p.ticket = t.id
    WHERE t.location = $1 AND t.business_date BETWEEN $2 AND $3
    UNION ALL
    SELECT c.business_date, c.ticket, NULL, c.provider,
        CASE c.kind WHEN 'split' THEN 'shared' ELSE 'late' END, c.amount_cents
    FROM tip_change c JOIN ticket t ON t.id = c.ticket
    WHERE t.location = $1 AND c.business_date BETWEEN $2 AND $3
    UNION ALL
    SELECT r.business_date, r.ticket, r.id, b.provider, 'back', -b.amount_cents FROM refund r
    JOIN refund_tip b ON b.refund = r.id
    WHERE r.location = $1 AND r.business_date BETWEEN $2 AND $3
)
SELECT m.day, t.id AS ticket_id, t.number AS ticket_number, m.refund AS refund_id, s.id AS provider_id,
    s.name AS provider_name, m.kind, m.amount_cents
FROM moved m JOIN ticket t ON t.id = m.ticket LEFT JOIN staff s ON s.id = m.provider
ORDER BY m.day, t.number, m.kind, s.name
LIMIT $4
"""

_BOOKED = """
SELECT coalesce(-sum(p.amount_cents), 0)::bigint FROM entry e JOIN posting p ON p.entry = e.id
WHERE e.location = $1 AND e.business_date BETWEEN $2 AND $3 AND p.account = $4
"""


async def tip_rows(location_id: UUID, first: date, last: date, *, limit: int) -> tuple[list[TipRow], Cents]:
    """Every tip of a period, and by how much the ledger says tips owed to providers grew in it."""
    async with read_only():
        rows = await fetch(_MOVED, location_id, first, last, limit)
        booked = await fetch_value(_BOOKED, location_id, first, last, TIPS)
    return [TipRow(**dict(row)) for row in rows], Cents(booked)
