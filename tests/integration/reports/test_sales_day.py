"""The sales day: every figure from the tickets beside the ledger's, to the cent, on any day."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import cancel_appointment, mark_no_show
from spa_pos.checkout.actions import (
    add_late_tip,
    add_product,
    choose_tips,
    open_ticket,
    take_cash,
    undo_tender,
    void_ticket,
)
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.reports.queries import SalesDay, broken_days, sales_day
from spa_pos.verify import verify
from tests.builders import booked, checked_in, open_sale, paid_by_card, sale_of, ticket_of
from tests.cast import Spa
from tests.conftest import Database
from tests.database import plant
from tests.sale import Sale, renata, tips_on

TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)


async def report(spa: Spa, day: date = TODAY) -> SalesDay:
    """A day of the spa."""
    return await sales_day(spa.house.location_id, spa.house.zone, day)


async def pay_cash(spa: Spa, ticket_id: UUID, given_cents: int | None = None) -> UUID:
    """Take cash; gives the tender."""
    tender_id = uuid4()
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=tender_id,
        given_cents=None if given_cents is None else Cents(given_cents),
        version=(await sale_of(spa, ticket_id)).head.version,
        now=spa.clock.now,
    )
    return tender_id


async def shelf_sale(spa: Spa, product: str = "Spa slippers", quantity: int = 1) -> UUID:
    """An open ticket of a walk-in with something from the shelf."""
    ticket_id = await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now)
    await add_product(
        spa.maya,
        ticket_id=ticket_id,
        line_id=uuid4(),
        product_id=await spa.product_id(product),
        quantity=quantity,
        version=1,
        now=spa.clock.now,
    )
    return ticket_id


def tie(found: SalesDay, what: str) -> tuple[int, int]:
    """One line of the bridge: what the tickets say and what the ledger says."""
    (one,) = [one for one in found.ties if one.what == what]
    return one.tickets_cents, one.ledger_cents


async def test_a_day_without_sales_is_empty_and_agrees(spa: Spa) -> None:
    found = await report(spa)
    assert (found.cells, found.taxes, found.tenders, found.tickets) == ((), (), (), ())
    assert (found.guests_served, found.voided, found.no_shows, found.cancellations) == (0, 0, 0, 0)
    assert (found.exempt_cents, found.agrees) == (0, True)
    assert {pair for one in found.ties for pair in (one.tickets_cents, one.ledger_cents)} == {0}


async def test_a_day_of_all_kinds_is_counted_by_group_category_tax_and_tender(spa: Spa) -> None:
    employee = await spa.guest("Tom Becker", "employee", proven=True)
    await paid_by_card(spa, await open_sale(spa, employee))
    facial = await open_sale(spa, await spa.guest("Rosa Delgado"), service="facial-60", provider="Elif Demir")
    await pay_cash(spa, facial, 12_000)
    await pay_cash(spa, await shelf_sale(spa, "Daily moisturizer", 2))
    await void_ticket(
        spa.maya, ticket_id=await shelf_sale(spa), version=2, reason="Changed her mind", now=spa.clock.now
    )
    off = await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(13))
    await cancel_appointment(spa.maya, appointment_id=off, version=1, reason="Illness", now=spa.clock.now)
    missed = await booked(spa, await spa.guest("Omar Nasser"), at=spa.local(8, 45))
    spa.clock.now = spa.local(9, 30)
    await mark_no_show(spa.maya, appointment_id=missed, version=1, now=spa.clock.now)

    found = await report(spa)
    assert {
        (cell.group, cell.category): (cell.count, cell.list_cents, cell.reduction_cents, cell.net_cents)
        for cell in found.cells
    } == {
        ("employee", "massage"): (1, 12_000, 3_600, 8_400),
        ("visitor", "skin"): (1, 11_000, 0, 11_000),
        ("visitor", "retail"): (2, 6_800, 0, 6_800),
    }
    assert [(row.jurisdiction, row.taxable_cents, row.tax_cents) for row in found.taxes] == [
        ("mn", 8_400 + 6_800, 578 + 468),
        ("rochester", 8_400 + 6_800, 63 + 51),
        ("olmsted", 8_400 + 6_800, 42 + 34),
    ]
    assert found.exempt_cents == 11_000
    assert [(row.kind, row.count, row.amount_cents) for row in found.tenders] == [
        ("card", 1, 9_083),
        ("cash", 2, 11_000 + 7_353),
    ]
    assert [(row.number, row.guest_name, row.what, row.paid_with) for row in found.tickets] == [
        (1, "Tom Becker", "Swedish massage", ["card"]),
        (2, "Rosa Delgado", "Signature facial", ["cash"]),
        (3, None, "Daily moisturizer", ["cash"]),
    ]
    assert (found.guests_served, found.voided, found.no_shows, found.cancellations) == (2, 1, 1, 1)
    assert found.agrees
    assert tie(found, "Net sales") == (26_200, 26_200)
    assert tie(found, "Sales tax") == (683 + 553, 683 + 553)


async def test_every_figure_is_the_ledgers_by_another_road(spa: Spa) -> None:
    """The same sums once more, from the postings alone, without the code of the report."""
    for number, hour in enumerate((9, 11, 13)):
        guest_id = await spa.guest(f"Guest Number{number}", "patient", proven=bool(number % 2))
        appointment_id = await checked_in(spa, guest_id, proof_shown="seen", at=spa.local(hour))
        await pay_cash(spa, await ticket_of(spa, appointment_id))
    found = await report(spa)
    booked_sums = {
        row["account"]: row["held"]
        for row in await fetch(
            "SELECT account, sum(amount_cents)::bigint AS held FROM posting GROUP BY account"
        )
    }
    net = sum(cell.net_cents for cell in found.cells)
    assert booked_sums["4000-sales"] + booked_sums["4900-reductions"] == -net
    for row in found.taxes:
        assert booked_sums[f"2200-sales-tax:{row.jurisdiction}"] == -row.tax_cents
    assert booked_sums["1000-cash"] == sum(row.amount_cents for row in found.tenders)
    assert booked_sums["2300-tendered"] == 0
    by_cell = await fetch(
        "SELECT guest_group, category, -sum(amount_cents)::bigint AS net FROM posting"
        " WHERE account IN ('4000-sales', '4900-reductions') GROUP BY 1, 2"
    )
    assert {(row["guest_group"], row["category"]): row["net"] for row in by_cell} == {
        (cell.group, cell.category): cell.net_cents for cell in found.cells
    }


async def test_money_on_a_ticket_left_open_over_night_bridges_both_days(spa: Spa) -> None:
    spa.clock.now = spa.local(14)
    ticket_id = await open_sale(spa, at=spa.local(14))
    await pay_cash(spa, ticket_id, 5_000)
    await spa.new_day(days=1)
    await pay_cash(spa, ticket_id)
    first, second = await report(spa), await report(spa, TOMORROW)
    assert (first.agrees, second.agrees) == (True, True)
    assert (first.cells, first.tickets, [row.amount_cents for row in first.tenders]) == ((), (), [5_000])
    assert tie(first, "Held on open tickets") == (5_000, 5_000)
    assert tie(second, "Held on open tickets") == (-5_000, -5_000)
    assert tie(second, "Net sales") == (12_000, 12_000)
    assert [row.amount_cents for row in second.tenders] == [7_975]
    assert tie(second, "Sales + tax + tips + value sold + held = tendered") == (7_975, 7_975)


async def test_cash_given_back_on_a_later_day_leaves_the_first_day_as_it_was(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    tender_id = await pay_cash(spa, ticket_id, 5_000)
    before = await report(spa)
    await spa.new_day(days=1)
    await undo_tender(spa.maya, ticket_id=ticket_id, tender_id=tender_id, version=2, now=spa.clock.now)
    after, next_day = await report(spa), await report(spa, TOMORROW)
    assert after == before
    assert [(row.kind, row.count, row.amount_cents) for row in next_day.tenders] == [("cash", -1, -5_000)]
    assert tie(next_day, "Held on open tickets") == (-5_000, -5_000)
    assert (after.agrees, next_day.agrees) == (True, True)


async def test_cash_taken_and_given_back_on_one_day_is_no_cash(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    tender_id = await pay_cash(spa, ticket_id, 5_000)
    await undo_tender(spa.maya, ticket_id=ticket_id, tender_id=tender_id, version=2, now=spa.clock.now)
    found = await report(spa)
    assert [(row.count, row.amount_cents) for row in found.tenders] == [(0, 0)]
    assert found.agrees


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 8), 23), (date(2027, 3, 14), 23), (date(2026, 11, 1), 25)]
)
async def test_days_of_23_and_25_hours_hold_all_of_their_money_and_no_more(
    spa: Spa, day: date, hours: int
) -> None:
    midnight = datetime.combine(day, time(0), spa.house.zone).astimezone(UTC)
    minute = timedelta(minutes=1)
    for at in (midnight - minute, midnight, midnight + timedelta(hours=hours) - minute):
        spa.clock.now = at
        await spa.new_day()
        await pay_cash(spa, await shelf_sale(spa))
    spa.clock.now = midnight + timedelta(hours=hours)
    await spa.new_day()
    await pay_cash(spa, await shelf_sale(spa))
    found = await report(spa, day)
    assert (len(found.tickets), found.agrees) == (2, True)
    assert tie(found, "Cash taken") == (3_200, 3_200)
    for neighbour in (day - timedelta(days=1), day + timedelta(days=1)):
        assert len((await report(spa, neighbour)).tickets) == 1


PLANTED = {
    "Net sales": "UPDATE ticket_line SET list_cents = list_cents + 1, net_cents = net_cents + 1",
    "Sales tax": "UPDATE ticket_tax SET tax_cents = tax_cents + 1 WHERE jurisdiction = 'mn'",
    "Cash taken": "UPDATE tender SET amount_cents = amount_cents - 1 WHERE kind = 'cash'",
    "Held on open tickets": "UPDATE posting SET amount_cents = amount_cents + 1"
    " WHERE account = '2300-tendered' AND amount_cents > 0",
    "Cards taken": "UPDATE posting SET amount_cents = amount_cents + 1 WHERE account = '1100-card-clearing'",
}


@pytest.mark.parametrize("what", PLANTED)
async def test_a_day_that_does_not_agree_says_so_loudly(
    spa_left_broken: Spa, database: Database, what: str
) -> None:
    spa = spa_left_broken
    ticket_id = await open_sale(spa)
    await pay_cash(spa, ticket_id, 5_000)
    await paid_by_card(spa, ticket_id)
    assert (await report(spa)).agrees
    await plant(database.url, PLANTED[what])

    found = await report(spa)
    assert not found.agrees
    said, booked_cents = tie(found, what)
    assert abs(said - booked_cents) == 1
    (verdict,) = [one for one in await verify() if one.name == "reports.broken_days"]
    assert f"rochester 2026-11-24: {what}: tickets {said}, ledger {booked_cents}" in verdict.problems
    manager = await spa.kiosk("Renata Silva", name="Office")
    page = await manager.open("/reports/sales-day")
    assert page.status == 200
    assert "agrees with the ledger to the cent" not in page.words
    assert f"{what}: the tickets say" in page.words


async def test_verify_looks_at_every_day_of_the_books(spa_left_broken: Spa, database: Database) -> None:
    spa = spa_left_broken
    for _ in range(3):
        await pay_cash(spa, await shelf_sale(spa))
        await spa.new_day(days=1)
    assert await broken_days() == []
    settled = await fetch_value("SELECT id FROM ticket WHERE business_date = $1", TOMORROW)
    await plant(
        database.url, f"UPDATE ticket_line SET list_cents = 1, net_cents = 1 WHERE ticket = '{settled}'"
    )
    assert [problem.split(": ")[0] for problem in await broken_days()] == ["rochester 2026-11-25"] * 2


async def test_a_day_without_sales_and_an_unreadable_day_are_said_in_words(spa: Spa) -> None:
    manager = await spa.kiosk("Renata Silva", name="Office")
    page = await manager.open("/reports/sales-day?date=2026-11-20")
    assert "No sales on this day" in page.words
    wrong = await manager.open("/reports/sales-day?date=2026-11-31")
    assert (wrong.status, "That is not a date." in wrong.words) == (422, True)


async def test_the_desk_does_not_see_the_sales_day(spa: Spa) -> None:
    desk = await spa.kiosk()
    page = await desk.open("/reports/sales-day")
    assert (page.status, "Your role does not cover this." in page.words) == (403, True)


async def test_a_late_tip_stands_on_the_day_it_was_given_and_tips_are_in_the_equation(spa: Spa) -> None:
    await tips_on(spa)
    ana = await spa.staff_id("Ana Okafor")
    sale = await Sale.open(spa)
    await sale(choose_tips, tips={ana: Cents(2_000)})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await spa.new_day(days=1)
    late = {"change_id": uuid4(), "provider_id": ana, "amount_cents": Cents(700), "approval_id": None}
    await sale.later(add_late_tip, by=await renata(spa), **late)
    first, second = await report(spa), await report(spa, TOMORROW)
    assert (first.late_tips_cents, tie(first, "Tips"), tie(first, "Late tips")) == (0, (2_000, 2_000), (0, 0))
    assert (second.late_tips_cents, tie(second, "Late tips")) == (700, (700, 700))
    assert (first.agrees, second.agrees) == (True, True)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(f"/reports/sales-day?date={TODAY}")
    assert "Net sales $120.00" in page.words
    assert "Tips $20.00 Tenders taken $149.75 Ledger $149.75" in page.words
    page = await kiosk.open(f"/reports/sales-day?date={TOMORROW}")
    assert (page.status, "Late tips $7.00" in page.words) == (200, True)
