"""A simulated spa day: whatever two kiosks do in whatever order, nothing breaks and no cent is lost.

`pytest tests/property --hypothesis-profile=long` plays many more and much longer days.
"""

import random
from collections import Counter

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as some

from spa_pos.db import fetch, fetch_value
from spa_pos.ledger.rules import CARD_CLEARING, CASH
from spa_pos.reports.queries import bridge
from spa_pos.stored_value.queries import liability_roll_forward
from spa_pos.verify import verify
from tests.conftest import Database
from tests.property.money import STEPS, MoneyDay
from tests.property.morning import morning

LONG = settings().max_examples > 100
DAYS = settings().max_examples if LONG else 12
LENGTH = 150 if LONG else 64


def rolled(seed: int) -> list[tuple[str, int, int, int]]:
    """Steps by fair dice, every kind at least once: what Hypothesis makes itself is odd but of few kinds."""
    dice, kinds = random.Random(seed), [*dict.fromkeys(STEPS)]
    kinds += dice.choices(STEPS, k=LENGTH - len(kinds))
    dice.shuffle(kinds)
    return [(one, dice.randint(0, 3), dice.randint(0, 31), dice.randint(0, 59)) for one in kinds]


steps = some.integers(0, 2**32).map(rolled) | some.lists(
    some.tuples(some.sampled_from(STEPS), some.integers(0, 3), some.integers(0, 31), some.integers(0, 59)),
    min_size=LENGTH,
    max_size=LENGTH,
)


PAID_AND_BACK = (
    "SELECT t.id, t.total_cents + (SELECT coalesce(sum(c.amount_cents), 0)::bigint FROM tip_change c"
    "   WHERE c.ticket = t.id AND c.kind <> 'split') AS paid, coalesce(sum(r.total_cents), 0)::bigint AS back"
    " FROM ticket t LEFT JOIN refund r ON r.ticket = t.id WHERE t.status = 'settled' GROUP BY t.id"
)
"""No refund above its payment."""


BY_THE_MACHINES_CLOCK = "payments.broken_forgotten_attempts"
"""Says what waits for more than a day now; the days of this test are in 2026, and cards wait in them."""

IN_DRAWERS = (
    "SELECT coalesce(sum(p.amount_cents), 0)::bigint FROM drawer_entry d"
    " JOIN posting p ON p.entry = d.entry AND p.account = '1000-cash'"
)
"""What lies in all drawers by their own entries."""


async def held(account: str) -> int:
    """What an account of the ledger holds."""
    return int(
        await fetch_value("SELECT coalesce(sum(amount_cents), 0) FROM posting WHERE account = $1", account)
    )


async def check(day: MoneyDay) -> None:
    """The ledger has the model's money, every thing stands where the model says, no invariant is broken.

    Among the invariants: entries balance, tickets settle exactly, cards are their liability account, and the
    bridge from sales to money closes on every day.
    """
    assert await held("1000-cash") == await fetch_value(IN_DRAWERS) == day.model.cash_cents
    assert await held("1100-card-clearing") == day.model.card_cents
    appointments = await fetch("SELECT id, status FROM appointment")
    assert {row["id"]: row["status"] for row in appointments} == day.model.status
    tickets = await fetch("SELECT id, status FROM ticket")
    assert {row["id"]: row["status"] for row in tickets} == day.model.tickets
    assert [one for one in await verify() if one.problems and one.name != BY_THE_MACHINES_CLOCK] == []
    assert await day.books_of_days_that_are_over() == day.closed
    for row in await fetch(PAID_AND_BACK):
        assert 0 <= row["back"] <= row["paid"]
    owed = await liability_roll_forward(day.spa.house.location_id, day.first, day.today)
    assert [one for one in owed if not one.agrees] == []
    ends = await bridge(day.spa.house.location_id, day.spa.house.zone, day.first, day.today)
    assert (ends.agrees, ends.sold_cents) == (True, ends.paid_cents)
    held_by = {purse.account: purse.after_cents for purse in ends.purses}
    assert held_by.get(CASH, 0) == day.model.cash_cents
    assert held_by.get(CARD_CLEARING, 0) == day.model.card_cents


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
    day = await morning(database)
    for number, step in enumerate(steps):
        await day.step(*step)
        if number % 20 == 19:
            await check(day)
    await check(day)
    for word in sorted(set(day.done) | {f"refused: {code}" for code in day.refusals}):
        event(word)


BACK = {
    *(f"give_back {kind}" for kind in ("service", "product", "gift_card", "deposit", "package")),
    *(f"give_back to {way}" for way in ("original", "credit", "gift_card", "exchange")),
}
"""What was given back, and as what."""

ALWAYS = {"look", "wait", "night", "resend"}
"""Steps that ask for nothing, so that nothing can be refused."""

TRIES = 6
MORNINGS = 12


async def test_every_kind_of_step_succeeds(database: Database) -> None:
    dice, seen = random.Random(4), Counter[str]()
    wanted = {*STEPS, *BACK} - ALWAYS
    for _ in range(MORNINGS):
        day = await morning(database)
        missing = sorted(wanted - seen.keys())
        dice.shuffle(missing)
        for name in missing:
            for _ in range(TRIES):
                if not day.succeeded[name]:
                    await day.step(
                        name.split()[0], dice.randint(2, 3), dice.randint(0, 31), dice.randint(0, 59)
                    )
        seen += day.succeeded
        await check(day)
        if wanted <= seen.keys():
            return
    raise AssertionError(f"no success of {sorted(wanted - seen.keys())} in {MORNINGS} mornings")
