"""The drawer of a simulated desk over a night: forgotten, counted in the morning, followed by the next."""

from dataclasses import replace
from uuid import uuid4

from spa_pos.checkout.actions.drawers import close_at_register
from spa_pos.drawers.actions import count_drawer, open_drawer
from spa_pos.drawers.queries import drawer_at, expected_in
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.seed.drawers import pieces_of
from tests.cast import Spa

OFF_BY = (0, 25, -100)
"""By how much the counts of a night are off, in turns."""


async def next_drawer(spa: Spa, turn: int) -> int:
    """On a new day yesterday's drawer is counted, and closed unless a sale hangs on it; gives what left."""
    old = await drawer_at(spa.maya.device_id)
    if old is None or old.business_date == local_date(spa.clock.now, spa.house.zone):
        return 0
    now, gone = spa.clock.now, 0
    expected, count_id = await expected_in(old.id), uuid4()
    found = max(0, expected + OFF_BY[turn % len(OFF_BY)])
    await count_drawer(spa.maya, drawer_id=old.id, count_id=count_id, pieces=pieces_of(found), now=now)
    closing = {"drawer_id": old.id, "count_id": count_id, "note": "Counted late", "approval_id": None}
    manager = replace(spa.renata, staff_id=await spa.staff_id("Renata Silva"))
    try:
        await close_at_register(manager, **closing, now=now)
        gone = expected
    except Conflict as refused:
        assert refused.code == "drawer-open-sales", refused
    await open_drawer(spa.maya, drawer_id=uuid4(), float_cents=Cents(0), now=now)
    return gone
