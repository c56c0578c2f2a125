"""Exceptions: every act out of the ordinary with who, when, why and how much; narrowed by person and kind."""

from datetime import date
from typing import Any
from uuid import uuid4

from spa_pos.checkout.actions import (
    add_late_tip,
    choose_tips,
    discount,
    remove_discounts,
    set_price,
    split_tips,
    take_cash,
    undo_tender,
    void_ticket,
)
from spa_pos.db import engine
from spa_pos.drawers.actions import open_without_sale
from spa_pos.kernel.money import Cents
from spa_pos.reports.queries.exceptions import BookedExceptions, ExceptionRow, exception_rows
from tests.cast import Spa
from tests.integration.drawers.test_drawers import begin, close, counted
from tests.integration.reports.test_bridge import give_back
from tests.integration.reports.test_tips_report import two_tipped
from tests.sale import Sale, renata, tips_on

TODAY = date(2026, 11, 24)
OFF: dict[str, Any] = {"line_id": None, "rate_ppm": 100_000, "amount_cents": None, "approval_id": None}


async def report(spa: Spa, day: date = TODAY) -> tuple[list[ExceptionRow], BookedExceptions]:
    return await exception_rows(spa.house.location_id, spa.house.zone, day, day, limit=1_000)


async def kinds(spa: Spa) -> dict[str, tuple[str | None, str, int | None]]:
    """Each kind once: who, why and how much."""
    rows, _ = await report(spa)
    assert len({row.kind for row in rows}) == len(rows)
    return {row.kind: (row.who, row.reason, row.amount_cents) for row in rows}


async def test_a_day_without_any_is_empty(spa: Spa) -> None:
    assert await report(spa) == ([], BookedExceptions(Cents(0), Cents(0), Cents(0)))
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/exceptions")
    assert (page.status, "0 things out of the ordinary" in page.words) == (200, True)


async def test_every_kind_says_who_why_and_how_much_and_the_ledger_says_the_same(spa: Spa) -> None:
    await tips_on(spa)
    boss, ana = await renata(spa), await spa.staff_id("Ana Okafor")
    sale = await Sale.open(spa, at=spa.local(9))
    await sale(discount, **OFF, reason="Waited")
    await sale(choose_tips, tips={ana: Cents(1_000)})
    await sale(take_cash, tender_id=uuid4(), given_cents=Cents(2_000))
    (cash,) = (await sale.now()).tenders
    await sale(undo_tender, tender_id=cash.id)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    late = {"provider_id": ana, "amount_cents": Cents(500), "approval_id": None}
    await sale.later(add_late_tip, by=boss, change_id=uuid4(), **late)
    await give_back(spa, sale, line=5_400, total=5_400 + 439)
    other = await Sale.open(spa, await spa.guest("Rosa Delgado"), at=spa.local(11))
    await other(void_ticket, reason="Wrong guest")
    found = await kinds(spa)
    assert found == {
        "discount": ("Maya Lindqvist", "Discount 10 %: Waited", 1_200),
        "undone": ("Maya Lindqvist", "cash", 2_000),
        "late_tip": ("Renata Silva", "For Ana Okafor", 500),
        "refund": ("Renata Silva", "Unhappy", 5_839),
        "void": ("Maya Lindqvist", "Wrong guest", 12_975),
    }
    _, booked = await report(spa)
    assert booked == BookedExceptions(Cents(5_839), Cents(500), Cents(0))


async def test_another_price_names_who_approved_it(spa: Spa) -> None:
    sale = await Sale.open(spa)
    (massage,) = (await sale.now()).lines
    given = await sale.yes("price", 2_000)
    asked = {"line_id": massage.id, "price_cents": Cents(10_000), "reason": "As quoted", "approval_id": given}
    await sale(set_price, **asked)
    ((row,), _) = await report(spa)
    assert (row.kind, row.approved_by, row.amount_cents) == ("price", "Renata Silva", 2_000)
    assert "As quoted" in row.reason


async def test_a_discount_that_was_taken_off_again_is_none(spa: Spa) -> None:
    sale = await Sale.open(spa)
    await sale(discount, **OFF, reason="Waited")
    (one,) = (await sale.now()).lines[0].discounts
    await sale(remove_discounts, discount_id=one.id)
    assert await kinds(spa) == {}


async def test_tips_shared_anew_are_one_act(spa: Spa) -> None:
    sale, ana, ben = await two_tipped(spa)
    wanted = {ana: Cents(1_500), ben: Cents(1_500)}
    asked = {"change_id": uuid4(), "wanted": wanted, "approval_id": None}
    await sale.later(split_tips, by=await renata(spa), **asked)
    assert await kinds(spa) == {"shared": ("Renata Silva", "For Ana Okafor, Ben Castellano", 500)}


async def test_drawers_short_and_opened_without_a_sale(spa: Spa) -> None:
    drawer_id = await begin(spa)
    await open_without_sale(
        spa.maya, drawer_id=drawer_id, move_id=uuid4(), note="Change for the machine", now=spa.clock.now
    )
    count = await counted(spa, drawer_id, {10_000: 1, 5_000: 1, 2_000: 2, 500: 1, 100: 3})
    await close(spa, drawer_id, count, note="Two dollars missing")
    found = await kinds(spa)
    assert found == {
        "no_sale": ("Maya Lindqvist", "Change for the machine", None),
        "drawer": ("Maya Lindqvist", "Two dollars missing", -200),
    }
    _, booked = await report(spa)
    assert booked.drawer_cents == -200


async def test_the_page_narrows_by_person_and_kind_and_leads_to_the_ticket(spa: Spa) -> None:
    sale = await Sale.open(spa, at=spa.local(9))
    await sale(discount, **OFF, reason="=Waited")
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await give_back(spa, sale, line=1_000, total=1_000 + 81)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/exceptions")
    assert "2 things out of the ordinary" in page.words
    assert "Agrees with the ledger to the cent" in page.words
    assert f'href="/tickets/{sale.ticket_id}/receipt"' in page.text
    page = await kiosk.open("/reports/exceptions?person=Renata+Silva&kind=")
    assert "1 thing out of the ordinary" in page.words
    page = await kiosk.open("/reports/exceptions?person=Renata+Silva&kind=discount")
    assert "0 things out of the ordinary" in page.words
    page = await kiosk.open("/reports/exceptions?person=Nobody&kind=nonsense")
    assert "2 things out of the ordinary" in page.words
    csv = await kiosk.open("/reports/exceptions.csv?part=exceptions&kind=discount")
    assert "Discount by hand,Ticket 1,Maya Lindqvist,,Discount 10 %: =Waited,12.00" in csv.text
    assert "Money given back" not in csv.text


async def test_it_is_read_in_a_fixed_number_of_statements(spa: Spa) -> None:
    before = engine.statements
    await report(spa)
    none = engine.statements - before
    sale = await Sale.open(spa)
    await sale(discount, **OFF, reason="Waited")
    before = engine.statements
    await report(spa)
    assert engine.statements - before == none
