"""The `spa-pos` command. What people can cause is answered in one plain sentence."""

import asyncio
import contextlib
import io
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from datetime import datetime
    from typing import TextIO

    from spa_pos.ledger.queries import Place
    from spa_pos.server import Stop
    from spa_pos.settings import Settings

T = TypeVar("T")

FAILED, BROKEN, INTERRUPTED, PIPE_CLOSED = 1, 10, 130, 141
"""Exit codes beside click's 2 for a wrong command line and 143 after SIGTERM."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="spa-pos")
def cli() -> None:
    """Point of sale, booking and membership for a spa.

    Settings come from the environment; README.md lists them.
    """


@cli.command()
@click.option("--fresh", is_flag=True, help="Forget the last demo and begin with a new one.")
def demo(fresh: bool) -> None:
    """Open a demo spa with 30 days of history, its own database and a pretended card processor."""
    from spa_pos.demo import run_demo

    run_demo(fresh=fresh, run=_run)


@cli.command()
def serve() -> None:
    """Open the service for real use. The database must be migrated."""
    from spa_pos.logging import configure_logging
    from spa_pos.opening import refuse_pending_migrations
    from spa_pos.server import reserve
    from spa_pos.server import serve as answer_requests
    from spa_pos.settings import Mode

    settings = _settings()
    listening = reserve(settings.host, settings.port)
    configure_logging(people=settings.mode is not Mode.PRODUCTION)

    async def work(stop: "Stop") -> None:
        await refuse_pending_migrations()
        from spa_pos.app import create_app

        await answer_requests(
            create_app(settings),
            listening,
            stop,
            on_ready=lambda: click.echo(f"The spa is open at {settings.base_url}", err=True),
        )

    with listening:
        _with_database(settings, work)


@cli.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    from spa_pos.db.migrate import migrate as run_migrations
    from spa_pos.opening import MIGRATIONS

    async def work(_stop: "Stop") -> list[str]:
        return await run_migrations(MIGRATIONS)

    done = _with_database(_settings(), work)
    click.echo(f"Migrated: {', '.join(done)}." if done else "Nothing to migrate.")


@cli.command()
@click.option("--history", "days", type=click.IntRange(0, 1_000), default=0, help="Days of past to invent.")
@click.option("--rng", type=click.IntRange(0), default=1, show_default=True, help="Same number, same past.")
def seed(days: int, rng: int) -> None:
    """Fill an empty database with the demo spa."""
    from spa_pos.clock import now
    from spa_pos.opening import refuse_pending_migrations

    settings = _settings()

    async def work(_stop: "Stop") -> None:
        await refuse_pending_migrations()
        from spa_pos.seed import seed as fill

        await fill(
            history_days=days,
            rng=rng,
            now=now(),
            secret=settings.secret,
            report=lambda words: click.echo(words, err=True),
        )

    _with_database(settings, work)
    click.echo("The demo spa is in the database.")


@cli.command()
def verify() -> None:
    """Check every invariant of the books and the calendar; changes nothing, exits 10 when one is broken."""
    from spa_pos.opening import refuse_pending_migrations
    from spa_pos.verify import verify as run_checks

    async def work(_stop: "Stop") -> int:
        await refuse_pending_migrations()
        verdicts = await run_checks()
        for verdict in verdicts:
            click.echo(f"{'BROKEN' if verdict.problems else 'ok':<8}{verdict.name}: {verdict.looks_for}")
            for problem in verdict.problems:
                click.echo(f"          {problem}")
        problems = sum(len(verdict.problems) for verdict in verdicts)
        click.echo(f"{len(verdicts)} invariants checked, {problems} problems found.")
        return problems

    if _with_database(_settings(), work):
        raise SystemExit(BROKEN)


@cli.command()
@click.option("--name", required=True, help="What the device is called, such as 'Front desk left'.")
@click.option("--location", "code", help="The location's code; needed when there are several.")
@click.option("--lobby", is_flag=True, help="A tablet where guests check in by themselves; no staff there.")
def enrol(name: str, code: str | None, lobby: bool) -> None:
    """Print a one-time code that turns a browser into one of the spa's devices."""
    from spa_pos.clock import now
    from spa_pos.opening import refuse_pending_migrations
    from spa_pos.people.actions import make_enrolment_code

    async def work(_stop: "Stop") -> str:
        await refuse_pending_migrations()
        return await make_enrolment_code(
            location_id=(await _meant_place(code)).id,
            device_name=name,
            made_by="command line",
            now=now(),
            kind="lobby" if lobby else "desk",
        )

    settings = _settings()
    click.echo(_with_database(settings, work))
    click.echo(f"Type it within 15 minutes at {settings.base_url}/enrolment", err=True)


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True))
@click.option("--import", "for_real", is_flag=True, help="Import them; without it the file is only checked.")
@click.option("--location", "code", help="The location's code; needed when there are several.")
def cards(file: str, for_real: bool, code: str | None) -> None:
    """Check or import preprinted gift cards from a CSV file: all of them, or none with every fault named."""
    import csv
    from pathlib import Path

    from spa_pos.clock import now
    from spa_pos.kernel.actor import Actor, Role
    from spa_pos.kernel.errors import Invalid
    from spa_pos.opening import refuse_pending_migrations
    from spa_pos.stored_value.actions import ImportedCards, import_cards

    settings = _settings()
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as unreadable:
        raise click.ClickException(f"{file} is not UTF-8 text.") from unreadable
    rows = [row for row in csv.reader(io.StringIO(text)) if row]

    async def work(_stop: "Stop") -> ImportedCards:
        await refuse_pending_migrations()
        where = await _meant_place(code)
        actor = Actor("command line", Role.OWNER, where.id, where.zone)
        batch = Path(file).name[:40]
        return await import_cards(
            actor, rows=rows, batch=batch, secret=settings.secret, dry_run=not for_real, now=now()
        )

    told = _with_database(settings, work)
    for fault in told.problems:
        click.echo(fault)
    if told.problems:
        raise Invalid("import-faulty", f"{len(told.problems)} faults; nothing was imported.")
    click.echo(f"{told.cards} cards imported." if told.done else f"{told.cards} cards can be imported.")


