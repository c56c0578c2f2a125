"""Money given back of a settled ticket: by line and part, the way it was paid, once."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import give_back_otherwise, open_refund, record_given_back, take_cash
from spa_pos.checkout.queries import parts_of, refund
from spa_pos.db import fetch, fetch_value, once
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval, NotAllowed, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.payments.rules import GivenBack, NotGivenBack, Unknown
from spa_pos.reports.queries import sales_day
from spa_pos.verify import verify
from tests.builders import open_sale, paid_by_card, sale_of
from tests.cast import Spa
from tests.races import race
from tests.sale import Sale

TOTAL = 12_975


async def paid_cash(spa: Spa, guest_id: UUID | None = None) -> UUID:
    """A settled ticket of $120.00 and $9.75 of tax."""
    ticket_id = await open_sale(spa, guest_id)
    await take_cash(
        spa.maya,
        ticket_id=ticket_id,
        tender_id=uuid4(),
        given_cents=Cents(TOTAL),
        version=1,
        now=spa.clock.now,
    )
    return ticket_id


async def asked(spa: Spa, ticket_id: UUID, cents: int | None = None, **more: Any) -> dict[str, Any]:
    """What a refund of its one line asks: all of it unless told otherwise."""
    (line,) = (await sale_of(spa, ticket_id)).lines
    back = line.net_cents if cents is None else cents
    tax = round(back * 975 / 12_000)
    return {
        "refund_id": uuid4(),
        "ticket_id": ticket_id,
        "lines": {line.id: back},
        "tip_cents": 0,
        "to": "original",
        "reason": "Service cut short",
        "expected_cents": back + tax,
        "now": spa.clock.now,
    } | more


async def all_is_well() -> None:
    assert [(verdict.name, verdict.problems) for verdict in await verify() if verdict.problems] == []


async def balance(account: str) -> int:
    return int(
        await fetch_value("SELECT coalesce(sum(amount_cents), 0) FROM posting WHERE account = $1", account)
    )


async def test_all_of_a_cash_sale_goes_back_and_the_books_are_as_before(spa: Spa) -> None:
    ticket_id = await paid_cash(spa)
    refund_id = await open_refund(spa.renata, **await asked(spa, ticket_id))
    head = await refund(refund_id, spa.house.location_id)
    assert (head.status, head.number, head.total_cents) == ("done", 1, TOTAL)
    for account in ("1000-cash", "4000-sales", "2200-sales-tax:mn", "2300-tendered"):
        assert await balance(account) == 0
    assert await fetch_value("SELECT status FROM ticket") == "settled"
    day = await sales_day(spa.house.location_id, spa.house.zone, spa.local(12).date())
    assert (day.agrees, day.refunded_cents) == (True, TOTAL)
    await all_is_well()


async def test_the_sale_stays_on_its_day_and_the_refund_is_of_today(spa: Spa) -> None:
    ticket_id = await paid_cash(spa)
    sold_on = spa.local(12).date()
    before = await sales_day(spa.house.location_id, spa.house.zone, sold_on)
    await spa.new_day(days=3)
    await open_refund(spa.renata, **await asked(spa, ticket_id, 6_000))
    assert await sales_day(spa.house.location_id, spa.house.zone, sold_on) == before
    today = await sales_day(spa.house.location_id, spa.house.zone, spa.local(12).date())
    assert (today.agrees, today.refunded_cents, len(today.tickets)) == (True, 6_488, 0)
    await all_is_well()


async def test_parts_add_up_to_the_whole_and_then_nothing_is_left(spa: Spa) -> None:
    ticket_id = await paid_cash(spa)
    for cents, total in ((3_333, 3_604), (3_333, 3_604)):
        refund_id = await open_refund(spa.renata, **await asked(spa, ticket_id, cents, expected_cents=total))
        assert (await refund(refund_id, spa.house.location_id)).total_cents == total
    last = await asked(spa, ticket_id, 12_000 - 6_666, expected_cents=TOTAL - 2 * 3_604)
    await open_refund(spa.renata, **last)
    assert await balance("1000-cash") == 0
    with pytest.raises(Conflict) as refusal:
        await open_refund(spa.renata, **await asked(spa, ticket_id, 1, expected_cents=1))
    assert refusal.value.code == "refund-above-line"
    await all_is_well()


async def test_the_desk_gives_small_sums_back_alone_and_a_manager_more(spa: Spa) -> None:
    ticket_id = await paid_cash(spa)
    await open_refund(spa.maya, **await asked(spa, ticket_id, 4_000))
    with pytest.raises(NeedsApproval) as refusal:
        await open_refund(spa.maya, **await asked(spa, ticket_id, 1_000))
    assert (refusal.value.code, refusal.value.facts["amount_cents"]) == ("refund-needs-approval", 1_081)
    await open_refund(spa.owen, **await asked(spa, ticket_id, 1_000))
    await all_is_well()


async def test_a_second_persons_yes_is_spent_on_one_refund_and_kept_with_it(spa: Spa) -> None:
    ticket_id = await paid_cash(spa)
    sale = Sale(spa, ticket_id)
    wrong = await sale.yes("refund", 6_487)
    with pytest.raises(Conflict) as refusal:
        await open_refund(spa.maya, **await asked(spa, ticket_id, 6_000), approval_id=wrong)
    assert refusal.value.code == "approval-not-for-this"
    yes = await sale.yes("refund", 6_488)
    await open_refund(spa.maya, **await asked(spa, ticket_id, 6_000), approval_id=yes)
    assert await fetch_value("SELECT approval FROM refund") == yes
    with pytest.raises(Conflict) as refusal:
        await open_refund(
            spa.maya, **await asked(spa, ticket_id, 6_000, expected_cents=6_487), approval_id=yes
        )
    assert refusal.value.code == "approval-not-for-this"
    await open_refund(spa.maya, **await asked(spa, ticket_id, 4_000))  # what was approved is not theirs alone
    assert await fetch_value("SELECT count(*) FROM refund WHERE approval IS NULL") == 1
    await all_is_well()


async def test_refused_refunds_change_nothing(spa: Spa) -> None:
    ticket_id = await paid_cash(spa)
    good = await asked(spa, ticket_id)
    for wrong, kind in (
        ({"reason": "  "}, Invalid),
        ({"to": ""}, Invalid),
        ({"expected_cents": 1}, Conflict),
        ({"lines": {}}, Invalid),
        ({"tip_cents": 1}, Conflict),
        ({"ticket_id": uuid4()}, NotFound),
    ):
        with pytest.raises(kind):
            await open_refund(spa.renata, **good | wrong)
    open_id = await open_sale(spa, at=spa.local(14))
    with pytest.raises(Conflict) as refusal:
        await open_refund(spa.renata, **good | {"ticket_id": open_id})
    assert refusal.value.code == "ticket-not-settled"
    assert await fetch_value("SELECT count(*) FROM refund") == 0
    await all_is_well()


async def test_money_goes_back_as_credit_of_the_guest(spa: Spa) -> None:
    guest_id = await spa.guest()
    ticket_id = await paid_cash(spa, guest_id)
    refund_id = await open_refund(spa.renata, **await asked(spa, ticket_id, to="credit"))
    (part,) = await parts_of(refund_id)
    assert part.stored_value_id is not None
    assert await balance("1000-cash") == TOTAL
    assert await balance("2420-guest-credit") == -TOTAL
    with pytest.raises(Conflict):
        await open_refund(spa.renata, **await asked(spa, ticket_id))
    await all_is_well()


async def by_card(spa: Spa) -> tuple[UUID, UUID]:
    """A refund of a ticket paid by card, written down: its id and its part's."""
    ticket_id = await open_sale(spa)
    await paid_by_card(spa, ticket_id)
    refund_id = await open_refund(spa.renata, **await asked(spa, ticket_id))
    (part,) = await parts_of(refund_id)
    return refund_id, part.id


