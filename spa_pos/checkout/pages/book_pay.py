"""Booking online where a card comes first: a deposit is paid, or a card is kept; then the visit is booked."""

from dataclasses import replace
from typing import Any

from litestar import Response, Router, get, post

from spa_pos.booking.actions.online import let_hold_go
from spa_pos.booking.actions.online_pay import begin_kept_card
from spa_pos.booking.pages.guest import phone_href, problem_for, word_of
from spa_pos.booking.pages.online_asked import Browser, browser_of, browser_posted, held_of, visit_choices
from spa_pos.booking.pages.online_confirm import confirm_refused, take
from spa_pos.booking.pages.online_when import choose_again
from spa_pos.booking.queries.cards import StillAsked, still_asked
from spa_pos.booking.queries.online import OnlineView
from spa_pos.booking.rules.online import ENDED
from spa_pos.checkout.actions import begin_deposit_payment
from spa_pos.checkout.pages.book_pay_views import BookPayPage
from spa_pos.checkout.queries import refunds_of
from spa_pos.kernel.errors import Conflict, Gone, Refusal
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import format_usd
from spa_pos.payments.pages.online import (
    consent_words,
    keeping_cards,
    online_cards,
    publishable_key,
)
from spa_pos.payments.pages.samples import sample_cards, sample_payments
from spa_pos.payments.queries import AttemptView, SetupView, card_setup, last_attempt_for
from spa_pos.payments.rules import State
from spa_pos.people.actions.doors import count_knock
from spa_pos.people.pages.guest_door import knock_of
from spa_pos.people.pages.session import GUEST
from spa_pos.people.rules import Door
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.i18n import gettext as _
from spa_pos.web.security import CARD_PAGE_POLICY
from spa_pos.web.shell import Problem
from spa_pos.web.templates import render

HERE = "/book/pay"
DONE = "/book/done"


@post(HERE, opt=dict(GUEST), status_code=200)
async def take_and_pay(request: AnyRequest) -> Response[Any]:
    """The guest takes what the page showed: the time is theirs for half an hour, and a card is asked for."""
    second = ("", "")
    try:
        browser, fields = await browser_posted(request)
        second = fields.get("second_given", ""), fields.get("second_family", "")
        if browser.open is None or browser.open.wait_until is not None:
            return see(request, "/book/confirm")
        if browser.open.pay_until is None:
            await take(browser, browser.open, fields)
    except Refusal as refusal:
        return await confirm_refused(request, refusal, second)
    return await _step(await browser_of(request), "again", {})


async def _begin(browser: Browser, booking: OnlineView) -> None:
    """Ask for a card, within the limits of this booking, its network and the house.

    Raises:
        TooMany: `too-many-tries`. Unavailable: the processor's.
        Refusal: what `begin_deposit_payment` and `begin_kept_card` refuse.
    """
    request, now, where = browser.request, browser.now, browser.place
    asked = await still_asked(booking.in_order, where.zone)
    knock = await count_knock(knock_of(request, Door.PAY, f"book:{booking.id}"), now=now)
    if asked.due_cents:
        cards = online_cards(request)
        attempt_id = await begin_deposit_payment(
            browser.actor, booking_id=booking.id, attempt_id=uuid7(now), knock=knock, now=now
        )
        if attempt_id is not None:
            await cards.start(attempt_id, now=now)
        return
    keeping = keeping_cards(request)
    setup_id = await begin_kept_card(
        browser.actor,
        booking_id=booking.id,
        setup_id=uuid7(now),
        place_name=where.name,
        seen_from=request.client.host if request.client else None,
        knock=knock,
        now=now,
        agreed=consent_words(where.name),
    )
    if setup_id is not None:
        await keeping.begin(setup_id, now)


async def _waiting(browser: Browser) -> OnlineView:
    """The booking that waits for a card.

    Raises:
        Conflict: `nothing-held`.
    """
    if browser.open is None or browser.open.pay_until is None:
        raise Conflict("nothing-held", _("Choose a time first. Nothing is held for you."))
    return browser.open


