"""An open spa, and one that asks guests online for a deposit."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.conftest import Database
from tests.integration.checkout.test_deposits import rule
from tests.opened import processor, spa, spa_left_broken
from tests.paying import Counter, paying
from tests.processor import Processor

__all__ = ["processor", "spa", "spa_left_broken"]


@pytest_asyncio.fixture
async def counter(database: Database, processor: Processor) -> AsyncIterator[Counter]:
    """A quarter of the price is asked for; afterwards every invariant holds."""
    async with paying(processor) as found:
        await rule(found.spa)
        yield found
