"""Undoing a check-in: the guest is booked again, at the price that was promised."""

from datetime import date
from uuid import uuid4

import pytest

from spa_pos.booking.actions import check_in, undo_check_in
from spa_pos.booking.rules import Status
from spa_pos.catalog.tables import Price
from spa_pos.db import fetch_value, insert
from spa_pos.kernel.errors import Conflict
from tests.builders import booked, checked_in, open_sale, visit_of
from tests.cast import Spa


async def new_price(spa: Spa, code: str, cents: int, since: date, group: str | None = None) -> None:
    """A price from a day on, set today."""
    service_id = await spa.service_id(code)
    await insert(
        Price,
        id=uuid4(),
        service=service_id,
        guest_group=group,
        price_cents=cents,
        valid_from=since,
        made_at=spa.clock.now,
    )


async def test_a_visit_goes_back_to_booked_and_can_be_checked_in_again(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    version = await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    found = await visit_of(spa, appointment_id)
    assert (found.status, found.version, version) == (Status.BOOKED, 3, 3)
    assert found.checked_in_at is None
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 2
    assert await check_in(
        spa.maya, appointment_id=appointment_id, version=3, proof_shown="on_file", now=spa.clock.now
    )


async def test_a_guest_who_was_charged_as_a_visitor_is_of_their_group_again(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee")
    appointment_id = await checked_in(spa, guest_id, proof_shown="not_shown")
    assert (await visit_of(spa, appointment_id)).price_cents == 12_000
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    found = await visit_of(spa, appointment_id)
    assert (found.group, found.price_cents, found.group_proven) == ("employee", 8_400, False)
    assert found.reduction_name == "Same-day employee price, 30 % off"


async def test_the_price_promised_survives_a_new_price_list(spa: Spa) -> None:
    appointment_id = await booked(spa, at=spa.local(10))
    await new_price(spa, "swedish-60", 13_500, date(2026, 11, 24))
    await check_in(
        spa.maya, appointment_id=appointment_id, version=1, proof_shown="on_file", now=spa.clock.now
    )
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    assert (await visit_of(spa, appointment_id)).price_cents == 12_000


async def test_only_who_is_checked_in_can_be_undone(spa: Spa) -> None:
    appointment_id = await booked(spa)
    with pytest.raises(Conflict, match="appointment-booked"):
        await undo_check_in(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now)


async def test_a_kiosk_that_saw_an_older_state_is_told(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    with pytest.raises(Conflict, match="appointment-changed"):
        await undo_check_in(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now)
    assert (await visit_of(spa, appointment_id)).status is Status.CHECKED_IN


async def test_a_visit_on_an_open_ticket_can_be_undone_and_the_ticket_stays(spa: Spa) -> None:
    await open_sale(spa)
    appointment_id = await fetch_value("SELECT appointment FROM ticket_line")
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    assert await fetch_value("SELECT status FROM ticket") == "open"
