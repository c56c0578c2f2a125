"""Erasing a person from the records that may forget them."""

from datetime import datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_value, write_what_waits
from spa_pos.kernel.actor import Actor
from spa_pos.messages.actions import forget_address, forget_messages
from spa_pos.people.actions.audit import record
from spa_pos.people.queries import guest

ERASED = ("Former", "guest")
"""What stands where a name stood."""


@action
async def erase_person(actor: Actor, *, guest_id: UUID, now: datetime) -> None:
    """Take name, telephone, e-mail and language of a guest away, everywhere but in the books.

    The audit trail keeps that something was done, when and by whom, and forgets what stood in it.

    Raises:
        NotFound: `guest-unknown`.
    """
    await write_what_waits()  # what the trail is told of just now is forgotten too
    whose = await guest(guest_id)
    await fetch_value("SELECT set_config('spa.erasing', $1, true)", str(guest_id))
    for address in {whose.email, whose.phone} - {None}:
        shared = await fetch_value(
            "SELECT count(*) FROM guest WHERE (email = $1 OR phone = $1) AND id <> $2", address, guest_id
        )
        if not shared:
            await forget_address(str(address))
            await fetch("DELETE FROM guest_code WHERE address = $1", address)
            await fetch("DELETE FROM guest_session WHERE address = $1", address)
    await forget_messages(guest_id)
    await fetch('UPDATE audit_event SET "before" = NULL, "after" = NULL WHERE subject = $1', guest_id)
    await fetch_value("SELECT set_config('spa.erasing', '', true)")
    await fetch(
        "UPDATE guest SET given_name = $2, family_name = $3, phone = '', email = NULL, language = NULL,"
        " erased_at = $4 WHERE id = $1",
        guest_id,
        *ERASED,
        now,
    )
    await record(actor, verb="erased", subject_kind="guest", subject=guest_id, now=now)
