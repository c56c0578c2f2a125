"""Writing what we owe guests. What checkout calls is named in the card of this capability."""

from spa_pos.stored_value.actions.cards import (
    check_card_line,
    issue_gift_card,
    issue_promotional_card,
    reload_gift_card,
)
from spa_pos.stored_value.actions.codes import (
    ImportedCards,
    give_code,
    import_cards,
    may_make_code,
    new_code,
    try_code,
)
from spa_pos.stored_value.actions.common import MANAGERS, Issued, Redeemed
from spa_pos.stored_value.actions.credit import forfeit_deposit, move_deposit, refund_to, take_deposit
from spa_pos.stored_value.actions.deliveries import (
    can_open,
    check_gift,
    hand_to_outbox,
    open_gift,
    send_gift_card,
)
from spa_pos.stored_value.actions.gifts import expire_gift, expire_gifts, grant_credit
from spa_pos.stored_value.actions.orders import Ordered, forget_orders, order_gift, order_paid, order_tried
from spa_pos.stored_value.actions.packages import add_plan, end_plan, sell_package
from spa_pos.stored_value.actions.spend import draw_visit, redeem, take_back, unredeem
from spa_pos.stored_value.actions.terms import set_idle_years
from spa_pos.stored_value.actions.transfers import move_card_to_credit, replace_card, transfer_card

__all__ = [
    "MANAGERS",
    "ImportedCards",
    "Issued",
    "Ordered",
    "Redeemed",
    "add_plan",
    "can_open",
    "check_card_line",
    "check_gift",
    "draw_visit",
    "end_plan",
    "expire_gift",
    "expire_gifts",
    "forfeit_deposit",
    "forget_orders",
    "give_code",
    "grant_credit",
    "hand_to_outbox",
    "import_cards",
    "issue_gift_card",
    "issue_promotional_card",
    "may_make_code",
    "move_card_to_credit",
    "move_deposit",
    "new_code",
    "open_gift",
    "order_gift",
    "order_paid",
    "order_tried",
    "redeem",
    "refund_to",
    "reload_gift_card",
    "replace_card",
    "sell_package",
    "send_gift_card",
    "set_idle_years",
    "take_back",
    "take_deposit",
    "transfer_card",
    "try_code",
    "unredeem",
]
