"""A database with rows in it is brought up to date: nothing of it is lost, and what is new counts there."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from spa_pos.settings import PROJECT
from tests.database import plant

BEFORE_EXCHANGES = "0066"

UP_TO = """
import asyncio, contextlib, io, sys
from pathlib import Path
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from spa_pos.db import engine
from spa_pos.db.migrate import migrate
from spa_pos.opening import MIGRATIONS

async def main(url, last):
    await engine.connect(url, 2)
    if last:
        with contextlib.redirect_stdout(io.StringIO()):
            result = await ForwardsMigrationManager(app_name="spa_pos", migration_id=last).run()
        assert result.success, result.message
    else:
        await migrate(MIGRATIONS)
    await engine.disconnect()

asyncio.run(main(*sys.argv[1:]))
"""
"""Migrates a database to one number, or to the newest; in a process of its own, for it has its own engine."""

TENDER = "INSERT INTO tender (id, ticket, kind, amount_cents, given_cents, taken_at)"

OLD_ROWS = (
    "INSERT INTO account VALUES ('1000-cash', 'Cash', 'asset')",
    f"{TENDER} VALUES (gen_random_uuid(), gen_random_uuid(), 'cash', 5, 5, now())",
)


async def migrated(url: str, last: str = "") -> None:
    """Bring a database to a migration, or up to date."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", UP_TO, url, last), cwd=PROJECT, stderr=asyncio.subprocess.PIPE
    )
    _, problem = await child.communicate()
    assert child.returncode == 0, problem.decode()


@pytest.fixture
async def old(new_database: Callable[..., str]) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A database from before exchanges, with its address."""
    url = new_database(migrated=False)
    await migrated(url, BEFORE_EXCHANGES)
    connection = await asyncpg.connect(url)
    yield url, connection
    await connection.close()


async def test_a_database_in_use_gets_exchanges_and_keeps_its_rows(
    old: tuple[str, asyncpg.Connection],
) -> None:
    url, connection = old
    await plant(url, *OLD_ROWS)
    assert await connection.fetchval("SELECT to_regclass('exchange')") is None, "control: it is old"
    await migrated(url)
    assert await connection.fetchval("SELECT kind FROM tender") == "cash"
    accounts = await connection.fetch("SELECT code FROM account ORDER BY code")
    assert [row["code"] for row in accounts] == ["1000-cash", "2310-exchanges"]
    await plant(url, f"{TENDER} VALUES (gen_random_uuid(), gen_random_uuid(), 'exchange', 5, NULL, now())")
    with pytest.raises(asyncpg.CheckViolationError):
        await plant(url, f"{TENDER} VALUES (gen_random_uuid(), gen_random_uuid(), 'barter', 5, NULL, now())")


async def test_an_empty_database_gets_its_accounts_from_its_own_house(
    old: tuple[str, asyncpg.Connection],
) -> None:
    url, connection = old
    await migrated(url)
    assert await connection.fetchval("SELECT count(*) FROM account") == 0
