"""From what was sold to the money and where it lies, to the cent; pure.

Every entry of the books sums to zero, so what it says of sales, tax, tips and debts to guests is what it
says of money. Each posting belongs to exactly one term here; that is why the bridge closes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import (
    DEPOSITS,
    EXCHANGES,
    FEES,
    GIFT_CARDS,
    GIFT_CARDS_FREE,
    GOODWILL_CREDIT,
    GUEST_CREDIT,
    PACKAGES,
    PROMOTIONAL_CREDIT,
    REDUCTIONS,
    REVENUE,
    TAX_PAYABLE,
    TENDERED,
    TIPS,
)

SETTLED = "ticket-settled"
GIVEN_BACK = ("ticket-refunded", "ticket-voided")
TENDERED_KINDS = "-tendered"
LATE_TIP = "late-tip-"

STORED_VALUE = frozenset(
    {
        GIFT_CARDS,
        GIFT_CARDS_FREE,
        GUEST_CREDIT,
        PROMOTIONAL_CREDIT,
        GOODWILL_CREDIT,
        DEPOSITS,
        PACKAGES,
    }
)
"""What we owe guests until they use it."""

SALES = (REVENUE, REDUCTIONS)


class Step(StrEnum):
    """Where on the bridge a term stands."""

    SOLD = "sold"
    PAID = "paid"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the bridge. `word` is what people read; a tied one is counted from the records too."""

    key: str
    step: Step
    word: str
    tied: bool = False


TERMS = {
    term.key: term
    for term in (
        Term("net-sales", Step.SOLD, "Net sales", True),
        Term("fees", Step.SOLD, "Fees", True),
        Term("sales-back", Step.SOLD, "Sales and fees given back", True),
        Term("tax", Step.SOLD, "Sales tax", True),
        Term("tax-back", Step.SOLD, "Sales tax given back", True),
        Term("tips", Step.SOLD, "Tips", True),
        Term("late-tips", Step.SOLD, "Late tips", True),
        Term("tips-back", Step.SOLD, "Tips given back", True),
        Term("value-sold", Step.SOLD, "Gift cards, packages and deposits sold", True),
        Term("value-back", Step.SOLD, "Stored value given back, less what was returned", True),
        Term("promotional-back", Step.SOLD, "Given back as promotional credit", True),
        Term("goodwill-back", Step.SOLD, "Given back as goodwill credit", True),
        Term("value-used", Step.SOLD, "Stored value used", True),
        Term("promotional-used", Step.SOLD, "Promotional credit used", True),
        Term("goodwill-used", Step.SOLD, "Goodwill credit used", True),
        Term("exchange-back", Step.SOLD, "Given back to be exchanged", True),
        Term("exchange-used", Step.SOLD, "Exchanged", True),
        Term("open", Step.SOLD, "Held on open tickets, change", True),
        Term("cash", Step.PAID, "Cash", True),
        Term("card", Step.PAID, "Cards", True),
        Term("external_card", Step.PAID, "Card slips", True),
        Term("payroll", Step.PAID, "Payroll deductions", True),
        Term("cash-back", Step.PAID, "Cash given back", True),
        Term("card-back", Step.PAID, "Cards given back", True),
        Term("external_card-back", Step.PAID, "Card slips given back", True),
        Term("payroll-back", Step.PAID, "Payroll deductions given back", True),
        Term("cash-tips", Step.PAID, "Cash, late tips", True),
        Term("card-tips", Step.PAID, "Cards, late tips", True),
    )
}
"""The terms that are known by name, in the order of the page."""

_BY_ACCOUNT = {
    "1000-cash": "cash",
    "1100-card-clearing": "card",
    "1110-external-cards": "external_card",
    "1200-payroll-deductions": "payroll",
}

_GIVEN = {PROMOTIONAL_CREDIT: "promotional", GOODWILL_CREDIT: "goodwill"}


@dataclass(frozen=True, slots=True)
class Moved:
    """What one kind of entry did to one account over a period; debits positive."""

    kind: str
    account: str
    account_kind: str
    cents: Cents


@dataclass(frozen=True, slots=True)
class Line:
    """A term with its amount; `records_cents` is the same from tickets, tenders and refunds, when tied."""

    term: Term
    cents: Cents
    records_cents: Cents | None = None

    @property
    def agrees(self) -> bool:
        """True when records and ledger say the same."""
        return self.records_cents is None or self.records_cents == self.cents


@dataclass(frozen=True, slots=True)
class Purse:
    """An account that holds money: what lay there, what payments and other movements did, what lies there."""

    account: str
    name: str
    before_cents: Cents
    paid: tuple[Line, ...]
    moved: tuple[Line, ...]

    @property
    def after_cents(self) -> Cents:
        """What the account holds at the end."""
        return Cents(self.before_cents + sum(line.cents for line in (*self.paid, *self.moved)))


@dataclass(frozen=True, slots=True)
class Bridge:
    """Sold, paid, and where the money lies."""

    sold: tuple[Line, ...]
    paid: tuple[Line, ...]
    purses: tuple[Purse, ...]

    @property
    def sold_cents(self) -> Cents:
        """All that was to be paid."""
        return Cents(sum(line.cents for line in self.sold))

    @property
    def paid_cents(self) -> Cents:
        """All that was paid."""
        return Cents(sum(line.cents for line in self.paid))

    @property
    def differences(self) -> tuple[Line, ...]:
        """Terms of which records and ledger say different amounts."""
        return tuple(line for line in (*self.sold, *self.paid) if not line.agrees)

    @property
    def agrees(self) -> bool:
        """True when it closes to zero and every term is confirmed by the records."""
        return self.sold_cents == self.paid_cents and not self.differences


