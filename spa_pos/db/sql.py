"""Plain SQL for reads that join; inside an action they see its transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from itertools import count
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
    sql = _insertion(table, tuple(values), 1, 0)
    return await fetch_value(f'{sql} RETURNING "{table._meta.primary_key._meta.name}"', *values.values())


Rows = Sequence[Mapping[str, object]]
"""Rows of a table that all have the same columns."""


async def insert_many(table: type[Table], rows: Rows) -> None:
    """Insert rows in the order given."""
    await insert_together((table, rows))


async def insert_together(*groups: tuple[type[Table], Rows]) -> None:
    """Insert rows of several tables in one statement: first those that the last ones name.

    The database looks at foreign keys when the statement ends, at all else row by row.
    """
    parts, values = list[str](), list[object]()
    for table, rows in groups:
        if rows:
            parts.append(_insertion(table, tuple(rows[0]), len(rows), len(values)))
            values += [row[name] for row in rows for name in rows[0]]
    if parts:
        await fetch(as_one(parts), *values)


def as_one(parts: Sequence[str]) -> str:
    """Statements that change rows, as one."""
    heads = ", ".join(f"part{number} AS ({sql})" for number, sql in enumerate(parts[:-1]))
    return f"WITH {heads} {parts[-1]}" if heads else parts[-1]


@lru_cache(maxsize=512)
def _insertion(table: type[Table], columns: tuple[str, ...], rows: int, used: int) -> str:
    """The statement for so many rows, its values counted on from those used; the same come often."""
    known = {column._meta.name for column in table._meta.columns}
    if not known.issuperset(columns):
        raise ValueError(f"{table._meta.tablename} has no {sorted(set(columns) - known)}")
    places = count(used + 1)
    marks = ", ".join("(" + ", ".join(f"${next(places)}" for _ in columns) + ")" for _ in range(rows))
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table._meta.tablename}" ({names}) VALUES {marks}'  # noqa: S608 - own names
