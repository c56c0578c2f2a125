"""Reading what employees signed."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.money import Cents


@dataclass(frozen=True, slots=True)
class Authorisation:
    """An employee's signed yes to deductions from pay."""

    id: UUID
    guest_id: UUID
    guest_name: str
    employee_number: str
    signed_name: str
    signed_on: date
    period_cents: Cents
    kept_where: str
    withdrawn_at: datetime | None


_AUTHORISATION = (
    "SELECT p.id, p.guest AS guest_id, g.given_name || ' ' || g.family_name AS guest_name,"
    " p.employee_number, p.signed_name, p.signed_on, p.period_cents, p.kept_where,"
    " p.withdrawn_at"
    " FROM payroll_authorisation p JOIN guest g ON g.id = p.guest"
)


async def authorisation_for_update(guest_id: UUID) -> Authorisation | None:
    """What a guest has signed and not withdrawn, held until the action ends, so that sums are right."""
    row = await fetch_one(
        f"{_AUTHORISATION} WHERE p.guest = $1 AND p.withdrawn_at IS NULL FOR UPDATE OF p", guest_id
    )
    return None if row is None else Authorisation(**dict(row))


async def authorisations() -> list[Authorisation]:
    """Every authorisation, those in force first, then by name."""
    rows = await fetch(f"{_AUTHORISATION} ORDER BY p.withdrawn_at NULLS FIRST, guest_name")
    return [Authorisation(**dict(row)) for row in rows]


async def has_authorisation(guest_id: UUID) -> bool:
    """True while a guest has signed for payroll deduction."""
    return bool(
        await fetch("SELECT 1 FROM payroll_authorisation WHERE guest = $1 AND withdrawn_at IS NULL", guest_id)
    )
