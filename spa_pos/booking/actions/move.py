"""Other times, other providers, other lengths."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.booking.actions.common import (
    Wanted,
    all_priced,
    change,
    changeable,
    check_bookable_instant,
    check_quoted,
    lock_day,
    override_of,
    price_columns,
    promise_add_ons,
    wanted_of,
    write_claims,
)
from spa_pos.booking.actions.notices import tell_guests
from spa_pos.booking.queries import Visit, needs_of_visit, party, prices_at, supplies, visit
from spa_pos.booking.rules import EXPECTED, HERE, Needs, Place, Slot, check_minutes, in_room, plan_at
from spa_pos.booking.rules.notices import Happened
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import known_group
from spa_pos.people.queries import proof


@dataclass(frozen=True, slots=True)
class MoveItem:
    """Another time for one appointment, at the price that was shown (add-ons included).

    Of one that is moved alone the room may be named; any suitable one is found otherwise.
    """

    appointment_id: UUID
    version: int
    provider_id: UUID
    starts_at: datetime
    quoted_cents: Cents
    room_number: int | None = None


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
    override_reason: str | None = None,
    room_number: int | None = None,
) -> int:
    """Move a visit to another time, provider or room; what it held is free. Gives the new version.

    Another hour of the same day keeps the price promised; another day is priced by what was known when it
    was booked, without a standby price (DOMAIN.md §7.3).

    Raises:
        Invalid: `time-unreadable`.
        NotFound: `resource-unknown`.
        Conflict: `appointment-changed`, a status that does not allow it, `room-unfit` or `room-taken` for
            the room that was named, and all that booking refuses.
    """
    item = MoveItem(appointment_id, version, provider_id, starts_at, quoted_cents, room_number)
    (new_version,) = await _move(actor, (item,), now=now, override_reason=override_reason)
    return new_version


@action
async def move_party(
    actor: Actor,
    *,
    party_id: UUID,
    items: Sequence[MoveItem],
    now: datetime,
    override_reason: str | None = None,
) -> list[int]:
    """Move the appointments of a party that are still to come, together. Gives their new versions.

    Raises:
        Conflict: `party-changed` when the items are not those still to come; what moving one refuses.
    """
    found = await party(party_id, actor.location_id)
    coming = {one.id for one in found.visits if one.status.is_expected}
    if coming != {item.appointment_id for item in items} or len(coming) != len(items):
        raise Conflict(
            "party-changed", "The party changed while this page was open. Look again, then move it."
        )
    return await _move(actor, items, now=now, override_reason=override_reason)


async def _move(
    actor: Actor, items: Sequence[MoveItem], *, now: datetime, override_reason: str | None
) -> list[int]:
    override_reason = override_of(actor, override_reason)
    days = {local_date(item.starts_at, actor.zone) for item in items}
    if len(days) != 1:
        raise Invalid("party-size", "Move all of them to one day.")
    (day,) = days
    for item in items:
        check_bookable_instant(item.starts_at, now)
    seen = [await visit(item.appointment_id, actor.location_id) for item in items]
    wanted = await wanted_of(seen)
    kinds = [kind for one in wanted for kind in one.needs.thing_kinds]
    guests = [one.guest_id for one in seen]
    await lock_day(actor, kinds, guests, [item.provider_id for item in items], day, now=now)
    current = [
        await changeable(actor, item.appointment_id, item.version, *EXPECTED)
        for item in sorted(items, key=lambda item: item.appointment_id)
    ]
    by_id = {one.id: one for one in current}
    visits = [by_id[item.appointment_id] for item in items]
    ids = [one.id for one in visits]
    ((_, supply),) = await supplies(actor.location_id, actor.zone, day, day, now=now, without=ids)
    needs = [
        needs_of_visit(one, want.service, want.add_ons) for one, want in zip(visits, wanted, strict=True)
    ]
    for need, item in zip(needs, items, strict=True):
        if item.room_number is not None:
            supply = in_room(supply, need, item.room_number, item.starts_at)
    plan = plan_at(
        [Place(need, item.provider_id, item.starts_at) for need, item in zip(needs, items, strict=True)],
        supply,
        now=now,
        may_pass_limits=override_reason is not None,
    )
    await fetch("DELETE FROM claim WHERE appointment = ANY($1)", ids)
    await write_claims(list(zip(ids, plan.slots, needs, strict=True)))
    await _step_aside(ids)
    versions = [
        await _move_one(actor, one, want, item, slot, override_reason, now)
        for one, want, item, slot in zip(visits, wanted, items, plan.slots, strict=True)
    ]
    elsewhen = [
        one.id for one, slot in zip(visits, plan.slots, strict=True) if one.starts_at != slot.starts_at
    ]
    if elsewhen:
        await tell_guests(actor, elsewhen, Happened.MOVED, now=now)
    return versions


async def _step_aside(ids: Sequence[UUID]) -> None:
    """Let a guest's visits pass one another: the guard looks at each row as it is written.

    For the moment they lie so long ago that none of the guest's visits can be there.
    """
    if len(ids) > 1:
        await fetch(
            "UPDATE appointment SET starts_at = starts_at - interval '400 years',"
            " ends_at = ends_at - interval '400 years' WHERE id = ANY($1)",
            list(ids),
        )


async def _move_one(
    actor: Actor,
    visit_now: Visit,
    wanted: Wanted,
    item: MoveItem,
    slot: Slot,
    override_reason: str | None,
    now: datetime,
) -> int:
    group = await known_group(visit_now.group)
    prices = all_priced(wanted, await prices_at(visit_now, group, item.starts_at, actor.zone))
    check_quoted(prices, item.quoted_cents)
    await promise_add_ons(visit_now.id, wanted, prices, now)
    proven = await proof(visit_now.guest_id, group.code, local_date(item.starts_at, actor.zone)) is not None
    changes = {
        "provider": item.provider_id,
        "room": slot.room.number,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "override_reason": override_reason,
        **price_columns(prices[0], group, proven=proven),
    }
    return await change(actor, visit_now, changes, verb="moved", reason=override_reason, now=now)


@action
async def resize_appointment(
    actor: Actor,
    *,
    appointment_id: UUID,
    version: int,
    minutes: int,
    now: datetime,
    override_reason: str | None = None,
) -> int:
    """Make a visit longer or shorter, at the same price. Gives the new version.

    A longer one keeps within its provider's hands-on limits, or has a manager's `override_reason`; a
    guest who is still to come is told of the new end.

    Raises:
        Invalid: `minutes-unreadable`.
        Conflict: `appointment-changed`, a status that does not allow it, and all that moving refuses.
    """
    check_minutes(minutes)
    override_reason = override_of(actor, override_reason)
    seen = await visit(appointment_id, actor.location_id)
    (wanted,) = await wanted_of([seen])
    await lock_visit(actor, seen, wanted.needs, now=now)
    visit_now = await changeable(actor, appointment_id, version, *EXPECTED, *HERE)
    needs = wanted.needs.lasting(minutes)
    grows = minutes > visit_now.duration_minutes
    (changes,) = await refit(
        actor,
        [Refit(visit_now, needs, visit_now.starts_at)],
        now=now,
        may_pass_limits=override_reason is not None or not grows,
    )
    reason = f"{minutes} min"
    if override_reason is not None:
        changes["override_reason"] = override_reason
        reason = f"{reason}; {override_reason}"
    verb = "lengthened" if grows else "shortened"
    new_version = await change(actor, visit_now, changes, verb=verb, reason=reason, now=now)
    if visit_now.status.is_expected and minutes != visit_now.duration_minutes:
        await tell_guests(actor, [appointment_id], Happened.MOVED, now=now)
    return new_version


async def lock_visit(actor: Actor, seen: Visit, needs: Needs, *, now: datetime) -> None:
    """Lock what a visit takes of its day."""
    day = local_date(seen.starts_at, actor.zone)
    await lock_day(actor, needs.thing_kinds, [seen.guest_id], [seen.provider_id], day, now=now)


@dataclass(frozen=True, slots=True)
class Refit:
    """A visit that is to have other claims on its day, with its provider."""

    visit: Visit
    needs: Needs
    starts_at: datetime


async def refit(
    actor: Actor, wanted: Sequence[Refit], *, now: datetime, may_pass_limits: bool
) -> list[dict[str, Any]]:
    """Give visits of one day other claims, all at once; gives the columns of each that change.

    They keep their rooms when those are free. A visit that has begun may begin in the past.

    Raises:
        Conflict: all that booking refuses but for times past.
    """
    day = local_date(wanted[0].starts_at, actor.zone)
    ids = [one.visit.id for one in wanted]
    ((_, supply),) = await supplies(actor.location_id, actor.zone, day, day, now=now, without=ids)
    own = {one.visit.room_number for one in wanted}
    things = tuple(sorted(supply.things, key=lambda thing: thing.number not in own))
    plan = plan_at(
        [Place(one.needs, one.visit.provider_id, one.starts_at) for one in wanted],
        replace(supply, things=things),
        now=min(now, *(one.starts_at for one in wanted)),
        may_pass_limits=may_pass_limits,
    )
    await fetch("DELETE FROM claim WHERE appointment = ANY($1)", ids)
    await write_claims(
        [(one.visit.id, slot, one.needs) for one, slot in zip(wanted, plan.slots, strict=True)]
    )
    return [
        {"room": slot.room.number, "starts_at": slot.starts_at, "ends_at": slot.ends_at}
        for slot in plan.slots
    ]
