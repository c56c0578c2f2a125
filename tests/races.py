"""Many at once: one barrier, every answer looked at, and ways to take the guards away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest

from spa_pos.booking.actions import book, common
from spa_pos.checkout.actions import cards, settle, tickets
from spa_pos.db import engine
from spa_pos.kernel.errors import Conflict, Unavailable
from tests.cast import Spa, open_spa
from tests.database import plant

BEFORE_A_RACE = 8
"""More tasks than run at once while a test is only being prepared, and fewer than race."""


@dataclass
class Outcome:
    """Who won, and what the others were told."""

    won: list[Any] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def codes(self) -> set[str]:
        """What the losers were told, each once."""
        return set(self.told)


async def race(runners: Iterable[Awaitable[Any]]) -> Outcome:
    """Let all run at once. Who does not win is refused with a conflict, or as `busy` where a test took
    the locks away and all stood in each other's way; anything else is a bug.
    """
    outcome = Outcome()
    for result in await asyncio.gather(*runners, return_exceptions=True):
        if isinstance(result, Conflict | Unavailable):
            outcome.told.append(result.code)
        elif isinstance(result, BaseException):
            raise result
        else:
            outcome.won.append(result)
    return outcome


@contextlib.asynccontextmanager
async def spa_elsewhere(url: str) -> AsyncIterator[Spa]:
    """An open spa in another database, which a test may damage; afterwards we are home again."""
    home = engine.config["dsn"]
    await engine.disconnect()
    await engine.connect(url, pool_size=12)
    try:
        yield await open_spa()
    finally:
        await engine.disconnect()
        await engine.connect(home, pool_size=12)


def meeting(look: Callable[..., Awaitable[Any]], *, seconds: float) -> Callable[..., Awaitable[Any]]:
    """The same look, but who looks first waits so long for a second one: then two have looked before either
    goes on."""
    looked: list[object] = []

    async def look_and_meet(*args: Any, **asked: Any) -> Any:
        found = await look(*args, **asked)
        looked.append(found)
        before = len(looked)
        if before % 2:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while len(looked) == before and len(asyncio.all_tasks()) > BEFORE_A_RACE:  # noqa: ASYNC110 - no event says that
                        await asyncio.sleep(0.005)
        return found

    return look_and_meet


def without_advisory_locks(monkeypatch: pytest.MonkeyPatch, verbs: ModuleType = book) -> None:
    """Bookings no longer wait for each other. `verbs` is where the verb looks that races."""

    async def no_lock(*_: str, **__: object) -> None:
        """Go on at once."""

    monkeypatch.setattr(common, "lock", no_lock)
    monkeypatch.setattr(verbs, "supplies", meeting(verbs.supplies, seconds=10))


def without_row_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Appointments and tickets are read without being locked."""
    for module, name in (
        (common, "visit"),
        (tickets, "visit"),
        (tickets, "ticket"),
        (settle, "ticket"),
        (settle, "visits_of"),
        (cards, "ticket"),
    ):
        read = getattr(module, name)

        async def unlocked(*args: Any, read: Any = read, **asked: Any) -> Any:
            return await read(*args, **asked | {"for_update": False})

        monkeypatch.setattr(module, name, meeting(unlocked, seconds=2))


async def without_constraints(url: str, *names: str) -> None:
    """The database no longer refuses by these; `table.name` of a constraint, trigger or unique index."""
    for name in names:
        table, _, guard = name.partition(".")
        await plant(
            url,
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {guard}",
            f"DROP TRIGGER IF EXISTS {guard} ON {table}",
            f"DROP INDEX IF EXISTS {guard}",
        )


__all__ = [
    "Outcome",
    "race",
    "spa_elsewhere",
    "without_advisory_locks",
    "without_constraints",
    "without_row_locks",
]
