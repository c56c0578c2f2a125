"""A past of so many days, and the bookings ahead, through the same actions the desk uses.

Rates are those of DOMAIN.md §4: five provider hours in ten used, 12 % cancelled, 2 % no-shows,
retail near 9 % of sales.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from spa_pos.booking.actions import (
    BookingItem,
    Proof,
    book_appointment,
    book_party,
    cancel_appointment,
    check_in,
    mark_no_show,
)
from spa_pos.booking.queries import Visit, needs_of, supplies, visit
from spa_pos.booking.rules import (
    Arrangement,
    DaySupply,
    PartyNeeds,
    Plan,
    ProviderWish,
    Slot,
    Wish,
    each_plan,
    free_gaps,
    open_times,
    without,
)
from spa_pos.care.queries import referrals_of
from spa_pos.catalog.queries import MenuService, RetailProduct, add_ons, menu, products, quotes
from spa_pos.checkout.actions import (
    CARD_PURPOSE,
    add_product,
    begin_card,
    open_ticket,
    record_paid_attempt,
    take_cash,
)
from spa_pos.checkout.actions.exemptions import exempt_by_referral
from spa_pos.checkout.queries import TicketView, ticket
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.payments.actions import record_created, record_outcome, record_submitted
from spa_pos.payments.rules import Paid
from spa_pos.people.queries import Group, groups, proof
from spa_pos.seed.drawers import SampleDrawer
from spa_pos.seed.guests import DemoGuest
from spa_pos.seed.house import House

AHEAD_DAYS = 14
USED = 0.5
CANCELLED = 0.12
NO_SHOWS = 0.02
CARDS = 0.7
WITH_RETAIL = 0.28
SAME_DAY = 0.15
WITH_ADD_ON = 0.15
COUPLES = 0.3
"""A couple comes on this share of the days."""


@dataclass(slots=True)
class _Teller:
    """Tells one day; all chance comes from its dice."""

    house: House
    guests: list[DemoGuest]
    services: list[MenuService]
    add_ons: dict[UUID, list[MenuService]]
    shelf: list[RetailProduct]
    groups: dict[str, Group]
    dice: random.Random
    now: datetime

    def desk(self) -> Actor:
        return self.dice.choice(self.house.desk)


async def make_history(
    house: House,
    guests: list[DemoGuest],
    *,
    days: int,
    rng: int,
    now: datetime,
    report: Callable[[str], None],
) -> None:
    """Visits of the past days, done and paid; of today, as far as the hour; of the next two weeks, booked."""
    services, shelf = await menu(), await products()
    extras = await add_ons([service.id for service in services])
    by_code = {group.code: group for group in await groups()}
    today = local_date(now, house.zone)
    offsets = range(-days, AHEAD_DAYS + 1)
    count = 0
    drawer = SampleDrawer(house.desk[0], random.Random(rng))  # noqa: S311 - a repeatable past, not a secret
    for week in (offsets[start : start + 7] for start in range(0, len(offsets), 7)):
        told = []
        for offset in week:
            day = today + timedelta(days=offset)
            dice = random.Random(f"{rng} {day}")  # noqa: S311 - a repeatable past, not a secret
            used = USED if offset <= 0 else USED * (1 - offset / (AHEAD_DAYS + 1))
            told.append((day, used, _Teller(house, guests, services, extras, shelf, by_code, dice, now)))
        # Days share nothing but the numbers of tickets: a week is told at once, its tickets in order.
        weeks_days = await asyncio.gather(*(_tell_day(teller, day, used) for day, used, teller in told))
        count += sum(made for made, _ in weeks_days)
        leaving = [leaver for _, leavers in weeks_days for leaver in leavers]
        for leaver in sorted(leaving, key=lambda one: (one.leaves, one.visit.provider_name)):
            await drawer.keep(leaver.leaves)
            await _check_out(leaver.teller, leaver.visit, leaver.leaves)
        report(f"Told up to {told[-1][0]:%-d %B}: {count} visits.")
    await drawer.keep(now)


@dataclass(frozen=True, slots=True)
class _Leaver:
    """A visit that is over and wants to pay."""

    teller: _Teller
    visit: Visit
    leaves: datetime


async def _tell_day(teller: _Teller, day: date, used: float) -> tuple[int, list[_Leaver]]:
    """Book a day and let it happen up to the present hour: how many visits, and who leaves when."""
    booked = await _book_day(teller, day, used)
    visits = [await visit(appointment_id, teller.house.location_id) for appointment_id in booked]
    leavers = []
    for found in sorted(visits, key=lambda one: (one.ends_at, one.provider_name)):
        leaves = await _let_happen(teller, found) if found.starts_at < teller.now else None
        if leaves is not None and leaves < teller.now:
            leavers.append(_Leaver(teller, found, leaves))
    return len(booked), leavers


async def _book_day(teller: _Teller, day: date, used: float) -> list[UUID]:
    house, dice = teller.house, teller.dice
    begins = day_bounds(day, house.zone)[0]
    ((_, supply),) = await supplies(house.location_id, house.zone, day, day, now=begins)
    made = await _book_couple(teller, supply, begins) if dice.random() < COUPLES else []
    if made:
        ((_, supply),) = await supplies(house.location_id, house.zone, day, day, now=begins)
    for name in [provider.staff_id for provider in supply.providers]:
        provider = next(one for one in supply.providers if one.staff_id == name)
        wanted = sum((end - start for start, end in provider.works), timedelta()) * used
        filled = timedelta()
        able = [one for one in teller.services if set(one.needs_credentials) <= provider.credentials]
        for _ in range(12):
            if filled >= wanted or not able:
                break
            service = dice.choice(able)
            possible = teller.add_ons.get(service.id, [])
            chosen = [dice.choice(possible)] if possible and dice.random() < WITH_ADD_ON else []
            needs = needs_of(service, chosen)
            slots = open_times(needs, supply, now=begins, wish=ProviderWish(name))
            slots = [slot for slot in slots if _tidy(slot, supply)] or slots
            if not slots:
                continue
            slot = dice.choice(slots)
            appointment_id = await _book(teller, service, chosen, slot)
            if appointment_id is not None:
                supply = without(supply, [(slot, needs)])
                made.append(appointment_id)
                filled += timedelta(minutes=needs.minutes)
    return made


async def _book_couple(teller: _Teller, supply: DaySupply, begins: datetime) -> list[UUID]:
    """Two guests side by side, one of them perhaps with an add-on."""
    dice = teller.dice
    service = dice.choice([one for one in teller.services if one.category == "massage"])
    wishes = (Wish(0, needs_of(service)), Wish(1, needs_of(service)))
    plans = list(islice(each_plan(PartyNeeds(wishes), supply, now=begins), 24))
    if not plans:
        return []
    plan = dice.choice(plans)
    lead = timedelta(days=dice.randint(2, 10))
    booked_at = min(plan.starts_at - lead, teller.now)
    items = await _couple_items(teller, service, plan, booked_at)
    try:
        await book_party(
            actor=teller.desk(),
            party_id=uuid7(booked_at),
            items=items,
            arrangement=Arrangement.TOGETHER,
            longest_wait_minutes=15,
            now=booked_at,
        )
    except Refusal:
        return []
    return [item.appointment_id for item in items]


async def _couple_items(
    teller: _Teller, service: MenuService, plan: Plan, booked_at: datetime
) -> list[BookingItem]:
    items = []
    for guest, slot in zip(teller.dice.sample(teller.guests, 2), plan.slots, strict=True):
        cents = await _price(teller, [service.id], guest, slot, booked_at)
        items.append(
            BookingItem(uuid7(booked_at), guest.id, service.id, slot.provider.staff_id, slot.starts_at, cents)
        )
    return items


async def _price(
    teller: _Teller, service_ids: list[UUID], guest: DemoGuest, slot: Slot, booked_at: datetime
) -> Cents:
    """What services cost a guest together."""
    quoted = await quotes(
        teller.house.location_id,
        teller.house.zone,
        service_ids,
        teller.groups[guest.group],
        starts_at=slot.starts_at,
        booked_at=booked_at,
    )
    return Cents(sum(quoted[one].price_cents for one in service_ids))


def _tidy(slot: Slot, supply: DaySupply) -> bool:
    """True for a slot that begins a free gap or lies on the full or half hour."""
    provider = next(one for one in supply.providers if one.number == slot.provider.number)
    starts = {start for start, _ in free_gaps(provider.works, provider.busy)}
    return slot.starts_at in starts or slot.starts_at.minute in (0, 30)


async def _book(teller: _Teller, service: MenuService, chosen: list[MenuService], slot: Slot) -> UUID | None:
    dice = teller.dice
    guest = dice.choice(teller.guests)
    same_day = dice.random() < SAME_DAY
    lead = timedelta(hours=1) if same_day else timedelta(days=dice.randint(1, 10))
    booked_at = min(slot.starts_at - lead, teller.now)
    extras = [one.id for one in chosen]
    try:
        booked = await book_appointment(
            actor=teller.desk(),
            appointment_id=uuid7(booked_at),
            guest_id=guest.id,
            service_id=service.id,
            provider_id=slot.provider.staff_id,
            starts_at=slot.starts_at,
            quoted_cents=await _price(teller, [service.id, *extras], guest, slot, booked_at),
            add_on_ids=extras,
            now=booked_at,
        )
    except Refusal:
        return None
    return booked.appointment_id


async def _let_happen(teller: _Teller, found: Visit) -> datetime | None:
    """Cancelled, missed, or checked in; gives when a guest who came leaves."""
    dice = teller.dice
    fate = dice.random()
    if fate < CANCELLED:
        when = max(found.booked_at, found.starts_at - timedelta(hours=dice.randint(2, 40)))
        await cancel_appointment(
            actor=teller.desk(),
            appointment_id=found.id,
            version=found.version,
            reason=dice.choice(("Guest asked", "Illness", "Clinical appointment ran over")),
            now=when,
        )
        return None
    if fate < CANCELLED + NO_SHOWS:
        when = found.starts_at + timedelta(minutes=20)
        if when < teller.now:
            await mark_no_show(actor=teller.desk(), appointment_id=found.id, version=found.version, now=when)
        return None
    arrives = found.starts_at - timedelta(minutes=dice.randint(2, 9))
    await check_in(
        actor=teller.desk(),
        appointment_id=found.id,
        version=found.version,
        proof_shown=await _proof(teller, found),
        now=arrives,
    )
    return found.ends_at + timedelta(minutes=dice.randint(3, 12))


async def _proof(teller: _Teller, found: Visit) -> Proof:
    if not found.group_evidence:
        return "on_file"
    day = local_date(found.starts_at, teller.house.zone)
    if await proof(found.guest_id, found.group, day) is not None:
        return "on_file"
    return "seen" if teller.dice.random() < 0.85 else "not_shown"


async def _check_out(teller: _Teller, found: Visit, leaves: datetime) -> None:
    house, dice = teller.house, teller.dice
    desk = teller.desk()
    ticket_id = await open_ticket(actor=desk, ticket_id=uuid7(leaves), appointment_id=found.id, now=leaves)
    if dice.random() < WITH_RETAIL:
        await add_product(
            actor=desk,
            ticket_id=ticket_id,
            line_id=uuid7(leaves),
            product_id=dice.choice(teller.shelf).id,
            quantity=1 if dice.random() < 0.85 else 2,
            version=1,
            now=leaves,
        )
    sale = await ticket(ticket_id, house.location_id, house.zone, now=leaves)
    sale = await _use_referral(house, desk, found, sale, leaves)
    due = sale.sums.remaining_cents
    if dice.random() < CARDS:
        await _pay_by_card(teller, desk, ticket_id, sale.head.version, due, leaves)
        return
    note = dice.choice((500, 1_000, 2_000))
    given = due if dice.random() < 0.3 else Cents(-(-due // note) * note)
    await take_cash(
        actor=desk,
        ticket_id=ticket_id,
        tender_id=uuid7(leaves),
        given_cents=given,
        version=sale.head.version,
        now=leaves,
    )


async def _use_referral(
    house: House, desk: Actor, found: Visit, sale: TicketView, leaves: datetime
) -> TicketView:
    """Massage of who has a referral is not taxed."""
    day = local_date(found.starts_at, house.zone)
    stored = [one for one in await referrals_of(found.guest_id, house.location_id) if one.covers(day)]
    line = next(one for one in sale.lines if one.appointment_id == found.id)
    if not stored or not line.taxable:
        return sale
    await exempt_by_referral(
        actor=desk,
        ticket_id=sale.head.id,
        line_id=line.id,
        referral_id=stored[0].id,
        version=sale.head.version,
        now=leaves,
    )
    return await ticket(sale.head.id, house.location_id, house.zone, now=leaves)


async def _pay_by_card(
    teller: _Teller, desk: Actor, ticket_id: UUID, version: int, due: Cents, when: datetime
) -> None:
    """The steps of a card payment with the processor's answer made up, since no processor had this past."""
    attempt_id = uuid7(when)
    await begin_card(
        actor=desk,
        ticket_id=ticket_id,
        attempt_id=attempt_id,
        reader_id=teller.house.reader_id,
        amount_cents=due,
        version=version,
        now=when,
    )
    await record_created(attempt_id, f"pi_sample_{attempt_id.hex}", when)
    await record_submitted(attempt_id, when)
    brand, last4 = teller.dice.choice((("visa", "4242"), ("mastercard", "4444"), ("amex", "0005")))
    await record_outcome(attempt_id, Paid(due, brand, last4), {CARD_PURPOSE: record_paid_attempt}, when)
