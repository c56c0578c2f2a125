"""What the register's pages show."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class ReductionRow:
    """One reduction of one line with its reason, as a positive amount."""

    name: str
    cents: int


@dataclass(frozen=True, slots=True)
class DiscountRow:
    """Something taken off a line beside the group's price; `removable` while the ticket can change."""

    id: UUID
    name: str
    cents: int
    removable: bool


@dataclass(frozen=True, slots=True)
class LineRow:
    """One thing on a ticket; `detail` such as `60 min with Ana Okafor, 2:15 PM`.

    `edit_href` opens what can be changed on it: how many, its price, a discount, its tax. `tax_note` says why
    it is exempt.
    """

    id: UUID
    description: str
    detail: str
    quantity: int
    list_cents: int
    reductions: tuple[ReductionRow, ...]
    net_cents: int
    removable: bool
    discounts: tuple[DiscountRow, ...] = ()
    edit_href: str | None = None
    tax_note: str = ""


@dataclass(frozen=True, slots=True)
class TenderRow:
    """One tender taken; `word` is `Cash` or `Visa 4242`, `detail` such as `$140.00 given, $10.25 back`."""

    id: UUID
    kind: str
    word: str
    detail: str
    amount_cents: int
    undo: str


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
class KeptChoice:
    """A card on file that can be charged, and what its guest agreed to."""

    id: UUID
    word: str
    agreed: str


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
    on_file: bool = False


@dataclass(frozen=True, slots=True)
class ProductChoice:
    """A retail item that can be added in one tap; `left_words` such as `3 left`."""

    id: UUID
    name: str
    category_name: str
    price_cents: int
    left_words: str = ""


class PayWith(StrEnum):
    """Which tender's panel is open: `?with=`."""

    CASH = "cash"
    CARD = "card"
    GIFT_CARD = "gift_card"
    OWNED = "owned"
    PAYROLL = "payroll"
    ON_FILE = "on_file"
    SLIP = "slip"


class Step(StrEnum):
    """What is open instead of the payment: `?step=`."""

    NONE = "none"
    ADD = "add"
    REDUCE = "reduce"
    OTHERS = "others"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Way:
    """One tile of `Pay with`."""

    value: PayWith
    name: str
    icon: str


@dataclass(frozen=True, slots=True)
class OwnedRow:
    """Something the guest can pay with; a package has a `line_id`, the visit it would pay."""

    id: UUID
    name: str
    detail: str
    line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """A service by the minute; `least` and `most` minutes, `words` such as `$2.00 a minute`."""

    id: UUID
    name: str
    words: str
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A package that can be sold."""

    id: UUID
    name: str
    price_cents: int


@dataclass(frozen=True, slots=True)
class OtherRow:
    """Another guest who is here and could be paid for on this ticket."""

    appointment_id: UUID
    name: str
    detail: str
    party: bool


@dataclass(frozen=True, slots=True)
class GuestFound:
    """A guest found by search; `phone_words` shows the last four digits alone."""

    id: UUID
    name: str
    group_name: str
    phone_words: str


@dataclass(frozen=True, slots=True)
class GuestFinder:
    """`checkout/_guest.html`: whose sale it is.

    `asked` is false until three digits or two letters were typed.
    """

    typed: str = ""
    asked: bool = False
    results: tuple[GuestFound, ...] = ()


NOBODY_SOUGHT = GuestFinder()


@dataclass(frozen=True, slots=True)
class AddPanel:
    """`checkout/_add.html`: products, services by the minute, gift cards, packages.

    `card_id` and `card_words` are of a card that was scanned, to be sold or reloaded.
    """

    products: tuple[ProductChoice, ...]
    minutes: tuple[MinuteRow, ...]
    providers: tuple[tuple[UUID, str], ...]
    plans: tuple[PlanRow, ...]
    card_id: UUID | None = None
    card_words: str = ""


@dataclass(frozen=True, slots=True)
class ReferralChoice:
    """A referral that covers the massage; `words` such as `Until December 24, 2026`."""

    id: UUID
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class TaxPanel:
    """Whether a massage is taxed, and what could make it exempt.

    `none_words` says why no referral can: none is stored, or the last one lapsed. `add_href` is where one is
    stored, None when nobody knows whose massage it is.
    """

    exempt_words: str
    choices: tuple[ReferralChoice, ...]
    none_words: str
    may_be_treatment: bool
    add_href: str | None


@dataclass(frozen=True, slots=True)
class OnePriceChoice:
    """Lines of the ticket that could be sold for one price: what comes off, and what becomes of their tax."""

    id: UUID
    name: str
    price_cents: int
    words: str


@dataclass(frozen=True, slots=True)
class ReducePanel:
    """`checkout/_reduce.html`: a discount on one line or on the whole ticket, another price, a promo code.

    `line` is the one that was chosen, None for the ticket. `tax` is there for a massage: `exemptions` (line,
    referral; none for facility treatment) and `exemptions/removal` (line). `one_prices` fit the ticket as it
    stands: `one-prices` (id, one_price).
    """

    line: LineRow | None
    countable: bool
    price_cents: int
    limit_words: str
    tax: TaxPanel | None = None
    one_prices: tuple[OnePriceChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class TicketPage:
    """`checkout/ticket.html` at `GET /tickets/{id}?with=…` or `?step=…`: the pay screen.

    Forms, all POST, each with `version`, `csrf` and `request`. Of tenders: `tenders` (id, kind, given),
    `tenders/{id}/undo`, `card-attempts`, `kept-card-attempts`, `gift-cards` (code), `value` (holding),
    `packages`, `payroll`, `slips`, `exchange-tenders`, `exchange-rest` (id, to),
    `settlement` (when nothing is left to pay). Of lines: `lines`, `minutes`, `card-lines`, `package-lines`,
    `lines/{id}/removal`, `lines/{id}/quantity`, `visits`. Of prices: `discounts`,
    `prices`, `promo`. Of who pays: `guests` (q) finds, `guest` (guest; none takes it off again). `payers` are
    other guests whose visits are on the ticket. Of the whole: `parking`, `resumption`, `void`.
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
    refund_policy: str
    void_reasons: tuple[str, ...]
    may_void: bool
    back_href: str
    problem: Problem | None = None
    step: Step = Step.NONE
    ways: tuple[Way, ...] = ()
    tip_cents: int = 0
    may_tip: bool = False
    tip_asked: bool = False
    owned: tuple[OwnedRow, ...] = ()
    has_credit: bool = False
    add: AddPanel | None = None
    reduce: ReducePanel | None = None
    others: tuple[OtherRow, ...] = ()
    parked_as: str | None = None
    approval: ApprovalPanel | None = None
    kept: tuple[KeptChoice, ...] = ()
    exchange_left_cents: int = 0
    exchange_words: str = ""
    finder: GuestFinder = NOBODY_SOUGHT
    payers: tuple[tuple[UUID, str], ...] = ()
