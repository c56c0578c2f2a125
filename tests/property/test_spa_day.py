"""A simulated spa day: whatever two kiosks do in whatever order, nothing breaks and no cent is lost.

`pytest tests/property --hypothesis-profile=long` plays many more and much longer days.
"""

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as some

from spa_pos.db import fetch, fetch_value
from spa_pos.verify import verify
from tests.conftest import Database
from tests.opened import bring_back
from tests.property.register import STEPS, SpaDay
from tests.sale import tips_on

LONG = settings().max_examples > 100
DAYS = settings().max_examples if LONG else 30
LENGTH = 150 if LONG else 60


steps = some.lists(
    some.tuples(some.sampled_from(STEPS), some.integers(0, 3), some.integers(0, 31), some.integers(0, 59)),
    min_size=LENGTH,
    max_size=LENGTH,
)


async def held(account: str) -> int:
    """What an account of the ledger holds."""
    return int(
        await fetch_value("SELECT coalesce(sum(amount_cents), 0) FROM posting WHERE account = $1", account)
    )


async def check(day: SpaDay) -> None:
    """The ledger has the model's money, every thing stands where the model says, no invariant is broken."""
    assert await held("1000-cash") == day.model.cash_cents
    assert await held("1100-card-clearing") == day.model.card_cents
    appointments = await fetch("SELECT id, status FROM appointment")
    assert {row["id"]: row["status"] for row in appointments} == day.model.status
    tickets = await fetch("SELECT id, status FROM ticket")
    assert {row["id"]: row["status"] for row in tickets} == day.model.tickets
    assert [verdict for verdict in await verify() if verdict.problems] == []


@settings(
    max_examples=DAYS,
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(steps=steps)
async def test_a_spa_day_breaks_nothing_and_loses_no_cent(
    database: Database, steps: list[tuple[str, int, int, int]]
) -> None:
    await database.empty()
    day = await SpaDay.begin(await bring_back(database))
    await tips_on(day.spa)
    for number, step in enumerate(steps):
        await day.step(*step)
        if number % 10 == 9:
            await check(day)
    await check(day)
    for word in sorted(set(day.done) | {f"refused: {code}" for code in day.refusals}):
        event(word)
