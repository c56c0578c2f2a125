"""Moving by the link in a message: the open times of the desk, and what changes said before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, Router, get, post
from litestar.params import FromPath, QueryParameter

from spa_pos.booking.actions.guest import guest_moves
from spa_pos.booking.pages.guest import (
    Linked,
    key_of,
    linked,
    number_in,
    phone_href,
    problem_for,
    remember_language,
    times_shown,
    word_of,
)
from spa_pos.booking.pages.guest_views import (
    DayLink,
    GuestTimesPage,
    NewTime,
    TimeLink,
    TimesOfDay,
)
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
from spa_pos.booking.rules import (
    DayCalendar,
    Needs,
    ProviderWish,
    Slot,
    is_free,
    open_times,
)
from spa_pos.booking.rules.guests import check_may_move, in_window
from spa_pos.catalog.queries import services
from spa_pos.db import once
from spa_pos.kernel.errors import Conflict, Invalid, Refusal
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.actions import known_group
from spa_pos.people.pages.session import GUEST, bare_shell, settings_of
from spa_pos.web import i18n
from spa_pos.web.answers import AnyRequest, html, see
from spa_pos.web.forms import day_from, instant_from, read_fields, uuid_from
from spa_pos.web.i18n import gettext as _
from spa_pos.web.i18n import ngettext
from spa_pos.web.shell import Shell
from spa_pos.web.templates import render

SHOWN_DAYS = 7
SEARCHED_DAYS = 14
NOON, EVENING = time(12), time(17)

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
        Conflict: `not-alone`, `too-late-to-move` or `not-online`; the page says what to do instead.
    """
    seen = await visit(one.appointment_id, one.place.id)
    if len(one.coming) != 1 or seen.party_id is not None:
        raise Conflict("not-alone", "Your visit was booked together with others. Call us to move it.")
    check_may_move(await policy(seen.policy_id), seen.starts_at, now=one.now)
    window = await booking_window(one.place.id, seen.service_id, seen.group)
    if window is None:
        raise Conflict("not-online", "This visit cannot be moved here. Call us, and we look together.")
    first = local_date(one.now + window.lead, one.place.zone)
    last = local_date(one.now + window.horizon, one.place.zone)
    begin = min(max(day, first), last) if day else first
    end = min(begin + timedelta(days=SEARCHED_DAYS - 1), last)
    known = await services([seen.service_id, *(each.add_on_id for each in seen.add_ons)])
    needs = needs_of_visit(seen, known[seen.service_id], [known[each.add_on_id] for each in seen.add_ons])
    found = await calendar(one.place.id, one.place.zone, begin, end, now=one.now, without=[seen.id])
    since, until = day_bounds(begin, one.place.zone)[0], day_bounds(end, one.place.zone)[1]
    taken = (await guests_taken([seen.guest_id], since, until, without=[seen.id])).get(seen.guest_id, [])
    length, wish = timedelta(minutes=needs.minutes), _wish(seen)
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


def _wish(seen: Visit) -> ProviderWish:
    if seen.provider_wish == "named":
        return ProviderWish(provider=seen.provider_id)
    return ProviderWish(gender=None if seen.provider_wish == "any" else seen.provider_wish)


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
    if chosen_at and slot is None and problem is None:
        problem = Conflict("time-not-offered", "This time cannot be booked here.")
    week = [shown + timedelta(days=ahead) for ahead in range(SHOWN_DAYS)]
    after = next((each for each, free in found.days.items() if free and each > shown), None)
    return GuestTimesPage(
        now=times_shown(one)[0],
        day_name=i18n.day_long(shown),
        days=tuple(_day(one, found, each, shown) for each in week if each <= found.last),
        earlier_href=_href(one, max(shown - timedelta(days=SHOWN_DAYS), found.first))
        if shown > found.first
        else None,
        later_href=_href(one, week[-1] + timedelta(days=1)) if week[-1] < found.last else None,
        parts=_parts(one, found, shown, slot),
        next_free=None
        if found.days.get(shown) or after is None
        else (i18n.day_long(after), _href(one, after)),
        chosen=await _new_time(found, slot) if slot else None,
        action=f"{one.path}/times",
        back_href=one.path,
        phone=one.place.phone,
        phone_href=phone_href(one.place),
        problem=problem_for(problem) if problem else None,
    )


