"""A visit's life at the desk: confirmed, late, in service, done; and what it costs not to come."""

import pytest

from spa_pos.db import fetch_one, fetch_value
from tests.cast import Kiosk, Spa, open_spa
from tests.stories.test_desk_day import book, visit_path
from tests.stories.test_move import all_is_well

pytestmark = pytest.mark.usefixtures("database")


async def later(desk: Kiosk, hour: int, minute: int) -> None:
    """Come back to the desk at a later hour."""
    desk.spa.clock.now = desk.spa.local(hour, minute)
    await desk.sign_in()


async def visit_at_ten(spa: Spa, desk: Kiosk) -> str:
    return visit_path(await book(desk, await spa.guest(), "swedish-60", "10:00"))


async def test_a_visit_is_confirmed_checked_in_started_and_paid_and_the_timeline_tells_it() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await visit_at_ten(spa, desk)
    await desk.open(path)
    confirmed = await desk.send("/confirmation")
    assert "Confirmed" in confirmed.words
    assert confirmed.problem == ""
    await later(desk, 9, 55)
    await desk.open(path)
    await desk.send("/check-in")
    started = await desk.send("/service")
    assert "In service" in started.words
    await desk.send("/tickets")
    await desk.send("/tenders", kind="cash", given="200.00")
    done = await desk.open(path)
    for word in ("Booked", "Confirmed", "Checked in", "In service", "Done"):
        assert word in done.words
    assert await fetch_value("SELECT status FROM appointment") == "done"
    await all_is_well()


async def test_a_late_guest_gets_the_whole_time_when_what_follows_is_free() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await visit_at_ten(spa, desk)
    await later(desk, 10, 12)
    page = await desk.open(path)
    assert "12 min late. What does the guest get, at the same price?" in page.words
    assert "All 60 min, 10:15 to 11:15 AM" in page.words
    await desk.send("/check-in", late="whole_time")
    row = await fetch_one("SELECT starts_at, ends_at, price_cents FROM appointment")
    assert row is not None
    assert (row["starts_at"], row["ends_at"]) == (spa.local(10, 15), spa.local(11, 15))
    assert row["price_cents"] == 12_000
    await all_is_well()


async def test_a_late_guest_ends_on_time_when_somebody_follows() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await visit_at_ten(spa, desk)
    await book(desk, await spa.guest("Lars Berg"), "swedish-60", "11:10")
    await later(desk, 10, 20)
    page = await desk.open(path)
    assert "All 60 min" not in page.words
    assert "40 min, 10:20 to 11:00 AM" in page.words
    refused = await desk.send("/check-in", late="whole_time")
    assert refused.problem == "slot-taken"
    assert await fetch_value("SELECT status FROM appointment WHERE starts_at < $1", spa.local(11)) == "booked"
    await desk.open(path)
    taken = await desk.send("/check-in", late="shorten")
    assert "is checked in, at $120.00" in taken.words
    ends = await fetch_value("SELECT ends_at FROM appointment WHERE starts_at = $1", spa.local(10, 20))
    assert ends == spa.local(11)
    await all_is_well()


async def test_a_cancellation_today_says_its_fee_before_and_after_and_illness_is_free() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await visit_at_ten(spa, desk)
    page = await desk.open(path)
    assert "Guest asked Fee $60.00" in page.words
    assert "Illness No fee" in page.words
    assert "Mark as no-show" not in page.words
    cancelled = await desk.send("/cancellation", reason="Guest asked")
    assert "is cancelled. Fee $60.00: 50 %: less than 24 hours before." in cancelled.words
    await desk.send("/restoration")
    assert await fetch_value("SELECT fee_cents FROM appointment") is None
    await desk.open(path)
    cancelled = await desk.send("/cancellation", reason="Illness")
    assert "Fee" not in cancelled.words
    assert await fetch_value("SELECT fee_cents FROM appointment") == 0
    assert "No fee: illness" in (await desk.open(path)).words
    await all_is_well()


async def test_a_no_show_costs_the_whole_price_and_the_button_says_so() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    path = await visit_at_ten(spa, desk)
    await later(desk, 10, 30)
    assert "Mark as no-show, fee $120.00" in (await desk.open(path)).words
    missed = await desk.send("/no-show")
    assert "Fee $120.00: 100 %: did not come." in missed.words
    await all_is_well()
