"""What can be given back of a settled ticket, and how (DOMAIN.md §7.13, §7.22); pure.

Each refund counts what earlier ones gave back, so that all together give back exactly what was
paid: tax with its line, at the rate and in the parts of the sale, whatever the rates are now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.checkout.rules.totals import MONEY_ACCOUNTS
from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.money import Cents, format_usd, split
from spa_pos.ledger.rules import FEES, REDUCTIONS, REVENUE, TIPS, NewPosting, tax_account

NOTHING = Cents(0)
ALONE_CENTS = Cents(5_000)
ALONE_FOR = timedelta(hours=24)
"""What the front desk may give back without a manager, and how long after the sale (RELIABILITY.md §5.2)."""

ORDER = (
    "card",
    "card_on_file",
    "external_card",
    "payroll",
    "package",
    "gift_card",
    "credit",
    "deposit",
    "exchange",
    "cash",
)
"""Money goes back the way it came; cash last, so that the drawer is opened only when it must be."""

NEW_WAYS = {"credit": "Guest credit", "gift_card": "New gift card", "exchange": "Exchange, on a new ticket"}
"""Ways in which nothing goes back the way it came."""

OUR_OWN = ("gift_card", "credit", "deposit", "package")
"""Ways that bring postings of their own: what is owed again, or for the first time."""


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a settled ticket, and what earlier refunds gave back of its price."""

    id: UUID
    description: str
    list_cents: Cents
    net_cents: Cents
    tax_cents: Cents
    category: str
    guest_group: str
    account: str
    refunded_cents: Cents
    kind: str = "service"
    quantity: int = 1
    pieces_back: int = 0
    value_left_cents: Cents | None = None
    """What is left of the paid value that the line sold; None when it sold none."""

    @property
    def is_sale(self) -> bool:
        """False for gift cards and the like: what they owe is taken off them again."""
        return self.account in (REVENUE, FEES)

    @property
    def left_cents(self) -> Cents:
        """What can still be given back of its price; of value at most what was not spent."""
        left = Cents(self.net_cents - self.refunded_cents)
        return left if self.value_left_cents is None else min(left, self.value_left_cents)

    @property
    def pieces_left(self) -> int:
        """How many pieces of a product the guest still has."""
        return self.quantity - self.pieces_back if self.kind == "product" else 0

    def cents_of(self, pieces: int) -> Cents:
        """What so many of the pieces that are left cost; all of them the rest of the price."""
        if pieces >= self.pieces_left:
            return self.left_cents
        return min(self.left_cents, Cents(_part(self.net_cents, pieces, self.quantity)))


@dataclass(frozen=True, slots=True)
class SoldTax:
    """One jurisdiction's part of the tax of a ticket, and what earlier refunds gave back of it."""

    jurisdiction: str
    tax_cents: Cents
    refunded_cents: Cents


@dataclass(frozen=True, slots=True)
class SoldTender:
    """One way the ticket was paid, and what earlier refunds gave back that way, pending ones too."""

    id: UUID
    kind: str
    word: str
    amount_cents: Cents
    refunded_cents: Cents
    late: bool = False
    """It paid a tip after the sale, and nothing else."""
    back_as: str = ""
    """The stored value it goes back as, when it does not go back as it came: what an exchange paid."""

    @property
    def left_cents(self) -> Cents:
        """What can still go back that way."""
        return Cents(self.amount_cents - self.refunded_cents)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the desk wants to give back: of each line so much of its price, and of the tips."""

    lines: Mapping[UUID, Cents]
    tip_cents: Cents = NOTHING
    to: str = ""
    """`original` tenders, guest `credit`, a new `gift_card`, `exchange`; nothing while nobody chose."""
    pieces: Mapping[UUID, int] = field(default_factory=dict)
    """How many pieces of a product come back; when nobody said, all that are left with the last cent."""
    damaged: frozenset[UUID] = frozenset()
    """Products whose pieces cannot be sold again."""


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """What goes back of one line."""

    line: SoldLine
    net_cents: Cents
    tax_cents: Cents
    list_cents: Cents
    pieces: int = 0
    sellable: bool = True

    @property
    def reduction_cents(self) -> Cents:
        """The part of the line's reductions that goes with it."""
        return Cents(self.list_cents - self.net_cents)


@dataclass(frozen=True, slots=True)
class RefundPart:
    """One way in which money goes back; without a tender it goes to new stored value."""

    kind: str
    word: str
    tender_id: UUID | None
    amount_cents: Cents
    late_tip_id: UUID | None = None

    @property
    def is_new(self) -> bool:
        """True when it does not go back the way it came."""
        return self.tender_id is None and self.late_tip_id is None


