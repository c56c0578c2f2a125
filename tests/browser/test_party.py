"""A couple at the desk by touch: booked side by side with an add-on, moved together, one cancelled alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Fingers, People, open_visit

pytestmark = pytest.mark.browser


def choose_guest(hand: Fingers, last_four: str) -> None:
    hand.type(last_four)
    hand.tap(hand.sheet.locator("#guest-results a.option", has_text=last_four).first)


def choose_massage(hand: Fingers) -> None:
    hand.tap(hand.sheet.locator("a.option", has_text="Swedish massage").filter(has_text="60 min").first)


def book_couple(hand: Fingers, first: str, second: str) -> None:
    hand.tap(hand.link("New booking"))
    choose_guest(hand, first)
    choose_massage(hand)
    hand.tap(hand.sheet.get_by_role("link", name=re.compile("Add Scalp massage")))
    hand.tap(hand.sheet.get_by_role("link", name="Another guest"))
    choose_guest(hand, second)
    choose_massage(hand)
    hand.tap(hand.sheet.locator(".best a").first)


def test_a_couple_is_booked_side_by_side_moved_together_and_one_cancelled_alone(people: People) -> None:
    maya = people()
    book_couple(maya, "0101", "0117")
    maya.look("party-chosen")
    maya.tap(maya.button("^Book Tom and Wanda"))
    assert (maya.taps, maya.entries) == (9, 2)
    expect(maya.page.get_by_text("Tom and Wanda are booked")).to_be_visible()
    open_visit(maya, "Tom Bell")
    expect(maya.sheet.get_by_text("With Wanda Walker")).to_be_visible()
    expect(maya.sheet.get_by_text("with Scalp massage (15 min), $25.00")).to_be_visible()
    maya.look("party-visit")
    maya.taps = 0
    maya.tap(maya.sheet.get_by_role("link", name="Move all together"))
    maya.tap(maya.sheet.locator(".best a").last)
    maya.look("party-moving")
    maya.tap(maya.button("^Move to"))
    assert maya.taps == 3
    expect(maya.page.get_by_text("Tom and Wanda are moved to")).to_be_visible()
    open_visit(maya, "Wanda Walker")
    maya.tap(maya.sheet.locator("summary", has_text="Cancel this visit"))
    maya.tap(maya.sheet.locator("label", has_text="Illness").locator("visible=true"))
    maya.tap(maya.button("Cancel the visit"))
    expect(maya.page.get_by_text("The visit of Wanda Walker is cancelled.")).to_be_visible()
    open_visit(maya, "Tom Bell")
    expect(maya.sheet.get_by_text(re.compile("cancelled"))).to_be_visible()
    expect(maya.sheet.get_by_role("link", name="Move all together")).to_have_count(0)


def test_all_of_a_party_are_cancelled_at_once_and_undone_by_one_tap(people: People) -> None:
    maya = people()
    book_couple(maya, "0110", "0112")
    maya.tap(maya.button("^Book Kofi and"))
    open_visit(maya, "Kofi Mensah")
    maya.tap(maya.sheet.locator("summary", has_text="Cancel all 2"))
    maya.look("party-cancelling")
    maya.tap(maya.sheet.locator("label", has_text="Illness").locator("visible=true"))
    maya.tap(maya.button("Cancel all of them"))
    expect(maya.page.get_by_text(re.compile("Kofi and .* are cancelled"))).to_be_visible()
    maya.tap(maya.page.locator(".toast").get_by_role("button", name="Undo"))
    expect(maya.page.get_by_text(re.compile("are booked again"))).to_be_visible()
    expect(maya.page.locator(".visit", has_text="Kofi Mensah")).to_have_count(1)


def test_two_services_in_turn_with_a_woman_asked_for(people: People) -> None:
    maya = people()
    maya.tap(maya.link("New booking"))
    choose_guest(maya, "0115")
    choose_massage(maya)
    maya.tap(maya.sheet.get_by_role("link", name="A woman", exact=True))
    maya.look("party-wish")
    maya.tap(maya.sheet.get_by_role("link", name="Another service"))
    maya.tap(maya.sheet.locator("a.option", has_text="Manicure").first)
    maya.tap(maya.sheet.get_by_role("link", name="Up to 30 min"))
    maya.tap(maya.sheet.locator(".best a").first)
    maya.look("party-in-turn")
    maya.tap(maya.button("^Book Noor"))
    expect(maya.page.locator(".visit", has_text="Noor Khan")).to_have_count(2)


def test_a_couple_is_booked_without_javascript(people: People) -> None:
    maya = people(script=False)
    maya.link("New booking").click()
    for last_four in ("0121", "0119"):
        maya.sheet.locator("input[name=q]").fill(last_four)
        maya.sheet.get_by_role("button", name=re.compile("Search|Find")).click()
        maya.sheet.locator("#guest-results a.option", has_text=last_four).first.click()
        maya.sheet.locator("a.option", has_text="Express facial").first.click()
        if last_four == "0121":
            maya.sheet.get_by_role("link", name="Another guest").click()
    maya.sheet.locator(".best a").first.click()
    maya.button("^Book Ravi and").click()
    expect(maya.page.locator(".visit", has_text="Express facial")).to_have_count(2)
