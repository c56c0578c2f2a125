"""What was out of the ordinary at the register: who, when, why, how much, and who approved it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, fetch_one, read_only
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds
from spa_pos.ledger.rules import FEES, OVER_SHORT, REDUCTIONS, REVENUE, TAX_PAYABLE, TIPS
from spa_pos.reports.queries.sales import REFUNDED
from spa_pos.reports.rules.bridge import STORED_VALUE


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One act; a drawer that was short is below zero, and what has no amount has none."""

    kind: str
    made_at: datetime
    who: str | None
    approved_by: str | None
    ticket_id: UUID | None
    ticket_number: int | None
    ticket_status: str | None
    refund_id: UUID | None
    drawer_id: UUID | None
    reason: str
    amount_cents: Cents | None


@dataclass(frozen=True, slots=True)
class BookedExceptions:
    """What the ledger says of the kinds that stand in it."""

    refund_cents: Cents
    late_tip_cents: Cents
    drawer_cents: Cents


_ACTS = """
WITH seen AS (
    SELECT CASE e.verb WHEN 'voided' THEN 'void' ELSE 'undone' END AS kind, e.made_at, e.staff_name AS who,
        NULL::uuid AS approval, e.subject AS ticket, NULL::uuid AS refund, NULL::uuid AS drawer,
        coalesce(e.reason, replace(e.before->>'kind', '_', ' '), '') AS reason,
        (e.before->>'amount_cents')::bigint AS amount_cents
    FROM audit_event e WHERE e.location = $1 AND e.made_at >= $2 AND e.made_at < $3
    AND e.verb IN ('voided', 'undid a tender') AND e.subject_kind = 'ticket'
    UNION ALL
    SELECT CASE d.kind WHEN 'override' THEN 'price' ELSE 'discount' END, d.made_at, s.name, d.approval,
        d.ticket, NULL, NULL, concat_ws(': ', d.name, d.reason), sum(d.amount_cents)
    FROM line_discount d JOIN ticket_line l ON l.id = d.line JOIN ticket t ON t.id = d.ticket
    LEFT JOIN staff s ON s.id = d.given_by
    WHERE t.location = $1 AND d.made_at >= $2 AND d.made_at < $3 AND d.kind IN ('discount', 'override')
    AND l.status = 'live'
    GROUP BY d.kind, d.made_at, s.name, d.approval, d.ticket, d.name, d.reason
    UNION ALL
    SELECT CASE r.status WHEN 'done' THEN 'refund' ELSE 'on_its_way' END, r.made_at, s.name, r.approval,
        r.ticket, r.id, NULL, r.reason, r.total_cents
    FROM refund r LEFT JOIN staff s ON s.id = r.made_by
    WHERE r.location = $1
    AND (r.business_date BETWEEN $4 AND $5 OR r.status = 'open' AND r.made_at >= $2 AND r.made_at < $3)
    UNION ALL
    SELECT CASE c.kind WHEN 'split' THEN 'shared' ELSE 'late_tip' END, c.made_at, s.name, c.approval,
        c.ticket, NULL, NULL, 'For ' || string_agg(p.name, ', ' ORDER BY p.name),
        sum(c.amount_cents) FILTER (WHERE c.amount_cents > 0)
    FROM tip_change c JOIN ticket t ON t.id = c.ticket JOIN staff p ON p.id = c.provider
    LEFT JOIN staff s ON s.id = c.made_by
    WHERE t.location = $1 AND c.business_date BETWEEN $4 AND $5
    GROUP BY c.change, c.kind, c.made_at, s.name, c.approval, c.ticket
    UNION ALL
    SELECT 'no_sale', m.made_at, s.name, NULL, NULL, NULL, m.drawer, m.note, NULL
    FROM drawer_move m JOIN drawer d ON d.id = m.drawer JOIN staff s ON s.id = m.made_by
    WHERE d.location = $1 AND m.kind = 'no_sale' AND m.made_at >= $2 AND m.made_at < $3
    UNION ALL
    SELECT 'drawer', d.closed_at, s.name, d.approval, NULL, NULL, d.id, d.note,
        d.counted_cents - d.expected_cents
    FROM drawer d JOIN staff s ON s.id = d.closed_by
    WHERE d.location = $1 AND d.closed_at >= $2 AND d.closed_at < $3 AND d.counted_cents <> d.expected_cents
)
SELECT x.kind, x.made_at, x.who, m.name AS approved_by, t.id AS ticket_id, t.number AS ticket_number,
    t.status AS ticket_status, x.refund AS refund_id, x.drawer AS drawer_id, x.reason, x.amount_cents::bigint
FROM seen x LEFT JOIN approval a ON a.id = x.approval LEFT JOIN staff m ON m.id = a.approver
LEFT JOIN ticket t ON t.id = x.ticket
ORDER BY x.made_at DESC, x.kind, t.number
LIMIT $6
"""

_BOOKED = """
SELECT coalesce(sum(p.amount_cents) FILTER (WHERE e.kind = ANY($8)
        AND (p.account = ANY($4) OR starts_with(p.account, $5)
        OR p.amount_cents > 0 AND p.account = ANY($9))), 0)::bigint AS refund_cents,
    coalesce(-sum(p.amount_cents) FILTER (WHERE starts_with(e.kind, 'late-tip-') AND p.account = $6), 0)
        ::bigint AS late_tip_cents,
    coalesce(-sum(p.amount_cents) FILTER (WHERE p.account = $7), 0)::bigint AS drawer_cents
FROM entry e JOIN posting p ON p.entry = e.id WHERE e.location = $1 AND e.business_date BETWEEN $2 AND $3
"""


async def exception_rows(
    location_id: UUID, zone: ZoneInfo, first: date, last: date, *, limit: int
) -> tuple[list[ExceptionRow], BookedExceptions]:
    """What was out of the ordinary in a period, latest first, and what the ledger says of it."""
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    taken_back = [REVENUE, REDUCTIONS, FEES, TIPS]
    async with read_only():
        rows = await fetch(_ACTS, location_id, since, until, first, last, limit)
        booked = await fetch_one(
            _BOOKED,
            location_id,
            first,
            last,
            taken_back,
            TAX_PAYABLE,
            TIPS,
            OVER_SHORT,
            list(REFUNDED),
            list(STORED_VALUE),
        )
    if booked is None:
        raise RuntimeError("a sum without a row")
    return [ExceptionRow(**dict(row)) for row in rows], BookedExceptions(**dict(booked))
