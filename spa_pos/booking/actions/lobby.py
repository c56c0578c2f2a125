"""A guest checks in by themselves, at the tablet in the lobby."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.booking.actions.visit import check_in
from spa_pos.booking.queries import visit
from spa_pos.booking.rules import late_arrival
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import known_group
from spa_pos.people.queries import proof

EARLIEST = timedelta(minutes=90)
LATEST = timedelta(minutes=60)
"""From so long before a visit to so long after its start the tablet finds it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who could be standing there: one visit a guest, the first of theirs."""

    appointment_id: UUID
    given_name: str
    initial: str


async def arrivals(
    location_id: UUID, *, phone: str | None, appointment_id: UUID | None, now: datetime
) -> list[Arrival]:
    """Guests expected about now with a telephone number, or the one of a visit; by name."""
    rows = await fetch(
        "SELECT DISTINCT ON (g.id) a.id, g.given_name, left(g.family_name, 1) AS initial"
        " FROM appointment a JOIN guest g ON g.id = a.guest"
        " WHERE a.location = $1 AND a.status IN ('booked', 'confirmed')"
        " AND a.starts_at BETWEEN $4 AND $5 AND (g.phone = $2 OR a.id = $3)"
        " ORDER BY g.id, a.starts_at",
        location_id,
        phone,
        appointment_id,
        now - LATEST,
        now + EARLIEST,
    )
    found = [Arrival(row["id"], row["given_name"], row["initial"]) for row in rows]
    return sorted(found, key=lambda one: (one.given_name, one.initial))


@action
async def guest_arrives(actor: Actor, *, appointment_id: UUID, now: datetime) -> bool:
    """Check a guest in who is in time and whose price needs no proof, or has one on file.

    Anything else is for the desk: nothing is changed then, and the answer is False.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: a status that does not allow it, or `not-today`.
    """
    seen = await visit(appointment_id, actor.location_id, for_update=True)
    group = await known_group(seen.group)
    day = local_date(now, actor.zone)
    if group.evidence and await proof(seen.guest_id, group.code, day) is None:
        return False
    if late_arrival(seen.starts_at, seen.ends_at, now=now) is not None:
        return False
    await check_in(actor, appointment_id=appointment_id, version=seen.version, proof_shown="on_file", now=now)
    return True
