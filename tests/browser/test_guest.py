"""Guests in Chromium: every state of every page for them with axe, small, large and from right to left."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from spa_pos.messages.rules import enter_code
from spa_pos.web.templates import render
from tests.browser.hands import (
    ALL_RULES_IN,
    PATIENCE_MS,
    SHOTS,
    Fingers,
    People,
    book,
    longest_motion,
    violations,
    violations_by_scheme,
)
from tests.cast import SECRET
from tests.screens.frame import Screen
from tests.screens.guests import guest_screens

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}

Telephone = Callable[..., Fingers]


@pytest.fixture
def telephone(chromium: Browser, address: str) -> Iterator[Telephone]:
    """A guest's own browser, without JavaScript when asked."""
    contexts = []

    def pick_up(
        *, script: bool = True, language: str = "en-US", size: dict[str, int] | None = None
    ) -> Fingers:
        context = chromium.new_context(
            base_url=address,
            viewport=size or PHONE,  # type: ignore[arg-type]  # a width and a height
            java_script_enabled=script,
            locale="en-US",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        return Fingers(context.new_page(), script)

    yield pick_up
    for context in contexts:
        context.close()


def sideways(page: Page) -> int:
    """How many pixels of a page cannot be seen without scrolling sideways."""
    found: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return found


def squeezed(page: Page) -> list[str]:
    """Words in a box so narrow that they stand letter below letter."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main *")].filter(one => {
            const words = [...one.childNodes].map(each => each.nodeType === 3 ? each.data : " ").join("");
            const box = one.getBoundingClientRect();
            const longest = Math.max(0, ...words.split(/\\s+/).map(word => word.length));
            return longest > 4 && !one.closest(".vh") && box.width > 0 && box.width < 36;
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    return found


def cut_off(page: Page) -> list[str]:
    """Words of which a part is hidden by the edge of their box."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(one => {
            const style = getComputedStyle(one);
            const hides = [style.overflowX, style.overflowY].map(way => ["hidden", "clip"].includes(way));
            if (!one.textContent.trim() || one.closest(".vh, svg") || !(hides[0] || hides[1])) return false;
            return (hides[0] && one.scrollWidth > one.clientWidth + 1)
                || (hides[1] && one.scrollHeight > one.clientHeight + 1);
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    return found


SCREENS = list(guest_screens())


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_page_for_guests_is_clean_at_every_size(telephone: Telephone, screen: Screen) -> None:
    """Light and dark, from right to left, at 320 pixels, and with letters twice as large (WCAG 2.2 AA)."""
    guest = telephone()
    html = render(screen.template, screen.page, screen.shell)
    guest.page.route("**/pictured", lambda route: route.fulfill(body=html, content_type="text/html"))
    guest.page.goto("/pictured")
    SHOTS.mkdir(parents=True, exist_ok=True)
    assert violations_by_scheme(guest.page, rules_in=ALL_RULES_IN) == {}
    guest.page.screenshot(path=SHOTS / f"{screen.name}.png", full_page=True)
    guest.page.evaluate("document.documentElement.dir = 'rtl'")
    assert violations(guest.page) == [], "from right to left"
    assert sideways(guest.page) == 0, "from right to left"
    guest.page.evaluate("document.documentElement.dir = 'ltr'")
    guest.page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a width and a height
    assert sideways(guest.page) == 0, "320 pixels wide"
    assert squeezed(guest.page) == [], "320 pixels wide"
    guest.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a width and a height
    guest.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(guest.page) == 0, "letters twice as large"
    assert cut_off(guest.page) == [], "letters twice as large"
    assert longest_motion(guest.page) <= 0.001, "for who asked for stillness"


def test_words_that_are_cut_off_are_noticed(telephone: Telephone) -> None:
    page = telephone().page
    page.set_content(
        "<p style='width:3em;overflow:hidden;white-space:nowrap'>Tomorrow at ten</p><p>Whole</p>"
    )
    (found,) = cut_off(page)
    assert "Tomorrow" in found


def sign_in(guest: Fingers, address: str) -> None:
    """Ask for a code and type it."""
    guest.page.goto("/me")
    guest.type(address, guest.page.get_by_label("E-mail address"))
    guest.tap(guest.button("Send me a code"))
    found = re.search(r"/me/code/([0-9a-f-]{36})", guest.page.url)
    assert found
    guest.type(enter_code(SECRET, UUID(found[1])), guest.page.get_by_label("Code"))
    guest.tap(guest.button("Open my page"))


def tom_is_booked(people: People) -> None:
    maya = people()
    maya.page.goto("/board")
    book(maya, "0101", "Swedish massage", "Ana")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_guest_cancels_from_their_own_page(people: People, telephone: Telephone, script: bool) -> None:
    tom_is_booked(people)
    tom = telephone(script=script)
    sign_in(tom, "tom.bell@example.org")
    assert (tom.taps, tom.entries) == (2, 2)
    tom.tap(tom.page.locator("a.guest__entry").first)
    tom.tap(tom.link("Cancel my visit"))
    expect(tom.page.get_by_text("It costs $")).to_be_visible()
    tom.tap(tom.page.get_by_text("Illness", exact=True))
    tom.tap(tom.button("Cancel my visit"))
    expect(tom.page.get_by_role("heading", name="Your visit is cancelled")).to_be_visible()
    assert tom.taps == 6
    tom.tap(tom.button("I want it after all"))
    expect(tom.page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    tom.tap(tom.link("Cancel my visit"))
    tom.tap(tom.page.get_by_text("Clinical appointment ran over", exact=True))
    tom.tap(tom.button("Cancel my visit"))


def test_arabic_turns_the_page_and_stays(telephone: Telephone) -> None:
    guest = telephone()
    guest.page.goto("/me/sign-in")
    guest.tap(guest.link("العربية"))
    expect(guest.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(guest.page.get_by_role("heading", name="زياراتي")).to_be_visible()
    assert violations(guest.page) == []
    guest.page.screenshot(path=SHOTS / "me-sign-in-ar.png")
    guest.page.goto("/visits/nothing")
    expect(guest.page.locator("html")).to_have_attribute("lang", "ar")


def test_a_guest_checks_in_with_two_taps_at_the_tablet(people: People, telephone: Telephone) -> None:
    tom_is_booked(people)
    tablet = telephone(size={"width": 1024, "height": 768})
    tablet.page.goto("/check-in")
    tablet.page.get_by_role("button", name="Use it as the tablet in the lobby").click()
    tablet.page.wait_for_url("**/check-in")
    tablet.taps = 0
    tablet.type("507 555 0101", tablet.page.locator("#who"))
    tablet.tap(tablet.button("Go on"))
    expect(tablet.page.get_by_text("Halvorsen")).to_have_count(0)
    tablet.page.screenshot(path=SHOTS / "lobby-tablet.png")
    tablet.tap(tablet.button("Tom B"))
    expect(tablet.page.locator("h1")).to_have_text(re.compile("You are checked in|Please come to the desk"))
    assert tablet.taps == 2
    tablet.page.wait_for_url("**/check-in", timeout=16_000)
    expect(tablet.page.get_by_text("Tom B")).to_have_count(0)
