"""Credentials of the staff, and what guests may ask for."""

from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Invalid, NotFound
from spa_pos.people.actions.audit import need_role, record
from spa_pos.people.rules import (
    check_credential,
)
from spa_pos.people.tables import (
    Credential,
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
