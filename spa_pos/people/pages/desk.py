"""Sign-in by PIN, locking, enrolling a browser, and carrying on after a lock."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter

from spa_pos.kernel.errors import Gone, NotAllowed, Refusal, SignedOut, TooMany
from spa_pos.ledger.queries import places
from spa_pos.people.actions import add_device, end_session, enrol_device
from spa_pos.people.flows import sign_in
from spa_pos.people.pages.session import (
    EVERYBODY,
    PUBLIC,
    Caller,
    DeviceUnknown,
    bare_shell,
    caller_of,
    clock_of,
    cookie,
    cookie_names,
    desk_of,
    only,
    posted,
    settings_of,
)
from spa_pos.people.pages.views import EnrolmentPage, PinPage, ResumePage, SignInPage
from spa_pos.people.queries import StaffMember, pin_holder, staff_members
from spa_pos.settings import Mode
from spa_pos.web.answers import (
    AnyRequest,
    html,
    local_path,
    problem_of,
    resume_of,
    see,
    toast_of,
    without_resume,
)
from spa_pos.web.forms import read, read_fields
from spa_pos.web.security import check_csrf, csrf_token
from spa_pos.web.shell import Face, Shell
from spa_pos.web.templates import render

DEVICE_DAYS = 400
DEMO_DEVICE = "Desk 1"


class PinForm(msgspec.Struct, forbid_unknown_fields=True):
    """Who, with which PIN, and where to go then."""

    staff: UUID
    pin: str
    next: str = "/board"


class DeviceForm(msgspec.Struct, forbid_unknown_fields=True):
    """The one-time code; empty takes the demo's offer."""

    code: str = ""
    lobby: str = ""


def _face(member: StaffMember) -> Face:
    return Face.of(member.id, member.name, member.hue, member.role)


def _shell(caller: Caller) -> Shell:
    bare = bare_shell(caller.settings, caller.place, caller.request, caller.now)
    return replace(
        bare,
        csrf=csrf_token(caller.settings.secret, str(caller.device.id)),
        device_name=caller.device.name,
        toast=toast_of(caller.request, caller.settings.secret),
    )


async def _sign_in_page(caller: Caller, onward: str, problem: Refusal | None = None) -> Response[str]:
    members = await staff_members(caller.place.id)
    page = SignInPage(tuple(map(_face, members)), onward, problem_of(problem) if problem else None)
    return html(
        render("people/sign_in.html", page, _shell(caller)), status=problem.status if problem else 200
    )


async def _pin_page(
    caller: Caller, staff_id: UUID, onward: str, problem: Refusal | None = None
) -> Response[str]:
    member, _ = await pin_holder(staff_id, caller.place.id)
    page = PinPage(_face(member), onward, problem_of(problem) if problem else None)
    if problem is not None:
        left = problem.facts.get("tries_left")
        page = replace(page, tries_left=left if isinstance(left, int) else None)
        until = problem.facts.get("until")
        if isinstance(problem, TooMany) and problem.code == "pin-locked" and until is not None:
            page = replace(page, locked_until=f"{until.astimezone(caller.place.zone):%-I:%M %p}")  # type: ignore[attr-defined]  # facts are objects
    return html(render("people/pin.html", page, _shell(caller)), status=problem.status if problem else 200)


@get("/", opt=dict(PUBLIC))
async def home(request: AnyRequest) -> Response[Any]:
    """The board, or whatever comes before it."""
    return see(request, "/board")


@get("/sign-in", opt=dict(PUBLIC))
async def show_sign_in(
    request: AnyRequest, onward: Annotated[str | None, QueryParameter(name="next")] = None
) -> Response[str]:
    """Everybody who can sign in here, as tiles."""
    return await _sign_in_page(await caller_of(request), local_path(onward))


@get("/sign-in/{staff_id:uuid}", opt=dict(PUBLIC))
async def show_pin(
    request: AnyRequest,
    staff_id: FromPath[UUID],
    onward: Annotated[str | None, QueryParameter(name="next")] = None,
) -> Response[str]:
    """The PIN pad of one person."""
    return await _pin_page(await caller_of(request), staff_id, local_path(onward))


