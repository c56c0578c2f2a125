"""Visits put elsewhere: dragged and watched, refused, placed across days, in rooms and weeks."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.hands import Fingers, People, book

pytestmark = pytest.mark.browser

TOMORROW = "/board?date=2026-11-25"


def visit_of(hand: Fingers, guest: str) -> Locator:
    return hand.page.locator(".visit", has_text=guest).first


def column_of(hand: Fingers, name: str) -> Locator:
    return hand.page.locator(f".column[data-name='{name}']")


def middle(where: Locator, *, down: float = 0.5) -> tuple[float, float]:
    """A point inside something, so much of its height down."""
    box = where.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] * down


def drag(hand: Fingers, start: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
    """As a mouse does it, in steps."""
    mouse = hand.page.mouse
    mouse.move(*start)
    mouse.down()
    mouse.move(start[0] + 12, start[1] + 12)
    mouse.move(*end, steps=6)
    if drop:
        mouse.up()
        hand.page.wait_for_load_state("load")
        hand.rest()


def hour(hand: Fingers, clock: str) -> float:
    """How far down the page an hour of the board stands."""
    mark = hand.page.locator(".board__hours span", has_text=re.compile(f"^{clock}$")).first
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    return box["y"] + 10


def booked_tomorrow(hand: Fingers, last_four: str, service: str, provider: str) -> None:
    """A visit tomorrow, when nobody is there yet."""
    hand.page.goto(TOMORROW)
    hand.rest()
    book(hand, last_four, service, provider)


def test_a_visit_is_dragged_with_the_mouse_seen_at_once_elsewhere_and_brought_back(people: People) -> None:
    maya, owen = people(), people("Owen Brandt")
    booked_tomorrow(maya, "0101", "Swedish massage", "Ana")
    owen.page.goto(TOMORROW)
    expect(column_of(owen, "Ana").locator(".visit", has_text="Tom Bell")).to_be_visible()
    visit = visit_of(maya, "Tom Bell")
    x, _ = middle(column_of(maya, "Ben"))
    y = hour(maya, "11 AM")
    drag(maya, middle(visit, down=0.1), (x, y), drop=False)
    expect(maya.page.locator("#moving")).to_contain_text("Ben")
    assert maya.page.locator("#ghost").get_attribute("data-bad") is None
    maya.page.keyboard.press("Escape")
    maya.page.mouse.up()
    expect(maya.page.locator("#ghost")).to_have_count(0)
    expect(column_of(maya, "Ana").locator(".visit", has_text="Tom Bell")).to_be_visible()
    assert maya.sheet.is_hidden(), "the click that ends a drag opens nothing"
    drag(maya, middle(visit, down=0.1), (x, y))
    expect(maya.page.locator(".toast")).to_contain_text("Tom Bell is moved")
    expect(column_of(owen, "Ben").locator(".visit", has_text="Tom Bell")).to_be_visible(timeout=1_000)
    maya.tap(maya.page.locator(".toast").get_by_role("button", name="Undo"))
    expect(column_of(owen, "Ana").locator(".visit", has_text="Tom Bell")).to_be_visible(timeout=1_500)


def test_what_cannot_be_is_shown_in_red_and_nothing_is_sent(people: People) -> None:
    maya = people()
    booked_tomorrow(maya, "0110", "Swedish massage", "Ben")
    guest = maya.page.locator(".visit[data-movable] b").last.inner_text()
    visit = column_of(maya, "Ben").locator(".visit[data-movable]").last
    for name, why, told in (
        ("Chloe", "not free", "Nothing was changed"),
        ("Jonas", "may not give this", "Jonas has no valid credential for this on that day"),
    ):
        visit.scroll_into_view_if_needed()
        start = middle(visit, down=0.1)
        drag(maya, start, (middle(column_of(maya, name))[0], start[1]), drop=False)
        expect(maya.page.locator("#ghost[data-bad]")).to_contain_text(f"{name}: {why}")
        maya.page.mouse.up()
        expect(maya.page.locator(".toast").last).to_contain_text(told)
    expect(column_of(maya, "Ben").locator(".visit", has_text=guest)).to_be_visible()


def test_a_visit_is_picked_up_on_its_sheet_and_placed_on_another_day(people: People) -> None:
    maya = people()
    booked_tomorrow(maya, "0112", "Acupuncture", "Leila")
    visit = column_of(maya, "Leila").locator(".visit[data-movable]").last
    guest = visit.locator("b").inner_text()
    maya.tap(visit)
    maya.tap(maya.button("Place it on the board"))
    expect(maya.page.locator("#moving")).to_contain_text(f"Moving {guest}, 60 min: tap a place, Esc to stop")
    marked = maya.page.locator(".column:has(.fit)").evaluate_all("all => all.map((one) => one.dataset.name)")
    assert marked == ["Leila"], "only who may give acupuncture is offered"
    maya.look("board-picked-up")
    maya.page.locator("#day-before").click()
    maya.page.wait_for_url("**date=2026-11-24*")
    expect(maya.page.locator("#moving")).to_contain_text(guest)
    x, _ = middle(column_of(maya, "Leila"))
    maya.page.mouse.click(x, hour(maya, "1 PM"))
    expect(maya.page.get_by_role("heading", name=f"Move {guest}")).to_be_visible()  # today costs less
    maya.look("board-price")
    maya.tap(maya.button("^Move at"))
    expect(maya.page.locator(".toast")).to_contain_text(f"{guest} is moved to Tuesday 24 November, 1:00 PM")
    expect(maya.page.locator("#moving")).to_be_hidden()


def test_a_week_and_rooms_take_drags_and_keep_their_view(people: People) -> None:
    maya, owen = people(), people("Owen Brandt")
    booked_tomorrow(maya, "0115", "Manicure", "Jonas")
    guest = column_of(maya, "Jonas").locator(".visit b").last.inner_text()
    for hand in (maya, owen):
        hand.page.goto(f"{TOMORROW}&view=week")
        hand.tap(hand.page.get_by_role("link", name="Jonas", exact=True))
    assert maya.page.locator(".column[data-today]").count() == 1
    visit = visit_of(maya, guest)
    visit.scroll_into_view_if_needed()
    x, _ = middle(column_of(maya, "Fri 27"))
    drag(maya, middle(visit, down=0.2), (x, middle(visit, down=0.2)[1]))
    expect(maya.page.locator(".toast")).to_contain_text(f"{guest} is moved to Friday 27 November")
    assert "view=week" in maya.page.url
    expect(column_of(owen, "Fri 27").locator(".visit", has_text=guest)).to_be_visible(timeout=1_500)
    maya.page.goto("/board?date=2026-11-27&view=rooms")
    visit = visit_of(maya, guest)
    visit.scroll_into_view_if_needed()
    x, y = middle(visit, down=0.1)
    drag(maya, (x, y), (x, y + 96))
    expect(maya.page.locator(".toast")).to_contain_text(f"{guest} is moved to Friday 27 November")
    assert "view=rooms" in maya.page.url


def test_a_visit_is_put_into_another_room_with_the_mouse_and_the_keys(people: People) -> None:
    maya = people()
    booked_tomorrow(maya, "0103", "Swedish massage", "Ben")
    guest = column_of(maya, "Ben").locator(".visit[data-movable] b").last.inner_text()
    maya.page.goto(f"{TOMORROW}&view=rooms")
    visit = visit_of(maya, guest)
    visit.scroll_into_view_if_needed()
    start = middle(visit, down=0.1)
    drag(maya, start, (middle(column_of(maya, "Station 2"))[0], start[1]), drop=False)
    expect(maya.page.locator("#ghost[data-bad]")).to_contain_text("Station 2: not a place for this")
    maya.page.mouse.up()
    expect(maya.page.locator(".toast").last).to_contain_text("Station 2 is no place for this visit")
    drag(maya, start, (middle(column_of(maya, "Room 6"))[0], start[1]))
    expect(maya.page.locator(".toast").last).to_contain_text("in Room 6")
    expect(column_of(maya, "Room 6").locator(".visit", has_text=guest)).to_be_visible()
    assert "view=rooms" in maya.page.url
    maya.look("board-rooms")
    visit_of(maya, guest).focus()
    keys = maya.page.keyboard
    keys.press("m")
    keys.press("ArrowLeft")
    expect(maya.page.locator("#moving")).to_contain_text("Room 5")
    keys.press("Enter")
    expect(maya.page.locator(".toast").last).to_contain_text("in Room 5")
    expect(column_of(maya, "Room 5").locator(".visit", has_text=guest)).to_be_visible()
    maya.tap(maya.page.locator(".toast").last.get_by_role("button", name="Undo"))
    expect(maya.page.locator(".toast").last).to_contain_text(f"{guest} is moved")
    maya.page.goto(f"{TOMORROW}&view=rooms")
    expect(column_of(maya, "Room 6").locator(".visit", has_text=guest)).to_be_visible()


def test_the_board_is_walked_with_the_keys(people: People) -> None:
    maya = people()
    booked_tomorrow(maya, "0117", "Swedish massage", "Ana")
    keys = maya.page.keyboard
    assert maya.page.locator(".board a[tabindex='0']").count() == 1
    maya.page.locator(".board").focus()
    keys.press("ArrowDown")
    assert maya.page.evaluate("document.activeElement.matches('.visit, .gap')")
    before = maya.page.evaluate("document.activeElement.closest('.column').id")
    keys.press("ArrowRight")
    assert maya.page.evaluate("document.activeElement.closest('.column').id") != before
    keys.press("?")
    expect(maya.page.get_by_role("heading", name="Keys of the board")).to_be_visible()
    maya.look("board-keys")
    maya.tap(maya.button("Close"))
    visit = column_of(maya, "Ana").locator(".visit[data-stretchable]").last
    was = int(visit.get_attribute("data-minutes") or 0)
    visit.focus()
    keys.press("+")
    expect(maya.page.locator(".toast")).to_contain_text(f"has {was + 5} min now")
    maya.page.goto(TOMORROW)
    maya.page.locator("h1").click()
    keys.press("t")
    maya.page.wait_for_url("**date=2026-11-24*")


def board_changes(hand: Fingers) -> None:
    """The board hears that somebody changed something, and draws itself anew."""
    with hand.page.expect_response(re.compile("/board/grid")):
        hand.page.evaluate("() => document.querySelector('[data-events]').dispatchEvent(new Event('board'))")
    hand.rest()


def test_a_finger_that_rests_lifts_a_visit_and_one_that_swipes_scrolls(people: People) -> None:
    maya = people()
    booked_tomorrow(maya, "0119", "Signature facial", "Elif")
    visit = maya.page.locator(".visit[data-movable]").last
    visit.scroll_into_view_if_needed()
    x, y = middle(visit, down=0.2)
    fingers = maya.page.context.new_cdp_session(maya.page)

    def touch(kind: str, *at: float) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x, y)
    touch("touchMove", x, y - 60)
    expect(maya.page.locator("#ghost")).to_have_count(0)
    touch("touchEnd")
    maya.rest()
    visit.scroll_into_view_if_needed()
    x, y = middle(visit, down=0.2)
    touch("touchStart", x, y)
    expect(maya.page.locator("#ghost")).to_be_visible()
    board_changes(maya)
    expect(maya.page.locator("#ghost")).to_be_visible()
    for step in range(1, 7):
        touch("touchMove", x, y + 8 * step)
    expect(maya.page.locator("#ghost")).not_to_have_attribute("data-bad", "")
    touch("touchEnd")
    expect(maya.page.locator(".toast")).to_contain_text("is moved to Wednesday 25 November")
