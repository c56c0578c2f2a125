"""How fast the main requests are at the server, in process and without a network: `make bench`.

Tells a past of so many days first (`--days`, a year takes some minutes), then prints the median,
the 95th percentile and the worst of each request in milliseconds, with the statements it needed,
and what this machine does with the smallest possible commit.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spa_pos.app import create_app
from spa_pos.booking.pages.views import new_booking_href
from spa_pos.db import engine, fetch, fetch_value
from spa_pos.db.embedded import embedded_postgres
from spa_pos.db.migrate import migrate
from spa_pos.ledger.queries import places
from spa_pos.opening import MIGRATIONS
from spa_pos.seed import seed
from spa_pos.seed.house import House
from tests.cast import MORNING, SECRET, Kiosk, Spa, TestClock, settings

ROUNDS = 40


async def measured(name: str, work: Callable[[], Awaitable[object]], rounds: int = ROUNDS) -> None:
    """Do something many times and print how long it took."""
    await work()
    times, statements = [], engine.statements
    for _ in range(rounds):
        begun = time.perf_counter()
        await work()
        times.append((time.perf_counter() - begun) * 1_000)
    needed = (engine.statements - statements) / rounds
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"{name:<34}{statistics.median(times):>8.1f}{p95:>8.1f}{max(times):>8.1f}{needed:>12.1f}")


async def bench(url: str, days: int) -> None:
    """Fill the database, then ask."""
    await engine.connect(url, 10)
    await migrate(MIGRATIONS)
    print(f"Telling {days} days …", flush=True)
    await seed(history_days=days, rng=1, now=MORNING, secret=SECRET, report=lambda words: print(f"  {words}"))
    (place,) = await places()
    clock = TestClock()
    spa = Spa(House(place.id, place.zone, (), place.id), clock, create_app(settings(), clock=clock))
    desk, office = await spa.kiosk(), await spa.kiosk("Renata Silva", name="Office")
    page = await desk.open("/board")
    print(f"\nThe board has {len(page.text.encode()) / 1024:.0f} KB before compression.")
    print(f"\n{'milliseconds':<34}{'median':>8}{'p95':>8}{'worst':>8}{'statements':>12}")
    await measured("smallest commit", lambda: fetch("UPDATE counter SET value = value"))
    await measured("day board", lambda: desk.open("/board"))
    await measured("day board, the grid alone", lambda: desk.open("/board/grid"))
    times = new_booking_href(
        date=spa.local(12, days=1).astimezone(place.zone).date(),
        guest=await fetch_value("SELECT id FROM guest LIMIT 1"),
        service=await spa.service_id("swedish-60"),
    )
    await measured("open times, 14 days, all providers", lambda: desk.open(times))
    await measured("sales day of yesterday", lambda: office.open(_yesterday(spa)))
    await _journeys(spa, desk)
    await engine.disconnect()


def _yesterday(spa: Spa) -> str:
    day = (spa.clock.now - timedelta(days=1)).astimezone(spa.house.zone).date()
    return f"/reports/sales-day?date={day}"


async def _journeys(spa: Spa, desk: Kiosk) -> None:
    """Sell one product for cash, again and again: open, add, settle."""
    product = await spa.product_id("Daily moisturizer")

    async def sell() -> None:
        await desk.open("/tickets")
        ticket = await desk.send("/tickets")
        await desk.open(f"{ticket.path}?products=1")
        await desk.send("/lines", product=product, quantity=1)
        await desk.open(ticket.path)
        paid = await desk.send("/tenders", kind="cash", given="40.00")
        if not paid.path.endswith("/done"):
            raise RuntimeError(f"the sale was refused: {paid.problem}")

    await measured("a whole sale, 9 requests", sell, 20)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--days", type=int, default=365)
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres(Path(folder) / "pg") as address,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(bench(address, given.days))
