"""Words that must not be found in the project's texts."""

import re
from pathlib import Path

import pytest

from tests.house.code import PROJECT, texts

REGISTRIES = ("registry npmjs org", "files pythonhosted org", "pypi org", "registry yarnpkg com")
PRIVATE_NETWORK = (
    r"\b(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})\b"
)

FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w"),
    "a package registry's host": re.compile("|".join(name.replace(" ", r"\.") for name in REGISTRIES)),
    "an address inside somebody's network": re.compile(PRIVATE_NETWORK),
    "a mark of unfinished work": re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
    "a live key": re.compile(r"\bsk_live_[A-Za-z0-9]{30,}"),
}

MODULE = Path(__file__)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_text_of_ours_holds(what: str) -> None:
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()[:100]}"
        for path in texts()
        if path != MODULE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


def test_the_texts_that_are_searched_are_ours() -> None:
    names = {path.relative_to(PROJECT).as_posix() for path in texts()}
    assert {"Makefile", "pyproject.toml", "package-lock.json", "spa_pos/settings.py", ".ci/run"} <= names
    assert not any(name.startswith((".venv", "var/")) or "node_modules" in name for name in names)
