"""Booking online with a deposit: held, charged, booked; declined, doubled, crashed."""

import asyncio

import pytest

from spa_pos.booking.actions import expire_holds
from spa_pos.booking.flows import expire_all_holds
from spa_pos.booking.rules.online import PAY_FOR
from spa_pos.checkout.flows import end_late_payments
from spa_pos.db import fetch, fetch_one, fetch_value
from tests.integration.booking.online import times
from tests.integration.checkout.test_deposits import rule
from tests.paying import BAD, DEPOSITS, VISA, Counter, statuses
from tests.sale import balance


async def test_the_time_is_booked_with_the_charge_and_the_deposit_counts_at_the_spa(counter: Counter) -> None:
    page = await counter.ready()
    assert "deposit of $30.00 before it is booked" in page.words and "Go on to the payment" in page.words
    page = await counter.phone.send("/book/pay")
    assert page.path == "/book/pay" and "$30.00" in page.words, page.words
    assert await statuses() == ["held"] and await fetch_value("SELECT count(*) FROM ticket") == 0
    done = await counter.paid()
    assert done.path == "/book/done" and "You paid a deposit of $30.00" in done.words, done.words
    assert await statuses() == ["booked"]
    assert await balance(DEPOSITS) == -3_000
    kept = await fetch_one(
        "SELECT h.paid_cents, h.guest = a.guest AS theirs FROM holding h"
        " JOIN appointment a ON a.id = h.for_visit"
    )
    assert kept is not None and tuple(kept) == (3_000, True)
    told = {row["kind"]: row["address"] for row in await fetch("SELECT kind, address FROM message")}
    assert told == dict.fromkeys(("code", "confirmation", "receipt"), "ida@example.org")
    assert await fetch_value("SELECT email FROM online_booking") is None, "forgotten once it is booked"
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released AND held_until IS NULL") > 0


async def test_without_a_rule_nothing_is_different(counter: Counter) -> None:
    await fetch("UPDATE card_term SET ended_at = $1", counter.spa.clock.now)
    page = await counter.ready()
    assert "deposit" not in page.words
    assert (await counter.phone.send("/book/confirm")).path == "/book/done"
    assert await statuses() == ["booked"]


async def test_what_is_asked_of_new_guests_is_not_asked_of_who_was_here(counter: Counter) -> None:
    await fetch("UPDATE card_term SET ended_at = $1", counter.spa.clock.now)
    await rule(counter.spa, new_guests=True)
    assert "deposit of $30.00" in (await counter.ready()).words
    await counter.phone.send("/book/pay")
    await counter.paid()
    await fetch("UPDATE appointment SET status = 'done' WHERE status = 'booked'")
    page = await counter.ready(more="&date=2026-11-30")
    assert "deposit" not in page.words
    assert (await counter.phone.send("/book/confirm")).path == "/book/done"
    await fetch("UPDATE appointment SET status = 'booked' WHERE status = 'done'")


async def test_booking_past_the_deposit_leads_to_it(counter: Counter) -> None:
    page = await counter.ready()
    form = page.form("/book/pay")
    page = await counter.phone.post("/book/confirm", form)
    assert page.path == "/book/pay" and await statuses() == ["held"]
    assert "Nothing is booked yet" in page.words
    await counter.phone.send("/book/pay/attempts")
    assert (await counter.paid()).path == "/book/done"


async def test_a_declined_card_books_nothing_and_another_one_may(counter: Counter) -> None:
    await counter.asked()
    page = await counter.paid(BAD)
    assert page.problem == "card-declined" and "Nothing is booked yet" in page.words
    assert await statuses() == ["held"] and await fetch_value("SELECT count(*) FROM ticket") == 0
    await counter.phone.send("/book/pay/attempts")
    assert (await counter.paid()).path == "/book/done"
    assert await statuses() == ["booked"] and await balance(DEPOSITS) == -3_000


async def test_trying_cards_ends_soon(counter: Counter) -> None:
    await counter.asked()
    for _ in range(7):
        await counter.paid(BAD)
        await counter.phone.send("/book/pay/attempts")
    await counter.paid(BAD)
    stopped = await counter.phone.send("/book/pay/attempts")
    assert stopped.status == 429 and stopped.problem == "too-many-tries"
    assert await fetch_value("SELECT count(*) FROM attempt") == 8


async def test_another_card_does_not_hold_the_time_for_longer(counter: Counter) -> None:
    await counter.asked()
    until = await fetch_value("SELECT held_until FROM appointment")
    assert until == counter.spa.clock.now + PAY_FOR
    counter.spa.clock.forward(minutes=20)
    await counter.paid(BAD)
    await counter.phone.send("/book/pay/attempts")
    assert await fetch_value("SELECT held_until FROM appointment") == until


