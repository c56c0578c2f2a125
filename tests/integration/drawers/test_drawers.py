"""A drawer from its float to its close, in the database."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from spa_pos.checkout.actions import take_cash, undo_tender
from spa_pos.checkout.actions.drawers import close_at_register
from spa_pos.db import action, fetch, fetch_value, insert
from spa_pos.drawers.actions import count_drawer, move_cash, open_drawer, open_without_sale
from spa_pos.drawers.queries import (
    cash_rows,
    drawer,
    drawer_at,
    drawers_of_days,
    expected_in,
    last_count,
)
from spa_pos.drawers.rules import Move
from spa_pos.drawers.tables import DrawerEntry
from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.money import Cents
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.rules import CASH, TIPS, NewPosting
from tests.builders import sale_of
from tests.cast import Spa
from tests.sale import Sale, balance, renata


async def begin(spa: Spa, cents: int = 20_000) -> UUID:
    """A drawer with a float at Maya's device, in place of the empty one of other tests."""
    await fetch(
        "UPDATE drawer SET status = 'set_aside' WHERE device = $1 AND status = 'open'", spa.maya.device_id
    )
    drawer_id = uuid4()
    await open_drawer(spa.maya, drawer_id=drawer_id, float_cents=Cents(cents), now=spa.clock.now)
    return drawer_id


async def counted(spa: Spa, drawer_id: UUID, pieces: dict[int, int]) -> UUID:
    spa.clock.forward(minutes=1)
    return await count_drawer(
        spa.maya, drawer_id=drawer_id, count_id=uuid4(), pieces=pieces, now=spa.clock.now
    )


async def move(
    spa: Spa, drawer_id: UUID, kind: Move, cents: int, category: str, note: str = "stamps"
) -> None:
    await move_cash(
        spa.maya,
        drawer_id=drawer_id,
        move_id=uuid4(),
        move=kind,
        category=category,
        amount_cents=Cents(cents),
        note=note,
        now=spa.clock.now,
    )


async def close(spa: Spa, drawer_id: UUID, count_id: UUID, note: str = "", **wish: object) -> None:
    asked = {"approval_id": None, "now": spa.clock.now} | wish
    await close_at_register(spa.maya, drawer_id=drawer_id, count_id=count_id, note=note, **asked)


async def sold(spa: Spa) -> Sale:
    """A ticket of $129.75 that is paid in cash and settled."""
    sale = await Sale.open(spa)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return sale


async def test_cash_goes_into_the_drawer_of_the_device_and_the_close_empties_it(spa: Spa) -> None:
    drawer_id = await begin(spa)
    await sold(spa)
    await move(spa, drawer_id, Move.PAID_OUT, 800, "supplies")
    await move(spa, drawer_id, Move.DROP, 10_000, "safe", note="")
    await move(spa, drawer_id, Move.PAID_IN, 1_000, "change")
    expected = 20_000 + 12_975 - 800 - 10_000 + 1_000
    assert await expected_in(drawer_id) == expected == 23_175
    count_id = await counted(spa, drawer_id, {2_000: 11, 1_000: 1, 100: 1, 25: 3})
    await close(spa, drawer_id, count_id)
    head = await drawer(drawer_id, spa.house.location_id)
    assert (head.is_closed, head.over_cents, head.bank_cents) == (True, 0, 3_175)
    assert (await balance("1000-cash"), await balance("2600-floats")) == (0, 0)
    assert await balance("1010-cash-for-bank") == 10_000 - 1_000 + 3_175
    assert await balance("6200-small-expenses") == 800
    assert [row.kind for row in (await cash_rows([drawer_id]))[drawer_id]] == [
        "drawer-opened",
        "cash-tendered",
        "drawer-paid-out",
        "drawer-drop",
        "drawer-paid-in",
        "drawer-closed",
    ]
    today = head.business_date
    listed = await drawers_of_days(spa.house.location_id, today, today)
    assert [one for one in listed if one.is_closed] == [head]


async def test_short_needs_a_note_and_much_short_a_manager(spa: Spa) -> None:
    drawer_id = await begin(spa)
    count_id = await counted(spa, drawer_id, {2_000: 9})
    with pytest.raises(Invalid, match="drawer-note"):
        await close(spa, drawer_id, count_id)
    with pytest.raises(NeedsApproval) as needed:
        await close(spa, drawer_id, count_id, "Nobody knows")
    assert needed.value.facts["amount_cents"] == 2_000
    manager = replace(await renata(spa), role=Role.MANAGER)
    await close_at_register(
        manager,
        drawer_id=drawer_id,
        count_id=count_id,
        note="Nobody knows",
        approval_id=None,
        now=spa.clock.now,
    )
    assert await balance("6100-over-short") == 2_000
    head = await drawer(drawer_id, spa.house.location_id)
    assert (head.over_cents, head.bank_cents, head.note, head.closed_by) == (
        -2_000,
        0,
        "Nobody knows",
        "Renata Silva",
    )


async def test_a_drawer_moved_after_the_count_is_counted_again(spa: Spa) -> None:
    drawer_id = await begin(spa)
    count_id = await counted(spa, drawer_id, {2_000: 10})
    await sold(spa)
    with pytest.raises(Conflict, match="drawer-moved"):
        await close(spa, drawer_id, count_id)
    later = await counted(spa, drawer_id, {2_000: 16, 100: 9, 25: 3})
    with pytest.raises(Conflict, match="drawer-not-counted"):
        await close(spa, drawer_id, count_id)
    await close(spa, drawer_id, later)
    for again in (
        close(spa, drawer_id, later),
        counted(spa, drawer_id, {}),
        move(spa, drawer_id, Move.DROP, 1, "safe"),
    ):
        with pytest.raises(Conflict, match="drawer-closed"):
            await again
    found = await last_count(drawer_id)
    assert found is not None and found.pieces == {2_000: 16, 100: 9, 25: 3}


