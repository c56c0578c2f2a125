"""Booking online in Chromium: five screens on a phone, by keys alone, without JavaScript, small and large."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.hands import (
    ALL_RULES_IN,
    PATIENCE_MS,
    SHOTS,
    Fingers,
    running_service,
    violations_by_scheme,
)
from tests.browser.test_guest import NARROW, PHONE, sideways
from tests.mailbox import Mailbox, mailbox

pytestmark = pytest.mark.browser

PickUp = Callable[..., Fingers]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """A mail server."""
    with mailbox(Path(tmp_path_factory.mktemp("mails"))) as running:
        yield running


@pytest.fixture(scope="module")
def address(new_database: Callable[..., str], box: Mailbox) -> Iterator[str]:
    """The service, which hands its mails to that server."""
    with running_service(new_database(), "--smtp", str(box.port)) as found:
        yield found


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[PickUp]:
    """A guest's own browser; afterwards none may have complained."""
    contexts, hands = [], []

    def pick_up(*, script: bool = True, size: dict[str, int] | None = None) -> Fingers:
        context = chromium.new_context(
            base_url=address,
            viewport=size or PHONE,  # type: ignore[arg-type]  # a width and a height
            java_script_enabled=script,
            locale="en-US",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        hand = Fingers(context.new_page(), script)
        hands.append(hand)
        hand.page.on("pageerror", lambda error: hand.complaints.append(str(error)))
        hand.page.on(
            "request", lambda asked: asked.url.startswith(address) or hand.complaints.append(asked.url)
        )
        return hand

    yield pick_up
    for context in contexts:
        context.close()
    assert [complaint for hand in hands for complaint in hand.complaints] == []


def code_for(box: Mailbox, who: str) -> str:
    """The six digits that were mailed to somebody last."""
    for _ in range(80):
        found = [mail for mail in box.mails() if mail["To"] == who]
        if found:
            body = found[-1].get_body(("plain",))
            assert body is not None
            digits = re.search(r"\b(\d{6})\b", body.get_content())
            assert digits
            return digits[1]
        time.sleep(0.25)
    raise AssertionError(f"no mail came for {who}")


def check(hand: Fingers, name: str) -> None:
    """Axe in dark and light, nothing sideways at 320 pixels nor with letters twice as large; a picture."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    assert violations_by_scheme(hand.page, rules_in=ALL_RULES_IN) == {}, name
    hand.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    hand.page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a width and a height
    assert sideways(hand.page) == 0, f"{name}, 320 pixels wide"
    hand.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a width and a height
    hand.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(hand.page) == 0, f"{name}, letters twice as large"
    hand.page.evaluate("document.documentElement.style.fontSize = ''")
    small = hand.page.evaluate(
        "() => [...document.querySelectorAll('.guest__main a, .guest__main button, .guest__main select,"
        " .guest__main .input')].filter(one => one.getClientRects().length)"
        ".filter(one => one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML)"
    )
    assert small == [], f"{name}: targets under 44 pixels"


def say_who(hand: Fingers, who: str) -> None:
    """Four entries."""
    for label, words in (
        ("First name", "Ida"),
        ("Last name", "Moen"),
        ("Telephone", "507 555 0142"),
        ("E-mail address", who),
    ):
        hand.type(words, hand.page.get_by_label(label, exact=True))


def test_a_guest_books_on_a_phone(phone: PickUp, box: Mailbox) -> None:
    ida, look = phone(), check
    ida.page.goto("/book")
    look(ida, "online-1-what")
    ida.tap(ida.link("Swedish massage 60 min"))
    look(ida, "online-2-who")
    ida.tap(ida.button("Employee"))
    look(ida, "online-3-when")
    slot = ida.page.get_by_role("button", name=re.compile(r"(AM|PM) on \w+day, \w+ \d+ with \w+")).first
    ida.tap(slot)
    expect(ida.page.get_by_role("heading", name="Who comes?")).to_be_visible()
    expect(ida.page.locator("[data-hold-left]")).to_have_text(re.compile(r"^9:\d\d$"))
    look(ida, "online-4-you")
    say_who(ida, "ida@example.org")
    ida.tap(ida.button("Go on"))
    look(ida, "online-4-code")
    ida.type("111111", ida.page.get_by_label("Code"))
    ida.page.get_by_role("button", name="Go on").click()
    expect(ida.page.get_by_role("alert")).to_be_focused()
    look(ida, "online-4-code-wrong")
    ida.entries -= 1
    ida.type(code_for(box, "ida@example.org"), ida.page.get_by_label("Code"))
    ida.tap(ida.button("Go on"))
    look(ida, "online-5-confirm")
    ida.tap(ida.button("Book it"))
    expect(ida.page.get_by_role("heading", name="Your visit is booked")).to_be_visible()
    look(ida, "online-done")
    assert (ida.taps, ida.entries) == (6, 5)
    ida.tap(ida.link("Move, cancel"))
    expect(ida.page.get_by_role("link", name="Cancel my visit")).to_be_visible()


def test_a_hold_counts_down_aloud_and_can_be_longer(phone: PickUp) -> None:
    ida = phone()
    ida.page.clock.install()
    ida.page.goto("/book/when?service=facial-60&group=visitor")
    ida.page.locator("button.online__time").first.click()
    said, left = ida.page.locator("[data-hold-said]"), ida.page.locator("[data-hold-left]")
    expect(left).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    expect(said).to_have_text("")
    ida.page.clock.fast_forward("05:10")
    expect(said).to_have_text("Your time is held for 5 more minutes.")
    ida.page.clock.fast_forward("02:00")
    expect(said).to_have_text("Your time is held for 5 more minutes.")  # and not each minute
    ida.page.clock.fast_forward("01:00")
    expect(said).to_have_text("Your time is held for 2 more minutes.")
    ida.tap(ida.button("I need more time"))
    expect(ida.page.locator("[data-hold-left]")).to_have_text(re.compile(r"^(10:00|9:5\d)$"))
    ida.page.clock.fast_forward("10:05")
    expect(ida.page.get_by_text("Your time is not held any longer.").last).to_be_visible()
    expect(ida.page.locator("[data-hold-said]")).to_contain_text("Your time is not held any longer.")
    check(ida, "online-over")
    ida.tap(ida.link("Choose a time again"))
    expect(ida.page.get_by_role("heading", name="When would you like to come?")).to_be_visible()


def test_a_guest_books_without_javascript(phone: PickUp, box: Mailbox) -> None:
    ida = phone(script=False)
    ida.page.goto("/me/sign-in")
    ida.tap(ida.link("Book a visit"))
    ida.tap(ida.link("Signature facial"))
    ida.page.get_by_text("Hot towels").click()
    ida.tap(ida.button("Visitor"))
    expect(ida.page.get_by_text("$118.00 plus tax")).to_be_visible()
    ida.tap(ida.link("Whole month"))
    ida.tap(ida.page.get_by_role("link", name=re.compile("November 2026: .* times")).last)
    ida.page.get_by_label("With whom?").select_option(label="A woman")
    ida.tap(ida.button("Show their times"))
    ida.tap(ida.page.locator("button.online__time").first)
    expect(ida.page.get_by_text("We hold this time for you until")).to_be_visible()
    say_who(ida, "plain@example.org")
    ida.tap(ida.button("Go on"))
    ida.type(code_for(box, "plain@example.org"), ida.page.get_by_label("Code"))
    ida.tap(ida.button("Go on"))
    ida.tap(ida.button("I need more time"))
    expect(ida.page.get_by_role("heading", name="Is this right?")).to_be_visible()
    ida.tap(ida.button("Book it"))
    expect(ida.page.get_by_role("heading", name="Your visit is booked")).to_be_visible()


def focus_on(hand: Fingers, role: str, name: str) -> None:
    """Press Tab until something has the focus, which must be seen."""
    wanted = hand.page.get_by_role(role, name=re.compile(name)).first  # type: ignore[arg-type]  # a role
    for _ in range(80):
        hand.page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            assert wanted.evaluate(
                "one => [getComputedStyle(one).outlineStyle, getComputedStyle(one).boxShadow]"
                ".some(look => look !== 'none')"
            ), name
            return
    raise AssertionError(f"Tab never comes to {name}")


def test_a_guest_books_with_keys_alone(phone: PickUp, box: Mailbox) -> None:
    ida = phone()
    keys = ida.page.keyboard
    ida.page.goto("/book")
    focus_on(ida, "link", "Body wrap")
    keys.press("Enter")
    focus_on(ida, "button", "Patient's family")
    keys.press("Enter")
    focus_on(ida, "button", "M on .* with ")
    keys.press("Enter")
    for label, words in (("First name", "Kay"), ("Last name", "Moen"), ("Telephone", "5075550143")):
        focus_on(ida, "textbox", label)
        keys.type(words)
    focus_on(ida, "textbox", "E-mail address")
    keys.type("keys@example.org")
    keys.press("Enter")
    ida.page.wait_for_url("**/book/code")
    focus_on(ida, "textbox", "Code")
    keys.type(code_for(box, "keys@example.org"))
    keys.press("Enter")
    ida.page.wait_for_url("**/book/confirm")
    focus_on(ida, "button", "Book it")
    keys.press("Enter")
    expect(ida.page.get_by_role("heading", name="Your visit is booked")).to_be_visible()


def test_it_is_booked_from_right_to_left(phone: PickUp) -> None:
    ida = phone()
    ida.page.goto("/book")
    ida.tap(ida.link("العربية"))
    ida.tap(ida.link("تدليك سويدي"))
    ida.tap(ida.button("زائر"))
    check(ida, "online-3-when-ar")
    ida.tap(ida.page.locator("button.online__time").first)
    check(ida, "online-4-you-ar")
    expect(ida.page.locator("html")).to_have_attribute("dir", "rtl")
