"""Guests who use keys alone, at home and in the lobby; and a couple whose phone runs no script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.hands import Fingers, People, book
from tests.browser.test_online import (
    PickUp,
    address,
    box,
    code_for,
    focus_on,
    phone,
    say_who,
)
from tests.mailbox import Mailbox

__all__ = ["address", "box", "phone"]

pytestmark = pytest.mark.browser

SLOT = r"M on .* with "


def press(hand: Fingers, role: str, name: str, key: str = "Enter") -> None:
    """Come to something with Tab and press it."""
    focus_on(hand, role, name)
    hand.page.keyboard.press(key)
    hand.rest()


def choose(hand: Fingers, label: str, option: str) -> None:
    """Come to a list with Tab and go down it with the arrow."""
    focus_on(hand, "combobox", label)
    wanted = hand.page.get_by_role("combobox", name=label)
    for _ in range(20):
        if option in wanted.evaluate("one => one.selectedOptions[0].textContent"):
            return
        hand.page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrow never comes to {option}")


def type_into(hand: Fingers, label: str, words: str) -> None:
    focus_on(hand, "textbox", label)
    hand.page.keyboard.type(words)


def say_who_with_keys(hand: Fingers, box: Mailbox, given_name: str, email: str) -> None:
    """Name, telephone, e-mail and the code from the mail, each sent with Enter."""
    for label, words in (
        ("First name", given_name),
        ("Last name", "Moen"),
        ("Telephone", "5075550143"),
        ("E-mail address", email),
    ):
        type_into(hand, label, words)
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_url("**/book/code")
    type_into(hand, "Code", code_for(box, email))
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_url("**/book/confirm*")


def test_a_couple_books_with_keys_alone_and_one_of_them_cancels(phone: PickUp, box: Mailbox) -> None:
    kay = phone()
    kay.page.goto("/book")
    press(kay, "link", "Swedish massage 60 min")
    choose(kay, "Does somebody come along", "Visitor")
    press(kay, "button", "Visitor")
    press(kay, "button", SLOT)
    say_who_with_keys(kay, box, "Kay", "couple@example.org")
    expect(kay.page.get_by_text("Beside you")).to_be_visible()
    type_into(kay, "First name", "Per")
    type_into(kay, "Last name", "Moen")
    press(kay, "button", "Book it")
    expect(kay.page.get_by_role("heading", name="is booked")).to_be_visible()
    press(kay, "link", "Move, cancel")
    press(kay, "link", "Cancel my visit")
    press(kay, "radio", "Illness", "Space")
    press(kay, "button", "Cancel my visit")
    expect(kay.page.get_by_role("heading", name="Your visit is cancelled")).to_be_visible()
    press(kay, "button", "I want it after all")
    expect(kay.page.get_by_role("heading", name="is booked")).to_be_visible()


def test_a_guest_comes_onto_the_waitlist_with_keys_alone(phone: PickUp, box: Mailbox) -> None:
    kay = phone()
    kay.page.goto("/book")
    press(kay, "link", "Swedish massage 60 min")
    press(kay, "button", "Visitor")
    press(kay, "link", "Fri, Nov 27")
    choose(kay, "With whom?", "A man")
    press(kay, "button", "Show their times")
    expect(kay.page.get_by_text("Whom you ask for has no time on this day.")).to_be_visible()
    choose(kay, "When could you come?", "week")
    press(kay, "button", "Put me on the waitlist")
    say_who_with_keys(kay, box, "Kay", "wait@example.org")
    press(kay, "button", "Put me on the waitlist")
    expect(kay.page.get_by_role("heading", name="You are on the waitlist")).to_be_visible()


def test_a_guest_checks_in_at_the_tablet_with_keys_alone(people: People, phone: PickUp) -> None:
    maya = people()
    book(maya, "0101", "Swedish massage", "Ana")
    tablet = phone(size={"width": 1024, "height": 768})
    tablet.page.goto("/check-in")
    press(tablet, "button", "Use it as the tablet in the lobby")
    tablet.page.wait_for_url("**/check-in")
    expect(tablet.page.locator("#who")).to_be_focused()
    tablet.page.keyboard.type("5075550101")
    tablet.page.keyboard.press("Enter")
    tablet.page.wait_for_url("**/check-in")
    press(tablet, "button", "Tom B")
    expect(tablet.page.locator("h1")).to_have_text(re.compile("You are checked in|Please come to the desk"))
    expect(tablet.page.locator("h1")).to_be_focused()
    press(tablet, "link", "Done")
    expect(tablet.page.locator("#who")).to_be_focused()


def test_a_couple_books_and_moves_without_javascript(phone: PickUp, box: Mailbox) -> None:
    ida = phone(script=False)
    ida.page.goto("/book")
    ida.tap(ida.link("Signature facial"))
    ida.page.get_by_label("Does somebody come along").select_option(label="Yes: Employee")
    ida.tap(ida.button("Visitor"))
    ida.tap(ida.link("Fri, Nov 27"))
    slot = ida.page.locator("button.online__time").first
    ida.tap(slot)
    expect(ida.page.get_by_text("Beside you")).to_be_visible()
    say_who(ida, "pair@example.org")
    ida.tap(ida.button("Go on"))
    ida.type(code_for(box, "pair@example.org"), ida.page.get_by_label("Code"))
    ida.tap(ida.button("Go on"))
    ida.tap(ida.button("Book it"))
    expect(ida.page.get_by_label("First name")).to_be_focused()  # the browser itself asks for the names
    ida.type("Per", ida.page.get_by_label("First name"))
    ida.type("Moen", ida.page.get_by_label("Last name"))
    ida.tap(ida.button("Book it"))
    expect(ida.page.get_by_role("heading", name="is booked")).to_be_visible()
    ida.tap(ida.link("Move, cancel"))
    ida.tap(ida.link("Move to another time"))
    expect(ida.page.get_by_text("You booked together, so all of you move at once.")).to_be_visible()
    ida.tap(ida.link("Fri, Nov 27"))
    ida.tap(ida.page.locator("ul.guest__slots a").last)
    expect(ida.page.get_by_text("The price stays as it is for each of you.")).to_be_visible()
    ida.tap(ida.button("Move all of us"))
    expect(ida.page.get_by_role("heading", name="is booked")).to_be_visible()
    expect(ida.page.locator("ul.guest__times li")).to_have_count(1)
