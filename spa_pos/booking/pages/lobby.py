"""The tablet in the lobby: a telephone number or a code, a first name, done; then it forgets."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post

from spa_pos.booking.actions.lobby import Arrival, arrivals, guest_arrives
from spa_pos.db import once
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Invalid, NotFound, Refusal
from spa_pos.messages.rules import read_visit_token
from spa_pos.people.actions.doors import Knock, count_knock, was_right
from spa_pos.people.pages.guest_door import problem_in_words
from spa_pos.people.pages.session import GUEST, Caller, bare_shell, lobby_of, request_id
from spa_pos.people.rules import Door, clean_phone, door_hash
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import read_fields, uuid_from
from spa_pos.web.i18n import current_locale
from spa_pos.web.security import check_csrf, csrf_token
from spa_pos.web.shell import Problem, Shell
from spa_pos.web.templates import render

CHOICE_LIVES = timedelta(minutes=2)
CLEARS_AFTER = 12
"""Seconds after which a name leaves the screen."""

START = "/language/en?next=/check-in"
"""Back to the beginning, in the language of the house: the next guest is somebody else."""


@dataclass(frozen=True, slots=True)
class LobbyGuest:
    """One who could be standing there: `Ingrid H.`; the seal is good for two minutes on this tablet."""

    name: str
    appointment_id: UUID
    seal: str


@dataclass(frozen=True, slots=True)
class LobbyPage:
    """`booking/lobby.html` at `/check-in`: ask, choose a name, or the end of it.

    `step` is `ask`, `choose`, `done` or `desk`.
    """

    step: str
    guests: tuple[LobbyGuest, ...] = ()
    name: str = ""
    until: str = ""
    problem: Problem | None = None


def _shell(caller: Caller) -> Shell:
    bare = bare_shell(caller.settings, caller.place, caller.request, caller.now)
    return replace(bare, csrf=_token(caller), path="/check-in")


def _token(caller: Caller) -> str:
    return csrf_token(caller.settings.secret, f"lobby:{caller.device.id}")


def _show(caller: Caller, page: LobbyPage, status: int = 200) -> Response[Any]:
    answer = html(render("booking/lobby.html", page, _shell(caller)), status=status)
    if page.step != "ask" or page.problem:
        answer.headers["Refresh"] = f"{CLEARS_AFTER}; url={START}"
    elif current_locale() != "en":
        answer.headers["Refresh"] = f"60; url={START}"
    return answer


async def _posted(request: AnyRequest) -> tuple[Caller, dict[str, str]]:
    fields = await read_fields(request)
    caller = await lobby_of(request)
    check_csrf(
        sent=fields.pop("csrf", ""),
        secret=caller.settings.secret,
        bound_to=f"lobby:{caller.device.id}",
        headers=dict(request.headers),
        base_url=caller.settings.base_url,
    )
    return caller, fields


def _seal(caller: Caller, appointment_id: UUID, until: str) -> str:
    return door_hash(caller.settings.secret, f"lobby:{caller.device.id}:{appointment_id}:{until}")


def _who(caller: Caller, one: Arrival, until: str) -> LobbyGuest:
    return LobbyGuest(
        f"{one.given_name} {one.initial}.", one.appointment_id, _seal(caller, one.appointment_id, until)
    )


@get("/check-in", opt=dict(GUEST))
async def show_lobby(request: AnyRequest) -> Response[Any]:
    """Ask for a telephone number or a code."""
    return _show(await lobby_of(request), LobbyPage("ask"))


@post("/check-in", opt=dict(GUEST), status_code=200)
async def find_arrival(request: AnyRequest) -> Response[Any]:
    """Find who is expected about now; whoever is not found is sent to the desk, whatever the reason."""
    caller, fields = await _posted(request)
    secret, typed = caller.settings.secret, fields.get("who", "").strip()
    try:
        link = re.fullmatch(r"(?:https?://\S+/visits/)?([A-Za-z0-9_-]{43})(?:[/?#]\S*)?", typed)
        appointment_id = read_visit_token(secret, link[1]) if link else None
        phone = None if link else clean_phone(typed)
        knock = Knock(
            Door.CHECK_IN, door_hash(secret, phone or typed), door_hash(secret, str(caller.device.id))
        )
        number = await count_knock(knock, now=caller.now)
        found = await arrivals(caller.place.id, phone=phone, appointment_id=appointment_id, now=caller.now)
        if not found:
            raise NotFound("not-expected", "We do not find you. Please come to the desk.")
        await was_right(number)
    except Refusal as refusal:
        return _show(caller, LobbyPage("ask", problem=problem_in_words(refusal)), refusal.status)
    until = str(int((caller.now + CHOICE_LIVES).timestamp()))
    guests = tuple(_who(caller, one, until) for one in found)
    return _show(caller, LobbyPage("choose", guests=guests, until=until))


@post("/check-in/arrival", opt=dict(GUEST), status_code=200)
async def arrive(request: AnyRequest) -> Response[Any]:
    """Check in who was chosen, or ask them to the desk."""
    caller, fields = await _posted(request)
    try:
        appointment_id, until = uuid_from(fields.get("appointment"), "visit"), fields.get("until", "")
        key = uuid_from(fields.get("request"), "request")
        if (
            appointment_id is None
            or key is None
            or fields.get("seal", "") != _seal(caller, appointment_id, until)
            or int(until) < caller.now.timestamp()
        ):
            raise Invalid("form-unreadable", "This page has grown old. Start once more.")
        where = caller.place
        actor = Actor(
            "The guest",
            Role.FRONT_DESK,
            where.id,
            where.zone,
            device_id=caller.device.id,
            request_id=request_id(request),
        )
        done = await once(key, guest_arrives, actor=actor, appointment_id=appointment_id, now=caller.now)
    except Refusal as refusal:
        return _show(caller, LobbyPage("ask", problem=problem_in_words(refusal)), refusal.status)
    return _show(caller, LobbyPage("done" if done else "desk", name=fields.get("name", "")[:64]))


router = Router("/", route_handlers=[show_lobby, find_arrival, arrive])
