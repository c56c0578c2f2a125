"""Several services, couples and families at the desk: booked, moved and cancelled as one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.booking.actions import (
    BookingItem,
    MoveItem,
    book_party,
    cancel_party,
    move_party,
    restore_party,
    undo_party_booking,
)
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.codes import Chosen, plan_from, plan_words, versions_from, versions_words
from spa_pos.booking.pages.desk import BookingSoFar, after_booking, new_sheet, party_move_sheet, with_sheet
from spa_pos.booking.pages.known import Known
from spa_pos.booking.pages.limits import Passing, limit_sheet
from spa_pos.booking.pages.visit_sheet import visit_sheet
from spa_pos.booking.queries import PartyView, party
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.money import format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import FRONT, Desk, only, posted
from spa_pos.people.queries import staff_hue
from spa_pos.web.answers import AnyRequest, problem_of, words_of
from spa_pos.web.forms import read
from spa_pos.web.shell import Toast


class BookPartyForm(BookingSoFar, forbid_unknown_fields=True, kw_only=True):
    """A booking of several services as the sheet showed it."""

    id: UUID
    plan: str
    override_reason: str = ""


class MovePartyForm(BookingSoFar, forbid_unknown_fields=True, kw_only=True):
    """Other times for a party as the sheet showed them."""

    plan: str
    party: str = ""
    override_reason: str = ""


class CancelPartyForm(BookingSoFar, forbid_unknown_fields=True, kw_only=True):
    """The appointments that were seen, each with its version, and why all are cancelled."""

    versions: str
    reason: str = ""


class UndoPartyForm(BookingSoFar, forbid_unknown_fields=True, kw_only=True):
    """The appointments that were booked together, each with its version."""

    versions: str


class RestorePartyForm(UndoPartyForm, forbid_unknown_fields=True, kw_only=True):
    """The appointments that were cancelled together, and why limits are passed."""

    override_reason: str = ""


def _items(known: Known, plan: Sequence[Chosen]) -> list[BookingItem]:
    """What is booked: the services asked for at the times that were shown.

    Raises:
        Invalid: `link-unreadable` when they do not go together.
    """
    if len(known.items) != len(plan):
        raise Invalid("link-unreadable", "This form is incomplete. Start the booking again.")
    items = []
    for item, chosen in zip(known.items, plan, strict=True):
        if item.guest is None or item.service is None:
            raise Invalid("link-unreadable", "This form is incomplete. Start the booking again.")
        items.append(
            BookingItem(
                chosen.appointment_id,
                item.guest,
                item.service,
                chosen.provider_id,
                chosen.starts_at,
                chosen.quoted_cents,
                item.add_ons,
                item.wish or "any",
            )
        )
    return items


@post("/parties", opt=only(*FRONT), status_code=200)
async def book(request: AnyRequest) -> Response[Any]:
    """Book what the sheet showed: all of it or nothing."""
    desk, fields = await posted(request)
    form = read(fields, BookPartyForm)
    known = form.known(desk)
    items = _items(known, plan_from(form.plan))
    try:
        await desk.ask(
            book_party,
            party_id=form.id,
            items=items,
            arrangement=known.arrangement,
            longest_wait_minutes=known.wait,
            override_reason=form.override_reason or None,
        )
    except Refusal as problem:
        return await new_sheet(desk, known, problem)
    booked = await party(form.id, desk.place.id)
    total = format_usd(sum(one.total_cents for one in booked.visits))
    sentence = f"{_who(booked)} booked: {_when(desk, booked)}, {total}."
    undo = (("versions", _versions(booked)),)
    day = local_date(booked.visits[0].starts_at, desk.place.zone)
    asked = [found for one in booked.visits if (found := await after_booking(one, day)) != board_href(day)]
    to = asked[0] if asked else board_href(day)
    return desk.see(to, Toast(sentence, f"/parties/{form.id}/booking/undo", undo))


@post("/parties/{party_id:uuid}/time", opt=only(*FRONT), status_code=200)
async def move(request: AnyRequest, party_id: FromPath[UUID]) -> Response[Any]:
    """Give a party the times that the sheet showed."""
    desk, fields = await posted(request)
    form = read(fields, MovePartyForm)
    plan = plan_from(form.plan)
    before = {one.id: one for one in (await party(party_id, desk.place.id)).visits}
    items = [
        MoveItem(one.appointment_id, one.version, one.provider_id, one.starts_at, one.quoted_cents)
        for one in plan
    ]
    try:
        versions = await desk.ask(
            move_party, party_id=party_id, items=items, override_reason=form.override_reason or None
        )
    except Refusal as problem:
        local = plan[0].starts_at.astimezone(desk.place.zone)
        known = Known(local.date(), at=local.time(), serves=plan[0].provider_id)
        return await party_move_sheet(desk, party_id, known, problem)
    back = [
        Chosen(one.appointment_id, version, was.provider_id, was.starts_at, was.total_cents)
        for one, version in zip(plan, versions, strict=True)
        for was in (before[one.appointment_id],)
    ]
    moved = await party(party_id, desk.place.id)
    day = local_date(plan[0].starts_at, desk.place.zone)
    toast = Toast(
        f"{_who(moved)} moved to {_when(desk, moved)}.",
        f"/parties/{party_id}/time",
        (("plan", plan_words(back)),),
    )
    return desk.see(board_href(day), toast)


@post("/parties/{party_id:uuid}/cancellation", opt=only(*FRONT), status_code=200)
async def cancel(request: AnyRequest, party_id: FromPath[UUID]) -> Response[Any]:
    """Cancel all of a party that is still to come, with a reason."""
    desk, fields = await posted(request)
    form = read(fields, CancelPartyForm)
    seen = versions_from(form.versions)
    try:
        versions = await desk.ask(cancel_party, party_id=party_id, versions=seen, reason=form.reason)
    except Refusal as problem:
        return await _first_visit(desk, party_id, problem)
    return await _ended(desk, party_id, versions)


@post("/parties/{party_id:uuid}/booking/undo", opt=only(*FRONT), status_code=200)
async def unbook(request: AnyRequest, party_id: FromPath[UUID]) -> Response[Any]:
    """Take the booking of a party back, right after it was made."""
    desk, fields = await posted(request)
    form = read(fields, UndoPartyForm)
    seen = versions_from(form.versions)
    try:
        versions = await desk.ask(undo_party_booking, party_id=party_id, versions=seen)
    except Refusal as problem:
        return await _first_visit(desk, party_id, problem)
    return await _ended(desk, party_id, versions)


async def _ended(desk: Desk, party_id: UUID, versions: Mapping[UUID, int]) -> Response[Any]:
    """The board, with the way back."""
    found = await party(party_id, desk.place.id)
    fee = sum(one.fee_cents or 0 for one in found.visits if one.id in versions)
    cost = f", fee {format_usd(fee)}" if fee else ""
    toast = Toast(
        f"{_who(found)} cancelled{cost}.",
        f"/parties/{party_id}/restoration",
        (("versions", versions_words(sorted(versions.items()))),),
    )
    return desk.see(board_href(local_date(found.visits[0].starts_at, desk.place.zone)), toast)


@post("/parties/{party_id:uuid}/restoration", opt=only(*FRONT), status_code=200)
async def restore(request: AnyRequest, party_id: FromPath[UUID]) -> Response[Any]:
    """Undo the cancellation of a party: all of it or nothing."""
    desk, fields = await posted(request)
    form = read(fields, RestorePartyForm)
    versions = versions_from(form.versions)
    found = await party(party_id, desk.place.id)
    try:
        await desk.ask(
            restore_party,
            party_id=party_id,
            versions=versions,
            override_reason=form.override_reason or None,
        )
    except Refusal as problem:
        if problem.code == "hands-on-limit":
            asked = Passing(
                f"Restore {_names(found)}",
                _when(desk, found),
                f"/parties/{party_id}/restoration",
                (("versions", form.versions),),
                "Restore all the same",
            )
            return await limit_sheet(desk, found.visits[0], asked, problem)
        return await _first_visit(desk, party_id, problem)
    found = await party(party_id, desk.place.id)
    day = local_date(found.visits[0].starts_at, desk.place.zone)
    return desk.see(board_href(day), Toast(f"{_who(found)} booked again."))


async def _first_visit(desk: Desk, party_id: UUID, problem: Refusal) -> Response[str]:
    """The sheet of the party's first visit, with what was refused."""
    first = (await party(party_id, desk.place.id)).visits[0]
    sheet = await visit_sheet(
        desk.place,
        first,
        now=desk.now,
        hue=await staff_hue(first.provider_id),
        problem=problem_of(problem),
    )
    day = local_date(first.starts_at, desk.place.zone)
    return await with_sheet(desk, day, sheet, status=problem.status)


def _who(found: PartyView) -> str:
    """`Ingrid and Lars are`."""
    several = len({one.guest_given_name for one in found.visits}) > 1
    return f"{_names(found)} {'are' if several else 'is'}"


def _names(found: PartyView) -> str:
    return words_of(list(dict.fromkeys(one.guest_given_name for one in found.visits)))


def _when(desk: Desk, found: PartyView) -> str:
    coming = [one for one in found.visits if one.status.is_expected] or list(found.visits)
    return f"{coming[0].starts_at.astimezone(desk.place.zone):%A %-d %B, %-I:%M %p}"


def _versions(found: PartyView) -> str:
    return versions_words([(one.id, one.version) for one in found.visits])


router = Router("/", route_handlers=[book, unbook, move, cancel, restore])
