"""What an action leaves behind is written at its end, in one statement, with the action or not at all."""

from uuid import UUID, uuid4

import pytest

from spa_pos.db import action, announce, at_end, engine, fetch, fetch_value, write_what_waits
from spa_pos.db.ending import _together
from tests.conftest import Database

HERE = UUID(int=5)
COUNTED = (
    "INSERT INTO counter (place, name, value) SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[])"
)


async def topics() -> list[str]:
    """What was announced, in its order."""
    rows = await fetch("SELECT topic FROM event WHERE location = $1 ORDER BY id", HERE)
    return [row["topic"] for row in rows]


@action
async def leave_things(*, fail: bool = False) -> int:
    """Announce three things and count two, in turns; gives the statements sent until the end."""
    before = engine.statements
    for number, topic in enumerate(("one", "two", "three")):
        await announce(HERE, topic)
        if number:
            await at_end(COUNTED, HERE, f"{topic} {uuid4().hex[:8]}", number)
    if fail:
        raise RuntimeError("and then it failed")
    return engine.statements - before


async def test_rows_of_every_kind_are_written_in_one_statement_in_their_order(database: Database) -> None:
    before = engine.statements
    assert await leave_things() == 0
    assert engine.statements - before == 1
    assert await topics() == ["one", "two", "three"]
    assert await fetch_value("SELECT sum(value)::int FROM counter WHERE place = $1", HERE) == 3


async def test_nothing_is_left_by_an_action_that_fails(database: Database) -> None:
    with pytest.raises(RuntimeError):
        await leave_things(fail=True)
    assert await topics() == []


async def test_who_must_find_it_earlier_writes_what_waits(database: Database) -> None:
    @action
    async def look() -> tuple[list[str], list[str]]:
        await announce(HERE, "early")
        before = await topics()
        await write_what_waits()
        after = await topics()
        await announce(HERE, "late")
        await write_what_waits()
        await write_what_waits()
        return before, after

    assert await look() == ([], ["early"])
    assert await topics() == ["early", "late"]


async def test_outside_an_action_it_is_written_at_once(database: Database) -> None:
    await announce(HERE, "alone")
    assert await topics() == ["alone"]
    await write_what_waits()


def test_values_are_counted_on_from_one_statement_to_the_next() -> None:
    one, other = "INSERT INTO a SELECT * FROM unnest($1, $2)", "UPDATE b SET c = $2 WHERE d = $1 OR e = $10"
    assert _together((one,)) == one
    assert _together((one, other, one)) == (
        f"WITH part0 AS ({one}), part1 AS (UPDATE b SET c = $4 WHERE d = $3 OR e = $12)"
        " INSERT INTO a SELECT * FROM unnest($13, $14)"
    )
