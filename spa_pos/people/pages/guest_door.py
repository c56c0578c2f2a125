"""The way in for guests: an address, a code or a link from the mail, and no password."""

from asyncio import get_running_loop, sleep
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Gone, Invalid, Refusal, SignedOut
from spa_pos.ledger.queries import Place, places
from spa_pos.messages.rules import enter_code, read_enter_token
from spa_pos.people.actions.doors import (
    Knock,
    count_knock,
    end_guest_session,
    guests_of,
    send_code,
    session_of,
    touch_guest_session,
    use_code,
    was_right,
)
from spa_pos.people.pages.session import (
    GUEST,
    bare_shell,
    clock_of,
    cookie,
    request_id,
    settings_of,
)
from spa_pos.people.rules import Door, clean_email, door_hash, network_of
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.forms import read_fields
from spa_pos.web.i18n import current_locale
from spa_pos.web.i18n import gettext as _
from spa_pos.web.said import said
from spa_pos.web.security import check_csrf, csrf_token
from spa_pos.web.shell import Problem, Shell
from spa_pos.web.templates import render
from spa_pos.web.views import GuestWord

HOME = "/me"
SAME_FOR_ALL_SECONDS = 0.2
"""Asking for a code takes at least so long, so that the time it takes tells nobody whom we know."""

SIGN_IN = "/me/sign-in"
BOOKING = "/book/confirm"
"""Whom we do not know yet got their code while they book: that is where their link leads."""

SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class GuestSignInPage:
    """`people/guest_sign_in.html` at `GET /me/sign-in`: the address a code goes to."""

    email: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class GuestCodePage:
    """`people/guest_code.html` at `GET /me/code/{code_id}`: six digits; POST back to `action`."""

    action: str
    again_href: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that proved an address, and the guests who have that address."""

    session_id: UUID
    address: str
    guest_ids: tuple[UUID, ...]
    place: Place
    now: datetime
    request: AnyRequest

    @property
    def actor(self) -> Actor:
        """The guest, for actions."""
        where = self.place
        return Actor("The guest", Role.FRONT_DESK, where.id, where.zone, request_id=request_id(self.request))

    @property
    def shell(self) -> Shell:
        """The frame of a page for this guest."""
        settings = settings_of(self.request)
        bare = bare_shell(settings, self.place, self.request, self.now)
        return replace(bare, csrf=csrf_token(settings.secret, f"guest:{self.session_id}"))


def guest_cookie(request: AnyRequest) -> str:
    """The name of the cookie that carries a guest's session."""
    return f"{'__Host-' if settings_of(request).secure_cookies else ''}spa_guest"


async def visitor_of(request: AnyRequest) -> Visitor:
    """The guest behind a request.

    Raises:
        SignedOut: `guest-signed-out`.
    """
    now = clock_of(request)()
    token = request.cookies.get(guest_cookie(request), "")
    found = await session_of(token, now=now) if token else None
    ids = await guests_of(found[1]) if found else []
    if found is None or not ids:
        raise SignedOut("guest-signed-out", "Sign in with your e-mail address.")
    session_id, address, seen_at = found
    if now - seen_at > SEEN_STEP:
        await touch_guest_session(session_id, now=now)
    return Visitor(session_id, address, tuple(ids), (await places())[0], now, request)


async def visitor_posted(request: AnyRequest) -> tuple[Visitor, dict[str, str]]:
    """The guest and the fields of a form they posted; its token is checked and taken out.

    Raises:
        SignedOut: `guest-signed-out`.
        NotAllowed: `form-foreign`.
        Invalid: the form cannot be read.
    """
    fields = await read_fields(request)
    visitor = await visitor_of(request)
    settings = settings_of(request)
    check_csrf(
        sent=fields.pop("csrf", ""),
        secret=settings.secret,
        bound_to=f"guest:{visitor.session_id}",
        headers=dict(request.headers),
        base_url=settings.base_url,
    )
    return visitor, fields


def network_at(request: AnyRequest) -> str:
    """Where a request comes from, as tries keep it."""
    host = request.client.host if request.client else ""
    return door_hash(settings_of(request).secret, network_of(host))


def knock_of(request: AnyRequest, door: Door, identity: str) -> Knock:
    """Somebody at a door."""
    return Knock(door, door_hash(settings_of(request).secret, identity), network_at(request))


def problem_in_words(refusal: Refusal) -> Problem:
    """A refusal in the guest's language."""
    field = refusal.facts.get("field")
    return Problem(refusal.code, said(refusal), field=field if isinstance(field, str) else None)


async def _bare(request: AnyRequest) -> tuple[Place, datetime, Shell]:
    where, now = (await places())[0], clock_of(request)()
    return where, now, bare_shell(settings_of(request), where, request, now)


