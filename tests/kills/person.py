"""Somebody with a browser, who remembers the last form they sent, and sends it again when told."""

import asyncio
import random
from collections.abc import Awaitable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.cast import Kiosk, Page

THINKS_SECONDS = 0.02


@dataclass
class Hand:
    """What was sent last, by whom, and whether its answer is awaited at this moment."""

    dice: random.Random
    asking: bool = False
    last: tuple["Person", str, dict[str, str]] | None = None
    telephones: list[httpx.AsyncClient] = field(default_factory=list)

    async def put_down(self) -> None:
        """Nobody looks at a telephone any more."""
        while self.telephones:
            await self.telephones.pop().aclose()


@dataclass
class Person(Kiosk):
    """A browser whose requests can be cut off half-way."""

    hand: Hand = field(default_factory=lambda: Hand(random.Random(0)))

    async def open(self, path: str) -> Page:
        return await self._ask(super().open(path), None)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        return await self._ask(super().post(path, fields, **headers), (self, path, fields))

    async def _ask(self, work: Awaitable[Page], form: tuple["Person", str, dict[str, str]] | None) -> Page:
        await asyncio.sleep(self.hand.dice.uniform(0, THINKS_SECONDS))
        self.hand.last, self.hand.asking = form, True
        page = await work
        self.hand.asking = False
        return page

    async def post_new(self, path: str, **typed: object) -> Page:
        """Send a form that no page has to show first."""
        csrf = next(fields["csrf"] for _, fields in self.page.forms() if "csrf" in fields)
        fields = {"csrf": csrf, "request": str(uuid4())} | {name: str(value) for name, value in typed.items()}
        return await self.post(path, fields)

    def telephone(self) -> "Person":
        """The browser of a guest, which knows nothing of the desk."""
        browser = httpx.AsyncClient(base_url=self.browser.base_url, timeout=30, trust_env=False)
        self.hand.telephones.append(browser)
        return Person(self.spa, browser, hand=self.hand)


def expect(page: Page, path: str, words: str = "") -> None:
    """Being somewhere else is a fault."""
    if page.status != 200 or path not in page.path or words not in page.words:
        told = f"{page.status} {page.path} {page.problem}"
        raise AssertionError(f"expected {path} {words!r}, was answered {told}: {page.words[:600]}")
