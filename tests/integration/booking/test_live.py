"""The day board hears of every change within a second, whichever process made it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from spa_pos.app import create_app
from spa_pos.booking.actions import (
    cancel_appointment,
    check_in,
    move_appointment,
    restore_appointment,
    undo_check_in,
)
from spa_pos.db import action, announce, fetch, fetch_value
from spa_pos.db.events import Broadcaster, forget_old_events
from spa_pos.server import Server, reserve
from tests.builders import complete_appointment
from tests.cast import Kiosk, Spa, settings
from tests.conftest import Database
from tests.stories.test_desk_day import book, visit_path

TODAY = "/board/events?date=2026-11-24"
TOMORROW = "/board/events?date=2026-11-25"


@dataclass
class Process:
    """Another process of the service: its own app and socket, the same database."""

    server: Server
    news: Broadcaster
    address: str
    serving: asyncio.Task[None]


@dataclass
class Heard:
    """What a browser hears on a stream."""

    answer: httpx.Response
    lines: AsyncIterator[str]

    async def block(self) -> dict[str, str]:
        """The next block of the stream, within a second."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(1):
            async for line in self.lines:
                if not line:
                    return fields
                name, _, value = line.partition(": ")
                fields[name] = value
        raise EOFError

    async def ends(self) -> bool:
        """True when the stream is ended by the server soon."""
        with contextlib.suppress(httpx.RemoteProtocolError):
            async with asyncio.timeout(5):
                async for line in self.lines:
                    assert not line.startswith("event"), line
        return True


@contextlib.asynccontextmanager
async def process(spa: Spa) -> AsyncIterator[Process]:
    app = create_app(settings(), clock=spa.clock)
    ready, listening = asyncio.Event(), reserve("127.0.0.1", 0)
    server = Server(app, on_ready=ready.set)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await asyncio.wait_for(ready.wait(), 10)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield Process(server, app.state["news"], address, serving)
    finally:
        server.stop()
        await asyncio.wait_for(serving, 10)


@contextlib.asynccontextmanager
async def listening(on: Process, desk: Kiosk, path: str = TODAY, **headers: str) -> AsyncIterator[Heard]:
    cookies = "; ".join(f"{one.name}={one.value}" for one in desk.browser.cookies.jar)
    async with (
        httpx.AsyncClient(base_url=on.address, trust_env=False, timeout=10) as browser,
        browser.stream("GET", path, headers={"cookie": cookies, **headers}) as answer,
    ):
        yield Heard(answer, answer.aiter_lines())


async def old_news() -> None:
    """Make everything announced so far older than what a new page is told of."""
    await fetch("UPDATE event SET made_at = made_at - interval '1 minute'")


async def booked(spa: Spa, desk: Kiosk, at: str = "10:00", name: str = "Ingrid Halvorsen") -> str:
    return visit_path(await book(desk, await spa.guest(name), "swedish-60", at))


async def newest() -> int:
    number: int = await fetch_value("SELECT max(id) FROM event")
    return number


async def test_a_booking_in_one_process_is_heard_in_another_within_a_second(spa: Spa) -> None:
    desk, other = await spa.kiosk(), await spa.kiosk("Owen Brandt", name="Desk 2")
    async with process(spa) as on, listening(on, other) as today, listening(on, other, TOMORROW) as tomorrow:
        assert today.answer.headers["content-type"].startswith("text/event-stream")
        assert today.answer.headers["cache-control"] == "no-store"
        assert not {"set-cookie", "content-encoding"} & set(today.answer.headers)
        assert (await today.block()).keys() == (await tomorrow.block()).keys() == {"retry", "id"}
        await booked(spa, desk)
        assert await today.block() == {"id": str(await newest()), "event": "board", "data": "changed"}
        with pytest.raises(TimeoutError):
            await tomorrow.block()


async def test_every_change_of_a_visit_is_heard(spa_left_broken: Spa) -> None:
    spa = spa_left_broken  # done, though nobody paid
    desk = await spa.kiosk()
    visit_id = UUID((await booked(spa, desk)).rpartition("/")[2])
    await old_news()
    async with process(spa) as on, listening(on, desk) as heard:
        await heard.block()
        for verb, said in (
            (cancel_appointment, {"reason": "Illness"}),
            (restore_appointment, {}),
            (check_in, {"proof_shown": "on_file"}),
            (undo_check_in, {}),
            (check_in, {"proof_shown": "on_file"}),
        ):
            version = await fetch_value("SELECT version FROM appointment")
            asked = {"appointment_id": visit_id, "version": version, "now": spa.clock.now, **said}
            await verb(spa.maya, **asked)  # type: ignore[operator]
            assert (await heard.block())["event"] == "board", verb
        await complete_appointment(spa.maya, appointment_id=visit_id, now=spa.clock.now)
        assert (await heard.block())["event"] == "board"


async def test_a_visit_that_goes_to_another_day_is_heard_on_both_boards(spa: Spa) -> None:
    desk = await spa.kiosk()
    visit_id = UUID((await booked(spa, desk)).rpartition("/")[2])
    await old_news()
    async with process(spa) as on, listening(on, desk) as today, listening(on, desk, TOMORROW) as tomorrow:
        await today.block()
        await tomorrow.block()
        await move_appointment(
            spa.maya,
            appointment_id=visit_id,
            version=1,
            provider_id=await spa.staff_id("Ana Okafor"),
            starts_at=spa.local(10, days=1),
            quoted_cents=await fetch_value("SELECT price_cents FROM appointment"),
            now=spa.clock.now,
        )
        assert (await today.block())["event"] == "board"
        assert (await tomorrow.block())["event"] == "board"


