"""Whether a guest may be written to, asked at the desk."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.kernel.errors import Refusal
from spa_pos.messages.queries import allowed
from spa_pos.messages.rules import Channel
from spa_pos.people.actions.messages import set_reach
from spa_pos.people.pages.session import FRONT, Desk, desk_of, only, posted
from spa_pos.people.queries import guest
from spa_pos.people.rules import show_phone
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.i18n import languages
from spa_pos.web.shell import Nav, Problem, Toast
from spa_pos.web.templates import render


@dataclass(frozen=True, slots=True)
class ReachPage:
    """`people/reach.html`: how a guest may be written to and in which language; by mail until asked."""

    guest_name: str
    action: str
    email: str
    phone: str
    by_email: bool
    by_text: bool
    languages: tuple[tuple[str, str], ...]
    language: str
    problem: Problem | None = None


class ReachForm(msgspec.Struct, forbid_unknown_fields=True):
    """An address and two ticks."""

    email: str = ""
    by_email: str = ""
    by_text: str = ""
    language: str = ""


async def _screen(
    desk: Desk, guest_id: UUID, form: ReachForm | None = None, problem: Refusal | None = None
) -> Response[Any]:
    whose = await guest(guest_id)
    mail, text = (Channel.EMAIL, whose.email or ""), (Channel.TEXT, whose.phone)
    yes = await allowed([mail, text])
    page = ReachPage(
        guest_name=whose.name,
        action=f"/guests/{guest_id}/messages",
        email=form.email if form else whose.email or "",
        phone=show_phone(whose.phone),
        by_email=bool(form.by_email) if form else whose.email is None or mail in yes,
        by_text=bool(form.by_text) if form else text in yes,
        languages=languages(),
        language=(form.language if form else whose.language) or "en",
        problem=problem_of(problem) if problem else None,
    )
    status = problem.status if problem else 200
    return html(render("people/reach.html", page, await desk.shell(Nav.MESSAGES)), status=status)


@get("/guests/{guest_id:uuid}/messages", opt=only(*FRONT))
async def show_reach(request: AnyRequest, guest_id: FromPath[UUID]) -> Response[Any]:
    """What a guest allows."""
    return await _screen(await desk_of(request), guest_id)


@post("/guests/{guest_id:uuid}/messages", opt=only(*FRONT), status_code=200)
async def save_reach(request: AnyRequest, guest_id: FromPath[UUID]) -> Response[Any]:
    """Write down what the guest says."""
    desk, fields = await posted(request)
    form = read(fields, ReachForm)
    try:
        await desk.ask(
            set_reach,
            guest_id=guest_id,
            email=form.email,
            by_email=bool(form.by_email),
            by_text=bool(form.by_text),
            language=form.language or None,
        )
    except Refusal as problem:
        return await _screen(desk, guest_id, form, problem)
    return desk.see(f"/guests/{guest_id}/messages", Toast("That is how we write from now on."))


router = Router("/", route_handlers=[show_reach, save_reach])
