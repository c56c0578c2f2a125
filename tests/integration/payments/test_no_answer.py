"""Answers that get lost: the outcome is unknown until the processor is asked, and money moves once."""

from datetime import timedelta

import pytest

from spa_pos.kernel.errors import Unavailable
from spa_pos.kernel.money import Cents
from spa_pos.payments.flows import Recovered
from spa_pos.payments.rules import PaidAttempt, State, Unknown
from spa_pos.payments.stripe_gateway import StripeGateway
from tests.integration.payments.conftest import NOW, PURPOSE, Desk, hear, heard, view
from tests.processor import KEY

LATER = NOW + timedelta(seconds=30)
MUCH_LATER = NOW + timedelta(minutes=10)
INTENTS = "/v1/payment_intents"
TRIES = 2
"""The library repeats what got no answer once, with the same key."""


@pytest.mark.parametrize("what", ["lose_answer", "stall", "500"])
async def test_an_answer_lost_after_the_charge_is_unknown_and_found_out_by_asking(
    desk: Desk, what: str
) -> None:
    attempt_id = await desk.started(6_000)
    await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    desk.processor.fault(f"GET {INTENTS}", what, times=TRIES)
    unknown = await desk.cards.check(attempt_id, LATER)
    assert (unknown.state, unknown.received_cents) == (State.UNKNOWN, None)
    assert await heard(unknown.subject) == 0
    paid = await desk.cards.check(attempt_id, LATER)
    assert paid.state is State.PAID
    assert await heard(paid.subject) == 6_000
    assert len(desk.processor.charges(attempt_id)) == 1


async def test_a_rehearsed_silence_is_unknown_and_then_paid(desk: Desk) -> None:
    attempt_id = await desk.started(6_000)
    assert (await desk.cards.simulate_tap(attempt_id, "no_answer", LATER)).state is State.UNKNOWN
    assert (await desk.cards.check(attempt_id, LATER)).state is State.UNKNOWN
    assert (await desk.cards.check(attempt_id, LATER)).state is State.PAID
    assert len(desk.processor.charges(attempt_id)) == 1


async def test_one_lost_answer_is_made_good_by_the_repetition_under_the_same_key(desk: Desk) -> None:
    attempt_id = await desk.opened(6_000)
    desk.processor.fault(f"POST {INTENTS}", "lose_answer")
    desk.processor.fault(f"POST /v1/terminal/readers/{desk.reader}/process", "lose_answer")
    assert (await desk.cards.start(attempt_id, NOW)).state is State.SUBMITTED
    assert (await desk.cards.simulate_tap(attempt_id, "approved", LATER)).state is State.PAID
    assert len(desk.processor.charges(attempt_id)) == 1


@pytest.mark.parametrize("what", ["refuse", "lose_answer", "500"])
async def test_no_answer_before_money_can_move_ends_the_attempt_and_cash_can_be_taken(
    desk: Desk, what: str
) -> None:
    attempt_id = await desk.opened(6_000)
    desk.processor.fault(f"POST {INTENTS}", what, times=TRIES)
    with pytest.raises(Unavailable) as refused:
        await desk.cards.start(attempt_id, NOW)
    assert refused.value.code == "processor-away"
    assert (await view(attempt_id)).state is State.CANCELLED
    again = await desk.started(6_000)
    assert (await desk.cards.simulate_tap(again, "approved", LATER)).state is State.PAID
    assert (len(desk.processor.charges(attempt_id)), len(desk.processor.charges(again))) == (0, 1)


async def test_the_reader_asks_although_its_answer_was_lost(desk: Desk) -> None:
    attempt_id = await desk.opened(6_000)
    desk.processor.fault(f"POST /v1/terminal/readers/{desk.reader}/process", "lose_answer", times=TRIES)
    assert (await desk.cards.start(attempt_id, NOW)).state is State.UNKNOWN
    assert (await desk.cards.simulate_tap(attempt_id, "approved", LATER)).state is State.PAID
    assert len(desk.processor.charges(attempt_id)) == 1


async def test_the_request_to_the_reader_was_lost_and_starting_again_makes_it_ask_once(desk: Desk) -> None:
    attempt_id = await desk.opened(6_000)
    desk.processor.fault(f"POST /v1/terminal/readers/{desk.reader}/process", "refuse", times=TRIES)
    assert (await desk.cards.start(attempt_id, NOW)).state is State.UNKNOWN
    await desk.cards.start(attempt_id, LATER)
    await desk.cards.start(attempt_id, LATER)
    assert (await desk.cards.simulate_tap(attempt_id, "approved", LATER)).state is State.PAID
    assert len(desk.processor.charges(attempt_id)) == 1


