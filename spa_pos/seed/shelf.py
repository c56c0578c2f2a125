"""What lies on the shelf of the demo, counted at the end of its past, and what is sold for one price."""

from datetime import datetime, timedelta

from spa_pos.catalog.actions import make_one_price
from spa_pos.catalog.queries import products, sold_alone
from spa_pos.db import fetch
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.seed.house import House
from spa_pos.stock.actions import count, receive, set_terms
from spa_pos.stock.queries import on_hand
from spa_pos.stock.rules import Pieces

FIRST_PIECES, DAILY_PIECES = 30, 1.5
REORDER_AT = 8
COST_PPM = 450_000
"""What a piece costs of its price; invented."""


async def deliver(house: House, *, now: datetime, history_days: int) -> None:
    """One delivery before anything is sold, enough for the days that are told."""
    at = now - timedelta(days=history_days, hours=2)
    shelf, pieces = await products(), int(FIRST_PIECES + DAILY_PIECES * history_days)
    for one in shelf:
        await set_terms(
            actor=house.desk[0],
            product_id=one.id,
            reorder_at=REORDER_AT,
            supplier="Sample Supplies",
            now=at,
        )
    await receive(
        actor=house.desk[0],
        list_id=uuid7(at),
        pieces=[Pieces(one.id, pieces, Cents(one.price_cents * COST_PPM // 1_000_000)) for one in shelf],
        note="Sample delivery 1001",
        now=at,
    )


async def count_the_shelf(house: House, *, now: datetime) -> int:
    """Count two products; of one a piece is missing. Gives how many were counted."""
    counted = (await products())[:2]
    there = await on_hand(house.location_id, [one.id for one in counted])
    expected = [there[one.id] for one in counted]
    found = [max(0, pieces - missing) for pieces, missing in zip(expected, (1, 0), strict=True)]
    await count(
        actor=house.desk[0],
        list_id=uuid7(now),
        pieces=[Pieces(one.id, pieces) for one, pieces in zip(counted, found, strict=True)],
        expected=expected,
        note="Sample count",
        now=now,
    )
    return len(counted)


async def offer_one_price(house: House, *, now: datetime) -> None:
    """A facial and an oil for one price; the oil is more than a tenth of it, so all of it is taxed."""
    (boss,) = await fetch("SELECT id, name FROM staff WHERE role = 'manager' ORDER BY name LIMIT 1")
    things = await sold_alone(local_date(now, house.zone))
    facial = next(one for one in things.values() if one.name.startswith("Signature facial"))
    oil = next(one for one in things.values() if one.name.startswith("Lavender body oil"))
    await make_one_price(
        actor=Actor(boss["name"], Role.MANAGER, house.location_id, house.zone, boss["id"], None),
        one_price_id=uuid7(now),
        name="Facial and oil",
        price_cents=Cents(12_500),
        things=[facial.thing_id, oil.thing_id],
        sure=True,
        now=now,
    )
