"""Fifty at once for one refund, fifty times over: exactly one each. Without the lock there would be more."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import add_product, open_refund, open_ticket, refunds, take_cash
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.money import Cents
from spa_pos.verify import verify
from tests.builders import sale_of
from tests.cast import Spa
from tests.conftest import Database
from tests.races import Outcome, race, spa_elsewhere, without_constraints
from tests.sale import renata

CLIENTS, ROUNDS = 50, 50


async def paid_ticket(spa: Spa) -> tuple[UUID, UUID]:
    """A ticket that one cash tender paid, and its only line."""
    line_id = uuid4()
    ticket_id = await open_ticket(spa.maya, ticket_id=uuid4(), appointment_id=None, now=spa.clock.now)
    slippers = await spa.product_id("Spa slippers")
    asked = {"ticket_id": ticket_id, "now": spa.clock.now}
    await add_product(spa.maya, line_id=line_id, product_id=slippers, quantity=1, version=1, **asked)
    await take_cash(spa.maya, tender_id=uuid4(), given_cents=None, version=2, **asked)
    return ticket_id, line_id


async def asked_back(
    spa: Spa, who: Actor, ticket_id: UUID, line_id: UUID, clients: int
) -> list[Awaitable[UUID]]:
    """Everybody is about to give the whole ticket back, each with a form of their own."""
    total = (await sale_of(spa, ticket_id)).sums.total_cents
    return [
        open_refund(
            who,
            refund_id=uuid4(),
            ticket_id=ticket_id,
            lines={line_id: Cents(total)},
            tip_cents=0,
            to="original",
            reason="Too small",
            expected_cents=total,
            now=spa.clock.now,
        )
        for _ in range(clients)
    ]


async def all_give_back(spa: Spa, who: Actor, ticket_id: UUID, line_id: UUID, clients: int) -> Outcome:
    """Everybody gives the whole ticket back."""
    return await race(await asked_back(spa, who, ticket_id, line_id, clients))


async def drawer() -> int:
    return int(await fetch_value("SELECT sum(amount_cents)::bigint FROM posting WHERE account = '1000-cash'"))


async def test_of_fifty_that_refund_one_payment_one_does_fifty_times_over(spa: Spa) -> None:
    who = await renata(spa)
    for _ in range(ROUNDS):
        ticket_id, line_id = await paid_ticket(spa)
        outcome = await all_give_back(spa, who, ticket_id, line_id, CLIENTS)
        assert (len(outcome.won), outcome.codes) == (1, {"refund-above-line"})
    assert await fetch_value("SELECT count(*) FROM refund") == ROUNDS
    assert await drawer() == 0
    assert [verdict for verdict in await verify() if verdict.problems] == []


def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ticket is read without being kept from others."""
    read = refunds.ticket

    async def unlocked(*args: object, **asked: object) -> object:
        return await read(*args, **asked | {"for_update": False})  # type: ignore[arg-type]

    monkeypatch.setattr(refunds, "ticket", unlocked)


async def test_without_lock_and_guards_more_than_one_is_given_back(
    new_database: Callable[..., str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: this race finds the fault when it is there."""
    url = new_database()
    async with spa_elsewhere(url) as spa:
        who = await renata(spa)
        ticket_id, line_id = await paid_ticket(spa)
        await without_constraints(url, *await guards())
        without_the_lock(monkeypatch)
        outcome = await all_give_back(spa, who, ticket_id, line_id, CLIENTS)
        assert len(outcome.won) > 1
        assert await drawer() < 0
        assert [verdict.name for verdict in await verify() if verdict.problems] != []


async def test_the_database_alone_keeps_a_refund_within_what_was_paid(
    spa: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = await renata(spa)
    without_the_lock(monkeypatch)
    for _ in range(5):
        ticket_id, line_id = await paid_ticket(spa)
        assert len((await all_give_back(spa, who, ticket_id, line_id, CLIENTS)).won) == 1
    assert await drawer() == 0


async def guards() -> list[str]:
    """The triggers on the parts and lines of refunds."""
    rows = await fetch(
        "SELECT c.relname || '.' || t.tgname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND c.relname IN ('refund', 'refund_part', 'refund_line')"
    )
    return [row["name"] for row in rows]
