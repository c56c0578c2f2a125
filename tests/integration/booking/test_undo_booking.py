"""A booking is undone right after it was made, by who made it, and costs nothing whatever the reasons say."""

from typing import Any

import pytest

from spa_pos.booking.actions import undo_booking, undo_party_booking
from spa_pos.booking.actions.terms import remove_cancel_reason, set_cancel_reason
from spa_pos.booking.rules import Status
from spa_pos.db import fetch_one, fetch_value
from tests.builders import booked, checked_in, visit_of
from tests.calendar import broken, refused
from tests.cast import Spa
from tests.integration.booking.asking import booked_party, item


async def test_undone_it_costs_nothing_though_it_is_today_and_frees_its_time(spa: Spa) -> None:
    appointment_id = await booked(spa)
    now = spa.clock.forward(minutes=30)
    assert await undo_booking(spa.maya, appointment_id=appointment_id, version=1, now=now) == 2
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.fee_cents, found.end_reason) == (Status.CANCELLED, 0, "Booked by mistake")
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 0
    trace = await fetch_one("SELECT staff_name, verb FROM audit_event ORDER BY id DESC LIMIT 1")
    assert trace is not None
    assert tuple(trace) == ("Maya Lindqvist", "undid the booking")
    assert await broken() == []


async def test_later_or_by_somebody_else_it_is_cancelled_instead(spa: Spa) -> None:
    asked: dict[str, Any] = {"appointment_id": await booked(spa), "version": 1}
    told = await refused("booking-stands", undo_booking(spa.renata, now=spa.clock.now, **asked))
    assert "Cancel the visit with a reason instead." in told.sentence
    now = spa.clock.forward(minutes=31)
    await refused("booking-stands", undo_booking(spa.maya, now=now, **asked))


async def test_only_what_is_still_to_come_as_it_was_booked_is_undone(spa: Spa) -> None:
    now = spa.clock.now
    one = await booked(spa)
    await refused("appointment-changed", undo_booking(spa.maya, appointment_id=one, version=2, now=now))
    here = await checked_in(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await refused("appointment-checked-in", undo_booking(spa.maya, appointment_id=here, version=2, now=now))


@pytest.mark.parametrize("what", ["renamed", "removed", "costs"])
async def test_the_toast_undoes_for_nothing_whatever_became_of_the_reasons(spa: Spa, what: str) -> None:
    if what == "removed":
        await remove_cancel_reason(spa.renata, code="mistake", now=spa.clock.now)
    else:
        name = "Wrong guest" if what == "renamed" else "Booked by mistake"
        fee_free = what == "renamed"
        await set_cancel_reason(spa.renata, code="mistake", name=name, fee_free=fee_free, now=spa.clock.now)
    desk = await spa.kiosk()
    fields = (
        f"date={spa.local(10):%Y-%m-%d}&at=10:00&guest={await spa.guest()}"
        f"&service={await spa.service_id('swedish-60')}"
    )
    await desk.open(f"/appointments/new?{fields}")
    await desk.send("/appointments")
    undone = await desk.send("/booking/undo")
    assert "The visit of Ingrid Halvorsen is cancelled." in undone.words
    assert "Fee $" not in undone.words
    assert await fetch_value("SELECT fee_cents FROM appointment") == 0
    back = await desk.send("/restoration")
    assert "The visit is booked again." in back.words


async def test_a_party_is_undone_whole_or_not_at_all(spa: Spa) -> None:
    items = [
        await item(spa, await spa.guest("Ingrid Halvorsen")),
        await item(spa, await spa.guest("Lars Berg"), provider="Ben Castellano"),
    ]
    asked: dict[str, Any] = {"party_id": await booked_party(spa, items), "now": spa.clock.now}
    one, other = (each.appointment_id for each in items)
    await refused("party-changed", undo_party_booking(spa.maya, versions={one: 1}, **asked))
    both = {one: 1, other: 1}
    await refused("booking-stands", undo_party_booking(spa.renata, versions=both, **asked))
    assert await undo_party_booking(spa.maya, versions=both, **asked) == {one: 2, other: 2}
    assert await fetch_value("SELECT sum(fee_cents) FROM appointment") == 0


async def test_after_half_an_hour_the_toast_leads_to_cancelling(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.forward(minutes=31)
    desk = await spa.kiosk()
    fields = (await desk.open(f"/appointments/{appointment_id}")).form("/confirmation")
    page = await desk.post(f"/appointments/{appointment_id}/booking/undo", fields)
    assert page.problem == "booking-stands"
    assert "Cancel the visit" in page.words
    assert (await visit_of(spa, appointment_id)).status is Status.BOOKED
