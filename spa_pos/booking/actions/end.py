"""Visits that do not happen, and the way back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.booking.actions.common import (
    change,
    changeable,
    lock_day,
    override_of,
    reason_of,
    wanted_of,
)
from spa_pos.booking.actions.move import Refit, refit
from spa_pos.booking.actions.notices import tell_guests
from spa_pos.booking.queries import cancel_reasons, needs_of_visit, party, policy, visit
from spa_pos.booking.rules import (
    ENDED,
    EXPECTED,
    FeeQuote,
    Status,
    check_may_undo_booking,
    missed_from,
    quote_cancellation,
    quote_no_show,
)
from spa_pos.booking.rules.notices import Happened
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.queries import history


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


@action
async def undo_booking(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """Take a booking back as if it had never been: no fee, whatever the policy. Gives the new version.

    Raises:
        Conflict: `booking-stands` for all but who booked, and half an hour later; `appointment-changed`,
            or a status that does not allow it.
    """
    new_version = await _undo_booking(actor, appointment_id, version, now)
    await tell_guests(actor, [appointment_id], Happened.CANCELLED, now=now)
    return new_version


@action
async def undo_party_booking(
    actor: Actor, *, party_id: UUID, versions: Mapping[UUID, int], now: datetime
) -> dict[UUID, int]:
    """Take the booking of a party back, all of it. Gives the new versions.

    Raises:
        Conflict: `party-changed` unless all of it was seen; what `undo_booking` refuses.
    """
    found = await party(party_id, actor.location_id, for_update=True)
    if {one.id for one in found.visits} != set(versions):
        raise Conflict("party-changed", "The party changed while this page was open. Look again.")
    new_versions = {one: await _undo_booking(actor, one, versions[one], now) for one in sorted(versions)}
    await tell_guests(actor, sorted(versions), Happened.CANCELLED, now=now)
    return new_versions


async def _undo_booking(actor: Actor, appointment_id: UUID, version: int, now: datetime) -> int:
    booked = [line for line in await history(appointment_id) if line.verb == "booked"]
    if booked:
        check_may_undo_booking(booked[-1].who, booked[-1].made_at, actor.name, now=now)
    fee = FeeQuote(Cents(0), "No fee: the booking was undone")
    return await _end(
        actor,
        appointment_id,
        version,
        Status.CANCELLED,
        fee,
        verb="undid the booking",
        reason="Booked by mistake",
        now=now,
    )


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
        Conflict: `appointment-changed`, `not-yet` before the start and the grace minutes of the policy it
            was booked under, or a status that does not allow it.
    """
    seen = await visit(appointment_id, actor.location_id)
    agreed = await policy(seen.policy_id)
    counts_from = missed_from(agreed, seen.starts_at)
    if now < counts_from:
        until = counts_from.astimezone(actor.zone)
        raise Conflict(
            "not-yet",
            f"Wait for the guest until {until:%-I:%M %p} on {until:%A %-d %B}, or cancel the visit instead.",
        )
    fee = quote_no_show(agreed, seen.total_cents)
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
async def restore_appointment(
    actor: Actor, *, appointment_id: UUID, version: int, now: datetime, override_reason: str | None = None
) -> int:
    """Undo a cancellation or a no-show, while it could be booked as it was. Gives the new version.

    Hands-on limits are passed with a manager's `override_reason`, or by one that stands on the visit.

    Raises:
        Conflict: what stands in the way, as booking says it, but for times past; `appointment-changed`,
            or a status that does not allow it.
    """
    new_versions = await _restore(actor, {appointment_id: version}, override_reason, now)
    return new_versions[appointment_id]


@action
async def restore_party(
    actor: Actor,
    *,
    party_id: UUID,
    versions: Mapping[UUID, int],
    now: datetime,
    override_reason: str | None = None,
) -> dict[UUID, int]:
    """Undo the cancellation of visits of a party: all of them or none. Gives the new versions.

    Raises:
        Conflict: `party-changed` for a visit that is not of the party; what `restore_appointment` refuses.
    """
    found = await party(party_id, actor.location_id)
    if not versions or not set(versions) <= {one.id for one in found.visits}:
        raise Conflict("party-changed", "These visits are not one party. Look again, then restore them.")
    return await _restore(actor, versions, override_reason, now)


async def _restore(
    actor: Actor, versions: Mapping[UUID, int], override_reason: str | None, now: datetime
) -> dict[UUID, int]:
    override_reason = override_of(actor, override_reason)
    seen = [await visit(each, actor.location_id) for each in sorted(versions)]
    wanted = {one.id: want for one, want in zip(seen, await wanted_of(seen), strict=True)}
    kinds = [kind for one in wanted.values() for kind in one.needs.thing_kinds]
    days = {local_date(one.starts_at, actor.zone) for one in seen}
    guests, providers = [one.guest_id for one in seen], [one.provider_id for one in seen]
    await lock_day(actor, kinds, guests, providers, *days, now=now)
    visits = [await changeable(actor, one, versions[one], *ENDED) for one in sorted(versions)]
    new_versions: dict[UUID, int] = {}
    for day in sorted(days):
        ended = [
            Refit(one, needs_of_visit(one, wanted[one.id].service, wanted[one.id].add_ons), one.starts_at)
            for one in visits
            if local_date(one.starts_at, actor.zone) == day
        ]
        new_versions |= await _restore_day(actor, ended, override_reason, now)
    await tell_guests(actor, sorted(versions), Happened.RESTORED, now=now)
    return new_versions


async def _restore_day(
    actor: Actor, ended: Sequence[Refit], override_reason: str | None, now: datetime
) -> dict[UUID, int]:
    visits = [each.visit for each in ended]
    allowed = override_reason is not None or all(one.override_reason for one in visits)
    try:
        fitted = await refit(actor, ended, now=now, may_pass_limits=allowed)
    except Conflict as problem:
        sentence = f"It cannot be restored as it was. {problem.sentence}"
        raise Conflict(problem.code, sentence, **problem.facts) from problem
    new_versions = {}
    for one, fits in zip(visits, fitted, strict=True):
        changes = {
            "status": (Status.CONFIRMED if one.confirmed_at else Status.BOOKED).value,
            "ended_at": None,
            "end_reason": None,
            "fee_cents": None,
            "fee_reason": None,
            "room": fits["room"],
            "override_reason": override_reason or one.override_reason,
        }
        new_versions[one.id] = await change(
            actor, one, changes, verb="restored", reason=override_reason, now=now
        )
    return new_versions
