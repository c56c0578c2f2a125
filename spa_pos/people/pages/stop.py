"""The link with which a guest stops messages: one look, one button, and it works at once."""

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.kernel.errors import NotFound, Refusal
from spa_pos.ledger.queries import Place, place, places
from spa_pos.messages.actions import set_consent
from spa_pos.messages.queries import address_behind
from spa_pos.messages.rules import Channel, hidden_address, read_stop_token
from spa_pos.people.pages.session import GUEST, bare_shell, clock_of, settings_of
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.i18n import gettext as _
from spa_pos.web.said import said
from spa_pos.web.templates import render
from spa_pos.web.views import GuestWord


async def _behind(request: AnyRequest, token: str) -> tuple[Place, Channel, str]:
    message_id = read_stop_token(settings_of(request).secret, token)
    if message_id is None:
        raise NotFound("link-unknown", _("This link leads nowhere. Open it from your message once more."))
    location_id, channel, address = await address_behind(message_id)
    return await place(location_id), channel, address


def _page(request: AnyRequest, where: Place, word: GuestWord, status: int = 200) -> Response[Any]:
    shell = bare_shell(settings_of(request), where, request, clock_of(request)())
    return html(render("web/guest_word.html", word, shell), status=status)


async def _nowhere(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    return _page(request, (await places())[0], GuestWord(_("Not found"), said(refusal)), refusal.status)


@get("/stop/{token:str}", opt=dict(GUEST))
async def ask(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Ask before it is done: mail readers open links by themselves."""
    try:
        where, _channel, address = await _behind(request, token)
    except Refusal as refusal:
        return await _nowhere(request, refusal)
    word = GuestWord(
        _("Stop messages to %(address)s?") % {"address": hidden_address(address)},
        _("You will hear nothing more from us there: no confirmations, no changes, no reminders."),
        f"/stop/{token}",
        _("Stop messages"),
    )
    return _page(request, where, word)


@post("/stop/{token:str}", opt=dict(GUEST), status_code=200)
async def stop(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Stop at once; mail readers ask this for the guest too (RFC 8058)."""
    try:
        where, channel, address = await _behind(request, token)
        await set_consent(
            channel, address, given=False, by="The guest", source="link", now=clock_of(request)()
        )
    except Refusal as refusal:
        return await _nowhere(request, refusal)
    word = GuestWord(
        _("Messages have stopped"),
        _("Your visits stand as they are. If you want messages again, tell us at the desk or call %(phone)s.")
        % {"phone": where.phone},
    )
    return _page(request, where, word)


router = Router("/", route_handlers=[ask, stop])
