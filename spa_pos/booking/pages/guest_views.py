"""What guests see of their visits by a link; words are in the language of the page."""

from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from spa_pos.messages.flows import TimeLine
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class Told:
    """What the guest can tell us here: a note, and shortly before the visit that they come later."""

    note_action: str
    note: str
    longest_note: int
    late_action: str | None
    late_choices: tuple[int, ...]
    late_minutes: int | None


@dataclass(frozen=True, slots=True)
class Offered:
    """A time that is held from the waitlist: what it costs and why, what must be brought, and the policy.

    POST `version` and `price` to `accept_action`, or `version` to `decline_action`.
    """

    price_words: str
    proof_words: str | None
    policy_words: str
    fields: tuple[tuple[str, str], ...]
    accept_action: str
    decline_action: str


@dataclass(frozen=True, slots=True)
class GuestVisitPage:
    """`booking/guest_visit.html`: how a visit stands, in words a stranger may read.

    What cannot be done now has no address. `arrival_code` is read by the tablet in the lobby.
    """

    title: str
    sentence: str
    times: tuple[TimeLine, ...]
    is_over: bool
    place_name: str
    address: str
    phone: str
    phone_href: str
    confirm_action: str | None
    calendar_href: str | None
    move_href: str | None = None
    cancel_href: str | None = None
    undo_action: str | None = None
    told: Told | None = None
    offer: Offered | None = None
    arrival_code: Markup | None = None
    pay_words: str | None = None
    pay_href: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day to choose: `Tue, Nov 24`, and how many times it has in words; a full one leads nowhere."""

    name: str
    words: str
    href: str | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class TimeLink:
    """A time to choose; `sentence` is read by screen readers."""

    clock: str
    sentence: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TimesOfDay:
    """Morning, afternoon or evening."""

    name: str
    times: tuple[TimeLink, ...]


@dataclass(frozen=True, slots=True)
class NewTime:
    """The time that was chosen, as the guest's own times would be, and what the move would change."""

    times: tuple[TimeLine, ...]
    price_words: str
    who_words: str | None
    button_words: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GuestTimesPage:
    """`booking/guest_times.html` at `GET /visits/{token}/times`: other times, then one to confirm.

    POST back to `action` moves it, with those who come together. `together_words` says so to a guest who
    does not come alone.
    """

    now: tuple[TimeLine, ...]
    day_name: str
    days: tuple[DayLink, ...]
    earlier_href: str | None
    later_href: str | None
    parts: tuple[TimesOfDay, ...]
    next_free: tuple[str, str] | None
    chosen: NewTime | None
    action: str
    back_href: str
    phone: str
    phone_href: str
    together_words: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class EndReason:
    """Why a visit is cancelled, and what that costs in words."""

    code: str
    name: str
    fee_words: str
    fee_cents: int


@dataclass(frozen=True, slots=True)
class GuestCancelPage:
    """`booking/guest_cancel.html` at `GET /visits/{token}/cancellation`: what it costs, then the button.

    A POST carries `reason` (a code, or nothing), `fee-<code>` for each reason shown, and `visit` with the
    versions of the times seen.
    """

    times: tuple[TimeLine, ...]
    policy_words: str
    reasons: tuple[EndReason, ...]
    fields: tuple[tuple[str, str], ...]
    action: str
    back_href: str
    move_href: str | None
    problem: Problem | None = None


def short(appointment_id: UUID, version: int) -> str:
    """One time of a visit as a guest saw it."""
    return f"{appointment_id}:{version}"
