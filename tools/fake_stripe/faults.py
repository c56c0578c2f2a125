"""Faults on demand: what a network and a far-away processor do at the worst moment."""

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tools.fake_stripe.answers import Refused

KINDS = ("lose_answer", "stall", "refuse", "500", "tap")
LONGEST_STALL_SECONDS = 120


@dataclass
class Planned:
    """What happens to the next requests whose `METHOD /path` begins with `on`.

    - `lose_answer`: the request is carried out, then the line is cut
    - `stall`: the request is carried out, the answer never comes
    - `refuse`: the line is cut before anything is done
    - `500`: nothing is done, and that is the answer stored under the request's key
    - `tap`: just before, somebody holds the card `number` to the reader `reader`
    """

    on: str
    what: str
    times: int
    number: str = ""
    reader: str = ""


class Faults:
    """The faults still to come, in the order they were asked for."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def plan(self, asked: dict[str, Any]) -> None:
        """Add a fault; `times` 0 takes back all of them.

        Raises:
            Refused: it cannot be meant.
        """
        on, what, times = asked.get("on"), asked.get("what"), asked.get("times", 1)
        if times == 0:
            self._planned.clear()
            return
        if not isinstance(on, str) or " /" not in on or what not in KINDS or not isinstance(times, int):
            raise Refused(400, f'A fault is {{"on": "METHOD /path", "what": one of {KINDS}, "times": n}}.')
        self._planned.append(
            Planned(on, what, times, str(asked.get("number", "")), str(asked.get("reader", "")))
        )

    def take(self, method: str, path: str) -> Planned | None:
        """The fault of this request, if there is one; it is used up."""
        for planned in self._planned:
            if planned.times > 0 and f"{method} {path}".startswith(planned.on):
                planned.times -= 1
                return planned
        return None


def cut(request: web.Request) -> web.Response:
    """Cut the line; the answer goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def stall(request: web.Request) -> web.Response:
    """Say nothing until the caller gives up."""
    for _ in range(LONGEST_STALL_SECONDS * 20):
        if request.transport is None or request.transport.is_closing():
            break
        await asyncio.sleep(0.05)
    return cut(request)
