"""Whose sale it is: finding a guest for a sale that was opened without one, and letting another one pay."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.checkout.actions import set_payer
from spa_pos.checkout.pages.desk import VersionForm, pay_screen, sale_of
from spa_pos.checkout.pages.views import GuestFinder, GuestFound, Step
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.people.pages.session import FRONT, only, posted
from spa_pos.people.queries import find_guests, search_is_possible
from spa_pos.people.rules import hidden_phone
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import read, uuid_from
from spa_pos.web.shell import Toast


class FindForm(msgspec.Struct, forbid_unknown_fields=True):
    """A phone number or a name."""

    q: str = ""


class PayerForm(VersionForm, forbid_unknown_fields=True):
    """Who pays; nobody where a guest is taken off again."""

    guest: str = ""


@post("/tickets/{ticket_id:uuid}/guests", opt=only(*FRONT), status_code=200)
async def find(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Guests by phone or name; by POST, so that nobody's number stands in an address."""
    desk, fields = await posted(request)
    typed = read(fields, FindForm).q.strip()[:80]
    found = tuple(
        GuestFound(one.id, one.name, one.group.name, hidden_phone(one.phone))
        for one in await find_guests(typed)
    )
    finder = GuestFinder(typed, search_is_possible(typed), found)
    return await pay_screen(desk, ticket_id, step=Step.GUEST, finder=finder)


@post("/tickets/{ticket_id:uuid}/guest", opt=only(*FRONT), status_code=200)
async def pays(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """The ticket is this guest's from now on."""
    desk, fields = await posted(request)
    before = await sale_of(desk, ticket_id)
    try:
        form = read(fields, PayerForm)
        guest_id = uuid_from(form.guest, "guest")
        version = await desk.ask(set_payer, ticket_id=ticket_id, guest_id=guest_id, version=form.version)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem)
    after = await sale_of(desk, ticket_id)
    words = f"{after.head.guest_name} pays." if guest_id else "The sale is nobody's by name again."
    if after.sums.total_cents != before.sums.total_cents:
        words += f" {format_usd(after.sums.total_cents)} instead of {format_usd(before.sums.total_cents)}."
    undo = (("guest", str(before.head.guest_id or "")), ("version", str(version)))
    return desk.see(f"/tickets/{ticket_id}", Toast(words, f"/tickets/{ticket_id}/guest", undo))


router = Router("/", route_handlers=[find, pays])
