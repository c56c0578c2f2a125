"""Turning a day's schedule and visits into the board."""

from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.sheet_views import BookingSheet
from spa_pos.booking.pages.views import (
    MINUTES_PER_ROW,
    Arrival,
    Block,
    BoardPage,
    Column,
    FreeGap,
    HourMark,
    Look,
    Span,
    new_booking_href,
)
from spa_pos.booking.pages.visit_views import VisitSheet
from spa_pos.booking.queries import Visit, visits_on
from spa_pos.booking.rules import Status, free_gaps
from spa_pos.ledger.queries import Place
from spa_pos.schedule.queries import DaySchedule, ProviderOnDay, day_schedules
from spa_pos.schedule.rules import Interval
from spa_pos.web.shell import Problem, initials

LATE = timedelta(minutes=10)
SOON = timedelta(minutes=60)
SHORTEST_GAP = timedelta(minutes=15)
ON_BOARD = (Status.BOOKED, Status.CHECKED_IN, Status.DONE)


def look_of(visit: Visit, now: datetime) -> tuple[Look, str]:
    """How a visit stands on the board, and its word; ten minutes past its start a booked one is late."""
    if visit.status.is_expected and now > visit.starts_at + LATE:
        return Look.LATE, "Late"
    return Look(visit.status.value), visit.status.word


def board_href(day: date, *, view: str = "") -> str:
    """The board of a day."""
    query = {"date": day.isoformat()} | ({"view": view} if view else {})
    return f"/board?{urlencode(query)}"


class Rows:
    """Grid rows of five minutes, counted from the first hour shown."""

    def __init__(self, opens: datetime, closes: datetime) -> None:
        self.opens = opens
        self.count = self._row(closes)

    def _row(self, moment: datetime) -> int:
        return round((moment - self.opens) / timedelta(minutes=MINUTES_PER_ROW))

    def span(self, interval: Interval) -> Span | None:
        """The rows of an interval, cut to the board; None when nothing of it is on the board."""
        first = max(0, self._row(interval[0]))
        last = min(self.count, self._row(interval[1]))
        return Span(first, last - first) if last > first else None

    def now_row(self, now: datetime) -> int | None:
        """The row of the now-line, when it is on the board."""
        row = self._row(now)
        return row if 0 <= row < self.count else None


async def board_page(
    where: Place,
    day: date,
    *,
    now: datetime,
    view: str = "",
    sheet: BookingSheet | VisitSheet | None = None,
    problem: Problem | None = None,
) -> BoardPage:
    """The board of a day, with the sheet that is open."""
    (schedule,) = await day_schedules(where.id, where.zone, day, day)
    visits = await visits_on(where.id, day, where.zone)
    local_now = now.astimezone(where.zone)
    is_today = local_now.date() == day
    opened = _shown_hours(schedule, visits, where.zone)
    rows = Rows(*opened) if opened else None
    open_id = sheet.id if isinstance(sheet, VisitSheet) else None
    blocks = {visit.id: block_of(visit, rows, where.zone, now, open_id) for visit in visits}
    shown = [visit for visit in visits if visit.status in ON_BOARD]
    return BoardPage(
        day=day,
        is_today=is_today,
        view=view,
        board_href=board_href(day),
        list_href=board_href(day, view="list"),
        grid_href=board_href(day, view=view).replace("/board?", "/board/grid?"),
        events_href=f"/board/events?{urlencode({'date': day.isoformat()})}",
        previous_href=board_href(day - timedelta(days=1), view=view),
        next_href=board_href(day + timedelta(days=1), view=view),
        today_href=board_href(local_now.date(), view=view),
        new_href=new_booking_href(date=day),
        opens=opened[0].astimezone(where.zone) if opened else None,
        closes=opened[1].astimezone(where.zone) if opened else None,
        closed_because=None if opened else schedule.closed_because,
        rows=rows.count if rows else 0,
        now_row=rows.now_row(now) if rows and is_today else None,
        hours=_hours(rows, where.zone) if rows else (),
        columns=tuple(
            _column(provider, shown, blocks, rows, schedule.day, where.zone, now)
            for provider in schedule.providers
            if provider.works or any(visit.provider_id == provider.staff_id for visit in shown)
        )
        if rows
        else (),
        visits=tuple(blocks.values()),
        arrivals=_arrivals(shown, schedule, where.zone, now) if is_today else (),
        summary=_summary(shown, visits),
        sheet=sheet,
        problem=problem,
    )


