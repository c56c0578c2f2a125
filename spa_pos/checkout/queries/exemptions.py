"""Which lines could be exempt from tax, and what was sold exempt."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.care.rules import MASSAGE
from spa_pos.db import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class Served:
    """Whose massage a line is, and of which day."""

    guest_id: UUID | None
    service_day: date


async def massage_of(line_id: UUID) -> Served | None:
    """Whose massage a line is; None when it is none."""
    row = await fetch_one(
        "SELECT guest AS guest_id, service_day FROM served_line WHERE line = $1 AND tax_class = $2",
        line_id,
        MASSAGE,
    )
    return Served(**dict(row)) if row else None


async def referrals_in_use(guest_id: UUID) -> list[UUID]:
    """The referrals of a guest that made something exempt."""
    rows = await fetch(
        "SELECT DISTINCT l.referral FROM ticket_line l JOIN referral r ON r.id = l.referral"
        " WHERE r.guest = $1",
        guest_id,
    )
    return [row[0] for row in rows]


async def broken_exemptions() -> list[str]:
    """Lines sold exempt that no referral of the guest covers, or no leave for facility treatment."""
    rows = await fetch(
        "SELECT l.id, l.tax_treatment FROM ticket_line l LEFT JOIN served_line v ON v.line = l.id"
        " LEFT JOIN referral r ON r.id = l.referral WHERE l.status = 'live'"
        " AND ((l.tax_treatment = 'exempt-written-referral' AND (v.tax_class = 'massage'"
        "   AND r.guest = v.guest AND r.location = v.location"
        "   AND v.service_day BETWEEN r.written_on AND r.valid_until) IS NOT TRUE)"
        " OR (l.tax_treatment = 'exempt-facility-treatment' AND (v.tax_class = 'massage' AND EXISTS ("
        "   SELECT 1 FROM treatment_terms x WHERE x.location = v.location AND x.allowed"
        "   AND x.valid_from <= v.service_day)) IS NOT TRUE)"
        " OR (l.tax_treatment LIKE 'exempt-%' AND l.tax_cents <> 0))"
    )
    return [f"line {row['id']} is {row['tax_treatment']} without proof, or taxed" for row in rows]
