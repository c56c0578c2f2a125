"""The waitlist at the desk: who waits, offering by hand, accepting and declining, and its rules."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from spa_pos.booking.actions.waitlist import WaitAsk, add_wait, change_wait, restore_wait, withdraw_wait
from spa_pos.booking.pages.waitlist_offers import (
    VersionForm,
    accept,
    decline,
    offer,
    page_with,
    sheet_of,
)
from spa_pos.booking.pages.waitlist_rules import change_rules, show_rules
from spa_pos.booking.pages.waitlist_sheets import (
    PARTS,
    guest_step,
    typed_of,
    wait_form,
    waitlist_href,
    waitlist_page,
)
from spa_pos.booking.queries.waitlist import WaitView, wait
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import FRONT, UNATTENDED, Desk, desk_of, only, posted
from spa_pos.people.queries import find_guests, guest, search_is_possible
from spa_pos.schedule.rules import Span, spans_of
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from, read, uuid_from
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

KNOWN = ("service", "date")
"""What a link to a new entry may know besides the guest."""


class SearchForm(msgspec.Struct, forbid_unknown_fields=True):
    """What was typed to find a guest, and what is known already."""

    q: str = ""
    service: str = ""
    date: str = ""


class EntryForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a guest waits for, as typed."""

    id: UUID | None = None
    guest: UUID | None = None
    version: int = 0
    service: str = ""
    first_day: str = ""
    last_day: str = ""
    morning: str = ""
    afternoon: str = ""
    evening: str = ""
    hours: str = ""
    wish: str = "any"
    reason: str = ""
    severity: str = "0"
    leaves_on: str = ""
    note: str = ""

    def typed(self) -> dict[str, str]:
        """The fields as the form shows them again."""
        return {
            name: value for name in self.__struct_fields__ if isinstance(value := getattr(self, name), str)
        }

    def asked(self, today: date) -> WaitAsk:
        """What it means.

        Raises:
            Invalid: a field cannot be read.
        """
        service_id = uuid_from(self.service, "service")
        if service_id is None:
            raise Invalid("service-missing", "Choose what the guest waits for.", field="service")
        if not (self.severity.isascii() and self.severity.isdigit() and len(self.severity) < 3):
            raise Invalid("severity-unreadable", "Severity goes from 0 to 10.", field="severity")
        windows: list[Span] = [span for name, _, span in PARTS if getattr(self, name)]
        named = uuid_from(self.wish, "provider") if self.wish not in ("any", "woman", "man") else None
        first = day_from(self.first_day, today)
        return WaitAsk(
            service_id,
            first,
            day_from(self.last_day, first),
            (*windows, *spans_of(self.hours)),
            "named" if named else self.wish,
            named,
            self.reason,
            int(self.severity),
            day_from(self.leaves_on, today) if self.leaves_on else None,
            self.note,
        )


async def _new_form(
    desk: Desk, guest_id: UUID, typed: Mapping[str, str], problem: Refusal | None = None
) -> Response[str]:
    sheet = await wait_form(
        desk.place,
        await guest(guest_id),
        typed,
        now=desk.now,
        fields=(("guest", str(guest_id)),),
        problem=problem_of(problem) if problem else None,
    )
    return await page_with(desk, sheet, status=problem.status if problem else 200)


async def _change_form(
    desk: Desk, found: WaitView, typed: Mapping[str, str], problem: Refusal | None = None
) -> Response[str]:
    sheet = await wait_form(
        desk.place,
        await guest(found.guest_id),
        typed,
        now=desk.now,
        fields=(("version", str(found.version)),),
        wait_id=found.id,
        problem=problem_of(problem) if problem else None,
    )
    return await page_with(desk, sheet, status=problem.status if problem else 200)


@get("/waitlist", opt=only(*FRONT))
async def show_waitlist(
    request: AnyRequest,
    service: FromQuery[str | None] = None,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
) -> Response[str]:
    """Who waits, the most points first."""
    desk = await desk_of(request)
    try:
        service_id, shown = _narrowed(desk, service, day)
    except Refusal as problem:
        return await page_with(desk, problem=problem, status=problem.status)
    return await page_with(desk, service_id=service_id, day=shown)


def _narrowed(desk: Desk, service: str | None, day: str | None) -> tuple[UUID | None, date | None]:
    shown = day_from(day, local_date(desk.now, desk.place.zone)) if day else None
    return uuid_from(service, "service"), shown


@get("/waitlist/list", opt=only(*FRONT) | dict(UNATTENDED))
async def show_list(
    request: AnyRequest,
    service: FromQuery[str | None] = None,
    day: Annotated[str | None, QueryParameter(name="date")] = None,
) -> Response[str]:
    """The list alone, for the page to stay fresh."""
    desk = await desk_of(request)
    service_id, shown = _narrowed(desk, service, day)
    page = await waitlist_page(desk.place, now=desk.now, service_id=service_id, day=shown)
    return html(render("booking/_waitlist.html", page, await desk.shell(Nav.WAITLIST)))


