"""Booking online, the third screen and the time that is held from there on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID, uuid5

from litestar import Response, Router, get, post

from spa_pos.booking.actions.online import OnlineAsk, extend_hold, hold_online
from spa_pos.booking.pages.guest import key_of, phone_href, problem_for, word_of
from spa_pos.booking.pages.online import what_page
from spa_pos.booking.pages.online_asked import (
    Ask,
    Browser,
    asked,
    browser_of,
    browser_posted,
    remember_booking,
)
from spa_pos.booking.pages.online_times import (
    SHOWN_DAYS,
    best_buttons,
    day_links,
    free_times,
    href_of,
    month_of,
    none_words,
    parts_of_day,
    price_words,
    wait_options,
    wishes,
)
from spa_pos.booking.pages.online_views import Progress, WhenPage
from spa_pos.booking.queries.online import OnlineView
from spa_pos.db import once
from spa_pos.kernel.errors import Conflict, Invalid, Refusal
from spa_pos.kernel.money import Cents
from spa_pos.people.actions.doors import count_knock
from spa_pos.people.pages.guest_door import knock_of, network_at
from spa_pos.people.pages.session import GUEST
from spa_pos.people.rules import Door
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render


@get("/book/when", opt=dict(GUEST))
async def show_when(request: AnyRequest) -> Response[Any]:
    """Best times, a day's times, and other days."""
    browser = await browser_of(request)
    try:
        return await when_page(browser, await asked(list(request.query_params.multi_items())))
    except Refusal as refusal:
        return await what_page(browser, refusal)


async def when_page(browser: Browser, ask: Ask, problem: Refusal | None = None) -> Response[Any]:
    """The times, with what was refused."""
    if ask.group is None:
        return see(browser.request, ask.href("/book/who"))
    free = await free_times(browser, ask, ask.group)
    after = free.next_free
    has_times = bool(free.plans)
    earlier = max(free.shown.toordinal() - SHOWN_DAYS, free.first.toordinal())
    later = free.shown.toordinal() + SHOWN_DAYS
    page = WhenPage(
        progress=Progress(3, ask.href("/book/who", day=None, by_month=False)),
        choices=ask.choices(),
        price_words=price_words(free),
        fields=replace(ask, day=free.shown, by_month=False).fields,
        wish_fields=tuple(pair for pair in ask.fields if pair[0] != "with"),
        wishes=await wishes(browser, ask),
        best=best_buttons(free),
        day=free.shown,
        day_name=i18n.day_long(free.shown),
        days=day_links(free),
        earlier_href=href_of(free, free.shown.fromordinal(earlier)) if free.shown > free.first else None,
        later_href=href_of(free, free.shown.fromordinal(later)) if later <= free.last.toordinal() else None,
        month_href=ask.href("/book/when", day=free.shown, by_month=True),
        week_href=href_of(free, free.shown),
        month=month_of(free) if ask.by_month else None,
        parts=parts_of_day(free),
        none_words=none_words(free),
        next_free=(i18n.day_long(after), href_of(free, after)) if after and not has_times else None,
        wait=() if has_times or ask.second or free.shown in free.closed else wait_options(),
        phone=browser.place.phone,
        phone_href=phone_href(browser.place),
        problem=problem_for(problem) if problem else None,
    )
    text = render("booking/online_when.html", page, browser.shell)
    return html(text, status=problem.status if problem else 200)


