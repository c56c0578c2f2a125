"""The program's own PostgreSQL survives killed programs and odd folders."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from spa_pos.db.embedded import DatabaseAway, embedded_postgres, erase
from spa_pos.settings import PROJECT

PROGRAM = """
import signal, sys, time, pathlib
from spa_pos.db.embedded import embedded_postgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored
with embedded_postgres(pathlib.Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not under pytest's own folder, which the server's system user may not enter."""
    with tempfile.TemporaryDirectory(prefix="spa-test-", ignore_cleanup_errors=True) as name:
        yield Path(name) / "var" / "pg"


def server_of(folder: Path) -> psutil.Process | None:
    try:
        return psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    except (OSError, psutil.NoSuchProcess):
        return None


def program(folder: Path) -> "subprocess.Popen[str]":
    """Another program that uses the database until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql://")
    process.stdout.close()
    return process


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.wait()


async def write_and_read(url: str) -> list[int]:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS visit (id serial)")
    await connection.execute("INSERT INTO visit DEFAULT VALUES")
    found = [row["id"] for row in await connection.fetch("SELECT id FROM visit ORDER BY id")]
    await connection.close()
    return found


async def test_the_server_stops_with_its_program_and_keeps_the_data(folder: Path) -> None:
    with embedded_postgres(folder) as url:
        assert await write_and_read(url) == [1]
        assert server_of(folder) is not None
    assert server_of(folder) is None
    with embedded_postgres(folder) as url:
        assert await write_and_read(url) == [1, 2]


async def test_a_server_that_outlived_its_program_is_found_and_stopped(folder: Path) -> None:
    kill(program(folder))
    left_over = server_of(folder)
    assert left_over is not None
    with embedded_postgres(folder) as url:
        assert await write_and_read(url) == [1]
        assert server_of(folder) == left_over
    assert server_of(folder) is None


async def test_a_server_in_use_by_two_stops_with_the_last(folder: Path) -> None:
    other = program(folder)
    try:
        with embedded_postgres(folder) as url:
            assert await write_and_read(url) == [1]
        assert server_of(folder) is not None
    finally:
        other.send_signal(signal.SIGINT)
        other.wait()
    assert server_of(folder) is None


async def test_a_process_that_merely_got_the_number_is_no_server(folder: Path) -> None:
    with embedded_postgres(folder):
        lines = (folder / "postmaster.pid").read_text().split("\n")
    lines[0] = str(os.getpid())
    (folder / "postmaster.pid").write_text("\n".join(lines))
    (folder / ".handle_pids.json").write_text(json.dumps([1]))
    os.utime(folder / ".handle_pids.json", (0, 0))  # before any process that lives now
    with embedded_postgres(folder) as url:
        assert await write_and_read(url) == [1]
    assert server_of(folder) is None


@pytest.mark.parametrize("name", ["two words", "it's größe;", "long" * 30])
async def test_odd_folder_names_work(folder: Path, name: str) -> None:
    with embedded_postgres(folder.parent / name / "pg") as url:
        assert await write_and_read(url) == [1]


@pytest.mark.parametrize("name", ["$HOME", 'quo"te', "back\\slash", "`id`"])
def test_folder_names_that_a_shell_would_read_are_refused(folder: Path, name: str) -> None:
    with pytest.raises(DatabaseAway, match="sign in its name"), embedded_postgres(folder.parent / name):
        pass


def test_erasing_deletes_a_database_and_only_that(folder: Path) -> None:
    erase(folder)  # nothing there is fine
    kill(program(folder))
    left_over = server_of(folder)
    erase(folder)
    assert not folder.exists()
    assert left_over is not None
    assert not left_over.is_running() or left_over.status() == psutil.STATUS_ZOMBIE


def test_a_database_in_use_is_not_erased(folder: Path) -> None:
    other = program(folder)
    try:
        with pytest.raises(DatabaseAway, match="in use by another program"):
            erase(folder)
        assert (folder / "PG_VERSION").exists()
    finally:
        other.send_signal(signal.SIGINT)
        other.wait()


def test_a_folder_with_something_else_is_neither_used_nor_erased(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("years of work")
    with pytest.raises(DatabaseAway, match="something else"), embedded_postgres(folder):
        pass
    with pytest.raises(DatabaseAway, match="something else"):
        erase(folder)
    assert (folder / "thesis.txt").exists()
