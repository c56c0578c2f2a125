"""What may go in and out of a drawer, and what a count comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import (
    CASH,
    CASH_FOR_BANK,
    FLOATS,
    OTHER_INCOME,
    OVER_SHORT,
    SMALL_EXPENSES,
    TIPS,
    NewPosting,
)

DENOMINATIONS = (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1)
"""Notes and coins in use in the United States, in cents."""

MOST_PIECES = 10_000
"""More pieces of one kind than this is a slip of the finger."""

MOST_CENTS = 10_000_000
"""No drawer holds more than a hundred thousand dollars."""


class Move(StrEnum):
    """Why a drawer is opened without a sale."""

    PAID_IN = "paid_in"
    PAID_OUT = "paid_out"
    DROP = "drop"
    NO_SALE = "no_sale"

    @property
    def word(self) -> str:
        """`Paid in`, `No sale`."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Category:
    """What money is paid in or out for, and the account on the other side."""

    code: str
    name: str
    move: Move
    account: str


CATEGORIES = (
    Category("change", "Change from the bank", Move.PAID_IN, CASH_FOR_BANK),
    Category("other-in", "Other money in", Move.PAID_IN, OTHER_INCOME),
    Category("supplies", "Small purchases", Move.PAID_OUT, SMALL_EXPENSES),
    Category("tips", "Tips handed to a provider", Move.PAID_OUT, TIPS),
    Category("other-out", "Other money out", Move.PAID_OUT, SMALL_EXPENSES),
    Category("safe", "To the safe", Move.DROP, CASH_FOR_BANK),
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The usual float, and the difference from which a note, or a manager's PIN, is asked for, in cents."""

    float_cents: Cents
    note_from_cents: Cents
    pin_from_cents: Cents


STANDARD_TERMS = Terms(Cents(20_000), Cents(100), Cents(1_000))


def category_of(move: Move, code: str) -> Category:
    """The category of a move.

    Raises:
        Invalid: `drawer-category`.
    """
    for one in CATEGORIES:
        if one.move is move and (one.code == code or move is Move.DROP):
            return one
    raise Invalid("drawer-category", "Choose what the money is for.", field="category")


def check_amount(cents: int, *, least: int = 1, field: str = "amount") -> Cents:
    """An amount of money that can lie in a drawer.

    Raises:
        Invalid: `drawer-amount`.
    """
    if not least <= cents <= MOST_CENTS:
        raise Invalid("drawer-amount", "Type an amount between $0.01 and $100,000.00.", field=field)
    return Cents(cents)


def counted(pieces: Mapping[int, int]) -> Cents:
    """What so many pieces of each denomination come to.

    Raises:
        Invalid: `count-unreadable`.
    """
    for denomination, number in pieces.items():
        if denomination not in DENOMINATIONS or not 0 <= number <= MOST_PIECES:
            raise Invalid("count-unreadable", "Type how many pieces there are, such as 12, or nothing.")
    return Cents(sum(denomination * number for denomination, number in pieces.items()))


def postings_for_move(category: Category, cents: Cents) -> list[NewPosting]:
    """Cash in, or out, against the account of its category."""
    into = cents if category.move is Move.PAID_IN else Cents(-cents)
    return [NewPosting(CASH, into), NewPosting(category.account, Cents(-into))]


def postings_for_opening(float_cents: Cents) -> list[NewPosting]:
    """The house lends the float."""
    return [NewPosting(CASH, float_cents), NewPosting(FLOATS, Cents(-float_cents))]


@dataclass(frozen=True, slots=True)
class Closing:
    """What becomes of what was counted: the float goes back, the rest to the bank."""

    expected_cents: Cents
    counted_cents: Cents
    float_cents: Cents

    @property
    def over_cents(self) -> Cents:
        """Counted less expected: above zero is over, below zero short."""
        return Cents(self.counted_cents - self.expected_cents)

    @property
    def kept_cents(self) -> Cents:
        """What is kept as the next float."""
        return Cents(min(self.float_cents, self.counted_cents))

    @property
    def bank_cents(self) -> Cents:
        """What goes to the bank."""
        return Cents(self.counted_cents - self.kept_cents)

    def postings(self) -> list[NewPosting]:
        """The drawer is emptied in the books, the difference stands on its account."""
        return [
            NewPosting(CASH, Cents(-self.expected_cents)),
            NewPosting(FLOATS, self.kept_cents),
            NewPosting(CASH_FOR_BANK, self.bank_cents),
            NewPosting(OVER_SHORT, Cents(-self.over_cents)),
        ]


def difference_words(over_cents: int) -> str:
    """`over`, `short` or `exact`."""
    return "over" if over_cents > 0 else "short" if over_cents < 0 else "exact"


def check_note(terms: Terms, over_cents: int, note: str) -> None:
    """A difference from the threshold on is explained.

    Raises:
        Invalid: `drawer-note`.
    """
    if abs(over_cents) >= terms.note_from_cents and over_cents and not note:
        raise Invalid("drawer-note", "Say what may have caused the difference.", field="note")
