"""What the refund's pages show."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.printing.pages.views import PrintState
from spa_pos.web.shell import Problem

if TYPE_CHECKING:
    from spa_pos.checkout.pages.done_views import MailPanel


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose in place."""

    words: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RefundLineRow:
    """A line that can go back; `href` takes it whole or leaves it, `back_cents` is what goes back now.

    `left_cents` is what can still go back; with nothing left, or `why_not`, it cannot be chosen.
    """

    id: UUID
    description: str
    detail: str
    net_cents: int
    left_cents: int
    back_cents: int
    href: str
    why_not: str | None
    pieces: tuple[Option, ...] = ()
    """How many pieces of a product come back."""
    shelf: Option | None = None
    """Whether they can be sold again."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing the refund does, in words, with its amount; stock has none."""

    words: str
    cents: int | None


@dataclass(frozen=True, slots=True)
class Way:
    """How the money can go back: `original`, `credit` or `gift_card`."""

    name: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class RefundPage:
    """`checkout/refund.html` at `GET /tickets/{id}/refund?lines=id:cents:pieces,…&tip=cents&to=`.

    `POST /tickets/{id}/refunds` sends id, lines, tip, to, expected_cents and reason; each reason is a
    button that gives the money back. With `approval` the form asks for a second person's PIN too. A part of a
    line is a GET form of its own with `part` (the line) and `amount`.
    """

    ticket_id: UUID
    number: int
    guest_name: str | None
    settled_at: datetime
    total_cents: int
    lines: tuple[RefundLineRow, ...]
    everything_href: str
    tip_left_cents: int
    tip_back_cents: int
    tip_href: str
    ways: tuple[Way, ...]
    effects: tuple[Effect, ...]
    back_cents: int
    chosen_lines: str
    to: str
    reasons: tuple[str, ...]
    earlier: tuple[str, ...]
    back_href: str
    nothing_left: str
    """Why nothing can go back; empty while something can."""
    approval: ApprovalPanel | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class VoidPage:
    """`checkout/void.html` at `GET /tickets/{id}/void-of-sale`: what voiding does, then why.

    `POST /tickets/{id}/voids` sends id, expected_cents and reason. Without effects it cannot be voided, and
    the problem says why.
    """

    ticket_id: UUID
    number: int
    guest_name: str | None
    settled_at: datetime
    total_cents: int
    effects: tuple[Effect, ...]
    back_cents: int
    reasons: tuple[str, ...]
    back_href: str
    approval: ApprovalPanel | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class RefundPartRow:
    """One way the money goes back and how it stands; a refused one offers other ways to a manager."""

    id: UUID
    words: str
    amount_cents: int
    status: str
    sentence: str
    href: str | None


@dataclass(frozen=True, slots=True)
class RefundSlip:
    """`checkout/_refund_slip.html`: what went back, and how; for the guest.

    `state_word` says that something is still on its way, else it is empty.
    """

    number: int
    ticket_number: int
    guest_name: str | None
    made_at: datetime
    made_by: str
    reason: str
    rows: tuple[tuple[str, int], ...]
    total_cents: int
    ways: tuple[tuple[str, int], ...]
    business_name: str
    address: str
    phone: str
    sample_notice: str
    state_word: str = ""


@dataclass(frozen=True, slots=True)
class RefundDonePage:
    """`checkout/refund_done.html` at `GET /refunds/{id}`: what the desk does now, and the slip to print."""

    id: UUID
    number: int
    ticket_number: int
    guest_name: str | None
    status: str
    reason: str
    total_cents: int
    cash_cents: int
    parts: tuple[RefundPartRow, ...]
    slip: RefundSlip
    receipt_href: str
    pdf_href: str
    mail: "MailPanel | None" = None
    print_action: str | None = None
    printing: PrintState | None = None
    problem: Problem | None = None
