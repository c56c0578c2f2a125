"""Waiting for a service to become free: asked for, changed, withdrawn; and the rules of the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from spa_pos.booking.actions.common import wanted_services
from spa_pos.booking.actions.offers import release_offer
from spa_pos.booking.queries.waitlist import TOPIC, WaitView, open_offers, wait, waitlist_rules
from spa_pos.booking.rules import check_version
from spa_pos.booking.rules.triage import WaitStatus, check_wait
from spa_pos.booking.tables import TriageWeight, Wait, WaitWindow
from spa_pos.db import action, announce, fetch, fetch_one, insert, insert_many
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import need_role, record
from spa_pos.people.queries import guest
from spa_pos.schedule.rules import Span

MOST_REASONS = 15
MOST_POINTS = 1000


@dataclass(frozen=True, slots=True)
class WaitAsk:
    """What a guest waits for; `windows` are local hours, `leaves_on` their last day in town."""

    service_id: UUID
    first_day: date
    last_day: date
    windows: tuple[Span, ...] = ()
    provider_wish: str = "any"
    provider_id: UUID | None = None
    reason: str = "none"
    severity: int = 0
    leaves_on: date | None = None
    note: str = ""


@action
async def add_wait(actor: Actor, *, wait_id: UUID, guest_id: UUID, asked: WaitAsk, now: datetime) -> UUID:
    """Put a guest on the waitlist, as of the group they are now.

    Raises:
        NotFound: the guest or the service is unknown.
        Invalid: the days, the hours, the reason or the provider cannot be meant.
        Conflict: `already-waiting` for the same service.
    """
    whose = await guest(guest_id)
    values = await _values(actor, asked, now)
    group = whose.group.code
    await insert(
        Wait,
        id=wait_id,
        location=actor.location_id,
        guest=guest_id,
        guest_group=group,
        asked_at=now,
        **values,
    )
    await _write_windows(wait_id, asked.windows, now)
    after = values | {"guest": guest_id, "guest_group": group, "windows": asked.windows}
    await _record(actor, "added to the waitlist", wait_id, now, after=after)
    await announce(actor.location_id, TOPIC)
    return wait_id


@action
async def change_wait(actor: Actor, *, wait_id: UUID, version: int, asked: WaitAsk, now: datetime) -> int:
    """Change what a guest waits for; since when they wait stays. Gives the new version.

    Raises:
        NotFound: `wait-unknown`, or the service is.
        Invalid: the days, the hours, the reason or the provider cannot be meant.
        Conflict: `appointment-changed`, `wait-offered`, `wait-over`, or `already-waiting`.
    """
    seen = await changeable_wait(actor, wait_id, version, WaitStatus.WAITING)
    values = await _values(actor, asked, now)
    columns: dict[Column | str, Any] = {"version": version + 1}
    columns.update(values)
    await Wait.update(columns).where(Wait.id == wait_id)
    await fetch("DELETE FROM wait_window WHERE wait = $1", wait_id)
    await _write_windows(wait_id, asked.windows, now)
    before = _state(seen)
    after = values | {"windows": asked.windows}
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    await _record(
        actor,
        "changed on the waitlist",
        wait_id,
        now,
        before={name: before.get(name) for name in changed},
        after=changed,
    )
    await announce(actor.location_id, TOPIC)
    return version + 1


@action
async def withdraw_wait(actor: Actor, *, wait_id: UUID, version: int, now: datetime) -> int:
    """The guest waits no longer; a time held for them is free again. Gives the new version.

    Raises:
        NotFound: `wait-unknown`.
        Conflict: `appointment-changed`, or `wait-over`.
    """
    held = (await open_offers([wait_id])).get(wait_id)
    if held is not None:
        await release_offer(actor, held.appointment_id, held.appointment_version, "passed", now)
        version += 1
    await changeable_wait(actor, wait_id, version, WaitStatus.WAITING)
    return await _set(actor, wait_id, version, WaitStatus.WITHDRAWN, now, "withdrew from the waitlist")


@action
async def restore_wait(actor: Actor, *, wait_id: UUID, version: int, now: datetime) -> int:
    """Undo a withdrawal: the guest waits again, since they first asked. Gives the new version.

    Raises:
        NotFound: `wait-unknown`.
        Conflict: `appointment-changed`, `wait-over`, or `already-waiting`.
    """
    await changeable_wait(actor, wait_id, version, WaitStatus.WITHDRAWN)
    return await _set(actor, wait_id, version, WaitStatus.WAITING, now, "waits again")


@action
async def end_waits(actor: Actor, *, now: datetime) -> list[UUID]:
    """End what nobody can wait for any more: the last day is over, or the guest has left."""
    rows = await fetch(
        "UPDATE wait SET status = 'ended', ended_at = $3, version = version + 1 WHERE location = $1"
        " AND status = 'waiting' AND least(last_day, leaves_on) < $2 RETURNING id",
        actor.location_id,
        local_date(now, actor.zone),
        now,
    )
    for row in rows:
        await _record(actor, "ended on the waitlist", row["id"], now)
    return [row["id"] for row in rows]


async def changeable_wait(actor: Actor, wait_id: UUID, version: int, *allowed: WaitStatus) -> WaitView:
    """The entry, locked, when it stands where a step may follow and is as the person saw it.

    Raises:
        NotFound: `wait-unknown`.
        Conflict: `wait-offered`, `wait-over`, or `appointment-changed`.
    """
    seen = await wait(wait_id, actor.location_id, for_update=True)
    if seen.status not in allowed:
        if seen.status is WaitStatus.OFFERED:
            raise Conflict("wait-offered", "A time is held for this guest. Take the offer back first.")
        raise Conflict("wait-over", f"This entry is {seen.status.value} already. Nothing was changed.")
    check_version(seen.version, version, "this entry")
    return seen


async def _set(
    actor: Actor, wait_id: UUID, version: int, status: WaitStatus, now: datetime, verb: str
) -> int:
    await fetch(
        "UPDATE wait SET status = $2, ended_at = $3, version = version + 1 WHERE id = $1",
        wait_id,
        status.value,
        None if status.is_open else now,
    )
    await _record(actor, verb, wait_id, now)
    await announce(actor.location_id, TOPIC)
    return version + 1


async def _values(actor: Actor, asked: WaitAsk, now: datetime) -> dict[str, Any]:
    """The columns of what is asked for, checked."""
    note = " ".join(asked.note.split())
    check_wait(
        first_day=asked.first_day,
        last_day=asked.last_day,
        leaves_on=asked.leaves_on,
        severity=asked.severity,
        windows=asked.windows,
        note=note,
        today=local_date(now, actor.zone),
    )
    await wanted_services([(asked.service_id, ())])
    rules = await waitlist_rules(actor.location_id)
    if asked.reason not in {row.code for row in rules.reasons}:
        raise Invalid("reason-unknown", "Choose a reason from the list.", field="reason")
    named = asked.provider_wish == "named"
    if asked.provider_wish not in ("any", "woman", "man", "named") or named != (
        asked.provider_id is not None
    ):
        raise Invalid("provider-unknown", "Choose by whom the guest would like to be served.", field="wish")
    if named and not await fetch_one(
        "SELECT 1 FROM resource WHERE staff = $1 AND location = $2", asked.provider_id, actor.location_id
    ):
        raise Invalid("provider-unknown", "Choose by whom the guest would like to be served.", field="wish")
    return {
        "service": asked.service_id,
        "first_day": asked.first_day,
        "last_day": asked.last_day,
        "provider_wish": asked.provider_wish,
        "provider": asked.provider_id,
        "reason": asked.reason,
        "severity": asked.severity,
        "leaves_on": asked.leaves_on,
        "note": note,
    }


def _state(seen: WaitView) -> dict[str, Any]:
    return {
        "service": seen.service_id,
        "first_day": seen.first_day,
        "last_day": seen.last_day,
        "provider_wish": seen.provider_wish,
        "provider": seen.provider_id,
        "reason": seen.reason,
        "severity": seen.severity,
        "leaves_on": seen.leaves_on,
        "note": seen.note,
        "windows": seen.windows,
    }


async def _write_windows(wait_id: UUID, windows: Sequence[Span], now: datetime) -> None:
    await insert_many(
        WaitWindow,
        [{"id": uuid7(now), "wait": wait_id, "starts": starts, "ends": ends} for starts, ends in windows],
    )


async def _record(
    actor: Actor,
    verb: str,
    wait_id: UUID,
    now: datetime,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    await record(actor, verb=verb, subject_kind="wait", subject=wait_id, now=now, before=before, after=after)


@dataclass(frozen=True, slots=True)
class RulesAsk:
    """How the waitlist is to work: points and use of what counts by its id, and one more reason."""

    hold_minutes: int
    notice_minutes: int
    offers_from: time
    offers_until: time
    leaving_days: int
    waiting_most_points: int
    points: Mapping[UUID, int]
    retired: frozenset[UUID] = frozenset()
    group_points: Mapping[str, int] | None = None
    new_reason: str = ""
    new_points: int = 0


@action
async def change_waitlist_rules(actor: Actor, *, version: int, asked: RulesAsk, now: datetime) -> int:
    """Change what counts and how long offers are kept; offers under way stay. Gives the new version.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `waitlist-rules-unreadable`, naming the field.
        Conflict: `appointment-changed`.
    """
    need_role(actor, Role.MANAGER)
    rules = await waitlist_rules(actor.location_id, for_update=True)
    check_version(rules.version, version, "these rules")
    _check_rules(asked)
    head = {
        "hold_minutes": asked.hold_minutes,
        "notice_minutes": asked.notice_minutes,
        "offers_from": asked.offers_from,
        "offers_until": asked.offers_until,
        "leaving_days": asked.leaving_days,
        "waiting_most_points": asked.waiting_most_points,
    }
    await fetch(
        "UPDATE waitlist_rule SET version = version + 1, hold_minutes = $2, notice_minutes = $3,"
        " offers_from = $4, offers_until = $5, leaving_days = $6, waiting_most_points = $7"
        " WHERE location = $1",
        actor.location_id,
        *head.values(),
    )
    known = {row.id: row for row in rules.rows}
    before = {row.name: row.points for row in rules.rows}
    for weight_id, points in asked.points.items():
        if weight_id in known:
            await fetch(
                "UPDATE triage_weight SET points = $2, active = $3 WHERE id = $1",
                weight_id,
                points,
                weight_id not in asked.retired,
            )
    await _add_weights(actor, asked, {row.code for row in rules.of("group")}, len(rules.of("reason")), now)
    after = {row.name: row.points for row in (await waitlist_rules(actor.location_id)).rows}
    await record(
        actor,
        verb="changed the waitlist's rules",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before=before,
        after=after | head,
    )
    await announce(actor.location_id, TOPIC)
    return version + 1


def _check_rules(asked: RulesAsk) -> None:
    def unreadable(sentence: str, field: str) -> Invalid:
        return Invalid("waitlist-rules-unreadable", sentence, field=field)

    if not 5 <= asked.hold_minutes <= 1440:
        raise unreadable("A time is held for 5 to 1,440 minutes.", "hold_minutes")
    if not 0 <= asked.notice_minutes <= 2880:
        raise unreadable("Offers end 0 to 2,880 minutes before the visit.", "notice_minutes")
    if asked.offers_until <= asked.offers_from:
        raise unreadable("Offers go out from one hour to a later one of the same day.", "offers_until")
    if not 0 <= asked.leaving_days <= 60:
        raise unreadable("Leaving soon can count for 0 to 60 days.", "leaving_days")
    every = [*asked.points.values(), *(asked.group_points or {}).values(), asked.new_points]
    if not all(0 <= points <= MOST_POINTS for points in [*every, asked.waiting_most_points]):
        raise unreadable(f"Points are whole numbers from 0 to {MOST_POINTS:,}.", "points")
    if len(" ".join(asked.new_reason.split())) > 60:
        raise unreadable("A reason may have 60 letters at most.", "new_reason")


async def _add_weights(
    actor: Actor, asked: RulesAsk, known_groups: set[str], reasons: int, now: datetime
) -> None:
    """Groups that begin to count, and one more reason."""
    rows = [
        {"factor": "group", "code": code, "points": points, "position": len(known_groups)}
        for code, points in (asked.group_points or {}).items()
        if points and code not in known_groups
    ]
    names = {
        row["code"]: row["name"]
        for row in await fetch(
            "SELECT code, name FROM guest_group WHERE code = ANY($1)", [r["code"] for r in rows]
        )
    }
    new = " ".join(asked.new_reason.split())
    if new:
        if reasons >= MOST_REASONS:
            raise Invalid("waitlist-rules-unreadable", f"Keep to {MOST_REASONS} reasons.", field="new_reason")
        code = f"reason_{uuid7(now).hex[-12:]}"
        names[code] = new
        rows.append({"factor": "reason", "code": code, "points": asked.new_points, "position": reasons})
    await insert_many(
        TriageWeight,
        [
            {"id": uuid7(now), "location": actor.location_id, "name": names[str(row["code"])], **row}
            for row in rows
            if row["code"] in names
        ],
    )
