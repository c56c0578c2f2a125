"""The slip of a refund by e-mail, as a PDF, by a code for a phone."""

import uuid
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.checkout.actions import end_receipt_links, mail_receipt, share_receipt
from spa_pos.checkout.pages.desk import sale_of
from spa_pos.checkout.pages.done_build import refund_slip
from spa_pos.checkout.pages.receipt_paper import slip_paper
from spa_pos.checkout.pages.receipt_pdf import slip_pdf
from spa_pos.checkout.pages.receipts import LinkForm, MailForm, NoFields, ended_words
from spa_pos.checkout.pages.refunds import done_with
from spa_pos.checkout.queries import parts_of, refund
from spa_pos.kernel.errors import Refusal
from spa_pos.people.pages.session import FRONT, desk_of, only, posted
from spa_pos.printing.actions import print_paper
from spa_pos.printing.rules import Kind
from spa_pos.web.answers import AnyRequest, pdf_answer
from spa_pos.web.forms import read
from spa_pos.web.i18n import gettext as _
from spa_pos.web.shell import Toast


@get("/refunds/{refund_id:uuid}/receipt.pdf", opt=only(*FRONT))
async def pdf_of_refund(request: AnyRequest, refund_id: FromPath[UUID]) -> Response[Any]:
    """The slip on letter paper."""
    desk = await desk_of(request)
    head = await refund(refund_id, desk.place.id)
    sale = await sale_of(desk, head.ticket_id)
    slip = await refund_slip(desk.place, sale, head, await parts_of(refund_id))
    return await pdf_answer(slip_pdf, slip, f"refund-{slip.number}.pdf", desk.now)


@post("/refunds/{refund_id:uuid}/prints", opt=only(*FRONT), status_code=200)
async def print_slip(request: AnyRequest, refund_id: FromPath[UUID]) -> Response[Any]:
    """Print the slip on the printer of this device."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    head = await refund(refund_id, desk.place.id)
    sale = await sale_of(desk, head.ticket_id)
    slip = await refund_slip(desk.place, sale, head, await parts_of(refund_id))
    try:
        await desk.ask(
            print_paper,
            job_id=uuid.uuid5(desk.asked_once, "print"),
            kind=Kind.REFUND,
            subject=refund_id,
            paper=slip_paper(slip),
            copy_word=_("COPY"),
        )
    except Refusal as problem:
        return await done_with(desk, refund_id, problem)
    return desk.see(f"/refunds/{refund_id}")


@post("/refunds/{refund_id:uuid}/receipt-mails", opt=only(*FRONT), status_code=200)
async def mail(request: AnyRequest, refund_id: FromPath[UUID]) -> Response[Any]:
    """Send the slip to an address."""
    desk, fields = await posted(request)
    form = read(fields, MailForm)
    head = await refund(refund_id, desk.place.id)
    try:
        await desk.ask(
            mail_receipt,
            link_id=form.id,
            ticket_id=head.ticket_id,
            refund_id=refund_id,
            email=form.email,
        )
    except Refusal as problem:
        return await done_with(desk, refund_id, mail_problem=problem, email=form.email)
    return desk.see(f"/refunds/{refund_id}", Toast(f"The slip is on its way to {form.email}."))


@post("/refunds/{refund_id:uuid}/receipt-links", opt=only(*FRONT), status_code=200)
async def share(request: AnyRequest, refund_id: FromPath[UUID]) -> Response[Any]:
    """Show a code that opens the slip on the guest's phone."""
    desk, fields = await posted(request)
    form = read(fields, LinkForm)
    head = await refund(refund_id, desk.place.id)
    link_id = await desk.ask(share_receipt, link_id=form.id, ticket_id=head.ticket_id, refund_id=refund_id)
    return desk.see(f"/refunds/{refund_id}?link={link_id}")


@post("/refunds/{refund_id:uuid}/receipt-links/end", opt=only(*FRONT), status_code=200)
async def end_links(request: AnyRequest, refund_id: FromPath[UUID]) -> Response[Any]:
    """End every link to the slip."""
    desk, fields = await posted(request)
    read(fields, NoFields)
    head = await refund(refund_id, desk.place.id)
    ended = await desk.ask(end_receipt_links, ticket_id=head.ticket_id, refund_id=refund_id)
    return desk.see(f"/refunds/{refund_id}", Toast(ended_words(ended)))


router = Router("/", route_handlers=[pdf_of_refund, print_slip, mail, share, end_links])
