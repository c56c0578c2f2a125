"""What a holding is worth, how it is spent and given back, and what the books say of it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.ledger.rules import (
    DEPOSITS,
    DEPOSITS_KEPT,
    GIFT_CARDS,
    GIFT_CARDS_FREE,
    GOODWILL,
    GOODWILL_CREDIT,
    GUEST_CREDIT,
    PACKAGES,
    PROMOTIONAL_CREDIT,
    PROMOTIONS,
    NewPosting,
)


class Kind(StrEnum):
    """What we can owe a guest."""

    GIFT_CARD = "gift_card"
    PAID_CREDIT = "paid_credit"
    PROMOTIONAL_CREDIT = "promotional_credit"
    GOODWILL_CREDIT = "goodwill_credit"
    DEPOSIT = "deposit"
    PACKAGE = "package"

    @property
    def word(self) -> str:
        """As people name it."""
        return _WORDS[self]

    @property
    def holds_paid(self) -> bool:
        """True when it can hold money we were given."""
        return self not in FREE_KINDS

    @property
    def holds_free(self) -> bool:
        """True when it can hold value we gave away."""
        return self is Kind.GIFT_CARD or self in FREE_KINDS


FREE_KINDS = frozenset({Kind.PROMOTIONAL_CREDIT, Kind.GOODWILL_CREDIT})

_WORDS = {
    Kind.GIFT_CARD: "Gift card",
    Kind.PAID_CREDIT: "Guest credit",
    Kind.PROMOTIONAL_CREDIT: "Promotional credit",
    Kind.GOODWILL_CREDIT: "Goodwill credit",
    Kind.DEPOSIT: "Deposit",
    Kind.PACKAGE: "Package",
}

PAID_ACCOUNTS = {
    Kind.GIFT_CARD: GIFT_CARDS,
    Kind.PAID_CREDIT: GUEST_CREDIT,
    Kind.DEPOSIT: DEPOSITS,
    Kind.PACKAGE: PACKAGES,
}
"""Where what was paid is owed."""

FREE_ACCOUNTS = {
    Kind.GIFT_CARD: GIFT_CARDS_FREE,
    Kind.PROMOTIONAL_CREDIT: PROMOTIONAL_CREDIT,
    Kind.GOODWILL_CREDIT: GOODWILL_CREDIT,
}
"""Where what was given away is owed."""

GIVEN_AWAY = {
    Kind.GIFT_CARD: PROMOTIONS,
    Kind.PROMOTIONAL_CREDIT: PROMOTIONS,
    Kind.GOODWILL_CREDIT: GOODWILL,
}
"""What giving away costs us."""


NOTHING = Cents(0)


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount, its paid and its free part kept apart."""

    paid_cents: Cents
    free_cents: Cents = NOTHING

    @property
    def total_cents(self) -> Cents:
        """Both together."""
        return Cents(self.paid_cents + self.free_cents)

    def __neg__(self) -> "Parts":
        return Parts(Cents(-self.paid_cents), Cents(-self.free_cents))

    def __sub__(self, other: "Parts") -> "Parts":
        return Parts(Cents(self.paid_cents - other.paid_cents), Cents(self.free_cents - other.free_cents))


@dataclass(frozen=True, slots=True)
class Balance:
    """What a holding has, and the last day of its free part."""

    parts: Parts
    free_until: date | None

    def usable(self, today: date) -> Parts:
        """What can be spent: an expired free part cannot, though it may still be booked."""
        if self.free_until is not None and self.free_until < today:
            return Parts(self.parts.paid_cents)
        return self.parts


def check_amount(amount: Cents) -> None:
    """Value moves in amounts above zero.

    Raises:
        Invalid: `amount-nothing`.
    """
    if amount <= 0:
        raise Invalid("amount-nothing", "Type an amount above zero.", field="amount")


def plan_redemption(balance: Balance, amount: Cents, *, today: date) -> Parts:
    """How an amount is taken: the free part first, then the paid part (DOMAIN.md §7.15).

    Raises:
        Invalid: `amount-nothing`.
        Conflict: `not-enough-value`, with `left_cents` among the facts.
    """
    check_amount(amount)
    usable = balance.usable(today)
    if amount > usable.total_cents:
        raise Conflict(
            "not-enough-value",
            f"Only {format_usd(usable.total_cents)} is left on it. Take that, and the rest another way.",
            left_cents=usable.total_cents,
        )
    free = Cents(min(amount, usable.free_cents))
    return Parts(Cents(amount - free), free)


def plan_return(redeemed: Parts, returned: Sequence[Parts], amount: Cents | None) -> Parts:
    """How part of a tender is given back: the paid part first; everything that is left without an amount.

    Raises:
        Invalid: `amount-nothing`.
        Conflict: `nothing-to-return`, or `refund-above-tender`.
    """
    left = Parts(
        Cents(redeemed.paid_cents - sum(one.paid_cents for one in returned)),
        Cents(redeemed.free_cents - sum(one.free_cents for one in returned)),
    )
    if left.total_cents == 0:
        raise Conflict("nothing-to-return", "That tender was given back already.")
    if amount is None:
        return left
    check_amount(amount)
    if amount > left.total_cents:
        raise Conflict(
            "refund-above-tender",
            f"At most {format_usd(left.total_cents)} of that tender can be given back.",
            left_cents=left.total_cents,
        )
    paid = Cents(min(amount, left.paid_cents))
    return Parts(paid, Cents(amount - paid))


