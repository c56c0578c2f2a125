"""Things of one visit for one price: shares, the 10 % test, and that nothing of it is changed alone."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.catalog.actions import end_one_price, make_one_price
from spa_pos.catalog.queries import one_prices
from spa_pos.checkout.actions import (
    add_product,
    add_visit,
    discount,
    open_refund,
    remove_discounts,
    remove_line,
    set_quantity,
    take_cash,
)
from spa_pos.checkout.actions.exemptions import exempt_by_referral
from spa_pos.checkout.actions.one_price import sell_for_one_price
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.verify import verify
from tests.builders import checked_in
from tests.cast import Spa
from tests.referrals import stored
from tests.sale import Sale, balance, renata


async def product(spa: Spa, cents: int) -> UUID:
    """A taxable product at that price."""
    product_id: UUID = await fetch_value("SELECT id FROM product ORDER BY name LIMIT 1")
    await fetch("UPDATE product SET price_cents = $2 WHERE id = $1", product_id, cents)
    return product_id


async def one_price(spa: Spa, cents: int, *things: UUID, sure: bool = True) -> UUID:
    one_price_id = uuid4()
    await make_one_price(
        await renata(spa),
        one_price_id=one_price_id,
        name="Quiet evening",
        price_cents=Cents(cents),
        things=things,
        sure=sure,
        now=spa.clock.now,
    )
    return one_price_id


async def two_visits(spa: Spa) -> Sale:
    """A massage of $120.00, taxed, and a facial of $110.00, not taxed, of one guest on one ticket."""
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id)
    facial = await checked_in(
        spa, guest_id, service="facial-60", provider="Farah Haddad", at=spa.local(10) + timedelta(hours=3)
    )
    await sale(add_visit, appointment_id=facial)
    return sale


async def both(spa: Spa) -> tuple[UUID, UUID]:
    return await spa.service_id("swedish-60"), await spa.service_id("facial-60")


async def nothing_is_broken() -> None:
    assert [one for one in await verify() if one.problems] == []


async def refused(sale: Sale, code: str, verb: object, **asked: object) -> None:
    before = await sale.now()
    with pytest.raises((Conflict, NotFound)) as problem:
        await sale(verb, **asked)  # type: ignore[arg-type]
    assert problem.value.code == code
    assert await sale.now() == before


async def test_more_than_a_tenth_taxable_taxes_the_whole_price(spa: Spa) -> None:
    sale = await two_visits(spa)
    assert (await sale.now()).sums.tax.tax_cents == 975
    wanted = await one_price(spa, 20_000, *await both(spa))
    assert await sale(sell_for_one_price, sale_id=uuid4(), one_price_id=wanted) == 3_000
    found = await sale.now()
    assert (found.sums.net_cents, found.sums.tax.tax_cents) == (20_000, 1_625)
    assert [line.net_cents for line in found.lines] == [10_435, 9_565]
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert sum(line.tax_cents or 0 for line in (await sale.now()).lines) == 1_625
    assert await balance("2200-sales-tax:mn") == -1_375
    await nothing_is_broken()


async def test_up_to_a_tenth_taxable_taxes_none_of_it_and_a_refund_gives_no_tax(spa: Spa) -> None:
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id, service="facial-60", provider="Farah Haddad")
    small = await product(spa, 1_000)
    await sale(add_product, line_id=uuid4(), product_id=small, quantity=1)
    assert (await sale.now()).sums.tax.tax_cents == 81
    facial = await spa.service_id("facial-60")
    wanted = await one_price(spa, 11_500, facial, small, sure=False)
    await sale(sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)
    found = await sale.now()
    assert (found.sums.net_cents, found.sums.tax.tax_cents) == (11_500, 0)
    assert [line.tax_treatment for line in found.lines] == ["exempt-class", "exempt-one-price"]
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await nothing_is_broken()
    lines = (await sale.now()).lines
    await sale.later(
        open_refund,
        by=await renata(spa),
        refund_id=uuid4(),
        lines={line.id: line.net_cents for line in lines},
        tip_cents=0,
        to="original",
        reason="Unwell",
        expected_cents=11_500,
    )
    assert await balance("1000-cash") == 0
    await nothing_is_broken()


async def test_taken_back_every_line_has_its_own_price_and_tax_again(spa: Spa) -> None:
    sale = await two_visits(spa)
    before = (await sale.now()).lines
    wanted = await one_price(spa, 20_000, *await both(spa))
    await sale(sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)
    made = (await sale.now()).lines[1].discounts[0].id
    await sale(remove_discounts, discount_id=made)
    assert (await sale.now()).lines == before
    assert await fetch_value("SELECT count(*) FROM one_price_sale") == 0
    await nothing_is_broken()


async def test_nothing_of_it_is_changed_alone(spa: Spa) -> None:
    sale = await two_visits(spa)
    guest_id = (await sale.now()).head.guest_id
    assert guest_id is not None
    referral_id = await stored(spa, guest_id)
    wanted = await one_price(spa, 20_000, *await both(spa))
    await sale(sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)
    line = (await sale.now()).lines[0].id
    await refused(sale, "one-price-first", remove_line, line_id=line)
    await refused(sale, "one-price-first", exempt_by_referral, line_id=line, referral_id=referral_id)
    await refused(
        sale,
        "nothing-to-reduce",
        discount,
        line_id=line,
        rate_ppm=50_000,
        amount_cents=None,
        reason="x",
        approval_id=None,
    )
    await refused(sale, "one-price-does-not-fit", sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)


async def test_what_a_referral_exempts_or_a_discount_lowers_is_not_part_of_it(spa: Spa) -> None:
    sale = await two_visits(spa)
    wanted = await one_price(spa, 20_000, *await both(spa))
    line = (await sale.now()).lines[0].id
    guest_id = (await sale.now()).head.guest_id
    assert guest_id is not None
    await sale(exempt_by_referral, line_id=line, referral_id=await stored(spa, guest_id))
    await refused(sale, "one-price-does-not-fit", sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)


async def test_pieces_in_plenty_money_taken_and_one_that_ended_do_not_fit(spa: Spa) -> None:
    sale = await two_visits(spa)
    wanted = await one_price(spa, 20_000, *await both(spa))
    small = await product(spa, 1_000)
    facial = await spa.service_id("facial-60")
    with_piece = await one_price(spa, 11_500, facial, small)
    line_id = uuid4()
    await sale(add_product, line_id=line_id, product_id=small, quantity=1)
    await sale(set_quantity, line_id=line_id, quantity=2)
    await refused(
        sale, "one-price-does-not-fit", sell_for_one_price, sale_id=uuid4(), one_price_id=with_piece
    )
    await end_one_price(await renata(spa), one_price_id=with_piece, now=spa.clock.now)
    await refused(sale, "one-price-unknown", sell_for_one_price, sale_id=uuid4(), one_price_id=with_piece)
    await sale(take_cash, tender_id=uuid4(), given_cents=Cents(1_000))
    await refused(sale, "tender-first", sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)


async def test_who_pays_less_by_their_group_is_not_offered_a_higher_price(spa: Spa) -> None:
    sale = await two_visits(spa)
    await fetch(
        "UPDATE ticket_line SET reduction_cents = 5000, reduction_code = 'x', net_cents = net_cents - 5000"
    )
    wanted = await one_price(spa, 20_000, *await both(spa))
    await refused(sale, "one-price-not-lower", sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)


async def test_making_one_needs_to_know_that_all_is_taxed(spa: Spa) -> None:
    massage, facial = await both(spa)
    for cents, things, code in (
        (20_000, (massage, facial), "one-price-all-taxed"),
        (23_000, (massage, facial), "one-price-not-lower"),
        (9_000, (massage,), "one-price-parts"),
        (9_000, (massage, uuid4()), "one-price-thing-unknown"),
    ):
        with pytest.raises(Invalid) as problem:
            await one_price(spa, cents, *things, sure=False)
        assert problem.value.code == code
    assert await one_prices(spa.house.location_id, spa.local(9).date()) == []


async def test_a_manager_makes_one_and_the_desk_sells_it_in_two_taps(spa: Spa) -> None:
    massage, facial = await both(spa)
    office = await spa.kiosk("Renata Silva", name="Office")
    page = await office.open("/one-prices")
    assert "Nothing is sold for one price" in page.words
    typed = {"name": "Quiet evening", "price": "200", "part_1": massage, "part_2": facial}
    page = await office.send("/one-prices", **typed)
    assert (page.status, page.problem) == (422, "one-price-all-taxed")
    assert "60 % of $200.00 is taxable" in page.words
    page = await office.send("/one-prices", **typed, sure="yes")
    assert "60 % of it is taxable, so the whole price is taxed: tax $16.25, one by one $9.75" in page.words
    sale = await two_visits(spa)
    desk = await spa.kiosk()
    page = await desk.open(f"/tickets/{sale.ticket_id}?step=reduce")
    assert (
        "Instead of $230.00. 60 % of it is taxable, so all of it is taxed: $16.25 instead of $9.75"
        in page.words
    )
    await desk.send("/one-prices")
    assert (await sale.now()).sums.total_cents == 21_625
    await office.open("/one-prices")
    page = await office.send("/end")
    assert "Not sold any more" in page.words


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"name": ""}, "name-missing"),
        ({"price": "cheap"}, "amount-unreadable"),
        ({"part_1": "x"}, "one-price-thing-unknown"),
    ],
)
async def test_a_form_that_makes_no_sense_changes_nothing(spa: Spa, typed: dict[str, str], code: str) -> None:
    massage, facial = await both(spa)
    office = await spa.kiosk("Renata Silva", name="Office")
    await office.open("/one-prices")
    page = await office.send(
        "/one-prices", **({"name": "Evening", "price": "200", "part_1": massage, "part_2": facial} | typed)
    )
    assert page.problem == code
    assert await fetch_value("SELECT count(*) FROM one_price") == 0
