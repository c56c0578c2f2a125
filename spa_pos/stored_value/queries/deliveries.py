"""Reading how gift cards were handed over by e-mail."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Delivery:
    """One card sent to one address, from `send_on` on; `opened_at` is when its owner first saw the code."""

    id: UUID
    card_id: UUID
    email: str
    recipient: str
    giver: str
    message: str
    send_on: date
    made_at: datetime
    opened_at: datetime | None
    withdrawn_at: datetime | None


_DELIVERY = (
    "SELECT id, card AS card_id, email, recipient, giver, message, send_on, made_at, opened_at, withdrawn_at"
    " FROM gift_delivery"
)


async def delivery(delivery_id: UUID, *, for_update: bool = False) -> Delivery:
    """One delivery.

    Raises:
        NotFound: `link-unknown`.
    """
    tail = " FOR UPDATE" if for_update else ""
    row = await fetch_one(f"{_DELIVERY} WHERE id = $1{tail}", delivery_id)
    if row is None:
        raise NotFound("link-unknown", "This link leads nowhere.")
    return Delivery(**dict(row))


async def deliveries_of(card_id: UUID) -> list[Delivery]:
    """Every delivery of a card: the one that counts, then those before it."""
    order = "withdrawn_at IS NOT NULL, made_at DESC, id DESC"
    rows = await fetch(f"{_DELIVERY} WHERE card = $1 ORDER BY {order}", card_id)
    return [Delivery(**dict(row)) for row in rows]


async def is_code_of(card_id: UUID, code_hash: str) -> bool:
    """True when a code is the one a card is known by now."""
    sql = "SELECT 1 FROM holding WHERE id = $1 AND code_hash = $2"
    return await fetch_one(sql, card_id, code_hash) is not None


async def is_opened(card_id: UUID) -> bool:
    """True when somebody has the code of a card by the link of a mail."""
    sql = "SELECT 1 FROM gift_delivery WHERE card = $1 AND withdrawn_at IS NULL AND opened_at IS NOT NULL"
    return await fetch_one(sql, card_id) is not None


async def broken_gift_mails() -> list[str]:
    """Mails that wait to hand over a gift card on which nothing is left, or in a way that was taken back."""
    rows = await fetch(
        "SELECT m.id FROM message m JOIN gift_delivery d ON d.id = m.subject JOIN holding h ON h.id = d.card"
        " WHERE m.kind = 'gift' AND m.status = 'queued'"
        " AND (h.paid_cents + h.free_cents = 0 OR h.status <> 'active' OR d.withdrawn_at IS NOT NULL)"
    )
    return [f"message {row['id']} would hand over an empty gift card" for row in rows]
