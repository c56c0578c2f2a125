"""The day board and its sheet, for staff at the desk."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromQuery, QueryParameter

from spa_pos.booking.actions import (
    book_appointment,
)
from spa_pos.booking.pages.board import board_href, board_page
from spa_pos.booking.pages.known import Known, known_from
from spa_pos.booking.pages.new_sheet import booking_sheet, guest_search
from spa_pos.booking.pages.views import BookingSheet, GuestSearch
from spa_pos.booking.pages.visit_views import VisitSheet
from spa_pos.booking.queries import visit
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import add_guest
from spa_pos.people.pages.session import EVERYBODY, FRONT, Desk, desk_of, only, posted
from spa_pos.people.queries import find_guests, search_is_possible
from spa_pos.web.answers import AnyRequest, html, part, problem_of, wants_part
from spa_pos.web.forms import day_from, instant_from, read, uuid_from
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

Sheet = BookingSheet | VisitSheet


class SearchForm(msgspec.Struct, forbid_unknown_fields=True):
    """What was typed to find a guest, and the booking so far."""

    q: str = ""
    date: str = ""
    provider: str = ""
    at: str = ""
    guest: str = ""
    service: str = ""


class GuestForm(msgspec.Struct, forbid_unknown_fields=True):
    """A new guest, and the booking so far."""

    id: UUID
    given_name: str = ""
    family_name: str = ""
    phone: str = ""
    email: str = ""
    group: str = ""
    date: str = ""
    provider: str = ""
    at: str = ""
    guest: str = ""
    service: str = ""


class BookForm(msgspec.Struct, forbid_unknown_fields=True):
    """A booking as the sheet showed it."""

    id: UUID
    guest: UUID
    service: UUID
    provider: UUID
    starts_at: str
    quoted_cents: int


async def _board(
    desk: Desk, day: date, *, view: str = "", sheet: Sheet | None = None, problem: Refusal | None = None
) -> Response[str]:
    shown = problem_of(problem) if problem else None
    page = await board_page(desk.place, day, now=desk.now, view=view, sheet=sheet, problem=shown)
    status = problem.status if problem else 200
    return html(render("booking/board.html", page, await desk.shell(Nav.BOARD)), status=status)


async def with_sheet(desk: Desk, day: date, sheet: Sheet, *, status: int = 200) -> Response[str]:
    """The sheet alone for htmx, or the board with the sheet open."""
    if wants_part(desk.request):
        name = "booking/_new.html" if isinstance(sheet, BookingSheet) else "booking/_visit.html"
        return html(render(name, sheet, await desk.shell(Nav.BOARD)), status=status)
    page = await board_page(desk.place, day, now=desk.now, sheet=sheet)
    return html(render("booking/board.html", page, await desk.shell(Nav.BOARD)), status=status)


@get("/board", opt=only(*EVERYBODY))
async def show_board(
    request: AnyRequest,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
    view: Annotated[str | None, QueryParameter(name="view")] = None,
) -> Response[str]:
    """A day, a column per provider, or as a list."""
    desk = await desk_of(request)
    today = local_date(desk.now, desk.place.zone)
    try:
        shown = day_from(day, today)
    except Refusal as problem:
        return await _board(desk, today, problem=problem)
    return await _board(desk, shown, view="list" if view == "list" else "")


@get("/board/grid", opt=only(*EVERYBODY))
async def show_grid(
    request: AnyRequest,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
    view: Annotated[str | None, QueryParameter(name="view")] = None,
) -> Response[str]:
    """The grid alone, for the board to stay fresh."""
    desk = await desk_of(request)
    shown = day_from(day, local_date(desk.now, desk.place.zone))
    page = await board_page(desk.place, shown, now=desk.now, view="list" if view == "list" else "")
    return html(render("booking/_grid.html", page, await desk.shell(Nav.BOARD)))


def _known(desk: Desk, form: SearchForm | GuestForm) -> Known:
    return known_from(
        desk.now,
        desk.place.zone,
        day=form.date,
        provider=form.provider,
        at=form.at,
        guest=form.guest,
        service=form.service,
    )


@get("/appointments/new", opt=only(*FRONT))
async def show_new(
    request: AnyRequest,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
    provider: FromQuery[str | None] = None,
    at: FromQuery[str | None] = None,
    whose: Annotated[str | None, QueryParameter(name="guest")] = None,
    service: FromQuery[str | None] = None,
    move: FromQuery[str | None] = None,
) -> Response[str]:
    """A booking being made, or a visit being moved: the first question that is not answered."""
    desk = await desk_of(request)
    moved = uuid_from(move, "visit")
    if moved is not None:
        known = known_from(desk.now, desk.place.zone, day=day, provider=provider, at=at)
        return await move_sheet(desk, moved, known)
    known = known_from(
        desk.now, desk.place.zone, day=day, provider=provider, at=at, guest=whose, service=service
    )
    return await with_sheet(desk, known.day, await booking_sheet(desk.place, known, now=desk.now))


async def move_sheet(
    desk: Desk, appointment_id: UUID, known: Known, problem: Refusal | None = None
) -> Response[str]:
    """The sheet that gives a visit another time."""
    found = await visit(appointment_id, desk.place.id)
    asked = replace(known, guest=found.guest_id, service=found.service_id, move=found.id)
    sheet = await booking_sheet(
        desk.place, asked, now=desk.now, moved=found, problem=problem_of(problem) if problem else None
    )
    return await with_sheet(desk, known.day, sheet, status=problem.status if problem else 200)


async def _with_search(desk: Desk, known: Known, search: GuestSearch, status: int = 200) -> Response[str]:
    if wants_part(desk.request):
        return part(render("booking/_guests.html", search, await desk.shell(Nav.BOARD)), status=status)
    sheet = await booking_sheet(desk.place, known, now=desk.now, search=search)
    return await with_sheet(desk, known.day, sheet, status=status)


@post("/guests/search", opt=only(*FRONT), status_code=200)
async def search_guests(request: AnyRequest) -> Response[str]:
    """Guests by phone or name; by POST, so that nobody's number stands in an address."""
    desk, fields = await posted(request)
    form = read(fields, SearchForm)
    known = _known(desk, form)
    typed = form.q.strip()[:80]
    found = await find_guests(typed)
    asked = search_is_possible(typed)
    return await _with_search(desk, known, await guest_search(known, typed=typed, found=found, asked=asked))


