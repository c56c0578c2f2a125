"""A receipt from the desk to a guest's mailbox, its link, and its PDF."""

import io
import re
from dataclasses import replace
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from spa_pos.checkout.actions import (
    end_receipt_links,
    mail_receipt,
    open_refund,
    share_receipt,
    take_cash,
)
from spa_pos.checkout.queries import receipt_links
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed
from spa_pos.kernel.money import Cents
from spa_pos.messages.actions import set_consent
from spa_pos.messages.rules import Channel, receipt_token, visit_token
from spa_pos.verify import verify
from tests.builders import open_sale, sale_of
from tests.cast import ADDRESS, SECRET, Spa
from tests.integration.messages.conftest import Post, ingrid_of
from tests.integration.messages.test_guest_pages import stranger


async def paid(spa: Spa, guest_id: UUID | None = None, **wish: Any) -> UUID:
    """A settled ticket of $120.00 and $9.75 of tax, in cash."""
    ticket_id = await open_sale(spa, guest_id, **wish)
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=Cents(13_000),
        version=1,
        now=spa.clock.now,
    )
    return ticket_id


async def mailed(spa: Spa, ticket_id: UUID, email: str = "ingrid@example.org") -> UUID:
    return await mail_receipt(spa.maya, link_id=uuid4(), ticket_id=ticket_id, email=email, now=spa.clock.now)


async def received(post: Post) -> list[EmailMessage]:
    """What is in the mailbox beside news of visits."""
    await post.deliver()
    return [mail for mail in post.box.mails() if "visit" not in mail["Subject"]]


def words_of(content: bytes) -> str:
    """The text of a PDF in one line."""
    pages = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


