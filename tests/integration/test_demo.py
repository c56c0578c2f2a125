"""`spa-pos demo` from the first start to the last: opens, closes, survives being killed, starts anew."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from spa_pos.settings import PROJECT

SHORT = """
import spa_pos.demo
spa_pos.demo.HISTORY_DAYS = 1
from spa_pos.__main__ import main
main()
"""
SECONDS = 90


class Demo:
    """One run of the command, with a day of history instead of a month."""

    def __init__(self, data: Path, *words: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.lines: list[str] = []
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-c", SHORT, "demo", *words],
            cwd=PROJECT,
            env={**os.environ, "SPA_DATA_DIR": str(data), "SPA_PORT": str(self.port)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as told:
            for line in told:
                self.lines.append(line.rstrip())

    def wait_for(self, words: str) -> "Demo":
        """Until a line with these words was printed."""
        give_up = time.monotonic() + SECONDS
        while not any(words in line for line in self.lines):
            assert time.monotonic() < give_up, self.lines
            assert self._reader.is_alive() or any(words in line for line in self.lines), self.lines
            time.sleep(0.02)
        return self

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        code = self.process.wait(SECONDS)
        self._reader.join()
        return code

    def server_runs(self) -> bool:
        try:
            number = int((self.data / "pg" / "postmaster.pid").read_text().split()[0])
            return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
        except (OSError, psutil.NoSuchProcess):
            return False


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="spa-test-", ignore_cleanup_errors=True) as name:
        yield Path(name) / "var"


def children_of(demo: Demo) -> list[psutil.Process]:
    return psutil.Process(demo.process.pid).children(recursive=True)


def test_a_demo_lives_through_its_whole_life(data: Path) -> None:
    first = Demo(data).wait_for("Ctrl-C closes")
    assert any("4711" in line for line in first.lines), "no PINs were printed"
    assert any("Sample prices, not Mayo's" in line for line in first.lines)
    assert first.get("/healthz").text == "ok"
    assert first.end(signal.SIGINT) == 130
    assert not first.server_runs()

    second = Demo(data).wait_for("Ctrl-C closes")
    assert not any("Filling" in line for line in second.lines), "the data was not kept"
    others = children_of(second)
    assert second.end(signal.SIGKILL) == -signal.SIGKILL
    assert second.server_runs()
    _, alive = psutil.wait_procs(others, timeout=5)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []

    third = Demo(data).wait_for("Ctrl-C closes")
    assert third.get("/healthz").text == "ok"
    assert third.end(signal.SIGTERM) == 143
    assert not third.server_runs()

    fresh = Demo(data, "--fresh").wait_for("Filling")
    assert fresh.wait_for("Ctrl-C closes").get("/healthz").text == "ok"
    assert fresh.end(signal.SIGINT) == 130
    assert not any("Traceback" in line for demo in (first, second, third, fresh) for line in demo.lines)


def test_a_demo_that_was_killed_while_being_filled_begins_again(data: Path) -> None:
    first = Demo(data).wait_for("Filling")
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    again = Demo(data).wait_for("Filling").wait_for("Ctrl-C closes")
    assert again.end(signal.SIGINT) == 130
    assert not any("Traceback" in line for line in again.lines)


def test_a_demo_that_is_interrupted_while_being_filled_ends_in_order(data: Path) -> None:
    first = Demo(data).wait_for("Filling")
    assert first.end(signal.SIGINT) == 130
    assert not first.server_runs()
    assert not any("Traceback" in line for line in first.lines)
