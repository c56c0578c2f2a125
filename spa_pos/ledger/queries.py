"""Reading the books."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Place:
    """A location as screens and receipts name it."""

    id: UUID
    code: str
    name: str
    legal_name: str
    address: str
    phone: str
    zone: ZoneInfo
    refund_policy: str
    sample_notice: str


async def place(location_id: UUID) -> Place:
    """One location.

    Raises:
        NotFound: `location-unknown`.
    """
    row = await fetch_one(
        "SELECT id, code, name, legal_name, address, phone, zone, refund_policy, sample_notice"
        " FROM location WHERE id = $1",
        location_id,
    )
    if row is None:
        raise NotFound("location-unknown", "There is no such location.")
    return Place(**{**dict(row), "zone": ZoneInfo(row["zone"])})


async def places() -> list[Place]:
    """Every location, by code."""
    rows = await fetch("SELECT id FROM location ORDER BY code")
    return [await place(row["id"]) for row in rows]


async def broken_entries() -> list[str]:
    """Entries that do not sum to zero or have fewer than two postings."""
    rows = await fetch(
        "SELECT e.id, coalesce(sum(p.amount_cents), 0)::bigint AS total, count(p.id) AS parts"
        " FROM entry e LEFT JOIN posting p ON p.entry = e.id GROUP BY e.id"
        " HAVING coalesce(sum(p.amount_cents), 0) <> 0 OR count(p.id) < 2"
    )
    return [f"entry {row['id']} has {row['parts']} postings that sum to {row['total']}" for row in rows]


async def broken_reversals() -> list[str]:
    """Reversals that are not the exact opposite of what they reverse."""
    rows = await fetch(
        "SELECT r.id FROM entry r WHERE r.reverses IS NOT NULL AND EXISTS ("
        "  SELECT 1 FROM posting p WHERE p.entry IN (r.id, r.reverses)"
        "  GROUP BY p.account, p.category, p.guest_group HAVING sum(p.amount_cents) <> 0)"
    )
    return [f"reversal {row['id']} is not the opposite of its entry" for row in rows]


async def broken_closed_days() -> list[str]:
    """Closed days whose balances are not what the entries until then add up to."""
    rows = await fetch(
        "WITH closed AS (SELECT location, business_date FROM day_balance GROUP BY 1, 2),"
        " moved AS (SELECT e.location, e.business_date, p.account, sum(p.amount_cents) AS cents"
        "   FROM entry e JOIN posting p ON p.entry = e.id GROUP BY 1, 2, 3),"
        " steps AS (SELECT * FROM moved UNION ALL SELECT c.location, c.business_date, a.account, 0"
        "   FROM closed c JOIN (SELECT DISTINCT location, account FROM moved) a USING (location)),"
        " sums AS (SELECT location, business_date, account,"
        "   sum(sum(cents)) OVER (PARTITION BY location, account ORDER BY business_date) AS cents"
        "   FROM steps GROUP BY 1, 2, 3)"
        " SELECT business_date, account, coalesce(b.balance_cents, 0) AS kept,"
        " coalesce(s.cents, 0)::bigint AS summed"
        " FROM (SELECT sums.* FROM sums JOIN closed USING (location, business_date)) s"
        " FULL JOIN day_balance b USING (location, business_date, account)"
        " WHERE coalesce(b.balance_cents, 0) <> coalesce(s.cents, 0) ORDER BY 1, 2"
    )
    return [
        f"{row['business_date']}: {row['account']} was closed at {row['kept']},"
        f" its entries say {row['summed']}"
        for row in rows
    ]