@dataclass(frozen=True, slots=True)
class RefundPlan:
    """A refund, worked out before anything moves; what the desk confirms."""

    lines: tuple[RefundedLine, ...]
    taxes: tuple[tuple[str, Cents], ...]
    tip_cents: Cents
    parts: tuple[RefundPart, ...]

    @property
    def net_cents(self) -> Cents:
        """Price, before tax."""
        return Cents(sum(line.net_cents for line in self.lines))

    @property
    def tax_cents(self) -> Cents:
        """Tax."""
        return Cents(sum(line.tax_cents for line in self.lines))

    @property
    def total_cents(self) -> Cents:
        """All that goes back."""
        return Cents(self.net_cents + self.tax_cents + self.tip_cents)


def plan_refund(
    lines: Sequence[SoldLine],
    taxes: Sequence[SoldTax],
    tenders: Sequence[SoldTender],
    chosen: Chosen,
    *,
    tip_left_cents: Cents,
) -> RefundPlan:
    """Work a refund out; without a way chosen it has no parts yet.

    Raises:
        Invalid: `refund-nothing`, `refund-unreadable` for a negative amount or a line that is not there.
        Conflict: `refund-above-line`, `refund-above-tip`, `refund-above-pieces`, `value-goes-back-as-paid`,
            `package-whole`, or `refund-above-tenders` when more is asked than was paid less what went back.
    """
    by_id = {line.id: line for line in lines}
    if chosen.tip_cents < 0 or any(
        amount < 0 or line_id not in by_id for line_id, amount in chosen.lines.items()
    ):
        raise Invalid("refund-unreadable", "Choose lines of this ticket and amounts above nothing.")
    if chosen.tip_cents > tip_left_cents:
        raise Conflict("refund-above-tip", f"Of the tips {format_usd(tip_left_cents)} can still go back.")
    refunded = []
    for line_id, amount in chosen.lines.items():
        line = by_id[line_id]
        if amount > line.left_cents:
            raise Conflict(
                "refund-above-line",
                f"Of {line.description} {format_usd(line.left_cents)} can still go back.",
            )
        if amount:
            _check_value(line, amount, chosen.to)
            refunded.append(_of(line, amount, _pieces(line, amount, chosen), line_id not in chosen.damaged))
    tax = Cents(sum(line.tax_cents for line in refunded))
    plan = RefundPlan(tuple(refunded), _tax_parts(taxes, tax), chosen.tip_cents, ())
    if plan.total_cents == 0:
        raise Invalid("refund-nothing", "Choose what is given back.")
    ways = _ways(tenders, plan.total_cents, plan.tip_cents, chosen.to)
    return RefundPlan(plan.lines, plan.taxes, plan.tip_cents, ways)


def plan_void(
    lines: Sequence[SoldLine],
    taxes: Sequence[SoldTax],
    tenders: Sequence[SoldTender],
    *,
    tip_left_cents: Cents,
) -> RefundPlan:
    """All of a sale as if it had not been: every line whole, every piece on the shelf, the way it was paid.

    Raises:
        Conflict: `void-after-refund`; `void-value-spent` when some of what it sold was used.
    """
    if any(line.refunded_cents or line.pieces_back for line in lines) or any(
        tender.refunded_cents for tender in tenders
    ):
        raise Conflict("void-after-refund", "Some of this sale went back already. Give the rest back.")
    spent = next((line for line in lines if line.left_cents != line.net_cents), None)
    if spent is not None:
        raise Conflict(
            "void-value-spent",
            f"Of {spent.description} some was used. Give back what is left of it instead.",
        )
    whole = tuple(
        RefundedLine(line, line.net_cents, line.tax_cents, line.list_cents, line.pieces_left)
        for line in lines
    )
    parts = tuple((one.jurisdiction, one.tax_cents) for one in taxes if one.tax_cents)
    plan = RefundPlan(whole, parts, tip_left_cents, ())
    ways = _ways(tenders, plan.total_cents, tip_left_cents, "original")
    return RefundPlan(whole, parts, tip_left_cents, ways)


def _check_value(line: SoldLine, amount: Cents, to: str) -> None:
    """Value that was sold goes back to whoever paid it; a deposit may become the guest's credit."""
    if line.value_left_cents is None:
        return
    if to not in ("", "original") and (line.kind, to) != ("deposit", "credit"):
        raise Conflict(
            "value-goes-back-as-paid", f"{line.description} goes back the way it was paid and no other."
        )
    if line.kind == "package" and amount != line.left_cents:
        raise Conflict("package-whole", "A package is given back whole, with all visits that are left.")


def _pieces(line: SoldLine, amount: Cents, chosen: Chosen) -> int:
    whole = line.pieces_left if amount == line.left_cents else 0
    pieces = chosen.pieces.get(line.id, whole)
    if not 0 <= pieces <= line.pieces_left:
        raise Conflict(
            "refund-above-pieces", f"Of {line.description} {line.pieces_left} can still come back."
        )
    return pieces


