"""Stock moves with deliveries, sales, refunds, counts and hands; and only so."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from spa_pos.checkout.actions import add_product, open_refund, open_ticket, take_cash
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.stock.actions import adjust, count, receive
from spa_pos.stock.queries import broken_stock, movements_of, on_hand, stocked_product
from spa_pos.stock.rules import Pieces
from tests.builders import sale_of
from tests.cast import Spa

OIL = "2000000000015"


async def oil(spa: Spa) -> UUID:
    """Lavender body oil at $24.00."""
    return UUID(str(await fetch_value("SELECT id FROM product WHERE code = $1", OIL)))


async def left(spa: Spa) -> int:
    product_id = await oil(spa)
    return (await on_hand(spa.house.location_id, [product_id]))[product_id]


async def sold(spa: Spa, pieces: int) -> UUID:
    """A ticket of so many bottles, paid in cash."""
    ticket_id, now = uuid4(), spa.clock.now
    await open_ticket(spa.maya, ticket_id=ticket_id, appointment_id=None, now=now)
    await add_product(
        spa.maya,
        ticket_id=ticket_id,
        line_id=uuid4(),
        product_id=await oil(spa),
        quantity=pieces,
        version=1,
        now=now,
    )
    sale = await sale_of(spa, ticket_id)
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=sale.sums.remaining_cents,
        version=sale.head.version,
        now=now,
    )
    assert (await sale_of(spa, ticket_id)).head.status == "settled"
    return ticket_id


async def test_a_delivery_comes_and_a_sale_goes(spa: Spa) -> None:
    before = await left(spa)
    await receive(
        spa.maya,
        list_id=uuid4(),
        pieces=[Pieces(await oil(spa), 12, Cents(950))],
        note="Delivery 7",
        now=spa.clock.now,
    )
    spa.clock.forward(minutes=1)
    await sold(spa, 2)
    assert await left(spa) == before + 10
    found = await stocked_product(await oil(spa), spa.house.location_id)
    assert found.cost_cents == 950
    assert [one.kind for one in await movements_of(found.id, spa.house.location_id)][:2] == [
        "sold",
        "received",
    ]
    assert await broken_stock() == []


async def test_a_sale_is_never_held_up_by_an_empty_shelf(spa: Spa) -> None:
    before = await left(spa)
    await sold(spa, before + 1)
    assert await left(spa) == -1


async def test_the_database_settles_no_product_that_has_not_moved(spa: Spa) -> None:
    ticket_id = await sold(spa, 1)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await fetch("DELETE FROM stock_movement")
    await fetch("ALTER TABLE stock_movement DISABLE TRIGGER stock_movement_append_only")
    try:
        await fetch("UPDATE stock_movement SET pieces = -5 WHERE kind = 'sold'")
        assert len(await broken_stock()) == 1
        await fetch("UPDATE stock_movement SET pieces = -1 WHERE kind = 'sold'")
    finally:
        await fetch("ALTER TABLE stock_movement ENABLE TRIGGER stock_movement_append_only")
    assert await broken_stock() == []
    assert ticket_id


async def test_without_its_movement_a_settlement_is_rolled_back(
    spa: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spa_pos.checkout.actions import settle

    async def nothing(*_: object) -> None: ...

    monkeypatch.setattr(settle, "move_sold", nothing)
    with pytest.raises(Conflict) as refused:
        await sold(spa, 1)
    assert refused.value.code == "stock-not-moved"
    assert await fetch_value("SELECT count(*) FROM ticket WHERE status = 'settled'") == 0


async def test_a_count_writes_the_difference_and_refuses_what_moved_meanwhile(spa: Spa) -> None:
    product_id, before = await oil(spa), await left(spa)
    asked = {"list_id": uuid4(), "pieces": [Pieces(product_id, 3)], "note": "", "now": spa.clock.now}
    with pytest.raises(Conflict) as refused:
        await count(spa.renata, expected=[before + 1], **asked)  # type: ignore[arg-type]
    assert refused.value.code == "stock-moved"
    await count(spa.renata, expected=[before], **asked)  # type: ignore[arg-type]
    assert await left(spa) == 3


async def test_by_hand_needs_pieces_and_a_reason(spa: Spa) -> None:
    product_id, before = await oil(spa), await left(spa)
    for pieces, reason, code in ((0, "Lost", "pieces-unreadable"), (-1, "Because", "reason-missing")):
        with pytest.raises(Invalid) as refused:
            await adjust(
                spa.renata,
                movement_id=uuid4(),
                product_id=product_id,
                pieces=pieces,
                reason=reason,
                now=spa.clock.now,
            )
        assert refused.value.code == code
    await adjust(
        spa.renata,
        movement_id=uuid4(),
        product_id=product_id,
        pieces=-1,
        reason="Damaged",
        now=spa.clock.now,
    )
    assert await left(spa) == before - 1


async def give_back(spa: Spa, ticket_id: UUID, cents: int, in_all: int) -> None:
    """Give so much of the oil back, in cash."""
    (line,) = (await sale_of(spa, ticket_id)).lines
    await open_refund(
        spa.renata,
        refund_id=uuid4(),
        ticket_id=ticket_id,
        lines={line.id: Cents(cents)},
        tip_cents=Cents(0),
        to="original",
        reason="Not as expected",
        expected_cents=Cents(in_all),
        now=spa.clock.now,
    )


async def test_a_product_given_back_to_the_last_cent_lies_on_the_shelf_again(spa: Spa) -> None:
    ticket_id = await sold(spa, 2)
    before = await left(spa)
    await give_back(spa, ticket_id, 2_400, 2_595)
    assert await left(spa) == before
    await give_back(spa, ticket_id, 2_400, 2_595)
    assert await left(spa) == before + 2
    assert await broken_stock() == []
