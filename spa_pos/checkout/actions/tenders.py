"""Taking money on a ticket, and giving cash back before it settles."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.tickets import (
    bump,
    locked_open_ticket,
    settle_ticket,
    visit_not_ready,
)
from spa_pos.checkout.queries import TicketView, ticket
from spa_pos.checkout.rules import cash_amounts, postings_for_tender
from spa_pos.checkout.tables import Tender
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry, reverse_entry
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import open_attempt
from spa_pos.payments.rules import PaidAttempt
from spa_pos.people.actions import record

CARD_PURPOSE = "ticket"
"""What payments calls an attempt that pays a ticket."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a tender did: the change to hand back, what remains, and whether the ticket settled."""

    change_cents: Cents
    remaining_cents: Cents
    settled: bool


@action
async def take_cash(
    actor: Actor, *, ticket_id: UUID, tender_id: UUID, given_cents: Cents | None, version: int, now: datetime
) -> Taken:
    """Take cash, exactly what is due when no amount is given; the ticket settles when nothing remains.

    Raises:
        Invalid: `cash-nothing`, `cash-too-much`.
        Conflict: `nothing-to-pay`, `ticket-changed`, `ticket-already-closed`, `card-already-in-progress`,
            and what keeps a ticket that is paid from settling.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    given = sale.sums.remaining_cents if given_cents is None else given_cents
    amount, change = cash_amounts(given, sale.sums.remaining_cents)
    await insert(
        Tender,
        id=tender_id,
        ticket=ticket_id,
        kind="cash",
        amount_cents=amount,
        given_cents=given,
        taken_at=now,
        taken_by=actor.staff_id,
    )
    await _post_tender(actor, sale, tender_id, "cash", amount, now)
    await record(
        actor,
        verb="took cash",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"tender": tender_id, "amount_cents": amount, "given_cents": given},
    )
    remaining = Cents(sale.sums.remaining_cents - amount)
    if remaining == 0:
        await settle_ticket(actor, ticket_id=ticket_id, now=now)
    else:
        await bump(sale)
    return Taken(change, remaining, remaining == 0)


@action
async def undo_tender(actor: Actor, *, ticket_id: UUID, tender_id: UUID, version: int, now: datetime) -> None:
    """Give cash back before the ticket settles; its entry is reversed.

    Raises:
        NotFound: `tender-unknown`.
        Conflict: `ticket-changed`, `ticket-already-closed`, `card-not-undone`.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    tender = next((one for one in sale.tenders if one.id == tender_id), None)
    if tender is None:
        raise NotFound("tender-unknown", "That tender was undone already.")
    if tender.kind == "card":
        raise Conflict("card-not-undone", "A card payment cannot be undone here: the money has moved.")
    await fetch("UPDATE tender SET status = 'undone', undone_at = $2 WHERE id = $1", tender_id, now)
    await reverse_entry(entry_id=tender_id, business_date=local_date(now, actor.zone), now=now)
    await bump(sale)
    await record(
        actor,
        verb="undid a tender",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"tender": tender_id, "kind": tender.kind, "amount_cents": tender.amount_cents},
    )


@action
async def begin_card(
    actor: Actor,
    *,
    ticket_id: UUID,
    attempt_id: UUID,
    reader_id: UUID,
    amount_cents: Cents,
    version: int,
    now: datetime,
) -> UUID:
    """Write down that a card is about to be asked for; while it lives nobody else may take money.

    Raises:
        Invalid: `amount-above-remaining`.
        Conflict: `nothing-to-pay`, `ticket-changed`, `ticket-already-closed`,
            `card-already-in-progress`, `reader-busy`.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    remaining = sale.sums.remaining_cents
    if remaining <= 0:
        raise Conflict("nothing-to-pay", "This ticket is paid. Nothing more was taken.")
    if not 0 < amount_cents <= remaining:
        raise Invalid(
            "amount-above-remaining", f"A card can pay up to {format_usd(remaining)} here.", field="amount"
        )
    await open_attempt(
        attempt_id=attempt_id,
        location_id=actor.location_id,
        purpose=CARD_PURPOSE,
        subject=ticket_id,
        reader_id=reader_id,
        amount_cents=amount_cents,
        now=now,
    )
    await record(
        actor,
        verb="asked for a card",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"attempt": attempt_id, "amount_cents": amount_cents},
    )
    return attempt_id


async def record_paid_attempt(paid: PaidAttempt) -> None:
    """What payments calls, in its own transaction, when a card attempt for a ticket is paid."""
    where = await place(paid.location_id)
    processor = Actor("The card processor", Role.FRONT_DESK, where.id, where.zone)
    await record_card(
        processor,
        ticket_id=paid.subject,
        attempt_id=paid.attempt_id,
        received_cents=paid.received_cents,
        now=paid.paid_at,
    )


@action
async def record_card(
    actor: Actor, *, ticket_id: UUID, attempt_id: UUID, received_cents: Cents, now: datetime
) -> None:
    """A card was charged: a tender of what was received, and the ticket settles when nothing remains.

    Money that finds no open ticket, or more than remains, is booked all the same and left for a
    person to see: `spa-pos verify` names it.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    tender_id = uuid7(now)
    after = {"attempt": attempt_id, "received_cents": received_cents}
    if sale.head.status != "open":
        await _post_tender(actor, sale, tender_id, "card", received_cents, now)
        await record(
            actor,
            verb="received card money on a closed ticket",
            subject_kind="ticket",
            subject=ticket_id,
            now=now,
            after=after,
        )
        return
    await insert(
        Tender,
        id=tender_id,
        ticket=ticket_id,
        kind="card",
        amount_cents=received_cents,
        attempt=attempt_id,
        taken_at=now,
        taken_by=actor.staff_id,
    )
    await _post_tender(actor, sale, tender_id, "card", received_cents, now)
    await record(actor, verb="took a card", subject_kind="ticket", subject=ticket_id, now=now, after=after)
    paid_up = received_cents == sale.sums.remaining_cents
    if paid_up and await visit_not_ready(actor, sale) is None:
        await settle_ticket(actor, ticket_id=ticket_id, now=now)
    else:
        await bump(sale)


async def _post_tender(
    actor: Actor, sale: TicketView, tender_id: UUID, kind: str, amount: Cents, now: datetime
) -> None:
    await post_entry(
        entry_id=tender_id,
        location_id=actor.location_id,
        business_date=local_date(now, actor.zone),
        kind=f"{kind}-tendered",
        subject=sale.head.id,
        postings=postings_for_tender(kind, amount),
        now=now,
    )
