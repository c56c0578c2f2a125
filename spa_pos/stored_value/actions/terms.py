"""What managers set for stored value."""

from dataclasses import asdict
from datetime import datetime

from spa_pos.db import action, fetch, insert, lock
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.people.actions import record
from spa_pos.stored_value.actions.common import check_manager
from spa_pos.stored_value.queries import terms_of
from spa_pos.stored_value.tables import ValueTerms

MOST_YEARS = 20


@action
async def set_idle_years(actor: Actor, *, years: int, now: datetime) -> None:
    """After how many years without use deposits, credits and packages of this location are named.

    Raises:
        NotAllowed: `idle-needs-manager`. Invalid: `idle-unreadable`.
    """
    check_manager(actor, "idle-needs-manager", "A manager sets this. Ask one to sign in here.")
    if not 1 <= years <= MOST_YEARS:
        raise Invalid("idle-unreadable", f"Type whole years from 1 to {MOST_YEARS}.", field="years")
    await lock(f"terms:{actor.location_id}")
    before = await terms_of(actor.location_id)
    if years == before.idle_years:
        return
    changed = await fetch(
        "UPDATE value_terms SET idle_years = $2 WHERE location = $1 RETURNING id", actor.location_id, years
    )
    if not changed:
        values = asdict(before) | {"idle_years": years}
        await insert(ValueTerms, id=uuid7(now), location=actor.location_id, **values)
    await record(
        actor,
        verb="changed when value is idle",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before={"years": before.idle_years},
        after={"years": years},
    )
