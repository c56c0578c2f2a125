"""A card payment from the reader to the record, with everything that can come in between."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from spa_pos.db import action, fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import open_attempt, record_outcome
from spa_pos.payments.flows import CardPayments
from spa_pos.payments.queries import live_attempt_for, readers
from spa_pos.payments.rules import Cancelled, Declined, Outcome, Paid, State
from spa_pos.payments.stripe_gateway import StripeGateway
from tests.integration.payments.conftest import NOW, PURPOSE, Desk, hear, heard, view
from tests.processor import KEY

LATER = NOW + timedelta(seconds=30)
INTENTS = "/v1/payment_intents"


async def test_an_approved_card_pays_and_whoever_it_is_for_hears_it_once(desk: Desk) -> None:
    attempt_id = await desk.started(14_000)
    assert (await view(attempt_id)).state is State.SUBMITTED
    paid = await desk.cards.simulate_tap(attempt_id, "approved", LATER)
    assert (paid.state, paid.received_cents, paid.card_brand, paid.card_last4) == (
        State.PAID,
        14_000,
        "visa",
        "4242",
    )
    assert paid.ended_at == LATER
    assert await heard(paid.subject) == 14_000
    [charge] = desk.processor.charges(attempt_id)
    assert charge["amount"] == 14_000


async def test_no_money_moves_before_the_card_is_held_to_the_reader(desk: Desk) -> None:
    attempt_id = await desk.started()
    assert (await desk.cards.check(attempt_id, LATER)).state is State.SUBMITTED
    assert desk.processor.charges(attempt_id) == []


@pytest.mark.parametrize(
    ("card", "words"), [("declined", "declined"), ("insufficient_funds", "not have enough funds")]
)
async def test_a_declined_card_ends_the_attempt_and_another_card_pays(
    desk: Desk, card: str, words: str
) -> None:
    ticket = uuid4()
    first = await desk.started(9_000, ticket)
    declined = await desk.cards.simulate_tap(first, card, LATER)
    assert declined.state is State.DECLINED
    assert words in (declined.decline_sentence or "")
    assert await live_attempt_for(ticket) is None
    second = await desk.started(9_000, ticket)
    assert (await desk.cards.simulate_tap(second, "approved", LATER)).state is State.PAID
    assert (len(desk.processor.charges(first)), len(desk.processor.charges(second))) == (0, 1)
    assert await heard(ticket) == 9_000


async def test_the_reason_of_the_bank_is_kept_but_not_shown(desk: Desk) -> None:
    attempt_id = await desk.started()
    await desk.cards.simulate_tap(attempt_id, "insufficient_funds", LATER)
    assert (
        await fetch_value("SELECT decline_code FROM attempt WHERE id = $1", attempt_id)
        == "insufficient_funds"
    )
    assert not hasattr(await view(attempt_id), "decline_code")


async def test_a_declined_payment_can_not_be_paid_any_more(desk: Desk) -> None:
    attempt_id = await desk.started()
    declined = await desk.cards.simulate_tap(attempt_id, "declined", LATER)
    assert declined.processor_id is not None
    with pytest.raises(Conflict, match="not asking"):
        await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    assert desk.processor.charges(attempt_id) == []


async def test_a_card_that_pays_just_after_the_decline_was_read_has_paid(desk: Desk) -> None:
    """The second look, after the payment was closed, decides; without it the money would be lost."""
    attempt_id = await desk.started(9_000)
    looks: list[Outcome] = [Declined("generic_decline", "No."), Paid(Cents(9_000), "visa", "4242")]

    class Quick(StripeGateway):
        async def read(self, processor_id: str) -> Outcome:
            return looks.pop(0)

    quick = Quick(KEY, api_base=desk.processor.address)
    found = await CardPayments(quick, {PURPOSE: hear}).check(attempt_id, LATER)
    await quick.close()
    assert (found.state, await heard(found.subject)) == (State.PAID, 9_000)


async def test_starting_twice_at_once_charges_once(desk: Desk) -> None:
    attempt_id = await desk.opened()
    other_program = CardPayments(desk.gateway, {PURPOSE: hear})
    await asyncio.gather(
        *(cards.start(attempt_id, NOW) for cards in (desk.cards, desk.cards, other_program, other_program))
    )
    paid = await desk.cards.simulate_tap(attempt_id, "approved", LATER)
    assert paid.state is State.PAID
    assert len(desk.processor.charges(attempt_id)) == 1
    assert (await desk.cards.start(attempt_id, LATER)).state is State.PAID
    assert len(desk.processor.charges(attempt_id)) == 1


async def test_many_looks_at_once_tell_it_once(desk: Desk) -> None:
    attempt_id = await desk.started(5_000)
    await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    programs = [CardPayments(desk.gateway, {PURPOSE: hear}) for _ in range(8)]
    seen = await asyncio.gather(*(one.check(attempt_id, LATER) for one in programs))
    assert {one.state for one in seen} == {State.PAID}
    assert await heard(seen[0].subject) == 5_000


async def test_the_same_attempt_opened_again_changes_nothing_and_with_other_contents_is_refused(
    desk: Desk,
) -> None:
    attempt_id = await desk.started()
    before = await view(attempt_id)
    asked = {
        "attempt_id": attempt_id,
        "location_id": desk.location_id,
        "purpose": PURPOSE,
        "subject": before.subject,
        "reader_id": desk.reader_id,
    }
    await open_attempt(**asked, amount_cents=Cents(14_000), now=LATER)
    assert await view(attempt_id) == before
    with pytest.raises(Conflict) as refused:
        await open_attempt(**asked, amount_cents=Cents(14_001), now=LATER)
    assert refused.value.code == "attempt-reused"


async def test_a_ticket_and_a_reader_have_one_live_attempt(desk: Desk) -> None:
    ticket = uuid4()
    attempt_id = await desk.started(9_000, ticket)
    found = await live_attempt_for(ticket)
    assert found is not None
    assert found.id == attempt_id
    with pytest.raises(Conflict) as refused:
        await desk.opened(9_000)
    assert refused.value.code == "reader-busy"
    with pytest.raises(Conflict) as refused:
        await desk.opened(9_000, ticket)
    assert refused.value.code in ("card-already-in-progress", "reader-busy")


async def test_a_reader_of_another_location_and_a_switched_off_one_are_not_found(desk: Desk) -> None:
    [reader] = await readers(desk.location_id)
    assert (reader.id, reader.simulated) == (desk.reader_id, True)
    assert await readers(uuid4()) == []
    with pytest.raises(NotFound):
        await open_attempt(
            attempt_id=uuid4(),
            location_id=uuid4(),
            purpose=PURPOSE,
            subject=uuid4(),
            reader_id=desk.reader_id,
            amount_cents=Cents(9_000),
            now=NOW,
        )


async def test_an_amount_no_card_pays_writes_nothing(desk: Desk) -> None:
    with pytest.raises(Invalid):
        await desk.opened(49)
    assert await fetch_value("SELECT count(*) FROM attempt") == 0


async def test_a_reader_that_is_busy_at_the_processor_refuses_and_nothing_is_charged(desk: Desk) -> None:
    """Somebody else's program asks on our reader; the control is the same reader left alone."""
    foreign = await desk.gateway.create(uuid4(), Cents(1_000))
    await desk.gateway.present(uuid4(), foreign, desk.reader)
    attempt_id = await desk.opened()
    with pytest.raises(Conflict) as refused:
        await desk.cards.start(attempt_id, NOW)
    assert refused.value.code == "reader-busy"
    assert (await view(attempt_id)).state is State.CANCELLED
    await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    assert desk.processor.charges(attempt_id) == [], "the tap paid the one that was asked for"
    assert (await view(await desk.started())).state is State.SUBMITTED


