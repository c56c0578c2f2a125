"""Time kept free of visits, and visits that are dropped elsewhere or stretched on the board."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from spa_pos.booking.actions import (
    BlockKind,
    add_block,
    move_appointment,
    remove_block,
    resize_appointment,
    restore_block,
)
from spa_pos.booking.pages.block_views import BlockKindChoice, BlockSheet, PlaceSheet
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.codes import unreadable
from spa_pos.booking.pages.desk import move_sheet, with_sheet
from spa_pos.booking.pages.known import Known
from spa_pos.booking.pages.limits import Passing, limit_sheet
from spa_pos.booking.pages.visits import moved_toast, show_refused
from spa_pos.booking.queries import Visit, block, visit
from spa_pos.kernel.errors import Conflict, NotFound, Refusal
from spa_pos.kernel.time import instant, local_date
from spa_pos.people.pages.session import EVERYBODY, FRONT, Desk, desk_of, only, posted
from spa_pos.schedule.queries import ProviderOnDay, day_schedules
from spa_pos.web.answers import AnyRequest, problem_of
from spa_pos.web.forms import day_from, instant_from, read, time_from
from spa_pos.web.shell import Toast

KINDS = {"break": "Break", "training": "Training", "repair": "Repair", "other": "Something else"}
MINUTES = (15, 30, 45, 60, 90, 120, 240)


class BlockForm(msgspec.Struct, forbid_unknown_fields=True):
    """Time to be kept free."""

    id: UUID
    resource: int
    starts_at: str
    minutes: int
    kind: BlockKind
    reason: str = ""


class VersionForm(msgspec.Struct, forbid_unknown_fields=True):
    """The version that the person saw."""

    version: int


class DropForm(VersionForm, forbid_unknown_fields=True):
    """Where a visit was dropped: a provider, a local day and clock face, and a room unless any will do;
    and why limits are passed."""

    provider: UUID
    date: str
    at: str
    view: str = ""
    override_reason: str = ""
    room: str = ""

    @property
    def room_number(self) -> int | None:
        """The room as a number.

        Raises:
            Invalid: `link-unreadable`.
        """
        if self.room and not (self.room.isascii() and self.room.isdigit() and len(self.room) < 10):
            raise unreadable()
        return int(self.room) if self.room else None


class LengthForm(VersionForm, forbid_unknown_fields=True):
    """How long a visit is from now on, and why limits are passed."""

    minutes: int
    view: str = ""
    override_reason: str = ""


async def _resource_name(desk: Desk, number: int) -> str:
    today = local_date(desk.now, desk.place.zone)
    (schedule,) = await day_schedules(desk.place.id, desk.place.zone, today, today)
    names = {one.number: one.name for one in schedule.providers}
    names |= {one.number: one.name for one in schedule.things}
    if number in names:
        return names[number]
    raise NotFound("resource-unknown", "There is no such room or provider here. Go back to the board.")


@get("/blocks/new", opt=only(*FRONT))
async def show_new_block(
    request: AnyRequest,
    resource: FromQuery[int] = 0,
    at: FromQuery[str] = "",
    day: Annotated[str | None, QueryParameter(name="date")] = None,
) -> Response[str]:
    """Time of a provider or a room that is about to be kept free."""
    desk = await desk_of(request)
    on = day_from(day, local_date(desk.now, desk.place.zone))
    starts_at = instant(on, time_from(at), desk.place.zone)
    sheet = BlockSheet(
        block_id=None,
        version=0,
        close_href=board_href(on),
        resource_no=resource,
        resource_name=await _resource_name(desk, resource),
        starts_at=starts_at.astimezone(desk.place.zone),
        minutes=30,
        minute_choices=MINUTES,
        kinds=tuple(BlockKindChoice(code, word, code == "break") for code, word in KINDS.items()),
        word="",
        reason="",
    )
    return await with_sheet(desk, on, sheet)


@post("/blocks", opt=only(*FRONT), status_code=200)
async def block_time(request: AnyRequest) -> Response[Any]:
    """Keep time free."""
    desk, fields = await posted(request)
    form = read(fields, BlockForm)
    starts_at = instant_from(form.starts_at)
    local = starts_at.astimezone(desk.place.zone)
    name = await _resource_name(desk, form.resource)
    try:
        await desk.ask(
            add_block,
            block_id=form.id,
            resource_no=form.resource,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=form.minutes),
            kind=form.kind,
            reason=form.reason,
        )
    except Refusal as problem:
        sheet = BlockSheet(
            block_id=None,
            version=0,
            close_href=board_href(local.date()),
            resource_no=form.resource,
            resource_name=name,
            starts_at=local,
            minutes=form.minutes,
            minute_choices=MINUTES,
            kinds=tuple(BlockKindChoice(code, word, code == form.kind) for code, word in KINDS.items()),
            word="",
            reason=form.reason,
            problem=problem_of(problem),
        )
        return await with_sheet(desk, local.date(), sheet, status=problem.status)
    toast = Toast(
        f"{name} is blocked from {local:%-I:%M %p} for {form.minutes} min.",
        f"/blocks/{form.id}/removal",
        (("version", "1"),),
    )
    return desk.see(board_href(local.date()), toast)


@get("/blocks/{block_id:uuid}", opt=only(*EVERYBODY))
async def show_block(request: AnyRequest, block_id: FromPath[UUID]) -> Response[str]:
    """Blocked time, and the way to free it."""
    desk = await desk_of(request)
    found = await block(block_id, desk.place.id)
    local = found.starts_at.astimezone(desk.place.zone)
    sheet = BlockSheet(
        block_id=found.id,
        version=found.version,
        close_href=board_href(local.date()),
        resource_no=found.resource_no,
        resource_name=found.resource_name,
        starts_at=local,
        minutes=int((found.ends_at - found.starts_at).total_seconds()) // 60,
        minute_choices=(),
        kinds=(),
        word=KINDS[found.kind],
        reason=found.reason,
    )
    return await with_sheet(desk, local.date(), sheet)


@post("/blocks/{block_id:uuid}/removal", opt=only(*FRONT), status_code=200)
async def free_time(request: AnyRequest, block_id: FromPath[UUID]) -> Response[Any]:
    """Free the time again."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    version = await desk.ask(remove_block, block_id=block_id, version=form.version)
    found = await block(block_id, desk.place.id)
    undo = (("version", str(version)),)
    toast = Toast(f"{found.resource_name} is free again.", f"/blocks/{block_id}/restoration", undo)
    return desk.see(board_href(local_date(found.starts_at, desk.place.zone)), toast)


