"""Who pays, parked tickets, fees, minutes, pieces and scans."""

from typing import Any
from uuid import uuid4

import pytest

from spa_pos.booking.actions import mark_no_show
from spa_pos.checkout.actions import (
    CARD_PURPOSE,
    add_fee,
    add_minutes,
    add_visit,
    begin_card,
    park_ticket,
    record_paid_attempt,
    resume_ticket,
    scan_product,
    set_quantity,
    take_cash,
    waive_fee,
)
from spa_pos.checkout.queries import others_here
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import record_outcome
from spa_pos.payments.rules import Cancelled
from spa_pos.verify import verify
from tests.builders import booked, checked_in, sale_of, ticket_of, visit_of
from tests.cast import Spa
from tests.sale import Sale, balance


async def nothing_is_broken() -> None:
    assert [one for one in await verify() if one.problems] == []


async def test_another_guests_visit_is_paid_here_and_their_empty_ticket_is_voided(spa: Spa) -> None:
    sale = await Sale.open(spa)
    theirs = await checked_in(spa, await spa.guest("Lena Vogel"), provider="Ben Castellano")
    other_ticket = await ticket_of(spa, theirs)
    assert [one.guest_name for one in await others_here(await sale.now())] == ["Lena Vogel"]
    await sale(add_visit, appointment_id=theirs)
    assert (await sale_of(spa, other_ticket)).head.status == "voided"
    assert len((await sale.now()).lines) == 2
    with pytest.raises(Conflict, match="already-here"):
        await sale(add_visit, appointment_id=theirs)
    assert (await sale(take_cash, tender_id=uuid4(), given_cents=None)).settled
    assert (await visit_of(spa, theirs)).status.value == "done"
    await nothing_is_broken()


async def test_a_visit_whose_ticket_took_money_stays_there(spa: Spa) -> None:
    sale = await Sale.open(spa)
    theirs = await checked_in(spa, await spa.guest("Lena Vogel"), provider="Ben Castellano")
    other = Sale(spa, await ticket_of(spa, theirs))
    await other(take_cash, tender_id=uuid4(), given_cents=Cents(1_000))
    with pytest.raises(Conflict, match="other-ticket-paid"):
        await sale(add_visit, appointment_id=theirs)


async def test_a_visit_whose_ticket_waits_for_a_card_stays_there(spa: Spa) -> None:
    sale = await Sale.open(spa)
    theirs = await checked_in(spa, await spa.guest("Lena Vogel"), provider="Ben Castellano")
    other = Sale(spa, await ticket_of(spa, theirs))
    asked = {"attempt_id": uuid4(), "reader_id": spa.house.reader_id}
    attempt_id = await other(begin_card, **asked, amount_cents=(await other.now()).sums.remaining_cents)
    number = (await other.now()).head.number
    with pytest.raises(Conflict, match="card-already-in-progress") as refused:
        await sale(add_visit, appointment_id=theirs)
    assert f"ticket {number} of this visit" in refused.value.sentence
    await record_outcome(attempt_id, Cancelled(), {CARD_PURPOSE: record_paid_attempt}, spa.clock.now)
    await sale(add_visit, appointment_id=theirs)
    assert (await other.now()).head.status == "voided"
    await nothing_is_broken()


async def test_a_ticket_is_parked_under_a_name_and_taken_up_again(spa: Spa) -> None:
    sale = await Sale.open(spa)
    await sale(park_ticket, name=" Waits  for her husband ")
    assert (await sale.now()).head.parked_as == "Waits for her husband"
    await sale.later(resume_ticket)
    assert (await sale.now()).head.parked_as is None
    with pytest.raises(Invalid, match="name-missing"):
        await sale(park_ticket, name=" ")


async def fee_of(spa: Spa) -> Any:
    """A visit that nobody came to."""
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(11)
    await mark_no_show(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now)
    return appointment_id


async def test_a_fee_goes_on_a_ticket_once_and_is_no_sale(spa: Spa) -> None:
    appointment_id = await fee_of(spa)
    cents = (await visit_of(spa, appointment_id)).fee_cents
    asked: dict[str, Any] = {"line_id": uuid4(), "appointment_id": appointment_id, "now": spa.clock.now}
    ticket_id = await add_fee(spa.maya, ticket_id=uuid4(), **asked)
    assert await add_fee(spa.maya, ticket_id=uuid4(), **asked) == ticket_id
    sale = Sale(spa, ticket_id)
    assert await sale.remaining() == cents
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert await balance("4100-fees") == -(cents or 0)
    with pytest.raises(Conflict, match="fee-paid"):
        await waive_fee(spa.maya, appointment_id=appointment_id, reason="Ill", now=spa.clock.now)
    await nothing_is_broken()


async def test_a_fee_is_waived_with_a_reason_and_leaves_its_ticket(spa: Spa) -> None:
    appointment_id = await fee_of(spa)
    ticket_id = await add_fee(
        spa.maya, ticket_id=uuid4(), line_id=uuid4(), appointment_id=appointment_id, now=spa.clock.now
    )
    with pytest.raises(Invalid, match="reason-missing"):
        await waive_fee(spa.maya, appointment_id=appointment_id, reason="", now=spa.clock.now)
    await waive_fee(spa.maya, appointment_id=appointment_id, reason="Ill", now=spa.clock.now)
    visit = await visit_of(spa, appointment_id)
    assert (visit.fee_cents, visit.fee_reason) == (0, "Fee waived: Ill")
    assert (await sale_of(spa, ticket_id)).lines == ()


async def test_minutes_cost_their_rate_within_bounds(spa: Spa) -> None:
    sale = await Sale.open(spa)
    service_id = await spa.service_id("chair-minutes")
    asked: dict[str, Any] = {"line_id": uuid4(), "service_id": service_id, "provider_id": None}
    await sale(add_minutes, minutes=15, **asked)
    assert (await sale.now()).lines[1].net_cents == 15 * 200
    for minutes in (4, 31):
        with pytest.raises(Invalid, match="minutes-unreadable"):
            await sale(add_minutes, minutes=minutes, **asked | {"line_id": uuid4()})


async def test_a_scanned_product_begins_a_sale_or_goes_on_the_one_that_is_open(spa: Spa) -> None:
    ticket_id, oil = uuid4(), await spa.product_id("Lavender body oil, 100 ml")
    for _ in range(2):
        await scan_product(spa.maya, ticket_id=ticket_id, line_id=uuid4(), product_id=oil, now=spa.clock.now)
    sale = Sale(spa, ticket_id)
    lines = (await sale.now()).lines
    assert [line.net_cents for line in lines] == [2_400, 2_400]
    await sale(set_quantity, line_id=lines[0].id, quantity=3)
    assert (await sale.now()).sums.net_cents == 9_600
    with pytest.raises(Invalid, match="quantity-unreadable"):
        await sale(set_quantity, line_id=lines[0].id, quantity=0)
