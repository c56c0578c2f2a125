"""The program is killed at random moments while people sell, refund and count; nothing paid is lost.

`make bench` kills it two hundred times (tools/bench_kills.py).
"""

import random
from collections.abc import Iterator

import pytest

from tests.cast import Spa
from tests.conftest import Database
from tests.kills.books import problems
from tests.kills.dying import kill_many, stage
from tests.kills.journeys import JOURNEYS
from tests.processor import Processor, pretended_processor

KILLS = 14
SEED = 4


@pytest.fixture(scope="module")
def processor() -> Iterator[Processor]:
    """One pretended processor for all tests of this file."""
    with pretended_processor() as running:
        yield running


async def test_whenever_the_program_is_killed_the_books_are_right_after_the_restart(
    spa: Spa, database: Database, processor: Processor
) -> None:
    async with stage(spa, database.url, processor) as on:
        told = await kill_many(on, KILLS, random.Random(SEED))
        assert told.problems == []
        assert (told.kills.total(), len(told.kills)) == (KILLS, len(JOURNEYS))
        assert set(told.ended) == {one.name for one in JOURNEYS}, "control: every journey can come to its end"
        assert told.inside > 0, "control: some kills cut a request off"
        processor.charge(1_234)
        (first, second) = await problems(processor, on.before)
        assert "1234 were charged for None" in first and "the ledger says" in second, (
            "control: a stray is seen"
        )


async def test_control_without_recovery_kills_leave_money_under_way(
    spa_left_broken: Spa, database: Database, processor: Processor
) -> None:
    by_card = [one for one in JOURNEYS if one.name in ("card on file", "gift card online")]
    async with stage(spa_left_broken, database.url, processor, recovers=False) as on:
        told = await kill_many(on, 20, random.Random(SEED), by_card)
    assert any("still under way" in one for one in told.problems), told
