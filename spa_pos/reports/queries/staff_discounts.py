"""What was taken off services for the house's own people, and what went back of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.db import fetch, fetch_value, read_only
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import REDUCTIONS, REVENUE
from spa_pos.reports.rules import Shares, StaffDiscount, groups


@dataclass(frozen=True, slots=True)
class StaffDiscountRow:
    """One line of somebody of the house; what was given back of one is below zero, on its own day.

    `off_cents` is everything that was taken off, `shares` what of it counts; None where nothing does.
    """

    day: date
    ticket_id: UUID
    ticket_number: int
    refund_id: UUID | None
    group: str
    guest_id: UUID | None
    guest_name: str
    description: str
    off_cents: Cents
    shares: Shares | None


_LINES = """
WITH moved AS (
    SELECT t.business_date AS day, l.id AS line, NULL::uuid AS refund, 0 AS before, 0 AS back,
        l.list_cents - l.net_cents AS off_cents
    FROM ticket t JOIN ticket_line l ON l.ticket = t.id
    WHERE t.location = $1 AND t.business_date BETWEEN $2 AND $3 AND l.status = 'live' AND l.account = $4
    AND l.guest_group = ANY($5)
    UNION ALL
    SELECT r.business_date, x.line, r.id,
        (SELECT coalesce(sum(y.net_cents), 0) FROM refund_line y JOIN refund q ON q.id = y.refund
         WHERE y.line = x.line AND (q.made_at, q.id) < (r.made_at, r.id))::int,
        x.net_cents, x.net_cents - x.list_cents
    FROM refund r JOIN refund_line x ON x.refund = r.id JOIN ticket_line l ON l.id = x.line
    WHERE r.location = $1 AND r.status = 'done' AND r.business_date BETWEEN $2 AND $3 AND l.account = $4
    AND l.guest_group = ANY($5)
)
SELECT m.day, t.id AS ticket_id, t.number AS ticket_number, m.refund AS refund_id, l.guest_group AS group,
    g.id AS guest_id, coalesce(g.given_name || ' ' || g.family_name, 'No name') AS guest_name, l.description,
    m.off_cents, m.before, m.back, l.kind, l.list_cents, l.net_cents, l.reduction_cents
        + CASE WHEN l.discount_cents = 0 THEN 0 ELSE coalesce((SELECT sum(amount_cents) FROM line_discount d
            WHERE d.ticket = l.ticket AND d.line = l.id AND d.kind IN ('discount', 'override')), 0)
          END::int AS given_cents
FROM moved m JOIN ticket_line l ON l.id = m.line JOIN ticket t ON t.id = l.ticket
LEFT JOIN appointment_add_on o ON o.id = l.add_on
LEFT JOIN appointment a ON a.id = coalesce(l.appointment, o.appointment)
LEFT JOIN guest g ON g.id = coalesce(a.guest, t.guest)
ORDER BY m.day, t.number, l.position, m.refund NULLS FIRST
LIMIT $6
"""
"""Every line that was sold to somebody of these groups, and every part of one that went back."""

_BOOKED = """
SELECT coalesce(sum(p.amount_cents), 0)::bigint FROM entry e JOIN posting p ON p.entry = e.id
WHERE e.location = $1 AND e.business_date BETWEEN $2 AND $3 AND p.account = $4 AND p.guest_group = ANY($5)
"""


async def staff_discounts(
    location_id: UUID, first: date, last: date, *, limit: int
) -> tuple[list[StaffDiscountRow], Cents]:
    """What was taken off for the house's own people in a period, and what the ledger says was."""
    async with read_only():
        rows = await fetch(_LINES, location_id, first, last, REVENUE, list(groups()), limit)
        booked = await fetch_value(_BOOKED, location_id, first, last, REDUCTIONS, list(groups()))
    return [_row(dict(row)) for row in rows], Cents(booked)


def _row(values: dict[str, object]) -> StaffDiscountRow:
    before, back, kind, listed, net, given = (
        values.pop(name) for name in ("before", "back", "kind", "list_cents", "net_cents", "given_cents")
    )
    shares = None
    if kind in ("service", "add_on"):
        discount = StaffDiscount(listed, given)  # type: ignore[arg-type]  # whole cents of the database
        shares = discount.shares
        if values["refund_id"] is not None:
            back_of = discount.given_back(net, before, back)  # type: ignore[arg-type]  # the same
            shares = Shares(*(Cents(-cents) for cents in back_of))
    return StaffDiscountRow(**values, shares=shares)  # type: ignore[arg-type]  # the columns of the statement
