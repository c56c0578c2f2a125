"""Whole cents, never a float."""

import re
from collections.abc import Sequence
from typing import NewType

from spa_pos.kernel.errors import Invalid

Cents = NewType("Cents", int)

PPM = 1_000_000
"""A rate of one (100 %) in parts per million."""

LARGEST_CENTS = 10_000_000
"""The largest amount a person may type: $100,000.00."""

_TYPED = re.compile(r"\$?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.([0-9]{1,2}))?", re.ASCII)


def percent_of(amount: Cents, rate_ppm: int) -> Cents:
    """The part of an amount that a rate in parts per million gives, rounded half up.

    Half up means away from zero, so that a refund mirrors its sale (DOMAIN.md §6).
    """
    exact = abs(amount) * rate_ppm
    rounded = (2 * exact + PPM) // (2 * PPM)
    return Cents(rounded if amount >= 0 else -rounded)


def split(total: Cents, weights: Sequence[int]) -> list[Cents]:
    """Shares of a total in proportion to weights; they always add up to it.

    Largest remainder: whole cents first, what is left goes to the largest remainders,
    earlier shares first on a tie. All weights zero gives the total to the first share.
    """
    if not weights:
        if total:
            raise ValueError("nothing to split over")
        return []
    if any(weight < 0 for weight in weights):
        raise ValueError("a weight is negative")
    whole = sum(weights)
    if whole == 0:
        return [total, *[Cents(0)] * (len(weights) - 1)]
    sign = 1 if total >= 0 else -1
    parts = [divmod(abs(total) * weight, whole) for weight in weights]
    shares = [quotient for quotient, _ in parts]
    left = abs(total) - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda index: -parts[index][1])
    for index in by_remainder[:left]:
        shares[index] += 1
    return [Cents(sign * share) for share in shares]


def format_usd(amount: int) -> str:
    """`$1,234.50`; a negative amount carries a true minus sign: `−$5.00`."""
    sign = "−" if amount < 0 else ""
    dollars, cents = divmod(abs(amount), 100)
    return f"{sign}${dollars:,}.{cents:02d}"


def format_rate(rate_ppm: int) -> str:
    """A rate as people read it: `8.125 %`."""
    whole, rest = divmod(rate_ppm, 10_000)
    digits = f"{rest:04d}".rstrip("0")
    return f"{whole}.{digits} %" if digits else f"{whole} %"


def parse_usd(text: str) -> Cents:
    """Cents from what a person typed: `84`, `84.5`, `$1,234.50`.

    Raises:
        Invalid: `amount-unreadable` or `amount-too-large`; signs, exponents, other
            digits and a decimal comma are not read.
    """
    found = _TYPED.fullmatch(text.strip())
    if not found:
        raise Invalid("amount-unreadable", "Type the amount in dollars and cents, such as 84.50.")
    amount = int(found[1].replace(",", "")) * 100 + int((found[2] or "0").ljust(2, "0"))
    if amount > LARGEST_CENTS:
        raise Invalid("amount-too-large", f"The largest amount is {format_usd(LARGEST_CENTS)}.")
    return Cents(amount)
