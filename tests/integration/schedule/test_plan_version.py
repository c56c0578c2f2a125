"""Days that were worked out are given again until something they are made of changes, and no longer."""

import re
from datetime import date, time
from typing import Any

import pytest

from migrations.m0073_plan_version import MADE_OF
from spa_pos.db import action, engine, fetch, fetch_value
from spa_pos.schedule.queries import DaySchedule, day_schedules, days
from tests.cast import Spa
from tests.conftest import Database

TUESDAY = date(2026, 11, 24)


async def today(spa: Spa) -> DaySchedule:
    """The day as it is read."""
    (found,) = await day_schedules(spa.house.location_id, spa.house.zone, TUESDAY, TUESDAY)
    return found


async def version() -> Any:
    return await fetch_value("SELECT version FROM plan_version")


async def close_at(hour: int) -> None:
    """The spa closes at another hour every day."""
    await fetch("UPDATE opening_hours SET closes = $1", time(hour))


def test_every_table_that_days_are_made_of_gives_the_plan_a_new_version() -> None:
    read = set(re.findall(r"(?:FROM|JOIN) (\w+)", days._PLAN))
    assert read - {"here", "known", "plan_version"} == set(MADE_OF)


@pytest.mark.parametrize("table", MADE_OF)
async def test_each_kind_of_change_is_a_new_version(table: str, database: Database) -> None:
    column = await fetch_value(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum = 2", table
    )
    seen = [await version()]
    for change in (
        f"INSERT INTO {table} SELECT * FROM {table} WHERE false",
        f"UPDATE {table} SET {column} = {column} WHERE false",
        f"DELETE FROM {table} WHERE false",
    ):
        await fetch(change)
        seen.append(await version())
    assert len(set(seen)) == 4


async def test_the_same_days_are_given_again_and_other_ones_after_a_change(spa: Spa) -> None:
    first = await today(spa)
    before = engine.statements
    assert await today(spa) is first
    assert engine.statements - before == 1
    await close_at(13)
    second = await today(spa)
    assert first.open is not None and second.open is not None
    assert second.open[1] == spa.local(13) != first.open[1]
    assert await today(spa) is second


async def test_who_changes_the_plan_sees_it_at_once_and_nobody_does_when_it_is_taken_back(spa: Spa) -> None:
    first = await today(spa)

    @action
    async def change_and_fail() -> None:
        await close_at(14)
        seen = await today(spa)
        assert seen.open is not None and seen.open[1] == spa.local(14)
        raise RuntimeError("taken back")

    with pytest.raises(RuntimeError):
        await change_and_fail()
    assert await today(spa) == first


async def test_only_so_many_periods_are_kept(spa: Spa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "MOST_KEPT", 3)
    days._KEPT.clear()
    for day in (24, 25, 26, 24, 27):
        at = date(2026, 11, day)
        (found,) = await day_schedules(spa.house.location_id, spa.house.zone, at, at)
        assert found.day == at
    assert [key[2].day for key in days._KEPT] == [26, 24, 27], "what was asked for again stays"
