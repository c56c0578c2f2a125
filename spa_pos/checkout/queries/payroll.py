"""What is taken from employees' pay, and what a refund gives back of it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import PAYROLL

FROM_PAY = """
SELECT d.id, p.guest, p.employee_number, p.signed_name, t.location, t.business_date,
  t.number AS ticket_number, NULL::integer AS refund_number, d.amount_cents
  FROM tender d JOIN ticket t ON t.id = d.ticket JOIN payroll_authorisation p ON p.id = d.authorisation
  WHERE d.status = 'taken'
UNION ALL
SELECT b.id, p.guest, p.employee_number, p.signed_name, r.location, r.business_date, t.number,
  r.number, -b.amount_cents
  FROM refund_part b JOIN refund r ON r.id = b.refund JOIN tender d ON d.id = b.tender
  JOIN ticket t ON t.id = d.ticket JOIN payroll_authorisation p ON p.id = d.authorisation
  WHERE r.status = 'done' AND b.status = 'done'
"""  # noqa: E501, RUF100
"""Every deduction on the day its ticket settled, none while it is open; what went back, on its own day."""  # noqa: E501, RUF100


@dataclass(frozen=True, slots=True)
class Deduction:
    """One purchase that is taken from an employee's pay, or a refund, negative, that gives it back."""

    employee_number: str
    signed_name: str
    business_date: date
    ticket_number: int
    refund_number: int | None
    amount_cents: Cents


async def taken_from_pay(guest_id: UUID, first: date, last: date) -> Cents:
    """What an employee has taken from pay within a pay period, what is on open tickets included."""
    return Cents(
        await fetch_value(
            f"SELECT coalesce(sum(amount_cents), 0)::bigint FROM ({FROM_PAY}) taken"  # noqa: S608 - own names
            " WHERE guest = $1 AND (business_date IS NULL OR business_date BETWEEN $2 AND $3)",
            guest_id,
            first,
            last,
        )
    )


async def deductions(location_id: UUID, first: date, last: date) -> list[Deduction]:
    """What is to be taken from pay for the sales of a period, by employee and day.

    A refund stands in the period in which it was given: a period that was exported never changes.
    """
    rows = await fetch(
        "SELECT employee_number, signed_name, business_date, ticket_number, refund_number, amount_cents"  # noqa: S608
        f" FROM ({FROM_PAY}) taken WHERE location = $1 AND business_date BETWEEN $2 AND $3"
        " ORDER BY employee_number, business_date, ticket_number, refund_number NULLS FIRST, id",
        location_id,
        first,
        last,
    )
    return [Deduction(**dict(row)) for row in rows]


async def broken_payroll() -> list[str]:
    """Locations whose deductions from pay are not what the account of deductions holds."""
    rows = await fetch(
        "SELECT l.name, coalesce(b.cents, 0) AS booked, coalesce(f.cents, 0) AS taken FROM location l"  # noqa: S608
        " LEFT JOIN (SELECT e.location, sum(p.amount_cents)::bigint AS cents FROM posting p"
        "   JOIN entry e ON e.id = p.entry WHERE p.account = $1 GROUP BY 1) b ON b.location = l.id"
        f" LEFT JOIN (SELECT location, sum(amount_cents)::bigint AS cents FROM ({FROM_PAY}) taken"
        "   GROUP BY 1) f ON f.location = l.id WHERE coalesce(b.cents, 0) <> coalesce(f.cents, 0)",
        PAYROLL,
    )
    return [
        f"{row['name']} has {row['booked']} of deductions in the books,"
        f" its tenders and refunds say {row['taken']}"  # noqa: E501, RUF100
        for row in rows
    ]
