"""Plain SQL for reads that join; inside an action they see its transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

import asyncpg
from piccolo.table import Table

from spa_pos.db.engine import engine

One = TypeVar("One")
Other = TypeVar("Other")


async def fetch(sql: str, *values: object) -> Sequence[asyncpg.Record]:
    """All rows of a statement with `$1`, `$2` … for the values."""
    transaction = engine.current()
    if transaction is None:
        return cast(Sequence[asyncpg.Record], await engine._run_in_pool(sql, values))
    engine.statements += 1
    return cast(Sequence[asyncpg.Record], await transaction.connection.fetch(sql, *values))


async def fetch_one(sql: str, *values: object) -> asyncpg.Record | None:
    """The first row, or None."""
    rows = await fetch(sql, *values)
    return rows[0] if rows else None


async def fetch_value(sql: str, *values: object) -> Any:
    """The first column of the first row, or None."""
    row = await fetch_one(sql, *values)
    return None if row is None else row[0]


async def both(one: Callable[[], Awaitable[One]], other: Callable[[], Awaitable[Other]]) -> tuple[One, Other]:
    """Two reads that need nothing of each other: at once on two connections, inside an action in turn."""
    if engine.current() is not None:
        return await one(), await other()
    first, second = await asyncio.gather(one(), other())
    return first, second


async def insert(table: type[Table], **values: object) -> Any:
    """Insert one row and give its primary key; what is not given must have a default in the database."""
    return await fetch_value(_insertion(table, tuple(values)), *values.values())


@lru_cache(maxsize=512)
def _insertion(table: type[Table], columns: tuple[str, ...]) -> str:
    """The statement for one row; the same columns come again and again."""
    known = {column._meta.name for column in table._meta.columns}
    if not known.issuperset(columns):
        raise ValueError(f"{table._meta.tablename} has no {sorted(set(columns) - known)}")
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    sql = f'INSERT INTO "{table._meta.tablename}" ({names}) VALUES ({marks})'  # noqa: S608 - own names
    return f'{sql} RETURNING "{table._meta.primary_key._meta.name}"'


async def insert_many(table: type[Table], rows: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns, in the order given."""
    if not rows:
        return
    names = list(rows[0])
    places = iter(range(1, len(rows) * len(names) + 1))
    marks = ", ".join("(" + ", ".join(f"${next(places)}" for _ in names) + ")" for _ in rows)
    columns = ", ".join(f'"{name}"' for name in names)
    sql = f'INSERT INTO "{table._meta.tablename}" ({columns}) VALUES {marks}'  # noqa: S608 - own names
    await fetch(sql, *(row[name] for row in rows for name in names))
