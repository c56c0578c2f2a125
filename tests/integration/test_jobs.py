"""Jobs run when they are due, in one process at a time, and end in order."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import asyncpg
import pytest
import structlog

from spa_pos.jobs import LOCK, Job, keep_running, report_broken, running, schedule
from tests.conftest import Database
from tests.database import plant

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def nothing(_now: datetime) -> None:
    return


@pytest.mark.parametrize(
    ("ago", "due"),
    [
        (None, True),
        (timedelta(0), False),
        (timedelta(seconds=59), False),
        (MINUTE, True),
        (timedelta(days=2), True),
    ],
)
def test_a_minutely_job_runs_at_the_start_and_a_minute_after_its_last_run(
    ago: timedelta | None, due: bool
) -> None:
    job = Job("x", MINUTE, nothing)
    assert job.is_due(None if ago is None else NOW - ago, NOW, NOW) is due


@pytest.mark.parametrize(
    ("last", "started", "now", "due"),
    [
        (None, "23T08:00", "23T09:29", False),
        (None, "23T08:00", "23T09:30", True),
        (None, "23T08:00", "23T14:00", True),
        (None, "23T10:00", "23T23:59", False),
        (None, "23T10:00", "24T09:31", True),
        ("23T09:30", "20T08:00", "23T09:31", False),
        ("23T09:30", "20T08:00", "24T09:29", False),
        ("23T09:30", "20T08:00", "24T09:30", True),
        ("20T09:30", "20T08:00", "23T09:00", True),
    ],
)
def test_a_nightly_job_runs_once_a_night(last: str | None, started: str, now: str, due: bool) -> None:
    def moment(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-{text}:00+00:00")

    job = Job("x", time(9, 30), nothing)
    assert job.is_due(None if last is None else moment(last), moment(started), moment(now)) is due


def test_without_a_card_processor_nothing_is_recovered() -> None:
    always = [
        "holds",
        "waitlist",
        "reminders",
        "outbox",
        "closed days",
        "free value",
        "doors",
        "gift orders",
        "online bookings",
        "old events",
        "verify",
    ]
    assert [job.name for job in schedule(None, nothing)] == always
    with_cards = schedule(nothing, nothing, nothing, nothing, nothing)
    assert [job.name for job in with_cards] == [
        "card recovery",
        "card events",
        "late payments",
        *always,
        "card days",
    ]


class Diary:
    """A job that writes down when it ran."""

    def __init__(self) -> None:
        self.runs: list[datetime] = []
        self.ran = asyncio.Event()

    async def work(self, now: datetime) -> None:
        self.runs.append(now)
        self.ran.set()


@contextlib.asynccontextmanager
async def process(*jobs: Job) -> AsyncIterator[asyncio.Event]:
    """Another process's jobs on the same database, with a quick pulse."""
    stop = asyncio.Event()
    task = asyncio.create_task(keep_running(jobs, stop, beat=0.02))
    yield stop
    stop.set()
    await task


async def test_of_two_processes_one_works_and_the_other_takes_over(database: Database) -> None:
    first, second = Diary(), Diary()
    async with process(Job("x", timedelta(0), second.work)) as later:
        await asyncio.wait_for(second.ran.wait(), 5)
        async with process(Job("x", timedelta(0), first.work)):
            await asyncio.sleep(0.2)
            assert first.runs == []
            later.set()
            await asyncio.wait_for(first.ran.wait(), 5)


async def test_a_process_that_loses_its_connection_stops_working_and_comes_back(database: Database) -> None:
    diary = Diary()
    async with process(Job("x", timedelta(0), diary.work)):
        await asyncio.wait_for(diary.ran.wait(), 5)
        killer = await asyncpg.connect(database.url)
        holder = await killer.fetchval(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1", LOCK
        )
        await killer.execute("SELECT pg_terminate_backend($1)", holder)
        await killer.close()
        diary.ran.clear()
        await asyncio.wait_for(diary.ran.wait(), 5)


async def test_a_failing_job_is_logged_and_stops_no_other(database: Database) -> None:
    diary = Diary()

    async def fail(_now: datetime) -> None:
        raise ValueError("no paper in the printer")

    with structlog.testing.capture_logs() as lines:
        async with process(Job("failing", MINUTE, fail), Job("x", MINUTE, diary.work)):
            await asyncio.wait_for(diary.ran.wait(), 5)
    assert [(line["event"], line["job"]) for line in lines] == [("job-failed", "failing")]


async def test_the_job_at_work_is_finished_before_the_end(database: Database) -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def slow(_now: datetime) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        finished.set()

    async with running([Job("slow", MINUTE, slow)]):
        await asyncio.wait_for(begun.wait(), 5)
    assert finished.is_set()


async def test_what_is_broken_at_night_is_in_the_log_in_the_morning(database: Database) -> None:
    entry = "018f3b1e-7c7a-7b6e-9d55-0000000000aa"
    await plant(
        database.url,
        "INSERT INTO entry (id, location, business_date, made_at, kind, subject)"
        f" VALUES ('{entry}', '{entry}', '2026-11-23', now(), 'sale', '{entry}')",
    )
    with structlog.testing.capture_logs() as lines:
        await report_broken(NOW)
    broken = [line for line in lines if line["event"] == "invariant-broken"]
    assert "ledger.broken_entries" in {line["invariant"] for line in broken}
    assert all(line["log_level"] == "error" for line in broken)
