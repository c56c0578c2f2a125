"""PIN sign-in on a shared kiosk: who, how often wrong, how long idle."""

import pytest

from spa_pos.db import fetch, fetch_value
from tests.cast import open_spa

pytestmark = pytest.mark.usefixtures("database")


async def test_a_browser_that_is_no_known_device_is_led_to_enrolment_and_a_code_works_once() -> None:
    from spa_pos.people.actions import make_enrolment_code

    spa = await open_spa()
    desk = await spa.locked_kiosk()
    desk.browser.cookies.clear()
    page = await desk.open("/board")
    assert page.path == "/enrolment"
    code = await make_enrolment_code(
        location_id=spa.house.location_id, device_name="Desk 2", made_by="Renata", now=spa.clock.now
    )
    wrong = await desk.send("/devices", code="ABCD-2345-EFGH")
    assert (wrong.status, wrong.problem) == (410, "code-unknown")
    enrolled = await desk.send("/devices", code=code)
    assert enrolled.path == "/sign-in"
    desk.browser.cookies.clear()
    await desk.open("/enrolment")
    again = await desk.send("/devices", code=code)
    assert again.problem == "code-unknown"


async def test_outside_the_demo_a_device_needs_a_code() -> None:
    spa = await open_spa()
    desk = await spa.locked_kiosk()
    desk.browser.cookies.clear()
    await desk.open("/enrolment")
    refused = await desk.send("/devices", code="")
    assert (refused.status, refused.problem) == (403, "code-missing")


async def test_signing_in_opens_the_board_and_is_written_down_with_name_and_device() -> None:
    spa = await open_spa()
    desk = await spa.locked_kiosk()
    page = await desk.sign_in("Maya Lindqvist")
    assert page.path == "/board"
    row = (
        await fetch("SELECT staff_name, verb, d.name FROM audit_event a JOIN device d ON d.id = a.device")
    )[0]
    assert tuple(row) == ("Maya Lindqvist", "signed in", "Desk 1")


async def test_wrong_pins_slow_down_then_lock_this_name_here_for_half_an_hour() -> None:
    spa = await open_spa()
    desk = await spa.locked_kiosk()
    first = await desk.sign_in("Maya Lindqvist", "9999")
    assert (first.status, first.problem) == (422, "pin-wrong")
    assert "4 tries left" in first.words
    await desk.sign_in("Maya Lindqvist", "9999")
    too_soon = await desk.sign_in("Maya Lindqvist")
    assert (too_soon.status, too_soon.problem) == (429, "pin-too-soon")
    for _ in range(3):
        spa.clock.forward(minutes=1)
        await desk.sign_in("Maya Lindqvist", "9999")
    spa.clock.forward(minutes=1)
    locked = await desk.sign_in("Maya Lindqvist")
    assert (locked.status, locked.problem) == (429, "pin-locked")
    other = await desk.sign_in("Owen Brandt")
    assert other.path == "/board"
    spa.clock.forward(minutes=31)
    await desk.sign_in("Maya Lindqvist")
    assert desk.page.path == "/board"
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'mistyped the PIN'") == 5


async def test_idle_time_locks_and_the_next_page_asks_for_the_pin_and_comes_back() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    spa.clock.forward(seconds=301)
    page = await desk.open("/tickets")
    assert page.path.startswith("/sign-in?next=")
    await desk.open(f"/sign-in/{await spa.staff_id('Owen Brandt')}?next=/tickets")
    back = await desk.send("/sessions", pin="2580")
    assert back.path == "/tickets"


async def test_locking_kills_the_session_even_for_a_copy_of_the_cookie() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    stolen = desk.browser.cookies.get("spa_session")
    await desk.open("/board")
    await desk.send("/sessions/current/lock")
    desk.browser.cookies.set("spa_session", stolen or "", domain="127.0.0.1", path="/")
    page = await desk.open("/board")
    assert page.path.startswith("/sign-in")


async def test_a_session_of_one_device_is_worth_nothing_on_another() -> None:
    spa = await open_spa()
    one = await spa.kiosk(name="Desk 1")
    two = await spa.locked_kiosk(name="Desk 2")
    two.browser.cookies.set(
        "spa_session", one.browser.cookies.get("spa_session") or "", domain="127.0.0.1", path="/"
    )
    assert (await two.open("/board")).path.startswith("/sign-in")


async def test_the_next_page_after_sign_in_is_never_another_site() -> None:
    spa = await open_spa()
    desk = await spa.locked_kiosk()
    maya = await spa.staff_id("Maya Lindqvist")
    for foreign in ("//evil.example", "https://evil.example", "javascript:alert(1)", "/\\evil.example"):
        await desk.open(f"/sign-in/{maya}")
        page = await desk.send("/sessions", pin="4711", next=foreign)
        assert page.path == "/board"


async def test_a_provider_sees_the_board_and_nothing_of_the_money() -> None:
    spa = await open_spa()
    desk = await spa.kiosk("Ana Okafor")
    assert (await desk.open("/board")).status == 200
    for path in ("/tickets", "/appointments/new", "/reports/sales-day"):
        assert (await desk.open(path)).status == 403


async def test_the_front_desk_does_not_see_the_sales_day_and_the_owner_does() -> None:
    spa = await open_spa()
    assert (await (await spa.kiosk()).open("/reports/sales-day")).status == 403
    assert (await (await spa.kiosk("Harold Munroe", name="Office")).open("/reports/sales-day")).status == 200


async def test_secrets_are_stored_hashed() -> None:
    spa = await open_spa()
    desk = await spa.kiosk()
    token = desk.browser.cookies.get("spa_session") or ""
    device = desk.browser.cookies.get("spa_device") or ""
    rows = await fetch("SELECT token_hash FROM staff_session UNION ALL SELECT secret_hash FROM device")
    assert not {token, device} & {row["token_hash"] for row in rows}
    assert str(await fetch_value("SELECT pin_hash FROM staff LIMIT 1")).startswith("$argon2id$")
