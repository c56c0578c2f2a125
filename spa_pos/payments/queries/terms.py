"""Reading who is asked for a card or a deposit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.db import fetch
from spa_pos.payments.rules import Asks, CardTerm

_TERMS = (
    'SELECT t.id, t.version, t.service AS service_id, t.guest_group AS "group", t.new_guests, t.asks,'
    " t.rate_ppm,"
    " t.amount_cents, t.from_cents, s.name AS service_name, g.name AS group_name, t.begins_at, t.ended_at,"
    " t.consent_version, t.consent_text, f.name AS made_by FROM card_term t"
    " LEFT JOIN service s ON s.id = t.service LEFT JOIN guest_group g ON g.code = t.guest_group"
    " LEFT JOIN staff f ON f.id = t.made_by"
)


@dataclass(frozen=True, slots=True)
class CardTermView:
    """One version of a rule with the names in it; ended ones too."""

    term: CardTerm
    service_name: str | None
    group_name: str | None
    begins_at: datetime
    ended_at: datetime | None
    consent_version: str
    consent_text: str
    made_by: str | None


async def card_terms(location_id: UUID) -> list[CardTerm]:
    """The rules of a location that count now."""
    rows = await fetch(f"{_TERMS} WHERE t.location = $1 AND t.ended_at IS NULL", location_id)
    return [_term(dict(row)) for row in rows]


async def card_term_versions(location_id: UUID) -> list[CardTermView]:
    """Every version of every rule: those that count first, then the latest first."""
    rows = await fetch(
        f"{_TERMS} WHERE t.location = $1"
        " ORDER BY t.ended_at IS NOT NULL, s.name NULLS FIRST, g.position NULLS FIRST, t.new_guests,"
        " t.version DESC",
        location_id,
    )
    return [
        CardTermView(
            _term(dict(row)),
            row["service_name"],
            row["group_name"],
            row["begins_at"],
            row["ended_at"],
            row["consent_version"],
            row["consent_text"],
            row["made_by"],
        )
        for row in rows
    ]


def _term(row: dict[str, Any]) -> CardTerm:
    names = ("id", "version", "service_id", "group", "new_guests", "rate_ppm", "amount_cents", "from_cents")
    return CardTerm(asks=Asks(row["asks"]), **{name: row[name] for name in names})
