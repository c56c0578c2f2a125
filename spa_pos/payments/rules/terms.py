"""Who is asked for a card or a deposit when they book, and how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents, format_rate, format_usd

SMALLEST_DEPOSIT_CENTS = 100
LARGEST_DEPOSIT_CENTS = 100_000


NOTHING = Cents(0)


class Asks(StrEnum):
    """What a rule asks of who books."""

    NOTHING = "nothing"
    CARD = "card"
    DEPOSIT = "deposit"


@dataclass(frozen=True, slots=True)
class CardTerm:
    """One version of one rule: for a service or any, a group or any, new guests or all; from a price on.

    A deposit is a share of the price (parts per million) or an amount, never both.
    """

    id: UUID
    version: int
    service_id: UUID | None
    group: str | None
    new_guests: bool
    asks: Asks
    rate_ppm: int | None = None
    amount_cents: Cents | None = None
    from_cents: Cents = NOTHING

    @property
    def words(self) -> str:
        """What it asks, as people say it: `a deposit of 25 % of the price`."""
        match self.asks:
            case Asks.NOTHING:
                return "nothing"
            case Asks.CARD:
                return "a card on file"
        if self.amount_cents is not None:
            return f"a deposit of {format_usd(self.amount_cents)}"
        return f"a deposit of {format_rate(self.rate_ppm or 0)} of the price"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one booking is asked for, by which rule; `due_cents` is 0 where a card is enough."""

    term: CardTerm
    due_cents: Cents


def term_for(
    terms: Iterable[CardTerm], *, service_id: UUID, group: str, is_new: bool, price_cents: Cents
) -> Asked | None:
    """What a booking is asked for; None when nothing.

    Of the rules that fit, the one that names the service counts, then the one that names the group,
    then the one for new guests. A rule from a price on does not fit what costs less.
    """
    fitting = [
        one
        for one in terms
        if one.service_id in (None, service_id)
        and one.group in (None, group)
        and (is_new or not one.new_guests)
        and price_cents >= one.from_cents
    ]
    if not fitting:
        return None
    found = max(fitting, key=lambda one: (one.service_id is not None, one.group is not None, one.new_guests))
    if found.asks is Asks.NOTHING or price_cents == 0:
        return None
    return Asked(found, deposit_due(found, price_cents))


def deposit_due(term: CardTerm, price_cents: Cents) -> Cents:
    """The deposit a rule asks for of a price: whole cents rounded up, never above the price; 0 for a card."""
    if term.asks is not Asks.DEPOSIT:
        return Cents(0)
    if term.amount_cents is not None:
        return Cents(min(term.amount_cents, price_cents))
    return Cents(-(-price_cents * (term.rate_ppm or 0) // 1_000_000))


def check_term(asks: Asks, rate_ppm: int | None, amount_cents: int | None, from_cents: int) -> None:
    """Refuse a rule that makes no sense.

    Raises:
        Invalid: `deposit-one-way` unless a deposit is a percentage or an amount; `deposit-unreadable`
            beyond 1 to 100 % or $1.00 to $1,000.00; `price-unreadable` for a price below nothing.
    """
    if (rate_ppm is not None) + (amount_cents is not None) != (asks is Asks.DEPOSIT):
        raise Invalid(
            "deposit-one-way", "A deposit is a percentage or an amount: fill in one of them.", field="percent"
        )
    if rate_ppm is not None and not 10_000 <= rate_ppm <= 1_000_000:
        raise Invalid("deposit-unreadable", "A deposit is 1 to 100 % of the price.", field="percent")
    if amount_cents is not None and not SMALLEST_DEPOSIT_CENTS <= amount_cents <= LARGEST_DEPOSIT_CENTS:
        least, most = format_usd(Cents(SMALLEST_DEPOSIT_CENTS)), format_usd(Cents(LARGEST_DEPOSIT_CENTS))
        raise Invalid("deposit-unreadable", f"A deposit is {least} to {most}.", field="amount")
    if from_cents < 0:
        raise Invalid("price-unreadable", "Type a price like 100.00, or leave it empty.", field="from")
