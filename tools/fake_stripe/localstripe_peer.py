"""localstripe on an address of its own, spoken to by HTTP alone."""

import json
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from localstripe.resources import store
from localstripe.server import app

from tools.fake_stripe.answers import Answer
from tools.fake_stripe.forms import encode

INNER_KEY = "sk_test_layer"


def forget_the_file() -> None:
    """Keep state in memory only: localstripe would rewrite one file in /tmp on every change."""
    type(store).dump_to_disk = lambda _store: None


class Localstripe:
    """localstripe behind a random port; inside the block it answers."""

    async def __aenter__(self) -> "Localstripe":
        forget_the_file()
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._session = aiohttp.ClientSession(
            f"http://{host}:{port}", headers={"Authorization": f"Bearer {INNER_KEY}"}, trust_env=False
        )
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _problem: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self._session.close()
        await self._runner.cleanup()

    async def ask(self, method: str, path: str, parameters: dict[str, Any] | None = None) -> Answer:
        """One request; an answer that is not JSON becomes an error answer."""
        pairs = encode(parameters or {})
        if method == "GET":
            call = self._session.request(method, path, params=pairs)
        else:
            form = {"Content-Type": "application/x-www-form-urlencoded"}
            call = self._session.request(method, path, data=urlencode(pairs), headers=form)
        async with call as answer:
            text = await answer.text()
        try:
            return Answer(answer.status, json.loads(text))
        except ValueError:
            return Answer(answer.status, {"error": {"type": "api_error", "message": text.strip()}})
