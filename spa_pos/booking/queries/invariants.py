"""What must hold of the calendar, asked of the database."""

from spa_pos.booking.rules import LIVE
from spa_pos.db import fetch

_LIVE = [status.value for status in LIVE]


async def broken_claims() -> list[str]:
    """Live claims of one resource that overlap."""
    rows = await fetch(
        "SELECT id, other, resource_no FROM (SELECT id, resource_no, starts_at, lag(id) OVER w AS other,"
        "   max(ends_at) OVER (PARTITION BY resource_no ORDER BY starts_at, id"
        "     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest FROM claim WHERE NOT released"
        "   WINDOW w AS (PARTITION BY resource_no ORDER BY starts_at, id)) found WHERE latest > starts_at"
    )
    return [
        f"claim {row['id']} overlaps one before it (claim {row['other']} is the last) on resource"
        f" {row['resource_no']}"
        for row in rows
    ]


async def broken_guests() -> list[str]:
    """Guests with two visits at once, or whose number on a visit is not theirs."""
    twice = await fetch(
        "SELECT id, guest_number FROM (SELECT id, guest_number, starts_at, max(ends_at) OVER"
        "   (PARTITION BY guest ORDER BY starts_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        "   AS latest FROM appointment WHERE status = ANY($1)) found WHERE latest > starts_at",
        _LIVE,
    )
    strange = await fetch(
        "SELECT a.id FROM appointment a JOIN guest g ON g.id = a.guest WHERE g.number <> a.guest_number"
    )
    return [
        f"appointment {row['id']} begins while guest {row['guest_number']} has another" for row in twice
    ] + [f"appointment {row['id']} carries another guest's number" for row in strange]


async def broken_appointment_claims() -> list[str]:
    """Live appointments without exactly the claims they need, and ended ones that still hold some."""
    rows = await fetch(
        "SELECT a.id, a.status, n.things, c.live, c.fitting, c.provider, c.strangers, n.provider AS needed"
        " FROM appointment a JOIN service s ON s.id = a.service"
        " CROSS JOIN LATERAL (SELECT tstzrange(a.starts_at - make_interval(mins => a.setup_minutes),"
        "   a.ends_at + make_interval(mins => a.turnover_minutes)) AS span,"
        "   ARRAY(SELECT kind FROM (SELECT s.equipment_kind AS kind UNION SELECT os.equipment_kind"
        "     FROM appointment_add_on o JOIN service os ON os.id = o.add_on WHERE o.appointment = a.id) k"
        "     WHERE kind IS NOT NULL) AS machines) m"
        " CROSS JOIN LATERAL (SELECT 1 + cardinality(m.machines) AS things,"
        "   upper(m.span) - lower(m.span) - make_interval(mins => CASE WHEN make_interval("
        "     mins => s.processing_after_minutes + s.processing_minutes) <= a.ends_at - a.starts_at"
        "     THEN s.processing_minutes ELSE 0 END) AS provider) n"
        " CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE r.staff IS NULL) AS live,"
        "   count(*) FILTER (WHERE r.staff IS NULL AND tstzrange(c.starts_at, c.ends_at) = m.span"
        "     AND (c.resource_no = a.room OR r.kind = ANY(m.machines))) AS fitting,"
        "   coalesce(sum(c.ends_at - c.starts_at) FILTER (WHERE r.staff = a.provider"
        "     AND tstzrange(c.starts_at, c.ends_at) <@ m.span), interval '0') AS provider,"
        "   count(*) FILTER (WHERE r.staff <> a.provider) AS strangers"
        "   FROM claim c JOIN resource r ON r.number = c.resource_no"
        "   WHERE c.appointment = a.id AND NOT c.released) c"
        " WHERE CASE WHEN a.status = ANY($1) THEN c.live <> n.things OR c.fitting <> n.things"
        "   OR c.provider <> n.provider OR c.strangers > 0"
        "   ELSE c.live + c.strangers > 0 OR c.provider <> interval '0' END",
        _LIVE,
    )
    return [
        f"appointment {row['id']} ({row['status']}) holds {row['live']} rooms and machines, {row['fitting']}"
        f" of them fitting, of {row['things']}; its provider for {row['provider']} of {row['needed']};"
        f" {row['strangers']} other providers"
        for row in rows
    ]


async def broken_blocks() -> list[str]:
    """Live blocks without their claim, and removed ones that still hold it."""
    rows = await fetch(
        "SELECT b.id, b.status, count(c.id) AS held FROM block b LEFT JOIN claim c ON c.block = b.id"
        " AND NOT c.released AND c.resource_no = b.resource_no AND c.starts_at = b.starts_at"
        " AND c.ends_at = b.ends_at GROUP BY b.id"
        " HAVING count(c.id) <> CASE b.status WHEN 'live' THEN 1 ELSE 0 END"
    )
    return [f"block {row['id']} ({row['status']}) holds {row['held']} claims" for row in rows]


async def broken_holds() -> list[str]:
    """Claims that say of a hold what their appointment does not."""
    rows = await fetch(
        "SELECT c.id, a.id AS appointment, a.status FROM claim c JOIN appointment a ON a.id = c.appointment"
        " WHERE NOT c.released AND (a.status = 'held') <> (c.held_until IS NOT NULL)"
    )
    return [
        f"claim {row['id']} of appointment {row['appointment']} ({row['status']}) is wrong about a hold"
        for row in rows
    ]


async def broken_card_asks() -> list[str]:
    """Visits that were asked for a card or a deposit by a rule that did not count then, or not there."""
    rows = await fetch(
        "SELECT a.appointment, t.version FROM card_ask a JOIN card_term t ON t.id = a.term"
        " JOIN appointment v ON v.id = a.appointment"
        " WHERE a.asked_at < t.begins_at OR a.asked_at > t.ended_at OR v.location <> t.location"
        " OR (t.asks = 'deposit') <> (a.due_cents > 0)"
    )
    return [f"visit {row['appointment']} was asked by card rule {row['version']}" for row in rows]
