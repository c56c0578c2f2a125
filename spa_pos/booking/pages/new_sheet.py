"""The sheet of a booking being made: guests, services, time, price."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from spa_pos.booking.pages.about_guest import about_guests
from spa_pos.booking.pages.asked import (
    Asked,
    Menu,
    Setting,
    asked_of,
    asked_of_visits,
    menu_of,
    people_of,
    prices_for,
)
from spa_pos.booking.pages.board_columns import board_href, new_block_href
from spa_pos.booking.pages.confirm import confirm
from spa_pos.booking.pages.items import arrangements, item_rows, more, visit_rows, waits
from spa_pos.booking.pages.known import Known
from spa_pos.booking.pages.sheet_views import (
    BookingSheet,
    GroupChoice,
    GuestRow,
    GuestSearch,
    Moving,
    ServiceCategory,
    ServiceChoice,
    Step,
)
from spa_pos.booking.pages.times import NOON, Finder, Times
from spa_pos.booking.queries import Visit, calendar, favourite_services, guests_taken, offered_needs
from spa_pos.catalog.queries import MenuService, menu
from spa_pos.catalog.rules import Quote
from spa_pos.kernel.time import day_bounds, local_date, shift_instant
from spa_pos.people.queries import Group, GuestView, groups
from spa_pos.people.rules import hidden_phone
from spa_pos.schedule.queries import ProviderOnDay, day_schedules
from spa_pos.web.answers import words_of
from spa_pos.web.shell import Problem

DAYS_SHOWN = 14
USUAL_SHOWN = 6


async def guest_search(
    known: Known,
    *,
    typed: str = "",
    found: Sequence[GuestView] = (),
    asked: bool = False,
    problem: Problem | None = None,
) -> GuestSearch:
    """The first question, who comes, with whom was found and the form for a new guest."""
    looks_like_phone = sum(sign.isdigit() for sign in typed) >= 3
    words = [] if looks_like_phone else typed.split()
    shown = found
    if not typed and known.others:  # guests of this booking, to be chosen again
        shown = list((await people_of(known)).values())
    return GuestSearch(
        fields=known.fields,
        typed=typed,
        asked=asked,
        results=tuple(
            GuestRow(
                one.id,
                one.name,
                one.group.name,
                hidden_phone(one.phone),
                known.with_item(known.asked, guest=one.id).href,
            )
            for one in shown
        ),
        new_phone=typed if looks_like_phone else "",
        new_given_name=words[0] if words else "",
        new_family_name=" ".join(words[1:]),
        groups=tuple(GroupChoice(group.code, group.name, group.evidence) for group in await groups()),
        problem=problem,
    )


async def booking_sheet(
    setting: Setting,
    known: Known,
    *,
    search: GuestSearch | None = None,
    problem: Problem | None = None,
) -> BookingSheet:
    """Everything the sheet shows for what is known so far.

    Raises:
        NotFound: `guest-unknown`.
        Invalid: `add-on-unfit`, or `time-skipped`.
    """
    where, now = setting.place, setting.now
    (schedule,) = await day_schedules(where.id, where.zone, known.day, known.day)
    providers = {provider.staff_id: provider for provider in schedule.providers}
    people, named = await people_of(known), await menu_of(known.items)
    known = _without_unknown(known, named)
    asked = [one for item in known.items if (one := asked_of(item, people, named, now)) is not None]
    current = known.items[known.asked]
    step = Step.GUEST if current.guest is None else Step.SERVICE if current.service is None else Step.TIME
    about = known.wanted(where.zone) or shift_instant(known.day, NOON, where.zone)
    blank = replace(
        _blank(known, step),
        wanted_words=_wanted_words(known, providers),
        about=await about_guests(setting, known, people.values()),
        problem=problem,
    )
    if step is Step.GUEST:
        search = search or await guest_search(known)
        items = item_rows(known, people, named, {}, providers)
        block_href = _block_href(known, current.provider, providers)
        return replace(blank, search=search, items=items, block_href=block_href)
    if step is Step.SERVICE and current.guest is not None:
        items = item_rows(known, people, named, {}, providers)
        whose = people[current.guest]
        return await _service_step(setting, replace(blank, items=items), known, whose, providers, about)
    prices = await prices_for(where, [_priced(one, named, now) for one in asked], about)
    items = item_rows(known, people, named, prices, providers)
    times = await _times(setting, known, asked, schedule.providers)
    return replace(
        _with_times(blank, times),
        items=items,
        more=more(known),
        arrangements=arrangements(known),
        waits=waits(known),
        confirm=await confirm(setting, known, asked, times, prices),
        waitlist_href=_waitlist_href(known) if times.none_because else None,
        wanted_words=None,
    )


def _priced(one: Asked, named: Menu, now: datetime) -> tuple[Group, datetime, list[UUID]]:
    """What has a price in the sheet: what was chosen, and every add-on that goes with it."""
    return one.group, now, [*one.service_ids, *(each.id for each in named.fitting.get(one.service.id, ()))]


def _block_href(known: Known, provider: UUID | None, providers: Mapping[UUID, ProviderOnDay]) -> str | None:
    """Where the time that was tapped is blocked instead."""
    tapped = providers.get(provider) if provider else None
    if tapped is None or known.at_words is None:
        return None
    return new_block_href(tapped.number, known.day, known.at_words)


def _waitlist_href(known: Known) -> str | None:
    """Where one guest can wait for one service when the day has no time."""
    if known.others:
        return None
    query = {"guest": str(known.guest), "service": str(known.service), "date": known.day.isoformat()}
    return f"/waitlist/new?{urlencode(query)}"


async def _service_step(
    setting: Setting,
    blank: BookingSheet,
    known: Known,
    whose: GuestView,
    providers: Mapping[UUID, ProviderOnDay],
    about: datetime,
) -> BookingSheet:
    """What for: the guest's usual services, then the menu, at the prices of their group."""
    current = known.items[known.asked]
    offered = _performed(await menu(), providers.get(current.provider) if current.provider else None)
    wanted = [(whose.group, setting.now, [one.id for one in offered])]
    quoted = (await prices_for(setting.place, wanted, about))[whose.group.code, setting.now]
    latest = await favourite_services(whose.id, USUAL_SHOWN)
    choices = {one.id: _service_choice(one, known, quoted) for one in offered}
    return replace(
        blank,
        usual=_usual(latest, offered, choices),
        categories=_categories(offered, choices),
        asked_words=f"What for {whose.given_name}?" if known.others else "",
    )


