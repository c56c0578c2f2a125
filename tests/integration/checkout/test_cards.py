"""Cards on a ticket: asked for, paid, declined, and money that arrives where nobody expects it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import cancel_appointment, check_in, undo_check_in
from spa_pos.checkout.actions import begin_card, record_card, settle_ticket, take_cash, void_ticket
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import register_reader
from spa_pos.payments.queries import live_attempt_for
from spa_pos.payments.rules import Cancelled, Declined, Paid, State, Unknown
from spa_pos.reports.queries import sales_day
from spa_pos.verify import verify
from tests.builders import asked_for_card, checked_in, open_sale, paid_by_card, sale_of, ticket_of, told
from tests.cast import Spa

DUE = 12_975


async def ask(spa: Spa, ticket_id: UUID, **wish: Any) -> UUID:
    """Write down that a card is asked for, on the ticket as it stands."""
    asked = {
        "attempt_id": uuid4(),
        "reader_id": spa.house.reader_id,
        "amount_cents": Cents(DUE),
        "version": (await sale_of(spa, ticket_id)).head.version,
    } | wish
    return await begin_card(spa.maya, ticket_id=ticket_id, now=spa.clock.now, **asked)


async def broken() -> dict[str, list[str]]:
    """What `spa-pos verify` would say."""
    return {verdict.name: verdict.problems for verdict in await verify() if verdict.problems}


async def test_a_card_is_asked_for_and_the_audit_trail_knows_by_whom(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    attempt_id = await ask(spa, ticket_id)
    found = await live_attempt_for(ticket_id)
    assert found is not None
    assert (found.id, found.amount_cents, found.state) == (attempt_id, DUE, State.NEW)
    assert await fetch_value("SELECT staff_name FROM audit_event WHERE verb = 'asked for a card'")
    assert (await sale_of(spa, ticket_id)).sums.remaining_cents == DUE


@pytest.mark.parametrize("amount", [0, -1, DUE + 1])
async def test_a_card_pays_something_and_no_more_than_what_remains(spa: Spa, amount: int) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Invalid, match="amount-above-remaining"):
        await ask(spa, ticket_id, amount_cents=Cents(amount))
    assert await live_attempt_for(ticket_id) is None


async def test_less_than_fifty_cents_no_card_pays(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Invalid, match="card-amount-too-small"):
        await ask(spa, ticket_id, amount_cents=Cents(49))
    assert await ask(spa, ticket_id, amount_cents=Cents(50))


async def test_one_card_at_a_time_on_a_ticket_and_on_a_reader(spa: Spa) -> None:
    first = await open_sale(spa)
    second = await open_sale(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await ask(spa, first, amount_cents=Cents(5_000))
    with pytest.raises(Conflict, match="card-already-in-progress"):
        await ask(spa, first, amount_cents=Cents(5_000))
    with pytest.raises(Conflict, match="reader-busy"):
        await ask(spa, second)
    other = uuid4()
    await register_reader(
        reader_id=other,
        location_id=spa.house.location_id,
        name="Desk 2 reader",
        processor_id="tmr_2",
        simulated=True,
    )
    assert await ask(spa, second, reader_id=other)


async def test_older_paid_and_unknown_tickets_and_readers_are_told(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    with pytest.raises(Conflict, match="ticket-changed"):
        await ask(spa, ticket_id, version=2)
    with pytest.raises(NotFound, match="reader-unknown"):
        await ask(spa, ticket_id, reader_id=uuid4())
    with pytest.raises(NotFound, match="ticket-unknown"):
        await ask(spa, uuid4(), version=1)
    await paid_by_card(spa, ticket_id)
    with pytest.raises(Conflict, match="ticket-already-closed"):
        await ask(spa, ticket_id)


async def test_a_ticket_that_is_paid_but_open_asks_for_no_card(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    attempt_id = await asked_for_card(spa, ticket_id)
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    await told(spa, attempt_id, Paid(Cents(DUE)))
    with pytest.raises(Conflict, match="nothing-to-pay"):
        await ask(spa, ticket_id)


async def test_a_paid_card_is_a_tender_and_settles_the_ticket(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    attempt_id = await paid_by_card(spa, ticket_id)
    sale = await sale_of(spa, ticket_id)
    (tender,) = sale.tenders
    assert (tender.kind, tender.amount_cents, tender.attempt_id) == ("card", DUE, attempt_id)
    assert (tender.card_brand, tender.card_last4) == ("visa", "4242")
    assert (sale.head.status, sale.head.total_cents) == ("settled", DUE)
    held = await fetch_value(
        "SELECT sum(amount_cents)::bigint FROM posting WHERE account = '1100-card-clearing'"
    )
    assert held == DUE


async def test_a_card_and_cash_pay_together(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await paid_by_card(spa, ticket_id, 10_000)
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.status, sale.sums.remaining_cents, sale.head.version) == ("open", 2_975, 2)
    await take_cash(
        spa.maya, ticket_id=ticket_id, tender_id=uuid4(), given_cents=None, version=2, now=spa.clock.now
    )
    assert (await sale_of(spa, ticket_id)).head.status == "settled"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Declined("generic_decline", "No."), State.DECLINED), (Cancelled(), State.CANCELLED)],
)
async def test_a_card_that_did_not_pay_leaves_the_ticket_as_it_was(
    spa: Spa, outcome: Declined | Cancelled, state: State
) -> None:
    ticket_id = await open_sale(spa)
    assert await told(spa, await asked_for_card(spa, ticket_id), outcome) is state
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.version, sale.tenders, sale.sums.remaining_cents) == (1, (), DUE)
    assert await fetch_value("SELECT count(*) FROM entry") == 0
    await paid_by_card(spa, ticket_id)
    assert (await sale_of(spa, ticket_id)).head.status == "settled"


async def test_while_nobody_knows_whether_a_card_paid_no_money_is_taken(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    attempt_id = await asked_for_card(spa, ticket_id)
    assert await told(spa, attempt_id, Unknown("no answer")) is State.UNKNOWN
    asked = {"ticket_id": ticket_id, "version": 1, "now": spa.clock.now}
    for attempt in (
        take_cash(spa.owen, tender_id=uuid4(), given_cents=None, **asked),  # type: ignore[arg-type]
        void_ticket(spa.owen, reason="Mistake", **asked),  # type: ignore[arg-type]
        ask(spa, ticket_id),
    ):
        with pytest.raises(Conflict, match="card-already-in-progress"):
            await attempt
    assert await told(spa, attempt_id, Paid(Cents(DUE))) is State.PAID
    assert (await sale_of(spa, ticket_id)).head.status == "settled"


async def test_an_outcome_told_twice_is_one_tender(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    attempt_id = await paid_by_card(spa, ticket_id)
    assert await told(spa, attempt_id, Paid(Cents(DUE))) is State.PAID
    assert await told(spa, attempt_id, Declined("late", "Late.")) is State.PAID
    assert await fetch_value("SELECT count(*) FROM tender") == 1


async def test_less_than_was_asked_for_is_booked_as_received(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await told(spa, await asked_for_card(spa, ticket_id), Paid(Cents(10_000)))
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.status, sale.sums.tendered_cents, sale.sums.remaining_cents) == ("open", 10_000, 2_975)


async def test_a_visit_that_is_not_checked_in_any_more_keeps_a_paid_ticket_open_until_it_is(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    attempt_id = await asked_for_card(spa, ticket_id)
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    assert await told(spa, attempt_id, Paid(Cents(DUE))) is State.PAID
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.status, sale.sums.remaining_cents) == ("open", 0)
    with pytest.raises(Conflict, match="not-checked-in"):
        await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)
    await check_in(
        spa.maya, appointment_id=appointment_id, version=3, proof_shown="on_file", now=spa.clock.now
    )
    await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)
    assert (await sale_of(spa, ticket_id)).head.status == "settled"


async def test_a_visit_cancelled_while_the_guest_paid_is_named_when_settling(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    attempt_id = await asked_for_card(spa, ticket_id)
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    await cancel_appointment(
        spa.maya, appointment_id=appointment_id, version=3, reason="Illness", now=spa.clock.now
    )
    await told(spa, attempt_id, Paid(Cents(DUE)))
    with pytest.raises(Conflict, match="is cancelled"):
        await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)


async def test_more_than_remains_is_booked_kept_open_and_named_by_verify(spa_left_broken: Spa) -> None:
    spa = spa_left_broken
    ticket_id = await open_sale(spa)
    await told(spa, await asked_for_card(spa, ticket_id), Paid(Cents(DUE + 1_000)))
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.status, sale.sums.remaining_cents) == ("open", -1_000)
    with pytest.raises(Conflict, match="tenders-above-total"):
        await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)
    held = await fetch_value("SELECT sum(amount_cents)::bigint FROM posting WHERE account = '2300-tendered'")
    assert held == -(DUE + 1_000)
    assert await broken() == {
        "checkout.broken_overpaid_tickets": ["ticket 1 comes to 12975 and was paid 13975 already"]
    }


async def test_money_for_a_closed_ticket_is_booked_written_down_and_named_by_verify(
    spa_left_broken: Spa,
) -> None:
    spa = spa_left_broken
    ticket_id = await open_sale(spa)
    await paid_by_card(spa, ticket_id)
    late = uuid4()
    await record_card(
        spa.maya, ticket_id=ticket_id, attempt_id=late, received_cents=Cents(4_000), now=spa.clock.now
    )
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.status, len(sale.tenders), sale.head.total_cents) == ("settled", 1, DUE)
    row = await fetch_one(
        "SELECT subject FROM audit_event WHERE verb = 'received card money on a closed ticket'"
    )
    assert row is not None
    assert row["subject"] == ticket_id
    found = await broken()
    assert found.keys() == {"checkout.broken_tendered", "reports.broken_bridge", "reports.broken_days"}
    assert found["checkout.broken_tendered"] == [
        "the ledger owes 4000 on open tickets, their tenders add up to 0"
    ]
    report = await sales_day(spa.house.location_id, spa.house.zone, spa.local(12).date())
    assert not report.agrees


async def test_a_card_payment_nobody_finished_is_left_for_recovery(spa: Spa) -> None:
    ticket_id = await open_sale(spa)
    await ask(spa, ticket_id)
    rows = await fetch("SELECT state, next_check_at FROM attempt")
    assert [(row["state"], row["next_check_at"] > spa.clock.now) for row in rows] == [("new", True)]
