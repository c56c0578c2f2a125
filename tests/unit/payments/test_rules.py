"""What an attempt may become, when it is looked at again, and what the desk says of a decline."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import (
    DECLINE_SENTENCES,
    GENERIC_DECLINE,
    LONGEST_WAIT,
    SLOWEST_CHECK,
    STEP_TIME,
    Cancelled,
    Declined,
    InProgress,
    Outcome,
    Paid,
    SimulatedCard,
    State,
    Unknown,
    check_after,
    check_amount,
    decline_sentence,
    is_abandoned,
    next_state,
    simulated_card,
)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PAID = Paid(Cents(14_000), "visa", "4242")
DECLINED = Declined("insufficient_funds", "No.")
OUTCOMES: tuple[Outcome, ...] = (PAID, DECLINED, InProgress(), Cancelled(), Unknown("timeout"))
FINAL = (State.PAID, State.DECLINED, State.CANCELLED)
RANK = {State.NEW: 0, State.CREATED: 1, State.SUBMITTED: 2, State.UNKNOWN: 3}


@pytest.mark.parametrize("state", [State.CREATED, State.SUBMITTED, State.UNKNOWN])
@pytest.mark.parametrize(
    ("outcome", "after"),
    [
        (PAID, State.PAID),
        (DECLINED, State.DECLINED),
        (Cancelled(), State.CANCELLED),
        (Unknown("x"), State.UNKNOWN),
    ],
)
def test_what_the_processor_says_decides(state: State, outcome: Outcome, after: State) -> None:
    assert next_state(state, outcome) is after


@pytest.mark.parametrize("state", [State.NEW, State.CREATED, State.SUBMITTED, State.UNKNOWN])
def test_in_progress_changes_nothing(state: State) -> None:
    assert next_state(state, InProgress()) is state


def test_no_answer_is_never_a_decline_nor_an_end() -> None:
    for state in RANK:
        assert next_state(state, Unknown("timeout")).live


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_ended_attempt_never_changes(state: State, outcome: Outcome) -> None:
    assert next_state(state, outcome) is state


@pytest.mark.parametrize("outcome", [PAID, DECLINED])
def test_nobody_can_say_that_an_attempt_without_an_id_is_paid_or_declined(outcome: Outcome) -> None:
    with pytest.raises(ValueError, match="does not know"):
        next_state(State.NEW, outcome)


def test_an_attempt_without_an_id_can_be_cancelled_and_stays_new_without_an_answer() -> None:
    assert next_state(State.NEW, Cancelled()) is State.CANCELLED
    assert next_state(State.NEW, Unknown("timeout")) is State.NEW


@given(st.lists(st.sampled_from(OUTCOMES), max_size=8), st.sampled_from([State.CREATED, State.SUBMITTED]))
def test_whatever_order_outcomes_come_in_it_only_goes_forward(said: list[Outcome], state: State) -> None:
    for outcome in said:
        after = next_state(state, outcome)
        if state.live and after.live:
            assert RANK[after] >= RANK[state]
        if not state.live:
            assert after is state
        state = after
    finals = [outcome for outcome in said if isinstance(outcome, Paid | Declined | Cancelled)]
    expected = {Paid: State.PAID, Declined: State.DECLINED, Cancelled: State.CANCELLED}
    if finals:
        assert state is expected[type(finals[0])]


def test_looks_without_an_answer_become_rarer_up_to_five_minutes() -> None:
    waits = [check_after(State.UNKNOWN, tries) for tries in range(12)]
    assert waits[:4] == [
        timedelta(seconds=5),
        timedelta(seconds=10),
        timedelta(seconds=20),
        timedelta(seconds=40),
    ]
    assert waits == sorted(waits)
    assert waits[-1] == SLOWEST_CHECK
    assert check_after(State.UNKNOWN, 1_000) == SLOWEST_CHECK


def test_a_guest_who_looks_for_a_card_is_looked_at_every_15_seconds() -> None:
    assert check_after(State.SUBMITTED, 0) == timedelta(seconds=15)


@pytest.mark.parametrize("state", [State.NEW, State.CREATED])
def test_a_step_that_died_is_given_up_after_two_minutes(state: State) -> None:
    assert check_after(state, 0) == STEP_TIME
    assert not is_abandoned(state, NOW, NOW + STEP_TIME - timedelta(seconds=1))
    assert is_abandoned(state, NOW, NOW + STEP_TIME)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.UNKNOWN])
def test_a_card_is_awaited_for_five_minutes(state: State) -> None:
    assert not is_abandoned(state, NOW, NOW + LONGEST_WAIT - timedelta(seconds=1))
    assert is_abandoned(state, NOW, NOW + LONGEST_WAIT)


@pytest.mark.parametrize("state", FINAL)
def test_an_ended_attempt_is_not_given_up(state: State) -> None:
    assert not is_abandoned(state, NOW, NOW + timedelta(days=3))


@pytest.mark.parametrize(
    "code", ["fraudulent", "lost_card", "stolen_card", "pickup_card", "merchant_blacklist"]
)
def test_a_code_that_hints_at_fraud_sounds_like_any_other_decline(code: str) -> None:
    assert decline_sentence(code) == GENERIC_DECLINE == decline_sentence("generic_decline")
    assert code.split("_")[0] not in decline_sentence(code).lower()


def test_a_code_nobody_has_heard_of_gets_a_sentence_too() -> None:
    assert decline_sentence("card_eaten_by_dog") == GENERIC_DECLINE


def test_every_sentence_says_what_to_do_next_and_names_no_code() -> None:
    assert decline_sentence("insufficient_funds") != GENERIC_DECLINE
    for code, sentence in DECLINE_SENTENCES.items():
        assert "lease" in sentence, code  # “Please …” or “please …”
        assert "_" not in sentence


@pytest.mark.parametrize("amount", [50, 10_000_000])
def test_a_card_pays_from_half_a_dollar_to_the_largest_amount(amount: int) -> None:
    check_amount(Cents(amount))


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (49, "card-amount-too-small"),
        (0, "card-amount-too-small"),
        (-1, "card-amount-too-small"),
        (10_000_001, "amount-too-large"),
    ],
)
def test_other_amounts_are_refused(amount: int, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_amount(Cents(amount))
    assert refused.value.code == code


def test_a_simulated_card_has_a_test_number_and_another_word_is_refused() -> None:
    assert simulated_card("approved") is SimulatedCard.APPROVED
    assert {card.number for card in SimulatedCard} == {
        "4242424242424242",
        "4000000000000002",
        "4000000000009995",
    }
    with pytest.raises(Invalid) as refused:
        simulated_card("4242424242424242")
    assert refused.value.code == "simulated-card-unknown"
