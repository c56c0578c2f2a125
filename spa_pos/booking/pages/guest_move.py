"""Moving by the link in a message: the open times of the desk, and what changes said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter

from spa_pos.booking.actions.guest import guest_moves
from spa_pos.booking.pages.guest import Linked, key_of, linked, number_in, remember_language, word_of
from spa_pos.booking.pages.guest_move_party import move_together, party_times_page
from spa_pos.booking.pages.guest_times import Times, period, price_words, time_line, times_page
from spa_pos.booking.pages.guest_views import GuestTimesPage, NewTime
from spa_pos.booking.queries import (
    Visit,
    booking_window,
    calendar,
    guests_taken,
    needs_of_visit,
    policy,
    prices_at,
    visit,
)
from spa_pos.booking.queries.party_moves import wish_of
from spa_pos.booking.rules import DayCalendar, Needs, ProviderWish, Slot, is_free, open_times
from spa_pos.booking.rules.guests import check_may_move, in_window
from spa_pos.catalog.queries import services
from spa_pos.db import once
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, Refusal
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.actions import known_group
from spa_pos.people.pages.session import GUEST, bare_shell, settings_of
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.forms import day_from, instant_from, read_fields, uuid_from
from spa_pos.web.i18n import gettext as _
from spa_pos.web.i18n import ngettext
from spa_pos.web.shell import Shell
from spa_pos.web.templates import render

Day = Annotated[str | None, QueryParameter(name="date")]
At = Annotated[str | None, QueryParameter(name="at")]


@dataclass(frozen=True, slots=True)
class Open:
    """What a visit could be moved to: when on each day, and what a day has to look at it closely."""

    visit: Visit
    where: Place
    needs: Needs
    wish: ProviderWish
    now: datetime
    calendar: Mapping[date, DayCalendar]
    days: Mapping[date, Sequence[datetime]]
    first: date
    last: date

    def at(self, starts_at: datetime) -> Slot | None:
        """The slot of a time, of the provider as now where possible."""
        day = local_date(starts_at, self.where.zone)
        if starts_at not in self.days.get(day, ()):
            return None
        slots = open_times(self.needs, self.calendar[day].supply(), now=self.now, wish=self.wish)
        then = [slot for slot in slots if slot.starts_at == starts_at]
        mine = (slot for slot in then if slot.provider.staff_id == self.visit.provider_id)
        return next(mine, then[0])


async def _open(one: Linked, day: date | None) -> tuple[Open, date]:
    """The times a visit could be moved to, around a day; without one, from the first day on that has any.

    Raises:
        Conflict: `too-late-to-move` or `not-online`; the page says what to do instead.
    """
    seen = await visit(one.appointment_id, one.place.id)
    if not one.coming:
        raise Conflict("not-online", "This visit cannot be moved here. Call us, and we look together.")
    check_may_move(await policy(seen.policy_id), seen.starts_at, now=one.now)
    window = await booking_window(one.place.id, seen.service_id, seen.group)
    if window is None:
        raise Conflict("not-online", "This visit cannot be moved here. Call us, and we look together.")
    first = local_date(one.now + window.lead, one.place.zone)
    last = local_date(one.now + window.horizon, one.place.zone)
    begin, end = period(day, first, last)
    known = await services([seen.service_id, *(each.add_on_id for each in seen.add_ons)])
    needs = needs_of_visit(seen, known[seen.service_id], [known[each.add_on_id] for each in seen.add_ons])
    found = await calendar(one.place.id, one.place.zone, begin, end, now=one.now, without=[seen.id])
    since, until = day_bounds(begin, one.place.zone)[0], day_bounds(end, one.place.zone)[1]
    taken = (await guests_taken([seen.guest_id], since, until, without=[seen.id])).get(seen.guest_id, [])
    length, wish = timedelta(minutes=needs.minutes), wish_of(seen)
    days = {
        each.day: [
            start
            for start in each.begin_times(needs, now=one.now, wish=wish)
            if in_window(start, window.lead, window.horizon, now=one.now)
            and start != seen.starts_at
            and is_free(taken, start, start + length)
        ]
        for each in found
    }
    shown = begin if day else next((each for each, free in days.items() if free), begin)
    calendars = {each.day: each for each in found}
    return Open(seen, one.place, needs, wish, one.now, calendars, days, first, last), shown


async def _price(found: Open, starts_at: datetime) -> Cents:
    """What the visit costs at another time.

    Raises:
        Conflict: `price-missing`.
    """
    seen = found.visit
    ids = [seen.service_id, *(each.add_on_id for each in seen.add_ons)]
    group = await known_group(seen.group)
    quoted = await prices_at(seen, group, starts_at, found.where.zone)
    if len(quoted) < len(set(ids)):
        raise Conflict("price-missing", "This visit cannot be moved here. Call us, and we look together.")
    return Cents(sum(quoted[each].price_cents for each in ids))


async def _times_page(
    one: Linked, day: date | None, chosen_at: datetime | None, problem: Refusal | None = None
) -> GuestTimesPage:
    found, shown = await _open(one, day)
    slot = found.at(chosen_at) if chosen_at else None
    times = Times(
        shown,
        found.first,
        found.last,
        {each: _count_words(len(free)) for each, free in found.days.items()},
        found.days.get(shown, ()),
        chosen_at if slot else None,
        await _new_time(found, slot) if slot else None,
    )
    return times_page(one, times, wanted=chosen_at, problem=problem)


def _count_words(count: int) -> str | None:
    return ngettext("%(num)s time", "%(num)s times", count) % {"num": count} if count else None


async def _new_time(found: Open, slot: Slot) -> NewTime:
    price, before = await _price(found, slot.starts_at), found.visit.total_cents
    elsewhere = slot.provider.staff_id != found.visit.provider_id
    return NewTime(
        times=(time_line(slot.starts_at, slot.ends_at, found.where),),
        price_words=price_words(before, price),
        who_words=_("It will be with somebody else than before.") if elsewhere else None,
        button_words=_("Move my visit"),
        fields=(
            ("starts_at", slot.starts_at.isoformat()),
            ("provider", str(slot.provider.staff_id)),
            ("version", str(found.visit.version)),
            ("price", str(price)),
        ),
    )


def shell_of(request: AnyRequest, one: Linked, path: str) -> Shell:
    """The frame of a page about a visit; `path` is where it can be opened again."""
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    return replace(bare_shell(settings_of(request), one.place, request, one.now), path=path + query)


async def _show_times(
    request: AnyRequest, one: Linked, day: date | None, at: datetime | None, problem: Refusal | None = None
) -> Response[Any]:
    shows = _times_page if one.visit.party_id is None else party_times_page
    page = await shows(one, day, at, problem)
    text = render("booking/guest_times.html", page, shell_of(request, one, f"{one.path}/times"))
    return html(text, status=problem.status if problem else 200)


@get("/visits/{token:str}/times", opt=dict(GUEST))
async def show_times(
    request: AnyRequest, token: FromPath[str], date: Day = None, at: At = None
) -> Response[Any]:
    """Other times for a visit, the same that the desk would see."""
    try:
        one = await linked(request, token)
        day = day_from(date, one.now.date()) if date else None
        return await _show_times(request, one, day, instant_from(at) if at else None)
    except Refusal as refusal:
        return await word_of(request, refusal)


@post("/visits/{token:str}/times", opt=dict(GUEST), status_code=200)
async def move(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Move the visit, with those booked together, to the time chosen; when it is gone, show what is free."""
    day: date | None = None
    try:
        one = await linked(request, token)
        fields = await read_fields(request)
        key = key_of(fields)
        starts_at = instant_from(fields.get("starts_at", ""))
        day = local_date(starts_at, one.place.zone)
        await (_move_alone if one.visit.party_id is None else move_together)(
            one, one.actor(request), key, starts_at, fields
        )
        await remember_language(request, one.visit.guest_id)
    except Refusal as refusal:
        if day is None:
            return await word_of(request, refusal)
        try:
            return await _show_times(request, await linked(request, token), day, None, refusal)
        except Refusal:
            return await word_of(request, refusal)
    return see(request, one.path)


async def _move_alone(
    one: Linked, actor: Actor, key: UUID, starts_at: datetime, fields: Mapping[str, str]
) -> None:
    provider_id = uuid_from(fields.get("provider"), "provider")
    if provider_id is None:
        raise Invalid("form-unreadable", "Something in the form cannot be read. Open the page again.")
    await once(
        key,
        guest_moves,
        actor=actor,
        appointment_id=one.appointment_id,
        version=number_in(fields.get("version")),
        provider_id=provider_id,
        starts_at=starts_at,
        quoted_cents=Cents(number_in(fields.get("price"))),
        now=one.now,
    )


router = Router("/", route_handlers=[show_times, move])
