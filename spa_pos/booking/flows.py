"""What the calendar does by itself: holds run out, and free time is offered to who waits.

Each offer is an action of its own. Two processes may do this at once: the entry of the waitlist is
locked by whoever offers, the other finds it offered and goes on to the next.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from spa_pos.booking.actions.book import expire_holds
from spa_pos.booking.actions.notices import remind_guest
from spa_pos.booking.actions.offers import offer_time
from spa_pos.booking.actions.waitlist import end_waits
from spa_pos.booking.queries import calendar, needs_of, offered_needs
from spa_pos.booking.queries.notices import starting_between, told_of
from spa_pos.booking.queries.waitlist import TOPIC, WaitView, not_then, open_waits, waitlist_rules
from spa_pos.booking.rules import DayCalendar, board_topic
from spa_pos.booking.rules.notices import reminder_of, wants_reminder
from spa_pos.booking.rules.triage import SEARCHED_DAYS, WaitWish, best_fit, order_key, score
from spa_pos.catalog.queries import services
from spa_pos.db.events import topics_since
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import Place, places
from spa_pos.messages.queries import Told, timing_of, told_before

NAME = "Waitlist"
"""Who acts when nobody does, in the audit trail."""

EVERYTHING_AGAIN = timedelta(minutes=5)
"""However quiet it was, all days are looked at this often: night ends, and so does what nobody announced."""

TRIES = 3


def by_itself(where: Place) -> Actor:
    """The program as an actor at a location."""
    return Actor(NAME, Role.MANAGER, where.id, where.zone)


async def expire_all_holds(now: datetime) -> None:
    """Free what was held until before now, at every location."""
    for where in await places():
        await expire_holds(by_itself(where), now=now)


async def remind_all_guests(now: datetime) -> None:
    """Put reminders of visits that are near into the outbox, at every location; once for each start.

    Nobody is reminded of what they booked, or were told of, later than a reminder would have come.
    """
    for where in await places():
        lead = (await timing_of(where.id)).reminder
        near = await told_of(await starting_between(where.id, now, now + lead))
        heard = await told_before([one.subject[1] for one in near])
        for one in near:
            if not one.addresses:
                continue
            notice = reminder_of(one.times, now=now)
            earlier = heard.get((one.guest_id, one.subject[1]), Told(None, frozenset()))
            if (
                notice is not None
                and notice.sequence not in earlier.reminders
                and wants_reminder(
                    notice.useful_until, lead, booked_at=one.booked_at, told_at=earlier.news_at, now=now
                )
            ):
                ids = [each.id for each in one.times]
                await remind_guest(by_itself(where), appointment_ids=ids, now=now)


async def offer_freed(actor: Actor, *, first: date, last: date, now: datetime) -> list[UUID]:
    """Offer what is free in a period to those who wait for it, the most points first.

    Everybody who waits gets one offer at most. Nothing is offered at night, to somebody who
    declined that time before, or so late that nobody could answer. Gives the appointments held.
    """
    rules = await waitlist_rules(actor.location_id)
    if not rules.offers.is_open(now, actor.zone):
        return []
    waits = await open_waits(actor.location_id, first=first, last=last, waiting=True)
    if not waits:
        return []
    first = max(first, min(one.first_day for one in waits))
    last = min(last, max(one.until for one in waits))
    waits.sort(key=lambda one: order_key(one.ask, score(one.ask, rules.weights, now=now, zone=actor.zone)))
    wishes = await _wishes(actor, waits, first, last)
    found = await calendar(actor.location_id, actor.zone, first, last, now=now)
    days, menu = {one.day: one for one in found}, await offered_needs()
    offered = []
    for one in waits:
        for _ in range(TRIES):
            await asyncio.sleep(0)
            fit = best_fit(wishes[one.id], list(days.values()), rules.offers, menu, now=now, zone=actor.zone)
            if fit is None:
                break
            day, slot = fit
            try:
                offered.append(
                    await offer_time(
                        actor,
                        appointment_id=uuid7(now),
                        wait_id=one.id,
                        provider_id=slot.provider.staff_id,
                        starts_at=slot.starts_at,
                        now=now,
                    )
                )
            except Conflict as refusal:
                if refusal.code in ("already-offered", "wait-over", "guest-already-booked", "price-missing"):
                    break
                days[day] = await _fresh(actor, day, now)
                continue
            days[day] = await _fresh(actor, day, now)
            break
    return offered


async def _wishes(actor: Actor, waits: Sequence[WaitView], first: date, last: date) -> dict[UUID, WaitWish]:
    """When and with whom each could come."""
    known = await services(list({one.service_id for one in waits}))
    busy = await not_then(waits, first, last, actor.zone)
    return {one.id: one.wish(needs_of(known[one.service_id]), busy.get(one.id, ())) for one in waits}


async def _fresh(actor: Actor, day: date, now: datetime) -> DayCalendar:
    (found,) = await calendar(actor.location_id, actor.zone, day, day, now=now)
    return found


class Offering:
    """Keeps offers going: looks at the days that were announced as changed, and at all of them at times.

    What it heard is forgotten with the process; whoever begins looks at everything once, and looking
    twice does no harm.
    """

    def __init__(self) -> None:
        self._heard: dict[UUID, int] = {}
        self._swept: dict[UUID, datetime] = {}

    async def work(self, now: datetime) -> None:
        """Offer what became free since the last time, at every location."""
        for where in await places():
            await self._look(where, now)

    async def _look(self, where: Place, now: datetime) -> None:
        actor = by_itself(where)
        heard, topics = await topics_since(where.id, self._heard.get(where.id, 0))
        today = local_date(now, where.zone)
        last = today + timedelta(days=SEARCHED_DAYS)
        swept = self._swept.get(where.id)
        everything = swept is None or now - swept >= EVERYTHING_AGAIN or TOPIC in topics
        try:
            if everything:
                await end_waits(actor, now=now)
                await offer_freed(actor, first=today, last=last, now=now)
            else:
                for day in (today + timedelta(days=offset) for offset in range(SEARCHED_DAYS + 1)):
                    if board_topic(day) in topics:
                        await offer_freed(actor, first=day, last=day, now=now)
        except NotFound:  # a location without rules has no waitlist
            return
        self._heard[where.id] = heard
        if everything:
            self._swept[where.id] = now
