"""Add-ons on a ticket: lines of their own, priced, taxed and removed with their visit."""

from uuid import UUID, uuid4

from spa_pos.booking.actions import book_appointment, check_in, undo_check_in
from spa_pos.checkout.actions import open_ticket, remove_line, take_cash
from spa_pos.checkout.queries.invariants import broken_add_on_lines
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from tests.builders import booking, sale_of, ticket_of, visit_of
from tests.cast import Spa


async def with_add_ons(
    spa: Spa, *codes: str, guest_id: UUID | None = None, cents: int = 0, **wish: str
) -> UUID:
    """A checked-in visit with add-ons that cost so many cents together."""
    asked = await booking(spa, guest_id or await spa.guest(), **wish)
    asked["add_on_ids"] = [await spa.service_id(code) for code in codes]
    asked["quoted_cents"] = Cents(asked["quoted_cents"] + cents)
    appointment_id = (await book_appointment(spa.maya, now=spa.clock.now, **asked)).appointment_id
    await check_in(
        spa.maya, appointment_id=appointment_id, version=1, proof_shown="on_file", now=spa.clock.now
    )
    return appointment_id


async def test_each_add_on_is_a_line_of_its_own_in_its_own_tax_class(spa: Spa) -> None:
    visit_id = await with_add_ons(
        spa, "scalp-15", "towels", service="facial-60", provider="Elif Demir", cents=3_300
    )
    sale = await sale_of(spa, await ticket_of(spa, visit_id))
    assert [(line.description, line.detail, line.category, line.net_cents) for line in sale.lines] == [
        ("Signature facial", "Elif Demir, 75 min, 10:00 AM", "skin", 11_000),
        ("Scalp massage", "With Signature facial", "massage", 2_500),
        ("Hot towels", "With Signature facial", "skin", 800),
    ]
    assert [line.taxable for line in sale.lines] == [False, True, False]
    assert (sale.sums.net_cents, sale.sums.tax.tax_cents) == (14_300, 203)  # 8.125 % of $25.00
    settled = await take_and_settle(spa, sale.head.id, 14_503)
    assert settled == "settled"
    revenue = await fetch(
        "SELECT category, -sum(amount_cents)::int AS cents FROM posting WHERE entry = $1"
        " AND account LIKE '4%' AND category IS NOT NULL GROUP BY category ORDER BY category",
        sale.head.id,
    )
    assert [tuple(row) for row in revenue] == [("massage", 2_500), ("skin", 11_800)]
    assert await broken_add_on_lines() == []


async def take_and_settle(spa: Spa, ticket_id: UUID, cents: int) -> str:
    """Pay a ticket in cash; gives how it stands then."""
    sale = await sale_of(spa, ticket_id)
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=Cents(cents),
        version=sale.head.version,
        now=spa.clock.now,
    )
    status: str = await fetch_value("SELECT status FROM ticket WHERE id = $1", ticket_id)
    return status


async def test_a_group_price_is_reduced_line_by_line(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "patient", proven=True)
    visit_id = await with_add_ons(spa, "scalp-15", guest_id=guest_id, cents=2_250)
    sale = await sale_of(spa, await ticket_of(spa, visit_id))
    assert [(line.list_cents, line.reduction_cents, line.reduction_name) for line in sale.lines] == [
        (12_000, 1_200, "Patient price"),
        (2_500, 250, "Patient price"),
    ]


async def test_an_open_ticket_takes_the_new_price_of_add_ons_over_too(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "patient")
    asked = await booking(spa, guest_id)
    asked |= {
        "add_on_ids": [await spa.service_id("scalp-15")],
        "quoted_cents": Cents(asked["quoted_cents"] + 2_250),
    }
    visit_id = (await book_appointment(spa.maya, now=spa.clock.now, **asked)).appointment_id
    await check_in(spa.maya, appointment_id=visit_id, version=1, proof_shown="seen", now=spa.clock.now)
    ticket_id = await ticket_of(spa, visit_id)
    assert (await sale_of(spa, ticket_id)).sums.net_cents == 13_050
    await undo_check_in(spa.maya, appointment_id=visit_id, version=2, now=spa.clock.now)
    await check_in(spa.maya, appointment_id=visit_id, version=3, proof_shown="not_shown", now=spa.clock.now)
    assert (await visit_of(spa, visit_id)).total_cents == 14_500
    assert await ticket_of(spa, visit_id) == ticket_id
    sale = await sale_of(spa, ticket_id)
    assert [(line.guest_group, line.net_cents) for line in sale.lines] == [
        ("visitor", 12_000),
        ("visitor", 2_500),
    ]


async def test_an_add_on_can_be_taken_off_alone_and_goes_with_its_visit(spa: Spa) -> None:
    visit_id = await with_add_ons(spa, "scalp-15", "aromatherapy", cents=3_700)
    ticket_id = await ticket_of(spa, visit_id)
    sale = await sale_of(spa, ticket_id)
    await remove_line(spa.maya, ticket_id=ticket_id, line_id=sale.lines[1].id, version=1, now=spa.clock.now)
    assert [line.description for line in (await sale_of(spa, ticket_id)).lines] == [
        "Swedish massage",
        "Aromatherapy",
    ]
    await remove_line(spa.maya, ticket_id=ticket_id, line_id=sale.lines[0].id, version=2, now=spa.clock.now)
    assert (await sale_of(spa, ticket_id)).lines == ()
    again = await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=visit_id, now=spa.clock.now)
    assert len((await sale_of(spa, again)).lines) == 3
    assert await broken_add_on_lines() == []


async def test_the_receipt_lists_add_ons_and_the_report_by_category_ties_to_the_ledger(spa: Spa) -> None:
    visit_id = await with_add_ons(spa, "scalp-15", service="facial-60", provider="Elif Demir", cents=2_500)
    ticket_id = await ticket_of(spa, visit_id)
    await take_and_settle(spa, ticket_id, 13_703)
    desk = await spa.kiosk("Renata Silva")
    receipt = await desk.open(f"/tickets/{ticket_id}/receipt")
    assert "Scalp massage" in receipt.words and "$25.00" in receipt.words
    report = await desk.open("/reports/sales-day")
    assert "The day agrees with the ledger to the cent" in report.words
    assert "$25.00" in report.words and "$110.00" in report.words
