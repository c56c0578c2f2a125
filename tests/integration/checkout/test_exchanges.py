"""Something else instead: what a refund gave back pays a new ticket, and what it leaves is never lost."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    Rest,
    Taken,
    add_product,
    give_exchange_rest,
    open_refund,
    open_ticket,
    remove_line,
    take_cash,
    take_exchange,
    undo_tender,
    void_sale,
    void_ticket,
)
from spa_pos.checkout.queries import exchange_ticket, parts_of, sold
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, NeedsApproval
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import EXCHANGES
from spa_pos.reports.queries import bridge, sales_day
from spa_pos.stock.queries import on_hand
from spa_pos.verify import verify
from tests.builders import paid_by_card
from tests.cast import Spa
from tests.races import race
from tests.sale import Sale, balance
from tests.value import left

SLIPPERS = "Spa slippers"


async def all_is_well(spa: Spa, *, exchanging: int = 0) -> None:
    """Nothing is broken, both days agree, and so much waits to be exchanged."""
    assert [(verdict.name, verdict.problems) for verdict in await verify() if verdict.problems] == []
    here, zone, day = spa.house.location_id, spa.house.zone, spa.local(12).date()
    assert (await sales_day(here, zone, day)).agrees
    assert (await bridge(here, zone, day, day)).agrees
    assert -await balance(EXCHANGES) == exchanging


async def bought(
    spa: Spa, pieces: int = 1, *, guest: bool = False, by_card: bool = False
) -> tuple[Sale, UUID]:
    """Slippers that somebody paid for: the sale and its line. With a guest there is a massage too."""
    if guest:
        sale = await Sale.open(spa)
    else:
        now = spa.clock.now
        sale = Sale(spa, await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=now))
    line_id = uuid4()
    await sale(add_product, line_id=line_id, product_id=await spa.product_id(SLIPPERS), quantity=pieces)
    if by_card:
        await paid_by_card(spa, sale.ticket_id)
    else:
        await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return sale, line_id


async def exchanged(spa: Spa, sale: Sale, line_id: UUID, **more: Any) -> Sale:
    """Give the slippers back for something else: the ticket that waits for it."""
    line = next(one for one in (await sold(await sale.now())).lines if one.id == line_id)
    refund_id = uuid4()
    asked: dict[str, Any] = {
        "by": spa.renata,
        "refund_id": refund_id,
        "lines": {line_id: line.net_cents},
        "tip_cents": 0,
        "to": "exchange",
        "reason": "Goods returned",
        "expected_cents": line.net_cents + line.tax_cents,
    }
    await sale.later(open_refund, **asked | more)
    ticket_id = await exchange_ticket(refund_id)
    assert ticket_id is not None
    return Sale(spa, ticket_id)


async def takes(spa: Spa, instead: Sale, product: str, pieces: int = 1) -> UUID:
    """What the guest takes instead."""
    line_id = uuid4()
    await instead(add_product, line_id=line_id, product_id=await spa.product_id(product), quantity=pieces)
    return line_id


async def pays(instead: Sale) -> Taken:
    """The exchange pays what it can."""
    return await instead(take_exchange, tender_id=uuid4())


async def rest(instead: Sale, to: str) -> Rest:
    """What the exchange cannot pay."""
    return await instead(give_exchange_rest, rest_id=uuid4(), to=to)


async def shelf(spa: Spa, product: str) -> int:
    product_id = await spa.product_id(product)
    return (await on_hand(spa.house.location_id, [product_id]))[product_id]


async def test_like_for_like_needs_no_money_and_goods_come_and_go(spa: Spa) -> None:
    sale, line_id = await bought(spa)
    money, pieces = await balance("1000-cash"), await shelf(spa, SLIPPERS)
    instead = await exchanged(spa, sale, line_id)
    total = (await sale.now()).sums.total_cents
    assert ((await instead.now()).exchange_left_cents, await shelf(spa, SLIPPERS)) == (total, pieces + 1)
    await all_is_well(spa, exchanging=total)
    await takes(spa, instead, SLIPPERS)
    assert (await pays(instead)).settled
    assert (await balance("1000-cash"), await shelf(spa, SLIPPERS)) == (money, pieces)
    (tender,) = (await instead.now()).tenders
    assert (tender.kind, tender.amount_cents, tender.word) == ("exchange", total, "Exchange, refund 1")
    assert await balance("2300-tendered") == 0
    await all_is_well(spa)


async def test_what_costs_more_is_paid_by_any_other_tender(spa: Spa) -> None:
    sale, line_id = await bought(spa, by_card=True)
    instead = await exchanged(spa, sale, line_id)
    await takes(spa, instead, SLIPPERS, 3)
    with pytest.raises(Conflict) as refusal:
        await instead(take_cash, tender_id=uuid4(), given_cents=None)
    assert refusal.value.code == "exchange-left"
    assert not (await pays(instead)).settled
    more = await instead.remaining()
    assert (await instead(take_cash, tender_id=uuid4(), given_cents=None)).settled
    assert (more > 0, await balance("1000-cash")) == (True, more)
    await all_is_well(spa)


async def test_what_costs_less_leaves_credit_and_not_cash(spa: Spa) -> None:
    sale, line_id = await bought(spa, 3, guest=True)
    money = await balance("1000-cash")
    instead = await exchanged(spa, sale, line_id)
    before = (await instead.now()).exchange_left_cents
    assert (await instead.now()).head.guest_id == (await sale.now()).head.guest_id
    await takes(spa, instead, SLIPPERS)
    with pytest.raises(Conflict) as refusal:
        await rest(instead, "credit")
    assert refusal.value.code == "exchange-pays-first"
    assert not (await pays(instead)).settled
    given = await rest(instead, "credit")
    spent = (await instead.now()).sums.total_cents
    assert (given.settled, given.amount_cents, await balance("1000-cash")) == (True, before - spent, money)
    assert (await left(given.holding_id), await balance("2420-guest-credit")) == (
        (before - spent, 0),
        spent - before,
    )
    with pytest.raises(Conflict):
        await rest(instead, "credit")
    await all_is_well(spa)


async def test_without_a_guest_the_rest_is_a_gift_card(spa: Spa) -> None:
    sale, line_id = await bought(spa, 2)
    instead = await exchanged(spa, sale, line_id)
    await takes(spa, instead, SLIPPERS)
    await pays(instead)
    with pytest.raises(Conflict) as refusal:
        await rest(instead, "credit")
    assert refusal.value.code == "refund-needs-guest"
    given = await rest(instead, "gift_card")
    assert await left(given.holding_id) == (given.amount_cents, 0)
    assert await fetch_value("SELECT kind FROM holding WHERE id = $1", given.holding_id) == "gift_card"
    await all_is_well(spa)


async def test_an_exchange_is_undone_without_money_leaving_and_never_lost_by_a_void(spa: Spa) -> None:
    sale, line_id = await bought(spa, guest=True)
    instead = await exchanged(spa, sale, line_id)
    whole = (await instead.now()).exchange_left_cents
    other = await takes(spa, instead, SLIPPERS)
    tender_id = uuid4()
    await instead(add_product, line_id=uuid4(), product_id=await spa.product_id(SLIPPERS), quantity=1)
    await instead(take_exchange, tender_id=tender_id)
    await instead(undo_tender, tender_id=tender_id)
    assert (await instead.now()).exchange_left_cents == whole
    await all_is_well(spa, exchanging=whole)
    with pytest.raises(Conflict) as refusal:
        await instead(void_ticket, reason="Wrong guest")
    assert refusal.value.code == "exchange-left"
    for line in (await instead.now()).lines:
        await instead(remove_line, line_id=line.id)
    assert other not in {line.id for line in (await instead.now()).lines}
    given = await rest(instead, "credit")
    assert (given.settled, given.amount_cents) == (False, whole)
    await instead(void_ticket, reason="Wrong guest")
    await all_is_well(spa)


async def test_what_an_exchange_paid_goes_back_as_value_alone(spa: Spa) -> None:
    sale, line_id = await bought(spa)
    instead = await exchanged(spa, sale, line_id)
    other = await takes(spa, instead, SLIPPERS, 2)
    await pays(instead)
    await instead(take_cash, tender_id=uuid4(), given_cents=None)
    paid = {one.kind: one.amount_cents for one in (await instead.now()).tenders}
    lines = (await sold(await instead.now())).lines
    line = next(one for one in lines if one.id == other)
    refund_id = uuid4()
    await instead.later(
        open_refund,
        by=spa.renata,
        refund_id=refund_id,
        lines={other: line.net_cents},
        tip_cents=0,
        to="original",
        reason="Goods returned",
        expected_cents=line.net_cents + line.tax_cents,
    )
    back = {part.kind: part.amount_cents for part in await parts_of(refund_id)}
    assert back == {"gift_card": paid["exchange"], "cash": paid["cash"]}
    assert -await balance("2400-gift-cards") == paid["exchange"]
    await all_is_well(spa)


async def test_a_void_of_the_new_sale_leaves_value(spa: Spa) -> None:
    sale, line_id = await bought(spa, guest=True)
    instead = await exchanged(spa, sale, line_id)
    await takes(spa, instead, SLIPPERS)
    await pays(instead)
    asked = {"refund_id": uuid4(), "reason": "Wrong guest", "approval_id": None}
    total = (await instead.now()).sums.total_cents
    await instead.later(void_sale, by=spa.renata, expected_cents=total, **asked)
    assert -await balance("2420-guest-credit") == total
    await all_is_well(spa)


async def test_the_desk_needs_a_manager_for_it(spa: Spa) -> None:
    sale, line_id = await bought(spa)
    with pytest.raises(NeedsApproval) as refusal:
        await exchanged(spa, sale, line_id, by=spa.maya)
    assert refusal.value.code == "refund-needs-approval"
    assert await fetch("SELECT 1 FROM exchange") == []


async def test_twenty_exchanges_of_one_line_make_one(spa: Spa) -> None:
    sale, line_id = await bought(spa)
    outcome = await race(exchanged(spa, sale, line_id) for _ in range(20))
    assert len(outcome.won) == 1
    assert await fetch_value("SELECT count(*) FROM exchange") == 1
    (instead,) = outcome.won
    await takes(spa, instead, SLIPPERS, 2)
    version = (await instead.now()).head.version
    paid = await race(instead(take_exchange, tender_id=uuid4(), version=version) for _ in range(10))
    assert len(paid.won) == 1
    await all_is_well(spa)


async def test_yesterdays_sale_stays_as_it_was(spa: Spa) -> None:
    sale, line_id = await bought(spa)
    here, zone, day = spa.house.location_id, spa.house.zone, spa.local(12).date()
    before = (await sales_day(here, zone, day), await bridge(here, zone, day, day))
    await spa.new_day(days=1)
    instead = await exchanged(spa, sale, line_id)
    await takes(spa, instead, SLIPPERS)
    await pays(instead)
    assert (await sales_day(here, zone, day), await bridge(here, zone, day, day)) == before
    today = await sales_day(here, zone, spa.clock.now.astimezone(zone).date())
    assert [(row.kind, row.amount_cents) for row in today.tenders] == [
        ("exchange", Cents((await instead.now()).sums.total_cents))
    ]
    assert [row.ways for row in today.refunds] == [["exchange"]]
    assert today.agrees
    assert [(one.name, one.problems) for one in await verify() if one.problems] == []
