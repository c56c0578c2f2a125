"""Writing appointments: each verb one transaction, each act in the audit trail."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from piccolo.columns import Column

from spa_pos.booking.queries import Visit, needs_of, supplies, visit
from spa_pos.booking.rules import (
    Needs,
    Slot,
    Status,
    board_topic,
    check_may_check_in,
    check_status,
    check_version,
    slot_at,
)
from spa_pos.booking.tables import Appointment, Claim
from spa_pos.catalog.queries import MenuService, quotes, service
from spa_pos.catalog.rules import Quote
from spa_pos.db import action, announce, fetch, insert, insert_many, lock
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import known_group, record, record_evidence
from spa_pos.people.queries import Group, guest, proof

HORIZON = timedelta(days=366)
"""How far ahead the desk may book."""

UNPROVEN_GROUP = "visitor"
"""Who a guest is to us when the declared group is not proven."""

IN_VISIT = {"guest_group": "group", "provider": "provider_id", "room": "room_number"}
"""Columns of an appointment that a `Visit` names otherwise."""

Proof = Literal["on_file", "seen", "not_shown"]


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
) -> UUID:
    """Book a guest with a provider: the room and the machine are found here, the price is promised.

    Raises:
        NotFound: the guest or the service is unknown.
        Invalid: `time-unreadable` beyond the horizon.
        Conflict: `time-past`, `day-closed`, `provider-away`, `credential-missing`, `slot-taken`,
            `no-room`, `no-equipment`, `guest-already-booked`, or `price-changed` with the price as it is now.
    """
    _check_bookable_instant(starts_at, now)
    wanted = await service(service_id)
    whose = await guest(guest_id)
    proven = await proof(guest_id, whose.group.code, local_date(starts_at, actor.zone)) is not None
    day = local_date(starts_at, actor.zone)
    await _lock_day(actor, wanted, guest_id, provider_id, day)
    ((_, supply),) = await supplies(actor.location_id, actor.zone, day, day)
    needs = needs_of(wanted)
    slot = slot_at(needs, supply, provider=provider_id, starts_at=starts_at, now=now)
    price = await _quote(actor, wanted, whose.group, starts_at=starts_at, booked_at=now)
    _check_quoted(price, quoted_cents)
    values = {
        "guest": guest_id,
        "guest_number": whose.number,
        "service": service_id,
        "provider": provider_id,
        "room": slot.room.number,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "setup_minutes": wanted.setup_minutes,
        "turnover_minutes": wanted.turnover_minutes,
        **_price_columns(price, whose.group, proven=proven),
    }
    await insert(Appointment, id=appointment_id, location=actor.location_id, booked_at=now, **values)
    await _claim(appointment_id, slot, needs)
    await record(
        actor, verb="booked", subject_kind="appointment", subject=appointment_id, now=now, after=values
    )
    await _tell_boards(actor, starts_at)
    return appointment_id


def _check_bookable_instant(starts_at: datetime, now: datetime) -> None:
    if starts_at.second or starts_at.microsecond or starts_at > now + HORIZON:
        raise Invalid("time-unreadable", "Choose a time within the next twelve months.", field="starts_at")


def _check_quoted(price: Quote, quoted_cents: Cents) -> None:
    if price.price_cents != quoted_cents:
        raise Conflict(
            "price-changed",
            f"The price changed while this page was open: it is {format_usd(price.price_cents)} now."
            " Look again, then book.",
            price_cents=price.price_cents,
        )


async def _lock_day(actor: Actor, wanted: MenuService, guest_id: UUID, provider_id: UUID, day: date) -> None:
    """One booking at a time for a guest, and for what a service could take of a day."""
    kinds = [kind for kind in (wanted.room_kind, wanted.equipment_kind) if kind]
    things = [f"things:{actor.location_id}:{kind}:{day}" for kind in kinds]
    await lock(f"guest:{guest_id}", f"provider:{provider_id}:{day}", *things)


async def _quote(
    actor: Actor, wanted: MenuService, group: Group, *, starts_at: datetime, booked_at: datetime
) -> Quote:
    found = await quotes(
        actor.location_id, actor.zone, [wanted.id], group, starts_at=starts_at, booked_at=booked_at
    )
    if wanted.id not in found:
        raise Conflict("price-missing", f"{wanted.name} has no price yet. Ask a manager to set one.")
    return found[wanted.id]


def _price_columns(price: Quote, group: Group, *, proven: bool) -> dict[str, object]:
    return {
        "guest_group": group.code,
        "group_proven": proven or not group.evidence,
        "list_price_cents": price.list_cents,
        "price_cents": price.price_cents,
        "reduction_code": price.reduction_code,
        "reduction_name": price.reduction_name,
    }


async def _claim(appointment_id: UUID, slot: Slot, needs: Needs) -> None:
    numbers = [slot.provider.number, slot.room.number]
    if slot.equipment is not None:
        numbers.append(slot.equipment.number)
    await insert_many(
        Claim,
        [
            {
                "appointment": appointment_id,
                "resource_no": number,
                "starts_at": slot.starts_at - needs.before,
                "ends_at": slot.starts_at + needs.after,
            }
            for number in sorted(numbers)
        ],
    )


@action
async def move_appointment(
    actor: Actor,
    *,
    appointment_id: UUID,
    version: int,
    provider_id: UUID,
    starts_at: datetime,
    quoted_cents: Cents,
    now: datetime,
) -> int:
    """Move a booked visit to another time or provider; what it held is free. Gives the new version.

    The price is asked for again as of the hour of booking: another day loses a standby price
    (DOMAIN.md §7.3), another hour of the same day keeps it.

    Raises:
        Invalid: `time-unreadable`.
        Conflict: `appointment-changed`, a status that does not allow it, and all that booking refuses.
    """
    _check_bookable_instant(starts_at, now)
    seen = await visit(appointment_id, actor.location_id)
    wanted = await service(seen.service_id)
    day = local_date(starts_at, actor.zone)
    await _lock_day(actor, wanted, seen.guest_id, provider_id, day)
    visit_now = await _changeable(actor, appointment_id, version, Status.BOOKED)
    ((_, supply),) = await supplies(actor.location_id, actor.zone, day, day, without=appointment_id)
    needs = needs_of(wanted)
    slot = slot_at(needs, supply, provider=provider_id, starts_at=starts_at, now=now)
    group = await known_group(visit_now.group)
    price = await _quote(actor, wanted, group, starts_at=starts_at, booked_at=visit_now.booked_at)
    _check_quoted(price, quoted_cents)
    await fetch("DELETE FROM claim WHERE appointment = $1", appointment_id)
    await _claim(appointment_id, slot, needs)
    proven = await proof(visit_now.guest_id, group.code, day) is not None
    changes = {
        "provider": provider_id,
        "room": slot.room.number,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        **_price_columns(price, group, proven=proven),
    }
    return await _change(actor, visit_now, changes, verb="moved", reason=None, now=now)


@action
async def check_in(
    actor: Actor, *, appointment_id: UUID, version: int, proof_shown: Proof, now: datetime
) -> int:
    """The guest is here; the desk says whether the declared group was proven. Gives the new version.

    A group that is not proven is re-priced as a visitor, with the reason logged (DOMAIN.md §7.2).

    Raises:
        Conflict: `appointment-changed`, a status that does not allow it, `not-today`,
            or `proof-needed` when `on_file` was said and nothing is on file.
    """
    visit_now = await _changeable(actor, appointment_id, version, Status.BOOKED)
    check_may_check_in(visit_now.starts_at, now=now, zone=actor.zone)
    group = await known_group(visit_now.group)
    changes: dict[str, object] = {"status": Status.CHECKED_IN.value, "checked_in_at": now}
    reason = None
    if proof_shown == "on_file" or not group.evidence:
        on_file = await proof(visit_now.guest_id, group.code, local_date(now, actor.zone))
        if group.evidence and on_file is None:
            raise Conflict("proof-needed", f"No proof is on file. Ask for: {group.evidence}.")
        changes["group_proven"] = True
    elif proof_shown == "seen":
        await record_evidence(actor, guest_id=visit_now.guest_id, group_code=group.code, now=now)
        changes["group_proven"] = True
        reason = f"Seen: {group.evidence}"
    else:
        visitor = await known_group(UNPROVEN_GROUP)
        wanted = await service(visit_now.service_id)
        price = await _quote(
            actor, wanted, visitor, starts_at=visit_now.starts_at, booked_at=visit_now.booked_at
        )
        changes |= _price_columns(price, visitor, proven=True)
        reason = f"{group.name} declared, not proven: {format_usd(price.price_cents)} as a visitor"
    return await _change(actor, visit_now, changes, verb="checked in", reason=reason, now=now)


@action
async def undo_check_in(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """Back to booked, at the price promised: who was charged as a visitor is of their group again.

    Gives the new version.

    Raises:
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    visit_now = await _changeable(actor, appointment_id, version, Status.CHECKED_IN)
    whose = await guest(visit_now.guest_id)
    proven = await proof(whose.id, whose.group.code, local_date(visit_now.starts_at, actor.zone)) is not None
    changes: dict[str, object] = {
        "status": Status.BOOKED.value,
        "checked_in_at": None,
        "group_proven": proven or not whose.group.evidence,
    }
    if visit_now.group != whose.group.code:
        wanted = await service(visit_now.service_id)
        price = await _quote(
            actor, wanted, whose.group, starts_at=visit_now.starts_at, booked_at=visit_now.booked_at
        )
        changes |= _price_columns(price, whose.group, proven=proven)
    return await _change(actor, visit_now, changes, verb="undid the check-in", reason=None, now=now)


