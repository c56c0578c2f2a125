"""Paying by the link to a visit: what is due, then the card. The link is the permission."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.booking.pages.guest import Linked, linked, phone_href, problem_for, word_of
from spa_pos.booking.pages.guest_pay import due_for, pay_words
from spa_pos.booking.queries.cards import DueByLink
from spa_pos.checkout.actions import begin_visit_payment, leave_visit_payment, ticket_by_link
from spa_pos.checkout.pages.book_pay_views import VisitPayPage
from spa_pos.checkout.queries import ticket
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.payments.pages.online import online_cards, publishable_key
from spa_pos.payments.pages.samples import sample_payments
from spa_pos.payments.queries import AttemptView, last_attempt_for
from spa_pos.payments.rules import State
from spa_pos.people.actions.doors import count_knock
from spa_pos.people.pages.guest_door import knock_of
from spa_pos.people.pages.session import GUEST, bare_shell, settings_of
from spa_pos.people.rules import Door
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.forms import read_fields
from spa_pos.web.i18n import gettext as _
from spa_pos.web.security import CARD_PAGE_POLICY
from spa_pos.web.shell import Problem
from spa_pos.web.templates import render


async def _due(one: Linked) -> DueByLink | None:
    return await due_for([each.id for each in one.visit.times], one.place)


async def _to_pay(one: Linked, due: DueByLink) -> tuple[Cents, UUID | None, AttemptView | None]:
    """What is to pay now, the ticket it is on, and the last card that was asked for."""
    ticket_id = await ticket_by_link(due.appointment_id, is_fee=due.is_fee)
    if ticket_id is None:
        return due.cents, None, None
    sale = await ticket(ticket_id, one.place.id, one.place.zone, now=one.now)
    return sale.sums.remaining_cents, ticket_id, await last_attempt_for(ticket_id)


async def _screen(request: AnyRequest, one: Linked, problem: Refusal | None = None) -> Response[Any]:
    due = await _due(one)
    if due is None:
        return see(request, one.path)
    return await _due_screen(request, one, due, problem)


async def _due_screen(
    request: AnyRequest, one: Linked, due: DueByLink, problem: Refusal | None = None
) -> Response[Any]:
    cents, _ticket, tried = await _to_pay(one, due)
    step, key = _stands(tried), publishable_key(request)
    said = problem_for(problem) if problem else None
    if said is None and step == "again" and tried is not None and tried.state is State.DECLINED:
        said = Problem("card-declined", _("The card was declined. Nothing was charged. Try another card."))
    price = format_usd(cents)
    page = VisitPayPage(
        step=step,
        title=_("Pay by card"),
        words=pay_words(due),
        due_words=price,
        word=_("Pay %(price)s") % {"price": price},
        expected_cents=cents,
        action=f"{one.path}/payment",
        back_href=one.path,
        publishable_key=key,
        secret=await online_cards(request).secret(tried.id) if step == "card" and key and tried else "",
        samples=() if key else sample_payments(),
        phone=one.place.phone,
        phone_href=phone_href(one.place),
        problem=said,
    )
    shell = replace(bare_shell(settings_of(request), one.place, request, one.now), path=f"{one.path}/payment")
    answer = html(render("checkout/visit_pay.html", page, shell), status=problem.status if problem else 200)
    if page.secret:
        answer.headers["content-security-policy"] = CARD_PAGE_POLICY
    return answer


def _stands(tried: AttemptView | None) -> str:
    if tried is None or not tried.live:
        return "again"
    return "asking" if tried.state is State.UNKNOWN else "card"


@get("/visits/{token:str}/payment", opt=dict(GUEST))
async def show_payment(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What is due, and where the guest gives the card."""
    try:
        online_cards(request)
        return await _screen(request, await linked(request, token))
    except Refusal as refusal:
        return await word_of(request, refusal)


async def _begin(request: AnyRequest, one: Linked, due: DueByLink, fields: dict[str, str]) -> None:
    """Ask for a card, within the limits of this visit, its network and the house.

    Raises:
        TooMany: `too-many-tries`. Unavailable: the processor's.
        Conflict: what `begin_visit_payment` refuses.
    """
    cards, typed = online_cards(request), fields.get("expected", "")
    await count_knock(knock_of(request, Door.PAY, f"visit:{due.appointment_id}"), now=one.now)
    attempt_id = await begin_visit_payment(
        one.actor(request),
        appointment_id=due.appointment_id,
        is_fee=due.is_fee,
        attempt_id=uuid7(one.now),
        expected_cents=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1,
        now=one.now,
    )
    await cards.start(attempt_id, now=one.now)


async def _step(request: AnyRequest, token: str, verb: str) -> Response[Any]:
    try:
        one = await linked(request, token)
        fields, due = await read_fields(request), await _due(one)
    except Refusal as refusal:
        return await word_of(request, refusal)
    if due is None:
        return see(request, one.path)
    try:
        _cents, ticket_id, tried = await _to_pay(one, due)
        if verb == "begin":
            await _begin(request, one, due, fields)
        elif tried is not None and ticket_id is not None:
            await _act(request, one, ticket_id, tried, verb, fields.get("token", ""))
    except Refusal as refusal:
        return await _screen(request, await linked(request, token), refusal)
    if verb != "cancel" and await _due(await linked(request, token)) is None:
        return _thanks(request, one, due)
    return see(request, one.path if verb == "cancel" else f"{one.path}/payment")


def _thanks(request: AnyRequest, one: Linked, due: DueByLink) -> Response[Any]:
    """It is paid."""
    page = VisitPayPage(
        step="paid",
        title=_("Thank you. It is paid"),
        words=pay_words(due),
        action=f"{one.path}/payment",
        back_href=one.path,
        phone=one.place.phone,
        phone_href=phone_href(one.place),
    )
    shell = bare_shell(settings_of(request), one.place, request, one.now)
    return html(render("checkout/visit_pay.html", page, replace(shell, path=one.path)))


async def _act(
    request: AnyRequest, one: Linked, ticket_id: UUID, tried: AttemptView, verb: str, sample: str
) -> None:
    cards = online_cards(request)
    if verb == "check":
        await cards.check(tried.id, now=one.now)
    elif verb == "sample":
        await cards.sample(tried.id, sample, now=one.now)
    elif verb == "cancel":
        await cards.cancel(tried.id, now=one.now)
        await leave_visit_payment(one.actor(request), ticket_id=ticket_id, now=one.now)


@post("/visits/{token:str}/payment", opt=dict(GUEST), status_code=200)
async def begin_payment(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """A card, or another one after one that was declined; it counts."""
    return await _step(request, token, "begin")


@post("/visits/{token:str}/payment/check", opt=dict(GUEST), status_code=200)
async def check_payment(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The processor's element is done: ask how it ended."""
    return await _step(request, token, "check")


@post("/visits/{token:str}/payment/sample", opt=dict(GUEST), status_code=200)
async def sample_payment(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Pay with a sample card of the pretended processor."""
    return await _step(request, token, "sample")


@post("/visits/{token:str}/payment/cancellation", opt=dict(GUEST), status_code=200)
async def stop_payment(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Not now: the card is not asked for any longer."""
    return await _step(request, token, "cancel")


router = Router(
    "/", route_handlers=[show_payment, begin_payment, check_payment, sample_payment, stop_payment]
)
