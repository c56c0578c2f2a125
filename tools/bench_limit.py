"""What the machine itself can do: the same statements, the same rows, and nothing of the program."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from spa_pos.db.engine import SpaEngine
from tools.bench_house import Busy

Sent = list[tuple[str, Sequence[Any]]]


@contextlib.contextmanager
def statements_seen() -> Iterator[Sent]:
    """Inside, every read that goes to the pool is noted with its values."""
    seen: Sent = []
    original = SpaEngine._run_in_pool

    async def noted(self: SpaEngine, query: str, args: Any = None) -> Any:
        seen.append((query, args or []))
        return await original(self, query, args)

    SpaEngine._run_in_pool = noted  # type: ignore[method-assign]
    try:
        yield seen
    finally:
        SpaEngine._run_in_pool = original  # type: ignore[method-assign]


async def milliseconds(work: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    """How long something takes, each time, after two times that do not count."""
    times = []
    for turn in range(rounds + 2):
        begun = time.perf_counter()
        await work()
        if turn > 1:
            times.append((time.perf_counter() - begun) * 1_000)
    return times


async def bare_reads(url: str, sent: Sent, rounds: int) -> float:
    """The median of the same reads on one bare connection, one after another, in milliseconds."""
    connection = await asyncpg.connect(url, server_settings={"timezone": "UTC"})

    async def read() -> None:
        for query, values in sent:
            await connection.fetch(query, *values)

    try:
        return statistics.median(await milliseconds(read, rounds))
    finally:
        await connection.close()


ROWS_OF = {
    "request": "SELECT * FROM request ORDER BY made_at DESC LIMIT 1",
    "appointment": "SELECT * FROM appointment WHERE id = $1",
    "claim": "SELECT * FROM claim WHERE appointment = $1 ORDER BY resource_no",
    "audit_event": "SELECT * FROM audit_event WHERE subject = $1",
    "event": "SELECT * FROM event ORDER BY id DESC LIMIT 1",
}
"""The rows that one booking leaves, found again by its appointment."""

SERIAL = ("claim", "audit_event", "event")
MADE_BY_DATABASE = "minutes"
"""The column of claims and appointments that is computed."""


async def rows_of_a_booking(
    connection: asyncpg.Connection, appointment: UUID
) -> list[tuple[str, dict[str, Any]]]:
    """Table and values of every row that a booking wrote."""
    found = []
    for table, query in ROWS_OF.items():
        values = [appointment] if "$1" in query else []
        for row in await connection.fetch(query, *values):
            fields = {name: value for name, value in row.items() if name != MADE_BY_DATABASE}
            if table in SERIAL:
                del fields["id"]
            found.append((table, fields))
    return found


async def bare_bookings(
    url: str, busy: Busy, pattern: list[tuple[str, dict[str, Any]]], slots: list[tuple[UUID, datetime]]
) -> float:
    """Bookings a second that eight bare connections write: the same rows, one commit for each booking."""
    places = {provider: (number, room) for provider, number, room in busy.providers}
    waiting = list(enumerate(slots))

    async def write() -> None:
        connection = await asyncpg.connect(url)
        while waiting:
            turn, (provider, starts_at) = waiting.pop()
            async with connection.transaction():
                for table, fields in _moved(busy, pattern, turn, places[provider], provider, starts_at):
                    marks = ", ".join(f"${number}" for number in range(1, len(fields) + 1))
                    await connection.execute(
                        f"INSERT INTO {table} ({', '.join(fields)}) VALUES ({marks})",  # noqa: S608 - own names
                        *fields.values(),
                    )
        await connection.close()

    begun = time.perf_counter()
    await asyncio.gather(*(write() for _ in range(8)))
    return len(slots) / (time.perf_counter() - begun)


def _moved(
    busy: Busy,
    pattern: list[tuple[str, dict[str, Any]]],
    turn: int,
    things: tuple[int, int],
    provider: UUID,
    starts_at: datetime,
) -> list[tuple[str, dict[str, Any]]]:
    """The rows of another booking like the first."""
    guest, number = busy.guests[turn % len(busy.guests)]
    appointment = uuid4()
    minutes, setup, turnover = busy.minutes
    resources = iter(things)
    changed = []
    for table, fields in pattern:
        new = dict(fields)
        if table == "request":
            new["key"] = uuid4()
        elif table == "appointment":
            new |= {"id": appointment, "guest": guest, "guest_number": number, "provider": provider}
            new |= {
                "room": things[1],
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(minutes=minutes),
            }
        elif table == "claim":
            until = starts_at + timedelta(minutes=minutes + turnover)
            new |= {"appointment": appointment, "resource_no": next(resources), "ends_at": until}
            new["starts_at"] = starts_at - timedelta(minutes=setup)
        elif table == "audit_event":
            new["subject"] = appointment
        changed.append((table, new))
    return changed


async def smallest_commits(url: str, connections: int, seconds: float = 1.5) -> float:
    """Commits a second of one small row each, on so many connections: what the disk allows."""
    first = await asyncpg.connect(url)
    await first.execute("CREATE TABLE IF NOT EXISTS bench_commit (number bigint)")
    await first.close()
    done = 0
    until = time.perf_counter() + seconds

    async def write() -> None:
        nonlocal done
        connection = await asyncpg.connect(url)
        while time.perf_counter() < until:
            await connection.execute("INSERT INTO bench_commit VALUES (1)")
            done += 1
        await connection.close()

    await asyncio.gather(*(write() for _ in range(connections)))
    last = await asyncpg.connect(url)
    await last.execute("DROP TABLE bench_commit")
    await last.close()
    return done / seconds


@dataclass(frozen=True)
class Races:
    """How many got the row in each round, and the worst wait in milliseconds."""

    winners: list[int]
    worst: float


async def bare_races(url: str, clients: int, rounds: int) -> Races:
    """So many bare connections that insert one and the same row, again and again."""
    connections = [await asyncpg.connect(url) for _ in range(clients)]
    await connections[0].execute("CREATE TABLE bench_race (number bigint PRIMARY KEY)")

    async def insert(connection: asyncpg.Connection, number: int) -> tuple[bool, float]:
        begun = time.perf_counter()
        try:
            await connection.execute("INSERT INTO bench_race VALUES ($1)", number)
        except asyncpg.UniqueViolationError:
            return False, time.perf_counter() - begun
        return True, time.perf_counter() - begun

    winners, worst = [], 0.0
    for number in range(rounds):
        answers = await asyncio.gather(*(insert(one, number) for one in connections))
        winners.append(sum(won for won, _ in answers))
        worst = max(worst, *(seconds for _, seconds in answers))
    await connections[0].execute("DROP TABLE bench_race")
    for one in connections:
        await one.close()
    return Races(winners, worst * 1_000)
