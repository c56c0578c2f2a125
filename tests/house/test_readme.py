"""What README.md says about commands, settings and the map is true."""

import re

import pytest

from spa_pos.__main__ import cli
from spa_pos.settings import NAMES
from tests.house.code import CAPABILITIES, PROJECT


@pytest.fixture(scope="module")
def readme() -> str:
    return (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_documented(name: str, readme: str) -> None:
    assert f"`{name}`" in readme


def test_no_setting_is_invented(readme: str) -> None:
    assert set(re.findall(r"\bSPA_[A-Z_]+\b", readme)) <= {*NAMES, "SPA_TEST_DATABASE_URL"}


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_documented(name: str, readme: str) -> None:
    assert f"spa-pos {name}" in readme


def test_no_command_is_invented(readme: str) -> None:
    assert set(re.findall(r"\bspa-pos ([a-z]+)", readme)) <= set(cli.commands)


def test_every_make_target_exists(readme: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", readme))
    assert {"demo", "test", "check"} <= named <= targets


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_the_map_names_every_capability(capability: str, readme: str) -> None:
    assert f"{capability}/" in readme


def test_every_path_of_the_readme_exists(readme: str) -> None:
    paths = re.findall(r"`((?:spa_pos|tests|tools|templates|static|migrations)/[\w./-]*)`", readme)
    assert [path for path in paths if not (PROJECT / path).exists()] == []
