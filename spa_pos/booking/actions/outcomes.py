"""What becomes of an offer, written with what becomes of the appointment that held its time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from spa_pos.db import fetch

Outcome = Literal["taken", "declined", "passed", "expired"]


async def settle_offers(appointment_ids: Sequence[UUID], outcome: Outcome, now: datetime) -> list[UUID]:
    """End the open offers of appointments that are held no longer; gives the entries of the waitlist.

    Who took it is booked; everybody else waits again. Nothing happens to a hold that was no offer.
    """
    rows = await fetch(
        "UPDATE wait_offer SET outcome = $2, ended_at = $3 WHERE appointment = ANY($1) AND outcome = 'open'"
        " RETURNING wait",
        list(appointment_ids),
        outcome,
        now,
    )
    waits = [row["wait"] for row in rows]
    if waits:
        taken = outcome == "taken"
        await fetch(
            "UPDATE wait SET status = $2, ended_at = $3, version = version + 1"
            " WHERE id = ANY($1) AND status = 'offered'",
            waits,
            "booked" if taken else "waiting",
            now if taken else None,
        )
    return waits
