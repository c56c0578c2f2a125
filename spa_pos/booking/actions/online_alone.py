"""One booking under way for each guest: who proves an address lets go of what it holds elsewhere.

What is being paid elsewhere stays, and until that has ended nothing else of that guest is booked.
"""

from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.common import tell_boards
from spa_pos.booking.queries.online import (
    OnlineView,
    is_paid_now,
    online_booking,
    pays_elsewhere,
    under_way_of,
)
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.online import paying_elsewhere
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
    """What is held elsewhere under an address that was proved here is free; True when anything was freed.

    Inside an action. Nobody lets go of anything by typing an address: that would free the times of others.
    Nor of a time for which a card may still be charged.
    """
    freed = False
    for other in await under_way_of(address, but=booking_id):
        seen = await online_booking(other, for_update=True)
        if seen is None or seen.is_booked or await is_paid_now(seen.first, now):
            continue
        await let_go(actor, seen, now)
        freed = True
    return freed


async def check_pays_nowhere_else(booking_id: UUID, address: str, now: datetime) -> None:
    """Inside an action that books: whoever gives a card in another browser ends that first.

    Raises:
        Conflict: `paying-elsewhere`.
    """
    for other in await under_way_of(address, but=booking_id):
        await online_booking(other, for_update=True)
    if await pays_elsewhere(address, but=booking_id, now=now):
        raise paying_elsewhere()


@action
async def hold_alone(actor: Actor, *, booking_id: UUID, address: str, now: datetime) -> bool:
    """This browser has proved an address: its booking is the only one under way from now on.

    True when another one was let go. A booking that holds nothing any more lets go of nothing.
    """
    seen = await online_booking(booking_id, for_update=True)
    if seen is None or not seen.hold.left(now):
        return False
    return await let_others_go(actor, booking_id, address, now)
