"""What the sheet of a booking being made shows."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class GuestRow:
    """A guest found by search; `phone_words` shows the last four digits alone: `••• 0123`."""

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
class GuestSearch:
    """`booking/_guests.html`, the answer of `POST /guests/search` (q and the booking so far).

    `fields` are the booking so far, hidden in every form. `typed` is kept. `asked` is false until
    three digits or two letters were typed. `known` are guests of this booking, to be chosen again.
    `new_open` opens the form for a new guest, with a phone number or names taken from what was
    typed; `POST /guests` sends id, given_name, family_name, phone, email, by_email, by_text, group and the
    booking so far.
    """

    fields: tuple[tuple[str, str], ...]
    typed: str = ""
    asked: bool = False
    results: tuple[GuestRow, ...] = ()
    new_open: bool = False
    new_given_name: str = ""
    new_family_name: str = ""
    new_phone: str = ""
    new_email: str = ""
    by_email: bool = True
    by_text: bool = False
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
class Toggle:
    """A chip that is on or off, or one of several; `href` flips or chooses it."""

    name: str
    href: str
    chosen: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One service of the booking: its add-ons to tap, and who may serve.

    Hrefs are None while a visit or party is being moved. `heads_guest` is true for the first
    service of a guest, which shows the guest's name. `folded` hides the options behind a summary.
    """

    guest_name: str | None
    guest_words: str
    heads_guest: bool
    change_guest_href: str | None
    service_name: str | None
    words: str
    change_service_href: str | None
    remove_href: str | None
    add_ons: tuple[Toggle, ...]
    providers: tuple[Toggle, ...]
    options_words: str
    folded: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class AboutGuest:
    """What the desk should know of a guest before it books: `lines` in words, visits that day as links."""

    guest_name: str
    lines: tuple[str, ...]
    that_day: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Serving:
    """Who serves whom, where and when."""

    guest_name: str
    service_name: str
    provider_name: str
    provider_initials: str
    provider_hue: int
    room_name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TimeChoice:
    """A time the booking could begin; `href` chooses it, `reason` says why it is good.

    `limit_words` say whose hands-on limit it passes: then it needs a manager.
    """

    starts_at: datetime
    who: str
    serving: tuple[Serving, ...]
    href: str
    reason: str = ""
    chosen: bool = False
    limit_words: str = ""


@dataclass(frozen=True, slots=True)
class DayPart:
    """Morning, Afternoon or Evening with its open times."""

    name: str
    times: tuple[TimeChoice, ...]


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day in the strip of next days; `words` such as `12 open`, `Open`, `Full` or `Closed`."""

    day: date
    href: str
    words: str
    is_open: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What one service or add-on costs, with the reason of its reduction."""

    name: str
    is_add_on: bool
    list_cents: int
    price_cents: int
    reduction_name: str | None


@dataclass(frozen=True, slots=True)
class Confirming:
    """One service as it will be booked: who, where, when, at what price.

    `must_prove` names the evidence the desk will ask for.
    """

    serving: Serving
    lines: tuple[PriceLine, ...]
    must_prove: str | None


@dataclass(frozen=True, slots=True)
class Confirm:
    """The chosen time, to be read to the guest and booked by one button.

    `action` with `fields` is the form. `limit_words` say whose limit is passed: a manager gives a
    reason (`override_reason`), others see that it `needs_manager`. `total_list_cents` is more than
    `total_cents` where something is reduced. `online_words` say why
    guests could not book it themselves, `card_words` what the rules on cards ask of this booking.
    """

    action: str
    fields: tuple[tuple[str, str], ...]
    button_words: str
    rows: tuple[Confirming, ...]
    total_list_cents: int
    total_cents: int
    tax_words: str
    policy_words: str | None
    limit_words: str
    needs_manager: bool
    card_words: tuple[str, ...] = ()
    online_words: str | None = None


@dataclass(frozen=True, slots=True)
class Moving:
    """What is being moved, and when it was until now."""

    title: str
    was_words: str


class Step(StrEnum):
    """Which question the booking sheet asks."""

    GUEST = "guest"
    SERVICE = "service"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class BookingSheet:
    """`booking/_new.html` at `GET /appointments/new`: guests, services and time in one sheet.

    `step` is the first question that is not answered; TIME stays until it is booked. `items` are
    the services known so far. `more` leads to another service or guest; `arrangements` and
    `waits` are chips, empty where there is nothing to arrange. `about` are the guests of whom there is
    something to know.
    """

    step: Step
    title: str
    close_href: str
    items: tuple[ItemRow, ...]
    search: GuestSearch | None
    usual: tuple[ServiceChoice, ...]
    categories: tuple[ServiceCategory, ...]
    asked_words: str
    wanted_words: str | None
    more: tuple[Toggle, ...]
    arrangements: tuple[Toggle, ...]
    waits: tuple[Toggle, ...]
    day: date
    best: tuple[TimeChoice, ...]
    day_parts: tuple[DayPart, ...]
    beyond: tuple[TimeChoice, ...]
    days: tuple[DayChoice, ...]
    no_times: str | None
    confirm: Confirm | None
    moving: Moving | None = None
    waitlist_href: str | None = None
    block_href: str | None = None
    about: tuple[AboutGuest, ...] = ()
    problem: Problem | None = None
