"""What the pages of stored value show."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from markupsafe import Markup

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class GiftCardsPage:
    """`stored_value/gift_cards.html` at `GET /gift-cards`: find a card by its code; managers give cards away.

    Forms: `POST /gift-cards/lookup` (code); for managers `POST /gift-cards/promotional` (id, amount, until,
    recipient, reason). `limit_words` says how much may be given away in a day. What was typed is kept.
    """

    may_give: bool
    today: date
    limit_words: str
    amount: str = ""
    until: str = ""
    recipient: str = ""
    reason: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One movement: what happened, by whom, and the signed amount."""

    at: datetime
    words: str
    detail: str
    cents: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One time a card was sent: to whom, on which day, and how that stands."""

    to: str
    when_words: str
    state_word: str
    look: str
    detail: str


@dataclass(frozen=True, slots=True)
class GiftForm:
    """What was typed to send a card."""

    recipient: str = ""
    email: str = ""
    giver: str = ""
    message: str = ""
    send_on: str = ""


@dataclass(frozen=True, slots=True)
class GiftPage:
    """`stored_value/gift.html` at `GET /gifts/{token}`: a gift as its owner sees it.

    Before it is opened, `open_action` is where the button posts and there is no code. Later `code` and
    `qr` are there, what is left on it, and the PDF.
    """

    title: str
    recipient: str
    giver: str
    message: str
    open_action: str | None
    amount_cents: int
    code: str
    qr: Markup | None
    pdf_href: str | None
    until_words: str
    place_name: str
    address: str
    phone: str
    phone_href: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """`stored_value/card.html` at `GET /gift-cards/{id}`: what is on a card, and what can be done with it.

    Forms: `print` (a new code, shown once) when `may_print`; for managers `transfer` (code, reason) and
    `replacement` (id, reason) when `may_manage`. `deliveries` (id, recipient, email, giver, message, send_on)
    sends it by e-mail when `may_send`. `successor_href` leads from a replaced card to the new one.
    """

    id: UUID
    title: str
    state_word: str
    look: str
    usable_cents: int
    paid_cents: int
    free_cents: int
    free_until: date | None
    for_words: str
    print_words: str
    has_code: bool
    may_print: bool
    may_manage: bool
    successor_href: str | None
    rows: tuple[HistoryRow, ...]
    problem: Problem | None = None
    deliveries: tuple[DeliveryRow, ...] = ()
    may_send: bool = False
    gift: GiftForm = GiftForm()


@dataclass(frozen=True, slots=True)
class PrintPage:
    """`stored_value/print.html`, the answer to `POST /gift-cards/{id}/print`: the only sight of a code.

    148 × 105 mm on paper. `qr` is the code for scanners. `until_words` is the last day of a card that was
    given away; a card that was paid for has none.
    """

    business_name: str
    address: str
    phone: str
    amount_cents: int
    recipient: str | None
    message: str | None
    code: str
    qr: Markup
    until_words: str
    back_href: str


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """Something a guest can pay with: its name, a remark, what is left, and where to look at it."""

    label: str
    detail: str
    cents: int
    href: str | None
    forfeit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HoldingsPart:
    """`stored_value/_holdings.html`: everything a guest can pay with, for any page about a guest."""

    rows: tuple[HoldingRow, ...]
    total_cents: int


@dataclass(frozen=True, slots=True)
class HoldingsPage:
    """`stored_value/holdings.html` at `GET /guests/{id}/holdings`.

    Managers give credit with `POST /guests/{id}/credits` (id, kind, amount, until, reason) and keep a
    deposit with `POST /deposits/{id}/forfeiture` (reason).
    """

    guest_id: UUID
    guest_name: str
    holdings: HoldingsPart
    may_give: bool
    today: date
    kinds: tuple[tuple[str, str], ...]
    limit_words: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ServiceChoice:
    """A service of the menu for a package, with the list price of one visit."""

    id: UUID
    words: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A package: its services with the share of each, its price, and what the visits cost alone."""

    id: UUID
    name: str
    items: tuple[str, ...]
    price_cents: int
    worth_cents: int
    sold: int
    active: bool


@dataclass(frozen=True, slots=True)
class PlanField:
    """One line of the form: a service and its visits, as they were typed."""

    number: int
    service: str
    visits: str


@dataclass(frozen=True, slots=True)
class PlansPage:
    """`stored_value/plans.html` at `GET /packages`: what is sold as a package, and a form for a new one.

    Forms: `POST /packages` (id, name, price, service_1, visits_1 …) and `POST /packages/{id}/end`.
    """

    plans: tuple[PlanRow, ...]
    services: tuple[ServiceChoice, ...]
    fields: tuple[PlanField, ...]
    name: str = ""
    price: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class RollRow:
    """One liability account over the period; amounts are signed as guests see them."""

    name: str
    cells_cents: tuple[int, ...]
    closing_cents: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class IdleRow:
    """Something nobody touched for years."""

    guest_name: str
    href: str
    what: str
    cents: int
    idle_since: date


@dataclass(frozen=True, slots=True)
class OwedPage:
    """`stored_value/owed.html` at `GET /reports/stored-value?from=&to=`: what we owe guests, and idle value.

    `POST /reports/stored-value/idle-years` sends years. `columns` name the cells of each row. `sentence` says
    whether the accounts agree with the balances.
    """

    first: date
    last: date
    today: date
    sentence: str
    agrees: bool
    columns: tuple[str, ...]
    rows: tuple[RollRow, ...]
    totals_cents: tuple[int, ...]
    closing_cents: int
    idle: tuple[IdleRow, ...]
    idle_cents: int
    idle_years: int = 3
    problem: Problem | None = None
