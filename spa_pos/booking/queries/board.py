"""Reading what the board needs beside visits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.booking.queries.visits import Visit
from spa_pos.catalog.queries import services
from spa_pos.db import fetch


async def things_of_visits(location_id: UUID, since: datetime, until: datetime) -> dict[int, set[UUID]]:
    """Which appointments claim a room, a station or a machine in a period, by resource number."""
    rows = await fetch(
        "SELECT c.resource_no, array_agg(c.appointment) AS visits FROM claim c"
        " JOIN resource r ON r.number = c.resource_no"
        " WHERE r.location = $1 AND r.staff IS NULL AND c.appointment IS NOT NULL"
        " AND c.starts_at < $3 AND c.ends_at > $2 AND c.starts_at > $2 - interval '1 day'"
        " GROUP BY c.resource_no",
        location_id,
        since,
        until,
    )
    return {row["resource_no"]: set(row["visits"]) for row in rows}


async def credentials_asked(visits: Sequence[Visit]) -> dict[UUID, frozenset[str]]:
    """The kinds of credentials whoever serves each visit must hold, its add-ons included."""
    parts = {one.id: (one.service_id, *(extra.add_on_id for extra in one.add_ons)) for one in visits}
    known = await services(list({part for each in parts.values() for part in each}))
    return {
        visit: frozenset(kind for part in each for kind in known[part].needs_credentials)
        for visit, each in parts.items()
    }
