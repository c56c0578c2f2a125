"""Spending, giving back, limits, and the table of events and accounts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import CHART, NewPosting, settle_zeroes
from spa_pos.stored_value.rules import (
    FREE_ACCOUNTS,
    GIVEN_AWAY,
    PAID_ACCOUNTS,
    Balance,
    Kind,
    Parts,
    check_free_terms,
    check_given_today,
    clean_reason,
    plan_redemption,
    plan_return,
    postings_for_forfeit,
    postings_for_gift,
    postings_for_gift_ended,
    postings_for_transfer,
    postings_for_value_in,
    postings_for_value_out,
)
from spa_pos.stored_value.rules.value import STANDARD_TERMS

TODAY = date(2026, 11, 24)
amounts = some.integers(0, 100_000)


def balance(paid: int, free: int, until: date | None = None) -> Balance:
    return Balance(Parts(Cents(paid), Cents(free)), until)


@given(paid=amounts, free=amounts, amount=some.integers(1, 200_000))
def test_the_free_part_is_spent_first_and_never_more_than_there_is(paid: int, free: int, amount: int) -> None:
    if amount > paid + free:
        with pytest.raises(Conflict, match="not-enough-value"):
            plan_redemption(balance(paid, free), Cents(amount), today=TODAY)
        return
    parts = plan_redemption(balance(paid, free), Cents(amount), today=TODAY)
    assert parts.total_cents == amount
    assert 0 <= parts.paid_cents <= paid
    assert parts.free_cents == min(amount, free)


def test_a_free_part_is_good_on_its_last_day_and_not_after() -> None:
    ended = balance(100, 50, date(2026, 11, 23))
    assert ended.usable(TODAY) == Parts(Cents(100))
    assert balance(100, 50, TODAY).usable(TODAY).total_cents == 150
    with pytest.raises(Conflict, match="not-enough-value"):
        plan_redemption(ended, Cents(101), today=TODAY)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_cannot_be_taken(amount: int) -> None:
    with pytest.raises(Invalid, match="amount-nothing"):
        plan_redemption(balance(100, 0), Cents(amount), today=TODAY)


@given(paid=amounts, free=amounts, shares=some.lists(some.integers(1, 50_000), max_size=6))
def test_what_is_given_back_never_exceeds_what_was_taken(paid: int, free: int, shares: list[int]) -> None:
    taken, returned = Parts(Cents(paid), Cents(free)), list[Parts]()
    for share in shares:
        try:
            returned.append(plan_return(taken, returned, Cents(share)))
        except Conflict:
            continue
    assert sum(one.paid_cents for one in returned) <= paid
    assert sum(one.free_cents for one in returned) <= free
    assert all(one.free_cents == 0 for one in returned) or sum(one.paid_cents for one in returned) == paid


def test_paid_value_never_gets_a_last_day() -> None:
    with pytest.raises(Invalid, match="paid-value-never-expires"):
        check_free_terms(Cents(100), Cents(0), TODAY, today=TODAY)
    check_free_terms(Cents(100), Cents(20), TODAY, today=TODAY)
    check_free_terms(Cents(100), Cents(0), None, today=TODAY)


def test_a_day_of_giving_ends_at_its_limit() -> None:
    check_given_today(Cents(15_000), Cents(5_000), STANDARD_TERMS)
    with pytest.raises(Conflict, match=r"\$50\.00 can still"):
        check_given_today(Cents(15_000), Cents(5_001), STANDARD_TERMS)


@pytest.mark.parametrize(("typed", "code"), [(" \n", "reason-missing"), ("x" * 201, "reason-too-long")])
def test_a_reason_is_words_of_a_person(typed: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        clean_reason(typed)
    assert clean_reason("  lost \n in the mail ") == "lost in the mail"


ONE, TWO = Cents(100), Parts(Cents(60), Cents(40))


def events() -> list[tuple[str, bool, list[NewPosting]]]:
    """Every event: its name, whether its postings are whole by themselves, and they."""
    found = []
    for kind in Kind:
        if kind.holds_paid:
            parts = TWO if kind.holds_free else Parts(ONE)
            found.append(
                (f"{kind.word}: sold, reloaded, given back", False, postings_for_value_in(kind, parts))
            )
            found.append((f"{kind.word}: redeemed, taken back", False, postings_for_value_out(kind, parts)))
        else:
            free = Parts(Cents(0), ONE)
            found.append((f"{kind.word}: given back", False, postings_for_value_in(kind, free)))
            found.append((f"{kind.word}: redeemed", False, postings_for_value_out(kind, free)))
        if kind.holds_free:
            found.append((f"{kind.word}: given away", True, postings_for_gift(kind, ONE)))
            found.append((f"{kind.word}: expired, withdrawn", True, postings_for_gift_ended(kind, ONE)))
    card, credit = Kind.GIFT_CARD, Kind.PAID_CREDIT
    found.append(("Gift card to guest credit", True, postings_for_transfer(card, credit, Parts(ONE))))
    found.append(("Gift card to gift card", True, postings_for_transfer(card, card, TWO)))
    found.append(("Deposit: kept", True, postings_for_forfeit(ONE)))
    return found


def test_the_table_of_events_and_accounts(capsys: pytest.CaptureFixture[str]) -> None:
    """Printed for an accountant to sign: event, debits, credits."""
    names = {code: name for code, name, _ in CHART}
    lines = []
    for event, whole, postings in events():
        debits = " + ".join(one.account for one in postings if one.amount_cents > 0)
        credits = " + ".join(one.account for one in postings if one.amount_cents < 0)
        ticket = "" if whole else "the ticket"
        lines.append(f"{event:<42} {debits or ticket:<44} {credits or ticket}")
        assert {one.account for one in postings} <= names.keys(), event
        if whole:
            settle_zeroes(postings)
        else:
            assert len({one.amount_cents > 0 for one in postings}) == 1, event
    told = "\n".join([f"{'event':<42} {'debit':<44} credit", *lines])
    with capsys.disabled():
        print(f"\n{told}")
    assert "Gift card: given away                      4910-promotions" in told
    assert "Deposit: kept                              2430-deposits" in told
    assert len(lines) == 2 * len(Kind) + 2 * 3 + 3


def test_paid_promotional_and_goodwill_value_never_share_an_account() -> None:
    owed = [*PAID_ACCOUNTS.values(), *FREE_ACCOUNTS.values()]
    assert len(owed) == len(set(owed)) == 7
    assert not set(owed) & set(GIVEN_AWAY.values())
    assert {kind for kind in Kind if kind.holds_paid} == set(PAID_ACCOUNTS)
    assert {kind for kind in Kind if kind.holds_free} == set(FREE_ACCOUNTS)
