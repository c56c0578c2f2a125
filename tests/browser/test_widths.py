"""No page for staff scrolls sideways: at the desk, on a narrow screen, and where meant, on a telephone."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page

from spa_pos.kernel.actor import Role
from spa_pos.web.shell import NAV_BY_ROLE, Nav, Shell
from tests.browser.hands import show
from tests.screens.everything import Screen, all_screens

pytestmark = pytest.mark.browser

WIDTHS = (1280, 1024, 390)
ON_A_TELEPHONE = tuple(
    f"{name}.html"
    for name in (
        "reports/sales_day",
        "reports/bridge",
        "checkout/drawers",
        "checkout/tickets",
        "checkout/done",
        "checkout/register",
        "stored_value/owed",
    )
)
"""What a manager looks at away from the desk; the rest is worked with at a kiosk."""

STAFF = [screen for screen in all_screens() if screen.shell.person is not None]


def sideways(page: Page, width: int) -> int:
    """How many pixels cannot be seen at a width without scrolling sideways."""
    page.set_viewport_size({"width": width, "height": 800})
    more: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return more


def test_no_page_for_staff_is_wider_than_its_screen(chromium: Browser, address: str) -> None:
    assert len(STAFF) > 150
    context = chromium.new_context(base_url=address)
    page = context.new_page()
    page.goto("/style")
    wide: dict[str, list[tuple[int, int]]] = {}
    for screen in STAFF:
        show(page, replace(screen, shell=widest(screen.shell)))
        found = [(width, sideways(page, width)) for width in WIDTHS if meant_for(screen, width)]
        wide |= {screen.name: [one for one in found if one[1] > 0]}
    context.close()
    assert {name: found for name, found in wide.items() if found} == {}


def widest(shell: Shell) -> Shell:
    """The header of a manager, with everything in it that can be there."""
    if len(shell.nav) < 2:
        return shell
    badges = ((Nav.WAITLIST, 12),)
    return replace(shell, nav=NAV_BY_ROLE[Role.MANAGER], badges=badges, trouble="Out of paper")


def meant_for(screen: Screen, width: int) -> bool:
    return width > 390 or screen.template in ON_A_TELEPHONE
