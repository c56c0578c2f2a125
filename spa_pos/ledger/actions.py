"""Writing the books."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import places
from spa_pos.ledger.rules import NewPosting, reversed_postings, settle_zeroes

_ENTRY = (
    "WITH head AS (INSERT INTO entry (id, location, business_date, made_at, kind, subject, reverses)"
    "   VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id)"
    " INSERT INTO posting (entry, account, amount_cents, category, guest_group)"
    " SELECT head.id, new.* FROM head, unnest($8::text[], $9::bigint[], $10::text[], $11::text[]) AS new"
)


@action
async def post_entry(
    *,
    entry_id: UUID,
    location_id: UUID,
    business_date: date,
    kind: str,
    subject: UUID,
    postings: Sequence[NewPosting],
    now: datetime,
    reverses: UUID | None = None,
) -> None:
    """Write one balanced entry. Nothing is written when all its amounts are zero."""
    settled = settle_zeroes(postings)
    if not settled:
        return
    await fetch(
        _ENTRY,
        entry_id,
        location_id,
        business_date,
        now,
        kind,
        subject,
        reverses,
        [posting.account for posting in settled],
        [posting.amount_cents for posting in settled],
        [posting.category for posting in settled],
        [posting.guest_group for posting in settled],
    )


async def keep_account(code: str, name: str, kind: str) -> None:
    """Have an account; one that is there stays as it is. Inside an action."""
    await fetch(
        "INSERT INTO account (code, name, kind) VALUES ($1, $2, $3) ON CONFLICT (code) DO NOTHING",
        code,
        name,
        kind,
    )


@action
async def reverse_entry(*, entry_id: UUID, business_date: date, now: datetime) -> UUID:
    """Write the opposite of an entry on a day of its own, and give its id.

    Raises:
        LookupError: there is no such entry.
    """
    rows = await fetch(
        "SELECT e.location, e.subject, e.kind, p.account, p.amount_cents, p.category, p.guest_group"
        " FROM entry e JOIN posting p ON p.entry = e.id WHERE e.id = $1",
        entry_id,
    )
    if not rows:
        raise LookupError(f"no entry {entry_id}")
    reversal_id = uuid7(now)
    await post_entry(
        entry_id=reversal_id,
        location_id=rows[0]["location"],
        business_date=business_date,
        kind=f"{rows[0]['kind']}-reversed",
        subject=rows[0]["subject"],
        postings=reversed_postings(
            [
                NewPosting(row["account"], Cents(row["amount_cents"]), row["category"], row["guest_group"])
                for row in rows
            ]
        ),
        now=now,
        reverses=entry_id,
    )
    return reversal_id


_CLOSE = """
WITH last AS (SELECT max(business_date) AS day FROM day_balance WHERE location = $1),
moved AS (
    SELECT e.business_date, p.account, sum(p.amount_cents) AS cents
    FROM entry e JOIN posting p ON p.entry = e.id
    WHERE e.location = $1 AND e.business_date > coalesce((SELECT day FROM last), '-infinity')
    AND e.business_date <= $2 GROUP BY 1, 2
),
kept AS (SELECT account, balance_cents FROM day_balance JOIN last ON business_date = day WHERE location = $1),
days AS (
    SELECT each::date AS day FROM last CROSS JOIN
    generate_series(coalesce(last.day + 1, (SELECT min(business_date) FROM moved)), $2, '1 day') AS each
)
INSERT INTO day_balance (location, business_date, account, balance_cents)
SELECT $1, days.day, a.account, coalesce(kept.balance_cents, 0)
    + coalesce(sum(moved.cents) OVER (PARTITION BY a.account ORDER BY days.day), 0)
FROM days CROSS JOIN (SELECT account FROM kept UNION SELECT account FROM moved) a
LEFT JOIN kept ON kept.account = a.account
LEFT JOIN moved ON moved.account = a.account AND moved.business_date = days.day
ORDER BY 2, 3
"""


@action
async def close_days(location_id: UUID, through: date) -> None:
    """Close the business days of a location up to one that is over; one that is closed stays as it is.

    Nobody writes an entry meanwhile: what was under way is counted, what comes later finds the day closed.
    """
    await fetch("LOCK TABLE entry IN SHARE ROW EXCLUSIVE MODE")
    await fetch(_CLOSE, location_id, through)


async def close_days_that_are_over(now: datetime) -> None:
    """Close every day before today, at each location by its own calendar."""
    for place in await places():
        await close_days(place.id, local_date(now, place.zone) - timedelta(days=1))
