"""A deposit charged online so late that nothing can be booked: it goes back to its card by itself."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from spa_pos.checkout.flows import recover_refunds
from spa_pos.checkout.queries.invariants import broken_late_deposits
from spa_pos.db import fetch, fetch_one, fetch_value
from tests.integration.booking.online import say, times, type_code
from tests.paying import DEPOSITS, VISA, Counter, statuses
from tests.sale import balance


async def charged_late(counter: Counter, **wish: Any) -> UUID:
    """A card is charged and the bank is silent for two hours, until the time is free; gives the attempt."""
    await counter.ready(**wish)
    names = {"second_given": "Per", "second_family": "Moen"} if wish else {}
    await counter.phone.send("/book/pay", **names)
    row = await fetch_one("SELECT id, processor_id FROM attempt")
    assert row is not None
    await counter.gateway.sample_payment(row["id"], row["processor_id"], VISA)
    counter.processor.fault("GET /v1/payment_intents", "500", times=99)
    counter.processor.fault("POST /v1/payment_intents", "500", times=99)
    counter.spa.clock.forward(minutes=90)
    await counter.jobs()
    assert set(await statuses()) == {"held"}, "kept while nobody knows"
    counter.spa.clock.forward(minutes=31)
    await counter.jobs()
    assert set(await statuses()) == {"expired"}, "nobody's time for ever"
    counter.processor.no_more_faults()
    counter.spa.clock.forward(minutes=6)
    found: UUID = row["id"]
    return found


async def sent_back(counter: Counter, attempt_id: UUID) -> list[int]:
    """What the processor gave back of a charge."""
    (charge,) = counter.processor.charges(attempt_id)
    payment = charge["payment_intent"]
    return [one["amount"] for one in counter.processor.refunds() if one["payment_intent"] == payment]


async def nobody_keeps_anything() -> bool:
    """True when the refund is closed, nothing is owed, and the sale left nothing in any account."""
    owed = await fetch_value("SELECT sum(paid_cents) FROM holding")
    left = await fetch("SELECT account FROM posting GROUP BY account HAVING sum(amount_cents) <> 0")
    return owed == 0 and left == [] and await fetch_value("SELECT status FROM refund") == "done"


async def test_a_charge_found_after_two_hours_goes_back_by_itself(counter: Counter) -> None:
    attempt_id = await charged_late(counter)
    await counter.jobs()
    assert await fetch_value("SELECT state FROM attempt") == "paid" and await statuses() == ["expired"]
    assert await balance(DEPOSITS) == -3_000, "owed until the card has it"
    assert await fetch_value("SELECT sum(paid_cents) FROM holding") == 0, "and cannot be spent meanwhile"
    page = await counter.phone.open("/book/pay")
    assert page.problem == "charged-too-late" and "the money goes back by itself" in page.words
    counter.spa.clock.forward(minutes=3)
    await counter.jobs()
    assert await sent_back(counter, attempt_id) == [3_000] and await nobody_keeps_anything()
    told = await fetch("SELECT address, facts->>'went_back' AS back FROM message WHERE kind = 'receipt'")
    assert [tuple(row) for row in told] == [("ida@example.org", "true")]
    why = await fetch_one("SELECT reason, made_by, approval FROM refund")
    assert why is not None and tuple(why) == ("Nothing was booked: the time was held no longer", None, None)


async def test_who_was_charged_late_pays_for_the_next_time_they_choose(counter: Counter) -> None:
    await charged_late(counter)
    await counter.jobs()
    page = await counter.phone.open("/book/pay")
    await counter.phone.send("/book/hold", time=times(page)[5])
    await say(counter.phone)
    page = await type_code(counter.phone)
    assert "deposit of $30.00 before it is booked" in page.words
    await counter.phone.send("/book/pay")
    assert (await counter.paid()).path == "/book/done"
    assert await statuses() == ["booked", "expired"]
    counter.spa.clock.forward(minutes=3)
    await counter.jobs()
    assert await balance(DEPOSITS) == -3_000, "the second one"
    assert await fetch_value("SELECT count(*) FROM refund") == 1


async def test_a_late_charge_told_twice_goes_back_once(counter: Counter) -> None:
    attempt_id = await charged_late(counter)
    now = counter.spa.clock.now
    await asyncio.gather(*(counter.cards.check(attempt_id, now) for _ in range(4)))
    await counter.cards.check(attempt_id, now)
    later = now + timedelta(minutes=3)
    await asyncio.gather(*(recover_refunds(counter.cards, later) for _ in range(3)))
    await recover_refunds(counter.cards, later + timedelta(hours=2))
    assert await fetch_value("SELECT count(*) FROM refund") == 1
    assert await sent_back(counter, attempt_id) == [3_000] and await nobody_keeps_anything()


async def test_a_crash_while_a_late_charge_goes_back_is_healed(counter: Counter) -> None:
    attempt_id = await charged_late(counter)
    await counter.cards.recover(counter.spa.clock.now)
    part = await fetch_one("SELECT id, amount_cents, status FROM refund_part")
    assert part is not None and part["status"] == "requested" and await sent_back(counter, attempt_id) == []
    payment = await fetch_value("SELECT processor_id FROM attempt")
    await counter.cards.give_back(part["id"], payment, part["amount_cents"])
    assert await fetch_value("SELECT status FROM refund") == "open", "sent, and nobody wrote it down"
    counter.spa.clock.forward(minutes=3)
    counter.processor.fault("POST /v1/refunds", "500", times=9)
    await counter.jobs()
    counter.processor.no_more_faults()
    counter.spa.clock.forward(minutes=30)
    await counter.jobs()
    assert await sent_back(counter, attempt_id) == [3_000] and await nobody_keeps_anything()


async def test_a_late_charge_of_a_couple_goes_back_whole(counter: Counter) -> None:
    attempt_id = await charged_late(counter, more="&second=visitor&date=2026-11-30")
    await counter.jobs()
    counter.spa.clock.forward(minutes=3)
    await counter.jobs()
    assert await sent_back(counter, attempt_id) == [6_000] and await nobody_keeps_anything()


async def test_a_late_charge_that_nobody_gives_back_is_named(counter: Counter) -> None:
    await counter.asked()
    await counter.paid()
    assert await broken_late_deposits() == []
    await fetch("UPDATE appointment SET status = 'expired'")
    (problem,) = await broken_late_deposits()
    assert str(await fetch_value("SELECT id FROM attempt")) in problem
    await fetch("UPDATE appointment SET status = 'booked'")
