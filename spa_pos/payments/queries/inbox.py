"""Reading what the processor told us by itself."""

from dataclasses import dataclass
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.payments.queries.attempts import lately


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event in the inbox."""

    id: UUID
    event_id: str
    type: str
    object_id: str
    object_kind: str
    payment_id: str | None
    state: str
    tries: int
    problem: str | None


_EVENTS = (
    "SELECT id, event_id, type, object_id, object_kind, payment_id, state, tries, problem"
    " FROM processor_event"
)


async def stored_event(event_id: UUID) -> StoredEvent | None:
    """One event by our id."""
    row = await fetch_one(f"{_EVENTS} WHERE id = $1", event_id)
    return None if row is None else StoredEvent(**dict(row))


async def parked_events(limit: int = 100) -> list[StoredEvent]:
    """Events nobody could place, the latest first."""
    rows = await fetch(f"{_EVENTS} WHERE state = 'parked' ORDER BY received_at DESC LIMIT $1", limit)
    return [StoredEvent(**dict(row)) for row in rows]


async def broken_events() -> list[str]:
    """Events of the processor that nobody worked through for more than two days."""
    rows = await fetch(
        "SELECT event_id, type, problem FROM processor_event WHERE state = 'new'"
        " AND received_at < $1::timestamptz - interval '2 days' ORDER BY received_at",
        await lately(),
    )
    return [f"event {row['event_id']} ({row['type']}) still waits: {row['problem']}" for row in rows]
