"""Days that are over keep what every account came to, and take no entry any more.

The entries here belong to no ticket, so the bridge is left broken; only its purses are looked at.
"""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from spa_pos.db import action, fetch, fetch_value
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.ledger import actions
from spa_pos.ledger.actions import close_days, close_days_that_are_over, post_entry
from spa_pos.ledger.queries import broken_closed_days
from spa_pos.ledger.rules import CARD_CLEARING, PAYROLL, REVENUE, NewPosting
from spa_pos.reports.queries import bridge
from tests.cast import Spa
from tests.conftest import Database
from tests.database import plant

MONDAY = date(2026, 11, 16)


async def sell(spa: Spa, day: date, cents: int, account: str = CARD_CLEARING) -> None:
    """An entry of a day, whatever day it is."""
    await post_entry(
        entry_id=uuid4(),
        location_id=spa.house.location_id,
        business_date=day,
        kind="ticket-settled",
        subject=uuid4(),
        postings=[NewPosting(account, Cents(cents)), NewPosting(REVENUE, Cents(-cents))],
        now=spa.clock.now,
    )


async def a_week(spa: Spa) -> None:
    """Sales on Monday, Wednesday and Saturday."""
    for after, cents in ((0, 1_000), (2, 500), (2, -200), (5, 40)):
        await sell(spa, MONDAY + timedelta(days=after), cents)


async def kept(spa: Spa, account: str = CARD_CLEARING) -> dict[int, int]:
    """What an account came to, by days after that Monday."""
    rows = await fetch(
        "SELECT business_date, balance_cents FROM day_balance WHERE location = $1 AND account = $2",
        spa.house.location_id,
        account,
    )
    return {(row["business_date"] - MONDAY).days: row["balance_cents"] for row in rows}


async def purses(spa: Spa) -> list[tuple[int, int]]:
    """Where money lay when each day of the week began, and what it had come to at its end."""
    found = []
    for after in range(8):
        day = MONDAY + timedelta(days=after)
        ways = (await bridge(spa.house.location_id, spa.house.zone, day, day)).purses
        (cards,) = [one for one in ways if one.account == CARD_CLEARING]
        found.append((cards.before_cents, cards.after_cents))
    return found


async def test_a_closed_day_keeps_every_balance_and_the_next_goes_on_from_it(spa_left_broken: Spa) -> None:
    spa = spa_left_broken
    await a_week(spa)
    seen = await purses(spa)
    await close_days(spa.house.location_id, MONDAY + timedelta(days=3))
    assert await kept(spa) == {0: 1_000, 1: 1_000, 2: 1_300, 3: 1_300}
    assert await kept(spa, REVENUE) == {0: -1_000, 1: -1_000, 2: -1_300, 3: -1_300}
    assert await purses(spa) == seen, "half of it from the days that are closed"
    for _ in range(2):
        await close_days(spa.house.location_id, MONDAY + timedelta(days=6))
        assert await kept(spa) == {0: 1_000, 1: 1_000, 2: 1_300, 3: 1_300, 4: 1_300, 5: 1_340, 6: 1_340}
    assert await purses(spa) == seen
    assert [after for _, after in seen] == [1_000, 1_000, 1_300, 1_300, 1_300, 1_340, 1_340, 1_340]
    assert [before for before, _ in seen[1:]] == [after for _, after in seen[:-1]]
    await sell(spa, MONDAY + timedelta(days=7), 5, PAYROLL)
    await close_days(spa.house.location_id, MONDAY + timedelta(days=7))
    assert await kept(spa, PAYROLL) == {7: 5}, "an account that is new begins with its first day"
    assert await broken_closed_days() == []


async def test_nothing_is_dated_into_a_closed_day(spa_left_broken: Spa) -> None:
    spa = spa_left_broken
    await a_week(spa)
    await close_days(spa.house.location_id, MONDAY + timedelta(days=3))
    for after in (-1, 0, 3):
        with pytest.raises(Conflict, match="day-closed-in-the-books"):
            await sell(spa, MONDAY + timedelta(days=after), 7)
    await sell(spa, MONDAY + timedelta(days=4), 7)
    assert await broken_closed_days() == []


async def test_the_job_closes_what_is_over_at_the_spa_and_not_today(spa_left_broken: Spa) -> None:
    spa = spa_left_broken
    await a_week(spa)
    today = spa.local(0).date()
    await sell(spa, today, 9)
    await close_days_that_are_over(spa.local(23, 59))
    assert max(await kept(spa)) == (today - MONDAY).days - 1
    await sell(spa, today, 9)
    await close_days_that_are_over(spa.local(0, 5, days=1))
    assert (await kept(spa))[(today - MONDAY).days] == 1_358
    assert await broken_closed_days() == []


async def test_a_spa_without_any_entry_closes_nothing(spa: Spa) -> None:
    before = await fetch_value("SELECT count(*) FROM day_balance")
    await close_days(uuid4(), MONDAY)
    assert await fetch_value("SELECT count(*) FROM day_balance") == before


async def sale_beside_a_closing(spa: Spa) -> list[str]:
    """An entry is written but not committed when its day is closed; what is broken afterwards."""
    written, go = asyncio.Event(), asyncio.Event()

    @action
    async def slow_sale() -> None:
        await sell(spa, MONDAY, 11)
        written.set()
        await go.wait()

    await a_week(spa)
    sale = asyncio.create_task(slow_sale())
    await written.wait()
    closing = asyncio.create_task(close_days(spa.house.location_id, MONDAY))
    await asyncio.wait([closing], timeout=0.3)
    go.set()
    await asyncio.gather(sale, closing)
    return await broken_closed_days()


async def test_what_is_under_way_is_counted_before_its_day_is_closed(spa_left_broken: Spa) -> None:
    spa = spa_left_broken
    assert await sale_beside_a_closing(spa) == []
    assert (await kept(spa))[0] == 1_011


async def test_without_the_lock_it_would_be_missed(
    spa_left_broken: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_lock(sql: str, *values: object) -> object:
        return None if sql.startswith("LOCK") else await fetch(sql, *values)

    monkeypatch.setattr(actions, "fetch", no_lock)
    assert len(await sale_beside_a_closing(spa_left_broken)) == 2, "two accounts"


async def test_a_balance_that_is_wrong_or_missing_is_found(spa_left_broken: Spa, database: Database) -> None:
    spa = spa_left_broken
    await a_week(spa)
    await close_days(spa.house.location_id, MONDAY + timedelta(days=3))
    await plant(
        database.url,
        "ALTER TABLE day_balance DISABLE TRIGGER USER",
        f"UPDATE day_balance SET balance_cents = 1301 WHERE account = '{REVENUE}'"
        f" AND business_date = '{MONDAY + timedelta(days=2)}'",
        f"DELETE FROM day_balance WHERE account = '{CARD_CLEARING}'"
        f" AND business_date = '{MONDAY + timedelta(days=3)}'",
        "ALTER TABLE day_balance ENABLE TRIGGER USER",
    )
    assert await broken_closed_days() == [
        f"2026-11-18: {REVENUE} was closed at 1301, its entries say -1300",
        f"2026-11-19: {CARD_CLEARING} was closed at 0, its entries say 1300",
    ]