def is_payment(moved: Iterable[Moved]) -> bool:
    """True for a kind of entry by which guests pay or are paid back; given all it did.

    What touches neither sales, tax, stored value nor open tickets only moves money that we have: a deposit
    at the bank, change fetched for the drawer, tips paid out, cash over or short.
    """
    rows = list(moved)
    if any(_known_payment(row.kind) for row in rows):
        return True
    return any(
        row.account in (*SALES, FEES, TENDERED, EXCHANGES)
        or row.account in STORED_VALUE
        or _is_tax(row.account)
        for row in rows
    )


def _known_payment(kind: str) -> bool:
    return kind in (SETTLED, *GIVEN_BACK) or kind.startswith(LATE_TIP) or TENDERED_KINDS in kind


def _is_tax(account: str) -> bool:
    return account.startswith(TAX_PAYABLE)


def term_of(kind: str, account: str, account_kind: str, *, payment: bool) -> Term:
    """The one term of the bridge that a posting belongs to."""
    if not payment:
        return Term(f"moved:{kind}:{account}", Step.MOVED, in_words(kind))
    key = _paid_key(kind, account) if account_kind == "asset" else _sold_key(kind, account)
    if key is not None:
        return TERMS[key]
    if account_kind == "asset":
        return Term(f"paid:{kind}:{account}", Step.PAID, in_words(kind))
    return Term(f"sold:{kind}", Step.SOLD, in_words(kind))


def _sold_key(kind: str, account: str) -> str | None:
    if account == TENDERED:
        return "open"
    if kind == SETTLED:
        return _settled_key(account)
    if kind in GIVEN_BACK:
        return _refunded_key(account)
    if account == TIPS and kind.startswith(LATE_TIP):
        return "late-tips"
    return _value_key(account, "used") if TENDERED_KINDS in kind else None


def _value_key(account: str, what: str) -> str | None:
    """Credit that was given away stands apart from what guests paid for, and what is exchanged from both."""
    if account == EXCHANGES:
        return f"exchange-{what}"
    return f"{_GIVEN.get(account, 'value')}-{what}" if account in STORED_VALUE else None


def _settled_key(account: str) -> str | None:
    if account in SALES:
        return "net-sales"
    if _is_tax(account):
        return "tax"
    return {FEES: "fees", TIPS: "tips"}.get(account, "value-sold" if account in STORED_VALUE else None)


def _refunded_key(account: str) -> str | None:
    if account in (*SALES, FEES):
        return "sales-back"
    if _is_tax(account):
        return "tax-back"
    return {TIPS: "tips-back"}.get(account) or _value_key(account, "back")


def _paid_key(kind: str, account: str) -> str | None:
    way = _BY_ACCOUNT.get(account)
    if way is None:
        return None
    tail = "-back" if kind in GIVEN_BACK else "-tips" if kind.startswith(LATE_TIP) else ""
    if not tail and TENDERED_KINDS not in kind:
        return None
    return f"{way}{tail}" if f"{way}{tail}" in TERMS else None


def in_words(kind: str) -> str:
    """A kind of entry as people read it: `paid-out` is Paid out."""
    words = kind.replace("external_card", "card slip")
    return words.replace("-", " ").replace("_", " ").capitalize()


def bridge_of(
    moved: Sequence[Moved],
    records: Mapping[str, Cents],
    purses: Sequence[tuple[str, str, Cents]],
) -> Bridge:
    """Put every posting of a period on the bridge.

    `records` are the amounts of tied terms as tickets, tenders and refunds give them, by key, a missing one
    being zero; `purses` the accounts that hold money, with name and what they held before.
    """
    by_kind: dict[str, list[Moved]] = {}
    for row in moved:
        by_kind.setdefault(row.kind, []).append(row)
    payments = {kind for kind, rows in by_kind.items() if is_payment(rows)}
    found: dict[Step, dict[Term, int]] = {step: {} for step in Step}
    inside: dict[str, dict[Term, int]] = {}
    for row in moved:
        term = term_of(row.kind, row.account, row.account_kind, payment=row.kind in payments)
        holds_money = row.account_kind == "asset"
        if holds_money:
            purse = inside.setdefault(row.account, {})
            purse[term] = purse.get(term, 0) + row.cents
        if term.step is not Step.MOVED:
            sign = 1 if holds_money else -1
            found[term.step][term] = found[term.step].get(term, 0) + sign * row.cents
    return Bridge(
        _lines(found[Step.SOLD], records, Step.SOLD),
        _lines(found[Step.PAID], records, Step.PAID),
        tuple(
            Purse(code, name, before, *_parts(inside.get(code, {})))
            for code, name, before in purses
            if before or code in inside
        ),
    )


def _lines(found: Mapping[Term, int], records: Mapping[str, Cents], step: Step) -> tuple[Line, ...]:
    """Known terms that the period touched, in their order, then others that are not nothing."""
    lines = [
        Line(term, Cents(found.get(term, 0)), records.get(term.key, Cents(0)))
        for term in TERMS.values()
        if term.step is step and (term in found or records.get(term.key))
    ]
    others = sorted(
        (term for term in found if term.key not in TERMS and found[term]), key=lambda term: term.word
    )
    return (*lines, *(Line(term, Cents(found[term])) for term in others))


def _parts(found: Mapping[Term, int]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    order = {key: number for number, key in enumerate(TERMS)}
    terms = sorted(found, key=lambda term: (order.get(term.key, len(order)), term.word))
    lines = [Line(term, Cents(found[term])) for term in terms]
    return (
        tuple(line for line in lines if line.term.step is not Step.MOVED),
        tuple(line for line in lines if line.term.step is Step.MOVED),
    )
