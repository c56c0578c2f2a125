"""Does a day's sales agree with the books? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from spa_pos.kernel.money import Cents


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
    """What the ledger says of the same day."""

    net_cents: Cents
    tax_cents: Cents
    cash_cents: Cents
    card_cents: Cents
    tendered_open_cents: Cents


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
    open_before_cents: Cents,
    open_after_cents: Cents,
) -> list[Tie]:
    """The bridge of a day: net sales, tax, each tender, and money on tickets still open.

    `open_before_cents` and `open_after_cents` are what tickets not yet settled held at the
    start and the end of the day: money taken is net sales + tax + what they grew by.
    """
    net = sum(cell.net_cents for cell in cells)
    tax = sum(row.tax_cents for row in taxes)
    taken = {row.kind: row.amount_cents for row in tenders}
    grown = open_after_cents - open_before_cents
    return [
        Tie("Net sales", Cents(net), books.net_cents),
        Tie("Sales tax", Cents(tax), books.tax_cents),
        Tie("Cash taken", Cents(taken.get("cash", 0)), books.cash_cents),
        Tie("Cards taken", Cents(taken.get("card", 0)), books.card_cents),
        Tie("Held on open tickets", Cents(grown), books.tendered_open_cents),
        Tie(
            "Sales + tax + held = money taken",
            Cents(net + tax + grown),
            Cents(books.cash_cents + books.card_cents),
        ),
    ]
