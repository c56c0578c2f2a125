"""What the manager's schedule screens show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class HitRow:
    """A booking that does not fit, or would not: where it is, and every reason in words."""

    href: str
    move_href: str
    guest_name: str
    service_name: str
    provider_name: str
    starts_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormState:
    """A form as it stands: its fields, what was refused, and which bookings saving it hits.

    With `hits` and `may_save`, the same fields can be sent again to be saved anyway.
    """

    action: str
    values: Mapping[str, str] = field(hash=False)
    problem: Problem | None = None
    hits: tuple[HitRow, ...] = ()
    may_save: bool = False
    sent: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the schedule's pages; `count` is what waits there."""

    words: str
    href: str
    is_open: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Removable:
    """A line of a list that can be taken away by posting `fields` to `action`; past ones cannot.

    `detail` is the small print, `hits` the bookings it hits now.
    """

    title: str
    detail: str
    action: str | None
    fields: tuple[tuple[str, str], ...] = ()
    word: str = "Remove"
    hits: tuple[HitRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DayHead:
    """A day of the week grid: when the spa is open, or why it is closed."""

    day: date
    is_today: bool
    words: str
    special: str | None
    board_href: str


@dataclass(frozen=True, slots=True)
class WeekCell:
    """One provider's day: hours, what changed them, how much is booked."""

    hours: tuple[str, ...]
    exceptions: tuple[str, ...]
    time_off: tuple[str, ...]
    booked: str


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One provider's week."""

    href: str
    name: str
    title: str
    initials: str
    hue: int
    cells: tuple[WeekCell, ...]
    total: str
    booked: str
    share: str


@dataclass(frozen=True, slots=True)
class WeekPage:
    """`booking/schedule.html` at `GET /schedule?week=`."""

    tabs: tuple[Tab, ...]
    monday: date
    sunday: date
    is_this_week: bool
    previous_href: str
    next_href: str
    this_week_href: str
    days: tuple[DayHead, ...]
    rows: tuple[WeekRow, ...]


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """`booking/schedule_conflicts.html` at `GET /schedule/conflicts`."""

    tabs: tuple[Tab, ...]
    hits: tuple[HitRow, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class CountPart:
    """`booking/_schedule_count.html` at `GET /schedule/conflicts/count`: how many bookings do not fit."""

    count: int


@dataclass(frozen=True, slots=True)
class PatternRow:
    """Shifts that count together: from when to when, every so many weeks, and the hours of each weekday."""

    words: str
    is_now: bool
    days: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """A credential with its days; `state` is `valid`, `ends soon`, `not yet` or `ended`."""

    id: UUID
    kind: str
    words: str
    number: str
    valid_from: date
    valid_until: date | None
    state: str
    hits: tuple[HitRow, ...]


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """`booking/schedule_provider.html` at `GET /schedule/providers/{staff_id}`.

    `undo` takes back the latest change of the shifts, while it can be. On this page and the next three,
    `apart` is what was sent with a button that has no form state, and was refused.
    """

    tabs: tuple[Tab, ...]
    staff_id: UUID
    name: str
    first_name: str
    title: str
    initials: str
    hue: int
    hits: tuple[HitRow, ...]
    patterns: tuple[PatternRow, ...]
    weekdays: tuple[tuple[str, str], ...]
    undo: Removable | None
    exceptions: tuple[Removable, ...]
    time_off: tuple[Removable, ...]
    credentials: tuple[CredentialRow, ...]
    kinds: tuple[Choice, ...]
    limits_words: str
    has_own_limits: bool
    forms: Mapping[str, FormState] = field(hash=False)
    apart: FormState | None = None


@dataclass(frozen=True, slots=True)
class HoursPage:
    """`booking/schedule_hours.html` at `GET /schedule/hours`."""

    tabs: tuple[Tab, ...]
    weekdays: tuple[tuple[str, str], ...]
    periods: tuple[tuple[PatternRow, Removable | None], ...]
    special_days: tuple[Removable, ...]
    forms: Mapping[str, FormState] = field(hash=False)
    apart: FormState | None = None


@dataclass(frozen=True, slots=True)
class ThingRow:
    """A room, a station or a machine; `status` says whether it is out or retired."""

    number: int
    name: str
    status: str
    is_retired: bool


@dataclass(frozen=True, slots=True)
class KindCard:
    """All of one kind."""

    kind: str
    words: str
    count_words: str
    things: tuple[ThingRow, ...]


@dataclass(frozen=True, slots=True)
class RoomsPage:
    """`booking/schedule_rooms.html` at `GET /schedule/rooms`."""

    tabs: tuple[Tab, ...]
    kinds: tuple[KindCard, ...]
    out: tuple[Removable, ...]
    thing_choices: tuple[Choice, ...]
    kind_choices: tuple[Choice, ...]
    forms: Mapping[str, FormState] = field(hash=False)
    apart: FormState | None = None


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """One version of the cancellation policy."""

    version: int
    words: str
    since: datetime
    visits: int
    is_now: bool


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason for cancelling, with the form that changes it."""

    code: str
    name: str
    fee_free: bool
    is_only: bool


@dataclass(frozen=True, slots=True)
class RulesPage:
    """`booking/schedule_rules.html` at `GET /schedule/rules`."""

    tabs: tuple[Tab, ...]
    windows: tuple[Removable, ...]
    services: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    policies: tuple[PolicyRow, ...]
    reasons: tuple[ReasonRow, ...]
    limits_words: str
    forms: Mapping[str, FormState] = field(hash=False)
    apart: FormState | None = None


@dataclass(frozen=True, slots=True)
class PastRule:
    """A version of a rule on cards that has ended, with the words guests agreed to then."""

    version: str
    words: str
    since: datetime
    until: datetime
    consent_version: str
    consent: str


@dataclass(frozen=True, slots=True)
class CardRulesPage:
    """`booking/schedule_cards.html` at `GET /schedule/cards`: who is asked for a card or a deposit to book.

    `POST /schedule/cards` (service, group, guests, asks, percent, amount, from); `/schedule/cards/end` (id).
    """

    tabs: tuple[Tab, ...]
    rules: tuple[Removable, ...]
    past: tuple[PastRule, ...]
    services: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    asks: tuple[Choice, ...]
    consent_version: str
    consent: str
    form: FormState
    end_problem: Problem | None = None
