"""Reading cards on file, what their guests agreed to, and what bookings ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.db import fetch, fetch_one, fetch_value


@dataclass(frozen=True, slots=True)
class SetupView:
    """One try to keep a card. States: new, created, saved, failed, dropped."""

    id: UUID
    location_id: UUID
    guest_id: UUID
    state: str
    processor_id: str | None
    consent_text: str
    consent_version: str
    consented_at: datetime
    problem: str | None
    tries: int

    @property
    def live(self) -> bool:
        """True while a card may still be kept by it."""
        return self.state in ("new", "created")


@dataclass(frozen=True, slots=True)
class StoredCardView:
    """A card on file with what its guest agreed to; it is `usable` until it is removed."""

    id: UUID
    guest_id: UUID
    processor_id: str
    customer_id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    saved_at: datetime
    consent_text: str
    consent_version: str
    consent_language: str
    consented_at: datetime
    consented_from: str | None
    asked_by: str | None
    removed_at: datetime | None

    @property
    def word(self) -> str:
        """`Visa ending in 4242`."""
        return f"{self.brand.title()} ending in {self.last4}"


_SETUP = (
    "SELECT id, location AS location_id, guest AS guest_id, state, processor_id, consent_text,"
    " consent_version, consented_at, problem, tries FROM card_setup"
)
_CARD = (
    "SELECT c.id, c.guest AS guest_id, c.processor_id, u.processor_id AS customer_id, c.brand, c.last4,"
    " c.exp_month, c.exp_year, c.saved_at, s.consent_text, s.consent_version, s.consent_language,"
    " s.consented_at, s.consented_from, f.name AS asked_by, c.removed_at FROM stored_card c"
    " JOIN card_setup s ON s.id = c.id JOIN card_customer u ON u.guest = c.guest"
    " LEFT JOIN staff f ON f.id = s.asked_by"
)


def _setup(row: Mapping[str, Any] | None) -> SetupView | None:
    return None if row is None else SetupView(**dict(row))


async def card_setup(setup_id: UUID) -> SetupView | None:
    """One try to keep a card."""
    return _setup(await fetch_one(f"{_SETUP} WHERE id = $1", setup_id))


async def card_setup_for_update(setup_id: UUID) -> SetupView | None:
    """One try to keep a card, locked until the end of the action."""
    return _setup(await fetch_one(f"{_SETUP} WHERE id = $1 FOR UPDATE", setup_id))


async def card_setup_behind(processor_id: str) -> SetupView | None:
    """The try that the processor knows by an id of its own."""
    return _setup(await fetch_one(f"{_SETUP} WHERE processor_id = $1", processor_id))


async def due_setups(now: datetime, limit: int) -> list[UUID]:
    """Tries to keep a card that somebody has to look at, the longest overdue first."""
    rows = await fetch(
        "SELECT id FROM card_setup WHERE state IN ('new', 'created') AND next_check_at <= $1"
        " ORDER BY next_check_at, id LIMIT $2",
        now,
        limit,
    )
    return [row["id"] for row in rows]


async def customer_of(guest_id: UUID) -> str | None:
    """A guest's id at the processor."""
    found: str | None = await fetch_value("SELECT processor_id FROM card_customer WHERE guest = $1", guest_id)
    return found


async def stored_cards(guest_id: UUID) -> list[StoredCardView]:
    """The cards of a guest that may be charged, the latest first."""
    rows = await fetch(
        f"{_CARD} WHERE c.guest = $1 AND c.removed_at IS NULL ORDER BY c.saved_at DESC, c.id", guest_id
    )
    return [StoredCardView(**dict(row)) for row in rows]


async def stored_card_for_update(card_id: UUID) -> StoredCardView | None:
    """One card on file, held until the action ends, so that nobody removes it meanwhile."""
    row = await fetch_one(f"{_CARD} WHERE c.id = $1 FOR NO KEY UPDATE OF c", card_id)
    return None if row is None else StoredCardView(**dict(row))


async def cards_to_forget(limit: int) -> list[tuple[UUID, str]]:
    """Cards that were removed here and are still with the processor."""
    rows = await fetch(
        "SELECT id, processor_id FROM stored_card WHERE removed_at IS NOT NULL AND detached_at IS NULL"
        " ORDER BY removed_at LIMIT $1",
        limit,
    )
    return [(row["id"], row["processor_id"]) for row in rows]


async def broken_stored_cards() -> list[str]:
    """Cards on file without a saved setup of the same guest, and saved setups without a card."""
    rows = await fetch(
        "SELECT s.id, s.state, c.id IS NOT NULL AS kept FROM card_setup s"
        " LEFT JOIN stored_card c ON c.id = s.id"
        " WHERE (s.state = 'saved') <> (c.id IS NOT NULL) OR c.guest <> s.guest ORDER BY s.consented_at"
    )
    return [
        f"card setup {row['id']} is {row['state']} and {'has' if row['kept'] else 'has no'} card of its guest"
        for row in rows
    ]


async def broken_charges_without_consent() -> list[str]:
    """Cards on file that were charged before their guest agreed, or after the card was removed."""
    rows = await fetch(
        "SELECT a.id FROM attempt a JOIN stored_card c ON c.id = a.stored_card"
        " JOIN card_setup s ON s.id = c.id"
        " WHERE a.made_at < s.consented_at OR a.made_at > c.removed_at ORDER BY a.made_at"
    )
    return [f"attempt {row['id']} charges a card on file its guest did not agree to then" for row in rows]
