"""Discounts of the house's own people above 20 %: reported, never refused, less what went back."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import add_product, discount, take_cash
from spa_pos.db import engine
from spa_pos.kernel.money import Cents
from spa_pos.reports.queries.staff_discounts import StaffDiscountRow, staff_discounts
from tests.cast import Spa
from tests.integration.reports.test_bridge import give_back
from tests.sale import Sale

TODAY = date(2026, 11, 24)
PATH = f"/reports/staff-discounts?from={TODAY}&to={TODAY}"


async def report(spa: Spa, day: date = TODAY) -> list[StaffDiscountRow]:
    """The lines of a day, which must agree with the ledger."""
    rows, booked = await staff_discounts(spa.house.location_id, day, day, limit=1_000)
    assert sum(row.off_cents for row in rows) == booked
    return rows


async def sold(spa: Spa, name: str, group: str, **wish: object) -> Sale:
    """A massage of $120.00 that somebody of a group paid."""
    return await Sale.open(spa, await spa.guest(name, group, proven=True), **wish)


async def pay(sale: Sale) -> None:
    await sale(take_cash, tender_id=uuid4(), given_cents=None)


def shares(rows: list[StaffDiscountRow]) -> list[tuple[int, ...]]:
    return [tuple(row.shares) for row in rows if row.shares is not None]


async def test_an_employee_at_30_per_cent_has_12_dollars_above_20_per_cent(spa: Spa) -> None:
    await pay(await sold(spa, "Tom Becker", "employee"))
    assert shares(await report(spa)) == [(12_000, 3_600, 2_400, 1_200)]
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(PATH)
    assert page.status == 200
    assert "$12.00 of discounts are above 20 % of the guest price." in page.words
    assert "Tom Becker Staff $120.00 $36.00 $24.00 $12.00" in page.words
    assert "Agrees with the ledger to the cent" in page.words
    assert "Staff 1 $120.00 $36.00 $24.00 $12.00 Retirees 0 $0.00" in page.words


async def test_what_is_taken_off_by_hand_counts_and_products_do_not(spa: Spa) -> None:
    sale = await sold(spa, "Tom Becker", "employee")
    asked = {"rate_ppm": None, "amount_cents": Cents(600), "reason": "Waited", "approval_id": None}
    (massage,) = (await sale.now()).lines
    await sale(discount, line_id=massage.id, **asked)
    await sale(add_product, line_id=uuid4(), product_id=await spa.product_id("Daily moisturizer"), quantity=1)
    await pay(sale)
    rows = await report(spa)
    assert shares(rows) == [(12_000, 4_200, 2_400, 1_800)]
    assert {row.description for row in rows if row.shares is None} <= {"Daily moisturizer"}


@pytest.mark.parametrize("parts", [(8_400,), (2_800, 2_800, 2_800), (1, 8_399), (3_333, 5_067)])
async def test_what_goes_back_takes_its_share_with_it_to_the_cent(spa: Spa, parts: tuple[int, ...]) -> None:
    sale = await sold(spa, "Tom Becker", "employee")
    await pay(sale)
    tax = 0
    for number, part in enumerate(parts, start=1):
        whole = (sum(parts[:number]) * 683 * 2 + 8_400) // (2 * 8_400)
        await give_back(spa, sale, line=part, total=part + whole - tax)
        tax = whole
    rows = await report(spa)
    assert len(rows) == 1 + len(parts)
    assert [sum(column) for column in zip(*shares(rows), strict=True)] == [0, 0, 0, 0]


async def test_each_class_stands_for_itself_and_guests_are_not_reported(spa: Spa) -> None:
    people = (
        ("Tom Becker", "employee"),
        ("Rosa Delgado", "volunteer"),
        ("Lena Vogel", "student"),
        ("Omar Nasser", "visitor"),
    )
    times = (spa.local(9), spa.local(11), spa.local(13), spa.local(14, 30))
    for time, (name, group) in zip(times, people, strict=True):
        await pay(await sold(spa, name, group, at=time))
    assert [row.group for row in await report(spa)] == ["employee", "volunteer", "student"]
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(PATH)
    assert "Omar Nasser" not in page.words
    for words in ("Staff 1", "Retirees 0", "Spouses and dependants 0", "Volunteers 1", "Students 1"):
        assert words in page.words


async def test_a_refund_of_another_day_is_reported_on_its_own_day(spa: Spa) -> None:
    sale = await sold(spa, "Tom Becker", "employee")
    await pay(sale)
    await spa.new_day(days=1)
    await give_back(spa, sale, line=8_400, total=8_400 + 683)
    assert shares(await report(spa)) == [(12_000, 3_600, 2_400, 1_200)]
    assert shares(await report(spa, date(2026, 11, 25))) == [(-12_000, -3_600, -2_400, -1_200)]


async def test_it_is_read_in_a_fixed_number_of_statements(spa: Spa) -> None:
    await pay(await sold(spa, "Tom Becker", "employee"))
    before = engine.statements
    await report(spa)
    one = engine.statements - before
    await pay(await sold(spa, "Lena Vogel", "student", at=spa.local(13)))
    before = engine.statements
    await report(spa)
    assert engine.statements - before == one


async def test_csv_excel_and_tickets(spa: Spa) -> None:
    sale = await sold(spa, "Tom Becker", "employee")
    await pay(sale)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(PATH)
    assert f'href="/tickets/{sale.ticket_id}/receipt"' in page.text
    csv = await kiosk.open(PATH.replace("?", ".csv?") + "&part=people")
    assert "Tom Becker,Staff,120.00,36.00,24.00,12.00" in csv.text
    assert csv.headers["content-disposition"].endswith('staff-discounts-people-2026-11-24-2026-11-24.csv"')
    book = await kiosk.browser.get(PATH.replace("?", ".xlsx?"))
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    wrong = await kiosk.open("/reports/staff-discounts?from=2026-11-25&to=2026-11-24")
    assert (wrong.status, wrong.problem) == (422, "dates-turned")


async def test_another_location_sees_nothing_of_it(spa: Spa) -> None:
    await pay(await sold(spa, "Tom Becker", "employee"))
    elsewhere: UUID = uuid4()
    assert await staff_discounts(elsewhere, TODAY, TODAY, limit=10) == ([], 0)
