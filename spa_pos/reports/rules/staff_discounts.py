"""Discounts of employees and their kin above what is free of income tax (DOMAIN.md §2.12, §7.5); pure.

On a service up to 20 % of what guests pay is tax-free; what is above may be pay. It is reported and never
refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from spa_pos.kernel.money import Cents, percent_of

TAX_FREE_PPM = 200_000
"""The part of the guest price that may be taken off a service, in parts per million."""

CLASSES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("staff", "Staff", ("employee",)),
    ("retirees", "Retirees", ("retiree",)),
    ("family", "Spouses and dependants", ("spouse", "dependant")),
    ("volunteers", "Volunteers", ("volunteer",)),
    ("students", "Students", ("student",)),
)
"""Code, words and guest groups of each class that is reported for itself."""


class Shares(NamedTuple):
    """Of one service, or of what went back of it: guest price, what was taken off, 20 %, above it."""

    list_cents: Cents
    reduction_cents: Cents
    free_cents: Cents
    excess_cents: Cents


@dataclass(frozen=True, slots=True)
class StaffDiscount:
    """What was taken off a service for one guest alone, and how much of it is above 20 % of the guest price.

    That is the price of the group and what somebody took off by hand; what everybody could have had (a promo
    code, a package, one price) is not pay.
    """

    list_cents: Cents
    reduction_cents: Cents

    @property
    def free_cents(self) -> Cents:
        """As much of the guest price as may be taken off, half up."""
        return percent_of(self.list_cents, TAX_FREE_PPM)

    @property
    def excess_cents(self) -> Cents:
        """What is above it; nothing when the discount is within."""
        return Cents(max(0, self.reduction_cents - self.free_cents))

    @property
    def shares(self) -> Shares:
        """All of it."""
        return Shares(self.list_cents, self.reduction_cents, self.free_cents, self.excess_cents)

    def given_back(self, net_cents: Cents, before: int, amount: int) -> Shares:
        """What goes with a refund of so much of the price of the line.

        `net_cents` is the line's price, `before` what earlier refunds gave back of it; all refunds together
        give back all of it, to the cent.
        """
        return Shares(
            *(
                Cents(_part(whole, before + amount, net_cents) - _part(whole, before, net_cents))
                for whole in self.shares
            )
        )


def _part(whole: int, part: int, of: int) -> int:
    """`whole × part ÷ of`, half up."""
    return (2 * whole * part + of) // (2 * of)


def class_of(group: str) -> str | None:
    """The class a guest group is reported in; None for guests whose discount is no matter of pay."""
    return next((code for code, _, groups in CLASSES if group in groups), None)


def groups() -> Sequence[str]:
    """Every guest group that is reported."""
    return [group for _, _, found in CLASSES for group in found]
