"""The sheet of a booking being made: guest, service, time, price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from spa_pos.booking.pages.board import board_href
from spa_pos.booking.pages.known import Known
from spa_pos.booking.pages.views import (
    BookingSheet,
    DayChoice,
    DayPart,
    GroupChoice,
    GuestRow,
    GuestSearch,
    Moving,
    PriceView,
    ProviderChoice,
    ServiceCategory,
    ServiceChoice,
    Step,
    TimeChoice,
)
from spa_pos.booking.queries import Visit, favourite_services, needs_of, supplies
from spa_pos.booking.rules import DaySupply, Needs, ProviderWish, Slot, best_times, open_starts, open_times
from spa_pos.catalog.queries import MenuService, jurisdictions, menu, quotes
from spa_pos.catalog.rules import Quote
from spa_pos.kernel.money import format_rate
from spa_pos.kernel.time import local_date, shift_instant
from spa_pos.ledger.queries import Place
from spa_pos.people.queries import GuestView, groups, guest, proof
from spa_pos.schedule.queries import ProviderOnDay, day_schedules
from spa_pos.web.shell import Problem, initials

DAYS_SHOWN = 14
USUAL_SHOWN = 6
NOON = time(12)
EVENING = time(17)


def hidden_phone(phone: str) -> str:
    """The last four digits alone."""
    return f"••• {phone[-4:]}"


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
    return GuestSearch(
        context=known.context,
        typed=typed,
        asked=asked,
        results=tuple(
            GuestRow(
                one.id, one.name, one.group.name, hidden_phone(one.phone), replace(known, guest=one.id).href
            )
            for one in found
        ),
        new_phone=typed if looks_like_phone else "",
        new_given_name=words[0] if words else "",
        new_family_name=" ".join(words[1:]),
        groups=tuple(GroupChoice(group.code, group.name, group.evidence) for group in await groups()),
        problem=problem,
    )


@dataclass(frozen=True, slots=True)
class _Times:
    """What the third question shows."""

    providers: tuple[ProviderChoice, ...] = ()
    best: tuple[TimeChoice, ...] = ()
    parts: tuple[DayPart, ...] = ()
    days: tuple[DayChoice, ...] = ()
    chosen: TimeChoice | None = None
    none_because: str | None = None


async def booking_sheet(
    where: Place,
    known: Known,
    *,
    now: datetime,
    search: GuestSearch | None = None,
    moved: Visit | None = None,
    problem: Problem | None = None,
) -> BookingSheet:
    """Everything the sheet shows for what is known so far, or for another time of a visit."""
    whose = await guest(known.guest) if known.guest else None
    (schedule,) = await day_schedules(where.id, where.zone, known.day, known.day)
    hues = {provider.staff_id: provider for provider in schedule.providers}
    services = _performed(await menu(), hues.get(known.provider) if known.provider else None)
    wanted = next((one for one in services if one.id == known.service), None)
    step = Step.GUEST if whose is None else Step.SERVICE if wanted is None else Step.TIME
    prices: Mapping[UUID, Quote] = {}
    times = _Times()
    price = None
    if whose is not None:
        about = known.wanted(where.zone) or shift_instant(known.day, NOON, where.zone)
        prices = await quotes(
            where.id,
            where.zone,
            [one.id for one in services],
            whose.group,
            starts_at=about,
            booked_at=moved.booked_at if moved else now,
        )
    if whose is not None and wanted is not None:
        times = await _times(where, known, wanted, hues, now, moved)
        if times.chosen is not None and wanted.id in prices:
            price = await _price(where, prices[wanted.id], whose, wanted, times.chosen.starts_at)
    choices = {one.id: _service_choice(one, known, prices) for one in services}
    usual = await favourite_services(whose.id, USUAL_SHOWN) if whose and step is Step.SERVICE else []
    return BookingSheet(
        step=step,
        context=known.context,
        close_href=board_href(known.day),
        guest_name=whose.name if whose else None,
        guest_group_name=whose.group.name if whose else None,
        guest_phone_words=hidden_phone(whose.phone) if whose else None,
        change_guest_href=replace(known, guest=None).href,
        search=(search or await guest_search(known)) if step is Step.GUEST else None,
        service=choices[wanted.id] if wanted else None,
        change_service_href=replace(known, service=None).href,
        usual=_usual(usual, services, choices) if step is Step.SERVICE else (),
        categories=_categories(services, choices) if step is Step.SERVICE else (),
        wanted_words=_wanted_words(known, hues),
        day=known.day,
        providers=times.providers,
        best=times.best,
        day_parts=times.parts,
        days=times.days,
        chosen=times.chosen,
        no_times=times.none_because,
        price=price,
        moving=_moving(moved, where) if moved else None,
        problem=problem,
    )


def _moving(moved: Visit, where: Place) -> Moving:
    was = moved.starts_at.astimezone(where.zone)
    return Moving(
        moved.id, moved.version, f"{was:%A %-d %B, %-I:%M %p} with {moved.provider_name.split()[0]}"
    )


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
        replace(known, service=service.id).href,
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
    where: Place,
    known: Known,
    wanted: MenuService,
    hues: Mapping[UUID, ProviderOnDay],
    now: datetime,
    moved: Visit | None,
) -> _Times:
    """Open times of the day, the best of them, and how the next two weeks look."""
    needs = needs_of(wanted)
    today = local_date(now, where.zone)
    first = min(today, known.day)
    last = max(today + timedelta(days=DAYS_SHOWN - 1), known.day)
    if last - first > timedelta(days=DAYS_SHOWN + 7):
        first = last = known.day
    days = dict(
        await supplies(where.id, where.zone, first, last, now=now, without=[known.move] if known.move else [])
    )
    slots = [
        slot
        for slot in open_times(needs, days[known.day], now=now, wish=ProviderWish(known.provider))
        if moved is None or (slot.starts_at, slot.provider.staff_id) != (moved.starts_at, moved.provider_id)
    ]
    asked = known.wanted(where.zone)
    choices = {id(slot): _time_choice(slot, known, where, hues) for slot in slots}
    chosen = next((choices[id(slot)] for slot in slots if slot.starts_at == asked), None)
    best = tuple(
        replace(choices[id(one.slot)], reason=one.reason) for one in best_times(slots, needs, wanted=asked)
    )
    return _Times(
        _providers(known, needs, days[known.day]),
        tuple(replace(one, chosen=_same(one, chosen)) for one in best),
        _parts([replace(one, chosen=_same(one, chosen)) for one in choices.values()]),
        _days(days, needs, known, today, now),
        replace(chosen, chosen=True) if chosen else None,
        None if slots else _none_because(days[known.day], known, wanted, hues),
    )


def _same(one: TimeChoice, other: TimeChoice | None) -> bool:
    return other is not None and (one.starts_at, one.provider_id) == (other.starts_at, other.provider_id)


def _time_choice(slot: Slot, known: Known, where: Place, hues: Mapping[UUID, ProviderOnDay]) -> TimeChoice:
    local = slot.starts_at.astimezone(where.zone)
    provider = slot.provider
    href = replace(known, day=local.date(), at=local.time(), provider=provider.staff_id).href
    return TimeChoice(
        local,
        provider.staff_id,
        provider.name.split()[0],
        provider.name,
        initials(provider.name),
        hues[provider.staff_id].hue,
        slot.room.name,
        href,
    )


def _parts(times: Sequence[TimeChoice]) -> tuple[DayPart, ...]:
    """Each start once (the first provider who could), by part of the day."""
    parts: dict[str, dict[datetime, TimeChoice]] = {"Morning": {}, "Afternoon": {}, "Evening": {}}
    for one in times:
        face = one.starts_at.time()
        name = "Morning" if face < NOON else "Afternoon" if face < EVENING else "Evening"
        if one.chosen or one.starts_at not in parts[name]:
            parts[name][one.starts_at] = one
    return tuple(DayPart(name, tuple(found.values())) for name, found in parts.items() if found)


def _providers(known: Known, needs: Needs, day: DaySupply) -> tuple[ProviderChoice, ...]:
    able = [one for one in day.providers if needs.credentials <= one.credentials and one.works]
    anyone = ProviderChoice("Anyone", replace(known, provider=None).href, known.provider is None)
    return (
        anyone,
        *(
            ProviderChoice(
                one.name.split()[0],
                replace(known, provider=one.staff_id).href,
                one.staff_id == known.provider,
            )
            for one in able
        ),
    )


def _days(
    days: Mapping[date, DaySupply], needs: Needs, known: Known, today: date, now: datetime
) -> tuple[DayChoice, ...]:
    choices = []
    for day, supply in days.items():
        if day < today:
            continue
        found = open_starts(needs, supply, now=now, wish=ProviderWish(known.provider))
        count = len({start for _, starts in found for start in starts})
        words = f"{count} open" if count else "Full" if supply.open else "Closed"
        href = replace(known, day=day, at=None).href
        choices.append(DayChoice(day, href, words, count > 0, day == known.day))
    return tuple(choices)


def _none_because(
    day: DaySupply, known: Known, wanted: MenuService, hues: Mapping[UUID, ProviderOnDay]
) -> str:
    if day.open is None:
        return f"The spa is closed that day: {day.closed_because}. Choose another day."
    if known.provider is not None and known.provider in hues:
        first_name = hues[known.provider].name.split()[0]
        return f"{first_name} has no time for {wanted.name} that day. Try anyone, or another day."
    return f"No time is left for {wanted.name} that day. Choose another day."


async def _price(
    where: Place, quoted: Quote, whose: GuestView, wanted: MenuService, starts_at: datetime
) -> PriceView:
    day = local_date(starts_at, where.zone)
    on_file = await proof(whose.id, whose.group.code, day)
    rate = sum(body.rate_ppm for body in await jurisdictions(where.id, day))
    return PriceView(
        quoted.list_cents,
        quoted.price_cents,
        quoted.reduction_cents,
        quoted.reduction_name,
        whose.group.evidence if whose.group.evidence and on_file is None else None,
        f"plus {format_rate(rate)} sales tax" if wanted.taxable else "no sales tax",
    )
