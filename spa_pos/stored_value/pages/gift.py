"""A gift card behind the link of a mail: opened by a button, shown to whoever has the link, kept as a PDF."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Gone, NotFound, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place, place, places
from spa_pos.messages.rules import read_gift_token
from spa_pos.people.pages.session import GUEST, bare_shell, clock_of, request_id, settings_of
from spa_pos.stored_value.actions import can_open, open_gift
from spa_pos.stored_value.pages.gift_pdf import card_pdf
from spa_pos.stored_value.pages.views import GiftPage, PrintPage
from spa_pos.stored_value.queries import Delivery, Holding, delivery, holding
from spa_pos.stored_value.rules import code_hash, gift_code, grouped, last_four
from spa_pos.web.answers import AnyRequest, html, pdf_answer, see
from spa_pos.web.codes import drawn
from spa_pos.web.i18n import day_full
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render
from spa_pos.web.views import GuestWord


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The gift behind a link, its card, and the code that the link stands for."""

    token: str
    gift: Delivery
    card: Holding
    code: str
    place: Place
    now: datetime


async def behind(request: AnyRequest, token: str) -> Unwrapped:
    """The gift behind a link.

    Raises:
        NotFound: `link-unknown`.
        Gone: `gift-elsewhere`.
    """
    secret = settings_of(request).secret
    delivery_id = read_gift_token(secret, token)
    try:
        if delivery_id is None:
            raise NotFound("link-unknown", "This link leads nowhere.")
        gift = await delivery(delivery_id)
    except NotFound:
        raise NotFound(
            "link-unknown", _("This link leads nowhere. Open it from your message once more.")
        ) from None
    card, code = await holding(gift.card_id), gift_code(secret, gift.id)
    where = await place(card.location_id)
    if not await can_open(gift, card, code_hash(code, secret)):
        raise gone(where)
    return Unwrapped(token, gift, card, code, where, clock_of(request)())


def gone(where: Place) -> Gone:
    """The card went another way."""
    sentence = _("This gift was handed over in another way. Call us at %(phone)s, and we look together.")
    return Gone("gift-elsewhere", sentence % {"phone": where.phone})


async def _word(request: AnyRequest, refusal: Refusal) -> Response[str]:
    title = _("No longer here") if isinstance(refusal, Gone) else _("Not found")
    shell = bare_shell(settings_of(request), (await places())[0], request, clock_of(request)())
    word = GuestWord(title, refusal.sentence)
    return html(render("web/guest_word.html", word, shell), status=refusal.status)


def _until_words(one: Unwrapped) -> str:
    usable = one.card.balance.usable(local_date(one.now, one.place.zone))
    if not usable.free_cents or one.card.free_until is None:
        return ""
    return _("A part of it is a gift of ours, valid until %(day)s") % {"day": day_full(one.card.free_until)}


def page_of(one: Unwrapped) -> GiftPage:
    """The gift as its owner sees it; the code is there once it was opened."""
    opened = one.gift.opened_at is not None
    usable = one.card.balance.usable(local_date(one.now, one.place.zone))
    return GiftPage(
        title=_("Your gift card") if opened else _("A gift for you"),
        recipient=one.gift.recipient,
        giver=one.gift.giver,
        message=one.gift.message,
        open_action=None if opened else f"/gifts/{one.token}/opening",
        amount_cents=usable.total_cents,
        code=grouped(one.code) if opened else "",
        qr=drawn(one.code) if opened else None,
        pdf_href=f"/gifts/{one.token}/card.pdf" if opened else None,
        until_words=_until_words(one),
        place_name=one.place.name,
        address=one.place.address,
        phone=one.place.phone,
        phone_href=f"tel:{re.sub(r'[^0-9+]', '', one.place.phone)}",
    )


@get("/gifts/{token:str}", opt=dict(GUEST))
async def show_gift(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """A gift, wrapped or open."""
    try:
        one = await behind(request, token)
    except Refusal as refusal:
        return await _word(request, refusal)
    shell = bare_shell(settings_of(request), one.place, request, one.now)
    answer = html(render("stored_value/gift.html", page_of(one), shell))
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@post("/gifts/{token:str}/opening", opt=dict(GUEST), status_code=200)
async def open_it(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Open a gift: from now on its code pays. The link is the permission; twice is once."""
    try:
        one = await behind(request, token)
        actor = Actor(
            "The owner of a gift",
            Role.FRONT_DESK,
            one.place.id,
            one.place.zone,
            request_id=request_id(request),
        )
        await open_gift(
            actor,
            delivery_id=one.gift.id,
            code_hash=code_hash(one.code, settings_of(request).secret),
            last4=last_four(one.code),
            now=one.now,
        )
    except Refusal as refusal:
        return await _word(request, refusal)
    return see(request, f"/gifts/{token}")


@get("/gifts/{token:str}/card.pdf", opt=dict(GUEST))
async def pdf_of_gift(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """An opened gift as a PDF."""
    try:
        one = await behind(request, token)
        if one.gift.opened_at is None:
            raise NotFound("gift-closed", _("Open the gift first."))
    except Refusal as refusal:
        return await _word(request, refusal)
    page = page_of(one)
    paper = PrintPage(
        business_name=page.place_name,
        address=page.address,
        phone=page.phone,
        amount_cents=page.amount_cents,
        recipient=page.recipient,
        message=page.message,
        code=page.code,
        qr=drawn(one.code),
        until_words=page.until_words,
        back_href="",
    )
    return await pdf_answer(card_pdf, paper, "gift-card.pdf", one.now)


router = Router("/", route_handlers=[show_gift, open_it, pdf_of_gift])
