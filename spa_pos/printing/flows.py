"""The worker of the print queue: claim, print outside any transaction, record."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import structlog

from spa_pos.db.engine import AWAY
from spa_pos.kernel.errors import Unavailable
from spa_pos.printing.actions import Claimed, claim_due, claim_silent, note_state, record_print
from spa_pos.printing.gateways import NetworkPrinters, Outcome, Printed, Printers, Unsure

log = structlog.get_logger(__name__)

BEAT_SECONDS = 0.4
ASK_AGAIN = timedelta(seconds=30)
"""A printer with a problem is asked so often whether it is well again."""


class PrintQueue:
    """Prints what waits: each printer one job after another, all printers at once."""

    def __init__(self, printers: Printers | None = None) -> None:
        self.printers: Printers = printers or NetworkPrinters()

    async def work(self, now: datetime) -> int:
        """Print the next job of each printer that is free; gives how many were tried."""
        claimed = await claim_due(now=now)
        await asyncio.gather(*(self._print(one, now) for one in claimed))
        return len(claimed)

    async def _print(self, one: Claimed, now: datetime) -> None:
        outcome: Outcome
        try:
            outcome = await self.printers.print(one.where, one.paper)
        except Exception as problem:
            log.exception("print-failed", job=str(one.id))
            outcome = Unsure(f"Something is wrong with this print: {type(problem).__name__}.")
        await record_print(one, outcome, now=now)

    async def ask_silent(self, now: datetime) -> int:
        """Ask printers with a problem whether they are well again; gives how many."""
        silent = await claim_silent(now=now, before=now - ASK_AGAIN)
        for printer_id, where in silent:
            outcome = await self.printers.ask(where)
            problem = None if isinstance(outcome, Printed) else outcome.why
            await note_state(printer_id, problem, now=now)
        return len(silent)

    @contextlib.asynccontextmanager
    async def running(self, now: Callable[[], datetime]) -> AsyncIterator[None]:
        """Inside, what waits is printed beside everything else, in every process; claims keep them apart.

        On the way out the printers at work are waited for.
        """
        stop = asyncio.Event()
        task = asyncio.create_task(self._keep_printing(stop, now), name="printing")
        try:
            yield
        finally:
            stop.set()
            await task

    async def _keep_printing(self, stop: asyncio.Event, now: Callable[[], datetime]) -> None:
        at_work: set[asyncio.Task[object]] = set()
        while not stop.is_set():
            try:
                for one in await claim_due(now=now()):
                    at_work.add(asyncio.create_task(self._print(one, now())))
                if not at_work:
                    at_work.add(asyncio.create_task(self.ask_silent(now())))
            except (*AWAY, Unavailable) as problem:
                log.warning("printing-waits-for-the-database", problem=type(problem).__name__)
            except Exception:
                log.exception("printing-failed")
            done, at_work = await asyncio.wait(at_work, timeout=0) if at_work else (set(), at_work)
            for task in done:
                if task.exception() is not None:
                    log.error("printing-failed", problem=repr(task.exception()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), BEAT_SECONDS)
        if at_work:
            await asyncio.wait(at_work)