async def _screen(browser: Browser, problem: Refusal | None = None) -> Response[Any]:
    booking = await _waiting(browser)
    tried = await last_attempt_for(booking.first.id)
    setup = await card_setup(booking.setup_id) if booking.setup_id else None
    asked = await still_asked(booking.in_order, browser.place.zone)
    if not booking.hold.left(browser.now) and not (tried is not None and tried.live):
        return await choose_again(browser, await _gone(tried))
    step = _stands(browser, booking, asked, tried, setup)
    secret, key = "", publishable_key(browser.request)
    if step == "card" and key is not None:
        secret = await _secret(browser, asked, tried, setup)
    said = problem_for(problem) if problem else _how_it_went(step, asked, tried, setup)
    page = BookPayPage(
        step=step,
        pays=bool(asked.due_cents),
        title=_title(step, asked),
        word=_word(asked),
        choices=tuple(replace(one, href=None) for one in visit_choices(booking, browser.place)),
        held=replace(held_of(browser, booking), may_extend=False),
        due_words=format_usd(asked.due_cents) if asked.due_cents else "",
        consent="" if asked.due_cents else consent_words(browser.place.name).words,
        publishable_key=key,
        secret=secret,
        samples=() if key else _samples(asked),
        phone=browser.place.phone,
        phone_href=phone_href(browser.place),
        problem=said,
    )
    answer = html(
        render("checkout/book_pay.html", page, browser.shell), status=problem.status if problem else 200
    )
    if step == "card" and key:
        answer.headers["content-security-policy"] = CARD_PAGE_POLICY
    return answer


async def _gone(tried: AttemptView | None) -> Refusal:
    """Why the guest has to choose again; the ticket of a deposit has the id of its payment."""
    if tried is not None and await refunds_of(tried.id):
        return Gone("charged-too-late", "The card was charged too late, and the money goes back by itself.")
    return Gone("hold-expired", ENDED)


def _samples(asked: StillAsked) -> tuple[tuple[str, str], ...]:
    return sample_payments() if asked.due_cents else sample_cards()


async def _secret(
    browser: Browser, asked: StillAsked, tried: AttemptView | None, setup: SetupView | None
) -> str:
    if asked.due_cents and tried is not None:
        return await online_cards(browser.request).secret(tried.id)
    return await keeping_cards(browser.request).begin(setup.id, browser.now) if setup else ""


def _stands(
    browser: Browser,
    booking: OnlineView,
    asked: StillAsked,
    tried: AttemptView | None,
    setup: SetupView | None,
) -> str:
    if not asked.due_cents:
        return "card" if setup is not None and setup.live else "again"
    if tried is None or not tried.live:
        return "again"
    late = not booking.hold.left(browser.now)
    return "asking" if late or tried.state is State.UNKNOWN else "card"


def _how_it_went(
    step: str, asked: StillAsked, tried: AttemptView | None, setup: SetupView | None
) -> Problem | None:
    """What became of the last card, when another one is asked for."""
    if step != "again":
        return None
    if asked.due_cents and tried is not None and tried.state is State.DECLINED:
        return Problem("card-declined", _("The card was declined. Nothing was charged. Try another card."))
    if not asked.due_cents and setup is not None and setup.state == "failed":
        return Problem("card-not-kept", _("The card is not on file: it was declined. Try another one."))
    return None


def _title(step: str, asked: StillAsked) -> str:
    if step == "asking":
        return _("We are asking the bank")
    return _("Pay the deposit") if asked.due_cents else _("Give a card for your visit")


def _word(asked: StillAsked) -> str:
    if not asked.due_cents:
        return _("Keep this card and book")
    return _("Pay %(price)s and book") % {"price": format_usd(asked.due_cents)}