def _href(one: Linked, day: date, starts_at: datetime | None = None) -> str:
    query = {"date": day.isoformat()} | ({"at": starts_at.isoformat()} if starts_at else {})
    return f"{one.path}/times?{urlencode(query)}"


def _day(one: Linked, found: Open, day: date, shown: date) -> DayLink:
    count = len(found.days.get(day, ()))
    known = day in found.days
    if known and not count:
        return DayLink(i18n.day_short(day), _("Full"), None, day == shown)
    words = ngettext("%(num)s time", "%(num)s times", count) % {"num": count} if known else _("Look")
    return DayLink(i18n.day_short(day), words, _href(one, day), day == shown)


def _parts(one: Linked, found: Open, shown: date, chosen: Slot | None) -> tuple[TimesOfDay, ...]:
    names = (_("Morning"), _("Afternoon"), _("Evening"))
    rows: tuple[list[TimeLink], ...] = ([], [], [])
    starts = [start.astimezone(found.where.zone) for start in found.days.get(shown, ())]
    faces = Counter(i18n.clock(local) for local in starts)
    for local in starts:
        face = local.time()
        index = 0 if face < NOON else 1 if face < EVENING else 2
        clock = i18n.clock(local)
        told = f"{clock} {local.tzname()}" if faces[clock] > 1 else clock
        sentence = _("%(clock)s on %(day)s") % {"clock": told, "day": i18n.day_long(local.date())}
        is_chosen = chosen is not None and local == chosen.starts_at
        rows[index].append(TimeLink(told, sentence, _href(one, shown, local.astimezone(UTC)), is_chosen))
    return tuple(TimesOfDay(name, tuple(row)) for name, row in zip(names, rows, strict=True) if row)


async def _new_time(found: Open, slot: Slot) -> NewTime:
    price, before = await _price(found, slot.starts_at), found.visit.total_cents
    start, end = (moment.astimezone(found.where.zone) for moment in (slot.starts_at, slot.ends_at))
    if price == before:
        words = _("The price stays %(price)s.") % {"price": format_usd(price)}
    else:
        words = _("The price becomes %(price)s instead of %(before)s: prices of that time differ.") % {
            "price": format_usd(price),
            "before": format_usd(before),
        }
    elsewhere = slot.provider.staff_id != found.visit.provider_id
    return NewTime(
        day=i18n.day_long(start.date()),
        clock=i18n.clock(start),
        until=i18n.clock(end),
        machine=start.isoformat(),
        price_words=words,
        who_words=_("It will be with somebody else than before.") if elsewhere else None,
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
    page = await _times_page(one, day, at, problem)
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
    """Move the visit to the time that was chosen; when it is gone, show what is free now."""
    day: date | None = None
    try:
        one = await linked(request, token)
        fields = await read_fields(request)
        key = key_of(fields)
        starts_at = instant_from(fields.get("starts_at", ""))
        day = local_date(starts_at, one.place.zone)
        provider_id = uuid_from(fields.get("provider"), "provider")
        if provider_id is None:
            raise Invalid("form-unreadable", "Something in the form cannot be read. Open the page again.")
        await once(
            key,
            guest_moves,
            actor=one.actor(request),
            appointment_id=one.appointment_id,
            version=number_in(fields.get("version")),
            provider_id=provider_id,
            starts_at=starts_at,
            quoted_cents=Cents(number_in(fields.get("price"))),
            now=one.now,
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


router = Router("/", route_handlers=[show_times, move])
