"""Writing appointments: each verb one transaction, each act in the audit trail."""

from spa_pos.booking.actions.block import BlockKind, add_block, remove_block, restore_block
from spa_pos.booking.actions.book import (
    MOST_IN_A_PARTY,
    Booked,
    BookingItem,
    book_appointment,
    book_party,
    confirm_hold,
    expire_holds,
    hold_appointment,
)
from spa_pos.booking.actions.common import UNPROVEN_GROUP
from spa_pos.booking.actions.end import (
    cancel_appointment,
    cancel_party,
    mark_no_show,
    restore_appointment,
    restore_party,
    undo_booking,
    undo_party_booking,
    waive_fee,
)
from spa_pos.booking.actions.move import (
    MoveItem,
    move_appointment,
    move_party,
    resize_appointment,
)
from spa_pos.booking.actions.visit import (
    Late,
    Proof,
    check_in,
    complete_visit,
    confirm_appointment,
    start_service,
    unconfirm_appointment,
    undo_check_in,
    undo_start,
)
from spa_pos.booking.actions.walk_in import walk_in

__all__ = [
    "MOST_IN_A_PARTY",
    "UNPROVEN_GROUP",
    "BlockKind",
    "Booked",
    "BookingItem",
    "Late",
    "MoveItem",
    "Proof",
    "add_block",
    "book_appointment",
    "book_party",
    "cancel_appointment",
    "cancel_party",
    "check_in",
    "complete_visit",
    "confirm_appointment",
    "confirm_hold",
    "expire_holds",
    "hold_appointment",
    "mark_no_show",
    "move_appointment",
    "move_party",
    "remove_block",
    "resize_appointment",
    "restore_appointment",
    "restore_block",
    "restore_party",
    "start_service",
    "unconfirm_appointment",
    "undo_booking",
    "undo_check_in",
    "undo_party_booking",
    "undo_start",
    "waive_fee",
    "walk_in",
]
