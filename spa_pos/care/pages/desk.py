"""Referrals of a guest at the desk: kept with their page, ended, looked at."""

import dataclasses
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery

from spa_pos.care.actions import accept_referral, end_referral, note_look
from spa_pos.care.pages.views import ReferralRow, ReferralsPage, Typed
from spa_pos.care.queries import ReferralView, referral, referrals_of, scan_of
from spa_pos.care.rules import LARGEST_SCAN, MEDIA_TYPES, PROFESSIONS, Said
from spa_pos.kernel.errors import NotAllowed, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, desk_of, only, posted, posted_file
from spa_pos.people.queries import guest
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from, read, uuid_from
from spa_pos.web.i18n import day_full
from spa_pos.web.shell import Toast
from spa_pos.web.templates import render

SOON_DAYS = 30
"""So long before it lapses, a referral is marked: time to ask for a new one."""

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class ReferralForm(msgspec.Struct, forbid_unknown_fields=True):
    """What a referral says, and the ticket somebody came from."""

    id: UUID
    profession: str = ""
    professional: str = ""
    licence: str = ""
    written_on: str = ""
    valid_until: str = ""
    for_treatment: str = ""
    ticket: str = ""
    line: str = ""


def _day(text: str) -> date | None:
    return day_from(text, date.min) if text else None


def _back(ticket: str, line: str) -> str | None:
    """The ticket's line somebody came from."""
    ticket_id, line_id = uuid_from(ticket, "ticket"), uuid_from(line, "line")
    return f"/tickets/{ticket_id}?step=reduce&line={line_id}" if ticket_id and line_id else None


def _row(desk: Desk, one: ReferralView, today: date) -> ReferralRow:
    if one.ended_at is not None:
        state, look = (
            f"Ended on {day_full(one.ended_at.astimezone(desk.place.zone))} by {one.ended_by}",
            "ended",
        )
    elif one.valid_until < today:
        state, look = f"Lapsed on {day_full(one.valid_until)}", "ended"
    else:
        soon = (one.valid_until - today).days <= SOON_DAYS
        state, look = f"Valid until {day_full(one.valid_until)}", "soon" if soon else "valid"
    may_look = desk.actor.role in MANAGERS or one.accepted_by_id == desk.actor.staff_id
    return ReferralRow(
        one.id,
        one.who,
        one.profession_name,
        one.written_on,
        state,
        look,
        f"Accepted on {day_full(one.accepted_at.astimezone(desk.place.zone))} by {one.accepted_by}",
        f"{MEDIA_TYPES[one.media_type]}, {max(1, one.size // 1024)} KB",
        f"/referrals/{one.id}/page" if may_look else None,
        one.ended_at is None,
    )


async def _screen(
    desk: Desk,
    guest_id: UUID,
    *,
    ticket: str = "",
    line: str = "",
    typed: Typed = Typed(),
    problem: Refusal | None = None,
) -> Response[Any]:
    whose = await guest(guest_id)
    today = local_date(desk.now, desk.place.zone)
    page = ReferralsPage(
        guest_id,
        whose.name,
        tuple(_row(desk, one, today) for one in await referrals_of(guest_id, desk.place.id)),
        tuple(PROFESSIONS.items()),
        today,
        _back(ticket, line),
        ticket,
        line,
        typed,
        problem_of(problem) if problem else None,
    )
    text = render("care/referrals.html", page, await desk.shell())
    return html(text, status=problem.status if problem else 200)


@get("/guests/{guest_id:uuid}/referrals", opt=only(*FRONT))
async def show_referrals(
    request: AnyRequest, guest_id: FromPath[UUID], ticket: FromQuery[str] = "", line: FromQuery[str] = ""
) -> Response[Any]:
    """The referrals of a guest, and where one is stored."""
    return await _screen(await desk_of(request), guest_id, ticket=ticket, line=line)


@post(
    "/guests/{guest_id:uuid}/referrals",
    opt=only(*FRONT),
    status_code=200,
    request_max_body_size=LARGEST_SCAN + 1024 * 1024,
)
async def store(request: AnyRequest, guest_id: FromPath[UUID]) -> Response[Any]:
    """Keep a referral with its page."""
    desk, fields, scan = await posted_file(request, "scan", LARGEST_SCAN)
    form = read(fields, ReferralForm)
    typed = Typed(**{one.name: getattr(form, one.name) for one in dataclasses.fields(Typed)})
    try:
        await desk.ask(
            accept_referral,
            referral_id=form.id,
            guest_id=guest_id,
            said=Said(
                form.profession,
                form.professional,
                form.licence,
                _day(form.written_on),
                _day(form.valid_until),
                form.for_treatment == "yes",
            ),
            scan=scan.content,
        )
    except Refusal as problem:
        return await _screen(desk, guest_id, ticket=form.ticket, line=form.line, typed=typed, problem=problem)
    here = _back(form.ticket, form.line) or f"/guests/{guest_id}/referrals"
    return desk.see(here, Toast("The referral is stored."))


@post("/guests/{guest_id:uuid}/referrals/{referral_id:uuid}/end", opt=only(*FRONT), status_code=200)
async def end(request: AnyRequest, guest_id: FromPath[UUID], referral_id: FromPath[UUID]) -> Response[Any]:
    """Let a referral free nothing more."""
    desk, _ = await posted(request)
    try:
        await desk.ask(end_referral, referral_id=referral_id)
    except Refusal as problem:
        return await _screen(desk, guest_id, problem=problem)
    return desk.see(f"/guests/{guest_id}/referrals", Toast("The referral is ended."))


@get("/referrals/{referral_id:uuid}/page", opt=only(*FRONT))
async def show_scan(request: AnyRequest, referral_id: FromPath[UUID]) -> Response[Any]:
    """The page of a referral, for managers and whoever accepted it; each look is in the audit trail."""
    desk = await desk_of(request)
    found = await referral(referral_id, desk.place.id)
    if desk.actor.role not in MANAGERS and found.accepted_by_id != desk.actor.staff_id:
        raise NotAllowed("page-of-others", "Only a manager, or who accepted it, looks at this page.")
    await note_look(desk.actor, referral_id=referral_id, now=desk.now)
    answer = Response(await scan_of(referral_id), media_type=found.media_type)
    name = f"referral-{found.written_on}.{EXTENSIONS[found.media_type]}"
    answer.headers["content-disposition"] = f'inline; filename="{name}"'
    answer.headers["cache-control"] = "no-store"
    answer.headers["content-security-policy"] = "default-src 'none'; sandbox"
    return answer


router = Router("/", route_handlers=[show_referrals, store, end, show_scan])
