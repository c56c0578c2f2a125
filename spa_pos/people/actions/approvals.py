"""A second person's yes: given with their PIN, spent by the act it was given for (RELIABILITY.md §5.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, fetch_value, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, NotAllowed
from spa_pos.kernel.money import Cents
from spa_pos.people.actions.audit import record
from spa_pos.people.tables import Approval

APPROVERS = (Role.MANAGER, Role.OWNER)
APPROVAL_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Approved:
    """Who said yes, for the row and the audit line of the act."""

    id: UUID
    by_name: str
    by_role: Role


def check_approver(staff_id: UUID, role: Role, asked_by: UUID | None) -> None:
    """A manager or the owner approves, and never what they ask for themselves.

    Raises:
        NotAllowed: `approver-self`, `approver-role`.
    """
    if staff_id == asked_by:
        raise NotAllowed("approver-self", "Somebody else has to approve this, with their own PIN.")
    if role not in APPROVERS:
        raise NotAllowed("approver-role", "A manager has to approve this. Choose one and type their PIN.")


async def approval_given(approval_id: UUID) -> bool:
    """True when this very form brought its approval before."""
    return await fetch_value("SELECT id FROM approval WHERE id = $1", approval_id) is not None


@action
async def give_approval(
    asked_by: Actor,
    *,
    approval_id: UUID,
    approver: Actor,
    pin_try: int,
    verb: str,
    subject: UUID,
    amount_cents: Cents | None,
    now: datetime,
) -> UUID:
    """Write the yes down; the PIN was looked at before."""
    await fetch("UPDATE pin_attempt SET succeeded = true WHERE id = $1", pin_try)
    await insert(
        Approval,
        id=approval_id,
        location=asked_by.location_id,
        approver=approver.staff_id,
        asked_by=asked_by.staff_id,
        device=asked_by.device_id,
        verb=verb,
        subject=subject,
        amount_cents=amount_cents,
        made_at=now,
    )
    await record(
        approver,
        verb="approved",
        subject_kind="approval",
        subject=subject,
        now=now,
        after={
            "approval": approval_id,
            "of": verb,
            "asked_by": asked_by.name,
            "amount_cents": amount_cents,
        },
    )
    return approval_id


@action
async def use_approval(
    actor: Actor, approval_id: UUID, *, verb: str, subject: UUID, amount_cents: Cents | None, now: datetime
) -> Approved:
    """Spend a yes on the act it was given for, once, within a minute, by the same person at the same device.

    Raises:
        Conflict: `approval-not-for-this`: used, too old, or given for something else.
    """
    row = await fetch_one(
        "UPDATE approval a SET used_at = $2 FROM staff s WHERE a.id = $1 AND s.id = a.approver"
        " AND a.used_at IS NULL AND a.made_at > $3 AND a.verb = $4 AND a.subject = $5"
        " AND a.amount_cents IS NOT DISTINCT FROM $6 AND a.asked_by IS NOT DISTINCT FROM $7"
        " AND a.device IS NOT DISTINCT FROM $8 AND a.location = $9 RETURNING s.name, s.role",
        approval_id,
        now,
        now - APPROVAL_LIFE,
        verb,
        subject,
        amount_cents,
        actor.staff_id,
        actor.device_id,
        actor.location_id,
    )
    if row is None:
        raise Conflict(
            "approval-not-for-this",
            "That approval was used already, is older than a minute, or was given for something else."
            " Ask for it again.",
        )
    return Approved(approval_id, row["name"], Role(row["role"]))
