"""What a ticket comes to, what remains, and what it means for the books; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from spa_pos.catalog.rules import Jurisdiction, TaxedLine, TaxResult, tax_ticket
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.ledger.rules import (
    CARD_CLEARING,
    CASH,
    EXCHANGES,
    EXTERNAL_CARDS,
    PAYROLL,
    REDUCTIONS,
    REVENUE,
    TENDERED,
    TIPS,
    NewPosting,
    tax_account,
)

NOTES = (500, 1_000, 2_000, 5_000, 10_000)
"""What guests round up to when they pay cash: $5, $10, $20, $50, $100."""

MOST_CHANGE_CENTS = 50_000
"""More cash than the total by this much is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Line:
    """What totals and the books need to know of a line."""

    list_cents: Cents
    reduction_cents: Cents
    category: str
    guest_group: str
    taxable: bool
    account: str = REVENUE

    @property
    def net_cents(self) -> Cents:
        """Price after its reduction."""
        return Cents(self.list_cents - self.reduction_cents)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a ticket comes to; always computed again from its lines, never taken from a form."""

    list_cents: Cents
    reduction_cents: Cents
    net_cents: Cents
    tax: TaxResult
    tip_cents: Cents
    total_cents: Cents
    tendered_cents: Cents
    remaining_cents: Cents


def totals(
    lines: Sequence[Line],
    jurisdictions: Sequence[Jurisdiction],
    tendered: Sequence[Cents],
    tips: Sequence[Cents] = (),
) -> Totals:
    """Add a ticket up: prices, reductions, tax once on the whole, tips, what was tendered, what remains."""
    listed = Cents(sum(line.list_cents for line in lines))
    net = Cents(sum(line.net_cents for line in lines))
    tax = tax_ticket([TaxedLine(line.net_cents, line.taxable) for line in lines], jurisdictions)
    tip = Cents(sum(tips))
    total = Cents(net + tax.tax_cents + tip)
    paid = Cents(sum(tendered))
    return Totals(listed, Cents(listed - net), net, tax, tip, total, paid, Cents(total - paid))


def cash_amounts(given: Cents, remaining: Cents) -> tuple[Cents, Cents]:
    """What a cash tender pays of the ticket, and the change.

    Raises:
        Invalid: `cash-nothing`, or `cash-too-much` when the change would be absurd.
        Conflict: `nothing-to-pay`.
    """
    if remaining <= 0:
        raise Conflict("nothing-to-pay", "This ticket is paid. Nothing more was taken.")
    if given <= 0:
        raise Invalid("cash-nothing", "Type the cash the guest gave you.", field="given")
    if given - remaining > MOST_CHANGE_CENTS:
        raise Invalid(
            "cash-too-much",
            f"{format_usd(given)} for {format_usd(remaining)} cannot be right. Type it again.",
            field="given",
        )
    amount = min(given, remaining)
    return amount, Cents(given - amount)


def quick_cash(remaining: Cents) -> list[Cents]:
    """Up to four amounts a guest is likely to hand over: exact, then rounded up, no duplicates."""
    if remaining <= 0:
        return []
    amounts = [remaining]
    for note in NOTES:
        rounded = Cents(-(-remaining // note) * note)
        if rounded not in amounts:
            amounts.append(rounded)
    return amounts[:4]


def check_covered(remaining: Cents) -> None:
    """A ticket settles only when its tenders equal its total.

    Raises:
        Conflict: `tenders-do-not-cover-total` or `tenders-above-total`, with the difference.
    """
    if remaining > 0:
        raise Conflict(
            "tenders-do-not-cover-total",
            f"{format_usd(remaining)} is still to pay. Take another tender.",
            remaining_cents=remaining,
        )
    check_not_overpaid(remaining)


def check_not_overpaid(remaining: Cents) -> None:
    """A ticket never holds more money than it comes to.

    Raises:
        Conflict: `tenders-above-total`, with the difference.
    """
    if remaining < 0:
        raise Conflict(
            "tenders-above-total",
            f"{format_usd(-remaining)} too much was tendered. Undo a tender and take it again.",
            remaining_cents=remaining,
        )


MONEY_ACCOUNTS = {
    "cash": CASH,
    "card": CARD_CLEARING,
    "card_on_file": CARD_CLEARING,
    "external_card": EXTERNAL_CARDS,
    "payroll": PAYROLL,
    "exchange": EXCHANGES,
}
"""Where the money of a tender goes; stored value brings postings of its own, an exchange waits between."""


def postings_for_tender(
    kind: str, amount: Cents, value_used: Sequence[NewPosting] | None = None
) -> list[NewPosting]:
    """Money came in, or what we owed the guest is used; until the ticket settles we owe it all the same."""
    used = [NewPosting(MONEY_ACCOUNTS[kind], amount)] if value_used is None else list(value_used)
    return [*used, NewPosting(TENDERED, Cents(-amount))]


def postings_for_settlement(lines: Sequence[Line], sums: Totals) -> list[NewPosting]:
    """What we owed the guest becomes sales at list price, reductions given, tax and tips owed.

    A line that is no sale (a gift card, a deposit) becomes what we owe on its own account.
    """
    postings = [NewPosting(TENDERED, sums.total_cents), NewPosting(TIPS, Cents(-sums.tip_cents))]
    for line in lines:
        if line.account != REVENUE:
            postings.append(NewPosting(line.account, Cents(-line.net_cents)))
            continue
        postings.append(NewPosting(REVENUE, Cents(-line.list_cents), line.category, line.guest_group))
        postings.append(NewPosting(REDUCTIONS, line.reduction_cents, line.category, line.guest_group))
    postings.extend(
        NewPosting(tax_account(part.jurisdiction.code), Cents(-part.tax_cents)) for part in sums.tax.parts
    )
    return postings
