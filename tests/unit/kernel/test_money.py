"""Cents, percentages and shares. The vectors are those of DOMAIN.md §6."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import LARGEST_CENTS, PPM, Cents, format_usd, parse_usd, percent_of, split

SALES_TAX = 81_250
STATE, CITY, COUNTY = 68_750, 7_500, 5_000

amounts = st.integers(-(10**9), 10**9).map(Cents)
rates = st.integers(0, 2 * PPM)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("what", "taxable", "tax"),
    [
        ("massage", 12_000, 975),
        ("massage at the staff price", 9_600, 780),
        ("massage at the same-day price: exactly 682.5", 8_400, 683),
        ("retail, where rounding each jurisdiction apart gives 277", 3_400, 276),
        ("retail, where rounding each jurisdiction apart gives 101", 1_250, 102),
        ("massage beside an untaxed facial", 11_000, 894),
        ("one-price package", 20_000, 1_625),
        ("massage's share of a package", 10_286, 836),
        ("massage with its share of a mandatory charge", 14_400, 1_170),
        ("nothing", 0, 0),
    ],
)
def test_tax_is_the_combined_rate_rounded_half_up(what: str, taxable: int, tax: int) -> None:
    assert percent_of(Cents(taxable), SALES_TAX) == tax, what


def test_a_refund_mirrors_its_sale_to_the_cent() -> None:
    assert percent_of(Cents(-8_400), SALES_TAX) == -683


def test_employee_discount_and_its_reportable_excess() -> None:
    discount = percent_of(Cents(12_000), 300_000)
    allowed = percent_of(Cents(12_000), 200_000)
    assert (discount, allowed, discount - allowed) == (3_600, 2_400, 1_200)


def test_jurisdictions_share_the_rounded_tax() -> None:
    assert split(Cents(975), (STATE, CITY, COUNTY)) == [825, 90, 60]
    assert sum(split(Cents(276), (STATE, CITY, COUNTY))) == 276
    assert sum(split(Cents(102), (STATE, CITY, COUNTY))) == 102


def test_a_package_is_shared_by_stand_alone_value() -> None:
    assert split(Cents(18_000), (12_000, 9_000)) == [10_286, 7_714]


def test_a_mandatory_charge_is_shared_by_price() -> None:
    assert split(Cents(4_200), (12_000, 9_000)) == [2_400, 1_800]


def test_equal_remainders_favour_the_earlier_share() -> None:
    assert split(Cents(100), (1, 1, 1)) == [34, 33, 33]
    assert split(Cents(-100), (1, 1, 1)) == [-34, -33, -33]


def test_without_weight_the_first_share_takes_all() -> None:
    assert split(Cents(5), (0, 0)) == [5, 0]
    assert split(Cents(0), ()) == []


def test_nothing_can_be_split_over_nobody_or_by_negative_weights() -> None:
    with pytest.raises(ValueError, match="nothing to split over"):
        split(Cents(1), ())
    with pytest.raises(ValueError, match="negative"):
        split(Cents(1), (2, -1))


@given(amounts, weights)
def test_shares_always_add_up(total: Cents, parts: list[int]) -> None:
    assert sum(split(total, parts)) == total


@given(amounts, weights)
def test_no_share_is_a_cent_away_from_its_exact_part(total: Cents, parts: list[int]) -> None:
    whole = sum(parts)
    if whole == 0:
        return
    for share, weight in zip(split(total, parts), parts, strict=True):
        assert abs(share * whole - total * weight) < whole


@given(amounts, weights)
def test_a_split_of_the_opposite_is_the_opposite_split(total: Cents, parts: list[int]) -> None:
    assert split(Cents(-total), parts) == [-share for share in split(total, parts)]


@given(amounts, weights)
def test_no_weight_means_no_share(total: Cents, parts: list[int]) -> None:
    if sum(parts) == 0:
        return
    shares = split(total, parts)
    assert all(share == 0 for share, weight in zip(shares, parts, strict=True) if weight == 0)


@given(amounts, rates)
def test_a_percentage_is_never_half_a_cent_off(amount: Cents, rate: int) -> None:
    error = percent_of(amount, rate) * PPM - amount * rate
    assert -PPM < 2 * error <= PPM if amount >= 0 else -PPM <= 2 * error < PPM


@given(amounts, rates)
def test_a_percentage_is_odd(amount: Cents, rate: int) -> None:
    assert percent_of(Cents(-amount), rate) == -percent_of(amount, rate)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "$0.00"), (5, "$0.05"), (123_450, "$1,234.50"), (-500, "−$5.00"), (10_000_000, "$100,000.00")],
)
def test_dollars_are_written_as_people_write_them(amount: int, text: str) -> None:
    assert format_usd(amount) == text


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("84", 8_400),
        ("84.5", 8_450),
        (" $1,234.50 ", 123_450),
        ("0", 0),
        ("0.01", 1),
        ("100,000.00", LARGEST_CENTS),
    ],
)
def test_typed_dollars_are_read(text: str, amount: int) -> None:
    assert parse_usd(text) == amount


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-5", "+5", "−5", "1e3", "NaN", "inf", "1_000", "१२", "５", "84,50", "1,23.00", "12.345",
        "84.", ".50", "$", "0x10", "1 000", "5\n6", "10" * 500,
    ],
)  # fmt: skip
def test_what_cannot_be_meant_as_dollars_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parse_usd(text)
    assert refusal.value.code == "amount-unreadable"


def test_more_than_the_largest_amount_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        parse_usd("100,000.01")
    assert refusal.value.code == "amount-too-large"


@given(st.integers(0, LARGEST_CENTS))
def test_what_is_written_can_be_read_back(amount: int) -> None:
    assert parse_usd(format_usd(amount)) == amount
