"""Reading stock: what is on hand, what moved it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents

PAGE = 50


@dataclass(frozen=True, slots=True)
class Stocked:
    """A product and how many pieces of it are on hand; `cost_cents` is what one cost last."""

    id: UUID
    code: str
    name: str
    category: str
    tax_class: str
    price_cents: Cents
    active: bool
    reorder_at: int
    supplier: str
    on_hand: int
    cost_cents: Cents | None

    @property
    def is_low(self) -> bool:
        """Time to order it again, or below what can be."""
        return self.active and self.on_hand <= self.reorder_at


_STOCKED = (
    "SELECT p.id, p.code, p.name, p.category, p.tax_class, p.price_cents, p.active,"
    " coalesce(t.reorder_at, 0) AS reorder_at, coalesce(t.supplier, '') AS supplier,"
    " coalesce((SELECT sum(pieces) FROM stock_movement m WHERE m.location = $1 AND m.product = p.id), 0)::int"
    " AS on_hand, (SELECT cost_cents FROM stock_movement m WHERE m.location = $1 AND m.product = p.id"
    " AND cost_cents IS NOT NULL ORDER BY made_at DESC, id DESC LIMIT 1) AS cost_cents"
    " FROM product p LEFT JOIN stock_terms t ON t.product = p.id AND t.location = $1"
)


async def stocked(location_id: UUID) -> list[Stocked]:
    """Every product with what is on hand, by name; those that are not sold any more too."""
    return [Stocked(**dict(row)) for row in await fetch(f"{_STOCKED} ORDER BY p.name, p.code", location_id)]


async def stocked_product(product_id: UUID, location_id: UUID) -> Stocked:
    """One product.

    Raises:
        NotFound: `product-unknown`.
    """
    row = await fetch_one(f"{_STOCKED} WHERE p.id = $2", location_id, product_id)
    if row is None:
        raise NotFound("product-unknown", "There is no such product. Go back to the list.")
    return Stocked(**dict(row))


async def on_hand(location_id: UUID, product_ids: Collection[UUID]) -> dict[UUID, int]:
    """Pieces on hand of some products; one that never moved has none."""
    rows = await fetch(
        "SELECT product, sum(pieces)::int AS pieces FROM stock_movement"
        " WHERE location = $1 AND product = ANY($2) GROUP BY 1",
        location_id,
        list(product_ids),
    )
    return dict.fromkeys(product_ids, 0) | {row["product"]: row["pieces"] for row in rows}


async def known_barcodes() -> dict[str, UUID]:
    """Every product that is sold, by its barcode."""
    return {
        row["code"].upper(): row["id"] for row in await fetch("SELECT code, id FROM product WHERE active")
    }


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved a product, and where it is told."""

    id: UUID
    made_at: datetime
    product_name: str
    product_code: str
    kind: str
    pieces: int
    cost_cents: Cents | None
    note: str
    who: str | None
    ticket_id: UUID | None
    ticket_number: int | None


_MOVEMENT = (
    "SELECT m.id, m.made_at, p.name AS product_name, p.code AS product_code, m.kind, m.pieces, m.cost_cents,"
    " m.note, s.name AS who, t.id AS ticket_id, t.number AS ticket_number FROM stock_movement m"
    " JOIN product p ON p.id = m.product LEFT JOIN staff s ON s.id = m.made_by"
    " LEFT JOIN ticket_line l ON l.id = m.line LEFT JOIN ticket t ON t.id = l.ticket"
)


async def movements_of(product_id: UUID, location_id: UUID, *, most: int = PAGE) -> list[Movement]:
    """The latest movements of a product, the newest first."""
    rows = await fetch(
        f"{_MOVEMENT} WHERE m.location = $1 AND m.product = $2 ORDER BY m.made_at DESC, m.id DESC LIMIT $3",
        location_id,
        product_id,
        most,
    )
    return [Movement(**dict(row)) for row in rows]


async def movements_between(
    location_id: UUID, since: datetime, until: datetime, *, most: int
) -> list[Movement]:
    """All movements of a time, oldest first."""
    rows = await fetch(
        f"{_MOVEMENT} WHERE m.location = $1 AND m.made_at >= $2 AND m.made_at < $3"
        " ORDER BY m.made_at, m.id LIMIT $4",
        location_id,
        since,
        until,
        most,
    )
    return [Movement(**dict(row)) for row in rows]


async def broken_stock() -> list[str]:
    """Products sold or returned whose movement is missing, wrong or too much."""
    rows = await fetch(
        "SELECT l.id, 'was sold without moving' AS what FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
        " LEFT JOIN stock_movement m ON m.line = l.id AND m.kind = 'sold'"
        " WHERE t.status = 'settled' AND l.status = 'live' AND l.product IS NOT NULL"
        " AND (m.pieces, m.product, m.location) IS DISTINCT FROM (-l.quantity::int, l.product, t.location)"
        " UNION ALL SELECT m.line, 'moved without being sold' FROM stock_movement m"
        " JOIN ticket_line l ON l.id = m.line JOIN ticket t ON t.id = l.ticket"
        " WHERE t.status <> 'settled' OR l.status <> 'live' OR l.product IS DISTINCT FROM m.product"
        " UNION ALL SELECT b.line, 'came back otherwise than its refund says' FROM refund_line b"
        " JOIN refund r ON r.id = b.refund LEFT JOIN stock_movement m"
        "   ON m.line = b.line AND m.refund = b.refund AND m.kind = 'returned'"
        " WHERE coalesce(m.pieces, 0) <> CASE r.status WHEN 'done' THEN b.pieces ELSE 0 END"
        " UNION ALL SELECT m.line, 'came back without a refund of it' FROM stock_movement m"
        " LEFT JOIN refund_line b ON b.line = m.line AND b.refund = m.refund"
        " WHERE m.kind = 'returned' AND b.id IS NULL"
        " UNION ALL SELECT b.line, 'was not written off' FROM refund_line b JOIN refund r ON r.id = b.refund"
        " WHERE r.status = 'done' AND b.pieces > 0 AND NOT b.sellable AND NOT EXISTS (SELECT FROM"
        "   stock_movement m WHERE m.id = b.id AND m.kind = 'adjusted' AND m.pieces = -b.pieces)"
    )
    return [f"line {row['id']} {row['what']}" for row in rows]