async def test_without_a_drawer_no_cash_is_taken_and_the_next_step_is_named(spa: Spa) -> None:
    drawer_id = await begin(spa, 0)
    await close(spa, drawer_id, await counted(spa, drawer_id, {}))
    sale = await Sale.open(spa)
    with pytest.raises(Conflict, match="drawer-not-open") as refused:
        await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert refused.value.facts["next_href"] == "/drawer"
    assert (await sale.now()).tenders == ()
    assert await fetch_value("SELECT count(*) FROM posting") == 0


async def test_a_forgotten_drawer_is_set_aside_and_closed_on_its_own_figures(spa: Spa) -> None:
    old = await begin(spa, 0)
    await sold(spa)
    spa.clock.forward(days=1)
    sale = await Sale.open(spa)
    with pytest.raises(Conflict, match="still that of Tuesday, November 24"):
        await sale(take_cash, tender_id=uuid4(), given_cents=None)
    new = uuid4()
    await open_drawer(spa.maya, drawer_id=new, float_cents=Cents(0), now=spa.clock.now)
    with pytest.raises(Conflict, match="drawer-open-already"):
        await open_drawer(spa.maya, drawer_id=uuid4(), float_cents=Cents(0), now=spa.clock.now)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert (await expected_in(old), await expected_in(new)) == (12_975, 12_975)
    await close(spa, old, await counted(spa, old, {10_000: 1, 2_000: 1, 500: 1, 100: 4, 25: 3}))
    at_desk = await drawer_at(spa.maya.device_id)
    assert at_desk is not None and at_desk.id == new


async def test_an_open_sale_keeps_its_drawer_open(spa: Spa) -> None:
    drawer_id = await begin(spa, 0)
    sale, tender_id = await Sale.open(spa), uuid4()
    await sale(take_cash, tender_id=tender_id, given_cents=Cents(1_000))
    count_id = await counted(spa, drawer_id, {1_000: 1})
    with pytest.raises(Conflict, match="drawer-open-sales"):
        await close(spa, drawer_id, count_id)
    await sale(undo_tender, tender_id=tender_id)
    assert await expected_in(drawer_id) == 0
    assert (await sale_of(spa, sale.ticket_id)).sums.tendered_cents == 0


async def test_no_sale_stands_in_the_log_with_its_reason(spa: Spa) -> None:
    drawer_id = await begin(spa, 0)
    asked = {"drawer_id": drawer_id, "now": spa.clock.now}
    with pytest.raises(Invalid, match="drawer-note"):
        await open_without_sale(spa.maya, move_id=uuid4(), note=" ", **asked)
    await open_without_sale(spa.maya, move_id=uuid4(), note="Change for a guest", **asked)
    (row,) = (await cash_rows([drawer_id]))[drawer_id]
    assert (row.kind, row.note, row.made_by) == ("no_sale", "Change for a guest", "Maya Lindqvist")
    with pytest.raises(Conflict, match="drawer-too-little"):
        await move(spa, drawer_id, Move.PAID_OUT, 1, "supplies")


@action
async def cash_entry(spa: Spa, drawer_id: UUID | None) -> None:
    entry_id = uuid4()
    await post_entry(
        entry_id=entry_id,
        location_id=spa.house.location_id,
        business_date=spa.clock.now.date(),
        kind="odd",
        subject=entry_id,
        postings=[NewPosting(CASH, Cents(5)), NewPosting(TIPS, Cents(-5))],
        now=spa.clock.now,
    )
    if drawer_id is not None:
        await insert(DrawerEntry, entry=entry_id, drawer=drawer_id)


async def test_the_database_refuses_cash_without_a_drawer_and_changes_of_a_closed_one(spa: Spa) -> None:
    drawer_id = await begin(spa, 0)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="lies in no drawer"):
        await cash_entry(spa, None)
    await close(spa, drawer_id, await counted(spa, drawer_id, {}))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="is closed"):
        await cash_entry(spa, drawer_id)
    for sql in ("UPDATE drawer SET note = 'x' WHERE id = $1", "DELETE FROM drawer WHERE id = $1"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await fetch(sql, drawer_id)


async def test_a_sale_and_the_close_at_the_same_moment_never_both_win(spa: Spa) -> None:
    for turn in range(5):
        drawer_id = await begin(spa, 0)
        spa.clock.forward(minutes=1)
        guest_id = await spa.guest(f"Guest Number{turn}")
        sale = await Sale.open(spa, guest_id, at=spa.local(9) + turn * timedelta(minutes=75))
        await fetch("UPDATE ticket SET parked_as = 'later' WHERE id = $1", sale.ticket_id)
        count_id = await counted(spa, drawer_id, {})
        await asyncio.gather(
            sale(take_cash, tender_id=uuid4(), given_cents=Cents(100)),
            close(spa, drawer_id, count_id),
            return_exceptions=True,
        )
        head = await drawer(drawer_id, spa.house.location_id)
        assert head.is_closed == (await expected_in(drawer_id) == 0 and not (await sale.now()).tenders)
