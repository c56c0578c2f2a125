"""Booking: one guest, several services, couples and families; and holds, which run out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.booking.actions.cards import ask_for_cards
from spa_pos.booking.actions.common import (
    Wanted,
    all_priced,
    change,
    changeable,
    check_bookable_instant,
    check_quoted,
    claims_of,
    expire_overdue,
    ids_of,
    lock_day,
    override_of,
    price_columns,
    promise_add_ons,
    tell_boards,
    wanted_among,
)
from spa_pos.booking.actions.notices import tell, tell_guests
from spa_pos.booking.actions.outcomes import settle_offers
from spa_pos.booking.queries import Only, Visit, supplies, terms_at, visit
from spa_pos.booking.queries.notices import Told, reached_at
from spa_pos.booking.rules import Arrangement, Place, Slot, Status, plan_at
from spa_pos.booking.rules.notices import GuestTime, Happened
from spa_pos.booking.tables import Appointment, Claim, Party
from spa_pos.catalog.queries import PriceList, services_with_prices
from spa_pos.catalog.rules import Quote
from spa_pos.db import action, fetch, insert, insert_together
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Gone, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import record
from spa_pos.people.queries import GuestOnDay, guests_on

MOST_IN_A_PARTY = 12

HOLD_EXPIRED = "The time was held for a while and is free again. Choose a time."


@dataclass(frozen=True, slots=True)
class BookingItem:
    """One service for one guest, with whom and from when, at the price that was shown (add-ons included)."""

    appointment_id: UUID
    guest_id: UUID
    service_id: UUID
    provider_id: UUID
    starts_at: datetime
    quoted_cents: Cents
    add_on_ids: tuple[UUID, ...] = ()
    provider_wish: str = "any"


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment that is booked, in words; `is_asked`: for a card or a deposit."""

    appointment_id: UUID
    guest_name: str
    service_name: str
    provider_name: str
    is_asked: bool = False


@action
async def book_appointment(
    actor: Actor,
    *,
    appointment_id: UUID,
    guest_id: UUID,
    service_id: UUID,
    provider_id: UUID,
    starts_at: datetime,
    quoted_cents: Cents,
    now: datetime,
    add_on_ids: Sequence[UUID] = (),
    provider_wish: str = "any",
    override_reason: str | None = None,
) -> Booked:
    """Book a guest with a provider: the room and the machine are found here, the price is promised.

    `override_reason` lets a manager pass a provider's hands-on limits.

    Raises:
        NotFound: the guest or the service is unknown.
        Invalid: `time-unreadable` beyond the horizon, `add-on-unfit`.
        NotAllowed: `role-missing` to pass a limit.
        Conflict: `time-past`, `day-closed`, `provider-away`, `credential-missing`, `slot-taken`,
            `hands-on-limit`, `no-room`, `no-equipment`, `guest-already-booked`, or `price-changed` with
            the price as it is now.
    """
    item = BookingItem(
        appointment_id,
        guest_id,
        service_id,
        provider_id,
        starts_at,
        quoted_cents,
        tuple(add_on_ids),
        provider_wish,
    )
    (booked,) = await _book(actor, (item,), now=now, override_reason=override_reason)
    return booked


@action
async def book_party(
    actor: Actor,
    *,
    party_id: UUID,
    items: Sequence[BookingItem],
    arrangement: Arrangement,
    longest_wait_minutes: int,
    now: datetime,
    override_reason: str | None = None,
) -> UUID:
    """Book several services, a couple or a family as one: all of them or none.

    Raises:
        Invalid: `party-size` unless two to twelve services on one day are asked for.
        NotFound, NotAllowed, Conflict: what `book_appointment` refuses, for the first that cannot be.
    """
    days = {local_date(item.starts_at, actor.zone) for item in items}
    if not 2 <= len(items) <= MOST_IN_A_PARTY or len(days) != 1:
        raise Invalid("party-size", f"Book 2 to {MOST_IN_A_PARTY} services of one day together.")
    await insert(
        Party,
        id=party_id,
        location=actor.location_id,
        arrangement=Arrangement(arrangement).value,
        longest_wait_minutes=longest_wait_minutes,
        booked_at=now,
    )
    await _book(actor, items, now=now, party_id=party_id, override_reason=override_reason)
    return party_id


