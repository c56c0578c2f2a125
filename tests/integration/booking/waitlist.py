"""Short ways to a waitlist: a full day, somebody who waits, what was offered to them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from spa_pos.booking.actions.offers import accept_offer
from spa_pos.booking.actions.waitlist import WaitAsk, add_wait
from spa_pos.booking.flows import by_itself, offer_freed
from spa_pos.booking.queries import Visit
from spa_pos.booking.queries.waitlist import OfferView, WaitView, offers, open_offers, wait
from spa_pos.db import fetch
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import place
from tests.builders import booked, price_for, visit_of
from tests.cast import Spa


async def fill(spa: Spa, *, days: int = 0) -> list[UUID]:
    """Book all that the acupuncturist has on a day, from nine to three, past any limit."""
    await fetch("DELETE FROM work_limit")
    found = []
    at = spa.local(9, days=days)
    while at + timedelta(minutes=60) <= spa.local(15, days=days):
        guest_id = await spa.guest(f"Busy Number{len(found)}")
        found.append(await booked(spa, guest_id, service="acupuncture-60", provider="Leila Farouk", at=at))
        visit = await visit_of(spa, found[-1])
        at = visit.occupied[1]
    return found


async def waits(
    spa: Spa, name: str = "Ingrid Halvorsen", group: str = "visitor", *, days: int = 0, **asked: Any
) -> UUID:
    """Somebody who waits for acupuncture today, or on a day so many days later."""
    await fetch("UPDATE credential SET valid_until = NULL")  # Leila's licence would end in days
    guest_id = await spa.guest(name, group)
    day = local_date(spa.clock.now, spa.house.zone) + timedelta(days=days)
    values: dict[str, Any] = {
        "service_id": await spa.service_id("acupuncture-60"),
        "first_day": day,
        "last_day": day,
    } | asked
    return await add_wait(
        spa.maya, wait_id=uuid4(), guest_id=guest_id, asked=WaitAsk(**values), now=spa.clock.now
    )


async def offer_now(spa: Spa, *, days: int = 0, last: int | None = None) -> list[UUID]:
    """What the job does for one day."""
    today = local_date(spa.clock.now, spa.house.zone)
    return await offer_freed(
        by_itself(await place(spa.house.location_id)),
        first=today + timedelta(days=days),
        last=today + timedelta(days=days if last is None else last),
        now=spa.clock.now,
    )


async def wait_of(spa: Spa, wait_id: UUID) -> WaitView:
    """The entry as it stands."""
    return await wait(wait_id, spa.house.location_id)


async def open_offer(wait_id: UUID) -> OfferView | None:
    """What is held for somebody now."""
    return (await open_offers([wait_id])).get(wait_id)


async def outcomes(wait_id: UUID) -> list[str]:
    """What became of all that was offered to somebody, oldest first."""
    return [one.outcome for one in reversed(await offers(wait_id))]


async def accepted(spa: Spa, wait_id: UUID) -> Visit:
    """The offer that is open, taken at the desk at the price the screen shows."""
    held = await open_offer(wait_id)
    assert held is not None
    whose = await wait_of(spa, wait_id)
    quoted = await price_for(spa, whose.guest_id, whose.service_id, held.starts_at)
    await accept_offer(
        spa.maya,
        appointment_id=held.appointment_id,
        version=held.appointment_version,
        quoted_cents=quoted,
        now=spa.clock.now,
    )
    return await visit_of(spa, held.appointment_id)
