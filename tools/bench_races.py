"""Many at once for the same money, with the worst answer: one gift card, one payment."""

import time
from collections.abc import Awaitable, Iterable
from typing import Any

from spa_pos.app import create_app
from tests.cast import Spa, TestClock, drawer_at_hand, settings
from tests.integration.checkout.test_refund_races import asked_back, paid_ticket
from tests.races import race
from tests.sale import renata
from tests.value import Till
from tools.bench_house import Busy
from tools.bench_say import ms, say

CLIENTS = 50


async def timed(runners: Iterable[Awaitable[Any]], took: list[float]) -> int:
    """Let all run at once, noting how long each waited for its answer; gives how many won."""
    begun = time.perf_counter()

    async def one(work: Awaitable[Any]) -> Any:
        try:
            return await work
        finally:
            took.append((time.perf_counter() - begun) * 1_000)

    return len((await race(one(work) for work in runners)).won)


async def races(busy: Busy, rounds: int) -> None:
    """Fifty redeem $10 of a card with $100; fifty give one payment back, round after round."""
    clock = TestClock(busy.now)
    spa = Spa(busy.house, clock, create_app(settings(), clock=clock))
    await drawer_at_hand(spa.maya.device_id, clock.now)
    till, took = Till(spa), list[float]()
    card_id = await till.card(10_000)
    won = await timed((till.pay(card_id, 1_000) for _ in range(CLIENTS)), took)
    say(
        f"{CLIENTS} clients redeem $10 of a $100 gift card",
        f"{won} succeed",
        "10",
        f"worst answer {ms(max(took))}",
    )
    who, took, single = await renata(spa), list[float](), 0
    for _ in range(rounds):
        ticket_id, line_id = await paid_ticket(spa)
        single += await timed(await asked_back(spa, who, ticket_id, line_id, CLIENTS), took) == 1
    say(
        f"{CLIENTS} clients refund one payment, {rounds} rounds",
        f"{single} with one refund",
        f"{rounds}",
        f"worst answer {ms(max(took))}",
    )
