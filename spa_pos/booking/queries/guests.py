"""A guest's visits: what guests see of their own, and what the desk knows of how they keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from spa_pos.booking.rules import Interval, Status
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


class ThatDay(msgspec.Struct, frozen=True):
    """A visit that a guest has on a day already."""

    id: UUID
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class GuestStanding:
    """How a guest kept their visits since a day, what they owe in fees, and their visits of one day.

    For the staff alone. A cancellation is late inside the notice of the policy it was booked under, unless
    its reason is free of any fee; a move counts when the visit began at another time afterwards.
    """

    came: int = 0
    no_shows: int = 0
    late_cancellations: int = 0
    moves: int = 0
    fees_cents: int = 0
    that_day: tuple[ThatDay, ...] = ()


_THAT_DAY = msgspec.json.Decoder(tuple[ThatDay, ...])


async def standing_of_guests(
    guest_ids: Sequence[UUID], *, since: datetime, day: Interval
) -> dict[UUID, GuestStanding]:
    """How guests stand, each who ever had a visit; one question for all of them."""
    rows = await fetch(
        "SELECT a.guest, count(*) FILTER (WHERE a.status = 'done') AS came,"
        " count(*) FILTER (WHERE a.status = 'no_show' AND a.starts_at >= $2) AS no_shows,"
        " count(*) FILTER (WHERE a.status = 'cancelled' AND a.starts_at >= $2"
        "   AND a.ended_at > a.starts_at - make_interval(hours => p.notice_hours)"
        "   AND NOT EXISTS (SELECT 1 FROM cancel_reason r WHERE r.name = a.end_reason AND r.fee_free)"
        " ) AS late_cancellations,"
        " coalesce(sum(m.moves) FILTER (WHERE a.starts_at >= $2), 0)::int AS moves,"
        " coalesce(sum(a.fee_cents) FILTER (WHERE a.fee_cents > 0 AND NOT EXISTS ("
        "   SELECT 1 FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
        "   WHERE l.fee_of = a.id AND l.status = 'live' AND t.status = 'settled')), 0)::int AS fees_cents,"
        " json_agg(json_build_object('id', a.id, 'starts_at', a.starts_at) ORDER BY a.starts_at)"
        "   FILTER (WHERE a.starts_at >= $3 AND a.starts_at < $4"
        "     AND a.status IN ('booked', 'confirmed', 'checked_in', 'in_service', 'done')) AS that_day"
        " FROM appointment a LEFT JOIN cancellation_policy p ON p.id = a.policy"
        " LEFT JOIN LATERAL (SELECT count(*) AS moves FROM audit_event e"
        "   WHERE e.subject = a.id AND e.verb = 'moved' AND (e.\"before\"->>'starts_at')::timestamptz"
        "     <> (e.\"after\"->>'starts_at')::timestamptz) m ON true"
        " WHERE a.guest = ANY($1) GROUP BY a.guest",
        list(guest_ids),
        since,
        *day,
    )
    return {
        row["guest"]: GuestStanding(
            row["came"],
            row["no_shows"],
            row["late_cancellations"],
            row["moves"],
            row["fees_cents"],
            _THAT_DAY.decode(row["that_day"]) if row["that_day"] else (),
        )
        for row in rows
    }
