"""Booking online: a time is held when it is chosen, and becomes a visit when the guest confirms it.

Nobody knows yet who the guest is while a time is held, so it is held for a guest who stands in; the
visit passes to the real one in the transaction that confirms it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from piccolo.columns import Column

from spa_pos.booking.actions.book import BookingItem, hold_appointment, hold_party
from spa_pos.booking.actions.common import tell_boards
from spa_pos.booking.actions.online_alone import check_pays_nowhere_else, let_go, let_others_go
from spa_pos.booking.actions.online_pay import hold_until, is_booked, take_held, wait_for_card
from spa_pos.booking.actions.online_people import clean_person, hand_over, whose_booking, with_name
from spa_pos.booking.actions.waitlist import WaitAsk, add_wait
from spa_pos.booking.queries import booking_window
from spa_pos.booking.queries.online import (
    OnlineView,
    Person,
    free_stand_ins,
    online_booking,
    visits_to_come,
)
from spa_pos.booking.rules.guests import in_window
from spa_pos.booking.rules.online import ENDED, FORGET_AFTER, HOLD_FOR, MOST_VISITS, check_extend
from spa_pos.booking.tables import OnlineBooking
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Gone, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import add_stand_in
from spa_pos.people.actions.doors import guests_of


@dataclass(frozen=True, slots=True)
class OnlineAsk:
    """A time that a guest chose: for which group, with whom, at the price that was shown."""

    service_id: UUID
    add_on_ids: tuple[UUID, ...]
    group: str
    provider_id: UUID
    starts_at: datetime
    quoted_cents: Cents
    provider_wish: str = "any"


@action
async def hold_online(
    actor: Actor,
    *,
    booking_id: UUID,
    is_new: bool,
    network: str,
    asked: Sequence[OnlineAsk],
    path: str,
    now: datetime,
    address: str | None = None,
) -> UUID:
    """Hold a time for a browser, for one guest or two; what it held before is free again. Gives the booking.

    `is_new` says that the browser has no booking under way: the number is then a fresh one. `address` is
    the one this browser has proved: when it was typed here too, what it holds elsewhere is free as well.

    Raises:
        Conflict: `time-not-offered` outside the window of booking online, `too-many-holds` from its
            network, `too-many-of-yours` for its guest, `form-outdated` when the number is another
            browser's, and all that holding refuses.
    """
    seen = await online_booking(booking_id, for_update=True)
    if (seen is None) is not is_new or (seen and seen.is_booked):
        raise Conflict("form-outdated", "This page is out of date. Begin again.")
    for one in asked:
        await _check_offered(actor, one, now)
    if seen is not None:
        await let_go(actor, seen, now)
        if address is not None and seen.is_of(address):
            await let_others_go(actor, booking_id, address, now)
    appointment_id = await _hold(actor, asked, now)
    values = {"network": network, "path": path, "appointment": appointment_id, "wait_until": None}
    await _keep(actor, booking_id, is_new, values, now)
    return booking_id


@action
async def ask_to_wait(
    actor: Actor,
    *,
    booking_id: UUID,
    is_new: bool,
    network: str,
    path: str,
    wait_until: date,
    now: datetime,
) -> UUID:
    """Begin to ask for the waitlist, from the day in `path` on; what the browser held is free again.

    Raises:
        Conflict: `form-outdated` when the number is another browser's.
    """
    seen = await online_booking(booking_id, for_update=True)
    if (seen is None) is not is_new or (seen and seen.is_booked):
        raise Conflict("form-outdated", "This page is out of date. Begin again.")
    if seen is not None:
        await let_go(actor, seen, now)
    values = {"network": network, "path": path, "appointment": None, "wait_until": wait_until}
    await _keep(actor, booking_id, is_new, values, now)
    return booking_id


@action
async def join_waitlist(
    actor: Actor,
    *,
    booking_id: UUID,
    asked: WaitAsk,
    group: str,
    address: str,
    locale: str,
    now: datetime,
) -> UUID:
    """The guest is on the waitlist from now on. Gives the booking.

    Raises:
        Conflict: `email-unproved`, or `already-waiting` for the same service.
        Invalid: the days cannot be meant.
    """
    seen = await online_booking(booking_id, for_update=True)
    if seen is None or seen.wait_until is None:
        raise Conflict("form-outdated", "This page is out of date. Begin again.")
    if not seen.is_booked:
        guest_id = await whose_booking(actor, seen, address, group, locale, now)
        await add_wait(actor, wait_id=uuid7(now), guest_id=guest_id, asked=asked, now=now)
        await is_booked(booking_id)
    return booking_id


async def _hold(actor: Actor, asked: Sequence[OnlineAsk], now: datetime) -> UUID:
    """Hold what was chosen for guests who stand in; gives the appointment of the first."""
    items: list[BookingItem] = []
    for one in asked:
        taken = [item.guest_id for item in items]
        alike = sum(each.group == one.group for each in asked)
        stand_in = next(each for each in await _stand_ins(one.group, alike, now) if each not in taken)
        items.append(
            BookingItem(
                uuid7(now),
                stand_in,
                one.service_id,
                one.provider_id,
                one.starts_at,
                one.quoted_cents,
                one.add_on_ids,
                one.provider_wish,
            )
        )
    if len(items) == 1:
        return await hold_appointment(actor, item=items[0], held_until=now + HOLD_FOR, now=now)
    await hold_party(actor, party_id=uuid7(now), items=items, held_until=now + HOLD_FOR, now=now)
    return items[0].appointment_id


async def _keep(
    actor: Actor, booking_id: UUID, is_new: bool, values: Mapping[str, object], now: datetime
) -> None:
    if is_new:
        await insert(OnlineBooking, id=booking_id, location=actor.location_id, made_at=now, **values)
    else:
        await _set(booking_id, extended=0, pay_until=None, **values)


async def _check_offered(actor: Actor, asked: OnlineAsk, now: datetime) -> None:
    window = await booking_window(actor.location_id, asked.service_id, asked.group)
    if window is None or not in_window(asked.starts_at, window.lead, window.horizon, now=now):
        raise Conflict("time-not-offered", "This time cannot be booked here. Choose one from the list.")


@action
async def extend_hold(actor: Actor, *, booking_id: UUID, appointment_id: UUID, now: datetime) -> datetime:
    """Hold the time for longer; gives until when.

    Raises:
        Gone: `hold-expired`.
        Conflict: `held-long-enough`, or `another-time-chosen` in another window.
    """
    seen = await _under_way(booking_id, appointment_id)
    check_extend(seen.hold, now=now)
    until = max(now + HOLD_FOR, seen.pay_until or now)
    ids = [one.id for one in seen.visits]
    await hold_until(ids, until)
    await _set(booking_id, extended=seen.extended + 1)
    await tell_boards(actor, seen.first.starts_at)
    return until


@action
async def let_hold_go(actor: Actor, *, booking_id: UUID, now: datetime) -> None:
    """The guest does not want the time after all: it is free at once."""
    seen = await online_booking(booking_id, for_update=True)
    if seen is not None and not seen.is_booked:
        await let_go(actor, seen, now)


@action
async def say_who(
    actor: Actor,
    *,
    booking_id: UUID,
    person: Person,
    code_id: UUID | None,
    now: datetime,
    proved: bool = False,
) -> bool:
    """Write down who books, and which code was mailed to prove it.

    When this browser has `proved` the address, what the guest holds elsewhere is free; True when there
    was any.

    Raises:
        Invalid: a name, the telephone number or the address cannot be meant.
        Conflict: `form-outdated`, or `too-many-of-yours`: times are held for that address or number.
    """
    kept = clean_person(person)
    seen = await online_booking(booking_id, for_update=True)
    if seen is None or seen.is_booked:
        raise Conflict("form-outdated", "This page is out of date. Begin again.")
    freed = proved and await let_others_go(actor, booking_id, kept.email, now)
    values = {name: getattr(kept, name) for name in Person.__slots__}
    await _set(booking_id, **values, code=code_id)
    if proved:  # who says so at the same moment was waited for just now, and can be seen only from here on
        freed = await let_others_go(actor, booking_id, kept.email, now) or freed
    return freed


@action
async def confirm_online(
    actor: Actor,
    *,
    booking_id: UUID,
    appointment_id: UUID,
    address: str,
    quoted_cents: int,
    locale: str,
    now: datetime,
    second: tuple[str, str] | None = None,
    takes_cards: bool = False,
) -> UUID:
    """The guest takes the time that is held: it is theirs from now on. Gives the appointment.

    `address` is the e-mail address that this browser has proved; `second` the names of whoever comes along.
    Where a deposit or a card is asked for and cards are taken, it is held for the guest for half an hour
    and booked by `book_paid` or `book_kept`; everything that could be refused is refused before.

    Raises:
        Gone: `hold-expired`.
        Conflict: `another-time-chosen`, `email-unproved`, `price-changed`, `too-many-visits`,
            `paying-elsewhere`, or `guest-already-booked` at that time.
    """
    seen = await _under_way(booking_id, appointment_id)
    if seen.is_booked:
        return appointment_id
    if not seen.hold.left(now):
        raise Gone("hold-expired", ENDED)
    if seen.total_cents != quoted_cents:
        raise Conflict("price-changed", "The price changed while this page was open. Look again.")
    await check_pays_nowhere_else(booking_id, address, now)
    if await visits_to_come(await guests_of(address), now) >= MOST_VISITS:
        raise Conflict("too-many-visits", "You have many visits to come. Call us to book another one.")
    guest_id = await whose_booking(actor, seen, address, seen.first.group, locale, now)
    for held in seen.in_order:
        whose = guest_id
        if held.id != appointment_id:
            along = with_name(seen, second)
            whose = await whose_booking(actor, along, address, held.group, locale, now)
        if held.guest_id != whose:
            await hand_over(actor, held, whose, now)
    if not takes_cards or not await wait_for_card(actor, booking_id, now):
        await take_held(actor, booking_id, now)
    return appointment_id


@action
async def forget_online(now: datetime) -> int:
    """Forget who began to book and did not go on, and bookings that are long done; gives how many."""
    gone = await fetch(
        "DELETE FROM online_booking o WHERE o.made_at < $1 AND NOT EXISTS"
        " (SELECT 1 FROM appointment a WHERE a.id = o.appointment AND a.status = 'held') RETURNING o.id",
        now - FORGET_AFTER,
    )
    return len(gone)


async def _under_way(booking_id: UUID, appointment_id: UUID) -> OnlineView:
    """The booking, locked, when it is still about the time that the page showed.

    Raises:
        NotFound: `booking-unknown`.
        Conflict: `another-time-chosen`.
    """
    seen = await online_booking(booking_id, for_update=True)
    if seen is None:
        raise NotFound("booking-unknown", "You have no booking under way. Begin again.")
    if seen.appointment_id != appointment_id:
        raise Conflict(
            "another-time-chosen", "You chose another time in another window. Here is what is held for you."
        )
    return seen


async def _stand_ins(group: str, count: int, now: datetime) -> Sequence[UUID]:
    found = await free_stand_ins(group, count)
    while len(found) < count:
        found.append(await add_stand_in(guest_id=uuid7(now), group_code=group, now=now))
    return found


async def _set(booking_id: UUID, **values: object) -> None:
    columns: dict[Column | str, object] = {}
    columns.update(values)
    await OnlineBooking.update(columns).where(OnlineBooking.id == booking_id)
