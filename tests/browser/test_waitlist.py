"""A full day: a guest waits, a visit is cancelled, its time is offered by itself, accepted, on the board."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import OFFICE, Fingers, People, open_visit

pytestmark = pytest.mark.browser

WEDNESDAY = "2026-11-25"
THANKSGIVING = "2026-11-26"
"""The house is closed, so nothing is offered by itself meanwhile."""


def ask_for_acupuncture(hand: Fingers, last_four: str) -> None:
    """A known guest would like to come on Wednesday."""
    hand.page.goto(f"/board?date={WEDNESDAY}")
    hand.tap(hand.link("New booking"))
    hand.type(last_four)
    hand.tap(hand.sheet.locator("a[href*='guest=']", has_text=last_four).first)
    hand.tap(hand.sheet.get_by_role("link", name="Acupuncture").first)


def fill_wednesday(hand: Fingers) -> str:
    """Book guests until nothing is free; gives the number of the one who comes too late."""
    for number in range(101, 112):
        ask_for_acupuncture(hand, f"0{number}")
        if not hand.sheet.locator(".best a").count():
            return f"0{number}"
        hand.tap(hand.sheet.locator(".best a").first)
        hand.tap(hand.button("^Book "))
    raise AssertionError("the day never fills")


def test_a_full_day_a_wait_a_cancellation_an_offer_and_the_board(people: People) -> None:
    maya = people(size={"width": 1366, "height": 768})
    maya.page.goto("/waitlist")
    maya.look("waitlist-empty")
    fill_wednesday(maya)
    maya.look("waitlist-full-day")
    maya.tap(maya.sheet.get_by_role("link", name="Add to the waitlist"))
    name = maya.sheet.locator("p b").first.inner_text()
    maya.sheet.get_by_label("Reason").select_option("Pain")
    maya.sheet.get_by_label("Severity").fill("7")
    maya.sheet.get_by_label("Leaves Rochester").fill("2026-11-27")
    maya.look("waitlist-form")
    maya.tap(maya.button("^Add to the waitlist"))
    expect(maya.page.get_by_text("waits for Acupuncture")).to_be_visible()
    expect(maya.sheet.get_by_text("Pain 20 · Severity 7: 14")).to_be_visible()
    expect(maya.page.locator(".topnav .count")).to_have_text(re.compile("^1"))
    maya.look("waitlist-wait")
    maya.page.goto(f"/board?date={WEDNESDAY}")
    booked = maya.page.locator(".visit", has_text=re.compile("Acupuncture")).first
    guest = booked.locator("b").inner_text()
    open_visit(maya, guest)
    maya.tap(maya.sheet.locator("summary", has_text="Cancel").first)
    maya.sheet.locator("label.choice", has_text="Illness").first.click()
    maya.tap(maya.button("^Cancel the visit"))
    maya.page.goto("/waitlist")
    expect(maya.page.get_by_text("Held until")).to_be_visible(timeout=25_000)
    maya.look("waitlist-offered")
    maya.tap(maya.page.locator("a.wait", has_text=name))
    maya.look("waitlist-held")
    expect(maya.sheet.get_by_text("Nobody else can book it")).to_be_visible()
    maya.tap(maya.button("^Accepted"))
    expect(maya.page.get_by_text(f"{name} is booked")).to_be_visible()
    expect(maya.page.locator(".visit", has_text=name)).to_be_visible()
    expect(maya.page.locator(".topnav .count")).to_have_count(0)


def test_a_manager_changes_what_counts(people: People) -> None:
    renata = people("Renata Silva", size=OFFICE)
    renata.page.goto("/waitlist/rules")
    renata.look("waitlist-rules")
    renata.page.get_by_label("Pain").first.fill("35")
    renata.page.get_by_label("Another reason").fill("After surgery")
    renata.page.get_by_label("Points", exact=True).fill("25")
    renata.tap(renata.button("^Save the rules"))
    expect(renata.page.get_by_text("The waitlist's rules are changed.")).to_be_visible()
    expect(renata.page.get_by_text("Pain 35")).to_be_visible()
    expect(renata.page.get_by_label("After surgery").first).to_have_value("25")


def test_the_waitlist_works_without_javascript(people: People) -> None:
    maya = people(script=False)
    maya.page.goto("/waitlist/new")
    maya.sheet.locator("input[name=q]").fill("0121")
    maya.sheet.get_by_role("button", name="Search").click()
    maya.sheet.locator("a.option").first.click()
    maya.sheet.get_by_label("Waits for").select_option(label="Pedicure, 60 min")
    for label in ("From", "To"):
        maya.sheet.get_by_label(label, exact=True).fill(THANKSGIVING)
    maya.sheet.get_by_role("button", name="Add to the waitlist").click()
    expect(maya.sheet.get_by_text("Nothing fits within 14 days yet.")).to_be_visible()
    maya.sheet.get_by_role("button", name="Withdraw").click()
    maya.page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(maya.sheet.get_by_text("Waiting", exact=True)).to_be_visible()
