"""Minnesota sales tax on a ticket (DOMAIN.md §2.1, §2.4, §6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from spa_pos.kernel.money import Cents, percent_of, split


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """One taxing body and its rate on a day."""

    code: str
    name: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class TaxedLine:
    """What tax needs to know of a line: its price after reductions, and whether it is taxable."""

    net_cents: Cents
    taxable: bool


@dataclass(frozen=True, slots=True)
class TaxPart:
    """What one jurisdiction gets of a ticket."""

    jurisdiction: Jurisdiction
    taxable_cents: Cents
    tax_cents: Cents


@dataclass(frozen=True, slots=True)
class TaxResult:
    """Tax of a ticket, of each of its lines, and of each jurisdiction; all add up to `tax_cents`."""

    tax_cents: Cents
    line_cents: tuple[Cents, ...]
    parts: tuple[TaxPart, ...]


def tax_ticket(lines: Sequence[TaxedLine], jurisdictions: Sequence[Jurisdiction]) -> TaxResult:
    """Tax the taxable base once at the combined rate, half up, then split it.

    Rounding each jurisdiction apart gives other answers and is wrong ($34.00: 2.77 for 2.76).
    """
    base = Cents(sum(line.net_cents for line in lines if line.taxable))
    combined_ppm = sum(jurisdiction.rate_ppm for jurisdiction in jurisdictions)
    tax = percent_of(base, combined_ppm)
    per_line = split(tax, [line.net_cents if line.taxable else 0 for line in lines])
    per_body = split(tax, [jurisdiction.rate_ppm for jurisdiction in jurisdictions])
    return TaxResult(
        tax,
        tuple(per_line),
        tuple(
            TaxPart(jurisdiction, base, share)
            for jurisdiction, share in zip(jurisdictions, per_body, strict=True)
        ),
    )
