"""Booking online with a deposit and with a card on file, in Chromium: declined, paid, without a script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Fingers
from tests.browser.test_online import PickUp, address, box, check, code_for, phone, say_who
from tests.mailbox import Mailbox

__all__ = ["address", "box", "phone"]

pytestmark = pytest.mark.browser


def to_the_end(ida: Fingers, box: Mailbox, service: str, who: str) -> None:
    """From the menu to the fifth screen, where everything is said once more."""
    ida.page.goto(f"/book/when?service={service}&group=visitor")
    slot = ida.page.get_by_role("button", name=re.compile(r"AM|PM on \w+day, \w+ \d+ with \w+")).first
    if not slot.is_visible():
        ida.page.get_by_role("link", name=re.compile("Next free|next free|free on")).first.click()
    ida.tap(slot)
    say_who(ida, who)
    ida.tap(ida.button("Go on"))
    ida.type(code_for(box, who), ida.page.get_by_label("Code"))
    ida.tap(ida.button("Go on"))
    expect(ida.page.get_by_role("heading", name="Is this right?")).to_be_visible()


def test_a_deposit_is_paid_and_the_visit_booked(phone: PickUp, box: Mailbox) -> None:
    ida = phone()
    to_the_end(ida, box, "stone-75", "ida.pays@example.org")
    expect(ida.page.get_by_text("We ask for a deposit of")).to_be_visible()
    check(ida, "online-5-deposit")
    ida.tap(ida.button("Go on to the payment"))
    expect(ida.page.get_by_role("heading", name="Pay the deposit")).to_be_visible()
    expect(ida.page.locator("[data-hold-left]")).to_have_text(re.compile(r"^(30:00|29:\d\d)$"))
    check(ida, "online-pay")
    ida.tap(ida.button("Sample card: declined"))
    expect(ida.page.get_by_role("alert").first).to_contain_text("Nothing was charged")
    check(ida, "online-pay-declined")
    ida.tap(ida.button("Pay by card"))
    ida.tap(ida.button("Sample card: works"))
    expect(ida.page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    expect(ida.page.get_by_text("You paid a deposit of")).to_be_visible()
    check(ida, "online-paid")


def test_a_card_is_kept_and_the_visit_booked(phone: PickUp, box: Mailbox) -> None:
    ida = phone()
    to_the_end(ida, box, "prenatal-60", "ida.keeps@example.org")
    expect(ida.page.get_by_text("We ask for a card before it is booked")).to_be_visible()
    check(ida, "online-5-card")
    ida.tap(ida.button("I agree: go on to the card"))
    expect(ida.page.get_by_role("heading", name="Give a card for your visit")).to_be_visible()
    check(ida, "online-card")
    ida.tap(ida.button("Sample Visa: works"))
    expect(ida.page.get_by_role("heading", name="Your visit is booked")).to_be_visible()


def test_a_deposit_is_paid_without_javascript(phone: PickUp, box: Mailbox) -> None:
    ida = phone(script=False)
    to_the_end(ida, box, "stone-75", "ida.plain@example.org")
    ida.tap(ida.button("Go on to the payment"))
    ida.tap(ida.button("Choose another time"))
    expect(ida.page.get_by_role("heading", name="When would you like to come?")).to_be_visible()
