"""Reports that are tables: the same cells on the screen, on paper, as CSV and in Excel."""

from dataclasses import dataclass
from datetime import date, datetime

from spa_pos.reports.pages.bridge_views import Preset
from spa_pos.reports.rules import Tie
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `means` says how it is counted, and on which date. `end` sets figures to the right."""

    words: str
    means: str = ""
    end: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Words, an amount or a count; `href` leads to the ticket, refund or drawer behind it."""

    words: str = ""
    cents: int | None = None
    count: int | None = None
    href: str | None = None


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a report; `empty` is what it says without rows, `key` names its CSV file."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    foot: Row = ()
    empty: str = "Nothing in these days."


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice that narrows the report: value and words of each, the first one is everything."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a report says of a period. `basis` is cash or accrual, and what day things belong to."""

    lead: str
    basis: str
    tables: tuple[Table, ...]
    ties: tuple[Tie, ...] = ()
    notes: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()

    @property
    def agrees(self) -> bool:
        """True when every figure that stands in the books equals the ledger's."""
        return all(tie.agrees for tie in self.ties)


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table on the screen; `more` rows are in its files alone."""

    table: Table
    rows: tuple[Row, ...]
    more: int
    csv_href: str


@dataclass(frozen=True, slots=True)
class SheetPage:
    """`reports/sheet.html` at `GET {path}?from=&to=`, and the same address with .csv and .xlsx."""

    title: str
    path: str
    first: date
    last: date
    today: date
    as_of: datetime
    presets: tuple[Preset, ...]
    sheet: Sheet
    tables: tuple[ShownTable, ...]
    xlsx_href: str
    problem: Problem | None = None
