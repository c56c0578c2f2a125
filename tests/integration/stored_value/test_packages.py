"""Packages: planned, bought, drawn down by visit, given back."""

from datetime import date
from uuid import uuid4

import pytest

from spa_pos.db import fetch_value
from spa_pos.kernel.errors import Conflict, NotAllowed
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import PACKAGES
from spa_pos.stored_value.actions import add_plan, draw_visit, end_plan, sell_package, take_back
from spa_pos.stored_value.queries import holdings_of, plan, plans, visits_of
from tests.cast import Spa
from tests.value import Till, left, owed

TODAY = date(2026, 11, 24)


async def test_a_plan_says_what_each_service_is_worth(spa: Spa) -> None:
    plan_id = await Till(spa).plan(18_000, ("swedish-60", 1, 12_000), ("facial-60", 1, 9_000))
    found = await plan(plan_id)
    assert [item.share_cents for item in found.items] == [10_286, 7_714]
    assert (found.worth_cents, found.active, found.sold) == (21_000, True, 0)
    with pytest.raises(NotAllowed, match="plan-needs-manager"):
        await add_plan(spa.maya, plan_id=uuid4(), name="x", price_cents=Cents(1), items=[], now=spa.clock.now)
    await end_plan(spa.renata, plan_id=plan_id, now=spa.clock.now)
    assert await plans(active_only=True) == []
    with pytest.raises(Conflict, match="plan-ended"):
        await Till(spa).package(await spa.guest(), plan_id, 18_000)


async def test_a_package_is_drawn_down_visit_by_visit_to_the_last_cent(spa: Spa) -> None:
    till, guest_id, massage = Till(spa), await spa.guest(), await spa.service_id("swedish-60")
    plan_id = await till.plan(10_000, ("swedish-60", 3, 12_000))
    package_id = await till.package(guest_id, plan_id, 10_000)
    asked = {"package_id": package_id, "service_id": massage, "guest_id": guest_id}
    tenders = [uuid4() for _ in range(3)]
    taken = [await till(draw_visit, tender_id=tender, **asked) for tender in tenders]
    assert [one.amount_cents for one in taken] == [3_333, 3_333, 3_334]
    assert taken[-1].left_cents == 0
    known = await fetch_value("SELECT id FROM entry LIMIT 1")
    again = await till(draw_visit, tender_id=tenders[0], entry_id=known, **asked)
    assert again.amount_cents == 3_333
    with pytest.raises(Conflict, match="no-visits-left"):
        await till(draw_visit, tender_id=uuid4(), **asked)
    await till.undo(tenders[0])
    with pytest.raises(Conflict, match="nothing-to-return"):
        await till.undo(tenders[0])
    with pytest.raises(Conflict, match="package-by-visit"):
        await till.undo(tenders[1], 1)
    ((item,),) = (await visits_of([package_id])).values()
    assert (item.visits_left, item.left_cents, item.next_cents) == (1, 3_333, 3_333)
    assert await owed(PACKAGES) == [3_333]


async def test_a_package_pays_for_its_guest_and_its_services_alone(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    massage, facial = await spa.service_id("swedish-60"), await spa.service_id("facial-60")
    package_id = await till.package(guest_id, await till.plan(20_000, ("swedish-60", 2, 12_000)), 20_000)
    asked = {"package_id": package_id, "tender_id": uuid4()}
    with pytest.raises(Conflict, match="value-of-another-guest"):
        await till(draw_visit, service_id=massage, guest_id=None, **asked)
    with pytest.raises(Conflict, match="not-in-package"):
        await till(draw_visit, service_id=facial, guest_id=guest_id, **asked)
    with pytest.raises(Conflict, match="package-by-visit"):
        await till.pay(package_id, 100, guest_id=guest_id)
    (found,) = await holdings_of(guest_id, on=TODAY)
    assert [(one.service_name, one.visits_left, one.next_cents) for one in found.visits] == [
        ("Swedish massage", 2, 10_000)
    ]


async def test_a_package_bought_for_less_is_worth_what_was_paid(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    plan_id = await till.plan(18_000, ("swedish-60", 1, 12_000), ("facial-60", 1, 9_000))
    asked = {"package_id": uuid4(), "plan_id": plan_id, "guest_id": guest_id, "entry_id": uuid4()}
    first = await till(sell_package, paid_cents=Cents(16_000), **asked)
    assert await till(sell_package, paid_cents=Cents(16_000), **asked) == first
    items = (await visits_of([first.holding_id]))[first.holding_id]
    assert sum(item.left_cents for item in items) == 16_000
    assert await owed(PACKAGES) == [16_000]


async def test_a_package_is_given_back_whole(spa: Spa) -> None:
    till, guest_id, massage = Till(spa), await spa.guest(), await spa.service_id("swedish-60")
    package_id = await till.package(guest_id, await till.plan(20_000, ("swedish-60", 2, 12_000)), 20_000)
    tender_id = uuid4()
    await till(draw_visit, package_id=package_id, service_id=massage, guest_id=guest_id, tender_id=tender_id)
    asked = {"holding_id": package_id, "reason": "moves away"}
    with pytest.raises(Conflict, match="package-whole"):
        await till(take_back, take_back_id=uuid4(), amount_cents=Cents(5_000), **asked)
    await till(take_back, take_back_id=uuid4(), amount_cents=Cents(10_000), **asked)
    assert await left(package_id) == (0, 0)
    await till.undo(tender_id)
    assert await left(package_id) == (10_000, 0)
