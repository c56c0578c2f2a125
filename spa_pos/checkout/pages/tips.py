"""Tips: the screen that is turned to the guest, and what changes after a ticket settled."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.checkout.actions import add_late_tip, ask_late_tip_by_card, choose_tips, split_tips
from spa_pos.checkout.pages.build import dollars, kept_choices, reader_choices
from spa_pos.checkout.pages.desk import cards_of, sale_of
from spa_pos.checkout.pages.tip_views import ProviderTip, TipButton, TipPage, TipRow, TipsPage
from spa_pos.checkout.pages.views import KeptChoice
from spa_pos.checkout.queries import (
    TicketView,
    cards_that_paid,
    register_terms,
    tip_changes,
    tippable,
    tips_now,
)
from spa_pos.checkout.rules import Terms, tip_choices
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval, Refusal, Unavailable
from spa_pos.kernel.money import Cents, format_rate, format_usd, parse_usd
from spa_pos.people.pages.approval import OWN_FIELDS, approval_panel, ask_approved, without_approval
from spa_pos.people.pages.session import FRONT, Desk, desk_of, only, posted
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render


class LateTipForm(msgspec.Struct, forbid_unknown_fields=True):
    """A tip after the sale; `amount` is typed, `cents` comes from a button."""

    id: UUID
    provider: UUID
    paid_with: str = "cash"
    cents: int | None = None
    amount: str = ""
    reader: UUID | None = None


def _buttons(base: Cents, terms: Terms) -> tuple[TipButton, ...]:
    return tuple(
        TipButton(one.amount_cents, format_rate(one.rate_ppm) if one.rate_ppm else "")
        for one in tip_choices(base, terms)
    )


async def tip_screen(desk: Desk, ticket_id: UUID, problem: Refusal | None = None) -> Response[Any]:
    """What the guest sees: whom they can tip, what is offered, nothing chosen."""
    sale = await sale_of(desk, ticket_id)
    whom = await tippable(sale)
    if sale.head.status != "open" or not whom:
        return desk.see(f"/tickets/{ticket_id}")
    terms = await register_terms(desk.place.id)
    page = TipPage(
        ticket_id=ticket_id,
        version=sale.head.version,
        rows=tuple(
            TipRow(
                one.provider_id,
                one.provider_name,
                one.provider_name.split()[0],
                one.base_cents,
                _buttons(one.base_cents, terms),
            )
            for one in whom
        ),
        back_href=f"/tickets/{ticket_id}",
        problem=problem_of(problem) if problem else None,
    )
    text = render("checkout/tip.html", page, await desk.shell())
    return html(text, status=problem.status if problem else 200)


@get("/tickets/{ticket_id:uuid}/tip", opt=only(*FRONT))
async def show_tip(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Turn the screen to the guest."""
    return await tip_screen(await desk_of(request), ticket_id)


def tips_from(fields: dict[str, str]) -> dict[UUID, Cents]:
    """Tips by provider: `tip-<id>` in cents from a button, or `other-<id>` as typed, which counts more.

    Raises:
        Invalid: `tip-unreadable`, `amount-unreadable`.
    """
    chosen: dict[UUID, Cents] = {}
    try:
        for name, value in sorted(fields.items(), key=lambda one: one[0].startswith("other-")):
            kind, _, provider = name.partition("-")
            if kind == "tip" and value:
                chosen[UUID(provider)] = Cents(int(value))
            elif kind == "other" and value.strip():
                chosen[UUID(provider)] = parse_usd(value)
    except ValueError:
        raise Invalid("tip-unreadable", "This form is incomplete. Choose the tip again.") from None
    return {} if "none" in fields else chosen


