"""Opening, voiding, and the one way in which a verb gets hold of a ticket."""

from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from spa_pos.booking.queries import visit
from spa_pos.booking.rules import HERE
from spa_pos.checkout.actions.visit_lines import (
    add_visit_lines,
    price_columns,
    priced_again,
    priced_on,
)
from spa_pos.checkout.queries import LineView, TicketView, open_ticket_of, ticket
from spa_pos.checkout.rules import check_not_overpaid, check_used_up
from spa_pos.checkout.tables import Ticket, TicketLine
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.payments.queries import live_attempt_for
from spa_pos.people.actions import next_number, record


@action
async def begin_ticket(actor: Actor, *, ticket_id: UUID, appointment_id: UUID | None, now: datetime) -> UUID:
    """Open a ticket for a checked-in visit, or an empty one; a visit already on a ticket gives that one.

    The add-ons of the visit are lines of their own. An open ticket follows its visit: a price that
    changed since, by another check-in, is taken over.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `not-checked-in`, or `tenders-above-total` when more was taken than the new price.
    """
    if appointment_id is None:
        await insert_ticket(actor, ticket_id, None, now)
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
    await insert_ticket(actor, ticket_id, visit_now.guest_id, now)
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
        refuse_one_price(line)
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


async def insert_ticket(actor: Actor, ticket_id: UUID, guest_id: UUID | None, now: datetime) -> TicketView:
    """A new ticket with nothing on it; inside an action."""
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
    return await ticket(ticket_id, actor.location_id, actor.zone, now=now)


@action
async def void_ticket(actor: Actor, *, ticket_id: UUID, version: int, reason: str, now: datetime) -> None:
    """Undo a ticket before it is settled; its visit can go on another one.

    Raises:
        Invalid: `reason-missing`.
        Conflict: `tender-first`, `exchange-left`, `ticket-changed`, `ticket-already-closed`,
            `card-already-in-progress`.
    """
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("reason-missing", "Say why the ticket is voided.", field="reason")
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if sale.tenders:
        raise Conflict("tender-first", "Money was taken already. Undo the tender, then void the ticket.")
    check_used_up(sale.exchange_left_cents)
    await fetch("UPDATE ticket_line SET status = 'removed' WHERE ticket = $1", ticket_id)
    await fetch("UPDATE ticket SET status = 'voided', version = version + 1 WHERE id = $1", ticket_id)
    before = {"amount_cents": sale.sums.total_cents}
    await record(
        actor, verb="voided", subject_kind="ticket", subject=ticket_id, now=now, before=before, reason=why
    )


async def locked_open_ticket(actor: Actor, ticket_id: UUID, version: int, now: datetime) -> TicketView:
    """The ticket, locked until the action ends, as the person saw it.

    Raises:
        Conflict: `ticket-already-closed`, `card-already-in-progress`, `card-on-its-way-back`,
            `ticket-changed`.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "open":
        raise closed(sale)
    await refuse_card_under_way(sale)
    if sale.head.version != version:
        raise Conflict(
            "ticket-changed",
            "Somebody changed this ticket a moment ago. Here is how it stands now; choose again.",
        )
    return sale


async def refuse_card_under_way(sale: TicketView, which: str = "this ticket") -> None:
    """What is asked of a card, or on its way back to one, is asked for the ticket as it is.

    Raises:
        Conflict: `card-already-in-progress`, `card-on-its-way-back`.
    """
    if await live_attempt_for(sale.head.id) is not None:
        raise Conflict(
            "card-already-in-progress",
            f"A card payment for {which} is in progress. Wait for it or cancel it first.",
        )
    if sale.head.card_returning:
        raise Conflict(
            "card-on-its-way-back",
            f"A card payment of {which} is on its way back. Undo it again to ask how it stands.",
        )


def closed(sale: TicketView) -> Conflict:
    """The refusal for a ticket that is not open any more."""
    return Conflict(
        "ticket-already-closed",
        f"Ticket {sale.head.number} was {sale.head.status} already. Nothing more was taken.",
    )


def refuse_one_price(line: LineView) -> None:
    """What is part of one price is not changed alone.

    Raises:
        Conflict: `one-price-first`.
    """
    if line.one_price_sale_id is not None:
        raise Conflict(
            "one-price-first", f"{line.description} is part of one price. Take that off the ticket first."
        )


async def bump(sale: TicketView) -> None:
    """The ticket changed: whoever looked earlier must look again."""
    await fetch("UPDATE ticket SET version = version + 1 WHERE id = $1", sale.head.id)
