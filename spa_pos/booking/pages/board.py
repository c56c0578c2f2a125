"""Turning a day's schedule and visits into the board."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.block_views import BlockSheet, LimitSheet, PlaceSheet
from spa_pos.booking.pages.board_columns import (
    Canvas,
    Rows,
    block_of,
    board_href,
    hours_of,
    is_on_board,
    look_of,
    provider_column,
    room_column,
    shown_hours,
)
from spa_pos.booking.pages.sheet_views import BookingSheet
from spa_pos.booking.pages.views import (
    Arrival,
    BoardPage,
    Column,
    new_booking_href,
)
from spa_pos.booking.pages.visit_views import VisitSheet
from spa_pos.booking.queries import Visit, blocks_on, credentials_asked, things_of_visits, visits_on
from spa_pos.booking.rules import HERE, Status
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.ledger.queries import Place
from spa_pos.schedule.queries import DaySchedule, day_schedules
from spa_pos.web.shell import Problem, initials

SOON = timedelta(minutes=60)


Sheet = BookingSheet | VisitSheet | BlockSheet | PlaceSheet | LimitSheet


async def board_page(
    where: Place,
    day: date,
    *,
    now: datetime,
    view: str = "",
    may_change: bool = True,
    sheet: Sheet | None = None,
    problem: Problem | None = None,
) -> BoardPage:
    """The board of a day, by provider, by room or as a list, with the sheet that is open."""
    (schedule,) = await day_schedules(where.id, where.zone, day, day)
    visits = await visits_on(where.id, day, where.zone)
    blocked = await blocks_on(where.id, day, where.zone)
    opened = shown_hours(schedule, visits, where.zone)
    rows = Rows(*opened) if opened else None
    open_id = sheet.id if isinstance(sheet, VisitSheet) else None
    shown = [visit for visit in visits if is_on_board(visit, now)]
    asked = await credentials_asked(shown) if may_change else {}
    canvas = Canvas(rows, where.zone, now, blocked, may_change, open_id, asked) if rows else None
    columns: tuple[Column, ...] = ()
    if canvas and view == "rooms":
        claimed = await things_of_visits(where.id, *day_bounds(day, where.zone))
        columns = tuple(
            room_column(thing, shown, claimed.get(thing.number, set()), schedule, canvas)
            for thing in schedule.things
        )
    elif canvas:
        columns = tuple(
            provider_column(provider, shown, schedule.day, canvas)
            for provider in schedule.providers
            if provider.works or any(visit.provider_id == provider.staff_id for visit in shown)
        )
    page = frame(where, day, view=view, now=now, may_change=may_change, sheet=sheet, problem=problem)
    return replace(
        page,
        opens=opened[0].astimezone(where.zone) if opened else None,
        closes=opened[1].astimezone(where.zone) if opened else None,
        closed_because=None if opened else schedule.closed_because,
        rows=rows.count if rows else 0,
        now_row=rows.now_row(now) if rows and page.is_today else None,
        hours=hours_of(rows, where.zone) if rows else (),
        columns=columns,
        visits=tuple(block_of(one, rows, where.zone, now, open_id) for one in visits),
        arrivals=_arrivals(shown, schedule, where.zone, now) if page.is_today else (),
        summary=_summary(shown, visits),
    )


def frame(
    where: Place,
    day: date,
    *,
    view: str,
    now: datetime,
    may_change: bool = True,
    sheet: Sheet | None = None,
    problem: Problem | None = None,
    provider: UUID | None = None,
) -> BoardPage:
    """The board without its columns: where its links lead."""
    today = local_date(now, where.zone)
    week = view == "week"
    step = timedelta(days=7 if week else 1)
    first = day - timedelta(days=day.weekday()) if week else day
    heard = {"date": first.isoformat()} | ({"days": "7"} if week else {})
    return BoardPage(
        day=day,
        is_today=first <= today < first + step,
        view=view,
        board_href=board_href(day),
        list_href=board_href(day, view="list"),
        rooms_href=board_href(day, view="rooms"),
        week_href=board_href(day, view="week"),
        pack_href=f"/board/pack?date={day.isoformat()}",
        grid_href=board_href(day, view=view, provider=provider).replace("/board?", "/board/grid?"),
        events_href=f"/board/events?{urlencode(heard)}",
        previous_href=board_href(day - step, view=view, provider=provider),
        next_href=board_href(day + step, view=view, provider=provider),
        today_href=board_href(today, view=view, provider=provider),
        new_href=new_booking_href(date=max(day, today) if week else day),
        opens=None,
        closes=None,
        closed_because=None,
        rows=0,
        now_row=None,
        hours=(),
        columns=(),
        visits=(),
        arrivals=(),
        summary="",
        title=f"{day:%A, %B %-d}",
        may_change=may_change,
        provider=provider,
        here_href=board_href(day, view=view, provider=provider),
        sheet=sheet,
        problem=problem,
    )


def _arrivals(
    visits: list[Visit], schedule: DaySchedule, zone: ZoneInfo, now: datetime
) -> tuple[Arrival, ...]:
    hues = {provider.staff_id: provider.hue for provider in schedule.providers}
    found = []
    for visit in visits:
        waiting = visit.status.is_expected and visit.starts_at <= now + SOON
        here = visit.status in HERE
        if not waiting and not here:
            continue
        look, word = look_of(visit, now)
        found.append(
            Arrival(
                href=f"/appointments/{visit.id}",
                guest_name=visit.guest_name,
                service_name=visit.service_name,
                provider_first_name=visit.provider_name.split()[0],
                provider_initials=initials(visit.provider_name),
                provider_hue=hues.get(visit.provider_id, 0),
                starts_at=visit.starts_at.astimezone(zone),
                when_words="here" if here else _when_words(visit.starts_at, now),
                look=look,
                word=word,
                claims_group=bool(visit.group_evidence),
                proven=visit.group_proven,
            )
        )
    return tuple(found)


def _when_words(starts_at: datetime, now: datetime) -> str:
    minutes = round((starts_at - now).total_seconds() / 60)
    if minutes > 0:
        return f"in {minutes} min"
    return "now" if minutes > -2 else f"{-minutes} min late" if minutes > -180 else "missed"


def _summary(shown: list[Visit], visits: list[Visit]) -> str:
    if not visits:
        return "No visits yet"
    counts = {status: sum(visit.status is status for visit in visits) for status in Status}
    parts = [f"{len(shown)} {'visit' if len(shown) == 1 else 'visits'}"]
    parts += [
        f"{counts[status]} {status.word.lower()}"
        for status in (
            Status.HELD,
            Status.CHECKED_IN,
            Status.IN_SERVICE,
            Status.DONE,
            Status.NO_SHOW,
            Status.CANCELLED,
        )
        if counts[status]
    ]
    return ", ".join(parts)
