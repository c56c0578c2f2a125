"""Getting to a database: the program's own or the one named, reachable and with the right tables."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import asyncpg

from spa_pos.db import engine, fetch_value
from spa_pos.db.embedded import DatabaseAway, embedded_postgres
from spa_pos.db.migrate import pending
from spa_pos.settings import PROJECT, Settings

MIGRATIONS = PROJECT / "migrations"
CONNECT_SECONDS = 10
OLDEST = 150_000
"""PostgreSQL 15 brought UNIQUE NULLS NOT DISTINCT."""


class NotReady(Exception):
    """One sentence about what has to be done first."""


@contextlib.contextmanager
def database_address(settings: Settings) -> Iterator[str]:
    """The address of the database; the program's own server runs inside the block.

    Raises:
        DatabaseAway: the program's own database does not start.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with embedded_postgres(settings.data_dir / "pg") as url:
        yield url


@contextlib.asynccontextmanager
async def connected(url: str, pool_size: int) -> AsyncIterator[None]:
    """Inside, the engine has its pool.

    Raises:
        DatabaseAway: nobody answers there, not to this name and password, or it is too old.
    """
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await engine.connect(url, pool_size)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as problem:
        raise DatabaseAway(f"The database {_shown(url)} does not answer: {_reason(problem)}.") from problem
    try:
        version = int(await fetch_value("SELECT current_setting('server_version_num')"))
        if version < OLDEST:
            raise DatabaseAway(
                f"The database {_shown(url)} is PostgreSQL {version // 10_000}; 15 or later is needed."
            )
        yield
    finally:
        await engine.disconnect()


async def refuse_pending_migrations() -> None:
    """Stop before the program meets tables it does not know.

    Raises:
        NotReady: with the command that mends it.
    """
    waiting = await pending(MIGRATIONS)
    if waiting:
        raise NotReady(
            f"The database lacks {len(waiting)} of the program's migrations ({', '.join(waiting)})."
            " Back it up, then run: spa-pos migrate"
        )


def _shown(url: str) -> str:
    """Where a database is, without user and password."""
    parts = urlsplit(url)
    place = parts.hostname or "on this machine"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.path.strip('/')} at {place}{port}"


def _reason(problem: BaseException) -> str:
    if isinstance(problem, asyncpg.InvalidPasswordError | asyncpg.InvalidAuthorizationSpecificationError):
        return "it refuses the user or the password"
    if isinstance(problem, asyncpg.InvalidCatalogNameError):
        return "there is no such database"
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    if isinstance(problem, asyncpg.PostgresError):
        return str(problem).rstrip(".")
    if isinstance(problem, ConnectionRefusedError):
        return "nothing listens there"
    strerror = problem.strerror if isinstance(problem, OSError) else None
    return (strerror or "the connection failed").lower()
