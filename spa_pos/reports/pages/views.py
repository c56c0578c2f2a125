"""What the manager's pages show."""

from dataclasses import dataclass
from datetime import date, datetime

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class SalesRow:
    """Net sales of one guest group: a cell per category of the page, and their sum."""

    group_name: str
    cells_cents: tuple[int, ...]
    total_cents: int


@dataclass(frozen=True, slots=True)
class TaxRow:
    """What one jurisdiction gets of the day; `rate_words` such as `6.875 %`."""

    name: str
    rate_words: str
    taxable_cents: int
    tax_cents: int


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One way the day was paid: `Cash`, `Card`."""

    word: str
    count: int
    cents: int


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """The line that ties the day to the books: net sales + tax + tips + value sold = tenders taken = ledger.

    `value_cents` is what was sold and is owed from then on, fees with it. `held_cents` is what open
    tickets hold more than at the start of the day; it is between sales and tenders. `ledger_cents` is what
    the accounts of money received say for the day. When the figures do not agree, `differences` names each
    disagreement in one sentence with both figures.
    """

    agrees: bool
    net_cents: int
    tax_cents: int
    sales_and_tax_cents: int
    held_cents: int
    tenders_cents: int
    ledger_cents: int
    differences: tuple[str, ...] = ()
    tips_cents: int = 0
    value_cents: int = 0


@dataclass(frozen=True, slots=True)
class SoldTicket:
    """One settled ticket of the day; `paid_with` such as `Cash, Visa 4242`."""

    number: int
    href: str
    settled_at: datetime
    guest_name: str
    what: str
    net_cents: int
    tax_cents: int
    total_cents: int
    paid_with: str


@dataclass(frozen=True, slots=True)
class RefundOfDay:
    """One refund closed on the day, whenever the sale was."""

    number: int
    href: str
    ticket_number: int
    closed_at: datetime
    reason: str
    ways: str
    total_cents: int


@dataclass(frozen=True, slots=True)
class SalesDayPage:
    """`reports/sales_day.html` at `GET /reports/sales-day?date=`.

    `sentence` sums the day up in words. An empty day has `is_empty` and no rows; its ledger
    line is shown all the same. `next_href` is None on today. `cards_words` speaks of differences with the
    card processor, of whatever day.
    """

    day: date
    is_today: bool
    previous_href: str
    next_href: str | None
    today_href: str
    as_of: datetime
    sentence: str
    is_empty: bool
    category_names: tuple[str, ...]
    rows: tuple[SalesRow, ...]
    column_totals_cents: tuple[int, ...]
    gross_cents: int
    reductions_cents: int
    net_cents: int
    tax_rows: tuple[TaxRow, ...]
    tax_cents: int
    tender_rows: tuple[TenderRow, ...]
    tenders_cents: int
    tickets_count: int
    visits_count: int
    voided_count: int
    ledger: LedgerLine
    tickets: tuple[SoldTicket, ...]
    refunds: tuple[RefundOfDay, ...] = ()
    refunded_cents: int = 0
    late_tips_cents: int = 0
    cards_words: str = ""
    problem: Problem | None = None
