"""Products on a ticket, and taking lines off again."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import add_product, open_ticket, remove_line, take_cash
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents
from tests.builders import asked_for_card, checked_in, open_sale, paid_by_card, sale_of, ticket_of
from tests.cast import Spa


async def add(spa: Spa, ticket_id: UUID, product: str = "Daily moisturizer", **wish: Any) -> UUID:
    """Put a product on a ticket as it stands."""
    asked = {
        "line_id": uuid4(),
        "product_id": await spa.product_id(product),
        "quantity": 1,
        "version": (await sale_of(spa, ticket_id)).head.version,
    } | wish
    return await add_product(spa.maya, ticket_id=ticket_id, now=spa.clock.now, **asked)


async def remove(spa: Spa, ticket_id: UUID, line_id: UUID, **wish: Any) -> None:
    """Take a line off a ticket as it stands."""
    asked = {"version": (await sale_of(spa, ticket_id)).head.version} | wish
    await remove_line(spa.maya, ticket_id=ticket_id, line_id=line_id, now=spa.clock.now, **asked)


async def test_a_product_is_added_with_its_tax(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    line_id = await add(spa, ticket_id)
    sale = await sale_of(spa, ticket_id)
    assert [line.id for line in sale.lines][1] == line_id
    assert (sale.lines[1].net_cents, sale.lines[1].detail, sale.head.version) == (3_400, "Retail", 2)
    assert (sale.sums.net_cents, sale.sums.tax.tax_cents) == (15_400, 1_251)


async def test_clothing_is_not_taxed_and_a_quantity_is_said(spa: Spa) -> None:
    ticket_id = await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now)
    await add(spa, ticket_id, "Spa slippers", quantity=3)
    sale = await sale_of(spa, ticket_id)
    assert (sale.lines[0].detail, sale.lines[0].net_cents) == ("3 at $16.00", 4_800)
    assert (sale.sums.tax.tax_cents, sale.sums.total_cents) == (0, 4_800)


async def test_a_product_counts_for_the_group_of_the_guest(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee", proven=True)
    ticket_id = await open_sale(spa, guest_id)
    await add(spa, ticket_id)
    assert {line.guest_group for line in (await sale_of(spa, ticket_id)).lines} == {"employee"}


@pytest.mark.parametrize("quantity", [0, -1, 100])
async def test_a_quantity_is_from_1_to_99(spa: Spa, quantity: int) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Invalid, match="quantity-unreadable"):
        await add(spa, ticket_id, quantity=quantity)


async def test_unknown_or_withdrawn_products_and_tickets_are_refused(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(NotFound, match="product-unknown"):
        await add(spa, ticket_id, product_id=uuid4())
    await fetch("UPDATE product SET active = false WHERE name = 'Daily moisturizer'")
    with pytest.raises(NotFound, match="product-unknown"):
        await add(spa, ticket_id)
    with pytest.raises(NotFound, match="ticket-unknown"):
        await add(spa, uuid4(), version=1)


async def test_a_line_taken_off_stays_in_the_history_and_its_place_is_not_used_again(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    first = await add(spa, ticket_id)
    await remove(spa, ticket_id, first)
    second = await add(spa, ticket_id, "Calming bath salts")
    rows = await fetch("SELECT id, position, status FROM ticket_line ORDER BY position")
    assert [tuple(row)[1:] for row in rows] == [(1, "live"), (2, "removed"), (3, "live")]
    assert rows[2]["id"] == second
    assert (await sale_of(spa, ticket_id)).sums.net_cents == 13_800
    with pytest.raises(NotFound, match="line-unknown"):
        await remove(spa, ticket_id, first)


async def test_a_visit_taken_off_can_go_on_another_ticket(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    first = await ticket_of(spa, appointment_id)
    await remove(spa, first, (await sale_of(spa, first)).lines[0].id)
    second = await ticket_of(spa, appointment_id)
    assert second != first
    assert [line.appointment_id for line in (await sale_of(spa, second)).lines] == [appointment_id]


async def test_nothing_is_taken_off_once_money_was_taken(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await take_cash(
        spa.maya, ticket_id=ticket_id, tender_id=uuid4(), given_cents=Cents(100), version=1, now=spa.clock.now
    )
    with pytest.raises(Conflict, match="tender-first"):
        await remove(spa, ticket_id, (await sale_of(spa, ticket_id)).lines[0].id)
    assert await add(spa, ticket_id)


async def test_lines_stay_as_they_are_while_a_card_is_asked_for_and_when_the_ticket_is_paid(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    line_id = (await sale_of(spa, ticket_id)).lines[0].id
    await asked_for_card(spa, ticket_id, 5_000)
    for change in (add(spa, ticket_id), remove(spa, ticket_id, line_id)):
        with pytest.raises(Conflict, match="card-already-in-progress"):
            await change
    await fetch("UPDATE attempt SET state = 'cancelled', ended_at = now(), next_check_at = NULL")
    await paid_by_card(spa, ticket_id)
    for change in (add(spa, ticket_id), remove(spa, ticket_id, line_id)):
        with pytest.raises(Conflict, match="ticket-already-closed"):
            await change


async def test_a_kiosk_that_saw_an_older_ticket_is_told(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    line_id = await add(spa, ticket_id)
    for change in (add(spa, ticket_id, version=1), remove(spa, ticket_id, line_id, version=1)):
        with pytest.raises(Conflict, match="ticket-changed"):
            await change
    assert await fetch_value("SELECT count(*) FROM ticket_line WHERE status = 'live'") == 2


async def test_a_line_with_an_id_that_is_taken_is_a_refusal(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    line_id = await add(spa, ticket_id)
    with pytest.raises(Conflict, match="id-taken"):
        await add(spa, ticket_id, line_id=line_id)
