"""The paid screen and the receipt: on screen, on paper, by e-mail, as a PDF, by a code for a phone."""

import uuid
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery

from spa_pos.checkout.actions import end_receipt_links, is_live, mail_receipt, share_receipt
from spa_pos.checkout.pages.again import again_of
from spa_pos.checkout.pages.desk import sale_of
from spa_pos.checkout.pages.done_build import done_page, receipt_page
from spa_pos.checkout.pages.done_views import MailPanel, SentRow
from spa_pos.checkout.pages.receipt_paper import receipt_paper
from spa_pos.checkout.pages.receipt_pdf import receipt_pdf
from spa_pos.checkout.queries import (
    LinkView,
    TicketView,
    discounts_by_hand,
    open_ticket_of,
    receipt_link,
    receipt_links,
    tippable,
)
from spa_pos.kernel.errors import NotFound, Refusal
from spa_pos.messages.flows import Outbox
from spa_pos.messages.queries import MessageView, messages_of
from spa_pos.messages.rules import Status, hidden_address
from spa_pos.people.pages.session import EVERYBODY, FRONT, Desk, desk_of, only, posted
from spa_pos.people.queries import guest
from spa_pos.printing.actions import print_paper
from spa_pos.printing.pages.desk import print_state_of
from spa_pos.printing.queries import printer_of
from spa_pos.printing.rules import Kind
from spa_pos.web.answers import AnyRequest, html, pdf_answer, problem_of
from spa_pos.web.codes import drawn
from spa_pos.web.forms import read
from spa_pos.web.i18n import clock, day_full, day_short
from spa_pos.web.i18n import gettext as _
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

STATES = {
    Status.QUEUED: ("On its way", ""),
    Status.SENDING: ("On its way", ""),
    Status.SENT: ("Sent", "proven"),
    Status.FAILED: ("Failed", "unproven"),
    Status.DROPPED: ("Not sent", "unproven"),
}


class MailForm(msgspec.Struct, forbid_unknown_fields=True):
    """Where a receipt goes, and from which screen it was asked for."""

    id: UUID
    email: str = ""
    back: str = "receipt"


class PrintForm(msgspec.Struct, forbid_unknown_fields=True):
    """From which screen a receipt is printed."""

    back: str = "receipt"


class LinkForm(msgspec.Struct, forbid_unknown_fields=True):
    """A new link."""

    id: UUID


class NoFields(msgspec.Struct, forbid_unknown_fields=True):
    """A form that only has a button."""


async def mail_panel(
    desk: Desk,
    sale: TicketView,
    action: str,
    *,
    refund_id: UUID | None = None,
    back: str = "receipt",
    email: str | None = None,
    problem: Refusal | None = None,
    shown: UUID | None = None,
) -> MailPanel | None:
    """What can be sent of a sale and what was; None when it is not paid."""
    if sale.head.settled_at is None:
        return None
    if email is None:
        email = (await guest(sale.head.guest_id)).email or "" if sale.head.guest_id else ""
    links = await receipt_links(sale.head.id, refund_id)
    mails = await messages_of([one.id for one in links])
    qr = None
    if shown is not None and any(one.id == shown and is_live(one, desk.now) for one in links):
        outbox: Outbox = desk.request.app.state["outbox"]
        qr = drawn(outbox.writer.receipt_link(shown))
    return MailPanel(
        action=action,
        back=back,
        email=email,
        sent=tuple(_sent_row(desk, one, mails.get(one.id)) for one in links),
        has_live=any(is_live(one, desk.now) for one in links),
        qr=qr,
        problem=problem_of(problem) if problem else None,
    )


def _sent_row(desk: Desk, link: LinkView, mail: MessageView | None) -> SentRow:
    made = link.made_at.astimezone(desk.place.zone)
    state, look = STATES[mail.status] if mail else ("Shown", "")
    ends = link.ends_at.astimezone(desk.place.zone).date()
    return SentRow(
        f"{hidden_address(mail.address) if mail else 'A code'}, {day_short(made.date())}, {clock(made)}",
        state,
        look,
        f"Until {day_full(ends)}" if is_live(link, desk.now) else "Ended",
    )


async def done_screen(
    desk: Desk, ticket_id: UUID, email: str | None = None, problem: Refusal | None = None
) -> Response[Any]:
    """The paid screen, with the refusal of what was tried."""
    sale = await sale_of(desk, ticket_id)
    if sale.head.status != "settled":
        return desk.see(f"/tickets/{ticket_id}")
    panel = await mail_panel(
        desk, sale, f"/tickets/{ticket_id}/receipt", back="done", email=email, problem=problem
    )
    page = done_page(
        sale,
        may_tip=bool(await tippable(sale)),
        mail=panel,
        print_action=await print_action_of(desk, f"/tickets/{ticket_id}"),
        printing=await print_state_of(ticket_id, desk.now),
        again=await again_of(sale, desk.place.zone),
    )
    status = problem.status if problem else 200
    return html(render("checkout/done.html", page, await desk.shell(Nav.TICKETS)), status=status)


