"""What the bridge and the books show."""

from dataclasses import dataclass
from datetime import date, datetime

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class Preset:
    """A period in one tap: `This month`."""

    words: str
    href: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One term: its amount in the ledger, the same from the records when it is tied, and its entries."""

    words: str
    href: str
    cents: int
    records_cents: int | None
    agrees: bool


@dataclass(frozen=True, slots=True)
class PurseCard:
    """An account that holds money: before, each thing that moved it, after."""

    name: str
    before_cents: int
    rows: tuple[LineRow, ...]
    after_cents: int


@dataclass(frozen=True, slots=True)
class BridgePage:
    """`reports/bridge.html` at `GET /reports/bridge?from=&to=`: from sales to the money and where it lies.

    `differences` is a sentence for each term of which records and ledger disagree.
    """

    first: date
    last: date
    today: date
    as_of: datetime
    presets: tuple[Preset, ...]
    is_empty: bool
    agrees: bool
    differences: tuple[str, ...]
    sold: tuple[LineRow, ...]
    sold_cents: int
    paid: tuple[LineRow, ...]
    paid_cents: int
    apart_cents: int
    purses: tuple[PurseCard, ...]
    csv_href: str
    xlsx_href: str
    books_href: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry behind a term; `href` leads to its ticket, refund or card, when it has one."""

    day: date
    made_at: datetime
    words: str
    about: str
    href: str | None
    guest_name: str
    cents: int


@dataclass(frozen=True, slots=True)
class RowsPage:
    """`reports/bridge_rows.html` at `GET /reports/bridge/rows?term=&from=&to=&page=`: behind a term."""

    words: str
    first: date
    last: date
    back_href: str
    count: int
    total_cents: int
    rows: tuple[EntryRow, ...]
    previous_href: str | None
    next_href: str | None


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """What an account holds at the end, and what it is called in the files."""

    name: str
    file_name: str
    cents: int


@dataclass(frozen=True, slots=True)
class BooksPage:
    """`reports/books.html` at `GET /reports/books?from=&to=`: the whole ledger as files for the accountant.

    `may_all` is True where there are several locations and the person may see all of them.
    """

    first: date
    last: date
    today: date
    entries: int
    balances: tuple[BalanceRow, ...]
    presets: tuple[Preset, ...]
    may_all: bool
    is_all: bool
    beancount_href: str
    hledger_href: str
    problem: Problem | None = None
