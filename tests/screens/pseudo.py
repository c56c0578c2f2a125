"""A language for tests: every sentence that goes through the catalogues stands in brackets."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest

from spa_pos.web import i18n

OPEN, CLOSE = "⟦", "⟧"
SAID = ("aria-label", "title", "placeholder", "alt", "content")


class Pseudo(NullTranslations):
    """Says everything it is asked, in brackets."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, one: str, many: str, count: int) -> str:
        return self.ngettext(one, many, count)


def _marked(written: Callable[..., str]) -> Callable[..., str]:
    return lambda *asked, **how: f"{OPEN}{written(*asked, **how)}{CLOSE}"


@contextmanager
def pseudo_catalogue() -> Iterator[None]:
    """Whatever is translated inside stands in brackets, in every language, and so do days and hours."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(i18n, "_catalogue", lambda _locale: Pseudo())
        patched.setattr(i18n, "format_date", _marked(i18n.format_date))
        patched.setattr(i18n, "_clock", _marked(i18n._clock))
        yield


class Words(HTMLParser):
    """The words of a page that people see or hear, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._silent = 0
        self._foreign = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "style"):
            self._silent += 1
        if tag == "meta" and given.get("name") not in ("description", "title"):
            return
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.pieces.append(given.get("value") or "")
        self.pieces += [value for name, value in attrs if name in SAID and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.pieces.append(data)


def data_of(page: object) -> Iterator[str]:
    """Every text in a page's own dataclasses: names, times, sentences made by the handler."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, date):
        yield from (i18n.day_full(page), i18n.day_long(page), i18n.day_short(page))
        if isinstance(page, datetime):
            yield i18n.clock(page)
    elif is_dataclass(page) and not isinstance(page, type):
        for one in fields(page):
            yield from data_of(getattr(page, one.name))
    elif isinstance(page, list | tuple | frozenset):
        for each in page:
            yield from data_of(each)


def untranslated(html: str, known: Iterator[str]) -> list[str]:
    """Words on a page that went through no catalogue and are no data."""
    words = Words()
    words.feed(html)
    words.close()
    text = "\n".join(words.pieces)
    while OPEN in text:
        shorter = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)
        assert shorter != text, f"a bracket without its other: {text}"
        text = shorter
    names = {name for _tag, name in i18n.languages()}
    for one in sorted({*known, *names}, key=len, reverse=True):
        if len(one) > 1:
            text = text.replace(one, " ")
    return [line.strip() for line in text.splitlines() if re.search(r"[^\W\d_]{2,}", line)]
