"""Everything that runs on a schedule, and how often.

| job | when | what for |
|---|---|---|
| card recovery | at the start and every minute | attempts whose outcome nobody recorded (PAYMENTS.md §6.5) |
| card events | every 4 seconds | what the card processor told us is looked up there |
| late payments | every 10 seconds | cards asked for online, when the time to give one is over |
| holds | every 10 seconds | what was held for a while is free again |
| waitlist | every 5 seconds | what became free is offered to who waits for it |
| reminders | every minute | guests hear of visits that are near |
| outbox | every 4 seconds | what waits to be sent is handed to the mail server |
| closed days | every night at 09:00 UTC | days that are over keep their balances and take no entry any more |
| free value | every night at 09:05 UTC | what we gave away is owed no more when its last day is over |
| doors | every night at 09:10 UTC | tries, codes and sessions of guests that nobody needs any more |
| gift orders | every night at 09:11 UTC | what was ordered online and never paid |
| online bookings | every night at 09:12 UTC | what was typed into bookings that nobody finished |
| card days | every night at 09:20 UTC | the last seven days of cards, compared with the processor both ways |
| old events | every night at 09:15 UTC | announcements that nobody will catch up with |
| verify | every night at 09:30 UTC | every invariant; what is broken goes to the log as an error |

Of several processes on one database only one works: it holds an advisory lock, and another takes
over when it goes. A job that fails is logged and runs again when it is due; none may rely on running.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import asyncpg
import structlog

from spa_pos import clock
from spa_pos.booking.actions.online import forget_online
from spa_pos.booking.flows import Offering, expire_all_holds, remind_all_guests
from spa_pos.db import engine
from spa_pos.db.engine import AWAY
from spa_pos.db.events import forget_old_events
from spa_pos.ledger.actions import close_days_that_are_over
from spa_pos.people.actions.doors import forget_doors
from spa_pos.stored_value.actions import expire_gifts, forget_orders
from spa_pos.verify import verify

log = structlog.get_logger(__name__)

LOCK = 7_170_002
"""The advisory lock of whoever runs the jobs."""

BEAT_SECONDS = 2.0

Work = Callable[[datetime], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do: every so often from the start on, or once a day at a time in UTC."""

    name: str
    when: timedelta | time
    work: Work

    def is_due(self, last: datetime | None, started: datetime, now: datetime) -> bool:
        """True when it should run now, having run last at an instant or not at all since the start."""
        if isinstance(self.when, timedelta):
            return last is None or now - last >= self.when
        today = datetime.combine(now.date(), self.when, now.tzinfo)
        latest = today if today <= now else today - timedelta(days=1)
        return (last or started) < latest


def schedule(
    recover_cards: Work | None,
    send_messages: Work,
    work_inbox: Work | None = None,
    compare_cards: Work | None = None,
    end_payments: Work | None = None,
) -> list[Job]:
    """The jobs of this program; without a card processor there is nothing to recover or compare."""
    jobs = [
        Job("holds", timedelta(seconds=10), expire_all_holds),
        Job("waitlist", timedelta(seconds=5), Offering().work),
        Job("reminders", timedelta(minutes=1), remind_all_guests),
        Job("outbox", timedelta(seconds=4), send_messages),
        Job("closed days", time(9, 0), close_days_that_are_over),
        Job("free value", time(9, 5), expire_gifts),
        Job("doors", time(9, 10), forget_doors),
        Job("gift orders", time(9, 11), forget_orders),
        Job("online bookings", time(9, 12), forget_online),
        Job("old events", time(9, 15), forget_old_events),
        Job("verify", time(9, 30), report_broken),
    ]
    if end_payments is not None:
        jobs.insert(0, Job("late payments", timedelta(seconds=10), end_payments))
    if recover_cards is not None:
        jobs.insert(0, Job("card recovery", timedelta(minutes=1), recover_cards))
    if work_inbox is not None:
        jobs.insert(1, Job("card events", timedelta(seconds=4), work_inbox))
    if compare_cards is not None:
        jobs.append(Job("card days", time(9, 20), compare_cards))
    return jobs


async def report_broken(_now: datetime) -> None:
    """Run every invariant and log what is broken."""
    verdicts = await verify()
    for verdict in verdicts:
        if verdict.problems:
            log.error("invariant-broken", invariant=verdict.name, problems=verdict.problems[:20])
    log.info("verified", invariants=len(verdicts))


@contextlib.asynccontextmanager
async def running(jobs: Sequence[Job], *, now: Callable[[], datetime] = clock.now) -> AsyncIterator[None]:
    """Inside, the jobs run beside everything else; on the way out the one at work is awaited."""
    stop = asyncio.Event()
    task = asyncio.create_task(keep_running(jobs, stop, now=now), name="jobs")
    try:
        yield
    finally:
        stop.set()
        await task


async def keep_running(
    jobs: Sequence[Job],
    stop: asyncio.Event,
    *,
    now: Callable[[], datetime] = clock.now,
    beat: float = BEAT_SECONDS,
) -> None:
    """Wait for the lock, run what is due, until asked to stop."""
    while not stop.is_set():
        try:
            connection = await engine.get_new_connection()
            try:
                if await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                    await _lead(jobs, stop, connection, now, beat)
            finally:
                await connection.close(timeout=5)
        except AWAY as problem:
            log.warning("jobs-wait-for-the-database", problem=type(problem).__name__)
        await _pause(stop, beat)


async def _lead(
    jobs: Sequence[Job],
    stop: asyncio.Event,
    connection: asyncpg.Connection,
    now: Callable[[], datetime],
    beat: float,
) -> None:
    """Run what is due, for as long as the connection that holds the lock lives."""
    started = now()
    last: dict[str, datetime] = {}
    while not stop.is_set():
        await connection.execute("SELECT 1")
        for job in jobs:
            moment = now()
            if not stop.is_set() and job.is_due(last.get(job.name), started, moment):
                last[job.name] = moment
                await _run(job, moment)
        await _pause(stop, beat)


async def _run(job: Job, moment: datetime) -> None:
    try:
        await job.work(moment)
    except Exception:
        log.exception("job-failed", job=job.name)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
