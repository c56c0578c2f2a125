"""What is taken from employees' pay, and what a refund gives back of it."""

import csv
import io
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from spa_pos.checkout.actions import open_refund, take_cash, take_payroll, undo_tender
from spa_pos.checkout.queries import deductions, pay_period, register_terms, taken_from_pay
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import sign_for_payroll
from spa_pos.verify import verify
from tests.cast import Spa
from tests.sale import Sale, balance, renata

ACCOUNT = "1200-payroll-deductions"


async def employee(spa: Spa, limit: int = 20_000) -> UUID:
    """Tom, who signed for so much a pay period."""
    guest_id = await spa.guest("Tom Becker", "employee", proven=True)
    await sign_for_payroll(
        spa.maya,
        authorisation_id=uuid4(),
        guest_id=guest_id,
        employee_number="E-1001",
        signed_name="Tom Becker",
        signed_on=spa.clock.now.date(),
        period_cents=Cents(limit),
        kept_where="Folder P, front office",
        now=spa.clock.now,
    )
    return guest_id


async def paid_from_pay(spa: Spa, guest_id: UUID) -> Sale:
    """A massage at the employee's price, all of it from pay."""
    sale = await Sale.open(spa, guest_id)
    assert (await sale(take_payroll, tender_id=uuid4(), amount_cents=None)).settled
    return sale


async def give_back(spa: Spa, sale: Sale, cents: int | None = None) -> None:
    found = await sale.now()
    (line,) = found.lines
    back = line.net_cents if cents is None else cents
    tax = round(found.sums.tax.tax_cents * back / line.net_cents)
    await open_refund(
        await renata(spa),
        refund_id=uuid4(),
        ticket_id=sale.ticket_id,
        lines={line.id: back},
        tip_cents=0,
        to="original",
        reason="Service cut short",
        expected_cents=back + tax,
        now=spa.clock.now,
    )


async def period(spa: Spa) -> tuple[date, date]:
    return pay_period(await register_terms(spa.house.location_id), spa.clock.now.date())


async def exported(spa: Spa) -> list[int]:
    first, last = await period(spa)
    return [one.amount_cents for one in await deductions(spa.house.location_id, first, last)]


async def nothing_is_broken() -> None:
    assert [one for one in await verify() if one.problems] == []


async def test_what_goes_back_in_the_same_period_is_not_deducted_and_frees_the_limit(spa: Spa) -> None:
    guest_id = await employee(spa, limit=12_000)
    sale = await paid_from_pay(spa, guest_id)
    paid = (await sale.now()).sums.total_cents
    assert await taken_from_pay(guest_id, *await period(spa)) == paid
    await give_back(spa, sale)
    assert await exported(spa) == [paid, -paid]
    assert await taken_from_pay(guest_id, *await period(spa)) == 0
    assert await balance(ACCOUNT) == 0
    await nothing_is_broken()


async def test_a_part_that_goes_back_is_a_part_less(spa: Spa) -> None:
    sale = await paid_from_pay(spa, await employee(spa))
    paid = (await sale.now()).sums.total_cents
    await give_back(spa, sale, 2_000)
    assert await exported(spa) == [paid, -2_163]
    assert await balance(ACCOUNT) == paid - 2_163
    await nothing_is_broken()


async def test_a_refund_after_the_period_was_exported_is_in_the_next_one(spa: Spa) -> None:
    guest_id = await employee(spa)
    sale = await paid_from_pay(spa, guest_id)
    before = await period(spa)
    paid = (await sale.now()).sums.total_cents
    await spa.new_day(days=14)
    await give_back(spa, sale)
    assert await exported(spa) == [-paid]
    earlier = await deductions(spa.house.location_id, *before)
    assert [(one.amount_cents, one.refund_number) for one in earlier] == [(paid, None)]
    assert await taken_from_pay(guest_id, *await period(spa)) == -paid
    await nothing_is_broken()


async def test_an_open_ticket_uses_the_limit_up_and_is_exported_once_it_settles(spa: Spa) -> None:
    guest_id = await employee(spa)
    sale = await Sale.open(spa, guest_id)
    tender_id = uuid4()
    await sale(take_payroll, tender_id=tender_id, amount_cents=Cents(5_000))
    assert await taken_from_pay(guest_id, *await period(spa)) == 5_000
    assert await exported(spa) == []
    await nothing_is_broken()
    await sale(undo_tender, tender_id=tender_id)
    assert await taken_from_pay(guest_id, *await period(spa)) == 0
    await sale(take_payroll, tender_id=uuid4(), amount_cents=Cents(4_000))
    before = await period(spa)
    await spa.new_day(days=14)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert await exported(spa) == [4_000]
    assert await deductions(spa.house.location_id, *before) == []
    await nothing_is_broken()


async def test_deductions_that_the_books_do_not_know_are_found(spa: Spa) -> None:
    await paid_from_pay(spa, await employee(spa))
    await fetch("ALTER TABLE tender DISABLE TRIGGER USER")
    await fetch("UPDATE tender SET amount_cents = amount_cents - 1 WHERE kind = 'payroll'")
    await fetch("ALTER TABLE tender ENABLE TRIGGER USER")
    broken = {one.name for one in await verify() if one.problems}
    assert "checkout.broken_payroll" in broken
    await fetch("ALTER TABLE tender DISABLE TRIGGER USER")
    await fetch("UPDATE tender SET amount_cents = amount_cents + 1 WHERE kind = 'payroll'")
    await fetch("ALTER TABLE tender ENABLE TRIGGER USER")


async def test_the_file_for_payroll_has_a_row_for_each_purchase_and_each_refund(spa: Spa) -> None:
    sale = await paid_from_pay(spa, await employee(spa))
    await give_back(spa, sale)
    manager = await spa.kiosk("Renata Silva")
    rows = list(csv.reader(io.StringIO((await manager.open("/register/payroll.csv")).text)))
    number, today = str((await sale.now()).head.number), spa.clock.now.date().isoformat()
    assert rows == [
        ["employee_number", "signed_name", "date", "ticket", "refund", "amount"],
        ["E-1001", "Tom Becker", today, number, "", "90.83"],
        ["E-1001", "Tom Becker", today, number, "1", "-90.83"],
    ]


async def test_the_receipt_and_the_slip_do_not_name_the_employee_number(spa: Spa) -> None:
    sale = await paid_from_pay(spa, await employee(spa))
    await give_back(spa, sale)
    desk = await spa.kiosk()
    for path in (f"/tickets/{sale.ticket_id}/receipt", f"/tickets/{sale.ticket_id}/done"):
        page: Any = await desk.open(path)
        assert "Payroll deduction" in page.text
        assert "1001" not in page.text


async def test_the_manager_says_where_the_signed_paper_is_kept(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee", proven=True)
    number = await fetch_value("SELECT number FROM guest WHERE id = $1", guest_id)
    manager = await spa.kiosk("Renata Silva")
    typed = {
        "guest": number,
        "employee_number": "E-1001",
        "signed_name": "Tom Becker",
        "signed_on": spa.clock.now.date(),
        "amount": "100",
    }
    await manager.open("/register")
    page = await manager.send("/register/payroll", **typed, kept_where=" ")
    assert "Say where the signed paper is kept." in page.words
    assert await fetch_value("SELECT count(*) FROM payroll_authorisation") == 0
    await manager.open("/register")
    page = await manager.send("/register/payroll", **typed, kept_where="Folder P, front office")
    assert "kept: Folder P, front office" in page.words
