"""One PostgreSQL for a test run, one migrated template in it, copies of that for whoever asks.

The server is the program's own, in a temporary folder; `SPA_TEST_DATABASE_URL` names another
one instead: an address whose role may make databases and is a superuser.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from spa_pos.db import engine
from spa_pos.db.embedded import embedded_postgres
from spa_pos.db.migrate import migrate
from spa_pos.settings import PROJECT

T = TypeVar("T")

HASTY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""A test database may be lost with the power; nothing else about it is different."""


def apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end in a thread and a loop of its own, whatever runs in this one."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()


def sibling(url: str, database: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@contextlib.contextmanager
def template_database(given: str | None) -> Iterator[str]:
    """The address of a migrated, empty database to copy from; gone on the way out."""
    name = f"spa_test_{secrets.token_hex(4)}"
    with _server(given) as url:
        template = sibling(url, name)
        apart(_make(url, name, hasty=given is None))
        try:
            yield template
        finally:
            apart(_drop_all(url, name))


@contextlib.contextmanager
def _server(given: str | None) -> Iterator[str]:
    if given is not None:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="spa-test-"))
    try:
        with embedded_postgres(folder / "pg") as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _make(url: str, name: str, *, hasty: bool) -> None:
    connection = await asyncpg.connect(url)
    try:
        for setting in HASTY if hasty else ():
            await connection.execute(f"ALTER SYSTEM SET {setting}")
        await connection.execute("SELECT pg_reload_conf()")
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    await engine.connect(sibling(url, name), pool_size=2)
    try:
        await migrate(PROJECT / "migrations")
    finally:
        await engine.disconnect()


async def _drop_all(url: str, prefix: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        names = await connection.fetch(
            "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", prefix
        )
        for row in names:
            await connection.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')
    finally:
        await connection.close()


async def copy_of(template: str, *, migrated: bool = True) -> str:
    """A new database like the template, or a quite empty one; `template_database` drops it."""
    name = urlsplit(template).path.strip("/")
    copy = f"{name}_{os.getpid()}_{secrets.token_hex(3)}"
    connection = await asyncpg.connect(sibling(template, "postgres"))
    try:
        await connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name if migrated else "template0"}"')
    finally:
        await connection.close()
    return sibling(template, copy)


async def plant(url: str, *statements: str) -> None:
    """Run statements with triggers and foreign keys off: rows that only a fault could leave.

    Tests of guards use it too, for the one row in question without all it hangs on.
    """
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            ";".join(("BEGIN", "SET LOCAL session_replication_role = replica", *statements, "COMMIT"))
        )
    finally:
        await connection.close()


class Broom:
    """Empties every table between tests, in one batch, with triggers and foreign keys off."""

    def __init__(self, connection: asyncpg.Connection, script: str) -> None:
        self.connection = connection
        self._script = script

    @classmethod
    async def of(cls, url: str) -> "Broom":
        connection = await asyncpg.connect(url)
        rows = await connection.fetch(
            "SELECT quote_ident(tablename) AS name FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'migration' ORDER BY tablename"
        )
        deletes = "".join(f"DELETE FROM {row['name']};" for row in rows)
        return cls(
            connection,
            "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '10s';"
            f"{deletes} COMMIT;",
        )

    async def sweep(self) -> None:
        """Delete all rows. A transaction left open by a test makes this fail after ten seconds."""
        try:
            await self.connection.execute(self._script)
        except BaseException:
            await self.connection.execute("ROLLBACK")
            raise


COLUMNS = (
    "SELECT quote_ident(c.relname) AS name,"
    " string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns"
    " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'migration'"
    " AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' GROUP BY c.relname ORDER BY c.relname"
)
"""Every table with the columns that are written, not computed."""

COUNTERS = (
    "SELECT format('SELECT setval(%1$L, greatest(%2$s, coalesce(pg_sequence_last_value(%1$L), 0)))',"
    " quote_ident(sequencename), last_value) AS forward"
    " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
)
"""What brings each counter at least to where it is."""


@dataclass(frozen=True)
class Snapshot:
    """The rows of every table as they once were, to be put back where the same tables are empty.

    They are kept beside the tables, in a schema of their own: the server copies them by itself.
    """

    script: str

    @classmethod
    async def taken(cls) -> "Snapshot":
        """What is in the database of the engine now."""
        assert engine.pool is not None
        kept = f"kept_{secrets.token_hex(4)}"
        async with engine.pool.acquire() as connection:
            steps = ["BEGIN", "SET LOCAL session_replication_role = replica"]
            await connection.execute(f"CREATE SCHEMA {kept}")
            for name, columns in await connection.fetch(COLUMNS):
                if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {name})"):
                    await connection.execute(f"CREATE TABLE {kept}.{name} AS SELECT {columns} FROM {name}")
                    steps.append(f"INSERT INTO {name} ({columns}) SELECT * FROM {kept}.{name}")
            steps += [row["forward"] for row in await connection.fetch(COUNTERS)]
        return cls("; ".join([*steps, "COMMIT"]))

    async def put_back(self) -> None:
        """Write it all again, with triggers and foreign keys off. No counter goes back."""
        assert engine.pool is not None
        async with engine.pool.acquire() as connection:
            try:
                await connection.execute(self.script)
            except BaseException:
                await connection.execute("ROLLBACK")
                raise


_MADE: dict[tuple[str, Hashable], tuple[Snapshot, Any]] = {}


async def made_once(
    what: Hashable, make: Callable[[], Awaitable[T]], *, empty: Callable[[], Awaitable[None]] | None = None
) -> T:
    """What `make` gives, with the rows it writes: made once for a database, from then on put back.

    `empty` clears the tables for what is put back, where rows that were made again stand already.
    """
    key = engine.config["dsn"], what
    if key in _MADE:
        rows, made = _MADE[key]
        if empty is not None:
            await empty()
        await rows.put_back()
        known: T = made
        return known
    made = await make()
    _MADE[key] = await Snapshot.taken(), made
    return made


async def done_just_now(url: str) -> None:
    """Plant a line of the audit trail: what is late is late beside the newest of them."""
    await plant(
        url,
        "INSERT INTO audit_event (made_at, location, staff_name, request_id, verb, subject_kind, subject)"
        " VALUES (now(), gen_random_uuid(), 'Tests', '', 'looked', 'test', gen_random_uuid())",
    )
