"""What stored value and payroll may pay of a ticket, and when a paid ticket waits for a tip; pure."""

import re
from collections.abc import Sequence
from datetime import date

from spa_pos.kernel.cards import passes_luhn
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.ledger.rules import FEES, REVENUE

BY_VALUE = ("gift_card", "credit", "deposit", "package")
"""Tenders that use up what we owe."""

EMPLOYEES = ("employee",)
"""Guest groups that may have purchases taken from pay (DOMAIN.md §7.24)."""


def payable_by_value(
    lines: Sequence[tuple[str, Cents]], remaining: Cents, tendered: Sequence[tuple[str, Cents]]
) -> Cents:
    """What stored value may still pay: not the stored value on the ticket itself.

    `lines` are accounts and prices, `tendered` kinds and amounts so far. A gift that expires would
    otherwise turn into a card that does not.
    """
    value = sum(price for account, price in lines if account not in (REVENUE, FEES))
    by_money = sum(amount for kind, amount in tendered if kind not in BY_VALUE)
    return Cents(max(0, remaining - max(0, value - by_money)))


def value_amount(balance: Cents, payable: Cents, wanted: Cents | None) -> Cents:
    """What a card or credit pays: all it can, or less when somebody wishes so.

    Raises:
        Conflict: `nothing-to-pay`, `nothing-left-on-it`.
        Invalid: `amount-above-remaining`.
    """
    if payable <= 0:
        raise Conflict("nothing-to-pay", "Nothing is left here that stored value could pay.")
    most = min(balance, payable)
    if most <= 0:
        raise Conflict("nothing-left-on-it", "Nothing is left on it. Take another tender.")
    if wanted is None:
        return Cents(most)
    if not 0 < wanted <= most:
        raise Invalid("amount-above-remaining", f"It can pay up to {format_usd(most)} here.", field="amount")
    return wanted


def payroll_amount(
    *,
    group: str,
    signed_on: date,
    period_cents: Cents,
    taken_cents: Cents,
    on: date,
    remaining: Cents,
    wanted: Cents | None,
) -> Cents:
    """What may be deducted from pay for this ticket (Minn. Stat. 181.79; DOMAIN.md §2.12).

    Raises:
        Conflict: `payroll-employees-only`, `payroll-not-signed-yet`, `payroll-period-full`,
            `nothing-to-pay`.
        Invalid: `amount-above-remaining`.
    """
    if group not in EMPLOYEES:
        raise Conflict("payroll-employees-only", "Payroll deduction is for employees alone.")
    if signed_on > on:
        raise Conflict("payroll-not-signed-yet", "The authorisation is of a later day than this purchase.")
    if remaining <= 0:
        raise Conflict("nothing-to-pay", "This ticket is paid. Nothing more was taken.")
    left = period_cents - taken_cents
    if left <= 0:
        raise Conflict(
            "payroll-period-full",
            f"All of the {format_usd(period_cents)} signed for this pay period is used. Take another tender.",
        )
    most = min(left, remaining)
    if wanted is not None and not 0 < wanted <= most:
        raise Invalid(
            "amount-above-remaining", f"Payroll can pay up to {format_usd(most)} here.", field="amount"
        )
    return Cents(most if wanted is None else wanted)


def clean_slip(text: str) -> str:
    """The number of another terminal's slip; never that of a card.

    Raises:
        Invalid: `slip-unreadable`, `card-number-typed`.
    """
    slip = "".join(text.split()).upper()
    digits = "".join(sign for sign in slip if sign.isdigit())
    if 13 <= len(digits) <= 19 and passes_luhn(digits):
        raise Invalid(
            "card-number-typed", "Do not type card numbers; type the number of the slip.", field="slip"
        )
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{1,19}", slip, re.ASCII):
        raise Invalid("slip-unreadable", "A slip number has 2 to 20 letters and digits.", field="slip")
    return slip
