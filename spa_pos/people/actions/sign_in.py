"""Devices, PIN tries and sessions."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, insert, lock
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Gone, Invalid, TooMany
from spa_pos.kernel.ids import uuid7
from spa_pos.people.actions.audit import record
from spa_pos.people.pins import token_hash
from spa_pos.people.queries import KnownDevice, device_misses, pin_tries
from spa_pos.people.rules import (
    check_device_tries,
    pin_pause,
)
from spa_pos.people.tables import (
    Device,
    EnrolmentCode,
    PinAttempt,
    StaffSession,
)

CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What an enrolment code is made of: nothing that reads like something else, and letters among the
digits, so that no code passes for a card number."""
CODE_LIFE = timedelta(minutes=15)
SEEN_STEP = timedelta(seconds=15)
"""A session's last sign of life is written at most this often."""


@action
async def make_enrolment_code(
    *, location_id: UUID, device_name: str, made_by: str, now: datetime, kind: str = "desk"
) -> str:
    """A one-time code, good for 15 minutes, with which one browser becomes an enrolled device.

    The `kind` is `desk`, or `lobby` for the tablet where guests check in.
    """
    name = device_name.strip()
    if not 1 <= len(name) <= 40:
        raise Invalid("device-name", "A device name has 1 to 40 letters.", field="name")
    code = "-".join("".join(secrets.choice(CODE_SIGNS) for _ in range(4)) for _ in range(3))
    await insert(
        EnrolmentCode,
        id=uuid7(now),
        location=location_id,
        code_hash=token_hash(code),
        device_name=name,
        made_by=made_by,
        device_kind=kind,
        expires_at=now + CODE_LIFE,
    )
    return code


@action
async def enrol_device(*, code: str, now: datetime) -> str:
    """Use up a code and give the new device's secret, which is stored hashed.

    Raises:
        Gone: `code-unknown`: wrong, used or expired, all answered alike.
    """
    row = await fetch_one(
        "UPDATE enrolment_code SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2"
        " RETURNING location, device_name, made_by, device_kind",
        token_hash(code.strip().upper()),
        now,
    )
    if row is None:
        raise Gone("code-unknown", "That code is not valid any more. Ask a manager for a new one.")
    return await add_device(
        location_id=row["location"],
        name=row["device_name"],
        enrolled_by=row["made_by"],
        now=now,
        kind=row["device_kind"],
    )


@action
async def add_device(
    *, location_id: UUID, name: str, enrolled_by: str, now: datetime, kind: str = "desk"
) -> str:
    """Enrol a device and give its secret."""
    secret = secrets.token_urlsafe(32)
    device_id = uuid7(now)
    await insert(
        Device,
        id=device_id,
        location=location_id,
        name=name,
        secret_hash=token_hash(secret),
        enrolled_at=now,
        enrolled_by=enrolled_by,
        kind=kind,
    )
    return secret


@action
async def begin_pin_try(*, staff_id: UUID, device: KnownDevice, now: datetime) -> int:
    """Count a try before the PIN is looked at, and give its number; it is a miss until told otherwise.

    Raises:
        TooMany: `pin-locked`, `pin-too-soon` or `device-locked`, with `until` among the facts.
    """
    await lock(f"pin:{device.id}")
    check_device_tries(await device_misses(device.id, now=now))
    tries = await pin_tries(staff_id, device.id, now=now)
    until = pin_pause(tries, now=now)
    if until is not None:
        seconds = max(1, round((until - now).total_seconds()))
        if seconds > 60:
            sentence = f"Too many wrong PINs. This name opens again here in {seconds // 60 + 1} minutes."
            raise TooMany("pin-locked", sentence, until=until)
        raise TooMany("pin-too-soon", f"Wait {seconds} seconds, then try again.", until=until)
    return int(await insert(PinAttempt, staff=staff_id, device=device.id, tried_at=now, succeeded=False))


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just begun; the token goes into the cookie and is not kept."""

    session_id: UUID
    token: str


@action
async def begin_session(actor: Actor, *, device: KnownDevice, pin_try: int, now: datetime) -> NewSession:
    """Sign a person in at a device; whoever was signed in there is signed out."""
    if actor.staff_id is None:
        raise ValueError("a session belongs to a person")
    await fetch("UPDATE pin_attempt SET succeeded = true WHERE id = $1", pin_try)
    await fetch(
        "UPDATE staff_session SET ended_at = $2 WHERE device = $1 AND ended_at IS NULL", device.id, now
    )
    token = secrets.token_urlsafe(32)
    session_id = uuid7(now)
    await insert(
        StaffSession,
        id=session_id,
        token_hash=token_hash(token),
        device=device.id,
        staff=actor.staff_id,
        started_at=now,
        seen_at=now,
    )
    await record(actor, verb="signed in", subject_kind="staff", subject=actor.staff_id, now=now)
    return NewSession(session_id, token)


@action
async def note_miss(actor: Actor, *, now: datetime) -> None:
    """A wrong PIN leaves a line in the audit trail."""
    if actor.staff_id is not None:
        await record(actor, verb="mistyped the PIN", subject_kind="staff", subject=actor.staff_id, now=now)


@action
async def touch_session(session_id: UUID, *, now: datetime) -> None:
    """Note that a session is alive; written every few seconds at most."""
    await fetch(
        "UPDATE staff_session SET seen_at = $2 WHERE id = $1 AND seen_at < $3",
        session_id,
        now,
        now - SEEN_STEP,
    )


@action
async def end_session(actor: Actor, *, session_id: UUID, now: datetime) -> None:
    """Lock: the session's row is dead at once, whatever cookie still goes around."""
    await fetch("UPDATE staff_session SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL", session_id, now)
    if actor.staff_id is not None:
        await record(actor, verb="locked", subject_kind="staff", subject=actor.staff_id, now=now)
