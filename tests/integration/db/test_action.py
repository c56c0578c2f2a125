"""One verb, one transaction: whole or not at all, and the connection always comes back."""

import asyncio
import contextlib
import sys
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from piccolo.engine.exceptions import TransactionError

from spa_pos.db import (
    action,
    both,
    engine,
    fetch,
    fetch_value,
    forbid_transaction,
    in_transaction,
    insert,
    lock,
    read_only,
)
from spa_pos.db.tables import Counter
from spa_pos.kernel.errors import Conflict, Unavailable
from spa_pos.ledger.tables import Entry
from tests.conftest import Database
from tests.database import plant

PLACE = UUID(int=7)
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@action
async def count(name: str, *, fail: bool = False) -> None:
    await insert(Counter, place=PLACE, name=name, value=1)
    if fail:
        raise Conflict("no", "Not now.")


async def counted() -> set[str]:
    return {row["name"] for row in await fetch("SELECT name FROM counter")}


def lent_connections() -> int:
    assert engine.pool is not None
    return engine.pool.get_size() - engine.pool.get_idle_size()


async def test_what_succeeds_is_committed(database: Database) -> None:
    await count("a")
    assert await counted() == {"a"}


async def test_what_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(Conflict):
        await count("a", fail=True)
    assert await counted() == set()


async def test_an_inner_action_joins_its_caller(database: Database) -> None:
    @action
    async def outer() -> None:
        await count("inner")
        assert await counted() == {"inner"}
        raise Conflict("no", "Not now.")

    with pytest.raises(Conflict):
        await outer()
    assert await counted() == set()


async def test_a_swallowed_inner_failure_rolls_everything_back(database: Database) -> None:
    @action
    async def outer() -> None:
        await count("before")
        with contextlib.suppress(Conflict):
            await count("inner", fail=True)
        await count("after")

    with pytest.raises(Conflict) as failure:
        await outer()
    assert failure.value.code == "no"
    assert await counted() == set()


async def test_a_swallowed_failure_does_not_follow_into_the_next_action(database: Database) -> None:
    with pytest.raises(Conflict):
        await count("a", fail=True)
    await count("b")
    assert await counted() == {"b"}


async def test_five_failing_commits_leave_the_pool_idle(database: Database) -> None:
    location = uuid4()
    await plant(database.url, f"INSERT INTO location VALUES ('{location}', 'x', '', '', '', '', '', '', '')")

    @action
    async def entry_without_postings() -> None:
        day = NOW.date()
        await insert(
            Entry, id=uuid4(), location=location, business_date=day, made_at=NOW, kind="x", subject=uuid4()
        )

    for _ in range(5):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="does not balance"):
            await entry_without_postings()
        assert lent_connections() == 0
    assert await fetch_value("SELECT count(*) FROM entry") == 0
    await count("still alive")


async def test_a_cancelled_action_gives_its_connection_back(database: Database) -> None:
    begun = asyncio.Event()

    @action
    async def slow() -> None:
        await count("slow")
        begun.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(slow())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert lent_connections() == 0
    assert await counted() == set()


async def test_a_task_started_inside_may_not_use_the_transaction(database: Database) -> None:
    @action
    async def outer() -> None:
        await count("a")
        with pytest.raises(RuntimeError, match="may not use it"):
            await asyncio.create_task(counted())
        with pytest.raises(RuntimeError, match="may not use it"):
            await asyncio.create_task(count("b"))

    await outer()
    assert await counted() == {"a"}


async def test_a_deadlock_is_tried_again(database: Database) -> None:
    await count("left")
    await count("right")
    runs: list[str] = []
    meeting = asyncio.Barrier(2)

    @action
    async def add(first: str, second: str) -> None:
        runs.append(first)
        await fetch("SET LOCAL deadlock_timeout = '20ms'")
        await fetch("UPDATE counter SET value = value + 1 WHERE name = $1", first)
        if len(runs) <= 2:
            await meeting.wait()
        await fetch("UPDATE counter SET value = value + 1 WHERE name = $1", second)

    await asyncio.gather(add("left", "right"), add("right", "left"))
    assert len(runs) == 3
    assert await fetch_value("SELECT sum(value)::int FROM counter") == 6


async def test_endless_contention_ends_in_a_plain_sentence(database: Database) -> None:
    runs: list[int] = []

    @action
    async def never() -> None:
        runs.append(1)
        await fetch("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = 'serialization_failure'; END $$")

    with pytest.raises(Unavailable) as failure:
        await never()
    assert failure.value.code == "busy"
    assert len(runs) == 5


