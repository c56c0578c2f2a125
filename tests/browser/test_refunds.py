"""Money given back in Chromium: how many taps it takes, and whose PIN."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Fingers, People, book, open_visit
from tests.cast import PINS

pytestmark = pytest.mark.browser


def paid(maya: Fingers, phone: str, name: str) -> None:
    """A massage that somebody had and paid in cash, with something from the shelf; the receipt is shown."""
    maya.page.goto("/board")
    book(maya, phone, "Swedish massage", "Ana")
    open_visit(maya, name)
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.page.goto("/board")
    open_visit(maya, name)
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.link("^Add$"))
    maya.tap(maya.button("Spa slippers"))
    maya.page.goto(maya.page.url.split("/add")[0].split("?")[0])
    maya.tap(maya.button("^Exact"))
    maya.page.goto(maya.page.url.replace("/done", "/receipt"))
    maya.taps = maya.entries = 0


def test_giving_a_part_back_takes_four_taps_and_a_pin(people: People) -> None:
    maya = people()
    paid(maya, "0101", "Tom Bell")
    maya.tap(maya.link("^Refund$"))
    maya.look("refund")
    maya.tap(maya.link("Swedish massage"))
    expect(maya.page.get_by_text("Sales tax", exact=True)).to_be_visible()
    expect(maya.button("Service cut short")).to_have_count(0)
    maya.look("refund-line")
    maya.tap(maya.link("The way it was paid"))
    expect(maya.page.get_by_text("Back: Cash")).to_be_visible()
    maya.look("refund-approval")
    maya.type("0000", maya.page.get_by_label("Their PIN"))
    maya.tap(maya.button("Service cut short"))
    expect(maya.page.get_by_role("alert")).to_be_visible()
    maya.taps -= 1
    maya.type(PINS["Renata Silva"], maya.page.get_by_label("Their PIN"))
    maya.tap(maya.button("Service cut short"))
    assert maya.taps == 4
    expect(maya.page.get_by_role("heading", name="given back")).to_be_visible()
    maya.look("refund-done")


def test_the_desk_gives_a_little_back_alone(people: People) -> None:
    maya = people()
    paid(maya, "0117", "Wanda Walker")
    maya.tap(maya.link("^Refund$"))
    maya.tap(maya.link("Spa slippers"))
    maya.tap(maya.link("The way it was paid"))
    expect(maya.page.get_by_label("Their PIN")).to_have_count(0)
    maya.look("refund-reasons")
    maya.tap(maya.button("Goods returned"))
    assert (maya.taps, maya.entries) == (4, 0)
    expect(maya.page.get_by_role("heading", name="given back")).to_be_visible()


def test_a_visit_is_exchanged_for_slippers_and_the_rest_is_credit(people: People) -> None:
    maya = people()
    paid(maya, "0110", "Kofi Mensah")
    maya.tap(maya.link("^Refund$"))
    maya.tap(maya.link("Swedish massage"))
    maya.tap(maya.link("^Exchange$"))
    expect(maya.page.get_by_text("Back: Exchange, on a new ticket")).to_be_visible()
    maya.look("exchange-effects")
    maya.type(PINS["Renata Silva"], maya.page.get_by_label("Their PIN"))
    maya.tap(maya.button("Not happy with the service"))
    expect(maya.page.get_by_text("Add what the guest takes instead")).to_be_visible()
    maya.tap(maya.button("Spa slippers"))
    maya.tap(maya.link("Back to payment"))
    maya.look("exchange-ticket")
    maya.tap(maya.button("Pay with the exchange"))
    expect(maya.page.get_by_text("of it is left")).to_be_visible()
    maya.look("exchange-rest")
    maya.tap(maya.button("as guest credit"))
    assert (maya.taps, maya.entries) == (8, 1)
    expect(maya.page.get_by_text("Exchange, refund").first).to_be_visible()
    maya.look("exchange-done")
