"""What the register's pages show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class ReductionRow:
    """One reduction of one line with its reason, as a positive amount."""

    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """One thing on a ticket; `detail` such as `60 min with Ana Okafor, 2:15 PM`."""

    id: UUID
    description: str
    detail: str
    quantity: int
    list_cents: int
    reductions: tuple[ReductionRow, ...]
    net_cents: int
    removable: bool


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One tender taken; `word` is `Cash` or `Visa 4242`, `detail` such as `$140.00 given, $10.25 back`."""

    id: UUID
    kind: str
    word: str
    detail: str
    amount_cents: int
    undoable: bool


@dataclass(frozen=True, slots=True)
class QuickCash:
    """An amount a guest is likely to hand over; `given` is what the form sends, such as `140.00`."""

    given: str
    cents: int
    exact: bool


@dataclass(frozen=True, slots=True)
class ReaderChoice:
    """A card reader of this location."""

    id: UUID
    name: str
    simulated: bool


class AttemptState(StrEnum):
    """Where a card attempt stands, as the pay screen tells it."""

    WAITING = "waiting"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class AttemptPanel:
    """`checkout/_attempt.html`: one card attempt, polled while it waits.

    `sentence` is the decline or the question to ask, in words. `simulated` adds the striped
    panel. The answer of `POST /attempts/{id}/check` is this part; when the ticket settled,
    answer with the header `HX-Redirect: /tickets/{ticket_id}/done` (303 without htmx).
    """

    id: UUID
    ticket_id: UUID
    state: AttemptState
    reader_name: str
    amount_cents: int
    simulated: bool
    sentence: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """A retail item that can be added in one tap."""

    id: UUID
    name: str
    category_name: str
    price_cents: int


class PayWith(StrEnum):
    """Which tender's panel is open: `?with=cash` or `?with=card`."""

    CASH = "cash"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class TicketPage:
    """`checkout/ticket.html` at `GET /tickets/{id}?with=cash|card&products=1`: the pay screen.

    Forms, all POST: `tenders` (id, kind, given), `tenders/{id}/undo`, `lines` (id, product,
    quantity), `lines/{id}/removal`, `void` (reason), `card-attempts` (id, reader, amount_cents),
    `settlement` (when nothing is left to pay); each with `version`, `csrf` and `request`.
    `given` is what was typed, kept after a refusal; empty means the rest that is to pay.
    `version` is the ticket's, so that two kiosks cannot both act on an older state.
    """

    id: UUID
    number: int
    version: int
    guest_name: str | None
    group_name: str | None
    group_proven: bool
    opened_at: datetime
    opened_by: str
    lines: tuple[LineRow, ...]
    net_cents: int
    tax_cents: int
    tax_words: str
    total_cents: int
    paid_cents: int
    remaining_cents: int
    tenders: tuple[TenderRow, ...]
    pay_with: PayWith
    given: str
    given_cents: int
    quick: tuple[QuickCash, ...]
    readers: tuple[ReaderChoice, ...]
    attempt: AttemptPanel | None
    products: tuple[ProductChoice, ...]
    products_open: bool
    refund_policy: str
    void_reasons: tuple[str, ...]
    may_void: bool
    back_href: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class DonePage:
    """`checkout/done.html` at `GET /tickets/{id}/done`: change due, or that it is paid.

    `paid_with` such as `Cash` or `Cash and Visa 4242`. `change_cents` is zero without change.
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


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of a receipt; `detail` names minutes, provider and time, `price_name` the group price.

    `price_name` is empty at list price. `taxed` marks the line with a T, explained below.
    """

    description: str
    detail: str
    quantity: int
    list_cents: int
    reductions: tuple[ReductionRow, ...]
    net_cents: int
    price_name: str
    taxed: bool


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
    refund_href: str | None = None


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


@dataclass(frozen=True, slots=True)
class TicketsPage:
    """`checkout/tickets.html` at `GET /tickets`: open tickets, oldest first."""

    tickets: tuple[OpenTicket, ...]
    problem: Problem | None = None
