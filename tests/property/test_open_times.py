"""Every offered time can be booked, and every quarter of an hour that can be booked is offered.

Three roads to the same answer for a day full of random claims: what the sheet shows, what booking
does, and a question to the database that shares no code with either.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from spa_pos.booking.actions import book_appointment
from spa_pos.booking.pages.views import new_booking_href
from spa_pos.db import action, fetch
from spa_pos.kernel.errors import Refusal
from spa_pos.seed.menu import SERVICES
from tests.builders import booking, slots
from tests.cast import Kiosk, Spa, open_spa
from tests.conftest import Database
from tests.database import plant

DAYS = settings().max_examples // 4
WITHOUT_EXPLAINING = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
GRID = timedelta(minutes=5)
NAMES = {
    "massage": ("Ana Okafor", "Ben Castellano"),
    "skin": ("Elif Demir", "Farah Haddad"),
    "body": ("Elif Demir", "Farah Haddad"),
    "nails": ("Farah Haddad", "Jonas Weber"),
    "hair": ("Elif Demir", "Farah Haddad"),
    "acupuncture": ("Leila Farouk", "Leila Farouk"),
}

Offer = tuple[UUID, datetime]

ORACLE = """
SELECT provider.staff, at FROM service s, resource provider,
    generate_series($2::date::timestamp AT TIME ZONE $3, ($2::date + 1)::timestamp AT TIME ZONE $3,
                    interval '5 minutes') AS at,
    LATERAL (SELECT tstzrange(
        at - make_interval(mins => s.setup_minutes),
        at + make_interval(mins => s.duration_minutes + s.turnover_minutes)) AS taken) t,
    LATERAL (SELECT tstzmultirange(taken) - tstzmultirange(tstzrange(
        at + make_interval(mins => s.processing_after_minutes),
        at + make_interval(mins => s.processing_after_minutes + s.processing_minutes))) AS hands) h
WHERE s.code = $1 AND provider.kind = 'provider' AND at >= $4
  AND s.needs_credentials <@ ARRAY(
      SELECT kind FROM credential WHERE staff = provider.staff
      AND $2::date >= valid_from AND $2::date <= coalesce(valid_until, 'infinity'))
  AND EXISTS (
      SELECT FROM shift, opening_hours o
      WHERE shift.staff = provider.staff AND shift.weekday = o.weekday
      AND o.weekday = extract(isodow FROM $2::date) - 1
      AND tstzrange(($2::date + greatest(starts, opens)) AT TIME ZONE $3,
                    ($2::date + least(ends, closes)) AT TIME ZONE $3) @> taken)
  AND NOT EXISTS (SELECT FROM claim WHERE resource_no = provider.number
                  AND tstzrange(starts_at, ends_at) && hands)
  AND EXISTS (SELECT FROM resource room WHERE room.kind = s.room_kind AND NOT EXISTS (
      SELECT FROM claim WHERE resource_no = room.number AND tstzrange(starts_at, ends_at) && taken))
  AND (s.equipment_kind IS NULL OR EXISTS (
      SELECT FROM resource machine WHERE machine.kind = s.equipment_kind AND NOT EXISTS (
          SELECT FROM claim WHERE resource_no = machine.number AND tstzrange(starts_at, ends_at) && taken)))
"""

claims = some.lists(
    some.tuples(some.integers(0, 19), some.integers(0, 12 * 12), some.integers(1, 24)),
    min_size=20,
    max_size=80,
)


async def fill(spa: Spa, database: Database, wanted: Sequence[tuple[int, int, int]]) -> None:
    """Claim random things from eight o'clock on, in steps of five minutes; what would overlap is left out."""
    numbers = [row["number"] for row in await fetch("SELECT number FROM resource ORDER BY number")]
    taken: dict[int, list[tuple[datetime, datetime]]] = {}
    rows = []
    for which, begin, length in wanted:
        number = numbers[which % len(numbers)]
        start = spa.local(8) + begin * GRID
        end = start + length * GRID
        if all(end <= one_start or start >= one_end for one_start, one_end in taken.get(number, [])):
            taken.setdefault(number, []).append((start, end))
            rows.append(f"('{uuid4()}', {number}, '{start.isoformat()}', '{end.isoformat()}')")
    values = ", ".join(rows)
    await plant(
        database.url, f"INSERT INTO claim (appointment, resource_no, starts_at, ends_at) VALUES {values}"
    )


async def bookable(spa: Spa, service: str, day: date) -> set[Offer]:
    """Every start on the grid of five minutes that nothing stands against, by the oracle."""
    rows = await fetch(ORACLE, service, day, spa.house.zone.key, spa.clock.now)
    return {(row["staff"], row["at"]) for row in rows}


class Undone(Exception):
    """Takes a booking back that was only tried."""


async def tried(spa: Spa, asked: dict[str, Any]) -> str:
    """What booking would say; nothing stays."""

    @action
    async def only_try() -> None:
        await book_appointment(spa.maya, now=spa.clock.now, **asked)
        raise Undone

    try:
        await only_try()
    except Undone:
        return "booked"
    except Refusal as refusal:
        return refusal.code
    raise AssertionError("a trial never ends well")


async def shown(kiosk: Kiosk, day: date, provider: UUID, guest_id: UUID, service: UUID) -> set[str]:
    """The times that the sheet offers with a provider, as clock faces."""
    page = await kiosk.open(new_booking_href(date=day, provider=provider, guest=guest_id, service=service))
    assert page.status == 200
    links = [parse_qs(urlsplit(unescape(link)).query) for link in re.findall(r'href="([^"]+)"', page.text)]
    return {link["at"][0] for link in links if "at" in link and link.get("service") == [str(service)]}


@settings(
    max_examples=DAYS,
    phases=WITHOUT_EXPLAINING,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    wanted=claims,
    service=some.sampled_from(SERVICES),
    minutes=some.integers(-30, 6 * 60),
    picks=some.lists(some.integers(0, 10_000), min_size=5, max_size=5),
)
async def test_what_is_offered_is_what_can_be_booked(
    database: Database, wanted: list[tuple[int, int, int]], service: Any, minutes: int, picks: list[int]
) -> None:
    await database.empty()
    spa = await open_spa()
    spa.clock.now = spa.local(9) + timedelta(minutes=minutes)
    kiosk, guest_id = await spa.kiosk(), await spa.guest()
    await fill(spa, database, wanted)
    day = spa.local(9).date()

    free = await bookable(spa, service.code, day)
    quarters = {offer for offer in free if offer[1].minute % 15 == 0}
    offered = {(slot.provider.staff_id, slot.starts_at) for slot in await slots(spa, service.code)}
    assert offered <= free, "something is offered that cannot be booked"
    assert quarters <= offered, "a quarter of an hour that can be booked is not offered"

    for name in NAMES[service.category]:
        provider = await spa.staff_id(name)
        faces = {f"{at.astimezone(spa.house.zone):%H:%M}" for staff_id, at in offered if staff_id == provider}
        service_id = await spa.service_id(service.code)
        assert await shown(kiosk, day, provider, guest_id, service_id) == faces
        asked = await booking(spa, guest_id, service=service.code, provider=name)
        for pick in picks:
            starts_at = spa.clock.now.replace(minute=0) + timedelta(hours=1) + (pick % 90) * GRID
            told = await tried(spa, asked | {"starts_at": starts_at})
            assert (told == "booked") is ((provider, starts_at) in free), (name, starts_at, told)
        for _, starts_at in sorted(offer for offer in offered if offer[0] == provider)[::5]:
            assert await tried(spa, asked | {"starts_at": starts_at}) == "booked", (name, starts_at)
