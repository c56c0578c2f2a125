"""Fifty at once for ten times ten dollars; and the same with the guards off, which must fail."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from spa_pos.stored_value.actions import common, transfer_card
from spa_pos.stored_value.queries import holdings
from tests.cast import Spa
from tests.conftest import Database
from tests.database import plant
from tests.races import Outcome, race, spa_elsewhere
from tests.value import Till, left, owed

RUNNERS = 50


async def fifty_redeem_ten(spa: Spa, card_id: UUID) -> Outcome:
    till = Till(spa)
    return await race([till.pay(card_id, 1_000) for _ in range(RUNNERS)])


async def test_of_fifty_that_redeem_ten_of_a_hundred_exactly_ten_succeed(spa: Spa) -> None:
    card_id = await Till(spa).card(10_000)
    outcome = await fifty_redeem_ten(spa, card_id)
    assert (len(outcome.won), outcome.codes) == (10, {"not-enough-value"})
    assert await left(card_id) == (0, 0)
    assert await owed("2400-gift-cards") == [0]


async def test_without_lock_and_checks_more_than_ten_succeed(
    new_database: Callable[..., str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: this race finds the fault when it is there."""
    url = new_database()
    await plant(url, "ALTER TABLE holding DROP CONSTRAINT holding_never_below_zero")
    async with spa_elsewhere(url) as spa:
        card_id = await Till(spa).card(10_000)
        monkeypatch.setattr(holdings, "LOCKED", "")
        monkeypatch.setattr(common, "MOVE", common.MOVE.split(" WHERE ")[0] + " WHERE id = $1 RETURNING id")
        outcome = await fifty_redeem_ten(spa, card_id)
        assert len(outcome.won) > 10
        assert (await left(card_id))[0] < 0


async def test_the_database_alone_stops_the_eleventh(
    new_database: Callable[..., str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with spa_elsewhere(new_database()) as spa:
        card_id = await Till(spa).card(10_000)
        monkeypatch.setattr(holdings, "LOCKED", "")
        monkeypatch.setattr(common, "MOVE", common.MOVE.split(" WHERE ")[0] + " WHERE id = $1 RETURNING id")
        outcome = await fifty_redeem_ten(spa, card_id)
        assert (len(outcome.won), outcome.codes) == (10, {"not-enough-value"})
        assert await left(card_id) == (0, 0)


async def test_transfers_both_ways_at_once_lose_nothing(spa: Spa) -> None:
    till = Till(spa)
    one, two = await till.card(5_000), await till.card(7_000)
    ways = [(one, two), (two, one)] * 10
    await race(
        transfer_card(
            spa.renata, transfer_id=uuid4(), card_id=a, to_card_id=b, reason="race", now=spa.clock.now
        )
        for a, b in ways
    )
    assert (await left(one))[0] + (await left(two))[0] == 12_000
