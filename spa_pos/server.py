"""Serving: a socket that is ours before slow work begins, and an exit that open streams do not block."""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import cast

import uvicorn
from litestar import Litestar

from spa_pos.checkout.flows import compare_nights, end_late_payments, recover_refunds
from spa_pos.db.events import Broadcaster
from spa_pos.jobs import running, schedule
from spa_pos.messages.flows import Outbox
from spa_pos.payments.flows import CardPayments, CardsOnFile, Inbox
from spa_pos.settings import Settings

GRACE_SECONDS = 5


class PortTaken(Exception):
    """One sentence about an address that cannot be listened on."""


def reserve(host: str, port: int) -> socket.socket:
    """A socket bound to an address but not yet listening, so that a taken port is known at once.

    Raises:
        PortTaken: another program has it, or it is not ours to have.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as problem:
        raise PortTaken(f"SPA_HOST is {host!r}; that is no address of this machine.") from problem
    reserved = socket.socket(family, kind, protocol)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        reserved.bind(address)
        reserved.listen(1)  # on Linux two sockets may bind one port; the second may not listen
    except OSError as problem:
        reserved.close()
        raise PortTaken(
            f"Port {port} on {host} cannot be used ({(problem.strerror or 'refused').lower()})."
            " Stop the program that has it, or choose another with SPA_PORT."
        ) from problem
    return reserved


class Server(uvicorn.Server):
    """Uvicorn that tells event streams when it stops, and leaves signals to whoever runs it."""

    def __init__(self, app: Litestar, *, on_ready: Callable[[], None] | None = None) -> None:
        trusted = cast(Settings, app.state["settings"]).trusted_proxies
        config = uvicorn.Config(
            app,
            loop="none",  # it runs in the caller's loop, where the database pool lives
            http="httptools",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=bool(trusted),
            forwarded_allow_ips=list(trusted),
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self._news = cast(Broadcaster, app.state["news"])
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open for requests, then say so."""
        await super().startup(sockets)
        spare_the_collector()
        if self.started and self._on_ready is not None:
            self._on_ready()

    def stop(self) -> None:
        """End gracefully; asked a second time, at once."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._news.stop()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to `stoppable`, which also covers the work before and after serving."""
        yield


def spare_the_collector() -> None:
    """What was made at the start stays; reading a month makes thousands of things and drops them.

    Measured: reading 31 days of 200 providers takes a fifth less time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class Stop:
    """What a signal asks for: the running task is cancelled, or the server ends when there is one."""

    def __init__(self, task: asyncio.Task[object] | None) -> None:
        self.task = task
        self.server: Server | None = None
        self.signal: signal.Signals | None = None

    def __call__(self, received: signal.Signals) -> None:
        """Handle one signal."""
        self.signal = received
        if self.server is not None:
            self.server.stop()
        elif self.task is not None:
            self.task.cancel()


@contextlib.contextmanager
def stoppable() -> Iterator[Stop]:
    """Inside, Ctrl-C and SIGTERM end the work in order, so that every `finally` is reached.

    A signal ends the block with `KeyboardInterrupt` (Ctrl-C) or `SystemExit(143)` (SIGTERM).
    """
    loop = asyncio.get_running_loop()
    stop = Stop(asyncio.current_task())
    handled = (signal.SIGINT, signal.SIGTERM)
    for one in handled:
        loop.add_signal_handler(one, stop, one)
    try:
        yield stop
    except asyncio.CancelledError:
        if stop.signal is None:
            raise
    finally:
        for one in handled:
            loop.remove_signal_handler(one)
    if stop.signal is signal.SIGINT:
        raise KeyboardInterrupt
    if stop.signal is signal.SIGTERM:
        raise SystemExit(128 + signal.SIGTERM)


def recovery(
    cards: CardPayments, on_file: CardsOnFile | None = None
) -> Callable[[datetime], Awaitable[None]]:
    """What looks after card payments, refunds and kept cards that nobody heard of again."""

    async def recover(now: datetime) -> None:
        await cards.recover(now)
        await recover_refunds(cards, now)
        if on_file is not None:
            await on_file.recover(now)

    return recover


def comparing(cards: CardPayments) -> Callable[[datetime], Awaitable[object]]:
    """What lays the last days beside what the processor says of them."""
    return lambda now: compare_nights(cards, now)


async def serve(
    app: Litestar, listening: socket.socket, stop: Stop, *, on_ready: Callable[[], None] | None = None
) -> None:
    """Answer requests, and run the jobs beside them, until a signal asks for the end.

    What is under way is finished first: requests, card payments, the job at work.

    Raises:
        RuntimeError: the program's own start-up failed; the log says why.
    """
    cards = cast(CardPayments | None, app.state.get("cards"))
    outbox = cast(Outbox, app.state["outbox"])
    inbox = cast(Inbox | None, app.state["inbox"])
    on_file = cast(CardsOnFile | None, app.state["cards_on_file"])
    jobs = schedule(
        recovery(cards, on_file) if cards else None,
        outbox.work,
        inbox.work if inbox else None,
        comparing(cards) if cards else None,
        (lambda now: end_late_payments(cards, now)) if cards else None,
    )
    async with running(jobs, now=app.state["clock"]):
        server = Server(app, on_ready=on_ready)
        stop.server = server
        try:
            await server.serve(sockets=[listening])
        except SystemExit as failed:
            raise RuntimeError("the service did not start") from failed
        finally:
            stop.server = None
            if cards is not None:
                await cards.finish()
