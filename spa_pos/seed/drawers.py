"""The drawer of the sample days: open before the first cash, counted in the evening, not always exact."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from spa_pos.drawers.actions import close_drawer, count_drawer, move_cash, open_drawer
from spa_pos.drawers.queries import expected_in
from spa_pos.drawers.rules import DENOMINATIONS, STANDARD_TERMS, Move
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds, local_date

OFF_BY = (0, 0, 0, 0, 0, 0, -25, 10, -100, 5)
"""By how many cents a count is off, drawn with the same chance."""

NOTE = "Probably wrong change; nobody remembers"
LARGE = 60_000
"""With more than this in the drawer, notes are dropped into the safe."""


def pieces_of(cents: int) -> dict[int, int]:
    """Few notes and coins that come to an amount."""
    pieces = {}
    for denomination in DENOMINATIONS:
        pieces[denomination], cents = divmod(cents, denomination)
    return pieces


@dataclass(slots=True)
class SampleDrawer:
    """The one drawer of the sample days; `keep` is told of every moment, in order."""

    desk: Actor
    dice: random.Random
    day: date | None = None
    drawer_id: UUID | None = None

    async def keep(self, now: datetime) -> None:
        """Be open on the day of a moment: the day before is counted, the new one begins."""
        today = local_date(now, self.desk.zone)
        if today == self.day:
            return
        await self.close()
        morning = min(day_bounds(today, self.desk.zone)[0] + timedelta(hours=8, minutes=30), now)
        self.day, self.drawer_id = today, uuid7(morning)
        await open_drawer(
            actor=self.desk, drawer_id=self.drawer_id, float_cents=STANDARD_TERMS.float_cents, now=morning
        )

    async def close(self) -> None:
        """Count and close the day that is open, at half past eight in the evening."""
        if self.drawer_id is None or self.day is None:
            return
        evening = day_bounds(self.day, self.desk.zone)[0] + timedelta(hours=20, minutes=30)
        expected = await expected_in(self.drawer_id)
        if expected > LARGE:
            drop = Cents((expected - STANDARD_TERMS.float_cents) // 10_000 * 10_000)
            await move_cash(
                actor=self.desk,
                drawer_id=self.drawer_id,
                move_id=uuid7(evening),
                move=Move.DROP,
                category="safe",
                amount_cents=drop,
                note="",
                now=evening - timedelta(hours=1),
            )
            expected = Cents(expected - drop)
        count_id = uuid7(evening)
        await count_drawer(
            actor=self.desk,
            drawer_id=self.drawer_id,
            count_id=count_id,
            pieces=pieces_of(expected + self.dice.choice(OFF_BY)),
            now=evening,
        )
        await close_drawer(
            actor=self.desk,
            drawer_id=self.drawer_id,
            count_id=count_id,
            note=NOTE,
            approval_id=None,
            now=evening + timedelta(minutes=2),
        )
        self.drawer_id = None
