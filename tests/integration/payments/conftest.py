"""A desk with a reader, a processor that pretends, and somebody who hears of paid attempts."""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from spa_pos.db import action, fetch, fetch_value, insert
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.ledger.tables import Location
from spa_pos.payments.actions import PaidHandlers, open_attempt, register_reader
from spa_pos.payments.flows import CardPayments
from spa_pos.payments.queries import AttemptView, attempt, broken_attempts
from spa_pos.payments.rules import PaidAttempt
from spa_pos.payments.stripe_gateway import StripeGateway
from tests.conftest import Database
from tests.processor import KEY, Processor, pretended_processor

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
PURPOSE = "ticket"
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Desk:
    """A location with one reader that no other test has used."""

    location_id: UUID
    reader_id: UUID
    reader: str
    processor: Processor
    gateway: StripeGateway
    cards: CardPayments

    async def opened(self, amount_cents: int = 14_000, subject: UUID | None = None) -> UUID:
        """An attempt that is written down and nothing else."""
        attempt_id = uuid7(NOW)
        await open_attempt(
            attempt_id=attempt_id,
            location_id=self.location_id,
            purpose=PURPOSE,
            subject=subject or uuid4(),
            reader_id=self.reader_id,
            amount_cents=Cents(amount_cents),
            now=NOW,
        )
        return attempt_id

    async def started(self, amount_cents: int = 14_000, subject: UUID | None = None) -> UUID:
        """An attempt whose reader asks for the card."""
        attempt_id = await self.opened(amount_cents, subject)
        await self.cards.start(attempt_id, NOW)
        return attempt_id

    def with_handlers(self, handlers: PaidHandlers) -> "Desk":
        """The same desk where others hear of paid attempts."""
        return replace(self, cards=CardPayments(self.gateway, handlers))


@action
async def hear(paid: PaidAttempt) -> None:
    """Add what was received to the books of the test, in the transaction that records the outcome."""
    await fetch(
        "INSERT INTO counter (place, name, value) VALUES ($1, 'received', $2)"
        " ON CONFLICT (place, name) DO UPDATE SET value = counter.value + excluded.value",
        paid.subject,
        paid.received_cents,
    )


async def heard(subject: UUID) -> int:
    """What was told to have been received for a subject, all times added up."""
    told = await fetch_value("SELECT value FROM counter WHERE place = $1 AND name = 'received'", subject)
    return int(told or 0)


async def view(attempt_id: UUID) -> AttemptView:
    """The attempt, which exists."""
    found = await attempt(attempt_id)
    assert found is not None
    return found


async def place_with_reader(reader: str) -> tuple[UUID, UUID]:
    """A new location and its reader."""
    location_id, reader_id = uuid4(), uuid4()
    await insert(
        Location,
        id=location_id,
        code=str(location_id)[:18],
        name="Test spa",
        legal_name="Test spa",
        address="Rochester",
        phone="(507) 555-0100",
        zone="America/Chicago",
        refund_policy="",
        sample_notice="",
    )
    await register_reader(
        reader_id=reader_id, location_id=location_id, name="Desk 1", processor_id=reader, simulated=True
    )
    return location_id, reader_id


@pytest.fixture(scope="session")
def processor() -> Iterator[Processor]:
    """One pretended processor for all tests of this folder."""
    with pretended_processor() as running:
        yield running


@pytest_asyncio.fixture
async def desk(database: Database, processor: Processor) -> AsyncIterator[Desk]:
    """A desk; afterwards every attempt must still make sense."""
    processor.no_more_faults()
    reader = f"tmr_simulated_desk_{next(NUMBERS)}"
    location_id, reader_id = await place_with_reader(reader)
    gateway = StripeGateway(KEY, api_base=processor.address, connect_seconds=2, read_seconds=1)
    yield Desk(location_id, reader_id, reader, processor, gateway, CardPayments(gateway, {PURPOSE: hear}))
    await gateway.close()
    processor.no_more_faults()
    assert await broken_attempts() == []
