"""Tax on a ticket: once, on the whole, shares that add up.

Every vector of DOMAIN.md §6 stands by its name in tests/unit/checkout/test_vectors.py.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.catalog.rules import Jurisdiction, TaxedLine, tax_ticket
from spa_pos.kernel.money import Cents, split

ROCHESTER = (
    Jurisdiction("mn", "Minnesota", 68_750),
    Jurisdiction("rochester", "City of Rochester", 7_500),
    Jurisdiction("olmsted", "Olmsted County", 5_000),
)


def taxed(*lines: tuple[int, bool]) -> tuple[int, list[int], list[int]]:
    result = tax_ticket([TaxedLine(Cents(cents), taxable) for cents, taxable in lines], ROCHESTER)
    return result.tax_cents, list(result.line_cents), [part.tax_cents for part in result.parts]


@pytest.mark.parametrize(
    ("net_cents", "tax_cents"),
    [
        (12_000, 975),  # massage $120.00
        (9_600, 780),  # staff 20 %: $96.00
        (8_400, 683),  # same-day 30 %: 6.825 rounds half up
        (3_400, 276),  # retail; each jurisdiction apart would give 277
        (1_250, 102),  # retail; each jurisdiction apart would give 101
    ],
)
def test_tax_is_the_combined_rate_on_the_whole_rounded_half_up(net_cents: int, tax_cents: int) -> None:
    assert taxed((net_cents, True))[0] == tax_cents


def test_a_massage_of_120_dollars_splits_into_state_city_and_county() -> None:
    assert taxed((12_000, True)) == (975, [975], [825, 90, 60])


def test_a_facial_is_not_taxed() -> None:
    assert taxed((9_000, False)) == (0, [0], [0, 0, 0])


def test_an_itemised_massage_and_facial_tax_only_the_massage() -> None:
    total, lines, _ = taxed((11_000, True), (9_000, False))
    assert total == 894
    assert lines == [894, 0]


def test_a_package_is_shared_by_stand_alone_value_before_it_is_taxed() -> None:
    massage, facial = split(Cents(18_000), [12_000, 9_000])
    assert (massage, facial) == (10_286, 7_714)
    assert taxed((massage, True), (facial, False))[0] == 836


def test_an_empty_ticket_owes_nothing() -> None:
    assert taxed() == (0, [], [0, 0, 0])


@given(st.lists(st.tuples(st.integers(0, 500_000), st.booleans()), min_size=1, max_size=12))
def test_shares_of_lines_and_jurisdictions_always_add_up(lines: list[tuple[int, bool]]) -> None:
    total, line_cents, parts = taxed(*lines)
    assert sum(line_cents) == total == sum(parts)
    assert all(share == 0 for share, (_, taxable) in zip(line_cents, lines, strict=True) if not taxable)
    exact = sum(cents for cents, taxable in lines if taxable) * 81_250
    assert abs(total * 1_000_000 - exact) <= 500_000
