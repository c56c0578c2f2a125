"""What a day has: credentials valid then, machines by number, opening hours, closed days, time off."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from spa_pos.booking.actions import book_appointment
from spa_pos.db import fetch, insert
from spa_pos.kernel.errors import Conflict
from spa_pos.schedule.tables import OpeningHours, Resource, Shift, SpecialDay, TimeOff
from tests.builders import booked, booking, slots
from tests.cast import Spa


async def starts(spa: Spa, service: str, *, days: int = 0, provider: str | None = None) -> list[time]:
    """The offered times of a day, as clocks show them."""
    found = await slots(spa, service, days=days, provider=provider)
    return sorted({slot.starts_at.astimezone(spa.house.zone).time() for slot in found})


async def refusal_of(spa: Spa, **wish: object) -> str:
    """What a booking of a new guest is told."""
    asked = await booking(spa, await spa.guest("Lena Vogel"), **wish)  # type: ignore[arg-type]
    with pytest.raises(Conflict) as refusal:
        await book_appointment(spa.maya, now=spa.clock.now, **asked)
    return refusal.value.code


async def licence_ends(spa: Spa, name: str, kind: str, day: date) -> None:
    """A credential is good up to a day, that day included."""
    await fetch(
        "UPDATE credential SET valid_until = $3 WHERE kind = $2 AND staff = $1",
        await spa.staff_id(name),
        kind,
        day,
    )


async def test_a_licence_counts_on_the_day_of_the_visit_not_on_the_day_of_booking(spa: Spa) -> None:
    await licence_ends(spa, "Leila Farouk", "acupuncturist", date(2026, 11, 30))
    assert len(await starts(spa, "acupuncture-60", days=6)) == 20
    assert await starts(spa, "acupuncture-60", days=7) == []
    wish = {"service": "acupuncture-60", "provider": "Leila Farouk"}
    assert await booked(spa, **wish, at=spa.local(10, days=6))
    assert await refusal_of(spa, **wish, at=spa.local(10, days=7)) == "credential-missing"


async def test_a_licence_that_begins_later_counts_from_then_on(spa: Spa) -> None:
    await fetch("UPDATE credential SET valid_from = $1 WHERE kind = 'hot_stone'", date(2026, 11, 30))
    assert await starts(spa, "stone-75", days=3) == []
    assert await starts(spa, "stone-75", days=6) != []
    assert await refusal_of(spa, service="stone-75", at=spa.local(10, days=3)) == "credential-missing"
    assert await booked(spa, service="stone-75", at=spa.local(10, days=6))


async def test_every_credential_of_a_service_is_needed(spa: Spa) -> None:
    await licence_ends(spa, "Ana Okafor", "massage", date(2026, 11, 23))
    assert await starts(spa, "stone-75", provider="Ana Okafor") == []
    assert await starts(spa, "swedish-60", provider="Ana Okafor") == []
    assert await refusal_of(spa, service="stone-75") == "credential-missing"


async def test_a_machine_serves_one_guest_at_a_time_and_two_machines_two(spa: Spa) -> None:
    friday = {"service": "stone-75", "at": spa.local(13, days=3)}
    await booked(spa, **friday, provider="Ana Okafor")
    assert await refusal_of(spa, **friday, provider="Dana Whitfield") == "no-equipment"
    dana = await starts(spa, "stone-75", days=3, provider="Dana Whitfield")
    assert dana[:2] == [time(14, 30), time(14, 45)]
    await insert(Resource, location=spa.house.location_id, kind="hot_stones", name="Second hot-stone set")
    assert await starts(spa, "stone-75", days=3, provider="Dana Whitfield") != dana
    assert await booked(spa, await spa.guest("Tom Becker"), **friday, provider="Dana Whitfield")


async def test_a_machine_is_held_to_the_end_of_turnover(spa: Spa) -> None:
    friday = spa.local(13, days=3)
    await booked(spa, service="stone-75", at=friday)
    wish = {"service": "stone-75", "provider": "Dana Whitfield"}
    assert await refusal_of(spa, **wish, at=friday + timedelta(minutes=85)) == "no-equipment"
    assert await booked(spa, await spa.guest("Tom Becker"), **wish, at=friday + timedelta(minutes=90))


async def test_on_a_closed_day_nothing_is_offered_and_the_reason_is_told(spa: Spa) -> None:
    assert await starts(spa, "swedish-60", days=2) == []
    asked = await booking(spa, await spa.guest(), at=spa.local(10, days=2))
    with pytest.raises(Conflict, match="closed that day: Thanksgiving Day") as refusal:
        await book_appointment(spa.maya, now=spa.clock.now, **asked)
    assert refusal.value.code == "day-closed"


async def test_a_day_closed_after_it_was_offered_cannot_be_booked(spa: Spa) -> None:
    assert await starts(spa, "swedish-60", days=1) != []
    day = date(2026, 11, 25)
    await insert(SpecialDay, id=uuid4(), location=spa.house.location_id, day=day, reason="Burst pipe")
    assert await starts(spa, "swedish-60", days=1) == []
    assert await refusal_of(spa, at=spa.local(10, days=1)) == "day-closed"


async def test_opening_hours_cut_shifts_and_the_newest_row_that_has_begun_counts(spa: Spa) -> None:
    """Ana works from 8 to 16; from Wednesday on the spa opens at 10 and closes at 15."""
    assert (await starts(spa, "swedish-60", days=1, provider="Ana Okafor"))[0] == time(8)
    await insert(
        OpeningHours,
        id=uuid4(),
        location=spa.house.location_id,
        weekday=2,
        opens=time(10),
        closes=time(15),
        valid_from=date(2026, 11, 25),
    )
    offered = await starts(spa, "swedish-60", days=1, provider="Ana Okafor")
    assert (offered[0], offered[-1]) == (time(10), time(13, 45))
    assert await refusal_of(spa, at=spa.local(9, 55, days=1)) == "provider-away"
    assert await refusal_of(spa, at=spa.local(13, 55, days=1)) == "provider-away"
    assert await booked(spa, at=spa.local(13, 50, days=1))


async def test_a_visit_must_end_with_its_turnover_before_the_shift_does(spa: Spa) -> None:
    assert await refusal_of(spa, at=spa.local(14, 51)) == "provider-away"
    assert await booked(spa, at=spa.local(14, 50))


async def test_time_off_takes_its_hours_away(spa: Spa) -> None:
    await insert(
        TimeOff,
        id=uuid4(),
        staff=await spa.staff_id("Ana Okafor"),
        starts_at=spa.local(10),
        ends_at=spa.local(12),
        reason="Training",
    )
    offered = await starts(spa, "swedish-60", provider="Ana Okafor")
    assert not any(time(8, 45) < face < time(12) for face in offered)
    assert await refusal_of(spa, at=spa.local(9)) == "provider-away"
    assert await booked(spa, at=spa.local(12))


async def test_a_shift_counts_between_its_days_only(spa: Spa) -> None:
    ana = await spa.staff_id("Ana Okafor")
    await fetch("UPDATE shift SET valid_until = $2 WHERE staff = $1", ana, date(2026, 11, 30))
    await insert(
        Shift,
        id=uuid4(),
        staff=ana,
        weekday=1,
        starts=time(14),
        ends=time(19),
        valid_from=date(2026, 12, 1),
    )
    assert (await starts(spa, "swedish-60", days=6, provider="Ana Okafor"))[0] == time(8)
    assert (await starts(spa, "swedish-60", days=7, provider="Ana Okafor"))[0] == time(14)
    assert await starts(spa, "swedish-60", days=8, provider="Ana Okafor") == []


async def test_somebody_who_left_is_not_offered(spa: Spa) -> None:
    await fetch("UPDATE staff SET active = false WHERE name = 'Ana Okafor'")
    assert await starts(spa, "swedish-60", provider="Ana Okafor") == []
    assert await refusal_of(spa) == "provider-unknown"