async def receipt_screen(
    desk: Desk,
    ticket_id: UUID,
    *,
    email: str | None = None,
    problem: Refusal | None = None,
    shown: UUID | None = None,
) -> Response[Any]:
    """The receipt, with the refusal of what was tried."""
    sale = await sale_of(desk, ticket_id)
    panel = await mail_panel(
        desk, sale, f"/tickets/{ticket_id}/receipt", email=email, problem=problem, shown=shown
    )
    page = receipt_page(
        desk.place, sale, may_tip=bool(await tippable(sale)), now=desk.now, mail=panel, at_desk=True
    )
    page = replace(
        page,
        by_hand=tuple(await discounts_by_hand(ticket_id)),
        print_action=await print_action_of(desk, f"/tickets/{ticket_id}"),
        printing=await print_state_of(ticket_id, desk.now),
    )
    status = problem.status if problem else 200
    return html(render("checkout/receipt.html", page, await desk.shell(Nav.TICKETS)), status=status)


@get("/tickets/{ticket_id:uuid}/done", opt=only(*FRONT))
async def show_done(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """The ticket is paid: change due, the receipt, and the way back."""
    return await done_screen(await desk_of(request), ticket_id)


@get("/tickets/{ticket_id:uuid}/receipt", opt=only(*FRONT))
async def show_receipt(
    request: AnyRequest, ticket_id: FromPath[UUID], link: FromQuery[UUID | None] = None
) -> Response[Any]:
    """The receipt, for screen and paper; with a link, its code for a phone."""
    return await receipt_screen(await desk_of(request), ticket_id, shown=link)


@get("/appointments/{appointment_id:uuid}/receipt", opt=only(*EVERYBODY))
async def show_receipt_of_visit(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The receipt of the ticket a visit is on."""
    desk = await desk_of(request)
    ticket_id = await open_ticket_of(appointment_id)
    if ticket_id is None:
        raise NotFound("no-ticket", "This visit is on no ticket.")
    return desk.see(f"/tickets/{ticket_id}/receipt")


@get("/tickets/{ticket_id:uuid}/receipt.pdf", opt=only(*FRONT))
async def pdf_of_ticket(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """The receipt on letter paper."""
    desk = await desk_of(request)
    sale = await sale_of(desk, ticket_id)
    page = receipt_page(desk.place, sale, may_tip=False, now=desk.now)
    return await pdf_answer(receipt_pdf, page, f"receipt-{page.number}.pdf", desk.now)


@post("/tickets/{ticket_id:uuid}/prints", opt=only(*FRONT), status_code=200)
async def print_receipt(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Print the receipt on the printer of this device."""
    desk, fields = await posted(request)
    form = read(fields, PrintForm)
    sale = await sale_of(desk, ticket_id)
    page = receipt_page(desk.place, sale, may_tip=False, now=desk.now)
    try:
        await desk.ask(
            print_paper,
            job_id=uuid.uuid5(desk.asked_once, "print"),
            kind=Kind.RECEIPT,
            subject=ticket_id,
            paper=receipt_paper(page),
            copy_word=_("COPY"),
        )
    except Refusal as problem:
        return await receipt_screen(desk, ticket_id, problem=problem)
    return desk.see(f"/tickets/{ticket_id}/{'done' if form.back == 'done' else 'receipt'}")


async def print_action_of(desk: Desk, where: str) -> str | None:
    """Where a form prints, when this device has a receipt printer."""
    return f"{where}/prints" if await printer_of(desk.session.device.id) else None


@post("/tickets/{ticket_id:uuid}/receipt-mails", opt=only(*FRONT), status_code=200)
async def mail(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Send the receipt to an address."""
    desk, fields = await posted(request)
    form = read(fields, MailForm)
    try:
        await desk.ask(mail_receipt, link_id=form.id, ticket_id=ticket_id, email=form.email)
    except Refusal as problem:
        if form.back == "done":
            return await done_screen(desk, ticket_id, form.email, problem)
        return await receipt_screen(desk, ticket_id, email=form.email, problem=problem)
    where = "done" if form.back == "done" else "receipt"
    return desk.see(f"/tickets/{ticket_id}/{where}", Toast(f"The receipt is on its way to {form.email}."))


@post("/tickets/{ticket_id:uuid}/receipt-links", opt=only(*FRONT), status_code=200)
async def share(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Show a code that opens the receipt on the guest's phone."""
    desk, fields = await posted(request)
    form = read(fields, LinkForm)
    try:
        link_id = await desk.ask(share_receipt, link_id=form.id, ticket_id=ticket_id)
    except Refusal as problem:
        return await receipt_screen(desk, ticket_id, problem=problem)
    return desk.see(f"/tickets/{ticket_id}/receipt?link={link_id}")


@post("/tickets/{ticket_id:uuid}/receipt-links/end", opt=only(*FRONT), status_code=200)
async def end_links(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """End every link to the receipt."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    ended = await desk.ask(end_receipt_links, ticket_id=ticket_id)
    return desk.see(f"/tickets/{ticket_id}/receipt", Toast(ended_words(ended)))


def ended_words(ended: int) -> str:
    """How many links show nothing any more."""
    return f"{ended} links show nothing any more." if ended != 1 else "The link shows nothing any more."


async def known_link(link_id: UUID | None) -> LinkView:
    """A link somebody brings.

    Raises:
        NotFound: `link-unknown`.
    """
    if link_id is None:
        raise NotFound("link-unknown", "This link leads nowhere.")
    return await receipt_link(link_id)


router = Router(
    "/",
    route_handlers=[
        show_done,
        show_receipt,
        show_receipt_of_visit,
        pdf_of_ticket,
        print_receipt,
        mail,
        share,
        end_links,
    ],
)
