"""Does what was sold agree with the books, from sale to bank; the books as files. Pure."""

from spa_pos.reports.rules.bridge import (
    TERMS,
    Bridge,
    Moved,
    Purse,
    Step,
    Term,
    bridge_of,
    is_payment,
    term_of,
)
from spa_pos.reports.rules.journal import (
    Journal,
    JournalAccount,
    JournalEntry,
    JournalPosting,
    beancount,
    hledger,
)
from spa_pos.reports.rules.sales import (
    TAKEN,
    Books,
    SalesCell,
    TaxRow,
    TenderRow,
    Tie,
    ties,
)
from spa_pos.reports.rules.staff_discounts import CLASSES, Shares, StaffDiscount, class_of, groups

__all__ = [
    "CLASSES",
    "TAKEN",
    "TERMS",
    "Books",
    "Bridge",
    "Journal",
    "JournalAccount",
    "JournalEntry",
    "JournalPosting",
    "Moved",
    "Purse",
    "SalesCell",
    "Shares",
    "StaffDiscount",
    "Step",
    "TaxRow",
    "TenderRow",
    "Term",
    "Tie",
    "beancount",
    "bridge_of",
    "class_of",
    "groups",
    "hledger",
    "is_payment",
    "term_of",
    "ties",
]
