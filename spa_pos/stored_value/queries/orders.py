"""Reading gift cards that are bought online."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class Order:
    """One gift card somebody buys online. `email` is where it goes; paid, its ticket has the same id."""

    id: UUID
    location_id: UUID
    amount_cents: Cents
    email: str
    recipient: str
    giver: str
    message: str
    send_on: date | None
    buyer_email: str
    locale: str
    knock: int | None
    made_at: datetime
    paid_at: datetime | None


async def gift_order(order_id: UUID, *, for_update: bool = False) -> Order:
    """One order, locked until the action ends if asked so.

    Raises:
        NotFound: `order-unknown`.
    """
    if for_update:
        await fetch("SELECT 1 FROM gift_order WHERE id = $1 FOR UPDATE", order_id)
    row = await fetch_one(
        "SELECT id, location AS location_id, amount_cents, email, recipient, giver, message, send_on,"
        " buyer_email, locale, knock, made_at, paid_at FROM gift_order WHERE id = $1",
        order_id,
    )
    if row is None:
        raise NotFound("order-unknown", "There is no such order. Begin again.")
    return Order(**dict(row))


async def broken_gift_orders() -> list[str]:
    """Gift cards bought online that were not sold for what was paid, and charges without an order."""
    rows = await fetch(
        "SELECT 'gift order ' || o.id || ' is paid and no such card was sold' AS what FROM gift_order o"
        " WHERE o.paid_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM value_movement m"
        "  WHERE m.subject = o.id AND m.kind = 'sold' AND m.paid_cents = o.amount_cents)"
        " UNION ALL SELECT 'attempt ' || a.id || ' paid a gift card that was not sold' FROM attempt a"
        " WHERE a.purpose = 'gift' AND a.state = 'paid'"
        " AND NOT EXISTS (SELECT 1 FROM gift_order o WHERE o.id = a.subject AND o.paid_at IS NOT NULL)"
    )
    return [row["what"] for row in rows]