@post("/sessions", opt=dict(PUBLIC), status_code=200)
async def begin(request: AnyRequest) -> Response[Any]:
    """Sign in; then on to where the person was going, or to what they were doing when it locked."""
    fields = await read_fields(request)
    caller = await caller_of(request)
    _check_before_sign_in(request, fields, caller)
    form = read(fields, PinForm)
    onward = local_path(form.next)
    try:
        session = await sign_in(
            caller.nobody,
            staff_id=form.staff,
            pin=form.pin,
            device=caller.device,
            secret=caller.settings.secret,
            now=caller.now,
        )
    except Refusal as problem:
        return await _pin_page(caller, form.staff, onward, problem)
    resume = resume_of(request, caller.settings.secret)
    answer = see(request, "/resume" if resume is not None else onward)
    answer.set_cookie(cookie(caller.settings, cookie_names(caller.settings)[1], session.token))
    return answer


def _check_before_sign_in(request: AnyRequest, fields: dict[str, str], caller: Caller) -> None:
    fields.pop("request", None)
    check_csrf(
        sent=fields.pop("csrf", "") or request.headers.get("x-csrf", ""),
        secret=caller.settings.secret,
        bound_to=str(caller.device.id),
        headers=dict(request.headers),
        base_url=caller.settings.base_url,
    )


@post("/sessions/current/lock", opt=only(*EVERYBODY), status_code=200)
async def lock(request: AnyRequest) -> Response[Any]:
    """Lock the device: the session ends, the cookies of the browser's pages are worthless."""
    try:
        desk, fields = await posted(request)
    except SignedOut:
        return see(request, "/sign-in")
    await end_session(desk.actor, session_id=desk.session.session_id, now=desk.now)
    onward = local_path(fields.get("next"))
    answer = see(request, "/sign-in" if onward == "/board" else f"/sign-in?next={onward}")
    answer.delete_cookie(cookie_names(desk.settings)[1])
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@get("/resume", opt=only(*EVERYBODY))
async def show_resume(request: AnyRequest) -> Response[Any]:
    """What was typed when the session ended, to send again or to leave."""
    desk = await desk_of(request)
    kept = resume_of(request, desk.settings.secret)
    if kept is None:
        return see(request, "/board")
    page = ResumePage(kept.path, tuple(kept.fields.items()), local_path(kept.back))
    without_resume(request)
    return html(render("people/resume.html", page, await desk.shell()))


@get("/enrolment", opt=dict(PUBLIC))
async def show_enrolment(request: AnyRequest) -> Response[Any]:
    """This browser is not a known device yet."""
    try:
        await caller_of(request)
    except DeviceUnknown:
        return await _enrolment_page(request)
    return see(request, "/board")


async def _enrolment_page(
    request: AnyRequest, code: str = "", problem: Refusal | None = None
) -> Response[str]:
    settings = settings_of(request)
    where = await places()
    if not where:
        raise Gone("no-location", "There is no spa in this database yet. Run `spa-pos seed`.")
    shell = replace(
        bare_shell(settings, where[0], request, clock_of(request)()),
        csrf=csrf_token(settings.secret, "enrolment"),
    )
    page = EnrolmentPage(
        code,
        DEMO_DEVICE if settings.mode is Mode.DEMO else None,
        problem_of(problem) if problem else None,
    )
    return html(render("people/enrolment.html", page, shell), status=problem.status if problem else 200)


@post("/devices", opt=dict(PUBLIC), status_code=200)
async def enrol(request: AnyRequest) -> Response[Any]:
    """Make this browser an enrolled device: with a code, or in the demo with one tap."""
    settings = settings_of(request)
    fields = await read_fields(request)
    fields.pop("request", None)
    check_csrf(
        sent=fields.pop("csrf", ""),
        secret=settings.secret,
        bound_to="enrolment",
        headers=dict(request.headers),
        base_url=settings.base_url,
    )
    form = read(fields, DeviceForm)
    now = clock_of(request)()
    try:
        if form.code.strip():
            secret = await enrol_device(code=form.code, now=now)
        elif settings.mode is Mode.DEMO:
            secret = await add_device(
                location_id=(await places())[0].id,
                name="Lobby" if form.lobby else DEMO_DEVICE,
                enrolled_by="the demo",
                now=now,
                kind="lobby" if form.lobby else "desk",
            )
        else:
            raise NotAllowed("code-missing", "Type the code that a manager gave you.", field="code")
    except Refusal as problem:
        return await _enrolment_page(request, form.code, problem)
    answer = see(request, "/sign-in")
    answer.set_cookie(cookie(settings, cookie_names(settings)[0], secret, days=DEVICE_DAYS))
    return answer


router = Router(
    "/",
    route_handlers=[home, show_sign_in, show_pin, begin, lock, show_resume, show_enrolment, enrol],
)
