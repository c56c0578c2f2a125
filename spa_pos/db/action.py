"""The unit of work: one verb, one transaction, asked for once.

Piccolo's nested transaction does nothing, so an inner failure that somebody swallows would
leave its rows; an action remembers the failure and rolls the whole back (DESIGN.md §4).
"""

import asyncio
import functools
import hashlib
import random
import typing
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from spa_pos.db.constraints import refusal_for
from spa_pos.db.ending import at_end, write_what_waits
from spa_pos.db.engine import engine
from spa_pos.db.sql import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 5

ANSWER = (
    "UPDATE request SET response = given.answer FROM unnest($1::uuid[], $2::jsonb[]) AS given (key, answer)"
    " WHERE request.key = given.key"
)

AWAY = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what asyncpg says on a connection that was cut between two statements
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    OSError,
)
"""The database went away."""


def action(verb: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Run a verb in one transaction, or join the caller's.

    Deadlocks and serialization failures are tried again, at most five times: safe, because
    an action never touches the network. A constraint that speaks becomes its refusal.
    """

    @functools.wraps(verb)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        outer = engine.current()
        if outer is None:
            return await _in_own_transaction(functools.partial(verb, *args, **kwargs))
        try:
            return await verb(*args, **kwargs)
        except BaseException as failure:
            outer.failure = outer.failure or failure
            raise

    return run


async def _in_own_transaction(work: Callable[[], Awaitable[T]]) -> T:
    for turn in range(TRIES):
        try:
            transaction = engine.transaction()
            async with transaction:
                result = await work()
                if transaction.failure is not None:  # somebody swallowed an inner action's failure
                    raise transaction.failure
                await write_what_waits()
            return result
        except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError):
            await asyncio.sleep(random.uniform(0.005, 0.02) * 2**turn)  # noqa: S311 - jitter, not a secret
        except asyncpg.IntegrityConstraintViolationError as violation:
            refusal = refusal_for(violation)
            if refusal is None:
                raise
            raise refusal from violation
        except AWAY as problem:
            raise Unavailable(
                "database-away",
                "The database does not answer. Send this again in a moment; it is done once at the most.",
            ) from problem
    raise Unavailable("busy", "The spa is very busy this second. Nothing was changed; try again.")


async def once(key: UUID, verb: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run an action at most once for a request key; the same request again gets the first answer.

    The key, a hash of what was asked (without `now`, which differs) and the answer are written
    in the action's own transaction. The answer must survive JSON.

    Raises:
        Conflict: `request-reused` when the key came before with something else.
    """
    name = f"{verb.__module__}.{verb.__qualname__}"
    asked = [name, args, {word: value for word, value in kwargs.items() if word not in ("now", "actor")}]
    plain = msgspec.to_builtins(asked, enc_hook=str, str_keys=True)
    body_hash = hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()

    async def work() -> T:
        claimed = await fetch(
            "INSERT INTO request (key, verb, body_hash) VALUES ($1, $2, $3)"
            " ON CONFLICT (key) DO NOTHING RETURNING key",
            key,
            name,
            body_hash,
        )
        if claimed:
            answer = await verb(*args, **kwargs)
            await at_end(ANSWER, key, msgspec.json.encode(answer, enc_hook=str).decode())
            return answer
        earlier = await fetch_one("SELECT body_hash, response::text FROM request WHERE key = $1", key)
        if earlier is None or earlier["body_hash"] != body_hash:
            raise Conflict("request-reused", "This form was already sent with other contents. Open it again.")
        shape = typing.get_type_hints(verb)["return"]
        return typing.cast(T, msgspec.json.decode(earlier["response"], type=shape))

    return await action(work)()


async def lock(*names: str, asking: str = "NULL", about: Sequence[object] = ()) -> Any:
    """Take advisory locks until the end of the action, in one fixed order, before the check.

    Gives the value of an expression with `$2`, `$3` … for what it is about, as it was before the wait.

    Raises:
        RuntimeError: outside an action, or a second time in one: two rounds of locks can deadlock.
    """
    transaction = engine.current()
    if transaction is None:
        raise RuntimeError("a lock belongs in an action")
    if transaction.locked:
        raise RuntimeError("an action takes its locks once")
    transaction.locked = True
    keys = sorted(
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        for name in set(names)
    )
    return await fetch_value(
        f"SELECT {asking}, count(pg_advisory_xact_lock(key)) FROM unnest($1::bigint[]) AS key",  # noqa: S608
        keys,
        *about,
    )


@asynccontextmanager
async def read_only() -> AsyncIterator[None]:
    """One snapshot for a whole report: repeatable read, writes refused by the database.

    A report inside another report shares its snapshot.
    """
    around = engine.current()
    if around is not None and around.snapshot:
        yield
        return
    transaction = engine.transaction()
    transaction.snapshot = True
    async with transaction:
        await fetch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def in_transaction() -> bool:
    """True inside an action."""
    return engine.current() is not None


def forbid_transaction() -> None:
    """Called by every gateway: no network call inside a transaction.

    Raises:
        RuntimeError: there is one.
    """
    if in_transaction():
        raise RuntimeError("a gateway was called inside a transaction")
