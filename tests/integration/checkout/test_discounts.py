"""Taking something off: limits, a second person, lines and tickets, promo codes, and back again."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    add_product,
    add_promo,
    discount,
    end_promo,
    open_ticket,
    remove_discounts,
    set_price,
    take_cash,
    use_promo,
)
from spa_pos.db import fetch
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.verify import verify
from tests.cast import Spa
from tests.races import race
from tests.sale import Sale, balance, renata

OFF: dict[str, Any] = {
    "line_id": None,
    "rate_ppm": 100_000,
    "amount_cents": None,
    "reason": "Waited",
    "approval_id": None,
}


async def promo(spa: Spa, **wish: Any) -> UUID:
    today = spa.clock.now.date()
    asked: dict[str, Any] = {
        "promo_id": uuid4(),
        "code": "autumn-10",
        "name": "Autumn",
        "rate_ppm": 100_000,
        "amount_cents": None,
        "valid_from": today,
        "valid_until": today,
        "most_uses": None,
        "once_per_guest": False,
        "with_group_price": False,
        "categories": [],
    } | wish
    return await add_promo(await renata(spa), now=spa.clock.now, **asked)


async def test_the_desk_takes_ten_per_cent_off_alone_and_tax_follows(spa: Spa) -> None:
    sale = await Sale.open(spa)
    assert await sale(discount, **OFF) == 1_200
    found = await sale.now()
    assert (found.sums.net_cents, found.sums.tax.tax_cents) == (10_800, 878)
    assert [(one.name, one.reason) for one in found.lines[0].discounts] == [("Discount 10 %", "Waited")]
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert (await balance("4000-sales"), await balance("4900-reductions")) == (-12_000, 1_200)
    assert [one for one in await verify() if one.problems] == []


async def test_more_than_the_desk_may_give_needs_a_manager_for_exactly_that(spa: Spa) -> None:
    sale = await Sale.open(spa)
    with pytest.raises(NeedsApproval, match="discount-needs-approval") as needed:
        await sale(discount, **OFF | {"rate_ppm": 300_000})
    assert needed.value.facts["amount_cents"] == 3_600
    wrong = await sale.yes("discount", 3_500)
    with pytest.raises(Conflict, match="approval-not-for-this"):
        await sale(discount, **OFF | {"rate_ppm": 300_000, "approval_id": wrong})
    given = await sale.yes("discount", 3_600)
    assert await sale(discount, **OFF | {"rate_ppm": 300_000, "approval_id": given}) == 3_600
    row = (await fetch("SELECT approval FROM line_discount"))[0]
    assert row["approval"] == given


async def test_above_half_the_price_two_managers_are_needed(spa: Spa) -> None:
    sale = await Sale.open(spa)
    given = await sale.yes("discount", 7_200)
    with pytest.raises(NeedsApproval, match="a manager has to do it"):
        await sale(discount, **OFF | {"rate_ppm": 600_000, "approval_id": given})
    boss = await renata(spa)
    with pytest.raises(NeedsApproval, match="another manager"):
        await sale(discount, by=boss, **OFF | {"rate_ppm": 600_000})
    second = await sale.yes("discount", 7_200, by="Harold Munroe", to=boss)
    assert await sale(discount, by=boss, **OFF | {"rate_ppm": 600_000, "approval_id": second}) == 7_200


async def test_small_discounts_of_one_person_trip_the_limit_of_the_day(spa: Spa) -> None:
    robe = await spa.product_id("Cotton spa robe")
    for turn in range(6):
        ticket_id = uuid4()
        await open_ticket(spa.maya, ticket_id=ticket_id, appointment_id=None, now=spa.clock.now)
        sale = Sale(spa, ticket_id)
        await sale(add_product, line_id=uuid4(), product_id=robe, quantity=3)
        if turn < 5:
            await sale(discount, **OFF | {"rate_ppm": None, "amount_cents": Cents(2_000)})
        else:
            with pytest.raises(NeedsApproval, match="discount-needs-approval"):
                await sale(discount, **OFF | {"rate_ppm": None, "amount_cents": Cents(1)})


async def test_a_discount_on_the_ticket_is_shared_over_its_lines_and_comes_off_as_one(spa: Spa) -> None:
    sale = await Sale.open(spa)
    oil = await spa.product_id("Lavender body oil, 100 ml")
    await sale(add_product, line_id=uuid4(), product_id=oil, quantity=1)
    assert await sale(discount, **OFF | {"rate_ppm": None, "amount_cents": Cents(1_000)}) == 1_000
    lines = (await sale.now()).lines
    assert [line.discount_cents for line in lines] == [833, 167]
    await sale(remove_discounts, discount_id=lines[1].discounts[0].id)
    assert [line.net_cents for line in (await sale.now()).lines] == [12_000, 2_400]
    with pytest.raises(NotFound, match="discount-unknown"):
        await sale(remove_discounts, discount_id=lines[1].discounts[0].id)


async def test_another_price_always_needs_a_manager_and_is_lower(spa: Spa) -> None:
    sale = await Sale.open(spa)
    line_id = (await sale.now()).lines[0].id
    asked: dict[str, Any] = {"line_id": line_id, "reason": "Room was cold", "approval_id": None}
    with pytest.raises(NeedsApproval, match="price-needs-approval"):
        await sale(set_price, price_cents=Cents(11_999), **asked)
    with pytest.raises(Invalid, match="price-not-lower"):
        await sale(set_price, price_cents=Cents(12_000), **asked)
    assert await sale(set_price, by=await renata(spa), price_cents=Cents(9_000), **asked) == 3_000
    with pytest.raises(NeedsApproval, match="another manager"):
        await sale(set_price, by=await renata(spa), price_cents=Cents(8_000), **asked)


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"reason": " "}, "reason-missing"),
        ({"rate_ppm": None}, "discount-unreadable"),
        ({"rate_ppm": 1_000_001}, "discount-unreadable"),
        ({"rate_ppm": None, "amount_cents": Cents(0)}, "discount-nothing"),
    ],
)
async def test_discounts_that_cannot_be_meant_are_refused(spa: Spa, wish: dict[str, Any], code: str) -> None:
    sale = await Sale.open(spa)
    with pytest.raises(Invalid, match=code):
        await sale(discount, **OFF | wish)


async def test_a_ticket_is_never_reduced_below_what_was_paid(spa: Spa) -> None:
    sale = await Sale.open(spa)
    await sale(take_cash, tender_id=uuid4(), given_cents=Cents(12_900))
    with pytest.raises(Conflict, match="tenders-above-total"):
        await sale(discount, **OFF)
    assert (await sale.now()).lines[0].discounts == ()


async def test_a_promo_code_is_used_once_a_ticket_and_not_on_a_groups_price(spa: Spa) -> None:
    await promo(spa)
    sale = await Sale.open(spa)
    assert await sale(use_promo, code=" Autumn-10 ") == 1_200
    with pytest.raises(Conflict, match="promo-already"):
        await sale(use_promo, code="AUTUMN-10")
    staff = await spa.guest("Tom Becker", "employee", proven=True)
    theirs = await Sale.open(spa, staff, at=spa.local(12))
    with pytest.raises(Conflict, match="promo-nothing"):
        await theirs(use_promo, code="AUTUMN-10")


async def test_a_promo_code_that_says_so_is_good_on_a_groups_price_too(spa: Spa) -> None:
    await promo(spa, with_group_price=True, rate_ppm=None, amount_cents=Cents(500), categories=["massage"])
    staff = await spa.guest("Tom Becker", "employee", proven=True)
    sale = await Sale.open(spa, staff)
    assert await sale(use_promo, code="AUTUMN-10") == 500


async def test_a_promo_code_has_days_uses_and_an_end(spa: Spa) -> None:
    promo_id = await promo(spa, most_uses=1)
    first, second = (
        await Sale.open(spa),
        await Sale.open(spa, await spa.guest("Lena Vogel"), at=spa.local(12)),
    )
    outcome = await race([first(use_promo, code="AUTUMN-10"), second(use_promo, code="AUTUMN-10")])
    assert (len(outcome.won), outcome.codes) == (1, {"promo-used-up"})
    with pytest.raises(Invalid, match="ends-before-start"):
        await promo(spa, code="NEVER", valid_until=spa.clock.now.date() - timedelta(days=1))
    await end_promo(await renata(spa), promo_id=promo_id, now=spa.clock.now)
    third = await Sale.open(spa, await spa.guest("Rosa Delgado"), at=spa.local(14))
    with pytest.raises(NotFound, match="promo-unknown"):
        await third(use_promo, code="AUTUMN-10")


async def test_a_promo_code_once_a_guest_knows_its_guests(spa: Spa) -> None:
    await promo(spa, once_per_guest=True)
    guest = await spa.guest()
    first = await Sale.open(spa, guest)
    await first(use_promo, code="AUTUMN-10")
    again = await Sale.open(spa, guest, at=spa.local(14))
    with pytest.raises(Conflict, match="promo-once"):
        await again(use_promo, code="AUTUMN-10")
