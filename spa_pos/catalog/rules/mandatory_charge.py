"""A charge that nobody can leave out, such as 20 % on every service (DOMAIN.md §2.9, §6, §7.19); pure.

Nothing sells one today: this is what tax makes of it, for the day on which somebody decides to.
It is a part of the price and never a tip: each line carries its share, and is taxed on it as on its price.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from spa_pos.catalog.rules.tax import TaxedLine
from spa_pos.kernel.money import Cents, percent_of, split


@dataclass(frozen=True, slots=True)
class MandatoryCharge:
    """The whole charge, each line's share of it in their order, and the lines as they are taxed with it."""

    charge_cents: Cents
    share_cents: tuple[Cents, ...]
    taxed_lines: tuple[TaxedLine, ...]


def mandatory_charge(lines: Sequence[TaxedLine], rate_ppm: int) -> MandatoryCharge:
    """Charge a rate on all lines together, half up, and share it over them by what they cost."""
    charge = percent_of(Cents(sum(line.net_cents for line in lines)), rate_ppm)
    shares = tuple(split(charge, [line.net_cents for line in lines]))
    return MandatoryCharge(
        charge,
        shares,
        tuple(
            TaxedLine(Cents(line.net_cents + share), line.taxable)
            for line, share in zip(lines, shares, strict=True)
        ),
    )
