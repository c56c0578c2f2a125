"""How fast the register is: settling, at the server and through HTTP, and the reports of a year of sales."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg

from spa_pos.app import create_app
from spa_pos.checkout.actions import add_product, open_ticket, take_cash
from spa_pos.db import engine, fetch, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.ledger.actions import close_days_that_are_over
from tests.cast import Kiosk, Spa, TestClock, drawer_at_hand, settings
from tools.bench_house import Busy, settle_statistics
from tools.bench_http import Post
from tools.bench_limit import milliseconds
from tools.bench_pgbench import pgbench_settlements
from tools.bench_say import ms, say
from tools.bench_servers import SignedInKiosk, kiosks_at, run_plan, servers

CLIENTS = 8
FIRST = Cents(5_000)
PRODUCTS = ("Daily moisturizer", "Spa slippers")


@dataclass(frozen=True)
class Waiting:
    """A ticket with a massage and two products."""

    ticket_id: UUID
    version: int


async def waiting_tickets(busy: Busy, count: int, *, begun: bool) -> list[Waiting]:
    """So many open tickets of guests who are here; with `begun` the first of two tenders is taken."""
    desk = busy.house.desk[0]
    await drawer_at_hand(desk.device_id, busy.now)
    visits = await fetch(
        "SELECT a.id FROM appointment a WHERE status = 'checked_in' AND NOT EXISTS"
        " (SELECT 1 FROM ticket_line l WHERE l.appointment = a.id AND l.status = 'live')"
        " ORDER BY starts_at DESC LIMIT $1",
        count,
    )
    if len(visits) < count:
        raise RuntimeError(f"only {len(visits)} guests are here")
    products = [await fetch_value("SELECT id FROM product WHERE name = $1", name) for name in PRODUCTS]
    queue = [row["id"] for row in visits]
    found = []

    async def prepare() -> None:
        while queue:
            ticket_id = uuid4()
            asked = {"ticket_id": ticket_id, "now": busy.now}
            await open_ticket(desk, appointment_id=queue.pop(), **asked)
            for version, product_id in enumerate(products, start=1):
                await add_product(
                    desk, line_id=uuid4(), product_id=product_id, quantity=1, version=version, **asked
                )
            if begun:
                await take_cash(desk, tender_id=uuid4(), given_cents=FIRST, version=3, **asked)
            found.append(Waiting(ticket_id, 4 if begun else 3))

    await asyncio.gather(*(prepare() for _ in range(CLIENTS)))
    return found


def tender(csrf: str, version: int, dollars: str = "") -> dict[str, str]:
    """The form that takes cash: all that is due, or so much."""
    keys = {"id": str(uuid4()), "request": str(uuid4()), "csrf": csrf}
    return keys | {"kind": "cash", "version": str(version), "given": dollars}


async def settling(busy: Busy, rounds: int) -> tuple[float, float, float, UUID]:
    """Median milliseconds of both tenders and of the one that settles, its statements, a settled ticket."""
    clock = TestClock(busy.now)
    spa = Spa(busy.house, clock, create_app(settings(), clock=clock))
    desk: Kiosk = await spa.kiosk(name="Bench register")
    tickets = await waiting_tickets(busy, rounds + 2, begun=False)
    csrf = next(fields["csrf"] for _, fields in (await desk.open("/board")).forms() if "csrf" in fields)
    first, second, sent = [], [], []
    for one in tickets:
        for version, dollars, times in ((one.version, "50.00", first), (one.version + 1, "", second)):
            before, begun = engine.statements, time.perf_counter()
            answer = await desk.browser.post(
                f"/tickets/{one.ticket_id}/tenders", data=tender(csrf, version, dollars)
            )
            times.append((time.perf_counter() - begun) * 1_000)
            if answer.status_code != 303:
                raise RuntimeError(f"a tender was answered {answer.status_code}: {answer.text[:300]}")
        sent.append(engine.statements - before)
    both = [a + b for a, b in zip(first, second, strict=True)]
    return (
        statistics.median(both[2:]),
        statistics.median(second[2:]),
        statistics.median(sent),
        tickets[-1].ticket_id,
    )


def posts(desks: Sequence[SignedInKiosk], tickets: Sequence[Waiting]) -> list[Post]:
    """The last tender of each ticket, dealt out to the kiosks in turn."""
    found = []
    for number, one in enumerate(tickets):
        desk = desks[number % len(desks)]
        path = f"/tickets/{one.ticket_id}/tenders"
        found.append(Post(number % len(desks), path, desk.cookie, tender(desk.csrf, one.version)))
    return found


async def settlements_a_second(url: str, busy: Busy, count: int, processes: int) -> tuple[float, float, str]:
    """Settlements a second of eight browsers, the worst answer in ms, and where the processor's time went."""
    tickets = await waiting_tickets(busy, count + 40, begun=True)
    async with servers(url, processes) as running:
        desks = await kiosks_at(running, busy, CLIENTS)
        await run_plan(running, posts(desks, tickets[:40]))
        before = running.cpu_seconds()
        result = await run_plan(running, posts(desks, tickets[40:]))
        used = [
            (after - since) * 1_000 / count
            for since, after in zip(before, running.cpu_seconds(), strict=True)
        ]
    refused = sorted({one.status for one in result.answers} - {303})
    if refused:
        raise RuntimeError(f"settlements were answered {refused}")
    said = f"processor time {used[0]:.1f} ms in the server, {used[1]:.1f} ms in PostgreSQL"
    return count / result.seconds, max(one.seconds for one in result.answers) * 1_000, said


