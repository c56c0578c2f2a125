"""Cards on a ticket: asked for on a reader, written down when the money came."""

from datetime import datetime
from uuid import UUID, uuid5

from spa_pos.checkout.actions.receipts import mail_receipt
from spa_pos.checkout.actions.settle import not_ready, settle_ticket, visits_of_ticket
from spa_pos.checkout.actions.tenders import post_tender
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket
from spa_pos.checkout.queries import TicketView, ticket
from spa_pos.checkout.tables import Tender
from spa_pos.db import action, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import open_attempt
from spa_pos.payments.queries import stored_cards
from spa_pos.payments.rules import PaidAttempt
from spa_pos.people.actions import record
from spa_pos.people.queries import guest

CARD_PURPOSE = "ticket"
"""What payments calls an attempt that pays a ticket."""


@action
async def begin_card(
    actor: Actor,
    *,
    ticket_id: UUID,
    attempt_id: UUID,
    reader_id: UUID | None = None,
    stored_card_id: UUID | None = None,
    online: bool = False,
    amount_cents: Cents,
    version: int,
    now: datetime,
) -> UUID:
    """Write down that a card is about to be asked for; while it lives nobody else may take money.

    A card on file must be one of the guest of the ticket; `online` the guest types it on their own device.

    Raises:
        Invalid: `amount-above-remaining`. NotFound: `reader-unknown`, `card-unknown`.
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
    await check_own_card(sale.head.guest_id, stored_card_id)
    await open_attempt(
        attempt_id=attempt_id,
        location_id=actor.location_id,
        purpose=CARD_PURPOSE,
        subject=ticket_id,
        reader_id=reader_id,
        stored_card_id=stored_card_id,
        online=online,
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


async def check_own_card(guest_id: UUID | None, stored_card_id: UUID | None) -> None:
    """Refuse a card on file that is not one of this guest's.

    Raises:
        NotFound: `card-unknown`.
    """
    if stored_card_id is None:
        return
    own = {card.id for card in await stored_cards(guest_id)} if guest_id is not None else set()
    if stored_card_id not in own:
        raise NotFound("card-unknown", "This guest has no such card on file. Take another tender.")


async def record_paid_attempt(paid: PaidAttempt) -> None:
    """What payments calls, in its own transaction, when a card attempt for a ticket is paid."""
    where = await place(paid.location_id)
    processor = Actor("The card processor", Role.FRONT_DESK, where.id, where.zone)
    await record_card(
        processor,
        ticket_id=paid.subject,
        attempt_id=paid.attempt_id,
        received_cents=paid.received_cents,
        on_file=paid.on_file,
        tells=paid.online,
        now=paid.paid_at,
    )


@action
async def record_card(
    actor: Actor,
    *,
    ticket_id: UUID,
    attempt_id: UUID,
    received_cents: Cents,
    now: datetime,
    on_file: bool = False,
    tells: bool = False,
) -> None:
    """A card was charged: a tender of what was received, and the ticket settles when nothing remains.

    With `tells` the guest, who is not here, gets the receipt by mail.

    Money that finds no open ticket, or more than remains, is booked all the same and left for a
    person to see: `spa-pos verify` names it.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    tender_id, kind = uuid7(now), "card_on_file" if on_file else "card"
    after = {"attempt": attempt_id, "received_cents": received_cents}
    if sale.head.status != "open":
        await post_tender(actor, sale, tender_id, kind, received_cents, now)
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
        kind=kind,
        amount_cents=received_cents,
        attempt=attempt_id,
        taken_at=now,
        taken_by=actor.staff_id,
    )
    await post_tender(actor, sale, tender_id, kind, received_cents, now)
    await record(actor, verb="took a card", subject_kind="ticket", subject=ticket_id, now=now, after=after)
    paid_up = received_cents == sale.sums.remaining_cents
    if paid_up and await not_ready(sale, await visits_of_ticket(actor, sale)) is None:
        await settle_ticket(actor, ticket_id=ticket_id, now=now)
        if tells or (on_file and any(line.kind == "fee" for line in sale.lines)):
            await _mail_receipt(actor, sale, attempt_id, now)
    else:
        await bump(sale)


async def _mail_receipt(actor: Actor, sale: TicketView, attempt_id: UUID, now: datetime) -> None:
    """A guest who is not here is told of the charge, however it was found out, when an address is known."""
    address = (await guest(sale.head.guest_id)).email if sale.head.guest_id is not None else None
    if address is not None:
        await mail_receipt(
            actor,
            link_id=uuid5(attempt_id, "receipt"),
            ticket_id=sale.head.id,
            email=address,
            now=now,
        )
