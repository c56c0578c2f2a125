"""Gift cards bought online: what was ordered, written down before any card is asked for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.people.rules import clean_email
from spa_pos.stored_value.actions.cards import check_card_line
from spa_pos.stored_value.actions.deliveries import check_gift
from spa_pos.stored_value.rules import Gift
from spa_pos.stored_value.tables import GiftOrder

UNPAID_LIVES = timedelta(days=1)
"""An order nobody paid is forgotten after so long, with the names and addresses in it."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """What somebody wants to buy: without an address the card comes to themselves."""

    amount_cents: Cents
    gift: Gift
    buyer_email: str


@action
async def order_gift(actor: Actor, *, order_id: UUID, ordered: Ordered, locale: str, now: datetime) -> UUID:
    """Write an order down; nothing is sold and nothing is charged. The same id again changes nothing.

    Raises:
        Invalid: `card-amount-too-small`, `card-amount-too-large`, `giver-missing`, `email-missing`,
            `email-unreadable`, `gift-day-over`, `gift-day-too-far`.
        Conflict: `card-sale-needs-manager`, `messages-stopped`.
    """
    await check_card_line(actor, amount_cents=ordered.amount_cents)
    buyer = clean_email(ordered.buyer_email)
    if buyer is None:
        raise Invalid("buyer-email-missing", "Type your e-mail address.", field="buyer_email")
    asked = ordered.gift
    to = asked.email if asked.email.strip() else buyer
    gift = await check_gift(
        Gift(to, asked.recipient, asked.giver, asked.message, asked.send_on), actor=actor, now=now
    )
    if not gift.giver:
        raise Invalid("giver-missing", "Type your name.", field="giver")
    if await fetch("SELECT 1 FROM gift_order WHERE id = $1", order_id):
        return order_id
    await insert(
        GiftOrder,
        id=order_id,
        location=actor.location_id,
        amount_cents=ordered.amount_cents,
        email=gift.email,
        recipient=gift.recipient,
        giver=gift.giver,
        message=gift.message,
        send_on=asked.send_on,
        buyer_email=buyer,
        locale=locale,
        made_at=now,
    )
    return order_id


async def order_tried(order_id: UUID, knock: int) -> None:
    """Note which counted try is the latest to pay an order; inside an action."""
    await fetch("UPDATE gift_order SET knock = $2 WHERE id = $1", order_id, knock)


async def order_paid(order_id: UUID, now: datetime) -> None:
    """Note that an order is paid, inside the transaction that sells its card.

    Raises:
        Conflict: `order-paid` when it was paid before.
    """
    changed = await fetch(
        "UPDATE gift_order SET paid_at = $2 WHERE id = $1 AND paid_at IS NULL RETURNING id", order_id, now
    )
    if not changed:
        raise Conflict("order-paid", "This gift card is paid already.")


@action
async def forget_orders(now: datetime) -> int:
    """Forget what was ordered and never paid; gives how many. One whose payment still lives stays."""
    gone = await fetch(
        "DELETE FROM gift_order o WHERE o.paid_at IS NULL AND o.made_at < $1 AND NOT EXISTS"
        " (SELECT 1 FROM attempt a WHERE a.subject = o.id"
        "  AND a.state IN ('new', 'created', 'submitted', 'unknown')) RETURNING o.id",
        now - UNPAID_LIVES,
    )
    return len(gone)
