#!/usr/bin/env python3
"""Collect the words that guests read into `locale/*/LC_MESSAGES/spa_pos.po`; name what nobody translated.

Catalogues are read as they are when the program starts, so nothing is compiled. A run keeps every
translation there is, drops those nobody asks for any more, and leaves new ones empty.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
METHODS = [
    ("spa_pos/**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("templates/**.txt", "jinja2.ext:babel_extract"),
]
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LANGUAGES = ("ar", "es")


def extracted() -> Catalog:
    """Every message of the sources, with the files it stands in."""
    found = Catalog(project="spa_pos", fuzzy=False)
    for folder in ("spa_pos", "templates"):
        own = [(pattern, how) for pattern, how in METHODS if pattern.startswith(folder)]
        methods = [(pattern.removeprefix(f"{folder}/"), how) for pattern, how in own]
        options = {pattern: {"silent": "false"} for pattern, how in methods if "jinja2" in how}
        for name, _line, message, _comments, context in extract_from_dir(
            PROJECT / folder, methods, options, KEYWORDS, ()
        ):
            found.add(message, None, [(f"{folder}/{name}", 1)], context=context)
    return found


def source(language: str) -> Path:
    """The catalogue of a language."""
    return PROJECT / "locale" / language / "LC_MESSAGES" / "spa_pos.po"


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is; an empty one for a new language."""
    path = source(language)
    if not path.is_file():
        return Catalog(locale=language, domain="spa_pos", project="spa_pos", fuzzy=False)
    with path.open("rb") as lines:
        return read_po(lines, locale=language, domain="spa_pos")


def waiting(language: str, asked: Catalog) -> list[str]:
    """Messages of the sources that a language cannot say, or says with other placeholders."""
    there = catalogue(language)
    found = []
    for message in asked:
        if not message.id:
            continue
        said = there.get(message.id, message.context)
        strings = [] if said is None else [said.string] if isinstance(said.string, str) else list(said.string)
        words = message.id if isinstance(message.id, str) else message.id[0]
        if said is None or said.fuzzy or not strings or not all(strings):
            found.append(words)
        elif any(True for _ in said.check()):
            found.append(f"{words} (its placeholders differ)")
    return found


def main() -> int:
    """Bring the catalogues up to date; the exit code says whether they are complete."""
    asked = extracted()
    lacking = 0
    for language in LANGUAGES:
        known = catalogue(language)
        known.update(asked, no_fuzzy_matching=True)
        known.obsolete.clear()
        path = source(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as lines:
            write_po(lines, known, width=100, sort_output=True, no_location=True, omit_header=True)
        missing = waiting(language, asked)
        lacking += len(missing)
        for words in missing:
            print(f"{language}: {words}")
    print(f"{len(asked)} messages, {lacking} wait for a translator.")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
