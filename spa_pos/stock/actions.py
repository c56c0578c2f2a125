"""Writing stock: what came, went and was counted; sales and refunds move it inside their own actions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.db import action, fetch, insert, insert_many, lock
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.people.actions import record
from spa_pos.stock.queries import on_hand, stocked_product
from spa_pos.stock.rules import ADJUSTED, DAMAGED, LONGEST_NOTE, MOST_PIECES, Pieces, differences
from spa_pos.stock.tables import StockMovement


@action
async def receive(actor: Actor, *, list_id: UUID, pieces: Sequence[Pieces], note: str, now: datetime) -> int:
    """Take a delivery in; gives how many pieces came.

    Raises:
        Invalid: `nothing-received`.
    """
    came = [one for one in pieces if one.quantity > 0]
    if not came:
        raise Invalid("nothing-received", "Nothing was received. Scan the delivery.", field="lines")
    words = " ".join(note.split())[:LONGEST_NOTE]
    await _write(actor, "received", came, [one.quantity for one in came], words, list_id, now)
    total = sum(one.quantity for one in came)
    await record(
        actor,
        verb="received a delivery",
        subject_kind="stock",
        subject=list_id,
        now=now,
        after={"products": len(came), "pieces": total, "note": words},
    )
    return total


@action
async def set_terms(actor: Actor, *, product_id: UUID, reorder_at: int, supplier: str, now: datetime) -> None:
    """Say from how few pieces on a product is ordered again, and from whom.

    Raises:
        Invalid: `reorder-unreadable`.
    """
    if not 0 <= reorder_at <= MOST_PIECES:
        raise Invalid("reorder-unreadable", "Type from how few pieces on to order.", field="reorder_at")
    await fetch(
        "INSERT INTO stock_terms (id, location, product, reorder_at, supplier) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (location, product) DO UPDATE SET reorder_at = excluded.reorder_at,"
        " supplier = excluded.supplier",
        uuid7(now),
        actor.location_id,
        product_id,
        reorder_at,
        " ".join(supplier.split())[:LONGEST_NOTE],
    )


@action
async def adjust(
    actor: Actor, *, movement_id: UUID, product_id: UUID, pieces: int, reason: str, now: datetime
) -> None:
    """Say that pieces came or went by hand, and why.

    Raises:
        NotFound: `product-unknown`.
        Invalid: `pieces-unreadable`, `reason-missing`.
    """
    found = await stocked_product(product_id, actor.location_id)
    if pieces == 0 or abs(pieces) > MOST_PIECES:
        raise Invalid("pieces-unreadable", "Type how many pieces, such as -1 or 3.", field="pieces")
    if reason not in ADJUSTED:
        raise Invalid("reason-missing", "Choose why.", field="reason")
    await insert(
        StockMovement,
        id=movement_id,
        location=actor.location_id,
        product=product_id,
        kind="adjusted",
        pieces=pieces,
        note=reason,
        made_by=actor.staff_id,
        made_at=now,
    )
    await record(
        actor,
        verb="adjusted stock",
        subject_kind="product",
        subject=product_id,
        now=now,
        before={"on_hand": found.on_hand},
        after={"on_hand": found.on_hand + pieces},
        reason=reason,
    )


@action
async def count(
    actor: Actor,
    *,
    list_id: UUID,
    pieces: Sequence[Pieces],
    expected: Sequence[int],
    note: str,
    now: datetime,
) -> None:
    """Write down what a count found; `expected` is what the person was shown beside it.

    Raises:
        Conflict: `stock-moved` when something was sold or received since it was shown.
    """
    await lock(f"stock:{actor.location_id}")
    found = differences(pieces, await on_hand(actor.location_id, [one.product_id for one in pieces]))
    if [one.expected for one in found] != list(expected):
        raise Conflict("stock-moved", "Something was sold or received meanwhile. Look at the list again.")
    words = " ".join(note.split())[:LONGEST_NOTE]
    await _write(actor, "counted", pieces, [one.pieces for one in found], words, list_id, now)
    await record(
        actor,
        verb="counted stock",
        subject_kind="stock",
        subject=list_id,
        now=now,
        after={
            "products": len(found),
            "over": sum(max(0, one.pieces) for one in found),
            "short": sum(min(0, one.pieces) for one in found),
        },
    )


async def _write(
    actor: Actor,
    kind: str,
    products: Sequence[Pieces],
    pieces: Sequence[int],
    note: str,
    list_id: UUID,
    now: datetime,
) -> None:
    await insert_many(
        StockMovement,
        [
            {
                "id": uuid7(now),
                "location": actor.location_id,
                "product": one.product_id,
                "kind": kind,
                "pieces": moved,
                "cost_cents": one.cost_cents if kind == "received" else None,
                "note": note,
                "list_id": list_id,
                "made_by": actor.staff_id,
                "made_at": now,
            }
            for one, moved in zip(products, pieces, strict=True)
        ],
    )


async def move_sold(actor: Actor, sold: Sequence[tuple[UUID, UUID, int]], now: datetime) -> None:
    """Take sold pieces off the shelf: line, product, how many; inside the action that settles."""
    await _write_sale(actor, "sold", [(line, product, -pieces) for line, product, pieces in sold], None, now)


async def move_back(
    actor: Actor, refund_id: UUID, returned: Sequence[tuple[UUID, UUID, int]], now: datetime
) -> None:
    """Put returned pieces back on the shelf; inside the action that closes the refund."""
    await _write_sale(actor, "returned", returned, refund_id, now)


async def write_off(
    actor: Actor, refund_id: UUID, damaged: Sequence[tuple[UUID, UUID, int]], now: datetime
) -> None:
    """Take returned pieces that cannot be sold off the shelf again; their id, product, how many."""
    if damaged:
        await insert_many(
            StockMovement,
            [
                {
                    "id": movement_id,
                    "location": actor.location_id,
                    "product": product_id,
                    "kind": "adjusted",
                    "pieces": -pieces,
                    "note": DAMAGED,
                    "list_id": refund_id,
                    "made_by": actor.staff_id,
                    "made_at": now,
                }
                for movement_id, product_id, pieces in damaged
            ],
        )


async def _write_sale(
    actor: Actor, kind: str, moved: Sequence[tuple[UUID, UUID, int]], refund_id: UUID | None, now: datetime
) -> None:
    if moved:
        await insert_many(
            StockMovement,
            [
                {
                    "id": uuid7(now),
                    "location": actor.location_id,
                    "product": product_id,
                    "kind": kind,
                    "pieces": pieces,
                    "line": line_id,
                    "refund": refund_id,
                    "made_by": actor.staff_id,
                    "made_at": now,
                }
                for line_id, product_id, pieces in moved
            ],
        )
