"""Deposits towards visits to come: sold on a ticket, used by themselves when the visit or its fee is paid."""

import uuid
from datetime import datetime
from uuid import UUID

from spa_pos.booking.queries import Visit, visit
from spa_pos.booking.queries.cards import card_standing, deposits_for
from spa_pos.checkout.actions.cards import begin_card
from spa_pos.checkout.actions.lines import add_line, put_fee
from spa_pos.checkout.actions.packages import use_packages
from spa_pos.checkout.actions.sell import VALUE
from spa_pos.checkout.actions.tickets import begin_ticket, insert_ticket
from spa_pos.checkout.actions.value_tenders import payable, take_value
from spa_pos.checkout.actions.visit_lines import NO_SALE
from spa_pos.checkout.queries import TicketView, deposit_ticket, has_tenders, ticket
from spa_pos.checkout.rules.details import for_visit
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.rules import DEPOSITS


@action
async def add_deposit(
    actor: Actor, *, ticket_id: UUID, line_id: UUID, deposit_id: UUID, appointment_id: UUID, now: datetime
) -> UUID:
    """Put the deposit a visit was asked for on a new ticket of its guest; gives the ticket.

    One that is on a ticket already gives that one. What the guest has on deposit already is not asked again.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `deposit-not-due`.
    """
    found = await visit(appointment_id, actor.location_id, for_update=True)
    already = await deposit_ticket(appointment_id)
    if already is not None:
        return already
    standing = await card_standing(found, local_date(found.starts_at, actor.zone))
    due = standing.due_cents - standing.deposit_cents if standing else 0
    if due <= 0 or not found.status.is_expected:
        raise Conflict("deposit-not-due", "No deposit is to be paid for this visit.")
    sale = await insert_ticket(actor, ticket_id, found.guest_id, now)
    await put_deposit(actor, sale, found, Cents(due), line_id=line_id, deposit_id=deposit_id, now=now)
    return ticket_id


async def put_deposit(
    actor: Actor,
    sale: TicketView,
    towards: Visit,
    cents: Cents,
    *,
    line_id: UUID,
    deposit_id: UUID,
    now: datetime,
) -> None:
    """A deposit towards a visit, on a ticket that is held; inside an action."""
    start = towards.starts_at.astimezone(actor.zone)
    await add_line(
        actor,
        sale,
        "added a deposit",
        now,
        id=line_id,
        kind="deposit",
        account=DEPOSITS,
        stored_value=deposit_id,
        deposit_for=towards.id,
        description="Deposit",
        category=VALUE,
        guest_group=towards.group,
        list_cents=cents,
        net_cents=cents,
        tax_treatment=NO_SALE,
        **for_visit(towards.service_name, start),
    )


@action
async def open_ticket(actor: Actor, *, ticket_id: UUID, appointment_id: UUID | None, now: datetime) -> UUID:
    """Open a ticket for a visit or for retail; gives the visit's ticket when it has one.

    A package of the guest that covers the visit pays by itself, then what the guest has on deposit.

    Raises:
        Conflict: what `begin_ticket` refuses.
    """
    opened = await begin_ticket(actor, ticket_id=ticket_id, appointment_id=appointment_id, now=now)
    if appointment_id is not None and opened == ticket_id and not await has_tenders(opened):
        await use_packages(actor, opened, appointment_id, now)
        await _use_deposits(actor, opened, appointment_id, now)
    return opened


@action
async def add_fee(
    actor: Actor, *, ticket_id: UUID, line_id: UUID, appointment_id: UUID, now: datetime
) -> UUID:
    """Put the fee a visit was quoted when it ended on a new ticket of its guest; deposits pay first.

    A fee that is on a ticket already gives that one.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `no-fee`.
    """
    opened = await put_fee(
        actor, ticket_id=ticket_id, line_id=line_id, appointment_id=appointment_id, now=now
    )
    if opened == ticket_id and not await has_tenders(opened):
        await _use_deposits(actor, opened, appointment_id, now)
    return opened


@action
async def charge_fee(
    actor: Actor,
    *,
    ticket_id: UUID,
    line_id: UUID,
    attempt_id: UUID,
    appointment_id: UUID,
    stored_card_id: UUID,
    expected_cents: int,
    now: datetime,
) -> UUID:
    """Put the fee of a visit on a ticket, and write down that a card on file is about to be charged for it.

    `expected_cents` is what the person saw would be charged. Gives the ticket; the charge itself follows.

    Raises:
        NotFound: `appointment-unknown`, `card-unknown`.
        Conflict: `no-fee`, `fee-paid`, `fee-changed`, and what `begin_card` refuses.
    """
    opened = await add_fee(
        actor, ticket_id=ticket_id, line_id=line_id, appointment_id=appointment_id, now=now
    )
    sale = await ticket(opened, actor.location_id, actor.zone, now=now)
    if sale.head.status != "open":
        raise Conflict("fee-paid", "The guest paid this fee already. Nothing was charged.")
    if sale.sums.remaining_cents != expected_cents:
        raise Conflict(
            "fee-changed",
            f"{format_usd(sale.sums.remaining_cents)} is to pay now. Nothing was charged; look again.",
        )
    await begin_card(
        actor,
        ticket_id=opened,
        attempt_id=attempt_id,
        stored_card_id=stored_card_id,
        amount_cents=sale.sums.remaining_cents,
        version=sale.head.version,
        now=now,
    )
    return opened


async def _use_deposits(actor: Actor, ticket_id: UUID, appointment_id: UUID, now: datetime) -> None:
    """Let what the guest paid before pay now, unless it would pay everything: that, a person decides.

    A ticket that is paid settles, and nobody has looked at this one yet.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now)
    if sale.head.guest_id is None:
        return
    for deposit in await deposits_for(sale.head.guest_id, appointment_id):
        most = min(payable(sale), Cents(sale.sums.remaining_cents - 1))
        if deposit.cents > most:
            return
        await take_value(
            actor,
            ticket_id=ticket_id,
            tender_id=uuid.uuid5(ticket_id, f"deposit {deposit.holding_id}"),
            holding_id=deposit.holding_id,
            amount_cents=None,
            version=sale.head.version,
            now=now,
        )
        sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now)
