"""Reading drawers: what should be in them, what went in and out."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.drawers.rules import STANDARD_TERMS, Closing, Terms
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import CASH

MOST_SHOWN = 60
"""So many drawers are listed at once, about a month of two desks."""


@dataclass(frozen=True, slots=True)
class DrawerHead:
    """One drawer; amounts of the count are None until it is closed. `counted` is true after a count."""

    id: UUID
    device_id: UUID
    device_name: str
    status: str
    business_date: date
    float_cents: Cents
    opened_at: datetime
    opened_by: str
    expected_cents: Cents | None
    counted_cents: Cents | None
    bank_cents: Cents | None
    note: str
    closed_at: datetime | None
    closed_by: str | None
    approved_by: str | None

    @property
    def is_closed(self) -> bool:
        """True once it was counted and emptied."""
        return self.status == "closed"

    @property
    def over_cents(self) -> Cents:
        """Over (above zero) or short (below) at the close; 0 while it is not closed."""
        return Cents((self.counted_cents or 0) - (self.expected_cents or 0))


_HEAD = (
    "SELECT d.id, d.device AS device_id, v.name AS device_name, d.status, d.business_date, d.float_cents,"
    " d.opened_at, o.name AS opened_by, d.expected_cents, d.counted_cents, d.bank_cents, d.note, d.closed_at,"
    " c.name AS closed_by, p.name AS approved_by FROM drawer d JOIN device v ON v.id = d.device"
    " JOIN staff o ON o.id = d.opened_by LEFT JOIN staff c ON c.id = d.closed_by"
    " LEFT JOIN approval a ON a.id = d.approval LEFT JOIN staff p ON p.id = a.approver"
)


@dataclass(frozen=True, slots=True)
class CashRow:
    """One thing that happened to the cash of a drawer; `subject` is the ticket for sales and refunds.

    `kind` is the entry's: `cash-tendered`, `cash-tendered-reversed`, `late-tip-cash`, `ticket-refunded`,
    `drawer-opened`, `drawer-paid-in`, `drawer-paid-out`, `drawer-drop`, `drawer-closed`; or `no_sale`.
    """

    kind: str
    subject: UUID
    amount_cents: Cents
    made_at: datetime
    category: str
    note: str
    made_by: str
    ticket_number: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A count: what somebody found, and what should have been there at that moment."""

    id: UUID
    pieces: dict[int, int]
    counted_cents: Cents
    expected_cents: Cents
    counted_at: datetime
    counted_by: str

    def closing(self, float_cents: Cents) -> Closing:
        """What closing with this count comes to."""
        return Closing(self.expected_cents, self.counted_cents, float_cents)


async def drawer(drawer_id: UUID, location_id: UUID, *, for_update: bool = False) -> DrawerHead:
    """One drawer of a location.

    Raises:
        NotFound: `drawer-unknown`.
    """
    lock = " FOR UPDATE OF d" if for_update else ""
    row = await fetch_one(f"{_HEAD} WHERE d.id = $1 AND d.location = $2{lock}", drawer_id, location_id)
    if row is None:
        raise NotFound("drawer-unknown", "There is no such drawer.")
    return DrawerHead(**dict(row))


async def drawer_at(device_id: UUID | None, *, for_share: bool = False) -> DrawerHead | None:
    """The drawer that takes cash at a device now; with `for_share` nobody closes it meanwhile."""
    locked = " FOR SHARE OF d" if for_share else ""
    row = await fetch_one(f"{_HEAD} WHERE d.device = $1 AND d.status = 'open'{locked}", device_id)
    return DrawerHead(**dict(row)) if row else None


async def drawers(location_id: UUID, *, unclosed: bool = False) -> list[DrawerHead]:
    """The drawers of a location, the latest first; with `unclosed` those that were never counted."""
    only = " AND d.status <> 'closed'" if unclosed else ""
    rows = await fetch(
        f"{_HEAD} WHERE d.location = $1{only} ORDER BY d.opened_at DESC, d.id LIMIT $2",
        location_id,
        MOST_SHOWN,
    )
    return [DrawerHead(**dict(row)) for row in rows]


async def drawers_of_days(location_id: UUID, since: date, until: date) -> list[DrawerHead]:
    """The drawers that were opened on the days of a period, both included, in order."""
    rows = await fetch(
        f"{_HEAD} WHERE d.location = $1 AND d.business_date BETWEEN $2 AND $3 ORDER BY d.opened_at, d.id",
        location_id,
        since,
        until,
    )
    return [DrawerHead(**dict(row)) for row in rows]


async def expected_in(drawer_id: UUID) -> Cents:
    """What should lie in a drawer: the sum of its cash postings."""
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(p.amount_cents), 0)::bigint FROM drawer_entry e"
            " JOIN posting p ON p.entry = e.entry WHERE e.drawer = $1 AND p.account = $2",
            drawer_id,
            CASH,
        )
    )


