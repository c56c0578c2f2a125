"""Who asks: the enrolled device and the signed-in person behind a request, or a refusal."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from litestar import Response
from litestar.datastructures import Cookie

from spa_pos.db import once
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Invalid, NotAllowed, SignedOut
from spa_pos.kernel.ids import uuid7
from spa_pos.ledger.queries import Place
from spa_pos.people.actions import SEEN_STEP, touch_session
from spa_pos.people.pins import token_hash
from spa_pos.people.queries import KnownDevice, SignedIn, recently_here, who_asks
from spa_pos.settings import Mode, Settings
from spa_pos.web.answers import AnyRequest, see, toast_of
from spa_pos.web.forms import Upload, read_fields, read_upload
from spa_pos.web.i18n import current_locale
from spa_pos.web.language import FOR_GUESTS
from spa_pos.web.security import check_csrf, csrf_token
from spa_pos.web.shell import NAV_BY_ROLE, Face, Nav, Shell, Toast

T = TypeVar("T")

ABSOLUTE_LIFE = timedelta(hours=12)
"""A session ends after this long, however busy it is (RELIABILITY.md §1.2, 7.3.2)."""

FRONT = (Role.FRONT_DESK, Role.MANAGER, Role.OWNER)
"""Roles that work the desk."""

EVERYBODY = (*FRONT, Role.PROVIDER)
MANAGERS = (Role.MANAGER, Role.OWNER)

PUBLIC: Mapping[str, object] = {"who": "public"}
"""Route option: nobody needs to be signed in."""

GUEST: Mapping[str, object] = {"who": "public", "audience": FOR_GUESTS}
"""Route option: guests read this, in their language; who they are is for the handler to find out."""

UNATTENDED: Mapping[str, object] = {"unattended": True}
"""Route option: a page asks this by itself, which is no sign that somebody is there."""


def only(*roles: Role) -> dict[str, object]:
    """Route option: which roles may ask. A route without one keeps the program from starting."""
    return {"who": frozenset(roles)}


class DeviceUnknown(SignedOut):
    """This browser is not an enrolled device."""

    status: ClassVar[int] = 401


class LobbyDevice(SignedOut):
    """This is the tablet in the lobby: nobody of the staff signs in there."""

    status: ClassVar[int] = 403


@dataclass(frozen=True, slots=True)
class Caller:
    """An enrolled device at its location, before anybody signs in."""

    settings: Settings
    device: KnownDevice
    place: Place
    now: datetime
    request: AnyRequest

    @property
    def nobody(self) -> Actor:
        """The device as an actor, until a person is known."""
        return Actor(
            name="Nobody",
            role=Role.PROVIDER,
            location_id=self.place.id,
            zone=self.place.zone,
            device_id=self.device.id,
            request_id=request_id(self.request),
        )


@dataclass(frozen=True, slots=True)
class Desk:
    """A signed-in person at a device; what handlers act and render with."""

    settings: Settings
    session: SignedIn
    place: Place
    now: datetime
    request: AnyRequest
    key: UUID | None = None

    @property
    def actor(self) -> Actor:
        """The person, for actions."""
        return Actor(
            name=self.session.staff.name,
            role=self.session.staff.role,
            location_id=self.place.id,
            zone=self.place.zone,
            staff_id=self.session.staff.id,
            device_id=self.session.device.id,
            request_id=request_id(self.request),
        )

    @property
    def asked_once(self) -> UUID:
        """The idempotency key that the form carried.

        Raises:
            Invalid: `request-missing`.
        """
        if self.key is None:
            raise Invalid("request-missing", "This form is incomplete. Open the page again.")
        return self.key

    async def ask(self, verb: Callable[..., Awaitable[T]], **asked: object) -> T:
        """Have an action done at most once for this form, by this person, now."""
        return await once(self.asked_once, verb, actor=self.actor, now=self.now, **asked)

    def see(self, path: str, toast: Toast | None = None) -> Response[Any]:
        """Go and look at a page."""
        return see(self.request, path, toast=toast, secret=self.settings.secret)

    async def shell(self, active: Nav | None = None) -> Shell:
        """The frame of a page for this person."""
        staff = self.session.staff
        others = await recently_here(self.session.device.id, without=staff.id, since=self.now - ABSOLUTE_LIFE)
        return replace(
            bare_shell(self.settings, self.place, self.request, self.now),
            csrf=csrf_token(self.settings.secret, str(self.session.session_id)),
            person=Face.of(staff.id, staff.name, staff.hue, staff.role),
            device_name=self.session.device.name,
            switch_to=tuple(Face.of(one.id, one.name, one.hue, one.role) for one in others),
            active=active,
            nav=NAV_BY_ROLE[staff.role],
            badges=await self._badges(NAV_BY_ROLE[staff.role]),
            toast=None if "x-poll" in self.request.headers else toast_of(self.request, self.settings.secret),
            trouble=await self._trouble(),
        )

    async def _trouble(self) -> str | None:
        ask: Callable[[UUID], Awaitable[str | None]] = self.request.app.state["trouble"]
        return await ask(self.session.device.id) if self.session.staff.role in FRONT else None

    async def _badges(self, nav: tuple[Nav, ...]) -> tuple[tuple[Nav, int], ...]:
        counts: Mapping[Nav, Callable[[UUID], Awaitable[int]]] = self.request.app.state["badges"]
        return tuple([(one, await counts[one](self.place.id)) for one in nav if one in counts])


def bare_shell(settings: Settings, where: Place, request: AnyRequest, now: datetime) -> Shell:
    """The frame of a page when nobody is signed in."""
    query = request.url.query
    local = now.astimezone(where.zone)
    return Shell(
        location_name=where.name,
        today=local.date(),
        now=local,
        new_id=lambda: uuid7(clock_of(request)()),
        csrf="",
        path=request.url.path + (f"?{query}" if query else ""),
        sample_notice=where.sample_notice,
        demo=settings.mode is Mode.DEMO,
        idle_lock_seconds=settings.idle_lock_seconds,
        locale=current_locale(),
        phone=where.phone,
    )


def request_id(request: AnyRequest) -> str:
    """The id under which the log knows this request."""
    return str(request.scope.get("state", {}).get("request_id", ""))


def cookie_names(settings: Settings) -> tuple[str, str]:
    """Names of the device and the session cookie; over https they carry the `__Host-` prefix."""
    prefix = "__Host-" if settings.secure_cookies else ""
    return f"{prefix}spa_device", f"{prefix}spa_session"


def cookie(settings: Settings, name: str, value: str, *, days: int | None = None) -> Cookie:
    """A cookie that scripts cannot read and other sites do not send."""
    return Cookie(
        key=name,
        value=value,
        path="/",
        httponly=True,
        secure=settings.secure_cookies,
        samesite="strict",
        max_age=None if days is None else days * 86_400,
    )


def settings_of(request: AnyRequest) -> Settings:
    """The program's settings."""
    settings: Settings = request.app.state["settings"]
    return settings


