"""The demo's rules of booking: windows, cancellation policy and reasons (DOMAIN.md §4)."""

from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.tables import (
    BookingWindow,
    CancellationPolicy,
    CancelReason,
    TriageWeight,
    WaitlistRule,
)
from spa_pos.db import insert, insert_many
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import shift_instant
from spa_pos.stored_value.rules import STANDARD_TERMS
from spa_pos.stored_value.tables import ValueTerms
from spa_pos.web.i18n import N_

REASONS = (
    ("guest", N_("Guest asked"), False, False),
    ("illness", N_("Illness"), True, True),
    ("clinical", N_("Clinical appointment ran over"), True, True),
    ("provider", N_("Provider away"), True, False),
    ("mistake", N_("Booked by mistake"), True, False),
)
"""Code, name, whether it is free of any fee, and whether guests may say so by themselves."""

WEIGHTS = (
    ("group", "patient", "Patient", 40),
    ("reason", "pain", "Pain", 20),
    ("reason", "anxiety", "Anxiety", 15),
    ("reason", "end_of_life", "End of life", 30),
    ("reason", "procedure", "Before a procedure", 20),
    ("reason", "none", "No special reason", 0),
    ("severity", "", "Severity", 2),
    ("leaving", "", "Leaving", 3),
    ("waiting", "", "Waiting", 1),
)
"""Factor, code, name and sample points of the waitlist's order; patients first (DOMAIN.md §3.5)."""


async def build_terms(location_id: UUID, since: date, zone: ZoneInfo, now: datetime) -> None:
    """Two hours to ninety days ahead online; 24 hours' notice, else half the price, or all of it."""
    await _value_terms(location_id, now)
    await insert_many(
        CancelReason,
        [
            {"code": code, "name": name, "fee_free": free, "for_guests": own, "position": position}
            for position, (code, name, free, own) in enumerate(REASONS)
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
    await _build_waitlist(location_id, now)


async def _build_waitlist(location_id: UUID, now: datetime) -> None:
    await insert(
        WaitlistRule,
        id=uuid7(now),
        location=location_id,
        hold_minutes=30,
        notice_minutes=120,
        offers_from=time(8),
        offers_until=time(20),
        leaving_days=7,
        waiting_most_points=30,
    )
    await insert_many(
        TriageWeight,
        [
            {
                "id": uuid7(now),
                "location": location_id,
                "factor": factor,
                "code": code,
                "name": name,
                "points": points,
                "position": position,
            }
            for position, (factor, code, name, points) in enumerate(WEIGHTS)
        ],
    )


async def _value_terms(location_id: UUID, now: datetime) -> None:
    """How much goes on one gift card, and how much is given away in a day (RELIABILITY.md §5.2)."""
    await insert(
        ValueTerms,
        id=uuid7(now),
        location=location_id,
        smallest_cents=STANDARD_TERMS.smallest_cents,
        desk_card_cents=STANDARD_TERMS.desk_card_cents,
        manager_card_cents=STANDARD_TERMS.manager_card_cents,
        free_day_cents=STANDARD_TERMS.free_day_cents,
    )
