"""What is shown of a sale that is done, and of those that wait."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from spa_pos.checkout.pages.refund_views import RefundSlip
from spa_pos.checkout.pages.views import ReductionRow
from spa_pos.checkout.queries import ByHand
from spa_pos.printing.pages.views import PrintState
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class SentRow:
    """One link to a receipt that was given: to whom and when, how its mail stands, until when it works."""

    words: str
    state_word: str
    look: str
    ends_words: str


@dataclass(frozen=True, slots=True)
class MailPanel:
    """`checkout/_mail.html`: send the receipt by e-mail, or show its code to the guest's phone.

    `POST {action}-mails` sends id, email and back; `POST {action}-links` id; `POST {action}-links/end`
    ends every link. `back` is `done` or `receipt`, where the form stands.
    """

    action: str
    back: str
    email: str
    sent: tuple[SentRow, ...] = ()
    has_live: bool = False
    qr: Markup | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """The same visit once more: `In 4 weeks`, the day, and the booking sheet with all of it filled in."""

    words: str
    day_words: str
    href: str


@dataclass(frozen=True, slots=True)
class DonePage:
    """`checkout/done.html` at `GET /tickets/{id}/done`: change due, or that it is paid.

    `paid_with` such as `Cash` or `Cash and Visa 4242`. `change_cents` is zero without change. `cards` are the
    gift cards that were sold: in words, and where each is printed.
    """

    id: UUID
    number: int
    guest_name: str | None
    total_cents: int
    given_cents: int
    change_cents: int
    paid_with: str
    board_href: str
    receipt_href: str
    tips_href: str | None = None
    cards: tuple[tuple[str, str], ...] = ()
    mail: MailPanel | None = None
    print_action: str | None = None
    printing: PrintState | None = None
    again: tuple[Again, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt; `detail` names minutes, provider and time, `price_name` the group price.

    `price_name` is empty at list price. `taxed` marks the line with a T, explained below; `exempt_words` says
    why a massage is not taxed, and nothing of anybody's health.
    """

    description: str
    detail: str
    quantity: int
    list_cents: int
    reductions: tuple[ReductionRow, ...]
    net_cents: int
    price_name: str
    taxed: bool
    exempt_words: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptTax:
    """One jurisdiction's part; `rate_words` such as `6.875 %`."""

    name: str
    rate_words: str
    tax_cents: int


@dataclass(frozen=True, slots=True)
class ReceiptTender:
    """One tender; a card is named by brand and last four alone, never an expiry date."""

    word: str
    amount_cents: int
    given_cents: int | None = None
    change_cents: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """`checkout/receipt.html` at `GET /tickets/{id}/receipt`: screen and 80 mm paper.

    `state_word` is `Not paid yet` or `Voided` on a copy that is no proof of payment, else empty.
    `by_hand` stands on the screen of the staff alone, never on paper.
    """

    id: UUID
    number: int
    business_name: str
    legal_name: str
    address: str
    phone: str
    settled_at: datetime
    served_by: str
    guest_name: str | None
    lines: tuple[ReceiptLine, ...]
    net_cents: int
    taxable_cents: int
    tax_parts: tuple[ReceiptTax, ...]
    tax_words: str
    tax_cents: int
    total_cents: int
    tenders: tuple[ReceiptTender, ...]
    refund_policy: str
    sample_notice: str
    back_href: str
    state_word: str = ""
    by_hand: tuple[ByHand, ...] = ()
    refund_href: str | None = None
    void_href: str | None = None
    tips: tuple[tuple[str, int], ...] = ()
    tips_href: str | None = None
    pdf_href: str | None = None
    cards: tuple[tuple[str, str], ...] = ()
    mail: MailPanel | None = None
    print_action: str | None = None
    printing: PrintState | None = None


@dataclass(frozen=True, slots=True)
class GuestReceiptPage:
    """`checkout/guest_receipt.html` at `GET /receipts/{token}`: a receipt, or a refund's slip, for its guest.

    One of `receipt` and `slip` is there. `ends_words` is the last day of the link.
    """

    title: str
    receipt: ReceiptPage | None
    slip: RefundSlip | None
    pdf_href: str
    ends_words: str


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """One ticket that waits to be paid."""

    number: int
    href: str
    guest_name: str | None
    what: str
    opened_at: datetime
    opened_by: str
    total_cents: int
    paid_cents: int
    remaining_cents: int
    id: UUID | None = None
    parked_as: str | None = None


@dataclass(frozen=True, slots=True)
class TicketsPage:
    """`checkout/tickets.html` at `GET /tickets`: open tickets, oldest first."""

    tickets: tuple[OpenTicket, ...]
    problem: Problem | None = None