async def test_a_card_refund_is_booked_once_the_processor_has_it_and_asked_about_until_then(spa: Spa) -> None:
    refund_id, part_id = await by_card(spa)
    assert (await refund(refund_id, spa.house.location_id)).status == "open"
    assert await balance("1100-card-clearing") == TOTAL
    answer = {"refund_id": refund_id, "part_id": part_id, "now": spa.clock.now}
    await record_given_back(spa.renata, outcome=Unknown("no answer"), **answer)
    assert [part.status for part in await parts_of(refund_id)] == ["unknown"]
    await all_is_well()
    for _ in range(2):
        await record_given_back(spa.renata, outcome=GivenBack("re_1", settled=True), **answer)
    assert (await refund(refund_id, spa.house.location_id)).status == "done"
    assert await balance("1100-card-clearing") == 0
    await all_is_well()


async def test_what_a_bank_refuses_goes_back_another_way(spa: Spa) -> None:
    refund_id, part_id = await by_card(spa)
    await record_given_back(
        spa.renata, refund_id=refund_id, part_id=part_id, outcome=NotGivenBack("No."), now=spa.clock.now
    )
    with pytest.raises(NotAllowed):
        await give_back_otherwise(
            spa.maya, refund_id=refund_id, part_id=part_id, kind="cash", now=spa.clock.now
        )
    await give_back_otherwise(
        spa.renata, refund_id=refund_id, part_id=part_id, kind="cash", now=spa.clock.now
    )
    assert (await refund(refund_id, spa.house.location_id)).status == "done"
    assert await balance("1000-cash") == -TOTAL
    with pytest.raises(Conflict):
        await give_back_otherwise(
            spa.renata, refund_id=refund_id, part_id=part_id, kind="cash", now=spa.clock.now
        )
    await all_is_well()


