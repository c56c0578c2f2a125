"""Turning a day's schedule and visits into the board."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.block_views import BlockSheet
from spa_pos.booking.pages.sheet_views import BookingSheet
from spa_pos.booking.pages.views import (
    MINUTES_PER_ROW,
    Arrival,
    Block,
    Blocked,
    BoardPage,
    Column,
    FreeGap,
    HourMark,
    Look,
    Span,
    new_booking_href,
)
from spa_pos.booking.pages.visit_views import VisitSheet
from spa_pos.booking.queries import BlockView, Visit, blocks_on, visits_on
from spa_pos.booking.rules import HERE, LIVE, Status, free_gaps
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.schedule.queries import DaySchedule, ProviderOnDay, Thing, day_schedules
from spa_pos.schedule.rules import Interval
from spa_pos.web.shell import Problem, initials

LATE = timedelta(minutes=10)
SOON = timedelta(minutes=60)
SHORTEST_GAP = timedelta(minutes=15)
ON_BOARD = LIVE


def look_of(visit: Visit, now: datetime) -> tuple[Look, str]:
    """How a visit stands on the board, and its word; ten minutes past its start a booked one is late."""
    if visit.status.is_expected and now > visit.starts_at + LATE:
        return Look.LATE, "Late"
    return Look(visit.status.value), visit.status.word


def board_href(day: date, *, view: str = "", provider: UUID | None = None) -> str:
    """The board of a day."""
    query = {"date": day.isoformat()} | ({"view": view} if view else {})
    if provider is not None:
        query["provider"] = str(provider)
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


Sheet = BookingSheet | VisitSheet | BlockSheet


async def board_page(
    where: Place,
    day: date,
    *,
    now: datetime,
    view: str = "",
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
    blocks = {visit.id: block_of(visit, rows, where.zone, now, open_id) for visit in visits}
    shown = [visit for visit in visits if visit.status in ON_BOARD]
    canvas = Canvas(rows, where.zone, now, blocks, blocked) if rows else None
    columns: tuple[Column, ...] = ()
    if canvas and view == "rooms":
        columns = tuple(room_column(thing, shown, schedule, canvas) for thing in schedule.things)
    elif canvas:
        columns = tuple(
            provider_column(provider, shown, schedule.day, canvas)
            for provider in schedule.providers
            if provider.works or any(visit.provider_id == provider.staff_id for visit in shown)
        )
    page = frame(where, day, view=view, now=now, sheet=sheet, problem=problem)
    return replace(
        page,
        opens=opened[0].astimezone(where.zone) if opened else None,
        closes=opened[1].astimezone(where.zone) if opened else None,
        closed_because=None if opened else schedule.closed_because,
        rows=rows.count if rows else 0,
        now_row=rows.now_row(now) if rows and page.is_today else None,
        hours=hours_of(rows, where.zone) if rows else (),
        columns=columns,
        visits=tuple(blocks.values()),
        arrivals=_arrivals(shown, schedule, where.zone, now) if page.is_today else (),
        summary=_summary(shown, visits),
    )


def frame(
    where: Place,
    day: date,
    *,
    view: str,
    now: datetime,
    sheet: Sheet | None = None,
    problem: Problem | None = None,
    provider: UUID | None = None,
) -> BoardPage:
    """The board without its columns: where its links lead."""
    today = local_date(now, where.zone)
    step = timedelta(days=7 if view == "week" else 1)
    return BoardPage(
        day=day,
        is_today=today == day,
        view=view,
        board_href=board_href(day),
        list_href=board_href(day, view="list"),
        rooms_href=board_href(day, view="rooms"),
        week_href=board_href(day, view="week"),
        pack_href=f"/board/pack?date={day.isoformat()}",
        grid_href=board_href(day, view=view, provider=provider).replace("/board?", "/board/grid?"),
        events_href=f"/board/events?{urlencode({'date': day.isoformat()})}",
        previous_href=board_href(day - step, view=view, provider=provider),
        next_href=board_href(day + step, view=view, provider=provider),
        today_href=board_href(today, view=view, provider=provider),
        new_href=new_booking_href(date=day),
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
        sheet=sheet,
        problem=problem,
    )


def shown_hours(schedule: DaySchedule, visits: list[Visit], zone: ZoneInfo) -> Interval | None:
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


def hours_of(rows: Rows, zone: ZoneInfo) -> tuple[HourMark, ...]:
    """The full hours beside the board."""
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
        version=visit.version,
        movable=visit.status.is_expected,
    )


@dataclass(frozen=True, slots=True)
class Canvas:
    """What columns are drawn on: rows, clocks, the blocks of visits and blocked time."""

    rows: Rows
    zone: ZoneInfo
    now: datetime
    blocks: Mapping[UUID, Block]
    blocked: Sequence[BlockView]

    def off(self, works: Sequence[Interval]) -> tuple[Span, ...]:
        """The hatched rows outside of working hours."""
        end = self.rows.opens + timedelta(minutes=self.rows.count * MINUTES_PER_ROW)
        spans = [self.rows.span(gap) for gap in free_gaps([(self.rows.opens, end)], works)]
        return tuple(span for span in spans if span is not None)

    def gaps(
        self, works: Sequence[Interval], busy: Sequence[Interval], href: Callable[[datetime], str]
    ) -> tuple[FreeGap, ...]:
        """Free time from the present quarter hour on."""
        found = []
        for start, stop in free_gaps(works, busy):
            begin = max(start, _quarter_before(self.now))
            span = self.rows.span((begin, stop))
            if span is not None and stop - begin >= SHORTEST_GAP:
                local = begin.astimezone(self.zone)
                found.append(FreeGap(span.row, span.rows, local, stop.astimezone(self.zone), href(local)))
        return tuple(found)

    def blocked_on(self, number: int) -> tuple[Blocked, ...]:
        """Blocked time of one provider or room."""
        found = []
        for one in self.blocked:
            span = self.rows.span((one.starts_at, one.ends_at)) if one.resource_no == number else None
            if span is not None:
                start, end = one.starts_at.astimezone(self.zone), one.ends_at.astimezone(self.zone)
                word = one.kind.capitalize()
                found.append(
                    Blocked(one.id, f"/blocks/{one.id}", span.row, span.rows, word, one.reason, start, end)
                )
        return tuple(found)

    def busy_with(self, number: int) -> list[Interval]:
        """Blocked time as intervals."""
        return [(one.starts_at, one.ends_at) for one in self.blocked if one.resource_no == number]


def provider_column(
    provider: ProviderOnDay, visits: Sequence[Visit], day: date, canvas: Canvas, *, dated: bool = False
) -> Column:
    """One provider's day; `dated` names the day instead, for a week."""
    own = [visit for visit in visits if visit.provider_id == provider.staff_id]

    def href(at: datetime) -> str:
        return new_booking_href(date=day, provider=provider.staff_id, at=f"{at:%H:%M}")

    busy = [visit.occupied for visit in own] + canvas.busy_with(provider.number)
    return Column(
        key=f"{day:%Y%m%d}" if dated else str(provider.staff_id),
        staff_id=provider.staff_id,
        day=day,
        name=f"{day:%A %-d %B}" if dated else provider.name,
        first_name=f"{day:%a %-d}" if dated else provider.name.split()[0],
        title=provider.name if dated else provider.title,
        initials=f"{day:%-d}" if dated else initials(provider.name),
        hue=provider.hue,
        off=canvas.off(provider.works),
        gaps=canvas.gaps(provider.works, busy, href),
        visits=tuple(canvas.blocks[visit.id] for visit in own),
        blocked=canvas.blocked_on(provider.number),
    )


