"""Tips of each provider in a pay period: all of them, to the cent, and the ledger says the same."""

from datetime import date
from uuid import UUID, uuid4

from spa_pos.checkout.actions import add_late_tip, add_visit, choose_tips, split_tips, take_cash
from spa_pos.kernel.money import Cents
from spa_pos.reports.queries.tips import TipRow, tip_rows
from tests.builders import checked_in
from tests.cast import Spa
from tests.integration.reports.test_bridge import give_back
from tests.sale import Sale, renata, tips_on

TODAY = date(2026, 11, 24)


async def report(spa: Spa, first: date = TODAY, last: date = TODAY) -> list[TipRow]:
    """The tips of a period, which must agree with the ledger."""
    rows, booked = await tip_rows(spa.house.location_id, first, last, limit=1_000)
    assert sum(row.amount_cents for row in rows) == booked
    return rows


def sums(rows: list[TipRow]) -> dict[tuple[str | None, str], int]:
    found: dict[tuple[str | None, str], int] = {}
    for row in rows:
        key = (row.provider_name, row.kind)
        found[key] = found.get(key, 0) + row.amount_cents
    return found


async def two_tipped(spa: Spa) -> tuple[Sale, UUID, UUID]:
    """A paid ticket of two providers, $20.00 for Ana and $10.00 for Ben."""
    await tips_on(spa)
    sale = await Sale.open(spa)
    other = await checked_in(spa, await spa.guest("Rosa Delgado"), provider="Ben Castellano")
    await sale(add_visit, appointment_id=other)
    ana, ben = await spa.staff_id("Ana Okafor"), await spa.staff_id("Ben Castellano")
    await sale(choose_tips, tips={ana: Cents(2_000), ben: Cents(1_000)})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return sale, ana, ben


async def test_chosen_late_shared_and_given_back_stand_apart_and_sum_up(spa: Spa) -> None:
    sale, ana, ben = await two_tipped(spa)
    boss = await renata(spa)
    await sale.later(
        add_late_tip,
        by=boss,
        change_id=uuid4(),
        provider_id=ana,
        amount_cents=Cents(500),
        approval_id=None,
    )
    wanted = {ana: Cents(2_200), ben: Cents(1_300)}
    await sale.later(split_tips, by=boss, change_id=uuid4(), wanted=wanted, approval_id=None)
    found = sums(await report(spa))
    assert found == {
        ("Ana Okafor", "chosen"): 2_000,
        ("Ben Castellano", "chosen"): 1_000,
        ("Ana Okafor", "late"): 500,
        ("Ana Okafor", "shared"): -300,
        ("Ben Castellano", "shared"): 300,
    }
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/tips")
    assert page.status == 200
    assert "$35.00 of tips are to be paid to providers" in page.words
    assert "Ana Okafor $20.00 $5.00 −$3.00 $0.00 $22.00" in page.words
    assert "Agrees with the ledger to the cent" in page.words
    assert f'href="/tickets/{sale.ticket_id}/receipt"' in page.text
    csv = await kiosk.open("/reports/tips.csv?part=providers")
    assert "Ben Castellano,10.00,0.00,3.00,0.00,13.00" in csv.text


async def test_tips_given_back_count_on_the_day_of_the_refund(spa: Spa) -> None:
    await tips_on(spa)
    sale, ana = await Sale.open(spa), await spa.staff_id("Ana Okafor")
    await sale(choose_tips, tips={ana: Cents(2_000)})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await spa.new_day(days=1)
    await give_back(spa, sale, line=0, tip=800, total=800)
    assert sum(row.amount_cents for row in await report(spa)) == 2_000
    (back,) = await report(spa, date(2026, 11, 25), date(2026, 11, 25))
    assert (back.kind, back.amount_cents) == ("back", -800)
    both = await report(spa, TODAY, date(2026, 11, 25))
    assert sum(row.amount_cents for row in both) == 1_200


async def test_open_tickets_and_other_locations_are_not_in_it(spa: Spa) -> None:
    await tips_on(spa)
    sale = await Sale.open(spa)
    await sale(choose_tips, tips={await spa.staff_id("Ana Okafor"): Cents(2_000)})
    assert await report(spa) == []
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert len(await report(spa)) == 1
    assert await tip_rows(uuid4(), TODAY, TODAY, limit=10) == ([], 0)


async def test_it_opens_on_the_pay_period_of_the_payroll_export(spa: Spa) -> None:
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/tips")
    payroll = await kiosk.browser.get("/register/payroll.csv")
    days = payroll.headers["content-disposition"].split("payroll-")[1]
    assert f'name="from" type="date" value="{days[:10]}"' in page.text
    assert f'name="to" type="date" value="{days[11:21]}"' in page.text
