"""Cash drawers at the desk and in the office."""

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery

from spa_pos.checkout.actions.drawers import close_at_register
from spa_pos.checkout.pages.drawer_build import drawer_page, drawers_page, plain, slip_page
from spa_pos.checkout.pages.drawer_views import OpeningPage
from spa_pos.drawers.actions import (
    APPROVES,
    count_drawer,
    move_cash,
    open_drawer,
    open_without_sale,
    set_drawer_terms,
)
from spa_pos.drawers.queries import drawer, drawer_at, drawer_terms
from spa_pos.drawers.rules import DENOMINATIONS, MOST_PIECES, Move, Terms
from spa_pos.kernel.errors import Invalid, NeedsApproval, Refusal
from spa_pos.kernel.money import format_usd, parse_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.approval import approval_panel, ask_approved, without_approval
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, desk_of, only, posted
from spa_pos.web.answers import AnyRequest, html, local_path, problem_of
from spa_pos.web.forms import read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render


class OpenForm(msgspec.Struct, forbid_unknown_fields=True, rename={"float_text": "float"}):
    """A drawer begins with so much; `next` is where the cash is waited for."""

    id: UUID
    float_text: str = ""
    next: str = ""


class MoveForm(msgspec.Struct, forbid_unknown_fields=True):
    """Money in or out without a sale, or none at all."""

    id: UUID
    kind: Move
    category: str = ""
    amount: str = ""
    note: str = ""


class CloseForm(msgspec.Struct, forbid_unknown_fields=True):
    """A drawer closes with its last count."""

    count: UUID
    note: str = ""


class TermsForm(msgspec.Struct, forbid_unknown_fields=True, rename={"float_text": "float"}):
    """What managers set."""

    float_text: str = ""
    note_from: str = ""
    pin_from: str = ""


def pieces_from(fields: dict[str, str]) -> dict[int, int]:
    """How many pieces of each denomination were typed; nothing is none.

    Raises:
        Invalid: `count-unreadable`, with the field.
    """
    pieces = {}
    for denomination in DENOMINATIONS:
        text = fields.pop(f"n{denomination}", "").strip()
        if not re.fullmatch(r"[0-9]{0,5}", text, re.ASCII) or int(text or 0) > MOST_PIECES:
            raise Invalid(
                "count-unreadable",
                "Type how many pieces there are, such as 12, or nothing.",
                field=f"n{denomination}",
            )
        pieces[denomination] = int(text or 0)
    return pieces


async def _drawer_screen(
    desk: Desk, drawer_id: UUID, problem: Refusal | None = None, **changes: Any
) -> Response[Any]:
    head = await drawer(drawer_id, desk.place.id)
    if head.is_closed and problem is None:
        manager = desk.session.staff.role in MANAGERS
        slip = await slip_page(desk.place, head, with_log=manager)
        return html(render("checkout/drawer_slip.html", slip, await desk.shell(Nav.DRAWER)))
    typed = changes.pop("typed", None)
    page = await drawer_page(desk.place, head, typed=typed)
    page = replace(page, **changes, problem=problem_of(problem) if problem else None)
    text = render("checkout/drawer.html", page, await desk.shell(Nav.DRAWER))
    return html(text, status=problem.status if problem else 200)


async def _opening(
    desk: Desk, *, float_text: str = "", next_href: str = "", problem: Refusal | None = None
) -> Response[Any]:
    terms, before = await drawer_terms(desk.place.id), await drawer_at(desk.session.device.id)
    words = ""
    if before is not None:
        words = (
            f"The drawer of {before.business_date:%A, %B %-d} was not counted."
            " Put its cash in a bag of its own: it is set aside and can be counted afterwards."
        )
    page = OpeningPage(
        float_text or plain(terms.float_cents),
        next_href,
        words,
        problem_of(problem) if problem else None,
    )
    text = render("checkout/drawer_open.html", page, await desk.shell(Nav.DRAWER))
    return html(text, status=problem.status if problem else 200)


@get("/drawer", opt=only(*FRONT))
async def show_own_drawer(request: AnyRequest, onward: FromQuery[str] = "") -> Response[Any]:
    """The drawer of this device; without one of today, where it is opened."""
    desk = await desk_of(request)
    found = await drawer_at(desk.session.device.id)
    if found is not None and found.business_date == local_date(desk.now, desk.place.zone):
        return desk.see(f"/drawers/{found.id}")
    return await _opening(desk, next_href=local_path(onward) if onward else "")


@post("/drawers", opt=only(*FRONT), status_code=200)
async def begin_drawer(request: AnyRequest) -> Response[Any]:
    """Open the drawer of this device."""
    desk, fields = await posted(request)
    form = read(fields, OpenForm)
    onward = local_path(form.next) if form.next else ""
    try:
        await desk.ask(open_drawer, drawer_id=form.id, float_cents=parse_usd(form.float_text or "0"))
    except Refusal as problem:
        return await _opening(desk, float_text=form.float_text, next_href=onward, problem=problem)
    return desk.see(onward or f"/drawers/{form.id}", Toast("The drawer is open."))


