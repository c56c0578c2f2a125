"""Open times for programs: the function of the desk and of the guests' pages, as JSON."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, get
from litestar.params import FromQuery, QueryParameter

from spa_pos.booking.queries import booking_window, needs_of, offered_needs, supplies
from spa_pos.booking.rules import ProviderWish, Slot, best_times, open_times
from spa_pos.booking.rules.guests import in_window
from spa_pos.catalog.queries import MenuService, add_ons, menu
from spa_pos.kernel.errors import Invalid, NotFound, Refusal
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place, places
from spa_pos.people.pages.session import PUBLIC, clock_of
from spa_pos.people.queries import groups
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import day_from

GENDERS = ("woman", "man")


class Time(msgspec.Struct, frozen=True, omit_defaults=True):
    """One time that could be booked, with its offset; `reason` says why it is among the best."""

    starts_at: datetime
    ends_at: datetime
    provider: UUID
    provider_name: str
    reason: str = ""


class OpenTimes(msgspec.Struct, frozen=True):
    """The answer: at most three best times and the soonest, and every time of the day, earliest first."""

    location: str
    service: str
    group: str
    day: date
    minutes: int
    best: tuple[Time, ...]
    times: tuple[Time, ...]


class Problem(msgspec.Struct, frozen=True):
    """A refusal: its code, and a sentence that says what to do."""

    code: str
    sentence: str


def _json(value: msgspec.Struct, status: int = 200) -> Response[bytes]:
    headers = {"cache-control": "no-store"}
    content = msgspec.json.encode(value)
    return Response(content, media_type="application/json", status_code=status, headers=headers)


@get("/api/open-times", opt=dict(PUBLIC))
async def show_open_times(
    request: AnyRequest,
    service: FromQuery[str],
    group: FromQuery[str] = "visitor",
    day: FromQuery[str | None] = None,
    location: FromQuery[str | None] = None,
    add_on: Annotated[list[str] | None, QueryParameter(name="add_on")] = None,
    provider: FromQuery[UUID | None] = None,
    gender: FromQuery[str | None] = None,
) -> Response[bytes]:
    """The open times of one day: `service`, `add_on` and `group` by code, today unless a day is named."""
    now = clock_of(request)()
    try:
        where = await _place(location)
        chosen, extras = await _service(service, add_on or [])
        wish = await _wish(group, provider, gender)
        wanted = day_from(day, local_date(now, where.zone))
        found = await _found(where, chosen, extras, group, wanted, wish, now)
    except Refusal as refused:
        return _json(Problem(refused.code, refused.sentence), refused.status)
    return _json(found)


async def _place(code: str | None) -> Place:
    for one in await places():
        if code in (None, one.code):
            return one
    raise NotFound("location-unknown", "There is no such location.")


async def _service(code: str, extras: list[str]) -> tuple[MenuService, list[MenuService]]:
    chosen = next((one for one in await menu() if one.code == code), None)
    if chosen is None:
        raise NotFound("service-unknown", "There is no such service on the menu.")
    possible = {one.code: one for one in (await add_ons([chosen.id])).get(chosen.id, [])}
    if not set(extras) <= possible.keys():
        raise NotFound("add-on-unknown", "This service has no such add-on.")
    return chosen, [possible[one] for one in dict.fromkeys(extras)]


async def _wish(group: str, provider: UUID | None, gender: str | None) -> ProviderWish:
    if group not in {one.code for one in await groups()}:
        raise NotFound("group-unknown", "There is no such group of guests.")
    if gender is not None and gender not in GENDERS:
        raise Invalid("gender-unknown", "Ask for woman or man, or for nobody.")
    return ProviderWish(provider, gender)


async def _found(
    where: Place,
    service: MenuService,
    extras: list[MenuService],
    group: str,
    day: date,
    wish: ProviderWish,
    now: datetime,
) -> OpenTimes:
    needs = needs_of(service, extras)
    window = await booking_window(where.id, service.id, group)
    slots: list[Slot] = []
    if window is not None and day <= local_date(now + window.horizon + timedelta(days=1), where.zone):
        ((_, supply),) = await supplies(where.id, where.zone, day, day, now=now)
        slots = [
            slot
            for slot in open_times(needs, supply, now=now, wish=wish)
            if in_window(slot.starts_at, window.lead, window.horizon, now=now)
        ]

    offered = await offered_needs()

    def told(slot: Slot, reason: str = "") -> Time:
        starts, ends = (at.astimezone(where.zone) for at in (slot.starts_at, slot.ends_at))
        return Time(starts, ends, slot.provider.staff_id, slot.provider.name.split()[0], reason)

    return OpenTimes(
        where.code,
        service.code,
        group,
        day,
        needs.minutes,
        tuple(told(one.slot, one.reason) for one in best_times(slots, needs, offered, wanted=None)),
        tuple(told(slot) for slot in slots),
    )


router = Router("/", route_handlers=[show_open_times])