async def test_after_a_day_a_lost_request_is_not_sent_again(desk: Desk) -> None:
    """The processor has forgotten the key by then; the control is the test above."""
    attempt_id = await desk.opened(6_000)
    desk.processor.fault(f"POST /v1/terminal/readers/{desk.reader}/process", "refuse", times=TRIES)
    await desk.cards.start(attempt_id, NOW)
    assert (await desk.cards.start(attempt_id, NOW + timedelta(hours=20))).state is State.UNKNOWN
    with pytest.raises(Exception, match="not asking"):
        await desk.gateway.simulate_tap(desk.reader, "4242424242424242")


async def test_cancelling_without_an_answer_stays_unknown(desk: Desk) -> None:
    attempt_id = await desk.started(6_000)
    for place in (f"GET /v1/terminal/readers/{desk.reader}", f"POST {INTENTS}", f"GET {INTENTS}"):
        desk.processor.fault(place, "refuse", times=TRIES)
    assert (await desk.cards.cancel(attempt_id, LATER)).state is State.UNKNOWN
    assert (await desk.cards.cancel(attempt_id, LATER)).state is State.CANCELLED


async def test_nothing_listens_at_the_processors_address(desk: Desk) -> None:
    gateway = StripeGateway(KEY, api_base="http://127.0.0.1:9", connect_seconds=0.5)
    assert isinstance(await gateway.read("pi_1"), Unknown)
    with pytest.raises(Unavailable):
        await gateway.create((await desk.opened()), Cents(1_000))
    await gateway.close()


async def test_a_guest_who_never_taps_is_given_up_after_five_minutes(desk: Desk) -> None:
    attempt_id = await desk.started()
    assert await desk.cards.recover(NOW + timedelta(minutes=4)) == Recovered(looked_at=1, ended=0, failed=0)
    assert (await view(attempt_id)).state is State.SUBMITTED
    assert await desk.cards.recover(NOW + timedelta(minutes=5)) == Recovered(looked_at=1, ended=1, failed=0)
    assert (await view(attempt_id)).state is State.CANCELLED
    with pytest.raises(Exception, match="not asking"):
        await desk.gateway.simulate_tap(desk.reader, "4242424242424242")


async def test_recovery_leaves_alone_what_is_not_due(desk: Desk) -> None:
    attempt_id = await desk.started()
    assert await desk.cards.recover(NOW + timedelta(seconds=1)) == Recovered(0, 0, 0)
    await desk.cards.simulate_tap(attempt_id, "approved", LATER)
    assert await desk.cards.recover(MUCH_LATER) == Recovered(0, 0, 0)


async def test_recovery_asks_less_and_less_often_when_nobody_answers(desk: Desk) -> None:
    attempt_id = await desk.started()
    waits = []
    moment = LATER
    for _ in range(3):
        desk.processor.fault(f"GET {INTENTS}", "refuse", times=TRIES)
        await desk.cards.recover(moment)
        due = (await view(attempt_id)).next_check_at
        assert due is not None
        waits.append((due - moment).total_seconds())
        moment = due
    assert waits == [10, 20, 40]


async def test_a_screen_that_looks_every_second_writes_nothing_while_nothing_changes(desk: Desk) -> None:
    attempt_id = await desk.started()
    before = await view(attempt_id)
    for second in range(1, 4):
        await desk.cards.check(attempt_id, NOW + timedelta(seconds=second))
    assert await view(attempt_id) == before


async def test_whoever_it_is_for_cannot_take_it_now_and_recovery_finishes_it_later(desk: Desk) -> None:
    broken = True

    async def stubborn(paid: PaidAttempt) -> None:
        await hear(paid)
        if broken:
            raise RuntimeError("the ticket cannot be settled just now")

    slow = desk.with_handlers({PURPOSE: stubborn})
    attempt_id = await slow.started(8_000)
    subject = (await view(attempt_id)).subject
    with pytest.raises(RuntimeError):
        await slow.cards.simulate_tap(attempt_id, "approved", LATER)
    assert (await view(attempt_id)).state is State.SUBMITTED
    assert await heard(subject) == 0, "rolled back with the outcome"
    assert await slow.cards.recover(LATER) == Recovered(looked_at=1, ended=0, failed=1)
    broken = False
    assert await slow.cards.recover(LATER) == Recovered(0, 0, 0), "put off"
    assert await slow.cards.recover(MUCH_LATER) == Recovered(looked_at=1, ended=1, failed=0)
    assert (await view(attempt_id)).state is State.PAID
    assert await heard(subject) == 8_000
    assert len(desk.processor.charges(attempt_id)) == 1
