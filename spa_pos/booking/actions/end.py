"""Visits that do not happen, and the way back."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.common import change, changeable, lock_day, reason_of, wanted_of
from spa_pos.booking.actions.move import lock_visit
from spa_pos.booking.actions.notices import tell_guests
from spa_pos.booking.queries import cancel_reasons, party, policy, visit
from spa_pos.booking.rules import (
    ENDED,
    EXPECTED,
    FeeQuote,
    Status,
    quote_cancellation,
    quote_no_show,
)
from spa_pos.booking.rules.notices import Happened
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.time import local_date


@action
async def cancel_appointment(
    actor: Actor, *, appointment_id: UUID, version: int, reason: str, now: datetime
) -> int:
    """Cancel a visit, free all it held and quote the fee of its policy. Gives the new version.

    Raises:
        Invalid: `reason-missing` or `reason-too-long`.
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    new_version = await _cancel(actor, appointment_id, version, reason_of(reason), now)
    await tell_guests(actor, [appointment_id], Happened.CANCELLED, now=now)
    return new_version


@action
async def cancel_party(
    actor: Actor, *, party_id: UUID, versions: Mapping[UUID, int], reason: str, now: datetime
) -> dict[UUID, int]:
    """Cancel all of a party that is still to come. Gives the new versions.

    Raises:
        Invalid: `reason-missing` or `reason-too-long`.
        Conflict: `party-changed` when others are still to come than were seen; `appointment-changed`.
    """
    why = reason_of(reason)
    found = await party(party_id, actor.location_id, for_update=True)
    coming = [one.id for one in found.visits if one.status.is_expected]
    if not coming or set(coming) != set(versions):
        raise Conflict(
            "party-changed", "The party changed while this page was open. Look again, then cancel."
        )
    new_versions = {one: await _cancel(actor, one, versions[one], why, now) for one in sorted(coming)}
    await tell_guests(actor, coming, Happened.CANCELLED, now=now)
    return new_versions


async def _cancel(actor: Actor, appointment_id: UUID, version: int, reason: str, now: datetime) -> int:
    seen = await visit(appointment_id, actor.location_id)
    free = next((one.name for one in await cancel_reasons() if one.fee_free and one.name == reason), None)
    fee = quote_cancellation(
        await policy(seen.policy_id), seen.total_cents, starts_at=seen.starts_at, now=now, fee_free=free
    )
    return await _end(
        actor, appointment_id, version, Status.CANCELLED, fee, verb="cancelled", reason=reason, now=now
    )


@action
async def mark_no_show(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """The guest did not come; what the visit held is free. Gives the new version.

    Raises:
        Conflict: `appointment-changed`, `not-yet` before the start, or a status that does not allow it.
    """
    seen = await visit(appointment_id, actor.location_id)
    if now < seen.starts_at:
        raise Conflict("not-yet", "The visit has not begun. Cancel it instead, or wait for the guest.")
    fee = quote_no_show(await policy(seen.policy_id), seen.total_cents)
    return await _end(
        actor, appointment_id, version, Status.NO_SHOW, fee, verb="marked as no-show", reason=None, now=now
    )


async def _end(
    actor: Actor,
    appointment_id: UUID,
    version: int,
    status: Status,
    fee: FeeQuote,
    *,
    verb: str,
    reason: str | None,
    now: datetime,
) -> int:
    visit_now = await changeable(actor, appointment_id, version, *EXPECTED)
    await fetch("UPDATE claim SET released = true WHERE appointment = $1", appointment_id)
    changes = {
        "status": status.value,
        "ended_at": now,
        "end_reason": reason,
        "fee_cents": fee.fee_cents,
        "fee_reason": fee.reason,
    }
    return await change(actor, visit_now, changes, verb=verb, reason=reason, now=now)


@action
async def waive_fee(actor: Actor, *, appointment_id: UUID, reason: str, now: datetime) -> None:
    """Let a guest off the fee that was quoted when their visit ended; the reason stays on the visit.

    Raises:
        Invalid: `reason-missing`.
        NotFound: `appointment-unknown`.
        Conflict: `no-fee`.
    """
    why = " ".join(reason.split())[:100]
    if not why:
        raise Invalid("reason-missing", "Say why the guest need not pay it.", field="reason")
    found = await visit(appointment_id, actor.location_id, for_update=True)
    if not found.fee_cents:
        raise Conflict("no-fee", "There is no fee to waive for this visit.")
    changes = {"fee_cents": 0, "fee_reason": f"Fee waived: {why}"}
    await change(actor, found, changes, verb="waived the fee", reason=why, now=now)


@action
async def restore_appointment(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """Undo a cancellation or a no-show, while nobody else has the time. Gives the new version.

    Raises:
        Conflict: `slot-taken` when somebody has, `guest-already-booked`, `appointment-changed`,
            or a status that does not allow it.
    """
    new_version = await _restore(actor, appointment_id, version, now)
    await tell_guests(actor, [appointment_id], Happened.RESTORED, now=now)
    return new_version


@action
async def restore_party(
    actor: Actor, *, party_id: UUID, versions: Mapping[UUID, int], now: datetime
) -> dict[UUID, int]:
    """Undo the cancellation of visits of a party: all of them or none. Gives the new versions.

    Raises:
        Conflict: `party-changed` for a visit that is not of the party; what `restore_appointment` refuses.
    """
    found = await party(party_id, actor.location_id)
    ended = [one for one in found.visits if one.id in versions]
    if not versions or len(ended) != len(versions):
        raise Conflict("party-changed", "These visits are not one party. Look again, then restore them.")
    day = local_date(ended[0].starts_at, actor.zone)
    kinds = [kind for one in await wanted_of(ended) for kind in one.needs.thing_kinds]
    await lock_day(
        actor, kinds, [one.guest_id for one in ended], [one.provider_id for one in ended], day, now=now
    )
    new_versions = {
        one: await _restore(actor, one, versions[one], now, lock=False) for one in sorted(versions)
    }
    await tell_guests(actor, list(versions), Happened.RESTORED, now=now)
    return new_versions


async def _restore(
    actor: Actor, appointment_id: UUID, version: int, now: datetime, *, lock: bool = True
) -> int:
    if lock:
        seen = await visit(appointment_id, actor.location_id)
        (wanted,) = await wanted_of([seen])
        await lock_visit(actor, seen, wanted.needs, now=now)
    visit_now = await changeable(actor, appointment_id, version, *ENDED)
    await fetch("UPDATE claim SET released = false WHERE appointment = $1", appointment_id)
    before = Status.CONFIRMED if visit_now.confirmed_at else Status.BOOKED
    changes = {
        "status": before.value,
        "ended_at": None,
        "end_reason": None,
        "fee_cents": None,
        "fee_reason": None,
    }
    return await change(actor, visit_now, changes, verb="restored", reason=None, now=now)
