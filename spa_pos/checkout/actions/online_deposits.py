"""Deposits paid online: the time is held, the card charged, visit and deposit are there with the charge."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from spa_pos.booking.actions.online_pay import book_paid, going_to_pay, take_held
from spa_pos.booking.queries import Visit
from spa_pos.booking.queries.cards import still_asked
from spa_pos.booking.queries.online import behind_payment
from spa_pos.checkout.actions.cards import record_card
from spa_pos.checkout.actions.deposits import put_deposit
from spa_pos.checkout.actions.online_gifts import seller
from spa_pos.checkout.actions.receipts import mail_receipt
from spa_pos.checkout.actions.refunds import give_all_back
from spa_pos.checkout.actions.tickets import insert_ticket
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.money import split
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import open_attempt
from spa_pos.payments.queries import live_attempt_for
from spa_pos.payments.rules import PaidAttempt
from spa_pos.people.actions.doors import was_right
from spa_pos.people.queries import guest

DEPOSIT_PURPOSE = "deposit-online"
"""What payments calls an attempt that pays the deposit of a time held online; its subject is the visit."""

TOO_LATE = "Nothing was booked: the time was held no longer"
"""Why a deposit goes back by itself."""


@action
async def begin_deposit_payment(
    actor: Actor, *, booking_id: UUID, attempt_id: UUID, knock: int, now: datetime
) -> UUID | None:
    """Write down that a card is about to be asked for; gives the attempt that lives, this one or an earlier.

    None when nothing is to be paid any more: then it is booked.

    Raises:
        NotFound: `booking-unknown`. Conflict: `visit-booked`, `nothing-held`. Gone: `hold-expired`.
    """
    seen = await going_to_pay(booking_id=booking_id, knock=knock, now=now)
    living = await live_attempt_for(seen.first.id)
    if living is not None:
        return living.id
    asked = await still_asked(seen.in_order, actor.zone)
    if not asked.due_cents:
        await take_held(actor, booking_id, now)
        return None
    await open_attempt(
        attempt_id=attempt_id,
        location_id=actor.location_id,
        purpose=DEPOSIT_PURPOSE,
        subject=seen.first.id,
        online=True,
        amount_cents=asked.due_cents,
        now=now,
    )
    return attempt_id


async def record_paid_deposit(paid: PaidAttempt) -> None:
    """What payments calls, in its own transaction, when a deposit is paid: visit and deposit are there.

    Nothing here refuses, for the money has moved: what could was asked before. When the time was let go
    after two hours without an answer, the deposit goes back to its card: nobody is charged for nothing.
    """
    actor, now = seller(await place(paid.location_id)), paid.paid_at
    await book_paid(actor, appointment_id=paid.subject, now=now)
    seen, knock = await behind_payment(paid.subject, paid.location_id)
    await _sell(actor, paid, seen, now)
    await record_card(
        actor,
        ticket_id=paid.attempt_id,
        attempt_id=paid.attempt_id,
        received_cents=paid.received_cents,
        now=now,
    )
    if knock is not None:
        await was_right(knock)
    if paid.received_cents == paid.amount_cents:
        is_booked = any(one.status.is_live for one in seen)
        back = None if is_booked else await _give_back(actor, paid.attempt_id, now)
        await _mail(actor, paid.attempt_id, back, seen[0].guest_id, now)


async def _give_back(actor: Actor, ticket_id: UUID, now: datetime) -> UUID:
    """Open the refund of a deposit that booked nothing; the job of refunds carries it to the card."""
    refund_id = uuid5(ticket_id, "refund")
    await give_all_back(actor, refund_id=refund_id, ticket_id=ticket_id, reason=TOO_LATE, now=now)
    return refund_id


async def _sell(actor: Actor, paid: PaidAttempt, seen: Sequence[Visit], now: datetime) -> None:
    """The ticket of a deposit, of the attempt's own id: what each visit was asked for is its own line."""
    sale = await insert_ticket(actor, paid.attempt_id, seen[0].guest_id, now)
    asked = dict((await still_asked(seen, actor.zone)).deposits)
    shares = split(paid.amount_cents, [asked.get(one.id, 0) for one in seen])
    for visit, share in zip(seen, shares, strict=True):
        if share:
            await put_deposit(
                actor,
                sale,
                visit,
                share,
                line_id=uuid5(paid.attempt_id, f"line {visit.id}"),
                deposit_id=uuid5(paid.attempt_id, f"deposit {visit.id}"),
                now=now,
            )


async def _mail(actor: Actor, ticket_id: UUID, refund_id: UUID | None, guest_id: UUID, now: datetime) -> None:
    """The receipt, or the slip of the refund when the money goes back."""
    address = (await guest(guest_id)).email
    if address is not None:
        link_id = uuid5(refund_id or ticket_id, "receipt")
        await mail_receipt(
            actor, link_id=link_id, ticket_id=ticket_id, refund_id=refund_id, email=address, now=now
        )