def _of(line: SoldLine, amount: Cents, pieces: int, sellable: bool) -> RefundedLine:
    """The tax and the list price that belong to a part of a line's price; the last part takes the rest."""

    def share(whole: Cents) -> Cents:
        before, after = line.refunded_cents, line.refunded_cents + amount
        return Cents(_part(whole, after, line.net_cents) - _part(whole, before, line.net_cents))

    return RefundedLine(line, amount, share(line.tax_cents), share(line.list_cents), pieces, sellable)


def _part(whole: Cents, part: int, of: int) -> int:
    """`whole × part ÷ of`, half up."""
    return (2 * whole * part + of) // (2 * of)


def _tax_parts(taxes: Sequence[SoldTax], tax: Cents) -> tuple[tuple[str, Cents], ...]:
    left = [one.tax_cents - one.refunded_cents for one in taxes]
    if tax > sum(left):
        raise Conflict("refund-above-tax", f"Of the tax {format_usd(sum(left))} can still go back.")
    shares = split(tax, left) if taxes else []
    return tuple((one.jurisdiction, share) for one, share in zip(taxes, shares, strict=True) if share)


def _ways(tenders: Sequence[SoldTender], total: Cents, tip: Cents, to: str) -> tuple[RefundPart, ...]:
    """Tips go back first to what paid them late, the rest to what paid the sale."""
    if total > sum(tender.left_cents for tender in tenders):
        raise Conflict(
            "refund-above-tenders", "More was given back already than is left. Look at the refunds."
        )
    if not to:
        return ()
    if to in NEW_WAYS:
        return (RefundPart(to, NEW_WAYS[to], None, total),)
    if to != "original":
        raise Invalid("refund-unreadable", "Choose how the money goes back.")
    parts, rest, tips = [], int(total), int(tip)
    for tender in sorted(tenders, key=lambda one: (not one.late, ORDER.index(one.kind))):
        amount = min(rest, tips if tender.late else rest, tender.left_cents)
        if amount:
            late = tender.id if tender.late else None
            at_sale = None if tender.late else tender.id
            kind, word = tender.back_as or tender.kind, NEW_WAYS.get(tender.back_as, tender.word)
            parts.append(RefundPart(kind, word, at_sale, Cents(amount), late))
            rest, tips = rest - amount, tips - amount
    if rest:
        raise RuntimeError(f"{rest} cents of a refund have no tender, though enough was paid")
    return tuple(parts)


def check_may_void(role: Role, plan: RefundPlan) -> None:
    """A sale is voided by a manager, or with a manager's PIN.

    Raises:
        NeedsApproval: `void-needs-approval`.
    """
    if role not in (Role.MANAGER, Role.OWNER):
        raise NeedsApproval(
            "void-needs-approval",
            f"Void a sale of {format_usd(plan.total_cents)}: a manager has to approve.",
            amount_cents=plan.total_cents,
        )


def check_may_refund(
    role: Role, plan: RefundPlan, *, settled_at: datetime, now: datetime, refunded_today: Cents
) -> None:
    """The front desk gives back small amounts soon after the sale; a manager the rest, and other ways.

    `refunded_today` is what the same person gave back that day: many small refunds count as one.

    Raises:
        NeedsApproval: `refund-needs-approval`.
    """
    if role in (Role.MANAGER, Role.OWNER):
        return
    alone = plan.total_cents + refunded_today <= ALONE_CENTS and now - settled_at <= ALONE_FOR
    if not alone or any(part.is_new for part in plan.parts):
        raise NeedsApproval(
            "refund-needs-approval",
            f"Give back {format_usd(plan.total_cents)}: a manager has to approve. Alone the desk gives back"
            f" up to {format_usd(ALONE_CENTS)} a day within a day of the sale, the way it was paid.",
            amount_cents=plan.total_cents,
        )


def postings_for_refund(
    plan: RefundPlan, value_back: Mapping[UUID | None, Sequence[NewPosting]]
) -> list[NewPosting]:
    """Sales, reductions, tax and tips are taken back; money leaves, or is owed as stored value.

    `value_back` holds the postings of the parts that are stored value, by tender (None for new value).
    """
    postings = [NewPosting(TIPS, plan.tip_cents)]
    for line in plan.lines:
        about = line.line
        if about.account == REVENUE:
            postings.append(NewPosting(REVENUE, line.list_cents, about.category, about.guest_group))
            taken = Cents(-line.reduction_cents)
            postings.append(NewPosting(REDUCTIONS, taken, about.category, about.guest_group))
        else:
            postings.append(NewPosting(about.account, line.net_cents))
    postings += [NewPosting(tax_account(code), cents) for code, cents in plan.taxes]
    for part in plan.parts:
        if part.kind in OUR_OWN:
            postings += value_back[part.tender_id]
        else:
            postings.append(NewPosting(MONEY_ACCOUNTS[part.kind], Cents(-part.amount_cents)))
    return postings
