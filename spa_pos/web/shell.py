"""What every page shows around its content, and the refusal it may carry; display-ready."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from spa_pos.kernel.actor import Role

ROLE_WORDS = {
    Role.FRONT_DESK: "Front desk",
    Role.PROVIDER: "Provider",
    Role.MANAGER: "Manager",
    Role.OWNER: "Owner",
}
"""Roles as screens name them."""


class Nav(StrEnum):
    """The places a person can go to from the header."""

    BOARD = "board"
    WAITLIST = "waitlist"
    TICKETS = "tickets"
    DRAWER = "drawer"
    GIFT_CARDS = "gift-cards"
    SCHEDULE = "schedule"
    SALES_DAY = "sales-day"
    MESSAGES = "messages"


_DESK = (Nav.BOARD, Nav.WAITLIST, Nav.TICKETS, Nav.DRAWER, Nav.GIFT_CARDS)
_OFFICE = (*_DESK, Nav.SCHEDULE, Nav.SALES_DAY, Nav.MESSAGES)

NAV_BY_ROLE: dict[Role, tuple[Nav, ...]] = {
    Role.FRONT_DESK: (*_DESK, Nav.MESSAGES),
    Role.PROVIDER: (Nav.BOARD,),
    Role.MANAGER: _OFFICE,
    Role.OWNER: _OFFICE,
}
"""What each role may see; the guards of the routes decide, this only hides closed doors."""


@dataclass(frozen=True, slots=True)
class Face:
    """One member of the staff as a disc and a name."""

    id: UUID
    name: str
    first_name: str
    initials: str
    hue: int
    role_word: str

    @classmethod
    def of(cls, staff_id: UUID, name: str, hue: int, role: Role) -> "Face":
        """The face of a person of the staff; the hue is 0 to 7."""
        return cls(staff_id, name, name.split()[0], initials(name), hue % 8, ROLE_WORDS[role])


def initials(name: str) -> str:
    """First letters of the first and the last word: `Ana Okafor` is AO."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal on the page it happened on; it is shown in an alert and takes the focus.

    The sentence says what happened, the link what to do next; `field` names the form field
    that is wrong, when one is.
    """

    code: str
    sentence: str
    next_href: str | None = None
    next_word: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Toast:
    """One sentence about what was just done, shown for some seconds after a 303.

    With `undo_action` it carries a button that posts there; `undo_fields` are its hidden fields.
    """

    sentence: str
    undo_action: str | None = None
    undo_fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of every page: where we are, who is signed in, and the tokens its forms carry.

    `today` and `now` are in the location's zone. `new_id` makes an identifier for a new record
    or for the idempotency key of a form. `path` is this page's own path and query, for `?next=`.
    `badges` are the numbers beside places, where there is something to count. `trouble` says why the
    printer of this device does not print.
    """

    location_name: str
    today: date
    now: datetime
    new_id: Callable[[], UUID]
    csrf: str
    path: str
    sample_notice: str = ""
    demo: bool = False
    person: Face | None = None
    device_name: str | None = None
    switch_to: tuple[Face, ...] = ()
    active: Nav | None = None
    nav: tuple[Nav, ...] = ()
    badges: tuple[tuple[Nav, int], ...] = ()
    idle_lock_seconds: int = 300
    locale: str = "en"
    phone: str = ""
    toast: Toast | None = field(default=None)
    trouble: str | None = None
