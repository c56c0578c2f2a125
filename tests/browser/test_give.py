"""Buying a gift card in Chromium on a telephone: taps counted, keys alone, without JavaScript, declined."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.hands import PATIENCE_MS, Fingers

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
PickUp = Callable[..., Fingers]


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[PickUp]:
    """A guest's own browser, without JavaScript when asked."""
    contexts = []

    def pick_up(*, script: bool = True) -> Fingers:
        context = chromium.new_context(
            base_url=address,
            viewport=PHONE,  # type: ignore[arg-type]  # a width and a height
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


def fill(guest: Fingers) -> None:
    """Who it is for and from."""
    guest.type("Per Halvorsen", guest.page.get_by_label("Who is it for?"))
    guest.type("per@example.org", guest.page.get_by_label("Their e-mail address"))
    guest.type("Ida Moen", guest.page.get_by_label("Your name"))
    guest.type("ida@example.org", guest.page.get_by_label("Your e-mail address"))


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_gift_card_is_bought_on_a_phone(phone: PickUp, script: bool) -> None:
    ida = phone(script=script)
    ida.page.goto("/give")
    if script:
        ida.look("give")
    ida.tap(ida.page.get_by_role("radio", name="$100.00"))
    fill(ida)
    ida.tap(ida.button("Go on to pay"))
    expect(ida.page.get_by_role("heading", name="Pay for the gift card")).to_be_visible()
    if script:
        ida.look("give-pay")
    ida.tap(ida.button("Sample card: works"))
    expect(ida.page.get_by_role("heading", name="Thank you. The gift card is paid")).to_be_visible()
    assert (ida.taps, ida.entries) == (3, 4)
    if script:
        ida.look("give-paid")
    ida.tap(ida.link("The gift's own page"))
    expect(ida.page.get_by_role("heading", name="A gift for you")).to_be_visible()


def test_a_declined_card_says_so_and_another_one_pays(phone: PickUp) -> None:
    ida = phone()
    ida.page.goto("/give")
    ida.tap(ida.page.get_by_role("radio", name="$50.00"))
    fill(ida)
    ida.tap(ida.button("Go on to pay"))
    ida.tap(ida.button("Sample card: declined"))
    expect(ida.page.get_by_role("alert").first).to_contain_text("Nothing was charged")
    ida.look("give-declined")
    ida.tap(ida.button("Try another card"))
    ida.tap(ida.button("Sample card: works"))
    expect(ida.page.get_by_role("heading", name="Thank you. The gift card is paid")).to_be_visible()


def focus_on(guest: Fingers, role: str, name: str) -> None:
    """Press Tab until something has the focus."""
    wanted = guest.page.get_by_role(role, name=re.compile(name)).first  # type: ignore[arg-type]  # a role
    for _ in range(60):
        guest.page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_a_gift_card_is_bought_with_keys_alone(phone: PickUp) -> None:
    ida = phone()
    keys = ida.page.keyboard
    ida.page.goto("/give")
    focus_on(ida, "radio", r"\$50\.00")
    keys.press("ArrowRight")
    for name, words in (
        ("Who is it for", "Per"),
        ("Their e-mail", "per@example.org"),
        ("Your name", "Ida Moen"),
        ("Your e-mail", "ida@example.org"),
    ):
        focus_on(ida, "textbox", name)
        keys.type(words)
    keys.press("Enter")
    ida.page.wait_for_url("**/give/*")
    expect(ida.page.get_by_text("$100.00")).to_be_visible()
    focus_on(ida, "button", "Sample card: works")
    keys.press("Enter")
    expect(ida.page.get_by_role("heading", name="Thank you. The gift card is paid")).to_be_visible()
