"""Booking online where nothing is free: the guest asks for the waitlist, and proves who they are as well."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import uuid5

from litestar import Response, Router, post

from spa_pos.booking.actions.online import ask_to_wait, join_waitlist
from spa_pos.booking.actions.waitlist import WaitAsk
from spa_pos.booking.pages.guest import key_of, problem_for, word_of
from spa_pos.booking.pages.online import what_page
from spa_pos.booking.pages.online_asked import Ask, Browser, asked, browser_posted, remember_booking
from spa_pos.booking.pages.online_views import Choice, Progress, WaitDonePage, WaitPage
from spa_pos.booking.queries.online import OnlineView
from spa_pos.db import once
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.people.actions.doors import count_knock
from spa_pos.people.pages.guest_door import knock_of, network_at
from spa_pos.people.pages.session import GUEST
from spa_pos.people.rules import Door
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.i18n import current_locale
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render

LONGER = {"day": 0, "week": 6, "fortnight": 13}
"""For how many days after the first one a guest may wait."""


@post("/book/wait", opt=dict(GUEST), status_code=200)
async def wait(request: AnyRequest) -> Response[Any]:
    """Go on to who the guest is, without a time."""
    browser: Browser | None = None
    try:
        browser, fields = await browser_posted(request)
        key, longer = key_of(fields), fields.pop("longer", "")
        ask = await asked(list(fields.items()))
        if ask.group is None:
            return see(request, ask.href("/book/who"))
        if longer not in LONGER or ask.day is None:
            raise Invalid("wait-days", "Choose how long you would wait.", field="longer")
        first = max(ask.day, local_date(browser.now, browser.place.zone))
        own = browser.open
        key = uuid5(key, f"{longer} {own.id if own else ''}")
        booking_id = own.id if own else uuid5(key, "booking")
        await count_knock(knock_of(request, Door.HOLD, str(booking_id)), now=browser.now)
        waiting = await once(
            key,
            ask_to_wait,
            actor=browser.actor,
            booking_id=booking_id,
            is_new=own is None,
            network=network_at(request),
            path=f"/book/when?{urlencode(replace(ask, day=first).fields)}"[:600],
            wait_until=first + timedelta(days=LONGER[longer]),
            now=browser.now,
        )
    except Refusal as refusal:
        return await (what_page(browser, refusal) if browser else word_of(request, refusal))
    answer = see(request, "/book/you")
    remember_booking(request, answer, waiting)
    return answer


async def waited_for(booking: OnlineView) -> Ask:
    """What a guest asks to wait for."""
    return await asked(parse_qsl(booking.path.partition("?")[2]))


async def wait_choices(booking: OnlineView) -> tuple[Choice, ...]:
    """What, who and when, for somebody who waits."""
    ask = await waited_for(booking)
    return (*ask.choices(), Choice(_("When"), _days(ask, booking), booking.path))


def _days(ask: Ask, booking: OnlineView) -> str:
    first, last = ask.day, booking.wait_until
    if first is None or last is None or first == last:
        return i18n.day_long(last) if last else ""
    return _("%(day)s to %(until)s") % {"day": i18n.day_long(first), "until": i18n.day_long(last)}


async def wait_page(browser: Browser, booking: OnlineView, problem: Refusal | None = None) -> Response[Any]:
    """The fifth screen of somebody who waits."""
    page = WaitPage(
        Progress(5, "/book/you"),
        await wait_choices(booking),
        problem_for(problem) if problem else None,
    )
    text = render("booking/online_wait.html", page, browser.shell)
    return html(text, status=problem.status if problem else 200)


async def join(browser: Browser, booking: OnlineView, fields: dict[str, str]) -> None:
    """Put the guest on the waitlist.

    Raises:
        Refusal: what `join_waitlist` refuses.
    """
    ask = await waited_for(booking)
    last = booking.wait_until or browser.now.date()
    with_it = ", ".join(one.name for one in ask.add_ons)
    await once(
        key_of(fields),
        join_waitlist,
        actor=browser.actor,
        booking_id=booking.id,
        asked=WaitAsk(
            ask.service.id,
            ask.day or last,
            last,
            provider_wish=ask.wish.kind,
            provider_id=ask.wish.provider,
            note=f"Online, with {with_it}"[:200] if with_it else "Online",
        ),
        group=ask.group.code if ask.group else "",
        address=browser.address or "",
        locale=current_locale(),
        now=browser.now,
    )


async def waiting_page(browser: Browser, booking: OnlineView) -> Response[Any]:
    """The guest is on the waitlist."""
    words = _(
        "When a time becomes free we hold it for you and write to you, or call. You need not do anything."
    )
    if not booking.by_email:
        words = _("When a time becomes free we hold it for you and call you. You need not do anything.")
    page = WaitDonePage(await wait_choices(booking), words, browser.place.phone)
    return html(render("booking/online_waiting.html", page, browser.shell))


router = Router("/", route_handlers=[wait])
