"""One appointment at the desk: look, check in, move, cancel, and the way back of each."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery

from spa_pos.booking.actions import (
    Late,
    Proof,
    cancel_appointment,
    check_in,
    confirm_appointment,
    mark_no_show,
    move_appointment,
    restore_appointment,
    start_service,
    unconfirm_appointment,
    undo_booking,
    undo_check_in,
    undo_start,
)
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.desk import move_sheet, setting_of, with_sheet
from spa_pos.booking.pages.known import Known
from spa_pos.booking.pages.limits import Passing, limit_sheet
from spa_pos.booking.pages.visit_sheet import visit_sheet
from spa_pos.booking.queries import Visit, visit
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import EVERYBODY, FRONT, Desk, desk_of, only, posted
from spa_pos.people.queries import staff_hue
from spa_pos.web.answers import AnyRequest, problem_of
from spa_pos.web.forms import instant_from, read
from spa_pos.web.shell import Toast


class VersionForm(msgspec.Struct, forbid_unknown_fields=True):
    """The version of the appointment that the person saw."""

    version: int


class CheckInForm(VersionForm, forbid_unknown_fields=True):
    """And what was shown to prove the group, and what a late guest still gets."""

    proof: Proof = "on_file"
    late: Late = "as_booked"


class CancelForm(VersionForm, forbid_unknown_fields=True):
    """And why."""

    reason: str = ""


class RestoreForm(VersionForm, forbid_unknown_fields=True):
    """And why limits are passed."""

    override_reason: str = ""


class MoveForm(msgspec.Struct, forbid_unknown_fields=True):
    """Another time as the sheet showed it, and why limits are passed."""

    version: int
    provider: UUID
    starts_at: str
    quoted_cents: int
    room: int | None = None
    override_reason: str = ""


async def _visit_sheet(
    desk: Desk, appointment_id: UUID, *, cancelling: bool = False, problem: Refusal | None = None
) -> Response[str]:
    found = await visit(appointment_id, desk.place.id)
    shown = problem_of(problem) if problem else None
    sheet = await visit_sheet(
        desk.place,
        found,
        now=desk.now,
        hue=await staff_hue(found.provider_id),
        cancelling=cancelling,
        problem=shown,
    )
    day = local_date(found.starts_at, desk.place.zone)
    return await with_sheet(desk, day, sheet, status=problem.status if problem else 200)


def time_before(before: Visit, version: int) -> tuple[tuple[str, str], ...]:
    """What brings a visit that was moved back to where it was."""
    return (
        ("version", str(version)),
        ("provider", str(before.provider_id)),
        ("starts_at", before.starts_at.isoformat()),
        ("quoted_cents", str(before.total_cents)),
        ("room", str(before.room_number)),
    )


async def show_refused(desk: Desk, appointment_id: UUID, problem: Refusal) -> Response[str]:
    """The sheet of a visit with the reason why nothing was changed."""
    return await _visit_sheet(desk, appointment_id, problem=problem)


@get("/appointments/{appointment_id:uuid}", opt=only(*EVERYBODY))
async def show_visit(
    request: AnyRequest, appointment_id: FromPath[UUID], cancelling: FromQuery[bool] = False
) -> Response[str]:
    """One appointment and what can be done now."""
    return await _visit_sheet(await desk_of(request), appointment_id, cancelling=cancelling)


async def _step(
    request: AnyRequest,
    appointment_id: UUID,
    verb: Callable[..., Awaitable[int]],
    words: str,
    *,
    undo: str | None = None,
) -> Response[Any]:
    """One step of a visit, on its sheet; `undo` is where below the visit the way back is posted."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    try:
        version = await desk.ask(verb, appointment_id=appointment_id, version=form.version)
    except Refusal as problem:
        return await _visit_sheet(desk, appointment_id, problem=problem)
    here = f"/appointments/{appointment_id}"
    toast = Toast(words, f"{here}/{undo}", (("version", str(version)),)) if undo else Toast(words)
    return desk.see(here, toast)


