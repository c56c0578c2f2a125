"""The day of the visit: confirmed, here, in service, done."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from spa_pos.booking.actions.common import (
    UNPROVEN_GROUP,
    change,
    changeable,
    price_columns,
    prices_of,
    promise_add_ons,
    wanted_of,
)
from spa_pos.booking.actions.move import Refit, lock_visit, refit
from spa_pos.booking.queries import Visit, visit
from spa_pos.booking.rules import (
    EXPECTED,
    HERE,
    SHORTEST,
    Needs,
    Status,
    check_may_check_in,
    check_status,
    late_arrival,
)
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import known_group, record_evidence
from spa_pos.people.queries import guest, proof

Proof = Literal["on_file", "seen", "not_shown"]
Late = Literal["as_booked", "shorten", "whole_time"]


@action
async def confirm_appointment(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """The guest says they will come. Gives the new version.

    Raises:
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    visit_now = await changeable(actor, appointment_id, version, Status.BOOKED)
    changes = {"status": Status.CONFIRMED.value, "confirmed_at": now}
    return await change(actor, visit_now, changes, verb="confirmed", reason=None, now=now)


@action
async def unconfirm_appointment(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """The guest has not said so after all: back to booked. Gives the new version.

    Raises:
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    visit_now = await changeable(actor, appointment_id, version, Status.CONFIRMED)
    changes = {"status": Status.BOOKED.value, "confirmed_at": None}
    return await change(actor, visit_now, changes, verb="undid the confirmation", reason=None, now=now)


@action
async def check_in(
    actor: Actor,
    *,
    appointment_id: UUID,
    version: int,
    proof_shown: Proof,
    now: datetime,
    late: Late = "as_booked",
) -> int:
    """The guest is here; the desk says whether the declared group was proven. Gives the new version.

    A group that is not proven is re-priced as a visitor, with the reason logged (DOMAIN.md §7.2).
    Who comes late gets what is left, or the whole time when what follows is free (§7.31); the price stays.

    Raises:
        Conflict: `appointment-changed`, a status that does not allow it, `not-today`, `not-late`,
            `proof-needed` when `on_file` was said and nothing is on file, `too-late` when less than
            five minutes are left, or what moving refuses when the whole time does not fit.
    """
    seen = await visit(appointment_id, actor.location_id)
    (wanted,) = await wanted_of([seen])
    if late != "as_booked":
        await lock_visit(actor, seen, wanted.needs, now=now)
    visit_now = await changeable(actor, appointment_id, version, *EXPECTED)
    check_may_check_in(visit_now.starts_at, now=now, zone=actor.zone)
    group = await known_group(visit_now.group)
    changes: dict[str, object] = {"status": Status.CHECKED_IN.value, "checked_in_at": now}
    reasons = []
    if proof_shown == "on_file" or not group.evidence:
        on_file = await proof(visit_now.guest_id, group.code, local_date(now, actor.zone))
        if group.evidence and on_file is None:
            raise Conflict("proof-needed", f"No proof is on file. Ask for: {group.evidence}.")
        changes["group_proven"] = True
    elif proof_shown == "seen":
        await record_evidence(actor, guest_id=visit_now.guest_id, group_code=group.code, now=now)
        changes["group_proven"] = True
        reasons.append(f"Seen: {group.evidence}")
    else:
        repriced, total = await _reprice(actor, visit_now, UNPROVEN_GROUP, proven=True, now=now)
        changes |= repriced
        reasons.append(f"{group.name} declared, not proven: {format_usd(total)} as a visitor")
    if late != "as_booked":
        fitted, how = await _come_late(actor, visit_now, wanted.needs, late, now)
        changes |= fitted
        reasons.append(how)
    return await change(
        actor, visit_now, changes, verb="checked in", reason="; ".join(reasons) or None, now=now
    )


async def _come_late(
    actor: Actor, visit_now: Visit, needs: Needs, late: Late, now: datetime
) -> tuple[dict[str, Any], str]:
    """What a late guest still gets; the columns that change, and how, in words."""
    arrival = late_arrival(visit_now.starts_at, visit_now.ends_at, now=now)
    if arrival is None:
        raise Conflict("not-late", "The guest is in time. Check them in as booked.")
    minutes = arrival.minutes_left if late == "shorten" else visit_now.duration_minutes
    if minutes < SHORTEST:
        raise Conflict(
            "too-late",
            f"Less than {SHORTEST} minutes are left of this visit. Give the whole time, or move it.",
        )
    wanted = Refit(visit_now, needs.lasting(minutes), arrival.begins_at)
    (changes,) = await refit(actor, [wanted], now=now, may_pass_limits=True)
    return changes, f"Late: {minutes} min from {arrival.begins_at.astimezone(actor.zone):%-I:%M %p}"


async def _reprice(
    actor: Actor, visit_now: Visit, group_code: str, *, proven: bool, now: datetime
) -> tuple[dict[str, object], Cents]:
    """What a visit costs another group, add-ons written; gives the columns that change, and the total."""
    group = await known_group(group_code)
    (wanted,) = await wanted_of([visit_now])
    prices = await prices_of(
        actor, wanted, group, starts_at=visit_now.starts_at, booked_at=visit_now.booked_at
    )
    await promise_add_ons(visit_now.id, wanted, prices, now)
    total = Cents(sum(price.price_cents for price in prices))
    return price_columns(prices[0], group, proven=proven), total


@action
async def undo_check_in(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """Back to booked, at the price promised: who was charged as a visitor is of their group again.

    A visit that was shortened stays so. Gives the new version.

    Raises:
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    visit_now = await changeable(actor, appointment_id, version, *HERE)
    whose = await guest(visit_now.guest_id)
    proven = await proof(whose.id, whose.group.code, local_date(visit_now.starts_at, actor.zone)) is not None
    before = Status.CONFIRMED if visit_now.confirmed_at else Status.BOOKED
    changes: dict[str, object] = {
        "status": before.value,
        "checked_in_at": None,
        "in_service_at": None,
        "group_proven": proven or not whose.group.evidence,
    }
    if visit_now.group != whose.group.code:
        repriced, _ = await _reprice(actor, visit_now, whose.group.code, proven=proven, now=now)
        changes |= repriced
    return await change(actor, visit_now, changes, verb="undid the check-in", reason=None, now=now)


@action
async def start_service(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """The provider has begun. Gives the new version.

    Raises:
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    visit_now = await changeable(actor, appointment_id, version, Status.CHECKED_IN)
    changes = {"status": Status.IN_SERVICE.value, "in_service_at": now}
    return await change(actor, visit_now, changes, verb="started", reason=None, now=now)


@action
async def undo_start(actor: Actor, *, appointment_id: UUID, version: int, now: datetime) -> int:
    """The provider has not begun after all: back to checked in. Gives the new version.

    Raises:
        Conflict: `appointment-changed`, or a status that does not allow it.
    """
    visit_now = await changeable(actor, appointment_id, version, Status.IN_SERVICE)
    changes = {"status": Status.CHECKED_IN.value, "in_service_at": None}
    return await change(actor, visit_now, changes, verb="undid the start", reason=None, now=now)


@action
async def complete_visit(actor: Actor, visit_now: Visit, *, now: datetime) -> None:
    """The visit is paid: done. Called by checkout in the transaction that settles the ticket.

    Raises:
        Conflict: a status that does not allow it.
    """
    check_status(visit_now.status, *HERE)
    changes = {"status": Status.DONE.value, "ended_at": now}
    await change(actor, visit_now, changes, verb="done", reason=None, now=now)
