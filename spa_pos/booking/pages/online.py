"""Booking online, the first two screens: what, and who the guest is to us."""

from typing import Any

from litestar import Response, Router, get

from spa_pos.booking.pages.guest import problem_for
from spa_pos.booking.pages.online_asked import Ask, Browser, asked, browser_of
from spa_pos.booking.pages.online_views import (
    Extra,
    MenuLine,
    MenuPart,
    Option,
    Progress,
    WhatPage,
    WhoLine,
    WhoPage,
)
from spa_pos.catalog.queries import MenuService, add_ons, menu, quotes
from spa_pos.catalog.rules import Quote
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.people.pages.session import GUEST
from spa_pos.people.queries import Group, groups
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.i18n import gettext as _
from spa_pos.web.templates import render

NOBODY = Group("", "", "", "")
"""Of no group: who has not said who they are sees list prices."""


@get("/book", opt=dict(GUEST))
async def show_what(request: AnyRequest) -> Response[Any]:
    """The menu."""
    return await what_page(await browser_of(request))


async def what_page(browser: Browser, problem: Refusal | None = None) -> Response[Any]:
    """The menu, with what was refused."""
    found = await menu()
    prices = await _list_prices(browser, found)
    parts: dict[str, list[MenuLine]] = {}
    for one in found:
        if one.id in prices:
            line = MenuLine(
                i18n.gettext(one.name),
                one.duration_minutes,
                prices[one.id].list_cents,
                Ask(one).href("/book/who"),
            )
            parts.setdefault(one.category_name, []).append(line)
    going_on = browser.open is not None and browser.open.hold.left(browser.now)
    page = WhatPage(
        Progress(1),
        tuple(MenuPart(i18n.gettext(name), tuple(lines)) for name, lines in parts.items()),
        "/book/you" if going_on else None,
        problem_for(problem) if problem else None,
    )
    text = render("booking/online_what.html", page, browser.shell)
    return html(text, status=problem.status if problem else 200)


@get("/book/who", opt=dict(GUEST))
async def show_who(request: AnyRequest) -> Response[Any]:
    """Add-ons of the service, and the groups."""
    browser = await browser_of(request)
    try:
        ask = await asked(list(request.query_params.multi_items()))
    except Refusal as refusal:
        return await what_page(browser, refusal)
    possible = (await add_ons([ask.service.id])).get(ask.service.id, [])
    prices = await _list_prices(browser, possible)
    known = await groups()
    page = WhoPage(
        Progress(2, "/book"),
        ask.choices()[:1],
        ask.service.code,
        tuple(
            Extra(one.code, i18n.gettext(one.name), _detail(one, prices[one.id]), one in ask.add_ons)
            for one in possible
            if one.id in prices
        ),
        tuple(
            WhoLine(one.code, i18n.gettext(one.name), i18n.gettext(one.evidence) if one.evidence else "")
            for one in known
        ),
        (
            Option("", _("No, I come alone"), ask.second is None),
            *(
                Option(one.code, _("Yes: %(group)s") % {"group": i18n.gettext(one.name)}, one == ask.second)
                for one in known
            ),
        ),
    )
    return html(render("booking/online_who.html", page, browser.shell))


def _detail(add_on: MenuService, price: Quote) -> str:
    found = {"price": format_usd(price.list_cents), "num": add_on.duration_minutes}
    if add_on.duration_minutes:
        return _("%(num)s minutes more, %(price)s") % found
    return _("no more time, %(price)s") % found


async def _list_prices(browser: Browser, found: list[MenuService]) -> dict[Any, Quote]:
    where, ids = browser.place, [one.id for one in found]
    return await quotes(where.id, where.zone, ids, NOBODY, starts_at=browser.now, booked_at=browser.now)


router = Router("/", route_handlers=[show_what, show_who])
