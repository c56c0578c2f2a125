"""What the waitlist shows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from spa_pos.web.shell import Problem


class SheetKind(StrEnum):
    """What stands beside the list."""

    GUEST = "guest"
    FORM = "form"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose from; `value` is what forms carry."""

    value: str
    name: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class GuestFound:
    """A guest to add, with a number that only those who know it recognise."""

    name: str
    group_name: str
    phone_words: str
    href: str


@dataclass(frozen=True, slots=True)
class GuestStep:
    """`booking/_wait_guest.html`: who is to wait. `fields` are what is known already."""

    close_href: str
    fields: tuple[tuple[str, str], ...]
    typed: str = ""
    asked: bool = False
    results: tuple[GuestFound, ...] = ()
    kind: SheetKind = SheetKind.GUEST


@dataclass(frozen=True, slots=True)
class WaitForm:
    """`booking/_wait_form.html`: what a guest waits for; `fields` are hidden.

    `hours` are parts of the day as a person types them, beside the three that are ticked.
    """

    title: str
    action: str
    close_href: str
    fields: tuple[tuple[str, str], ...]
    guest_name: str
    group_name: str
    services: tuple[Choice, ...]
    first_day: str
    last_day: str
    parts: tuple[Choice, ...]
    hours: str
    wishes: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    severity: str
    leaves_on: str
    note: str
    is_new: bool
    problem: Problem | None = None
    kind: SheetKind = SheetKind.FORM


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A time that could be offered now; `starts` is what the form carries."""

    starts_at: datetime
    starts: str
    provider: UUID
    provider_name: str
    room_name: str


@dataclass(frozen=True, slots=True)
class HeldOffer:
    """The time that is held now, with what it would cost if it were taken now."""

    appointment_id: UUID
    version: int
    starts_at: datetime
    provider_name: str
    room_name: str
    held_until: datetime
    price_cents: int
    quoted_cents: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class PastOffer:
    """What was offered before and what became of it."""

    offered_at: datetime
    starts_at: datetime
    provider_name: str
    word: str
    by: str
    score: int
    explanation: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of who did what when."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class WaitSheet:
    """`booking/_wait.html` at `GET /waitlist/{id}`: one guest who waits, and what can be done now.

    `explanation` is the score in words. `times` are open times that fit; `no_times` says why there
    are none to choose from.
    """

    id: UUID
    version: int
    close_href: str
    guest_name: str
    guest_phone: str
    group_name: str
    service_name: str
    minutes: int
    days_words: str
    hours_words: str
    wish_words: str
    since: datetime
    score: int
    explanation: str
    leaves_on: date | None
    note: str
    word: str
    look: str
    held: HeldOffer | None
    times: tuple[OpenTime, ...]
    no_times: str | None
    offers: tuple[PastOffer, ...]
    history: tuple[Step, ...]
    may_change: bool
    may_withdraw: bool
    may_restore: bool
    problem: Problem | None = None
    kind: SheetKind = SheetKind.WAIT


@dataclass(frozen=True, slots=True)
class WaitRow:
    """One guest in the list, the most points first."""

    href: str
    place: int
    guest_name: str
    group_name: str
    service_name: str
    days_words: str
    wish_words: str
    score: int
    explanation: str
    word: str
    look: str
    held_words: str | None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class WaitlistPage:
    """`booking/waitlist.html` at `GET /waitlist?service=&date=`, and behind every sheet.

    `GET /waitlist/list` answers with the part `booking/_waitlist.html` of the same object.
    `rules_href` is None for who may not change them.
    """

    rows: tuple[WaitRow, ...]
    summary: str
    services: tuple[Choice, ...]
    day: str
    is_filtered: bool
    list_href: str
    new_href: str
    rules_href: str | None
    sheet: GuestStep | WaitForm | WaitSheet | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class WeightField:
    """One number that counts; `use_name` is the box that keeps a reason on the list."""

    name: str
    words: str
    hint: str
    points: int
    use_name: str | None = None
    is_used: bool = True


@dataclass(frozen=True, slots=True)
class WaitlistRulesPage:
    """`booking/waitlist_rules.html` at `GET /waitlist/rules`."""

    version: int
    hold_minutes: int
    notice_minutes: int
    offers_from: str
    offers_until: str
    leaving_days: int
    waiting_most_points: int
    groups: tuple[WeightField, ...]
    reasons: tuple[WeightField, ...]
    others: tuple[WeightField, ...]
    example: str
    problem: Problem | None = None
    history: tuple[Step, ...] = field(default=())
