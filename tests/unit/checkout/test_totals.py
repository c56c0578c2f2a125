"""What a ticket comes to, cash and change, and what it means for the books."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.catalog.rules import Jurisdiction
from spa_pos.checkout.rules import (
    Line,
    cash_amounts,
    check_covered,
    postings_for_settlement,
    postings_for_tender,
    quick_cash,
    totals,
)
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import settle_zeroes

ROCHESTER = (
    Jurisdiction("mn", "Minnesota", 68_750),
    Jurisdiction("rochester", "City of Rochester", 7_500),
    Jurisdiction("olmsted", "Olmsted County", 5_000),
)


def line(listed: int, reduction: int = 0, *, taxable: bool = True, category: str = "massage") -> Line:
    return Line(Cents(listed), Cents(reduction), category, "visitor", taxable)


@pytest.mark.parametrize(
    ("listed", "reduction", "total"),
    [
        (12_000, 0, 12_975),  # massage $120.00 -> $129.75
        (12_000, 2_400, 10_380),  # staff 20 % -> $103.80
        (12_000, 3_600, 9_083),  # same-day 30 %: $84.00 + 6.83
    ],
)
def test_totals_of_a_massage(listed: int, reduction: int, total: int) -> None:
    assert totals([line(listed, reduction)], ROCHESTER, []).total_cents == total


def test_what_remains_is_the_total_less_what_was_tendered() -> None:
    sums = totals([line(12_000)], ROCHESTER, [Cents(5_000), Cents(2_000)])
    assert (sums.tendered_cents, sums.remaining_cents) == (7_000, 5_975)


def test_cash_pays_what_remains_and_the_rest_is_change() -> None:
    assert cash_amounts(Cents(14_000), Cents(12_975)) == (12_975, 1_025)
    assert cash_amounts(Cents(5_000), Cents(12_975)) == (5_000, 0)


@pytest.mark.parametrize(
    ("given", "remaining", "code"),
    [(0, 100, "cash-nothing"), (-5, 100, "cash-nothing"), (9_000_000, 12_975, "cash-too-much")],
)
def test_cash_that_cannot_be_meant_is_refused(given: int, remaining: int, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cash_amounts(Cents(given), Cents(remaining))
    assert refusal.value.code == code


def test_a_paid_ticket_takes_no_more_cash() -> None:
    with pytest.raises(Conflict, match="nothing-to-pay"):
        cash_amounts(Cents(100), Cents(0))


def test_quick_cash_offers_exact_and_the_next_round_amounts_without_duplicates() -> None:
    assert quick_cash(Cents(12_975)) == [12_975, 13_000, 14_000, 15_000]
    assert quick_cash(Cents(10_000)) == [10_000]
    assert quick_cash(Cents(8_909)) == [8_909, 9_000, 10_000]
    assert quick_cash(Cents(0)) == []


def test_a_ticket_settles_only_when_tenders_equal_the_total() -> None:
    check_covered(Cents(0))
    with pytest.raises(Conflict, match="tenders-do-not-cover-total"):
        check_covered(Cents(1))
    with pytest.raises(Conflict, match="tenders-above-total"):
        check_covered(Cents(-1))


amounts = st.integers(0, 200_000).flatmap(
    lambda listed: st.tuples(st.just(listed), st.integers(0, listed), st.booleans())
)


@given(st.lists(amounts, min_size=1, max_size=8))
def test_every_settlement_balances_and_clears_what_was_tendered(parts: list[tuple[int, int, bool]]) -> None:
    lines = [
        line(listed, off, taxable=taxable, category=f"c{index}")
        for index, (listed, off, taxable) in enumerate(parts)
    ]
    sums = totals(lines, ROCHESTER, [])
    postings = [*postings_for_tender("cash", sums.total_cents), *postings_for_settlement(lines, sums)]
    settled = settle_zeroes(postings)
    assert sum(posting.amount_cents for posting in settled) == 0
    assert not [posting for posting in settled if posting.account == "2300-tendered"]


EVENTS = {
    "cash $50.00 taken": postings_for_tender("cash", Cents(5_000)),
    "card $79.75 taken": postings_for_tender("card", Cents(7_975)),
    "ticket settled: massage $120.00, employee": postings_for_settlement(
        [line(12_000, 2_400)], totals([line(12_000, 2_400)], ROCHESTER, [])
    ),
}


def test_the_table_of_events_and_accounts_that_an_accountant_can_sign() -> None:
    table = {
        event: [(posting.account, posting.amount_cents) for posting in settle_zeroes(postings)]
        for event, postings in EVENTS.items()
    }
    assert table == {
        "cash $50.00 taken": [("1000-cash", 5_000), ("2300-tendered", -5_000)],
        "card $79.75 taken": [("1100-card-clearing", 7_975), ("2300-tendered", -7_975)],
        "ticket settled: massage $120.00, employee": [
            ("2300-tendered", 10_380),
            ("4000-sales", -12_000),
            ("4900-reductions", 2_400),
            ("2200-sales-tax:mn", -660),
            ("2200-sales-tax:rochester", -72),
            ("2200-sales-tax:olmsted", -48),
        ],
    }
