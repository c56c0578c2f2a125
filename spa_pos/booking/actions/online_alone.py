"""One booking under way for each guest: who proves an address lets go of what it holds elsewhere."""

from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.common import tell_boards
from spa_pos.booking.queries.online import OnlineView, online_booking, under_way_of
from spa_pos.booking.rules import Status
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor


async def let_go(actor: Actor, seen: OnlineView, now: datetime) -> None:
    """What a booking under way holds is free at once; inside an action."""
    held = [one for one in seen.visits if one.status is Status.HELD]
    if not held:
        return
    ids = [one.id for one in held]
    await fetch(
        "UPDATE appointment SET status = 'expired', ended_at = $2, version = version + 1 WHERE id = ANY($1)",
        ids,
        now,
    )
    await fetch("UPDATE claim SET released = true, held_until = NULL WHERE appointment = ANY($1)", ids)
    await tell_boards(actor, *(one.starts_at for one in held))


async def let_others_go(actor: Actor, booking_id: UUID, address: str, now: datetime) -> bool:
    """What is held elsewhere under an address that was proved here is free; True when there was any.

    Inside an action. Nobody lets go of anything by typing an address: that would free the times of others.

    Raises:
        Conflict: `payment-under-way`, when a card may still be charged for one of them.
    """
    others = await under_way_of(address, but=booking_id)
    for other in others:
        seen = await online_booking(other, for_update=True)
        if seen is not None and not seen.is_booked:
            await let_go(actor, seen, now)
    return bool(others)


@action
async def hold_alone(actor: Actor, *, booking_id: UUID, address: str, now: datetime) -> bool:
    """This browser has proved an address: its booking is the only one under way from now on.

    True when another one was let go. A booking that holds nothing any more lets go of nothing.

    Raises:
        Conflict: `payment-under-way`.
    """
    seen = await online_booking(booking_id, for_update=True)
    if seen is None or not seen.hold.left(now):
        return False
    return await let_others_go(actor, booking_id, address, now)
