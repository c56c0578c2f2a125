"""Offering by hand, and what the guest says to an offer."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from spa_pos.booking.actions.offers import accept_offer, decline_offer, offer_time
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.waitlist_sheets import wait_sheet, waitlist_page
from spa_pos.booking.pages.waitlist_views import GuestStep, WaitForm, WaitSheet
from spa_pos.booking.queries import visit
from spa_pos.booking.queries.waitlist import offer_of, wait
from spa_pos.kernel.errors import Invalid, NotFound, Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, only, posted
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import instant_from, read, uuid_from
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render


class VersionForm(msgspec.Struct, forbid_unknown_fields=True):
    """The version that the person saw."""

    version: int


class OfferForm(msgspec.Struct, forbid_unknown_fields=True):
    """A time to be held, as `provider and start` in one choice; `id` is of the appointment."""

    id: UUID
    time: str = ""


class AcceptForm(VersionForm, forbid_unknown_fields=True):
    """And the price that was shown."""

    quoted_cents: int


Sheet = GuestStep | WaitForm | WaitSheet


async def page_with(
    desk: Desk,
    sheet: Sheet | None = None,
    *,
    service_id: UUID | None = None,
    day: date | None = None,
    problem: Refusal | None = None,
    status: int = 200,
) -> Response[str]:
    """The list, with what stands beside it."""
    page = await waitlist_page(
        desk.place,
        now=desk.now,
        service_id=service_id,
        day=day,
        sheet=sheet,
        is_manager=desk.actor.role in MANAGERS,
        problem=problem_of(problem) if problem else None,
    )
    return html(render("booking/waitlist.html", page, await desk.shell(Nav.WAITLIST)), status=status)


async def sheet_of(desk: Desk, wait_id: UUID, problem: Refusal | None = None) -> Response[str]:
    """The list, with one guest who waits beside it."""
    found = await wait(wait_id, desk.place.id)
    shown = problem_of(problem) if problem else None
    sheet = await wait_sheet(desk.place, found, now=desk.now, problem=shown)
    return await page_with(desk, sheet, status=problem.status if problem else 200)


@post("/waitlist/{wait_id:uuid}/offers", opt=only(*FRONT), status_code=200)
async def offer(request: AnyRequest, wait_id: FromPath[UUID]) -> Response[Any]:
    """Hold a time that fits, chosen at the desk."""
    desk, fields = await posted(request)
    form = read(fields, OfferForm)
    try:
        provider, _, starts = form.time.partition(" ")
        provider_id = uuid_from(provider, "provider")
        if provider_id is None:
            raise Invalid("time-unreadable", "Choose one of the times.", field="time")
        await desk.ask(
            offer_time,
            appointment_id=form.id,
            wait_id=wait_id,
            provider_id=provider_id,
            starts_at=instant_from(starts),
            by_hand=True,
        )
    except Refusal as problem:
        return await sheet_of(desk, wait_id, problem)
    return desk.see(f"/waitlist/{wait_id}", Toast("The time is held for the guest."))


async def _whose(appointment_id: UUID) -> UUID:
    found = await offer_of(appointment_id)
    if found is None:
        raise NotFound("offer-unknown", "There is no such offer. Go back to the waitlist.")
    return found.wait_id


@post("/waitlist/offers/{appointment_id:uuid}/acceptance", opt=only(*FRONT), status_code=200)
async def accept(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The guest takes the time."""
    desk, fields = await posted(request)
    form = read(fields, AcceptForm)
    wait_id = await _whose(appointment_id)
    try:
        await desk.ask(
            accept_offer,
            appointment_id=appointment_id,
            version=form.version,
            quoted_cents=Cents(form.quoted_cents),
        )
    except Refusal as problem:
        return await sheet_of(desk, wait_id, problem)
    booked = await visit(appointment_id, desk.place.id)
    local = booked.starts_at.astimezone(desk.place.zone)
    sentence = (
        f"{booked.guest_name} is booked: {booked.service_name} with {booked.provider_name},"
        f" {local:%A %-d %B, %-I:%M %p}, {format_usd(booked.total_cents)}."
    )
    return desk.see(board_href(local.date()), Toast(sentence))


@post("/waitlist/offers/{appointment_id:uuid}/decline", opt=only(*FRONT), status_code=200)
async def decline(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The guest does not want the time; it goes on to the next."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    wait_id = await _whose(appointment_id)
    try:
        await desk.ask(decline_offer, appointment_id=appointment_id, version=form.version)
    except Refusal as problem:
        return await sheet_of(desk, wait_id, problem)
    return desk.see(f"/waitlist/{wait_id}", Toast("Declined. The time goes on to the next who fits."))