@get("/drawers/{drawer_id:uuid}", opt=only(*FRONT))
async def show_drawer(request: AnyRequest, drawer_id: FromPath[UUID]) -> Response[Any]:
    """A drawer to count, or the slip of a closed one."""
    return await _drawer_screen(await desk_of(request), drawer_id)


@post("/drawers/{drawer_id:uuid}/count", opt=only(*FRONT), status_code=200)
async def count(request: AnyRequest, drawer_id: FromPath[UUID]) -> Response[Any]:
    """Write down what was counted and see the difference."""
    desk, fields = await posted(request)
    typed = dict(fields)
    try:
        pieces = pieces_from(fields)
        form = read(fields, CountForm)
        await desk.ask(count_drawer, drawer_id=drawer_id, count_id=form.id, pieces=pieces)
    except Refusal as problem:
        return await _drawer_screen(desk, drawer_id, problem, typed=typed)
    return desk.see(f"/drawers/{drawer_id}")


@post("/drawers/{drawer_id:uuid}/moves", opt=only(*FRONT), status_code=200)
async def move(request: AnyRequest, drawer_id: FromPath[UUID]) -> Response[Any]:
    """Pay in, pay out, drop to the safe, or open it without a sale."""
    desk, fields = await posted(request)
    try:
        form = read(fields, MoveForm)
        if form.kind is Move.NO_SALE:
            await desk.ask(open_without_sale, drawer_id=drawer_id, move_id=form.id, note=form.note)
            return desk.see(f"/drawers/{drawer_id}", Toast("It is in the log that the drawer was opened."))
        amount = parse_usd(form.amount)
        await desk.ask(
            move_cash,
            drawer_id=drawer_id,
            move_id=form.id,
            move=form.kind,
            category=form.category,
            amount_cents=amount,
            note=form.note,
        )
    except Refusal as problem:
        return await _drawer_screen(desk, drawer_id, problem)
    return desk.see(f"/drawers/{drawer_id}", Toast(f"{form.kind.word}: {format_usd(amount)}."))


@post("/drawers/{drawer_id:uuid}/close", opt=only(*FRONT), status_code=200)
async def close(request: AnyRequest, drawer_id: FromPath[UUID]) -> Response[Any]:
    """Close a drawer that was counted."""
    desk, fields = await posted(request)
    form = read(without_approval(fields), CloseForm)
    try:
        await ask_approved(
            desk,
            fields,
            close_at_register,
            approves=APPROVES,
            subject=drawer_id,
            drawer_id=drawer_id,
            count_id=form.count,
            note=form.note,
        )
    except NeedsApproval as needed:
        panel = await approval_panel(desk, needed, fields, back_href=f"/drawers/{drawer_id}")
        return await _drawer_screen(desk, drawer_id, needed, approval=panel)
    except Refusal as problem:
        return await _drawer_screen(desk, drawer_id, problem, note=form.note)
    return desk.see(f"/drawers/{drawer_id}", Toast("The drawer is closed."))


@get("/drawers", opt=only(*MANAGERS))
async def show_drawers(request: AnyRequest) -> Response[Any]:
    """Every drawer, those that were never counted first."""
    return await _list(await desk_of(request))


async def _list(desk: Desk, problem: Refusal | None = None) -> Response[Any]:
    page = await drawers_page(desk.place, today=local_date(desk.now, desk.place.zone))
    page = replace(page, problem=problem_of(problem) if problem else None)
    text = render("checkout/drawers.html", page, await desk.shell(Nav.DRAWER))
    return html(text, status=problem.status if problem else 200)


@post("/drawers/terms", opt=only(*MANAGERS), status_code=200)
async def terms(request: AnyRequest) -> Response[Any]:
    """The usual float, and from which difference on somebody has to explain or to see it."""
    desk, fields = await posted(request)
    try:
        form = read(fields, TermsForm)
        wanted = Terms(parse_usd(form.float_text), parse_usd(form.note_from), parse_usd(form.pin_from))
        await desk.ask(set_drawer_terms, terms=wanted)
    except Refusal as problem:
        return await _list(desk, problem)
    return desk.see("/drawers", Toast("Drawers go by these amounts from now on."))


class CountForm(msgspec.Struct, forbid_unknown_fields=True):
    """A count, beside its pieces."""

    id: UUID


router = Router(
    "/",
    route_handlers=[
        show_own_drawer,
        begin_drawer,
        show_drawer,
        count,
        move,
        close,
        show_drawers,
        terms,
    ],
)