@get(HERE, opt=dict(GUEST))
async def show_pay(request: AnyRequest) -> Response[Any]:
    """Where the guest gives the card."""
    browser = await browser_of(request)
    if browser.booking is not None and browser.booking.is_booked:
        return see(request, DONE)
    try:
        return await _screen(browser)
    except Refusal as refusal:
        return await choose_again(browser, refusal)


async def _step(browser: Browser, verb: str, fields: dict[str, str]) -> Response[Any]:
    if browser.booking is not None and browser.booking.is_booked:
        return see(browser.request, DONE)
    try:
        booking = await _waiting(browser)
    except Refusal as refusal:
        return await choose_again(browser, refusal)
    try:
        if verb == "again":
            await _begin(browser, booking)
        elif verb == "cancel":
            return await _stop(browser, booking)
        else:
            await _look(browser, booking, fields.get("token") if verb == "sample" else None)
    except Refusal as refusal:
        return await _after(browser.request, refusal)
    return await _after(browser.request)


async def _after(request: AnyRequest, problem: Refusal | None = None) -> Response[Any]:
    browser = await browser_of(request)
    if problem is None or (browser.booking is not None and browser.booking.is_booked):
        return see(request, DONE if browser.booking and browser.booking.is_booked else HERE)
    try:
        return await _screen(browser, problem)
    except Refusal as refusal:
        return await choose_again(browser, refusal)


async def _look(browser: Browser, booking: OnlineView, sample: str | None) -> None:
    """See how the card stands, or give a sample card of the pretended processor."""
    request, now = browser.request, browser.now
    tried = await last_attempt_for(booking.first.id)
    if (await still_asked(booking.in_order, browser.place.zone)).due_cents:
        cards = online_cards(request)
        if tried is not None and sample is not None:
            await cards.sample(tried.id, sample, now=now)
        elif tried is not None:
            await cards.check(tried.id, now=now)
        return
    keeping = keeping_cards(request)
    if booking.setup_id is not None and sample is not None:
        await keeping.sample(booking.setup_id, sample, now)
    elif booking.setup_id is not None:
        await keeping.check(booking.setup_id, now)


async def _stop(browser: Browser, booking: OnlineView) -> Response[Any]:
    """Stop asking for the card, and choose another time; who was quicker has paid."""
    request, now = browser.request, browser.now
    tried = await last_attempt_for(booking.first.id)
    if tried is not None and tried.live:
        if (await online_cards(request).cancel(tried.id, now=now)).live:
            return see(request, HERE)
    elif booking.setup_id is not None:
        await keeping_cards(request).drop(booking.setup_id, now)
    fresh = await browser_of(request)
    if fresh.open is None:
        return see(request, DONE)
    await let_hold_go(browser.actor, booking_id=booking.id, now=now)
    return see(request, booking.path)


async def _posted(request: AnyRequest, verb: str) -> Response[Any]:
    try:
        browser, fields = await browser_posted(request)
    except Refusal as refusal:
        return await word_of(request, refusal)
    return await _step(browser, verb, fields)


@post("/book/pay/attempts", opt=dict(GUEST), status_code=200)
async def try_again(request: AnyRequest) -> Response[Any]:
    """A card, or another one after one that was declined; it counts."""
    return await _posted(request, "again")


@post("/book/pay/check", opt=dict(GUEST), status_code=200)
async def check_card(request: AnyRequest) -> Response[Any]:
    """The processor's element is done: ask how it ended."""
    return await _posted(request, "check")


@post("/book/pay/sample", opt=dict(GUEST), status_code=200)
async def sample_card(request: AnyRequest) -> Response[Any]:
    """Give a sample card of the pretended processor."""
    return await _posted(request, "sample")


@post("/book/pay/cancellation", opt=dict(GUEST), status_code=200)
async def stop_paying(request: AnyRequest) -> Response[Any]:
    """Choose another time after all."""
    return await _posted(request, "cancel")


router = Router("/", route_handlers=[take_and_pay, show_pay, try_again, check_card, sample_card, stop_paying])