@post("/blocks/{block_id:uuid}/restoration", opt=only(*FRONT), status_code=200)
async def block_again(request: AnyRequest, block_id: FromPath[UUID]) -> Response[Any]:
    """Undo a removal."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    await desk.ask(restore_block, block_id=block_id, version=form.version)
    found = await block(block_id, desk.place.id)
    return desk.see(
        board_href(local_date(found.starts_at, desk.place.zone)), Toast("The time is blocked again.")
    )


def _back(day: date, view: str, provider: UUID) -> str:
    """The board as it was looked at."""
    known = view if view in ("rooms", "week") else ""
    return board_href(day, view=known, provider=provider if known == "week" else None)


async def _ask_price(
    desk: Desk, before: Visit, form: DropForm, starts_at: datetime, problem: Refusal
) -> Response[str]:
    """What the visit costs at the new time, and the button that moves it all the same."""
    zone = desk.place.zone
    providers = await _providers(desk, local_date(starts_at, zone))
    price = int(str(problem.facts["price_cents"]))

    sheet = PlaceSheet(
        placing=before.id,
        close_href=board_href(local_date(before.starts_at, zone)),
        guest_name=before.guest_name,
        was_words=_when(before.starts_at, before.provider_name, desk),
        now_words=_when(starts_at, providers[form.provider].name, desk),
        was_cents=before.total_cents,
        price_cents=price,
        fields=(
            ("version", str(form.version)),
            ("provider", str(form.provider)),
            ("starts_at", starts_at.isoformat()),
            ("quoted_cents", str(price)),
            *((("room", form.room),) if form.room else ()),
            ("override_reason", form.override_reason),
        ),
    )
    return await with_sheet(desk, local_date(starts_at, zone), sheet)


def _when(moment: datetime, who: str, desk: Desk) -> str:
    return f"{moment.astimezone(desk.place.zone):%A %-d %B, %-I:%M %p}, {who}"


async def _providers(desk: Desk, day: date) -> dict[UUID, ProviderOnDay]:
    (schedule,) = await day_schedules(desk.place.id, desk.place.zone, day, day)
    return {one.staff_id: one for one in schedule.providers}


async def _check_wish(desk: Desk, before: Visit, provider: UUID, day: date) -> None:
    """What the guest asked for is not lost by a slip of the hand.

    Raises:
        Conflict: `asked-for-by-name` or `asked-for-gender`.
    """
    if before.provider_wish == "any" or provider == before.provider_id:
        return
    anyway = "Ask them first; choose the time here to move them all the same."
    if before.provider_wish == "named":
        words = f"{before.guest_given_name} asked for {before.provider_name} by name. {anyway}"
        raise Conflict("asked-for-by-name", words)
    found = (await _providers(desk, day)).get(provider)
    if found is not None and found.gender != before.provider_wish:
        words = f"{before.guest_given_name} asked for a {before.provider_wish}. {anyway}"
        raise Conflict("asked-for-gender", words)


async def _drop_past(
    desk: Desk, before: Visit, form: DropForm, starts_at: datetime, problem: Refusal
) -> Response[str]:
    """Where it was dropped a limit stands in the way."""
    names = await _providers(desk, local_date(starts_at, desk.place.zone))
    asked = Passing(
        f"Move {before.guest_name}",
        _when(starts_at, names[form.provider].name, desk),
        f"/appointments/{before.id}/drop",
        (
            ("version", str(form.version)),
            ("provider", str(form.provider)),
            ("date", form.date),
            ("at", form.at),
            ("view", form.view),
            ("room", form.room),
        ),
        "Move all the same",
    )
    return await limit_sheet(desk, before, asked, problem)


@post("/appointments/{appointment_id:uuid}/drop", opt=only(*FRONT), status_code=200)
async def drop(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Move a visit to where it was dropped, at the price promised; else ask with the new price."""
    desk, fields = await posted(request)
    form = read(fields, DropForm)
    before = await visit(appointment_id, desk.place.id)
    on = day_from(form.date, local_date(desk.now, desk.place.zone))
    face = time_from(form.at)
    starts_at = instant(on, face, desk.place.zone)
    try:
        await _check_wish(desk, before, form.provider, on)
        version = await desk.ask(
            move_appointment,
            appointment_id=appointment_id,
            version=form.version,
            provider_id=form.provider,
            starts_at=starts_at,
            quoted_cents=before.total_cents,
            room_number=form.room_number,
            override_reason=form.override_reason or None,
        )
    except Refusal as problem:
        if problem.code == "price-changed":
            return await _ask_price(desk, before, form, starts_at, problem)
        if problem.code == "hands-on-limit":
            return await _drop_past(desk, before, form, starts_at, problem)
        return await move_sheet(desk, appointment_id, Known(on, form.provider, face), problem)
    after = await visit(appointment_id, desk.place.id)
    where = f" in {after.room_name}" if after.room_number != before.room_number else ""
    return desk.see(
        _back(on, form.view, form.provider), moved_toast(desk, before, version, starts_at, where=where)
    )


