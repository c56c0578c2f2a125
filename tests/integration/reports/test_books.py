"""The whole ledger as files: read by the real programs without complaint, with our balances."""

import shutil
import subprocess
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import data, realization

from spa_pos.db import fetch
from spa_pos.kernel.errors import Invalid
from spa_pos.reports.queries import ledger_journal
from spa_pos.reports.rules import Journal, beancount, hledger
from tests.cast import Spa
from tests.integration.reports.test_bridge import TODAY, a_whole_day, pay
from tests.sale import Sale

HLEDGER = shutil.which("hledger")
needs_hledger = pytest.mark.skipif(
    HLEDGER is None, reason="hledger is not on this machine, and neither pip nor npm brings it"
)

HOSTILE = (
    'A "quoted" \\name;  with\n2026-11-24 * "fake"\n  Assets:1000-cash  1 USD'
    " | {x} # \u2028 \u202e Ω 😀 =SUM(1)"
)
"""What somebody could type where a name is asked for."""


async def journal(spa: Spa, first: date | None = None, last: date | None = None) -> Journal:
    return await ledger_journal(spa.house.location_id, first, last, today=TODAY)


def by_beancount(found: Journal) -> tuple[dict[str, Decimal], list[str]]:
    """Balances of every account as Beancount gives them, and its complaints."""
    entries, errors, _ = loader.load_string("\n".join(beancount(found)))
    tree = realization.realize(entries)
    balances = {
        node.account: node.balance.get_currency_units("USD").number or Decimal(0)
        for node in realization.iter_children(tree)
        if node.account
    }
    return balances, [one.message for one in errors]


