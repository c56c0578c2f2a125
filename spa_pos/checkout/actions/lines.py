"""Putting things on a ticket and taking them off again."""

from datetime import datetime
from uuid import UUID

from spa_pos.catalog.queries import product
from spa_pos.checkout.actions.tickets import NO_GUEST_GROUP, bump, locked_open_ticket
from spa_pos.checkout.actions.visit_lines import (
    treatment,
)
from spa_pos.checkout.tables import TicketLine
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.people.actions import record


@action
async def add_product(
    actor: Actor,
    *,
    ticket_id: UUID,
    line_id: UUID,
    product_id: UUID,
    quantity: int,
    version: int,
    now: datetime,
) -> UUID:
    """Put a product on an open ticket.

    Raises:
        Invalid: `quantity-unreadable`.
        NotFound: `ticket-unknown`, `product-unknown`.
        Conflict: `ticket-changed`, `ticket-already-closed`, `card-already-in-progress`.
    """
    if not 1 <= quantity <= 99:
        raise Invalid("quantity-unreadable", "A quantity is a number from 1 to 99.", field="quantity")
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    item = await product(product_id)
    amount = Cents(item.price_cents * quantity)
    await insert(
        TicketLine,
        id=line_id,
        ticket=ticket_id,
        position=1 + len(sale.lines) + await _removed_lines(ticket_id),
        product=product_id,
        kind="product",
        description=item.name,
        detail=f"{quantity} at {format_usd(item.price_cents)}" if quantity > 1 else "Retail",
        category=item.category,
        guest_group=sale.lines[0].guest_group if sale.lines else NO_GUEST_GROUP,
        quantity=quantity,
        list_cents=amount,
        net_cents=amount,
        tax_treatment=treatment(item.taxable),
    )
    await bump(sale)
    await record(
        actor,
        verb="added a product",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"line": line_id, "product": item.code, "quantity": quantity, "net_cents": amount},
    )
    return line_id


async def _removed_lines(ticket_id: UUID) -> int:
    rows = await fetch("SELECT 1 FROM ticket_line WHERE ticket = $1 AND status = 'removed'", ticket_id)
    return len(rows)


@action
async def remove_line(actor: Actor, *, ticket_id: UUID, line_id: UUID, version: int, now: datetime) -> None:
    """Take a line off an open ticket; the line stays in the history. A visit takes its add-ons along.

    Raises:
        NotFound: `line-unknown`.
        Conflict: `ticket-changed`, `ticket-already-closed`, `tender-first` when money was taken already.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if sale.tenders:
        raise Conflict("tender-first", "Money was taken already. Undo the tender, then remove the line.")
    line = next((one for one in sale.lines if one.id == line_id), None)
    if line is None:
        raise NotFound("line-unknown", "That line is not on the ticket any more.")
    await fetch(
        "UPDATE ticket_line SET status = 'removed' WHERE ticket = $1 AND status = 'live' AND (id = $2 OR"
        " add_on IN (SELECT id FROM appointment_add_on WHERE appointment = $3))",
        ticket_id,
        line_id,
        line.appointment_id,
    )
    await bump(sale)
    await record(
        actor,
        verb="removed a line",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"line": line_id, "description": line.description, "net_cents": line.net_cents},
    )
