"""What a guest sees by the link of a receipt: the receipt and nothing else, without signing in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, Router, get
from litestar.params import FromPath

from spa_pos.checkout.actions import is_live
from spa_pos.checkout.pages.done_build import receipt_page, refund_slip
from spa_pos.checkout.pages.done_views import GuestReceiptPage, ReceiptPage
from spa_pos.checkout.pages.receipt_pdf import receipt_pdf, slip_pdf
from spa_pos.checkout.pages.receipts import known_link
from spa_pos.checkout.pages.refund_views import RefundSlip
from spa_pos.checkout.queries import LinkView, parts_of, refund, ticket
from spa_pos.kernel.errors import Gone, NotFound, Refusal
from spa_pos.ledger.queries import Place, place, places
from spa_pos.messages.rules import read_receipt_token
from spa_pos.people.pages.session import GUEST, bare_shell, clock_of, settings_of
from spa_pos.people.queries import guest
from spa_pos.web.answers import AnyRequest, html, pdf_answer
from spa_pos.web.i18n import day_full
from spa_pos.web.i18n import gettext as _
from spa_pos.web.language import speak_as_known
from spa_pos.web.templates import render
from spa_pos.web.views import GuestWord


@dataclass(frozen=True, slots=True)
class Shown:
    """What a link shows; one of receipt and slip is there."""

    link: LinkView
    place: Place
    now: datetime
    receipt: ReceiptPage | None = None
    slip: RefundSlip | None = None


async def behind(request: AnyRequest, token: str) -> Shown:
    """What is behind the link of a receipt.

    Raises:
        NotFound: `link-unknown`.
        Gone: `link-ended`.
    """
    try:
        link = await known_link(read_receipt_token(settings_of(request).secret, token))
    except NotFound:
        raise NotFound(
            "link-unknown", _("This link leads nowhere. Open it from your message once more.")
        ) from None
    where, now = await place(link.location_id), clock_of(request)()
    if not is_live(link, now):
        sentence = _("This link has ended. Call us at %(phone)s, and we send you the receipt again.")
        raise Gone("link-ended", sentence % {"phone": where.phone})
    sale = await ticket(link.ticket_id, where.id, where.zone, now=now)
    if sale.head.guest_id is not None:
        speak_as_known(request, (await guest(sale.head.guest_id)).language)
    if link.refund_id is None:
        return Shown(link, where, now, receipt=receipt_page(where, sale, may_tip=False, now=now))
    head = await refund(link.refund_id, where.id)
    slip = await refund_slip(where, sale, head, await parts_of(head.id))
    return Shown(link, where, now, slip=slip)


async def _word(request: AnyRequest, refusal: Refusal) -> Response[str]:
    title = _("No longer here") if isinstance(refusal, Gone) else _("Not found")
    shell = bare_shell(settings_of(request), (await places())[0], request, clock_of(request)())
    return html(
        render("web/guest_word.html", GuestWord(title, refusal.sentence), shell), status=refusal.status
    )


@get("/receipts/{token:str}", opt=dict(GUEST))
async def show_receipt(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """A guest's own receipt."""
    try:
        one = await behind(request, token)
    except Refusal as refusal:
        return await _word(request, refusal)
    last = one.link.ends_at.astimezone(one.place.zone).date()
    page = GuestReceiptPage(
        title=_("Your receipt") if one.receipt else _("Your refund"),
        receipt=one.receipt,
        slip=one.slip,
        pdf_href=f"/receipts/{token}/receipt.pdf",
        ends_words=_("This page can be seen until %(day)s by whoever has its link.")
        % {"day": day_full(last)},
    )
    shell = bare_shell(settings_of(request), one.place, request, one.now)
    answer = html(render("checkout/guest_receipt.html", page, shell))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@get("/receipts/{token:str}/receipt.pdf", opt=dict(GUEST))
async def pdf_of_receipt(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """A guest's own receipt as a PDF."""
    try:
        one = await behind(request, token)
    except Refusal as refusal:
        return await _word(request, refusal)
    if one.receipt is not None:
        return await pdf_answer(receipt_pdf, one.receipt, f"receipt-{one.receipt.number}.pdf", one.now)
    return await pdf_answer(slip_pdf, one.slip, "refund.pdf", one.now)


router = Router("/", route_handlers=[show_receipt, pdf_of_receipt])