async def test_a_refund_sent_twice_is_done_once(spa: Spa) -> None:
    ticket_id = await paid_cash(spa)
    wanted = await asked(spa, ticket_id, 4_000)
    key = uuid4()
    first = await once(key, open_refund, actor=spa.maya, **wanted)
    assert await once(key, open_refund, actor=spa.maya, **wanted) == first
    assert await fetch_value("SELECT count(*) FROM refund") == 1


async def rush(spa: Spa, who: Actor) -> int:
    """Fifty kiosks give the whole ticket back at once; gives how many did."""
    ticket_id = await paid_cash(spa)
    wanted = [await asked(spa, ticket_id) for _ in range(50)]
    outcome = await race(open_refund(who, **one) for one in wanted)
    return len(outcome.won)


async def test_fifty_refunds_of_one_payment_give_back_once(spa: Spa) -> None:
    assert await rush(spa, spa.renata) == 1
    assert await balance("1000-cash") == 0
    await all_is_well()


async def test_without_the_lock_the_database_still_gives_back_once(
    spa: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spa_pos.checkout.actions import refunds

    read = refunds.ticket

    async def unlocked(*args: Any, **more: Any) -> Any:
        return await read(*args, **more | {"for_update": False})

    monkeypatch.setattr(refunds, "ticket", unlocked)
    assert await rush(spa, spa.renata) == 1
    await all_is_well()


async def test_without_lock_and_guard_it_would_be_given_back_many_times(
    spa_left_broken: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spa_pos.checkout.actions import refunds

    spa = spa_left_broken
    read = refunds.ticket

    async def unlocked(*args: Any, **more: Any) -> Any:
        return await read(*args, **more | {"for_update": False})

    monkeypatch.setattr(refunds, "ticket", unlocked)
    await fetch("ALTER TABLE refund_part DISABLE TRIGGER refund_above_tender")
    await fetch("DROP INDEX refund_one_open_per_ticket")
    try:
        assert await rush(spa, spa.renata) > 1
    finally:
        await fetch("ALTER TABLE refund_part ENABLE TRIGGER refund_above_tender")
        await fetch("ALTER TABLE stock_movement DISABLE TRIGGER stock_movement_append_only")
        await fetch("TRUNCATE refund, refund_line, refund_tax, refund_part CASCADE")
        await fetch("ALTER TABLE stock_movement ENABLE TRIGGER stock_movement_append_only")
        await fetch("CREATE UNIQUE INDEX refund_one_open_per_ticket ON refund (ticket) WHERE status = 'open'")
