"""One price in Chromium: a manager is warned of its tax, the desk sells it in two taps."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import People, book, open_visit

pytestmark = pytest.mark.browser


def test_a_manager_is_warned_that_all_is_taxed_and_the_desk_sells_it(people: People) -> None:
    renata = people("Renata Silva")
    renata.page.goto("/packages")
    renata.tap(renata.link("One price for a visit"))
    renata.look("no-one-price")
    renata.page.get_by_label("Name", exact=True).fill("Facial and oil")
    renata.page.get_by_label("Part 1").select_option(label="Signature facial, 60 min · $110.00, not taxed")
    renata.page.get_by_label("Part 2").select_option(label="Lavender body oil, 100 ml · $24.00")
    renata.page.get_by_label("Price together").fill("125")
    renata.tap(renata.button("Sell it"))
    expect(renata.page.get_by_text("20 % of $125.00 is taxable.").first).to_be_visible()
    renata.look("all-taxed")
    renata.tap(renata.page.get_by_label("The whole price is taxed; that is meant"))
    renata.tap(renata.button("Sell it"))
    expect(renata.page.get_by_text("so the whole price is taxed: tax $10.16").first).to_be_visible()
    renata.look("one-price")
    maya = people()
    maya.page.goto("/board")
    book(maya, "0101", "Signature facial", "Farah")
    open_visit(maya, "Tom Bell")
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.page.goto("/board")
    open_visit(maya, "Tom Bell")
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.link("^Add$"))
    maya.tap(maya.button("^Lavender body oil"))
    maya.taps = 0
    maya.tap(maya.link("^Discount$"))
    maya.look("offered")
    maya.tap(maya.button("^Facial and oil for"))
    assert maya.taps == 2
    expect(maya.page.get_by_text("The one price is on.")).to_be_visible()
    expect(maya.page.get_by_text("$135.16").first).to_be_visible()
    maya.look("sold-together")
    maya.tap(maya.button("^Exact"))
    maya.page.wait_for_url("**/done")
