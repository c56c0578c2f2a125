"""What employees sign: deductions from pay, up to so much a pay period."""

import re
from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch_value, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.payments.tables import PayrollAuthorisation
from spa_pos.people.actions import record


@action
async def sign_for_payroll(
    actor: Actor,
    *,
    authorisation_id: UUID,
    guest_id: UUID,
    employee_number: str,
    signed_name: str,
    signed_on: date,
    period_cents: Cents,
    kept_where: str,
    now: datetime,
) -> UUID:
    """Write down what an employee signed: so much a pay period may be deducted for purchases.

    `kept_where` is where the signed paper lies, which has to be shown when somebody asks (DOMAIN.md §2.12).

    Raises:
        Invalid: `authorisation-unreadable`, `signed-later`, `paper-missing`.
        Conflict: `already-authorised`.
    """
    number, name, paper = (" ".join(text.split()) for text in (employee_number, signed_name, kept_where))
    _check_signed(number, name, paper, period_cents)
    if signed_on > local_date(now, actor.zone):
        raise Invalid("signed-later", "It cannot be signed on a day to come.", field="signed_on")
    await insert(
        PayrollAuthorisation,
        id=authorisation_id,
        guest=guest_id,
        employee_number=number,
        signed_name=name,
        signed_on=signed_on,
        period_cents=period_cents,
        kept_where=paper,
        recorded_at=now,
        recorded_by=actor.staff_id,
    )
    await record(
        actor,
        verb="recorded a payroll authorisation",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        after={
            "authorisation": authorisation_id,
            "period_cents": period_cents,
            "signed_on": signed_on,
            "kept": paper,
        },
    )
    return authorisation_id


def _check_signed(number: str, name: str, paper: str, period_cents: Cents) -> None:
    if not (re.fullmatch(r"[A-Za-z0-9-]{2,20}", number, re.ASCII) and 2 <= len(name) <= 80):
        raise Invalid("authorisation-unreadable", "Type the employee number and the name as signed.")
    if not 0 < period_cents <= 100_000:
        raise Invalid("authorisation-unreadable", "Type how much may be deducted each pay period.")
    if not 0 < len(paper) <= 120:
        raise Invalid("paper-missing", "Say where the signed paper is kept.", field="kept_where")


@action
async def withdraw_from_payroll(actor: Actor, *, authorisation_id: UUID, now: datetime) -> None:
    """An employee withdraws: nothing more is deducted for purchases from now on."""
    guest_id = await fetch_value(
        "UPDATE payroll_authorisation SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL"
        " RETURNING guest",
        authorisation_id,
        now,
    )
    if guest_id is not None:
        await record(
            actor,
            verb="withdrew a payroll authorisation",
            subject_kind="guest",
            subject=guest_id,
            now=now,
            before={"authorisation": authorisation_id},
        )
