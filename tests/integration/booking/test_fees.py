"""What ending a visit costs: by the policy it was booked under, free for the reasons that are free."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import cancel_appointment, confirm_hold, mark_no_show, restore_appointment
from spa_pos.booking.tables import CancellationPolicy
from spa_pos.db import fetch, fetch_one, fetch_value, insert
from tests.builders import booked, visit_of
from tests.cast import Spa
from tests.integration.booking.asking import held

LATE = "50 %: less than 24 hours before"


async def cancelled(spa: Spa, appointment_id: UUID, reason: str = "Guest asked") -> tuple[int | None, str]:
    """Cancel; what it costs, and why."""
    seen = await visit_of(spa, appointment_id)
    await cancel_appointment(
        spa.maya, appointment_id=appointment_id, version=seen.version, reason=reason, now=spa.clock.now
    )
    found = await visit_of(spa, appointment_id)
    return found.fee_cents, (found.fee_reason or "").replace("\N{NO-BREAK SPACE}", " ")


async def stricter(spa: Spa, *, days: int = 0) -> None:
    """From now on, or some days later, everything costs everything."""
    await insert(
        CancellationPolicy,
        id=uuid4(),
        location=spa.house.location_id,
        version=2,
        begins_at=spa.clock.now + timedelta(days=days),
        notice_hours=720,
        late_ppm=1_000_000,
        no_show_ppm=1_000_000,
        grace_minutes=0,
    )


async def test_a_day_before_it_is_free_and_a_minute_later_half_the_price(spa: Spa) -> None:
    appointment_id = await booked(spa, at=spa.local(10, days=1))
    spa.clock.now = spa.local(10)
    assert await cancelled(spa, appointment_id) == (0, "No fee: 24 hours or more before")
    await restore_appointment(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    restored = await visit_of(spa, appointment_id)
    assert (restored.fee_cents, restored.fee_reason) == (None, None)
    spa.clock.forward(minutes=1)
    assert await cancelled(spa, appointment_id) == (6_000, LATE)


async def test_add_ons_count_too(spa: Spa) -> None:
    appointment_id = await held(spa, add_ons=("aromatherapy", "scalp-15"))
    await confirm_hold(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now)
    assert await cancelled(spa, appointment_id) == ((12_000 + 1_200 + 2_500) // 2, LATE)


@pytest.mark.parametrize(
    ("reason", "fee"),
    [
        ("Illness", 0),
        (" Clinical  appointment ran over ", 0),
        ("Provider away", 0),
        ("illness of a dog", 6_000),
    ],
)
async def test_some_reasons_are_free_and_others_only_sound_like_them(spa: Spa, reason: str, fee: int) -> None:
    assert (await cancelled(spa, await booked(spa), reason))[0] == fee


async def test_who_does_not_come_pays_it_all(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(10, 15)
    await mark_no_show(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now)
    found = await visit_of(spa, appointment_id)
    assert found.fee_cents == 12_000
    assert (found.fee_reason or "").endswith("did not come")


async def test_the_policy_of_the_booking_counts_not_the_one_of_the_day(spa: Spa) -> None:
    before = await booked(spa, at=spa.local(10, days=3))
    await stricter(spa)
    after = await booked(spa, await spa.guest("Tom Becker"), at=spa.local(13, days=3))
    versions = await fetch(
        "SELECT a.id, p.version FROM appointment a JOIN cancellation_policy p ON p.id = a.policy"
    )
    assert {row["id"]: row["version"] for row in versions} == {before: 1, after: 2}
    assert (await cancelled(spa, before))[0] == 0
    assert (await cancelled(spa, after))[0] == 12_000


async def test_a_policy_that_begins_later_does_not_count_yet(spa: Spa) -> None:
    await stricter(spa, days=1)
    assert await cancelled(spa, await booked(spa)) == (6_000, LATE)
    spa.clock.forward(days=1)
    assert (await cancelled(spa, await booked(spa)))[0] == 12_000


async def test_before_the_first_policy_nothing_is_charged(spa: Spa) -> None:
    appointment_id = await booked(spa)
    await fetch("UPDATE appointment SET policy = NULL")
    nothing = await cancelled(spa, appointment_id)
    assert nothing == (0, "No cancellation policy applied when it was booked")


async def test_what_it_costs_is_in_the_trace(spa: Spa) -> None:
    await cancelled(spa, await booked(spa))
    row = await fetch_one("SELECT after::text AS after, reason FROM audit_event WHERE verb = 'cancelled'")
    assert row is not None
    assert '"fee_cents": 6000' in row["after"].replace('":6000', '": 6000')
    assert row["reason"] == "Guest asked"
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 0
