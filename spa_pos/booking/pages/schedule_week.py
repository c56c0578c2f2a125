"""The manager's week: who works when, and which bookings do not fit any more."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import QueryParameter

from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.schedule_forms import face_words, hit_rows, hits_here, hours_words, tabs
from spa_pos.booking.pages.schedule_views import (
    ConflictsPage,
    CountPart,
    DayHead,
    WeekCell,
    WeekPage,
    WeekRow,
)
from spa_pos.booking.queries.rota import booked_minutes
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.people.pages.session import MANAGERS, UNATTENDED, Desk, desk_of, only
from spa_pos.schedule.queries import (
    DaySchedule,
    ExceptionView,
    ProviderOnDay,
    TimeOffView,
    day_schedules,
    exceptions_between,
    special_days,
    time_off_between,
)
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import day_from
from spa_pos.web.shell import Nav, initials
from spa_pos.web.templates import render


@get("/schedule", opt=only(*MANAGERS))
async def show_week(
    request: AnyRequest, week: Annotated[str | None, QueryParameter(name="week")] = None
) -> Response[str]:
    """Every provider's week."""
    desk = await desk_of(request)
    page = await _week(desk, day_from(week, local_date(desk.now, desk.place.zone)))
    return html(render("booking/schedule.html", page, await desk.shell(Nav.SCHEDULE)))


@get("/schedule/conflicts", opt=only(*MANAGERS))
async def show_conflicts(request: AnyRequest) -> Response[str]:
    """Every booking to come that does not fit, and why."""
    desk = await desk_of(request)
    found = await hits_here(desk)
    by_reason = Counter(reason.code for one in found for reason in one.reasons)
    page = ConflictsPage(
        tabs("/schedule/conflicts", found), hit_rows(found, desk.place.zone), _sentence(len(found), by_reason)
    )
    return html(render("booking/schedule_conflicts.html", page, await desk.shell(Nav.SCHEDULE)))


@get("/schedule/conflicts/count", opt={**only(*MANAGERS), **UNATTENDED})
async def count_conflicts(request: AnyRequest) -> Response[str]:
    """How many bookings do not fit, for the header."""
    desk = await desk_of(request)
    part = CountPart(len(await hits_here(desk)))
    return html(render("booking/_schedule_count.html", part, await desk.shell()))


REASON_WORDS = {
    "time-off": "time off",
    "outside-shift": "shifts",
    "outside-opening": "opening hours",
    "day-closed": "closed days",
    "credential-missing": "credentials",
    "resource-out": "rooms and machines out of use",
    "resource-retired": "rooms and machines retired",
    "hands-on-limit": "hands-on limits",
    "provider-left": "people who left",
}


def _sentence(count: int, by_reason: Counter[str]) -> str:
    if not count:
        return "Every booking to come fits."
    about = ", ".join(f"{REASON_WORDS[code]} {number}" for code, number in by_reason.most_common())
    verb = "booking does" if count == 1 else "bookings do"
    return f"{count} {verb} not fit any more ({about})."


def _href(monday: date) -> str:
    return f"/schedule?week={monday.isoformat()}"


async def _week(desk: Desk, day: date) -> WeekPage:
    place = desk.place
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    today = local_date(desk.now, place.zone)
    this_monday = today - timedelta(days=today.weekday())
    days = await day_schedules(place.id, place.zone, monday, sunday)
    staff_ids = [one.staff_id for one in days[0].providers]
    special = {one.day: one.reason for one in await special_days(place.id, monday)}
    exceptions = await exceptions_between(staff_ids, monday, sunday)
    since, until = day_bounds(monday, place.zone)[0], day_bounds(sunday, place.zone)[1]
    off = await time_off_between(staff_ids, since, until)
    booked = await booked_minutes(place.id, place.zone, monday, sunday)
    return WeekPage(
        tabs=tabs("/schedule", await hits_here(desk)),
        monday=monday,
        sunday=sunday,
        is_this_week=monday == this_monday,
        previous_href=_href(monday - timedelta(days=7)),
        next_href=_href(monday + timedelta(days=7)),
        this_week_href=_href(this_monday),
        days=tuple(_head(one, special.get(one.day), today, desk) for one in days),
        rows=tuple(_row(desk, index, days, exceptions, off, booked) for index in range(len(staff_ids))),
    )


def _head(one: DaySchedule, special: str | None, today: date, desk: Desk) -> DayHead:
    if one.open is None:
        words = "Closed"
    else:
        opens, closes = (moment.astimezone(desk.place.zone) for moment in one.open)
        words = f"{face_words(opens)} – {face_words(closes)}"
    return DayHead(one.day, one.day == today, words, special, board_href(one.day))


def _row(
    desk: Desk,
    index: int,
    days: Sequence[DaySchedule],
    exceptions: list[ExceptionView],
    off: list[TimeOffView],
    booked: dict[tuple[UUID, date], int],
) -> WeekRow:
    who = days[0].providers[index]
    worked = sum(_minutes(one.providers[index]) for one in days)
    taken = sum(booked.get((who.staff_id, one.day), 0) for one in days)
    return WeekRow(
        href=f"/schedule/providers/{who.staff_id}",
        name=who.name,
        title=who.title,
        initials=initials(who.name),
        hue=who.hue,
        cells=tuple(_cell(desk, one, one.providers[index], exceptions, off, booked) for one in days),
        total=hours_words(worked),
        booked=hours_words(taken),
        share=f"{round(100 * taken / worked)} %" if worked else "–",
    )


def _minutes(who: ProviderOnDay) -> int:
    return sum(int((end - start).total_seconds()) // 60 for start, end in who.works)


def _cell(
    desk: Desk,
    schedule: DaySchedule,
    who: ProviderOnDay,
    exceptions: list[ExceptionView],
    off: list[TimeOffView],
    booked: dict[tuple[UUID, date], int],
) -> WeekCell:
    zone = desk.place.zone
    begins, ends = day_bounds(schedule.day, zone)
    minutes = booked.get((who.staff_id, schedule.day), 0)
    return WeekCell(
        hours=tuple(
            f"{face_words(start.astimezone(zone))} – {face_words(end.astimezone(zone))}"
            for start, end in who.works
        ),
        exceptions=tuple(
            one.reason for one in exceptions if (one.staff_id, one.day) == (who.staff_id, schedule.day)
        ),
        time_off=tuple(
            one.reason
            for one in off
            if one.staff_id == who.staff_id and one.starts_at < ends and one.ends_at > begins
        ),
        booked=hours_words(minutes) if minutes else "",
    )


handlers: list[Any] = [show_week, show_conflicts, count_conflicts]