async def test_a_reader_that_is_offline_says_what_to_do(desk: Desk) -> None:
    attempt_id = await desk.opened()
    desk.processor.switch_reader(desk.reader, "offline")
    with pytest.raises(Unavailable) as refused:
        await desk.cards.start(attempt_id, NOW)
    assert refused.value.code == "reader-offline"
    assert "network" in refused.value.sentence
    assert (await view(attempt_id)).state is State.CANCELLED


async def test_cancelling_stops_the_reader_and_nothing_is_charged(desk: Desk) -> None:
    attempt_id = await desk.started()
    assert (await desk.cards.cancel(attempt_id, LATER)).state is State.CANCELLED
    with pytest.raises(Conflict) as refused:
        await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    assert refused.value.code == "reader-not-asking"
    assert desk.processor.charges(attempt_id) == []


@pytest.mark.parametrize("step", ["readers/{reader}/cancel_action", "intent/cancel"])
async def test_a_guest_who_taps_while_the_desk_cancels_has_paid(desk: Desk, step: str) -> None:
    """The tap comes just before the one or the other request; the control is the test above."""
    attempt_id = await desk.started(7_000)
    found = await view(attempt_id)
    place = {
        "intent/cancel": f"POST {INTENTS}/{found.processor_id}/cancel",
        "readers/{reader}/cancel_action": f"POST /v1/terminal/readers/{desk.reader}/cancel_action",
    }[step]
    if step == "intent/cancel":  # the reader could not be stopped in time
        desk.processor.fault(f"GET /v1/terminal/readers/{desk.reader}", "refuse", times=2)
    desk.processor.fault(place, "tap", reader=desk.reader, number="4242424242424242")
    cancelled = await desk.cards.cancel(attempt_id, LATER)
    assert (cancelled.state, cancelled.received_cents) == (State.PAID, 7_000)
    assert await heard(found.subject) == 7_000
    assert len(desk.processor.charges(attempt_id)) == 1


async def test_cancelling_stops_only_what_was_asked_for(desk: Desk) -> None:
    """The reader already asks for the next guest's card; the late cancel of ours must not stop that."""
    attempt_id = await desk.started()
    await desk.gateway.cancel_on_reader((await view(attempt_id)).processor_id or "", desk.reader)
    foreign = await desk.gateway.create(uuid4(), Cents(1_000))
    await desk.gateway.present(uuid4(), foreign, desk.reader)
    assert (await desk.cards.cancel(attempt_id, LATER)).state is State.CANCELLED
    await desk.gateway.simulate_tap(desk.reader, "4242424242424242")
    assert isinstance(await desk.gateway.read(foreign), Paid)


