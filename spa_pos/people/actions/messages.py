"""What the desk does with the outbox."""

from datetime import datetime
from uuid import UUID

from spa_pos.db import action
from spa_pos.kernel.actor import Actor, Role
from spa_pos.messages.actions import requeue
from spa_pos.people.actions.audit import need_role, record


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
