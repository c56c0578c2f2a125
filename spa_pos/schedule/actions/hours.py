"""When a location is open: hours of the week from a day on, and special days."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, insert, insert_many, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.people.actions import need_role, record
from spa_pos.schedule.actions.common import tell_days, today_of, words_of
from spa_pos.schedule.rules import DAYS, Span, check_day
from spa_pos.schedule.tables import OpeningHours, SpecialDay


@action
async def set_opening_hours(
    actor: Actor, *, week: Mapping[int, Span | None], first_day: date, now: datetime
) -> None:
    """The location is open these hours (by weekday, 0 = Monday; None: closed) from a day on.

    Hours that were to begin on that day are replaced; those before it stay as they were.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `date-past`, `date-far-off`, or `hours-missing` unless every weekday is named.
    """
    need_role(actor, Role.MANAGER)
    check_day(first_day, today_of(actor, now), field="first_day")
    if set(week) != set(range(7)):
        raise Invalid("hours-missing", "Say of every weekday when the spa is open, or that it is closed.")
    await lock(f"hours:{actor.location_id}")
    await fetch(
        "DELETE FROM opening_hours WHERE location = $1 AND valid_from = $2", actor.location_id, first_day
    )
    await insert_many(
        OpeningHours,
        [
            {
                "id": uuid7(now),
                "location": actor.location_id,
                "weekday": weekday,
                "opens": span[0] if span else None,
                "closes": span[1] if span else None,
                "valid_from": first_day,
            }
            for weekday, span in sorted(week.items())
        ],
    )
    await record(
        actor,
        verb="set the opening hours",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        after={"first_day": first_day} | {DAYS[weekday]: span for weekday, span in sorted(week.items())},
    )
    await tell_days(actor, first_day)


@action
async def remove_opening_hours(actor: Actor, *, first_day: date, now: datetime) -> None:
    """Take hours back that begin on a day to come, or today; those before go on.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `date-past`.
        NotFound: `hours-unknown`.
        Conflict: `hours-needed` for the only ones there are.
    """
    need_role(actor, Role.MANAGER)
    check_day(first_day, today_of(actor, now), field="first_day")
    await lock(f"hours:{actor.location_id}")
    others = await fetch(
        "SELECT 1 FROM opening_hours WHERE location = $1 AND valid_from < $2", actor.location_id, first_day
    )
    if not others:
        raise Conflict("hours-needed", "There are no earlier hours to go back to. Set other ones instead.")
    gone = await fetch(
        "DELETE FROM opening_hours WHERE location = $1 AND valid_from = $2 RETURNING weekday, opens, closes",
        actor.location_id,
        first_day,
    )
    if not gone:
        raise NotFound("hours-unknown", "Those hours were removed already. Nothing was changed.")
    await record(
        actor,
        verb="took opening hours back",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before={"first_day": first_day, "week": [dict(row) for row in gone]},
    )
    await tell_days(actor, first_day)


@action
async def set_special_day(
    actor: Actor, *, special_id: UUID, day: date, reason: str, hours: Span | None, now: datetime
) -> UUID:
    """One day has hours of its own; None: closed.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `date-past`, `date-far-off`, `reason-missing` or `reason-too-long`.
        Conflict: `special-day-exists`.
    """
    need_role(actor, Role.MANAGER)
    check_day(day, today_of(actor, now))
    why = words_of(reason, "what the day is, such as Staff training", most=80)
    await lock(f"hours:{actor.location_id}")
    there = await fetch_one(
        "SELECT reason FROM special_day WHERE location = $1 AND day = $2", actor.location_id, day
    )
    if there is not None:
        raise Conflict(
            "special-day-exists",
            f"That day is on the list already: {there['reason']}. Remove that first.",
            field="day",
        )
    opens, closes = hours or (None, None)
    values = {"day": day, "reason": why, "opens": opens, "closes": closes}
    await insert(SpecialDay, id=special_id, location=actor.location_id, **values)
    await record(
        actor,
        verb="set a special day",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        after=values,
    )
    await tell_days(actor, day, day)
    return special_id


@action
async def remove_special_day(actor: Actor, *, special_id: UUID, now: datetime) -> None:
    """A day has the hours of its weekday after all.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `special-day-unknown`.
        Invalid: `date-past`.
    """
    need_role(actor, Role.MANAGER)
    row = await fetch_one(
        "SELECT day, reason, opens, closes FROM special_day WHERE id = $1 AND location = $2",
        special_id,
        actor.location_id,
    )
    if row is None:
        raise NotFound("special-day-unknown", "That day was removed already. Nothing was changed.")
    check_day(row["day"], today_of(actor, now))
    await fetch("DELETE FROM special_day WHERE id = $1", special_id)
    await record(
        actor,
        verb="removed a special day",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before=dict(row),
    )
    await tell_days(actor, row["day"], row["day"])
