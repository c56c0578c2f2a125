"""What changed, told to every open page within a second, whichever process changed it (DATA.md §6).

An announcement is a row, written with the change it speaks of. One task per process looks for new rows
a few times a second, while anybody listens. PostgreSQL's NOTIFY would spare that look, but lets the
transactions that notify commit one after another, each with its own write to the disk.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import structlog

from spa_pos.db.ending import at_end
from spa_pos.db.engine import AWAY, engine
from spa_pos.db.sql import fetch, fetch_one, fetch_value

log = structlog.get_logger(__name__)

KEPT = timedelta(days=1)
"""How long announcements can be caught up with."""

LOOK_SECONDS = 0.25
"""New rows are looked for this often while somebody listens."""

REST_SECONDS = 3.0
"""And this often while nobody does, so that not much has to be caught up with."""

RECONNECT_SECONDS = 1.0
QUERY_SECONDS = 10.0

GAP_SECONDS = 60.0
"""A number given out but not seen belongs to a transaction under way, or to one rolled back; for
this long it may still appear."""

ANNOUNCEMENT = "INSERT INTO event (location, topic) SELECT * FROM unnest($1::uuid[], $2::text[])"

NEW_ROWS = "SELECT id, location, topic FROM event WHERE id > $1 OR id = ANY($2::text[]::bigint[]) ORDER BY id"
"""asyncpg knows `text[]` at once, and would ask a new connection for a second what a `bigint[]` is."""

CAUGHT_UP = """
    SELECT greatest((SELECT max(id) FROM event), $3, 0) AS newest,
           ($3 > 0 AND NOT EXISTS (SELECT FROM event WHERE id <= $3))
           OR EXISTS (
               SELECT FROM event WHERE location = $1 AND topic = ANY($2) AND (
                   id > $3 OR (id IS DISTINCT FROM $3 AND made_at > now() - interval '10 seconds')
               )
           ) AS missed
"""
"""Numbers are not committed in their order: what is seconds old counts even when a younger one was heard."""


async def announce(location: UUID, *topics: str) -> None:
    """Say that something changed. It is told when the caller's transaction commits, else never."""
    for topic in topics:
        await at_end(ANNOUNCEMENT, location, topic)


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Where a page stands that begins to listen: the number to remember, and whether to look again."""

    newest: int
    missed: bool


async def catch_up(location: UUID, topics: Sequence[str], heard: int | None) -> CaughtUp:
    """What a page may have missed of some topics, having heard up to a number before, or nothing yet.

    When its number is older than all that is kept, it may have missed something.
    """
    row = await fetch_one(CAUGHT_UP, location, list(topics), heard)
    return CaughtUp(row["newest"], bool(row["missed"])) if row else CaughtUp(0, missed=True)


TOPICS_SINCE = """
    SELECT coalesce(max(id), 0) AS newest,
           coalesce(array_agg(DISTINCT topic) FILTER (
               WHERE location = $1 AND (id > $2 OR made_at > now() - interval '10 seconds')
           ), '{}') AS topics
    FROM event WHERE id > $2 OR made_at > now() - interval '10 seconds'
"""
"""What is seconds old is told again, for the same reason."""


async def topics_since(location: UUID, heard: int) -> tuple[int, frozenset[str]]:
    """What was announced at a place after a number, and the number to ask with next time.

    What is told more than once must do no harm.
    """
    row = await fetch_one(TOPICS_SINCE, location, heard)
    return (max(heard, row["newest"]), frozenset(row["topics"])) if row else (heard, frozenset())


async def forget_old_events(now: datetime) -> None:
    """Delete announcements that nobody will catch up with."""
    await fetch("DELETE FROM event WHERE made_at < $1", now - KEPT)


class Subscription:
    """News of some topics: a queue of one, as hearing twice that a thing changed says no more."""

    def __init__(self) -> None:
        self.newest: int | None = None
        self.ended = False
        self._woken = asyncio.Event()

    def tell(self, number: int) -> None:
        """Something was announced."""
        self.newest = max(number, self.newest or 0)
        self._woken.set()

    def end(self) -> None:
        """No more news will come."""
        self.ended = True
        self._woken.set()

    async def wait(self, seconds: float) -> int | None:
        """The number of the newest announcement not yet taken; None at the end or after a quiet while."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        self._woken.clear()
        newest, self.newest = self.newest, None
        return newest


class Broadcaster:
    """Reads announcements, once for all pages that this process serves."""

    def __init__(self) -> None:
        self._subscriptions: dict[tuple[UUID, str], set[Subscription]] = defaultdict(set)
        self._last = 0
        self._missing: dict[int, float] = {}
        self._wake = asyncio.Event()
        self._stopped = False

    @property
    def listeners(self) -> int:
        """How many pages are listening."""
        return len(set().union(*self._subscriptions.values()))

    @contextlib.contextmanager
    def listening(self, location: UUID, *topics: str) -> Iterator[Subscription]:
        """Inside, the subscription is told what is announced of these topics."""
        subscription = Subscription()
        keys = [(location, topic) for topic in topics]
        for key in keys:
            self._subscriptions[key].add(subscription)
        self._wake.set()
        if self._stopped:
            subscription.end()
        try:
            yield subscription
        finally:
            for key in keys:
                self._subscriptions[key].discard(subscription)
                if not self._subscriptions[key]:
                    del self._subscriptions[key]

    def stop(self) -> None:
        """End every subscription, so that nothing keeps the process from its exit."""
        self._stopped = True
        self._wake.set()
        for subscription in [one for theirs in self._subscriptions.values() for one in theirs]:
            subscription.end()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Inside, announcements are read; a database that is away is asked again until it answers."""
        self._last = await fetch_value("SELECT coalesce(max(id), 0) FROM event")
        task = asyncio.create_task(self._keep_reading(), name="broadcaster")
        try:
            yield
        finally:
            self.stop()
            await task

    async def _keep_reading(self) -> None:
        while not self._stopped:
            try:
                connection = await engine.get_new_connection()
                try:
                    await self._follow(connection)
                finally:
                    await connection.close(timeout=QUERY_SECONDS)
            except AWAY as problem:
                log.warning("news-wait-for-the-database", problem=type(problem).__name__)
                await self._pause(RECONNECT_SECONDS)

    async def _follow(self, connection: asyncpg.Connection) -> None:
        connection.add_termination_listener(lambda *_: self._wake.set())
        while not self._stopped:
            await self._read(connection)
            await self._pause(LOOK_SECONDS if self._subscriptions else REST_SECONDS)

    async def _pause(self, seconds: float) -> None:
        if not self._stopped:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), seconds)
            self._wake.clear()

    async def _read(self, connection: asyncpg.Connection) -> None:
        rows = await connection.fetch(NEW_ROWS, self._last, [*map(str, self._missing)], timeout=QUERY_SECONDS)
        self._note_gaps([row["id"] for row in rows])
        for row in rows:
            for subscription in self._subscriptions.get((row["location"], row["topic"]), ()):
                subscription.tell(row["id"])

    def _note_gaps(self, numbers: list[int]) -> None:
        """Remember numbers that were passed over: transactions do not commit in their order."""
        moment = asyncio.get_running_loop().time()
        newest = max(numbers, default=self._last)
        passed = range(max(self._last, newest - 10_000) + 1, newest)
        since = dict.fromkeys(passed, moment) | self._missing
        seen = set(numbers)
        self._missing = {
            number: noticed
            for number, noticed in since.items()
            if number not in seen and moment - noticed < GAP_SECONDS
        }
        self._last = max(self._last, newest)