async def test_a_payment_that_has_ended_can_neither_be_cancelled_nor_presented_again(desk: Desk) -> None:
    attempt_id = await desk.started(7_000)
    paid = await desk.cards.simulate_tap(attempt_id, "approved", LATER)
    assert paid.processor_id is not None
    await desk.gateway.cancel(paid.processor_id)
    again = await desk.gateway.present(uuid4(), paid.processor_id, desk.reader)
    assert again == Paid(Cents(7_000), "visa", "4242")
    assert len(desk.processor.charges(attempt_id)) == 1


async def test_a_late_outcome_changes_nothing(desk: Desk) -> None:
    attempt_id = await desk.started()
    await desk.cards.cancel(attempt_id, LATER)
    before = await view(attempt_id)
    state = await record_outcome(attempt_id, Paid(Cents(14_000)), {PURPOSE: hear}, LATER)
    assert state is State.CANCELLED
    assert await view(attempt_id) == before
    assert await heard(before.subject) == 0


async def test_what_is_booked_is_what_was_received(desk: Desk) -> None:
    attempt_id = await desk.started(14_000)
    await record_outcome(attempt_id, Paid(Cents(13_500), "visa", "4242"), {PURPOSE: hear}, LATER)
    found = await view(attempt_id)
    assert (found.amount_cents, found.received_cents) == (14_000, 13_500)
    assert await heard(found.subject) == 13_500


async def test_a_purpose_nobody_answers_for_is_not_recorded_as_paid(desk: Desk) -> None:
    attempt_id = await desk.started()
    with pytest.raises(LookupError):
        await record_outcome(attempt_id, Paid(Cents(14_000)), {}, LATER)
    assert (await view(attempt_id)).state is State.SUBMITTED


async def test_a_handler_that_goes_away_stops_nothing_half_way(desk: Desk) -> None:
    """The browser tab is closed while the processor is slow; without its own task the row would stay new."""
    attempt_id = await desk.opened()
    desk.processor.fault(f"POST {INTENTS}", "stall")
    handler = asyncio.create_task(desk.cards.start(attempt_id, NOW))
    await asyncio.sleep(0.3)
    handler.cancel()
    with pytest.raises(asyncio.CancelledError):
        await handler
    assert (await view(attempt_id)).state is State.NEW
    await desk.cards.finish()
    assert (await view(attempt_id)).state is State.SUBMITTED


async def test_cancelling_while_the_processor_is_still_being_told_leaves_nothing_to_pay(desk: Desk) -> None:
    attempt_id = await desk.opened()
    desk.processor.fault(f"POST {INTENTS}", "stall")
    starting = asyncio.create_task(desk.cards.start(attempt_id, NOW))
    await asyncio.sleep(0.3)
    assert (await desk.cards.cancel(attempt_id, NOW)).state is State.CANCELLED
    assert (await starting).state is State.CANCELLED
    assert desk.processor.intents(attempt_id) == ["canceled"]
    with pytest.raises(Conflict, match="not asking"):
        await desk.gateway.simulate_tap(desk.reader, "4242424242424242")


async def test_a_gateway_is_never_called_inside_a_transaction(desk: Desk) -> None:
    attempt_id = await desk.started()

    @action
    async def wrong() -> None:
        await desk.cards.check(attempt_id, NOW)

    with pytest.raises(RuntimeError, match="inside a transaction"):
        await wrong()
    for call in (
        lambda: desk.gateway.create(attempt_id, Cents(100)),
        lambda: desk.gateway.present(attempt_id, "pi_1", desk.reader),
        lambda: desk.gateway.read("pi_1"),
        lambda: desk.gateway.cancel("pi_1"),
        lambda: desk.gateway.cancel_on_reader("pi_1", desk.reader),
        lambda: desk.gateway.simulate_tap(desk.reader, "4242424242424242"),
        lambda: desk.gateway.simulate_silence(),
    ):
        with pytest.raises(RuntimeError, match="inside a transaction"):
            await action(call)()


async def test_a_real_reader_takes_no_simulated_card(desk: Desk) -> None:
    attempt_id = await desk.started()
    await fetch("UPDATE reader SET simulated = false WHERE id = $1", desk.reader_id)
    with pytest.raises(Conflict) as refused:
        await desk.cards.simulate_tap(attempt_id, "approved", LATER)
    assert refused.value.code == "reader-is-real"
    assert desk.processor.charges(attempt_id) == []


async def test_an_unknown_attempt_is_not_found(desk: Desk) -> None:
    for verb in (desk.cards.start, desk.cards.check, desk.cards.cancel):
        with pytest.raises(NotFound):
            await verb(uuid4(), NOW)


async def test_a_processor_that_forgot_the_payment_cancels_only_when_it_is_pretended(desk: Desk) -> None:
    assert isinstance(await desk.gateway.read("pi_forgotten"), Cancelled)
