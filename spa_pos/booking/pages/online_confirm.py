"""Booking online, the fifth screen: everything once more, then it is booked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response, Router, get, post

from spa_pos.booking.actions.online import confirm_online
from spa_pos.booking.pages.guest import key_of, number_in, problem_for, word_of
from spa_pos.booking.pages.guest_offer import free_words, tax_words
from spa_pos.booking.pages.online_asked import (
    Browser,
    browser_of,
    browser_posted,
    held_of,
    reason_words,
    visit_choices,
)
from spa_pos.booking.pages.online_views import ConfirmPage, DonePage, PriceRow, Progress
from spa_pos.booking.pages.online_wait import join, wait_page, waiting_page
from spa_pos.booking.pages.online_when import appointment_in, choose_again
from spa_pos.booking.pages.online_you import live
from spa_pos.booking.queries import Visit, VisitAddOn, free_reasons, policy
from spa_pos.booking.queries.cards import StillAsked, deposits_paid, still_asked, would_be_asked
from spa_pos.booking.queries.online import OnlineView, pays_elsewhere
from spa_pos.booking.rules import Policy
from spa_pos.booking.rules.guests import free_until
from spa_pos.booking.rules.online import paying_elsewhere
from spa_pos.db import once
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import Cents, format_rate, format_usd
from spa_pos.ledger.queries import Place
from spa_pos.messages.rules import visit_token
from spa_pos.payments.pages.online import consent_words, takes_cards
from spa_pos.people.actions.doors import guest_named
from spa_pos.people.pages.session import GUEST, settings_of
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.codes import drawn
from spa_pos.web.i18n import current_locale
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render


def _rows(seen: Sequence[Visit]) -> tuple[PriceRow, ...]:
    rows = []
    along = [""] if len(seen) == 1 else [_("For you"), _("For who comes along")]
    for whose, visit in zip(along, seen, strict=True):
        parts: list[tuple[str, Visit | VisitAddOn]] = [(visit.service_name, visit)]
        parts += [(each.name, each) for each in visit.add_ons]
        for name, one in parts:
            reason = reason_words(one.reduction_code, visit.group_name)
            what = f"{whose}: {i18n.gettext(name)}" if whose else i18n.gettext(name)
            rows.append(PriceRow(what, one.list_price_cents, one.price_cents, reason))
    return tuple(rows)


async def policy_words(agreed: Policy | None, first: Visit, where: Place, now: datetime) -> str:
    """What cancelling and not coming cost, with the hour until which they cost nothing, if it is to come."""
    if agreed is None:
        return _("Cancelling costs nothing.")
    until = free_until(agreed, first.starts_at).astimezone(where.zone)
    late, missed = (
        format_rate(rate).replace(" ", "\N{NO-BREAK SPACE}") for rate in (agreed.late_ppm, agreed.no_show_ppm)
    )
    told = {"clock": i18n.clock(until), "day": i18n.day_long(until.date()), "late": late, "missed": missed}
    words = _(
        "Move or cancel for free until %(clock)s on %(day)s. Later it costs %(late)s of the price, and"
        " not coming %(missed)s."
    )
    if now > until:
        words = _("Your visit is soon: cancelling costs %(late)s of the price, and not coming %(missed)s.")
    return free_words(words % told, await free_reasons())


async def _asked(browser: Browser, booking: OnlineView, second: tuple[str, str] = ("", "")) -> StillAsked:
    """What would be asked for the time that is held, of whoever proved the address and comes along."""
    who, address = booking.person, browser.address or ""
    names = [(who.given_name, who.family_name) if who else ("", ""), second]
    guests = [
        (one, await guest_named(address, *name)) for one, name in zip(booking.in_order, names, strict=False)
    ]
    return await would_be_asked(browser.place.id, guests, browser.place.zone)


def card_words(asked: StillAsked, *, takes: bool) -> str | None:
    """What is asked of a card, and how the guest does it: here, before it is booked, or with us."""
    if asked.deposits:
        words = _("We ask for a deposit of %(price)s. It cannot be paid here: we call you about it.")
        if takes and asked.comes_first:
            words = _(
                "We ask for a deposit of %(price)s before it is booked. You pay it by card on the next page,"
                " and it counts when you pay at the spa."
            )
        return words % {"price": format_usd(Cents(sum(cents for _id, cents in asked.deposits)))}
    if asked.card_of is None:
        return None
    if takes:
        return _(
            "We ask for a card before it is booked. You give it on the next page; nothing is charged now."
        )
    return _(
        "We ask for a card for this visit. Please keep one with us on your own page after booking, or at"
        " our desk."
    )


def _paid_words(deposit: Cents) -> str | None:
    if not deposit:
        return None
    words = _("You paid a deposit of %(price)s. It counts when you pay at the spa.")
    return words % {"price": format_usd(deposit)}


def proof_words(seen: Sequence[Visit]) -> str | None:
    """What the desk asks to see."""
    asked = [one.group_evidence for one in seen if one.group_evidence and not one.group_proven]
    if not asked:
        return None
    words = _("Please bring what proves your price: %(proof)s. Without it the visitor price counts.")
    return words % {"proof": i18n.listed(i18n.gettext(one) for one in dict.fromkeys(asked))}


async def _confirm_page(
    browser: Browser,
    booking: OnlineView,
    problem: Refusal | None = None,
    second: tuple[str, str] = ("", ""),
) -> Response[Any]:
    first, where = booking.first, browser.place
    asked, takes = await _asked(browser, booking, second), takes_cards(browser.request)
    page = ConfirmPage(
        progress=Progress(5, "/book/you"),
        choices=visit_choices(booking, where),
        held=held_of(browser, booking),
        rows=_rows(booking.visits),
        total_cents=booking.total_cents,
        tax_words=await tax_words(where, booking.visits),
        proof_words=proof_words(booking.visits),
        policy_words=await policy_words(await policy(first.policy_id), first, where, browser.now),
        card_words=card_words(asked, takes=takes),
        action="/book/pay" if takes and asked.comes_first else "/book/confirm",
        button=_go_on(asked) if takes and asked.comes_first else _("Book it"),
        consent=consent_words(where.name).words
        if takes and asked.comes_first and not asked.due_cents
        else None,
        second=second if len(booking.visits) > 1 else None,
        fields=(("appointment", str(first.id)), ("price", str(booking.total_cents))),
        problem=problem_for(problem) if problem else None,
        freed="freed" in browser.request.query_params,
    )
    text = render("booking/online_confirm.html", page, browser.shell)
    return html(text, status=problem.status if problem else 200)


def _go_on(asked: StillAsked) -> str:
    return _("Go on to the payment") if asked.due_cents else _("I agree: go on to the card")


@get("/book/confirm", opt=dict(GUEST))
async def show_confirm(request: AnyRequest) -> Response[Any]:
    """Everything once more."""
    browser = await browser_of(request)
    if browser.booking is not None and (browser.booking.is_booked or browser.booking.pay_until):
        return see(request, "/book/done")
    try:
        booking = await live(browser)
    except Refusal as refusal:
        return await choose_again(browser, refusal)
    if not browser.proved():
        return see(request, "/book/code" if booking.code_id else "/book/you")
    if booking.wait_until is not None:
        return await wait_page(browser, booking)
    paying = await pays_elsewhere(browser.address or "", but=booking.id, now=browser.now)
    return await _confirm_page(browser, booking, paying_elsewhere() if paying else None)


@post("/book/confirm", opt=dict(GUEST), status_code=200)
async def confirm(request: AnyRequest) -> Response[Any]:
    """Book it."""
    second = ("", "")
    try:
        browser, fields = await browser_posted(request)
        second = fields.get("second_given", ""), fields.get("second_family", "")
        if browser.booking is None:
            return see(request, "/book")
        if browser.booking.wait_until is not None:
            await join(browser, browser.booking, fields)
            return see(request, "/book/done")
        await take(browser, browser.booking, fields)
    except Refusal as refusal:
        return await confirm_refused(request, refusal, second)
    return see(request, "/book/done")


async def take(browser: Browser, booking: OnlineView, fields: dict[str, str]) -> None:
    """The guest takes what the page showed: it is booked, or waits for the card that is asked for.

    Raises:
        Refusal: what `confirm_online` refuses, and a form that cannot be read.
    """
    await once(
        key_of(fields),
        confirm_online,
        actor=browser.actor,
        booking_id=booking.id,
        appointment_id=appointment_in(fields),
        address=browser.address or "",
        quoted_cents=number_in(fields.get("price")),
        locale=current_locale(),
        now=browser.now,
        second=(fields.get("second_given", ""), fields.get("second_family", "")),
        takes_cards=takes_cards(browser.request),
    )


async def confirm_refused(request: AnyRequest, refusal: Refusal, second: tuple[str, str]) -> Response[Any]:
    """What was refused, on the page it happened on or where the guest has to go now."""
    browser = await browser_of(request)
    if refusal.code == "form-foreign":
        return await word_of(request, refusal)
    try:
        booking = await live(browser)
    except Refusal as over:
        return await choose_again(browser, over if over.code == "hold-expired" else refusal)
    if not browser.proved():
        return see(request, "/book/code" if booking.code_id else "/book/you")
    if booking.wait_until is not None:
        return await wait_page(browser, booking, refusal)
    return await _confirm_page(browser, booking, refusal, second)


@get("/book/done", opt=dict(GUEST))
async def show_done(request: AnyRequest) -> Response[Any]:
    """It is booked: when, where, and what can be done with it."""
    browser = await browser_of(request)
    if browser.open is not None and browser.open.pay_until is not None:
        return see(request, "/book/pay")
    if browser.booking is None or not browser.booking.is_booked:
        return see(request, "/book")
    booking, where = browser.booking, browser.place
    if booking.wait_until is not None:
        return await waiting_page(browser, booking)
    first = booking.first
    start, end = (moment.astimezone(where.zone) for moment in (first.starts_at, first.ends_at))
    href = f"/visits/{visit_token(settings_of(request).secret, first.id)}"
    mailed = _(
        "A mail with all of this is on its way. If it does not come, your visit is booked all the same."
    )
    if not booking.by_email:
        mailed = _("We write no mail, as you wanted. Keep the link to your visit, or call us.")
    names = [one.provider_name.split()[0] for one in booking.in_order]
    name = _("%(name)s and %(other)s") % {"name": names[0], "other": names[1]} if names[1:] else names[0]
    with_words = _("with %(name)s") % {"name": name}
    asked = await still_asked(booking.in_order, where.zone)
    page = DonePage(
        day=i18n.day_long(start.date()),
        clock=i18n.clock(start),
        until=i18n.clock(end),
        machine=start.isoformat(),
        words=f"{_rows([first])[0].name} · {with_words}",
        total_cents=booking.total_cents,
        proof_words=proof_words(booking.visits),
        card_words=card_words(asked, takes=False) or _paid_words(await deposits_paid(booking.visits)),
        keep_href="/me/cards" if asked.card_of and not asked.deposits else None,
        visit_href=href,
        calendar_href=f"{href}/calendar.ics",
        mail_words=mailed,
        place_name=where.name,
        address=where.address,
        arrival_code=drawn(settings_of(request).base_url + href),
    )
    return html(render("booking/online_done.html", page, browser.shell))


router = Router("/", route_handlers=[show_confirm, confirm, show_done])
