"""The house: when it is open, and its rooms and machines."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from litestar import Response, get, post

from spa_pos.booking.pages.schedule_forms import (
    face_words,
    hit_rows,
    hits_here,
    moment,
    needed_day,
    needed_id,
    send,
    sent_apart,
    status_of,
    tabs,
    whole,
    with_sent,
)
from spa_pos.booking.pages.schedule_provider_views import WEEKDAYS, local_field
from spa_pos.booking.pages.schedule_views import (
    Choice,
    FormState,
    HoursPage,
    KindCard,
    PatternRow,
    Removable,
    RoomsPage,
    ThingRow,
)
from spa_pos.booking.queries.hits import Hit
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.schedule.queries import (
    OpeningView,
    OutView,
    SpecialDayView,
    opening_rows,
    special_days,
    things,
    things_out,
)
from spa_pos.schedule.rules import DAYS, Span, spans_of
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

HOURS, ROOMS = "/schedule/hours", "/schedule/rooms"


async def _show_hours(desk: Desk, form: str | None = None, sent: FormState | None = None) -> Response[Any]:
    today = local_date(desk.now, desk.place.zone)
    rows = await opening_rows(desk.place.id)
    forms = with_sent(_hours_forms(rows, today), form, sent)
    page = HoursPage(
        tabs=tabs(HOURS, await hits_here(desk)),
        weekdays=WEEKDAYS,
        periods=_periods(rows, today),
        special_days=tuple(_special(one) for one in await special_days(desk.place.id, today)),
        forms=forms,
        apart=sent_apart(forms, form, sent),
    )
    text = render("booking/schedule_hours.html", page, await desk.shell(Nav.SCHEDULE))
    return html(text, status=status_of(sent))


def _hours_text(opens: object, closes: object) -> str:
    return "closed" if opens is None else f"{opens:%-H:%M}-{closes:%-H:%M}"


def _hours_forms(rows: Sequence[OpeningView], today: date) -> Mapping[str, FormState]:
    newest = {one.weekday: _hours_text(one.opens, one.closes) for one in rows}
    week = {name: newest.get(weekday, "closed") for weekday, (name, _) in enumerate(WEEKDAYS)}
    monday = today + timedelta(days=7 - today.weekday())
    return {
        "hours": FormState(HOURS, {"first_day": monday.isoformat()} | week),
        "special": FormState("/schedule/special-days", {"day": "", "reason": "", "hours": ""}),
    }


def _periods(rows: Sequence[OpeningView], today: date) -> tuple[tuple[PatternRow, Removable | None], ...]:
    """The hours in force and those to come."""
    first_days = sorted({one.valid_from for one in rows})
    begun = [day for day in first_days if day <= today]
    found = []
    for first in [*begun[-1:], *(day for day in first_days if day > today)]:
        days = tuple(
            (DAYS[one.weekday], _hours_text(one.opens, one.closes)) for one in rows if one.valid_from == first
        )
        is_now = first <= today
        words = f"Since {first:%-d %b %Y}" if is_now else f"From {first:%A %-d %b %Y}"
        removable = None
        if first >= today and first != first_days[0]:
            fields = (("first_day", first.isoformat()),)
            removable = Removable(words, "", "/schedule/hours/removal", fields)
        found.append((PatternRow(words, is_now, days), removable))
    return tuple(found)


def _special(one: SpecialDayView) -> Removable:
    hours = (
        "closed"
        if one.opens is None or one.closes is None
        else (f"open {face_words(one.opens)} – {face_words(one.closes)}")
    )
    typed = "" if one.opens is None else _hours_text(one.opens, one.closes)
    fields = (("id", str(one.id)), ("day", one.day.isoformat()), ("reason", one.reason), ("hours", typed))
    return Removable(
        f"{one.day:%A %-d %B %Y}", f"{one.reason} · {hours}", "/schedule/special-days/removal", fields
    )


def _one_span(text: str, where: str) -> Span | None:
    """Opening hours of a day: one span, or closed.

    Raises:
        Invalid: `hours-several`, or what cannot be read.
    """
    if text.strip().lower() in ("", "closed"):
        return None
    spans = spans_of(text, where)
    if len(spans) != 1:
        raise Invalid("hours-several", f"Give one time from and to on {where}.", field=where.lower())
    return spans[0]


@get(HOURS, opt=only(*MANAGERS))
async def show_hours(request: AnyRequest) -> Response[Any]:
    """Opening hours of the week, and special days."""
    return await _show_hours(await desk_of(request))


@post(HOURS, opt=only(*MANAGERS), status_code=200)
async def set_hours(request: AnyRequest) -> Response[Any]:
    """New opening hours from a day on."""
    desk, fields = await posted(request)

    def asked() -> dict[str, Any]:
        return {
            "week": {
                day: _one_span(fields.get(name, ""), words) for day, (name, words) in enumerate(WEEKDAYS)
            },
            "first_day": needed_day(fields.get("first_day", ""), "first_day"),
        }

    def done() -> tuple[str, Toast]:
        undo = (("first_day", fields["first_day"]),)
        return HOURS, Toast("The opening hours are saved.", "/schedule/hours/removal", undo)

    return await send(desk, fields, "hours", "set_opening_hours", asked, done=done, again=_again_hours(desk))


def _again_hours(desk: Desk) -> Any:
    return lambda form, sent: _show_hours(desk, form, sent)


@post("/schedule/hours/removal", opt=only(*MANAGERS), status_code=200)
async def remove_hours(request: AnyRequest) -> Response[Any]:
    """The hours before go on."""
    desk, fields = await posted(request)
    return await send(
        desk,
        fields,
        "remove_hours",
        "remove_opening_hours",
        lambda: {"first_day": needed_day(fields.get("first_day", ""), "first_day")},
        done=lambda: (HOURS, Toast("Those hours are removed; the ones before go on.")),
        again=_again_hours(desk),
    )


@post("/schedule/special-days", opt=only(*MANAGERS), status_code=200)
async def add_special_day(request: AnyRequest) -> Response[Any]:
    """A holiday, or a day with hours of its own."""
    desk, fields = await posted(request)
    special_id = desk.key or uuid4()

    def asked() -> dict[str, Any]:
        return {
            "special_id": special_id,
            "day": needed_day(fields.get("day", ""), "day"),
            "reason": fields.get("reason", ""),
            "hours": _one_span(fields.get("hours", ""), "hours"),
        }

    def done() -> tuple[str, Toast]:
        undo = (("id", str(special_id)),)
        return HOURS, Toast("The day is saved.", "/schedule/special-days/removal", undo)

    return await send(desk, fields, "special", "set_special_day", asked, done=done, again=_again_hours(desk))


@post("/schedule/special-days/removal", opt=only(*MANAGERS), status_code=200)
async def remove_special_day(request: AnyRequest) -> Response[Any]:
    """A day has its usual hours again."""
    desk, fields = await posted(request)
    back = tuple((name, value) for name, value in fields.items() if name in ("day", "reason", "hours"))
    address = "/schedule/special-days" if back else None
    return await send(
        desk,
        fields,
        "remove_special",
        "remove_special_day",
        lambda: {"special_id": needed_id(fields.get("id", ""), "day")},
        done=lambda: (HOURS, Toast("The day has its usual hours again.", address, back)),
        again=_again_hours(desk),
    )


async def _show_rooms(desk: Desk, form: str | None = None, sent: FormState | None = None) -> Response[Any]:
    zone = desk.place.zone
    every = await things(desk.place.id)
    out = await things_out(desk.place.id, desk.now)
    found = await hits_here(desk)
    out_now = {one.number for one in out if one.starts_at <= desk.now}
    kinds = list(dict.fromkeys(one.kind for one in every))
    noon = f"{local_date(desk.now, zone) + timedelta(days=1)}T12:00"
    times = {"starts_at": noon, "ends_at": noon[:-5] + "17:00"}
    forms = with_sent(
        {
            "out": FormState("/schedule/rooms/out", {"number": "", "reason": ""} | times),
            "add": FormState(ROOMS, {"kind": "", "name": ""}),
        },
        form,
        sent,
    )
    page = RoomsPage(
        tabs=tabs(ROOMS, found),
        kinds=tuple(_kind(kind, [ThingRow(*row) for row in _rows(every, kind, out_now)]) for kind in kinds),
        out=tuple(_out(one, found, desk) for one in out),
        thing_choices=tuple(Choice(str(one.number), one.name) for one in every if one.active),
        kind_choices=tuple(Choice(kind, _words(kind)) for kind in kinds),
        forms=forms,
        apart=sent_apart(forms, form, sent),
    )
    text = render("booking/schedule_rooms.html", page, await desk.shell(Nav.SCHEDULE))
    return html(text, status=status_of(sent))


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


def _rows(every: Sequence[Any], kind: str, out_now: set[int]) -> list[tuple[int, str, str, bool]]:
    found = []
    for one in every:
        if one.kind == kind:
            status = "Retired" if not one.active else "Out of use now" if one.number in out_now else "In use"
            found.append((one.number, one.name, status, not one.active))
    return found


def _kind(kind: str, rows: Sequence[ThingRow]) -> KindCard:
    count = sum(not row.is_retired for row in rows)
    return KindCard(kind, _words(kind), f"{count} in use", tuple(rows))


def _out(one: OutView, found: Sequence[Hit], desk: Desk) -> Removable:
    zone = desk.place.zone
    starts, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    until = f"{ends:%-I:%M %p}" if starts.date() == ends.date() else f"{ends:%a %-d %b, %-I:%M %p}"
    hit = [
        each
        for each in found
        if any(
            reason.code == "resource-out" and reason.sentence.startswith(f"{one.name} ")
            for reason in each.reasons
        )
        and each.starts_at < one.ends_at + timedelta(hours=1)
        and each.ends_at > one.starts_at - timedelta(hours=1)
    ]
    return Removable(
        f"{one.name}: {starts:%a %-d %b %Y, %-I:%M %p} to {until}",
        one.reason,
        "/schedule/rooms/out/removal",
        (
            ("id", str(one.id)),
            ("number", str(one.number)),
            ("starts_at", local_field(max(one.starts_at, desk.now), zone)),
            ("ends_at", local_field(one.ends_at, zone)),
            ("reason", one.reason),
        ),
        "Back in use now" if one.starts_at <= desk.now else "Remove",
        hit_rows(hit, zone),
    )


def _again_rooms(desk: Desk) -> Any:
    return lambda form, sent: _show_rooms(desk, form, sent)


@get(ROOMS, opt=only(*MANAGERS))
async def show_rooms(request: AnyRequest) -> Response[Any]:
    """Rooms, stations and machines: how many, and when one cannot be used."""
    return await _show_rooms(await desk_of(request))


@post(ROOMS, opt=only(*MANAGERS), status_code=200)
async def add_room(request: AnyRequest) -> Response[Any]:
    """One more of a kind."""
    desk, fields = await posted(request)
    return await send(
        desk,
        fields,
        "add",
        "add_resource",
        lambda: {"kind": fields.get("kind", ""), "name": fields.get("name", "")},
        done=lambda: (ROOMS, Toast(f"{fields['name'].strip()} can be booked now.")),
        again=_again_rooms(desk),
    )


@post("/schedule/rooms/out", opt=only(*MANAGERS), status_code=200)
async def put_out(request: AnyRequest) -> Response[Any]:
    """A room or machine cannot be used for a while."""
    desk, fields = await posted(request)
    out_id = desk.key or uuid4()

    def instant_of(name: str) -> datetime:
        return moment(fields.get(name, ""), desk.place.zone, name)

    def asked() -> dict[str, Any]:
        return {
            "out_id": out_id,
            "resource_no": whole(fields.get("number", ""), "the room", "number"),
            "starts_at": instant_of("starts_at"),
            "ends_at": instant_of("ends_at"),
            "reason": fields.get("reason", ""),
        }

    def done() -> tuple[str, Toast]:
        return ROOMS, Toast("It is out of use then.", "/schedule/rooms/out/removal", (("id", str(out_id)),))

    return await send(desk, fields, "out", "put_out_of_use", asked, done=done, again=_again_rooms(desk))


@post("/schedule/rooms/out/removal", opt=only(*MANAGERS), status_code=200)
async def take_back(request: AnyRequest) -> Response[Any]:
    """A room or machine can be used again."""
    desk, fields = await posted(request)
    back = tuple((name, value) for name, value in fields.items() if name != "id")
    address = "/schedule/rooms/out" if back else None
    return await send(
        desk,
        fields,
        "remove_out",
        "bring_back",
        lambda: {"out_id": needed_id(fields.get("id", ""), "room")},
        done=lambda: (ROOMS, Toast("It can be booked again.", address, back)),
        again=_again_rooms(desk),
    )


async def _change_room(request: AnyRequest, change: str, words: str, undo: str) -> Response[Any]:
    desk, fields = await posted(request)
    number = fields.get("number", "")
    return await send(
        desk,
        fields,
        "retire",
        change,
        lambda: {"resource_no": whole(number, "the room", "number")},
        done=lambda: (ROOMS, Toast(words, undo, (("number", number),))),
        again=_again_rooms(desk),
    )


@post("/schedule/rooms/retirement", opt=only(*MANAGERS), status_code=200)
async def retire(request: AnyRequest) -> Response[Any]:
    """A room or machine is not used any more."""
    return await _change_room(request, "retire_resource", "It is retired.", "/schedule/rooms/return")


@post("/schedule/rooms/return", opt=only(*MANAGERS), status_code=200)
async def reinstate(request: AnyRequest) -> Response[Any]:
    """A retired room or machine is used again."""
    return await _change_room(
        request, "reinstate_resource", "It can be booked again.", "/schedule/rooms/retirement"
    )


handlers: list[Any] = [
    show_hours,
    set_hours,
    remove_hours,
    add_special_day,
    remove_special_day,
    show_rooms,
    add_room,
    put_out,
    take_back,
    retire,
    reinstate,
]
