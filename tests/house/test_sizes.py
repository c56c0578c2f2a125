"""A page of 400 lines or a function of 50 is a sign that two ideas live in it."""

import ast
from pathlib import Path

import pytest

from tests.house.code import PROJECT, functions, modules, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

LONG_FILES = {
    "migrations/m0001_tables.py": "one script of tables, read from top to bottom once",
}
LONG_FUNCTIONS = {
    "spa_pos/booking/pages/visit_sheet.py:visit_sheet": "fills one flat object, a field a line",
    "spa_pos/checkout/pages/build.py:ticket_page": "fills one flat object, a field a line",
}

FILES = modules("spa_pos", "migrations", "tests", "tools")


def place(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def test_no_file_is_too_long() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    too_long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert too_long.keys() == LONG_FILES.keys(), too_long


def test_no_function_is_too_long() -> None:
    too_long = {
        f"{place(path)}:{node.name}": length
        for path in FILES
        for node in functions(path)
        if (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert too_long.keys() == LONG_FUNCTIONS.keys(), too_long


@pytest.mark.parametrize("path", modules("spa_pos"), ids=place)
def test_everything_public_says_what_the_caller_gets(path: Path) -> None:
    if path.name != "__init__.py" or path.read_text(encoding="utf-8").strip():
        assert ast.get_docstring(tree(path)), "the module says nothing of itself"
    silent = [
        node.name
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
