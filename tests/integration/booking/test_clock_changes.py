"""Days of 23 and 25 hours: 8 March 2026 and 14 March 2027, 1 November 2026. All three are Sundays."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from spa_pos.booking.queries import visits_on
from spa_pos.db import fetch, fetch_value, insert
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.time import instant
from spa_pos.schedule.tables import Shift
from tests.builders import booked, slots, visit_of
from tests.cast import Spa

SPRING = [date(2026, 3, 8), date(2027, 3, 14)]
AUTUMN = date(2026, 11, 1)
SUNDAY = 6


async def on_the_eve_of(spa: Spa, day: date, *, open_all_night: bool = False) -> None:
    """Set the clock to nine on the evening before; Ana works that Sunday, at night too if wished."""
    spa.clock.now = datetime.combine(day - timedelta(days=1), time(21), spa.house.zone).astimezone(UTC)
    if open_all_night:
        await fetch("UPDATE opening_hours SET opens = '00:00', closes = '23:45'")
    await insert(
        Shift,
        id=uuid4(),
        staff=await spa.staff_id("Ana Okafor"),
        weekday=SUNDAY,
        starts=time(0) if open_all_night else time(10),
        ends=time(23, 45) if open_all_night else time(16),
        valid_from=date(2026, 1, 1),
    )


@pytest.mark.parametrize("day", [*SPRING, AUTUMN])
async def test_the_spa_opens_by_the_clock_on_the_wall(spa: Spa, day: date) -> None:
    await on_the_eve_of(spa, day)
    found = await slots(spa, "swedish-60", days=1, provider="Ana Okafor")
    faces = [slot.starts_at.astimezone(spa.house.zone).time() for slot in found]
    assert (faces[0], faces[-1], len(faces)) == (time(10), time(14, 45), 20)
    assert found[0].starts_at.astimezone(UTC).hour == (16 if day == AUTUMN else 15)


@pytest.mark.parametrize("day", SPRING)
async def test_an_hour_that_the_clocks_skip_is_never_offered_and_nothing_is_lost(spa: Spa, day: date) -> None:
    await on_the_eve_of(spa, day, open_all_night=True)
    found = await slots(spa, "swedish-60", days=1, provider="Ana Okafor")
    faces = [slot.starts_at.astimezone(spa.house.zone).time() for slot in found]
    assert not any(face.hour == 2 for face in faces)
    assert {time(1, 45), time(3)} <= set(faces)
    assert len(faces) == (22 * 60 + 45 - 70) // 15 + 1
    with pytest.raises(Invalid, match="time-skipped"):
        instant(day, time(2, 30), spa.house.zone)


@pytest.mark.parametrize("day", SPRING)
async def test_a_visit_over_the_skipped_hour_lasts_its_minutes(spa: Spa, day: date) -> None:
    await on_the_eve_of(spa, day, open_all_night=True)
    at = instant(day, time(1, 30), spa.house.zone)
    found = await visit_of(spa, await booked(spa, at=at))
    assert found.ends_at - found.starts_at == timedelta(minutes=60)
    assert found.ends_at.astimezone(spa.house.zone).time() == time(3, 30)
    with pytest.raises(Conflict, match="slot-taken"):
        await booked(spa, await spa.guest("Tom Becker"), at=instant(day, time(3, 30), spa.house.zone))


async def test_an_hour_that_happens_twice_can_be_booked_twice_because_it_is_two_hours(spa: Spa) -> None:
    await on_the_eve_of(spa, AUTUMN, open_all_night=True)
    first = instant(AUTUMN, time(1), spa.house.zone)
    second = first + timedelta(hours=1)
    local = second.astimezone(spa.house.zone)
    assert (local.time(), local.fold) == (time(1), 1)
    await booked(spa, service="swedish-30", at=first)
    await booked(spa, await spa.guest("Tom Becker"), service="swedish-30", at=second)
    with pytest.raises(Conflict, match="slot-taken"):
        await booked(
            spa,
            await spa.guest("Lena Vogel"),
            service="swedish-30",
            at=second + timedelta(minutes=30),
        )


@pytest.mark.parametrize(("day", "hours"), [(SPRING[0], 23), (SPRING[1], 23), (AUTUMN, 25)])
async def test_the_board_shows_every_visit_of_a_short_or_long_day_and_none_of_its_neighbours(
    spa: Spa, day: date, hours: int
) -> None:
    await on_the_eve_of(spa, day, open_all_night=True)
    await fetch("UPDATE shift SET starts = '00:00', ends = '23:45' WHERE weekday IN (0, 5, 6)")
    midnight = instant(day, time(0), spa.house.zone)
    first, last = midnight, midnight + timedelta(hours=hours - 2)
    spa.clock.now = midnight - timedelta(hours=3)
    await booked(spa, provider="Ben Castellano", at=midnight - timedelta(hours=2))
    await booked(spa, await spa.guest("Tom Becker"), at=first)
    await booked(spa, await spa.guest("Lena Vogel"), at=last)
    found = await visits_on(spa.house.location_id, day, spa.house.zone)
    assert [visit.starts_at for visit in found] == [first, last]
    assert await fetch_value("SELECT count(*) FROM appointment") == 3
