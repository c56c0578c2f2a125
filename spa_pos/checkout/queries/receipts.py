"""Reading the links of receipts, and what staff alone see beside one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link to the receipt of a ticket, or to the slip of one of its refunds."""

    id: UUID
    location_id: UUID
    ticket_id: UUID
    refund_id: UUID | None
    made_at: datetime
    ends_at: datetime


_LINK = (
    "SELECT k.id, t.location AS location_id, k.ticket AS ticket_id, k.refund AS refund_id, k.made_at,"
    " k.ends_at FROM receipt_link k JOIN ticket t ON t.id = k.ticket"
)


async def receipt_link(link_id: UUID) -> LinkView:
    """One link, ended or not.

    Raises:
        NotFound: `link-unknown`.
    """
    row = await fetch_one(f"{_LINK} WHERE k.id = $1", link_id)
    if row is None:
        raise NotFound("link-unknown", "This link leads nowhere.")
    return LinkView(**dict(row))


async def receipt_links(ticket_id: UUID, refund_id: UUID | None) -> list[LinkView]:
    """The links to a ticket's own receipt, or to the slip of one refund, oldest first."""
    rows = await fetch(
        f"{_LINK} WHERE k.ticket = $1 AND k.refund IS NOT DISTINCT FROM $2 ORDER BY k.made_at, k.id",
        ticket_id,
        refund_id,
    )
    return [LinkView(**dict(row)) for row in rows]


async def broken_receipt_links() -> list[str]:
    """Links to a receipt of a ticket that was never settled, or to another ticket's refund."""
    rows = await fetch(
        "SELECT k.id FROM receipt_link k JOIN ticket t ON t.id = k.ticket"
        " LEFT JOIN refund r ON r.id = k.refund"
        " WHERE t.settled_at IS NULL OR (k.refund IS NOT NULL AND r.ticket <> k.ticket)"
    )
    return [f"receipt link {row['id']} shows what is no receipt" for row in rows]


@dataclass(frozen=True, slots=True)
class ByHand:
    """Something a person took off: what and how much of which line, why, and who did and approved it."""

    name: str
    description: str
    cents: Cents
    reason: str | None
    who: str | None
    approved_by: str | None


async def discounts_by_hand(ticket_id: UUID) -> list[ByHand]:
    """What people took off a ticket, one after another."""
    rows = await fetch(
        "SELECT d.name, l.description, d.amount_cents AS cents, d.reason, s.name AS who,"
        " m.name AS approved_by FROM line_discount d JOIN ticket_line l ON l.id = d.line"
        " LEFT JOIN staff s ON s.id = d.given_by LEFT JOIN approval a ON a.id = d.approval"
        " LEFT JOIN staff m ON m.id = a.approver WHERE d.ticket = $1 AND l.status = 'live'"
        " AND d.kind IN ('discount', 'override') ORDER BY d.made_at, l.position",
        ticket_id,
    )
    return [ByHand(**dict(row)) for row in rows]
