"""What is left on a gift card, for whoever holds it; with few tries, counted in the database."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, Router, get, post

from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import NotFound, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import places
from spa_pos.people.pages.guest_door import network_at, problem_in_words
from spa_pos.people.pages.session import GUEST, bare_shell, clock_of, request_id, settings_of
from spa_pos.stored_value.actions import try_code
from spa_pos.stored_value.queries import holding
from spa_pos.stored_value.rules import clean_code, code_hash
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import read_fields
from spa_pos.web.i18n import gettext as _
from spa_pos.web.shell import Problem
from spa_pos.web.templates import render


@dataclass(frozen=True, slots=True)
class BalancePage:
    """`stored_value/balance.html` at `/balance`: ask for a code, then say what is left on its card.

    The code is never shown again; `card` is `Gift card …7KQ2`.
    """

    card: str | None = None
    left_cents: int = 0
    until_words: str | None = None
    problem: Problem | None = None


@get("/balance", opt=dict(GUEST))
async def ask_balance(request: AnyRequest) -> Response[Any]:
    """Ask for a code."""
    shell = bare_shell(settings_of(request), (await places())[0], request, clock_of(request)())
    return html(render("stored_value/balance.html", BalancePage(), shell))


@post("/balance", opt=dict(GUEST), status_code=200)
async def tell_balance(request: AnyRequest) -> Response[Any]:
    """Say what is left; a code that fits no card counts as a miss of this network."""
    settings, where, now = settings_of(request), (await places())[0], clock_of(request)()
    shell = bare_shell(settings, where, request, now)
    try:
        typed = (await read_fields(request)).get("code", "")
        actor = Actor("The guest", Role.FRONT_DESK, where.id, where.zone, request_id=request_id(request))
        hashed = code_hash(clean_code(typed), settings.secret)
        found = await try_code(actor, code_hash=hashed, network=network_at(request)[:40], now=now)
        card = await holding(found) if found else None
        if card is None or card.status != "active":
            raise NotFound("card-not-found", "We know no card with this code.", field="code")
    except Refusal as refusal:
        page = BalancePage(problem=problem_in_words(refusal))
        return html(render("stored_value/balance.html", page, shell), status=refusal.status)
    usable = card.balance.usable(local_date(now, where.zone)).total_cents
    until = card.free_until if card.free_cents else None
    page = BalancePage(
        f"{_('Gift card')} …{card.last4}",
        usable,
        _("A part of it is a gift of ours, valid until %(day)s") % {"day": i18n.day_full(until)}
        if until
        else None,
    )
    return html(render("stored_value/balance.html", page, shell))


router = Router("/", route_handlers=[ask_balance, tell_balance])
