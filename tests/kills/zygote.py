"""A program that has imported everything and waits: `python -m tests.kills.zygote WANTED LOG` forks services.

Each line it reads asks for one; the service is the real one, with its jobs, and says when it is open.
So a restart costs what connecting costs, without the seconds that imports take.
"""

import asyncio
import contextlib
import mmap
import os
import signal
import struct
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import uvloop
from litestar import Litestar

from spa_pos import server
from spa_pos.app import create_app
from spa_pos.opening import connected
from spa_pos.server import reserve, serve, stoppable
from tests.cast import MORNING, settings
from tests.processor import KEY

POOL_SIZE = 10


class Wanted(msgspec.Struct):
    """Which service: where, on what, by which clock; without `recovers` nobody looks after card payments."""

    url: str
    port: int
    processor: str
    clock: str
    recovers: bool = True


class SharedClock:
    """The morning of the tests and the time since, the same in every process; it leaps when told."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(struct.pack("dd", time.monotonic(), 0.0))
        with file.open("r+b") as opened:
            self._bytes = mmap.mmap(opened.fileno(), 16)

    def __call__(self) -> datetime:
        begun, leapt = struct.unpack("dd", self._bytes[:16])
        return MORNING + timedelta(seconds=time.monotonic() - begun + leapt)

    def leap(self, **parts: float) -> datetime:
        """So much later, everywhere at once; gives the time then."""
        begun, leapt = struct.unpack("dd", self._bytes[:16])
        self._bytes[:16] = struct.pack("dd", begun, leapt + timedelta(**parts).total_seconds())
        return self()


async def nobody_looks(_now: datetime) -> None:
    """What recovery is without recovery."""


def make(wanted: Wanted) -> Litestar:
    """The application, before anything is connected or listens."""
    if not wanted.recovers:
        vars(server)["recovery"] = lambda *_: nobody_looks
    keys = {"stripe_key": KEY, "stripe_api_base": wanted.processor}
    chosen = settings(port=wanted.port, idle_lock_seconds=86_400, **keys)
    return create_app(chosen, clock=SharedClock(Path(wanted.clock)))


async def answer(app: Litestar, wanted: Wanted, says: int) -> None:
    """Be the service until the end."""
    listening = reserve("127.0.0.1", wanted.port)
    async with connected(wanted.url, POOL_SIZE):
        with stoppable() as stop, listening:
            await serve(app, listening, stop, on_ready=lambda: _say(says, f"open {os.getpid()}"))


def _say(to: int, words: str) -> None:
    os.write(to, f"{words}\n".encode())


def fork(app: Litestar, wanted: Wanted, says: int) -> int:
    """Become two; the child is the service and never comes back. Gives its number."""
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(answer(app, wanted, says))
    except BaseException as problem:
        _say(says, f"failed {type(problem).__name__}: {problem}")
        raise
    finally:
        os._exit(1)


def main(told: str, log: str) -> None:
    """Fork for every line that comes; at the end nothing is left running."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever dies is buried by the system
    says, writes = os.dup(1), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(writes, 1)
    os.dup2(writes, 2)
    wanted = msgspec.json.decode(told, type=Wanted)
    app = make(wanted)
    server.spare_the_collector()
    _say(says, "waiting")
    child = 0
    try:
        for _ in sys.stdin:
            child = fork(app, wanted, says)
    finally:
        if child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
