"""Cards on file in Chromium: asked for at booking, kept, charged for a fee in one tap, compared at night."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import OFFICE, Fingers, People, book, open_visit

pytestmark = pytest.mark.browser


def rule(people: People) -> Fingers:
    """A manager who has set that who was never here keeps a card."""
    renata = people("Renata Silva", size=OFFICE)
    renata.page.goto("/schedule/cards")
    renata.look("card-rules-none")
    renata.page.get_by_label("Guests", exact=True).select_option("new")
    renata.tap(renata.button("Save as a new version"))
    expect(renata.page.get_by_text("new guests: a card on file").first).to_be_visible()
    renata.look("card-rules")
    return renata


def test_a_card_is_asked_for_kept_and_charged_for_a_late_cancellation_in_one_tap(people: People) -> None:
    renata = rule(people)
    maya = people()
    hand = maya
    hand.page.goto("/board")
    book(hand, "0101", "Swedish massage", "Ana")
    expect(hand.sheet.get_by_text("A card is asked for, and none is on file")).to_be_visible()
    hand.look("card-asked")
    visit = hand.page.url
    hand.tap(hand.link("Keep a card"))
    hand.look("cards-on-file-none")
    hand.tap(hand.button("The guest agrees"))
    hand.look("card-setup")
    hand.tap(hand.button("Sample Visa"))
    expect(hand.page.get_by_text("Visa ending in 4242").first).to_be_visible()
    hand.look("cards-on-file")
    hand.page.goto(visit)
    expect(hand.sheet.get_by_text("Visa ending in 4242 is on file")).to_be_visible()
    hand.page.goto(f"{visit}?cancelling=true")
    hand.page.get_by_role("radio", name=re.compile("Fee ")).first.check()
    hand.tap(hand.page.locator("form[action$='/cancellation'] button[type=submit]").last)
    hand.page.goto(visit)
    hand.look("fee-on-card")
    expect(hand.sheet.get_by_text("Booked under version 1 of the policy")).to_be_visible()
    hand.taps = 0
    hand.tap(hand.button("^Charge .* to Visa ending in 4242"))
    hand.page.wait_for_url("**/done")
    assert hand.taps == 1
    hand.page.goto(visit)
    expect(hand.sheet.get_by_text("It is paid.")).to_be_visible()
    _compared(renata)


def _compared(renata: Fingers) -> None:
    renata.page.goto("/reports/sales-day")
    renata.tap(renata.link("Cards and the processor"))
    renata.tap(renata.link("Day after"))
    renata.look("cards-not-compared")
    renata.tap(renata.button("Compare now"))
    expect(renata.page.get_by_role("heading", name="The only one agrees")).to_be_visible()
    renata.look("cards-compared")


def test_a_deposit_is_taken_and_pays_by_itself(people: People) -> None:
    renata = people("Renata Silva", size=OFFICE)
    renata.page.goto("/schedule/cards")
    renata.page.get_by_label("Is asked for").select_option("deposit")
    renata.type("25", renata.page.get_by_label("Deposit, % of the price"))
    renata.page.get_by_label("Group", exact=True).select_option("visitor")
    renata.tap(renata.button("Save as a new version"))
    maya = people()
    maya.page.goto("/board")
    book(maya, "0110", "Swedish massage", "Ana")
    expect(maya.sheet.get_by_text(re.compile("A deposit of .* is asked for"))).to_be_visible()
    maya.look("deposit-asked")
    maya.tap(maya.button("Take the deposit of"))
    maya.look("deposit-ticket")
    maya.tap(maya.button("^Exact"))
    maya.page.wait_for_url("**/done")
    maya.page.goto("/board")
    open_visit(maya, "Kofi Mensah")
    expect(maya.sheet.get_by_text(re.compile("The deposit of .* is paid"))).to_be_visible()
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.tap(maya.button("Checkout"))
    expect(maya.page.get_by_text("Deposit", exact=False).first).to_be_visible()
    maya.look("deposit-used")
