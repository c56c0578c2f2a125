"""What guests do by the link in their messages."""

from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.visit import confirm_appointment
from spa_pos.booking.queries.notices import told_of
from spa_pos.booking.rules import Status
from spa_pos.db import action
from spa_pos.kernel.actor import Actor


@action
async def guest_confirms(actor: Actor, *, appointment_id: UUID, now: datetime) -> int:
    """The guest says by their link that they will be there, at every time of the visit that is to come.

    Said before, it is heard and changes nothing. Gives how many times were confirmed now.
    """
    (one,) = await told_of([appointment_id], for_update=True)
    booked = [each for each in one.times if each.status is Status.BOOKED and each.starts_at > now]
    for each in booked:
        await confirm_appointment(actor, appointment_id=each.id, version=each.version, now=now)
    return len(booked)
