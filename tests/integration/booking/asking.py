"""What the verbs of the calendar are asked, as the sheet would fill it in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from spa_pos.booking.actions import BookingItem, MoveItem, book_party, hold_appointment
from spa_pos.booking.rules import Arrangement
from spa_pos.catalog.queries import quotes
from spa_pos.db import fetch
from spa_pos.kernel.money import Cents
from spa_pos.people.queries import guest
from tests.builders import visit_of
from tests.cast import Spa


async def total_for(spa: Spa, guest_id: UUID, ids: Sequence[UUID], starts_at: datetime) -> Cents:
    """What the sheet would show for a service with add-ons."""
    whose = await guest(guest_id)
    found = await quotes(
        spa.house.location_id,
        spa.house.zone,
        list(ids),
        whose.group,
        starts_at=starts_at,
        booked_at=spa.clock.now,
    )
    return Cents(sum(found[one].price_cents for one in ids))


async def item(
    spa: Spa,
    guest_id: UUID,
    *,
    service: str = "swedish-60",
    provider: str = "Ana Okafor",
    at: datetime | None = None,
    add_ons: Sequence[str] = (),
) -> BookingItem:
    """One service for one guest; ten o'clock today unless wished otherwise."""
    starts_at = at or spa.local(10)
    ids = [await spa.service_id(code) for code in (service, *add_ons)]
    quoted = await total_for(spa, guest_id, ids, starts_at)
    staff_id = await spa.staff_id(provider)
    return BookingItem(uuid4(), guest_id, ids[0], staff_id, starts_at, quoted, tuple(ids[1:]))


async def held(spa: Spa, guest_id: UUID | None = None, *, minutes: int = 10, **wish: Any) -> UUID:
    """A visit that is held for some minutes from now."""
    wanted = await item(spa, guest_id or await spa.guest(), **wish)
    return await hold_appointment(
        spa.maya,
        item=wanted,
        held_until=spa.clock.now + timedelta(minutes=minutes),
        now=spa.clock.now,
    )


async def couple(spa: Spa, *, at: datetime | None = None) -> list[BookingItem]:
    """Two guests, two massages, side by side with Ana and Ben."""
    return [
        await item(spa, await spa.guest("Lena Vogel"), provider="Ana Okafor", at=at),
        await item(spa, await spa.guest("Rosa Delgado"), provider="Ben Castellano", at=at),
    ]


async def booked_party(spa: Spa, items: Sequence[BookingItem], **wish: Any) -> UUID:
    """A party that is booked."""
    asked = {"arrangement": Arrangement.TOGETHER, "longest_wait_minutes": 15} | wish
    return await book_party(spa.maya, party_id=uuid4(), items=items, now=spa.clock.now, **asked)


async def moved(spa: Spa, appointment_id: UUID, starts_at: datetime, provider: str = "") -> MoveItem:
    """Another time for a visit as it stands, at the price it has."""
    seen = await visit_of(spa, appointment_id)
    staff_id = await spa.staff_id(provider) if provider else seen.provider_id
    return MoveItem(appointment_id, seen.version, staff_id, starts_at, seen.total_cents)


async def statuses() -> list[str]:
    """Where every appointment stands, by start and provider."""
    rows = await fetch("SELECT status FROM appointment ORDER BY starts_at, provider")
    return [row["status"] for row in rows]
