"""Who and what earned how much, how full the day was, and which visits did not take place."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, fetch_one, read_only
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds
from spa_pos.ledger.rules import REDUCTIONS, REVENUE, TENDERED
from spa_pos.reports.queries.sales import KIND, REFUNDED, SETTLED
from spa_pos.reports.rules.measures import minutes_in
from spa_pos.schedule.queries import DaySchedule, day_schedules
from spa_pos.schedule.rules import subtract


@dataclass(frozen=True, slots=True)
class Earned:
    """Sales of one kind by one provider, nobody's where no provider did it."""

    provider_id: UUID | None
    provider_name: str | None
    kind: str
    pieces: int
    list_cents: Cents
    off_cents: Cents
    back_cents: Cents

    @property
    def net_cents(self) -> Cents:
        """After what was taken off and what went back."""
        return Cents(self.list_cents - self.off_cents - self.back_cents)


@dataclass(frozen=True, slots=True)
class Paid:
    """How often and how much one kind of tender paid of tickets that were settled."""

    kind: str
    tickets: int
    amount_cents: Cents


@dataclass(frozen=True, slots=True)
class Used:
    """A provider, a room or a machine: minutes there were, minutes visits took of them, minutes blocked."""

    name: str
    kind: str
    minutes: int
    claimed_minutes: int
    hands_on_minutes: int
    blocked_minutes: int


@dataclass(frozen=True, slots=True)
class Visits:
    """How the visits that were due in a period ended."""

    due: int
    no_show: int
    cancelled: int


@dataclass(frozen=True, slots=True)
class Performance:
    """The measures of a period, and what the ledger says of its sales and their tenders."""

    earned: tuple[Earned, ...]
    paid: tuple[Paid, ...]
    used: tuple[Used, ...]
    visits: Visits
    booked_net_cents: Cents
    booked_paid_cents: Cents


_EARNED = """
WITH moved AS (
    SELECT l.provider, l.kind, l.quantity AS pieces, l.list_cents, l.list_cents - l.net_cents AS off_cents,
        0 AS back_cents
    FROM ticket t JOIN ticket_line l ON l.ticket = t.id
    WHERE t.location = $1 AND t.business_date BETWEEN $2 AND $3 AND l.status = 'live' AND l.account = $4
    UNION ALL
    SELECT l.provider, l.kind, 0, 0, 0, x.net_cents
    FROM refund r JOIN refund_line x ON x.refund = r.id JOIN ticket_line l ON l.id = x.line
    WHERE r.location = $1 AND r.business_date BETWEEN $2 AND $3 AND l.account = $4
)
SELECT m.provider AS provider_id, s.name AS provider_name, m.kind, sum(m.pieces)::bigint AS pieces,
    sum(m.list_cents)::bigint AS list_cents, sum(m.off_cents)::bigint AS off_cents,
    sum(m.back_cents)::bigint AS back_cents
FROM moved m LEFT JOIN staff s ON s.id = m.provider GROUP BY m.provider, s.name, m.kind
ORDER BY s.name NULLS LAST, m.kind
"""

_PAID = f"""
SELECT {KIND} AS kind, count(DISTINCT d.ticket) AS tickets, sum(d.amount_cents)::bigint AS amount_cents
FROM ticket t JOIN tender d ON d.ticket = t.id LEFT JOIN holding h ON h.id = d.stored_value
WHERE t.location = $1 AND t.business_date BETWEEN $2 AND $3 AND d.status = 'taken'
GROUP BY 1 ORDER BY 3 DESC
"""  # noqa: S608 - own names

_BOOKED = """
SELECT coalesce(-sum(p.amount_cents) FILTER (WHERE p.account = ANY($4)), 0)::bigint AS net_cents,
    coalesce(sum(p.amount_cents) FILTER (WHERE p.account = $5 AND e.kind = $6), 0)::bigint AS paid_cents
FROM entry e JOIN posting p ON p.entry = e.id
WHERE e.location = $1 AND e.business_date BETWEEN $2 AND $3 AND e.kind = ANY($7)
"""

