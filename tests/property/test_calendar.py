"""Whatever happens to a calendar in whatever order: what can be done is done, what cannot is refused
and changes nothing, and after every step each visit holds exactly what it needs.

`pytest tests/property/test_calendar.py --hypothesis-profile=long` plays many more and longer days.
"""

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as some

from spa_pos.booking.queries import invariants
from spa_pos.db import fetch
from tests.builders import slots
from tests.calendar import broken
from tests.cast import open_spa
from tests.conftest import Database
from tests.property.calendar import MENU
from tests.property.oracle import Ask
from tests.property.rota import STEPS, Spa

LONG = settings().max_examples > 100
DAYS = settings().max_examples if LONG else 25
LENGTH = 100 if LONG else 50
INVARIANTS = [getattr(invariants, name) for name in sorted(dir(invariants)) if name.startswith("broken_")]

steps = some.lists(
    some.tuples(some.sampled_from(STEPS), some.integers(0, 59), some.integers(0, 59)),
    min_size=LENGTH,
    max_size=LENGTH,
)


async def check(day: Spa) -> None:
    """Everything stands where the model says, holds what it needs and nothing else."""
    assert await broken() == []
    for invariant in INVARIANTS:
        assert await invariant() == []
    rows = await fetch("SELECT id, status FROM appointment")
    assert {row["id"] for row in rows} == set(day.status)
    for row in rows:
        fitting = {"held", "expired"} if day.overdue(row["id"]) else {day.status[row["id"]]}
        assert row["status"] in fitting, (row["id"], row["status"], fitting)


async def compare_times(day: Spa, number: int) -> int:
    """What is offered of a service today is what can be booked: every quarter, and nothing else; how many."""
    codes, people = MENU[number % len(MENU)]
    oracle, now = await day.oracle(), day.spa.clock.now
    quarters = [m for m in oracle.minutes_of(oracle.day_of(now)) if m >= now and m.minute % 15 == 0]
    for name in set(people):
        staff = day.ids[name]
        offered = {slot.starts_at for slot in await slots(day.spa, codes[0], provider=name)}
        bookable = {
            at for at in {*quarters, *offered} if oracle.possible(Ask((day.ids[codes[0]],), staff, at))
        }
        assert offered <= bookable, f"{codes[0]} with {name} is offered and cannot be booked"
        assert bookable <= offered, f"{codes[0]} with {name} can be booked and is not offered"
    return len(offered)


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
async def test_the_calendar_does_what_can_be_done_and_nothing_else(
    database: Database, steps: list[tuple[str, int, int]]
) -> None:
    await database.empty()
    day = await Spa.begin(await open_spa())
    for number, step in enumerate(steps, start=1):
        await day.step(*step)
        await check(day)
        if number % 10 == 0:
            event(f"{await compare_times(day, number // 10)} times offered")
    for word in sorted(set(day.done)):
        event(word)


def test_the_invariants_are_those_of_booking() -> None:
    assert len(INVARIANTS) >= 5
