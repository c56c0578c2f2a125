"""Opening, filling, settling and voiding tickets."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from spa_pos.booking.actions import complete_appointment
from spa_pos.booking.queries import visit
from spa_pos.booking.rules import HERE
from spa_pos.catalog.queries import product
from spa_pos.checkout.actions.visit_lines import (
    add_visit_lines,
    price_columns,
    priced_again,
    priced_on,
    treatment,
)
from spa_pos.checkout.queries import TicketView, open_ticket_of, ticket
from spa_pos.checkout.rules import check_covered, check_not_overpaid, postings_for_settlement
from spa_pos.checkout.tables import Ticket, TicketLine, TicketTax
from spa_pos.db import action, fetch, insert, insert_many
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.payments.queries import live_attempt_for
from spa_pos.people.actions import next_number, record

NO_GUEST_GROUP = "visitor"
"""Who a walk-in without a name is in the reports."""


@action
async def open_ticket(actor: Actor, *, ticket_id: UUID, appointment_id: UUID | None, now: datetime) -> UUID:
    """Open a ticket for a checked-in visit, or an empty one; a visit already on a ticket gives that one.

    The add-ons of the visit are lines of their own. An open ticket follows its visit: a price that
    changed since, by another check-in, is taken over.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `not-checked-in`, or `tenders-above-total` when more was taken than the new price.
    """
    if appointment_id is None:
        await _insert_ticket(actor, ticket_id, None, now)
        return ticket_id
    already = await open_ticket_of(appointment_id)
    if already is not None:
        await _follow_visit(actor, already, appointment_id, now)
        return already
    visit_now = await visit(appointment_id, actor.location_id, for_update=True)
    already = await open_ticket_of(appointment_id)
    if already is not None:
        return already
    if visit_now.status not in HERE:
        raise Conflict(
            "not-checked-in",
            f"This visit is {visit_now.status.word.lower()}. Check the guest in, then open the ticket.",
        )
    await _insert_ticket(actor, ticket_id, visit_now.guest_id, now)
    await add_visit_lines(actor, ticket_id, visit_now, now)
    return ticket_id


async def _follow_visit(actor: Actor, ticket_id: UUID, appointment_id: UUID, now: datetime) -> None:
    """Take the visit's price over, when the ticket is open and still says another."""
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    visit_now = await visit(appointment_id, actor.location_id)
    changed = [
        (line, promised)
        for line, promised in priced_on(sale, visit_now)
        if priced_again(line, visit_now, promised)
    ]
    if sale.head.status != "open" or not changed:
        return
    for line, promised in changed:
        columns: dict[Column | str, Any] = {}
        columns.update(price_columns(visit_now, promised))
        columns["net_cents"] = promised.price_cents - line.discount_cents
        if promised.price_cents < line.discount_cents:
            raise Conflict(
                "discount-above-price",
                f"{line.description} costs less now than its discount. Remove the discount first.",
            )
        await TicketLine.update(columns).where(TicketLine.id == line.id)
    priced = await ticket(ticket_id, actor.location_id, actor.zone, now=now)
    check_not_overpaid(priced.sums.remaining_cents)
    await bump(sale)
    await record(
        actor,
        verb="priced the visit again",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={
            "lines": [line.id for line, _ in changed],
            "guest_group": changed[0][0].guest_group,
            "net_cents": sum(line.net_cents for line, _ in changed),
        },
        after={
            "guest_group": visit_now.group,
            "net_cents": sum(promised.price_cents for _, promised in changed),
        },
    )


async def _insert_ticket(actor: Actor, ticket_id: UUID, guest_id: UUID | None, now: datetime) -> None:
    await insert(
        Ticket,
        id=ticket_id,
        location=actor.location_id,
        number=await next_number(actor.location_id, "ticket"),
        guest=guest_id,
        opened_at=now,
        opened_by=actor.staff_id,
    )
    await record(actor, verb="opened", subject_kind="ticket", subject=ticket_id, now=now)


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


