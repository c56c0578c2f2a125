"""The manager's reports in Chromium: a sale is in each of them, in light and dark, wide and on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.hands import SHOTS, People, book, open_visit

pytestmark = pytest.mark.browser

OFFICE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

REPORTS = {
    "staff-discounts": "/reports/staff-discounts",
    "tips": "/reports/tips",
    "exceptions": "/reports/exceptions",
    "performance": "/reports/performance?from=2026-11-24&to=2026-11-24",
    "owed": "/reports/stored-value",
    "refund-policy": "/refund-policy",
}


def test_a_sale_is_in_the_reports_and_leads_back_to_its_ticket(people: People) -> None:
    maya = people()
    book(maya, "0103", "Swedish massage", "Ben")
    maya.page.goto("/board")
    name = maya.page.locator(".visit[data-movable] b").last.inner_text()
    open_visit(maya, name)
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.page.goto("/board")
    open_visit(maya, name)
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.button("^Exact"))
    maya.page.wait_for_url("**/done")

    renata = people("Renata Silva", size=OFFICE, float_dollars=None)
    for report, path in REPORTS.items():
        renata.page.goto(path)
        renata.look(f"report-{report}")
        renata.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a width and a height
        wide = renata.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], report
        renata.page.screenshot(path=SHOTS / f"report-{report}-phone.png")
        renata.page.set_viewport_size(OFFICE)  # type: ignore[arg-type]  # a width and a height
    renata.page.goto(REPORTS["performance"])
    expect(renata.page.get_by_role("heading", name="Agrees with the ledger to the cent")).to_be_visible()
    renata.tap(renata.page.get_by_role("link", name="Utilisation").first)
    expect(renata.page.locator(".means > div:target")).to_contain_text("Visits ÷ hours there were")