def _chosen(value: str, guests: int) -> tuple[datetime, list[UUID], list[Cents]]:
    """The time, the providers and the prices of a button, for so many guests.

    Raises:
        Invalid: `time-unreadable`.
    """
    try:
        start, who, prices = value.split(".")
        starts_at = datetime.strptime(start, "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        providers = [UUID(one) for one in who.split("~")]
        cents = prices.split("~")
        if not len(providers) == len(cents) == guests:
            raise ValueError
        if not all(one.isascii() and one.isdigit() and len(one) < 9 for one in cents):
            raise ValueError
        return starts_at, providers, [Cents(int(one)) for one in cents]
    except ValueError:
        raise Invalid("time-unreadable", "Choose a time from the list.", field="time") from None


def _wanted(ask: Ask, pressed: str) -> tuple[OnlineAsk, ...]:
    starts_at, providers, cents = _chosen(pressed, len(ask.groups))
    return tuple(
        OnlineAsk(
            ask.service.id,
            tuple(one.id for one in ask.add_ons),
            group.code,
            provider_id,
            starts_at,
            price,
            "any" if index and ask.wish.provider else ask.wish.kind,
        )
        for index, (group, provider_id, price) in enumerate(zip(ask.groups, providers, cents, strict=True))
    )


@post("/book/hold", opt=dict(GUEST), status_code=200)
async def hold(request: AnyRequest) -> Response[Any]:
    """Hold the time that was pressed, for this browser, and go on to who the guest is."""
    browser: Browser | None = None
    ask: Ask | None = None
    try:
        browser, fields = await browser_posted(request)
        key, pressed = key_of(fields), fields.pop("time", "")
        ask = await asked(list(fields.items()))
        if ask.group is None:
            return see(request, ask.href("/book/who"))
        wanted = _wanted(ask, pressed)
        own = browser.open
        if own is not None and own.hold.left(browser.now) and _is_the_same(own, wanted):
            return see(request, "/book/you")
        key = uuid5(key, f"{pressed} {own.appointment_id if own else ''}")
        booking_id = own.id if own else uuid5(key, "booking")
        network = network_at(request)
        await count_knock(knock_of(request, Door.HOLD, str(booking_id)), now=browser.now)
        held = await once(
            key,
            hold_online,
            actor=browser.actor,
            booking_id=booking_id,
            is_new=own is None,
            network=network,
            asked=wanted,
            path=f"/book/when?{urlencode(ask.fields)}"[:600],
            now=browser.now,
            address=browser.address,
        )
    except Refusal as refusal:
        return await _refused(request, browser, ask, refusal)
    answer = see(request, "/book/you")
    remember_booking(request, answer, held)
    return answer


def _is_the_same(own: OnlineView, wanted: Sequence[OnlineAsk]) -> bool:
    """True for a time that this browser holds already: a button that was pressed twice."""
    kept = {
        (
            one.service_id,
            frozenset(o.add_on_id for o in one.add_ons),
            one.group,
            one.starts_at,
            one.provider_id,
        )
        for one in own.visits
    }
    return kept == {
        (one.service_id, frozenset(one.add_on_ids), one.group, one.starts_at, one.provider_id)
        for one in wanted
    }


async def _refused(
    request: AnyRequest, browser: Browser | None, ask: Ask | None, refusal: Refusal
) -> Response[Any]:
    if browser is None:
        return await word_of(request, refusal)
    if ask is None:
        return await what_page(browser, refusal)
    try:
        return await when_page(browser, ask, refusal)
    except Refusal:
        return await word_of(request, refusal)


@post("/book/hold/extension", opt=dict(GUEST), status_code=200)
async def extend(request: AnyRequest) -> Response[Any]:
    """Hold it for longer, and go back to the screen that asked for it."""
    back = "/book/you"
    try:
        browser, fields = await browser_posted(request)
        if fields.get("back") in ("/book/you", "/book/code", "/book/confirm"):
            back = fields["back"]
        if browser.open is None:
            return see(request, "/book")
        await once(
            key_of(fields),
            extend_hold,
            actor=browser.actor,
            booking_id=browser.open.id,
            appointment_id=appointment_in(fields),
            now=browser.now,
        )
    except Refusal as refusal:
        return await word_of(request, refusal)
    return see(request, back)


def appointment_in(fields: dict[str, str]) -> UUID:
    """The time that the page was about.

    Raises:
        Invalid: `form-unreadable`.
    """
    try:
        return UUID(fields.get("appointment", ""))
    except ValueError:
        raise Invalid(
            "form-unreadable", "Something in the form cannot be read. Open the page again."
        ) from None


async def choose_again(browser: Browser, refusal: Refusal) -> Response[Any]:
    """The times once more, for what was chosen before, because what was held is free again."""
    if browser.open is None:
        return await what_page(browser, refusal)
    query = parse_qsl(browser.open.path.partition("?")[2])
    try:
        return await when_page(browser, await asked(query), refusal)
    except Refusal:
        return await what_page(browser, refusal)


def nothing_held() -> Conflict:
    """Why somebody without a time cannot go on."""
    return Conflict("nothing-held", _("Choose a time first. Nothing is held for you."))


router = Router("/", route_handlers=[show_when, hold, extend])
