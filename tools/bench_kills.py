"""The program is killed again and again while people sell, refund and count: nothing paid is lost.

`python tools/bench_kills.py 200` does it alone, in a database of its own.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spa_pos.db import engine
from spa_pos.db.embedded import embedded_postgres
from spa_pos.db.migrate import migrate
from spa_pos.opening import MIGRATIONS
from tests.cast import open_spa
from tests.kills.dying import Told, kill_many, stage
from tests.processor import pretended_processor
from tools.bench_say import say

A_DAY = 40
"""So many kills in one spa; then another one, for a session lasts twelve hours and each kill some minutes."""

Fresh = Callable[[str], Awaitable[str]]
"""Makes a new, migrated database of a name, with the engine connected to it; gives its address."""


async def kills(fresh: Fresh, count: int, seed: int = 1) -> Told:
    """Kill the service so many times and print what was wrong afterwards."""
    dice, begun, whole = random.Random(seed), time.monotonic(), Told()  # noqa: S311 - the same each time
    with pretended_processor() as processor:
        for number, first in enumerate(range(0, count, A_DAY)):
            url = await fresh(f"kills_{number}")
            spa = await open_spa()
            async with stage(spa, url, processor) as on:
                whole.add(await kill_many(on, min(A_DAY, count - first), dice))
            if whole.problems:
                break
    seconds = time.monotonic() - begun
    say(
        f"{whole.kills.total()} kills of the program at random moments, {len(whole.kills)} journeys",
        f"{len(whole.problems)} things wrong",
        "0",
        f"{whole.inside} inside a request, {whole.under_way} with card money under way,"
        f" {whole.resent} sent their form again",
    )
    say(
        "  charges and refunds at the processor, the ledger's",
        f"{whole.charges} and {whole.refunds}, {'as many' if not whole.problems else 'see below'}",
        "as many",
        f"open again after {statistics.median(whole.restarts):.1f} s; {seconds:.0f} s in all",
    )
    for problem in whole.problems[:10]:
        print(f"    {problem}")
    return whole


async def alone(admin: str, count: int) -> int:
    """Nothing but this; gives the exit code."""

    async def fresh(name: str) -> str:
        await engine.disconnect()
        connection = await asyncpg.connect(admin)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        url = admin.replace("/spa?", f"/{name}?")
        await engine.connect(url, 10)
        await migrate(MIGRATIONS)
        return url

    told = await kills(fresh, count)
    await engine.disconnect()
    print("killed", dict(told.kills), "came to their end", dict(told.ended))
    return 1 if told.problems else 0


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres(Path(folder) / "pg") as address,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        sys.exit(runner.run(alone(address, int(sys.argv[1]) if sys.argv[1:] else 200)))
