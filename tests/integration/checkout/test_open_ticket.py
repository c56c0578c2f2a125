"""Opening a ticket: for a guest who is here, with the price of the visit, or for a walk-in."""

from uuid import uuid4

import pytest

from spa_pos.booking.actions import check_in, undo_check_in
from spa_pos.checkout.actions import open_ticket, settle_ticket, take_cash
from spa_pos.checkout.queries import open_tickets
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents
from tests.builders import booked, checked_in, open_sale, paid_by_card, sale_of, ticket_of, visit_of
from tests.cast import Spa


async def test_the_visit_is_on_the_ticket_with_its_price_and_the_reason(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee", proven=True)
    sale = await sale_of(spa, await open_sale(spa, guest_id))
    (line,) = sale.lines
    assert (line.description, line.detail) == ("Swedish massage", "Ana Okafor, 60 min, 10:00 AM")
    assert (line.list_cents, line.reduction_cents, line.net_cents) == (12_000, 3_600, 8_400)
    assert (line.reduction_name, line.guest_group, line.category) == (
        "Same-day employee price, 30 % off",
        "employee",
        "massage",
    )
    assert (sale.head.guest_name, sale.head.number, sale.head.opened_by) == (
        "Tom Becker",
        1,
        "Maya Lindqvist",
    )
    assert (sale.sums.net_cents, sale.sums.tax.tax_cents, sale.sums.total_cents) == (8_400, 683, 9_083)
    assert [part.tax_cents for part in sale.sums.tax.parts] == [578, 63, 42]


async def test_a_walk_in_gets_an_empty_ticket_with_the_next_number(spa: Spa) -> None:
    await open_sale(spa)
    ticket_id = uuid4()
    assert (
        await open_ticket(spa.maya, ticket_id=ticket_id, appointment_id=None, now=spa.clock.now) == ticket_id
    )
    sale = await sale_of(spa, ticket_id)
    assert (sale.head.number, sale.lines, sale.sums.total_cents, sale.head.guest_id) == (2, (), 0, None)
    assert [head.number for head in await open_tickets(spa.house.location_id)] == [1, 2]


async def test_a_visit_is_on_one_ticket_only_and_asking_again_leads_there(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    ticket_id = await ticket_of(spa, appointment_id)
    assert await ticket_of(spa, appointment_id) == ticket_id
    assert await fetch_value("SELECT count(*) FROM ticket") == 1
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=Cents(12_975),
        version=1,
        now=spa.clock.now,
    )
    assert await ticket_of(spa, appointment_id) == ticket_id


async def test_only_a_guest_who_is_here_can_be_checked_out(spa: Spa) -> None:
    appointment_id = await booked(spa)
    with pytest.raises(Conflict, match="not-checked-in"):
        await ticket_of(spa, appointment_id)
    with pytest.raises(NotFound, match="appointment-unknown"):
        await ticket_of(spa, uuid4())
    assert await fetch_value("SELECT count(*) FROM ticket") == 0


async def test_a_number_is_not_lost_when_a_ticket_could_not_be_opened(spa: Spa) -> None:
    taken = await open_sale(spa)
    with pytest.raises(Conflict, match="id-taken"):
        await open_ticket(spa.maya, ticket_id=taken, appointment_id=None, now=spa.clock.now)
    sale = await sale_of(
        spa, await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now)
    )
    assert sale.head.number == 2


async def checked_in_again_as_a_visitor(spa: Spa, appointment_id: object) -> None:
    """The check-in is undone, and this time the badge is not shown."""
    version = (await visit_of(spa, appointment_id)).version
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=version, now=spa.clock.now)
    await check_in(
        spa.maya,
        appointment_id=appointment_id,
        version=version + 1,
        proof_shown="not_shown",
        now=spa.clock.now,
    )


async def test_a_visit_that_was_priced_again_brings_its_new_price_to_the_open_ticket(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee")
    appointment_id = await checked_in(spa, guest_id, proof_shown="seen")
    ticket_id = await ticket_of(spa, appointment_id)
    await fetch("DELETE FROM eligibility")
    await checked_in_again_as_a_visitor(spa, appointment_id)
    assert await ticket_of(spa, appointment_id) == ticket_id
    sale = await sale_of(spa, ticket_id)
    (line,) = sale.lines
    assert (line.net_cents, line.reduction_name, line.guest_group) == (12_000, None, "visitor")
    assert (sale.sums.total_cents, sale.head.version) == (12_975, 2)
    assert await fetch_value(
        "SELECT count(*) FROM audit_event WHERE verb = 'priced the visit again' AND subject = $1", ticket_id
    )


async def test_a_ticket_with_an_outdated_price_does_not_settle_until_it_follows_the_visit(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee")
    appointment_id = await checked_in(spa, guest_id, proof_shown="seen")
    ticket_id = await ticket_of(spa, appointment_id)
    await checked_in_again_as_a_visitor(spa, appointment_id)
    with pytest.raises(Conflict, match="visit-priced-again"):
        await take_cash(
            spa.maya,
            ticket_id=ticket_id,
            tender_id=uuid4(),
            given_cents=Cents(9_083),
            version=1,
            now=spa.clock.now,
        )
    await paid_by_card(spa, ticket_id)
    assert (await sale_of(spa, ticket_id)).head.status == "open"
    await ticket_of(spa, appointment_id)
    sale = await sale_of(spa, ticket_id)
    assert (sale.sums.total_cents, sale.sums.remaining_cents) == (12_975, 12_975 - 9_083)
    await paid_by_card(spa, ticket_id)
    assert (await sale_of(spa, ticket_id)).head.status == "settled"
    with pytest.raises(Conflict, match="ticket-already-closed"):
        await settle_ticket(spa.maya, ticket_id=ticket_id, now=spa.clock.now)


async def test_a_ticket_does_not_follow_a_visit_below_what_was_paid_already(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee")
    appointment_id = await checked_in(spa, guest_id, proof_shown="not_shown")
    ticket_id = await ticket_of(spa, appointment_id)
    await paid_by_card(spa, ticket_id, 10_000)
    await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
    await check_in(spa.maya, appointment_id=appointment_id, version=3, proof_shown="seen", now=spa.clock.now)
    with pytest.raises(Conflict, match="tenders-above-total") as refusal:
        await ticket_of(spa, appointment_id)
    assert refusal.value.facts == {"remaining_cents": 9_083 - 10_000}
    assert (await sale_of(spa, ticket_id)).sums.total_cents == 12_975