def _with_times(sheet: BookingSheet, times: Times) -> BookingSheet:
    return replace(
        sheet,
        best=times.best,
        day_parts=times.parts,
        beyond=times.beyond,
        days=times.days,
        no_times=times.none_because,
    )


async def move_sheet_of(
    setting: Setting, known: Known, visits: Sequence[Visit], *, problem: Problem | None = None
) -> BookingSheet:
    """The sheet that gives one visit, or a party, another time."""
    where = setting.place
    asked = await asked_of_visits(visits, known.provider)
    (schedule,) = await day_schedules(where.id, where.zone, known.day, known.day)
    times = await _times(setting, known, asked, schedule.providers, [one.id for one in visits])
    was = visits[0].starts_at.astimezone(where.zone)
    names = words_of(list(dict.fromkeys(one.provider_name.split()[0] for one in visits)))
    title = "Move this visit" if known.party is None else "Move all of them"
    return replace(
        _with_times(_blank(known, Step.TIME), times),
        title=title,
        items=visit_rows(known, asked, schedule.providers),
        confirm=await confirm(setting, known, asked, times, {}),
        moving=Moving(title, f"{was:%A %-d %B, %-I:%M %p} with {names}"),
        problem=problem,
    )


def _blank(known: Known, step: Step) -> BookingSheet:
    return BookingSheet(
        step=step,
        title="New booking",
        close_href=board_href(known.day),
        items=(),
        search=None,
        usual=(),
        categories=(),
        asked_words="",
        wanted_words=None,
        more=(),
        arrangements=(),
        waits=(),
        day=known.day,
        best=(),
        day_parts=(),
        beyond=(),
        days=(),
        no_times=None,
        confirm=None,
    )


def _without_unknown(known: Known, named: Menu) -> Known:
    """A service that is not on the menu is asked for again."""
    items = tuple(
        one if one.service is None or one.service in named.by_id else replace(one, service=None, add_ons=())
        for one in known.items
    )
    return known.with_items(items)


def _performed(services: Sequence[MenuService], provider: ProviderOnDay | None) -> list[MenuService]:
    """The menu, narrowed to what a named provider may do that day."""
    return [one for one in services if provider is None or set(one.needs_credentials) <= provider.credentials]


def _wanted_words(known: Known, providers: Mapping[UUID, ProviderOnDay]) -> str | None:
    if known.at is None:
        return None
    words = f"{known.day:%A %-d %B}, {known.at:%-I:%M %p}"
    provider = providers.get(known.provider) if known.provider else None
    return f"{words}, {provider.name}" if provider else words


def _service_choice(service: MenuService, known: Known, prices: Mapping[UUID, Quote]) -> ServiceChoice:
    quoted = prices.get(service.id)
    return ServiceChoice(
        service.id,
        service.name,
        service.duration_minutes,
        quoted.price_cents if quoted else 0,
        quoted.list_cents if quoted else 0,
        known.with_item(known.asked, service=service.id, add_ons=()).href,
    )


def _usual(
    latest: Sequence[UUID], services: Sequence[MenuService], choices: Mapping[UUID, ServiceChoice]
) -> tuple[ServiceChoice, ...]:
    """The guest's own services first, then the top of the menu, six in all."""
    order = [*(one for one in latest if one in choices), *(one.id for one in services)]
    return tuple(choices[one] for one in list(dict.fromkeys(order))[:USUAL_SHOWN])


def _categories(
    services: Sequence[MenuService], choices: Mapping[UUID, ServiceChoice]
) -> tuple[ServiceCategory, ...]:
    by_name: dict[str, list[ServiceChoice]] = {}
    for one in services:
        by_name.setdefault(one.category_name, []).append(choices[one.id])
    return tuple(ServiceCategory(name, tuple(found)) for name, found in by_name.items())


async def _times(
    setting: Setting,
    known: Known,
    asked: Sequence[Asked],
    providers: Sequence[ProviderOnDay],
    without: Sequence[UUID] = (),
) -> Times:
    """Open times of the day, the best of them, and how the next two weeks look."""
    where, now = setting.place, setting.now
    today = local_date(now, where.zone)
    first = min(today, known.day)
    last = max(today + timedelta(days=DAYS_SHOWN - 1), known.day)
    if last - first > timedelta(days=DAYS_SHOWN + 7):
        first = last = known.day
    found = await calendar(where.id, where.zone, first, last, now=now, without=without)
    hues = {one.staff_id: one.hue for one in providers}
    taken = await guests_taken(
        [one.whose.id for one in asked],
        day_bounds(first, where.zone)[0],
        day_bounds(last, where.zone)[1],
        without=without,
    )
    finder = Finder.of(where.zone, known, asked, hues, taken, now, await offered_needs())
    return finder.times({one.day: one for one in found})
