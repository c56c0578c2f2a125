"""A guest's browser in a language that does not exist: it notes every word that stayed as it was.

A case says with `reads` which routes for guests it reads, and is held to it; a route no case reads is found.
"""

import functools
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Any

import httpx
from pypdf import PdfReader

from spa_pos.db import fetch
from tests.cast import ADDRESS, Kiosk, Page, Spa
from tests.screens.pseudo import pseudo_catalogue, untranslated

DATA = (
    "Ingrid Halvorsen",
    "ingrid@example.org",
    "ida@example.org",
    "per@example.org",
    "Ida Moen",
    "Ida",
    "Moen",
    "Per Halvorsen",
    "Ingrid H.",
    "Per H.",
    "Rejuvenate Spa, Healthy Living Program (demonstration)",
    "Rejuvenate Spa",
    "Healthy Living Center, Rochester, Minnesota",
    "Minnesota",
    "City of Rochester",
    "Olmsted County",
    "Visa",
)
"""Names and addresses: what no language changes."""

READ: set[str] = set()
"""Routes for guests that some case reads."""

_answered: set[str] = set()
"""Methods and paths that the case under way was answered."""


def reads(*routes: str) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., Awaitable[None]]]:
    """The case reads these routes where they do what they are for, not only as they refuse."""
    READ.update(routes)

    def held(case: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        @functools.wraps(case)
        async def run(*args: Any, **named: Any) -> None:
            _answered.clear()
            await case(*args, **named)
            unread = [route for route in routes if not any(map(_pattern(route).fullmatch, _answered))]
            assert not unread, f"this case reads them no longer: {unread}"

        return run

    return held


def _pattern(route: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+:\w+\}", "[^/]+", route))


@dataclass
class Reader(Kiosk):
    """A guest's browser that looks at the words of everything it is shown."""

    left: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    async def _seen(self, answer: httpx.Response) -> Page:
        page = await super()._seen(answer)
        self._note(answer)
        self.look(f"{answer.status_code} {re.sub(r'[0-9A-Za-z_-]{30,}', 'x', page.path)}", page.text)
        return page

    def _note(self, answer: httpx.Response) -> None:
        for one in (*answer.history, answer):
            if one.status_code < 400:
                _answered.add(f"{one.request.method} {one.request.url.path}")

    def look(self, what: str, text: str) -> None:
        """Keep what stands beside the catalogues."""
        found = untranslated(text, iter((*DATA, *self.data)))
        if found:
            self.left.setdefault(what, []).extend(found)

    async def paper(self, path: str) -> None:
        """Look at a PDF."""
        answer = await self.browser.get(path)
        self._note(answer)
        words = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
        self.look(f"the paper {path.rpartition('/')[2]}", escape(words))

    async def invitation(self, path: str) -> None:
        """Look at what people read of a calendar file."""
        answer = await self.browser.get(path)
        self._note(answer)
        lines = answer.text.replace("\r\n ", "").splitlines()
        said = [line.partition(":")[2] for line in lines if line.startswith(("SUMMARY", "DESCRIPTION"))]
        assert said
        self.look("a calendar file", escape(re.sub(r"https?://\S+|\\n", " ", "\n".join(said))))


@asynccontextmanager
async def reading(spa: Spa) -> AsyncIterator[Reader]:
    """A guest's own browser, in a language where nothing reads as it was written."""
    staff = [row["name"] for row in await fetch("SELECT name FROM staff")]
    transport = httpx.ASGITransport(spa.app)
    async with httpx.AsyncClient(
        transport=transport, base_url=ADDRESS, headers={"accept-language": "es"}
    ) as browser:
        with pseudo_catalogue():
            reader = Reader(spa, browser, data=[*staff, *(name.split()[0] for name in staff)])
            yield reader
            assert not reader.left, "\n".join(f"{what}: {words}" for what, words in reader.left.items())