def by_hledger(found: Journal, path: Path) -> dict[str, Decimal]:
    """Balances of every account as hledger gives them; it has read and checked the file strictly."""
    path.write_text("\n".join(hledger(found)) + "\n", encoding="utf-8")
    assert HLEDGER is not None
    asked = ["balance", "--flat", "--empty", "--no-total", "--output-format=csv"]
    environment = {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": str(path.parent)}
    for words in (["check", "--strict"], asked):
        done = subprocess.run(
            [HLEDGER, "-f", str(path), *words], capture_output=True, text=True, env=environment, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    rows = [line.strip('"').split('","') for line in done.stdout.splitlines()[1:]]
    return {name: Decimal(amount.removesuffix(" USD")) for name, amount in rows}


async def ours(first: date | None = None, last: date | None = None) -> dict[str, Decimal]:
    """Balances by account code straight from the postings; results count from the first day."""
    rows = await fetch(
        "SELECT a.code, coalesce(sum(p.amount_cents) FILTER (WHERE e.id IS NOT NULL), 0)::bigint AS cents"
        " FROM account a LEFT JOIN posting p ON p.account = a.code LEFT JOIN entry e ON e.id = p.entry"
        " AND ($2::date IS NULL OR e.business_date <= $2)"
        " AND ($1::date IS NULL OR a.kind NOT IN ('revenue', 'expense') OR e.business_date >= $1)"
        " GROUP BY 1",
        first,
        last,
    )
    return {row["code"]: Decimal(row["cents"]) / 100 for row in rows}


def same(found: Journal, told: dict[str, Decimal], wanted: dict[str, Decimal]) -> None:
    """A program and the ledger say the same of every account of ours."""
    names = found.names
    assert {code: told.get(names[code], Decimal(0)) for code in names} == wanted


async def two_days(spa: Spa) -> None:
    await a_whole_day(spa)
    await spa.new_day(days=1)
    await pay(await Sale.open(spa, await spa.guest("Tom Becker")))


async def test_beancount_reads_the_whole_ledger_and_gives_our_balances(spa: Spa) -> None:
    await two_days(spa)
    found = await journal(spa)
    told, complaints = by_beancount(found)
    assert complaints == []
    same(found, told, await ours())
    assert sum(told.values()) == 0


async def test_beancount_reads_a_period_that_begins_with_balances(spa: Spa) -> None:
    await two_days(spa)
    tomorrow = TODAY + timedelta(days=1)
    found = await journal(spa, tomorrow, tomorrow)
    told, complaints = by_beancount(found)
    assert complaints == []
    same(found, told, await ours(tomorrow, tomorrow))
    first_day = await journal(spa, TODAY, TODAY)
    told, complaints = by_beancount(first_day)
    assert complaints == []
    same(first_day, told, await ours(TODAY, TODAY))


@needs_hledger
async def test_hledger_reads_the_whole_ledger_and_a_period(spa: Spa, tmp_path: Path) -> None:
    await two_days(spa)
    found = await journal(spa)
    same(found, by_hledger(found, tmp_path / "all.journal"), await ours())
    tomorrow = TODAY + timedelta(days=1)
    found = await journal(spa, tomorrow, tomorrow)
    same(found, by_hledger(found, tmp_path / "day.journal"), await ours(tomorrow, tomorrow))


async def hostile_names(spa: Spa) -> None:
    """Everything that people name has the worst of names."""
    await two_days(spa)
    sale = await Sale.open(spa, await spa.guest("Mia Wong"), at=spa.local(13))
    for table, column, longest in (
        ("product", "name", 80),
        ("location", "name", 80),
        ("account", "name", 80),
        ("staff", "name", 80),
        ("guest", "given_name", 60),
        ("ticket_line", "description", 120),
    ):
        only = " WHERE ticket = $3" if table == "ticket_line" else " WHERE $3::uuid IS NOT NULL"
        await fetch(
            f"UPDATE {table} SET {column} = left($1, $2::int){only}", HOSTILE, longest, sale.ticket_id
        )
    await pay(sale)


async def test_names_that_would_break_a_file_do_not(spa: Spa, tmp_path: Path) -> None:
    await hostile_names(spa)
    found = await journal(spa)
    told, complaints = by_beancount(found)
    assert complaints == []
    same(found, told, await ours())
    entries, _, _ = loader.load_string("\n".join(beancount(found)))
    transactions = [one for one in entries if isinstance(one, data.Transaction)]
    assert len(transactions) == len(found.entries)
    if HLEDGER is not None:
        same(found, by_hledger(found, tmp_path / "hostile.journal"), await ours())


async def test_the_program_itself_says_when_an_entry_is_missing(spa: Spa, tmp_path: Path) -> None:
    """The control: the assertions at the end are worth something."""
    await two_days(spa)
    found = await journal(spa)
    del found.entries[2]  # type: ignore[attr-defined]
    _, complaints = by_beancount(found)
    assert any("Balance failed" in words for words in complaints)
    if HLEDGER is not None:
        with pytest.raises(AssertionError, match="hledger"):
            by_hledger(found, tmp_path / "short.journal")


async def test_guests_and_staff_are_not_in_the_books(spa: Spa) -> None:
    await two_days(spa)
    text = "\n".join([*beancount(await journal(spa)), *hledger(await journal(spa))])
    for name in ("Halvorsen", "Delgado", "Ingrid", "Maya", "Okafor"):
        assert name not in text
    assert "Swedish massage" in text


async def test_an_empty_ledger_is_a_file_too(spa: Spa, tmp_path: Path) -> None:
    found = await journal(spa)
    told, complaints = by_beancount(found)
    assert (complaints, sum(told.values())) == ([], 0)
    if HLEDGER is not None:
        assert set(by_hledger(found, tmp_path / "empty.journal").values()) <= {Decimal(0)}


async def test_a_period_that_ends_before_it_begins_is_refused(spa: Spa) -> None:
    with pytest.raises(Invalid, match="Turn the dates round"):
        await journal(spa, TODAY, TODAY - timedelta(days=1))


def lines_of(text: str, beginning: str) -> Sequence[Any]:
    return [line for line in text.splitlines() if line.startswith(beginning)]


async def test_the_page_shows_the_balances_and_gives_both_files(spa: Spa) -> None:
    await two_days(spa)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open("/reports/books")
    assert (page.status, "Assets:1000-cash" in page.words, "All locations" in page.words) == (
        200,
        True,
        False,
    )
    file = await kiosk.open("/reports/books/file?format=beancount")
    assert 'filename="books-rochester-2026-11-24-2026-11-25.beancount"' in file.headers["content-disposition"]
    _, errors, _ = loader.load_string(file.text)
    assert errors == []
    file = await kiosk.open(f"/reports/books/file?format=hledger&from={TODAY}&to={TODAY}&where=all")
    assert lines_of(file.text, "2026-11-24 * (1)")
    assert (await kiosk.open("/reports/books/file?format=ledger")).status == 422
    page = await kiosk.open("/reports/books?from=2026-11-25&to=2026-11-24")
    assert (page.status, page.problem) == (422, "dates-turned")
