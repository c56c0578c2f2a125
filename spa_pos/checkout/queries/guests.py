"""What guests see of what they paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.db import fetch
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class GuestReceipt:
    """A paid ticket of a guest."""

    id: UUID
    location_id: UUID
    guest_id: UUID
    number: int
    settled_at: datetime
    total_cents: Cents


async def receipts_of_guests(guest_ids: Sequence[UUID]) -> list[GuestReceipt]:
    """The settled tickets that are in the name of some guests, latest first."""
    rows = await fetch(
        "SELECT id, location AS location_id, guest AS guest_id, number, settled_at, total_cents FROM ticket"
        " WHERE guest = ANY($1) AND status = 'settled' ORDER BY settled_at DESC, id",
        list(guest_ids),
    )
    return [GuestReceipt(**dict(row)) for row in rows]


async def has_open_ticket(guest_id: UUID) -> bool:
    """True while a ticket in a guest's name is not paid yet."""
    return bool(await fetch("SELECT 1 FROM ticket WHERE guest = $1 AND status = 'open' LIMIT 1", guest_id))
