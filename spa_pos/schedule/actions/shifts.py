"""When providers work: patterns, exceptions of a day, time off, limits of hands-on work."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec

from spa_pos.db import action, fetch, fetch_one, insert, insert_many, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Gone, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import need_role, record
from spa_pos.schedule.actions.common import provider_of, tell_days, tell_period, today_of, words_of
from spa_pos.schedule.queries import ShiftRow, shift_rows
from spa_pos.schedule.rules import ShiftPattern, Span, WorkLimits, check_day, check_period
from spa_pos.schedule.tables import Shift, ShiftChange, ShiftException, TimeOff, WorkLimit

_ROWS = msgspec.json.Decoder(tuple[ShiftRow, ...])


def _columns(row: ShiftRow, staff_id: UUID) -> dict[str, Any]:
    values = asdict(row.pattern)
    until = None if row.pattern.valid_until == date.max else row.pattern.valid_until
    return values | {"id": row.id, "staff": staff_id, "valid_until": until}


@action
async def set_shift_pattern(
    actor: Actor,
    *,
    change_id: UUID,
    staff_id: UUID,
    week: Mapping[int, Sequence[Span]],
    first_day: date,
    last_day: date | None,
    every_weeks: int,
    beside: bool = False,
    now: datetime,
) -> None:
    """A provider works these hours (by weekday, 0 = Monday) from a day on, every so many weeks.

    What was planned ends the day before and goes on after `last_day`; the past stays as it was.
    With `beside` the hours are added to those there are. Weeks count from the one of `first_day`.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `provider-unknown`.
        Invalid: `date-past`, `date-far-off`, `ends-before-start`, `weeks-unreadable` or `hours-missing`.
    """
    need_role(actor, Role.MANAGER)
    await provider_of(actor, staff_id)
    _check_pattern(week, first_day, last_day, every_weeks, today=today_of(actor, now), beside=beside)
    await lock(f"shifts:{staff_id}")
    before = await shift_rows(staff_id)
    last = last_day or date.max
    kept = before if beside else [row for old in before for row in _outside(old, first_day, last, now)]
    new = [
        ShiftRow(uuid7(now), ShiftPattern(weekday, starts, ends, first_day, last, every_weeks))
        for weekday, spans in sorted(week.items())
        for starts, ends in spans
    ]
    await _replace(staff_id, [*kept, *new])
    await _note(actor, change_id, staff_id, first_day, before, now)
    await record(
        actor,
        verb="changed the shifts",
        subject_kind="staff",
        subject=staff_id,
        now=now,
        before={"shifts": [asdict(row) for row in before]},
        after={"shifts": [asdict(row) for row in new], "beside": beside},
    )
    await tell_days(actor, first_day, last_day)


def _check_pattern(
    week: Mapping[int, Sequence[Span]],
    first_day: date,
    last_day: date | None,
    every_weeks: int,
    *,
    today: date,
    beside: bool,
) -> None:
    check_day(first_day, today, field="first_day")
    if last_day is not None and last_day < first_day:
        raise Invalid(
            "ends-before-start", "The last day is before the first. Look at both.", field="last_day"
        )
    if last_day is not None:
        check_day(last_day, today, field="last_day")
    if not 1 <= every_weeks <= 8:
        raise Invalid("weeks-unreadable", "Every 1 to 8 weeks.", field="every_weeks")
    if beside and not any(week.values()):
        raise Invalid("hours-missing", "Type the hours to be added.", field="monday")


def _outside(row: ShiftRow, first: date, last: date, now: datetime) -> list[ShiftRow]:
    """What a change of some days leaves of a shift, before and after them."""
    if row.pattern.valid_until < first or row.pattern.valid_from > last:
        return [row]
    before, after = row.pattern.outside(first, last)
    left = [ShiftRow(row.id, before)] if before else []
    return left + ([ShiftRow(uuid7(now), after)] if after else [])


async def _replace(staff_id: UUID, rows: Sequence[ShiftRow]) -> None:
    await fetch("DELETE FROM shift WHERE staff = $1", staff_id)
    await insert_many(Shift, [_columns(row, staff_id) for row in rows])


async def _note(
    actor: Actor, change_id: UUID, staff_id: UUID, first: date, before: Sequence[ShiftRow], now: datetime
) -> None:
    await insert(
        ShiftChange,
        id=change_id,
        staff=staff_id,
        made_at=now,
        made_by=actor.name,
        first_day=first,
        shifts_before=msgspec.json.encode(before).decode(),
    )


@action
async def undo_shift_pattern(actor: Actor, *, change_id: UUID, now: datetime) -> None:
    """Put a provider's shifts back as they were before the latest change, while that has not begun.

    A change that counts from today can be undone today.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `change-unknown`.
        Gone: `change-begun`, or `change-not-latest`.
    """
    need_role(actor, Role.MANAGER)
    change = await fetch_one("SELECT * FROM shift_change WHERE id = $1", change_id)
    if change is None:
        raise NotFound("change-unknown", "There is no such change. Look at the shifts as they are.")
    staff_id = change["staff"]
    await provider_of(actor, staff_id)
    await lock(f"shifts:{staff_id}")
    latest = await fetch_one(
        "SELECT id FROM shift_change WHERE staff = $1 AND undone_at IS NULL ORDER BY made_at DESC, id DESC",
        staff_id,
    )
    if latest is None or latest["id"] != change_id:
        raise Gone("change-not-latest", "The shifts were changed again since. Undo the latest change first.")
    if change["first_day"] < today_of(actor, now):
        raise Gone("change-begun", "These shifts were worked already. Set new ones from today on instead.")
    await _replace(staff_id, _ROWS.decode(change["shifts_before"]))
    await fetch("UPDATE shift_change SET undone_at = $2 WHERE id = $1", change_id, now)
    await record(actor, verb="put the shifts back", subject_kind="staff", subject=staff_id, now=now)
    await tell_days(actor, change["first_day"])


@action
async def add_shift_exception(
    actor: Actor, *, staff_id: UUID, day: date, spans: Sequence[Span], reason: str, now: datetime
) -> None:
    """On one day a provider works these hours instead of the pattern; none: not at all.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `provider-unknown`.
        Invalid: `date-past`, `date-far-off`, `reason-missing` or `reason-too-long`.
        Conflict: `exception-exists`.
    """
    need_role(actor, Role.MANAGER)
    name = await provider_of(actor, staff_id)
    check_day(day, today_of(actor, now))
    why = words_of(reason, "why the day is different")
    await lock(f"shifts:{staff_id}")
    if await fetch("SELECT 1 FROM shift_exception WHERE staff = $1 AND day = $2", staff_id, day):
        raise Conflict(
            "exception-exists", f"{name} has other hours that day already. Remove them first.", field="day"
        )
    faces: Sequence[tuple[time | None, time | None]] = spans or ((None, None),)
    await insert_many(
        ShiftException,
        [
            {"id": uuid7(now), "staff": staff_id, "day": day, "starts": start, "ends": end, "reason": why}
            for start, end in faces
        ],
    )
    await record(
        actor,
        verb="changed a day",
        subject_kind="staff",
        subject=staff_id,
        now=now,
        after={"day": day, "hours": list(spans)},
        reason=why,
    )
    await tell_days(actor, day, day)


@action
async def remove_shift_exception(actor: Actor, *, staff_id: UUID, day: date, now: datetime) -> None:
    """On one day a provider works as the pattern says after all.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `provider-unknown` or `exception-unknown`.
        Invalid: `date-past`.
    """
    need_role(actor, Role.MANAGER)
    await provider_of(actor, staff_id)
    check_day(day, today_of(actor, now))
    gone = await fetch(
        "DELETE FROM shift_exception WHERE staff = $1 AND day = $2 RETURNING starts, ends, reason",
        staff_id,
        day,
    )
    if not gone:
        raise NotFound("exception-unknown", "The day has its usual hours already. Nothing was changed.")
    await record(
        actor,
        verb="gave a day its usual hours",
        subject_kind="staff",
        subject=staff_id,
        now=now,
        before={"day": day, "hours": [dict(row) for row in gone]},
    )
    await tell_days(actor, day, day)


@action
async def add_time_off(
    actor: Actor,
    *,
    time_off_id: UUID,
    staff_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    now: datetime,
) -> UUID:
    """A provider is away between two instants.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `provider-unknown`.
        Invalid: `ends-before-start`, `date-past`, `date-far-off`, `reason-missing` or `reason-too-long`.
        Conflict: `time-off-overlaps`.
    """
    need_role(actor, Role.MANAGER)
    name = await provider_of(actor, staff_id)
    check_period(starts_at, ends_at, now=now)
    why = words_of(reason, "why, such as Vacation")
    await lock(f"shifts:{staff_id}")
    if await fetch(
        "SELECT 1 FROM time_off WHERE staff = $1 AND starts_at < $3 AND ends_at > $2",
        staff_id,
        starts_at,
        ends_at,
    ):
        raise Conflict(
            "time-off-overlaps",
            f"{name} is off in a part of that time already. Remove that first, or choose other times.",
            field="starts_at",
        )
    values = {"staff": staff_id, "starts_at": starts_at, "ends_at": ends_at, "reason": why}
    await insert(TimeOff, id=time_off_id, **values)
    await record(
        actor, verb="gave time off", subject_kind="staff", subject=staff_id, now=now, after=values, reason=why
    )
    await tell_period(actor, starts_at, ends_at)
    return time_off_id


@action
async def remove_time_off(actor: Actor, *, time_off_id: UUID, now: datetime) -> None:
    """A provider is not away after all; time off that has begun ends now.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `time-off-unknown`.
        Gone: `time-off-over`.
    """
    need_role(actor, Role.MANAGER)
    row = await fetch_one(
        "SELECT t.* FROM time_off t JOIN staff s ON s.id = t.staff"
        " WHERE t.id = $1 AND s.location = $2 FOR UPDATE OF t",
        time_off_id,
        actor.location_id,
    )
    if row is None:
        raise NotFound("time-off-unknown", "That time off was removed already. Nothing was changed.")
    if row["ends_at"] <= now:
        raise Gone("time-off-over", "That time off is over; the past stays as it was.")
    if row["starts_at"] < now:
        await fetch("UPDATE time_off SET ends_at = $2 WHERE id = $1", time_off_id, now)
    else:
        await fetch("DELETE FROM time_off WHERE id = $1", time_off_id)
    await record(
        actor,
        verb="took time off back",
        subject_kind="staff",
        subject=row["staff"],
        now=now,
        before={"starts_at": row["starts_at"], "ends_at": row["ends_at"], "reason": row["reason"]},
    )
    await tell_period(actor, max(row["starts_at"], now), row["ends_at"])


@action
async def set_work_limit(
    actor: Actor, *, staff_id: UUID | None, limits: WorkLimits | None, now: datetime
) -> None:
    """How much hands-on work a provider, or without one everybody, does; no limits: as the house says.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `provider-unknown`.
        Invalid: `limits-unreadable`.
    """
    need_role(actor, Role.MANAGER)
    if staff_id is not None:
        await provider_of(actor, staff_id)
    if limits is not None:
        _check_limits(limits)
    gone = await fetch_one(
        "DELETE FROM work_limit WHERE location = $1 AND staff IS NOT DISTINCT FROM $2"
        " RETURNING day_minutes, week_minutes, most_in_a_row, break_minutes",
        actor.location_id,
        staff_id,
    )
    if limits is not None:
        await insert(WorkLimit, id=uuid7(now), location=actor.location_id, staff=staff_id, **asdict(limits))
    await record(
        actor,
        verb="set the limits",
        subject_kind="staff" if staff_id else "location",
        subject=staff_id or actor.location_id,
        now=now,
        before=dict(gone) if gone else None,
        after=asdict(limits) if limits else None,
    )
    await tell_days(actor, local_date(now, actor.zone))


def _check_limits(limits: WorkLimits) -> None:
    sane = (
        0 <= limits.day_minutes <= 1440,
        limits.day_minutes <= limits.week_minutes <= 10080,
        1 <= limits.most_in_a_row <= 20,
        0 <= limits.break_minutes <= 240,
    )
    if not all(sane):
        raise Invalid(
            "limits-unreadable",
            "A day has up to 24 hours, a week no fewer than a day; 1 to 20 in a row, a break up to 240 min.",
            field="day_hours",
        )