def room_column(thing: Thing, visits: Sequence[Visit], schedule: DaySchedule, canvas: Canvas) -> Column:
    """One room's, station's or machine's day; its free time can be blocked."""
    own = [
        visit
        for visit in visits
        if visit.room_number == thing.number or any(one.equipment_kind == thing.kind for one in visit.add_ons)
    ]
    opened = free_gaps([schedule.open], thing.out) if schedule.open else []

    def href(at: datetime) -> str:
        return new_block_href(thing.number, schedule.day, f"{at:%H:%M}")

    busy = [visit.occupied for visit in own] + canvas.busy_with(thing.number)
    return Column(
        key=str(thing.number),
        staff_id=None,
        day=schedule.day,
        name=thing.name,
        first_name=thing.name,
        title=thing.kind.replace("_", " ").capitalize(),
        initials="".join(word[0] for word in thing.name.split()[:2]).upper(),
        hue=thing.number % 8,
        off=canvas.off(opened),
        gaps=canvas.gaps(opened, busy, href),
        visits=tuple(replace(canvas.blocks[one.id], with_words=one.provider_name.split()[0]) for one in own),
        blocked=canvas.blocked_on(thing.number),
    )


def new_block_href(resource_no: int, day: date, at: str) -> str:
    """Where time of a provider or a room is blocked."""
    return f"/blocks/new?{urlencode({'resource': resource_no, 'date': day.isoformat(), 'at': at})}"


def _quarter_before(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)


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
