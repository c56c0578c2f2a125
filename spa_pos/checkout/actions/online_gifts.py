"""Gift cards sold online: ordered, charged, and sold in the transaction that records the charge."""

from datetime import datetime
from uuid import UUID, uuid5

from spa_pos.checkout.actions.cards import record_card
from spa_pos.checkout.actions.lines import add_line
from spa_pos.checkout.actions.receipts import mail_receipt
from spa_pos.checkout.actions.sell import NEW_CARD, VALUE
from spa_pos.checkout.actions.tickets import insert_ticket
from spa_pos.checkout.actions.visit_lines import NO_SALE
from spa_pos.checkout.rules.details import of_gift
from spa_pos.db import action
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict
from spa_pos.ledger.queries import Place, place
from spa_pos.ledger.rules import GIFT_CARDS
from spa_pos.payments.actions import open_attempt
from spa_pos.payments.queries import live_attempt_for
from spa_pos.payments.rules import PaidAttempt
from spa_pos.people.actions.doors import was_right
from spa_pos.stored_value.actions import order_paid, order_tried
from spa_pos.stored_value.queries import Order, gift_order

GIFT_PURPOSE = "gift"
"""What payments calls an attempt that buys a gift card online; its subject is the order."""


def seller(where: Place, request_id: str = "") -> Actor:
    """Who sells when nobody of us is there."""
    return Actor("Online", Role.FRONT_DESK, where.id, where.zone, request_id=request_id)


def line_of(order_id: UUID) -> UUID:
    """The line that sells an order's card."""
    return uuid5(order_id, "line")


def gift_delivery_of(order_id: UUID) -> UUID:
    """The delivery of an order's card: there once the order is paid."""
    return uuid5(line_of(order_id), "gift")


def receipt_of(order_id: UUID) -> UUID:
    """The link to an order's receipt: there once the order is paid."""
    return uuid5(order_id, "receipt")


@action
async def begin_gift_payment(
    actor: Actor, *, order_id: UUID, attempt_id: UUID, knock: int, now: datetime
) -> UUID:
    """Write down that a card is about to be asked for; gives the attempt that lives, this one or an earlier.

    Raises:
        NotFound: `order-unknown`.
        Conflict: `order-paid`.
    """
    order = await gift_order(order_id, for_update=True)
    if order.paid_at is not None:
        raise Conflict("order-paid", "This gift card is paid already.")
    living = await live_attempt_for(order_id)
    if living is not None:
        return living.id
    await open_attempt(
        attempt_id=attempt_id,
        location_id=order.location_id,
        purpose=GIFT_PURPOSE,
        subject=order_id,
        online=True,
        amount_cents=order.amount_cents,
        now=now,
    )
    await order_tried(order_id, knock)
    return attempt_id


async def record_paid_gift(paid: PaidAttempt) -> None:
    """What payments calls, in its own transaction, when an order is paid: the card is sold and sent.

    Nothing here refuses, for the money has moved: what could was asked before.
    """
    actor, now = seller(await place(paid.location_id)), paid.paid_at
    order = await gift_order(paid.subject, for_update=True)
    if order.paid_at is None:
        await _ticket_for(actor, order, now)
    await record_card(
        actor, ticket_id=order.id, attempt_id=paid.attempt_id, received_cents=paid.received_cents, now=now
    )
    if order.paid_at is not None:
        return
    await order_paid(order.id, now)
    if paid.received_cents == order.amount_cents:
        await mail_receipt(
            actor,
            link_id=receipt_of(order.id),
            ticket_id=order.id,
            email=order.buyer_email,
            locale=order.locale,
            now=now,
        )
    if order.knock is not None:
        await was_right(order.knock)


async def _ticket_for(actor: Actor, order: Order, now: datetime) -> None:
    """The ticket that sells an order's card, of the order's own id."""
    sale = await insert_ticket(actor, order.id, None, now)
    await add_line(
        actor,
        sale,
        "added a gift card",
        now,
        id=line_of(order.id),
        kind="gift_card",
        account=GIFT_CARDS,
        stored_value=uuid5(order.id, "card"),
        description=NEW_CARD,
        category=VALUE,
        list_cents=order.amount_cents,
        net_cents=order.amount_cents,
        tax_treatment=NO_SALE,
        recipient=order.recipient or None,
        message=order.message or None,
        gift_email=order.email,
        gift_giver=order.giver,
        gift_send_on=order.send_on,
        **of_gift(order.recipient, online=True),
    )
