"""Two claims on one thing never overlap, whoever asks and however many at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.tables import Claim
from spa_pos.db import action, fetch_value, insert, lock
from spa_pos.kernel.errors import Conflict
from tests.conftest import Database
from tests.database import plant

NINE = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def plant_appointments(database: Database, number: int) -> list[UUID]:
    ids = [uuid4() for _ in range(number)]
    ghost = f"'{uuid4()}'"
    await plant(
        database.url,
        "INSERT INTO resource (number, location, kind, name)"
        f" VALUES (1, {ghost}, 'room', '1'), (2, {ghost}, 'room', '2')",
        *(
            "INSERT INTO appointment (id, location, guest, guest_number, service, provider, room, starts_at,"
            " ends_at, guest_group, list_price_cents, price_cents, booked_at,"
            " setup_minutes, turnover_minutes)"
            f" VALUES ('{one}', {ghost}, {ghost}, {guest}, {ghost}, {ghost}, 1, now(),"
            " now() + interval '1 hour', 'visitor', 100, 100, now(), 0, 10)"
            for guest, one in enumerate(ids)
        ),
    )
    return ids


@action
async def claim(
    appointment: UUID, room: int, starts_at: datetime, ends_at: datetime, released: bool = False
) -> None:
    await lock(f"room:{room}")  # as booking does: without it, waiting inserts deadlock and start again
    await insert(
        Claim,
        appointment=appointment,
        resource_no=room,
        starts_at=starts_at,
        ends_at=ends_at,
        released=released,
    )


async def test_one_of_many_wins_a_slot_and_the_others_are_told(database: Database) -> None:
    appointments = await plant_appointments(database, 16)
    results = await asyncio.gather(
        *(claim(one, 1, NINE, NINE + HOUR) for one in appointments), return_exceptions=True
    )
    refusals = [result for result in results if isinstance(result, Conflict)]
    assert results.count(None) == 1
    assert len(refusals) == 15
    assert {refusal.code for refusal in refusals} == {"slot-taken"}
    assert await fetch_value("SELECT count(*) FROM claim") == 1


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(0, 60), (-30, 30), (30, 90), (15, 45), (-60, 120), (-60, 1), (59, 61)],
)
async def test_every_kind_of_overlap_is_refused(database: Database, starts: int, ends: int) -> None:
    first, second = await plant_appointments(database, 2)
    await claim(first, 1, NINE, NINE + HOUR)
    with pytest.raises(Conflict) as refusal:
        await claim(second, 1, NINE + timedelta(minutes=starts), NINE + timedelta(minutes=ends))
    assert refusal.value.code == "slot-taken"


async def test_back_to_back_other_rooms_and_released_claims_do_not_overlap(database: Database) -> None:
    first, second = await plant_appointments(database, 2)
    await claim(first, 1, NINE, NINE + HOUR)
    await claim(second, 1, NINE + HOUR, NINE + 2 * HOUR)
    await claim(second, 1, NINE - HOUR, NINE)
    await claim(second, 2, NINE, NINE + HOUR)
    await claim(second, 1, NINE, NINE + HOUR, released=True)
    assert await fetch_value("SELECT count(*) FROM claim") == 5
