"""Rooms, stations and machines: how many there are, and when one cannot be used."""

from datetime import datetime
from typing import Any
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, insert, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Gone, Invalid, NotFound
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import need_role, record
from spa_pos.schedule.actions.common import tell_days, tell_period, today_of, words_of
from spa_pos.schedule.queries import things
from spa_pos.schedule.rules import check_period
from spa_pos.schedule.tables import Resource, ResourceOut

MOST_OF_A_KIND = 40


async def _thing(actor: Actor, number: int) -> Any:
    row = None
    if 0 < number < 2**31:
        row = await fetch_one(
            "SELECT number, kind, name, active FROM resource"
            " WHERE number = $1 AND location = $2 AND staff IS NULL",
            number,
            actor.location_id,
        )
    if row is None:
        raise NotFound("resource-unknown", "There is no such room or machine here. Go back to the list.")
    return row


async def _recorded(actor: Actor, verb: str, number: int, now: datetime, **after: object) -> None:
    await record(
        actor, verb=verb, subject_kind="resource", subject=UUID(int=number), now=now, after=after or None
    )


@action
async def put_out_of_use(
    actor: Actor,
    *,
    out_id: UUID,
    resource_no: int,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    now: datetime,
) -> UUID:
    """A room, a station or a machine cannot be used between two instants.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `resource-unknown`.
        Invalid: `ends-before-start`, `date-past`, `date-far-off`, `reason-missing` or `reason-too-long`.
    """
    need_role(actor, Role.MANAGER)
    thing = await _thing(actor, resource_no)
    check_period(starts_at, ends_at, now=now)
    why = words_of(reason, "what is wrong with it")
    values = {"resource_no": thing["number"], "starts_at": starts_at, "ends_at": ends_at, "reason": why}
    await insert(ResourceOut, id=out_id, **values)
    await _recorded(actor, "put out of use", resource_no, now, **values)
    await tell_period(actor, starts_at, ends_at)
    return out_id


@action
async def bring_back(actor: Actor, *, out_id: UUID, now: datetime) -> None:
    """A room, a station or a machine can be used again; what is out now is back from now on.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `out-unknown`.
        Gone: `out-over`.
    """
    need_role(actor, Role.MANAGER)
    row = await fetch_one(
        "SELECT o.* FROM resource_out o JOIN resource r ON r.number = o.resource_no"
        " WHERE o.id = $1 AND r.location = $2 FOR UPDATE OF o",
        out_id,
        actor.location_id,
    )
    if row is None:
        raise NotFound("out-unknown", "It is in use already. Nothing was changed.")
    if row["ends_at"] <= now:
        raise Gone("out-over", "That is over; the past stays as it was.")
    if row["starts_at"] < now:
        await fetch("UPDATE resource_out SET ends_at = $2 WHERE id = $1", out_id, now)
    else:
        await fetch("DELETE FROM resource_out WHERE id = $1", out_id)
    await _recorded(actor, "brought back", row["resource_no"], now)
    await tell_period(actor, max(row["starts_at"], now), row["ends_at"])


@action
async def add_resource(actor: Actor, *, kind: str, name: str, now: datetime) -> int:
    """One more room, station or machine of a kind that is here or that a service asks for. Gives its number.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `kind-unknown`, `reason-missing`, `reason-too-long` or `too-many`.
        Conflict: `name-taken`.
    """
    need_role(actor, Role.MANAGER)
    called = words_of(name, "a name", most=60, field="name")
    await lock(f"resources:{actor.location_id}")
    there = await things(actor.location_id)
    if kind not in {one.kind for one in there}:
        raise Invalid("kind-unknown", "Choose a kind from the list.", field="kind")
    if any(one.name.lower() == called.lower() for one in there):
        raise Conflict("name-taken", f"There is a {called} already. Choose another name.", field="name")
    if sum(one.kind == kind and one.active for one in there) >= MOST_OF_A_KIND:
        raise Invalid("too-many", f"There may be {MOST_OF_A_KIND} of a kind at most.", field="kind")
    number = int(await insert(Resource, location=actor.location_id, kind=kind, name=called))
    await _recorded(actor, "added", number, now, kind=kind, name=called)
    await tell_days(actor, today_of(actor, now))
    return number


@action
async def retire_resource(actor: Actor, *, resource_no: int, now: datetime) -> None:
    """A room, a station or a machine is not used any more.

    What is booked in it is minded above: `booking` refuses this while there is any.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `resource-unknown`.
        Conflict: `resource-retired`.
    """
    need_role(actor, Role.MANAGER)
    thing = await _thing(actor, resource_no)
    if not thing["active"]:
        raise Conflict("resource-retired", f"{thing['name']} is retired already. Nothing was changed.")
    await fetch("UPDATE resource SET active = false WHERE number = $1", resource_no)
    await _recorded(actor, "retired", resource_no, now)
    await tell_days(actor, local_date(now, actor.zone))


@action
async def reinstate_resource(actor: Actor, *, resource_no: int, now: datetime) -> None:
    """A retired room, station or machine is used again.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `resource-unknown`.
    """
    need_role(actor, Role.MANAGER)
    await _thing(actor, resource_no)
    await fetch("UPDATE resource SET active = true WHERE number = $1", resource_no)
    await _recorded(actor, "reinstated", resource_no, now)
    await tell_days(actor, local_date(now, actor.zone))
