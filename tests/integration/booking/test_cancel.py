"""Cancelling a visit, and marking a no-show: what it held is free again."""

import pytest

from spa_pos.booking.actions import cancel_appointment, mark_no_show
from spa_pos.booking.rules import Status
from spa_pos.db import fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid
from tests.builders import booked, checked_in, visit_of
from tests.cast import Spa


async def held() -> int:
    """How many resources are claimed."""
    return int(await fetch_value("SELECT count(*) FROM claim WHERE NOT released"))


async def test_a_cancelled_visit_holds_nothing_and_its_time_can_be_booked(spa: Spa) -> None:
    guest_id = await spa.guest()
    appointment_id = await booked(spa, guest_id, service="stone-75")
    assert await held() == 3
    version = await cancel_appointment(
        spa.owen, appointment_id=appointment_id, version=1, reason="  Guest \n asked ", now=spa.clock.now
    )
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.version, version) == (Status.CANCELLED, 2, 2)
    assert (found.ended_at, found.end_reason, await held()) == (spa.clock.now, "Guest asked", 0)
    row = await fetch_one("SELECT staff_name, reason FROM audit_event WHERE verb = 'cancelled'")
    assert row is not None
    assert tuple(row) == ("Owen Brandt", "Guest asked")
    assert await booked(spa, guest_id, service="stone-75")


@pytest.mark.parametrize(
    ("reason", "code"), [("", "reason-missing"), (" \n", "reason-missing"), ("x" * 201, "reason-too-long")]
)
async def test_a_cancellation_needs_a_readable_reason(spa: Spa, reason: str, code: str) -> None:
    appointment_id = await booked(spa)
    with pytest.raises(Invalid, match=code):
        await cancel_appointment(
            spa.maya, appointment_id=appointment_id, version=1, reason=reason, now=spa.clock.now
        )
    assert await held() == 2


async def test_who_is_here_or_has_gone_is_not_cancelled(spa: Spa) -> None:
    here = await checked_in(spa)
    with pytest.raises(Conflict, match="appointment-checked-in"):
        await cancel_appointment(spa.maya, appointment_id=here, version=2, reason="x", now=spa.clock.now)
    gone = await booked(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await cancel_appointment(spa.maya, appointment_id=gone, version=1, reason="x", now=spa.clock.now)
    with pytest.raises(Conflict, match="appointment-cancelled"):
        await cancel_appointment(spa.maya, appointment_id=gone, version=2, reason="x", now=spa.clock.now)


async def test_a_kiosk_that_saw_an_older_state_is_told(spa: Spa) -> None:
    appointment_id = await booked(spa)
    for version in (0, 2):
        with pytest.raises(Conflict, match="appointment-changed"):
            await cancel_appointment(
                spa.maya, appointment_id=appointment_id, version=version, reason="x", now=spa.clock.now
            )
    assert (await visit_of(spa, appointment_id)).status is Status.BOOKED


async def test_a_guest_who_did_not_come_is_a_no_show_after_the_grace_of_the_policy(spa: Spa) -> None:
    appointment_id = await booked(spa)
    for moment in (spa.clock.now, spa.local(10), spa.local(10, 14)):
        with pytest.raises(Conflict, match="Wait for the guest until 10:15 AM on Tuesday 24 November"):
            await mark_no_show(spa.maya, appointment_id=appointment_id, version=1, now=moment)
    spa.clock.now = spa.local(10, 15)
    version = await mark_no_show(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now)
    found = await visit_of(spa, appointment_id)
    assert (found.status, version, found.end_reason) == (Status.NO_SHOW, 2, None)
    assert await held() == 0


async def test_the_sheet_says_from_when_a_guest_counts_as_not_coming(spa: Spa) -> None:
    appointment_id = await booked(spa)
    here = f"/appointments/{appointment_id}"
    assert "counts as not coming" not in (await (await spa.kiosk()).open(here)).words
    spa.clock.now = spa.local(10, 12)
    desk = await spa.kiosk(name="Desk 2")
    early = await desk.open(here)
    assert "Wait until 10:15 AM; then the guest counts as not coming." in early.words
    assert f"{here}/no-show" not in [action for action, _ in early.forms()]
    spa.clock.now = spa.local(10, 15)
    late = await desk.open(here)
    assert "Mark as no-show, fee $120.00" in late.words
    assert "Wait until" not in late.words
    await desk.send("/no-show")
    assert (await visit_of(spa, appointment_id)).status is Status.NO_SHOW


async def test_who_came_is_no_no_show(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    spa.clock.now = spa.local(10, 30)
    with pytest.raises(Conflict, match="appointment-checked-in"):
        await mark_no_show(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
