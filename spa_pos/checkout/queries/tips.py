"""Tips: whom a guest may tip, and what each provider has of a ticket by now."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.queries.terms import tip_categories
from spa_pos.checkout.queries.tickets import TicketView
from spa_pos.checkout.rules import Served, Tippable, whom_to_tip
from spa_pos.db import fetch
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class TipChangeView:
    """What a provider's tip grew or shrank by after the sale."""

    provider_name: str
    kind: str
    amount_cents: Cents
    made_at: datetime
    who: str | None
    approved_by: str | None


async def tippable(sale: TicketView) -> list[Tippable]:
    """Whom the guest of a ticket may tip; nobody while tips are off for what is on it."""
    served = [
        Served(
            line.provider_id,
            line.provider_name,
            line.category,
            line.list_cents,
            line.kind in ("service", "add_on"),
        )
        for line in sale.lines
    ]
    return whom_to_tip(served, await tip_categories())


async def tips_now(ticket_id: UUID) -> dict[UUID, Cents]:
    """What each provider has of a ticket: as the guest chose, as it changed since, less what went back."""
    rows = await fetch(
        "SELECT provider, sum(amount_cents)::bigint AS cents FROM ("
        " SELECT provider, amount_cents FROM tip WHERE ticket = $1 UNION ALL"
        " SELECT provider, amount_cents FROM tip_change WHERE ticket = $1 UNION ALL"
        " SELECT b.provider, -b.amount_cents FROM refund_tip b JOIN refund r ON r.id = b.refund"
        " WHERE r.ticket = $1) AS given GROUP BY provider",
        ticket_id,
    )
    return {row["provider"]: Cents(row["cents"]) for row in rows}


async def tip_changes(ticket_id: UUID) -> list[TipChangeView]:
    """What happened to the tips of a ticket after it settled, latest first."""
    rows = await fetch(
        "SELECT p.name AS provider_name, c.kind, c.amount_cents, c.made_at, s.name AS who,"
        " m.name AS approved_by FROM tip_change c JOIN staff p ON p.id = c.provider"
        " LEFT JOIN staff s ON s.id = c.made_by LEFT JOIN approval a ON a.id = c.approval"
        " LEFT JOIN staff m ON m.id = a.approver WHERE c.ticket = $1 ORDER BY c.made_at DESC, c.id DESC",
        ticket_id,
    )
    return [TipChangeView(**dict(row)) for row in rows]


async def cards_that_paid(ticket_id: UUID) -> set[UUID]:
    """The cards on file that paid some of a ticket."""
    rows = await fetch(
        "SELECT a.stored_card FROM tender d JOIN attempt a ON a.id = d.attempt"
        " WHERE d.ticket = $1 AND d.status = 'taken' AND a.stored_card IS NOT NULL",
        ticket_id,
    )
    return {row["stored_card"] for row in rows}
