"""Handing a gift card over by e-mail: sent now or on a day, opened by whoever has its link, called off."""

from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Gone, Invalid
from spa_pos.kernel.time import local_date
from spa_pos.messages.actions import enqueue
from spa_pos.messages.queries import said_stop
from spa_pos.messages.rules import Channel, GiftFacts, News, hidden_address
from spa_pos.messages.rules import Kind as MessageKind
from spa_pos.people.actions import record
from spa_pos.people.rules import clean_email
from spa_pos.stored_value.actions.codes import may_make_code, was_spent
from spa_pos.stored_value.actions.common import check_manager, locked_active, withdraw_gifts
from spa_pos.stored_value.queries import Delivery, Holding, delivery, holding, is_code_of, is_opened
from spa_pos.stored_value.rules import (
    LONGEST_MESSAGE,
    LONGEST_NAME,
    Gift,
    Kind,
    check_day,
    clean_words,
    goes_out_at,
)
from spa_pos.stored_value.tables import GiftDelivery

USEFUL_FOR = timedelta(days=3)
"""A gift that could not be sent for so long after its day stands as failed; the desk calls."""

SENT_ANEW = "It was sent anew, to another address or on another day."


async def check_gift(gift: Gift, *, actor: Actor, now: datetime) -> Gift:
    """A gift as it can be sent, its words cut to what fits on a card.

    Raises:
        Invalid: `email-missing`, `email-unreadable`, `gift-day-over`, `gift-day-too-far`.
        Conflict: `messages-stopped`.
    """
    address = clean_email(gift.email)
    if address is None:
        raise Invalid("email-missing", "Type the address the gift goes to.", field="email")
    if await said_stop(Channel.EMAIL, address, MessageKind.GIFT):
        raise Conflict(
            "messages-stopped", "Whoever reads this address wants no mail from us. Print the card instead."
        )
    return Gift(
        address,
        clean_words(gift.recipient, LONGEST_NAME),
        clean_words(gift.giver, LONGEST_NAME),
        clean_words(gift.message, LONGEST_MESSAGE),
        check_day(gift.send_on, local_date(now, actor.zone)),
    )


@action
async def send_gift_card(
    actor: Actor, *, delivery_id: UUID, card_id: UUID, gift: Gift, now: datetime
) -> UUID:
    """Send a card to somebody by e-mail, today or on a day; an earlier mail's link and code are dead.

    For a card that has a code already the rules of making a new one hold (`give_code`).

    Raises:
        NotFound: `holding-unknown`.
        NotAllowed: `new-code-needs-manager`.
        Invalid: `email-missing`, `email-unreadable`, `gift-day-over`, `gift-day-too-far`.
        Conflict: `card-not-active`, `card-replaced`, `not-a-card`, `card-empty`, `card-is-plastic`,
            `messages-stopped`.
    """
    card = await locked_active(card_id)
    if card.kind is not Kind.GIFT_CARD:
        raise Conflict("not-a-card", "Only gift cards can be sent.")
    if card.balance.usable(local_date(now, actor.zone)).total_cents == 0:
        raise Conflict("card-empty", "There is nothing on this card. Reload it first.")
    if card.batch is not None:
        raise Conflict("card-is-plastic", "This card is a printed one. Hand it over, or replace it first.")
    checked = await check_gift(gift, actor=actor, now=now)
    if card.code_made_at is not None:
        if not may_make_code(card, now=now) or await was_spent(card) or await is_opened(card_id):
            check_manager(
                actor, "new-code-needs-manager", "This card has a code already. A manager can send it anew."
            )
        await fetch(
            "UPDATE holding SET code_hash = NULL, last4 = NULL, code_made_at = NULL WHERE id = $1", card_id
        )
    await withdraw_gifts(card_id, SENT_ANEW, now=now)
    await hand_to_outbox(actor, delivery_id, card, checked, now)
    return delivery_id


async def hand_to_outbox(actor: Actor, delivery_id: UUID, card: Holding, gift: Gift, now: datetime) -> None:
    """Write the delivery of a checked gift and the mail that waits for its day."""
    send_on = max(gift.send_on or local_date(now, actor.zone), local_date(now, actor.zone))
    await insert(
        GiftDelivery,
        id=delivery_id,
        card=card.id,
        email=gift.email,
        recipient=gift.recipient,
        giver=gift.giver,
        message=gift.message,
        send_on=send_on,
        made_at=now,
        made_by=actor.staff_id,
    )
    ready = goes_out_at(send_on, now, actor.zone)
    await enqueue(
        [
            News(
                location_id=actor.location_id,
                zone=actor.zone,
                guest_id=None,
                channel=Channel.EMAIL,
                address=gift.email,
                kind=MessageKind.GIFT,
                subject_kind="gift",
                subject=delivery_id,
                sequence=0,
                facts=GiftFacts(delivery_id, gift.giver, gift.recipient),
                useful_until=ready + USEFUL_FOR,
                not_before=ready,
            )
        ],
        now=now,
    )
    await record(
        actor,
        verb="sent a gift card by e-mail",
        subject_kind="holding",
        subject=card.id,
        now=now,
        after={"to": hidden_address(gift.email), "on": send_on, "delivery": delivery_id},
    )


@action
async def open_gift(actor: Actor, *, delivery_id: UUID, code_hash: str, last4: str, now: datetime) -> UUID:
    """Make a card known by the code of its link, when its owner opens it; twice is once. Gives the card.

    Raises:
        NotFound: `link-unknown`.
        Gone: `gift-elsewhere` when the card was sent anew, printed, replaced, or is not active.
    """
    one = await delivery(delivery_id, for_update=True)
    card = await holding(one.card_id, for_update=True)
    if not await can_open(one, card, code_hash):
        raise Gone("gift-elsewhere", "This gift was handed over in another way since.")
    if one.opened_at is None:
        await fetch("UPDATE gift_delivery SET opened_at = $2 WHERE id = $1", delivery_id, now)
        await fetch(
            "UPDATE holding SET code_hash = $2, last4 = $3, code_made_at = $4 WHERE id = $1",
            card.id,
            code_hash,
            last4,
            now,
        )
        await record(
            actor,
            verb="opened a gift",
            subject_kind="holding",
            subject=card.id,
            now=now,
            after={"last4": last4, "delivery": delivery_id},
        )
    return card.id


async def can_open(one: Delivery, card: Holding, code_hash: str) -> bool:
    """True while a link is the way to its card: nobody printed it, sent it anew or replaced it."""
    if one.withdrawn_at is not None or card.status != "active":
        return False
    if one.opened_at is None:
        return card.code_made_at is None
    return await is_code_of(card.id, code_hash)
