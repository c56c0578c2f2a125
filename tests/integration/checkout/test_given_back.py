"""What comes back with the money: value that was sold, goods, late tips; and whole sales."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    add_deposit,
    add_gift_card,
    add_late_tip,
    add_product,
    choose_tips,
    give_back_otherwise,
    open_refund,
    open_ticket,
    record_given_back,
    split_tips,
    take_cash,
    take_value,
    void_sale,
)
from spa_pos.checkout.queries import parts_of, refund, sold, tips_now
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, NeedsApproval
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import GivenBack, NotGivenBack
from spa_pos.reports.queries import sales_day
from spa_pos.stock.queries import on_hand
from spa_pos.verify import verify
from tests.builders import booked, paid_by_card, sale_of
from tests.cast import Spa
from tests.integration.checkout.test_deposits import rule
from tests.races import race
from tests.sale import Sale, balance, tips_on
from tests.value import left


async def all_is_well(spa: Spa) -> None:
    assert [(verdict.name, verdict.problems) for verdict in await verify() if verdict.problems] == []
    assert (await sales_day(spa.house.location_id, spa.house.zone, spa.local(12).date())).agrees


async def back(spa: Spa, sale: Sale, lines: dict[UUID, int], tip: int = 0, **more: Any) -> UUID:
    """Give back what no tax is on, unless the total is told."""
    asked: dict[str, Any] = {
        "refund_id": uuid4(),
        "ticket_id": sale.ticket_id,
        "lines": lines,
        "tip_cents": tip,
        "to": "original",
        "reason": "Charged by mistake",
        "expected_cents": sum(lines.values()) + tip,
        "now": spa.clock.now,
    }
    return await open_refund(spa.renata, **asked | more)


async def walk_in(spa: Spa) -> Sale:
    """An empty ticket of nobody."""
    now = spa.clock.now
    return Sale(spa, await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=now))


async def of_goods(spa: Spa) -> Sale:
    """An open ticket of slippers for more than $100.00."""
    sale = await walk_in(spa)
    product_id = await spa.product_id("Spa slippers")
    await sale(add_product, line_id=uuid4(), product_id=product_id, quantity=7)
    return sale


async def card_sold(spa: Spa, cents: int = 5_000, *, by_card: bool = False) -> tuple[Sale, UUID, UUID]:
    """A gift card somebody paid for: the sale, its line, the card."""
    sale = await walk_in(spa)
    line_id, card_id = uuid4(), uuid4()
    words = {"recipient": "", "message": "", "approval_id": None}
    await sale(add_gift_card, line_id=line_id, card_id=card_id, amount_cents=Cents(cents), **words)
    if by_card:
        await paid_by_card(spa, sale.ticket_id)
    else:
        await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return sale, line_id, card_id


async def test_a_gift_card_nobody_used_goes_back_in_one_entry_and_is_empty(spa: Spa) -> None:
    sale, line_id, card_id = await card_sold(spa)
    before = await balance("1000-cash")
    for to in ("credit", "gift_card"):
        with pytest.raises(Conflict) as refusal:
            await back(spa, sale, {line_id: 5_000}, to=to)
        assert refusal.value.code in ("value-goes-back-as-paid", "refund-needs-guest")
    refund_id = await back(spa, sale, {line_id: 5_000})
    assert await left(card_id) == (0, 0)
    assert (await balance("2400-gift-cards"), await balance("1000-cash") - before) == (0, -5_000)
    assert await fetch_value("SELECT kind FROM entry WHERE id = $1", refund_id) == "ticket-refunded"
    with pytest.raises(Conflict):
        await back(spa, sale, {line_id: 1})
    await all_is_well(spa)


async def test_of_a_card_that_was_used_what_is_left_goes_back(spa: Spa) -> None:
    sale, line_id, card_id = await card_sold(spa)
    other = await of_goods(spa)
    await other(take_value, tender_id=uuid4(), holding_id=card_id, amount_cents=Cents(2_000))
    with pytest.raises(Conflict) as refusal:
        await back(spa, sale, {line_id: 3_001})
    assert refusal.value.code == "refund-above-line"
    await back(spa, sale, {line_id: 3_000})
    assert await left(card_id) == (0, 0)
    with pytest.raises(Conflict) as refusal:
        await void(spa, sale)
    assert refusal.value.code == "void-after-refund"
    await all_is_well(spa)


async def test_a_card_on_its_way_back_to_a_card_cannot_be_spent_meanwhile(spa: Spa) -> None:
    sale, line_id, card_id = await card_sold(spa, by_card=True)
    refund_id = await back(spa, sale, {line_id: 5_000})
    assert (await refund(refund_id, spa.house.location_id)).status == "open"
    assert await left(card_id) == (0, 0)
    await all_is_well(spa)
    (part,) = await parts_of(refund_id)
    told = {"refund_id": refund_id, "part_id": part.id, "now": spa.clock.now}
    await record_given_back(spa.renata, outcome=GivenBack("re_7", settled=True), **told)
    assert await balance("2400-gift-cards") == 0
    await all_is_well(spa)


async def test_spent_and_given_back_at_once_only_one_happens(spa: Spa) -> None:
    for _ in range(10):
        sale, line_id, card_id = await card_sold(spa)
        other = await of_goods(spa)
        await race(
            [
                back(spa, sale, {line_id: 5_000}),
                other(take_value, tender_id=uuid4(), holding_id=card_id, amount_cents=Cents(5_000)),
                back(spa, sale, {line_id: 5_000}),
            ]
        )
        spent = await fetch_value(
            "SELECT count(*) FROM value_movement WHERE holding = $1 AND kind <> 'sold'", card_id
        )
        assert (spent, await left(card_id)) == (1, (0, 0))
    await all_is_well(spa)


async def test_a_deposit_becomes_credit_when_its_guest_wants(spa: Spa) -> None:
    await rule(spa)
    visit_id, line_id, ticket_id = await booked(spa), uuid4(), uuid4()
    asked = {"ticket_id": ticket_id, "line_id": line_id, "deposit_id": uuid4(), "now": spa.clock.now}
    sale = Sale(spa, await add_deposit(spa.maya, appointment_id=visit_id, **asked))
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    total = (await sale.now()).sums.total_cents
    await back(spa, sale, {line_id: 1_000}, to="credit")
    await back(spa, sale, {line_id: total - 1_000})
    assert (await balance("2420-guest-credit"), await balance("1000-cash")) == (-1_000, 1_000)
    assert await fetch_value("SELECT sum(paid_cents)::bigint FROM holding WHERE kind = 'deposit'") == 0
    await all_is_well(spa)


async def slippers(spa: Spa, quantity: int = 3) -> tuple[Sale, UUID, UUID]:
    """Slippers that somebody bought with a massage: the sale, the line, the product."""
    sale, line_id = await Sale.open(spa), uuid4()
    product_id = await spa.product_id("Spa slippers")
    await sale(add_product, line_id=line_id, product_id=product_id, quantity=quantity)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return sale, line_id, product_id


async def test_one_of_three_comes_back_and_one_is_damaged(spa: Spa) -> None:
    sale, line_id, product_id = await slippers(spa)
    here = spa.house.location_id

    async def shelf() -> int:
        return (await on_hand(here, [product_id]))[product_id]

    sold_out = await shelf()
    line = next(one for one in (await sold(await sale.now())).lines if one.id == line_id)
    cents, tax = line.cents_of(1), line.tax_cents // 3
    asked: dict[str, Any] = {"pieces": {line_id: 1}, "expected_cents": cents + tax}
    await back(spa, sale, {line_id: cents}, **asked)
    assert await shelf() == sold_out + 1
    await back(spa, sale, {line_id: cents}, **asked, damaged=[line_id])
    assert await shelf() == sold_out + 1
    moved = await fetch("SELECT kind, pieces, note FROM stock_movement WHERE product = $1", product_id)
    assert {tuple(row.values()) for row in moved} >= {("returned", 1, ""), ("adjusted", -1, "Damaged")}
    with pytest.raises(Conflict) as refusal:
        await back(spa, sale, {line_id: 1}, pieces={line_id: 2}, expected_cents=1)
    assert refusal.value.code == "refund-above-pieces"
    await back(
        spa, sale, {line_id: cents}, pieces={line_id: 0}, expected_cents=cents + line.tax_cents - 2 * tax
    )
    assert await shelf() == sold_out + 1
    await all_is_well(spa)


async def tipped(spa: Spa) -> tuple[Sale, UUID, UUID]:
    """Ana has $15.00 of the sale and Ben $5.00, shared anew; $8.00 more came late in cash, for Ana."""
    await tips_on(spa)
    sale, ana = await Sale.open(spa), await spa.staff_id("Ana Okafor")
    await sale(choose_tips, tips={ana: Cents(1_500)})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    late = {"change_id": uuid4(), "provider_id": ana, "amount_cents": Cents(800), "approval_id": None}
    await sale.later(add_late_tip, by=spa.renata, **late)
    return sale, ana, uuid4()


async def test_late_tips_go_back_too_and_their_provider_has_them_no_more(spa: Spa) -> None:
    sale, ana, _ = await tipped(spa)
    assert (await sold(await sale.now())).tip_left_cents == 2_300
    with pytest.raises(Conflict) as refusal:
        await back(spa, sale, {}, tip=2_301)
    assert refusal.value.code == "refund-above-tip"
    first = await back(spa, sale, {}, tip=1_000)
    parts = await parts_of(first)
    assert sorted((part.late_tip_id is None, part.amount_cents) for part in parts) == [
        (False, 800),
        (True, 200),
    ]
    assert await tips_now(sale.ticket_id) == {ana: 1_300}
    with pytest.raises(Conflict):
        await sale.later(
            split_tips, by=spa.renata, change_id=uuid4(), wanted={ana: Cents(2_300)}, approval_id=None
        )
    await back(spa, sale, {}, tip=1_300)
    assert (await balance("2500-tips"), await tips_now(sale.ticket_id)) == (0, {ana: 0})
    await all_is_well(spa)


async def void(spa: Spa, sale: Sale, **more: Any) -> UUID:
    """Void a sale of which nothing went back, with what is expected to go."""
    late = await fetch_value(
        "SELECT coalesce(sum(amount_cents), 0)::bigint FROM tip_change WHERE ticket = $1 AND kind <> 'split'",
        sale.ticket_id,
    )
    asked = {
        "by": spa.renata,
        "refund_id": uuid4(),
        "reason": "Rung up by mistake",
        "expected_cents": (await sale.now()).sums.total_cents + late,
        "approval_id": None,
    }
    return await sale.later(void_sale, **asked | more)


async def test_a_void_leaves_nothing_of_a_sale_but_its_ticket(spa: Spa) -> None:
    sale, _, _ = await tipped(spa)
    ticket = await sale_of(spa, sale.ticket_id)
    with pytest.raises(NeedsApproval) as refusal:
        await void(spa, sale, by=spa.maya)
    assert refusal.value.code == "void-needs-approval"
    yes = await sale.yes("void", ticket.sums.total_cents + 800)
    void_id = await void(spa, sale, by=spa.maya, approval_id=yes)
    accounts = await fetch("SELECT account FROM posting GROUP BY 1 HAVING sum(amount_cents) <> 0 ORDER BY 1")
    assert [row["account"] for row in accounts] == []
    assert await fetch_value("SELECT kind FROM entry WHERE id = $1", void_id) == "ticket-voided"
    assert (await sale_of(spa, sale.ticket_id)).head == ticket.head
    (row,) = (await sales_day(spa.house.location_id, spa.house.zone, spa.local(12).date())).refunds
    assert row.kind == "void"
    with pytest.raises(Conflict) as again:
        await void(spa, sale)
    assert again.value.code == "void-after-refund"
    await all_is_well(spa)


async def test_a_void_takes_goods_value_and_what_was_free_back(spa: Spa) -> None:
    sale, line_id, card_id = await Sale.open(spa), uuid4(), uuid4()
    product_id = await spa.product_id("Spa slippers")
    shelf = (await on_hand(spa.house.location_id, [product_id]))[product_id]
    await sale(add_product, line_id=line_id, product_id=product_id, quantity=2)
    words = {"recipient": "", "message": "", "approval_id": None}
    await sale(
        add_gift_card, by=spa.renata, line_id=uuid4(), card_id=card_id, amount_cents=Cents(4_000), **words
    )
    await paid_by_card(spa, sale.ticket_id)
    void_id = await void(spa, sale)
    assert await left(card_id) == (0, 0)
    (part,) = await parts_of(void_id)
    told = {"refund_id": void_id, "part_id": part.id, "now": spa.clock.now}
    await record_given_back(spa.renata, outcome=GivenBack("re_9", settled=True), **told)
    assert (await on_hand(spa.house.location_id, [product_id]))[product_id] == shelf
    await all_is_well(spa)


async def test_yesterdays_sale_is_not_voided_nor_one_of_which_value_was_used(spa: Spa) -> None:
    sale, _, card_id = await card_sold(spa)
    other = await of_goods(spa)
    await other(take_value, tender_id=uuid4(), holding_id=card_id, amount_cents=Cents(100))
    with pytest.raises(Conflict) as refusal:
        await void(spa, sale)
    assert refusal.value.code == "void-value-spent"
    await spa.new_day(days=1)
    with pytest.raises(Conflict) as refusal:
        await void(spa, sale)
    assert refusal.value.code == "void-too-late"
    with pytest.raises(Conflict) as refusal:
        await void(spa, other)
    assert refusal.value.code == "ticket-not-settled"
    assert await fetch_value("SELECT count(*) FROM refund") == 0


async def test_fifty_voids_of_one_sale_void_it_once(spa: Spa) -> None:
    sale, _, _ = await slippers(spa)
    outcome = await race(void(spa, sale) for _ in range(50))
    assert len(outcome.won) == 1
    assert await balance("1000-cash") == 0
    await all_is_well(spa)


async def test_what_the_bank_has_not_confirmed_is_not_given_back_and_may_still_fail(spa: Spa) -> None:
    sale, line_id, _ = await card_sold(spa, by_card=True)
    refund_id = await back(spa, sale, {line_id: 5_000})
    (part,) = await parts_of(refund_id)
    told = {"refund_id": refund_id, "part_id": part.id, "now": spa.clock.now}
    cleared = await balance("1100-card-clearing")
    for _ in range(2):
        await record_given_back(spa.renata, outcome=GivenBack("re_3", settled=False), **told)
    (waiting,) = await parts_of(refund_id)
    assert (waiting.status, await balance("1100-card-clearing")) == ("pending", cleared)
    assert (await refund(refund_id, spa.house.location_id)).status == "open"
    await all_is_well(spa)
    await record_given_back(spa.renata, outcome=NotGivenBack("The bank sent it back."), **told)
    await give_back_otherwise(
        spa.renata, refund_id=refund_id, part_id=part.id, kind="cash", now=spa.clock.now
    )
    assert (await balance("1100-card-clearing"), await balance("1000-cash")) == (cleared, -5_000)
    await all_is_well(spa)
