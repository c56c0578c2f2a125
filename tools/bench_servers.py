"""Real server processes for the bench, with kiosks that are signed in at them."""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import psutil

from spa_pos.app import create_app
from spa_pos.clock import now
from spa_pos.db import fetch_value
from spa_pos.people.actions import add_device
from spa_pos.people.pins import token_hash
from tests.cast import PINS, SECRET, Kiosk, Spa, TestClock, drawer_at_hand, settings
from tools.bench_house import Busy
from tools.bench_http import Plan, Post, Result, post_from_another_process

PROJECT = Path(__file__).resolve().parent.parent
OPEN_SECONDS = 60


@dataclass
class Running:
    """Server processes on one database."""

    ports: list[int]
    processes: list[psutil.Process]
    database: psutil.Process

    def cpu_seconds(self) -> tuple[float, float]:
        """Processor time used so far by the servers, and by PostgreSQL."""

        def used(process: psutil.Process) -> float:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                return float(times.user + times.system)
            return 0.0

        return sum(map(used, self.processes)), sum(map(used, self.database.children()))


@dataclass
class SignedInKiosk:
    """What a browser needs to post: its cookies and the token of its forms."""

    cookie: str
    csrf: str


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.asynccontextmanager
async def servers(url: str, count: int, *wrapper: str) -> AsyncIterator[Running]:
    """So many processes of `spa-pos serve` on one database, ended on the way out."""
    children, ports = [], []
    with tempfile.TemporaryDirectory() as folder:
        log = (Path(folder) / "server.log").open("w+")
        try:
            for _ in range(count):
                ports.append(_free_port())
                environment = {name: value for name, value in os.environ.items() if name[:4] != "SPA_"} | {
                    "SPA_MODE": "test",
                    "SPA_DATABASE_URL": url,
                    "SPA_DATA_DIR": folder,
                    "SPA_SECRET": SECRET,
                    "SPA_PORT": str(ports[-1]),
                    "SPA_IDLE_LOCK_SECONDS": "900",
                }
                command = [sys.executable, *wrapper, "-m", "spa_pos", "serve"]
                children.append(
                    await asyncio.create_subprocess_exec(
                        *command, cwd=PROJECT, env=environment, stdout=log, stderr=log
                    )
                )
            for port in ports:
                await _answers(port)
            yield Running(ports, [psutil.Process(child.pid) for child in children], await _database(url))
        finally:
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    child.terminate()
                await child.wait()
            log.close()


async def _database(url: str) -> psutil.Process:
    connection = await asyncpg.connect(url)
    postmaster = psutil.Process(connection.get_server_pid()).parent()
    await connection.close()
    return postmaster


async def _answers(port: int) -> None:
    async with asyncio.timeout(OPEN_SECONDS), httpx.AsyncClient() as browser:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await browser.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200:
                    return
            await asyncio.sleep(0.1)


async def kiosks_at(running: Running, busy: Busy, count: int) -> list[SignedInKiosk]:
    """So many devices, each with Maya signed in by her PIN."""
    spa = Spa(busy.house, TestClock(busy.now), create_app(settings()))

    async def one(number: int) -> SignedInKiosk:
        port = running.ports[number % len(running.ports)]
        secret = await add_device(
            location_id=busy.house.location_id, name=f"Kiosk {number}", enrolled_by="the bench", now=busy.now
        )
        device = await fetch_value("SELECT id FROM device WHERE secret_hash = $1", token_hash(secret))
        await drawer_at_hand(device, now())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as browser:
            browser.cookies.set("spa_device", secret, domain="127.0.0.1", path="/")
            kiosk = Kiosk(spa, browser)
            person = await spa.staff_id("Maya Lindqvist")
            await kiosk.open(f"/sign-in/{person}")
            fields = kiosk.page.form("/sessions") | {"pin": PINS["Maya Lindqvist"]}
            await kiosk.post("/sessions", fields, origin=str(browser.base_url).rstrip("/"))
            page = await kiosk.open("/board")
            if page.status != 200 or "spa_session" not in browser.cookies:
                raise RuntimeError(f"signing in was answered {page.status} {page.problem}")
            cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
            return SignedInKiosk(
                cookie, next(fields["csrf"] for _, fields in page.forms() if "csrf" in fields)
            )

    return [await one(number) for number in range(count)]


def posts_for_rate(desks: Sequence[SignedInKiosk], forms: Sequence[dict[str, str]]) -> list[Post]:
    """Forms dealt out to the kiosks in turn."""
    return [_post(desks, number, form, 0, part=False) for number, form in enumerate(forms)]


def posts_for_race(desks: Sequence[SignedInKiosk], rounds: Sequence[Sequence[dict[str, str]]]) -> list[Post]:
    """One form of each kiosk at the same moment, round after round; as htmx sends them."""
    return [
        _post(desks, number, form, turn, part=True)
        for turn, forms in enumerate(rounds)
        for number, form in enumerate(forms)
    ]


def _post(
    desks: Sequence[SignedInKiosk], number: int, form: dict[str, str], turn: int, *, part: bool
) -> Post:
    connection = number % len(desks)
    desk = desks[connection]
    return Post(connection, "/appointments", desk.cookie, form | {"csrf": desk.csrf}, turn, part)


async def run_plan(running: Running, posts: list[Post]) -> Result:
    """Have another process post them."""
    return await post_from_another_process(Plan(running.ports, posts))
