"""Every screen of the staff, in every state, with axe: also those that no journey comes by."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from spa_pos.web.templates import render
from tests.browser.hands import KIOSK, SHOTS
from tests.browser.test_guest import violations
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
    yield context.new_page()
    context.close()


def show(kiosk: Page, screen: Screen) -> None:
    """Show a screen; whatever its scripts ask for is not there, so that it stays what it is."""
    html = render(screen.template, screen.page, screen.shell)
    kiosk.unroute_all()
    kiosk.route(lambda address: "/static/" not in address, lambda route: route.fulfill(status=204))
    kiosk.route("**/pictured", lambda route: route.fulfill(body=html, content_type="text/html"))
    kiosk.goto("/pictured")


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_of_the_staff_is_clean(kiosk: Page, screen: Screen) -> None:
    show(kiosk, screen)
    SHOTS.mkdir(parents=True, exist_ok=True)
    kiosk.screenshot(path=SHOTS / f"screen-{screen.name}.png")
    assert violations(kiosk) == []


def test_nothing_moves_for_who_asked_for_stillness(kiosk: Page) -> None:
    """`prefers-reduced-motion`: no transition and no animation lasts, on the fullest page there is."""
    screen = next(one for one in SCREENS if one.name == "ticket-waiting")
    show(kiosk, screen)

    def longest() -> float:
        found: list[str] = kiosk.evaluate(
            "() => [...document.querySelectorAll('*')].flatMap(one => {"
            " const style = getComputedStyle(one);"
            " return `${style.transitionDuration}, ${style.animationDuration}`.split(', '); })"
        )
        seconds = [float(number) * (0.001 if unit == "ms" else 1) for number, unit in _durations(found)]
        return max(seconds)

    kiosk.emulate_media(reduced_motion="no-preference")
    assert longest() > 0.05
    kiosk.emulate_media(reduced_motion="reduce")
    assert longest() <= 0.001


def _durations(found: list[str]) -> list[tuple[str, str]]:
    return [(one[1], one[2]) for text in found if (one := re.fullmatch(r"([\d.e-]+)(ms|s)", text))]
