"""Sign-in: count the try, look at the PIN outside any transaction, then open the session."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid
from spa_pos.people.actions import NewSession, begin_pin_try, begin_session, note_miss
from spa_pos.people.pins import pin_matches
from spa_pos.people.queries import KnownDevice, pin_holder, pin_tries
from spa_pos.people.rules import check_pin_shape, tries_left


async def sign_in(
    somebody: Actor, *, staff_id: UUID, pin: str, device: KnownDevice, secret: str, now: datetime
) -> NewSession:
    """Open a session for a person at a device.

    Raises:
        Invalid: `pin-unreadable`, or `pin-wrong` with the tries that are left.
        NotFound: `staff-unknown`.
        TooMany: `pin-too-soon`, `pin-locked` or `device-locked`.
    """
    check_pin_shape(pin)
    member, pin_hash = await pin_holder(staff_id, device.location_id)
    actor = replace(somebody, staff_id=member.id, name=member.name, role=member.role, device_id=device.id)
    pin_try = await begin_pin_try(staff_id=staff_id, device=device, now=now)
    if not await pin_matches(pin, pin_hash, staff_id, secret):
        await note_miss(actor, now=now)
        left = tries_left(await pin_tries(staff_id, device.id, now=now), now=now)
        tries = (
            f"{left} {'try' if left == 1 else 'tries'} left" if left else "this name is locked for 30 minutes"
        )
        raise Invalid("pin-wrong", f"That PIN is not right; {tries}.", tries_left=left)
    return await begin_session(actor, device=device, pin_try=pin_try, now=now)
