"""`spa-pos export`: the ledger of a seeded spa as files that the real programs read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from beancount import loader

from tests.integration.test_command import run, the_sentence


@pytest.fixture(scope="module")
def seeded(new_database: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """A spa with two invented days."""
    url = new_database()
    done = run("seed", "--history", "2", data=tmp_path_factory.mktemp("seed"), SPA_DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    return url


def test_the_whole_ledger_of_a_seeded_spa_is_read_by_beancount(seeded: str, tmp_path: Path) -> None:
    out = tmp_path / "books.beancount"
    words = ("export", "--format", "beancount", "--output", str(out))
    done = run(*words, data=tmp_path, SPA_DATABASE_URL=seeded)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    entries, errors, _ = loader.load_file(str(out))
    assert errors == []
    assert len(entries) > 40


def test_hledger_goes_to_standard_output(seeded: str, tmp_path: Path) -> None:
    done = run(
        "export", "--format", "hledger", "--location", "rochester", data=tmp_path, SPA_DATABASE_URL=seeded
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("; Books from ")


def test_turned_dates_and_unknown_formats_are_refused(seeded: str, tmp_path: Path) -> None:
    turned = ("export", "--format", "hledger", "--from", "2026-11-02", "--to", "2026-11-01")
    assert "Turn the dates round." in the_sentence(run(*turned, data=tmp_path, SPA_DATABASE_URL=seeded))
    assert run("export", "--format", "ledger", data=tmp_path).returncode == 2