@action
async def cancel_appointment(
    actor: Actor, *, appointment_id: UUID, version: int, reason: str, now: datetime
) -> int:
    """Cancel a visit and free all it held. Gives the new version.

    Raises:
        Invalid: `reason-missing` or `reason-too-long`.
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    return await _end(
        actor, appointment_id, version, Status.CANCELLED, verb="cancelled", reason=_reason(reason), now=now
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
    return await _end(
        actor, appointment_id, version, Status.NO_SHOW, verb="marked as no-show", reason=None, now=now
    )


@action
async def restore_appointment(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """Undo a cancellation or a no-show, while nobody else has the time. Gives the new version.

    Raises:
        Conflict: `slot-taken` when somebody has, `guest-already-booked`, `appointment-changed`,
            or a status that does not allow it.
    """
    seen = await visit(appointment_id, actor.location_id)
    day = local_date(seen.starts_at, actor.zone)
    await _lock_day(actor, await service(seen.service_id), seen.guest_id, seen.provider_id, day)
    visit_now = await _changeable(actor, appointment_id, version, Status.CANCELLED, Status.NO_SHOW)
    await fetch("UPDATE claim SET released = false WHERE appointment = $1", appointment_id)
    changes = {"status": Status.BOOKED.value, "ended_at": None, "end_reason": None}
    return await _change(actor, visit_now, changes, verb="restored", reason=None, now=now)


@action
async def complete_appointment(actor: Actor, *, appointment_id: UUID, now: datetime) -> None:
    """The visit is paid: done. Called by checkout in the transaction that settles the ticket.

    Raises:
        Conflict: a status that does not allow it.
    """
    visit_now = await visit(appointment_id, actor.location_id, for_update=True)
    check_status(visit_now.status, Status.CHECKED_IN)
    changes = {"status": Status.DONE.value, "ended_at": now}
    await _change(actor, visit_now, changes, verb="done", reason=None, now=now)


async def _changeable(actor: Actor, appointment_id: UUID, version: int, *allowed: Status) -> Visit:
    visit_now = await visit(appointment_id, actor.location_id, for_update=True)
    check_status(visit_now.status, *allowed)
    check_version(visit_now.version, version)
    return visit_now


async def _end(
    actor: Actor,
    appointment_id: UUID,
    version: int,
    status: Status,
    *,
    verb: str,
    reason: str | None,
    now: datetime,
) -> int:
    visit_now = await _changeable(actor, appointment_id, version, Status.BOOKED)
    await fetch("UPDATE claim SET released = true WHERE appointment = $1", appointment_id)
    changes = {"status": status.value, "ended_at": now, "end_reason": reason}
    return await _change(actor, visit_now, changes, verb=verb, reason=reason, now=now)


async def _change(
    actor: Actor,
    visit_now: Visit,
    changes: Mapping[str, Any],
    *,
    verb: str,
    reason: str | None,
    now: datetime,
) -> int:
    before = {name: getattr(visit_now, IN_VISIT.get(name, name)) for name in changes}
    version = visit_now.version + 1
    columns: dict[Column | str, Any] = {"version": version}
    columns.update(changes.items())
    await Appointment.update(columns).where(Appointment.id == visit_now.id)
    await record(
        actor,
        verb=verb,
        subject_kind="appointment",
        subject=visit_now.id,
        now=now,
        before=before,
        after=changes,
        reason=reason,
    )
    await _tell_boards(actor, visit_now.starts_at, changes.get("starts_at", visit_now.starts_at))
    return version


async def _tell_boards(actor: Actor, *starts: datetime) -> None:
    days = {local_date(starts_at, actor.zone) for starts_at in starts}
    await announce(actor.location_id, *(board_topic(day) for day in sorted(days)))


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise Invalid("reason-missing", "Say why, so that others understand it later.", field="reason")
    if len(reason) > 200:
        raise Invalid("reason-too-long", "A reason may have 200 letters at most.", field="reason")
    return reason
