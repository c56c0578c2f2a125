"""The books for the accountant: the whole ledger, or a period, as Beancount and hledger files."""

import asyncio
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import QueryParameter

from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import places
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only
from spa_pos.reports.pages.bridge_views import BalanceRow, BooksPage
from spa_pos.reports.pages.periods import presets
from spa_pos.reports.queries import ledger_journal
from spa_pos.reports.rules import Journal, beancount, hledger
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from
from spa_pos.web.shell import Nav
from spa_pos.web.templates import render

Since = Annotated[str | None, QueryParameter(name="from")]
Until = Annotated[str | None, QueryParameter(name="to")]
Where = Annotated[str | None, QueryParameter(name="where")]

WRITERS = {"beancount": (beancount, "beancount"), "hledger": (hledger, "journal")}
"""What writes each format, and how its files end."""


@get("/reports/books", opt=only(*MANAGERS))
async def show_books(
    request: AnyRequest, since: Since = None, until: Until = None, where: Where = None
) -> Response[str]:
    """The balances of a period, all there is without one, and the files that hold it."""
    desk = await desk_of(request)
    problem, status = None, 200
    try:
        journal, is_all = await _journal(desk, since, until, where)
    except Refusal as refusal:
        journal, is_all = await _journal(desk, None, None, where)
        problem, status = problem_of(refusal), refusal.status
    today = local_date(desk.now, desk.place.zone)
    names = journal.names
    kept = dict(journal.ended_with)
    page = BooksPage(
        first=journal.first,
        last=journal.last,
        today=today,
        entries=len(journal.entries),
        balances=tuple(
            BalanceRow(account.name, names[account.code], kept[account.code])
            for account in journal.accounts
            if kept[account.code]
        ),
        presets=presets(journal.first, journal.last, today, lambda a, b: _href("", a, b, is_all)),
        may_all=_may_all(desk) and len(await places()) > 1,
        is_all=is_all,
        beancount_href=_href("/file", journal.first, journal.last, is_all, format="beancount"),
        hledger_href=_href("/file", journal.first, journal.last, is_all, format="hledger"),
        problem=problem,
    )
    return html(render("reports/books.html", page, await desk.shell(Nav.SALES_DAY)), status=status)


def _href(path: str, first: date, last: date, is_all: bool, **more: str) -> str:
    asked = {"from": first, "to": last, **more, **({"where": "all"} if is_all else {})}
    return f"/reports/books{path}?{urlencode(asked)}"


def _may_all(desk: Desk) -> bool:
    return desk.actor.role is Role.OWNER


async def _journal(
    desk: Desk, since: str | None, until: str | None, where: str | None
) -> tuple[Journal, bool]:
    """The books asked for; those of all locations when the owner says so."""
    is_all = where == "all" and _may_all(desk)
    location_id: UUID | None = None if is_all else desk.place.id
    today = local_date(desk.now, desk.place.zone)
    first, last = (day_from(text, today) if text else None for text in (since, until))
    return await ledger_journal(location_id, first, last, today=today), is_all


@get("/reports/books/file", opt=only(*MANAGERS))
async def books_file(
    request: AnyRequest,
    wanted: Annotated[str, QueryParameter(name="format")] = "beancount",
    since: Since = None,
    until: Until = None,
    where: Where = None,
) -> Response[Any]:
    """The books as one file."""
    desk = await desk_of(request)
    if wanted not in WRITERS:
        raise Invalid("format-unknown", "The books come as beancount or hledger.")
    journal, is_all = await _journal(desk, since, until, where)
    write, ending = WRITERS[wanted]
    text = await asyncio.to_thread(lambda: "\n".join(write(journal)) + "\n")
    whose = "all" if is_all else desk.place.code
    answer = Response(text, media_type="text/plain; charset=utf-8")
    name = f"books-{_plain(whose)}-{journal.first}-{journal.last}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _plain(text: str) -> str:
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in text)


router = Router("/", route_handlers=[show_books, books_file])
