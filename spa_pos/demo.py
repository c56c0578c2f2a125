"""`spa-pos demo`: a whole spa on one machine, with nothing real behind it."""

import asyncio
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO

import click
import httpx
from litestar import Litestar

from spa_pos.clock import now
from spa_pos.db.embedded import erase
from spa_pos.db.migrate import migrate
from spa_pos.ledger.queries import places
from spa_pos.logging import configure_logging
from spa_pos.opening import MIGRATIONS, NotReady, connected, database_address
from spa_pos.server import Stop, reserve, serve
from spa_pos.settings import PROJECT, Mode, Settings, SettingsError, read_settings

HISTORY_DAYS = 30
RNG = 1
PROCESSOR_KEY = "sk_test_demo0000"
PROCESSOR_SECONDS = 20
PR_SET_PDEATHSIG = 1

PLACES_TO_GO = (
    ("Front desk", "/board"),
    ("Manager", "/reports/sales-day"),
    ("Guests book", "/book"),
    ("Components", "/style"),
)
NOTICE = (
    "Sample prices, not Mayo's. No card is charged and nobody is written to.\n"
    "A new browser asks once to become a device of the spa: one tap.\n"
    "Ctrl-C closes the spa; its data is kept."
)

Runner = Callable[[Callable[[Stop], Awaitable[None]]], None]


def run_demo(*, fresh: bool, run: Runner) -> None:
    """Open the demo spa and keep it open until a signal.

    Raises:
        SettingsError, PortTaken, DatabaseAway, NotReady: before anything was changed.
    """
    settings = _demo_settings()
    with reserve(settings.host, settings.port) as listening:
        configure_logging(people=True)
        _begin(settings, fresh=fresh)
        with PretendedProcessor(settings.data_dir) as processor, database_address(settings) as url:

            async def work(stop: Stop) -> None:
                async with connected(url, settings.pool_size):
                    await _open(settings, processor, listening, stop)

            run(work)


def _demo_settings() -> Settings:
    settings = read_settings()
    if settings.mode is not Mode.DEMO:
        raise SettingsError(
            f"SPA_MODE is {settings.mode.value!r}; the demo needs demo, or no SPA_MODE at all."
        )
    return settings


def _unfinished(settings: Settings) -> Path:
    """Exists while a demo is being filled, so that an interrupted one is not taken for a whole one."""
    return settings.data_dir / "demo-unfinished"


def _begin(settings: Settings, *, fresh: bool) -> None:
    marker = _unfinished(settings)
    if not fresh and not marker.exists():
        return
    if settings.database_url is not None:
        raise NotReady(
            "SPA_DATABASE_URL names a database of your own, which the demo does not empty."
            " Empty it yourself, or leave the setting out."
        )
    erase(settings.data_dir / "pg")
    marker.unlink(missing_ok=True)


async def _open(
    settings: Settings, processor: "PretendedProcessor", listening: socket.socket, stop: Stop
) -> None:
    from spa_pos.app import create_app

    await migrate(MIGRATIONS)
    if not await places():
        await _fill(settings)
    address = await asyncio.to_thread(processor.address)
    if address is not None:
        settings = replace(
            settings, stripe_key=PROCESSOR_KEY, stripe_api_base=address, stripe_publishable_key=None
        )
    app = create_app(settings)
    if address is not None:
        await _remind(address, app)
    await serve(app, listening, stop, on_ready=lambda: _welcome(settings))


async def _remind(address: str, app: Litestar) -> None:
    """Tell the pretended processor what it did before it was started, and compare the last days with it."""
    from spa_pos.checkout.flows import compare_nights
    from spa_pos.checkout.queries.compare import card_past

    past = await card_past()
    async with httpx.AsyncClient(trust_env=False, timeout=PROCESSOR_SECONDS) as client:
        told = {"charges": past.charges, "refunds": past.refunds, "cards": past.cards}
        (await client.post(f"{address}/_control/past", json=told)).raise_for_status()
    await compare_nights(app.state["cards"], now())


async def _fill(settings: Settings) -> None:
    from spa_pos.seed import seed

    marker = _unfinished(settings)
    marker.touch()
    click.echo(f"Filling the demo spa with {HISTORY_DAYS} days of history …")
    await seed(
        history_days=HISTORY_DAYS,
        rng=RNG,
        now=now(),
        secret=settings.secret,
        report=lambda words: click.echo(f"  {words}"),
    )
    marker.unlink()


def _welcome(settings: Settings) -> None:
    """Where to go and which PINs to type."""
    from rich.console import Console
    from rich.table import Table

    from spa_pos.seed import PINS

    console = Console(highlight=False, soft_wrap=True)
    places_to_go = Table.grid(padding=(0, 3, 0, 0))
    for what, where in PLACES_TO_GO:
        places_to_go.add_row(what, f"{settings.base_url}{where}")
    people = Table(box=None, padding=(0, 3, 0, 0), header_style="bold")
    for heading in ("PIN", "Name", "Role"):
        people.add_column(heading)
    for person in PINS:
        people.add_row(person.pin, person.name, person.role)
    for part in ("", "[bold]The spa is open.[/]", "", places_to_go, "", people, "", NOTICE):
        console.print(part)


class PretendedProcessor:
    """The fake card processor as a child process that never outlives this one."""

    def __init__(self, data_dir: Path) -> None:
        self._log = data_dir / "fake-stripe.log"
        self._ready = threading.Event()
        self._address: str | None = None
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> "PretendedProcessor":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        libc = ctypes.CDLL(None) if sys.platform == "linux" else None

        def die_with_parent() -> None:
            if libc is not None:
                libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("w") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own tool
                [sys.executable, "-m", "tools.fake_stripe", "--port", str(port)],
                cwd=PROJECT,
                env={name: value for name, value in os.environ.items() if not name.startswith("SPA_")},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C is ours to hand on, after the last request
                preexec_fn=die_with_parent,
            )
        self._listener = threading.Thread(target=self._listen, args=(self._child.stdout,), daemon=True)
        self._listener.start()
        return self

    def _listen(self, told: IO[str]) -> None:
        with told:
            for line in told:  # read to the end, or the child would stop on a full pipe
                words = line.split()
                if words[:2] == ["listening", "on"]:
                    self._address = words[2]
                    self._ready.set()
        self._ready.set()

    def address(self) -> str | None:
        """Where it listens, or None, said in one line, when it does not start: then the demo is cash only."""
        if not self._ready.wait(PROCESSOR_SECONDS) or self._address is None:
            click.echo(
                f"The pretended card processor does not start, so cash only; see {self._log}.", err=True
            )
            return None
        return self._address

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _problem: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._child is None:
            return
        self._child.terminate()
        try:
            self._child.wait(5)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._listener.join()