@get("/waitlist/new", opt=only(*FRONT))
async def show_new(request: AnyRequest) -> Response[str]:
    """A new entry: who, then what for."""
    desk = await desk_of(request)
    given = {name: request.query_params.get(name, "") for name in KNOWN}
    guest_id = uuid_from(request.query_params.get("guest"), "guest")
    if guest_id is None:
        return await page_with(desk, guest_step({name: value for name, value in given.items() if value}))
    first = day_from(given["date"], local_date(desk.now, desk.place.zone)).isoformat()
    return await _new_form(desk, guest_id, {"service": given["service"], "first_day": first})


@post("/waitlist/guests", opt=only(*FRONT), status_code=200)
async def search(request: AnyRequest) -> Response[str]:
    """Guests by phone or name; by POST, so that nobody's number stands in an address."""
    desk, fields = await posted(request)
    form = read(fields, SearchForm)
    typed = form.q.strip()[:80]
    given = {"service": form.service, "date": form.date}
    step = guest_step(
        {name: value for name, value in given.items() if value},
        typed=typed,
        asked=search_is_possible(typed),
        found=await find_guests(typed),
    )
    return await page_with(desk, step)


@post("/waitlist", opt=only(*FRONT), status_code=200)
async def add(request: AnyRequest) -> Response[Any]:
    """Put a guest on the waitlist."""
    desk, fields = await posted(request)
    form = read(fields, EntryForm)
    if form.id is None or form.guest is None:
        raise Invalid("form-unreadable", "This form is incomplete. Open the page again.")
    try:
        asked = form.asked(local_date(desk.now, desk.place.zone))
        await desk.ask(add_wait, wait_id=form.id, guest_id=form.guest, asked=asked)
    except Refusal as problem:
        return await _new_form(desk, form.guest, form.typed(), problem)
    found = await wait(form.id, desk.place.id)
    toast = Toast(
        f"{found.guest_name} waits for {found.service_name}.",
        f"/waitlist/{found.id}/withdrawal",
        (("version", str(found.version)),),
    )
    return desk.see(f"/waitlist/{found.id}", toast)


@get("/waitlist/{wait_id:uuid}", opt=only(*FRONT))
async def show_wait(
    request: AnyRequest, wait_id: FromPath[UUID], edit: FromQuery[bool] = False
) -> Response[str]:
    """One guest who waits, or the form that changes what for."""
    desk = await desk_of(request)
    if not edit:
        return await sheet_of(desk, wait_id)
    found = await wait(wait_id, desk.place.id)
    return await _change_form(desk, found, typed_of(found))


@post("/waitlist/{wait_id:uuid}", opt=only(*FRONT), status_code=200)
async def change(request: AnyRequest, wait_id: FromPath[UUID]) -> Response[Any]:
    """Change what a guest waits for."""
    desk, fields = await posted(request)
    form = read(fields, EntryForm)
    try:
        asked = form.asked(local_date(desk.now, desk.place.zone))
        await desk.ask(change_wait, wait_id=wait_id, version=form.version, asked=asked)
    except Refusal as problem:
        found = await wait(wait_id, desk.place.id)
        return await _change_form(desk, found, form.typed(), problem)
    return desk.see(f"/waitlist/{wait_id}", Toast("The entry is changed."))


@post("/waitlist/{wait_id:uuid}/withdrawal", opt=only(*FRONT), status_code=200)
async def withdraw(request: AnyRequest, wait_id: FromPath[UUID]) -> Response[Any]:
    """The guest waits no longer."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    try:
        version = await desk.ask(withdraw_wait, wait_id=wait_id, version=form.version)
    except Refusal as problem:
        return await sheet_of(desk, wait_id, problem)
    found = await wait(wait_id, desk.place.id)
    toast = Toast(
        f"{found.guest_name} waits no longer.",
        f"/waitlist/{wait_id}/restoration",
        (("version", str(version)),),
    )
    return desk.see(waitlist_href(), toast)


@post("/waitlist/{wait_id:uuid}/restoration", opt=only(*FRONT), status_code=200)
async def restore(request: AnyRequest, wait_id: FromPath[UUID]) -> Response[Any]:
    """Undo a withdrawal."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    try:
        await desk.ask(restore_wait, wait_id=wait_id, version=form.version)
    except Refusal as problem:
        return await sheet_of(desk, wait_id, problem)
    return desk.see(f"/waitlist/{wait_id}", Toast("The guest waits again, since they first asked."))


router = Router(
    "/",
    route_handlers=[
        show_waitlist,
        show_list,
        show_new,
        search,
        add,
        show_rules,
        change_rules,
        show_wait,
        change,
        withdraw,
        restore,
        offer,
        accept,
        decline,
    ],
)
