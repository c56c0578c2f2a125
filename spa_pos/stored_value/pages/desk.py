"""Gift cards at the desk: look up, print, move, replace; what a guest can pay with."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.kernel.errors import NotFound, Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import guest
from spa_pos.stored_value.actions import (
    give_code,
    new_code,
    replace_card,
    send_gift_card,
    transfer_card,
    try_code,
)
from spa_pos.stored_value.pages.build import card_page, holdings_part, is_manager, print_page
from spa_pos.stored_value.pages.gift_pdf import card_pdf
from spa_pos.stored_value.pages.views import GiftCardsPage, GiftForm, HoldingsPage
from spa_pos.stored_value.queries import holding, terms_of
from spa_pos.stored_value.rules import FREE_KINDS, Gift, clean_code, code_hash, last_four
from spa_pos.web.answers import AnyRequest, html, pdf_answer, problem_of
from spa_pos.web.forms import day_from, read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render


class CodeForm(msgspec.Struct, forbid_unknown_fields=True):
    """A code, typed or scanned."""

    code: str = ""


class NoFields(msgspec.Struct, forbid_unknown_fields=True):
    """A form that only has a button."""


class PrintForm(msgspec.Struct, forbid_unknown_fields=True, rename={"kind": "as"}):
    """A page for the browser's printer, or a PDF."""

    kind: str = ""


class SendForm(msgspec.Struct, forbid_unknown_fields=True):
    """To whom a card is sent, from whom, and on which day; an empty day means at once."""

    id: UUID
    recipient: str = ""
    email: str = ""
    giver: str = ""
    message: str = ""
    send_on: str = ""


class TransferForm(CodeForm, forbid_unknown_fields=True):
    """Where the value goes, and why."""

    reason: str = ""


class ReplacementForm(msgspec.Struct, forbid_unknown_fields=True):
    """The new card's id, and what happened to the old one."""

    id: UUID
    reason: str = ""


async def limit_words(desk: Desk) -> str:
    """How much may be given away."""
    terms = await terms_of(desk.place.id)
    return f"At most {format_usd(terms.free_day_cents)} can be given away in one day."


async def gift_cards_screen(desk: Desk, problem: Refusal | None = None, **typed: str) -> Response[Any]:
    """The page for finding a card, with the refusal of what was tried."""
    page = GiftCardsPage(
        may_give=is_manager(desk),
        today=local_date(desk.now, desk.place.zone),
        limit_words=await limit_words(desk),
        problem=problem_of(problem) if problem else None,
        **typed,
    )
    text = render("stored_value/gift_cards.html", page, await desk.shell(Nav.GIFT_CARDS))
    return html(text, status=problem.status if problem else 200)


async def card_screen(
    desk: Desk, card_id: UUID, problem: Refusal | None = None, typed: GiftForm | None = None
) -> Response[Any]:
    """A card as it stands, with the refusal of what was tried."""
    page = await card_page(desk, card_id, problem_of(problem) if problem else None, typed)
    text = render("stored_value/card.html", page, await desk.shell(Nav.GIFT_CARDS))
    return html(text, status=problem.status if problem else 200)


async def card_of(desk: Desk, typed: str) -> UUID:
    """The card of a code that somebody typed; the try is counted.

    Raises:
        Invalid: `code-unreadable`, `code-mistyped`.
        TooMany: `too-many-codes-tried`.
        NotFound: `code-unknown`.
    """
    hashed = code_hash(clean_code(typed), desk.settings.secret)
    client = desk.request.client
    network = client.host if client else "unknown"
    found = await try_code(desk.actor, code_hash=hashed, network=network, now=desk.now)
    if found is None:
        raise NotFound("code-unknown", "No gift card has that code. Compare it with the card.", field="code")
    return found


@get("/gift-cards", opt=only(*FRONT))
async def show_gift_cards(request: AnyRequest) -> Response[Any]:
    """Find a card."""
    return await gift_cards_screen(await desk_of(request))


@post("/gift-cards/lookup", opt=only(*FRONT), status_code=200)
async def look_up(request: AnyRequest) -> Response[Any]:
    """From a code to its card; a POST, so that no code stands in an address or a log."""
    desk, fields = await posted(request)
    form = read(fields, CodeForm)
    try:
        card_id = await card_of(desk, form.code)
    except Refusal as problem:
        return await gift_cards_screen(desk, problem)
    return desk.see(f"/gift-cards/{card_id}")


@get("/gift-cards/{card_id:uuid}", opt=only(*FRONT))
async def show_card(request: AnyRequest, card_id: FromPath[UUID]) -> Response[Any]:
    """One card."""
    return await card_screen(await desk_of(request), card_id)


