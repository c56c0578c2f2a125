"""What a guest sees by the link in a message: when, where, and what to do. Nothing says what for."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.booking.actions.guest import (
    guest_confirms,
    guest_declines_offer,
    guest_is_late,
    guest_notes,
    guest_restores,
    guest_takes_offer,
    may_restore,
)
from spa_pos.booking.pages.guest_offer import offered_part
from spa_pos.booking.pages.guest_pay import due_for, pay_words
from spa_pos.booking.pages.guest_views import GuestVisitPage, Told
from spa_pos.booking.queries import Visit, policy, visit
from spa_pos.booking.queries.notices import Told as ToldOf
from spa_pos.booking.queries.notices import told_of
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.guests import LATE_CHOICES, LONGEST_NOTE, free_until, may_say_late
from spa_pos.booking.rules.notices import GuestTime
from spa_pos.db import once
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Gone, Invalid, NotFound, Refusal
from spa_pos.ledger.queries import Place, place
from spa_pos.messages.flows import Outbox, TimeLine, held_words, times_of, visit_title
from spa_pos.messages.rules import Part, VisitFacts, Where, entries, read_visit_token
from spa_pos.payments.pages.online import takes_cards
from spa_pos.people.actions.messages import set_language
from spa_pos.people.pages.problems import guest_word
from spa_pos.people.pages.session import GUEST, bare_shell, clock_of, request_id, settings_of
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.codes import drawn
from spa_pos.web.forms import read_fields
from spa_pos.web.i18n import gettext as _
from spa_pos.web.language import chosen_language, speak_as_known
from spa_pos.web.said import said
from spa_pos.web.shell import Problem
from spa_pos.web.templates import render

LINK_LIVES = timedelta(days=7)
"""A link shows a visit for so long after its end."""

GUEST_NAME = "The guest"
"""Who acts by a link, in the audit trail."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The visit behind a link, and where and when it is looked at."""

    token: str
    link: str
    appointment_id: UUID
    visit: ToldOf
    place: Place
    now: datetime

    @property
    def path(self) -> str:
        """The page of the visit."""
        return f"/visits/{self.token}"

    @property
    def standing(self) -> tuple[GuestTime, ...]:
        """The times that were not called off."""
        return tuple(one for one in self.visit.times if one.status.is_live)

    @property
    def coming(self) -> tuple[GuestTime, ...]:
        """The times for which the guest is expected, by start."""
        found = [one for one in self.standing if one.status.is_expected and one.starts_at > self.now]
        return tuple(sorted(found, key=lambda one: one.starts_at))

    @property
    def facts(self) -> VisitFacts:
        """The times as messages tell them."""
        shown = self.standing or self.visit.times
        parts = tuple(
            Part(one.id, one.starts_at, one.ends_at, one.version - 1, one.status is Status.CANCELLED)
            for one in shown
        )
        return VisitFacts(parts, self.appointment_id)

    def actor(self, request: AnyRequest) -> Actor:
        """The guest, for actions."""
        where = self.place
        return Actor(GUEST_NAME, Role.FRONT_DESK, where.id, where.zone, request_id=request_id(request))


async def linked(request: AnyRequest, token: str) -> Linked:
    """The visit behind a link.

    Raises:
        NotFound: `link-unknown`.
        Gone: `link-ended` some days after the visit.
    """
    appointment_id = read_visit_token(settings_of(request).secret, token)
    found = await told_of([appointment_id]) if appointment_id else []
    if appointment_id is None or not found:
        raise NotFound("link-unknown", _("This link leads nowhere. Open it from your message once more."))
    now = clock_of(request)()
    if max(one.ends_at for one in found[0].times) + LINK_LIVES < now:
        raise Gone("link-ended", _("This visit was some time ago, and its link has ended."))
    speak_as_known(request, found[0].language)
    link = f"{settings_of(request).base_url}/visits/{token}"
    return Linked(token, link, appointment_id, found[0], await place(found[0].location_id), now)


async def remember_language(request: AnyRequest, guest_id: UUID) -> None:
    """A language that was chosen on this browser is the guest's from now on, in mails too."""
    chosen = chosen_language(request)
    if chosen is not None:
        await set_language(guest_id, chosen)


async def word_of(request: AnyRequest, refusal: Refusal) -> Response[Any]:
    """A refusal on a page of its own."""
    return await guest_word(request, refusal.status, said(refusal))


def problem_for(refusal: Refusal) -> Problem:
    """A refusal on the page it happened on, in the guest's language."""
    field = refusal.facts.get("field")
    return Problem(refusal.code, said(refusal), field=field if isinstance(field, str) else None)