@post("/tickets/{ticket_id:uuid}/tip", opt=only(*FRONT), status_code=200)
async def give_tip(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """What the guest chose; back to the payment of what remains."""
    desk, fields = await posted(request)
    try:
        version = int(fields.get("version", ""))
    except ValueError:
        raise Invalid("form-unreadable", "This form is incomplete. Open the page again.") from None
    try:
        remaining = await desk.ask(choose_tips, ticket_id=ticket_id, tips=tips_from(fields), version=version)
    except Refusal as problem:
        return await tip_screen(desk, ticket_id, problem)
    by_card = remaining > 0 and cards_of(request) is not None
    return desk.see(f"/tickets/{ticket_id}" + ("?with=card" if by_card else ""))


async def tips_screen(
    desk: Desk,
    ticket_id: UUID,
    problem: Refusal | None = None,
    approval: ApprovalPanel | None = None,
) -> Response[Any]:
    """The tips of a settled ticket."""
    sale = await sale_of(desk, ticket_id)
    if sale.head.status != "settled":
        return desk.see(f"/tickets/{ticket_id}")
    terms, have = await register_terms(desk.place.id), await tips_now(ticket_id)
    page = TipsPage(
        ticket_id=ticket_id,
        number=sale.head.number,
        guest_name=sale.head.guest_name,
        providers=tuple(
            ProviderTip(
                one.provider_id,
                one.provider_name,
                have.get(one.provider_id, 0),
                dollars(have.get(one.provider_id, 0)),
                _buttons(one.base_cents, terms),
            )
            for one in await tippable(sale)
        ),
        total_cents=sum(have.values()),
        readers=await reader_choices(desk.place.id) if cards_of(desk.request) else (),
        kept=await _kept(desk, sale) if cards_of(desk.request) else (),
        history=tuple(
            f"{format_usd(one.amount_cents)} for {one.provider_name}, {one.kind}, by {one.who or 'the card'}"
            + (f", approved by {one.approved_by}" if one.approved_by else "")
            for one in await tip_changes(ticket_id)
        ),
        receipt_href=f"/tickets/{ticket_id}/receipt",
        approval=approval,
        problem=problem_of(problem) if problem and approval is None else None,
    )
    text = render("checkout/tips.html", page, await desk.shell(Nav.TICKETS))
    return html(text, status=problem.status if problem else 200)


async def _kept(desk: Desk, sale: TicketView) -> tuple[KeptChoice, ...]:
    """The guest's cards on file, the one that paid this sale first."""
    paid = await cards_that_paid(sale.head.id)
    choices = await kept_choices(desk.place, sale.head.guest_id)
    named = [replace(one, word=f"{one.word}, which paid this") if one.id in paid else one for one in choices]
    return tuple(sorted(named, key=lambda one: one.id not in paid))


@get("/tickets/{ticket_id:uuid}/tips", opt=only(*FRONT))
async def show_tips(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Late tips, and sharing them anew."""
    return await tips_screen(await desk_of(request), ticket_id)


async def _tip_by_card(desk: Desk, fields: dict[str, str], form: LateTipForm, asked: dict[str, Any]) -> None:
    """Ask for the card on the reader, or charge one on file.

    Raises:
        Unavailable: `no-card-processor`. Conflict: `tender-unknown-kind`, `tip-card-declined`.
    """
    cards = cards_of(desk.request)
    if cards is None or (form.paid_with == "card" and form.reader is None):
        raise Unavailable("no-card-processor", "Cards cannot be taken here yet. Take cash instead.")
    source: dict[str, Any] = {"reader_id": form.reader}
    if form.paid_with != "card":
        try:
            source = {"stored_card_id": UUID(form.paid_with)}
        except ValueError:
            raise Conflict("tender-unknown-kind", "Choose cash or card.") from None
    await ask_approved(desk, fields, ask_late_tip_by_card, attempt_id=form.id, **source, **asked)
    after = await cards.start(form.id, now=desk.now)
    if after.state == "declined":
        raise Conflict("tip-card-declined", after.decline_sentence or "The card was declined.")


@post("/tickets/{ticket_id:uuid}/late-tips", opt=only(*FRONT), status_code=200)
async def late_tip(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """A tip after the sale, in cash or by card."""
    desk, fields = await posted(request)
    here = f"/tickets/{ticket_id}/tips"
    try:
        form = read(without_approval(fields), LateTipForm)
        amount = Cents(form.cents) if form.cents is not None else parse_usd(form.amount)
        asked: dict[str, Any] = {
            "approves": "late tip",
            "subject": ticket_id,
            "ticket_id": ticket_id,
            "provider_id": form.provider,
            "amount_cents": amount,
        }
        if form.paid_with != "cash":
            await _tip_by_card(desk, fields, form, asked)
            kept = form.paid_with != "card"
            told = "The card on file is charged." if kept else "Ask the guest to tap."
            return desk.see(here, Toast(f"{told} The tip counts once the card paid."))
        await ask_approved(desk, fields, add_late_tip, change_id=form.id, **asked)
    except NeedsApproval as needed:
        return await tips_screen(
            desk, ticket_id, needed, await approval_panel(desk, needed, fields, back_href=here)
        )
    except Refusal as problem:
        return await tips_screen(desk, ticket_id, problem)
    return desk.see(here, Toast(f"{format_usd(amount)} more is owed as a tip."))


@post("/tickets/{ticket_id:uuid}/tip-split", opt=only(*FRONT), status_code=200)
async def share_anew(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Share the tips of a settled ticket anew."""
    desk, fields = await posted(request)
    here = f"/tickets/{ticket_id}/tips"
    try:
        form = {name: value for name, value in fields.items() if name not in OWN_FIELDS}
        await ask_approved(
            desk,
            fields,
            split_tips,
            approves="split",
            subject=ticket_id,
            ticket_id=ticket_id,
            change_id=UUID(form.get("id", "")),
            wanted=tips_from(form),
        )
    except ValueError:
        raise Invalid("form-unreadable", "This form is incomplete. Open the page again.") from None
    except NeedsApproval as needed:
        return await tips_screen(
            desk, ticket_id, needed, await approval_panel(desk, needed, fields, back_href=here)
        )
    except Refusal as problem:
        return await tips_screen(desk, ticket_id, problem)
    return desk.see(here, Toast("The tips are shared anew."))


router = Router("/", route_handlers=[show_tip, give_tip, show_tips, late_tip, share_anew])