def _shown_hours(schedule: DaySchedule, visits: list[Visit], zone: ZoneInfo) -> Interval | None:
    """Opening hours, stretched to whole hours and to visits outside them."""
    moments = [visit.starts_at for visit in visits] + [visit.ends_at for visit in visits]
    if schedule.open is not None:
        moments += list(schedule.open)
    if not moments:
        return None
    first = min(moments).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    last = max(moments)
    over = (last - first) % timedelta(hours=1)
    return first, last if not over else last + timedelta(hours=1) - over


def _hours(rows: Rows, zone: ZoneInfo) -> tuple[HourMark, ...]:
    step = 60 // MINUTES_PER_ROW
    return tuple(
        HourMark(row, f"{(rows.opens + timedelta(minutes=row * MINUTES_PER_ROW)).astimezone(zone):%-I %p}")
        for row in range(0, rows.count, step)
    )


def block_of(visit: Visit, rows: Rows | None, zone: ZoneInfo, now: datetime, open_id: UUID | None) -> Block:
    """One appointment on the board."""
    span = rows.span((visit.starts_at, visit.ends_at)) if rows else None
    look, word = look_of(visit, now)
    return Block(
        id=visit.id,
        href=f"/appointments/{visit.id}",
        row=span.row if span else 0,
        rows=span.rows if span else 1,
        guest_name=visit.guest_name,
        service_name=visit.service_name,
        provider_name=visit.provider_name,
        room_name=visit.room_name,
        starts_at=visit.starts_at.astimezone(zone),
        ends_at=visit.ends_at.astimezone(zone),
        minutes=visit.duration_minutes,
        look=look,
        word=word,
        group_name=visit.group_name,
        claims_group=bool(visit.group_evidence),
        proven=visit.group_proven,
        is_open=visit.id == open_id,
    )


def _column(
    provider: ProviderOnDay,
    visits: list[Visit],
    blocks: dict[UUID, Block],
    rows: Rows,
    day: date,
    zone: ZoneInfo,
    now: datetime,
) -> Column:
    own = [visit for visit in visits if visit.provider_id == provider.staff_id]
    end = rows.opens + timedelta(minutes=rows.count * MINUTES_PER_ROW)
    off = [rows.span(gap) for gap in free_gaps([(rows.opens, end)], provider.works)]
    gaps = []
    for start, stop in free_gaps(provider.works, [visit.occupied for visit in own]):
        begin = max(start, _quarter_before(now))
        span = rows.span((begin, stop))
        if span is not None and stop - begin >= SHORTEST_GAP:
            local = begin.astimezone(zone)
            href = new_booking_href(date=day, provider=provider.staff_id, at=f"{local:%H:%M}")
            gaps.append(FreeGap(span.row, span.rows, local, stop.astimezone(zone), href))
    return Column(
        staff_id=provider.staff_id,
        name=provider.name,
        first_name=provider.name.split()[0],
        title=provider.title,
        initials=initials(provider.name),
        hue=provider.hue,
        off=tuple(span for span in off if span is not None),
        gaps=tuple(gaps),
        visits=tuple(blocks[visit.id] for visit in own),
    )


def _quarter_before(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)


def _arrivals(
    visits: list[Visit], schedule: DaySchedule, zone: ZoneInfo, now: datetime
) -> tuple[Arrival, ...]:
    hues = {provider.staff_id: provider.hue for provider in schedule.providers}
    found = []
    for visit in visits:
        waiting = visit.status is Status.BOOKED and visit.starts_at <= now + SOON
        here = visit.status is Status.CHECKED_IN
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
        for status in (Status.CHECKED_IN, Status.DONE, Status.NO_SHOW, Status.CANCELLED)
        if counts[status]
    ]
    return ", ".join(parts)