async def test_everything_sent_twice_is_done_once(counter: Counter) -> None:
    page = await counter.ready()
    form = page.form("/book/pay")
    pages = [await counter.phone.post("/book/pay", form) for _ in range(2)]
    assert [one.path for one in pages] == ["/book/pay"] * 2
    assert await fetch_value("SELECT count(*) FROM attempt") == 1
    pay = {**counter.phone.page.form("/book/pay/sample"), "token": VISA}
    both = await asyncio.gather(*(counter.phone.browser.post("/book/pay/sample", data=pay) for _ in range(2)))
    assert {one.status_code for one in both} == {303}
    assert (await counter.phone.post("/book/pay/sample", pay)).path == "/book/done"
    assert (await counter.phone.post("/book/pay", form)).path == "/book/done"
    assert await statuses() == ["booked"] and await balance(DEPOSITS) == -3_000
    assert len(counter.processor.charges(await fetch_value("SELECT id FROM attempt"))) == 1


async def test_a_second_tab_cannot_change_the_time_while_a_card_is_asked_for(counter: Counter) -> None:
    await counter.asked()
    page = await counter.phone.open("/book/when?service=swedish-60&group=visitor")
    page = await counter.phone.send("/book/hold", time=times(page)[3])
    assert (page.status, page.problem) == (409, "payment-under-way")
    assert await statuses() == ["held"]
    await counter.phone.open("/book/pay")
    assert (await counter.paid()).path == "/book/done"


async def test_choosing_another_time_ends_the_payment_first(counter: Counter) -> None:
    await counter.asked()
    page = await counter.phone.send("/book/pay/cancellation")
    assert page.path.startswith("/book/when") and await statuses() == ["expired"]
    attempt = await fetch_one("SELECT id, state FROM attempt")
    assert attempt is not None and attempt["state"] == "cancelled"
    assert counter.processor.intents(attempt["id"]) == ["canceled"]
    page = await counter.phone.send("/book/hold", time=times(page)[0])
    page = await counter.phone.open("/book/confirm")
    page = await counter.phone.send("/book/pay")
    assert (await counter.paid()).path == "/book/done"
    assert await statuses() == ["booked", "expired"]


async def test_who_was_quicker_than_their_own_cancelling_is_booked(counter: Counter) -> None:
    await counter.asked()
    row = await fetch_one("SELECT id, processor_id FROM attempt")
    assert row is not None
    await counter.gateway.sample_payment(row["id"], row["processor_id"], VISA)
    page = await counter.phone.send("/book/pay/cancellation")
    assert page.path == "/book/done" and await statuses() == ["booked"]


async def test_two_guests_and_one_time(counter: Counter) -> None:
    ana = f"&date=2026-11-30&with={await counter.spa.staff_id('Ana Okafor')}"
    page = await counter.other.open(f"/book/when?service=swedish-60&group=visitor{ana}")
    slot = times(page)[0]
    await counter.asked(more=ana)
    page = await counter.other.send("/book/hold", time=slot)
    assert (page.status, page.problem) == (409, "slot-taken")
    counter.spa.clock.forward(minutes=29)
    page = await counter.other.send("/book/hold", time=slot)
    assert (page.status, page.problem) == (409, "slot-taken"), "held while the guest looks for the card"
    assert (await counter.paid()).path == "/book/done"
    assert await statuses() == ["booked"]


async def test_a_guest_who_has_a_visit_then_is_told_before_any_card(counter: Counter) -> None:
    await counter.asked()
    await counter.paid()
    page = await counter.asked(counter.other)
    assert (page.status, page.problem) == (409, "guest-already-booked"), page.words
    assert await fetch_value("SELECT count(*) FROM attempt") == 1


async def test_the_time_to_pay_is_over_and_nothing_was_charged(counter: Counter) -> None:
    await counter.asked()
    counter.spa.clock.forward(minutes=31)
    await expire_holds(counter.spa.maya, now=counter.spa.clock.now)
    assert await statuses() == ["held"], "not while money may still move"
    page = await counter.phone.open("/book/pay")
    assert "do not pay again" in page.words
    await counter.jobs()
    assert await statuses() == ["expired"]
    assert await fetch_value("SELECT state FROM attempt") == "cancelled"
    page = await counter.phone.open("/book/pay")
    assert page.problem == "hold-expired", page.words
    late = await counter.phone.post(
        "/book/pay/sample", {**counter.phone.page.form("/book/hold"), "token": VISA}
    )
    assert late.status in (409, 410) and await fetch_value("SELECT count(*) FROM ticket") == 0


