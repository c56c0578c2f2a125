"""What a ticket comes to, what can be given back, and what both mean for the books; pure."""

from spa_pos.checkout.rules.refunds import (
    Chosen,
    RefundedLine,
    RefundPart,
    RefundPlan,
    SoldLine,
    SoldTax,
    SoldTender,
    check_may_refund,
    plan_refund,
    postings_for_refund,
)
from spa_pos.checkout.rules.totals import (
    Line,
    Totals,
    cash_amounts,
    check_covered,
    check_not_overpaid,
    postings_for_settlement,
    postings_for_tender,
    quick_cash,
    totals,
)

__all__ = [
    "Chosen",
    "Line",
    "RefundPart",
    "RefundPlan",
    "RefundedLine",
    "SoldLine",
    "SoldTax",
    "SoldTender",
    "Totals",
    "cash_amounts",
    "check_covered",
    "check_may_refund",
    "check_not_overpaid",
    "plan_refund",
    "postings_for_refund",
    "postings_for_settlement",
    "postings_for_tender",
    "quick_cash",
    "totals",
]
