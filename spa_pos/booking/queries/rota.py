"""How much of the hours worked is booked."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch
from spa_pos.kernel.time import day_bounds


async def booked_minutes(
    location_id: UUID, zone: ZoneInfo, first: date, last: date
) -> dict[tuple[UUID, date], int]:
    """Minutes of live appointments by provider and local day, set-up and turnover apart."""
    rows = await fetch(
        "SELECT provider, (starts_at AT TIME ZONE $4)::date AS day,"
        " (sum(extract(epoch FROM ends_at - starts_at)) / 60)::int AS minutes FROM appointment"
        " WHERE location = $1 AND starts_at >= $2 AND starts_at < $3"
        " AND status IN ('booked', 'confirmed', 'checked_in', 'in_service', 'done') GROUP BY 1, 2",
        location_id,
        day_bounds(first, zone)[0],
        day_bounds(last, zone)[1],
        zone.key,
    )
    return {(row["provider"], row["day"]): row["minutes"] for row in rows}
