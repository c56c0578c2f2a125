"""Settling: tax fixed, books written, visits done."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from spa_pos.booking.actions import complete_visit
from spa_pos.booking.queries import Visit, visits_of
from spa_pos.booking.rules import HERE
from spa_pos.checkout.actions.sell import hand_over_value, value_not_ready
from spa_pos.checkout.actions.tickets import closed
from spa_pos.checkout.actions.visit_lines import (
    priced_again,
    priced_on,
)
from spa_pos.checkout.queries import TicketView, ticket
from spa_pos.checkout.rules import check_covered, check_used_up, postings_for_settlement
from spa_pos.checkout.tables import TicketTax
from spa_pos.db import action, fetch, insert_many
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.people.actions import record
from spa_pos.stock.actions import move_sold


@action
async def settle_ticket(actor: Actor, *, ticket_id: UUID, now: datetime) -> None:
    """Close a ticket whose tenders equal its total: tax fixed, books written, visits done.

    Raises:
        Conflict: `tenders-do-not-cover-total`, `tenders-above-total`, `ticket-empty`,
            `ticket-already-closed`, `exchange-left`, `not-checked-in`, `visit-priced-again`.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "open":
        raise closed(sale)
    await settle_as_read(actor, sale, now)


async def settle_as_read(actor: Actor, sale: TicketView, now: datetime) -> None:
    """Close an open ticket that this transaction has locked and read; as `settle_ticket`."""
    ticket_id = sale.head.id
    if not sale.lines:
        raise Conflict("ticket-empty", "There is nothing on this ticket. Add something or void it.")
    check_covered(sale.sums.remaining_cents)
    visits = await visits_of_ticket(actor, sale)
    obstacle = await not_ready(sale, visits)
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
    await hand_over_value(actor, sale, now)
    await move_sold(
        actor,
        [(line.id, line.product_id, line.quantity) for line in sale.lines if line.product_id is not None],
        now,
    )
    for one in visits:
        await complete_visit(actor, one, now=now)
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


async def visits_of_ticket(actor: Actor, sale: TicketView) -> list[Visit]:
    """The visits that a ticket is for, locked until the action ends."""
    ids = [line.appointment_id for line in sale.lines if line.appointment_id is not None]
    return await visits_of(ids, actor.location_id, for_update=True)


async def not_ready(sale: TicketView, visits: Sequence[Visit]) -> Conflict | None:
    """Why a ticket cannot settle although it is paid.

    A card payment is on its way back; money of an exchange is left; a visit on it is not checked in, or
    priced again; or what it sells cannot be handed over any more.
    """
    try:
        check_used_up(sale.exchange_left_cents)
    except Conflict as left:
        return left
    if sale.head.card_returning:
        return Conflict(
            "card-on-its-way-back",
            "A card payment is on its way back. Wait until it is there.",
        )
    for visit_now in visits:
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
    return await value_not_ready(sale)
