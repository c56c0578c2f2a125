"""Which rule on cards counts for a booking, and how much it asks."""

from uuid import UUID, uuid4

import pytest

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Asks, CardTerm, check_term, deposit_due, term_for

MASSAGE, FACIAL = uuid4(), uuid4()
CARD, DEPOSIT, NOTHING = Asks.CARD, Asks.DEPOSIT, Asks.NOTHING


def rule(
    asks: Asks = CARD,
    *,
    service: UUID | None = None,
    group: str | None = None,
    new: bool = False,
    rate: int | None = None,
    cents: int | None = None,
    since: int = 0,
) -> CardTerm:
    amount = None if cents is None else Cents(cents)
    return CardTerm(uuid4(), 1, service, group, new, asks, rate, amount, Cents(since))


def asked(*rules: CardTerm, is_new: bool = False, price: int = 12_000, group: str = "visitor") -> object:
    found = term_for(rules, service_id=MASSAGE, group=group, is_new=is_new, price_cents=Cents(price))
    return None if found is None else (found.term, found.due_cents)


def test_without_a_rule_nothing_is_asked() -> None:
    assert asked() is None
    assert asked(rule(service=FACIAL), rule(group="employee"), rule(new=True)) is None


def test_the_rule_that_names_the_service_counts_then_the_group_then_new_guests() -> None:
    everybody, new = rule(), rule(new=True)
    group, service = rule(group="visitor"), rule(service=MASSAGE)
    assert asked(everybody, new, is_new=True) == (new, 0)
    assert asked(everybody, new, is_new=False) == (everybody, 0)
    assert asked(everybody, new, group, is_new=True) == (group, 0)
    assert asked(service, everybody, new, group, is_new=True) == (service, 0)


def test_nothing_is_an_exception_to_a_wider_rule() -> None:
    wide = rule(DEPOSIT, rate=250_000)
    assert asked(wide) == (wide, 3_000)
    assert asked(wide, rule(NOTHING, group="visitor")) is None


def test_a_rule_from_a_price_on_leaves_what_costs_less_to_the_wider_rule() -> None:
    wide, dear = rule(), rule(DEPOSIT, service=MASSAGE, cents=2_000, since=10_000)
    assert asked(wide, dear, price=10_000) == (dear, 2_000)
    assert asked(wide, dear, price=9_999) == (wide, 0)
    assert asked(wide, price=0) is None


@pytest.mark.parametrize(
    ("term", "price", "due"),
    [
        (rule(DEPOSIT, rate=250_000), 10_001, 2_501),
        (rule(DEPOSIT, rate=1_000_000), 10_001, 10_001),
        (rule(DEPOSIT, rate=10_000), 1, 1),
        (rule(DEPOSIT, cents=5_000), 12_000, 5_000),
        (rule(DEPOSIT, cents=5_000), 3_000, 3_000),
        (rule(CARD), 12_000, 0),
    ],
)
def test_a_deposit_is_rounded_up_and_never_above_the_price(term: CardTerm, price: int, due: int) -> None:
    assert deposit_due(term, Cents(price)) == due


@pytest.mark.parametrize(
    ("asks", "rate", "cents", "since", "code"),
    [
        (DEPOSIT, None, None, 0, "deposit-one-way"),
        (DEPOSIT, 250_000, 2_000, 0, "deposit-one-way"),
        (CARD, 250_000, None, 0, "deposit-one-way"),
        (NOTHING, None, 2_000, 0, "deposit-one-way"),
        (DEPOSIT, 9_999, None, 0, "deposit-unreadable"),
        (DEPOSIT, 1_000_001, None, 0, "deposit-unreadable"),
        (DEPOSIT, None, 99, 0, "deposit-unreadable"),
        (DEPOSIT, None, 100_001, 0, "deposit-unreadable"),
        (CARD, None, None, -1, "price-unreadable"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    asks: Asks, rate: int | None, cents: int | None, since: int, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        check_term(asks, rate, cents, since)


def test_a_rule_is_read_in_words() -> None:
    assert rule(DEPOSIT, rate=250_000).words == "a deposit of 25 % of the price"
    assert rule(DEPOSIT, cents=2_500).words == "a deposit of $25.00"
    assert (rule(CARD).words, rule(NOTHING).words) == ("a card on file", "nothing")
