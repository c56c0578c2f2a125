"""In service: the provider has begun; then the visit is done, or the check-in was a mistake."""

from dataclasses import replace
from uuid import uuid4

from spa_pos.booking.actions import (
    cancel_appointment,
    mark_no_show,
    start_service,
    undo_check_in,
    undo_start,
)
from spa_pos.db import fetch_value, once
from tests.builders import booked, checked_in, complete_appointment, visit_of
from tests.calendar import broken, claims_of, refused
from tests.cast import Spa


async def test_a_visit_is_started_and_done_and_keeps_its_claims(spa_left_broken: Spa) -> None:
    spa = spa_left_broken  # done without a ticket, which only checkout may
    appointment_id = await checked_in(spa)
    before = await claims_of(appointment_id)
    now = spa.clock.forward(hours=1)
    assert await start_service(spa.maya, appointment_id=appointment_id, version=2, now=now) == 3
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.in_service_at) == ("in_service", now)
    await complete_appointment(spa.maya, appointment_id=appointment_id, now=now)
    assert (await visit_of(spa, appointment_id)).status == "done"
    assert await claims_of(appointment_id) == before
    await refused("appointment-done", complete_appointment(spa.maya, appointment_id=appointment_id, now=now))


async def test_who_is_not_here_is_not_started_and_nobody_is_started_twice(spa: Spa) -> None:
    now = spa.clock.now
    expected = await booked(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await refused("appointment-booked", start_service(spa.maya, appointment_id=expected, version=1, now=now))
    await refused("appointment-booked", complete_appointment(spa.maya, appointment_id=expected, now=now))
    here = await checked_in(spa)
    await refused("appointment-changed", start_service(spa.maya, appointment_id=here, version=1, now=now))
    await start_service(spa.maya, appointment_id=here, version=2, now=now)
    await refused("appointment-in-service", start_service(spa.maya, appointment_id=here, version=3, now=now))


async def test_started_by_mistake_the_guest_is_checked_in_as_before(spa: Spa) -> None:
    here, now = await checked_in(spa), spa.clock.now
    before = await visit_of(spa, here)
    await refused("appointment-checked-in", undo_start(spa.maya, appointment_id=here, version=2, now=now))
    await start_service(spa.maya, appointment_id=here, version=2, now=now)
    await refused("appointment-changed", undo_start(spa.maya, appointment_id=here, version=2, now=now))
    assert await undo_start(spa.maya, appointment_id=here, version=3, now=now) == 4
    assert await visit_of(spa, here) == replace(before, version=4)
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'undid the start'") == 1


async def test_the_toast_of_a_start_undoes_it_for_a_provider_too(spa: Spa) -> None:
    here, ana = await checked_in(spa), await spa.kiosk("Ana Okafor")
    await ana.open(f"/appointments/{here}")
    assert "The visit is in service." in (await ana.send("/service")).words
    page = await ana.send("/service/undo")
    assert "The guest is checked in, not in service." in page.words
    assert (await visit_of(spa, here)).status == "checked_in"


async def test_during_the_service_nothing_is_cancelled_and_nobody_fails_to_show(spa: Spa) -> None:
    here = await checked_in(spa)
    now = spa.local(10, 30)
    await start_service(spa.maya, appointment_id=here, version=2, now=now)
    asked = {"appointment_id": here, "version": 3, "now": now}
    await refused("appointment-in-service", cancel_appointment(spa.maya, reason="Ill", **asked))  # type: ignore[arg-type]
    await refused("appointment-in-service", mark_no_show(spa.maya, **asked))  # type: ignore[arg-type]
    await undo_check_in(spa.maya, **asked)  # type: ignore[arg-type]
    found = await visit_of(spa, here)
    assert (found.status, found.in_service_at, found.checked_in_at) == ("booked", None, None)
    assert await broken() == []


async def test_sent_twice_it_is_started_once(spa: Spa) -> None:
    here, key = await checked_in(spa), uuid4()
    for _ in range(2):
        assert (
            await once(key, start_service, actor=spa.maya, appointment_id=here, version=2, now=spa.clock.now)
            == 3
        )
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'started'") == 1