@get(SIGN_IN, opt=dict(GUEST))
async def show_guest_sign_in(request: AnyRequest) -> Response[Any]:
    """Ask for an address."""
    _where, _now, shell = await _bare(request)
    return html(render("people/guest_sign_in.html", GuestSignInPage(), shell))


@post(SIGN_IN, opt=dict(GUEST), status_code=200)
async def ask_code(request: AnyRequest) -> Response[Any]:
    """Send a code, if somebody has this address; the answer is the same if not."""
    ready_at = get_running_loop().time() + SAME_FOR_ALL_SECONDS
    where, now, shell = await _bare(request)
    typed = ""
    try:
        typed = (await read_fields(request)).get("email", "")
        address = clean_email(typed)
        if address is None:
            raise Invalid("email-unreadable", "That e-mail address cannot be right.", field="email")
        await count_knock(knock_of(request, Door.ASK_CODE, address.lower()), now=now)
        actor = Actor("The guest", Role.FRONT_DESK, where.id, where.zone, request_id=request_id(request))
        code_id = await send_code(actor, address=address, code_id=uuid4(), locale=current_locale(), now=now)
    except Refusal as refusal:
        page = GuestSignInPage(typed, problem_in_words(refusal))
        return html(render("people/guest_sign_in.html", page, shell), status=refusal.status)
    await sleep(ready_at - get_running_loop().time())
    return see(request, f"/me/code/{code_id}")


@get("/me/code/{code_id:uuid}", opt=dict(GUEST))
async def show_code(request: AnyRequest, code_id: FromPath[UUID]) -> Response[Any]:
    """Ask for the six digits."""
    _where, _now, shell = await _bare(request)
    return html(render("people/guest_code.html", GuestCodePage(f"/me/code/{code_id}", SIGN_IN), shell))


@post("/me/code/{code_id:uuid}", opt=dict(GUEST), status_code=200)
async def type_code(request: AnyRequest, code_id: FromPath[UUID]) -> Response[Any]:
    """Let a guest in who typed the code that was mailed to them."""
    _where, now, shell = await _bare(request)
    try:
        typed = "".join((await read_fields(request)).get("code", "").split())
        number = await count_knock(knock_of(request, Door.TYPE_CODE, str(code_id)), now=now)
        is_right = typed == enter_code(settings_of(request).secret, code_id)
        token = await use_code(code_id, is_right=is_right, now=now)
        if token is None:
            raise Invalid("code-wrong", "That is not the code, or it is too old.", field="code")
        await was_right(number)
    except Refusal as refusal:
        page = GuestCodePage(f"/me/code/{code_id}", SIGN_IN, problem_in_words(refusal))
        return html(render("people/guest_code.html", page, shell), status=refusal.status)
    return _let_in(request, token)


@get("/me/enter/{token:str}", opt=dict(GUEST))
async def ask_to_enter(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Ask before a link of a mail is spent: mail readers open links by themselves."""
    _where, _now, shell = await _bare(request)
    word = GuestWord(
        _("Open your page?"),
        _("You see your visits, receipts and gift cards there. On a device that others use, sign out after."),
        f"/me/enter/{token}",
        _("Open my page"),
    )
    return html(render("web/guest_word.html", word, shell))


@post("/me/enter/{token:str}", opt=dict(GUEST), status_code=200)
async def enter(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Let a guest in by the link of their mail; it works once.

    Raises:
        Gone: `enter-ended`.
    """
    code_id = read_enter_token(settings_of(request).secret, token)
    opened = await use_code(code_id, is_right=True, now=clock_of(request)()) if code_id else None
    if opened is None:
        raise Gone("enter-ended", "This link was used already or is too old. Ask for a new one at /me.")
    found = await session_of(opened, now=clock_of(request)())
    is_known = found is not None and bool(await guests_of(found[1]))
    return _let_in(request, opened, to=HOME if is_known else BOOKING)


def _let_in(request: AnyRequest, token: str, *, to: str = HOME) -> Response[Any]:
    answer = see(request, to)
    keep_session(request, answer, token)
    return answer


def keep_session(request: AnyRequest, answer: Response[Any], token: str) -> None:
    """Let this browser be the one that proved an address."""
    settings = settings_of(request)
    made = cookie(settings, guest_cookie(request), token)
    made.samesite = "lax"
    answer.set_cookie(made)


@post("/me/sign-out", opt=dict(GUEST), status_code=200)
async def sign_out(request: AnyRequest) -> Response[Any]:
    """End the session on this browser."""
    visitor, _fields = await visitor_posted(request)
    await end_guest_session(visitor.session_id, now=visitor.now)
    answer = see(request, SIGN_IN)
    answer.delete_cookie(guest_cookie(request), path="/")
    return answer


router = Router(
    "/",
    route_handlers=[show_guest_sign_in, ask_code, show_code, type_code, ask_to_enter, enter, sign_out],
)
