"""How a report that is tables is asked for: a page, a CSV file for each table, a workbook."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, Router, get
from litestar.params import QueryParameter

from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only
from spa_pos.reports.pages.bridge_files import MOST_ROWS
from spa_pos.reports.pages.bridge_views import Preset
from spa_pos.reports.pages.periods import Choice, period, usual_choices
from spa_pos.reports.pages.sheet_files import sheet_csv, sheet_xlsx
from spa_pos.reports.pages.sheet_views import Cell, Sheet, SheetPage, ShownTable
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.shell import Nav
from spa_pos.web.templates import render

Since = Annotated[str | None, QueryParameter(name="from")]
Until = Annotated[str | None, QueryParameter(name="to")]
Part = Annotated[str, QueryParameter(name="part")]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ON_SCREEN = 300
"""Rows of one table that a page shows; its files have all."""


async def _usual(desk: Desk) -> Sequence[Choice]:
    return usual_choices(local_date(desk.now, desk.place.zone))


@dataclass(frozen=True, slots=True)
class Report:
    """One report: its address, what makes it, and the periods it offers; the one at `opens` is shown first.

    `keeps` are the names of its picks, which stay when the period changes.
    """

    path: str
    title: str
    build: Callable[[Desk, date, date], Awaitable[Sheet]]
    choices: Callable[[Desk], Awaitable[Sequence[Choice]]] = _usual
    opens: int = 0
    keeps: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How its files begin."""
        return self.path.rpartition("/")[2]


def text(words: object, href: str | None = None) -> Cell:
    """A cell of words."""
    return Cell(str(words), href=href)


def amount(cents: int, href: str | None = None) -> Cell:
    """A cell with an amount."""
    return Cell(cents=int(cents), href=href)


def count(number: int) -> Cell:
    """A cell with a number."""
    return Cell(count=int(number))


def ticket_cell(
    number: int, ticket_id: object, refund_id: object | None = None, *, open_: bool = False
) -> Cell:
    """A ticket that leads to its receipt, or to the refund of it."""
    if refund_id is not None:
        return text(f"Refund, ticket {number}", f"/refunds/{refund_id}")
    return text(f"Ticket {number}", f"/tickets/{ticket_id}{'' if open_ else '/receipt'}")


def not_too_many(rows: Sequence[object]) -> None:
    """Refuse a period that no table could hold.

    Raises:
        Invalid: `period-too-long`.
    """
    if len(rows) > MOST_ROWS:
        raise Invalid("period-too-long", f"Over {MOST_ROWS:,} rows. Choose a shorter period.", field="to")


async def _period(report: Report, desk: Desk, since: str | None, until: str | None) -> tuple[date, date]:
    if since or until:
        return period(since, until, local_date(desk.now, desk.place.zone))
    _, first, last = (await report.choices(desk))[report.opens]
    return first, last


def _href(report: Report, desk: Desk, path: str, first: date, last: date, **more: str) -> str:
    asked = desk.request.query_params
    kept = {name: asked[name][:80] for name in report.keeps if asked.get(name)}
    return f"{report.path}{path}?{urlencode({'from': first, 'to': last, **kept, **more})}"


async def _page(report: Report, desk: Desk, since: str | None, until: str | None) -> tuple[SheetPage, int]:
    problem = None
    try:
        first, last = await _period(report, desk, since, until)
    except Refusal as refusal:
        first, last = await _period(report, desk, None, None)
        problem = refusal
    sheet = await report.build(desk, first, last)
    page = SheetPage(
        title=report.title,
        path=report.path,
        first=first,
        last=last,
        today=local_date(desk.now, desk.place.zone),
        as_of=desk.now.astimezone(desk.place.zone),
        presets=tuple(
            Preset(words, _href(report, desk, "", a, b), (a, b) == (first, last))
            for words, a, b in await report.choices(desk)
        ),
        sheet=sheet,
        tables=tuple(
            ShownTable(
                table,
                table.rows[:ON_SCREEN],
                max(0, len(table.rows) - ON_SCREEN),
                _href(report, desk, ".csv", first, last, part=table.key),
            )
            for table in sheet.tables
        ),
        xlsx_href=_href(report, desk, ".xlsx", first, last),
        problem=problem_of(problem) if problem else None,
    )
    return page, problem.status if problem else 200


def _file(content: bytes, media_type: str, name: str) -> Response[Any]:
    answer = Response(content, media_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def report_router(report: Report) -> Router:
    """The three addresses of a report, for managers."""

    @get(report.path, opt=only(*MANAGERS))
    async def show(request: AnyRequest, since: Since = None, until: Until = None) -> Response[str]:
        """The report of a period, with what is wrong about the period asked for."""
        desk = await desk_of(request)
        page, status = await _page(report, desk, since, until)
        return html(render("reports/sheet.html", page, await desk.shell(Nav.SALES_DAY)), status=status)

    @get(f"{report.path}.csv", opt=only(*MANAGERS))
    async def as_csv(
        request: AnyRequest, since: Since = None, until: Until = None, part: Part = ""
    ) -> Response[Any]:
        """One table of it, the first one unless told otherwise."""
        desk = await desk_of(request)
        first, last = await _period(report, desk, since, until)
        tables = (await report.build(desk, first, last)).tables
        table = next((one for one in tables if one.key == part), tables[0])
        name = f"{report.name}-{table.key}-{first}-{last}.csv"
        return _file(sheet_csv(table).encode("utf-8-sig"), "text/csv; charset=utf-8", name)

    @get(f"{report.path}.xlsx", opt=only(*MANAGERS))
    async def as_xlsx(request: AnyRequest, since: Since = None, until: Until = None) -> Response[Any]:
        """All of it as a workbook."""
        desk = await desk_of(request)
        first, last = await _period(report, desk, since, until)
        sheet = await report.build(desk, first, last)
        book = await asyncio.to_thread(sheet_xlsx, sheet, report.title, desk.place.name, first, last)
        return _file(book, XLSX, f"{report.name}-{first}-{last}.xlsx")

    return Router("/", route_handlers=[show, as_csv, as_xlsx])
