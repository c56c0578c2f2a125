"""Cancelling by the link in a message: what it costs said before, and what is free of it to choose."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.booking.actions.guest import guest_cancels
from spa_pos.booking.pages.guest import (
    Linked,
    key_of,
    linked,
    number_in,
    problem_for,
    remember_language,
    times_shown,
    word_of,
)
from spa_pos.booking.pages.guest_move import shell_of
from spa_pos.booking.pages.guest_offer import cancelling_words
from spa_pos.booking.pages.guest_views import EndReason, GuestCancelPage, short
from spa_pos.booking.queries import cancel_reasons, policy, visit
from spa_pos.booking.rules import quote_cancellation
from spa_pos.booking.rules.guests import free_until
from spa_pos.db import once
from spa_pos.kernel.errors import Conflict, Invalid, Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.people.pages.session import GUEST
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.forms import read_fields
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render


async def _cancel_page(one: Linked, problem: Refusal | None = None) -> GuestCancelPage:
    """What cancelling would cost, for each reason."""
    if not one.coming:
        raise Conflict("visit-over", "There is nothing left to cancel.")
    seen = [await visit(each.id, one.place.id) for each in one.coming]
    agreed = [(each, await policy(each.policy_id)) for each in seen]

    def fee(free: str | None) -> int:
        return sum(
            quote_cancellation(
                terms, each.total_cents, starts_at=each.starts_at, now=one.now, fee_free=free
            ).fee_cents
            for each, terms in agreed
        )

    def row(code: str, name: str, free: str | None) -> EndReason:
        cents = fee(free)
        words = _("It costs %(fee)s") % {"fee": format_usd(Cents(cents))} if cents else _("No fee")
        return EndReason(code, name, words, cents)

    own = [each for each in await cancel_reasons() if each.fee_free and each.for_guests]
    reasons = [row("", _("Something else"), None)]
    if reasons[0].fee_cents:
        reasons = [*(row(each.code, i18n.gettext(each.name), each.name) for each in own), *reasons]
    may_move = all(one.now <= free_until(terms, each.starts_at) for each, terms in agreed)
    return GuestCancelPage(
        times=times_shown(one),
        policy_words=await cancelling_words(agreed[0][1], one.coming[0].starts_at, one.place, one.now),
        reasons=tuple(reasons),
        fields=(("visit", " ".join(short(each.id, each.version) for each in one.coming)),),
        action=f"{one.path}/cancellation",
        back_href=one.path,
        move_href=f"{one.path}/times" if may_move else None,
        problem=problem_for(problem) if problem else None,
    )


async def _show_cancel(request: AnyRequest, one: Linked, problem: Refusal | None = None) -> Response[Any]:
    page = await _cancel_page(one, problem)
    text = render("booking/guest_cancel.html", page, shell_of(request, one, f"{one.path}/cancellation"))
    return html(text, status=problem.status if problem else 200)


@get("/visits/{token:str}/cancellation", opt=dict(GUEST))
async def ask_cancel(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What cancelling costs, before anything is done."""
    try:
        return await _show_cancel(request, await linked(request, token))
    except Refusal as refusal:
        return await word_of(request, refusal)


@post("/visits/{token:str}/cancellation", opt=dict(GUEST), status_code=200)
async def cancel(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Cancel, at the fee that was shown."""
    try:
        one = await linked(request, token)
    except Refusal as refusal:
        return await word_of(request, refusal)
    try:
        fields = await read_fields(request)
        if "reason" not in fields:
            raise Invalid("reason-unknown", "Choose a reason from the list.", field="reason")
        reason = fields["reason"]
        await once(
            key_of(fields),
            guest_cancels,
            actor=one.actor(request),
            appointment_id=one.appointment_id,
            versions=fields.get("visit", "").split(),
            reason_code=reason,
            quoted_cents=number_in(fields.get(f"fee-{reason}")),
            now=one.now,
        )
        await remember_language(request, one.visit.guest_id)
    except Refusal as refusal:
        try:
            return await _show_cancel(request, await linked(request, token), refusal)
        except Refusal:
            return await word_of(request, refusal)
    return see(request, one.path)


router = Router("/", route_handlers=[ask_cancel, cancel])
