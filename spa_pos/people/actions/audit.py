"""What every verb writes beside its act: the audit trail, gapless numbers, the role it needs."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from spa_pos.db import action, fetch_value, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import NotAllowed
from spa_pos.people.tables import (
    AuditEvent,
)


@action
async def record(
    actor: Actor,
    *,
    verb: str,
    subject_kind: str,
    subject: UUID,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str | None = None,
) -> None:
    """Write one line of the audit trail, in the transaction of the act itself."""

    def encoded(state: Mapping[str, object] | None) -> str | None:
        return None if state is None else msgspec.json.encode(state, enc_hook=str).decode()

    await insert(
        AuditEvent,
        made_at=now,
        location=actor.location_id,
        staff=actor.staff_id,
        staff_name=actor.name,
        device=actor.device_id,
        request_id=actor.request_id,
        verb=verb,
        subject_kind=subject_kind,
        subject=subject,
        before=encoded(before),
        after=encoded(after),
        reason=reason,
    )


@action
async def next_number(place: UUID, name: str) -> int:
    """The next of a gapless row of numbers; given back when the action fails."""
    return int(
        await fetch_value(
            "INSERT INTO counter (place, name, value) VALUES ($1, $2, 1)"
            " ON CONFLICT (place, name) DO UPDATE SET value = counter.value + 1 RETURNING value",
            place,
            name,
        )
    )


def need_role(actor: Actor, *roles: Role) -> None:
    """Refuse everybody but these roles; owners may do what managers may.

    Raises:
        NotAllowed: `role-missing`.
    """
    allowed = set(roles) | ({Role.OWNER} if Role.MANAGER in roles else set())
    if actor.role not in allowed:
        raise NotAllowed("role-missing", "Your role does not cover this. Ask a manager to sign in here.")
