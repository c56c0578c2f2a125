"""How fast booking is on this machine, each figure beside its goal and the machine's own limit: `make bench`.

Everything happens in a database of its own in a temporary folder, durable as in real use, and is gone
afterwards. `--quick` does less of each, in a few minutes.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spa_pos.app import create_app
from spa_pos.booking.pages.views import new_booking_href
from spa_pos.booking.queries import calendar, needs_of
from spa_pos.catalog.queries import service
from spa_pos.clock import now as the_time
from spa_pos.db import engine, fetch
from spa_pos.db.embedded import embedded_postgres
from spa_pos.db.migrate import migrate
from spa_pos.kernel.ids import uuid7
from spa_pos.opening import MIGRATIONS
from spa_pos.server import spare_the_collector
from spa_pos.verify import verify
from tests.cast import SECRET, Kiosk, Spa, TestClock, settings
from tools.bench_house import Busy, fill, open_house, settle_statistics
from tools.bench_kills import kills
from tools.bench_limit import (
    bare_bookings,
    bare_races,
    bare_reads,
    milliseconds,
    rows_of_a_booking,
    smallest_commits,
    statements_seen,
)
from tools.bench_pages import page_figure, pages_figure
from tools.bench_races import races
from tools.bench_register import register
from tools.bench_say import ms, say
from tools.bench_servers import kiosks_at, posts_for_race, posts_for_rate, run_plan, servers

AHEAD = range(31)
BOOKED_FROM, RACE_FROM, RATE_FROM, BARE_FROM = 40, 50, 80, 310
"""Days from here on hold nothing but what the bench books, each figure in days of its own."""


@dataclass(frozen=True)
class Size:
    """How much of each is measured."""

    rounds: int
    history: int
    long_history: int
    bookings: int
    races: int
    settlements: int
    kills: int
    big: bool


WHOLE = Size(
    rounds=20,
    history=365,
    long_history=5 * 365,
    bookings=2_000,
    races=200,
    settlements=500,
    kills=200,
    big=True,
)
QUICK = Size(
    rounds=5, history=30, long_history=180, bookings=400, races=20, settlements=150, kills=14, big=False
)


async def database(admin: str, name: str, template: str | None = None) -> str:
    """A new database, empty or like another, with the engine connected to it; gives its address."""
    await engine.disconnect()
    connection = await asyncpg.connect(admin)
    await connection.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else ""))
    await connection.close()
    url = admin.replace("/spa?", f"/{name}?")
    await engine.connect(url, 10)
    if template is None:
        await migrate(MIGRATIONS)
    return url


async def add(
    url: str, busy: Busy, days: range, per_day: int, *, already: int = 0, seen: bool = True
) -> None:
    """Write visits, and let the planner know of them."""
    connection = await asyncpg.connect(url)
    await fill(connection, busy, days, per_day, already=already)
    if seen:
        await settle_statistics(connection)
    await connection.close()


async def open_times_figure(url: str, busy: Busy, rounds: int) -> tuple[float, float, int]:
    """Median of open times over 31 days, of the same reads alone, and how many reads there are."""
    wanted = needs_of(await service(busy.service))
    house = busy.house

    async def ask() -> int:
        last = busy.today + timedelta(days=AHEAD.stop - 1)
        days = await calendar(house.location_id, house.zone, busy.today, last, now=busy.now)
        return sum(len(day.begin_times(wanted, now=busy.now)) for day in days)

    with statements_seen() as sent:
        if not await ask():
            raise RuntimeError("no time is open")
    times = await milliseconds(ask, rounds)
    return statistics.median(times), await bare_reads(url, sent, rounds), len(sent)


async def growth(admin: str, size: Size) -> tuple[str, Busy]:
    """Open times as the calendar gets fuller; gives the calendar of 60 a day with 30 days behind it."""
    url = await database(admin, "calendar")
    busy = await open_house(providers=12, now=the_time(), secret=SECRET)
    before, took = 0, {}
    for per_day in (15, 30, 60):
        await add(url, busy, range(-30, AHEAD.stop), per_day, already=before)
        took[per_day] = await open_times_figure(url, busy, size.rounds)
        before = per_day
    copy = await database(admin, "fuller", "calendar")
    await add(copy, busy, range(-30, AHEAD.stop), 120, already=60)
    took[120] = await open_times_figure(copy, busy, size.rounds)
    median, bare, reads = took[60]
    say(
        "open times, 31 days, 12 providers, 60 bookings a day",
        f"{ms(median)}, {reads} reads",
        "< 20 ms",
        f"the reads alone {ms(bare)}",
    )
    say(
        "  at 15, 30, 60 and 120 a day",
        " ".join(f"{one:.1f}" for one, _, _ in took.values()) + " ms",
        "no worse than linear",
        "the reads alone " + " ".join(f"{one:.1f}" for _, one, _ in took.values()) + " ms",
    )
    return url, busy


async def big_house(admin: str, size: Size) -> None:
    """Open times where 200 work."""
    url = await database(admin, "big")
    busy = await open_house(providers=200, now=the_time(), secret=SECRET)
    await add(url, busy, range(-7, AHEAD.stop), 1_000)
    rounds = max(5, size.rounds // 2)
    median, bare, reads = await open_times_figure(url, busy, rounds)
    say(
        "open times, 31 days, 200 providers, 1,000 bookings a day",
        f"{ms(median)}, {reads} reads",
        "< 300 ms",
        f"the reads alone {ms(bare)}",
    )
    await pages_figure(url, busy, await desk_in_process(busy), "200 × 1,000", "", rounds)


async def desk_in_process(busy: Busy) -> Kiosk:
    """A kiosk whose requests are answered here, without a network."""
    clock = TestClock(busy.now)
    spa = Spa(busy.house, clock, create_app(settings(), clock=clock))
    return await spa.kiosk(name="Bench")


async def board_figure(url: str, busy: Busy, size: Size) -> None:
    """The day board of today, and the pages on which a time is looked for."""
    desk = await desk_in_process(busy)
    for path, what in (("/board", "day board, 12 × 60"), ("/board/grid", "  its grid alone")):
        told = f"{what}, {size.history} days behind it"
        await page_figure(url, desk, path, told, "< 60 ms, < 150 KB", size.rounds)
    await pages_figure(url, busy, desk, "12 × 60", "", size.rounds)


async def guest_figure(url: str, busy: Busy, size: Size) -> None:
    """The first byte of what guests open first, with nobody signed in."""
    desk = await desk_in_process(busy)
    desk.browser.cookies.clear()
    for path in ("/book", "/give"):
        await page_figure(url, desk, path, f"{path} for a guest", "< 50 ms", size.rounds)


async def booking_form(desk: Kiosk, busy: Busy) -> dict[str, str]:
    """The form of the sheet that books, for the first free slot."""
    provider, starts_at = next(busy.free_slots(BOOKED_FROM - 1))
    local = starts_at.astimezone(busy.house.zone)
    page = await desk.open(
        new_booking_href(
            date=local.date(),
            provider=provider,
            at=f"{local:%H:%M}",
            guest=busy.guests[0][0],
            service=busy.service,
        )
    )
    return page.form("/appointments")


def form_for(form: dict[str, str], busy: Busy, turn: int, slot: tuple[UUID, object]) -> dict[str, str]:
    """The same form for another guest, provider and time, with an id and a key of its own."""
    provider, starts_at = slot
    return form | {
        "id": str(uuid7(busy.now)),
        "request": str(uuid7(busy.now)),
        "guest": str(busy.guests[turn % len(busy.guests)][0]),
        "provider": str(provider),
        "starts_at": starts_at.isoformat(),  # type: ignore[attr-defined]
    }


async def one_booking(busy: Busy, slots: Sequence[tuple[UUID, object]]) -> tuple[float, float, UUID]:
    """Median milliseconds and statements of a booking, and the last one booked."""
    desk = await desk_in_process(busy)
    form = await booking_form(desk, busy)
    forms = [form_for(form, busy, turn, slot) for turn, slot in enumerate(slots)]
    turns = iter(forms)

    async def book() -> None:
        answer = await desk.browser.post("/appointments", data=next(turns))
        if answer.status_code != 303:
            raise RuntimeError(f"a booking was answered {answer.status_code}: {answer.text[:300]}")

    statements = engine.statements
    times = await milliseconds(book, len(forms) - 2)
    needed = (engine.statements - statements) / len(forms)
    return statistics.median(times), needed, UUID(forms[-1]["id"])


async def rate(url: str, busy: Busy, size: Size, form: dict[str, str], pattern: UUID) -> None:
    """Bookings a second, through one server process and through two."""
    many = list(busy.free_slots(RATE_FROM, BARE_FROM))
    busy.dice.shuffle(many)
    slots = iter(many)
    limits = await _limits(url, busy, size, pattern)
    for processes in (1, 2):
        theirs = [next(slots) for _ in range(size.bookings)]
        async with servers(url, processes) as running:
            desks = await kiosks_at(running, busy, 8)
            first = processes * size.bookings  # no guest twice: nobody can be at two places
            forms = [form_for(form, busy, first + turn, slot) for turn, slot in enumerate(theirs)]
            await run_plan(running, posts_for_rate(desks, forms[:80]))
            before = running.cpu_seconds()
            result = await run_plan(running, posts_for_rate(desks, forms[80:]))
            used = [
                (after - since) * 1_000 / len(result.answers)
                for since, after in zip(before, running.cpu_seconds(), strict=True)
            ]
        refused = sorted({one.status for one in result.answers} - {303})
        if refused:
            raise RuntimeError(f"bookings were answered {refused}")
        whole = "bookings through HTTP, 8 clients, one server process"
        say(
            whole if processes == 1 else "  two server processes",
            f"{len(result.answers) / result.seconds:.0f} a second",
            "≥ 200 a second",
            limits,
        )
        worst = sorted(one.seconds for one in result.answers)
        print(
            f"    a booking: {ms(worst[len(worst) // 2] * 1_000)} median, {ms(worst[-1] * 1_000)} worst;"
            f" processor time {ms(used[0])} in the server, {ms(used[1])} in PostgreSQL",
            flush=True,
        )


async def _limits(url: str, busy: Busy, size: Size, pattern: UUID) -> str:
    connection = await asyncpg.connect(url)
    rows = await rows_of_a_booking(connection, pattern)
    await connection.close()
    slots = busy.free_slots(BARE_FROM)
    bare = await bare_bookings(url, busy, rows, [next(slots) for _ in range(size.bookings)])
    commits = await smallest_commits(url, 8), await smallest_commits(url, 1)
    return (
        f"the same {len(rows)} rows bare {bare:.0f} a second;"
        f" one-row commits {commits[0]:.0f} with 8 connections, {commits[1]:.0f} with one"
    )


async def race(url: str, busy: Busy, size: Size, form: dict[str, str]) -> None:
    """Sixty-four browsers for one slot, again and again."""
    slots = busy.free_slots(RACE_FROM)
    async with servers(url, 2) as running:
        desks = await kiosks_at(running, busy, 64)
        forms = []
        for turn in range(size.races):
            slot = next(slots)
            forms.append([form_for(form, busy, turn * 64 + number, slot) for number in range(64)])
        result = await run_plan(running, posts_for_race(desks, forms))
    bare = await bare_races(url, 64, size.races)
    winners = [0] * size.races
    for one in result.answers:
        winners[one.round] += one.status == 200
    strange = sum(one.status not in (200, 409) for one in result.answers)
    say(
        f"64 clients for one slot, two processes, {size.races} rounds",
        f"{winners.count(1)} with one winner",
        f"{size.races}",
        f"64 bare connections for one row: {bare.winners.count(1)}",
    )
    say(
        "  worst answer; answers that are neither yes nor no",
        f"{ms(max(one.seconds for one in result.answers) * 1_000)}; {strange}",
        "< 2,000 ms; 0",
        f"the worst of theirs {ms(bare.worst)}",
    )


async def bench(admin: str, size: Size) -> None:
    """Fill, ask, book, race, settle, and see that nothing broke."""
    say("what", "measured", "goal", "the machine's own limit")
    url, busy = await growth(admin, size)
    if size.big:
        await big_house(admin, size)
    await engine.disconnect()
    await engine.connect(url, 10)
    slots = busy.free_slots(BOOKED_FROM)
    short = await one_booking(busy, [next(slots) for _ in range(62)])
    if size.history > 30:
        await add(url, busy, range(-size.history, -30), 60)
    await board_figure(url, busy, size)
    await guest_figure(url, busy, size)
    await register(url, busy, size.rounds, size.settlements, size.history)
    await races(busy, 50 if size.big else 5)
    form = await booking_form(await desk_in_process(busy), busy)
    await rate(url, busy, size, form, short[2])
    await race(url, busy, size, form)
    broken = [problem for verdict in await verify() for problem in verdict.problems]
    (count,) = await fetch("SELECT count(*) AS visits FROM appointment")
    say(f"invariants broken, among {count['visits']:,} visits", f"{len(broken)}", "0", "")
    for problem in broken[:5]:
        print(f"    {problem}")
    await add(url, busy, range(-size.long_history, -size.history), 60)
    long = await one_booking(busy, [next(slots) for _ in range(62)])
    commit = 1_000 / await smallest_commits(url, 1)
    say(
        f"one booking with {size.long_history} days behind it, and with 30",
        f"{ms(long[0])}, {ms(short[0])}",
        "at most 1.5 times",
        f"{long[1]:.0f} and {short[1]:.0f} statements; a one-row commit {ms(commit)}",
    )
    await kills(lambda name: database(admin, name), size.kills)
    await engine.disconnect()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="less of each, in a few minutes")
    given = asked.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres(Path(folder) / "pg") as address,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        spare_the_collector()
        runner.run(bench(address, QUICK if given.quick else WHOLE))
