"""Lighthouse over the pages on which guests book and give, each with the goal of 95: `make audit`.

A guest in Chromium walks the five screens; Lighthouse, in the same browser, looks at each address on the way
as a slow telephone would. Everything happens on this machine, in a database of its own that is gone
afterwards. Exit 1 when a page stays below the goal.
"""

import asyncio
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from spa_pos.db import engine
from spa_pos.db.embedded import embedded_postgres
from spa_pos.db.migrate import migrate
from spa_pos.opening import MIGRATIONS
from spa_pos.settings import PROJECT
from tests.browser.hands import FLAGS, Fingers, running_service
from tests.browser.test_online import code_for, say_who
from tests.mailbox import Mailbox, mailbox

LIGHTHOUSE = PROJECT / "tools" / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
KINDS = ("performance", "accessibility", "best-practices")
GOAL = 95
TRIES = 3
"""A busy machine makes a page slow: a page is below the goal when it is so often."""


def scores(address: str, port: int) -> dict[str, int]:
    """What Lighthouse gives a page, 0 to 100, of each kind."""
    done = subprocess.run(
        [
            str(LIGHTHOUSE),
            address,
            f"--port={port}",
            "--disable-storage-reset",
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(KINDS)}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)["categories"]
    return {kind: round(100 * found[kind]["score"]) for kind in KINDS}


def walked(page: Page, box: Mailbox) -> Iterator[tuple[str, str]]:
    """Name and address of every page, one after the other, as a guest comes by them."""
    ida = Fingers(page)
    for path in ("/book", "/give", "/balance", "/me/sign-in"):
        page.goto(path)
        yield path, page.url
    page.goto("/book")
    ida.tap(ida.link("Swedish massage 60 min"))
    yield "/book/who", page.url
    ida.tap(ida.button("Employee"))
    yield "/book/when", page.url
    page.get_by_role("button", name=re.compile(r"(AM|PM) on \w+day, \w+ \d+ with \w+")).first.click()
    yield "/book/you", page.url
    say_who(ida, "ida@example.org")
    ida.tap(ida.button("Go on"))
    yield "/book/code", page.url
    ida.type(code_for(box, "ida@example.org"), page.get_by_label("Code"))
    ida.tap(ida.button("Go on"))
    yield "/book/confirm", page.url
    ida.tap(ida.button("Book it"))
    yield "/book/done", page.url
    ida.tap(ida.link("Move, cancel"))
    yield "/visits/…", page.url
    page.goto("/me")
    yield "/me", page.url


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def prepare(url: str) -> None:
    """Tables in an empty database."""
    await engine.connect(url, 2)
    await migrate(MIGRATIONS)
    await engine.disconnect()


def audit(folder: Path, url: str) -> list[str]:
    """Print a row a page; gives the names of those below the goal."""
    chromium = next(found for name in ("chromium", "google-chrome") if (found := shutil.which(name)))
    below, port = [], free_port()
    print(f"{'page':16}" + "".join(f"{kind:>16}" for kind in KINDS))
    with (
        mailbox(folder / "mails") as box,
        running_service(url, "--smtp", str(box.port)) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch_persistent_context(
            str(folder / "profile"),
            executable_path=chromium,
            args=[*FLAGS, f"--remote-debugging-port={port}"],
            base_url=address,
            viewport={"width": 390, "height": 844},
            locale="en-US",
        )
        for name, where in walked(browser.new_page(), box):
            for turn in range(TRIES):
                try:
                    found = scores(where, port)
                except subprocess.CalledProcessError as problem:
                    print(f"{name}: Lighthouse gave up: {problem.stderr.strip()[-300:]}", flush=True)
                    if turn == TRIES - 1:
                        raise
                    continue
                if min(found.values()) >= GOAL:
                    break
            print(f"{name:16}" + "".join(f"{found[kind]:>16}" for kind in KINDS), flush=True)
            below += [name] if min(found.values()) < GOAL else []
        browser.close()
    return below


def main() -> int:
    """Audit every page; 1 when one is below the goal."""
    with tempfile.TemporaryDirectory(prefix="spa-audit-") as made:
        folder = Path(made)
        (folder / "mails").mkdir()
        with embedded_postgres(folder / "pg") as url:
            asyncio.run(prepare(url))
            below = audit(folder, url)
    print(f"Below {GOAL}: {', '.join(below)}." if below else f"Every page has {GOAL} or more.")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
