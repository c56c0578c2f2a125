"""How the schedule's forms are read, sent, and shown again when they were refused or hit bookings."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Response

from spa_pos.booking.actions.rota import BookingsHit, change_schedule
from spa_pos.booking.pages.schedule_views import FormState, HitRow, Tab
from spa_pos.booking.pages.views import new_booking_href
from spa_pos.booking.queries.hits import Hit, hits
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.time import instant, local_date
from spa_pos.people.pages.session import Desk
from spa_pos.schedule.rules import WorkLimits
from spa_pos.web.answers import problem_of
from spa_pos.web.forms import day_from, uuid_from
from spa_pos.web.shell import Toast

TABS = (
    ("Week", "/schedule"),
    ("Does not fit", "/schedule/conflicts"),
    ("Opening hours", "/schedule/hours"),
    ("Rooms and equipment", "/schedule/rooms"),
    ("Rules", "/schedule/rules"),
    ("Cards and deposits", "/schedule/cards"),
)

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::00)?", re.ASCII)
_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%?", re.ASCII)
_HOURS = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2})|:([0-5][0-9]))?", re.ASCII)

Asked = Callable[[], Mapping[str, Any]]
Again = Callable[[str, FormState], Awaitable[Response[Any]]]


def tabs(current: str, found: Sequence[Hit]) -> tuple[Tab, ...]:
    """The schedule's pages, with the count of bookings that do not fit."""
    return tuple(
        Tab(words, href, href == current, len(found) if href.endswith("conflicts") else 0)
        for words, href in TABS
    )


async def hits_here(desk: Desk) -> list[Hit]:
    """Every booking at this location that does not fit."""
    return await hits(desk.place.id, desk.place.zone, now=desk.now)


def hit_rows(found: Sequence[Hit], zone: ZoneInfo) -> tuple[HitRow, ...]:
    """Bookings that do not fit, as screens list them."""
    return tuple(
        HitRow(
            f"/appointments/{one.appointment_id}",
            new_booking_href(
                date=local_date(one.starts_at, zone), provider=one.provider_id, move=one.appointment_id
            ),
            one.guest_name,
            one.service_name,
            one.provider_name,
            one.starts_at.astimezone(zone),
            tuple(reason.sentence for reason in one.reasons),
        )
        for one in found
    )


async def send(
    desk: Desk,
    fields: dict[str, str],
    form: str,
    change: str | Callable[..., Awaitable[Any]],
    asked: Asked,
    *,
    done: Callable[[], tuple[str, Toast]],
    again: Again,
) -> Response[Any]:
    """Make a change that a form asks for, and go where `done` says.

    A form that is refused or hits bookings is shown `again` with what was typed. `change` is the name of
    a change of the schedule, or an action that hits no booking.
    """
    anyway = fields.pop("anyway", "") == "yes"
    path = desk.request.url.path
    try:
        values = asked()
        if isinstance(change, str):
            await desk.ask(change_schedule, change=change, asked=values, anyway=anyway)
        else:
            await desk.ask(change, **values)
    except BookingsHit as hit:
        shown = hit_rows(hit.hits, desk.place.zone)
        return await again(
            form,
            FormState(path, fields, problem_of(hit), shown, hit.may_save, tuple(fields.items())),
        )
    except Refusal as problem:
        return await again(form, FormState(path, fields, problem_of(problem)))
    return desk.see(*done())


def with_sent(
    forms: Mapping[str, FormState], form: str | None, sent: FormState | None
) -> Mapping[str, FormState]:
    """The forms of a page, one of them as it was sent; the rest as they are at first."""
    if form is None or sent is None or form not in forms:
        return forms
    first = forms[form]
    merged = {name: sent.values.get(name, "") for name in first.values}
    return {**forms, form: replace(sent, values=merged)}


def sent_apart(forms: Mapping[str, FormState], form: str | None, sent: FormState | None) -> FormState | None:
    """What was sent with a button that has no form of its own on the page, and was refused."""
    return sent if form not in forms else None


def status_of(sent: FormState | None) -> int:
    """200, or 409 for what was refused: the sentence is on the page."""
    if sent is None or sent.problem is None:
        return 200
    return 409 if sent.hits else 422


