"""One price for several things: the 10 % test (DOMAIN.md §2.3) and its vectors (§6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.catalog.rules import Jurisdiction, Part, TaxedLine, check_one_price, split_one_price, tax_ticket
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents

ROCHESTER = [
    Jurisdiction("mn", "Minnesota", 68_750),
    Jurisdiction("rochester", "City", 7_500),
    Jurisdiction("olmsted", "County", 5_000),
]


def parts(*worth: tuple[int, bool]) -> list[Part]:
    return [Part(Cents(cents), taxable) for cents, taxable in worth]


def tax(price: int, of: list[Part]) -> int:
    """The tax of a ticket with that one price alone."""
    divided = split_one_price(Cents(price), of)
    lines = [TaxedLine(share, divided.taxed_whole) for share in divided.share_cents]
    return tax_ticket(lines, ROCHESTER).tax_cents


@pytest.mark.parametrize(
    ("price", "of", "expected"),
    [
        (20_000, parts((11_000, True), (9_000, False)), 1_625),
        (20_000, parts((1_000, True), (19_000, False)), 0),
        (20_000, parts((2_000, True), (18_000, False)), 0),
        (20_000, parts((2_001, True), (17_999, False)), 1_625),
        (10_000, parts((4_500, True), (1_000, True), (4_500, False)), 813),
        (20_000, parts((19_000, False), (1_000, True)), 0),
    ],
)
def test_the_vectors(price: int, of: list[Part], expected: int) -> None:
    assert tax(price, of) == expected


def test_shares_are_by_what_each_costs_alone() -> None:
    assert split_one_price(Cents(18_000), parts((12_000, True), (9_000, False))).share_cents == (
        10_286,
        7_714,
    )


@given(st.integers(1, 100_000), st.lists(st.tuples(st.integers(1, 50_000), st.booleans()), min_size=1))
def test_shares_add_up_and_more_taxable_is_never_taxed_less(
    price: int, worth: list[tuple[int, bool]]
) -> None:
    divided = split_one_price(Cents(price), parts(*worth))
    assert sum(divided.share_cents) == price
    more = split_one_price(Cents(price), parts(*((cents, True) for cents, _ in worth)))
    assert more.taxed_whole >= divided.taxed_whole


def test_a_price_is_for_several_things_and_below_what_they_cost() -> None:
    for price, of, code in (
        (5_000, parts((9_000, True)), "one-price-parts"),
        (20_000, parts((11_000, False), (9_000, False)), "one-price-not-lower"),
        (0, parts((11_000, False), (9_000, False)), "one-price-not-lower"),
        (18_000, parts((11_000, True), (9_000, False)), "one-price-all-taxed"),
    ):
        with pytest.raises(Invalid) as refused:
            check_one_price(Cents(price), of, sure=False)
        assert refused.value.code == code
    check_one_price(Cents(18_000), parts((11_000, True), (9_000, False)), sure=True)
    check_one_price(Cents(18_000), parts((11_000, True), (9_000, True)), sure=False)
    check_one_price(Cents(18_000), parts((1_000, True), (19_000, False)), sure=False)