@cli.command()
@click.option("--format", "wanted", type=click.Choice(["beancount", "hledger"]), required=True)
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First business day; all by default."
)
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last business day.")
@click.option("--location", "code", help="The location's code; the books of all without it.")
@click.option("--output", type=click.File("w", encoding="utf-8"), default="-", help="A file instead of here.")
def export(
    wanted: str, first: "datetime | None", last: "datetime | None", code: str | None, output: "TextIO"
) -> None:
    """Write the ledger as a Beancount or hledger file, with opening balances and assertions at the end."""
    from spa_pos.clock import now
    from spa_pos.opening import refuse_pending_migrations
    from spa_pos.reports.queries import ledger_journal
    from spa_pos.reports.rules import Journal, beancount, hledger

    async def work(_stop: "Stop") -> Journal:
        await refuse_pending_migrations()
        where = None if code is None else (await _meant_place(code)).id
        days = [None if one is None else one.date() for one in (first, last)]
        return await ledger_journal(where, *days, today=now().date())

    journal = _with_database(_settings(), work)
    for line in (beancount if wanted == "beancount" else hledger)(journal):
        output.write(f"{line}\n")


async def _meant_place(code: str | None) -> "Place":
    from spa_pos.kernel.errors import Invalid
    from spa_pos.ledger.queries import places

    known = await places()
    meant = [place for place in known if code in (None, place.code)]
    if len(meant) != 1:
        codes = ", ".join(place.code for place in known) or "none yet"
        raise Invalid("location-unclear", f"Say which location with --location; known are: {codes}.")
    return meant[0]


def _settings() -> "Settings":
    from spa_pos.settings import read_settings

    return read_settings()


def _with_database(settings: "Settings", work: "Callable[[Stop], Awaitable[T]]") -> T:
    from spa_pos.opening import connected, database_address

    with database_address(settings) as url:

        async def connect_and_work(stop: "Stop") -> T:
            async with connected(url, settings.pool_size):
                return await work(stop)

        return _run(connect_and_work)


def _run(work: "Callable[[Stop], Awaitable[T]]") -> T:
    """Run a coroutine that a signal ends in order."""
    import uvloop

    from spa_pos.server import stoppable

    async def stoppable_work() -> T:
        with stoppable() as stop:
            return await work(stop)
        raise AssertionError("a signal always leaves the block with an exception")

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(stoppable_work())


def _sentence_for(problem: Exception) -> str | None:
    """The sentence of a failure that people can cause, or None for a bug."""
    from spa_pos.db.embedded import DatabaseAway
    from spa_pos.kernel.errors import Refusal
    from spa_pos.opening import NotReady
    from spa_pos.server import PortTaken
    from spa_pos.settings import SettingsError

    if isinstance(problem, Refusal):
        return problem.sentence
    expected = (SettingsError, DatabaseAway, NotReady, PortTaken)
    return str(problem) if isinstance(problem, expected) else None


def _terminated(*_: object) -> NoReturn:
    raise SystemExit(128 + signal.SIGTERM)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def main() -> None:
    """Entry point of `spa-pos` and `python -m spa_pos`."""
    _speak_utf8()
    signal.signal(signal.SIGTERM, _terminated)
    try:
        with cli.make_context("spa-pos", sys.argv[1:]) as context:
            cli.invoke(context)
        sys.stdout.flush()
        code = 0
    except click.exceptions.Exit as asked:
        code = asked.exit_code
    except click.ClickException as mistake:
        mistake.show()
        code = mistake.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = PIPE_CLOSED
    except Exception as problem:
        sentence = _sentence_for(problem)
        if sentence is None:
            raise
        click.echo(sentence, err=True)
        code = FAILED
    sys.exit(code)


if __name__ == "__main__":
    main()
