"""Writing tickets: every verb locks the ticket first, then looks, then writes."""

from spa_pos.checkout.actions.refunds import (
    close_refund,
    give_back_otherwise,
    open_refund,
    record_given_back,
)
from spa_pos.checkout.actions.tenders import (
    CARD_PURPOSE,
    Taken,
    begin_card,
    record_card,
    record_paid_attempt,
    take_cash,
    undo_tender,
)
from spa_pos.checkout.actions.tickets import add_product, open_ticket, remove_line, settle_ticket, void_ticket

__all__ = [
    "CARD_PURPOSE",
    "Taken",
    "add_product",
    "begin_card",
    "close_refund",
    "give_back_otherwise",
    "open_refund",
    "open_ticket",
    "record_card",
    "record_given_back",
    "record_paid_attempt",
    "remove_line",
    "settle_ticket",
    "take_cash",
    "undo_tender",
    "void_ticket",
]
