"""Who may call whom (DESIGN.md §3)."""

import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

from tests.house.code import CAPABILITIES, PROJECT, WITH_TABLES

READERS_OF_ROWS = {
    "spa_pos.seed": "fills an empty database with the menu, the staff and the rooms",
    "spa_pos.piccolo_app": "lists every table for the migrations",
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("spa_pos", cache_dir=None)


def test_every_contract_of_the_import_linter_is_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-logo"], cwd=PROJECT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("capability", sorted(set(WITH_TABLES) - {"db"}))
def test_rows_are_private_to_their_capability(capability: str, imports: grimp.ImportGraph) -> None:
    tables = f"spa_pos.{capability}.tables"
    assert tables in imports.modules
    strangers = {
        importer
        for importer in imports.find_modules_that_directly_import(tables)
        if not importer.startswith(f"spa_pos.{capability}.")
        and ".tables" not in importer
        and not importer.startswith(tuple(READERS_OF_ROWS))
    }
    assert strangers == set()


def test_every_capability_with_tables_is_known_to_piccolo() -> None:
    with_tables = {name for name in CAPABILITIES if list((PROJECT / "spa_pos" / name).glob("tables*"))}
    assert set(WITH_TABLES) == with_tables | {"db"}


def test_every_capability_is_layered_inside() -> None:
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (inside,) = [one for one in contracts if one["name"].startswith("Inside a capability")]
    assert sorted(inside["containers"]) == [f"spa_pos.{name}" for name in CAPABILITIES]
