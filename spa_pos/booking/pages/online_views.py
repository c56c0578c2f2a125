"""What guests see while they book: five screens, in words of their language."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from spa_pos.booking.pages.guest_views import DayLink
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class Progress:
    """Which of the five screens this is, and where the one before it is."""

    step: int
    back_href: str | None = None
    of: int = 5


@dataclass(frozen=True, slots=True)
class Held:
    """The time that is held: until when on the clock, how many seconds that is, and for more of them.

    `calls` are what is said aloud at so many seconds before the end. Without `appointment` it is over,
    and `again_href` leads to other times.
    """

    clock: str
    seconds_left: int
    minutes_words: str
    calls: tuple[tuple[int, str], ...]
    again_href: str
    appointment: str | None = None
    may_extend: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen so far, one line of it, and where to change it."""

    label: str
    words: str
    href: str | None


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One service: its name, how long it takes, its list price in cents."""

    name: str
    minutes: int
    price_cents: int
    href: str


@dataclass(frozen=True, slots=True)
class MenuPart:
    """One department of the menu."""

    name: str
    lines: tuple[MenuLine, ...]


@dataclass(frozen=True, slots=True)
class WhatPage:
    """`booking/online_what.html` at `GET /book`: the menu."""

    progress: Progress
    parts: tuple[MenuPart, ...]
    going_on_href: str | None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """An add-on that can be ticked."""

    code: str
    name: str
    detail: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WhoLine:
    """A group that a guest may say they are of, and what proves it."""

    code: str
    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to select."""

    value: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class WhoPage:
    """`booking/online_who.html` at `GET /book/who`: add-ons and the group; a GET to `/book/when`."""

    progress: Progress
    choices: tuple[Choice, ...]
    service: str
    extras: tuple[Extra, ...]
    groups: tuple[WhoLine, ...]
    second: tuple[Option, ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class TimeButton:
    """A time to choose: `sentence` is its name for screen readers, `value` what the form carries."""

    clock: str
    sentence: str
    value: str
    reason: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """Morning, afternoon or evening."""

    name: str
    times: tuple[TimeButton, ...]


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of a month; without an address nothing is free, or it cannot be booked here."""

    number: int
    sentence: str
    href: str | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks of seven days; `None` is a day of another month."""

    name: str
    weekdays: tuple[tuple[str, str], ...]
    weeks: tuple[tuple[MonthDay | None, ...], ...]
    earlier_href: str | None
    later_href: str | None


@dataclass(frozen=True, slots=True)
class WhenPage:
    """`booking/online_when.html` at `GET /book/when`: best times, a day's times, a week or a month of days.

    Pressing a time posts `time` with `fields` to `/book/hold`; where nothing is free, `wait` are for how long
    a guest may wait, posted as `longer` to `/book/wait`; `wish_fields` go with a choice of provider.
    """

    progress: Progress
    choices: tuple[Choice, ...]
    price_words: str
    fields: tuple[tuple[str, str], ...]
    wish_fields: tuple[tuple[str, str], ...]
    wishes: tuple[Option, ...]
    best: tuple[TimeButton, ...]
    day: date
    day_name: str
    days: tuple[DayLink, ...]
    earlier_href: str | None
    later_href: str | None
    month_href: str
    week_href: str
    month: Month | None
    parts: tuple[PartOfDay, ...]
    none_words: str
    next_free: tuple[str, str] | None
    wait: tuple[Option, ...]
    phone: str
    phone_href: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class YouPage:
    """`booking/online_you.html` at `GET /book/you`: name, telephone, e-mail; posted back there."""

    progress: Progress
    choices: tuple[Choice, ...]
    held: Held | None
    given_name: str
    family_name: str
    phone: str
    email: str
    by_email: bool
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class CodePage:
    """`booking/online_code.html` at `GET /book/code`: six digits from a mail; posted back there.

    `demo_code` are those digits in a demo that has no mail server, and nothing anywhere else.
    """

    progress: Progress
    held: Held | None
    address: str
    again_action: str
    again_fields: tuple[tuple[str, str], ...]
    demo_code: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One line of the price, and why it is less than the list price."""

    name: str
    list_cents: int
    price_cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """`booking/online_confirm.html` at `GET /book/confirm`: everything once more; posted to `action`.

    `second` are the names, as typed, of whoever comes along; `consent` what pressing the button agrees to,
    where a card is to be kept; `freed` says that what the guest held in another window is free again.
    """

    progress: Progress
    choices: tuple[Choice, ...]
    held: Held
    rows: tuple[PriceRow, ...]
    total_cents: int
    tax_words: str
    proof_words: str | None
    policy_words: str
    card_words: str | None
    second: tuple[str, str] | None
    fields: tuple[tuple[str, str], ...]
    action: str
    button: str
    consent: str | None = None
    problem: Problem | None = None
    freed: bool = False


@dataclass(frozen=True, slots=True)
class DonePage:
    """`booking/online_done.html` at `GET /book/done`: it is booked, and what can be done with it."""

    day: str
    clock: str
    until: str
    machine: str
    words: str
    total_cents: int
    proof_words: str | None
    card_words: str | None
    visit_href: str
    calendar_href: str
    mail_words: str
    place_name: str
    address: str
    arrival_code: Markup
    keep_href: str | None = None


@dataclass(frozen=True, slots=True)
class WaitPage:
    """`booking/online_wait.html` at `GET /book/confirm`, when nothing was free: the waitlist."""

    progress: Progress
    choices: tuple[Choice, ...]
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class WaitDonePage:
    """`booking/online_waiting.html` at `GET /book/done`: the guest is on the waitlist."""

    choices: tuple[Choice, ...]
    words: str
    phone: str