@post("/gift-cards/{card_id:uuid}/print", opt=only(*FRONT), status_code=200)
async def print_card(request: AnyRequest, card_id: FromPath[UUID]) -> Response[Any]:
    """Give a card a new code and show it, this once; the form sent again does not make another."""
    desk, fields = await posted(request)
    form = read(fields, PrintForm)
    code = new_code()
    try:
        await desk.ask(
            give_code,
            card_id=card_id,
            code_hash=code_hash(code, desk.settings.secret),
            last4=last_four(code),
        )
    except Refusal as problem:
        return await card_screen(desk, card_id, problem)
    page = print_page(desk, await holding(card_id), code)
    if form.kind == "pdf":
        return await pdf_answer(card_pdf, page, "gift-card.pdf", desk.now)
    answer = html(render("stored_value/print.html", page, await desk.shell(Nav.GIFT_CARDS)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@post("/gift-cards/{card_id:uuid}/deliveries", opt=only(*FRONT), status_code=200)
async def send(request: AnyRequest, card_id: FromPath[UUID]) -> Response[Any]:
    """Send a card to somebody by e-mail, today or on a day."""
    desk, fields = await posted(request)
    form = read(fields, SendForm)
    try:
        day = day_from(form.send_on, desk.now.date()) if form.send_on.strip() else None
        gift = Gift(form.email, form.recipient, form.giver, form.message, day)
        await desk.ask(send_gift_card, delivery_id=form.id, card_id=card_id, gift=gift)
    except Refusal as problem:
        typed = GiftForm(form.recipient, form.email, form.giver, form.message, form.send_on)
        return await card_screen(desk, card_id, problem, typed)
    return desk.see(f"/gift-cards/{card_id}", Toast(f"The gift goes to {form.email}."))


@post("/gift-cards/{card_id:uuid}/transfer", opt=only(*MANAGERS), status_code=200)
async def transfer(request: AnyRequest, card_id: FromPath[UUID]) -> Response[Any]:
    """Move all that is on this card to another."""
    desk, fields = await posted(request)
    form = read(fields, TransferForm)
    try:
        target = await card_of(desk, form.code)
        moved = await desk.ask(
            transfer_card, transfer_id=desk.asked_once, card_id=card_id, to_card_id=target, reason=form.reason
        )
    except Refusal as problem:
        return await card_screen(desk, card_id, problem)
    return desk.see(f"/gift-cards/{target}", Toast(f"{format_usd(moved)} is on this card now."))


@post("/gift-cards/{card_id:uuid}/replacement", opt=only(*MANAGERS), status_code=200)
async def replace(request: AnyRequest, card_id: FromPath[UUID]) -> Response[Any]:
    """A lost card is dead; its value is on a new one."""
    desk, fields = await posted(request)
    form = read(fields, ReplacementForm)
    try:
        fresh = await desk.ask(
            replace_card,
            replacement_id=desk.asked_once,
            card_id=card_id,
            new_card_id=form.id,
            reason=form.reason,
        )
    except Refusal as problem:
        return await card_screen(desk, card_id, problem)
    return desk.see(
        f"/gift-cards/{fresh}", Toast("The lost card is dead. Print the new one, then hand it over.")
    )


async def holdings_screen(desk: Desk, guest_id: UUID, problem: Refusal | None = None) -> Response[Any]:
    """What a guest can pay with, with the refusal of what was tried."""
    whose = await guest(guest_id)
    today, manager = local_date(desk.now, desk.place.zone), is_manager(desk)
    page = HoldingsPage(
        guest_id=guest_id,
        guest_name=whose.name,
        holdings=await holdings_part(guest_id, today, manager=manager),
        may_give=manager,
        today=today,
        kinds=tuple((kind.value, kind.word) for kind in sorted(FREE_KINDS)),
        limit_words=await limit_words(desk),
        problem=problem_of(problem) if problem else None,
    )
    text = render("stored_value/holdings.html", page, await desk.shell())
    return html(text, status=problem.status if problem else 200)


@get("/guests/{guest_id:uuid}/holdings", opt=only(*FRONT))
async def show_holdings(request: AnyRequest, guest_id: FromPath[UUID]) -> Response[Any]:
    """Everything a guest can pay with."""
    return await holdings_screen(await desk_of(request), guest_id)


router = Router(
    "/",
    route_handlers=[show_gift_cards, look_up, show_card, print_card, send, transfer, replace, show_holdings],
)
