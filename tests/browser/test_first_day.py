"""The desk's first day in Chromium: booked, checked in, paid, and the day agrees with the ledger."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.hands import OFFICE, People, book, open_visit
from tests.cast import PINS

pytestmark = pytest.mark.browser


def test_a_known_guest_is_booked_checked_in_and_pays_exact_cash_within_the_taps_we_promise(
    people: People,
) -> None:
    maya = people()
    maya.look("board")
    book(maya, "0101", "Swedish massage", "Ana")
    assert (maya.taps, maya.entries) == (5, 1)
    expect(maya.page.get_by_text("Tom Bell is booked")).to_be_visible()
    maya.taps = 0
    open_visit(maya, "Tom Bell")
    maya.look("visit")
    maya.tap(maya.button("Check in"))
    assert maya.taps <= 2
    expect(maya.button("Checkout")).to_be_visible()
    maya.page.goto("/board")
    maya.taps = 0
    open_visit(maya, "Tom Bell")
    maya.tap(maya.button("Checkout"))
    maya.look("pay")
    maya.tap(maya.button("^Exact"))
    assert maya.taps == 3
    assert maya.page.url.endswith("/done")
    maya.look("done")
    maya.tap(maya.link("Receipt"))
    maya.look("receipt")
    expect(maya.page.get_by_text("City of Rochester 0.75 %")).to_be_visible()
    maya.page.emulate_media(media="print")
    expect(maya.page.get_by_role("navigation").first).to_be_hidden()


def test_a_new_guest_is_booked_in_six_taps_and_three_entries_and_pays_as_a_visitor_without_proof(
    people: People,
) -> None:
    maya = people()
    maya.tap(maya.link("New booking"))
    maya.type("5075550188")
    maya.rest()
    maya.tap(maya.sheet.locator("summary", has_text="New guest"))
    maya.type("Mira", maya.page.get_by_label("Given name"))
    maya.type("Solberg", maya.page.get_by_label("Family name"))
    maya.look("new-guest")
    maya.tap(maya.sheet.locator("button[value=patient]"))
    maya.tap(maya.sheet.get_by_role("link", name="Pedicure").first)
    maya.tap(maya.sheet.locator(".best a").first)
    maya.look("times")
    maya.tap(maya.button("^Book "))
    assert (maya.taps, maya.entries) == (6, 3)
    open_visit(maya, "Mira Solberg")
    expect(maya.page.get_by_text("Ask for: Patient number or appointment letter")).to_be_visible()
    maya.tap(maya.button("Not shown"))
    expect(maya.sheet.get_by_text("$60.00").first).to_be_visible()
    maya.tap(maya.sheet.locator("summary", has_text="History"))
    expect(maya.page.get_by_text("Patient declared, not proven: $60.00 as a visitor")).to_be_visible()
    maya.tap(maya.page.locator(".toast").get_by_role("button", name="Undo"))
    expect(maya.page.get_by_text("The check-in is undone.")).to_be_visible()


def test_names_that_are_found_late_leave_who_adds_a_new_guest_alone(people: People) -> None:
    maya = people()
    maya.tap(maya.link("New booking"))
    late: list[Route] = []
    maya.page.route("**/guests/search", lambda route: late.append(route))
    new, search = maya.sheet.locator("summary", has_text="New guest"), maya.page.locator("#guest-search")
    given, family = maya.page.get_by_label("Given name"), maya.page.get_by_label("Family name")

    def found(text: str, *, after: Locator | None = None) -> None:
        """What is looked for is found, later than the next step."""
        with maya.page.expect_request("**/guests/search"):
            search.fill(text)
        while not late:  # it is told of a moment after it was seen
            maya.page.wait_for_timeout(20)
        if after is not None:
            after.click()
        late.pop().continue_()
        expect(maya.sheet.get_by_text(f"Nobody found for “{text}”.")).to_be_visible()

    found("Petra Qu", after=new)
    expect(given).to_have_value("Petra")
    expect(family).to_have_value("Qu")
    family.fill("Quistgaard")
    new.click()  # closed, and opened again before the next names come
    found("Petra Quist", after=new)
    expect(family).to_have_value("Quistgaard")
    expect(given).to_have_value("Petra")
    new.click()
    found("Nora Nil")  # what was closed is nobody's any more
    new.click()
    expect(family).to_have_value("Nil")


def test_a_card_is_declined_then_unknown_then_paid_once(people: People) -> None:
    maya = people()
    book(maya, "0117", "Swedish massage", "Ana")
    open_visit(maya, "Wanda Walker")
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.tap(maya.button("Checkout"))
    for card, words in (("Declined card", "The card was not accepted"), ("No answer", "Do not charge again")):
        maya.page.goto(f"{maya.page.url.split('?')[0]}?with=card")
        maya.tap(maya.page.locator("form[action$='/card-attempts'] button").first)
        expect(maya.page.get_by_text("Ask the guest to tap")).to_be_visible()
        maya.look("card-waiting")
        maya.tap(maya.button(card))
        expect(maya.page.get_by_text(words)).to_be_visible()
        assert "/tickets/" in maya.page.url, "what stands in the address bar can be loaded again"
    maya.page.wait_for_url("**/done", timeout=15_000)  # the page goes on asking by itself
    maya.tap(maya.link("Receipt"))
    expect(maya.page.get_by_text("Visa 4242")).to_have_count(1)
    maya.page.go_back()
    maya.page.go_back()
    maya.page.goto("/tickets")
    expect(maya.page.get_by_text("No open tickets")).to_be_visible()


def test_two_kiosks_want_one_slot_and_the_other_keeps_what_was_chosen(people: People) -> None:
    maya, owen = people(), people("Owen Brandt")
    for hand, guest in ((maya, "0110"), (owen, "0112")):
        hand.tap(hand.link("New booking"))
        hand.type(guest)
        hand.tap(hand.sheet.locator("a[href*='guest=']").first)
        hand.tap(hand.sheet.get_by_role("link", name="Acupuncture").first)
        hand.tap(hand.sheet.locator(".best a").first)
    maya.button("^Book ").dblclick()
    maya.rest()
    expect(maya.page.locator(".visit", has_text="Kofi Mensah")).to_have_count(1)
    owen.tap(owen.button("^Book "))
    expect(owen.page.get_by_role("alert").filter(has_text="Choose another time")).to_be_visible()
    expect(owen.sheet.get_by_text("Acupuncture").first).to_be_visible()
    owen.look("slot-taken")


def test_a_booking_at_one_kiosk_appears_on_the_other_by_itself(people: People) -> None:
    maya, owen = people(), people("Owen Brandt")
    expect(owen.page.locator(".visit", has_text="Noor Khan")).to_have_count(0)
    book(maya, "0115", "Manicure", "Jonas")
    expect(owen.page.locator(".visit", has_text="Noor Khan")).to_be_visible(timeout=3_000)


def test_the_manager_sees_a_day_that_agrees_with_the_ledger_and_an_empty_day_as_empty(people: People) -> None:
    renata = people("Renata Silva", size=OFFICE)
    renata.page.goto("/reports/sales-day")
    expect(renata.page.get_by_text("The day agrees with the ledger to the cent")).to_be_visible()
    renata.look("sales-day")
    renata.page.goto("/reports/sales-day?date=2026-10-01")
    expect(renata.page.get_by_text("No sales on this day.")).to_be_visible()
    renata.look("sales-day-empty")
    renata.page.goto("/board?date=2026-11-26")
    expect(renata.page.get_by_text("Thanksgiving Day").first).to_be_visible()
    renata.look("closed-day")
    renata.page.goto("/style")
    renata.look("style")


def test_the_person_is_switched_in_one_tap_and_a_pin_and_a_wrong_pin_says_how_many_tries_are_left(
    people: People,
) -> None:
    maya = people()
    maya.button("^Lock").click()
    maya.page.get_by_role("link", name="Owen Brandt").click()
    maya.look("pin")
    maya.page.keyboard.type("9999")
    maya.page.keyboard.press("Enter")
    expect(maya.page.get_by_role("alert")).to_contain_text("4 tries left")
    maya.page.keyboard.type(PINS["Owen Brandt"])
    maya.page.keyboard.press("Enter")
    maya.page.wait_for_url("**/board*")
    maya.taps = 0
    maya.tap(maya.page.get_by_role("link", name=re.compile("Maya")).first)
    assert maya.taps == 1
    maya.page.keyboard.type(PINS["Maya Lindqvist"])
    maya.page.keyboard.press("Enter")
    maya.page.wait_for_url("**/board*")


def test_everything_works_without_javascript(people: People) -> None:
    maya = people(script=False)
    maya.link("New booking").click()
    maya.sheet.locator("input[name=q]").fill("0121")
    maya.sheet.get_by_role("button", name=re.compile("Search|Find")).click()
    maya.sheet.locator("a[href*='guest=']").first.click()
    maya.sheet.get_by_role("link", name="Express facial").first.click()
    maya.sheet.locator(".best a").first.click()
    maya.button("^Book ").click()
    maya.page.locator(".visit", has_text="Ravi").first.click()
    maya.page.locator("footer form[action$='/check-in'] button").first.click()
    maya.button("Checkout").click()
    maya.button("^Exact").click()
    assert maya.page.url.endswith("/done")
