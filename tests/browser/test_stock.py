"""Stock in Chromium: a delivery scanned in, a sale by scanner, a count."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import People

pytestmark = pytest.mark.browser

OIL, CREAM = "2000000000015", "2000000000022"


def test_scanned_in_sold_by_scanner_and_counted(people: People) -> None:
    maya = people()
    maya.page.goto("/products")
    maya.look("products")
    maya.tap(maya.link("Receive a delivery"))
    for code in (OIL, OIL, CREAM):
        maya.scan(code)
    assert maya.page.get_by_label("Barcodes").input_value().split() == [OIL, OIL, CREAM]
    maya.look("receive")
    maya.tap(maya.button("Look at it"))
    maya.look("received")
    maya.tap(maya.button("Take it in"))
    expect(maya.page.get_by_text("3 pieces were taken in.")).to_be_visible()
    maya.page.goto("/tickets")
    maya.scan(OIL)
    maya.page.wait_for_url(re.compile("/tickets/.+"))
    maya.tap(maya.link("^Add$"))
    expect(maya.page.get_by_role("button", name=re.compile("Lavender body oil.*2 left"))).to_be_visible()
    maya.tap(maya.link("Back to payment"))
    maya.tap(maya.button("^Exact"))
    maya.page.wait_for_url("**/done")
    renata = people("Renata Silva")
    renata.page.goto("/products?q=lavender")
    renata.tap(renata.link("Lavender body oil"))
    expect(renata.page.get_by_role("heading", name="1 on hand")).to_be_visible()
    renata.look("product")
    renata.page.goto("/stock/count")
    renata.scan(CREAM)
    renata.scan(CREAM)
    renata.tap(renata.button("Look at it"))
    expect(renata.page.get_by_role("cell", name="+1 $12.50")).to_be_visible()
    renata.look("counted")
    renata.tap(renata.button("Write the count down"))
    expect(renata.page.get_by_text("The count is written down.")).to_be_visible()


def test_a_field_that_gets_the_focus_in_the_middle_of_a_scan_keeps_nothing_of_it(people: People) -> None:
    maya = people()
    maya.page.goto("/stock/receive")
    maya.page.evaluate(
        "() => { const list = document.querySelector('[data-scan-into]'); list.blur(); let keys = 0;"
        " addEventListener('keydown', () => { if (++keys === 3) setTimeout(() => list.focus()); }); }"
    )
    maya.scan(OIL)
    lines = maya.page.get_by_label("Barcodes")
    expect(lines).to_be_focused()
    assert lines.input_value().split() == [OIL]
