"""What stands on the board: visits, free gaps, blocked time, a column for each provider, room or day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.pages.views import (
    MINUTES_PER_ROW,
    Block,
    Blocked,
    Column,
    FreeGap,
    HourMark,
    Look,
    Span,
    new_booking_href,
)
from spa_pos.booking.queries import BlockView, Visit
from spa_pos.booking.rules import HERE, LIVE, free_gaps
from spa_pos.kernel.time import local_date
from spa_pos.schedule.queries import DaySchedule, ProviderOnDay, Thing
from spa_pos.schedule.rules import Interval
from spa_pos.web.shell import initials

LATE = timedelta(minutes=10)
SHORTEST_GAP = timedelta(minutes=15)
ON_BOARD = LIVE


def look_of(visit: Visit, now: datetime) -> tuple[Look, str]:
    """How a visit stands on the board, and its word; ten minutes past its start a booked one is late,
    and one whose guest told us so is late by what they said."""
    told = timedelta(minutes=visit.late_minutes or 0)
    if visit.status.is_expected and now > visit.starts_at + max(LATE, told):
        return Look.LATE, "Late"
    if visit.status.is_expected and visit.late_minutes:
        return Look.LATE, f"{visit.late_minutes} min late"
    return Look(visit.status.value), visit.status.word


def board_href(day: date, *, view: str = "", provider: UUID | None = None) -> str:
    """The board of a day."""
    query = {"date": day.isoformat()} | ({"view": view} if view else {})
    if provider is not None:
        query["provider"] = str(provider)
    return f"/board?{urlencode(query)}"


def is_on_board(visit: Visit, now: datetime) -> bool:
    """True while a visit takes its time: not one that ended early, nor a hold that ran out."""
    return visit.status in ON_BOARD and (visit.held_until is None or visit.held_until > now)


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
        stretchable=visit.status.is_expected or visit.status in HERE,
    )


@dataclass(frozen=True, slots=True)
class Canvas:
    """What columns are drawn on: rows, clocks, the blocks of visits and blocked time, credentials asked."""

    rows: Rows
    zone: ZoneInfo
    now: datetime
    blocked: Sequence[BlockView]
    may_change: bool = True
    open_id: UUID | None = None
    asked: Mapping[UUID, frozenset[str]] = field(default_factory=dict)

    def block(self, visit: Visit) -> Block:
        """One appointment; who only looks can neither move nor stretch it."""
        found = block_of(visit, self.rows, self.zone, self.now, self.open_id)
        if not self.may_change:
            return replace(found, movable=False, stretchable=False)
        return replace(found, asks=_words(self.asked.get(visit.id, ())))

    def off(self, works: Sequence[Interval]) -> tuple[Span, ...]:
        """The hatched rows outside of working hours."""
        end = self.rows.opens + timedelta(minutes=self.rows.count * MINUTES_PER_ROW)
        spans = [self.rows.span(gap) for gap in free_gaps([(self.rows.opens, end)], works)]
        return tuple(span for span in spans if span is not None)

    def gaps(
        self, works: Sequence[Interval], busy: Sequence[Interval], href: Callable[[datetime], str]
    ) -> tuple[FreeGap, ...]:
        """Free time from the present quarter hour on."""
        if not self.may_change:
            return ()
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
        visits=tuple(canvas.block(visit) for visit in own),
        blocked=canvas.blocked_on(provider.number),
        href=board_href(day) if dated else None,
        is_today=dated and local_date(canvas.now, canvas.zone) == day,
        holds=_words(provider.credentials),
    )


def room_column(
    thing: Thing, visits: Sequence[Visit], claimed: set[UUID], schedule: DaySchedule, canvas: Canvas
) -> Column:
    """One room's, station's or machine's day; `claimed` are the visits that take it."""
    own = [visit for visit in visits if visit.room_number == thing.number or visit.id in claimed]
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
        title="",
        initials="",
        hue=thing.number % 8,
        off=canvas.off(opened),
        gaps=canvas.gaps(opened, busy, href),
        visits=tuple(
            replace(
                canvas.block(one),
                with_words=one.provider_name.split()[0],
                suffix=f"-{thing.number}",
                by=one.provider_id,
                room_kind=thing.kind if one.room_number == thing.number else "",
            )
            for one in own
        ),
        blocked=canvas.blocked_on(thing.number),
        kind=thing.kind,
    )


def new_block_href(resource_no: int, day: date, at: str) -> str:
    """Where time of a provider or a room is blocked."""
    return f"/blocks/new?{urlencode({'resource': resource_no, 'date': day.isoformat(), 'at': at})}"


def _words(kinds: Iterable[str]) -> str:
    return " ".join(sorted(kinds))


def _quarter_before(now: datetime) -> datetime:
    return now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
