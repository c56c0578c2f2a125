"""What guests do by the link in their messages: the rules of the desk, and those for booking online."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.common import change, changeable
from spa_pos.booking.actions.end import cancel_appointment, restore_appointment, restore_party
from spa_pos.booking.actions.move import MoveItem, move_appointment, move_party
from spa_pos.booking.actions.offers import accept_offer, decline_offer
from spa_pos.booking.actions.visit import confirm_appointment
from spa_pos.booking.queries import Visit, booking_window, cancel_reasons, policy, visit
from spa_pos.booking.queries.notices import told_of
from spa_pos.booking.queries.party_moves import elsewhen, times_together, together
from spa_pos.booking.queries.waitlist import offer_of
from spa_pos.booking.rules import EXPECTED, Status
from spa_pos.booking.rules.guests import (
    UNDO_FOR,
    check_late,
    check_may_move,
    clean_note,
    in_window,
    may_say_late,
)
from spa_pos.db import action, fetch, fetch_value, write_what_waits
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.queries import history

OTHER_REASON = "Guest cancelled online"
"""Why, when the guest names no reason that is free."""


@action
async def guest_confirms(actor: Actor, *, appointment_id: UUID, now: datetime) -> int:
    """The guest says by their link that they will be there, at every time of the visit that is to come.

    Said before, it is heard and changes nothing. Gives how many times were confirmed now.
    """
    (one,) = await told_of([appointment_id], for_update=True)
    booked = [each for each in one.times if each.status is Status.BOOKED and each.starts_at > now]
    for each in booked:
        await confirm_appointment(actor, appointment_id=each.id, version=each.version, now=now)
    return len(booked)


@action
async def guest_takes_offer(
    actor: Actor, *, appointment_id: UUID, version: int, quoted_cents: Cents, now: datetime
) -> int:
    """The guest takes a time that is held for them from the waitlist, at the price that was shown.

    Taken before, it is heard and changes nothing. Gives the version.

    Raises:
        Conflict: `offer-over` when it is held for them no longer, and what `accept_offer` refuses.
    """
    seen = await visit(appointment_id, actor.location_id, for_update=True)
    if seen.status in EXPECTED:
        return seen.version
    await _check_offered(seen, now)
    return await accept_offer(
        actor, appointment_id=appointment_id, version=version, quoted_cents=quoted_cents, now=now
    )


@action
async def guest_declines_offer(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """The guest does not want a time that is held for them; it goes on to the next. Gives the version.

    Raises:
        Conflict: `offer-over` when it is held for them no longer, and what `decline_offer` refuses.
    """
    seen = await visit(appointment_id, actor.location_id, for_update=True)
    await _check_offered(seen, now)
    return await decline_offer(actor, appointment_id=appointment_id, version=version, now=now)


async def _check_offered(seen: Visit, now: datetime) -> None:
    offered = await offer_of(seen.id) if seen.status is Status.HELD else None
    if offered is None or seen.held_until is None or seen.held_until <= now:
        raise Conflict(
            "offer-over", "This time is held for you no longer. Call us if you would like another one."
        )


@action
async def guest_moves(
    actor: Actor,
    *,
    appointment_id: UUID,
    version: int,
    provider_id: UUID,
    starts_at: datetime,
    quoted_cents: Cents,
    now: datetime,
) -> int:
    """The guest moves their visit to another time, at the price that was shown. Gives the new version.

    Raises:
        Conflict: `too-late-to-move`, `not-alone` for a visit booked with others, `time-not-offered`
            outside the window of booking online, and all that `move_appointment` refuses.
    """
    seen = await visit(appointment_id, actor.location_id)
    if seen.party_id is not None:
        raise Conflict("not-alone", "Your visit was booked together with others. Call us to move it.")
    if seen.status.is_expected:
        check_may_move(await policy(seen.policy_id), seen.starts_at, now=now)
    window = await booking_window(actor.location_id, seen.service_id, seen.group)
    if window is None or not in_window(starts_at, window.lead, window.horizon, now=now):
        raise Conflict("time-not-offered", "This time cannot be booked here. Choose one from the list.")
    return await move_appointment(
        actor,
        appointment_id=appointment_id,
        version=version,
        provider_id=provider_id,
        starts_at=starts_at,
        quoted_cents=quoted_cents,
        now=now,
    )


@action
async def guest_moves_party(
    actor: Actor, *, appointment_id: UUID, starts_at: datetime, seal: str, now: datetime
) -> list[int]:
    """The guest moves their visit and those booked together with it, to where `seal` says they saw it go.

    `starts_at` is when the first of them begins. Gives the new versions.

    Raises:
        Conflict: `not-online`, `too-late-to-move` or `not-all-move`; `time-not-offered` outside the window
            of booking online, `slot-taken`, `appointment-changed` when anything of it is not as it was
            shown, and all that `move_party` refuses.
    """
    of = await together(await visit(appointment_id, actor.location_id), now=now)
    if not any(in_window(starts_at, one.lead, one.horizon, now=now) for one in of.parts):
        raise Conflict("time-not-offered", "This time cannot be booked here. Choose one from the list.")
    day = local_date(starts_at, actor.zone)
    days, move = await times_together(of, actor.zone, day, day)
    plan = move.plans(days[day].supply()).get(starts_at)
    if plan is None and starts_at == min(one.starts_at for one in of.visits):
        raise Conflict("appointment-changed", "Your visit changed a moment ago. Look at it once more.")
    if plan is None:
        raise Conflict("slot-taken", "Somebody else took this time a moment ago. Choose another one.")
    there = await elsewhen(of, plan, actor.zone)
    if there.seal != seal:
        raise Conflict("appointment-changed", "Your visit changed a moment ago. Look at it once more.")
    items = [
        MoveItem(one.id, one.version, slot.provider.staff_id, slot.starts_at, price)
        for one, slot, price in zip(there.visits, plan.slots, there.prices, strict=True)
    ]
    return await move_party(actor, party_id=of.party_id, items=items, now=now)


@action
async def guest_cancels(
    actor: Actor,
    *,
    appointment_id: UUID,
    versions: Sequence[str],
    reason_code: str,
    quoted_cents: int,
    now: datetime,
) -> int:
    """The guest cancels every time of their visit that is to come, at the fee that was shown; gives it.

    `versions` are `id:version` of the times the guest saw; `reason_code` names a reason that is free of
    any fee, or is empty.

    Raises:
        Invalid: `reason-unknown`.
        Conflict: `appointment-changed`, `visit-over`, or `fee-changed` when it costs something else by now.
    """
    (one,) = await told_of([appointment_id], for_update=True)
    coming = [each for each in one.times if each.status.is_expected and each.starts_at > now]
    if not coming:
        raise Conflict("visit-over", "There is nothing left to cancel.")
    if sorted(versions) != sorted(f"{each.id}:{each.version}" for each in coming):
        raise Conflict("appointment-changed", "Your visit changed a moment ago. Look at it once more.")
    free = {each.code: each.name for each in await cancel_reasons() if each.fee_free and each.for_guests}
    if reason_code and reason_code not in free:
        raise Invalid("reason-unknown", "Choose a reason from the list.", field="reason")
    reason = free.get(reason_code, OTHER_REASON)
    for each in sorted(coming, key=lambda time: time.id):
        await cancel_appointment(actor, appointment_id=each.id, version=each.version, reason=reason, now=now)
    ended = [await visit(each.id, actor.location_id) for each in coming]
    fee = sum(each.fee_cents or 0 for each in ended)
    if fee != quoted_cents:
        raise Conflict("fee-changed", "What cancelling costs changed a moment ago. Look at it once more.")
    return fee


async def may_restore(seen: Visit, actor_name: str, *, now: datetime) -> bool:
    """True when the guest cancelled this themselves a moment ago and it is still to come."""
    if seen.status is not Status.CANCELLED or seen.ended_at is None or seen.starts_at <= now:
        return False
    if seen.ended_at + UNDO_FOR < now:
        return False
    last = [line for line in await history(seen.id) if line.verb == "cancelled"]
    return bool(last) and max(last, key=lambda line: line.made_at).who == actor_name


@action
async def guest_restores(actor: Actor, *, appointment_id: UUID, now: datetime) -> int:
    """The guest takes a cancellation back, while nobody else has the time. Gives how many stand again.

    Raises:
        Conflict: `too-late-to-undo`, and what `restore_appointment` refuses.
    """
    (one,) = await told_of([appointment_id])
    seen = [await visit(each.id, actor.location_id) for each in one.times]
    back = [each for each in seen if await may_restore(each, actor.name, now=now)]
    if not back:
        raise Conflict("too-late-to-undo", "This cannot be undone here any more. Call us, and we look.")
    if len(back) > 1 and back[0].party_id is not None:
        versions = {each.id: each.version for each in back}
        return len(await restore_party(actor, party_id=back[0].party_id, versions=versions, now=now))
    await restore_appointment(actor, appointment_id=back[0].id, version=back[0].version, now=now)
    return 1


@action
async def guest_notes(actor: Actor, *, appointment_id: UUID, note: str, now: datetime) -> str | None:
    """The guest leaves the desk a note to their visit, or takes it away; gives it as it is kept.

    Raises:
        Invalid: `note-too-long`.
        Conflict: a status that does not allow it.
    """
    kept = clean_note(note)
    seen = await visit(appointment_id, actor.location_id, for_update=True)
    if seen.guest_note == kept:
        return kept
    visit_now = await changeable(actor, appointment_id, seen.version, *EXPECTED)
    verb = "left a note" if kept else "took the note away"
    await change(actor, visit_now, {"guest_note": kept}, verb=verb, reason=None, now=now)
    return kept


@action
async def guest_is_late(actor: Actor, *, appointment_id: UUID, minutes: int, now: datetime) -> int:
    """The guest says that they come later; the desk sees it on the board at once. Gives the minutes.

    Raises:
        Invalid: `late-unreadable`.
        Conflict: `not-now` unless it is near the start of the visit.
    """
    check_late(minutes)
    seen = await visit(appointment_id, actor.location_id, for_update=True)
    if not may_say_late(seen.status, seen.starts_at, now=now):
        raise Conflict("not-now", "You can tell us this shortly before your visit. Call us if it is urgent.")
    if seen.late_minutes != minutes:
        changes = {"late_minutes": minutes, "late_told_at": now}
        await change(actor, seen, changes, verb="said they come later", reason=f"{minutes} min", now=now)
    return minutes


@action
async def forget_notes(appointment_ids: Sequence[UUID]) -> None:
    """Forget what a guest wrote to their visits, in the trail of changes too, and to the waitlist."""
    await write_what_waits()
    for one in appointment_ids:
        noted = await fetch(
            "SELECT 1 FROM audit_event WHERE subject = $1 AND (after ? $2 OR before ? $2)", one, "guest_note"
        )
        if noted:
            await fetch_value("SELECT set_config('spa.erasing', $1, true)", str(one))
            await fetch(
                'UPDATE audit_event SET "before" = "before" - $2::text, "after" = "after" - $2::text'
                " WHERE subject = $1",
                one,
                "guest_note",
            )
            await fetch_value("SELECT set_config('spa.erasing', '', true)")
    await fetch("UPDATE appointment SET guest_note = NULL WHERE id = ANY($1)", list(appointment_ids))
    await fetch(
        "UPDATE wait SET note = '' WHERE guest IN (SELECT guest FROM appointment WHERE id = ANY($1))",
        list(appointment_ids),
    )
