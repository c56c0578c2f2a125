"""Barcodes, scanned lists and counts."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.kernel.cards import gtin_is_right
from spa_pos.kernel.errors import Invalid
from spa_pos.stock.rules import Pieces, clean_barcode, differences, pieces_of

OIL, CREAM = uuid4(), uuid4()
KNOWN = {"2000000000015": OIL, "HAND-CREAM": CREAM}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("4006381333931", "4006381333931"),  # GS1's own example of a GTIN-13
        ("96385074", "96385074"),  # and of a GTIN-8
        ("036000291452", "036000291452"),  # a UPC-A
        (" hand-cream ", "HAND-CREAM"),
    ],
)
def test_barcodes_are_kept(typed: str, kept: str) -> None:
    assert clean_barcode(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("4006381333932", "barcode-wrong-digit"),
        ("4006381333913", "barcode-wrong-digit"),
        ("", "barcode-unreadable"),
        ("ab", "barcode-unreadable"),
        ("=SUM(A1)", "barcode-unreadable"),
        ("x" * 41, "barcode-unreadable"),
    ],
)
def test_wrong_barcodes_are_refused(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_barcode(typed)
    assert refused.value.code == code


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body: str, place: int, off: int) -> None:
    right = next(body + str(digit) for digit in range(10) if gtin_is_right(body + str(digit)))
    wrong = right[:place] + str((int(right[place]) + off) % 10) + right[place + 1 :]
    assert not gtin_is_right(wrong)


def test_what_is_scanned_adds_up_with_counts_and_costs() -> None:
    text = "2000000000015\n2000000000015\n\nhand-cream 12 4.10\r\n2000000000015 x3 $9.50"
    assert pieces_of(text, KNOWN) == (Pieces(OIL, 5, 950), Pieces(CREAM, 12, 410))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "list-empty"),
        ("\n \n", "list-empty"),
        ("123", "barcode-unknown"),
        ("2000000000015 twelve", "list-unreadable"),
        ("2000000000015 1 2 3", "list-unreadable"),
        ("2000000000015 9999\n2000000000015", "too-many-pieces"),
        ("2000000000015 1 9.999", "amount-unreadable"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        pieces_of(text, KNOWN)
    assert refused.value.code == code


def test_a_count_touches_only_what_was_counted() -> None:
    there: dict[UUID, int] = {OIL: 7, CREAM: 3}
    (found,) = differences([Pieces(OIL, 5)], there)
    assert (found.expected, found.pieces) == (7, -2)
