"""Receipts, slips and mails in a language that does not exist."""

import re
from html import escape
from uuid import UUID, uuid4

from spa_pos.booking.actions import cancel_appointment
from spa_pos.booking.flows import remind_all_guests
from spa_pos.checkout.actions import (
    add_gift_card,
    add_minutes,
    add_product,
    mail_receipt,
    open_refund,
    take_cash,
)
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.messages.rules import Kind, receipt_token, visit_token
from tests.builders import booked, open_sale, sale_of, visit_of
from tests.cast import SECRET, Spa
from tests.integration.messages.conftest import Post, ingrid_of
from tests.integration.messages.foreign import reading, reads
from tests.integration.messages.test_gifts import sold as gift_sold
from tests.integration.messages.test_offers_by_link import offered
from tests.integration.messages.test_party_moves import times_on
from tests.sale import tips_on


async def sold(spa: Spa, guest_id: UUID) -> UUID:
    """A ticket with a visit, two pieces of a product, minutes, a gift card and a tip, paid in cash."""
    await tips_on(spa, "Massage")
    ticket_id = await open_sale(spa, guest_id)
    product = await fetch_value("SELECT id FROM product ORDER BY name LIMIT 1")
    sale = {"ticket_id": ticket_id, "now": spa.clock.now}
    await add_product(spa.maya, line_id=uuid4(), product_id=product, quantity=2, version=1, **sale)
    minutes = await fetch_value("SELECT id FROM service WHERE minute_cents IS NOT NULL LIMIT 1")
    if minutes:
        await add_minutes(
            spa.maya,
            line_id=uuid4(),
            service_id=minutes,
            minutes=15,
            provider_id=None,
            version=2,
            **sale,
        )
    version = (await sale_of(spa, ticket_id)).head.version
    await add_gift_card(
        spa.maya,
        line_id=uuid4(),
        card_id=uuid4(),
        amount_cents=Cents(5_000),
        recipient="Ingrid Halvorsen",
        message="",
        version=version,
        approval_id=None,
        **sale,
    )
    await take_cash(spa.maya, tender_id=uuid4(), given_cents=Cents(60_000), version=version + 1, **sale)
    assert (await sale_of(spa, ticket_id)).head.status == "settled"
    return ticket_id


@reads("GET /receipts/{token:str}", "GET /receipts/{token:str}/receipt.pdf")
async def test_receipts_and_their_papers(post: Post) -> None:
    spa = post.spa
    ticket_id = await sold(spa, await ingrid_of(spa))
    link = await mail_receipt(
        spa.maya, link_id=uuid4(), ticket_id=ticket_id, email="ingrid@example.org", now=spa.clock.now
    )
    path = f"/receipts/{receipt_token(SECRET, link)}"
    async with reading(spa) as ingrid:
        await ingrid.open(path)
        await ingrid.paper(f"{path}/receipt.pdf")
        spa.clock.forward(days=200)
        assert (await ingrid.open(path)).status == 410


async def test_the_slip_of_a_refund(post: Post) -> None:
    spa = post.spa
    ticket_id = await sold(spa, await ingrid_of(spa))
    line = next(one for one in (await sale_of(spa, ticket_id)).lines if one.product_id)
    refund_id = await open_refund(
        spa.renata,
        refund_id=uuid4(),
        ticket_id=ticket_id,
        lines={line.id: Cents(1_800)},
        pieces={line.id: 1},
        tip_cents=Cents(0),
        to="original",
        reason="Goods returned",
        expected_cents=Cents(1_946),
        now=spa.clock.now,
    )
    link = await mail_receipt(
        spa.maya,
        link_id=uuid4(),
        ticket_id=ticket_id,
        refund_id=refund_id,
        email="ingrid@example.org",
        now=spa.clock.now,
    )
    async with reading(spa) as ingrid:
        page = await ingrid.open(f"/receipts/{receipt_token(SECRET, link)}")
        assert "$19.46" in page.words
        await ingrid.paper(f"{page.path}/receipt.pdf")


async def test_mails_of_every_kind(post: Post) -> None:
    spa = post.spa
    ingrid_id = await ingrid_of(spa)
    async with reading(spa) as ingrid:
        visit_id = await booked(spa, ingrid_id, at=spa.local(10, days=3))
        ticket_id, _card_id = await gift_sold(spa)
        await mail_receipt(
            spa.maya, link_id=uuid4(), ticket_id=ticket_id, email="ingrid@example.org", now=spa.clock.now
        )
        await offered(spa)
        await ingrid.open("/me/sign-in")
        await ingrid.send("/me/sign-in", email="ingrid@example.org")
        await post.deliver(minutes=2)
        link = f"/visits/{visit_token(SECRET, visit_id)}"
        await ingrid.open(f"{link}/times?date=2026-11-27")
        await ingrid.open(times_on(ingrid)[0])
        await ingrid.send("/times")
        await post.deliver(minutes=2)
        spa.clock.forward(days=2, hours=2)
        await remind_all_guests(spa.clock.now)
        await post.deliver()
        version = (await visit_of(spa, visit_id)).version
        await cancel_appointment(
            spa.maya, appointment_id=visit_id, version=version, reason="Ill", now=spa.clock.now
        )
        await post.deliver(minutes=2)
        sent = {row["kind"] for row in await fetch("SELECT kind FROM message WHERE sent_at IS NOT NULL")}
        assert sent == set(Kind)
        ingrid.data += ["Mary", "Pat"]
        for row in await fetch("SELECT kind, text FROM message WHERE channel = 'text'"):
            ingrid.look(f"the text of a {row['kind']}", escape(re.sub(r"https?://\S+", "", row["text"])))
        for mail in post.box.mails():
            subject = str(mail["Subject"])
            ingrid.look(f"the subject of {subject}", escape(subject))
            for kind in ("plain", "html"):
                body = mail.get_body((kind,))
                assert body is not None
                text = re.sub(r"https?://\S+", "", body.get_content())
                ingrid.look(f"the {kind} of {subject}", escape(text) if kind == "plain" else text)
