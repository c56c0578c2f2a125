"""What guests see of their own visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.booking.rules import Status
from spa_pos.db import fetch
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class GuestVisit:
    """One visit of a guest, add-ons in the price."""

    id: UUID
    guest_id: UUID
    guest_name: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    service_name: str
    provider_name: str
    total_cents: Cents
    note: str | None


async def visits_of_guests(guest_ids: Sequence[UUID]) -> list[GuestVisit]:
    """Every visit of some guests, latest first; no holds and none that ran out."""
    rows = await fetch(
        "SELECT a.id, a.guest AS guest_id, g.given_name || ' ' || g.family_name AS guest_name, a.starts_at,"
        " a.ends_at, a.status, s.name AS service_name, p.name AS provider_name, a.guest_note AS note,"
        " a.price_cents + coalesce((SELECT sum(o.price_cents) FROM appointment_add_on o"
        "   WHERE o.appointment = a.id), 0)::int AS total_cents"
        " FROM appointment a JOIN guest g ON g.id = a.guest JOIN service s ON s.id = a.service"
        " JOIN staff p ON p.id = a.provider"
        " WHERE a.guest = ANY($1) AND a.status NOT IN ('held', 'expired') ORDER BY a.starts_at DESC, a.id",
        list(guest_ids),
    )
    return [GuestVisit(**{**dict(row), "status": Status(row["status"])}) for row in rows]
