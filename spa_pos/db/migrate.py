"""The numbered history of changes, run once each, one program at a time."""

import contextlib
import io
from pathlib import Path

import asyncpg
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager

from spa_pos.db.engine import engine
from spa_pos.db.sql import fetch

LOCK = 7_170_001
"""The advisory lock of migrations: two migrators at once wait for each other (DATA.md §3)."""

CLOSE_SECONDS = 5


async def pending(folder: Path) -> list[str]:
    """Identifiers of migrations this program knows and the database has not had."""
    known = sorted(path.name[1:5] for path in folder.glob("m[0-9][0-9][0-9][0-9]_*.py"))  # noqa: ASYNC240
    try:
        had = {row["name"] for row in await fetch("SELECT name FROM migration WHERE app_name = 'spa_pos'")}
    except asyncpg.UndefinedTableError:
        had = set()
    return [number for number in known if number not in had]


async def migrate(folder: Path) -> list[str]:
    """Run what is pending and give the identifiers that were run."""
    guard = await engine.get_new_connection()
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", LOCK)
        waiting = await pending(folder)
        if waiting:
            with contextlib.redirect_stdout(io.StringIO()):  # Piccolo narrates; the command says it once
                result = await ForwardsMigrationManager(app_name="spa_pos").run()
            if not result.success:
                raise RuntimeError(result.message)
        return waiting
    finally:
        with contextlib.suppress(TimeoutError):  # a cancelled wait for the lock may not be over at the server
            await guard.close(timeout=CLOSE_SECONDS)
