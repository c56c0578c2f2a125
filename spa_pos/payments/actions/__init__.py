"""Everything payments write."""

from spa_pos.payments.actions.attempts import (
    PaidHandlers,
    open_attempt,
    put_off,
    record_created,
    record_never_created,
    record_outcome,
    record_submitted,
    register_reader,
)
from spa_pos.payments.actions.compare import record_card_day, record_card_day_failed, settle_difference
from spa_pos.payments.actions.inbox import claim_events, finish_event, postpone_event, receive_event
from spa_pos.payments.actions.on_file import (
    KeptHandler,
    agree_to_keep_card,
    card_forgotten,
    record_setup,
    remember_customer,
    remove_card,
    setup_created,
)
from spa_pos.payments.actions.payroll import sign_for_payroll, withdraw_from_payroll
from spa_pos.payments.actions.terms import end_card_term, set_card_term

__all__ = [
    "KeptHandler",
    "PaidHandlers",
    "agree_to_keep_card",
    "card_forgotten",
    "claim_events",
    "end_card_term",
    "finish_event",
    "open_attempt",
    "postpone_event",
    "put_off",
    "receive_event",
    "record_card_day",
    "record_card_day_failed",
    "record_created",
    "record_never_created",
    "record_outcome",
    "record_setup",
    "record_submitted",
    "register_reader",
    "remember_customer",
    "remove_card",
    "set_card_term",
    "settle_difference",
    "setup_created",
    "sign_for_payroll",
    "withdraw_from_payroll",
]
