"""The demo spa: invented people, sample prices, and a past made through the real actions."""

from collections.abc import Callable
from datetime import datetime

from spa_pos.kernel.errors import Conflict
from spa_pos.ledger.queries import places
from spa_pos.seed.gifts import add_gift_cards
from spa_pos.seed.guests import add_guests
from spa_pos.seed.history import make_history
from spa_pos.seed.house import PINS, build_house
from spa_pos.seed.kept import ask_for_cards, keep_cards
from spa_pos.seed.online import add_online
from spa_pos.seed.referrals import add_referrals
from spa_pos.seed.rota import add_coming_changes, add_past_changes
from spa_pos.seed.shelf import count_the_shelf, deliver, offer_one_price
from spa_pos.seed.waits import add_waits

__all__ = ["PINS", "seed"]


async def seed(
    *, history_days: int, rng: int, now: datetime, secret: str, report: Callable[[str], None]
) -> None:
    """Fill an empty database; the same days, number and hour give the same past.

    Raises:
        Conflict: `already-seeded`.
    """
    if await places():
        raise Conflict("already-seeded", "There is a spa in this database already. Nothing was changed.")
    house = await build_house(now=now, history_days=history_days, secret=secret)
    report("The house: services, prices, rooms, people and shifts.")
    guests = await add_guests(house, rng=rng, now=now, history_days=history_days)
    report(f"{len(guests)} guests of every group.")
    await add_past_changes(house, now=now, history_days=history_days)
    if history_days:
        await deliver(house, now=now, history_days=history_days)
        report(f"{await add_referrals(house, guests, now=now, history_days=history_days)} written referrals.")
        await make_history(house, guests, days=history_days, rng=rng, now=now, report=report)
        report(f"{await add_gift_cards(house, now=now)} gift cards bought for others.")
        report(f"{await add_waits(house, guests, now=now)} guests on the waitlist.")
        report(f"{await add_online(house, now=now)} visits that guests booked online.")
        report(f"{await keep_cards(house, now=now)} cards that guests let us keep.")
        report(f"{await count_the_shelf(house, now=now)} products counted on the shelf.")
    report(f"{await ask_for_cards(house, now=now)} rules who is asked for a card to book.")
    await offer_one_price(house, now=now)
    await add_coming_changes(house, now=now)
