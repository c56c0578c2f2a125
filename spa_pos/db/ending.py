"""What an action leaves behind for others, written at its end in one statement.

The trail of what was done, the news of it and the answer to its request are read by nobody while the
action runs. Each by itself would be a way to the database and back.
"""

import re
from functools import lru_cache

from spa_pos.db.engine import engine
from spa_pos.db.sql import as_one, fetch


async def at_end(sql: str, *values: object) -> None:
    """Let a row be written when the action ends, with all others of its statement in their order.

    The statement takes an array for each value: `… SELECT * FROM unnest($1::uuid[], $2::text[])`. It
    neither reads nor changes what another statement of this kind writes. Outside an action it runs now.
    """
    transaction = engine.current()
    if transaction is None:
        await fetch(sql, *([value] for value in values))
    else:
        transaction.waiting.setdefault(sql, []).append(values)


async def write_what_waits() -> None:
    """Write now what waits for the end, for an action that must find it."""
    transaction = engine.current()
    if transaction is None or not transaction.waiting:
        return
    waiting, transaction.waiting = transaction.waiting, {}
    arrays = [list(column) for rows in waiting.values() for column in zip(*rows, strict=True)]
    await fetch(_together(tuple(waiting)), *arrays)


@lru_cache
def _together(statements: tuple[str, ...]) -> str:
    """Several statements as one, their values counted on from one to the next."""
    parts, used = list[str](), 0
    for sql in statements:
        pieces = re.split(r"\$(\d+)", sql)
        numbers = [int(one) for one in pieces[1::2]]
        pieces[1::2] = [f"${number + used}" for number in numbers]
        parts.append("".join(pieces))
        used += max(numbers)
    return as_one(parts)
