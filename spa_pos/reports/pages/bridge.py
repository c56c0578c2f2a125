"""The bridge: from what was sold to the money and where it lies; each term leads to its entries."""

import asyncio
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, Router, get
from litestar.params import QueryParameter

from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only
from spa_pos.reports.pages.bridge_files import MOST_ROWS, bridge_csv, bridge_xlsx
from spa_pos.reports.pages.bridge_views import (
    BridgePage,
    EntryRow,
    LineRow,
    PurseCard,
    RowsPage,
)
from spa_pos.reports.pages.periods import period, presets
from spa_pos.reports.queries import BridgeRow, bridge, bridge_rows, every_bridge_row
from spa_pos.reports.queries.bridge import PAGE
from spa_pos.reports.rules import Bridge, Purse
from spa_pos.reports.rules.bridge import Line, in_words
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.shell import Nav, Problem
from spa_pos.web.templates import render

Since = Annotated[str | None, QueryParameter(name="from")]
Until = Annotated[str | None, QueryParameter(name="to")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _href(first: date, last: date, path: str = "", **more: object) -> str:
    return f"/reports/bridge{path}?{urlencode({'from': first, 'to': last, **more})}"


@get("/reports/bridge", opt=only(*MANAGERS))
async def show_bridge(request: AnyRequest, since: Since = None, until: Until = None) -> Response[str]:
    """The bridge of a period, today's without one."""
    desk = await desk_of(request)
    today = local_date(desk.now, desk.place.zone)
    problem, status = None, 200
    try:
        first, last = period(since, until, today)
    except Refusal as refusal:
        first = last = today
        problem, status = problem_of(refusal), refusal.status
    page = _page(desk, await bridge(desk.place.id, desk.place.zone, first, last), first, last, problem)
    return html(render("reports/bridge.html", page, await desk.shell(Nav.SALES_DAY)), status=status)


def _page(desk: Desk, found: Bridge, first: date, last: date, problem: Problem | None) -> BridgePage:
    today = local_date(desk.now, desk.place.zone)
    return BridgePage(
        first=first,
        last=last,
        today=today,
        as_of=desk.now.astimezone(desk.place.zone),
        presets=presets(first, last, today, _href),
        is_empty=not found.sold and not found.paid and not any(purse.moved for purse in found.purses),
        agrees=found.agrees,
        differences=tuple(
            f"{line.term.word}: tickets, tenders and refunds say {format_usd(line.records_cents or 0)},"
            f" the ledger says {format_usd(line.cents)}."
            for line in found.differences
        ),
        sold=tuple(_line(line, first, last) for line in found.sold),
        sold_cents=found.sold_cents,
        paid=tuple(_line(line, first, last) for line in found.paid),
        paid_cents=found.paid_cents,
        apart_cents=found.sold_cents - found.paid_cents,
        purses=tuple(_purse(purse, first, last) for purse in found.purses),
        csv_href=_href(first, last, ".csv"),
        xlsx_href=_href(first, last, ".xlsx"),
        books_href=f"/reports/books?{urlencode({'from': first, 'to': last})}",
        problem=problem,
    )


def _line(line: Line, first: date, last: date) -> LineRow:
    href = _href(first, last, "/rows", term=line.term.key)
    return LineRow(line.term.word, href, line.cents, line.records_cents, line.agrees)


def _purse(purse: Purse, first: date, last: date) -> PurseCard:
    rows = tuple(_line(line, first, last) for line in (*purse.paid, *purse.moved))
    return PurseCard(purse.name, purse.before_cents, rows, purse.after_cents)


@get("/reports/bridge/rows", opt=only(*MANAGERS))
async def show_rows(
    request: AnyRequest,
    term: Annotated[str, QueryParameter(name="term")] = "",
    since: Since = None,
    until: Until = None,
    number: Annotated[str, QueryParameter(name="page")] = "1",
) -> Response[str]:
    """The entries behind one term, a page at a time."""
    desk = await desk_of(request)
    first, last = period(since, until, local_date(desk.now, desk.place.zone))
    page = int(number) if number.isascii() and number.isdigit() and 0 < int(number[:9]) < 10**6 else 1
    found = await bridge_rows(desk.place.id, first, last, key=term[:120], page=page)
    shown = RowsPage(
        words=found.word or "Nothing",
        first=first,
        last=last,
        back_href=_href(first, last),
        count=found.count,
        total_cents=found.total_cents,
        rows=tuple(_entry(desk, row) for row in found.rows),
        previous_href=_href(first, last, "/rows", term=term, page=page - 1) if page > 1 else None,
        next_href=_href(first, last, "/rows", term=term, page=page + 1)
        if page * PAGE < found.count
        else None,
    )
    return html(render("reports/bridge_rows.html", shown, await desk.shell(Nav.SALES_DAY)))


def _entry(desk: Desk, row: BridgeRow) -> EntryRow:
    about, href = "", None
    if row.refund_id is not None:
        about, href = f"Refund {row.refund_number}, ticket {row.ticket_number}", f"/refunds/{row.refund_id}"
    elif row.ticket_id is not None:
        tail = "/receipt" if row.ticket_status == "settled" else ""
        about, href = f"Ticket {row.ticket_number}", f"/tickets/{row.ticket_id}{tail}"
    elif row.holding_kind == "gift_card":
        about, href = "Gift card", f"/gift-cards/{row.holding_id}"
    elif row.guest_id is not None:
        about, href = in_words(row.holding_kind or ""), f"/guests/{row.guest_id}/holdings"
    return EntryRow(
        row.business_date,
        row.made_at.astimezone(desk.place.zone),
        in_words(row.kind),
        about,
        href,
        row.guest_name or "",
        row.cents,
    )


@get("/reports/bridge.csv", opt=only(*MANAGERS))
async def bridge_as_csv(request: AnyRequest, since: Since = None, until: Until = None) -> Response[Any]:
    """The bridge as a table for spreadsheets."""
    desk = await desk_of(request)
    first, last = period(since, until, local_date(desk.now, desk.place.zone))
    text = bridge_csv(await bridge(desk.place.id, desk.place.zone, first, last), first, last)
    return _file(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"bridge-{first}-{last}.csv")


@get("/reports/bridge.xlsx", opt=only(*MANAGERS))
async def bridge_as_xlsx(request: AnyRequest, since: Since = None, until: Until = None) -> Response[Any]:
    """The bridge and, on a second sheet, every entry behind it."""
    desk = await desk_of(request)
    first, last = period(since, until, local_date(desk.now, desk.place.zone))
    found = await bridge(desk.place.id, desk.place.zone, first, last)
    rows = await every_bridge_row(desk.place.id, first, last, limit=MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise Invalid(
            "period-too-long", f"More than {MOST_ROWS:,} entries. Choose a shorter period.", field="to"
        )
    book = await asyncio.to_thread(bridge_xlsx, found, rows, desk.place.name, desk.place.zone, first, last)
    return _file(book, XLSX, f"bridge-{first}-{last}.xlsx")


def _file(content: bytes, media_type: str, name: str) -> Response[Any]:
    answer = Response(content, media_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


router = Router("/", route_handlers=[show_bridge, show_rows, bridge_as_csv, bridge_as_xlsx])
