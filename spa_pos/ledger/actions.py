"""Writing the books."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
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
