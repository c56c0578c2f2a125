"""What the day board and its sheet show."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from spa_pos.web.shell import Problem

if TYPE_CHECKING:
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
    group is one that needs evidence. `is_open` marks the visit whose sheet is open.
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


@dataclass(frozen=True, slots=True)
class Column:
    """One provider's day: hatched time off duty, free gaps, visits. Rows count from `opens`."""

    staff_id: UUID
    name: str
    first_name: str
    title: str
    initials: str
    hue: int
    off: tuple[Span, ...]
    gaps: tuple[FreeGap, ...]
    visits: tuple[Block, ...]


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
class GuestRow:
    """A guest found by search: family name shortened in public is the handler's choice.

    `phone_words` shows the last four digits alone: `••• 0123`.
    """

    id: UUID
    name: str
    group_name: str
    phone_words: str
    href: str


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """A group a new guest can be added as: a submit button named `group`."""

    code: str
    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a booking knows so far; every form of the sheet carries it on as hidden fields."""

    date: str = ""
    provider: str = ""
    at: str = ""
    guest: str = ""
    service: str = ""


@dataclass(frozen=True, slots=True)
class GuestSearch:
    """`booking/_guests.html`, the answer of `POST /guests/search` (q and the context).

    `typed` is kept. `asked` is false until three digits or two letters were typed.
    `new_open` opens the form for a new guest, with a phone number or names taken from what was
    typed; `POST /guests` sends id, given_name, family_name, phone, group and the context.
    """

    context: Context
    typed: str = ""
    asked: bool = False
    results: tuple[GuestRow, ...] = ()
    new_open: bool = False
    new_given_name: str = ""
    new_family_name: str = ""
    new_phone: str = ""
    groups: tuple[GroupChoice, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """A service with its price for the guest's group; `href` continues the booking with it."""

    id: UUID
    name: str
    minutes: int
    price_cents: int
    list_cents: int
    href: str


@dataclass(frozen=True, slots=True)
class ServiceCategory:
    """A department of the menu."""

    name: str
    services: tuple[ServiceChoice, ...]


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """An open time with the provider who would serve; `href` chooses it, `reason` says why it is good."""

    starts_at: datetime
    provider_id: UUID
    provider_first_name: str
    provider_name: str
    provider_initials: str
    provider_hue: int
    room_name: str
    href: str
    reason: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class DayPart:
    """Morning, Afternoon or Evening with its open times."""

    name: str
    times: tuple[TimeChoice, ...]


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day in the strip of next days; `words` such as `12 open`, `Full` or `Closed`."""

    day: date
    href: str
    words: str
    is_open: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class ProviderChoice:
    """Anyone, or one provider, to narrow the open times."""

    name: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PriceView:
    """The promised price with its reason; `must_prove` names the evidence the desk will ask for."""

    list_cents: int
    price_cents: int
    reduction_cents: int
    reduction_name: str | None
    must_prove: str | None
    tax_words: str


@dataclass(frozen=True, slots=True)
class Moving:
    """A visit that is given another time: `POST /appointments/{id}/time` instead of `POST /appointments`."""

    id: UUID
    version: int
    was_words: str


class Step(StrEnum):
    """Which question the booking sheet asks."""

    GUEST = "guest"
    SERVICE = "service"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class BookingSheet:
    """`booking/_new.html` at `GET /appointments/new`: guest, service and time in one sheet.

    `step` is the first question that is not answered; TIME stays until it is booked. Hrefs that
    change an answer leave it out of the query. `POST /appointments` sends id, guest, service,
    provider, starts_at (ISO 8601 with offset), quoted_cents, request.
    """

    step: Step
    context: Context
    close_href: str
    guest_name: str | None
    guest_group_name: str | None
    guest_phone_words: str | None
    change_guest_href: str
    search: GuestSearch | None
    service: ServiceChoice | None
    change_service_href: str
    usual: tuple[ServiceChoice, ...]
    categories: tuple[ServiceCategory, ...]
    wanted_words: str | None
    day: date
    providers: tuple[ProviderChoice, ...]
    best: tuple[TimeChoice, ...]
    day_parts: tuple[DayPart, ...]
    days: tuple[DayChoice, ...]
    chosen: TimeChoice | None
    no_times: str | None
    price: PriceView | None
    moving: Moving | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class BoardPage:
    """`booking/board.html` at `GET /board?date=&view=list`, and behind every sheet.

    `GET /board/grid?date=&view=list` answers with the part `booking/_grid.html` of the same object,
    asked for on each signal of `events_href`. `opens` and `closes` are local; `rows` is the number
    of grid rows between them, `now_row` the row of the now-line on today, else None.
    `closed_because` replaces the grid.
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
    sheet: "BookingSheet | VisitSheet | None" = None
    problem: Problem | None = None
