"""Real pages, mails and papers of guests in a language that does not exist: nothing is left as it was.

Whatever goes through the catalogues, and every day and hour, stands in brackets there; what stands beside
them must be data: names, addresses, codes, numbers.
"""

import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from uuid import UUID, uuid4

import httpx
from pypdf import PdfReader

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
from spa_pos.messages.rules import enter_code, receipt_token, visit_token
from spa_pos.people.actions import add_device
from spa_pos.stored_value.rules import last_four
from tests.builders import booked, open_sale, sale_of, waiting
from tests.cast import ADDRESS, SECRET, Kiosk, Page, Spa
from tests.integration.booking.online import choose, say, type_code
from tests.integration.messages.conftest import Post, ingrid_of
from tests.integration.messages.test_balance import coded
from tests.integration.messages.test_offers_by_link import offered
from tests.sale import tips_on
from tests.screens.pseudo import pseudo_catalogue, untranslated

DATA = (
    "Ingrid Halvorsen",
    "ingrid@example.org",
    "ida@example.org",
    "Ida Moen",
    "Ida",
    "Moen",
    "Ingrid H.",
    "Rejuvenate Spa, Healthy Living Program (demonstration)",
    "Rejuvenate Spa",
    "Healthy Living Center, Rochester, Minnesota",
    "Visa 4242",
    "Minnesota",
    "City of Rochester",
    "Olmsted County",
)
"""Names and addresses: what no language changes."""


@dataclass
class Reader(Kiosk):
    """A guest's browser that looks at the words of everything it is shown."""

    left: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    async def _seen(self, answer: httpx.Response) -> Page:
        page = await super()._seen(answer)
        self.look(f"{answer.status_code} {re.sub(r'[0-9A-Za-z_-]{30,}', 'x', page.path)}", page.text)
        return page

    def look(self, what: str, text: str) -> None:
        """Keep what stands beside the catalogues."""
        found = untranslated(text, iter((*DATA, *self.data)))
        if found:
            self.left.setdefault(what, []).extend(found)


@asynccontextmanager
async def reading(spa: Spa) -> AsyncIterator[Reader]:
    """A guest's own browser, in a language where nothing reads as it was written."""
    staff = [row["name"] for row in await fetch("SELECT name FROM staff")]
    transport = httpx.ASGITransport(spa.app)
    async with httpx.AsyncClient(
        transport=transport, base_url=ADDRESS, headers={"accept-language": "es"}
    ) as browser:
        with pseudo_catalogue():
            reader = Reader(spa, browser, data=[*staff, *(name.split()[0] for name in staff)])
            yield reader
            assert not reader.left, "\n".join(f"{what}: {words}" for what, words in reader.left.items())


async def test_booking_online(spa: Spa) -> None:
    async with reading(spa) as ida:
        for path in (
            "/book",
            "/book/who?service=swedish-60",
            "/book/when?service=swedish-60&group=patient&view=month",
            "/book/when?service=acupuncture-60&group=visitor&date=2026-11-27",
            "/book/when?service=nothing",
            "/book/you",
            "/nowhere",
        ):
            await ida.open(path)
        await choose(ida, group="employee", more="&add=aromatherapy&second=visitor")
        await say(ida, email="nonsense")
        await say(ida)
        await ida.send("/book/code", code="000000")
        await type_code(ida)
        await ida.send("/book/confirm", second_given="", second_family="Moen")
        await ida.send("/book/confirm", second_given="Per", second_family="Moen")
        assert ida.page.path == "/book/done"


async def test_the_waitlist(spa: Spa) -> None:
    async with reading(spa) as ida:
        await ida.open("/book/when?service=acupuncture-60&group=visitor&date=2026-11-27")
        await ida.send("/book/wait", longer="week")
        await say(ida)
        await type_code(ida)
        await ida.send("/book/confirm")
        assert ida.page.path == "/book/done"


async def test_a_visit_by_its_link(spa: Spa) -> None:
    visit = f"/visits/{visit_token(SECRET, await booked(spa, at=spa.local(10, days=3)))}"
    async with reading(spa) as ingrid:
        for path in ("", "/times", "/times?date=2026-11-29", "/cancellation", "/payment", "/nothing"):
            await ingrid.open(f"{visit}{path}")
        page = await ingrid.open(f"{visit}/times?date=2026-11-30")
        chosen = re.search(r'href="([^"]*[?&;]at=[^"]+)"', page.text)
        assert chosen
        await ingrid.open(chosen[1].replace("&amp;", "&"))
        await ingrid.send("/times")
        await ingrid.send("/note", note="4" * 301)
        await ingrid.open(f"{visit}/cancellation")
        await ingrid.send("/cancellation")
        assert ingrid.page.problem == ""
        await ingrid.send("/cancellation/undo")


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