async def test_a_board_that_comes_back_hears_once_of_what_it_missed(spa: Spa) -> None:
    desk = await spa.kiosk()
    await booked(spa, desk)
    heard_last = await newest()
    await booked(spa, desk, "12:00", "Tom Becker")
    await booked(spa, desk, "14:00", "Wei Zhang")
    await old_news()
    last = str(await newest())
    async with process(spa) as on:
        async with listening(on, desk, **{"last-event-id": str(heard_last)}) as heard:
            assert (await heard.block())["id"] == last
            assert await heard.block() == {"id": last, "event": "board", "data": "changed"}
        async with listening(on, desk, **{"last-event-id": last}) as heard:
            await heard.block()
            with pytest.raises(TimeoutError):
                await heard.block()


async def test_a_board_that_was_away_longer_than_news_are_kept_is_told_to_look(spa: Spa) -> None:
    desk = await spa.kiosk()
    await booked(spa, desk)
    heard_last = str(await newest())
    made_at = await fetch_value("SELECT made_at FROM event")
    await forget_old_events(made_at + timedelta(hours=23))
    assert await fetch_value("SELECT count(*) FROM event") == 1
    await forget_old_events(made_at + timedelta(hours=25))
    assert await fetch_value("SELECT count(*) FROM event") == 0
    async with process(spa) as on, listening(on, desk, **{"last-event-id": heard_last}) as heard:
        await heard.block()
        assert (await heard.block())["event"] == "board"


async def test_what_is_rolled_back_is_never_told(spa: Spa) -> None:
    desk = await spa.kiosk()

    @action
    async def fail() -> None:
        await announce(spa.house.location_id, "board:2026-11-24")
        raise LookupError

    async with process(spa) as on, listening(on, desk) as heard:
        await heard.block()
        with pytest.raises(LookupError):
            await fail()
        await booked(spa, desk)
        assert (await heard.block())["id"] == str(await newest())


async def test_what_is_committed_after_something_younger_is_told_too(spa: Spa, database: Database) -> None:
    desk = await spa.kiosk()
    slow = await asyncpg.connect(database.url)
    transaction = slow.transaction()
    try:
        async with (
            process(spa) as on,
            listening(on, desk) as today,
            listening(on, desk, TOMORROW) as tomorrow,
        ):
            await today.block()
            await tomorrow.block()
            await transaction.start()
            await slow.execute(
                "INSERT INTO event (location, topic) VALUES ($1, 'board:2026-11-25')", spa.house.location_id
            )
            await booked(spa, desk)
            younger = int((await today.block())["id"])
            await transaction.commit()
            assert int((await tomorrow.block())["id"]) < younger
    finally:
        await slow.close()


async def test_a_lost_connection_loses_no_news(spa: Spa, database: Database) -> None:
    desk = await spa.kiosk()
    async with process(spa) as on, listening(on, desk) as heard:
        await heard.block()
        killer = await asyncpg.connect(database.url)
        gone = await killer.fetch(
            "SELECT pg_terminate_backend(pid) AS gone FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND query LIKE 'SELECT id, location, topic FROM event%'"
        )
        await killer.close()
        assert [row["gone"] for row in gone] == [True]
        await booked(spa, desk)
        async with asyncio.timeout(5):
            while True:
                with contextlib.suppress(TimeoutError):
                    assert (await heard.block())["event"] == "board"
                    break


async def test_nobody_signed_out_listens_and_a_stream_ends_with_its_session(spa: Spa) -> None:
    desk, stranger = await spa.kiosk(), await spa.kiosk("Owen Brandt", name="Desk 2")
    async with process(spa) as on:
        async with listening(on, desk) as heard:
            await heard.block()
            await fetch("UPDATE staff_session SET ended_at = $1", spa.clock.now)
            await announce(spa.house.location_id, "board:2026-11-24")
            assert await heard.ends()
        async with listening(on, stranger) as refused:
            assert refused.answer.status_code == 401
    assert on.news.listeners == 0


async def test_listening_is_no_sign_that_somebody_is_there(spa: Spa) -> None:
    desk = await spa.kiosk()
    seen = await fetch_value("SELECT max(seen_at) FROM staff_session")
    spa.clock.forward(seconds=200)
    async with process(spa) as on:
        async with listening(on, desk) as heard:
            await heard.block()
        assert await fetch_value("SELECT max(seen_at) FROM staff_session") == seen
        spa.clock.forward(seconds=200)
        async with listening(on, desk) as locked:
            assert locked.answer.status_code == 401


async def test_open_streams_do_not_keep_a_process_from_its_end(spa: Spa) -> None:
    desk = await spa.kiosk()
    async with process(spa) as on, listening(on, desk) as one, listening(on, desk, TOMORROW) as two:
        await one.block()
        await two.block()
        assert on.news.listeners == 2
        on.server.stop()
        await asyncio.wait_for(on.serving, 2)
        assert await one.ends()
        assert await two.ends()
        assert on.news.listeners == 0