async def test_a_lost_connection_is_said_plainly_and_replaced(database: Database) -> None:
    @action
    async def cut() -> None:
        await count("a")
        own = await fetch_value("SELECT pg_backend_pid()")
        killer = await asyncpg.connect(database.url)
        await killer.execute("SELECT pg_terminate_backend($1)", own)
        await killer.close()
        await counted()

    with pytest.raises(Unavailable) as failure:
        await cut()
    assert failure.value.code == "database-away"
    assert await counted() == set()
    await count("b")


async def test_locks_are_taken_in_one_order(database: Database) -> None:
    runs: list[int] = []

    @action
    async def hold(*names: str) -> None:
        runs.append(1)
        await lock(*names)
        await asyncio.sleep(0)

    names = [f"room:{number}" for number in range(6)]
    await asyncio.gather(*(hold(*(names if turn % 2 else reversed(names))) for turn in range(60)))
    assert len(runs) == 60, "a deadlock made an action run again"


async def test_a_lock_keeps_others_out_until_the_end(database: Database) -> None:
    inside = 0

    @action
    async def alone() -> None:
        nonlocal inside
        await lock("room:1", "room:1")
        inside += 1
        assert inside == 1
        await asyncio.sleep(0.01)
        inside -= 1

    await asyncio.gather(*(alone() for _ in range(8)))


async def test_a_lock_belongs_in_an_action_and_is_taken_once(database: Database) -> None:
    with pytest.raises(RuntimeError, match="belongs in an action"):
        await lock("room:1")

    @action
    async def twice() -> None:
        await lock("room:1")
        await lock("room:2")

    with pytest.raises(RuntimeError, match="takes its locks once"):
        await twice()


async def test_a_report_sees_one_snapshot_and_cannot_write(database: Database) -> None:
    async with read_only():
        assert await counted() == set()
        await asyncio.create_task(_in_another_context(count("meanwhile")))
        assert await counted() == set()
    assert await counted() == {"meanwhile"}
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with read_only():
            await insert(Counter, place=PLACE, name="x", value=1)


async def test_a_report_inside_a_report_shares_its_snapshot(database: Database) -> None:
    async with read_only():
        assert await counted() == set()
        await asyncio.create_task(_in_another_context(count("meanwhile")))
        async with read_only():
            assert await counted() == set()
        assert await counted() == set()


async def test_an_action_is_no_place_for_a_report(database: Database) -> None:
    @action
    async def report() -> None:
        async with read_only():
            await counted()

    with pytest.raises(TransactionError):
        await report()


async def _in_another_context(work: object) -> None:
    """What another request would do: a task that knows nothing of this one's transaction."""
    engine.current_transaction.set(None)
    await work  # type: ignore[misc]


async def test_gateways_know_when_they_are_in_a_transaction(database: Database) -> None:
    forbid_transaction()
    assert not in_transaction()

    @action
    async def careless() -> None:
        assert in_transaction()
        forbid_transaction()

    with pytest.raises(RuntimeError, match="inside a transaction"):
        await careless()


async def test_an_unknown_column_is_refused_before_it_is_asked(database: Database) -> None:
    with pytest.raises(ValueError, match="valu"):
        await insert(Counter, place=PLACE, name="x", valu=1)


async def test_a_transaction_that_cannot_begin_gives_its_connection_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = sys.modules["spa_pos.db.engine"]  # its name in the package is the engine itself
    monkeypatch.setattr(module, "BEGIN_ACTION", "BEGIN; SET LOCAL no_such_setting = 1")
    for _ in range(25):  # more than the pool has
        with pytest.raises(asyncpg.UndefinedObjectError):
            await asyncio.wait_for(count("a"), 2)
    monkeypatch.undo()
    await asyncio.wait_for(count("b"), 2)
    assert await counted() == {"b"}


async def test_two_reads_are_made_at_once_and_inside_an_action_in_turn(database: Database) -> None:
    told: list[str] = []

    async def read(name: str) -> tuple[str, set[str]]:
        told.append(f"{name} begins")
        found = await counted()
        told.append(f"{name} ends")
        return name, found

    @action
    async def inside() -> tuple[tuple[str, set[str]], tuple[str, set[str]]]:
        await count("written just now")
        return await both(lambda: read("one"), lambda: read("other"))

    assert await both(lambda: read("one"), lambda: read("other")) == (("one", set()), ("other", set()))
    assert told[:2] == ["one begins", "other begins"]
    told.clear()
    assert await inside() == (("one", {"written just now"}), ("other", {"written just now"}))
    assert told == ["one begins", "one ends", "other begins", "other ends"]
    assert lent_connections() == 0
