"""Does a day's sales agree with the books? Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spa_pos.kernel.money import Cents

ALWAYS_SHOWN = ("cash", "card")

TAKEN = {
    "cash": "Cash taken",
    "card": "Cards taken",
    "card_on_file": "Cards on file charged",
    "gift_card": "Gift cards used",
    "paid_credit": "Guest credit used",
    "promotional_credit": "Promotional credit used",
    "goodwill_credit": "Goodwill credit used",
    "deposit": "Deposits used",
    "package": "Package visits used",
    "payroll": "Payroll deductions",
    "external_card": "Card slips",
    "exchange": "Exchanges",
}
"""What each kind of tender is in a report; credit by whether it was paid for or given."""


@dataclass(frozen=True, slots=True)
class SalesCell:
    """Sales of one guest group in one category."""

    group: str
    category: str
    count: int
    list_cents: Cents
    reduction_cents: Cents
    net_cents: Cents


@dataclass(frozen=True, slots=True)
class TaxRow:
    """Tax of one jurisdiction at one rate."""

    jurisdiction: str
    name: str
    rate_ppm: int
    taxable_cents: Cents
    tax_cents: Cents


@dataclass(frozen=True, slots=True)
class TenderRow:
    """Money taken by one kind of tender, and how often."""

    kind: str
    count: int
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class Books:
    """What the ledger says of the same day.

    `owed_cents` is what was sold and is owed from then on: gift cards, packages, deposits, and fees.
    `tendered_cents` is by kind of tender.
    """

    net_cents: Cents
    tax_cents: Cents
    tip_cents: Cents
    owed_cents: Cents
    tendered_cents: Mapping[str, Cents]
    tendered_open_cents: Cents
    refunded_cents: Cents
    late_tip_cents: Cents


@dataclass(frozen=True, slots=True)
class Tie:
    """One figure from the tickets beside the same figure from the ledger."""

    what: str
    tickets_cents: Cents
    ledger_cents: Cents

    @property
    def agrees(self) -> bool:
        """True when they are the same to the cent."""
        return self.tickets_cents == self.ledger_cents


def ties(
    cells: Sequence[SalesCell],
    taxes: Sequence[TaxRow],
    tenders: Sequence[TenderRow],
    books: Books,
    *,
    tip_cents: Cents,
    owed_cents: Cents,
    refunded_cents: Cents,
    late_tip_cents: Cents,
    open_before_cents: Cents,
    open_after_cents: Cents,
) -> list[Tie]:
    """The bridge of a day: net sales, tax, tips, value sold, each tender, and money on tickets still open.

    `open_before_cents` and `open_after_cents` are what tickets not yet settled held at the
    start and the end of the day: what was tendered is net sales + tax + tips + value sold + what they
    grew by.
    """
    net = sum(cell.net_cents for cell in cells)
    tax = sum(row.tax_cents for row in taxes)
    taken = {row.kind: row.amount_cents for row in tenders}
    grown = open_after_cents - open_before_cents
    kinds = list(dict.fromkeys((*ALWAYS_SHOWN, *sorted({*taken, *books.tendered_cents}))))
    return [
        Tie("Net sales", Cents(net), books.net_cents),
        Tie("Sales tax", Cents(tax), books.tax_cents),
        Tie("Tips", tip_cents, books.tip_cents),
        Tie("Gift cards, packages, deposits and fees sold", owed_cents, books.owed_cents),
        *(
            Tie(TAKEN[kind], taken.get(kind, Cents(0)), books.tendered_cents.get(kind, Cents(0)))
            for kind in kinds
        ),
        Tie("Held on open tickets", Cents(grown), books.tendered_open_cents),
        Tie("Given back", refunded_cents, books.refunded_cents),
        Tie("Late tips", late_tip_cents, books.late_tip_cents),
        Tie(
            "Sales + tax + tips + value sold + held = tendered",
            Cents(net + tax + tip_cents + owed_cents + grown),
            Cents(sum(books.tendered_cents.values())),
        ),
    ]
