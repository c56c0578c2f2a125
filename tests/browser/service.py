"""The service for browser tests: the real program on a fixed morning, `python -m tests.browser.service`."""

import argparse
import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path

from spa_pos.app import create_app
from spa_pos.db import engine
from spa_pos.seed import seed
from spa_pos.server import reserve, serve, stoppable
from spa_pos.settings import Mode, SmtpServer
from tests.cast import MORNING, SECRET, settings
from tests.processor import KEY


def morning_goes_on() -> datetime:
    """Tuesday, 24 November 2026, 8:30 in Rochester, plus the time that has passed since the start."""
    return MORNING + timedelta(seconds=time.monotonic() - STARTED)


STARTED = time.monotonic()


async def main(database: str, port: int, processor: str, idle_seconds: int, smtp: int | None) -> None:
    """Fill the database and answer until somebody stops it."""
    await engine.connect(database, 10)
    await seed(history_days=0, rng=7, now=MORNING, secret=SECRET, report=lambda _words: None)
    chosen = settings(
        mode=Mode.DEMO,
        base_url=f"http://127.0.0.1:{port}",
        port=port,
        stripe_key=KEY,
        stripe_api_base=processor,
        idle_lock_seconds=idle_seconds,
        data_dir=Path("/nonexistent"),
        smtp=SmtpServer("127.0.0.1", smtp, None, None, False, None) if smtp else None,
        mail_from=("Rejuvenate Spa", "spa@example.org") if smtp else None,
    )
    listening = reserve("127.0.0.1", port)
    app = create_app(chosen, clock=morning_goes_on)
    with stoppable() as stop, listening:
        await serve(app, listening, stop, on_ready=lambda: print("ready", flush=True))


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--database", required=True)
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--processor", required=True)
    asked.add_argument("--idle-seconds", type=int, default=300)
    asked.add_argument("--smtp", type=int, default=None)
    given = asked.parse_args()
    asyncio.run(main(given.database, given.port, given.processor, given.idle_seconds, given.smtp))
