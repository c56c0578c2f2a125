"""Whom to tell of appointments, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.booking.queries.visits import lock_visits
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.notices import GuestTime
from spa_pos.db import fetch
from spa_pos.messages.rules import Channel


@dataclass(frozen=True, slots=True)
class Told:
    """One guest of a visit: alone, or as one of a party; their times, and the addresses they allow."""

    location_id: UUID
    guest_id: UUID
    party_id: UUID | None
    times: tuple[GuestTime, ...]
    addresses: tuple[tuple[Channel, str], ...]
    booked_at: datetime
    language: str | None = None

    @property
    def subject(self) -> tuple[str, UUID]:
        """What messages are about: the party, or the appointment that is alone."""
        return ("party", self.party_id) if self.party_id else ("appointment", self.times[0].id)


def reached_at(
    email: str | None, phone: str | None, *, by_email: bool, by_text: bool
) -> tuple[tuple[Channel, str], ...]:
    """The addresses of a guest at which they allow messages."""
    mail = [(Channel.EMAIL, email)] if by_email and email else []
    return (*mail, *([(Channel.TEXT, phone)] if by_text and phone else []))


async def told_of(appointment_ids: Sequence[UUID], *, for_update: bool = False) -> list[Told]:
    """The guests of some appointments, each with all their times of the same party."""
    if for_update:
        await lock_visits(appointment_ids)
    rows = await fetch(
        "WITH asked AS (SELECT id, party, guest FROM appointment WHERE id = ANY($1)),"
        " every AS (SELECT id FROM asked UNION SELECT a.id FROM appointment a"
        "   JOIN asked ON asked.party = a.party AND asked.guest = a.guest)"
        " SELECT a.id, a.location, a.guest, a.party, a.starts_at, a.ends_at, a.status, a.version,"
        " a.held_until, a.booked_at, g.email, g.phone, g.language,"
        " (SELECT c.given FROM consent c WHERE c.channel = 'email' AND c.address = g.email"
        "   ORDER BY c.id DESC LIMIT 1) AS by_email,"
        " (SELECT c.given FROM consent c WHERE c.channel = 'text' AND c.address = g.phone"
        "   ORDER BY c.id DESC LIMIT 1) AS by_text"
        " FROM appointment a JOIN every ON every.id = a.id JOIN guest g ON g.id = a.guest ORDER BY a.id",
        list(appointment_ids),
    )
    groups: dict[tuple[UUID, UUID], list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault((row["guest"], row["party"] or row["id"]), []).append(index)
    found = []
    for (guest_id, _), indexes in groups.items():
        own = [rows[index] for index in indexes]
        times = tuple(_time(row) for row in own)
        head, booked_at = own[0], max(row["booked_at"] for row in own)
        allowed = {"by_email": bool(head["by_email"]), "by_text": bool(head["by_text"])}
        found.append(
            Told(
                head["location"],
                guest_id,
                head["party"],
                times,
                reached_at(head["email"], head["phone"], **allowed),
                booked_at,
                head["language"],
            )
        )
    return found


def _time(row: Mapping[str, Any]) -> GuestTime:
    return GuestTime(
        row["id"],
        row["starts_at"],
        row["ends_at"],
        Status(row["status"]),
        row["version"],
        row["held_until"],
    )


async def starting_between(location_id: UUID, since: datetime, until: datetime) -> list[UUID]:
    """Appointments of a location that are expected to start in a period."""
    rows = await fetch(
        "SELECT id FROM appointment WHERE location = $1 AND starts_at > $2 AND starts_at <= $3"
        " AND status IN ('booked', 'confirmed') ORDER BY starts_at",
        location_id,
        since,
        until,
    )
    return [row["id"] for row in rows]
