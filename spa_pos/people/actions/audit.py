"""What every verb writes beside its act: the audit trail, gapless numbers, the role it needs."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from spa_pos.db import action, at_end, fetch_value
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import NotAllowed

_LINE = (
    "INSERT INTO audit_event (made_at, location, staff, staff_name, device, request_id, verb,"
    " subject_kind, subject, before, after, reason) SELECT * FROM unnest($1::timestamptz[], $2::uuid[],"
    " $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::uuid[],"
    " $10::jsonb[], $11::jsonb[], $12::text[])"
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
    """Write one line of the audit trail, at the end of the transaction of the act itself."""

    def encoded(state: Mapping[str, object] | None) -> str | None:
        return None if state is None else msgspec.json.encode(state, enc_hook=str).decode()

    await at_end(
        _LINE,
        now,
        actor.location_id,
        actor.staff_id,
        actor.name,
        actor.device_id,
        actor.request_id,
        verb,
        subject_kind,
        subject,
        encoded(before),
        encoded(after),
        reason,
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
