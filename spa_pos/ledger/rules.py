"""What a balanced entry is, and the accounts it may touch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spa_pos.kernel.money import Cents

CASH = "1000-cash"
CASH_FOR_BANK = "1010-cash-for-bank"
CARD_CLEARING = "1100-card-clearing"
TENDERED = "2300-tendered"
EXCHANGES = "2310-exchanges"
EXTERNAL_CARDS = "1110-external-cards"
PAYROLL = "1200-payroll-deductions"
TAX_PAYABLE = "2200-sales-tax"
TIPS = "2500-tips"
FEES = "4100-fees"
GIFT_CARDS = "2400-gift-cards"
GIFT_CARDS_FREE = "2410-gift-cards-free"
GUEST_CREDIT = "2420-guest-credit"
PROMOTIONAL_CREDIT = "2421-promotional-credit"
GOODWILL_CREDIT = "2422-goodwill-credit"
DEPOSITS = "2430-deposits"
PACKAGES = "2440-packages"
FLOATS = "2600-floats"
REVENUE = "4000-sales"
DEPOSITS_KEPT = "4120-deposits-kept"
OTHER_INCOME = "4300-other-income"
REDUCTIONS = "4900-reductions"
PROMOTIONS = "4910-promotions"
GOODWILL = "4920-goodwill"
OVER_SHORT = "6100-over-short"
SMALL_EXPENSES = "6200-small-expenses"

CHART: tuple[tuple[str, str, str], ...] = (
    (CASH, "Cash in drawers", "asset"),
    (CASH_FOR_BANK, "Cash on its way to the bank", "asset"),
    (CARD_CLEARING, "Card payments on their way to the bank", "asset"),
    (EXTERNAL_CARDS, "Card slips of another terminal", "asset"),
    (PAYROLL, "Payroll deductions to come", "asset"),
    (TENDERED, "Tendered on open tickets", "liability"),
    (EXCHANGES, "Given back to be exchanged, not used yet", "liability"),
    (TIPS, "Tips owed to providers", "liability"),
    (FEES, "Fees for visits that did not take place", "revenue"),
    (GIFT_CARDS, "Owed on gift cards that were paid for", "liability"),
    (GIFT_CARDS_FREE, "Owed on gift cards that were given away", "liability"),
    (GUEST_CREDIT, "Owed to guests as credit they paid for", "liability"),
    (PROMOTIONAL_CREDIT, "Owed to guests as promotional credit", "liability"),
    (GOODWILL_CREDIT, "Owed to guests as goodwill credit", "liability"),
    (DEPOSITS, "Deposits for visits to come", "liability"),
    (PACKAGES, "Owed on visits of packages", "liability"),
    (FLOATS, "Floats that the house lends to drawers", "liability"),
    (REVENUE, "Sales at list price", "revenue"),
    (DEPOSITS_KEPT, "Deposits that guests lost", "revenue"),
    (OTHER_INCOME, "Other money paid in", "revenue"),
    (REDUCTIONS, "Reductions given", "revenue"),
    (PROMOTIONS, "Value given away in promotions", "revenue"),
    (GOODWILL, "Value given away as goodwill", "revenue"),
    (OVER_SHORT, "Drawers over and short", "expense"),
    (SMALL_EXPENSES, "Paid out of drawers", "expense"),
)
"""Code, name and kind of every account but those for tax, which follow the jurisdictions."""


def tax_account(jurisdiction: str) -> str:
    """The account of sales tax owed to one jurisdiction."""
    return f"{TAX_PAYABLE}:{jurisdiction}"


@dataclass(frozen=True, slots=True)
class NewPosting:
    """A signed amount for one account: debits positive, credits negative."""

    account: str
    amount_cents: Cents
    category: str | None = None
    guest_group: str | None = None


def settle_zeroes(postings: Sequence[NewPosting]) -> list[NewPosting]:
    """The postings of an entry: the same account and dimensions added up, zero amounts left out.

    Raises:
        ValueError: they do not sum to zero. That is a bug, never a person's mistake.
    """
    sums: dict[tuple[str, str | None, str | None], int] = {}
    for posting in postings:
        key = (posting.account, posting.category, posting.guest_group)
        sums[key] = sums.get(key, 0) + posting.amount_cents
    if sum(sums.values()) != 0:
        raise ValueError(f"postings sum to {sum(sums.values())} cents")
    return [
        NewPosting(account, Cents(amount), category, guest_group)
        for (account, category, guest_group), amount in sums.items()
        if amount
    ]


def reversed_postings(postings: Sequence[NewPosting]) -> list[NewPosting]:
    """The same postings with every sign turned."""
    return [replace(posting, amount_cents=Cents(-posting.amount_cents)) for posting in postings]
