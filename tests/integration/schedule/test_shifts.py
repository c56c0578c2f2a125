"""Shifts, exceptions, time off and limits as managers set them."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from spa_pos.schedule.actions import (
    add_shift_exception,
    add_time_off,
    remove_shift_exception,
    remove_time_off,
    set_shift_pattern,
    set_work_limit,
    undo_shift_pattern,
)
from spa_pos.schedule.queries import day_schedules, shift_rows, work_limits
from spa_pos.schedule.rules import WorkLimits
from tests.cast import Spa

TODAY = date(2026, 11, 24)
MORNING, AFTERNOON = (time(8), time(12)), (time(13), time(17))


async def hours(spa: Spa, day: date, name: str = "Ana Okafor") -> list[tuple[time, time]]:
    """When somebody works on a day, as clocks show it."""
    (schedule,) = await day_schedules(spa.house.location_id, spa.house.zone, day, day)
    (works,) = (one.works for one in schedule.providers if one.name == name)
    zone = spa.house.zone
    return [(start.astimezone(zone).time(), end.astimezone(zone).time()) for start, end in works]


async def pattern(spa: Spa, **changes: Any) -> UUID:
    """Ana works Wednesdays in two spans from 2 December on, unless told otherwise."""
    change_id = uuid4()
    asked: dict[str, Any] = {
        "staff_id": await spa.staff_id("Ana Okafor"),
        "week": {2: (MORNING, AFTERNOON)},
        "first_day": date(2026, 12, 2),
        "last_day": None,
        "every_weeks": 1,
    }
    await set_shift_pattern(spa.renata, change_id=change_id, now=spa.clock.now, **(asked | changes))
    return change_id


async def test_a_pattern_counts_from_its_day_and_the_one_before_ends_the_day_before(spa: Spa) -> None:
    ana = await spa.staff_id("Ana Okafor")
    before = await shift_rows(ana)
    await pattern(spa)
    assert await hours(spa, date(2026, 12, 1)) == [(time(8), time(16))]
    assert await hours(spa, date(2026, 12, 2)) == [MORNING, AFTERNOON]
    assert await hours(spa, date(2026, 12, 3)) == []
    assert await fetch_value("SELECT count(*) FROM shift WHERE staff = $1", ana) == len(before) + 2
    ended = [row.pattern for row in await shift_rows(ana) if row.pattern.valid_from < TODAY]
    assert {one.valid_until for one in ended} == {date(2026, 12, 1)}


async def test_a_pattern_with_a_last_day_gives_way_to_the_old_one_again(spa: Spa) -> None:
    await pattern(spa, last_day=date(2026, 12, 13))
    assert await hours(spa, date(2026, 12, 11)) == []
    assert await hours(spa, date(2026, 12, 14)) == [(time(8), time(16))]


async def test_two_patterns_of_every_second_week_take_turns(spa: Spa) -> None:
    monday = date(2026, 11, 30)
    await pattern(spa, week={2: (MORNING,)}, first_day=monday, every_weeks=2)
    await pattern(
        spa, week={2: (AFTERNOON,)}, first_day=monday + timedelta(weeks=1), every_weeks=2, beside=True
    )
    found = [await hours(spa, date(2026, 12, 2) + timedelta(weeks=week)) for week in range(4)]
    assert found == [[MORNING], [AFTERNOON], [MORNING], [AFTERNOON]]


async def test_a_change_is_undone_with_every_row_as_it_was(spa: Spa) -> None:
    ana = await spa.staff_id("Ana Okafor")
    before = await shift_rows(ana)
    change = await pattern(spa, first_day=TODAY)
    await undo_shift_pattern(spa.renata, change_id=change, now=spa.clock.now)
    assert await shift_rows(ana) == before
    with pytest.raises(Gone) as refusal:
        await undo_shift_pattern(spa.renata, change_id=change, now=spa.clock.now)
    assert refusal.value.code == "change-not-latest"


async def test_a_change_that_was_worked_by_is_not_undone(spa: Spa) -> None:
    change = await pattern(spa, first_day=TODAY)
    with pytest.raises(Gone) as refusal:
        await undo_shift_pattern(spa.renata, change_id=change, now=spa.clock.now + timedelta(days=1))
    assert refusal.value.code == "change-begun"


async def test_only_the_latest_change_is_undone(spa: Spa) -> None:
    first = await pattern(spa)
    spa.clock.forward(minutes=1)
    second = await pattern(spa, week={2: (MORNING,)})
    with pytest.raises(Gone):
        await undo_shift_pattern(spa.renata, change_id=first, now=spa.clock.now)
    await undo_shift_pattern(spa.renata, change_id=second, now=spa.clock.now)
    await undo_shift_pattern(spa.renata, change_id=first, now=spa.clock.now)
    assert await hours(spa, date(2026, 12, 2)) == [(time(8), time(16))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_day": date(2026, 11, 23)}, "date-past"),
        ({"first_day": date(2029, 1, 1)}, "date-far-off"),
        ({"last_day": date(2026, 12, 1)}, "ends-before-start"),
        ({"every_weeks": 0}, "weeks-unreadable"),
        ({"every_weeks": 9}, "weeks-unreadable"),
        ({"week": {}, "beside": True}, "hours-missing"),
    ],
)
async def test_a_pattern_that_cannot_be_meant_changes_nothing(
    spa: Spa, changes: dict[str, Any], code: str
) -> None:
    before = await shift_rows(await spa.staff_id("Ana Okafor"))
    with pytest.raises(Invalid) as refusal:
        await pattern(spa, **changes)
    assert refusal.value.code == code
    assert await shift_rows(await spa.staff_id("Ana Okafor")) == before


async def test_somebody_who_is_no_provider_here_has_no_shifts(spa: Spa) -> None:
    for staff_id in (uuid4(), await spa.staff_id("Maya Lindqvist")):
        with pytest.raises(NotFound):
            await pattern(spa, staff_id=staff_id)


async def test_a_provider_of_another_location_is_not_found(spa: Spa) -> None:
    """The manager of another spa changes nothing here."""
    ana = await spa.staff_id("Ana Okafor")
    there = uuid4()
    await fetch(
        "INSERT INTO location SELECT $1, 'elsewhere', name, legal_name, address, phone, zone, refund_policy,"
        " sample_notice FROM location LIMIT 1",
        there,
    )
    await fetch("UPDATE staff SET location = $2 WHERE id = $1", ana, there)
    with pytest.raises(NotFound):
        await pattern(spa, staff_id=ana)
    with pytest.raises(NotFound):
        await away(spa)


async def away(spa: Spa, **changes: Any) -> UUID:
    """Ana is off this Friday afternoon, unless told otherwise."""
    asked: dict[str, Any] = {
        "time_off_id": uuid4(),
        "staff_id": await spa.staff_id("Ana Okafor"),
        "starts_at": spa.local(12, days=3),
        "ends_at": spa.local(16, days=3),
        "reason": "Dentist",
    } | changes
    return await add_time_off(spa.renata, now=spa.clock.now, **asked)


async def test_time_off_takes_hours_and_its_removal_gives_them_back(spa: Spa) -> None:
    friday = date(2026, 11, 27)
    time_off_id = await away(spa)
    assert await hours(spa, friday) == [(time(8), time(12))]
    await remove_time_off(spa.renata, time_off_id=time_off_id, now=spa.clock.now)
    assert await hours(spa, friday) == [(time(8), time(16))]
    with pytest.raises(NotFound):
        await remove_time_off(spa.renata, time_off_id=time_off_id, now=spa.clock.now)


async def test_time_off_that_has_begun_ends_now_and_what_is_over_stays(spa: Spa) -> None:
    time_off_id = await away(spa)
    await remove_time_off(spa.renata, time_off_id=time_off_id, now=spa.local(14, days=3))
    assert await hours(spa, date(2026, 11, 27)) == [(time(8), time(12)), (time(14), time(16))]
    with pytest.raises(Gone):
        await remove_time_off(spa.renata, time_off_id=time_off_id, now=spa.local(15, days=3))


async def test_time_off_that_cannot_be_meant(spa: Spa) -> None:
    await away(spa)
    for changes, code in (
        ({"ends_at": spa.local(12, days=3)}, "ends-before-start"),
        ({"starts_at": spa.local(6), "ends_at": spa.local(7)}, "date-past"),
        ({"ends_at": spa.local(12, days=400)}, "date-far-off"),
        ({"reason": "  "}, "reason-missing"),
        ({"reason": "x" * 121}, "reason-too-long"),
        ({"starts_at": spa.local(15, days=3), "ends_at": spa.local(17, days=3)}, "time-off-overlaps"),
    ):
        with pytest.raises((Invalid, Conflict)) as refusal:
            await away(spa, **changes)
        assert refusal.value.code == code
    assert await fetch_value("SELECT count(*) FROM time_off") == 1


async def test_an_exception_replaces_the_pattern_of_one_day(spa: Spa) -> None:
    ana = await spa.staff_id("Ana Okafor")
    friday = date(2026, 11, 27)
    asked: dict[str, Any] = {"staff_id": ana, "day": friday, "now": spa.clock.now}
    await add_shift_exception(spa.renata, spans=(MORNING, AFTERNOON), reason="Long day", **asked)
    assert await hours(spa, friday) == [MORNING, AFTERNOON]
    with pytest.raises(Conflict) as refusal:
        await add_shift_exception(spa.renata, spans=(), reason="Again", **asked)
    assert refusal.value.code == "exception-exists"
    await remove_shift_exception(spa.renata, **asked)
    assert await hours(spa, friday) == [(time(8), time(16))]
    await add_shift_exception(spa.renata, spans=(), reason="Training elsewhere", **asked)
    assert await hours(spa, friday) == []
    with pytest.raises(NotFound):
        await remove_shift_exception(spa.renata, **(asked | {"day": date(2026, 11, 25)}))


async def test_limits_of_a_provider_stand_before_those_of_the_house(spa: Spa) -> None:
    ana = await spa.staff_id("Ana Okafor")
    own = WorkLimits(120, 600, 2, 30)
    await set_work_limit(spa.renata, staff_id=ana, limits=own, now=spa.clock.now)
    house = (await work_limits(spa.house.location_id))[None]
    assert await work_limits(spa.house.location_id) == {None: house, ana: own}
    await set_work_limit(spa.renata, staff_id=ana, limits=None, now=spa.clock.now)
    assert await work_limits(spa.house.location_id) == {None: house}
    for limits in (WorkLimits(600, 500, 2, 15), WorkLimits(60, 60, 0, 15), WorkLimits(60, 60, 1, 999)):
        with pytest.raises(Invalid):
            await set_work_limit(spa.renata, staff_id=None, limits=limits, now=spa.clock.now)
    assert (await work_limits(spa.house.location_id))[None] == house


async def test_the_desk_changes_no_schedule(spa: Spa) -> None:
    ana = await spa.staff_id("Ana Okafor")
    for verb, asked in (
        (add_time_off, {"time_off_id": uuid4(), "staff_id": ana, "starts_at": spa.local(12, days=1)}),
        (add_shift_exception, {"staff_id": ana, "day": TODAY, "spans": ()}),
    ):
        more = {"ends_at": spa.local(13, days=1)} if "starts_at" in asked else {}
        with pytest.raises(NotAllowed):
            await verb(spa.maya, reason="Why not", now=spa.clock.now, **asked, **more)
    for verb, asked in (
        (remove_time_off, {"time_off_id": uuid4()}),
        (remove_shift_exception, {"staff_id": ana, "day": TODAY}),
        (undo_shift_pattern, {"change_id": uuid4()}),
        (set_work_limit, {"staff_id": ana, "limits": None}),
    ):
        with pytest.raises(NotAllowed):
            await verb(spa.maya, now=spa.clock.now, **asked)


async def test_each_change_is_told_to_the_boards_and_written_down(spa: Spa) -> None:
    await away(spa)
    topics = [row["topic"] for row in await fetch("SELECT topic FROM event ORDER BY id")]
    assert topics == ["board:2026-11-27"]
    row = (await fetch("SELECT staff_name, verb, reason FROM audit_event ORDER BY id DESC LIMIT 1"))[0]
    assert tuple(row) == ("Renata Silva", "gave time off", "Dentist")
