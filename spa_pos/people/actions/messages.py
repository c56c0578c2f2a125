"""What the desk does with the outbox, and what guests allow."""

from datetime import datetime, time, timedelta
from uuid import UUID

from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Invalid
from spa_pos.messages.actions import requeue, set_consent, set_timing, speak_in
from spa_pos.messages.queries import allowed
from spa_pos.messages.rules import Channel, Timing
from spa_pos.people.actions.audit import need_role, record
from spa_pos.people.queries import guest
from spa_pos.people.rules import clean_email
from spa_pos.web.i18n import LANGUAGES


@action
async def set_reach(
    actor: Actor,
    *,
    guest_id: UUID,
    email: str,
    by_email: bool,
    by_text: bool,
    now: datetime,
    language: str | None = None,
) -> UUID:
    """Where a guest may be written to: their e-mail address, and a yes or no for mails and for texts.

    With a `language` (`es`), in which one; without, that stays as it is.

    A no, and another address, end what waits for the old one at once.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `guest-unknown`.
        Invalid: `email-unreadable`.
    """
    need_role(actor, Role.FRONT_DESK, Role.MANAGER)
    whose = await guest(guest_id)
    address = clean_email(email)
    if language is not None:
        await set_language(guest_id, language)
    if address != whose.email:
        await fetch("UPDATE guest SET email = $2 WHERE id = $1", guest_id, address)
        if whose.email:
            await _say(actor, Channel.EMAIL, whose.email, given=False, now=now)
    if address:
        await _say(actor, Channel.EMAIL, address, given=by_email, now=now)
    await _say(actor, Channel.TEXT, whose.phone, given=by_text, now=now)
    await record(
        actor,
        verb="said how to be reached",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        before={"email": whose.email},
        after={"email": address, "by_email": by_email, "by_text": by_text},
    )
    return guest_id


@action
async def set_language(guest_id: UUID, language: str) -> None:
    """Write to a guest in a language from now on, in what waits to be sent as well.

    Raises:
        Invalid: `language-unknown`.
    """
    if language not in LANGUAGES:
        raise Invalid("language-unknown", "Choose a language from the list.", field="language")
    changed = await fetch(
        "UPDATE guest SET language = $2 WHERE id = $1 AND language IS DISTINCT FROM $2 RETURNING id",
        guest_id,
        language,
    )
    if changed:
        await speak_in(guest_id, language)


async def _say(actor: Actor, channel: Channel, address: str, *, given: bool, now: datetime) -> None:
    """Write a yes or a no that is news; an address nobody ever asked about needs no no."""
    if ((channel, address) in await allowed([(channel, address)])) is not given:
        await set_consent(channel, address, given=given, by=actor.name, source="desk", now=now)


@action
async def send_again(actor: Actor, *, message_id: UUID, now: datetime) -> UUID:
    """Put a message back into the outbox, whatever became of it.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `message-unknown`.
        Conflict: `message-under-way`, `message-too-late`, `message-overtaken`, or `messages-stopped`.
    """
    need_role(actor, Role.FRONT_DESK, Role.MANAGER)
    await requeue(message_id, actor.location_id, now=now)
    await record(actor, verb="sent again", subject_kind="message", subject=message_id, now=now)
    return message_id


@action
async def set_message_times(
    actor: Actor, *, quiet_from: time, quiet_until: time, reminder_minutes: int, now: datetime
) -> Timing:
    """When this location writes to nobody, and how long before a visit it reminds; gives what was set.

    What waits in the outbox keeps the hour it was given. The same hour twice means no quiet hours.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `reminder-unreadable`.
    """
    need_role(actor, Role.MANAGER)
    timing = Timing(quiet_from, quiet_until, timedelta(minutes=reminder_minutes))
    before = await set_timing(actor.location_id, timing, now=now)
    await record(
        actor,
        verb="set when messages go out",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before=_times(before),
        after=_times(timing),
    )
    return before


def _times(timing: Timing) -> dict[str, str]:
    return {
        "quiet_from": f"{timing.quiet_from:%H:%M}",
        "quiet_until": f"{timing.quiet_until:%H:%M}",
        "reminder_minutes": str(timing.reminder // timedelta(minutes=1)),
    }
