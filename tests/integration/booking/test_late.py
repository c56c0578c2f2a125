"""Who comes late gets what is left, or the whole time where nothing follows; the price stays."""

from datetime import timedelta
from uuid import UUID

import pytest

from spa_pos.booking.actions import Late, check_in, undo_check_in
from spa_pos.db import fetch, fetch_value
from tests.builders import booked, visit_of
from tests.calendar import broken, claims_of, refused
from tests.cast import Spa
from tests.integration.booking.asking import held


async def come(spa: Spa, appointment_id: UUID, late: Late, *, version: int = 1) -> int:
    """Check a guest in as the desk chose."""
    return await check_in(
        spa.maya,
        appointment_id=appointment_id,
        version=version,
        proof_shown="on_file",
        late=late,
        now=spa.clock.now,
    )


@pytest.mark.parametrize(
    ("late", "begins", "ends"), [("shorten", (10, 15), (11, 0)), ("whole_time", (10, 15), (11, 15))]
)
async def test_a_late_visit_is_shortened_or_moved_with_its_claims_at_the_same_price(
    spa: Spa, late: Late, begins: tuple[int, int], ends: tuple[int, int]
) -> None:
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(10, 11) + timedelta(seconds=7)
    assert await come(spa, appointment_id, late) == 2
    found = await visit_of(spa, appointment_id)
    assert (found.starts_at, found.ends_at) == (spa.local(*begins), spa.local(*ends))
    assert (found.status, found.price_cents) == ("checked_in", 12_000)
    assert {(since, until) for _, since, until in await claims_of(appointment_id)} == {
        (spa.local(*begins), spa.local(*ends) + timedelta(minutes=10))
    }
    reason = await fetch_value("SELECT reason FROM audit_event WHERE verb = 'checked in'")
    assert reason == f"Late: {45 if late == 'shorten' else 60} min from 10:15 AM"
    assert await broken() == []


async def test_as_booked_a_late_guest_keeps_the_times_that_were_booked(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(10, 20)
    await come(spa, appointment_id, "as_booked")
    assert (await visit_of(spa, appointment_id)).starts_at == spa.local(10)


async def test_the_whole_time_is_refused_when_somebody_follows_what_is_left_is_not(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await booked(spa, await spa.guest("Tom Becker"), at=spa.local(11, 15))
    spa.clock.now = spa.local(10, 10)
    await refused("slot-taken", come(spa, appointment_id, "whole_time"))
    assert await come(spa, appointment_id, "shorten") == 2
    assert (await visit_of(spa, appointment_id)).duration_minutes == 50


async def test_into_a_hold_that_is_over_the_whole_time_reaches(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await held(spa, await spa.guest("Tom Becker"), at=spa.local(11, 15), minutes=95)
    spa.clock.now = spa.local(10)
    spa.clock.forward(minutes=10)
    assert await come(spa, appointment_id, "whole_time") == 2
    assert await broken() == []


async def test_in_time_nobody_is_late_and_five_minutes_are_in_time(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(10, 5)
    await refused("not-late", come(spa, appointment_id, "shorten"))
    spa.clock.forward(seconds=1)
    assert await come(spa, appointment_id, "shorten") == 2
    assert (await visit_of(spa, appointment_id)).starts_at == spa.local(10, 10)


async def test_when_less_than_five_minutes_are_left_only_the_whole_time_helps(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(10, 56)
    told = await refused("too-late", come(spa, appointment_id, "shorten"))
    assert told.status == 409
    assert await come(spa, appointment_id, "whole_time") == 2
    assert (await visit_of(spa, appointment_id)).ends_at == spa.local(12)


async def test_a_visit_that_began_off_the_five_minutes_is_shortened_too(spa: Spa) -> None:
    """The desk books on any minute; what is left need not be a multiple of five."""
    appointment_id = await booked(spa, at=spa.local(10, 3))
    spa.clock.now = spa.local(10, 12)
    assert await come(spa, appointment_id, "shorten") == 2
    assert (await visit_of(spa, appointment_id)).duration_minutes == 48


async def test_a_mask_cut_short_keeps_its_provider_to_the_end(spa: Spa) -> None:
    appointment_id = await booked(spa, service="scalp-mask-60", provider="Farah Haddad")
    spa.clock.now = spa.local(10, 21)
    assert await come(spa, appointment_id, "shorten") == 2
    parts = [one for one in await claims_of(appointment_id) if one[0] == "provider"]
    assert parts == [("provider", spa.local(10, 25), spa.local(11, 10))]
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.duration_minutes) == ("booked", 35), "a visit that was shortened stays so"
    assert await broken() == []


async def test_the_provider_gone_since_there_is_nothing_left_to_give(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await fetch("UPDATE shift SET ends = '10:30' WHERE staff = $1", await spa.staff_id("Ana Okafor"))
    spa.clock.now = spa.local(10, 10)
    await refused("provider-away", come(spa, appointment_id, "shorten"))
    assert await come(spa, appointment_id, "as_booked") == 2
