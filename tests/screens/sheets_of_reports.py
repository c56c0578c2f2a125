"""Reports that are tables: full, narrowed, apart from the ledger, empty; all invented."""

from dataclasses import replace

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.reports.pages.bridge_views import Preset
from spa_pos.reports.pages.sheet_views import Cell, Column, Pick, Sheet, SheetPage, ShownTable, Table
from spa_pos.reports.rules import Tie
from spa_pos.web.answers import problem_of
from tests.screens.frame import DAY, at

PATH = "/reports/staff-discounts"
PERIOD = f"from={DAY}&to={DAY}"

TABLE = Table(
    "people",
    "By person",
    (
        Column("Person"),
        Column("Class"),
        Column("Guest price", "What guests pay, before anything is taken off.", end=True),
        Column("Above 20 %", "Discount less 20 %, service by service.", end=True),
    ),
    (
        (Cell("Tom Becker"), Cell("Staff"), Cell(cents=12_000), Cell(cents=1_200)),
        (
            Cell("Refund, ticket 3", href="/refunds/1"),
            Cell("Ana <b>"),
            Cell(cents=-12_000),
            Cell(cents=-1_200),
        ),
    ),
    (Cell("Altogether"), Cell(count=2), Cell(cents=0), Cell(cents=0)),
)
SHEET = Sheet(
    "$0.00 of discounts are above 20 % of the guest price.",
    "Accrual basis: services count on the day their ticket was settled.",
    (TABLE,),
    (Tie("All reductions of these groups", Cents(3_600), Cents(3_600)),),
    ("Nothing is refused for it.",),
    (Pick("kind", "Kind", (("", "Everything"), ("void", "Voided")), "void"),),
)


def page_of(sheet: Sheet, more: int = 0) -> SheetPage:
    """A page of a report."""
    return SheetPage(
        title="Staff discounts above 20 %",
        path=PATH,
        first=DAY,
        last=DAY,
        today=DAY,
        as_of=at(12, 40),
        presets=(Preset("Today", f"{PATH}?{PERIOD}", True), Preset("Yesterday", f"{PATH}?{PERIOD}", False)),
        sheet=sheet,
        tables=tuple(
            ShownTable(one, one.rows, more, f"{PATH}.csv?{PERIOD}&part={one.key}") for one in sheet.tables
        ),
        xlsx_href=f"{PATH}.xlsx?{PERIOD}",
    )


FULL = page_of(SHEET, more=1_204)
APART = page_of(replace(SHEET, ties=(Tie("All reductions", Cents(3_600), Cents(3_500)),), picks=()))
EMPTY = replace(
    page_of(replace(SHEET, tables=(replace(TABLE, rows=(), foot=()),), ties=(), notes=(), picks=())),
    problem=problem_of(Invalid("dates-turned", "The period ends before it begins.", field="to")),
)
