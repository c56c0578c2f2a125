"""Open times and the life of an appointment; pure."""

from spa_pos.booking.rules.slots import (
    DaySupply,
    Needs,
    ProviderSupply,
    Slot,
    SuggestedSlot,
    ThingSupply,
    best_times,
    free_gaps,
    open_times,
    slot_at,
)
from spa_pos.booking.rules.visits import Status, board_topic, check_may_check_in, check_status, check_version

__all__ = [
    "DaySupply",
    "Needs",
    "ProviderSupply",
    "Slot",
    "Status",
    "SuggestedSlot",
    "ThingSupply",
    "best_times",
    "board_topic",
    "check_may_check_in",
    "check_status",
    "check_version",
    "free_gaps",
    "open_times",
    "slot_at",
]
