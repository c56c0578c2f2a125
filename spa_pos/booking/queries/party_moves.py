"""A party that one of its guests moves: who comes, to when it could go, and what that costs."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.queries.house import policy
from spa_pos.booking.queries.supply import calendar, needs_of_visit
from spa_pos.booking.queries.terms import WindowRow, booking_windows, window_for
from spa_pos.booking.queries.visits import Visit, guests_taken, party, prices_at
from spa_pos.booking.rules import DayCalendar, PartyNeeds, Plan, ProviderWish, Wish
from spa_pos.booking.rules.party_moves import PartMoved, PartOfParty, PartyMove, check_may_move_all
from spa_pos.catalog.queries import services
from spa_pos.catalog.rules import Quote
from spa_pos.db import fetch_value
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.people.queries import groups


@dataclass(frozen=True, slots=True)
class Together:
    """The visits of a party that are to come, by start, and how soon and how far ahead guests book each."""

    party_id: UUID
    visits: tuple[Visit, ...]
    needs: PartyNeeds
    parts: tuple[PartMoved, ...]
    now: datetime

    def days(self, zone: ZoneInfo) -> tuple[date, date]:
        """The first and the last day on which all of them can be booked."""
        first = max(self.now + one.lead for one in self.parts)
        last = min(self.now + one.horizon for one in self.parts)
        return local_date(first, zone), local_date(last, zone)


@dataclass(frozen=True, slots=True)
class Elsewhen:
    """A party at other times: where each of its visits would be, and at which price."""

    visits: tuple[Visit, ...]
    plan: Plan
    prices: tuple[Cents, ...]

    @property
    def changes_prices(self) -> bool:
        """True when any of the visits would cost something else."""
        return any(one.total_cents != price for one, price in zip(self.visits, self.prices, strict=True))

    @property
    def seal(self) -> str:
        """What a form carries of all this: it changes with any of it, and tells nobody what it is."""
        words = (
            f"{one.id} {one.version} {slot.provider.staff_id} {slot.starts_at.isoformat()} {price}"
            for one, slot, price in zip(self.visits, self.plan.slots, self.prices, strict=True)
        )
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


async def together(asks: Visit, *, now: datetime) -> Together:
    """The party that a visit belongs to, when the guest of that visit may move all of it.

    Raises:
        NotFound: `party-unknown`.
        Conflict: `not-online`, `too-late-to-move` or `not-all-move`; the page says what to do instead.
    """
    if asks.party_id is None:
        raise Conflict("not-online", "This visit cannot be moved here. Call us, and we look together.")
    found = await party(asks.party_id, asks.location_id)
    standing = [one for one in found.visits if one.status.is_live]
    agreed = {each: await policy(each) for each in {one.policy_id for one in standing}}
    parts = [
        PartOfParty(one.guest_id == asks.guest_id, one.status, one.starts_at, agreed[one.policy_id])
        for one in standing
    ]
    check_may_move_all(parts, is_charged=await _is_charged([one.id for one in standing]), now=now)
    windows = await booking_windows(asks.location_id)
    needs = PartyNeeds(
        await _wishes(standing), found.arrangement, timedelta(minutes=found.longest_wait_minutes)
    )
    moved = tuple(_moved(one, window_for(windows, one.service_id, one.group)) for one in standing)
    return Together(found.id, tuple(standing), needs, moved, now)


def _moved(one: Visit, window: WindowRow | None) -> PartMoved:
    if window is None:
        raise Conflict("not-online", "This visit cannot be moved here. Call us, and we look together.")
    lead, horizon = timedelta(minutes=window.lead_minutes), timedelta(days=window.horizon_days)
    return PartMoved(one.guest_id, one.provider_id, one.starts_at, lead, horizon)


async def _wishes(visits: Sequence[Visit]) -> tuple[Wish, ...]:
    ids = {one for each in visits for one in (each.service_id, *(o.add_on_id for o in each.add_ons))}
    known = await services(list(ids))
    guests = list(dict.fromkeys(one.guest_id for one in visits))
    return tuple(
        Wish(
            guests.index(one.guest_id),
            needs_of_visit(one, known[one.service_id], [known[each.add_on_id] for each in one.add_ons]),
            wish_of(one),
        )
        for one in visits
    )


def wish_of(one: Visit) -> ProviderWish:
    """Whom a visit was booked with a wish for."""
    if one.provider_wish == "named":
        return ProviderWish(provider=one.provider_id)
    return ProviderWish(gender=None if one.provider_wish == "any" else one.provider_wish)


async def _is_charged(ids: Sequence[UUID]) -> bool:
    """True while a card is asked for the deposit of one of these visits."""
    found = await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM ticket_line l JOIN attempt t ON t.subject = l.ticket"
        " WHERE l.deposit_for = ANY($1) AND l.status = 'live'"
        " AND t.state IN ('new', 'created', 'submitted', 'unknown'))",
        list(ids),
    )
    return bool(found)


async def times_together(
    of: Together, zone: ZoneInfo, first: date, last: date
) -> tuple[dict[date, DayCalendar], PartyMove]:
    """The days of a period, both included, and what other times of the party keep on them."""
    ids = [one.id for one in of.visits]
    days = await calendar(of.visits[0].location_id, zone, first, last, now=of.now, without=ids)
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    taken = await guests_taken([one.guest_id for one in of.visits], since, until, without=ids)
    return {one.day: one for one in days}, PartyMove(of.needs, of.parts, taken, of.now)


async def elsewhen(of: Together, plan: Plan, zone: ZoneInfo) -> Elsewhen:
    """What a plan makes of a party.

    Raises:
        Conflict: `price-missing`.
    """
    known = {one.code: one for one in await groups()}
    prices = [
        _sum(one, await prices_at(one, known[one.group], slot.starts_at, zone))
        for one, slot in zip(of.visits, plan.slots, strict=True)
    ]
    return Elsewhen(of.visits, plan, tuple(prices))


def _sum(one: Visit, quoted: Mapping[UUID, Quote]) -> Cents:
    ids = [one.service_id, *(each.add_on_id for each in one.add_ons)]
    if not quoted.keys() >= set(ids):
        raise Conflict("price-missing", "This visit cannot be moved here. Call us, and we look together.")
    return Cents(sum(quoted[each].price_cents for each in ids))
