"""Checking a guest in: on the day, once, and at the price of the group that is proven."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from spa_pos.booking.actions import Proof, cancel_appointment, check_in
from spa_pos.booking.rules import Status
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, NotFound
from tests.builders import booked, checked_in, visit_of
from tests.cast import Spa


async def reason_of(spa: Spa) -> str | None:
    """What the audit trail says of the check-in."""
    found: str | None = await fetch_value("SELECT reason FROM audit_event WHERE verb = 'checked in'")
    return found


async def test_a_visitor_is_checked_in_at_the_promised_price(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.forward(hours=1)
    version = await check_in(
        spa.owen, appointment_id=appointment_id, version=1, proof_shown="on_file", now=spa.clock.now
    )
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.version, version) == (Status.CHECKED_IN, 2, 2)
    assert (found.checked_in_at, found.price_cents, found.group_proven) == (spa.clock.now, 12_000, True)
    row = await fetch_one("SELECT * FROM audit_event WHERE verb = 'checked in'")
    assert row is not None
    assert (row["staff_name"], row["subject"], row["reason"]) == ("Owen Brandt", appointment_id, None)


async def test_proof_on_file_keeps_the_price_of_the_group(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee", proven=True)
    found = await visit_of(spa, await checked_in(spa, guest_id))
    assert (found.price_cents, found.group, found.group_proven) == (8_400, "employee", True)


async def test_proof_that_is_not_on_file_must_be_shown(spa: Spa) -> None:
    appointment_id = await booked(spa, await spa.guest("Tom Becker", "employee"))
    with pytest.raises(Conflict) as refusal:
        await check_in(
            spa.maya, appointment_id=appointment_id, version=1, proof_shown="on_file", now=spa.clock.now
        )
    assert (refusal.value.code, refusal.value.sentence) == (
        "proof-needed",
        "No proof is on file. Ask for: Mayo badge.",
    )
    assert (await visit_of(spa, appointment_id)).status is Status.BOOKED


async def test_proof_that_has_run_out_since_must_be_shown_again(spa: Spa) -> None:
    guest_id = await spa.guest("Rosa Delgado", "patient", proven=True)
    appointment_id = await booked(spa, guest_id, at=spa.local(10, days=1))
    await fetch("UPDATE eligibility SET valid_until = $1", date(2026, 11, 24))
    spa.clock.forward(days=1)
    with pytest.raises(Conflict, match="proof-needed"):
        await check_in(
            spa.maya, appointment_id=appointment_id, version=1, proof_shown="on_file", now=spa.clock.now
        )


async def test_proof_that_is_seen_is_kept_for_the_next_visit(spa: Spa) -> None:
    guest_id = await spa.guest("Rosa Delgado", "patient")
    found = await visit_of(spa, await checked_in(spa, guest_id, proof_shown="seen"))
    assert (found.price_cents, found.group_proven) == (10_800, True)
    row = await fetch_one("SELECT evidence, valid_from, valid_until, seen_by FROM eligibility")
    assert row is not None
    assert tuple(row) == (
        "Patient number or appointment letter",
        date(2026, 11, 24),
        date(2026, 12, 24),
        spa.maya.staff_id,
    )
    assert await reason_of(spa) == "Seen: Patient number or appointment letter"


async def test_a_group_that_is_not_proven_pays_as_a_visitor_and_the_log_says_why(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee")
    found = await visit_of(spa, await checked_in(spa, guest_id, proof_shown="not_shown"))
    assert (found.group, found.price_cents, found.list_price_cents) == ("visitor", 12_000, 12_000)
    assert (found.reduction_code, found.reduction_name) == (None, None)
    assert await reason_of(spa) == "Employee declared, not proven: $120.00 as a visitor"


@pytest.mark.parametrize("proof_shown", ["seen", "not_shown"])
async def test_a_visitor_has_nothing_to_prove_whatever_is_said(spa: Spa, proof_shown: Proof) -> None:
    found = await visit_of(spa, await checked_in(spa, proof_shown=proof_shown))
    assert (found.group, found.price_cents, found.group_proven) == ("visitor", 12_000, True)
    assert await fetch_value("SELECT count(*) FROM eligibility") == 0
    assert await reason_of(spa) is None


async def test_a_visit_of_another_day_is_not_checked_in(spa: Spa) -> None:
    tomorrow = await booked(spa, at=spa.local(10, days=1))
    with pytest.raises(Conflict, match="not-today"):
        await check_in(spa.maya, appointment_id=tomorrow, version=1, proof_shown="on_file", now=spa.clock.now)
    spa.clock.forward(hours=15.5)
    assert spa.clock.now.astimezone(spa.house.zone).date() == date(2026, 11, 25)
    assert await check_in(
        spa.maya, appointment_id=tomorrow, version=1, proof_shown="on_file", now=spa.clock.now
    )


async def test_a_kiosk_that_saw_an_older_state_is_told(spa: Spa) -> None:
    appointment_id = await booked(spa)
    with pytest.raises(Conflict, match="appointment-changed"):
        await check_in(
            spa.maya, appointment_id=appointment_id, version=2, proof_shown="on_file", now=spa.clock.now
        )


async def test_a_guest_who_is_here_or_whose_visit_is_off_cannot_be_checked_in(spa: Spa) -> None:
    here = await checked_in(spa)
    with pytest.raises(Conflict, match="appointment-checked-in"):
        await check_in(spa.maya, appointment_id=here, version=2, proof_shown="on_file", now=spa.clock.now)
    gone = await booked(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    await cancel_appointment(spa.maya, appointment_id=gone, version=1, reason="Illness", now=spa.clock.now)
    with pytest.raises(Conflict, match="appointment-cancelled"):
        await check_in(spa.maya, appointment_id=gone, version=2, proof_shown="on_file", now=spa.clock.now)


async def test_a_visit_of_another_house_is_unknown_here(spa: Spa) -> None:
    appointment_id = await booked(spa)
    stranger = replace(spa.maya, location_id=uuid4())
    with pytest.raises(NotFound, match="appointment-unknown"):
        await check_in(
            stranger, appointment_id=appointment_id, version=1, proof_shown="on_file", now=spa.clock.now
        )
