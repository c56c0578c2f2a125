"""The board by hand: drag, stretch, place by keys, block; rooms, a week, a walk-in, the day list."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.hands import Fingers, People, book

pytestmark = pytest.mark.browser

DAY = "/board?date=2026-11-24"


def visit_named(hand: Fingers, name: str) -> Locator:
    return hand.page.locator(".visit", has_text=name).first


def shove(hand: Fingers, what: Locator, rows: int, *, grip: bool = False) -> None:
    """Drag something down the board by rows of five minutes."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + (box["height"] - 4 if grip else 14)
    hand.page.mouse.move(x, y)
    hand.page.mouse.down()
    hand.page.mouse.move(x, y + 12, steps=3)
    hand.page.mouse.move(x, y + 8 * rows, steps=6)


def name_booked(hand: Fingers, last_four: str, service: str, provider: str) -> str:
    book(hand, last_four, service, provider)
    expect(hand.page.get_by_text(re.compile("is booked")).first).to_be_visible()
    words = hand.page.get_by_text(re.compile(" is booked")).first.inner_text()
    return words.split(" is booked")[0].strip()


def test_a_visit_is_dragged_stretched_and_placed_with_the_keys_and_other_kiosks_see_it(
    people: People,
) -> None:
    maya, owen = people(), people("Owen Brandt")
    name = name_booked(maya, "0101", "Acupuncture", "Leila")
    owen.page.goto(DAY)
    was = re.search(r"\br[0-9]+\b", visit_named(maya, name).get_attribute("class") or "")
    assert was is not None
    shove(maya, visit_named(maya, name), 12)
    expect(maya.page.locator("#moving")).to_contain_text("Leila")
    maya.look("board-dragging")
    maya.page.mouse.up()
    expect(maya.page.get_by_text(re.compile(f"{name} is moved to"))).to_be_visible()
    moved = visit_named(maya, name)
    row = re.search(r"\br[0-9]+\b", moved.get_attribute("class") or "")
    assert row is not None and row[0] != was[0]
    expect(visit_named(owen, name)).to_have_class(re.compile(rf"\b{row[0]}\b"), timeout=2_000)
    shove(maya, moved, 3, grip=True)
    maya.page.mouse.up()
    expect(maya.page.get_by_text(re.compile(f"{name} has [0-9]+ min now"))).to_be_visible()
    maya.tap(maya.button("Undo"))
    visit_named(maya, name).focus()
    maya.page.keyboard.press("m")
    expect(maya.page.locator("#moving")).to_contain_text("Esc to stop")
    maya.look("board-placing")
    for _ in range(6):
        maya.page.keyboard.press("ArrowDown")
    maya.page.keyboard.press("Enter")
    expect(maya.page.get_by_text(re.compile(f"{name} is moved to"))).to_be_visible()
    visit_named(maya, name).focus()
    maya.page.keyboard.press("m")
    maya.page.keyboard.press("Escape")
    expect(maya.page.locator("#moving")).to_be_hidden()


def test_rooms_a_week_and_blocked_time(people: People) -> None:
    maya = people()
    maya.page.goto(f"{DAY}&view=rooms")
    expect(maya.page.get_by_role("heading", name="Room 6")).to_be_attached()
    maya.look("board-rooms")
    maya.tap(maya.page.locator("section", has=maya.page.get_by_text("Room 6")).locator(".gap").first)
    maya.look("board-blocking")
    maya.sheet.locator("label.choice", has_text="Repair").click()
    maya.tap(maya.button("Block this time"))
    maya.page.goto(f"{DAY}&view=rooms")
    blocked = maya.page.locator(".blocked", has_text="Repair")
    expect(blocked).to_have_count(1)
    maya.tap(blocked)
    maya.look("board-block")
    maya.tap(maya.button("Free this time"))
    expect(maya.page.get_by_text("Room 6 is free again")).to_be_visible()
    maya.page.goto(f"{DAY}&view=week")
    maya.tap(maya.page.get_by_role("link", name="Jonas", exact=True))
    expect(maya.page.get_by_role("heading", name=re.compile("Jonas, week of"))).to_be_visible()
    maya.look("board-week")
    maya.page.goto(DAY)
    maya.tap(maya.page.locator("section", has=maya.page.get_by_text("Jonas Weber")).locator(".gap").first)
    expect(maya.sheet.get_by_role("link", name="Block this time instead")).to_be_visible()


def test_a_walk_in_takes_four_taps_and_one_entry(people: People) -> None:
    maya = people()
    maya.taps = maya.entries = 0
    maya.tap(maya.link("Walk-in"))
    maya.look("walk-in")
    maya.tap(maya.page.locator("a.option", has_text="Manicure").first)
    maya.tap(maya.page.locator("a.option").first)
    maya.look("walk-in-who")
    maya.type("Nora Lind 507 555 0177", maya.page.get_by_label("Name and phone"))
    maya.tap(maya.button("^Check in"))
    assert (maya.taps, maya.entries) == (4, 1)
    expect(maya.page.get_by_text("Nora Lind is checked in")).to_be_visible()
    expect(visit_named(maya, "Nora Lind")).to_contain_text("Checked in")
    maya.page.goto("/board/pack?date=2026-11-24")
    expect(maya.page.get_by_role("cell", name="Nora Lind")).to_have_count(2)  # by provider and by room
    maya.look("day-list")