_VISITS = """
SELECT count(*) AS due, count(*) FILTER (WHERE status = 'no_show') AS no_show,
    count(*) FILTER (WHERE status = 'cancelled') AS cancelled
FROM appointment WHERE location = $1 AND starts_at >= $2 AND starts_at < $3
AND status NOT IN ('held', 'expired')
"""

_CLAIMED = """
SELECT c.resource_no, coalesce(sum(m.taken) FILTER (WHERE c.appointment IS NOT NULL), 0)::bigint AS claimed,
    coalesce(sum(extract(epoch FROM a.ends_at - a.starts_at) / 60), 0)::bigint AS hands_on,
    coalesce(sum(m.taken) FILTER (WHERE c.block IS NOT NULL), 0)::bigint AS blocked
FROM claim c JOIN resource r ON r.number = c.resource_no LEFT JOIN appointment a ON a.id = c.appointment
CROSS JOIN LATERAL (
    SELECT extract(epoch FROM least(c.ends_at, $3) - greatest(c.starts_at, $2)) / 60 AS taken
) m
WHERE r.location = $1 AND NOT c.released AND c.starts_at < $3 AND c.starts_at >= $2 - interval '31 days'
AND c.ends_at > $2
AND (a.id IS NULL OR a.status IN ('booked', 'confirmed', 'checked_in', 'in_service', 'done'))
GROUP BY c.resource_no
"""
"""Minutes of each resource that visits and blocks took within the period; no block is longer than a month."""


async def performance(location_id: UUID, zone: ZoneInfo, first: date, last: date) -> Performance:
    """The measures of a period, both days included, in a fixed number of statements."""
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    async with read_only():
        earned = await fetch(_EARNED, location_id, first, last, REVENUE)
        paid = await fetch(_PAID, location_id, first, last)
        booked = await fetch_one(
            _BOOKED,
            location_id,
            first,
            last,
            [REVENUE, REDUCTIONS],
            TENDERED,
            SETTLED,
            [SETTLED, *REFUNDED],
        )
        visits = await fetch_one(_VISITS, location_id, since, until)
        used = await _used(location_id, zone, first, last, since, until)
    if booked is None or visits is None:
        raise RuntimeError("a sum without a row")
    return Performance(
        tuple(Earned(**dict(row)) for row in earned),
        tuple(Paid(**dict(row)) for row in paid),
        used,
        Visits(**dict(visits)),
        Cents(booked["net_cents"]),
        Cents(booked["paid_cents"]),
    )


async def _used(
    location_id: UUID, zone: ZoneInfo, first: date, last: date, since: datetime, until: datetime
) -> tuple[Used, ...]:
    """Everybody and everything that is there now, with the minutes of each day of the period."""
    claimed = {row["resource_no"]: row for row in await fetch(_CLAIMED, location_id, since, until)}
    there: dict[int, tuple[str, str]] = {}
    minutes: dict[int, int] = {}
    for day in await day_schedules(location_id, zone, first, last):
        for number, name, kind, found in _minutes(day):
            there[number] = (name, kind)
            minutes[number] = minutes.get(number, 0) + found
    return tuple(
        Used(
            name,
            kind,
            minutes[number],
            claimed[number]["claimed"] if number in claimed else 0,
            claimed[number]["hands_on"] if number in claimed else 0,
            claimed[number]["blocked"] if number in claimed else 0,
        )
        for number, (name, kind) in there.items()
    )


def _minutes(day: DaySchedule) -> list[tuple[int, str, str, int]]:
    """Number, name, kind and minutes of each provider and thing on one day."""
    opened = [day.open] if day.open else []
    people = [(one.number, one.name, "provider", minutes_in(one.works)) for one in day.providers]
    things = [
        (one.number, one.name, one.kind, minutes_in(subtract(opened, one.out) if one.out else opened))
        for one in day.things
    ]
    return people + things
