"""Writing down how a day compares with the processor, and what a person made of a difference."""

from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.payments.rules import Compared, Difference
from spa_pos.people.actions import need_role, record


@action
async def record_card_day(
    *, location_id: UUID, day: date, payments: Compared, refunds: Compared, now: datetime
) -> int:
    """Write down how a day compares; gives how many differences wait for somebody.

    A difference found again stays as it is, one that is not found any more is gone; one whose amounts
    changed after somebody had settled it waits anew.
    """
    await _locked(location_id, day)
    await fetch(
        "INSERT INTO card_day (id, location, day, compared_at, charges_count, charges_cents, refunds_count,"
        " refunds_cents) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (location, day) DO UPDATE SET"
        " compared_at = $4, charges_count = $5, charges_cents = $6, refunds_count = $7, refunds_cents = $8,"
        " failed_at = NULL, problem = NULL",
        uuid7(now),
        location_id,
        day,
        now,
        payments.count,
        payments.cents,
        refunds.count,
        refunds.cents,
    )
    found = (*payments.differences, *refunds.differences)
    for one in found:
        await _write(location_id, day, one, now)
    await fetch(
        "UPDATE card_difference SET gone_at = $3 WHERE location = $1 AND day = $2 AND gone_at IS NULL"
        " AND NOT (kind || ' ' || key = ANY($4))",
        location_id,
        day,
        now,
        [f"{one.kind} {one.key}" for one in found],
    )
    rows = await fetch(
        "SELECT 1 FROM card_difference WHERE location = $1 AND day = $2 AND gone_at IS NULL"
        " AND settled_at IS NULL",
        location_id,
        day,
    )
    return len(rows)


async def _locked(location_id: UUID, day: date) -> None:
    await lock(f"card-day:{location_id}:{day}")


async def _write(location_id: UUID, day: date, one: Difference, now: datetime) -> None:
    await fetch(
        "UPDATE card_difference SET settled_at = NULL, settled_by = NULL, note = NULL WHERE location = $1"
        " AND day = $2 AND kind = $3 AND key = $4 AND settled_at IS NOT NULL"
        " AND (there_cents IS DISTINCT FROM $5::int OR here_cents IS DISTINCT FROM $6::int)",
        location_id,
        day,
        one.kind.value,
        one.key,
        one.there_cents,
        one.here_cents,
    )
    await fetch(
        "INSERT INTO card_difference (id, location, day, kind, key, there_cents, here_cents, ticket,"
        " refund, found_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (location, day, kind, key) DO UPDATE SET there_cents = excluded.there_cents,"
        " here_cents = excluded.here_cents, ticket = excluded.ticket, refund = excluded.refund,"
        " gone_at = NULL",
        uuid7(now),
        location_id,
        day,
        one.kind.value,
        one.key,
        one.there_cents,
        one.here_cents,
        one.ticket_id,
        one.refund_id,
        now,
    )


@action
async def record_card_day_failed(*, location_id: UUID, day: date, problem: str, now: datetime) -> None:
    """Write down that a day could not be compared; what an earlier look found stays."""
    await _locked(location_id, day)
    await fetch(
        "INSERT INTO card_day (id, location, day, failed_at, problem) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (location, day) DO UPDATE SET failed_at = $4, problem = $5",
        uuid7(now),
        location_id,
        day,
        now,
        problem[:300],
    )


@action
async def settle_difference(actor: Actor, *, difference_id: UUID, note: str, now: datetime) -> date:
    """A manager looked into a difference and says what became of it; gives its day.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `note-missing`.
        NotFound: `difference-unknown`.
        Conflict: `difference-settled`.
    """
    need_role(actor, Role.MANAGER)
    words = " ".join(note.split())[:300]
    if not words:
        raise Invalid("note-missing", "Say what became of it: who was asked, what was done.", field="note")
    row = await fetch_one(
        "SELECT day, kind, key, settled_at, gone_at FROM card_difference"
        " WHERE id = $1 AND location = $2 FOR UPDATE",
        difference_id,
        actor.location_id,
    )
    if row is None:
        raise NotFound("difference-unknown", "There is no such difference. Open the day again.")
    if row["settled_at"] is not None or row["gone_at"] is not None:
        raise Conflict("difference-settled", "This is settled already. Open the day again.")
    await fetch(
        "UPDATE card_difference SET settled_at = $2, settled_by = $3, note = $4 WHERE id = $1",
        difference_id,
        now,
        actor.staff_id,
        words,
    )
    await record(
        actor,
        verb="settled a difference with the card processor",
        subject_kind="card difference",
        subject=difference_id,
        now=now,
        after={"kind": row["kind"], "key": row["key"]},
        reason=words,
    )
    day: date = row["day"]
    return day
