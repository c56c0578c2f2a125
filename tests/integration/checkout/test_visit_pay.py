"""Paying by the link to a visit: a deposit, a fee; declined, twice, waived meanwhile, left alone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from spa_pos.booking.actions import mark_no_show
from spa_pos.checkout.actions import waive_fee
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import format_usd
from spa_pos.messages.rules import visit_token
from tests.builders import booked, visit_of
from tests.cast import SECRET
from tests.conftest import Database
from tests.integration.checkout.test_deposits import rule
from tests.integration.messages.test_offers_by_link import offered
from tests.paying import BAD, DEPOSITS, VISA, Counter, paying
from tests.processor import Processor
from tests.sale import balance


@pytest_asyncio.fixture
async def counter(database: Database, processor: Processor) -> AsyncIterator[Counter]:
    """Afterwards every invariant holds."""
    async with paying(processor) as found:
        yield found


async def owing(counter: Counter) -> tuple[UUID, str]:
    """A guest did not come and owes the fee; the visit and its link."""
    visit_id = await booked(counter.spa)
    counter.spa.clock.forward(hours=4)
    await mark_no_show(counter.spa.maya, appointment_id=visit_id, version=1, now=counter.spa.clock.now)
    return visit_id, f"/visits/{visit_token(SECRET, visit_id)}"


async def test_a_deposit_is_paid_by_the_link_and_counts(counter: Counter) -> None:
    await rule(counter.spa)
    visit_id = await booked(counter.spa)
    link = f"/visits/{visit_token(SECRET, visit_id)}"
    page = await counter.phone.open(link)
    assert "deposit of $30.00 for this visit" in page.words
    page = await counter.phone.open(f"{link}/payment")
    assert "$30.00" in page.words and "Swedish" not in page.words
    page = await counter.phone.send(f"{link}/payment")
    page = await counter.phone.send(f"{link}/payment/sample", token=BAD)
    assert page.problem == "card-declined"
    page = await counter.phone.send(f"{link}/payment")
    page = await counter.phone.send(f"{link}/payment/sample", token=VISA)
    assert "It is paid" in page.words and await balance(DEPOSITS) == -3_000
    page = await counter.phone.open(link)
    assert "deposit" not in page.words
    assert (await counter.phone.open(f"{link}/payment")).path == link
    kept = await fetch_one("SELECT paid_cents, for_visit FROM holding")
    assert kept is not None and tuple(kept) == (3_000, visit_id)


async def test_a_fee_is_paid_by_the_link(counter: Counter) -> None:
    _visit_id, link = await owing(counter)
    page = await counter.phone.open(link)
    assert "fee of $120.00" in page.words
    page = await counter.phone.open(f"{link}/payment")
    form = page.form(f"{link}/payment")
    await counter.phone.send(f"{link}/payment")
    await counter.phone.post(f"{link}/payment", form)
    assert await fetch_value("SELECT count(*) FROM attempt") == 1, "sent twice, it is one payment"
    await counter.phone.open(f"{link}/payment")
    page = await counter.phone.send(f"{link}/payment/sample", token=VISA)
    assert "It is paid" in page.words
    sale = await fetch_one("SELECT status, total_cents FROM ticket")
    assert sale is not None and tuple(sale) == ("settled", 12_000)
    assert "fee" not in (await counter.phone.open(link)).words


async def test_a_fee_is_not_waived_while_its_card_is_asked_for(counter: Counter) -> None:
    visit_id, link = await owing(counter)
    await counter.phone.open(f"{link}/payment")
    await counter.phone.send(f"{link}/payment")
    now = counter.spa.clock.now
    with pytest.raises(Conflict, match="card-already-in-progress"):
        await waive_fee(counter.spa.renata, appointment_id=visit_id, reason="Kind", now=now)
    await counter.phone.send(f"{link}/payment/cancellation")
    assert await fetch_value("SELECT status FROM ticket") == "voided"
    await waive_fee(counter.spa.renata, appointment_id=visit_id, reason="Kind", now=now)
    assert "fee" not in (await counter.phone.open(link)).words


async def test_an_amount_that_changed_is_shown_first(counter: Counter) -> None:
    await rule(counter.spa)
    visit_id = await booked(counter.spa)
    link = f"/visits/{visit_token(SECRET, visit_id)}"
    page = await counter.phone.open(f"{link}/payment")
    page = await counter.phone.post(f"{link}/payment", page.form(f"{link}/payment") | {"expected": "100"})
    assert page.problem == "due-changed" and await fetch_value("SELECT count(*) FROM ticket") == 0


async def test_who_walks_away_leaves_nothing_at_the_register(counter: Counter) -> None:
    _visit_id, link = await owing(counter)
    await counter.phone.open(f"{link}/payment")
    await counter.phone.send(f"{link}/payment")
    counter.spa.clock.forward(minutes=31)
    await counter.jobs()
    counter.spa.clock.forward(minutes=31)
    await counter.jobs()
    assert await fetch_value("SELECT status FROM ticket") == "voided"
    assert "fee of $120.00" in (await counter.phone.open(link)).words


async def test_a_charge_nobody_recorded_is_found(counter: Counter) -> None:
    visit_id, link = await owing(counter)
    await counter.phone.open(f"{link}/payment")
    await counter.phone.send(f"{link}/payment")
    row = await fetch_one("SELECT id, processor_id FROM attempt")
    assert row is not None
    await counter.gateway.sample_payment(row["id"], row["processor_id"], VISA)
    await counter.cards.recover(counter.spa.clock.now + timedelta(minutes=3))
    assert await fetch_value("SELECT status FROM ticket") == "settled"
    assert (await visit_of(counter.spa, visit_id)).fee_cents == 12_000
    assert await fetch("SELECT 1 FROM message WHERE kind = 'receipt'") == []


async def test_who_takes_an_offer_by_the_link_is_led_to_its_deposit(counter: Counter) -> None:
    await rule(counter.spa)
    _wait_id, offer = await offered(counter.spa)
    link = f"/visits/{visit_token(SECRET, offer.appointment_id)}"
    assert "/payment" not in (await counter.phone.open(link)).text
    page = await counter.phone.send("/offer/acceptance")
    assert page.path == link and "Your visit is booked" in page.words
    due = await fetch_value("SELECT due_cents FROM card_ask")
    assert f"deposit of {format_usd(due)} for this visit" in page.words
    assert f'href="{link}/payment"' in page.text
    await counter.phone.open(f"{link}/payment")
    await counter.phone.send(f"{link}/payment")
    page = await counter.phone.send(f"{link}/payment/sample", token=VISA)
    assert "It is paid" in page.words and await balance(DEPOSITS) == -due
    assert "deposit" not in (await counter.phone.open(link)).words
