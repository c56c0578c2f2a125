"""From sales to the bank: closing, apart, empty; its rows; the books."""

from dataclasses import replace

from spa_pos.reports.pages import bridge_views as views
from tests.screens.frame import DAY, at

PERIOD = f"from={DAY}&to={DAY}"


def line(words: str, cents: int, records: int | None = None, *, apart: bool = False) -> views.LineRow:
    """A term that the records confirm unless told otherwise."""
    said = cents if records is None and not apart else records
    return views.LineRow(words, f"/reports/bridge/rows?term=x&{PERIOD}", cents, said, said == cents)


SOLD = (
    line("Net sales", 124_500),
    line("Sales tax", 6_459),
    line("Tips", 3_600),
    line("Gift cards, packages and deposits sold", 25_000),
    line("Stored value used", -12_975),
    line("Held on open tickets, change", 2_000),
)
BRIDGE = views.BridgePage(
    first=DAY,
    last=DAY,
    today=DAY,
    as_of=at(12, 40),
    presets=(
        views.Preset("Today", f"/reports/bridge?{PERIOD}", True),
        views.Preset("Yesterday", "/reports/bridge?from=2026-11-23&to=2026-11-23", False),
        views.Preset("This month", "/reports/bridge?from=2026-11-01&to=2026-11-24", False),
    ),
    is_empty=False,
    agrees=True,
    differences=(),
    sold=SOLD,
    sold_cents=148_584,
    paid=(line("Cash", 43_230), line("Cards", 110_354), line("Cards given back", -5_000)),
    paid_cents=148_584,
    apart_cents=0,
    purses=(
        views.PurseCard(
            "Cash taken",
            20_000,
            (
                line("Cash", 43_230),
                views.LineRow("Paid out", f"/reports/bridge/rows?term=y&{PERIOD}", -1_500, None, True),
            ),
            61_730,
        ),
        views.PurseCard("Card payments on their way to the bank", 81_200, (line("Cards", 110_354),), 191_554),
    ),
    csv_href=f"/reports/bridge.csv?{PERIOD}",
    xlsx_href=f"/reports/bridge.xlsx?{PERIOD}",
    books_href=f"/reports/books?{PERIOD}",
)
APART = replace(
    BRIDGE,
    agrees=False,
    sold=(line("Net sales", 124_500, 124_000, apart=True), *SOLD[1:]),
    differences=("Net sales: tickets, tenders and refunds say $1,240.00, the ledger says $1,245.00.",),
)
EMPTY = replace(BRIDGE, is_empty=True, sold=(), paid=(), purses=(), sold_cents=0, paid_cents=0)
ROWS = views.RowsPage(
    words="Net sales",
    first=DAY,
    last=DAY,
    back_href=f"/reports/bridge?{PERIOD}",
    count=240,
    total_cents=124_500,
    rows=(
        views.EntryRow(
            DAY, at(9, 14), "Ticket settled", "Ticket 1030", "/tickets/1/receipt", "Rosa Delgado", 9_600
        ),
        views.EntryRow(
            DAY, at(10, 2), "Ticket refunded", "Refund 3, ticket 1012", "/refunds/1", "Ana <b>", -2_500
        ),
        views.EntryRow(DAY, at(11), "Value granted", "", None, "", 500),
    ),
    previous_href=f"/reports/bridge/rows?term=x&page=1&{PERIOD}",
    next_href=f"/reports/bridge/rows?term=x&page=3&{PERIOD}",
)
NO_ROWS = replace(ROWS, rows=(), count=0, total_cents=0, previous_href=None, next_href=None)
BOOKS = views.BooksPage(
    first=DAY.replace(day=1),
    last=DAY,
    today=DAY,
    entries=1_204,
    balances=(
        views.BalanceRow("Cash taken", "Assets:1000-cash", 612_300),
        views.BalanceRow("Sales tax of City of Rochester", "Liabilities:2200-sales-tax:Rochester", -1_204),
    ),
    presets=BRIDGE.presets,
    may_all=True,
    is_all=False,
    beancount_href=f"/reports/books/file?format=beancount&{PERIOD}",
    hledger_href=f"/reports/books/file?format=hledger&{PERIOD}",
)