def key_of(fields: dict[str, str]) -> UUID:
    """The idempotency key that a form carried.

    Raises:
        Invalid: `request-missing`.
    """
    try:
        return UUID(fields.pop("request", ""))
    except ValueError:
        raise Invalid("request-missing", "This form is incomplete. Open the page again.") from None


def number_in(text: str | None) -> int:
    """A whole number of a form of ours.

    Raises:
        Invalid: `form-unreadable`.
    """
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("form-unreadable", "Something in the form cannot be read. Open the page again.")
    return int(text)


def _how_it_stands(one: Linked) -> tuple[str, str]:
    """Title and sentence for where a visit stands."""
    found = {each.status for each in one.standing}
    if Status.HELD in found:
        until = min(each.held_until for each in one.standing if each.held_until)
        if until > one.now:
            return _("A time is held for you"), held_words(until, one.place)
        return _("No longer held"), _(
            "This time is held for you no longer. Call us if you would like another one."
        )
    if found & {Status.CHECKED_IN, Status.IN_SERVICE}:
        return _("Welcome"), _("You are here. Enjoy your time.")
    if found & {Status.BOOKED, Status.CONFIRMED}:
        if all(each.starts_at <= one.now for each in one.standing):
            return _("Your visit has begun"), _("Come in, or call us if you are late.")
        if Status.BOOKED not in found:
            return _("See you soon"), _("Thank you. You told us that you will be there.")
        return _("Your visit is booked"), _("We look forward to seeing you.")
    if Status.DONE in found:
        return _("Thank you"), _("It was good to have you here.")
    if any(each.status is Status.EXPIRED for each in one.visit.times):
        return _("No longer held"), _(
            "This time is held for you no longer. Call us if you would like another one."
        )
    if any(each.status is Status.CANCELLED for each in one.visit.times):
        return _("Your visit is cancelled"), _("You need not do anything. We hope to see you another time.")
    return _("This visit is over"), _("Call us if you would like another time.")


def times_shown(one: Linked) -> tuple[TimeLine, ...]:
    """The times of a visit in words."""
    return times_of(one.facts, one.place)


def phone_href(where: Place) -> str:
    """The telephone of a location as a link."""
    return f"tel:{re.sub(r'[^0-9+]', '', where.phone)}"


async def page_of(
    one: Linked, *, takes: bool, problem: Refusal | None = None, note: str | None = None
) -> GuestVisitPage:
    """The page of a visit; `note` is what was typed and refused, `takes` says whether cards are taken."""
    title, sentence = _how_it_stands(one)
    first = await visit(one.appointment_id, one.place.id)
    due = await due_for([each.id for each in one.visit.times], one.place) if takes else None
    return GuestVisitPage(
        title=title,
        sentence=sentence,
        times=times_shown(one),
        is_over=not one.standing,
        place_name=one.place.name,
        address=one.place.address,
        phone=one.place.phone,
        phone_href=phone_href(one.place),
        confirm_action=f"{one.path}/confirmation"
        if any(each.status is Status.BOOKED for each in one.coming)
        else None,
        calendar_href=f"{one.path}/calendar.ics" if one.coming else None,
        move_href=await _move_href(one, first),
        cancel_href=f"{one.path}/cancellation" if one.coming else None,
        undo_action=f"{one.path}/cancellation/undo" if await _may_undo(one) else None,
        told=_told(one, first, note),
        offer=await offered_part(first, one.place, one.path, now=one.now),
        arrival_code=drawn(one.link) if one.coming else None,
        pay_words=pay_words(due) if due else None,
        pay_href=f"{one.path}/payment" if due else None,
        problem=problem_for(problem) if problem else None,
    )


async def _move_href(one: Linked, first: Visit) -> str | None:
    """Where to move it, with those who come together, while moving is free for this guest."""
    if not one.coming or one.now > free_until(await policy(first.policy_id), one.coming[0].starts_at):
        return None
    return f"{one.path}/times"


async def _may_undo(one: Linked) -> bool:
    if one.standing:
        return False
    seen = [await visit(each.id, one.place.id) for each in one.visit.times]
    return any([await may_restore(each, GUEST_NAME, now=one.now) for each in seen])


def _told(one: Linked, first: Visit, note: str | None) -> Told | None:
    if not first.status.is_expected:
        return None
    late = may_say_late(first.status, first.starts_at, now=one.now)
    return Told(
        note_action=f"{one.path}/note",
        note=first.guest_note or "" if note is None else note,
        longest_note=LONGEST_NOTE,
        late_action=f"{one.path}/late" if late else None,
        late_choices=LATE_CHOICES,
        late_minutes=first.late_minutes,
    )


