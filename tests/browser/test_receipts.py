"""Receipts and gifts in Chromium: mailed at the desk, opened on a phone, kept as a PDF, printed on 80 mm."""

import io
import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser.hands import Fingers, People, book, open_visit, running_service
from tests.mailbox import Mailbox, mailbox
from tests.printer import fake_printer

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


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


def mail_to(box: Mailbox, who: str) -> EmailMessage:
    """The last mail to somebody; the outbox is emptied every few seconds."""
    for _ in range(80):
        found = [mail for mail in box.mails() if mail["To"] == who]
        if found:
            return found[-1]
        time.sleep(0.25)
    raise AssertionError(f"no mail came for {who}")


def link_in(mail: EmailMessage, what: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http://\S+(/{what}/\S+)", body.get_content())
    assert found
    return found[1]


@pytest.fixture
def phone(chromium: Browser, address: str) -> Iterator[Fingers]:
    """A guest's phone, which is no device of ours."""
    context = chromium.new_context(
        base_url=address,
        viewport=PHONE,  # type: ignore[arg-type]  # a width and a height
        timezone_id="America/Chicago",
        reduced_motion="reduce",
    )
    hand = Fingers(context.new_page())
    hand.page.on("pageerror", lambda error: hand.complaints.append(str(error)))
    yield hand
    context.close()
    assert hand.complaints == []


def fits(page: Page) -> bool:
    """True when nothing hangs out at the side."""
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))


def pdf_behind(hand: Fingers, name: str) -> str:
    """The text of the PDF that a link of the page leads to."""
    href = hand.link(name).get_attribute("href")
    assert href is not None
    answer = hand.page.request.get(href)
    assert answer.headers["content-type"] == "application/pdf"
    return re.sub(r"\s+", " ", PdfReader(io.BytesIO(answer.body())).pages[0].extract_text())


def test_a_receipt_takes_one_tap_and_an_address_and_is_seen_on_a_phone(
    people: People, phone: Fingers, box: Mailbox
) -> None:
    maya = people()
    book(maya, "0101", "Swedish massage", "Ana")
    open_visit(maya, "Tom Bell")
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.page.goto("/board")
    open_visit(maya, "Tom Bell")
    maya.tap(maya.button("Checkout"))
    maya.tap(maya.button("^Exact"))
    maya.taps = maya.entries = 0
    maya.type("tom@example.org", maya.page.get_by_label("E-mail the receipt to"))
    maya.tap(maya.button("^Send$"))
    assert (maya.taps, maya.entries) == (1, 1)
    expect(maya.page.get_by_text("on its way to tom@example.org")).to_be_visible()
    maya.look("receipt-mailed")
    phone.page.goto(link_in(mail_to(box, "tom@example.org"), "receipts"))
    expect(phone.page.get_by_text("Swedish massage")).to_be_visible()
    phone.look("guest-receipt")
    assert fits(phone.page)
    text = pdf_behind(phone, "Save as PDF")
    assert "Swedish massage" in text and "Total" in text and "Cash" in text
    maya.tap(maya.link("^Receipt$"))
    expect(maya.page.get_by_text("Sent", exact=True)).to_be_visible()
    maya.tap(maya.button("End these links"))
    assert phone.page.reload().status == 410  # type: ignore[union-attr]  # it answers
    phone.look("guest-receipt-ended")


def test_a_gift_card_is_sold_mailed_and_opened_on_a_phone(
    people: People, phone: Fingers, box: Mailbox
) -> None:
    maya = people()
    maya.page.goto("/tickets")
    maya.tap(maya.button("New sale"))
    maya.tap(maya.link("^Add$"))
    maya.tap(maya.page.locator("summary", has_text="New gift card"))
    form = maya.page.locator("form[action$='/card-lines']")
    maya.type("40.00", form.get_by_label("Amount"))
    maya.type("Pat", form.get_by_label("For", exact=True))
    maya.type("With love, and no hurry", form.get_by_label("A few words on the card"))
    maya.type("pat@example.org", form.get_by_label("E-mail it to"))
    maya.type("Mary", form.get_by_label("From", exact=True))
    maya.look("gift-to-send")
    maya.tap(form.get_by_role("button"))
    maya.tap(maya.button("^Exact"))
    phone.page.goto(link_in(mail_to(box, "pat@example.org"), "gifts"))
    expect(phone.page.get_by_text("From Mary")).to_be_visible()
    phone.look("gift-wrapped")
    phone.tap(phone.button("^Open it$"))
    code = phone.page.locator(".giftcard__code").inner_text()
    expect(phone.page.get_by_text("$40.00")).to_be_visible()
    phone.look("gift-opened")
    assert fits(phone.page)
    assert code in pdf_behind(phone, "Save as PDF")
    maya.page.goto("/gift-cards")
    maya.type(code, maya.page.get_by_label("Code"))
    maya.tap(maya.page.locator("form[action='/gift-cards/lookup'] button"))
    expect(maya.page.get_by_text("Opened", exact=True)).to_be_visible()
    maya.look("gift-sent")


def test_a_printer_is_set_up_prints_and_says_what_is_wrong_with_it(people: People) -> None:
    with fake_printer() as printer:
        renata = people("Renata Silva")
        renata.page.goto("/register")
        renata.tap(renata.link("^Printers$"))
        renata.look("printers-none")
        new = renata.page.locator("form[action='/printers']")
        renata.type("Desk printer", new.get_by_label("Name"))
        renata.type("127.0.0.1", new.get_by_label("Address"))
        renata.type(str(printer.port), new.get_by_label("Port"))
        new.get_by_label("A cash drawer hangs on it").check()
        renata.tap(new.get_by_role("button"))
        mine = renata.page.locator("form[action^='/devices/']").first  # who was enrolled last stands first
        mine.locator("select").select_option(label="Desk printer")
        renata.tap(mine.get_by_role("button"))
        renata.tap(renata.button("^Test page"))
        wait_until(lambda: printer.slip.cuts == 1)
        assert "Test page" in printer.slip.text
        renata.page.wait_for_timeout(1_000)  # what came out is written down a moment later
        renata.page.goto("/printers")
        expect(renata.page.get_by_text("Printed", exact=True)).to_be_visible()
        renata.look("printers")
        renata.page.goto("/tickets")
        renata.tap(renata.button("New sale"))
        renata.tap(renata.link("^Add$"))
        renata.tap(renata.page.locator("form[action$='/lines'] button").first)
        renata.tap(renata.link("Back to payment"))
        renata.tap(renata.button("^Exact"))
        wait_until(lambda: printer.slip.pulses == 1)
        renata.taps = 0
        renata.tap(renata.button("^Print$"))
        assert renata.taps == 1
        expect(renata.page.get_by_text("Printed on Desk printer.")).to_be_visible(timeout=10_000)
        assert printer.order == ["cut", "pulse", "cut"]
        printer.mood = "no paper"
        renata.tap(renata.button("^Print again$"))
        expect(renata.page.get_by_text("It has no paper. Put in a new roll.").first).to_be_visible(
            timeout=10_000
        )
        renata.look("printer-no-paper")
        printer.mood = "fine"
        expect(renata.page.get_by_text("Printed on Desk printer.")).to_be_visible(timeout=20_000)
        assert "*** COPY ***" in printer.slip.text


def wait_until(is_so: Callable[[], bool]) -> None:
    """Until something happened in another thread."""
    for _ in range(80):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")