@post("/guests", opt=only(*FRONT), status_code=200)
async def add(request: AnyRequest) -> Response[Any]:
    """Add a guest and go on with the booking."""
    desk, fields = await posted(request)
    form = read(fields, GuestForm)
    known = _known(desk, form)
    try:
        guest_id = await desk.ask(
            add_guest,
            guest_id=form.id,
            given_name=form.given_name,
            family_name=form.family_name,
            phone=form.phone,
            email=form.email,
            group_code=form.group,
        )
    except Refusal as problem:
        search = replace(
            await guest_search(known, problem=problem_of(problem)),
            new_open=True,
            new_given_name=form.given_name,
            new_family_name=form.family_name,
            new_phone=form.phone,
        )
        return await _with_search(desk, known, search, problem.status)
    return desk.see(replace(known, guest=guest_id).href)


@post("/appointments", opt=only(*FRONT), status_code=200)
async def book(request: AnyRequest) -> Response[Any]:
    """Book what the sheet showed."""
    desk, fields = await posted(request)
    form = read(fields, BookForm)
    starts_at = instant_from(form.starts_at)
    local = starts_at.astimezone(desk.place.zone)
    try:
        await desk.ask(
            book_appointment,
            appointment_id=form.id,
            guest_id=form.guest,
            service_id=form.service,
            provider_id=form.provider,
            starts_at=starts_at,
            quoted_cents=Cents(form.quoted_cents),
        )
    except Refusal as problem:
        known = Known(local.date(), form.provider, local.time(), form.guest, form.service)
        sheet = await booking_sheet(desk.place, known, now=desk.now, problem=problem_of(problem))
        return await with_sheet(desk, known.day, sheet, status=problem.status)
    booked = await visit(form.id, desk.place.id)
    sentence = (
        f"{booked.guest_name} is booked: {booked.service_name} with {booked.provider_name},"
        f" {local:%A %-d %B, %-I:%M %p}, {format_usd(booked.price_cents)}."
    )
    undo = (("version", str(booked.version)), ("reason", "Booked by mistake"))
    return desk.see(board_href(local.date()), Toast(sentence, f"/appointments/{form.id}/cancellation", undo))


router = Router(
    "/",
    route_handlers=[
        show_board,
        show_grid,
        show_new,
        search_guests,
        add,
        book,
    ],
)
