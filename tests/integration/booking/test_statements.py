"""However many people, days and old visits there are, a page asks the database the same number of times."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from spa_pos.app import create_app
from spa_pos.booking.pages.board_columns import board_href
from spa_pos.booking.pages.views import new_booking_href
from spa_pos.booking.queries import calendar
from spa_pos.db import fetch_value
from tests.cast import ADDRESS, SECRET, Kiosk, Spa, TestClock, settings
from tests.conftest import Database
from tests.integration.booking.online import telephone
from tools.bench_house import Busy, fill, open_house

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
Counting = Callable[[], AbstractContextManager[Any]]


def pages_of(busy: Busy) -> dict[str, str]:
    """What is looked at while a visit is booked, by where it is found."""
    day, provider = busy.today + timedelta(days=1), busy.providers[0][0]
    asked: dict[str, Any] = {"guest": busy.guests[0][0], "service": busy.service}
    return {
        "times, two weeks": new_booking_href(date=day, **asked),
        "times, one day": new_booking_href(date=day + timedelta(days=60), **asked),
        "board, day": board_href(busy.today),
        "board, rooms": board_href(busy.today, view="rooms"),
        "board, week": board_href(busy.today, view="week", provider=provider),
        "open times": f"/api/open-times?service=swedish-60&day={day}",
        "online": "/book/when?service=swedish-60&group=visitor",
        "online, month": "/book/when?service=swedish-60&group=visitor&view=month",
        "online, last day": "/book/when?service=swedish-60&group=visitor&date=2030-01-01",
    }


async def book(desk: Kiosk, busy: Busy) -> str:
    """Book the first free time of the next week, as the sheet would; gives where that leads."""
    provider, starts_at = next(busy.free_slots(7))
    local = starts_at.astimezone(busy.house.zone)
    page = await desk.open(
        new_booking_href(
            date=local.date(),
            provider=provider,
            at=f"{local:%H:%M}",
            guest=busy.guests[0][0],
            service=busy.service,
        )
    )
    form = page.form("/appointments")
    answer = await desk.browser.post("/appointments", data=form, headers={"origin": ADDRESS})
    assert answer.status_code == 303, answer.text
    return form["id"]


async def statements_of(
    database: Database, count_statements: Counting, *, providers: int, old: int
) -> dict[str, int]:
    """How many statements each page needs in a spa of that size, and a booking."""
    await database.empty()
    busy = await open_house(providers=providers, now=NOW, secret=SECRET)
    if old:
        connection = await asyncpg.connect(database.url)
        assert await fill(connection, busy, range(-30, 0), old // 30) == old
        await connection.close()
    clock = TestClock(NOW)
    spa = Spa(busy.house, clock, create_app(settings(), clock=clock))
    desk, found = await spa.kiosk(), {}
    async with telephone(spa) as phone:
        for name, path in pages_of(busy).items():
            browser = phone if name.startswith("online") else desk
            assert (await browser.open(path)).status == 200, (name, browser.page.problem)
            with count_statements() as count:
                await browser.open(path)
            found[name] = count.statements
    with count_statements() as count:
        booked = await book(desk, busy)
    found["booking"] = count.statements
    assert await fetch_value("SELECT count(*) FROM appointment WHERE id = $1::uuid", booked) == 1
    for days in (1, 31):
        last = busy.today + timedelta(days=days - 1)
        with count_statements() as count:
            await calendar(busy.house.location_id, busy.house.zone, busy.today, last, now=NOW)
        found[f"calendar, {days}"] = count.statements
    return found


async def test_statements_do_not_grow_with_people_days_or_history(
    database: Database, count_statements: Counting
) -> None:
    small = await statements_of(database, count_statements, providers=2, old=0)
    assert await statements_of(database, count_statements, providers=8, old=0) == small
    assert await statements_of(database, count_statements, providers=8, old=300) == small
    assert small["times, two weeks"] == small["times, one day"]
    assert small["online"] == small["online, month"] == small["online, last day"]
    assert small["calendar, 1"] == small["calendar, 31"] <= 4
    assert all(small.values())
