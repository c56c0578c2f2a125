"""Tips: whom, how much, on what; and what changes after the sale without reopening it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    TIP_PURPOSE,
    add_late_tip,
    add_visit,
    ask_late_tip_by_card,
    choose_tips,
    record_paid_tip,
    split_tips,
    take_cash,
)
from spa_pos.checkout.queries import tippable, tips_now
from spa_pos.db import fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import record_created, record_outcome, record_submitted
from spa_pos.payments.rules import Paid
from spa_pos.verify import verify
from tests.builders import checked_in
from tests.cast import Spa
from tests.sale import Sale, balance, renata, tips_on

LATE: dict[str, Any] = {"amount_cents": Cents(1_000), "approval_id": None}


async def nothing_is_broken() -> None:
    assert [one for one in await verify() if one.problems] == []


async def settled(spa: Spa, tip: int = 0) -> tuple[Sale, UUID]:
    """A paid ticket of Ana's, with a tip when wished."""
    await tips_on(spa)
    sale = await Sale.open(spa)
    ana = await spa.staff_id("Ana Okafor")
    await sale(choose_tips, tips={ana: Cents(tip)})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return sale, ana


async def test_tips_are_off_until_somebody_turns_them_on(spa: Spa) -> None:
    sale = await Sale.open(spa)
    ana = await spa.staff_id("Ana Okafor")
    with pytest.raises(Conflict, match="tip-nobody"):
        await sale(choose_tips, tips={ana: Cents(2_000)})
    await tips_on(spa)
    assert await sale(choose_tips, tips={ana: Cents(2_000)}) == 12_975 + 2_000


async def test_a_tip_is_paid_with_the_ticket_untaxed_and_owed_to_the_provider(spa: Spa) -> None:
    await settled(spa, 2_400)
    assert await balance("2500-tips") == -2_400
    assert await fetch_value("SELECT tip_cents FROM ticket") == 2_400
    await nothing_is_broken()


async def test_the_base_is_what_services_cost_before_any_reduction(spa: Spa) -> None:
    await tips_on(spa)
    staff = await spa.guest("Tom Becker", "employee", proven=True)
    sale = await Sale.open(spa, staff)
    (ana,) = await tippable(await sale.now())
    assert (ana.provider_name, ana.base_cents) == ("Ana Okafor", 12_000)


async def test_no_tip_is_an_answer_too(spa: Spa) -> None:
    sale, _ = await settled(spa)
    assert (await sale.now()).head.tip_asked_at is not None
    assert await tips_now(sale.ticket_id) == {}


async def test_a_tip_is_not_lowered_below_what_was_paid_and_never_negative(spa: Spa) -> None:
    await tips_on(spa)
    sale, ana = await Sale.open(spa), await spa.staff_id("Ana Okafor")
    await sale(choose_tips, tips={ana: Cents(2_000)})
    await sale(take_cash, tender_id=uuid4(), given_cents=Cents(14_000))
    with pytest.raises(Conflict, match="tenders-above-total"):
        await sale(choose_tips, tips={})
    with pytest.raises(Invalid, match="tip-unreadable"):
        await sale(choose_tips, tips={ana: Cents(-1)})


async def test_a_late_tip_in_cash_is_booked_today_and_the_sale_stays_as_it_was(spa: Spa) -> None:
    sale, ana = await settled(spa, 500)
    before = await sale.now()
    await spa.new_day(days=1)
    asked = LATE | {"provider_id": ana}
    with pytest.raises(NeedsApproval, match="late-tip-needs-approval"):
        await sale.later(add_late_tip, change_id=uuid4(), **asked)
    given = await sale.yes("late tip", 1_000)
    await sale.later(add_late_tip, change_id=uuid4(), **asked | {"approval_id": given})
    assert await tips_now(sale.ticket_id) == {ana: 1_500}
    assert (await sale.now()).sums == before.sums
    days = await fetch_value("SELECT count(DISTINCT business_date) FROM entry")
    assert (days, await balance("2500-tips")) == (2, -1_500)
    await nothing_is_broken()


async def test_a_late_tip_by_card_counts_once_the_card_paid(spa: Spa) -> None:
    sale, ana = await settled(spa)
    attempt_id = uuid4()
    boss = await renata(spa)
    reader_id = spa.house.reader_id
    asked = LATE | {"provider_id": ana, "attempt_id": attempt_id, "reader_id": reader_id}
    await sale.later(ask_late_tip_by_card, by=boss, **asked)
    assert await tips_now(sale.ticket_id) == {}
    await record_created(attempt_id, "pi_late", spa.clock.now)
    await record_submitted(attempt_id, spa.clock.now)
    for _ in range(2):
        outcome = Paid(Cents(1_000), "visa", "4242")
        await record_outcome(attempt_id, outcome, {TIP_PURPOSE: record_paid_tip}, spa.clock.now)
    assert await tips_now(sale.ticket_id) == {ana: 1_000}
    await nothing_is_broken()


async def test_tips_are_shared_anew_between_those_who_served(spa: Spa) -> None:
    await tips_on(spa)
    sale = await Sale.open(spa)
    other = await checked_in(spa, await spa.guest("Lena Vogel"), provider="Ben Castellano")
    await sale(add_visit, appointment_id=other)
    ana, ben = await spa.staff_id("Ana Okafor"), await spa.staff_id("Ben Castellano")
    await sale(choose_tips, tips={ana: Cents(3_000)})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    boss = await renata(spa)
    asked: dict[str, Any] = {"change_id": uuid4(), "approval_id": None}
    with pytest.raises(Conflict, match="tips-do-not-add-up"):
        await sale.later(split_tips, by=boss, wanted={ana: Cents(1_000), ben: Cents(1_000)}, **asked)
    with pytest.raises(Conflict, match="tips-unchanged"):
        await sale.later(split_tips, by=boss, wanted={ana: Cents(3_000)}, **asked)
    await sale.later(split_tips, by=boss, wanted={ana: Cents(1_000), ben: Cents(2_000)}, **asked)
    assert await tips_now(sale.ticket_id) == {ana: 1_000, ben: 2_000}
    assert await balance("2500-tips") == -3_000
    await nothing_is_broken()


async def test_a_ticket_that_is_open_has_no_late_tips(spa: Spa) -> None:
    await tips_on(spa)
    sale, ana = await Sale.open(spa), await spa.staff_id("Ana Okafor")
    with pytest.raises(Conflict, match="ticket-not-settled"):
        await sale.later(add_late_tip, by=await renata(spa), change_id=uuid4(), provider_id=ana, **LATE)