CLONED = (
    ("ticket", "t.id = $1", ("business_date", "settled_at", "opened_at")),
    ("ticket_line", "t.ticket = $1", ()),
    ("ticket_tax", "t.ticket = $1", ()),
    ("tender", "t.ticket = $1", ("taken_at",)),
    (
        "entry",
        "t.id = $1 OR t.id IN (SELECT id FROM tender WHERE ticket = $1)",
        ("business_date", "made_at"),
    ),
    ("stock_movement", "t.line IN (SELECT id FROM ticket_line WHERE ticket = $1)", ("made_at",)),
)
"""Tables of a settled sale, how its rows are found, and what moves with the day."""

IDS = ("id", "ticket", "line", "subject")


async def year_of_sales(url: str, pattern: UUID, days: int, per_day: int) -> int:
    """Copies of a settled sale on so many past days; guards rest meanwhile, and every copy keeps to them."""
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")
    count, quoted = days * per_day, f"'{pattern}'"
    top = await connection.fetchval("SELECT max(number) FROM ticket")
    for table, which, moving in CLONED:
        columns = [
            row["attname"]
            for row in await connection.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0"
                " AND NOT attisdropped AND attgenerated = ''",
                table,
            )
        ]
        changed = {name: f"md5(t.{name}::text || n)::uuid" for name in IDS if name in columns}
        changed |= {name: f"t.{name} - ((n - 1) / {per_day} + 1) * interval '1 day'" for name in moving}
        changed |= {"number": f"{top} + n"} if table == "ticket" else {}
        changed |= {"appointment": "NULL"} if table == "ticket_line" else {}
        await connection.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"  # noqa: S608 - own names
            f" SELECT {', '.join(changed.get(name, f't.{name}') for name in columns)}"
            f" FROM {table} t, generate_series(1, {count}) n WHERE {which.replace('$1', quoted)}"
        )
    await connection.execute(
        "INSERT INTO posting (entry, account, amount_cents, category, guest_group)"  # noqa: S608 - own names
        " SELECT md5(p.entry::text || n)::uuid, p.account, p.amount_cents, p.category, p.guest_group"
        f" FROM posting p, generate_series(1, {count}) n WHERE p.entry = '{pattern}'"
        f" OR p.entry IN (SELECT id FROM tender WHERE ticket = '{pattern}')"
    )
    await connection.execute(
        "INSERT INTO drawer_entry (entry, drawer)"  # noqa: S608 - own names
        " SELECT md5(d.entry::text || n)::uuid, d.drawer"
        f" FROM drawer_entry d, generate_series(1, {count}) n"
        f" WHERE d.entry IN (SELECT id FROM tender WHERE ticket = '{pattern}')"
    )
    await connection.execute("UPDATE counter SET value = value + $1 WHERE name = 'ticket'", count)
    await settle_statistics(connection)
    await connection.close()
    return count


async def report_times(busy: Busy, rounds: int) -> list[tuple[str, float, int]]:
    """What, median ms and statements of the manager's reports."""
    clock = TestClock(busy.now)
    spa = Spa(busy.house, clock, create_app(settings(), clock=clock))
    desk = await spa.kiosk("Renata Silva", name="Bench office")
    yesterday = busy.today - timedelta(days=1)
    month = f"from={yesterday - timedelta(days=30)}&to={yesterday}"
    found = []
    for what, path in (
        ("sales day", f"/reports/sales-day?date={yesterday}"),
        ("bridge of a day", f"/reports/bridge?from={yesterday}&to={yesterday}"),
        ("bridge of a month", f"/reports/bridge?{month}"),
        ("staff discounts of a month", f"/reports/staff-discounts?{month}"),
        ("tips of a month", f"/reports/tips?{month}"),
        ("exceptions of a month", f"/reports/exceptions?{month}"),
        ("how the house did in a month", f"/reports/performance?{month}"),
    ):
        before = engine.statements
        page = await desk.open(path)
        sent = engine.statements - before
        if page.status != 200:
            raise RuntimeError(f"{path} was answered {page.status}")
        times = await milliseconds(lambda path=path: desk.open(path), rounds)  # type: ignore[misc]
        found.append((what, statistics.median(times), sent))
    return found


async def register(url: str, busy: Busy, rounds: int, settlements: int, history: int) -> None:
    """Settling, and the reports of a year of sales."""
    both, last, sent, pattern = await settling(busy, 5 * rounds)
    say(
        "settle three lines with two tenders, both of them",
        f"{ms(both)}, the settling {ms(last)}",
        "< 40 ms",
        f"{sent:.0f} statements in the settling one",
    )
    for processes in (1, 2):
        found, worst, used = await settlements_a_second(url, busy, settlements, processes)
        limit = ""
        if processes == 1:
            tickets = [one.ticket_id for one in await waiting_tickets(busy, settlements, begun=True)]
            reached, rows = await pgbench_settlements(url, pattern, tickets, CLIENTS)
            limit = f"pgbench writes the same {rows} rows {reached:.0f} times a second"
        say(
            "settlements through HTTP, 8 clients, one server process"
            if processes == 1
            else "  two processes",
            f"{found:.0f} a second",
            "≥ 100 a second",
            limit,
        )
        print(f"    worst answer {ms(worst)}; {used}", flush=True)
    sales = await year_of_sales(url, pattern, history, 60)
    await close_days_that_are_over(busy.now)  # as every night
    for what, median, sent in await report_times(busy, rounds):
        say(f"{what}, {sales:,} sales behind it", f"{ms(median)}", "< 100 ms", f"{sent} statements")