@action
async def hold_appointment(actor: Actor, *, item: BookingItem, held_until: datetime, now: datetime) -> UUID:
    """Keep a slot for a guest until an instant; then it is free again by itself.

    Raises:
        NotFound, Invalid, Conflict: what `book_appointment` refuses.
        Gone: `hold-expired` when it would have run out already.
    """
    if held_until <= now:
        raise Gone("hold-expired", HOLD_EXPIRED)
    await _book(actor, (item,), now=now, held_until=held_until)
    return item.appointment_id


@action
async def hold_party(
    actor: Actor, *, party_id: UUID, items: Sequence[BookingItem], held_until: datetime, now: datetime
) -> UUID:
    """Keep slots for guests who come side by side until an instant: all of them or none.

    Raises:
        NotFound, Invalid, Conflict: what `book_party` refuses.
        Gone: `hold-expired` when it would have run out already.
    """
    if held_until <= now:
        raise Gone("hold-expired", HOLD_EXPIRED)
    await insert(
        Party,
        id=party_id,
        location=actor.location_id,
        arrangement=Arrangement.TOGETHER.value,
        longest_wait_minutes=0,
        booked_at=now,
    )
    await _book(actor, items, now=now, party_id=party_id, held_until=held_until)
    return party_id


@action
async def confirm_hold(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """The guest takes what was held. Gives the new version.

    Raises:
        Conflict: `appointment-changed`, or a status that does not allow it.
        Gone: `hold-expired`.
    """
    held = await still_held(actor, appointment_id, version, now)
    return await take_held(actor, held, {}, verb="booked", reason="Took what was held", now=now)


async def still_held(actor: Actor, appointment_id: UUID, version: int, now: datetime) -> Visit:
    """The appointment, locked, while its time is held; else the refusals of `confirm_hold`."""
    seen = await visit(appointment_id, actor.location_id, for_update=True)
    if seen.status is Status.EXPIRED or (seen.status is Status.HELD and (seen.held_until or now) <= now):
        raise Gone("hold-expired", HOLD_EXPIRED)
    return await changeable(actor, appointment_id, version, Status.HELD)


async def take_held(
    actor: Actor, held: Visit, changes: Mapping[str, Any], *, verb: str, reason: str, now: datetime
) -> int:
    """Book what is held, changed so; all that follows from a booking sees it changed."""
    await fetch("UPDATE claim SET held_until = NULL WHERE appointment = $1", held.id)
    await settle_offers([held.id], "taken", now)
    taken = {"status": Status.BOOKED.value, "held_until": None, **changes}
    version = await change(actor, held, taken, verb=verb, reason=reason, now=now)
    await ask_for_cards(actor, [held.id], now)
    await tell_guests(actor, [held.id], Happened.BOOKED, now=now)
    return version


@action
async def expire_holds(actor: Actor, *, now: datetime) -> list[UUID]:
    """Free what was held at a location until before now; gives the appointments that expired."""
    return await expire_overdue(actor, now)


async def _book(
    actor: Actor,
    items: Sequence[BookingItem],
    *,
    now: datetime,
    party_id: UUID | None = None,
    held_until: datetime | None = None,
    override_reason: str | None = None,
) -> list[Booked]:
    override_reason = override_of(actor, override_reason)
    for item in items:
        check_bookable_instant(item.starts_at, now)
    wishes = [(item.service_id, item.add_on_ids) for item in items]
    known, price_list = await services_with_prices(actor.location_id, ids_of(wishes), booked_at=now)
    wanted = await wanted_among(known, wishes)
    day = local_date(items[0].starts_at, actor.zone)
    guests = await guests_on({item.guest_id for item in items}, day)
    kinds = [kind for one in wanted for kind in one.needs.thing_kinds]
    await lock_day(actor, kinds, guests, [item.provider_id for item in items], day, now=now)
    only = Only(frozenset(item.provider_id for item in items), frozenset(kinds))
    ((_, supply),) = await supplies(actor.location_id, actor.zone, day, day, now=now, only=only)
    plan = plan_at(
        [Place(one.needs, item.provider_id, item.starts_at) for one, item in zip(wanted, items, strict=True)],
        supply,
        now=now,
        may_pass_limits=override_reason is not None,
    )
    policy, asks_for_cards = await terms_at(actor.location_id, now)
    shared: dict[str, Any] = {
        "party": party_id,
        "policy": policy.id if policy else None,
        "held_until": held_until,
        "status": (Status.HELD if held_until else Status.BOOKED).value,
        "override_reason": override_reason,
    }
    fitted = list(zip(items, wanted, plan.slots, strict=True))
    await _write(actor, fitted, guests, price_list, shared, now)
    await tell_boards(actor, *(item.starts_at for item in items))
    booked = [
        Booked(item.appointment_id, guests[item.guest_id].whose.name, one.service.name, slot.provider.name)
        for item, one, slot in fitted
    ]
    if held_until is not None:
        return booked
    ids = [item.appointment_id for item in items]
    asked = await ask_for_cards(actor, ids, now) if asks_for_cards else frozenset[UUID]()
    await _tell(actor, items, plan.slots, guests.values(), party_id, now)
    return [replace(one, is_asked=one.appointment_id in asked) for one in booked]


async def _write(
    actor: Actor,
    fitted: Sequence[tuple[BookingItem, Wanted, Slot]],
    guests: Mapping[UUID, GuestOnDay],
    price_list: PriceList,
    shared: dict[str, Any],
    now: datetime,
) -> None:
    """The appointments with all their claims, their add-ons, and the trail."""
    prices = [_prices(actor, item, one, guests[item.guest_id], price_list, now) for item, one, _ in fitted]
    rows = [
        _columns(item, one, slot, guests[item.guest_id], price[0]) | shared
        for (item, one, slot), price in zip(fitted, prices, strict=True)
    ]
    always = {"location": actor.location_id, "booked_at": now}
    taken = [(item.appointment_id, slot, one.needs) for item, one, slot in fitted]
    await insert_together(
        (Appointment, [row | always for row in rows]),
        (Claim, claims_of(taken, held_until=shared["held_until"])),
    )
    for (item, one, _), price, row in zip(fitted, prices, rows, strict=True):
        await promise_add_ons(item.appointment_id, one, price, now)
        await _record(actor, row, now)


async def _tell(
    actor: Actor,
    items: Sequence[BookingItem],
    slots: Sequence[Slot],
    guests: Iterable[GuestOnDay],
    party_id: UUID | None,
    now: datetime,
) -> None:
    """Tell each guest of their times among those just booked; all of it is known, so nothing is read."""
    booked = [
        (item.guest_id, GuestTime(item.appointment_id, slot.starts_at, slot.ends_at, Status.BOOKED, 1, None))
        for item, slot in zip(items, slots, strict=True)
    ]
    told = []
    for guest in guests:
        whose = guest.whose
        times = tuple(time for guest_id, time in booked if guest_id == whose.id)
        reached = reached_at(whose.email, whose.phone, by_email=guest.by_email, by_text=guest.by_text)
        told.append(Told(actor.location_id, whose.id, party_id, times, reached, now, whose.language))
    await tell(actor, told, Happened.BOOKED, now=now)


def _prices(
    actor: Actor, item: BookingItem, wanted: Wanted, guest: GuestOnDay, price_list: PriceList, now: datetime
) -> list[Quote]:
    """What a guest pays for a service and its add-ons, when it is what they were shown."""
    group = guest.whose.group
    found = price_list.quotes(wanted.ids, group, starts_at=item.starts_at, booked_at=now, zone=actor.zone)
    prices = all_priced(wanted, found)
    check_quoted(prices, item.quoted_cents)
    return prices


def _columns(
    item: BookingItem, wanted: Wanted, slot: Slot, guest: GuestOnDay, price: Quote
) -> dict[str, Any]:
    """An appointment as it is promised."""
    return {
        "id": item.appointment_id,
        "guest": guest.whose.id,
        "guest_number": guest.whose.number,
        "service": wanted.service.id,
        "provider": item.provider_id,
        "room": slot.room.number,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "setup_minutes": wanted.service.setup_minutes,
        "turnover_minutes": wanted.service.turnover_minutes,
        "provider_wish": item.provider_wish,
        **price_columns(price, guest.whose.group, proven=guest.is_proven),
    }


async def _record(actor: Actor, row: Mapping[str, Any], now: datetime) -> None:
    await record(
        actor,
        verb="held" if row["held_until"] else "booked",
        subject_kind="appointment",
        subject=row["id"],
        now=now,
        after={name: value for name, value in row.items() if value is not None and name != "id"},
        reason=row["override_reason"],
    )