async def test_receipts_and_their_papers(post: Post) -> None:
    spa = post.spa
    ticket_id = await sold(spa, await ingrid_of(spa))
    link = await mail_receipt(
        spa.maya, link_id=uuid4(), ticket_id=ticket_id, email="ingrid@example.org", now=spa.clock.now
    )
    path = f"/receipts/{receipt_token(SECRET, link)}"
    async with reading(spa) as ingrid:
        await ingrid.open(path)
        paper = await ingrid.browser.get(f"{path}/receipt.pdf")
        pages = PdfReader(io.BytesIO(paper.content)).pages
        ingrid.look("the receipt as a PDF", escape("\n".join(page.extract_text() for page in pages)))


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


async def test_a_time_that_is_held_from_the_waitlist(spa: Spa) -> None:
    _wait_id, offer = await offered(spa)
    async with reading(spa) as ingrid:
        await ingrid.open(f"/visits/{visit_token(SECRET, offer.appointment_id)}")
        await ingrid.send("/offer/acceptance")
        assert ingrid.page.problem == ""


async def test_the_page_of_a_guest(spa: Spa) -> None:
    ingrid_id = await spa.guest()
    await fetch("UPDATE guest SET email = 'ingrid@example.org' WHERE id = $1", ingrid_id)
    ticket_id = await sold(spa, ingrid_id)
    await booked(spa, ingrid_id, at=spa.local(10, days=1))
    await waiting(spa, ingrid_id)
    async with reading(spa) as ingrid:
        await ingrid.open("/me/sign-in")
        await ingrid.send("/me/sign-in", email="ingrid@example.org")
        code = UUID(ingrid.page.path.rpartition("/")[2])
        await ingrid.send(f"/me/code/{code}", code="000000")
        await ingrid.send(f"/me/code/{code}", code=enter_code(SECRET, code))
        for path in ("/me", "/me/cards", "/me/erasure", f"/me/receipts/{ticket_id}"):
            await ingrid.open(path)


async def test_gift_cards(spa: Spa) -> None:
    async with reading(spa) as ingrid:
        for path in ("/give", "/balance", "/give/nothing", "/gifts/nothing"):
            await ingrid.open(path)
        await ingrid.open("/balance")
        await ingrid.send("/balance", code="ABCD")
        code = await coded(spa)
        ingrid.data.append(last_four(code))
        await ingrid.post("/balance", {"code": code})
        assert "$80.00" in ingrid.page.words


async def test_the_tablet_in_the_lobby(spa: Spa) -> None:
    secret = await add_device(
        location_id=spa.house.location_id, name="Lobby", enrolled_by="tests", now=spa.clock.now, kind="lobby"
    )
    await booked(spa, at=spa.local(10))
    spa.clock.now = spa.local(9, 40)
    async with reading(spa) as tablet:
        tablet.browser.cookies.set("spa_device", secret, domain="127.0.0.1", path="/")
        await tablet.open("/check-in")
        await tablet.send("/check-in", who="507 555 9999")
        await tablet.send("/check-in", who="507 555 0123")
        await tablet.send("/check-in/arrival")
        assert "Ingrid H." in tablet.page.words


async def test_mails(post: Post) -> None:
    spa = post.spa
    ingrid_id = await ingrid_of(spa)
    async with reading(spa) as ingrid:
        visit_id = await booked(spa, ingrid_id, at=spa.local(10, days=3))
        await post.deliver()
        await ingrid.open("/me/sign-in")
        await ingrid.send("/me/sign-in", email="ingrid@example.org")
        await post.deliver()
        spa.clock.forward(days=2, hours=2)
        await remind_all_guests(spa.clock.now)
        await post.deliver()
        await cancel_appointment(
            spa.maya, appointment_id=visit_id, version=1, reason="Ill", now=spa.clock.now
        )
        await post.deliver(minutes=2)
        mails = post.box.mails()
        assert len(mails) == 4, [str(mail["Subject"]) for mail in mails]
        for mail in mails:
            subject = str(mail["Subject"])
            ingrid.look(f"the subject of {subject}", escape(subject))
            for kind in ("plain", "html"):
                body = mail.get_body((kind,))
                assert body is not None
                text = re.sub(r"https?://\S+", "", body.get_content())
                ingrid.look(f"the {kind} of {subject}", escape(text) if kind == "plain" else text)
