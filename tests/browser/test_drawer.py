"""A drawer in Chromium: opened for the first cash, counted blind, closed in three taps."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import People, book, open_visit
from tests.cast import PINS

pytestmark = pytest.mark.browser


def test_cash_asks_for_a_drawer_and_the_drawer_closes_in_three_taps(people: People) -> None:
    maya = people(float_dollars=None)
    book(maya, "0103", "Swedish massage", "Ben")
    visit = maya.page.locator("#sheet h2, .toast").first
    expect(visit).to_be_visible()
    maya.page.goto("/board")
    name = maya.page.locator(".visit[data-movable] b").last.inner_text()
    open_visit(maya, name)
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.page.goto("/board")
    open_visit(maya, name)
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.button("^Exact"))
    expect(maya.page.get_by_role("alert")).to_contain_text("The cash drawer of this desk is not open")
    maya.tap(maya.link("Open the drawer"))
    maya.look("drawer-open")
    maya.tap(maya.button("Open the drawer"))
    maya.page.wait_for_url("**/tickets/*")
    maya.tap(maya.button("^Exact"))
    maya.page.wait_for_url("**/done")

    maya.page.goto("/board")
    maya.taps = 0
    maya.tap(maya.link("^Drawer"))
    maya.look("drawer")
    assert "Expected" not in maya.page.locator("main").inner_text()
    maya.page.get_by_label("$20", exact=True).fill("10")
    maya.tap(maya.button("Show the difference"))
    short = maya.page.get_by_role("heading", name="short")
    expect(short).to_be_visible()
    maya.look("drawer-short")
    expected = maya.page.locator(".drawer__sums dd").nth(1).inner_text()
    dollars = round(float(expected.removeprefix("$").replace(",", "")) * 100)
    counts = {"$20": dollars // 2_000, "$1": dollars % 2_000 // 100, "25 ¢": dollars % 100 // 25}
    for word, number in counts.items():
        maya.page.get_by_label(word, exact=True).fill(str(number))
    rest = dollars % 25
    maya.page.get_by_label("1 ¢", exact=True).fill(str(rest))
    maya.taps -= 1  # the first count was wrong on purpose
    maya.tap(maya.button("Show the difference"))
    expect(maya.page.get_by_role("heading", name="Exact")).to_be_visible()
    maya.tap(maya.button("Close the drawer"))
    assert maya.taps == 3
    expect(maya.page.get_by_role("heading", name="Drawer of Desk 1")).to_be_visible()
    maya.look("drawer-slip")


def test_a_drawer_that_is_much_short_needs_a_manager(people: People) -> None:
    maya = people(float_dollars="100")
    maya.tap(maya.link("^Drawer"))
    maya.page.get_by_label("$20", exact=True).fill("3")
    maya.tap(maya.button("Show the difference"))
    maya.page.get_by_label("What may have caused it").fill("A bag went to the bank")
    maya.tap(maya.button("Close the drawer"))
    maya.look("drawer-approval")
    maya.tap(maya.page.locator("input[name=approver]").first)
    for digit in PINS["Renata Silva"]:
        maya.page.get_by_role("button", name=digit, exact=True).click()
    maya.tap(maya.button("Approve"))
    expect(maya.page.get_by_role("heading", name="Drawer of Desk 1")).to_be_visible()
    renata = people("Renata Silva")
    renata.page.goto("/drawers")
    expect(
        renata.page.get_by_role("cell", name="-$40.00").or_(renata.page.get_by_role("cell", name="−$40.00"))
    ).to_be_visible()
    renata.look("drawers")
