"""Exchanging at the desk: what was given back pays the ticket, and what it leaves."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.checkout.actions import Rest, Taken, give_exchange_rest, take_exchange
from spa_pos.checkout.pages.desk import VersionForm, pay_screen, tried
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.people.pages.session import FRONT, only, posted
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import read
from spa_pos.web.shell import Toast


class ExchangeForm(VersionForm, forbid_unknown_fields=True):
    """Pay with what was given back."""

    id: UUID


class RestForm(ExchangeForm, forbid_unknown_fields=True):
    """What becomes of what the exchange cannot pay."""

    to: str = ""


@post("/tickets/{ticket_id:uuid}/exchange-tenders", opt=only(*FRONT), status_code=200)
async def by_exchange(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Pay with what was given back to be exchanged."""
    desk, fields = await posted(request)

    async def act() -> Taken:
        form = read(fields, ExchangeForm)
        return await desk.ask(take_exchange, ticket_id=ticket_id, tender_id=form.id, version=form.version)

    return await tried(desk, ticket_id, fields, act())


@post("/tickets/{ticket_id:uuid}/exchange-rest", opt=only(*FRONT), status_code=200)
async def rest(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Guest credit, or a gift card, which is shown to be printed."""
    desk, fields = await posted(request)
    form = read(fields, RestForm)
    try:
        given: Rest = await desk.ask(
            give_exchange_rest, ticket_id=ticket_id, rest_id=form.id, to=form.to, version=form.version
        )
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem)
    if form.to == "gift_card":
        words = f"{format_usd(given.amount_cents)} is on this card. Print it for the guest."
        return desk.see(f"/gift-cards/{given.holding_id}", Toast(words))
    to = f"/tickets/{ticket_id}" + ("/done" if given.settled else "")
    return desk.see(to, Toast(f"{format_usd(given.amount_cents)} is guest credit now."))


router = Router("/", route_handlers=[by_exchange, rest])
