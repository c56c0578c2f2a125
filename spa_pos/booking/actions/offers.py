"""Offering free time to who waits: held for a while, taken, declined, or passed on.

An offer is an appointment that is held, so nobody else can book its time, and nobody who is booked
loses anything by it. Whatever ends the hold ends the offer in the same transaction.
"""

from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.book import BookingItem, hold_appointment, still_held, take_held
from spa_pos.booking.actions.common import (
    change,
    changeable,
    check_quoted,
    price_columns,
    prices_of,
    wanted_of,
    wanted_services,
)
from spa_pos.booking.actions.notices import tell_guests
from spa_pos.booking.actions.outcomes import Outcome, settle_offers
from spa_pos.booking.queries.waitlist import TOPIC, WaitView, wait, waitlist_rules
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.notices import Happened
from spa_pos.booking.rules.triage import SHORTEST_HOLD, OfferRule, WaitStatus, score
from spa_pos.booking.tables import WaitOffer
from spa_pos.db import action, announce, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import record
from spa_pos.people.queries import guest, proof


@action
async def offer_time(
    actor: Actor,
    *,
    appointment_id: UUID,
    wait_id: UUID,
    provider_id: UUID,
    starts_at: datetime,
    now: datetime,
    by_hand: bool = False,
) -> UUID:
    """Hold a free time for a waiting guest and write down why they were the one.

    An offer that goes out by itself ends the notice of the house before the visit at the latest;
    one that the desk makes `by_hand`, with the guest on the phone, at its start. Gives the appointment.

    Raises:
        NotFound: `wait-unknown`.
        Conflict: `wait-over`, `already-offered`, `too-late-to-offer`, or all that booking refuses.
    """
    seen = await _waiting(actor, wait_id)
    rules = await waitlist_rules(actor.location_id)
    held_until = _held_until(rules.offers, starts_at, now, by_hand=by_hand)
    whose = await guest(seen.guest_id)
    (wanted,) = await wanted_services([(seen.service_id, ())])
    prices = await prices_of(actor, wanted, whose.group, starts_at=starts_at, booked_at=now)
    item = BookingItem(
        appointment_id,
        seen.guest_id,
        seen.service_id,
        provider_id,
        starts_at,
        Cents(sum(one.price_cents for one in prices)),
        provider_wish=seen.provider_wish,
    )
    await hold_appointment(actor, item=item, held_until=held_until, now=now)
    found = score(seen.ask, rules.weights, now=now, zone=actor.zone)
    offer = {"offered_at": now, "held_until": held_until, "offered_by": actor.name}
    why = {"score": found.points, "explanation": found.words[:400]}
    await insert(WaitOffer, id=uuid7(now), wait=wait_id, appointment=appointment_id, **offer, **why)
    await fetch("UPDATE wait SET status = 'offered', version = version + 1 WHERE id = $1", wait_id)
    await _record(actor, "offered a time", wait_id, now, found.words)
    if not by_hand:
        await tell_guests(actor, [appointment_id], Happened.OFFERED, now=now)
    return appointment_id


async def _waiting(actor: Actor, wait_id: UUID) -> WaitView:
    """The entry, locked, while nothing is held for it."""
    seen = await wait(wait_id, actor.location_id, for_update=True)
    if seen.status is WaitStatus.OFFERED:
        raise Conflict(
            "already-offered", "A time is held for this guest already. Look at the waitlist again."
        )
    if seen.status is not WaitStatus.WAITING:
        raise Conflict("wait-over", f"This entry is {seen.status.value} already. Nothing was offered.")
    return seen


def _held_until(rule: OfferRule, starts_at: datetime, now: datetime, *, by_hand: bool) -> datetime:
    until = min(now + rule.hold, starts_at) if by_hand else rule.held_until(starts_at, now)
    if until is None or until < now + SHORTEST_HOLD:
        raise Conflict(
            "too-late-to-offer", "That is too soon to wait for an answer. Book it, or choose a later time."
        )
    return until


@action
async def accept_offer(
    actor: Actor, *, appointment_id: UUID, version: int, quoted_cents: Cents, now: datetime
) -> int:
    """The guest takes the time: booked, at the price of this hour. Gives the new version.

    The price is asked for as of the moment of acceptance, for the group the guest is of then, as for
    anybody who books at that moment: a same-day price counts from its hour of that day on (DOMAIN.md §7.3).

    Raises:
        Gone: `hold-expired`.
        Conflict: `appointment-changed`, a status that does not allow it, or `price-changed`.
    """
    held = await still_held(actor, appointment_id, version, now)
    (wanted,) = await wanted_of([held])
    whose = await guest(held.guest_id)
    prices = await prices_of(actor, wanted, whose.group, starts_at=held.starts_at, booked_at=now)
    check_quoted(prices, quoted_cents)
    proven = await proof(whose.id, whose.group.code, local_date(held.starts_at, actor.zone)) is not None
    changes = {**price_columns(prices[0], whose.group, proven=proven), "booked_at": now}
    return await take_held(actor, held, changes, verb="accepted", reason="From the waitlist", now=now)


@action
async def decline_offer(
    actor: Actor, *, appointment_id: UUID, version: int, now: datetime, by_house: bool = False
) -> int:
    """The guest does not want the time, or the house takes it back; it goes on to the next.

    A time that was declined is not offered to the same guest again. Gives the appointment's new version.

    Raises:
        Gone: `hold-expired`.
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    return await release_offer(actor, appointment_id, version, "passed" if by_house else "declined", now)


async def release_offer(
    actor: Actor, appointment_id: UUID, version: int, outcome: Outcome, now: datetime
) -> int:
    """Free a time that was held for an offer, before it runs out."""
    held = await changeable(actor, appointment_id, version, Status.HELD)
    waits = await settle_offers([appointment_id], outcome, now)
    if not waits:
        raise Conflict("no-offer", "This time is held for a booking, not for the waitlist.")
    await fetch("UPDATE claim SET released = true, held_until = NULL WHERE appointment = $1", appointment_id)
    changes = {"status": Status.EXPIRED.value, "ended_at": now}
    words = "declined" if outcome == "declined" else "taken back"
    new_version = await change(actor, held, changes, verb=words, reason=None, now=now)
    for wait_id in waits:
        await _record(
            actor, f"{words} an offer" if outcome == "declined" else "took an offer back", wait_id, now
        )
    await announce(actor.location_id, TOPIC)
    return new_version


async def _record(actor: Actor, verb: str, wait_id: UUID, now: datetime, reason: str | None = None) -> None:
    await record(actor, verb=verb, subject_kind="wait", subject=wait_id, now=now, reason=reason)
