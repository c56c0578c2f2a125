"""Settling: only what is paid to the cent, once, with tax fixed at the rates of that day. And voiding."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.rules import Status
from spa_pos.catalog.tables import TaxRate
from spa_pos.checkout.actions import add_product, open_ticket, settle_ticket, take_cash, void_ticket
from spa_pos.db import fetch, fetch_value, insert
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from tests.builders import (
    asked_for_card,
    checked_in,
    open_sale,
    paid_by_card,
    sale_of,
    ticket_of,
    visit_of,
)
from tests.cast import Spa


async def void(spa: Spa, ticket_id: UUID, reason: str = "Wrong guest", version: int = 1) -> None:
    """Void a ticket."""
    await void_ticket(spa.maya, ticket_id=ticket_id, version=version, reason=reason, now=spa.clock.now)


async def free_sale(spa: Spa) -> UUID:
    """A ticket for a visit that costs nothing."""
    await fetch("UPDATE price SET price_cents = 0 WHERE guest_group = 'employee'")
    return await open_sale(spa, await spa.guest("Tom Becker", "employee", proven=True), at=spa.local(10))


async def test_a_ticket_that_is_not_paid_does_not_settle_and_says_what_is_missing(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Conflict, match="tenders-do-not-cover-total") as refusal:
        await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)
    assert refusal.value.facts == {"remaining_cents": 12_975}
    assert "$129.75 is still to pay" in refusal.value.sentence


async def test_an_empty_ticket_does_not_settle(spa: Spa) -> None:
    ticket_id = await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now)
    with pytest.raises(Conflict, match="ticket-empty"):
        await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)


async def test_a_ticket_settles_once(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await paid_by_card(spa, ticket_id)
    with pytest.raises(Conflict, match="ticket-already-closed"):
        await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)
    assert await fetch_value("SELECT count(*) FROM entry WHERE kind = 'ticket-settled'") == 1


async def test_a_visit_that_costs_nothing_is_settled_by_hand_and_the_gift_is_in_the_books(spa: Spa) -> None:
    ticket_id = await free_sale(spa)
    assert (await sale_of(spa, ticket_id)).sums.total_cents == 0
    with pytest.raises(Conflict, match="nothing-to-pay"):
        await take_cash(
            spa.maya, ticket_id=ticket_id, tender_id=uuid4(), given_cents=None, version=1, now=spa.clock.now
        )
    await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.status, sale.head.total_cents, sale.tenders) == ("settled", 0, ())
    rows = await fetch("SELECT account, amount_cents FROM posting ORDER BY account")
    assert [tuple(row) for row in rows] == [("4000-sales", -12_000), ("4900-reductions", 12_000)]


async def test_tax_is_stored_for_each_line_and_each_jurisdiction(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await add_product(
        spa.maya,
        ticket_id=ticket_id,
        line_id=uuid4(),
        product_id=await spa.product_id("Cotton spa robe"),
        quantity=1,
        version=1,
        now=spa.clock.now,
    )
    await paid_by_card(spa, ticket_id)
    lines = await fetch("SELECT net_cents, tax_treatment, tax_cents FROM ticket_line ORDER BY position")
    assert [tuple(line) for line in lines] == [(12_000, "taxable", 975), (6_800, "exempt-class", 0)]
    taxes = await fetch(
        "SELECT jurisdiction, rate_ppm, taxable_cents, tax_cents FROM ticket_tax ORDER BY rate_ppm DESC"
    )
    assert [tuple(tax) for tax in taxes] == [
        ("mn", 68_750, 12_000, 825),
        ("rochester", 7_500, 12_000, 90),
        ("olmsted", 5_000, 12_000, 60),
    ]


async def test_a_ticket_left_open_over_night_is_taxed_and_dated_on_the_day_it_settles(spa: Spa) -> None:
    await insert(
        TaxRate,
        id=uuid4(),
        location=spa.house.location_id,
        jurisdiction="mn",
        name="Minnesota",
        rate_ppm=78_750,
        valid_from=date(2026, 11, 25),
    )
    ticket_id = await open_sale(spa)
    assert (await sale_of(spa, ticket_id)).sums.tax.tax_cents == 975
    spa.clock.now = spa.local(23, 59)
    assert (await sale_of(spa, ticket_id)).sums.tax.tax_cents == 975
    spa.clock.now += timedelta(minutes=1)
    assert (await sale_of(spa, ticket_id)).sums.tax.tax_cents == 1_095
    await paid_by_card(spa, ticket_id)
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.business_date, sale.head.total_cents) == (date(2026, 11, 25), 13_095)
    spa.clock.forward(days=10)
    assert (await sale_of(spa, ticket_id)).sums.total_cents == 13_095


async def test_a_voided_ticket_frees_its_visit_for_another(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    await void(spa, ticket_id, "  Wrong \n guest ")
    assert (await sale_of(spa, ticket_id)).head.status == "voided"
    assert await fetch_value("SELECT reason FROM audit_event WHERE verb = 'voided'") == "Wrong guest"
    assert (await visit_of(spa, appointment_id)).status is Status.CHECKED_IN
    assert await ticket_of(spa, appointment_id) != ticket_id
    assert await fetch_value("SELECT count(*) FROM entry") == 0


@pytest.mark.parametrize(("reason", "code"), [("", "reason-missing"), ("\t ", "reason-missing")])
async def test_a_void_needs_a_reason(spa: Spa, reason: str, code: str) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Invalid, match=code):
        await void(spa, ticket_id, reason)


async def test_a_ticket_with_money_on_it_is_not_voided(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await take_cash(
        spa.maya, ticket_id=ticket_id, tender_id=uuid4(), given_cents=Cents(100), version=1, now=spa.clock.now
    )
    with pytest.raises(Conflict, match="tender-first"):
        await void(spa, ticket_id, version=2)


async def test_a_void_is_told_of_a_card_of_changes_and_of_the_end(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Conflict, match="ticket-changed"):
        await void(spa, ticket_id, version=2)
    await asked_for_card(spa, ticket_id)
    with pytest.raises(Conflict, match="card-already-in-progress"):
        await void(spa, ticket_id)
    other = await open_sale(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await void(spa, other)
    with pytest.raises(Conflict, match="ticket-already-closed"):
        await void(spa, other, version=2)


async def test_a_voided_ticket_takes_no_money(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await void(spa, ticket_id)
    with pytest.raises(Conflict, match="ticket-already-closed"):
        await take_cash(
            spa.maya, ticket_id=ticket_id, tender_id=uuid4(), given_cents=None, version=2, now=spa.clock.now
        )
