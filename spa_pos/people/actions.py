"""Writing people: sign-in, devices, guests, evidence, and the audit trail."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

from spa_pos.db import action, fetch, fetch_one, fetch_value, insert, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Gone, Invalid, NotAllowed, NotFound, TooMany
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.people.pins import token_hash
from spa_pos.people.queries import Group, KnownDevice, device_misses, groups, pin_tries
from spa_pos.people.rules import (
    check_credential,
    check_device_tries,
    clean_email,
    clean_name,
    clean_phone,
    evidence_until,
    pin_pause,
)
from spa_pos.people.tables import (
    AuditEvent,
    Credential,
    Device,
    Eligibility,
    EnrolmentCode,
    Guest,
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
async def make_enrolment_code(*, location_id: UUID, device_name: str, made_by: str, now: datetime) -> str:
    """A one-time code, good for 15 minutes, with which one browser becomes an enrolled device."""
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
        " RETURNING location, device_name, made_by",
        token_hash(code.strip().upper()),
        now,
    )
    if row is None:
        raise Gone("code-unknown", "That code is not valid any more. Ask a manager for a new one.")
    return await add_device(
        location_id=row["location"], name=row["device_name"], enrolled_by=row["made_by"], now=now
    )


@action
async def add_device(*, location_id: UUID, name: str, enrolled_by: str, now: datetime) -> str:
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


@action
async def add_guest(
    actor: Actor,
    *,
    guest_id: UUID,
    given_name: str,
    family_name: str,
    phone: str,
    email: str = "",
    group_code: str,
    now: datetime,
) -> UUID:
    """Add a guest who declares to be of a group; the proof is asked at check-in.

    Raises:
        Invalid: a name, the phone, the e-mail or the group cannot be meant.
    """
    values = {
        "given_name": clean_name(given_name, "first name"),
        "family_name": clean_name(family_name, "last name"),
        "phone": clean_phone(phone),
        "email": clean_email(email),
        "guest_group": (await known_group(group_code)).code,
    }
    number = await next_number(UUID(int=0), "guest")
    await insert(Guest, id=guest_id, number=number, made_at=now, **values)
    await record(actor, verb="added", subject_kind="guest", subject=guest_id, now=now, after=values)
    return guest_id


@action
async def declare_group(actor: Actor, *, guest_id: UUID, group_code: str, now: datetime) -> None:
    """A guest declares another group from now on."""
    group = await known_group(group_code)
    before = await fetch_value("SELECT guest_group FROM guest WHERE id = $1", guest_id)
    if before == group.code:
        return
    await fetch("UPDATE guest SET guest_group = $2 WHERE id = $1", guest_id, group.code)
    await record(
        actor,
        verb="declared a group",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        before={"guest_group": before},
        after={"guest_group": group.code},
    )


@action
async def record_evidence(actor: Actor, *, guest_id: UUID, group_code: str, now: datetime) -> date:
    """The desk saw what proves a group; gives the last day on which it counts."""
    group = await known_group(group_code)
    today = local_date(now, actor.zone)
    until = evidence_until(group.price_tier, today)
    await insert(
        Eligibility,
        id=uuid7(now),
        guest=guest_id,
        guest_group=group.code,
        evidence=group.evidence,
        valid_from=today,
        valid_until=until,
        seen_by=actor.staff_id,
        seen_at=now,
    )
    await record(
        actor,
        verb="saw proof",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        after={"guest_group": group.code, "evidence": group.evidence, "valid_until": until},
    )
    return until


async def known_group(code: str) -> Group:
    """A group by its code.

    Raises:
        Invalid: `group-unknown`.
    """
    for group in await groups():
        if group.code == code:
            return group
    raise Invalid("group-unknown", "Choose who the guest is to us.", field="group")


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


@action
async def set_credential(
    actor: Actor,
    *,
    credential_id: UUID,
    staff_id: UUID,
    kind: str,
    number: str,
    valid_from: date,
    valid_until: date | None,
    now: datetime,
) -> UUID:
    """Add a licence or training of somebody here, or renew or end one; both days count.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `staff-unknown` or `credential-unknown`.
        Invalid: `credential-unreadable` or `ends-before-start`.
    """
    need_role(actor, Role.MANAGER)
    here = "SELECT 1 FROM staff WHERE id = $1 AND location = $2 AND active"
    if not await fetch(here, staff_id, actor.location_id):
        raise NotFound("staff-unknown", "There is nobody of that name here.")
    check_credential(kind, number, valid_from, valid_until)
    before = await fetch_one("SELECT * FROM credential WHERE id = $1 FOR UPDATE", credential_id)
    if before is not None and (before["staff"], before["kind"]) != (staff_id, kind):
        raise NotFound("credential-unknown", "There is no such credential. Look at the list again.")
    values = {"number": number.strip(), "valid_from": valid_from, "valid_until": valid_until}
    if before is None:
        await insert(Credential, id=credential_id, staff=staff_id, kind=kind, **values)
    else:
        await fetch(
            "UPDATE credential SET number = $2, valid_from = $3, valid_until = $4 WHERE id = $1",
            credential_id,
            *values.values(),
        )
    verb = "changed a credential" if before else "added a credential"
    was = {name: before[name] for name in values} if before else None
    after = values | {"kind": kind}
    await record(actor, verb=verb, subject_kind="staff", subject=staff_id, now=now, before=was, after=after)
    return credential_id


@action
async def set_gender(actor: Actor, *, staff_id: UUID, gender: str | None, now: datetime) -> None:
    """Say whether somebody here is a woman or a man, for guests who ask; None: not said.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `staff-unknown`.
        Invalid: `gender-unreadable`.
    """
    need_role(actor, Role.MANAGER)
    if gender not in (None, "woman", "man"):
        raise Invalid("gender-unreadable", "Choose one of the answers.", field="gender")
    changed = "UPDATE staff SET gender = $3 WHERE id = $1 AND location = $2 AND active RETURNING id"
    if not await fetch(changed, staff_id, actor.location_id, gender):
        raise NotFound("staff-unknown", "There is nobody of that name here.")
    after = {"gender": gender}
    await record(actor, verb="said the gender", subject_kind="staff", subject=staff_id, now=now, after=after)


def need_role(actor: Actor, *roles: Role) -> None:
    """Refuse everybody but these roles; owners may do what managers may.

    Raises:
        NotAllowed: `role-missing`.
    """
    allowed = set(roles) | ({Role.OWNER} if Role.MANAGER in roles else set())
    if actor.role not in allowed:
        raise NotAllowed("role-missing", "Your role does not cover this. Ask a manager to sign in here.")