async def cash_rows(drawer_ids: list[UUID]) -> dict[UUID, list[CashRow]]:
    """Everything that happened to the cash of some drawers, by drawer, in order."""
    rows = await fetch(
        "SELECT d.drawer, e.kind, e.subject, sum(p.amount_cents)::bigint AS amount_cents, e.made_at,"
        " coalesce(m.category, '') AS category, coalesce(m.note, '') AS note,"
        " coalesce(s.name, '') AS made_by, t.number AS ticket_number, d.id AS position"
        " FROM drawer_entry d JOIN entry e ON e.id = d.entry"
        " JOIN posting p ON p.entry = e.id AND p.account = $2"
        " LEFT JOIN drawer_move m ON m.id = e.id LEFT JOIN staff s ON s.id = m.made_by"
        " LEFT JOIN ticket t ON t.id = e.subject WHERE d.drawer = ANY($1)"
        " GROUP BY d.id, e.id, m.id, s.id, t.id"
        " UNION ALL SELECT m.drawer, 'no_sale', m.drawer, 0, m.made_at, '', m.note, s.name, NULL, 0"
        " FROM drawer_move m JOIN staff s ON s.id = m.made_by WHERE m.drawer = ANY($1) AND m.kind = 'no_sale'"
        " ORDER BY made_at, position",
        drawer_ids,
        CASH,
    )
    found: dict[UUID, list[CashRow]] = {}
    for row in rows:
        values = {name: value for name, value in row.items() if name != "position"}
        found.setdefault(values.pop("drawer"), []).append(CashRow(**values))
    return found


async def last_count(drawer_id: UUID) -> Counted | None:
    """The latest count of a drawer."""
    row = await fetch_one(
        "SELECT c.id, c.pieces, c.counted_cents, c.expected_cents, c.counted_at, s.name AS counted_by"
        " FROM drawer_count c JOIN staff s ON s.id = c.counted_by WHERE c.drawer = $1"
        " ORDER BY c.counted_at DESC, c.id DESC LIMIT 1",
        drawer_id,
    )
    if row is None:
        return None
    values = dict(row)
    return Counted(**values | {"pieces": msgspec.json.decode(values["pieces"], type=dict[int, int])})


async def drawer_terms(location_id: UUID) -> Terms:
    """The usual float and thresholds of a location."""
    row = await fetch_one(
        "SELECT float_cents, note_from_cents, pin_from_cents FROM drawer_terms WHERE location = $1",
        location_id,
    )
    return Terms(**dict(row)) if row else STANDARD_TERMS


async def forgotten_count(location_id: UUID) -> int:
    """How many drawers nobody has counted since the day they were opened on, or since they were set aside."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM drawer d JOIN location l ON l.id = d.location WHERE d.location = $1"
            " AND d.status <> 'closed' AND d.business_date <"
            " (coalesce((SELECT made_at FROM audit_event ORDER BY id DESC LIMIT 1), now())"
            " AT TIME ZONE l.zone)::date",
            location_id,
        )
    )


async def broken_drawers() -> list[str]:
    """Closed drawers that are not empty in the books, or whose figures do not follow from their entries."""
    rows = await fetch(
        "SELECT d.id, sum(p.amount_cents) AS left_over,"
        " sum(p.amount_cents) FILTER (WHERE e.kind <> 'drawer-closed') AS expected, d.expected_cents"
        " FROM drawer d LEFT JOIN drawer_entry l ON l.drawer = d.id LEFT JOIN entry e ON e.id = l.entry"
        " LEFT JOIN posting p ON p.entry = l.entry AND p.account = $1 WHERE d.status = 'closed' GROUP BY d.id"
        " HAVING coalesce(sum(p.amount_cents), 0) <> 0 OR d.expected_cents <>"
        " coalesce(sum(p.amount_cents) FILTER (WHERE e.kind <> 'drawer-closed'), 0)",
        CASH,
    )
    return [
        f"drawer {row['id']} expected {row['expected_cents']}, its entries say {row['expected']},"
        f" {row['left_over']} is left in it"
        for row in rows
    ]


async def broken_cash() -> list[str]:
    """Cash that lies in no drawer although drawers were in use."""
    rows = await fetch(
        "SELECT e.id FROM posting p JOIN entry e ON e.id = p.entry WHERE p.account = $1"
        " AND NOT EXISTS (SELECT 1 FROM drawer_entry l WHERE l.entry = e.id)"
        " AND e.made_in > (SELECT min(f.made_in) FROM drawer_entry l JOIN entry f ON f.id = l.entry)",
        CASH,
    )
    return [f"the cash of entry {row['id']} lies in no drawer" for row in rows]
