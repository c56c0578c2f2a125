"""The command: what people can cause is answered in one plain sentence and an exit code."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from spa_pos.db.migrate import LOCK
from spa_pos.settings import PROJECT
from tests.database import apart, plant, sibling

SECONDS = 120


def start(*words: str, data: Path, **settings: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "SPA_DATA_DIR": str(data), "PYTHONWARNINGS": "error", **settings}
    return subprocess.Popen(
        [sys.executable, "-m", "spa_pos", *words],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*words: str, data: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    process = start(*words, data=data, **settings)
    told, complained = process.communicate(timeout=SECONDS)
    return subprocess.CompletedProcess(process.args, process.returncode, told, complained)


def the_sentence(result: "subprocess.CompletedProcess[str]", code: int = 1) -> str:
    """What was said on standard error, which must be one sentence and nothing else."""
    assert result.returncode == code, result.stderr
    (line,) = result.stderr.splitlines()
    assert line.endswith((".", "?", "migrate", "FRESH=1.")), line
    assert "Traceback" not in line
    return line


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that nobody listens on, and nobody else gets."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_help_needs_nothing(tmp_path: Path) -> None:
    result = run("--help", data=tmp_path / "none", SPA_PORT="nonsense")
    assert result.returncode == 0
    assert "verify" in result.stdout
    assert not (tmp_path / "none").exists()


def test_the_command_loads_no_more_than_it_was_asked_for() -> None:
    slow = "{'litestar', 'piccolo', 'stripe', 'uvicorn'}"
    words = f"import sys, spa_pos.__main__; sys.exit(len({slow} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", words], cwd=PROJECT, check=False).returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ["sell"],
        ["serve", "--loud"],
        ["seed", "--history", "-5"],
        ["seed", "--history", "soon"],
        ["seed", "--rng", "1.5"],
        ["enrol"],
        ["verify", "extra"],
    ],
)
def test_a_wrong_command_line_exits_2_and_shows_the_usage(words: list[str], tmp_path: Path) -> None:
    result = run(*words, data=tmp_path)
    assert result.returncode == 2
    assert result.stderr.startswith("Usage: spa-pos")
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["demo", "serve", "migrate", "seed", "verify"])
def test_a_setting_that_cannot_be_meant_is_named(command: str, tmp_path: Path) -> None:
    assert the_sentence(run(command, data=tmp_path, SPA_PORT="eight")) == (
        "SPA_PORT is 'eight'; it must be a whole number from 1 to 65535."
    )


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_busy_port_is_known_before_slow_work(command: str, taken_port: int, tmp_path: Path) -> None:
    sentence = the_sentence(run(command, data=tmp_path, SPA_PORT=str(taken_port)))
    assert sentence.startswith(f"Port {taken_port} on 127.0.0.1 cannot be used (address already in use).")
    assert not (tmp_path / "pg").exists()


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    assert "203.0.113.7" in the_sentence(run("serve", data=tmp_path, SPA_HOST="203.0.113.7"))


@pytest.mark.parametrize("command", ["demo", "serve", "migrate", "verify"])
def test_a_database_that_does_not_answer_is_said_without_its_password(
    command: str, silent_port: int, tmp_path: Path, free_port: str
) -> None:
    url = f"postgresql://spa:hunter2@127.0.0.1:{silent_port}/spa"
    sentence = the_sentence(run(command, data=tmp_path, SPA_DATABASE_URL=url, SPA_PORT=free_port))
    assert sentence == f"The database spa at 127.0.0.1:{silent_port} does not answer: nothing listens there."


@pytest.fixture
def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def test_a_database_that_is_not_there_is_said(new_database: Callable[..., str], tmp_path: Path) -> None:
    url = sibling(new_database(), "no_such_database")
    assert "there is no such database" in the_sentence(run("verify", data=tmp_path, SPA_DATABASE_URL=url))


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, free_port: str) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "thesis.txt").write_text("years of work")
    for words in (["demo"], ["demo", "--fresh"], ["verify"]):
        sentence = the_sentence(run(*words, data=tmp_path, SPA_PORT=free_port))
        assert sentence == f"The data folder {tmp_path / 'pg'} holds something else than a database."
    assert (tmp_path / "pg" / "thesis.txt").read_text() == "years of work"


def test_a_damaged_database_is_said_with_the_way_out(tmp_path: Path, free_port: str) -> None:
    (tmp_path / "pg").mkdir()
    (tmp_path / "pg" / "PG_VERSION").write_text("18\n")
    sentence = the_sentence(run("demo", data=tmp_path, SPA_PORT=free_port))
    assert "does not start" in sentence
    assert "FRESH=1" in sentence


def test_a_data_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "SPA_DATA_DIR" in the_sentence(run("demo", data=tmp_path / "file"))


def test_the_demo_does_not_run_as_production(tmp_path: Path) -> None:
    assert "SPA_MODE" in the_sentence(run("demo", data=tmp_path, SPA_MODE="test"))


def test_the_demo_never_empties_a_database_of_your_own(
    new_database: Callable[..., str], tmp_path: Path, free_port: str
) -> None:
    url = new_database()
    result = run("demo", "--fresh", data=tmp_path, SPA_DATABASE_URL=url, SPA_PORT=free_port)
    assert "does not empty" in the_sentence(result)


@pytest.mark.parametrize("words", [["serve"], ["verify"], ["seed"], ["enrol", "--name", "Desk"]])
def test_pending_migrations_are_said_with_the_command(
    words: list[str], new_database: Callable[..., str], tmp_path: Path, free_port: str
) -> None:
    url = new_database(migrated=False)
    result = run(*words, data=tmp_path, SPA_DATABASE_URL=url, SPA_PORT=free_port)
    assert the_sentence(result).endswith("run: spa-pos migrate")


def test_two_migrators_at_once_do_the_work_once(new_database: Callable[..., str], tmp_path: Path) -> None:
    url = new_database(migrated=False)
    both = [start("migrate", data=tmp_path, SPA_DATABASE_URL=url) for _ in range(2)]
    told = sorted(process.communicate(timeout=SECONDS)[0] for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert told[0].startswith("Migrated: 0001, 0002")
    assert told[1] == "Nothing to migrate.\n"
    assert run("verify", data=tmp_path, SPA_DATABASE_URL=url).returncode == 0


def test_verify_says_what_it_checked(new_database: Callable[..., str], tmp_path: Path) -> None:
    result = run("verify", data=tmp_path, SPA_DATABASE_URL=new_database())
    assert result.returncode == 0
    assert "ok      ledger.broken_entries: Entries that do not sum to zero" in result.stdout
    assert result.stdout.splitlines()[-1].endswith("invariants checked, 0 problems found.")


@pytest.fixture
def broken_books(new_database: Callable[..., str]) -> str:
    url = new_database()
    rows = ", ".join(
        "(gen_random_uuid(), gen_random_uuid(), '2026-11-23', now(), 'sale', gen_random_uuid())"
        for _ in range(3000)
    )
    apart(
        plant(url, f"INSERT INTO entry (id, location, business_date, made_at, kind, subject) VALUES {rows}")
    )
    return url


def test_verify_exits_10_and_lists_what_is_broken(broken_books: str, tmp_path: Path) -> None:
    result = run("verify", data=tmp_path, SPA_DATABASE_URL=broken_books)
    assert result.returncode == 10
    assert "BROKEN  ledger.broken_entries" in result.stdout
    assert result.stdout.count("has 0 postings that sum to 0") == 3000
    assert result.stderr == ""


def test_a_reader_that_goes_away_is_no_drama(broken_books: str, tmp_path: Path) -> None:
    process = start("verify", data=tmp_path, SPA_DATABASE_URL=broken_books)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(SECONDS) == 141
    process.stderr.close()


@pytest.mark.parametrize("language", ["C", "POSIX", "en_US.ISO-8859-1"])
def test_a_poor_terminal_gets_the_same_words(language: str, tmp_path: Path) -> None:
    plain = run("--help", data=tmp_path)
    poor = run("--help", data=tmp_path, LC_ALL=language, PYTHONIOENCODING="ascii", TERM="dumb")
    assert poor.stdout == plain.stdout


def test_an_enrolment_needs_a_location(new_database: Callable[..., str], tmp_path: Path) -> None:
    result = run("enrol", "--name", "Desk", data=tmp_path, SPA_DATABASE_URL=new_database())
    assert the_sentence(result) == "Say which location with --location; known are: none yet."


@pytest.fixture
def one_place(new_database: Callable[..., str]) -> str:
    url = new_database()
    apart(
        plant(
            url,
            "INSERT INTO location VALUES (gen_random_uuid(), 'x', '', '', '', '', 'America/Chicago', '', '')",
        )
    )
    return url


def test_preprinted_cards_are_checked_then_imported_all_or_none(one_place: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("code\nSPA-7QK2-0193-8472-5561\nSPA-7QK2-0193-8472-5562\n")
    bad.write_text("code\nSPA-7QK2-0193-8472-5563\nshort\n")
    told = {"data": tmp_path / "data", "SPA_DATABASE_URL": one_place}
    assert run("cards", str(good), **told).stdout == "2 cards can be imported.\n"  # type: ignore[arg-type]
    faulty = run("cards", str(bad), "--import", **told)  # type: ignore[arg-type]
    assert the_sentence(faulty) == "1 faults; nothing was imported."
    assert faulty.stdout.startswith("line 3: ")
    assert run("cards", str(good), "--import", **told).stdout == "2 cards imported.\n"  # type: ignore[arg-type]
    assert "known already" in run("cards", str(good), "--import", **told).stdout  # type: ignore[arg-type]


@contextlib.contextmanager
def another_migrator(url: str) -> Iterator[Callable[[], None]]:
    """Somebody else holds the lock of migrations; gives what waits until one waits for it."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(url))
        runner.run(connection.execute("SELECT pg_advisory_lock($1)", LOCK))

        def one_waits() -> None:
            give_up = time.monotonic() + SECONDS
            while not runner.run(
                connection.fetchval(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            ):
                assert time.monotonic() < give_up, "nobody waits"
                time.sleep(0.05)

        yield one_waits
        runner.run(connection.close())


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_work_in_order(
    sent: signal.Signals, code: int, new_database: Callable[..., str], tmp_path: Path
) -> None:
    url = new_database(migrated=False)
    with another_migrator(url) as one_waits:
        process = start("migrate", data=tmp_path, SPA_DATABASE_URL=url)
        one_waits()
        process.send_signal(sent)
        told, complained = process.communicate(timeout=SECONDS)
    assert (process.returncode, told, complained) == (code, "", "")
