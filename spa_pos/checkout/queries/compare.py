"""Reading what stands here of card payments and card refunds, to lay beside what the processor says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.db import fetch
from spa_pos.payments.rules import OurPayment, OurRefund, State

_PAYMENTS = """
SELECT a.id AS attempt_id, a.location AS location_id, a.processor_id AS payment_id, a.state,
    coalesce(a.received_cents, 0) AS received_cents,
    (coalesce(d.amount_cents, 0) + coalesce(p.amount_cents, 0))::int AS booked_cents,
    coalesce(d.ticket, p.ticket, t.id) AS ticket_id
FROM attempt a
LEFT JOIN tender d ON d.attempt = a.id AND d.status = 'taken'
LEFT JOIN tip_change p ON p.attempt = a.id
LEFT JOIN ticket t ON t.id = a.subject
"""


async def our_payments(
    location_id: UUID, payment_ids: Sequence[str], since: datetime, until: datetime
) -> list[OurPayment]:
    """The payments the processor names, wherever they are, and those a location took in [since, until)."""
    rows = await fetch(
        f"{_PAYMENTS} WHERE a.processor_id = ANY($2)"
        " OR a.location = $1 AND a.state = 'paid' AND a.ended_at >= $3 AND a.ended_at < $4",
        location_id,
        list(payment_ids),
        since,
        until,
    )
    return [OurPayment(**{**dict(row), "state": State(row["state"])}) for row in rows]


async def our_refunds(
    location_id: UUID, processor_ids: Sequence[str], parts: Sequence[str], since: datetime, until: datetime
) -> list[OurRefund]:
    """The card parts of refunds that the processor names, and those a location gave in [since, until)."""
    rows = await fetch(
        "SELECT p.id AS part_id, r.location AS location_id, r.id AS refund_id, p.processor_id,"
        " p.amount_cents, p.status IN ('done', 'pending') AS done"
        " FROM refund_part p JOIN refund r ON r.id = p.refund"
        " WHERE p.kind IN ('card', 'card_on_file') AND num_nonnulls(p.tender, p.tip_change) = 1"
        " AND (p.processor_id = ANY($2)"
        "   OR p.id::text = ANY($3) OR r.location = $1 AND p.status = 'done'"
        "   AND coalesce(r.closed_at, r.made_at) >= $4 AND coalesce(r.closed_at, r.made_at) < $5)"
        " UNION ALL SELECT c.id, t.location, NULL, c.processor_id, d.amount_cents,"
        " c.status IN ('done', 'pending') FROM card_return c JOIN tender d ON d.id = c.tender"
        " JOIN ticket t ON t.id = d.ticket WHERE c.status <> 'failed' AND (c.processor_id = ANY($2)"
        "   OR c.id::text = ANY($3) OR t.location = $1 AND c.status = 'done'"
        "   AND d.undone_at >= $4 AND d.undone_at < $5)",
        location_id,
        list(processor_ids),
        list(parts),
        since,
        until,
    )
    return [OurRefund(**dict(row)) for row in rows]


async def tickets_behind(payment_ids: Sequence[str]) -> dict[str, UUID]:
    """The tickets that payments were for, by the processor's id of the payment."""
    rows = await fetch(f"{_PAYMENTS} WHERE a.processor_id = ANY($1)", list(payment_ids))
    return {row["payment_id"]: row["ticket_id"] for row in rows if row["ticket_id"] is not None}


@dataclass(frozen=True, slots=True)
class CardPast:
    """Every charge, refund and kept card that stands here, as a processor would have told of it."""

    charges: tuple[dict[str, object], ...]
    refunds: tuple[dict[str, object], ...]
    cards: tuple[dict[str, object], ...] = ()


async def card_past() -> CardPast:
    """What cards paid and got back, and which are kept; for a pretended processor, which forgets."""
    charges = await fetch(
        "SELECT 'ch_' || replace(id::text, '-', '') AS id, processor_id AS payment_intent,"
        " received_cents AS amount, extract(epoch FROM ended_at)::bigint AS created"
        " FROM attempt WHERE state = 'paid'"
    )
    refunds = await fetch(
        "SELECT p.processor_id AS id, a.processor_id AS payment_intent, p.amount_cents AS amount,"
        " extract(epoch FROM coalesce(r.closed_at, r.made_at))::bigint AS created FROM refund_part p"
        " JOIN refund r ON r.id = p.refund LEFT JOIN tender d ON d.id = p.tender"
        " LEFT JOIN tip_change c ON c.id = p.tip_change"
        " JOIN attempt a ON a.id = coalesce(d.attempt, c.attempt)"
        " WHERE p.status = 'done' AND p.processor_id IS NOT NULL"
        " UNION ALL SELECT c.processor_id, a.processor_id, d.amount_cents,"
        " extract(epoch FROM c.asked_at)::bigint FROM card_return c JOIN tender d ON d.id = c.tender"
        " JOIN attempt a ON a.id = d.attempt WHERE c.status = 'done' AND c.processor_id IS NOT NULL"
    )
    cards = await fetch(
        "SELECT c.processor_id AS id, u.processor_id AS customer, c.last4 FROM stored_card c"
        " JOIN card_customer u ON u.guest = c.guest WHERE c.detached_at IS NULL"
    )
    told = (tuple(dict(row) for row in rows) for rows in (charges, refunds, cards))
    return CardPast(*told)
