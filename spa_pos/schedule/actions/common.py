"""What the verbs of the schedule share."""

from datetime import date, datetime, timedelta
from uuid import UUID

from spa_pos.db import announce, fetch_one
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Invalid, NotFound
from spa_pos.kernel.time import local_date
from spa_pos.schedule.rules import board_topic

BOARDS_TOLD = 62
"""Of a change without an end, the boards of this many days are told; later ones are not open."""


def today_of(actor: Actor, now: datetime) -> date:
    """The local day of the location."""
    return local_date(now, actor.zone)


async def provider_of(actor: Actor, staff_id: UUID) -> str:
    """The name of a provider of the actor's location.

    Raises:
        NotFound: `provider-unknown`.
    """
    row = await fetch_one(
        "SELECT s.name FROM staff s JOIN resource r ON r.staff = s.id"
        " WHERE s.id = $1 AND s.location = $2 AND s.active",
        staff_id,
        actor.location_id,
    )
    if row is None:
        raise NotFound("provider-unknown", "There is no such provider here. Go back to the schedule.")
    return str(row["name"])


async def tell_days(actor: Actor, first: date, last: date | None = None) -> None:
    """Announce to the boards of these days, both included, that they changed; no last: from then on."""
    end = min(last or date.max, first + timedelta(days=BOARDS_TOLD))
    days = [first + timedelta(days=offset) for offset in range((end - first).days + 1)]
    await announce(actor.location_id, *(board_topic(day) for day in days))


async def tell_period(actor: Actor, starts_at: datetime, ends_at: datetime) -> None:
    """Announce to the boards of the days that a period touches that they changed."""
    last = local_date(ends_at - timedelta(seconds=1), actor.zone)
    await tell_days(actor, local_date(starts_at, actor.zone), last)


def words_of(text: str, what: str, *, most: int = 120, field: str = "reason") -> str:
    """A short text as it is kept.

    Raises:
        Invalid: `reason-missing` or `reason-too-long`.
    """
    words = " ".join(text.split())
    if not words:
        raise Invalid("reason-missing", f"Type {what}, so that others understand it.", field=field)
    if len(words) > most:
        raise Invalid("reason-too-long", f"That is too long: {most} letters at most.", field=field)
    return words