def needed_day(text: str, field: str) -> date:
    """A day that must be given.

    Raises:
        Invalid: `date-missing` or `date-unreadable`.
    """
    if not text.strip():
        raise Invalid("date-missing", "Choose a day.", field=field)
    return day_from(text.strip(), date.min)


def maybe_day(text: str) -> date | None:
    """A day, or None when the field is empty.

    Raises:
        Invalid: `date-unreadable`.
    """
    return day_from(text.strip(), date.min) if text.strip() else None


def moment(text: str, zone: ZoneInfo, field: str) -> datetime:
    """An instant from a day and a clock face of the location.

    Raises:
        Invalid: `time-unreadable`, or `time-skipped` in the night the clocks skip an hour.
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found or int(found[2]) > 23 or int(found[3]) > 59:
        raise Invalid("time-unreadable", "Choose a day and a time.", field=field)
    return instant(day_from(found[1], date.min), time(int(found[2]), int(found[3])), zone)


def minutes_of(text: str, field: str) -> int:
    """Minutes from hours as people type them: `5`, `5.5`, `5:30`.

    Raises:
        Invalid: `hours-unreadable`.
    """
    found = _HOURS.fullmatch(text.strip())
    if not found:
        raise Invalid("hours-unreadable", "Type hours like 5 or 5.5.", field=field)
    part = round(int(found[2]) * 60 / 10 ** len(found[2])) if found[2] else int(found[3] or 0)
    return int(found[1]) * 60 + part


def whole(text: str, what: str, field: str) -> int:
    """A whole number of a few digits.

    Raises:
        Invalid: `number-unreadable`.
    """
    if not re.fullmatch(r"[0-9]{1,5}", text.strip(), re.ASCII):
        raise Invalid("number-unreadable", f"Type {what} as a whole number.", field=field)
    return int(text)


def needed_id(text: str, what: str) -> UUID:
    """An identifier that a form of ours carries.

    Raises:
        Invalid: `link-unreadable`.
    """
    found = uuid_from(text, what)
    if found is None:
        raise Invalid("link-unreadable", f"This form names no {what}. Open the page again.")
    return found


def hours_words(minutes: int) -> str:
    """`7 h 30 min`, `8 h`, `0 h`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def hours_field(minutes: int) -> str:
    """Minutes as the field of hours shows them: `5`, `5:30`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02d}" if rest else str(hours)


def face_words(face: time | datetime) -> str:
    """`8 AM`, `12:30 PM`."""
    return f"{face:%-I:%M %p}" if face.minute else f"{face:%-I %p}"


def limits_words(limits: WorkLimits | None) -> str:
    """Limits of hands-on work in one sentence."""
    if limits is None:
        return "No limit is set."
    return (
        f"{hours_words(limits.day_minutes)} a day, {hours_words(limits.week_minutes)} a week,"
        f" {limits.most_in_a_row} in a row, then {limits.break_minutes} min of break."
    )


def limit_values(limits: WorkLimits | None) -> dict[str, str]:
    """The fields of the form that sets limits."""
    shown = limits or WorkLimits(300, 1500, 3, 15)
    return {
        "day_hours": hours_field(shown.day_minutes),
        "week_hours": hours_field(shown.week_minutes),
        "most_in_a_row": str(shown.most_in_a_row),
        "break_minutes": str(shown.break_minutes),
    }


def limits_of(fields: Mapping[str, str]) -> WorkLimits:
    """Limits as the form gives them.

    Raises:
        Invalid: a field cannot be read.
    """
    return WorkLimits(
        minutes_of(fields.get("day_hours", ""), "day_hours"),
        minutes_of(fields.get("week_hours", ""), "week_hours"),
        whole(fields.get("most_in_a_row", ""), "how many in a row", "most_in_a_row"),
        whole(fields.get("break_minutes", ""), "the break in minutes", "break_minutes"),
    )


def ppm_from(text: str, field: str) -> int:
    """Parts per million from a percentage as people type it.

    Raises:
        Invalid: `percent-unreadable`.
    """
    found = _PERCENT.fullmatch(text.strip())
    if not found:
        raise Invalid("percent-unreadable", "Type a percentage like 50 or 12.5.", field=field)
    return int(found[1]) * 10_000 + int((found[2] or "0").ljust(2, "0")) * 100
