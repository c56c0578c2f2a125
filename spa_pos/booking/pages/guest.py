"""What a guest sees by the link in a message: when, where, and two things to do. Nothing says what for."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.booking.actions.guest import guest_confirms
from spa_pos.booking.queries.notices import Told, told_of
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.notices import GuestTime
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Gone, NotFound, Refusal
from spa_pos.ledger.queries import Place, place, places
from spa_pos.messages.flows import Outbox, TimeLine, held_words, times_of, visit_title
from spa_pos.messages.rules import Part, VisitFacts, Where, entries, read_visit_token
from spa_pos.people.pages.session import GUEST, bare_shell, clock_of, request_id, settings_of
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.i18n import gettext as _
from spa_pos.web.language import speak_as_known
from spa_pos.web.said import said
from spa_pos.web.templates import render
from spa_pos.web.views import GuestWord

LINK_LIVES = timedelta(days=7)
"""A link shows a visit for so long after its end."""


@dataclass(frozen=True, slots=True)
class GuestVisitPage:
    """`booking/guest_visit.html`: how a visit stands, in words a stranger may read."""

    title: str
    sentence: str
    times: tuple[TimeLine, ...]
    is_over: bool
    place_name: str
    address: str
    phone: str
    phone_href: str
    confirm_action: str | None
    calendar_href: str | None


@dataclass(frozen=True, slots=True)
class Linked:
    """The visit behind a link, and where and when it is looked at."""

    token: str
    appointment_id: UUID
    visit: Told
    place: Place
    now: datetime

    @property
    def standing(self) -> tuple[GuestTime, ...]:
        """The times that were not called off."""
        return tuple(one for one in self.visit.times if one.status.is_live)

    @property
    def facts(self) -> VisitFacts:
        """The times as messages tell them."""
        shown = self.standing or self.visit.times
        parts = tuple(
            Part(one.id, one.starts_at, one.ends_at, one.version - 1, one.status is Status.CANCELLED)
            for one in shown
        )
        return VisitFacts(parts, self.appointment_id)


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
    return Linked(token, appointment_id, found[0], await place(found[0].location_id), now)


async def _word(request: AnyRequest, refusal: Refusal) -> Response[str]:
    """A refusal on a page for guests."""
    title = _("No longer here") if isinstance(refusal, Gone) else _("Not found")
    shell = bare_shell(settings_of(request), (await places())[0], request, clock_of(request)())
    return html(render("web/guest_word.html", GuestWord(title, said(refusal)), shell), status=refusal.status)


def _how_it_stands(one: Linked) -> tuple[str, str]:
    """Title and sentence for where a visit stands."""
    found = {each.status for each in one.standing}
    if Status.HELD in found:
        until = min(each.held_until for each in one.standing if each.held_until)
        if until > one.now:
            return _("A time is held for you"), held_words(until, one.place)
        return _("No longer held"), _("This time is held for you no longer. Call us, and we look together.")
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
    if any(each.status is Status.CANCELLED for each in one.visit.times):
        return _("Your visit is cancelled"), _("You need not do anything. We hope to see you another time.")
    return _("This visit is over"), _("Call us if you would like another time.")


def page_of(one: Linked) -> GuestVisitPage:
    """The page of a visit."""
    title, sentence = _how_it_stands(one)
    coming = [each for each in one.standing if each.status.is_expected and each.starts_at > one.now]
    to_confirm = any(each.status is Status.BOOKED for each in coming)
    return GuestVisitPage(
        title=title,
        sentence=sentence,
        times=times_of(one.facts, one.place),
        is_over=not one.standing,
        place_name=one.place.name,
        address=one.place.address,
        phone=one.place.phone,
        phone_href=f"tel:{re.sub(r'[^0-9+]', '', one.place.phone)}",
        confirm_action=f"/visits/{one.token}/confirmation" if to_confirm else None,
        calendar_href=f"/visits/{one.token}/calendar.ics" if coming else None,
    )


@get("/visits/{token:str}", opt=dict(GUEST))
async def show_visit(request: AnyRequest, token: FromPath[str]) -> Response[str]:
    """A guest's own visit."""
    try:
        one = await linked(request, token)
    except Refusal as refusal:
        return await _word(request, refusal)
    shell = bare_shell(settings_of(request), one.place, request, one.now)
    return html(render("booking/guest_visit.html", page_of(one), shell))


@post("/visits/{token:str}/confirmation", opt=dict(GUEST), status_code=200)
async def say_yes(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """The guest will be there. The link is the permission; saying it twice changes nothing."""
    try:
        one = await linked(request, token)
        actor = Actor(
            "The guest", Role.FRONT_DESK, one.place.id, one.place.zone, request_id=request_id(request)
        )
        await guest_confirms(actor, appointment_id=one.appointment_id, now=one.now)
    except Refusal as refusal:
        return await _word(request, refusal)
    return see(request, f"/visits/{token}")


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
        return await _word(request, refusal)
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


router = Router("/", route_handlers=[show_visit, say_yes, calendar_file])