@action
async def settle_ticket(actor: Actor, *, ticket_id: UUID, now: datetime) -> None:
    """Close a ticket whose tenders equal its total: tax fixed, books written, visits done.

    Raises:
        Conflict: `tenders-do-not-cover-total`, `tenders-above-total`, `ticket-empty`,
            `ticket-already-closed`, `not-checked-in`, `visit-priced-again`.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "open":
        raise closed(sale)
    if not sale.lines:
        raise Conflict("ticket-empty", "There is nothing on this ticket. Add something or void it.")
    check_covered(sale.sums.remaining_cents)
    obstacle = await visit_not_ready(actor, sale)
    if obstacle is not None:
        raise obstacle
    business_date = local_date(now, actor.zone)
    await _fix_tax(sale, now)
    await post_entry(
        entry_id=ticket_id,
        location_id=actor.location_id,
        business_date=business_date,
        kind="ticket-settled",
        subject=ticket_id,
        postings=postings_for_settlement([line.for_totals for line in sale.lines], sale.sums),
        now=now,
    )
    for line in sale.lines:
        if line.appointment_id is not None:
            await complete_appointment(actor, appointment_id=line.appointment_id, now=now)
    await _close(actor, sale, business_date, now)
    await record(
        actor,
        verb="settled",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"total_cents": sale.sums.total_cents, "tax_cents": sale.sums.tax.tax_cents},
    )


async def _close(actor: Actor, sale: TicketView, business_date: date, now: datetime) -> None:
    await fetch(
        "UPDATE ticket SET status = 'settled', version = version + 1, settled_at = $2, settled_by = $3,"
        " business_date = $4, net_cents = $5, tax_cents = $6, tip_cents = $7,"
        " total_cents = $8 WHERE id = $1",
        sale.head.id,
        now,
        actor.staff_id,
        business_date,
        sale.sums.net_cents,
        sale.sums.tax.tax_cents,
        sale.sums.tip_cents,
        sale.sums.total_cents,
    )


@action
async def void_ticket(actor: Actor, *, ticket_id: UUID, version: int, reason: str, now: datetime) -> None:
    """Undo a ticket before it is settled; its visit can go on another one.

    Raises:
        Invalid: `reason-missing`.
        Conflict: `tender-first`, `ticket-changed`, `ticket-already-closed`, `card-already-in-progress`.
    """
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("reason-missing", "Say why the ticket is voided.", field="reason")
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if sale.tenders:
        raise Conflict("tender-first", "Money was taken already. Undo the tender, then void the ticket.")
    await fetch("UPDATE ticket_line SET status = 'removed' WHERE ticket = $1", ticket_id)
    await fetch("UPDATE ticket SET status = 'voided', version = version + 1 WHERE id = $1", ticket_id)
    await record(actor, verb="voided", subject_kind="ticket", subject=ticket_id, now=now, reason=why)


async def locked_open_ticket(actor: Actor, ticket_id: UUID, version: int, now: datetime) -> TicketView:
    """The ticket, locked until the action ends, as the person saw it.

    Raises:
        Conflict: `ticket-already-closed`, `card-already-in-progress`, `ticket-changed`.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "open":
        raise closed(sale)
    if await live_attempt_for(ticket_id) is not None:
        raise Conflict(
            "card-already-in-progress",
            "A card payment for this ticket is in progress. Wait for it or cancel it first.",
        )
    if sale.head.version != version:
        raise Conflict(
            "ticket-changed",
            "Somebody changed this ticket a moment ago. Here is how it stands now; choose again.",
        )
    return sale


async def _fix_tax(sale: TicketView, now: datetime) -> None:
    """Store each line's and each jurisdiction's part of the tax, at the rates of today."""
    await fetch(
        "UPDATE ticket_line SET tax_cents = share FROM unnest($1::uuid[], $2::int[]) AS taxed (line, share)"
        " WHERE id = line",
        [line.id for line in sale.lines],
        list(sale.sums.tax.line_cents),
    )
    await insert_many(
        TicketTax,
        [
            {
                "id": uuid7(now),
                "ticket": sale.head.id,
                "jurisdiction": part.jurisdiction.code,
                "name": part.jurisdiction.name,
                "rate_ppm": part.jurisdiction.rate_ppm,
                "taxable_cents": part.taxable_cents,
                "tax_cents": part.tax_cents,
            }
            for part in sale.sums.tax.parts
        ],
    )


async def visit_not_ready(actor: Actor, sale: TicketView) -> Conflict | None:
    """Why a ticket cannot settle although it is paid: a visit on it is not checked in, or priced again."""
    for line in sale.lines:
        if line.appointment_id is not None:
            visit_now = await visit(line.appointment_id, actor.location_id)
            if visit_now.status not in HERE:
                return Conflict(
                    "not-checked-in",
                    f"The visit of {visit_now.guest_name} is {visit_now.status.word.lower()}."
                    " Check the guest in again, then settle.",
                )
            if any(priced_again(one, visit_now, promised) for one, promised in priced_on(sale, visit_now)):
                return Conflict(
                    "visit-priced-again",
                    f"The visit of {visit_now.guest_name} has another price since this ticket was opened:"
                    f" {format_usd(visit_now.total_cents)}. Go to the visit and check out again.",
                )
    return None


def closed(sale: TicketView) -> Conflict:
    """The refusal for a ticket that is not open any more."""
    return Conflict(
        "ticket-already-closed",
        f"Ticket {sale.head.number} was {sale.head.status} already. Nothing more was taken.",
    )


async def bump(sale: TicketView) -> None:
    """The ticket changed: whoever looked earlier must look again."""
    await fetch("UPDATE ticket SET version = version + 1 WHERE id = $1", sale.head.id)
