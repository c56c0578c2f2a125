"""Reading attempts and readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import State


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt with its reader, or the card on file it charges.

    Why a card was declined is a sentence; the code stays in the row.
    """

    id: UUID
    location_id: UUID
    purpose: str
    subject: UUID
    reader_id: UUID | None
    reader_name: str
    simulated: bool
    amount_cents: Cents
    state: State
    received_cents: Cents | None
    decline_sentence: str | None
    card_brand: str | None
    card_last4: str | None
    made_at: datetime
    ended_at: datetime | None
    tries: int
    next_check_at: datetime | None
    processor_id: str | None
    reader_processor_id: str | None
    stored_card_id: UUID | None = None
    method_processor_id: str | None = None
    customer_processor_id: str | None = None
    online: bool = False

    @property
    def live(self) -> bool:
        """True while money may still move."""
        return self.state.live


@dataclass(frozen=True, slots=True)
class ReaderView:
    """A card reader that may be used."""

    id: UUID
    name: str
    simulated: bool


_ATTEMPTS = (
    "SELECT a.id, a.location AS location_id, a.purpose, a.subject, a.reader AS reader_id,"
    " coalesce(r.name, initcap(c.brand) || ' ending in ' || c.last4, '') AS reader_name,"
    " coalesce(r.simulated, false) AS simulated, a.amount_cents, a.state, a.received_cents,"
    " a.decline_sentence,"
    " a.card_brand, a.card_last4, a.made_at, a.ended_at, a.tries, a.next_check_at, a.processor_id,"
    " r.processor_id AS reader_processor_id, a.stored_card AS stored_card_id,"
    " c.processor_id AS method_processor_id, u.processor_id AS customer_processor_id, a.online"
    " FROM attempt a LEFT JOIN reader r ON r.id = a.reader"
    " LEFT JOIN stored_card c ON c.id = a.stored_card LEFT JOIN card_customer u ON u.guest = c.guest"
)


def _view(row: Mapping[str, Any] | None) -> AttemptView | None:
    return None if row is None else AttemptView(**{**dict(row), "state": State(row["state"])})


async def attempt(attempt_id: UUID) -> AttemptView | None:
    """One attempt, whoever's it is: compare its location before showing it."""
    return _view(await fetch_one(f"{_ATTEMPTS} WHERE a.id = $1", attempt_id))


async def attempt_for_update(attempt_id: UUID) -> AttemptView | None:
    """One attempt, locked until the end of the action."""
    return _view(await fetch_one(f"{_ATTEMPTS} WHERE a.id = $1 FOR UPDATE OF a", attempt_id))


async def attempt_behind(processor_id: str) -> AttemptView | None:
    """The attempt that the processor knows by an id of its own."""
    return _view(await fetch_one(f"{_ATTEMPTS} WHERE a.processor_id = $1", processor_id))


async def live_attempt_for(subject: UUID) -> AttemptView | None:
    """The attempt that may still move money for a ticket; there is at most one."""
    live = "a.state IN ('new', 'created', 'submitted', 'unknown')"
    return _view(await fetch_one(f"{_ATTEMPTS} WHERE a.subject = $1 AND {live}", subject))


async def last_attempt_for(subject: UUID) -> AttemptView | None:
    """The attempt that lives to pay something, else the latest, however it ended."""
    latest = "ORDER BY (a.ended_at IS NULL) DESC, a.made_at DESC, a.ended_at DESC, a.id DESC LIMIT 1"
    return _view(await fetch_one(f"{_ATTEMPTS} WHERE a.subject = $1 {latest}", subject))


async def due_attempts(now: datetime, limit: int) -> list[UUID]:
    """Live attempts that recovery has to look at, the longest overdue first."""
    rows = await fetch(
        "SELECT id FROM attempt WHERE state IN ('new', 'created', 'submitted', 'unknown')"
        " AND next_check_at <= $1 ORDER BY next_check_at, id LIMIT $2",
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def readers(location_id: UUID) -> list[ReaderView]:
    """The readers of a location that may be used, by name."""
    rows = await fetch(
        "SELECT id, name, simulated FROM reader WHERE location = $1 AND active ORDER BY name, id", location_id
    )
    return [ReaderView(**dict(row)) for row in rows]


async def broken_attempts() -> list[str]:
    """Attempts whose row contradicts its state."""
    rows = await fetch(
        "SELECT id, state, what FROM"
        " (SELECT *, state IN ('new', 'created', 'submitted', 'unknown') AS live FROM attempt) AS attempt,"
        " LATERAL (VALUES"
        "  ('says paid and has no amount received', state = 'paid' AND coalesce(received_cents, 0) <= 0),"
        "  ('has an amount received and is not paid', state <> 'paid' AND received_cents IS NOT NULL),"
        "  ('has no id at the processor',"
        "   state IN ('created', 'submitted', 'unknown', 'paid', 'declined') AND processor_id IS NULL),"
        "  ('names a processor it was never announced to', state = 'new' AND processor_id IS NOT NULL),"
        "  ('is declined without a reason',"
        "   state = 'declined' AND (decline_code IS NULL OR decline_sentence IS NULL)),"
        "  ('has a reason and is not declined', state <> 'declined' AND decline_code IS NOT NULL),"
        "  ('has ended and does not say when', NOT live AND ended_at IS NULL),"
        "  ('has an end and is still live', live AND ended_at IS NOT NULL)"
        ") AS faults (what, found) WHERE found ORDER BY made_at, id, what"
    )
    return [f"attempt {row['id']} ({row['state']}) {row['what']}" for row in rows]


async def lately() -> datetime | None:
    """When somebody last did something here; None in a house where nothing was done yet.

    Invariants take no clock, and the database's own may be another one than that of the program.
    """
    moment: datetime | None = await fetch_value("SELECT made_at FROM audit_event ORDER BY id DESC LIMIT 1")
    return moment


async def broken_forgotten_attempts() -> list[str]:
    """Attempts that are live for more than a day, or that recovery will never look at."""
    rows = await fetch(
        "SELECT id, state, what FROM"
        " (SELECT *, state IN ('new', 'created', 'submitted', 'unknown') AS live FROM attempt) AS attempt,"
        " LATERAL (VALUES"
        "  ('has been live for more than a day', made_at < $1::timestamptz - interval '1 day'),"
        "  ('will never be looked at again', next_check_at IS NULL)"
        ") AS faults (what, found) WHERE live AND found ORDER BY made_at, id, what",
        await lately(),
    )
    return [f"attempt {row['id']} ({row['state']}) {row['what']}" for row in rows]
