"""What a count comes to, and what goes in and out of a drawer."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.drawers.rules import (
    CATEGORIES,
    DENOMINATIONS,
    MOST_PIECES,
    Closing,
    Move,
    Terms,
    category_of,
    check_amount,
    check_note,
    counted,
    difference_words,
    postings_for_move,
    postings_for_opening,
)
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import CASH, CASH_FOR_BANK, CHART, FLOATS, OVER_SHORT, TIPS


def test_a_count_is_the_sum_of_its_pieces() -> None:
    assert counted({2_000: 3, 25: 4, 1: 7}) == 6_107
    assert counted({}) == 0


@pytest.mark.parametrize("pieces", [{300: 1}, {2_000: -1}, {2_000: MOST_PIECES + 1}])
def test_what_cannot_be_counted_is_refused(pieces: dict[int, int]) -> None:
    with pytest.raises(Invalid, match="count-unreadable"):
        counted(pieces)


@given(expected=some.integers(0, 500_000), found=some.integers(0, 500_000), lent=some.integers(0, 40_000))
def test_closing_empties_the_drawer_and_balances(expected: int, found: int, lent: int) -> None:
    closing = Closing(Cents(expected), Cents(found), Cents(lent))
    sums = {one.account: one.amount_cents for one in closing.postings()}
    assert sum(sums.values()) == 0
    assert sums[CASH] == -expected
    assert sums[FLOATS] + sums[CASH_FOR_BANK] == found
    assert 0 <= sums[FLOATS] <= lent
    assert sums[OVER_SHORT] == expected - found


def test_a_drop_goes_to_the_bank_and_tips_to_what_is_owed() -> None:
    drop = {
        one.account: one.amount_cents for one in postings_for_move(category_of(Move.DROP, ""), Cents(500))
    }
    assert drop == {CASH: -500, CASH_FOR_BANK: 500}
    tips = category_of(Move.PAID_OUT, "tips")
    assert [(one.account, one.amount_cents) for one in postings_for_move(tips, Cents(300))] == [
        (CASH, -300),
        (TIPS, 300),
    ]
    assert sum(one.amount_cents for one in postings_for_opening(Cents(20_000))) == 0


def test_every_category_has_an_account_of_the_chart() -> None:
    assert {one.account for one in CATEGORIES} <= {code for code, _, _ in CHART}
    with pytest.raises(Invalid, match="drawer-category"):
        category_of(Move.PAID_IN, "tips")


def test_a_difference_from_the_threshold_on_is_explained() -> None:
    terms = Terms(Cents(0), Cents(100), Cents(1_000))
    check_note(terms, 99, "")
    check_note(terms, -100, "wrong change")
    for over in (100, -100):
        with pytest.raises(Invalid, match="drawer-note"):
            check_note(terms, over, "")
    check_note(Terms(Cents(0), Cents(0), Cents(0)), 0, "")


def test_amounts_and_words() -> None:
    assert [difference_words(one) for one in (5, 0, -5)] == ["over", "exact", "short"]
    assert check_amount(0, least=0) == 0
    for cents in (0, -1, 10_000_001):
        with pytest.raises(Invalid, match="drawer-amount"):
            check_amount(cents)
    assert sorted(DENOMINATIONS, reverse=True) == list(DENOMINATIONS)
