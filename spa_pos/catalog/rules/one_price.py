"""Several things for one price: each one's share, and whether the whole is taxed; pure.

Minnesota taxes such a price in full unless what is taxable in it is 10 % of it or less (DOMAIN.md §2.3, §6).
What a part costs alone is held against the price; as parts are cheaper together, that errs towards tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents, format_usd, split

MOST_TAXABLE = 10
"""One in so many of the price may be taxable before all of it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a thing costs alone, and whether it would be taxed alone."""

    alone_cents: Cents
    taxable: bool


@dataclass(frozen=True, slots=True)
class OnePriceSplit:
    """Each part's share of the price, in their order; the taxable worth; whether each part is taxed."""

    share_cents: tuple[Cents, ...]
    taxable_cents: Cents
    taxed_whole: bool

    @property
    def percent_taxable(self) -> int:
        """For words: how much of the price is taxable, in per cent, rounded up."""
        return -(-100 * self.taxable_cents // sum(self.share_cents))


def split_one_price(price: Cents, parts: Sequence[Part]) -> OnePriceSplit:
    """Share a price by what the parts cost alone, and put it to the 10 % test."""
    taxable = Cents(sum(part.alone_cents for part in parts if part.taxable))
    shares = split(price, [part.alone_cents for part in parts])
    return OnePriceSplit(tuple(shares), taxable, taxable * MOST_TAXABLE > price)


def check_one_price(price: Cents, parts: Sequence[Part], *, sure: bool) -> None:
    """Two things or more, for less than they cost alone; whoever makes it knows when it all becomes taxed.

    Raises:
        Invalid: `one-price-parts`, `one-price-not-lower`, `one-price-all-taxed`.
    """
    if not 2 <= len(parts) <= 6:
        raise Invalid("one-price-parts", "Choose two to six things that are sold together.", field="part_1")
    alone = Cents(sum(part.alone_cents for part in parts))
    if not 0 < price < alone:
        raise Invalid(
            "one-price-not-lower",
            f"One by one they cost {format_usd(alone)}. Type a price below that.",
            field="price",
        )
    divided = split_one_price(price, parts)
    if divided.taxed_whole and not all(part.taxable for part in parts) and not sure:
        raise Invalid(
            "one-price-all-taxed",
            f"{divided.percent_taxable} % of {format_usd(price)} is taxable. Above 10 % the whole price is"
            " taxed, also what is not taxed when it is sold by itself. Tick the box below if that is meant.",
            field="sure",
        )