def check_free_terms(paid: Cents, free: Cents, until: date | None, *, today: date) -> None:
    """Only a free part may have a last day, and not one that is over.

    Raises:
        Invalid: `amount-nothing`, `paid-value-never-expires` (Minn. Stat. 325G.53), `already-expired`.
    """
    if paid < 0 or free < 0 or paid + free == 0:
        raise Invalid("amount-nothing", "Type an amount above zero.", field="amount")
    if until is not None and free == 0:
        raise Invalid(
            "paid-value-never-expires",
            "What a guest paid for never expires in Minnesota. Leave the last day empty.",
            field="until",
        )
    if until is not None and until < today:
        raise Invalid("already-expired", "That day is over. Choose a later last day.", field="until")


@dataclass(frozen=True, slots=True)
class Terms:
    """Limits of a location, as data (RELIABILITY.md §5.2)."""

    smallest_cents: Cents
    desk_card_cents: Cents
    manager_card_cents: Cents
    free_day_cents: Cents
    idle_years: int = 3
    """Paid value so long untouched is for the state to claim (Minn. Stat. 345.39)."""


STANDARD_TERMS = Terms(Cents(500), Cents(50_000), Cents(200_000), Cents(20_000))
"""Where a location has none of its own."""


def check_card_sale(amount: Cents, terms: Terms, *, manager: bool) -> None:
    """A card is sold or reloaded within the limits of whoever does it.

    Raises:
        Invalid: `card-amount-too-small`, `card-amount-too-large`.
        Conflict: `card-sale-needs-manager`.
    """
    if amount < terms.smallest_cents:
        raise Invalid(
            "card-amount-too-small",
            f"The smallest amount on a gift card is {format_usd(terms.smallest_cents)}.",
            field="amount",
        )
    if amount > terms.manager_card_cents:
        raise Invalid(
            "card-amount-too-large",
            f"The largest amount on a gift card is {format_usd(terms.manager_card_cents)}. Sell two.",
            field="amount",
        )
    if amount > terms.desk_card_cents and not manager:
        raise Conflict(
            "card-sale-needs-manager",
            f"A manager sells gift cards above {format_usd(terms.desk_card_cents)}.",
            field="amount",
        )


def check_given_today(already: Cents, amount: Cents, terms: Terms) -> None:
    """What is given away in one day has a limit, whoever gives it.

    Raises:
        Conflict: `given-enough-today`.
    """
    if already + amount > terms.free_day_cents:
        left = Cents(max(0, terms.free_day_cents - already))
        raise Conflict(
            "given-enough-today",
            f"{format_usd(left)} can still be given away today;"
            f" the limit is {format_usd(terms.free_day_cents)} a day.",
            field="amount",
        )


def clean_reason(reason: str) -> str:
    """Why somebody does what a form asks a reason for.

    Raises:
        Invalid: `reason-missing`, `reason-too-long`.
    """
    cleaned = " ".join(reason.split())
    if not cleaned:
        raise Invalid("reason-missing", "Say why in a few words; it is kept with the card.", field="reason")
    if len(cleaned) > 200:
        raise Invalid("reason-too-long", "Say why in at most 200 letters.", field="reason")
    return cleaned


def _owed(kind: Kind, parts: Parts, sign: int) -> list[NewPosting]:
    found = []
    if parts.paid_cents:
        found.append(NewPosting(PAID_ACCOUNTS[kind], Cents(sign * parts.paid_cents)))
    if parts.free_cents:
        found.append(NewPosting(FREE_ACCOUNTS[kind], Cents(sign * parts.free_cents)))
    return found


def postings_for_value_in(kind: Kind, parts: Parts) -> list[NewPosting]:
    """Credits: what we owe from now on. Whoever was paid, or undoes a tender, adds the debits."""
    return _owed(kind, parts, -1)


def postings_for_value_out(kind: Kind, parts: Parts) -> list[NewPosting]:
    """Debits: what we owe no more. Whoever is paid with it adds the credits."""
    return _owed(kind, parts, 1)


def postings_for_gift(kind: Kind, amount: Cents) -> list[NewPosting]:
    """Value given away: a cost of ours now, owed until it is used. Whole."""
    return [NewPosting(GIVEN_AWAY[kind], amount), NewPosting(FREE_ACCOUNTS[kind], Cents(-amount))]


def postings_for_gift_ended(kind: Kind, amount: Cents) -> list[NewPosting]:
    """Given value that expired or was withdrawn: neither owed nor a cost any more. Whole."""
    return [NewPosting(FREE_ACCOUNTS[kind], amount), NewPosting(GIVEN_AWAY[kind], Cents(-amount))]


def postings_for_transfer(source: Kind, target: Kind, parts: Parts) -> list[NewPosting]:
    """Value owed under another name; nothing at all between two cards. Whole."""
    return _owed(source, parts, 1) + _owed(target, parts, -1)


def postings_for_forfeit(amount: Cents) -> list[NewPosting]:
    """A deposit that a guest lost becomes income. Whole."""
    return [NewPosting(DEPOSITS, amount), NewPosting(DEPOSITS_KEPT, Cents(-amount))]
