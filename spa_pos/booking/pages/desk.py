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
from spa_pos.booking.pages.asked import Setting
from spa_pos.booking.pages.block_views import BlockSheet, LimitSheet, PlaceSheet
from spa_pos.booking.pages.board import board_page
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.board_week import week_page
from spa_pos.booking.pages.known import Known, add_ons_from, known_from
from spa_pos.booking.pages.new_sheet import booking_sheet, guest_search, move_sheet_of
from spa_pos.booking.pages.sheet_views import BookingSheet, GuestSearch
from spa_pos.booking.pages.views import BoardPage
from spa_pos.booking.pages.visit_views import VisitSheet
from spa_pos.booking.queries import Visit, party, visit
from spa_pos.booking.queries.cards import card_standing
from spa_pos.kernel.errors import Conflict, Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import add_guest
from spa_pos.people.pages.session import EVERYBODY, FRONT, MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.queries import find_guests, search_is_possible
from spa_pos.web.answers import AnyRequest, html, part, problem_of, wants_part
from spa_pos.web.forms import day_from, instant_from, read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

Sheet = BookingSheet | VisitSheet | BlockSheet | PlaceSheet | LimitSheet

SHEETS: dict[type, str] = {
    BookingSheet: "booking/_new.html",
    VisitSheet: "booking/_visit.html",
    BlockSheet: "booking/_block_sheet.html",
    PlaceSheet: "booking/_place.html",
    LimitSheet: "booking/_limit.html",
}


class BookingSoFar(msgspec.Struct, forbid_unknown_fields=True):
    """The booking so far, as every form of the sheet carries it."""

    date: str = ""
    provider: str = ""
    at: str = ""
    guest: str = ""
    service: str = ""
    add: str = ""
    wish: str = ""
    more: str = ""
    arrange: str = ""
    wait: str = ""
    serves: str = ""
    open: str = ""
    tapped: str = ""

    def known(self, desk: Desk) -> Known:
        """The answers in it."""
        fields = {name: getattr(self, name) for name in BookingSoFar.__struct_fields__}
        return known_from(desk.now, desk.place.zone, fields)


class SearchForm(BookingSoFar, forbid_unknown_fields=True):
    """And what was typed to find a guest."""

    q: str = ""


class GuestForm(BookingSoFar, forbid_unknown_fields=True, kw_only=True):
    """And a new guest."""

    id: UUID
    given_name: str = ""
    family_name: str = ""
    phone: str = ""
    email: str = ""
    by_email: str = ""
    by_text: str = ""
    group: str = ""


class BookForm(msgspec.Struct, forbid_unknown_fields=True):
    """A booking of one service as the sheet showed it."""

    id: UUID
    guest: UUID
    service: UUID
    provider: UUID
    starts_at: str
    quoted_cents: int
    add: str = ""
    wish: str = ""
    override_reason: str = ""


VIEWS = ("list", "rooms", "week")


def setting_of(desk: Desk) -> Setting:
    """Where and when, and by whom."""
    return Setting(desk.place, desk.now, desk.actor.role in MANAGERS)


async def _page(
    desk: Desk, day: date, view: str | None, provider: UUID | None, problem: Refusal | None = None
) -> BoardPage:
    shown = problem_of(problem) if problem else None
    at_desk = desk.actor.role in FRONT
    if view == "week":
        whose = provider if provider or at_desk else desk.actor.staff_id
        return await week_page(desk.place, day, whose, now=desk.now, may_change=at_desk, problem=shown)
    named = view if view in VIEWS else ""
    return await board_page(
        desk.place, day, now=desk.now, view=named or "", may_change=at_desk, problem=shown
    )


async def with_sheet(desk: Desk, day: date, sheet: Sheet, *, status: int = 200) -> Response[str]:
    """The sheet alone for htmx, or the board with the sheet open."""
    if wants_part(desk.request):
        return html(render(SHEETS[type(sheet)], sheet, await desk.shell(Nav.BOARD)), status=status)
    at_desk = desk.actor.role in FRONT
    page = await board_page(desk.place, day, now=desk.now, may_change=at_desk, sheet=sheet)
    return html(render("booking/board.html", page, await desk.shell(Nav.BOARD)), status=status)


@get("/board", opt=only(*EVERYBODY))
async def show_board(
    request: AnyRequest,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
    view: Annotated[str | None, QueryParameter(name="view")] = None,
    provider: FromQuery[UUID | None] = None,
) -> Response[str]:
    """A day by provider, by room or as a list, or a week of one provider."""
    desk = await desk_of(request)
    today = local_date(desk.now, desk.place.zone)
    try:
        page, status = await _page(desk, day_from(day, today), view, provider), 200
    except Refusal as problem:
        page, status = await _page(desk, today, view, provider, problem), problem.status
    return html(render("booking/board.html", page, await desk.shell(Nav.BOARD)), status=status)


