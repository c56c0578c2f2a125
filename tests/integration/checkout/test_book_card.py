"""Booking online with a card on file: agreed, kept and booked together; refused, too late, there already."""

from collections.abc import AsyncIterator

import pytest_asyncio

from spa_pos.booking.flows import expire_all_holds
from spa_pos.db import fetch_one, fetch_value
from spa_pos.payments.rules import CONSENT_VERSION, Asks
from tests.conftest import Database
from tests.integration.checkout.test_deposits import rule
from tests.paying import VISA, Counter, paying, statuses
from tests.processor import Processor

REFUSED = "pm_card_chargeDeclined"


@pytest_asyncio.fixture
async def counter(database: Database, processor: Processor) -> AsyncIterator[Counter]:
    """A card is asked for; afterwards every invariant holds."""
    async with paying(processor) as found:
        await rule(found.spa, Asks.CARD)
        yield found


async def test_the_card_is_kept_with_its_words_and_the_visit_booked(counter: Counter) -> None:
    page = await counter.ready()
    assert "We ask for a card before it is booked" in page.words and "I let Rejuvenate Spa keep" in page.words
    page = await counter.phone.send("/book/pay")
    assert page.path == "/book/pay" and await statuses() == ["held"], page.words
    done = await counter.paid()
    assert done.path == "/book/done" and await statuses() == ["booked"], done.words
    assert "Keep a card" not in done.words
    kept = await fetch_one(
        "SELECT s.consent_version, c.removed_at, c.guest = a.guest AS theirs FROM stored_card c"
        " JOIN card_setup s ON s.id = c.id, appointment a"
    )
    assert kept is not None and tuple(kept) == (CONSENT_VERSION, None, True)
    assert await fetch_value("SELECT count(*) FROM attempt") == 0


async def test_who_has_a_card_on_file_is_not_asked_again(counter: Counter) -> None:
    await counter.asked()
    await counter.paid()
    page = await counter.ready(more="&date=2026-11-30")
    assert "We ask for a card" not in page.words
    assert (await counter.phone.send("/book/confirm")).path == "/book/done"
    assert await statuses() == ["booked", "booked"]


async def test_a_card_that_cannot_be_kept_books_nothing(counter: Counter) -> None:
    await counter.asked()
    page = await counter.paid(REFUSED)
    assert page.problem == "card-not-kept" and await statuses() == ["held"]
    await counter.phone.send("/book/pay/attempts")
    assert (await counter.paid()).path == "/book/done"
    assert await statuses() == ["booked"]


async def test_a_card_that_comes_too_late_is_not_kept(counter: Counter) -> None:
    await counter.asked()
    row = await fetch_one("SELECT id, processor_id FROM card_setup")
    assert row is not None
    await counter.gateway.sample_card(row["processor_id"], VISA)
    counter.spa.clock.forward(minutes=31)
    await expire_all_holds(counter.spa.clock.now)
    await counter.jobs()
    assert await statuses() == ["expired"]
    assert await fetch_value("SELECT removed_at IS NOT NULL AND detached_at IS NOT NULL FROM stored_card")
    assert (await counter.phone.open("/book/pay")).problem == "hold-expired"


async def test_choosing_another_time_drops_the_card(counter: Counter) -> None:
    await counter.asked()
    page = await counter.phone.send("/book/pay/cancellation")
    assert page.path.startswith("/book/when") and await statuses() == ["expired"]
    assert await fetch_value("SELECT state FROM card_setup") == "dropped"


async def test_the_page_closed_after_the_card_books_all_the_same(counter: Counter) -> None:
    await counter.asked()
    row = await fetch_one("SELECT processor_id FROM card_setup")
    assert row is not None
    await counter.gateway.sample_card(row["processor_id"], VISA)
    counter.spa.clock.forward(minutes=2)
    await counter.jobs()
    assert await statuses() == ["booked"]
    assert (await counter.phone.open("/book/pay")).path == "/book/done"


async def test_without_a_processor_it_is_booked_and_asked_for_later(counter: Counter) -> None:
    counter.spa.app.state["cards"] = None
    page = await counter.ready()
    assert "on your own page after booking" in page.words
    done = await counter.phone.send("/book/confirm")
    assert done.path == "/book/done" and "Keep a card" in done.words
