"""What the desk works with when the line or the power is gone: today and the next day, on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from litestar import Response, Router, get
from litestar.params import QueryParameter

from spa_pos.booking.pages.board_columns import board_href, is_on_board
from spa_pos.booking.queries import BlockView, Visit, blocks_on, things_of_visits, visits_on
from spa_pos.booking.queries.guests import standing_of_guests
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.pages.session import FRONT, desk_of, only
from spa_pos.people.rules import show_phone
from spa_pos.schedule.queries import ProviderOnDay, Thing, day_schedules
from spa_pos.stored_value.queries import credit_on_hand
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import day_from
from spa_pos.web.shell import Nav
from spa_pos.web.templates import render

NOT_WORKING = "Not working"


@dataclass(frozen=True, slots=True)
class PackRow:
    """One visit as it is worked on paper; `notes` are what to ask for, money owed or on hand, and wishes."""

    starts_at: datetime
    ends_at: datetime
    guest_name: str
    phone: str
    what: str
    room_name: str
    word: str
    price_cents: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackSheet:
    """One provider's day: hours, blocked time, visits."""

    name: str
    title: str
    hours_words: str
    notes: tuple[str, ...]
    rows: tuple[PackRow, ...]


@dataclass(frozen=True, slots=True)
class PackRoom:
    """Who is in a room, at a station or at a machine on one day; `out` is when it cannot be used."""

    name: str
    title: str
    out: tuple[str, ...]
    rows: tuple[tuple[PackRow, str], ...]


@dataclass(frozen=True, slots=True)
class PackDay:
    """One day of the pack: a sheet a provider, and all rooms on one."""

    day: date
    summary: str
    sheets: tuple[PackSheet, ...]
    rooms: tuple[PackRoom, ...]


@dataclass(frozen=True, slots=True)
class PackPage:
    """`booking/pack.html` at `GET /board/pack?date=`: black on white, a page a provider and one of rooms."""

    made_at: datetime
    place_name: str
    phone: str
    days: tuple[PackDay, ...]
    back_href: str
    sample_notice: str


async def pack_day(where: Place, day: date, *, now: datetime) -> PackDay:
    """Everything of one day that paper needs."""
    (schedule,) = await day_schedules(where.id, where.zone, day, day)
    visits = [one for one in await visits_on(where.id, day, where.zone) if is_on_board(one, now)]
    blocked = await blocks_on(where.id, day, where.zone)
    claimed = await things_of_visits(where.id, *day_bounds(day, where.zone))
    money = await _money([one.guest_id for one in visits], where, day, now)
    sheets = [
        _sheet(one, [visit for visit in visits if visit.provider_id == one.staff_id], blocked, where, money)
        for one in schedule.providers
    ]
    rooms = [
        _room(
            thing,
            [
                visit
                for visit in visits
                if visit.room_number == thing.number or visit.id in claimed.get(thing.number, ())
            ],
            blocked,
            where,
            money,
        )
        for thing in schedule.things
    ]
    count = len(visits)
    return PackDay(
        day,
        f"{count} {'visit' if count == 1 else 'visits'}",
        tuple(one for one in sheets if one.rows or one.hours_words != NOT_WORKING),
        tuple(one for one in rooms if one.rows or one.out),
    )


Money = Mapping[UUID, tuple[str, ...]]
"""What guests owe and what they have with us, in words."""


async def _money(guest_ids: Sequence[UUID], where: Place, day: date, now: datetime) -> Money:
    """Two questions for all guests of a day; gift cards are bearers' and stand with nobody."""
    credit = await credit_on_hand(set(guest_ids), on=local_date(now, where.zone))
    stands = await standing_of_guests(guest_ids, since=now, day=day_bounds(day, where.zone))
    found = {}
    for one in guest_ids:
        owed = stands[one].fees_cents if one in stands else 0
        words = [f"Owes {format_usd(Cents(owed))} in fees"] if owed else []
        words += [f"Has {format_usd(credit[one])} credit"] if one in credit else []
        found[one] = tuple(words)
    return found


def _span(since: datetime, until: datetime, where: Place) -> str:
    return " to ".join(f"{moment.astimezone(where.zone):%-I:%M %p}" for moment in (since, until))


def _sheet(
    one: ProviderOnDay, own: Sequence[Visit], blocked: Sequence[BlockView], where: Place, money: Money
) -> PackSheet:
    notes = tuple(
        f"{_span(block.starts_at, block.ends_at, where)}: {block.kind}"
        + (f", {block.reason}" if block.reason else "")
        for block in blocked
        if block.resource_no == one.number
    )
    hours = ", ".join(_span(since, until, where) for since, until in one.works) or NOT_WORKING
    return PackSheet(one.name, one.title, hours, notes, tuple(_row(visit, where, money) for visit in own))


def _room(
    thing: Thing, there: Sequence[Visit], blocked: Sequence[BlockView], where: Place, money: Money
) -> PackRoom:
    out = [(since, until, "not in use") for since, until in thing.out]
    out += [(one.starts_at, one.ends_at, one.kind) for one in blocked if one.resource_no == thing.number]
    return PackRoom(
        thing.name,
        thing.kind.replace("_", " "),
        tuple(f"{_span(since, until, where)}: {why}" for since, until, why in sorted(out)),
        tuple((_row(visit, where, money), visit.provider_name) for visit in there),
    )


def _row(visit: Visit, where: Place, money: Money) -> PackRow:
    extras = "".join(f" + {one.name}" for one in visit.add_ons)
    unproven = visit.group_evidence and not visit.group_proven
    return PackRow(
        visit.starts_at.astimezone(where.zone),
        visit.ends_at.astimezone(where.zone),
        visit.guest_name,
        show_phone(visit.guest_phone),
        f"{visit.service_name}{extras}, {visit.duration_minutes} min",
        visit.room_name,
        visit.status.word,
        visit.total_cents,
        (
            *((f"Ask for: {visit.group_evidence}",) if unproven else ()),
            *money[visit.guest_id],
            *((f"Says: {visit.guest_note}",) if visit.guest_note else ()),
        ),
    )


@get("/board/pack", opt=only(*FRONT))
async def show_pack(
    request: AnyRequest, day: Annotated[str | None, QueryParameter(name="date")] = None
) -> Response[str]:
    """A day and the next, to be printed before they are needed."""
    desk = await desk_of(request)
    first = day_from(day, local_date(desk.now, desk.place.zone))
    page = PackPage(
        made_at=desk.now.astimezone(desk.place.zone),
        place_name=desk.place.name,
        phone=desk.place.phone,
        days=(
            await pack_day(desk.place, first, now=desk.now),
            await pack_day(desk.place, first + timedelta(days=1), now=desk.now),
        ),
        back_href=board_href(first),
        sample_notice=desk.place.sample_notice,
    )
    return html(render("booking/pack.html", page, await desk.shell(Nav.BOARD)))


router = Router("/", route_handlers=[show_pack])
