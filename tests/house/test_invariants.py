"""Every `broken_…` function is run by `spa-pos verify`, and each of them is worth running."""

import inspect

from spa_pos.verify import invariants, verify
from tests.conftest import Database
from tests.database import plant
from tests.house.code import functions, modules


def test_verify_finds_every_invariant_there_is() -> None:
    written = {
        node.name
        for path in modules("spa_pos")
        for node in functions(path)
        if node.name.startswith("broken_")
    }
    assert written
    assert {name.split(".")[1] for name in invariants()} == written


def test_an_invariant_asks_nothing_and_says_what_it_looks_for() -> None:
    for name, invariant in invariants().items():
        assert inspect.iscoroutinefunction(invariant), name
        assert not inspect.signature(invariant).parameters, name
        assert inspect.getdoc(invariant), name


async def test_an_empty_spa_has_nothing_broken(database: Database) -> None:
    verdicts = await verify()
    assert [verdict.name for verdict in verdicts] == list(invariants())
    assert [verdict for verdict in verdicts if verdict.problems] == []


async def test_an_unbalanced_entry_is_found_and_named(database: Database) -> None:
    entry, place = "018f3b1e-7c7a-7b6e-9d55-0000000000aa", "018f3b1e-7c7a-7b6e-9d55-0000000000bb"
    await plant(
        database.url,
        "INSERT INTO entry (id, location, business_date, made_at, kind, subject)"
        f" VALUES ('{entry}', '{place}', '2026-11-23', now(), 'sale', '{entry}')",
        f"INSERT INTO posting (entry, account, amount_cents) VALUES ('{entry}', 'cash', 5)",
    )
    (verdict,) = [one for one in await verify() if one.name == "ledger.broken_entries"]
    assert len(verdict.problems) == 1
    assert entry in verdict.problems[0]


async def test_a_check_that_cannot_run_is_a_problem_of_its_own(database: Database) -> None:
    await plant(database.url, "ALTER TABLE posting RENAME TO postings")
    try:
        (verdict,) = [one for one in await verify() if one.name == "ledger.broken_entries"]
    finally:
        await plant(database.url, "ALTER TABLE postings RENAME TO posting")
    assert verdict.problems
    assert "the check itself failed" in verdict.problems[0]
