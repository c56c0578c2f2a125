"""Rows of checkout: sales, and what is given back of them."""

from spa_pos.checkout.tables.refunds import (
    CardReturn,
    Exchange,
    ReceiptLink,
    Refund,
    RefundLine,
    RefundPart,
    RefundTax,
    RefundTip,
)
from spa_pos.checkout.tables.sales import (
    LineDiscount,
    OnePriceSale,
    Promo,
    RegisterTerms,
    Tender,
    Ticket,
    TicketLine,
    TicketTax,
    Tip,
    TipAsk,
    TipChange,
)

__all__ = [
    "CardReturn",
    "Exchange",
    "LineDiscount",
    "OnePriceSale",
    "Promo",
    "ReceiptLink",
    "Refund",
    "RefundLine",
    "RefundPart",
    "RefundTax",
    "RefundTip",
    "RegisterTerms",
    "Tender",
    "Ticket",
    "TicketLine",
    "TicketTax",
    "Tip",
    "TipAsk",
    "TipChange",
]
