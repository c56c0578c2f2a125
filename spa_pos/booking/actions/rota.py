"""Changing the schedule above bookings: what a change hits is known before it is kept."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from spa_pos.booking.queries.hits import Hit, hits
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.people.actions import set_credential, set_gender
from spa_pos.schedule import actions as schedule

CHANGES: Mapping[str, Callable[..., Awaitable[object]]] = {
    verb.__name__: verb
    for verb in (
        schedule.add_resource,
        schedule.add_shift_exception,
        schedule.add_time_off,
        schedule.bring_back,
        schedule.put_out_of_use,
        schedule.reinstate_resource,
        schedule.remove_opening_hours,
        schedule.remove_shift_exception,
        schedule.remove_special_day,
        schedule.remove_time_off,
        schedule.retire_resource,
        schedule.set_opening_hours,
        schedule.set_shift_pattern,
        schedule.set_special_day,
        schedule.set_work_limit,
        schedule.undo_shift_pattern,
        set_credential,
        set_gender,
    )
}
"""The changes of the schedule, and of people, that bookings may be hit by."""

NEVER_ANYWAY = frozenset({"retire_resource"})
"""What is refused as long as it hits a booking."""


class BookingsHit(Conflict):
    """A change was not made, as bookings would no longer fit; `hits` says which and why."""

    def __init__(self, found: list[Hit], *, may_save: bool) -> None:
        count = "1 booking" if len(found) == 1 else f"{len(found)} bookings"
        then = "Save anyway and move them later, or leave it." if may_save else "Move them first."
        super().__init__("bookings-hit", f"This hits {count}. Nothing was changed yet. {then}")
        self.hits = found
        self.may_save = may_save


@action
async def change_schedule(
    actor: Actor, *, change: str, asked: Mapping[str, Any], anyway: bool, now: datetime
) -> None:
    """Make a change of the schedule, unless bookings would no longer fit and nobody said `anyway`.

    `change` is one of `CHANGES`, `asked` what it is asked. Bookings that did not fit before do not count.

    Raises:
        BookingsHit: `bookings-hit`; nothing was changed.
        Refusal: what the change itself refuses.
    """
    if anyway and change not in NEVER_ANYWAY:
        await CHANGES[change](actor, now=now, **asked)
        return
    before = _known(await hits(actor.location_id, actor.zone, now=now))
    await CHANGES[change](actor, now=now, **asked)
    after = await hits(actor.location_id, actor.zone, now=now)
    new = [one for one in after if _known([one]) - before]
    if new:
        raise BookingsHit(new, may_save=change not in NEVER_ANYWAY)


def _known(found: list[Hit]) -> set[tuple[object, str]]:
    return {(one.appointment_id, reason.code) for one in found for reason in one.reasons}