async def test_a_receipt_reaches_the_mailbox_with_a_link_and_nothing_of_what_was_paid(post: Post) -> None:
    ticket_id = await paid(post.spa, await ingrid_of(post.spa))
    await mailed(post.spa, ticket_id)
    (mail,) = await received(post)
    assert mail["Subject"] == "Your receipt · Rejuvenate Spa"
    assert mail["To"] == "ingrid@example.org"
    assert mail["List-Unsubscribe"] is None
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and rich is not None
    for text in (plain.get_content(), rich.get_content()):
        assert "Tuesday, November 24" in text
        for word in ("Swedish", "assage", "Okafor", "$", "129", "Halvorsen"):
            assert word not in text
    path = re.search(rf"{re.escape(ADDRESS)}(/receipts/\S+)", plain.get_content())
    assert path
    async with stranger(post.spa) as guest:
        seen = await guest.get(path[1])
        pdf = await guest.get(f"{path[1]}/receipt.pdf")
    assert seen.status_code == 200
    assert seen.headers["x-robots-tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in seen.text
    assert "Swedish massage" in seen.text and "$129.75" in seen.text
    assert "<script" not in seen.text and "/tickets/" not in seen.text
    assert "5550123" not in seen.text and "ingrid@" not in seen.text
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["x-robots-tag"] == "noindex"


async def test_the_pdf_says_what_a_receipt_has_to_say(spa: Spa) -> None:
    ticket_id = await paid(spa, await ingrid_of(spa))
    number = (await sale_of(spa, ticket_id)).head.number
    desk = await spa.kiosk()
    answer = await desk.browser.get(f"/tickets/{ticket_id}/receipt.pdf")
    text = words_of(answer.content)
    for words in (
        "Rejuvenate Spa",
        f"Receipt {number}",
        "November 24, 2026",
        "Ingrid Halvorsen",
        "Swedish massage",
        "Ana Okafor",
        "Subtotal $120.00",
        "6.875 %",
        "Total $129.75",
        "Cash $129.75",
        "Cash given $130.00",
        "Change $0.25",
    ):
        assert words in text, words
    (page,) = PdfReader(io.BytesIO(answer.content)).pages
    assert (page.mediabox.width, page.mediabox.height) == (612, 792)


async def test_letters_of_other_scripts_and_markup_stand_in_the_pdf_as_typed(spa: Spa) -> None:
    ticket_id = await paid(spa)
    line = (await sale_of(spa, ticket_id)).lines[0]
    odd = "Łukasz {{7*7}} <script> ${7*7} =A1()"
    await fetch("ALTER TABLE ticket_line DISABLE TRIGGER ticket_line_closed")
    await fetch("UPDATE ticket_line SET description = $2 WHERE id = $1", line.id, odd)
    await fetch("ALTER TABLE ticket_line ENABLE TRIGGER ticket_line_closed")
    desk = await spa.kiosk()
    assert odd in words_of((await desk.browser.get(f"/tickets/{ticket_id}/receipt.pdf")).content)


async def test_a_receipt_asked_for_needs_no_consent_and_does_not_become_one(post: Post) -> None:
    spa = post.spa
    ticket_id = await paid(spa)
    await set_consent(
        Channel.EMAIL, "kim@example.org", given=False, by="Kim", source="link", now=spa.clock.now
    )
    await mailed(spa, ticket_id, "kim@example.org")
    await set_consent(
        Channel.EMAIL, "kim@example.org", given=False, by="Kim", source="link", now=spa.clock.now
    )
    assert await post.deliver() == 1
    assert await fetch_value("SELECT count(*) FROM consent WHERE given") == 0
    assert [one.problems for one in await verify() if one.problems] == []


async def test_the_address_is_the_one_that_is_typed_and_has_to_be_one(spa: Spa) -> None:
    ticket_id = await paid(spa)
    for email, code in (("", "email-missing"), ("kim@", "email-unreadable")):
        with pytest.raises(Invalid) as refused:
            await mailed(spa, ticket_id, email)
        assert refused.value.code == code
    assert await fetch_value("SELECT count(*) FROM message") == 0
    assert await fetch_value("SELECT count(*) FROM receipt_link") == 0


async def test_an_unpaid_ticket_has_no_receipt_and_a_provider_sends_none(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Conflict) as refused:
        await mailed(spa, ticket_id)
    assert refused.value.code == "not-paid-yet"
    with pytest.raises(NotAllowed):
        ana = replace(spa.maya, role=Role.PROVIDER)
        await mail_receipt(ana, link_id=uuid4(), ticket_id=ticket_id, email="a@b.org", now=spa.clock.now)


async def test_a_link_ends_by_itself_and_by_hand_and_others_go_on(post: Post) -> None:
    spa = post.spa
    first, second = await paid(spa), await paid(spa, await ingrid_of(spa), at=spa.local(13))
    astray, kept = await mailed(spa, first, "wrong@example.org"), await mailed(spa, second)
    waiting = f"/receipts/{receipt_token(SECRET, astray)}"
    async with stranger(spa) as guest:
        assert (await guest.get(waiting)).status_code == 200
        assert await end_receipt_links(spa.maya, ticket_id=first, now=spa.clock.now) == 1
        assert (await guest.get(waiting)).status_code == 410
        assert (await guest.get(f"{waiting}/receipt.pdf")).status_code == 410
        kept_alone = [mail["To"] for mail in await received(post)]
        assert kept_alone == ["ingrid@example.org"], "the mail with the link that ended is not sent"
        path = f"/receipts/{receipt_token(SECRET, kept)}"
        spa.clock.forward(days=179)
        assert (await guest.get(path)).status_code == 200
        spa.clock.forward(days=2)
        assert (await guest.get(path)).status_code == 410


async def test_a_link_that_is_not_ours_shows_nothing(spa: Spa) -> None:
    ticket_id = await paid(spa)
    link_id = await share_receipt(spa.maya, link_id=uuid4(), ticket_id=ticket_id, now=spa.clock.now)
    good = receipt_token(SECRET, link_id)
    altered = good[:-2] + ("A" if good[-2] != "A" else "B") + good[-1]
    other = "another secret, just as long as ours"
    for token in (
        "x",
        str(link_id),
        altered,
        receipt_token(other, link_id),
        receipt_token(SECRET, ticket_id),
        visit_token(SECRET, link_id),
    ):
        async with stranger(spa) as guest:
            assert (await guest.get(f"/receipts/{token}")).status_code == 404, token
            assert (await guest.get(f"/receipts/{token}/receipt.pdf")).status_code == 404


async def test_the_slip_of_a_refund_is_sent_like_a_receipt(post: Post) -> None:
    spa = post.spa
    ticket_id = await paid(spa, await ingrid_of(spa))
    (line,) = (await sale_of(spa, ticket_id)).lines
    refund_id = uuid4()
    await open_refund(
        spa.maya,
        refund_id=refund_id,
        ticket_id=ticket_id,
        lines={line.id: Cents(4_000)},
        tip_cents=Cents(0),
        to="original",
        reason="Service cut short",
        expected_cents=Cents(4_325),
        now=spa.clock.now,
    )
    desk = await spa.kiosk()
    page = await desk.open(f"/refunds/{refund_id}")
    page = await desk.send("/receipt-mails", email="ingrid@example.org")
    assert "The slip is on its way to ingrid@example.org." in page.text
    (mail,) = await received(post)
    assert mail["Subject"] == "Your refund · Rejuvenate Spa"
    (link,) = await receipt_links(ticket_id, refund_id)
    path = f"/receipts/{receipt_token(SECRET, link.id)}"
    async with stranger(spa) as guest:
        seen = await guest.get(path)
        pdf = await guest.get(f"{path}/receipt.pdf")
    assert "$43.25" in seen.text and "Given back" in seen.text
    assert "$129.75" not in seen.text
    assert "Given back $43.25" in words_of(pdf.content)
    desk_pdf = await desk.browser.get(f"/refunds/{refund_id}/receipt.pdf")
    assert "Service cut short" in words_of(desk_pdf.content)


async def test_the_desk_mails_from_the_paid_screen_with_the_guests_address(spa: Spa) -> None:
    ticket_id = await paid(spa, await ingrid_of(spa))
    desk = await spa.kiosk()
    page = await desk.open(f"/tickets/{ticket_id}/done")
    assert 'value="ingrid@example.org"' in page.text
    page = await desk.send("/receipt-mails", email="ingrid@example.org")
    assert "The receipt is on its way to ingrid@example.org." in page.text
    assert "is settled" in page.text
    page = await desk.send("/receipt-mails", email="ingrid@")
    assert page.status == 422
    assert "That e-mail address cannot be right." in page.text
    assert 'value="ingrid@"' in page.text
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'receipt'") == 1
    page = await desk.open(f"/tickets/{ticket_id}/receipt")
    assert "i•••@example.org" in page.text and "On its way" in page.text
    page = await desk.open("/messages")
    assert "Receipt" in page.text and "Ingrid Halvorsen" in page.text


async def test_a_code_on_the_desks_screen_opens_the_receipt_and_can_be_ended(spa: Spa) -> None:
    ticket_id = await paid(spa)
    desk = await spa.kiosk()
    await desk.open(f"/tickets/{ticket_id}/receipt")
    page = await desk.send("/receipt-links")
    assert "mailing__qr" in page.text
    (link,) = await receipt_links(ticket_id, None)
    async with stranger(spa) as guest:
        assert (await guest.get(f"/receipts/{receipt_token(SECRET, link.id)}")).status_code == 200
    page = await desk.send("/receipt-links/end")
    assert "The link shows nothing any more." in page.text
    page = await desk.open(f"/tickets/{ticket_id}/receipt?link={link.id}")
    assert "mailing__qr" not in page.text


async def test_a_guest_reads_mail_receipt_and_pdf_in_their_language(post: Post) -> None:
    spa = post.spa
    guest_id = await ingrid_of(spa)
    await fetch("UPDATE guest SET language = 'es' WHERE id = $1", guest_id)
    link_id = await mailed(spa, await paid(spa, guest_id))
    await post.deliver()
    assert [mail["Subject"] for mail in post.box.mails() if mail["Subject"].startswith("Su recibo")]
    path = f"/receipts/{receipt_token(SECRET, link_id)}"
    async with stranger(spa) as guest:
        seen = await guest.get(path)
        pdf = await guest.get(f"{path}/receipt.pdf")
    assert '<html lang="es"' in seen.text and "Efectivo" in seen.text
    assert "Efectivo $129.75" in words_of(pdf.content)
