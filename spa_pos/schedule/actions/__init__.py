"""Writing the schedule: each verb one transaction, for managers and owners, told to the boards."""

from spa_pos.schedule.actions.hours import (
    remove_opening_hours,
    remove_special_day,
    set_opening_hours,
    set_special_day,
)
from spa_pos.schedule.actions.shifts import (
    add_shift_exception,
    add_time_off,
    remove_shift_exception,
    remove_time_off,
    set_shift_pattern,
    set_work_limit,
    undo_shift_pattern,
)
from spa_pos.schedule.actions.things import (
    add_resource,
    bring_back,
    put_out_of_use,
    reinstate_resource,
    retire_resource,
)

__all__ = [
    "add_resource",
    "add_shift_exception",
    "add_time_off",
    "bring_back",
    "put_out_of_use",
    "reinstate_resource",
    "remove_opening_hours",
    "remove_shift_exception",
    "remove_special_day",
    "remove_time_off",
    "retire_resource",
    "set_opening_hours",
    "set_shift_pattern",
    "set_special_day",
    "set_work_limit",
    "undo_shift_pattern",
]