def clock_of(request: AnyRequest) -> Callable[[], datetime]:
    """The program's clock, asked once a request."""
    clock: Callable[[], datetime] = request.app.state["clock"]
    return clock


async def caller_of(request: AnyRequest) -> Caller:
    """The enrolled device behind a request.

    Raises:
        DeviceUnknown: `device-unknown`.
    """
    caller, _ = await _who(request)
    return caller


async def lobby_of(request: AnyRequest) -> Caller:
    """The tablet of the lobby behind a request.

    Raises:
        DeviceUnknown: `device-unknown`.
    """
    caller, _ = await _who(request, is_lobby=True)
    return caller


async def _who(request: AnyRequest, *, is_lobby: bool = False) -> tuple[Caller, SignedIn | None]:
    settings = settings_of(request)
    device_secret, token = (request.cookies.get(name, "") for name in cookie_names(settings))
    found = await who_asks(token_hash(device_secret), token_hash(token)) if device_secret else None
    if found is None:
        raise DeviceUnknown("device-unknown", "This browser is not an enrolled device yet.")
    if (found.device.kind == "lobby") is not is_lobby:
        if is_lobby:
            raise DeviceUnknown("device-unknown", "This browser is not the tablet of the lobby.")
        raise LobbyDevice("device-in-the-lobby", "This tablet is for guests. Sign in at a desk.")
    return Caller(settings, found.device, found.place, clock_of(request)(), request), found.session


async def desk_of(request: AnyRequest) -> Desk:
    """The signed-in person behind a request, when their role may ask this route.

    Raises:
        DeviceUnknown: `device-unknown`.
        SignedOut: `signed-out`, or `idle-locked` after the idle time.
        NotAllowed: `role-missing`.
    """
    caller, session = await _who(request)
    if session is None:
        raise SignedOut("signed-out", "Nobody is signed in here. Choose your name.")
    idle = caller.now - session.seen_at
    if idle > timedelta(seconds=caller.settings.idle_lock_seconds):
        raise SignedOut("idle-locked", "This device was locked after a quiet while. Nothing is lost.")
    if caller.now - session.started_at > ABSOLUTE_LIFE:
        raise SignedOut("session-ended", "Your session has ended. Sign in again; nothing is lost.")
    allowed = request.route_handler.opt["who"]
    if session.staff.role not in allowed:
        raise NotAllowed("role-missing", "Your role does not cover this. Ask a manager to sign in here.")
    unattended = "x-poll" in request.headers or "unattended" in request.route_handler.opt
    if idle > SEEN_STEP and not unattended:
        await touch_session(session.session_id, now=caller.now)
    return Desk(caller.settings, session, caller.place, caller.now, request)


async def posted(request: AnyRequest) -> tuple[Desk, dict[str, str]]:
    """The person and the fields of a form they posted; its token and its key are checked and taken out.

    Raises:
        NotAllowed: `form-foreign`, or `role-missing`.
        Invalid: the form cannot be read.
        SignedOut: nobody is signed in; the fields are among the facts, so that they can be kept.
    """
    fields = await read_fields(request)
    return await _checked(request, fields), fields


async def posted_file(
    request: AnyRequest, file_field: str, largest_bytes: int
) -> tuple[Desk, dict[str, str], Upload]:
    """As `posted`, for a form with one file, which is not read before somebody is signed in.

    Raises:
        TooLarge: `file-too-large`, and what `posted` refuses.
    """
    await desk_of(request)
    fields, upload = await read_upload(request, file_field, largest_bytes)
    return await _checked(request, fields), fields, upload


async def _checked(request: AnyRequest, fields: dict[str, str]) -> Desk:
    """The person who posted fields; the token and the key are taken out of them."""
    sent = fields.pop("csrf", "") or request.headers.get("x-csrf", "")
    key = fields.pop("request", None)
    try:
        desk = await desk_of(request)
    except SignedOut as out:
        kept = {name: value for name, value in fields.items() if name != "pin"}
        out.facts["fields"] = kept | ({"request": key} if key else {})
        raise
    check_csrf(
        sent=sent,
        secret=desk.settings.secret,
        bound_to=str(desk.session.session_id),
        headers=dict(request.headers),
        base_url=desk.settings.base_url,
    )
    try:
        return replace(desk, key=None if key is None else UUID(key))
    except ValueError:
        raise Invalid("form-unreadable", "This form is incomplete. Open the page again.") from None
