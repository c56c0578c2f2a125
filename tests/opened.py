"""An open spa for every test that asks for one: built once a worker, then brought back from a copy.

Import `spa` or `spa_left_broken` into the conftest of a folder whose tests need it.
"""

from dataclasses import dataclass, field
from io import BytesIO

import asyncpg
import pytest_asyncio

from spa_pos.verify import verify
from tests.cast import MORNING, Spa, open_spa
from tests.conftest import Database

__all__ = ["Kept", "bring_back", "rows_of", "spa", "spa_left_broken"]


@dataclass
class Kept:
    """A spa as it was on its first morning, with every row of its database."""

    spa: Spa
    rows: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    async def of(cls, database: Database) -> "Kept":
        """Open a spa and keep it."""
        spa = await open_spa()
        return cls(spa, await rows_of(database))

    async def bring_back(self, database: Database) -> Spa:
        """Write the rows into an empty database and set the clock back to the morning."""
        connection = await asyncpg.connect(database.url)
        try:
            await connection.execute("SET session_replication_role = replica")
            async with connection.transaction():
                for name, rows in self.rows.items():
                    await connection.copy_to_table(name, source=BytesIO(rows), format="binary")
        finally:
            await connection.close()
        self.spa.clock.now = MORNING
        return self.spa


async def rows_of(database: Database) -> dict[str, bytes]:
    """Every row of a database, by table."""
    found = {}
    connection = await asyncpg.connect(database.url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration'"
        )
        for name in sorted(row["tablename"] for row in tables):
            copy = BytesIO()
            await connection.copy_from_table(name, output=copy, format="binary")
            found[name] = copy.getvalue()
    finally:
        await connection.close()
    return found


_KEPT: dict[str, Kept] = {}


async def bring_back(database: Database) -> Spa:
    """An open spa without guests, on its first morning, in a database that is empty."""
    if database.url not in _KEPT:
        _KEPT[database.url] = await Kept.of(database)
        await database.empty()
    return await _KEPT[database.url].bring_back(database)


@pytest_asyncio.fixture
async def spa_left_broken(database: Database) -> Spa:
    """An open spa, in which a test leaves something broken on purpose."""
    return await bring_back(database)


@pytest_asyncio.fixture
async def spa(spa_left_broken: Spa):  # type: ignore[no-untyped-def]  # a generator
    """An open spa; after the test every invariant must still hold."""
    yield spa_left_broken
    assert [verdict for verdict in await verify() if verdict.problems] == []
