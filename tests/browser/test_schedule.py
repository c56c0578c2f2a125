"""A manager gives an afternoon off, sees whom it hits, moves one booking, and takes the time off back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Fingers, People

pytestmark = pytest.mark.browser

MANAGER = {"width": 1366, "height": 768}
THURSDAY = "2026-12-03"


def book_thursday(hand: Fingers, last_four: str, at: str) -> None:
    """A Swedish massage with Ana on the Thursday of next week."""
    hand.page.goto(f"/board?date={THURSDAY}")
    column = hand.page.locator(f"a[href*='date={THURSDAY}'][href*='at=08']").first
    provider = re.search(r"provider=([0-9a-f-]+)", column.get_attribute("href") or "")
    assert provider
    hand.page.goto(f"/appointments/new?date={THURSDAY}&provider={provider[1]}&at={at}")
    hand.type(last_four, hand.sheet.locator("input[name=q]"))
    hand.rest()
    hand.tap(hand.sheet.locator("a[href*='guest=']").first)
    hand.tap(hand.sheet.locator("a.option", has_text="Swedish massage").filter(has_text="60 min").first)
    hand.tap(hand.sheet.locator(".best a").first)
    hand.tap(hand.button("^Book "))


def test_time_off_shows_whom_it_hits_until_they_are_moved_or_it_is_taken_back(people: People) -> None:
    renata = people("Renata Silva", size=MANAGER)
    page = renata.page
    book_thursday(renata, "0104", "13:00")
    book_thursday(renata, "0121", "14:15")
    page.goto(f"/schedule?week={THURSDAY}")
    renata.look("schedule")
    before = page.locator(".count").first
    renata.tap(page.get_by_role("link", name=re.compile("Ana Okafor")))
    page.get_by_label("From").first.fill(f"{THURSDAY}T12:00")
    page.get_by_label("Until").first.fill(f"{THURSDAY}T16:00")
    renata.type("Dentist", page.get_by_label("Why").first)
    renata.tap(renata.button("Give time off"))
    expect(page.get_by_role("alert")).to_contain_text("This hits 2 bookings")
    expect(page.get_by_label("From").first).to_have_value(f"{THURSDAY}T12:00")
    renata.look("schedule-hit")
    renata.tap(renata.button("Save anyway"))
    expect(page.get_by_text("The time off is saved.")).to_be_visible()
    expect(before).to_be_visible()
    renata.look("schedule-provider")
    renata.tap(page.get_by_role("link", name=re.compile("Does not fit")))
    off = page.locator(".hit", has_text="Ana is off: Dentist.")
    expect(off).to_have_count(2)
    renata.look("schedule-conflicts")
    renata.tap(off.first.get_by_role("link", name=re.compile("Move")))
    renata.tap(renata.sheet.locator(".best a").last)
    renata.tap(renata.button("^Move to"))
    expect(page.get_by_text(re.compile("is moved to"))).to_be_visible()
    page.goto("/schedule/conflicts")
    expect(off).to_have_count(1)
    page.goto("/schedule")
    renata.tap(page.get_by_role("link", name=re.compile("Ana Okafor")))
    renata.tap(renata.button("^Remove"))
    expect(page.get_by_text("The time off is removed.")).to_be_visible()
    page.goto("/schedule/conflicts")
    expect(off).to_have_count(0)
    for path in ("hours", "rooms", "rules"):
        page.goto(f"/schedule/{path}")
        renata.look(f"schedule-{path}")