async def test_a_charge_in_the_last_second_books(counter: Counter) -> None:
    await counter.asked()
    row = await fetch_one("SELECT id, processor_id FROM attempt")
    assert row is not None
    await counter.gateway.sample_payment(row["id"], row["processor_id"], VISA)
    counter.spa.clock.forward(minutes=31)
    await counter.jobs()
    assert await statuses() == ["booked"] and await balance(DEPOSITS) == -3_000
    assert (await counter.phone.open("/book/pay")).path == "/book/done"


async def test_a_crash_between_charge_and_record_is_healed(counter: Counter) -> None:
    await counter.asked()
    row = await fetch_one("SELECT id, processor_id FROM attempt")
    assert row is not None
    await counter.gateway.sample_payment(row["id"], row["processor_id"], VISA)
    counter.spa.clock.forward(minutes=3)
    await counter.jobs()
    assert await statuses() == ["booked"] and await balance(DEPOSITS) == -3_000


async def test_a_processor_that_is_away_at_the_beginning_charges_nothing(counter: Counter) -> None:
    await counter.ready()
    counter.processor.fault("POST /v1/payment_intents", "500", times=9)
    page = await counter.phone.send("/book/pay")
    assert page.status == 503 and "Nothing is booked yet" in page.words, page.words
    counter.processor.no_more_faults()
    assert await statuses() == ["held"]
    await counter.phone.send("/book/pay/attempts")
    assert (await counter.paid()).path == "/book/done"


async def test_a_mail_server_that_is_down_keeps_nobody_from_booking(counter: Counter) -> None:
    await counter.asked()
    assert (await counter.paid()).path == "/book/done"
    waiting = await fetch_value("SELECT count(*) FROM message WHERE kind <> 'code' AND sent_at IS NULL")
    assert waiting == 2, "confirmation and receipt wait in the outbox"


async def test_the_job_and_the_payment_at_once_never_part(counter: Counter) -> None:
    ends = [await _race(counter, turn) for turn in range(20)]
    assert await balance(DEPOSITS) == -3_000 * ends.count("paid")


async def _race(counter: Counter, turn: int) -> str:
    """The card is given in the second in which the time to pay is over; gives how the attempt ended."""
    counter.phone.browser.cookies.clear()
    await counter.ready(email=f"ida{turn}@example.org", more=f"&date=2026-12-0{1 + turn % 4}")
    await counter.phone.send("/book/pay")
    attempt_id = await fetch_value("SELECT id FROM attempt WHERE ended_at IS NULL")
    counter.spa.clock.forward(minutes=30)
    now = counter.spa.clock.now

    async def job() -> None:
        await asyncio.sleep((turn % 5) * 0.005)
        await end_late_payments(counter.cards, now)
        await expire_all_holds(now)

    await asyncio.gather(counter.cards.sample(attempt_id, VISA, now), job(), return_exceptions=True)
    counter.spa.clock.forward(minutes=10)
    await counter.jobs()
    seen = await fetch_one(
        "SELECT t.state, a.status FROM attempt t JOIN appointment a ON a.id = t.subject WHERE t.id = $1",
        attempt_id,
    )
    assert seen is not None
    assert tuple(seen) in (("paid", "booked"), ("cancelled", "expired"), ("declined", "expired"))
    assert len(counter.processor.charges(attempt_id)) == (seen["state"] == "paid")
    return str(seen["state"])


async def test_a_couple_pays_once_and_each_has_a_deposit(counter: Counter) -> None:
    await counter.ready(more="&second=visitor&date=2026-11-30")
    page = await counter.phone.send("/book/pay", second_given="Per", second_family="Moen")
    assert page.path == "/book/pay" and "$60.00" in page.words, page.words
    assert (await counter.paid()).path == "/book/done"
    rows = await fetch(
        "SELECT h.paid_cents, g.given_name FROM holding h JOIN guest g ON g.id = h.guest"
        " ORDER BY g.given_name"
    )
    assert [tuple(row) for row in rows] == [(3_000, "Ida"), (3_000, "Per")]
    assert await fetch_value("SELECT count(*) FROM ticket") == 1 and await statuses() == ["booked", "booked"]


async def test_the_database_refuses_to_lose_a_time_that_is_being_paid(counter: Counter) -> None:
    await counter.asked()
    with pytest.raises(Exception, match="not free while its deposit"):
        await fetch("UPDATE appointment SET status = 'expired', ended_at = $1", counter.spa.clock.now)
    with pytest.raises(Exception, match="charged with its visit"):
        await fetch(
            "UPDATE attempt SET state = 'paid', received_cents = 3000, ended_at = $1", counter.spa.clock.now
        )
    assert await statuses() == ["held"]
