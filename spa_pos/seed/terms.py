"""The demo's rules of booking: windows, cancellation policy and reasons (DOMAIN.md §4)."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.tables import BookingWindow, CancellationPolicy, CancelReason
from spa_pos.db import insert, insert_many
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import shift_instant

REASONS = (
    ("guest", "Guest asked", False),
    ("illness", "Illness", True),
    ("clinical", "Clinical appointment ran over", True),
    ("provider", "Provider away", True),
    ("mistake", "Booked by mistake", True),
)
"""Code, name and whether it is free of any fee."""


async def build_terms(location_id: UUID, since: date, zone: ZoneInfo, now: datetime) -> None:
    """Two hours to ninety days ahead online; 24 hours' notice, else half the price, or all of it."""
    await insert_many(
        CancelReason,
        [
            {"code": code, "name": name, "fee_free": free, "position": position}
            for position, (code, name, free) in enumerate(REASONS)
        ],
    )
    await insert(
        CancellationPolicy,
        id=uuid7(now),
        location=location_id,
        version=1,
        begins_at=shift_instant(since, time(), zone),
        notice_hours=24,
        late_ppm=500_000,
        no_show_ppm=1_000_000,
        grace_minutes=15,
    )
    await insert(BookingWindow, id=uuid7(now), location=location_id, lead_minutes=120, horizon_days=90)
