"""The register in Chromium: how many taps a tip, a gift card and a late tip take."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Fingers, People, book, open_visit
from tests.cast import PINS

pytestmark = pytest.mark.browser


def tips_on(people: People) -> None:
    """A manager asks guests of massages for a tip."""
    renata = people("Renata Silva")
    renata.page.goto("/register")
    box = renata.page.get_by_label("Massage", exact=True)
    if not box.is_checked():
        renata.tap(box)
        renata.tap(renata.page.locator("form[action='/register/tips'] button"))
    renata.look("register")


def here(maya: Fingers, phone: str, name: str, provider: str = "Ana") -> None:
    """A guest who is booked and checked in; the board is shown."""
    maya.page.goto("/board")
    book(maya, phone, "Swedish massage", provider)
    open_visit(maya, name)
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.page.goto("/board")
    maya.taps = 0


def test_a_card_and_a_tip_take_four_taps_of_the_desk_and_one_of_the_guest(people: People) -> None:
    tips_on(people)
    maya = people()
    here(maya, "0101", "Tom Bell")
    open_visit(maya, "Tom Bell")
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.link("^Tip$"))
    staff, maya.taps = maya.taps, 0
    maya.look("tip")
    expect(maya.page.get_by_role("navigation")).to_have_count(0)
    maya.tap(maya.button("20 %"))
    assert maya.taps == 1
    maya.taps = staff
    maya.look("pay-card-tip")
    maya.tap(maya.button("^Charge "))
    assert maya.taps <= 4
    maya.tap(maya.button("Approved card"))
    maya.page.wait_for_url("**/done", timeout=15_000)


def test_a_late_tip_takes_three_taps_and_a_pin(people: People) -> None:
    tips_on(people)
    maya = people()
    here(maya, "0117", "Wanda Walker")
    open_visit(maya, "Wanda Walker")
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.button("^Exact"))
    maya.taps = 0
    maya.tap(maya.link("Late tip"))
    maya.look("late-tip")
    maya.tap(maya.page.locator("form.tips__quick button").first)
    maya.look("approval")
    maya.type(PINS["Renata Silva"], maya.page.get_by_label("Their PIN"))
    maya.tap(maya.button("^Approve"))
    assert maya.taps == 3
    expect(maya.page.get_by_text("approved by Renata Silva")).to_be_visible()


def test_a_scanned_gift_card_a_card_and_a_tip_take_six_taps_at_most(people: People) -> None:
    tips_on(people)
    maya = people()
    maya.page.goto("/tickets")
    maya.tap(maya.button("New sale"))
    maya.tap(maya.link("^Add$"))
    maya.tap(maya.page.locator("summary", has_text="New gift card"))
    maya.look("add")
    form = maya.page.locator("form[action$='/card-lines']")
    card_id = form.locator("input[name=card]").get_attribute("value")
    maya.type("40.00", form.get_by_label("Amount"))
    maya.tap(form.get_by_role("button"))
    maya.tap(maya.button("^Exact"))
    maya.tap(maya.link("^Print the gift card$"))
    assert maya.page.url.endswith(f"/gift-cards/{card_id}")
    maya.tap(maya.page.locator("form[action$='/print'] button").first)
    code = maya.page.locator(".giftcard__code").inner_text()
    maya.page.goto("/board")
    here(maya, "0110", "Kofi Mensah")
    open_visit(maya, "Kofi Mensah")
    maya.tap(maya.button("Checkout"))
    maya.scan(re.sub("[^0-9A-Z]", "", code))
    expect(maya.page.get_by_text("$0.00 left on it")).to_be_visible()
    maya.tap(maya.link("^Tip$"))
    guest, maya.taps = maya.taps, maya.taps
    maya.tap(maya.button("15 %"))
    maya.taps = guest
    maya.tap(maya.button("^Charge "))
    assert maya.taps <= 6
    maya.look("gift-card-card-tip")
    maya.tap(maya.button("Approved card"))
    maya.page.wait_for_url("**/done", timeout=15_000)


def test_an_open_walk_in_sale_gets_its_guest_in_two_taps(people: People) -> None:
    maya = people()
    maya.page.goto("/tickets")
    maya.tap(maya.button("New sale"))
    maya.tap(maya.link("^Add$"))
    maya.tap(maya.page.locator("summary", has_text="By the minute"))
    maya.tap(maya.button("Add Chair massage"))
    maya.taps = maya.entries = 0
    maya.tap(maya.link("Whose sale is it"))
    maya.type("0101")
    maya.page.keyboard.press("Enter")
    maya.rest()
    maya.look("payer-found")
    maya.tap(maya.button("Tom Bell"))
    assert (maya.taps, maya.entries) == (2, 1)
    expect(maya.page.get_by_role("heading", name="Tom Bell")).to_be_visible()
    maya.look("payer-known")


def test_who_pays_a_combined_ticket_is_switched_in_one_tap(people: People) -> None:
    maya = people()
    here(maya, "0103", "Sofia Iyer", "Ben")
    here(maya, "0107", "Marcus Braun", "Chloe")
    open_visit(maya, "Marcus Braun")
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.link("Who pays"))
    maya.tap(maya.button("Sofia Iyer"))
    maya.tap(maya.link("Back to payment"))
    maya.look("payers")
    maya.taps = 0
    maya.tap(maya.button("Sofia Iyer pays"))
    assert maya.taps == 1
    expect(maya.page.get_by_role("heading", name="Sofia Iyer")).to_be_visible()
    expect(maya.button("Marcus Braun pays")).to_be_visible()
    maya.tap(maya.button("Undo"))
    expect(maya.page.get_by_role("heading", name="Marcus Braun")).to_be_visible()


def test_who_is_asked_for_a_card_pays_alone_until_it_has_ended(people: People) -> None:
    maya = people()
    here(maya, "0105", "Lena", "Ben")
    here(maya, "0108", "Jens", "Chloe")
    open_visit(maya, "Lena")
    maya.tap(maya.button("Checkout"))
    maya.page.goto(f"{maya.page.url.split('?')[0]}?with=card")
    maya.tap(maya.page.locator("form[action$='/card-attempts'] button").first)
    maya.page.goto("/board")
    open_visit(maya, "Jens")
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.link("Who pays"))
    maya.tap(maya.button("Lena"))
    expect(maya.page.get_by_role("alert")).to_contain_text("is in progress. Wait for it or cancel it first.")
    maya.look("asked-for-a-card")


def test_the_next_visit_is_booked_from_the_paid_screen_in_three_taps(people: People) -> None:
    maya = people()
    here(maya, "0104", "Omar Sokolov", "Ben")
    open_visit(maya, "Omar Sokolov")
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.button("^Exact"))
    maya.look("paid-again")
    maya.taps = 0
    maya.tap(maya.link("In 4 weeks"))
    maya.look("again")
    expect(maya.sheet).to_contain_text("Omar Sokolov")
    expect(maya.sheet).to_contain_text("Swedish massage")
    maya.tap(maya.sheet.locator(".best a", has_text="Ben").first)
    maya.tap(maya.button("^Book "))
    assert maya.taps == 3
    expect(maya.page.locator(".visit", has_text="Omar Sokolov").first).to_be_visible()
