"""The front desk's day, through HTTP as a browser without JavaScript sends it."""

import re

import pytest

from spa_pos.booking.pages.views import new_booking_href
from spa_pos.db import fetch_value
from tests.cast import Kiosk, Page, open_spa

pytestmark = pytest.mark.usefixtures("database")


async def book(kiosk: Kiosk, guest: object, service: str, at: str, provider: str = "Ana Okafor") -> Page:
    """Go through the sheet to its last question, and book."""
    spa = kiosk.spa
    await kiosk.open(
        new_booking_href(
            date=spa.clock.now.astimezone(spa.house.zone).date(),
            provider=await spa.staff_id(provider),
            at=at,
            guest=guest,  # type: ignore[arg-type]
            service=await spa.service_id(service),
        )
    )
    return await kiosk.send("/appointments")


def visit_path(page: Page) -> str:
    """The first appointment on the board."""
    return re.findall(r'href="(/appointments/[0-9a-f-]{36})"', page.text)[0]


async def test_a_proven_employee_is_booked_checked_in_and_pays_cash_and_the_day_ties_to_the_ledger() -> None:
    spa = await open_spa()
    guest = await spa.guest("Ingrid Halvorsen", "employee", proven=True)
    desk = await spa.kiosk()

    await desk.open("/appointments/new")
    found = await desk.send("/guests/search", q="0123")
    assert "Ingrid Halvorsen" in found.words
    assert "555 0123" not in found.words

    booked = await book(desk, guest, "swedish-60", "10:00")
    assert booked.status == 200
    assert "Ingrid Halvorsen is booked" in booked.words
    assert "$84.00" in booked.words  # the same-day price of an employee

    await desk.open(visit_path(booked))
    assert "Same-day employee price, 30 % off" in desk.page.words
    checked_in = await desk.send("/check-in", proof="on_file")
    assert "Checked in" in checked_in.words

    ticket = await desk.send("/tickets")
    assert ticket.path.startswith("/tickets/")
    assert "$90.83" in ticket.words  # 84.00 + 6.83
    done = await desk.send("/tenders", kind="cash", given="100.00")
    assert done.path.endswith("/done")
    assert "$9.17" in done.words

    receipt = await desk.open(done.path.replace("/done", "/receipt"))
    for words in (
        "Rejuvenate Spa",
        "Swedish massage",
        "Ana Okafor",
        "60 min",
        "Same-day employee price",
        "Minnesota",
        "City of Rochester",
        "Olmsted County",
        "6.875 %",
        "$90.83",
        "$100.00",
        "Sample prices, not Mayo's",
    ):
        assert words in receipt.words, words

    manager = await spa.kiosk("Renata Silva", name="Office")
    report = await manager.open("/reports/sales-day")
    assert "$84.00 net from 1 ticket" in report.words
    assert "The day agrees with the ledger to the cent" in report.words
    assert "$90.83" in report.words


async def test_an_unproven_employee_is_charged_as_a_visitor_with_the_reason_logged() -> None:
    spa = await open_spa()
    guest = await spa.guest("Tom Becker", "employee")
    desk = await spa.kiosk()
    booked = await book(desk, guest, "swedish-60", "10:00")
    await desk.open(visit_path(booked))
    assert "Mayo badge" in desk.page.words
    checked_in = await desk.send("/check-in", proof="not_shown")
    assert "$120.00" in checked_in.words
    reason = await fetch_value("SELECT reason FROM audit_event WHERE verb = 'checked in'")
    assert reason == "Employee declared, not proven: $120.00 as a visitor"

    undone = await desk.send("/check-in/undo")
    assert "Booked" in undone.words
    assert await fetch_value("SELECT price_cents FROM appointment") == 8_400
    seen = await desk.send("/check-in", proof="seen")
    assert "$84.00" in seen.words
    assert await fetch_value("SELECT evidence FROM eligibility") == "Mayo badge"


async def test_a_facial_has_no_sales_tax_and_cash_in_two_parts_settles_it() -> None:
    spa = await open_spa()
    guest = await spa.guest()
    desk = await spa.kiosk()
    booked = await book(desk, guest, "facial-60", "10:00", "Elif Demir")
    await desk.open(visit_path(booked))
    await desk.send("/check-in", proof="on_file")
    ticket = await desk.send("/tickets")
    assert "$110.00" in ticket.words
    part = await desk.send("/tenders", kind="cash", given="60")
    assert "$50.00 is still to pay" in part.words
    done = await desk.send("/tenders", kind="cash", given="")
    assert done.path.endswith("/done")
    assert await fetch_value("SELECT tax_cents FROM ticket") == 0


async def test_a_new_guest_is_added_from_the_sheet_and_what_was_typed_is_kept_after_a_slip() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await desk.open("/appointments/new")
    slip = await desk.send("/guests", given_name="Rosa", family_name="Delgado", phone="12", group="patient")
    assert (slip.status, slip.problem) == (422, "phone-unreadable")
    assert 'value="Rosa"' in slip.text
    assert 'value="12"' in slip.text
    assert await fetch_value("SELECT count(*) FROM guest") == 0
    added = await desk.send(
        "/guests", given_name="Rosa", family_name="Delgado", phone="507 555 0177", group="patient"
    )
    assert "guest=" in added.path
    assert "Rosa Delgado" in added.words


async def test_retail_is_added_taxed_and_taken_off_again() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    await desk.open("/tickets")
    ticket = await desk.send("/tickets")
    product = await spa.product_id("Daily moisturizer")
    await desk.open(f"{ticket.path.split('?')[0]}?step=add")
    with_line = await desk.send("/lines", product=product, quantity=1)
    assert "$36.76" in with_line.words  # 34.00 + 2.76
    without = await desk.send("/removal")
    assert "$0.00" in without.words


async def test_a_cancelled_visit_frees_its_time_and_can_be_brought_back() -> None:
    spa = await open_spa()
    guest = await spa.guest()
    desk = await spa.kiosk()
    booked = await book(desk, guest, "swedish-60", "10:00")
    path = visit_path(booked)
    await desk.open(path)
    cancelled = await desk.send("/cancellation", reason="Illness")
    assert "is cancelled" in cancelled.words
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 0
    restored = await desk.send("/restoration")
    assert "booked again" in restored.words
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 2
