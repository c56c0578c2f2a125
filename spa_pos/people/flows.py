"""PINs: count the try, look at the PIN outside any transaction, then open the session or approve."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import (
    NewSession,
    approval_given,
    begin_pin_try,
    begin_session,
    check_approver,
    give_approval,
    note_miss,
)
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
    actor, pin_try = await _pin_given(somebody, staff_id, pin, device, secret, now)
    return await begin_session(actor, device=device, pin_try=pin_try, now=now)


async def approve(
    asked_by: Actor,
    *,
    approval_id: UUID,
    approver_id: UUID,
    pin: str,
    device: KnownDevice,
    secret: str,
    verb: str,
    subject: UUID,
    amount_cents: Cents | None,
    now: datetime,
) -> UUID:
    """A second person's yes to one act of somebody signed in here, good once and for a minute.

    It counts for that verb, subject, amount, person and device alone; `use_approval` spends it. Asked
    again with the same id, it gives the first answer.

    Raises:
        Invalid: `pin-unreadable`, or `pin-wrong` with the tries that are left.
        NotAllowed: `approver-self`, `approver-role`.
        NotFound: `staff-unknown`.
        TooMany: `pin-too-soon`, `pin-locked` or `device-locked`.
    """
    if await approval_given(approval_id):
        return approval_id
    member, _ = await pin_holder(approver_id, device.location_id)
    check_approver(member.id, member.role, asked_by.staff_id)
    approver, pin_try = await _pin_given(asked_by, approver_id, pin, device, secret, now)
    return await give_approval(
        asked_by,
        approval_id=approval_id,
        approver=approver,
        pin_try=pin_try,
        verb=verb,
        subject=subject,
        amount_cents=amount_cents,
        now=now,
    )


async def _pin_given(
    somebody: Actor, staff_id: UUID, pin: str, device: KnownDevice, secret: str, now: datetime
) -> tuple[Actor, int]:
    """Whose PIN it is, and the number of the try; a wrong one is refused."""
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
        raise Invalid("pin-wrong", f"That PIN is not right; {tries}.", field="pin", tries_left=left)
    return actor, pin_try
