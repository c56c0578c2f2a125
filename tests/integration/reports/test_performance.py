"""How the house does: by provider and tender, hours, rates, retail share; tied to the ledger."""

from datetime import date
from uuid import uuid4

from spa_pos.booking.actions import cancel_appointment, mark_no_show
from spa_pos.checkout.actions import add_product, choose_tips, take_cash
from spa_pos.db import engine, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.reports.queries.performance import Performance, Visits, performance
from tests.builders import booked, paid_by_card
from tests.cast import Spa
from tests.integration.reports.test_bridge import give_back
from tests.sale import Sale, tips_on

TODAY = date(2026, 11, 24)


async def report(spa: Spa, day: date = TODAY) -> Performance:
    """The measures of a day, which must agree with the ledger."""
    found = await performance(spa.house.location_id, spa.house.zone, day, day)
    assert sum(row.net_cents for row in found.earned) == found.booked_net_cents
    assert sum(row.amount_cents for row in found.paid) == found.booked_paid_cents
    return found


async def sold(spa: Spa) -> Sale:
    """A massage at an employee's price and a moisturizer for $34.00, with a tip, by cash and card."""
    await tips_on(spa)
    sale = await Sale.open(spa, await spa.guest("Tom Becker", "employee", proven=True))
    await sale(add_product, line_id=uuid4(), product_id=await spa.product_id("Daily moisturizer"), quantity=1)
    await sale(choose_tips, tips={await spa.staff_id("Ana Okafor"): Cents(2_000)})
    await sale(take_cash, tender_id=uuid4(), given_cents=Cents(5_000))
    await paid_by_card(spa, sale.ticket_id)
    return sale


async def test_a_day_without_anything_has_hours_alone(spa: Spa) -> None:
    found = await report(spa)
    assert (found.earned, found.paid, found.visits) == ((), (), Visits(0, 0, 0))
    assert {row.claimed_minutes for row in found.used} == {0}
    ana = next(row for row in found.used if row.name == "Ana Okafor")
    assert ana.minutes > 0


async def test_sales_stand_by_provider_and_kind_and_refunds_are_taken_off(spa: Spa) -> None:
    sale = await sold(spa)
    found = await report(spa)
    assert [
        (row.provider_name, row.kind, row.pieces, row.list_cents, row.off_cents, row.net_cents)
        for row in found.earned
    ] == [("Ana Okafor", "service", 1, 12_000, 3_600, 8_400), (None, "product", 1, 3_400, 0, 3_400)]
    assert {row.kind: (row.tickets, row.amount_cents) for row in found.paid} == {
        "card": (1, 8_400 + 3_400 + 959 + 2_000 - 5_000),
        "cash": (1, 5_000),
    }
    tax = 342
    await give_back(spa, sale, line=4_200, total=4_200 + tax)
    ana, shop = (await report(spa)).earned
    assert (ana.back_cents, ana.net_cents, shop.net_cents) == (4_200, 4_200, 3_400)


async def test_utilisation_is_claimed_minutes_of_scheduled_minutes(spa: Spa) -> None:
    await sold(spa)
    away = await booked(spa, await spa.guest("Rosa Delgado"), provider="Ben Castellano", at=spa.local(13))
    await cancel_appointment(spa.maya, appointment_id=away, version=1, reason="Illness", now=spa.clock.now)
    found = await report(spa)
    claimed = await fetch_value(
        "SELECT (extract(epoch FROM c.ends_at - c.starts_at) / 60)::int FROM claim c"
        " JOIN resource r ON r.number = c.resource_no JOIN staff s ON s.id = r.staff"
        " WHERE s.name = 'Ana Okafor' AND c.appointment IS NOT NULL"
    )
    by_name = {row.name: row for row in found.used}
    ana, ben = by_name["Ana Okafor"], by_name["Ben Castellano"]
    assert (ana.claimed_minutes, ana.hands_on_minutes) == (claimed, 60)
    assert claimed > 60
    assert (ben.claimed_minutes, ben.hands_on_minutes) == (0, 0)
    rooms = [row for row in found.used if row.kind != "provider"]
    assert sum(row.hands_on_minutes for row in rooms if row.claimed_minutes) == 60
    opened = await fetch_value(
        "SELECT (extract(epoch FROM closes - opens) / 60)::int FROM opening_hours WHERE weekday = 1"
    )
    assert {row.minutes for row in rooms} == {opened}


async def test_rates_count_visits_that_were_due(spa: Spa) -> None:
    await sold(spa)
    missed = await booked(spa, await spa.guest("Omar Nasser"), provider="Ben Castellano", at=spa.local(9))
    off = await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(13))
    await booked(spa, await spa.guest("Rosa Delgado"), at=spa.local(14, 30))
    await cancel_appointment(spa.maya, appointment_id=off, version=1, reason="Illness", now=spa.clock.now)
    spa.clock.now = spa.local(9, 45)
    await mark_no_show(spa.maya, appointment_id=missed, version=1, now=spa.clock.now)
    assert (await report(spa)).visits == Visits(4, 1, 1)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(f"/reports/performance?from={TODAY}&to={TODAY}")
    assert page.status == 200
    assert "No-shows 1 3 33.3 %" in page.words
    assert "Cancellations 1 4 25.0 %" in page.words
    assert "Products 1 $34.00 $0.00 $0.00 $34.00 28.8 %" in page.words
    assert "Agrees with the ledger to the cent" in page.words
    assert "÷ visits that were due and not cancelled" in page.words
    csv = await kiosk.open(f"/reports/performance.csv?from={TODAY}&to={TODAY}&part=tenders")
    assert "Cash taken,1,50.00,33.9 %" in csv.text


async def test_it_is_read_in_a_fixed_number_of_statements(spa: Spa) -> None:
    before = engine.statements
    await report(spa)
    none = engine.statements - before
    await sold(spa)
    before = engine.statements
    await report(spa)
    assert engine.statements - before == none
