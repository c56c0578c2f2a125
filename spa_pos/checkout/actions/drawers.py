"""Closing a drawer at the register: first what hangs on it is finished."""

from datetime import datetime
from uuid import UUID

from spa_pos.checkout.queries.drawers import hanging_on
from spa_pos.db import action
from spa_pos.drawers.actions import close_drawer
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict


@action
async def close_at_register(
    actor: Actor, *, drawer_id: UUID, count_id: UUID, note: str, approval_id: UUID | None, now: datetime
) -> None:
    """Close a drawer on which no sale and no refund hangs any more.

    Raises:
        As `close_drawer`; Conflict: `drawer-open-sales`.
    """
    hanging = await hanging_on(drawer_id)
    if hanging:
        many = f"{len(hanging)} are" if len(hanging) > 1 else "one is"
        raise Conflict(
            "drawer-open-sales",
            f"Of this drawer's sales {many} not finished. Finish, park or void what is listed.",
        )
    await close_drawer(
        actor, drawer_id=drawer_id, count_id=count_id, note=note, approval_id=approval_id, now=now
    )
