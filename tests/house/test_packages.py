"""Every package that gets installed is pinned, and nothing else is."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.code import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def pins() -> dict[str, str]:
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").split()
    return {canonicalize_name(name): pinned for name, pinned in (line.split("==") for line in lines)}


def wanted() -> set[str]:
    """What `pip install -e .[demo,test]` brings on this machine, all the way down."""
    project = PYPROJECT["project"]
    open_requirements = [
        Requirement(text)
        for text in (
            *project["dependencies"],
            *(one for extra in project["optional-dependencies"].values() for one in extra),
        )
    ]
    seen: set[tuple[str, frozenset[str]]] = set()
    while open_requirements:
        requirement = open_requirements.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        environments = [{"extra": extra} for extra in (*requirement.extras, "")]
        if key in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(key)
        for text in requires(requirement.name) or ():
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate(one) for one in environments):
                needed.marker = None
                open_requirements.append(needed)
    return {name for name, _ in seen}


def test_everything_that_is_installed_is_pinned() -> None:
    assert wanted() - pins().keys() == set()


def test_nothing_is_pinned_that_nobody_needs() -> None:
    assert pins().keys() - wanted() == set()


def test_this_environment_has_the_pinned_versions() -> None:
    for name, pinned in pins().items():
        try:
            assert version(name) == pinned, name
        except PackageNotFoundError:
            pytest.fail(f"{name} is pinned but not installed")


def test_direct_dependencies_are_pinned_exactly_and_alike() -> None:
    for text in PYPROJECT["project"]["dependencies"]:
        requirement = Requirement(text)
        found = re.fullmatch(r"==([\w.]+)", str(requirement.specifier))
        assert found, text
        assert pins()[canonicalize_name(requirement.name)] == found[1], text
