"""Reading tickets, and what can be given back of them."""

from spa_pos.checkout.queries.refunds import (
    RefundHead,
    RefundPartView,
    Sold,
    due_parts,
    parts_of,
    refund,
    refund_lines,
    refunded_by,
    refunds_of,
    sold,
    tender_word,
)
from spa_pos.checkout.queries.tickets import (
    DiscountView,
    LineView,
    TenderView,
    TicketHead,
    TicketView,
    TipView,
    open_ticket_of,
    open_tickets,
    ticket,
)

__all__ = [
    "DiscountView",
    "LineView",
    "RefundHead",
    "RefundPartView",
    "Sold",
    "TenderView",
    "TicketHead",
    "TicketView",
    "TipView",
    "due_parts",
    "open_ticket_of",
    "open_tickets",
    "parts_of",
    "refund",
    "refund_lines",
    "refunded_by",
    "refunds_of",
    "sold",
    "tender_word",
    "ticket",
]
