"""Writing tickets: every verb locks the ticket first, then looks, then writes."""

from spa_pos.checkout.actions.card_returns import begin_card_return, record_card_return
from spa_pos.checkout.actions.cards import CARD_PURPOSE, begin_card, record_card, record_paid_attempt
from spa_pos.checkout.actions.deposits import add_deposit, add_fee, charge_fee, open_ticket
from spa_pos.checkout.actions.discounts import (
    clean_promo_code,
    discount,
    remove_discounts,
    set_price,
    use_promo,
)
from spa_pos.checkout.actions.exchanges import Rest, give_exchange_rest, take_exchange
from spa_pos.checkout.actions.given_back import close_refund, give_back_otherwise, record_given_back
from spa_pos.checkout.actions.lines import (
    add_minutes,
    add_product,
    remove_line,
    scan_product,
    set_quantity,
    waive_fee,
)
from spa_pos.checkout.actions.online_deposits import (
    DEPOSIT_PURPOSE,
    begin_deposit_payment,
    record_paid_deposit,
)
from spa_pos.checkout.actions.online_gifts import (
    GIFT_PURPOSE,
    begin_gift_payment,
    gift_delivery_of,
    receipt_of,
    record_paid_gift,
    seller,
)
from spa_pos.checkout.actions.online_visits import (
    begin_visit_payment,
    leave_unpaid,
    leave_visit_payment,
    ticket_by_link,
)
from spa_pos.checkout.actions.packages import take_package_visit
from spa_pos.checkout.actions.payer import set_payer
from spa_pos.checkout.actions.receipts import end_receipt_links, is_live, mail_receipt, share_receipt
from spa_pos.checkout.actions.refunds import APPROVED_AS, VOID_APPROVED_AS, open_refund, void_sale
from spa_pos.checkout.actions.sell import add_gift_card, add_package
from spa_pos.checkout.actions.settle import settle_ticket
from spa_pos.checkout.actions.tenders import Taken, take_cash, undo_tender
from spa_pos.checkout.actions.terms import (
    add_promo,
    ask_for_tips,
    end_promo,
    set_limits,
    set_refund_policy,
)
from spa_pos.checkout.actions.tickets import void_ticket
from spa_pos.checkout.actions.tips import (
    TIP_PURPOSE,
    add_late_tip,
    ask_late_tip_by_card,
    choose_tips,
    record_paid_tip,
    split_tips,
)
from spa_pos.checkout.actions.together import add_visit, park_ticket, resume_ticket
from spa_pos.checkout.actions.value_tenders import take_payroll, take_slip, take_value

__all__ = [
    "APPROVED_AS",
    "CARD_PURPOSE",
    "DEPOSIT_PURPOSE",
    "GIFT_PURPOSE",
    "TIP_PURPOSE",
    "VOID_APPROVED_AS",
    "Rest",
    "Taken",
    "add_deposit",
    "add_fee",
    "add_gift_card",
    "add_late_tip",
    "add_minutes",
    "add_package",
    "add_product",
    "add_promo",
    "add_visit",
    "ask_for_tips",
    "ask_late_tip_by_card",
    "begin_card",
    "begin_card_return",
    "begin_deposit_payment",
    "begin_gift_payment",
    "begin_visit_payment",
    "charge_fee",
    "choose_tips",
    "clean_promo_code",
    "close_refund",
    "discount",
    "end_promo",
    "end_receipt_links",
    "gift_delivery_of",
    "give_back_otherwise",
    "give_exchange_rest",
    "is_live",
    "leave_unpaid",
    "leave_visit_payment",
    "mail_receipt",
    "open_refund",
    "open_ticket",
    "park_ticket",
    "receipt_of",
    "record_card",
    "record_card_return",
    "record_given_back",
    "record_paid_attempt",
    "record_paid_deposit",
    "record_paid_gift",
    "record_paid_tip",
    "remove_discounts",
    "remove_line",
    "resume_ticket",
    "scan_product",
    "seller",
    "set_limits",
    "set_payer",
    "set_price",
    "set_quantity",
    "set_refund_policy",
    "settle_ticket",
    "share_receipt",
    "split_tips",
    "take_cash",
    "take_exchange",
    "take_package_visit",
    "take_payroll",
    "take_slip",
    "take_value",
    "ticket_by_link",
    "undo_tender",
    "use_promo",
    "void_sale",
    "void_ticket",
    "waive_fee",
]
