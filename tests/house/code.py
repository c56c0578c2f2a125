"""What the house tests read: the files of the project and the names of its capabilities."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from spa_pos.piccolo_app import CAPABILITIES as WITH_TABLES
from spa_pos.settings import PROJECT

PACKAGE = PROJECT / "spa_pos"
NOT_CAPABILITIES = {"db", "kernel", "seed", "web"}

CAPABILITIES = sorted(
    folder.name
    for folder in PACKAGE.iterdir()
    if (folder / "__init__.py").exists() and folder.name not in NOT_CAPABILITIES
)

OWN_FOLDERS = ("spa_pos", "migrations", "tests", "tools", "templates", "static", ".ci")
MADE_FOLDERS = ("static/built", "__pycache__", "node_modules")

__all__ = [
    "CAPABILITIES",
    "OWN_FOLDERS",
    "PACKAGE",
    "PROJECT",
    "WITH_TABLES",
    "functions",
    "modules",
    "texts",
    "tree",
]


def modules(*folders: str) -> list[Path]:
    """Every Python file in some folders of the project."""
    return sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))


def texts() -> Iterator[Path]:
    """Every text of our own: code, templates, styles, scripts and the files at the top."""
    kinds = {"", ".py", ".html", ".txt", ".css", ".js", ".md", ".toml", ".json", ".po", ".sql", ".svg"}
    tops = [path for path in PROJECT.iterdir() if path.is_file() and path.name not in (".coverage", ".git")]
    inner = [path for folder in OWN_FOLDERS for path in (PROJECT / folder).rglob("*") if path.is_file()]
    for path in sorted(tops + inner):
        place = path.relative_to(PROJECT).as_posix()
        if path.suffix in kinds and not any(made in place for made in MADE_FOLDERS):
            yield path


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions(path: Path) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    """Every function of a file, wherever it stands."""
    return tuple(
        node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
