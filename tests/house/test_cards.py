"""Every capability introduces itself on one card (DESIGN.md §2)."""

import ast

import pytest

from tests.house.code import CAPABILITIES, PACKAGE, tree

FILES = {
    "__init__", "rules", "tables", "queries", "actions", "flows", "pages", "api",
    "gateways", "stripe_gateway", "pins",
}  # fmt: skip
"""The same names everywhere; `stripe_gateway` alone knows Stripe, `pins` alone hashes."""


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_has_a_card_of_at_most_20_lines_that_runs_nothing(capability: str) -> None:
    path = PACKAGE / capability / "__init__.py"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 20
    body = tree(path).body
    assert ast.get_docstring(tree(path)), "no card"
    assert len(body) == 1, "a card runs no code"


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_capability_has_the_files_every_capability_has(capability: str) -> None:
    found = {path.stem for path in (PACKAGE / capability).iterdir() if path.suffix == ".py" or path.is_dir()}
    assert found - {"__pycache__"} <= FILES


def test_every_folder_of_the_package_is_a_package() -> None:
    folders = [path for path in PACKAGE.rglob("*") if path.is_dir() and any(path.glob("*.py"))]
    assert [path for path in folders if not (path / "__init__.py").exists()] == []
