"""A few guests on the waitlist, invented."""

from datetime import date, datetime, time, timedelta

from spa_pos.booking.actions.waitlist import WaitAsk, add_wait
from spa_pos.catalog.queries import menu
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.schedule.rules import Span
from spa_pos.seed.guests import DemoGuest
from spa_pos.seed.house import House

NINE_TO_TEN: tuple[Span, ...] = ((time(9), time(10, 15)),)
AFTERNOON: tuple[Span, ...] = ((time(12), time(17)),)

WAITS = (
    ("patient", "acupuncture-60", "pain", 7, 2, 3, NINE_TO_TEN),
    ("patient", "swedish-60", "procedure", 4, 4, 1, AFTERNOON),
    ("employee", "stone-75", "none", 0, None, 5, ()),
    ("companion", "acupuncture-60", "anxiety", 3, 2, 1, NINE_TO_TEN),
    ("visitor", "facial-60", "none", 0, None, 0, ()),
)
"""Group, service, reason, severity, days left in town, days since they asked, hours."""


async def add_waits(house: House, guests: list[DemoGuest], *, now: datetime) -> int:
    """Put some guests on the waitlist; gives how many."""
    services = {one.code: one.id for one in await menu()}
    free = {group: [one for one in guests if one.group == group] for group in {one.group for one in guests}}
    today = local_date(now, house.zone)
    added = 0
    for group, code, reason, severity, left, ago, windows in WAITS:
        if not free.get(group) or code not in services:
            continue
        leaves: date | None = None if left is None else today + timedelta(days=left)
        asked = WaitAsk(
            services[code],
            today,
            leaves or today + timedelta(days=6),
            windows,
            reason=reason,
            severity=severity,
            leaves_on=leaves,
        )
        await add_wait(
            house.desk[0],
            wait_id=uuid7(now),
            guest_id=free[group].pop().id,
            asked=asked,
            now=now - timedelta(days=ago),
        )
        added += 1
    return added