@get("/board/grid", opt=only(*EVERYBODY))
async def show_grid(
    request: AnyRequest,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
    view: Annotated[str | None, QueryParameter(name="view")] = None,
    provider: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The grid alone, for the board to stay fresh."""
    desk = await desk_of(request)
    page = await _page(desk, day_from(day, local_date(desk.now, desk.place.zone)), view, provider)
    return html(render("booking/_grid.html", page, await desk.shell(Nav.BOARD)))


@get("/appointments/new", opt=only(*FRONT))
async def show_new(request: AnyRequest) -> Response[str]:
    """A booking being made, or visits being moved: the first question that is not answered."""
    desk = await desk_of(request)
    known = known_from(desk.now, desk.place.zone, dict(request.query_params))
    if known.move is not None:
        return await move_sheet(desk, known.move, known)
    if known.party is not None:
        return await party_move_sheet(desk, known.party, known)
    return await new_sheet(desk, known)


async def new_sheet(desk: Desk, known: Known, problem: Refusal | None = None) -> Response[str]:
    """The sheet of a booking being made."""
    shown = problem_of(problem) if problem else None
    sheet = await booking_sheet(setting_of(desk), known, problem=shown)
    return await with_sheet(desk, known.day, sheet, status=problem.status if problem else 200)


async def move_sheet(
    desk: Desk, appointment_id: UUID, known: Known, problem: Refusal | None = None
) -> Response[str]:
    """The sheet that gives a visit another time."""
    found = await visit(appointment_id, desk.place.id)
    asked = replace(known, move=found.id)
    shown = problem_of(problem) if problem else None
    sheet = await move_sheet_of(setting_of(desk), asked, [found], problem=shown)
    return await with_sheet(desk, known.day, sheet, status=problem.status if problem else 200)


async def party_move_sheet(
    desk: Desk, party_id: UUID, known: Known, problem: Refusal | None = None
) -> Response[str]:
    """The sheet that gives a party another time, all of it that is still to come.

    Raises:
        Conflict: `party-changed` when nothing of it is still to come.
    """
    found = await party(party_id, desk.place.id)
    coming = [one for one in found.visits if one.status.is_expected]
    if not coming:
        raise Conflict("party-changed", "Nothing of this party is still to come. Go back to the board.")
    asked = replace(known, party=found.id, arrangement=found.arrangement, wait=found.longest_wait_minutes)
    shown = problem_of(problem) if problem else None
    sheet = await move_sheet_of(setting_of(desk), asked, coming, problem=shown)
    return await with_sheet(desk, known.day, sheet, status=problem.status if problem else 200)


async def _with_search(desk: Desk, known: Known, search: GuestSearch, status: int = 200) -> Response[str]:
    if wants_part(desk.request):
        return part(render("booking/_guests.html", search, await desk.shell(Nav.BOARD)), status=status)
    sheet = await booking_sheet(setting_of(desk), known, search=search)
    return await with_sheet(desk, known.day, sheet, status=status)


@post("/guests/search", opt=only(*FRONT), status_code=200)
async def search_guests(request: AnyRequest) -> Response[str]:
    """Guests by phone or name; by POST, so that nobody's number stands in an address."""
    desk, fields = await posted(request)
    form = read(fields, SearchForm)
    known = form.known(desk)
    typed = form.q.strip()[:80]
    found = await find_guests(typed)
    asked = search_is_possible(typed)
    return await _with_search(desk, known, await guest_search(known, typed=typed, found=found, asked=asked))


@post("/guests", opt=only(*FRONT), status_code=200)
async def add(request: AnyRequest) -> Response[Any]:
    """Add a guest and go on with the booking."""
    desk, fields = await posted(request)
    form = read(fields, GuestForm)
    known = form.known(desk)
    try:
        guest_id = await desk.ask(
            add_guest,
            guest_id=form.id,
            given_name=form.given_name,
            family_name=form.family_name,
            phone=form.phone,
            email=form.email,
            group_code=form.group,
            by_email=bool(form.by_email),
            by_text=bool(form.by_text),
        )
    except Refusal as problem:
        search = replace(
            await guest_search(known, problem=problem_of(problem)),
            new_open=True,
            new_given_name=form.given_name,
            new_family_name=form.family_name,
            new_phone=form.phone,
            new_email=form.email,
            by_email=bool(form.by_email),
            by_text=bool(form.by_text),
        )
        return await _with_search(desk, known, search, problem.status)
    return desk.see(known.with_item(known.asked, guest=guest_id).href)


@post("/appointments", opt=only(*FRONT), status_code=200)
async def book(request: AnyRequest) -> Response[Any]:
    """Book what the sheet showed."""
    desk, fields = await posted(request)
    form = read(fields, BookForm)
    starts_at = instant_from(form.starts_at)
    local = starts_at.astimezone(desk.place.zone)
    add_ons = add_ons_from(form.add)
    try:
        booked = await desk.ask(
            book_appointment,
            appointment_id=form.id,
            guest_id=form.guest,
            service_id=form.service,
            provider_id=form.provider,
            starts_at=starts_at,
            quoted_cents=Cents(form.quoted_cents),
            add_on_ids=add_ons,
            provider_wish=form.wish or "any",
            override_reason=form.override_reason or None,
        )
    except Refusal as problem:
        known = Known(
            local.date(),
            form.provider if form.wish == "named" else None,
            local.time(),
            form.guest,
            form.service,
            add_ons=add_ons,
            wish=form.wish,
            serves=form.provider,
        )
        return await new_sheet(desk, known, problem)
    sentence = (
        f"{booked.guest_name} is booked: {booked.service_name} with {booked.provider_name},"
        f" {local:%A %-d %B, %-I:%M %p}, {format_usd(Cents(form.quoted_cents))}."
    )
    path = board_href(local.date())
    if booked.is_asked:
        path = await after_booking(await visit(form.id, desk.place.id), local.date())
    undo = (("version", "1"),)
    return desk.see(path, Toast(sentence, f"/appointments/{form.id}/booking/undo", undo))


async def after_booking(booked: Visit, day: date) -> str:
    """The board; or the visit, when a card or a deposit is asked for that is not there."""
    standing = await card_standing(booked, day)
    return board_href(day) if standing is None or standing.is_met else f"/appointments/{booked.id}"


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
