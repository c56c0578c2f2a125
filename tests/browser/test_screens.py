"""Every screen of the staff, in every state, with axe: also those that no journey comes by."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.hands import KIOSK, longest_motion, show, violations, violations_by_scheme
from tests.screens.everything import Screen, all_screens
from tests.screens.guests import guest_screens

pytestmark = pytest.mark.browser

OF_GUESTS = {screen.name for screen in guest_screens()}
SCREENS = [
    one for one in all_screens() if one.name not in OF_GUESTS and not one.template.startswith("messages/")
]


@pytest.fixture(scope="module")
def kiosk(chromium: Browser, address: str) -> Iterator[Page]:
    """One page at the desk that shows screen after screen."""
    context = chromium.new_context(
        base_url=address,
        viewport=KIOSK,  # type: ignore[arg-type]  # a width and a height
        reduced_motion="reduce",
        color_scheme="light",
    )
    page = context.new_page()
    page.goto("/style")
    yield page
    context.close()


def what_is_new(screen: Screen) -> str:
    """The part that makes a screen; the board beside its sheets is looked at by itself, and with one."""
    beside = screen.template == "booking/board.html" and getattr(screen.page, "sheet", None) is not None
    return "#sheet" if beside and screen.name != "visit" else "html"


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_of_the_staff_is_clean(kiosk: Page, screen: Screen) -> None:
    """In light by every rule; in dark only colours are others."""
    show(kiosk, screen)
    assert violations_by_scheme(kiosk, what_is_new(screen)) == {}


def test_axe_is_awake(kiosk: Page) -> None:
    """Its words are heard: a screen spoilt on purpose is complained of, in light and in dark."""
    show(kiosk, SCREENS[0])
    kiosk.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"x\"><input>')")
    found = violations(kiosk)
    assert {one.split(":")[0] for one in found} >= {"image-alt", "label"}


def test_nothing_moves_for_who_asked_for_stillness(kiosk: Page) -> None:
    """`prefers-reduced-motion`: no transition and no animation lasts, on the fullest page there is."""
    screen = next(one for one in SCREENS if one.name == "ticket-waiting")
    show(kiosk, screen)

    kiosk.emulate_media(reduced_motion="no-preference")
    assert longest_motion(kiosk) > 0.05
    kiosk.emulate_media(reduced_motion="reduce")
    assert longest_motion(kiosk) <= 0.001
