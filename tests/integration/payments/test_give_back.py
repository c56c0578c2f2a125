"""Refunds at the pretended processor: once, whatever gets lost."""

from uuid import uuid4

from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import GivenBack, NotGivenBack, Unknown
from tests.integration.payments.conftest import NOW, Desk, view


async def paid(desk: Desk) -> str:
    """The processor's id of a card payment of $140.00."""
    attempt_id = await desk.started()
    await desk.cards.simulate_tap(attempt_id, "approved", NOW)
    found = await view(attempt_id)
    assert found.processor_id is not None
    assert found.state == "paid"
    return found.processor_id


async def test_money_goes_back_to_the_card_in_parts(desk: Desk) -> None:
    intent = await paid(desk)
    for cents in (4_000, 10_000):
        outcome = await desk.cards.give_back(uuid4(), intent, Cents(cents))
        assert isinstance(outcome, GivenBack)
        assert outcome.settled


async def test_an_answer_that_is_lost_is_unknown_and_asking_again_gives_back_once(desk: Desk) -> None:
    intent = await paid(desk)
    refund_id = uuid4()
    desk.processor.fault("POST /v1/refunds", "lose_answer", times=2)
    assert isinstance(await desk.cards.give_back(refund_id, intent, Cents(4_000)), Unknown)
    desk.processor.no_more_faults()
    first = await desk.cards.give_back(refund_id, intent, Cents(4_000))
    again = await desk.cards.give_back(refund_id, intent, Cents(4_000))
    assert isinstance(first, GivenBack)
    assert first == again


async def test_a_payment_that_was_never_paid_gives_nothing_back(desk: Desk) -> None:
    attempt_id = await desk.started()
    found = await view(attempt_id)
    assert found.processor_id is not None
    outcome = await desk.cards.give_back(uuid4(), found.processor_id, Cents(4_000))
    assert isinstance(outcome, NotGivenBack | Unknown)
