"""Two kiosks at one ticket: one takes the money, the other is told. Without the guards, both would."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import undo_check_in
from spa_pos.checkout.actions import (
    begin_card,
    open_ticket,
    settle_ticket,
    take_cash,
    undo_tender,
    void_ticket,
)
from spa_pos.db import fetch_value, once
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import Cancelled, Paid, State
from tests.builders import asked_for_card, checked_in, open_sale, sale_of, ticket_of, told
from tests.cast import Spa
from tests.races import Outcome, race, without_row_locks

DUE = Cents(12_975)


async def cash(
    spa: Spa, who: Actor, ticket_id: UUID, given_cents: int | None = DUE, version: int = 1
) -> object:
    """Take cash at a kiosk."""
    given = None if given_cents is None else Cents(given_cents)
    return await take_cash(
        who,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=given,
        version=version,
        now=spa.clock.now,
    )


async def card(spa: Spa, who: Actor, ticket_id: UUID) -> UUID:
    """Ask for a card at a kiosk."""
    return await begin_card(
        who,
        ticket_id=ticket_id,
        attempt_id=uuid4(),
        reader_id=spa.house.reader_id,
        amount_cents=DUE,
        version=1,
        now=spa.clock.now,
    )


async def money() -> int:
    """Cents in the cash account."""
    return int(
        await fetch_value("SELECT coalesce(sum(amount_cents), 0) FROM posting WHERE account = '1000-cash'")
    )


async def race_of_cash(spa: Spa, ticket_id: UUID) -> Outcome:
    return await race(cash(spa, spa.maya if turn % 2 else spa.owen, ticket_id) for turn in range(16))


async def test_of_many_who_take_the_whole_amount_one_takes_it(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    outcome = await race_of_cash(spa, ticket_id)
    assert (len(outcome.won), outcome.codes) == (1, {"ticket-already-closed"})
    assert await money() == DUE


async def test_of_many_who_take_a_part_one_takes_it_and_the_others_look_again(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    outcome = await race(cash(spa, spa.owen, ticket_id, 1_000) for _ in range(16))
    assert (len(outcome.won), outcome.codes) == (1, {"ticket-changed"})
    assert (await money(), (await sale_of(spa, ticket_id)).sums.remaining_cents) == (1_000, DUE - 1_000)


async def test_without_the_row_lock_the_triggers_still_keep_a_ticket_from_being_paid_twice(
    spa: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = await open_sale(spa)
    without_row_locks(monkeypatch)
    outcome = await race_of_cash(spa, ticket_id)
    assert (len(outcome.won), await money()) == (1, DUE)
    assert outcome.codes <= {"ticket-already-closed", "not-checked-in", "appointment-done", "id-taken"}


async def test_without_the_row_lock_parts_would_be_taken_many_times(
    spa_left_broken: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = await open_sale(spa_left_broken)
    without_row_locks(monkeypatch)
    outcome = await race(cash(spa_left_broken, spa_left_broken.maya, ticket_id, 1_000) for _ in range(16))
    assert len(outcome.won) > 1
    assert await money() > 1_000


async def test_cash_and_a_card_never_pay_one_ticket_together(spa: Spa) -> None:
    for turn in range(5):
        guest_id = await spa.guest(f"Guest Number{turn}")
        ticket_id = await open_sale(spa, guest_id, at=spa.local(9) + turn * timedelta(minutes=75))
        both = [cash(spa, spa.maya, ticket_id), card(spa, spa.owen, ticket_id)]
        outcome = await race(both[:: 1 if turn % 2 else -1])
        assert len(outcome.won) == 1
        assert outcome.codes < {"ticket-already-closed", "card-already-in-progress"}
        if outcome.codes == {"card-already-in-progress"}:
            (attempt_id,) = outcome.won
            assert isinstance(attempt_id, UUID)
            assert await told_cancelled(spa, attempt_id) is State.CANCELLED
            await cash(spa, spa.maya, ticket_id)
    assert await money() == 5 * DUE


async def told_cancelled(spa: Spa, attempt_id: UUID) -> State:
    """The desk stops waiting for the card."""
    return await told(spa, attempt_id, Cancelled())


async def test_of_many_cards_one_is_asked_for(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    outcome = await race(card(spa, spa.maya if turn % 2 else spa.owen, ticket_id) for turn in range(16))
    assert (len(outcome.won), outcome.codes) == (1, {"card-already-in-progress"})
    assert await fetch_value("SELECT count(*) FROM attempt") == 1


async def test_one_reader_asks_for_one_card_whatever_the_ticket(spa: Spa) -> None:
    tickets = [
        await open_sale(spa, await spa.guest(f"Guest Number{turn}"), at=spa.local(hour))
        for turn, hour in enumerate((9, 11, 13))
    ]
    outcome = await race(card(spa, spa.maya, ticket_id) for ticket_id in tickets)
    assert (len(outcome.won), outcome.codes) == (1, {"reader-busy"})


async def test_of_many_who_look_whether_the_card_paid_one_books_it(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    attempt_id = await asked_for_card(spa, ticket_id)
    outcome = await race(told(spa, attempt_id, Paid(DUE)) for _ in range(16))
    assert outcome.won == [State.PAID] * 16
    assert await fetch_value("SELECT count(*) FROM tender") == 1
    assert (await sale_of(spa, ticket_id)).head.status == "settled"


async def test_money_is_given_back_or_the_ticket_is_settled_never_both(spa: Spa) -> None:
    for turn, hour in enumerate((9, 11, 13)):
        ticket_id = await open_sale(spa, await spa.guest(f"Guest Number{turn}"), at=spa.local(hour))
        await cash(spa, spa.maya, ticket_id, 5_000)
        tender_id = (await sale_of(spa, ticket_id)).tenders[0].id
        before = await money()
        undo = undo_tender(spa.maya, ticket_id=ticket_id, tender_id=tender_id, version=2, now=spa.clock.now)
        both = [undo, cash(spa, spa.owen, ticket_id, DUE - 5_000, version=2)]
        outcome = await race(both[:: 1 if turn % 2 else -1])
        assert len(outcome.won) == 1
        sale = await sale_of(spa, ticket_id)
        if sale.head.status == "settled":
            assert (outcome.codes, await money()) == ({"ticket-already-closed"}, before + DUE - 5_000)
        else:
            assert (outcome.codes, await money()) == ({"ticket-changed"}, before - 5_000)


async def test_money_is_given_back_once(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await cash(spa, spa.maya, ticket_id, 5_000)
    tender_id = (await sale_of(spa, ticket_id)).tenders[0].id
    outcome = await race(
        undo_tender(spa.owen, ticket_id=ticket_id, tender_id=tender_id, version=2, now=spa.clock.now)
        for _ in range(16)
    )
    assert (len(outcome.won), outcome.codes, await money()) == (1, {"ticket-changed"}, 0)


async def test_a_paid_ticket_that_waits_is_settled_once_by_hand(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    attempt_id = await asked_for_card(spa, ticket_id)
    outcome = await race(
        [
            undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now),
            told(spa, attempt_id, Paid(DUE)),
        ]
    )
    sale = await sale_of(spa, ticket_id)
    assert sale.sums.remaining_cents == 0
    assert (sale.head.status == "settled") == (outcome.told == ["appointment-done"])
    settling = await race(settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now) for _ in range(8))
    assert (settling.won, len(settling.told)) == ([], 8)


async def test_a_ticket_is_voided_or_paid_never_both(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    outcome = await race(
        [
            void_ticket(spa.maya, ticket_id=ticket_id, version=1, reason="Mistake", now=spa.clock.now),
            cash(spa, spa.owen, ticket_id),
            card(spa, spa.owen, ticket_id),
        ]
    )
    assert (len(outcome.won), len(outcome.told)) == (1, 2)


async def test_two_kiosks_open_one_ticket_for_a_visit(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    outcome = await race(
        open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=appointment_id, now=spa.clock.now)
        for _ in range(16)
    )
    assert (len(outcome.won), len(set(outcome.won))) == (16, 1)
    assert await fetch_value("SELECT value FROM counter WHERE name = 'ticket'") == 1


async def test_walk_ins_get_numbers_without_gaps_however_many_come_at_once(spa: Spa) -> None:
    outcome = await race(
        open_ticket(spa.owen, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now) for _ in range(64)
    )
    assert len(outcome.won) == 64
    assert await fetch_value("SELECT array_agg(number ORDER BY number) FROM ticket") == list(range(1, 65))


async def test_64_equal_requests_take_the_money_once_and_get_one_answer(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    asked = {"ticket_id": ticket_id, "tender_id": uuid4(), "given_cents": Cents(20_000), "version": 1}
    key = uuid4()
    outcome = await race(once(key, take_cash, actor=spa.maya, now=spa.clock.now, **asked) for _ in range(64))
    assert (len(outcome.won), len(set(outcome.won))) == (64, 1)
    assert (outcome.won[0].change_cents, outcome.won[0].settled) == (7_025, True)
    assert await money() == DUE
