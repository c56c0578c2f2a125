"""Somebody stands at the desk: a service, the first free provider and room, a name and a phone number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromQuery

from spa_pos.booking.actions import walk_in
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.queries import calendar, needs_of, visit
from spa_pos.booking.rules import DaySupply, open_times
from spa_pos.catalog.queries import MenuService, menu, quotes
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import known_group
from spa_pos.people.pages.session import FRONT, Desk, desk_of, only, posted
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import instant_from, read
from spa_pos.web.shell import Nav, Problem, Toast
from spa_pos.web.templates import render

PROPOSED = 4
LONGEST_COUNT = 90
"""Minutes of waiting that are counted; a longer wait is said by the clock."""


@dataclass(frozen=True, slots=True)
class WalkInService:
    """A service with when it could begin: `now`, `in 25 min` or `at 2:45 PM`; without one it cannot today."""

    name: str
    minutes: int
    price_cents: int
    when_words: str | None
    href: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A provider and a room that are free, and how long the guest waits."""

    words: str
    when_words: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WalkInPage:
    """`booking/walk_in.html` at `GET /walk-in?service=&provider=&at=`.

    `POST /walk-in` sends id, guest, service, provider, starts_at and who (a name and a phone number).
    """

    services: tuple[WalkInService, ...]
    chosen: str | None
    proposals: tuple[Proposal, ...]
    service_id: UUID | None
    provider_id: UUID | None
    starts_at: datetime | None
    done_words: str
    who: str
    back_href: str
    problem: Problem | None = None


class WalkInForm(msgspec.Struct, forbid_unknown_fields=True):
    """A guest at the desk."""

    id: UUID
    guest: UUID
    service: UUID
    provider: UUID
    starts_at: str
    who: str = ""


def _href(service: UUID, provider: UUID | None = None, at: datetime | None = None) -> str:
    known = {"service": str(service), "provider": provider and str(provider), "at": at and at.isoformat()}
    return f"/walk-in?{urlencode({name: value for name, value in known.items() if value})}"


def _wait(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    minutes = max(0, round((moment - now).total_seconds() / 60))
    if minutes > LONGEST_COUNT:
        return f"at {moment.astimezone(zone):%-I:%M %p}"
    return "now" if minutes < 5 else f"in {minutes} min"


async def _page(
    desk: Desk,
    service: UUID | None,
    provider: UUID | None,
    at: datetime | None,
    *,
    who: str = "",
    problem: Refusal | None = None,
) -> Response[str]:
    place, today = desk.place, local_date(desk.now, desk.place.zone)
    services = await menu()
    (day,) = await calendar(place.id, place.zone, today, today, now=desk.now)
    visitor = await known_group("visitor")
    prices = await quotes(
        place.id, place.zone, [one.id for one in services], visitor, starts_at=desk.now, booked_at=desk.now
    )
    soonest: dict[UUID, datetime] = {}
    for one in services:
        begins = day.begin_times(needs_of(one), now=desk.now)
        if begins:
            soonest[one.id] = begins[0]
    wanted = next((one for one in services if one.id == service), None)
    proposals = _proposals(desk, wanted, day.supply(), provider, at) if wanted else ()
    chosen = next((one for one in proposals if one.chosen), None)
    page = WalkInPage(
        services=tuple(
            WalkInService(
                one.name,
                one.duration_minutes,
                prices[one.id].price_cents,
                _wait(soonest[one.id], desk.now, place.zone) if one.id in soonest else None,
                _href(one.id),
            )
            for one in services
            if one.id in prices
        ),
        chosen=f"{wanted.name}, {wanted.duration_minutes} min" if wanted else None,
        proposals=proposals,
        service_id=service if wanted else None,
        provider_id=provider if chosen else None,
        starts_at=at if chosen else None,
        done_words=f"Check in: {chosen.words}, {chosen.when_words}" if chosen else "",
        who=who,
        back_href=board_href(today),
        problem=problem_of(problem) if problem else None,
    )
    status = problem.status if problem else 200
    return html(render("booking/walk_in.html", page, await desk.shell(Nav.BOARD)), status=status)


def _proposals(
    desk: Desk, wanted: MenuService, supply: DaySupply, provider: UUID | None, at: datetime | None
) -> tuple[Proposal, ...]:
    """The first slots of today, each provider once."""
    first: dict[UUID, Proposal] = {}
    for slot in open_times(needs_of(wanted), supply, now=desk.now):
        who = slot.provider.staff_id
        if who not in first:
            first[who] = Proposal(
                f"{slot.provider.name.split()[0]}, {slot.room.name}",
                _wait(slot.starts_at, desk.now, desk.place.zone),
                _href(wanted.id, who, slot.starts_at),
                who == provider and slot.starts_at == at,
            )
    return tuple(first.values())[:PROPOSED]


@get("/walk-in", opt=only(*FRONT))
async def show_walk_in(
    request: AnyRequest,
    service: FromQuery[UUID | None] = None,
    provider: FromQuery[UUID | None] = None,
    at: FromQuery[str | None] = None,
) -> Response[str]:
    """A service, then who is free, then who it is."""
    desk = await desk_of(request)
    return await _page(desk, service, provider, instant_from(at) if at else None)


@post("/walk-in", opt=only(*FRONT), status_code=200)
async def begin(request: AnyRequest) -> Response[Any]:
    """Book the guest and check them in."""
    desk, fields = await posted(request)
    form = read(fields, WalkInForm)
    starts_at = instant_from(form.starts_at)
    try:
        await desk.ask(
            walk_in,
            appointment_id=form.id,
            guest_id=form.guest,
            who=form.who,
            service_id=form.service,
            provider_id=form.provider,
            starts_at=starts_at,
        )
    except Refusal as problem:
        return await _page(desk, form.service, form.provider, starts_at, who=form.who, problem=problem)
    found = await visit(form.id, desk.place.id)
    words = (
        f"{found.guest_name} is checked in: {found.service_name} with {found.provider_name} in"
        f" {found.room_name}, {format_usd(found.total_cents)}."
    )
    undo = (("version", str(found.version)),)
    return desk.see(
        board_href(local_date(desk.now, desk.place.zone)),
        Toast(words, f"/appointments/{form.id}/check-in/undo", undo),
    )


router = Router("/", route_handlers=[show_walk_in, begin])
