"""Confirmed: the guest said they will come; the visit goes on as any that is expected."""

from typing import Any
from uuid import uuid4

from spa_pos.booking.actions import (
    cancel_appointment,
    check_in,
    confirm_appointment,
    restore_appointment,
    unconfirm_appointment,
    undo_check_in,
)
from spa_pos.db import fetch_value, once
from spa_pos.kernel.actor import Actor, Role
from tests.builders import booked, checked_in, visit_of
from tests.calendar import broken, refused
from tests.cast import Spa
from tests.integration.booking.asking import held


async def test_a_confirmed_visit_stays_confirmed_through_undo_and_restore(spa: Spa) -> None:
    appointment_id = await booked(spa)
    asked = {"appointment_id": appointment_id, "now": spa.clock.now}
    assert await confirm_appointment(spa.maya, version=1, **asked) == 2  # type: ignore[arg-type]
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.confirmed_at) == ("confirmed", spa.clock.now)
    await check_in(spa.maya, version=2, proof_shown="on_file", **asked)  # type: ignore[arg-type]
    await undo_check_in(spa.maya, version=3, **asked)  # type: ignore[arg-type]
    assert (await visit_of(spa, appointment_id)).status == "confirmed"
    await cancel_appointment(spa.maya, version=4, reason="Illness", **asked)  # type: ignore[arg-type]
    await restore_appointment(spa.maya, version=5, **asked)  # type: ignore[arg-type]
    assert (await visit_of(spa, appointment_id)).status == "confirmed"
    assert await broken() == []


async def test_said_by_mistake_it_is_booked_as_before(spa: Spa) -> None:
    appointment_id = await booked(spa)
    asked: dict[str, Any] = {"appointment_id": appointment_id, "now": spa.clock.now}
    await refused("appointment-booked", unconfirm_appointment(spa.maya, version=1, **asked))
    await confirm_appointment(spa.maya, version=1, **asked)
    await refused("appointment-changed", unconfirm_appointment(spa.maya, version=1, **asked))
    assert await unconfirm_appointment(spa.maya, version=2, **asked) == 3
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.confirmed_at) == ("booked", None)
    trace = "SELECT count(*) FROM audit_event WHERE verb = 'undid the confirmation'"
    assert await fetch_value(trace) == 1


async def test_the_toast_of_a_confirmation_undoes_it(spa: Spa) -> None:
    desk, appointment_id = await spa.kiosk(), await booked(spa)
    await desk.open(f"/appointments/{appointment_id}")
    assert "The visit is confirmed." in (await desk.send("/confirmation")).words
    page = await desk.send("/confirmation/undo")
    assert "The visit is booked, not confirmed." in page.words
    assert (await visit_of(spa, appointment_id)).status == "booked"


async def test_only_a_booked_visit_is_confirmed_once_and_as_it_stands(spa: Spa) -> None:
    now = spa.clock.now
    one = await booked(spa)
    await refused(
        "appointment-changed", confirm_appointment(spa.maya, appointment_id=one, version=2, now=now)
    )
    await confirm_appointment(spa.maya, appointment_id=one, version=1, now=now)
    await refused(
        "appointment-confirmed", confirm_appointment(spa.maya, appointment_id=one, version=2, now=now)
    )
    here = await checked_in(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await refused(
        "appointment-checked-in", confirm_appointment(spa.maya, appointment_id=here, version=2, now=now)
    )
    kept = await held(spa, await spa.guest("Lena Vogel"), at=spa.local(14, 30))
    await refused("appointment-held", confirm_appointment(spa.maya, appointment_id=kept, version=1, now=now))


async def test_sent_twice_it_is_confirmed_once_and_strangers_find_nothing(spa: Spa) -> None:
    appointment_id, key = await booked(spa), uuid4()
    asked = {"appointment_id": appointment_id, "version": 1}
    stranger = Actor("Somebody Else", Role.OWNER, uuid4(), spa.house.zone)
    await refused(
        "appointment-unknown",
        confirm_appointment(stranger, now=spa.clock.now, **asked),  # type: ignore[arg-type]
    )
    for _ in range(2):
        assert await once(key, confirm_appointment, actor=spa.maya, now=spa.clock.now, **asked) == 2
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'confirmed'") == 1
