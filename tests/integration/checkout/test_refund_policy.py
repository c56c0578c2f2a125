"""The refund policy: managers say it, checkout, receipts and the notice show it; and why something is off."""

from uuid import uuid4

import pytest

from spa_pos.checkout.actions import discount, set_refund_policy, take_cash
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Invalid, NotAllowed
from tests.cast import Spa
from tests.sale import Sale, renata

WORDS = "Unused goods go back within 14 days,\n with this receipt."
CLEAN = "Unused goods go back within 14 days, with this receipt."


async def test_new_words_are_at_checkout_on_receipts_and_on_the_notice(spa: Spa) -> None:
    sale = await Sale.open(spa)
    kiosk = await spa.kiosk("Renata Silva")
    await kiosk.open("/refund-policy")
    page = await kiosk.send("/refund-policy", words=WORDS)
    assert (page.status, CLEAN in page.words) == (200, True)
    page = await kiosk.open(f"/tickets/{sale.ticket_id}")
    assert CLEAN in page.words
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    page = await kiosk.open(f"/tickets/{sale.ticket_id}/receipt")
    assert CLEAN in page.words
    (row,) = await fetch("SELECT staff_name, after FROM audit_event WHERE verb = 'changed the refund policy'")
    assert (row["staff_name"], CLEAN in row["after"]) == ("Renata Silva", True)


@pytest.mark.parametrize("words", ["", "   ", "No", "x" * 601])
async def test_words_that_say_nothing_or_too_much_change_nothing(spa: Spa, words: str) -> None:
    before = await fetch_value("SELECT refund_policy FROM location")
    with pytest.raises(Invalid, match="policy-unreadable"):
        await set_refund_policy(await renata(spa), words=words, now=spa.clock.now)
    kiosk = await spa.kiosk("Renata Silva")
    await kiosk.open("/refund-policy")
    page = await kiosk.send("/refund-policy", words=words)
    assert (page.status, page.problem) == (422, "policy-unreadable")
    assert await fetch_value("SELECT refund_policy FROM location") == before
    assert await fetch("SELECT 1 FROM audit_event WHERE verb = 'changed the refund policy'") == []


async def test_the_desk_does_not_set_it(spa: Spa) -> None:
    with pytest.raises(NotAllowed, match="role-missing"):
        await set_refund_policy(spa.maya, words=CLEAN, now=spa.clock.now)


async def test_staff_see_why_something_was_taken_off_and_paper_does_not(spa: Spa) -> None:
    sale = await Sale.open(spa)
    given = await sale.yes("discount", 3_600)
    off = {"line_id": None, "rate_ppm": 300_000, "amount_cents": None}
    await sale(discount, **off, reason="Waited long", approval_id=given)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    kiosk = await spa.kiosk("Maya Lindqvist")
    page = await kiosk.open(f"/tickets/{sale.ticket_id}/receipt")
    assert "Waited long . Maya Lindqvist, approved by Renata Silva" in page.words.replace("  ", " ")
    paper = page.text.split('<article class="receipt"')[1]
    assert "Waited long" not in paper
