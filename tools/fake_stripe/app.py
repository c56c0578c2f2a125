"""The layer: every request is checked, keyed, carried out, and perhaps lost."""

import secrets
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tools.fake_stripe import forms
from tools.fake_stripe.answers import Answer, Refused
from tools.fake_stripe.cards import Cards
from tools.fake_stripe.faults import Faults, Planned, cut, stall
from tools.fake_stripe.keys import Keys
from tools.fake_stripe.localstripe_peer import Localstripe
from tools.fake_stripe.specification import Specification
from tools.fake_stripe.terminal import Terminal

MOST_BYTES = 1_000_000


class Layer:
    """Everything between the socket and localstripe."""

    def __init__(self, peer: Localstripe) -> None:
        self._specification = Specification()
        self._cards = Cards(peer)
        self._terminal = Terminal(self._cards)
        self._keys = Keys()
        self._faults = Faults()

    def app(self) -> web.Application:
        """The application to serve."""
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_post("/_control/fault", self._plan_fault)
        app.router.add_post("/_control/reader", self._set_reader)
        app.router.add_get("/_control/charges", self._list_charges)
        app.router.add_post("/_control/clock", self._set_clock)
        app.router.add_post("/_control/past", self._remember)
        app.router.add_route("*", "/v1/{rest:.+}", self._answer)
        return app

    async def _plan_fault(self, request: web.Request) -> web.Response:
        try:
            self._faults.plan(await request.json())
        except Refused as refused:
            return _written(refused.answer)
        return web.json_response({"planned": True})

    async def _set_reader(self, request: web.Request) -> web.Response:
        asked = await request.json()
        try:
            self._terminal.set_status(asked["id"], asked["status"])
        except Refused as refused:
            return _written(refused.answer)
        return web.json_response({"set": True})

    async def _list_charges(self, _request: web.Request) -> web.Response:
        return web.json_response({"charges": await self._cards.charges()})

    async def _set_clock(self, request: web.Request) -> web.Response:
        """What is charged and given back from now on is of this time, in seconds of 1970; null: of now."""
        self._cards.lists.set_clock((await request.json())["now"])
        return web.json_response({"set": True})

    async def _remember(self, request: web.Request) -> web.Response:
        """What was before the start: charges and refunds (id, payment_intent, amount, created, metadata),
        and kept cards (id, customer, last4).
        """
        told = await request.json()
        for card in told.get("cards", []):
            await self._cards.remember(card["id"], card["customer"], card["last4"])
        for kind, more in (("charge", {"paid": True, "captured": True}), ("refund", {})):
            whole = [
                {**more, "object": kind, "currency": "usd", "status": "succeeded", "metadata": {}}
                | ({"amount_captured": one["amount"]} if kind == "charge" else {})
                | one
                for one in told.get(f"{kind}s", [])
            ]
            self._cards.lists.remember(kind, whole)
        return web.json_response({"remembered": True})

    async def _answer(self, request: web.Request) -> web.Response:
        fault = self._faults.take(request.method, request.path)
        if fault is not None and fault.what == "refuse":
            return cut(request)
        if fault is not None and fault.what == "tap":
            await self._terminal.tap(fault.reader, fault.number)
        repeated = False
        try:
            _check_key(request)
            answer, repeated = await self._keyed(request, fault)
        except Refused as refused:
            answer = refused.answer
        except ConnectionResetError:  # the program was killed in the middle of its request
            return cut(request)
        if fault is not None and fault.what == "lose_answer":
            return cut(request)
        if fault is not None and fault.what == "stall":
            return await stall(request)
        return _written(answer, repeated=repeated)

    async def _keyed(self, request: web.Request, fault: Planned | None) -> tuple[Answer, bool]:
        parameters = await self._checked(request)
        key = request.headers.get("Idempotency-Key")

        async def work() -> Answer:
            if fault is not None and fault.what == "500":
                return Answer(500, {"error": {"type": "api_error", "message": "Something went wrong."}})
            try:
                return await self._carry_out(request.method, request.path, parameters)
            except Refused as refused:
                return refused.answer

        if request.method != "POST" or key is None:
            return await work(), False
        asked = (request.method, request.path, forms.encode(parameters))
        return await self._keys.once(key, asked, work)

    async def _checked(self, request: web.Request) -> dict[str, Any]:
        """The parameters of a request.

        Raises:
            Refused: today's version of the API has no such request, or not with these parameters.
        """
        operation = self._specification.find(request.method, request.path)
        if operation is None:
            raise Refused(404, f"Unrecognized request URL ({request.method}: {request.path}).")
        sent = await request.text() if request.method == "POST" else request.query_string
        try:
            parameters = forms.decode(parse_qsl(sent, keep_blank_values=True, strict_parsing=bool(sent)))
        except ValueError as problem:
            raise Refused(400, f"These parameters cannot be read: {problem}") from problem
        for fault in operation.faults(parameters):
            raise Refused(400, fault.message, code=fault.code, param=fault.param)
        return parameters

    async def _carry_out(self, method: str, path: str, parameters: dict[str, Any]) -> Answer:
        if path.startswith(("/v1/terminal/", "/v1/test_helpers/terminal/")):
            return await self._terminal.ask(method, path, parameters)
        return await self._cards.ask(method, path, parameters)


def _check_key(request: web.Request) -> None:
    """Refuse who does not come with a secret test key; a live key has no business here."""
    if not request.headers.get("Authorization", "").startswith("Bearer sk_test_"):
        raise Refused(401, "A secret test key is needed: sk_test_….")


def _written(answer: Answer, *, repeated: bool = False) -> web.Response:
    headers = {"Request-Id": f"req_{secrets.token_hex(7)}"}
    if repeated:
        headers["Idempotent-Replayed"] = "true"
    return web.json_response(answer.body, status=answer.status, headers=headers)
