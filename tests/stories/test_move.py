"""Moving a visit at the desk: another time, another provider, another day."""

import re

import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.verify import verify
from tests.cast import Kiosk, Page, Spa, open_spa
from tests.stories.test_desk_day import book, visit_path

pytestmark = pytest.mark.usefixtures("database")


async def moving(desk: Kiosk, path: str, at: str, *, days: int = 0) -> Page:
    """Open the visit, choose to move it, and choose a time."""
    visit = await desk.open(path)
    href = re.search(r'href="(/appointments/new\?[^"]*move=[^"]*)"', visit.text)
    assert href is not None
    link = href[1].replace("&amp;", "&")
    day = desk.spa.local(12, days=days).astimezone(desk.spa.house.zone).date()
    link = re.sub(r"date=[^&]*", f"date={day}", link)
    return await desk.open(f"{link}&at={at}")


async def booked(spa: Spa, desk: Kiosk) -> str:
    """An employee's massage at ten, at the same-day price."""
    guest = await spa.guest("Ingrid Halvorsen", "employee", proven=True)
    return visit_path(await book(desk, guest, "swedish-60", "10:00"))


async def all_is_well() -> None:
    assert [verdict.name for verdict in await verify() if verdict.problems] == []


async def test_a_visit_is_moved_within_the_day_keeps_its_price_and_can_be_moved_back() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await booked(spa, desk)
    page = await moving(desk, path, "14:00")
    assert "Until now Tuesday 24 November, 10:00 AM with Ana" in page.words
    assert "Move to 2:00 PM with Ana" in page.words
    moved = await desk.send("/time")
    assert "Ingrid Halvorsen is moved to Tuesday 24 November, 2:00 PM" in moved.words
    assert await fetch_value("SELECT starts_at FROM appointment") == spa.local(14)
    assert await fetch_value("SELECT price_cents FROM appointment") == 8_400
    assert await fetch_value("SELECT count(*) FROM claim") == 2
    await all_is_well()
    back = await desk.send("/time")
    assert "is moved to Tuesday 24 November, 10:00 AM" in back.words
    assert await fetch_value("SELECT starts_at FROM appointment") == spa.local(10)
    await all_is_well()


async def test_a_visit_moved_to_another_day_loses_the_standby_price() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await booked(spa, desk)
    page = await moving(desk, path, "10:00", days=1)
    assert "$96.00" in page.words
    await desk.send("/time")
    row = (await fetch("SELECT price_cents, reduction_code FROM appointment"))[0]
    assert tuple(row) == (9_600, "group:employee")
    await all_is_well()


async def test_a_time_that_overlaps_the_visit_itself_can_be_chosen() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await booked(spa, desk)
    page = await moving(desk, path, "10:30")
    assert "Move to 10:30 AM with Ana" in page.words
    moved = await desk.send("/time")
    assert moved.status == 200
    await all_is_well()


async def test_a_taken_time_and_a_changed_visit_are_refused_and_nothing_moves() -> None:
    spa = await open_spa()
    desk, other = await spa.kiosk(), await spa.kiosk("Owen Brandt", name="Desk 2")
    path = await booked(spa, desk)
    page = await moving(desk, path, "14:00")
    fields = page.form("/time")
    await book(other, await spa.guest("Tom Becker"), "swedish-60", "14:00")
    taken = await desk.post(f"{path}/time", fields)
    assert (taken.status, taken.problem) == (409, "slot-taken")
    assert "Until now" in taken.words
    assert await fetch_value("SELECT min(starts_at) FROM appointment") == spa.local(10)

    await moving(desk, path, "11:30")
    await moving(other, path, "12:30")
    await other.send("/time")
    stale = await desk.send("/time")
    assert (stale.status, stale.problem) == (409, "appointment-changed")
    await all_is_well()


async def test_a_visit_that_is_over_cannot_be_moved() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await booked(spa, desk)
    fields = (await moving(desk, path, "14:00")).form("/time")
    await desk.open(path)
    await desk.send("/cancellation", reason="Illness")
    refused = await desk.post(f"{path}/time", fields)
    assert (refused.status, refused.problem) == (409, "appointment-cancelled")
