"""A written referral in Chromium: stored from the ticket, the massage exempt, in the report."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.hands import People, book, open_visit
from tests.referrals import PAGE

pytestmark = pytest.mark.browser


def test_a_stored_referral_takes_the_tax_off_in_two_taps(people: People, tmp_path: Path) -> None:
    copy = tmp_path / "referral.pdf"
    copy.write_bytes(PAGE)
    maya = people()
    maya.page.goto("/board")
    book(maya, "0101", "Swedish massage", "Ana")
    open_visit(maya, "Tom Bell")
    maya.tap(maya.page.locator("footer form[action$='/check-in'] button").first)
    maya.page.goto("/board")
    open_visit(maya, "Tom Bell")
    maya.tap(maya.button("Checkout"))
    ticket = maya.page.url
    maya.tap(maya.link("^Swedish massage"))
    maya.look("no-referral")
    maya.tap(maya.link("Store a referral"))
    maya.look("referral-form")
    maya.type("Dr. Helen Strand", maya.page.get_by_label("Signed by"))
    maya.type("MD 12345", maya.page.get_by_label("Credential or licence"))
    written = maya.page.get_by_label("Written on")
    written.fill(f"{int(maya.page.evaluate('new Date().getFullYear()')) - 1}-12-20")
    maya.page.get_by_label("Valid until").fill(f"{maya.page.evaluate('new Date().getFullYear()')}-12-31")
    maya.tap(maya.page.get_by_label("It says that massage"))
    maya.page.get_by_label("Copy of the page").set_input_files(copy)
    maya.tap(maya.button("Store the referral"))
    maya.page.goto(ticket)
    maya.taps = 0
    maya.tap(maya.link("^Swedish massage"))
    maya.look("may-be-exempt")
    maya.tap(maya.button("^Exempt: referral of Dr. Helen Strand"))
    assert maya.taps == 2
    expect(maya.page.get_by_text("Exempt from tax: written referral").first).to_be_visible()
    maya.look("exempt")
    maya.page.goto(ticket)
    maya.tap(maya.button("^Exact"))
    maya.page.wait_for_url("**/done")
    renata = people("Renata Silva")
    renata.page.goto("/reports/exemptions")
    expect(renata.page.get_by_role("cell", name=re.compile("Dr. Helen Strand"))).to_be_visible()
    renata.look("exemptions")


def test_a_manager_sets_a_rate_from_tomorrow_and_takes_it_back(people: People) -> None:
    renata = people("Renata Silva")
    renata.page.goto("/rates")
    renata.look("rates")
    renata.page.get_by_label("Rate, per cent").fill("7")
    renata.tap(renata.button("Set the rate"))
    expect(renata.page.get_by_text("The rate is set.")).to_be_visible()
    renata.look("rates-coming")
    renata.tap(renata.button("Take back"))
    expect(renata.page.get_by_text("The rate is taken back.")).to_be_visible()
