"""What the day board and its sheet show."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from spa_pos.web.shell import Problem

if TYPE_CHECKING:
    from spa_pos.booking.pages.block_views import BlockSheet, LimitSheet, PlaceSheet
    from spa_pos.booking.pages.sheet_views import BookingSheet
    from spa_pos.booking.pages.visit_views import VisitSheet

MINUTES_PER_ROW = 5
"""One grid row of the board; `r0` is the row of `BoardPage.opens`."""


def new_booking_href(
    *,
    date: date | None = None,
    provider: UUID | None = None,
    at: str | None = None,
    guest: UUID | None = None,
    service: UUID | None = None,
    move: UUID | None = None,
) -> str:
    """`/appointments/new` with what is known so far; `at` is a local `HH:MM`, `move` a visit to be moved."""
    known = {
        "date": date.isoformat() if date else None,
        "provider": provider,
        "at": at,
        "guest": guest,
        "service": service,
        "move": move,
    }
    query = urlencode({name: str(value) for name, value in known.items() if value is not None})
    return f"/appointments/new?{query}" if query else "/appointments/new"


class Look(StrEnum):
    """How a visit stands on the board: the life of an appointment, and late (10 minutes past its start)."""

    HELD = "held"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    LATE = "late"
    CHECKED_IN = "checked_in"
    IN_SERVICE = "in_service"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a column: first grid row and number of rows, of five minutes each."""

    row: int
    rows: int


@dataclass(frozen=True, slots=True)
class FreeGap:
    """Free working time of one provider, all of it a link to book its start.

    `href` is `new_booking_href(date, provider, at)`; the browser refines `at` to the quarter hour tapped.
    """

    row: int
    rows: int
    starts_at: datetime
    ends_at: datetime
    href: str


@dataclass(frozen=True, slots=True)
class Block:
    """One appointment on the board or in the list; `word` is its status in words.

    `proven` is true when evidence for a reduced group has been seen; `claims_group` when the
    group is one that needs evidence. `is_open` marks the visit whose sheet is open. `suffix` tells
    apart the places where one visit stands, in its room and at its machine; `by` names the provider
    where no column does, `room_kind` the kind of its room where that is its column. `asks` are the
    credentials it needs, apart by spaces; a Column `holds` some.
    """

    id: UUID
    href: str
    row: int
    rows: int
    guest_name: str
    service_name: str
    provider_name: str
    room_name: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    look: Look
    word: str
    group_name: str
    claims_group: bool
    proven: bool
    is_open: bool = False
    version: int = 1
    movable: bool = False
    stretchable: bool = False
    with_words: str = ""
    suffix: str = ""
    by: UUID | None = None
    room_kind: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Blocked:
    """Time that is kept free of visits, `word` such as `Break`; `href` opens it."""

    id: UUID
    href: str
    row: int
    rows: int
    word: str
    reason: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a provider's day, a room's, or a day of a provider's week. Rows count from `opens`.

    Hatched time off duty, free gaps, visits and blocks. `staff_id` and `date` say where a visit that is
    dropped here goes; a room has no staff but a `kind`, and takes visits of rooms of that kind. `href`
    leads from a day of a week to its board.
    """

    key: str
    staff_id: UUID | None
    day: date
    name: str
    first_name: str
    title: str
    initials: str
    hue: int
    off: tuple[Span, ...]
    gaps: tuple[FreeGap, ...]
    visits: tuple[Block, ...]
    blocked: tuple[Blocked, ...] = ()
    href: str | None = None
    is_today: bool = False
    holds: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose week can be looked at."""

    name: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class HourMark:
    """A full hour beside the board: its row and its words, `9 AM`."""

    row: int
    words: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A visit that starts within the hour or is late; `when_words` such as `in 12 min`, `8 min late`."""

    href: str
    guest_name: str
    service_name: str
    provider_first_name: str
    provider_initials: str
    provider_hue: int
    starts_at: datetime
    when_words: str
    look: Look
    word: str
    claims_group: bool
    proven: bool


@dataclass(frozen=True, slots=True)
class BoardPage:
    """`booking/board.html` at `GET /board?date=&view=list|rooms|week&provider=`, and behind every sheet.

    `GET /board/grid?date=&view=` answers with the part `booking/_grid.html` of the same object,
    asked for on each signal of `events_href`. `opens` and `closes` are local; `rows` is the number
    of grid rows between them, `now_row` the row of the now-line on today, else None.
    `closed_because` replaces the grid. `may_change` is true for who works the desk.
    `here_href` is this look at this day, `provider` whose week it is.
    `sheet` is the open sheet, or None. `visits` is the whole day by time, cancelled ones too.
    """

    day: date
    is_today: bool
    view: str
    board_href: str
    list_href: str
    grid_href: str
    events_href: str
    previous_href: str
    next_href: str
    today_href: str
    new_href: str
    opens: datetime | None
    closes: datetime | None
    closed_because: str | None
    rows: int
    now_row: int | None
    hours: tuple[HourMark, ...]
    columns: tuple[Column, ...]
    visits: tuple[Block, ...]
    arrivals: tuple[Arrival, ...]
    summary: str
    rooms_href: str
    week_href: str
    pack_href: str
    title: str
    step_words: str = "Day"
    people: tuple[Person, ...] = ()
    may_change: bool = True
    provider: UUID | None = None
    here_href: str = "/board"
    sheet: "BookingSheet | VisitSheet | BlockSheet | PlaceSheet | LimitSheet | None" = None
    problem: Problem | None = None
