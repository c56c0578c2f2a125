"""An open spa for every test that asks for one, and a pretended processor.

Import what they need into the conftest of a folder.
"""

from collections.abc import Iterator

import pytest
import pytest_asyncio

from spa_pos.db import read_only
from spa_pos.verify import verify
from tests.cast import Spa, open_spa
from tests.conftest import Database
from tests.processor import Processor, pretended_processor

__all__ = ["processor", "spa", "spa_left_broken"]


@pytest.fixture(scope="module")
def processor() -> Iterator[Processor]:
    """One pretended processor for all tests of a file."""
    with pretended_processor() as running:
        yield running


@pytest_asyncio.fixture
async def spa_left_broken(database: Database) -> Spa:
    """An open spa, in which a test leaves something broken on purpose."""
    return await open_spa()


@pytest_asyncio.fixture
async def spa(spa_left_broken: Spa):  # type: ignore[no-untyped-def]  # a generator
    """An open spa; after the test every invariant must still hold."""
    yield spa_left_broken
    async with read_only():  # one snapshot for all of them: there are many, and many tests
        verdicts = await verify()
    assert [verdict for verdict in verdicts if verdict.problems] == []
