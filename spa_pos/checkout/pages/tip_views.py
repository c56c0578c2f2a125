"""What the tip screens and the register's own page show."""

from dataclasses import dataclass
from uuid import UUID

from spa_pos.checkout.pages.views import KeptChoice, ReaderChoice
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class TipButton:
    """One amount on the tip screen; `words` such as `20 %`, empty for a plain amount."""

    cents: int
    words: str


@dataclass(frozen=True, slots=True)
class TipRow:
    """A provider on the tip screen: what is offered, and the base of the percentages."""

    provider_id: UUID
    name: str
    first_name: str
    base_cents: int
    choices: tuple[TipButton, ...]


@dataclass(frozen=True, slots=True)
class TipPage:
    """`checkout/tip.html` at `GET /tickets/{id}/tip`: turned to the guest, nothing chosen before.

    With one provider each amount is a button; with several one is chosen for each, then `Done`.
    """

    ticket_id: UUID
    version: int
    rows: tuple[TipRow, ...]
    back_href: str
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class ProviderTip:
    """What a provider has of a settled ticket, with amounts that could be added."""

    provider_id: UUID
    name: str
    cents: int
    dollars: str
    choices: tuple[TipButton, ...]


@dataclass(frozen=True, slots=True)
class TipsPage:
    """`checkout/tips.html` at `GET /tickets/{id}/tips`: late tips and sharing anew, with what was changed.

    `history` are sentences, latest first.
    """

    ticket_id: UUID
    number: int
    guest_name: str | None
    providers: tuple[ProviderTip, ...]
    total_cents: int
    readers: tuple[ReaderChoice, ...]
    history: tuple[str, ...]
    receipt_href: str
    approval: ApprovalPanel | None = None
    problem: Problem | None = None
    kept: tuple[KeptChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryTips:
    """A department and whether its guests are asked for a tip."""

    code: str
    name: str
    on: bool


@dataclass(frozen=True, slots=True)
class PromoRow:
    """A promo code; `words` such as `10 % off Massage, until Dec 31`, `uses` such as `3 of 50 used`."""

    id: UUID
    code: str
    name: str
    words: str
    uses: str
    active: bool


@dataclass(frozen=True, slots=True)
class PayrollRow:
    """An authorisation; `withdrawn` says when it ended."""

    id: UUID
    guest_name: str
    words: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit: its field, what it limits, its value as it is typed; `POST /register/limits`."""

    field: str
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """`checkout/register.html` at `GET /register`: tips per department, promo codes, payroll, limits."""

    categories: tuple[CategoryTips, ...]
    promos: tuple[PromoRow, ...]
    payroll: tuple[PayrollRow, ...]
    limits: tuple[LimitRow, ...]
    today: str
    period_words: str
    problem: Problem | None = None
