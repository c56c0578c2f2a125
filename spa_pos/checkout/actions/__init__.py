"""Writing tickets: every verb locks the ticket first, then looks, then writes."""

from spa_pos.checkout.actions.cards import CARD_PURPOSE, begin_card, record_card, record_paid_attempt
from spa_pos.checkout.actions.lines import add_product, remove_line
from spa_pos.checkout.actions.refunds import (
    close_refund,
    give_back_otherwise,
    open_refund,
    record_given_back,
)
from spa_pos.checkout.actions.settle import settle_ticket
from spa_pos.checkout.actions.tenders import Taken, take_cash, undo_tender
from spa_pos.checkout.actions.tickets import open_ticket, void_ticket

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
