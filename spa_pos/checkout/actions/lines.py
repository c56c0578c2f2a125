"""Putting things on a ticket, changing how many, and taking them off again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.booking.actions import waive_fee as waive_fee_of_visit
from spa_pos.booking.queries import visit
from spa_pos.catalog.queries import minute_service, product
from spa_pos.checkout.actions.payer import minute_columns, proven_group
from spa_pos.checkout.actions.tickets import (
    bump,
    insert_ticket,
    locked_open_ticket,
    refuse_one_price,
)
from spa_pos.checkout.actions.visit_lines import NO_SALE, treatment
from spa_pos.checkout.queries import LineView, TicketView, fee_ticket
from spa_pos.checkout.rules.details import by_minutes, in_pieces, of_visit
from spa_pos.checkout.tables import TicketLine
from spa_pos.db import action, fetch, fetch_value, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.rules import FEES
from spa_pos.payments.queries import live_attempt_for
from spa_pos.people.actions import record
from spa_pos.people.queries import provider_name
from spa_pos.web.i18n import N_


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
    """Put a retail item on an open ticket.

    Raises:
        NotFound: `product-unknown`.
        Invalid: `quantity-unreadable`.
        Conflict: `ticket-changed`, `ticket-already-closed`, `card-already-in-progress`.
    """
    _check_quantity(quantity)
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    item = await product(product_id)
    amount = Cents(item.price_cents * quantity)
    await add_line(
        actor,
        sale,
        "added a product",
        now,
        id=line_id,
        product=product_id,
        kind="product",
        description=item.name,
        category=item.category,
        quantity=quantity,
        list_cents=amount,
        net_cents=amount,
        tax_treatment=treatment(item.taxable),
        **in_pieces(quantity, item.price_cents),
    )
    return line_id


@action
async def scan_product(
    actor: Actor, *, ticket_id: UUID, line_id: UUID, product_id: UUID, now: datetime
) -> UUID:
    """Put one of a scanned product on a ticket as it stands, or on a new one of that id.

    Raises:
        NotFound: `product-unknown`, `ticket-unknown`.
        Conflict: `ticket-already-closed`, `card-already-in-progress`.
    """
    version = await fetch_value("SELECT version FROM ticket WHERE id = $1 FOR UPDATE", ticket_id)
    if version is None:
        version = (await insert_ticket(actor, ticket_id, None, now)).head.version
    return await add_product(
        actor,
        ticket_id=ticket_id,
        line_id=line_id,
        product_id=product_id,
        quantity=1,
        version=version,
        now=now,
    )


@action
async def set_quantity(
    actor: Actor, *, ticket_id: UUID, line_id: UUID, quantity: int, version: int, now: datetime
) -> None:
    """Sell more or fewer of a product; nothing is a line removed.

    Raises:
        NotFound: `line-unknown`.
        Invalid: `quantity-unreadable`.
        Conflict: `not-countable`, `discount-first`, and what `locked_open_ticket` refuses.
    """
    _check_quantity(quantity)
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    line = _line(sale, line_id)
    if line.product_id is None:
        raise Conflict("not-countable", "Only products are sold by the piece.")
    refuse_one_price(line)
    if line.discounts:
        raise Conflict("discount-first", "Remove the discount of this line first, then change how many.")
    if sale.tenders:
        raise Conflict("tender-first", "Money was taken already. Undo the tender, then change the line.")
    each = Cents(line.list_cents // line.quantity)
    told = in_pieces(quantity, each)
    await fetch(
        "UPDATE ticket_line SET quantity = $2, list_cents = $3, net_cents = $3, detail = $4,"
        " detail_facts = $5 WHERE id = $1",
        line_id,
        quantity,
        each * quantity,
        told["detail"],
        told["detail_facts"],
    )
    await bump(sale)
    await record(
        actor,
        verb="changed how many",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"line": line_id, "quantity": line.quantity},
        after={"line": line_id, "quantity": quantity},
    )


@action
async def add_minutes(
    actor: Actor,
    *,
    ticket_id: UUID,
    line_id: UUID,
    service_id: UUID,
    minutes: int,
    provider_id: UUID | None,
    version: int,
    now: datetime,
) -> UUID:
    """Put a service sold by the minute on a ticket: minutes times its rate (DOMAIN.md §7.6).

    Raises:
        NotFound: `service-unknown`, `staff-unknown`.
        Invalid: `minutes-unreadable` outside what the service allows.
        Conflict: what `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    item = await minute_service(service_id)
    if not item.least_minutes <= minutes <= item.most_minutes:
        raise Invalid(
            "minutes-unreadable",
            f"{item.name} takes {item.least_minutes} to {item.most_minutes} minutes.",
            field="minutes",
        )
    who = await provider_name(provider_id, actor.location_id) if provider_id else None
    await add_line(
        actor,
        sale,
        "added a service by the minute",
        now,
        id=line_id,
        kind="service",
        service=service_id,
        minutes=minutes,
        provider=provider_id,
        description=item.name,
        category=item.category,
        tax_treatment=treatment(item.taxable),
        **by_minutes(who, minutes, item.minute_cents),
        **await minute_columns(sale, item, minutes, local_date(now, actor.zone)),
    )
    return line_id


@action
async def put_fee(
    actor: Actor, *, ticket_id: UUID, line_id: UUID, appointment_id: UUID, now: datetime
) -> UUID:
    """Put the fee a visit was quoted when it ended on a new ticket of its guest; gives the ticket.

    A fee that is on a ticket already gives that one.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `no-fee`.
    """
    found = await visit(appointment_id, actor.location_id, for_update=True)
    if not found.fee_cents:
        raise Conflict("no-fee", "No fee was quoted for this visit.")
    already = await fee_ticket(appointment_id)
    if already is not None:
        return already
    sale = await insert_ticket(actor, ticket_id, found.guest_id, now)
    start = found.starts_at.astimezone(actor.zone)
    await add_line(
        actor,
        sale,
        "added a fee",
        now,
        id=line_id,
        kind="fee",
        account=FEES,
        fee_of=appointment_id,
        description=N_("No-show fee") if found.status.word == "No-show" else N_("Late cancellation fee"),
        category=found.category,
        guest_group=found.group,
        list_cents=found.fee_cents,
        net_cents=found.fee_cents,
        tax_treatment=NO_SALE,
        **of_visit(found.service_name, start),
    )
    return ticket_id


@action
async def waive_fee(actor: Actor, *, appointment_id: UUID, reason: str, now: datetime) -> None:
    """Let a guest off a fee, with a reason; it comes off the open ticket it is on.

    Raises:
        Invalid: `reason-missing`.
        NotFound: `appointment-unknown`.
        Conflict: `no-fee`, `fee-paid`, `card-already-in-progress`.
    """
    row = await fetch(
        "SELECT t.id, t.status FROM ticket_line l JOIN ticket t ON t.id = l.ticket WHERE l.fee_of = $1"
        " AND l.status = 'live' FOR UPDATE OF t",
        appointment_id,
    )
    if row and row[0]["status"] == "settled":
        raise Conflict("fee-paid", "The guest paid this fee. Refund it from the receipt.")
    if row and await live_attempt_for(row[0]["id"]) is not None:
        raise Conflict(
            "card-already-in-progress",
            "A card payment for this fee is in progress. Wait for it or cancel it first.",
        )
    await waive_fee_of_visit(actor, appointment_id=appointment_id, reason=reason, now=now)
    await fetch(
        "UPDATE ticket_line SET status = 'removed' WHERE fee_of = $1 AND status = 'live'", appointment_id
    )
    await fetch(
        "UPDATE ticket SET version = version + 1 WHERE id IN"
        " (SELECT ticket FROM ticket_line WHERE fee_of = $1) AND status = 'open'",
        appointment_id,
    )


@action
async def remove_line(actor: Actor, *, ticket_id: UUID, line_id: UUID, version: int, now: datetime) -> None:
    """Take a line off an open ticket; the line stays in the history. A visit takes its add-ons along.

    Raises:
        NotFound: `line-unknown`.
        Conflict: `ticket-changed`, `ticket-already-closed`, `tender-first` when money was taken already,
            `one-price-first`.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if sale.tenders:
        raise Conflict("tender-first", "Money was taken already. Undo the tender, then remove the line.")
    line = _line(sale, line_id)
    refuse_one_price(line)
    await fetch(
        "UPDATE ticket_line SET status = 'removed' WHERE ticket = $1 AND status = 'live' AND (id = $2 OR"
        " add_on IN (SELECT id FROM appointment_add_on WHERE appointment = $3))",
        ticket_id,
        line_id,
        line.appointment_id,
    )
    await fetch(
        "DELETE FROM tip WHERE ticket = $1 AND provider NOT IN"
        " (SELECT provider FROM ticket_line WHERE ticket = $1 AND status = 'live' AND provider IS NOT NULL)",
        ticket_id,
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


async def add_line(actor: Actor, sale: TicketView, verb: str, now: datetime, **columns: Any) -> None:
    """Write a line at the end of a ticket that is held, and tell the audit trail; inside an action."""
    position = await fetch_value(
        "SELECT coalesce(max(position), 0) + 1 FROM ticket_line WHERE ticket = $1", sale.head.id
    )
    if "guest_group" not in columns:
        group = await proven_group(sale, sale.head.guest_id, local_date(now, actor.zone))
        columns["guest_group"] = group.code
    await insert(TicketLine, **{"ticket": sale.head.id, "position": position} | columns)
    await bump(sale)
    await record(
        actor,
        verb=verb,
        subject_kind="ticket",
        subject=sale.head.id,
        now=now,
        after={
            "line": columns["id"],
            "description": columns["description"],
            "quantity": columns.get("quantity", 1),
            "net_cents": columns["net_cents"],
        },
    )


def _line(sale: TicketView, line_id: UUID) -> LineView:
    line = next((one for one in sale.lines if one.id == line_id), None)
    if line is None:
        raise NotFound("line-unknown", "That line is not on the ticket any more.")
    return line


def _check_quantity(quantity: int) -> None:
    if not 1 <= quantity <= 99:
        raise Invalid("quantity-unreadable", "A quantity is a number from 1 to 99.", field="quantity")
