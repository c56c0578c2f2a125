"""Times that are held for a while: nobody else gets them, until they are taken or their time is over."""

from datetime import timedelta
from uuid import uuid4

import pytest

from spa_pos.booking.actions import (
    add_block,
    book_appointment,
    cancel_appointment,
    confirm_hold,
    expire_holds,
    hold_appointment,
    move_appointment,
    restore_appointment,
)
from spa_pos.db import fetch, fetch_value, once
from spa_pos.kernel.money import Cents
from tests.builders import booked, booking, slots, visit_of
from tests.calendar import broken, claims_of, refused
from tests.cast import Spa
from tests.integration.booking.asking import held, item


async def test_what_is_held_is_neither_offered_nor_given_away(spa: Spa) -> None:
    appointment_id = await held(spa)
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.held_until) == ("held", spa.clock.now + timedelta(minutes=10))
    assert spa.local(10) not in {
        one.starts_at for one in await slots(spa, "swedish-60", provider="Ana Okafor")
    }
    newcomer = await booking(spa, await spa.guest("Tom Becker"))
    await refused("slot-taken", book_appointment(spa.maya, now=spa.clock.now, **newcomer))
    assert await broken() == []


async def test_taken_in_time_it_is_booked_with_all_it_held(spa: Spa) -> None:
    appointment_id = await held(spa, service="stone-75", add_ons=("scalp-15",))
    before = await claims_of(appointment_id)
    assert len(before) == 3
    now = spa.clock.forward(minutes=9, seconds=59)
    assert await confirm_hold(spa.maya, appointment_id=appointment_id, version=1, now=now) == 2
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.held_until) == ("booked", None)
    assert await claims_of(appointment_id) == before
    spa.clock.forward(hours=1)
    assert await expire_holds(spa.maya, now=spa.clock.now) == []
    assert await claims_of(appointment_id) == before


@pytest.mark.parametrize("swept", [False, True])
async def test_taken_too_late_it_is_gone_whether_somebody_swept_or_not(spa: Spa, swept: bool) -> None:
    appointment_id = await held(spa)
    now = spa.clock.forward(minutes=10)
    if swept:
        assert await expire_holds(spa.maya, now=now) == [appointment_id]
    told = await refused(
        "hold-expired", confirm_hold(spa.maya, appointment_id=appointment_id, version=1, now=now)
    )
    assert told.status == 410


async def test_a_hold_that_is_over_frees_the_time_by_itself_for_every_verb(spa: Spa) -> None:
    """Nobody sweeps here; booking, holding, moving, restoring and blocking all get the time."""
    other = await booked(spa, await spa.guest("Tom Becker"), provider="Ben Castellano")
    ended = await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(13))
    await cancel_appointment(spa.maya, appointment_id=ended, version=1, reason="Ill", now=spa.clock.now)
    for hour in (10, 13, 11):
        await held(spa, at=spa.local(hour, 10 if hour == 11 else 0))
    ana = await fetch_value("SELECT number FROM resource WHERE name = 'Ana Okafor'")
    now = spa.clock.forward(minutes=10)
    asked = {"version": 1, "provider_id": await spa.staff_id("Ana Okafor"), "starts_at": spa.local(10)}
    price = Cents((await visit_of(spa, other)).price_cents)
    await move_appointment(spa.maya, appointment_id=other, quoted_cents=price, now=now, **asked)  # type: ignore[arg-type]
    await restore_appointment(spa.maya, appointment_id=ended, version=2, now=now)
    await add_block(
        spa.maya,
        block_id=uuid4(),
        resource_no=ana,
        starts_at=spa.local(11, 10),
        ends_at=spa.local(12, 20),
        kind="training",
        reason="",
        now=now,
    )
    assert await fetch_value("SELECT count(*) FROM appointment WHERE status = 'expired'") == 3
    assert await broken() == []


async def test_a_guest_with_a_hold_that_is_over_can_be_booked_at_that_time(spa: Spa) -> None:
    guest_id = await spa.guest()
    await held(spa, guest_id)
    asked = await booking(spa, guest_id, provider="Ben Castellano")
    await refused("guest-already-booked", book_appointment(spa.maya, now=spa.clock.now, **asked))
    assert await book_appointment(spa.maya, now=spa.clock.forward(minutes=10), **asked)


async def test_a_hold_that_would_be_over_already_is_refused(spa: Spa) -> None:
    wanted = await item(spa, await spa.guest())
    now = spa.clock.now
    await refused("hold-expired", hold_appointment(spa.maya, item=wanted, held_until=now, now=now))


async def test_only_a_hold_is_confirmed_and_only_as_it_stands(spa: Spa) -> None:
    appointment_id = await held(spa)
    asked = {"appointment_id": appointment_id, "now": spa.clock.now}
    await refused("appointment-changed", confirm_hold(spa.maya, version=3, **asked))  # type: ignore[arg-type]
    await confirm_hold(spa.maya, version=1, **asked)  # type: ignore[arg-type]
    await refused("appointment-booked", confirm_hold(spa.maya, version=2, **asked))  # type: ignore[arg-type]


async def test_sent_twice_a_hold_is_one_hold(spa: Spa) -> None:
    wanted, key = await item(spa, await spa.guest()), uuid4()
    until = spa.clock.now + timedelta(minutes=10)
    for _ in range(2):
        assert (
            await once(
                key, hold_appointment, actor=spa.maya, item=wanted, held_until=until, now=spa.clock.now
            )
            == wanted.appointment_id
        )
    assert len(await fetch("SELECT 1 FROM appointment")) == 1
