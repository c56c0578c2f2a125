"""Booking online when a card comes first: the time is held for its guest, then booked with the card.

Nothing here refuses once money moved; what could be refused was refused when the guest went for the card.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.booking.actions.book import confirm_hold
from spa_pos.booking.actions.cards import ask_for_cards
from spa_pos.booking.queries.cards import still_asked
from spa_pos.booking.queries.online import OnlineView, online_booking
from spa_pos.booking.rules import Status
from spa_pos.booking.rules.online import ENDED, PAY_FOR
from spa_pos.db import action, fetch, fetch_one, fetch_value
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Gone, NotFound
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import agree_to_keep_card, remove_card
from spa_pos.payments.queries import card_setup
from spa_pos.payments.rules import Agreed
from spa_pos.people.actions.doors import was_right

A_MOMENT = timedelta(minutes=1)


async def hold_until(appointment_ids: Sequence[UUID], until: datetime) -> None:
    """Hold times until an instant, with all they claim; inside an action."""
    ids = list(appointment_ids)
    await fetch("UPDATE appointment SET held_until = $2 WHERE id = ANY($1)", ids, until)
    await fetch("UPDATE claim SET held_until = $2 WHERE appointment = ANY($1) AND NOT released", ids, until)


async def is_booked(booking_id: UUID) -> None:
    """The booking is done, and who it was typed for is forgotten; inside an action."""
    await fetch(
        "UPDATE online_booking SET status = 'booked', given_name = NULL, family_name = NULL, phone = NULL,"
        " email = NULL, code = NULL WHERE id = $1",
        booking_id,
    )


async def wait_for_card(actor: Actor, booking_id: UUID, now: datetime) -> bool:
    """Ask what the rules ask of a time that was handed to its guest; True when a card comes first.

    It is held for half an hour then, once: another card does not make it longer. Inside an action.
    """
    seen = await _booking(booking_id)
    await ask_for_cards(actor, [one.id for one in seen.in_order], now)
    if not (await still_asked(seen.in_order, actor.zone)).comes_first:
        return False
    if seen.pay_until is None:
        await fetch("UPDATE online_booking SET pay_until = $2 WHERE id = $1", booking_id, now + PAY_FOR)
        await hold_until([one.id for one in seen.visits], now + PAY_FOR)
    return True


async def take_held(actor: Actor, booking_id: UUID, now: datetime) -> None:
    """Book what a booking holds, however long it was held; inside an action."""
    seen = await _booking(booking_id)
    if (seen.first.held_until or now) <= now:
        await hold_until([one.id for one in seen.visits], now + A_MOMENT)
    for one in seen.visits:
        await confirm_hold(actor, appointment_id=one.id, version=one.version, now=now)
    await is_booked(booking_id)


@action
async def going_to_pay(*, booking_id: UUID, knock: int, now: datetime) -> OnlineView:
    """The booking whose guest gives a card now, locked, while its time is held; the try is counted.

    Raises:
        NotFound: `booking-unknown`. Conflict: `visit-booked`, `nothing-held`.
        Gone: `hold-expired`.
    """
    seen = await _booking(booking_id)
    if seen.is_booked:
        raise Conflict("visit-booked", "This visit is booked already.")
    if seen.pay_until is None:
        raise Conflict("nothing-held", "Choose a time first. Nothing is held for you.")
    if not seen.hold.left(now):
        raise Gone("hold-expired", ENDED)
    await fetch("UPDATE online_booking SET knock = $2 WHERE id = $1", booking_id, knock)
    return seen


@action
async def begin_kept_card(
    actor: Actor,
    *,
    booking_id: UUID,
    setup_id: UUID,
    place_name: str,
    seen_from: str | None,
    knock: int,
    now: datetime,
    agreed: Agreed | None = None,
) -> UUID | None:
    """The guest agrees to have a card kept for the time that is held; gives the try that lives.

    None when no card is asked for any more: then it is booked.

    Raises:
        NotFound: `booking-unknown`. Conflict: `visit-booked`, `nothing-held`. Gone: `hold-expired`.
    """
    seen = await going_to_pay(booking_id=booking_id, knock=knock, now=now)
    whose = (await still_asked(seen.in_order, actor.zone)).card_of
    if whose is None:
        await take_held(actor, booking_id, now)
        return None
    earlier = await card_setup(seen.setup_id) if seen.setup_id else None
    if earlier is not None and earlier.live and earlier.guest_id == whose:
        return earlier.id
    await agree_to_keep_card(
        actor,
        setup_id=setup_id,
        guest_id=whose,
        place_name=place_name,
        seen_from=seen_from,
        now=now,
        agreed=agreed,
    )
    await fetch("UPDATE online_booking SET setup = $2 WHERE id = $1", booking_id, setup_id)
    return setup_id


@action
async def book_kept(setup_id: UUID, now: datetime) -> None:
    """What payments calls, in its own transaction, when a card is kept: the visit it was asked for is booked.

    Without its time the card is not kept either. Cards that no booking waits for are none of ours.
    """
    row = await fetch_one(
        "SELECT id, location, status FROM online_booking WHERE setup = $1 FOR UPDATE", setup_id
    )
    kept = await card_setup(setup_id)
    if row is None or row["status"] == "booked" or kept is None:
        return
    where, seen = await place(row["location"]), await _booking(row["id"])
    actor = Actor("Online", Role.FRONT_DESK, where.id, where.zone)
    held = [one.guest_id for one in seen.visits if one.status is Status.HELD]
    if seen.pay_until is not None and len(held) == len(seen.visits) and kept.guest_id in held:
        await take_held(actor, seen.id, now)
        if seen.knock is not None:
            await was_right(seen.knock)
    else:
        await remove_card(actor, card_id=setup_id, guest_id=kept.guest_id, now=now)


@action
async def book_paid(actor: Actor, *, appointment_id: UUID, now: datetime) -> bool:
    """Book the time that a card was given for; False when it is held no longer, and nothing was changed."""
    booking_id = await fetch_value(
        "SELECT id FROM online_booking WHERE appointment = $1 FOR UPDATE", appointment_id
    )
    if booking_id is None:
        return False
    seen = await _booking(booking_id)
    if any(one.status is not Status.HELD for one in seen.visits):
        return False
    await take_held(actor, booking_id, now)
    return True


async def _booking(booking_id: UUID) -> OnlineView:
    seen = await online_booking(booking_id, for_update=True)
    if seen is None:
        raise NotFound("booking-unknown", "You have no booking under way. Begin again.")
    return seen
