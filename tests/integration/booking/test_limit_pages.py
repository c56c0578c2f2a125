"""Past a hands-on limit on the board: the desk is told, a manager says why."""

from uuid import UUID

from spa_pos.booking.actions import cancel_appointment, restore_appointment
from spa_pos.db import fetch, fetch_value
from tests.builders import booked, visit_of
from tests.cast import Kiosk, Page, Spa
from tests.integration.booking.asking import booked_party, item
from tests.integration.booking.test_board_pages import NIL, dropped
from tests.integration.booking.test_limits import limit


async def stretched(desk: Kiosk, appointment_id: UUID, minutes: int) -> Page:
    """Stretch a visit on the board."""
    page = await desk.open("/board")
    fields = page.form(f"/appointments/{NIL}/length") | {"version": "1", "minutes": str(minutes)}
    return await desk.post(f"/appointments/{appointment_id}/length", fields)


async def full_day(spa: Spa) -> UUID:
    """A visit with Ben on the day; Ana has all that she may have."""
    await limit(spa, day_minutes=60)
    await booked(spa)
    return await booked(spa, await spa.guest("Tom Becker"), provider="Ben Castellano", at=spa.local(13))


async def test_a_stretch_past_the_limit_is_for_a_manager_with_a_reason(spa: Spa) -> None:
    one = await full_day(spa)
    maya = await spa.kiosk()
    page = await stretched(maya, one, 75)
    assert (page.status, page.problem) == (409, "hands-on-limit")
    assert "Ben Castellano would have 1 h 15 min hands-on that day; the limit is 1 h." in page.words
    assert "75 min instead of 60, with Ben Castellano" in page.words
    assert "Needs a manager" in page.words
    assert f"/appointments/{one}/length" not in [action for action, _ in page.forms()]
    renata = await spa.kiosk("Renata Silva", name="Desk 2")
    await stretched(renata, one, 75)
    again = await renata.send("/length", override_reason=" ")
    assert again.problem == "reason-missing"
    await stretched(renata, one, 75)
    board = await renata.send("/length", override_reason="His back is worse")
    assert "Tom Becker has 75 min now" in board.words
    found = await visit_of(spa, one)
    assert (found.duration_minutes, found.override_reason) == (75, "His back is worse")


async def test_a_drop_past_the_limit_is_for_a_manager_with_a_reason_on_any_minute(spa: Spa) -> None:
    one = await full_day(spa)
    maya = await spa.kiosk()
    page = await dropped(spa, maya, one, "Ana Okafor", "13:35")
    assert (page.problem, "Needs a manager" in page.words) == ("hands-on-limit", True)
    assert "Tuesday 24 November, 1:35 PM, Ana Okafor" in page.words
    renata = await spa.kiosk("Renata Silva", name="Desk 2")
    await dropped(spa, renata, one, "Ana Okafor", "13:35")
    board = await renata.send("/drop", override_reason="Ben is ill")
    assert "is moved to Tuesday 24 November, 1:35 PM" in board.words
    assert (await visit_of(spa, one)).override_reason == "Ben is ill"
    back = await renata.send("/time")
    assert "is moved to Tuesday 24 November, 1:00 PM" in back.words
    again = await dropped(spa, renata, one, "Ana Okafor", "14:35", version=3)
    assert again.problem == "hands-on-limit", "a reason is for one move"


async def test_what_costs_another_price_there_keeps_the_reason_it_was_given(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    await booked(spa, at=spa.local(10, days=1))
    one = await booked(spa, await spa.guest("Tom Becker", "employee"))
    renata = await spa.kiosk("Renata Silva")
    page = await renata.open("/board")
    fields = page.form(f"/appointments/{NIL}/drop") | {
        "version": "1",
        "provider": str(await spa.staff_id("Ana Okafor")),
        "date": f"{spa.local(12, days=1):%Y-%m-%d}",
        "at": "13:00",
    }
    limited = await renata.post(f"/appointments/{one}/drop", fields)
    assert limited.problem == "hands-on-limit"
    priced = await renata.send("/drop", override_reason="He works nights")
    assert "Move at $96.00" in priced.words
    await renata.send("/time")
    found = await visit_of(spa, one)
    assert (found.starts_at, found.override_reason) == (spa.local(13, days=1), "He works nights")


async def test_the_move_sheet_of_one_visit_shows_times_past_the_limit(spa: Spa) -> None:
    one = await full_day(spa)
    ana = await spa.staff_id("Ana Okafor")
    address = f"/appointments/new?date={spa.local(12):%Y-%m-%d}&move={one}&provider={ana}&at=13:00"
    maya = await spa.kiosk()
    page = await maya.open(address)
    assert "Ana Okafor would have 2 h hands-on that day" in page.words
    assert "Needs a manager" in page.words
    renata = await spa.kiosk("Renata Silva", name="Desk 2")
    await renata.open(address)
    board = await renata.send(f"/appointments/{one}/time", override_reason="She knows him")
    assert "is moved to Tuesday 24 November, 1:00 PM" in board.words
    assert (await visit_of(spa, one)).override_reason == "She knows him"
    first = await renata.open("/board")
    assert first.status == 200


async def test_what_comes_back_past_the_limit_needs_a_manager(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    one = await booked(spa)
    asked = {"appointment_id": one, "now": spa.clock.now}
    await cancel_appointment(spa.maya, version=1, reason="Illness", **asked)  # type: ignore[arg-type]
    renata = await spa.kiosk("Renata Silva")
    await restore_appointment(spa.maya, version=2, **asked)  # type: ignore[arg-type]
    await renata.open(f"/appointments/{one}?cancelling=true")
    await renata.send("/cancellation", reason="Illness")
    await booked(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    page = await renata.send("/restoration")
    assert (page.problem, "Restore Ingrid Halvorsen" in page.words) == ("hands-on-limit", True)
    back = await renata.send("/restoration", override_reason="Both are regulars")
    assert "The visit is booked again." in back.words
    assert (await visit_of(spa, one)).override_reason == "Both are regulars"


async def test_a_party_comes_back_past_the_limit_with_a_reason(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    items = [
        await item(spa, await spa.guest("Ingrid Halvorsen")),
        await item(spa, await spa.guest("Lars Berg"), provider="Ben Castellano"),
    ]
    party_id = await booked_party(spa, items)
    renata = await spa.kiosk("Renata Silva")
    await renata.open(f"/appointments/{items[0].appointment_id}")
    await renata.send(f"/parties/{party_id}/cancellation", reason="Illness")
    await booked(spa, await spa.guest("Tom Becker"), at=spa.local(13))
    page = await renata.send("/restoration")
    assert (page.problem, "Restore Ingrid and Lars" in page.words) == ("hands-on-limit", True)
    await renata.send("/restoration", override_reason="A wedding")
    reasons = await fetch("SELECT DISTINCT override_reason, status FROM appointment WHERE party IS NOT NULL")
    assert [tuple(row) for row in reasons] == [("A wedding", "booked")]
    assert await fetch_value("SELECT count(*) FROM claim WHERE released") == 0
