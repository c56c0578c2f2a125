"""Packages are drawn down by themselves: visible, undone in one tap, and never more visits than there are."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    add_visit,
    choose_tips,
    open_ticket,
    take_cash,
    take_package_visit,
    undo_tender,
)
from spa_pos.db import fetch, once
from spa_pos.kernel.errors import Conflict
from spa_pos.stored_value.queries import visits_of
from spa_pos.verify import verify
from tests.builders import checked_in, open_sale, ticket_of
from tests.cast import Spa
from tests.races import race
from tests.sale import Sale, tips_on
from tests.value import Till


async def a_package(spa: Spa, guest_id: UUID, *, visits: int = 5, each: int = 11_000) -> UUID:
    """Massages of a list price of $120.00, each worth less in the package."""
    till = Till(spa)
    plan_id = await till.plan(visits * each, ("swedish-60", visits, 12_000))
    return await till.package(guest_id, plan_id, visits * each)


async def left(package_id: UUID) -> int:
    (item,) = (await visits_of([package_id]))[package_id]
    return item.visits_left


async def nothing_is_broken() -> None:
    assert [one for one in await verify() if one.problems] == []


async def test_a_visit_is_paid_by_the_package_when_its_ticket_opens_and_its_tax_remains(spa: Spa) -> None:
    guest_id = await spa.guest()
    package_id = await a_package(spa, guest_id)
    sale = await Sale.open(spa, guest_id)
    found = await sale.now()
    (tender,) = found.tenders
    assert (tender.kind, tender.amount_cents, found.lines[0].net_cents) == ("package", 11_000, 11_000)
    assert found.sums.remaining_cents == found.sums.tax.tax_cents > 0
    assert (found.head.status, await left(package_id)) == ("open", 4)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert (await sale.now()).head.status == "settled"
    await nothing_is_broken()


async def test_one_tap_undoes_it_and_it_does_not_come_back_by_itself(spa: Spa) -> None:
    guest_id = await spa.guest()
    package_id = await a_package(spa, guest_id)
    appointment_id = await checked_in(spa, guest_id)
    ticket_id = await ticket_of(spa, appointment_id)
    desk = await spa.kiosk()
    page = await desk.open(f"/tickets/{ticket_id}")
    assert "Renewal: Swedish massage" in page.words
    page = await desk.send("/undo")
    assert "Renewal: Swedish massage" not in page.words
    assert await left(package_id) == 5
    await open_ticket(spa.maya, ticket_id=ticket_id, appointment_id=appointment_id, now=spa.clock.now)
    assert await left(package_id) == 5
    await desk.open(f"/tickets/{ticket_id}?with=owned")
    page = await desk.send("/packages")
    assert "Renewal: Swedish massage" in page.words
    assert await left(package_id) == 4
    await nothing_is_broken()


async def test_a_package_that_pays_everything_leaves_the_ticket_to_a_person(spa: Spa) -> None:
    await fetch("UPDATE tax_class SET taxable = false")
    guest_id = await spa.guest()
    package_id = await a_package(spa, guest_id)
    sale = await Sale.open(spa, guest_id)
    found = await sale.now()
    assert (found.sums.remaining_cents, found.head.status, await left(package_id)) == (0, "open", 4)
    desk = await spa.kiosk()
    assert "Nothing is left to pay" in (await desk.open(f"/tickets/{sale.ticket_id}")).words
    await desk.send("/settlement")
    assert (await sale.now()).head.status == "settled"
    await nothing_is_broken()


async def test_of_several_packages_the_oldest_pays_until_it_is_empty(spa: Spa) -> None:
    guest_id = await spa.guest()
    newer = await a_package(spa, guest_id)
    older = await a_package(spa, guest_id, visits=1, each=10_000)
    await fetch("UPDATE holding SET made_at = made_at - interval '1 day' WHERE id = $1", older)
    await open_sale(spa, guest_id)
    assert (await left(older), await left(newer)) == (0, 5)
    await open_sale(spa, guest_id, at=spa.local(14))
    assert (await left(older), await left(newer)) == (0, 4)
    await nothing_is_broken()


async def test_a_package_worth_more_than_the_visit_costs_keeps_it(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee", proven=True)
    package_id = await a_package(spa, guest_id)
    sale = await Sale.open(spa, guest_id)
    assert (await sale.now()).tenders == ()
    assert await left(package_id) == 5


async def test_other_services_and_other_guests_draw_nothing(spa: Spa) -> None:
    guest_id = await spa.guest()
    package_id = await a_package(spa, guest_id)
    await open_sale(spa, guest_id, service="stone-75")
    await open_sale(spa, await spa.guest("Rosa Delgado"), at=spa.local(14))
    assert await left(package_id) == 5


async def test_the_deposit_pays_of_what_the_package_left(spa: Spa) -> None:
    guest_id = await spa.guest()
    await a_package(spa, guest_id)
    await Till(spa).deposit(guest_id, 500)
    sale = await Sale.open(spa, guest_id)
    assert {one.kind: one.amount_cents for one in (await sale.now()).tenders} == {
        "package": 11_000,
        "deposit": 500,
    }
    await nothing_is_broken()


async def test_of_a_couple_on_one_ticket_each_is_paid_by_their_own_package(spa: Spa) -> None:
    await tips_on(spa)
    ingrid, omar = await spa.guest(), await spa.guest("Omar Nasser")
    hers, his = await a_package(spa, ingrid), await a_package(spa, omar, each=10_500)
    sale = await Sale.open(spa, ingrid)
    other = await checked_in(spa, omar, at=spa.local(14))
    await sale(add_visit, appointment_id=other)
    found = await sale.now()
    assert sorted(one.amount_cents for one in found.tenders) == [10_500, 11_000]
    assert (await left(hers), await left(his)) == (4, 4)
    (tender,) = [one for one in found.tenders if one.amount_cents == 10_500]
    await sale(undo_tender, tender_id=tender.id)
    assert await left(his) == 5
    line = next(one for one in (await sale.now()).lines if one.visitor_id == omar)
    await sale(take_package_visit, tender_id=uuid4(), package_id=his, line_id=line.id)
    assert await left(his) == 4
    await sale(choose_tips, tips={})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await nothing_is_broken()


async def test_his_package_pays_nothing_of_hers(spa: Spa) -> None:
    ingrid, omar = await spa.guest(), await spa.guest("Omar Nasser")
    his = await a_package(spa, omar)
    sale = await Sale.open(spa, ingrid)
    await sale(add_visit, appointment_id=await checked_in(spa, omar, at=spa.local(14)))
    mine = next(one for one in (await sale.now()).lines if one.visitor_id == ingrid)
    with pytest.raises(Conflict, match="value-of-another-guest"):
        await sale(take_package_visit, tender_id=uuid4(), package_id=his, line_id=mine.id)
    assert await left(his) == 4


async def test_two_tickets_that_open_at_once_share_one_visit_and_both_open(spa: Spa) -> None:
    guest_id = await spa.guest()
    for hour in (9, 13):
        package_id = await a_package(spa, guest_id, visits=1)
        times = (spa.local(hour), spa.local(hour + 1, 30))
        visits = [await checked_in(spa, guest_id, at=time) for time in times]

        async def opens(appointment_id: UUID) -> UUID:
            asked: dict[str, Any] = {"ticket_id": uuid4(), "appointment_id": appointment_id}
            return await once(uuid4(), open_ticket, spa.maya, **asked, now=spa.clock.now)

        outcome = await race([opens(one) for one in visits])
        assert (len(outcome.won), await left(package_id)) == (2, 0)
        for ticket_id in outcome.won:
            sale = Sale(spa, ticket_id)
            await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await nothing_is_broken()
