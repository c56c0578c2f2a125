"""Barcodes, lists of what was scanned, and what a count means; pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from spa_pos.kernel.cards import gtin_is_right
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents, parse_usd

DAMAGED = "Damaged"
ADJUSTED = (DAMAGED, "Used in treatment", "Given as a sample", "Lost", "Found", "Sent back to the supplier")
"""Why pieces come or go by hand."""

MOST_PIECES = 9_999
LONGEST_NOTE = 80

_OWN_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{2,39}", re.ASCII)
_LINE = re.compile(r"(\S+)(?:\s+x?\s*([0-9]{1,4}))?(?:\s+\$?([0-9][0-9.,]*))?", re.ASCII | re.IGNORECASE)


def clean_barcode(text: str) -> str:
    """A barcode as it is kept: a GTIN of 8, 12, 13 or 14 digits with its check digit, or a code of ours.

    Raises:
        Invalid: `barcode-unreadable`, `barcode-wrong-digit`.
    """
    code = "".join(text.split()).upper()
    if code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14):
        if not gtin_is_right(code):
            raise Invalid(
                "barcode-wrong-digit", "One digit of that barcode is wrong. Scan it again.", field="code"
            )
        return code
    if not _OWN_CODE.fullmatch(code):
        raise Invalid(
            "barcode-unreadable", "A code has 3 to 40 letters, digits and dashes. Scan it.", field="code"
        )
    return code


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces of a product, and what one of them cost when somebody said."""

    product_id: UUID
    quantity: int
    cost_cents: Cents | None = None


def pieces_of(text: str, products: Mapping[str, UUID]) -> tuple[Pieces, ...]:
    """What was scanned or typed: a line is a barcode, then perhaps how many, then perhaps what one cost.

    The same barcode on several lines adds up; the last cost counts. `products` are those known, by barcode.

    Raises:
        Invalid: `list-empty`, `list-unreadable`, `barcode-unknown`, `too-many-pieces`; each names the line.
    """
    found: dict[UUID, Pieces] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        read = _LINE.fullmatch(line.strip())
        if read is None:
            raise Invalid(
                "list-unreadable",
                f"Line {number}: a barcode, then how many, then what one cost.",
                field="lines",
            )
        product_id = products.get(read[1].upper())
        if product_id is None:
            raise Invalid(
                "barcode-unknown",
                f"Line {number}: nobody knows the barcode {read[1][:40]}. Make the product first.",
                field="lines",
            )
        before = found.get(product_id, Pieces(product_id, 0))
        quantity = before.quantity + (1 if read[2] is None else int(read[2]))
        if quantity > MOST_PIECES:
            raise Invalid("too-many-pieces", f"Line {number}: that is too many pieces.", field="lines")
        cost = parse_usd(read[3]) if read[3] else before.cost_cents
        found[product_id] = Pieces(product_id, quantity, cost)
    if not found:
        raise Invalid("list-empty", "Scan something first.", field="lines")
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Difference:
    """What a count found of one product, and what should have been there."""

    product_id: UUID
    counted: int
    expected: int

    @property
    def pieces(self) -> int:
        """Too many above zero, missing below."""
        return self.counted - self.expected


def differences(counted: Sequence[Pieces], on_hand: Mapping[UUID, int]) -> tuple[Difference, ...]:
    """Each product that was counted beside what should be there; others are not touched by a count."""
    return tuple(Difference(one.product_id, one.quantity, on_hand.get(one.product_id, 0)) for one in counted)


def value_of(pieces: int, cents: Cents | None) -> Cents:
    """What pieces are worth; less than none is worth nothing."""
    return Cents(max(0, pieces) * (cents or 0))