@post("/appointments/{appointment_id:uuid}/confirmation", opt=only(*FRONT), status_code=200)
async def confirm(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The guest says they will come."""
    return await _step(
        request, appointment_id, confirm_appointment, "The visit is confirmed.", undo="confirmation/undo"
    )


@post("/appointments/{appointment_id:uuid}/confirmation/undo", opt=only(*FRONT), status_code=200)
async def unconfirm(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The guest has not said so after all."""
    return await _step(request, appointment_id, unconfirm_appointment, "The visit is booked, not confirmed.")


@post("/appointments/{appointment_id:uuid}/service", opt=only(*EVERYBODY), status_code=200)
async def start(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The provider has begun."""
    return await _step(
        request, appointment_id, start_service, "The visit is in service.", undo="service/undo"
    )


@post("/appointments/{appointment_id:uuid}/service/undo", opt=only(*EVERYBODY), status_code=200)
async def unstart(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The provider has not begun after all."""
    return await _step(request, appointment_id, undo_start, "The guest is checked in, not in service.")


@post("/appointments/{appointment_id:uuid}/check-in", opt=only(*FRONT), status_code=200)
async def begin_visit(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The guest is here."""
    desk, fields = await posted(request)
    form = read(fields, CheckInForm)
    try:
        version = await desk.ask(
            check_in,
            appointment_id=appointment_id,
            version=form.version,
            proof_shown=form.proof,
            late=form.late,
        )
    except Refusal as problem:
        return await _visit_sheet(desk, appointment_id, problem=problem)
    found = await visit(appointment_id, desk.place.id)
    sentence = f"{found.guest_name} is checked in, at {format_usd(found.total_cents)}."
    undo = (("version", str(version)),)
    return desk.see(
        f"/appointments/{appointment_id}",
        Toast(sentence, f"/appointments/{appointment_id}/check-in/undo", undo),
    )


@post("/appointments/{appointment_id:uuid}/check-in/undo", opt=only(*FRONT), status_code=200)
async def unbegin_visit(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The guest is not here after all."""
    return await _step(request, appointment_id, undo_check_in, "The check-in is undone.")


@post("/appointments/{appointment_id:uuid}/cancellation", opt=only(*FRONT), status_code=200)
async def cancel(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Cancel a visit, with a reason."""
    desk, fields = await posted(request)
    form = read(fields, CancelForm)
    try:
        version = await desk.ask(
            cancel_appointment, appointment_id=appointment_id, version=form.version, reason=form.reason
        )
    except Refusal as problem:
        return await _visit_sheet(desk, appointment_id, cancelling=True, problem=problem)
    return await _ended(desk, appointment_id, version, "is cancelled")


@post("/appointments/{appointment_id:uuid}/booking/undo", opt=only(*FRONT), status_code=200)
async def unbook(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Take a booking back, right after it was made."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    try:
        version = await desk.ask(undo_booking, appointment_id=appointment_id, version=form.version)
    except Refusal as problem:
        return await _visit_sheet(desk, appointment_id, cancelling=True, problem=problem)
    return await _ended(desk, appointment_id, version, "is cancelled")


@post("/appointments/{appointment_id:uuid}/no-show", opt=only(*FRONT), status_code=200)
async def miss(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """The guest did not come."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    try:
        version = await desk.ask(mark_no_show, appointment_id=appointment_id, version=form.version)
    except Refusal as problem:
        return await _visit_sheet(desk, appointment_id, problem=problem)
    return await _ended(desk, appointment_id, version, "is marked as a no-show")


async def _ended(desk: Desk, appointment_id: UUID, version: int, words: str) -> Response[Any]:
    found = await visit(appointment_id, desk.place.id)
    fee = f" Fee {format_usd(found.fee_cents)}: {found.fee_reason}." if found.fee_cents else ""
    toast = Toast(
        f"The visit of {found.guest_name} {words}.{fee}",
        f"/appointments/{appointment_id}/restoration",
        (("version", str(version)),),
    )
    return desk.see(board_href(local_date(found.starts_at, desk.place.zone)), toast)


@post("/appointments/{appointment_id:uuid}/restoration", opt=only(*FRONT), status_code=200)
async def restore(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Undo a cancellation or a no-show."""
    desk, fields = await posted(request)
    form = read(fields, RestoreForm)
    try:
        await desk.ask(
            restore_appointment,
            appointment_id=appointment_id,
            version=form.version,
            override_reason=form.override_reason or None,
        )
    except Refusal as problem:
        if problem.code == "hands-on-limit":
            return await _restore_past(desk, await visit(appointment_id, desk.place.id), form, problem)
        return await _visit_sheet(desk, appointment_id, problem=problem)
    return desk.see(f"/appointments/{appointment_id}", Toast("The visit is booked again."))


async def _restore_past(desk: Desk, seen: Visit, form: RestoreForm, problem: Refusal) -> Response[str]:
    local = seen.starts_at.astimezone(desk.place.zone)
    asked = Passing(
        f"Restore {seen.guest_name}",
        f"{local:%A %-d %B, %-I:%M %p}, {seen.provider_name}",
        f"/appointments/{seen.id}/restoration",
        (("version", str(form.version)),),
        "Restore all the same",
    )
    return await limit_sheet(desk, seen, asked, problem)


@post("/appointments/{appointment_id:uuid}/time", opt=only(*FRONT), status_code=200)
async def move(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Give a visit the time that the sheet showed."""
    desk, fields = await posted(request)
    form = read(fields, MoveForm)
    starts_at = instant_from(form.starts_at)
    local = starts_at.astimezone(desk.place.zone)
    before = await visit(appointment_id, desk.place.id)
    try:
        version = await desk.ask(
            move_appointment,
            appointment_id=appointment_id,
            version=form.version,
            provider_id=form.provider,
            starts_at=starts_at,
            quoted_cents=Cents(form.quoted_cents),
            room_number=form.room,
            override_reason=form.override_reason or None,
        )
    except Refusal as problem:
        return await move_sheet(
            desk, appointment_id, Known(local.date(), form.provider, local.time()), problem
        )
    return desk.see(board_href(local.date()), moved_toast(desk, before, version, starts_at))


def moved_toast(desk: Desk, before: Visit, version: int, starts_at: datetime, *, where: str = "") -> Toast:
    """That a visit was moved, and the way back to where it was before; past a limit if it was that."""
    local = starts_at.astimezone(desk.place.zone)
    undo = time_before(before, version)
    if before.override_reason and setting_of(desk).is_manager:
        undo = (*undo, ("override_reason", before.override_reason))
    sentence = f"{before.guest_name} is moved to {local:%A %-d %B, %-I:%M %p}{where}."
    return Toast(sentence, f"/appointments/{before.id}/time", undo)


router = Router(
    "/",
    route_handlers=[
        show_visit,
        confirm,
        unconfirm,
        begin_visit,
        unbegin_visit,
        start,
        unstart,
        move,
        cancel,
        unbook,
        miss,
        restore,
    ],
)
