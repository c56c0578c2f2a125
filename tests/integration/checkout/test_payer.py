"""A guest put on a sale that is open already, and another guest who pays a combined ticket."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    add_minutes,
    add_package,
    add_product,
    add_visit,
    discount,
    open_ticket,
    set_payer,
    take_cash,
    take_value,
)
from spa_pos.checkout.actions.exemptions import exempt_by_referral
from spa_pos.checkout.pages.panels import owned_rows
from spa_pos.db import fetch_value
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents
from tests.builders import checked_in
from tests.cast import Spa
from tests.referrals import stored
from tests.sale import Sale
from tests.value import Till


async def walk_in(spa: Spa, *, minutes: bool = True) -> Sale:
    """A sale without a guest: slippers, and ten minutes in the massage chair for $20.00."""
    ticket_id = await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now)
    sale = Sale(spa, ticket_id)
    await sale(add_product, line_id=uuid4(), product_id=await spa.product_id("Spa slippers"), quantity=1)
    if minutes:
        await sale(add_minutes, line_id=uuid4(), minutes=10, provider_id=None, service_id=await chair(spa))
    return sale


async def chair(spa: Spa) -> UUID:
    found: UUID = await fetch_value("SELECT id FROM service WHERE code = 'chair-minutes'")
    return found


async def minutes_line(sale: Sale) -> Any:
    return next(one for one in (await sale.now()).lines if one.minutes)


async def test_what_their_group_pays_counts_with_its_reason_and_back(spa: Spa) -> None:
    sale, tom = await walk_in(spa), await spa.guest("Tom Becker", "employee", proven=True)
    before = (await sale.now()).sums.total_cents
    await sale(set_payer, guest_id=tom)
    line = await minutes_line(sale)
    assert (line.list_cents, line.net_cents, line.reduction_name) == (2_000, 1_600, "Employee price")
    assert {one.guest_group for one in (await sale.now()).lines} == {"employee"}
    assert (await sale.now()).sums.total_cents < before
    await sale(add_minutes, line_id=uuid4(), minutes=5, provider_id=None, service_id=await chair(spa))
    assert (await sale.now()).lines[-1].net_cents == 800, "what is added later too"
    await sale(set_payer, guest_id=None)
    assert (await minutes_line(sale)).net_cents == 2_000
    assert {one.guest_group for one in (await sale.now()).lines} == {"visitor"}
    told = await fetch_value(
        "SELECT reason FROM audit_event WHERE verb = 'changed who pays' ORDER BY made_at LIMIT 1"
    )
    assert told == "Tom Becker, Employee"


async def test_a_group_without_proof_pays_what_visitors_pay(spa: Spa) -> None:
    sale = await walk_in(spa)
    await sale(set_payer, guest_id=await spa.guest("Lena Vogel", "employee"))
    assert (await minutes_line(sale)).net_cents == 2_000
    assert (await sale.now()).lines[0].guest_group == "visitor"


async def test_what_they_own_can_pay_from_then_on_and_keeps_them_the_payer(spa: Spa) -> None:
    sale, ingrid = await walk_in(spa), await spa.guest()
    deposit = await Till(spa).deposit(ingrid, 700)
    today = spa.clock.now.date()
    assert await owned_rows(await sale.now(), today) == ()
    await sale(set_payer, guest_id=ingrid)
    assert [one.id for one in await owned_rows(await sale.now(), today)] == [deposit]
    await sale(take_value, tender_id=uuid4(), holding_id=deposit, amount_cents=None)
    with pytest.raises(Conflict, match="payer-has-paid"):
        await sale(set_payer, guest_id=None)


async def test_their_referral_can_be_used_and_goes_with_them(spa: Spa) -> None:
    sale, ingrid = await walk_in(spa), await spa.guest()
    kept = await stored(spa, ingrid)
    line = await minutes_line(sale)
    with pytest.raises(Conflict, match="referral-not-for-this"):
        await sale(exempt_by_referral, line_id=line.id, referral_id=kept)
    await sale(set_payer, guest_id=ingrid)
    await sale(exempt_by_referral, line_id=line.id, referral_id=kept)
    assert not (await minutes_line(sale)).taxable
    await sale(set_payer, guest_id=await spa.guest("Rosa Delgado"))
    assert (await minutes_line(sale)).taxable


async def test_another_guest_pays_a_combined_ticket_and_each_visit_keeps_its_price(spa: Spa) -> None:
    tom = await spa.guest("Tom Becker", "employee", proven=True)
    sale = await Sale.open(spa, provider="Ben Castellano")
    theirs = await checked_in(spa, tom)
    await sale(add_visit, appointment_id=theirs)
    before = [(one.guest_group, one.net_cents) for one in (await sale.now()).lines]
    await sale(set_payer, guest_id=tom)
    after = await sale.now()
    assert after.head.guest_name == "Tom Becker"
    assert [(one.guest_group, one.net_cents) for one in after.lines] == before
    await sale(add_product, line_id=uuid4(), product_id=await spa.product_id("Spa slippers"), quantity=1)
    assert (await sale.now()).lines[-1].guest_group == "employee"
    assert (await sale(take_cash, tender_id=uuid4(), given_cents=None)).settled


async def test_what_cannot_change_hands_is_refused_and_changes_nothing(spa: Spa) -> None:
    sale, ingrid = await walk_in(spa), await spa.guest()
    with pytest.raises(NotFound, match="guest-unknown"):
        await sale(set_payer, guest_id=uuid4())
    with pytest.raises(Conflict, match="ticket-changed"):
        await sale(set_payer, guest_id=ingrid, version=1)
    with pytest.raises(Conflict, match="payer-already"):
        await sale(set_payer, guest_id=None)
    await sale(set_payer, guest_id=ingrid)
    plan = await Till(spa).plan(30_000, ("swedish-60", 3, 12_000))
    await sale(add_package, line_id=uuid4(), package_id=uuid4(), plan_id=plan)
    with pytest.raises(Conflict, match="guest-needed"):
        await sale(set_payer, guest_id=None)
    assert (await sale.now()).head.guest_id == ingrid


async def test_money_and_discounts_stay_within_the_lower_price(spa: Spa) -> None:
    tom = await spa.guest("Tom Becker", "employee", proven=True)
    sale = await walk_in(spa)
    total = (await sale.now()).sums.total_cents
    await sale(take_cash, tender_id=uuid4(), given_cents=Cents(total - 100))
    with pytest.raises(Conflict, match="tenders-above-total"):
        await sale(set_payer, guest_id=tom)
    other = await walk_in(spa)
    line = await minutes_line(other)
    asked = {"line_id": line.id, "rate_ppm": None, "amount_cents": Cents(1_700), "reason": "Waited"}
    await other(discount, by=spa.renata, approval_id=None, **asked)
    with pytest.raises(Conflict, match="discount-above-price"):
        await other(set_payer, guest_id=tom)


async def test_a_guest_is_found_put_on_the_sale_and_taken_off_again(spa: Spa) -> None:
    await spa.guest("Tom Becker", "employee", proven=True)
    sale, kiosk = await walk_in(spa), await spa.kiosk()
    page = await kiosk.open(f"/tickets/{sale.ticket_id}?step=guest")
    assert "Type a name" in page.words
    page = await kiosk.send("/guests", q="Zzyzx")
    assert "Nobody found for “Zzyzx”" in page.words
    page = await kiosk.send("/guests", q="Becker")
    page = await kiosk.send("/guest")
    assert "Tom Becker pays." in page.words and "instead of" in page.words
    assert "Employee price" in page.words
    page = await kiosk.send("/guest")
    assert "nobody's by name again" in page.words and "Employee price" not in page.words
