"""A week of one provider, a column a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from spa_pos.booking.pages.board import frame
from spa_pos.booking.pages.board_columns import (
    Canvas,
    Rows,
    board_href,
    hours_of,
    is_on_board,
    provider_column,
    shown_hours,
)
from spa_pos.booking.pages.views import BoardPage, Column, Person
from spa_pos.booking.queries import blocks_between, credentials_asked, visits_between
from spa_pos.kernel.time import day_bounds, local_date, shift_instant
from spa_pos.ledger.queries import Place
from spa_pos.schedule.queries import DaySchedule, ProviderOnDay, day_schedules
from spa_pos.web.shell import Problem


async def week_page(
    where: Place,
    day: date,
    provider: UUID | None,
    *,
    now: datetime,
    may_change: bool = True,
    problem: Problem | None = None,
) -> BoardPage:
    """The week a day lies in, of one provider: the first unless somebody is named."""
    monday = day - timedelta(days=day.weekday())
    schedules = await day_schedules(where.id, where.zone, monday, monday + timedelta(days=6))
    people = schedules[0].providers
    chosen = next((one for one in people if one.staff_id == provider), people[0] if people else None)
    page = frame(
        where,
        day,
        view="week",
        now=now,
        may_change=may_change,
        provider=chosen.staff_id if chosen else None,
        problem=problem,
    )
    page = replace(
        page,
        title=f"{chosen.name.split()[0] if chosen else 'Nobody'}, week of {monday:%b %-d}",
        step_words="Week",
        people=tuple(
            Person(
                one.name.split()[0],
                board_href(day, view="week", provider=one.staff_id),
                chosen is not None and one.staff_id == chosen.staff_id,
            )
            for one in people
        ),
    )
    if chosen is None:
        return page
    return await _filled(where, page, schedules, chosen, now)


async def _filled(
    where: Place, page: BoardPage, schedules: Sequence[DaySchedule], chosen: ProviderOnDay, now: datetime
) -> BoardPage:
    """The page with its seven columns, all of the same rows by the clock."""
    since, until = day_bounds(schedules[0].day, where.zone)[0], day_bounds(schedules[-1].day, where.zone)[1]
    visits = [
        one
        for one in await visits_between(where.id, since, until)
        if is_on_board(one, now) and one.provider_id == chosen.staff_id
    ]
    blocked = await blocks_between(where.id, since, until)
    asked = await credentials_asked(visits) if page.may_change else {}
    days = []
    for schedule in schedules:
        own = [one for one in visits if local_date(one.starts_at, where.zone) == schedule.day]
        days.append((schedule, own, shown_hours(schedule, own, where.zone)))
    hours = [(schedule.day, opened) for schedule, _, opened in days if opened]
    if not hours:
        return replace(page, closed_because="The spa is closed all week.")
    first = time(min(opened[0].astimezone(where.zone).hour for _, opened in hours))
    long = max(opened[1] - shift_instant(on, first, where.zone) for on, opened in hours)
    columns: list[Column] = []
    now_row = None
    for schedule, own, _ in days:
        begins = shift_instant(schedule.day, first, where.zone)
        rows = Rows(begins, begins + long)
        who = next(one for one in schedule.providers if one.staff_id == chosen.staff_id)
        canvas = Canvas(rows, where.zone, now, blocked, page.may_change, asked=asked)
        columns.append(provider_column(who, own, schedule.day, canvas, dated=True))
        now_row = rows.now_row(now) if columns[-1].is_today else now_row
    begins = shift_instant(schedules[0].day, first, where.zone)
    rows = Rows(begins, begins + long)
    return replace(
        page,
        opens=begins.astimezone(where.zone),
        closes=(begins + long).astimezone(where.zone),
        rows=rows.count,
        now_row=now_row,
        hours=hours_of(rows, where.zone),
        columns=tuple(columns),
        summary=f"{len(visits)} {'visit' if len(visits) == 1 else 'visits'} this week",
    )