@post("/appointments/{appointment_id:uuid}/length", opt=only(*FRONT), status_code=200)
async def stretch(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Make a visit longer or shorter."""
    desk, fields = await posted(request)
    form = read(fields, LengthForm)
    before = await visit(appointment_id, desk.place.id)
    try:
        version = await desk.ask(
            resize_appointment,
            appointment_id=appointment_id,
            version=form.version,
            minutes=form.minutes,
            override_reason=form.override_reason or None,
        )
    except Refusal as problem:
        if problem.code == "hands-on-limit":
            asked = Passing(
                f"Stretch the visit of {before.guest_name}",
                f"{form.minutes} min instead of {before.duration_minutes}, with {before.provider_name}",
                f"/appointments/{appointment_id}/length",
                (("version", str(form.version)), ("minutes", str(form.minutes)), ("view", form.view)),
                "Stretch all the same",
            )
            return await limit_sheet(desk, before, asked, problem)
        return await show_refused(desk, appointment_id, problem)
    undo = (("version", str(version)), ("minutes", str(before.duration_minutes)))
    toast = Toast(
        f"{before.guest_name} has {form.minutes} min now, at the same price.",
        f"/appointments/{appointment_id}/length",
        undo,
    )
    day = local_date(before.starts_at, desk.place.zone)
    return desk.see(_back(day, form.view, before.provider_id), toast)


router = Router(
    "/",
    route_handlers=[
        show_new_block,
        block_time,
        show_block,
        free_time,
        block_again,
        drop,
        stretch,
    ],
)
