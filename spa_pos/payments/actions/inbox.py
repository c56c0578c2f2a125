"""The inbox of what the processor tells us by itself: kept once, worked through, or left for a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, fetch_value
from spa_pos.kernel.ids import uuid7
from spa_pos.payments.rules import ProcessorEvent, look_again_after

LEASE = timedelta(minutes=2)
"""How long an event belongs to whoever took it up; after that it died there, and another takes it."""


@action
async def receive_event(event: ProcessorEvent, now: datetime, source: str = "stripe") -> bool:
    """Keep an event; True when it is new. The same one again changes nothing."""
    kept = await fetch(
        "INSERT INTO processor_event (id, source, event_id, type, live, api_version, object_id, object_kind,"
        " payment_id, body, next_try_at, received_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)"
        " ON CONFLICT (source, event_id) DO NOTHING RETURNING id",
        uuid7(now),
        source,
        event.id,
        event.type,
        event.live,
        event.api_version,
        event.object_id,
        event.object_kind,
        event.payment_id,
        event.body,
        now,
    )
    return bool(kept)


@action
async def claim_events(now: datetime, limit: int) -> Sequence[UUID]:
    """Take up events that are due, at most `limit`, for two minutes; two workers never take the same."""
    rows = await fetch(
        "UPDATE processor_event SET next_try_at = $2 WHERE id IN (SELECT id FROM processor_event"
        "  WHERE state = 'new' AND next_try_at <= $1 ORDER BY next_try_at, id LIMIT $3"
        "  FOR UPDATE SKIP LOCKED) RETURNING id",
        now,
        now + LEASE,
        limit,
    )
    return sorted(row["id"] for row in rows)


@action
async def finish_event(event_id: UUID, now: datetime, word: str | None = None) -> None:
    """An event is worked through; the word says why there was nothing to do."""
    await fetch(
        "UPDATE processor_event SET state = 'done', done_at = $2, problem = $3"
        " WHERE id = $1 AND state <> 'done'",
        event_id,
        now,
        word and word[:200],
    )


@action
async def postpone_event(event_id: UUID, problem: str, now: datetime) -> bool:
    """Look at an event later; after the last try it is parked for a person. True when it is parked."""
    tries = await fetch_value(
        "SELECT tries FROM processor_event WHERE id = $1 AND state = 'new' FOR UPDATE", event_id
    )
    if tries is None:
        return False
    wait = look_again_after(tries)
    await fetch(
        "UPDATE processor_event SET tries = tries + 1, problem = $2, state = $3, next_try_at = $4"
        " WHERE id = $1",
        event_id,
        problem[:200],
        "parked" if wait is None else "new",
        now if wait is None else now + wait,
    )
    return wait is None
