"""Time that is kept free of visits: breaks, training, repair."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from spa_pos.booking.actions.common import check_bookable_instant, lock_day, tell_boards
from spa_pos.booking.queries import block
from spa_pos.booking.rules import check_version
from spa_pos.booking.tables import Block, Claim
from spa_pos.db import action, fetch, fetch_one, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import record

BlockKind = Literal["break", "training", "repair", "other"]
LONGEST = timedelta(hours=12)


@action
async def add_block(
    actor: Actor,
    *,
    block_id: UUID,
    resource_no: int,
    starts_at: datetime,
    ends_at: datetime,
    kind: BlockKind,
    reason: str,
    now: datetime,
) -> UUID:
    """Keep a provider, a room or a machine free of visits for a while, on one day.

    Raises:
        NotFound: `resource-unknown`.
        Invalid: `block-times` or `reason-too-long`.
        Conflict: `slot-taken` when a visit or another block is there.
    """
    check_bookable_instant(starts_at, now)
    one_day = local_date(starts_at, actor.zone) == local_date(ends_at - timedelta(minutes=1), actor.zone)
    if not timedelta(minutes=5) <= ends_at - starts_at <= LONGEST or not one_day or ends_at <= now:
        raise Invalid("block-times", "A block lasts from 5 minutes to 12 hours of one day, not yet over.")
    words = " ".join(reason.split())
    if len(words) > 120:
        raise Invalid("reason-too-long", "A reason may have 120 letters at most.", field="reason")
    await _lock(actor, resource_no, starts_at, now)
    await _check_free(resource_no, starts_at, ends_at)
    values = {
        "resource_no": resource_no,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "kind": kind,
        "reason": words,
    }
    await insert(Block, id=block_id, location=actor.location_id, made_at=now, **values)
    await insert(Claim, block=block_id, resource_no=resource_no, starts_at=starts_at, ends_at=ends_at)
    await record(actor, verb="blocked", subject_kind="block", subject=block_id, now=now, after=values)
    await tell_boards(actor, starts_at)
    return block_id


@action
async def remove_block(actor: Actor, *, block_id: UUID, version: int, now: datetime) -> int:
    """Free the time again. Gives the new version.

    Raises:
        NotFound: `block-unknown`.
        Conflict: `appointment-changed`, or `block-removed`.
    """
    return await _set(actor, block_id, version, removed=True, now=now)


@action
async def restore_block(actor: Actor, *, block_id: UUID, version: int, now: datetime) -> int:
    """Undo a removal, while nobody has the time. Gives the new version.

    Raises:
        NotFound: `block-unknown`, or `resource-unknown` when that is in use no longer.
        Conflict: `slot-taken`, `appointment-changed`, or `block-live`.
    """
    return await _set(actor, block_id, version, removed=False, now=now)


async def _lock(actor: Actor, resource_no: int, starts_at: datetime, now: datetime) -> None:
    """As booking does, so that of many who want a time nobody waits in a circle."""
    found = await fetch_one(
        "SELECT kind, staff FROM resource WHERE number = $1 AND location = $2 AND active",
        resource_no,
        actor.location_id,
    )
    if found is None:
        raise NotFound("resource-unknown", "There is no such room or provider here. Go back to the board.")
    providers = [found["staff"]] if found["staff"] else []
    kinds = [] if providers else [found["kind"]]
    await lock_day(actor, kinds, [], providers, local_date(starts_at, actor.zone), now=now)


async def _check_free(resource_no: int, starts_at: datetime, ends_at: datetime) -> None:
    found = await fetch_one(
        "SELECT 1 FROM claim WHERE resource_no = $1 AND NOT released AND starts_at < $3 AND ends_at > $2",
        resource_no,
        starts_at,
        ends_at,
    )
    if found is not None:
        raise Conflict(
            "slot-taken", "A visit or another block is there. Choose another time, or move the visit first."
        )


async def _set(actor: Actor, block_id: UUID, version: int, *, removed: bool, now: datetime) -> int:
    if not removed:
        old = await block(block_id, actor.location_id)
        await _lock(actor, old.resource_no, old.starts_at, now)
    seen = await block(block_id, actor.location_id, for_update=True)
    check_version(seen.version, version, "this block")
    status = "removed" if removed else "live"
    if seen.status == status:
        raise Conflict(f"block-{status}", f"This block is {status} already. Nothing was changed.")
    if not removed:
        await _check_free(seen.resource_no, seen.starts_at, seen.ends_at)
    await fetch("UPDATE block SET status = $2, version = version + 1 WHERE id = $1", block_id, status)
    await fetch("UPDATE claim SET released = $2 WHERE block = $1", block_id, removed)
    verb = "unblocked" if removed else "restored"
    await record(actor, verb=verb, subject_kind="block", subject=block_id, now=now)
    await tell_boards(actor, seen.starts_at)
    return version + 1