async def show_page(
    request: AnyRequest, one: Linked, *, problem: Refusal | None = None, note: str | None = None
) -> Response[Any]:
    """The page of a visit, with what was refused."""
    page = await page_of(one, takes=takes_cards(request), problem=problem, note=note)
    shell = replace(bare_shell(settings_of(request), one.place, request, one.now), path=one.path)
    status = problem.status if problem else 200
    return html(render("booking/guest_visit.html", page, shell), status=status)


@get("/visits/{token:str}", opt=dict(GUEST))
async def show_visit(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """A guest's own visit."""
    try:
        return await show_page(request, await linked(request, token))
    except Refusal as refusal:
        return await word_of(request, refusal)


@post("/visits/{token:str}/confirmation", opt=dict(GUEST), status_code=200)
async def say_yes(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The guest will be there. The link is the permission; saying it twice changes nothing."""
    try:
        one = await linked(request, token)
        await guest_confirms(one.actor(request), appointment_id=one.appointment_id, now=one.now)
        await remember_language(request, one.visit.guest_id)
    except Refusal as refusal:
        return await word_of(request, refusal)
    return see(request, one.path)


async def _tell(
    request: AnyRequest,
    token: str,
    verb: Callable[..., Awaitable[Any]],
    asked: Callable[[dict[str, str]], dict[str, Any]],
) -> Response[Any]:
    """Do what a form on the page of a visit asks, and show that page again."""
    try:
        one = await linked(request, token)
    except Refusal as refusal:
        return await word_of(request, refusal)
    fields: dict[str, str] = {}
    try:
        fields = await read_fields(request)
        key = key_of(fields)
        values = {"appointment_id": one.appointment_id, **asked(fields)}
        await once(key, verb, actor=one.actor(request), now=one.now, **values)
        await remember_language(request, one.visit.guest_id)
    except Refusal as refusal:
        fresh = await linked(request, token)
        return await show_page(request, fresh, problem=refusal, note=fields.get("note"))
    return see(request, one.path)


@post("/visits/{token:str}/note", opt=dict(GUEST), status_code=200)
async def leave_note(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """A note for the desk; an empty one takes it away."""
    return await _tell(request, token, guest_notes, lambda fields: {"note": fields.get("note", "")})


@post("/visits/{token:str}/late", opt=dict(GUEST), status_code=200)
async def say_late(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The guest comes some minutes later."""

    def asked(fields: dict[str, str]) -> dict[str, int]:
        typed = fields.get("minutes", "")
        is_number = typed.isascii() and typed.isdigit() and len(typed) < 4
        return {"minutes": int(typed) if is_number else 0}

    return await _tell(request, token, guest_is_late, asked)


@post("/visits/{token:str}/offer/acceptance", opt=dict(GUEST), status_code=200)
async def take_offer(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The guest takes the time that is held for them."""
    return await _tell(
        request,
        token,
        guest_takes_offer,
        lambda fields: {
            "version": number_in(fields.get("version")),
            "quoted_cents": number_in(fields.get("price")),
        },
    )


@post("/visits/{token:str}/offer/decline", opt=dict(GUEST), status_code=200)
async def refuse_offer(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The guest does not want the time; it goes on to the next."""
    return await _tell(
        request, token, guest_declines_offer, lambda fields: {"version": number_in(fields.get("version"))}
    )


@post("/visits/{token:str}/cancellation/undo", opt=dict(GUEST), status_code=200)
async def undo_cancellation(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The guest wants the visit after all."""
    return await _tell(request, token, guest_restores, lambda _fields: {})


@get("/visits/{token:str}/calendar.ics", opt=dict(GUEST))
async def calendar_file(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The times of a visit for a guest's calendar."""
    try:
        one = await linked(request, token)
        if not one.facts.coming:
            raise Gone(
                "visit-cancelled", _("This visit is cancelled; there is nothing to put into a calendar.")
            )
    except Refusal as refusal:
        return await word_of(request, refusal)
    outbox: Outbox = request.app.state["outbox"]
    content = entries(
        one.facts.coming,
        Where(one.place.name, one.place.address, one.place.zone),
        outbox.writer.organizer(one.place.name),
        title=visit_title(one.place),
        link=outbox.writer.visit_link(one.appointment_id),
        made_at=one.now,
    )
    named = {"content-disposition": 'attachment; filename="visit.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=named)


router = Router(
    "/",
    route_handlers=[
        show_visit,
        say_yes,
        leave_note,
        say_late,
        take_offer,
        refuse_offer,
        undo_cancellation,
        calendar_file,
    ],
)
