"""What the desk works with when the line or the power is gone: today and the next day, on paper."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

from litestar import Response, Router, get
from litestar.params import QueryParameter

from spa_pos.booking.pages.board_columns import board_href, is_on_board
from spa_pos.booking.queries import Visit, blocks_on, visits_on
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place
from spa_pos.people.pages.session import FRONT, desk_of, only
from spa_pos.people.rules import show_phone
from spa_pos.schedule.queries import day_schedules
from spa_pos.web.answers import AnyRequest, html
from spa_pos.web.forms import day_from
from spa_pos.web.shell import Nav
from spa_pos.web.templates import render


@dataclass(frozen=True, slots=True)
class PackRow:
    """One visit as it is worked on paper."""

    starts_at: datetime
    ends_at: datetime
    guest_name: str
    phone: str
    what: str
    room_name: str
    word: str
    price_cents: int
    ask_for: str


@dataclass(frozen=True, slots=True)
class PackSheet:
    """One provider's day: hours, blocked time, visits."""

    name: str
    title: str
    hours_words: str
    notes: tuple[str, ...]
    rows: tuple[PackRow, ...]


@dataclass(frozen=True, slots=True)
class PackDay:
    """One day of the pack."""

    day: date
    summary: str
    sheets: tuple[PackSheet, ...]


@dataclass(frozen=True, slots=True)
class PackPage:
    """`booking/pack.html` at `GET /board/pack?date=`: printed black on white, a page a provider."""

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

    def face(moment: datetime) -> str:
        return f"{moment.astimezone(where.zone):%-I:%M %p}"

    sheets = []
    for one in schedule.providers:
        own = [visit for visit in visits if visit.provider_id == one.staff_id]
        if not one.works and not own:
            continue
        notes = tuple(
            f"{face(block.starts_at)} to {face(block.ends_at)}: {block.kind}"
            + (f", {block.reason}" if block.reason else "")
            for block in blocked
            if block.resource_no == one.number
        )
        hours = ", ".join(f"{face(start)} to {face(end)}" for start, end in one.works) or "Not working"
        sheets.append(
            PackSheet(one.name, one.title, hours, notes, tuple(_row(visit, where) for visit in own))
        )
    count = len(visits)
    return PackDay(day, f"{count} {'visit' if count == 1 else 'visits'}", tuple(sheets))


def _row(visit: Visit, where: Place) -> PackRow:
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
        visit.group_evidence if unproven else "",
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
