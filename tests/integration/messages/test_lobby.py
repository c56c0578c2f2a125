"""The tablet in the lobby: who checks in there, what it shows, how often it can be tried."""

from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from spa_pos.db import fetch_value
from spa_pos.kernel.ids import uuid7
from spa_pos.messages.rules import visit_token
from spa_pos.people.actions import enrol_device, make_enrolment_code
from tests.builders import booked, visit_of
from tests.cast import ADDRESS, SECRET, Kiosk, Spa


@pytest.fixture
async def tablet(spa: Spa) -> AsyncIterator[Kiosk]:
    """The tablet in the lobby."""
    secret = await spa.lobby()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        browser.cookies.set("spa_device", secret, domain="127.0.0.1", path="/")
        yield Kiosk(spa, browser)


async def type_in(tablet: Kiosk, who: str) -> None:
    await tablet.open("/check-in")
    await tablet.send("/check-in", who=who)


async def here(spa: Spa, **wish: object) -> UUID:
    """A guest whose visit begins in twenty minutes."""
    visit_id = await booked(spa, await spa.guest(), at=spa.local(10), **wish)
    spa.clock.now = spa.local(9, 40)
    return visit_id


async def test_a_guest_checks_in_with_a_telephone_number(spa: Spa, tablet: Kiosk) -> None:
    visit_id = await here(spa)
    await type_in(tablet, "(507) 555-0123")
    assert "Ingrid H." in tablet.page.words
    for word in ("Halvorsen", "Swedish", "Okafor", "10:00", "$"):
        assert word not in tablet.page.text
    page = await tablet.send("/check-in/arrival")
    assert "You are checked in." in page.words and "Ingrid H." in page.words
    assert page.headers["refresh"] == "12; url=/language/en?next=/check-in"
    assert (await visit_of(spa, visit_id)).status == "checked_in"
    device = await fetch_value(
        "SELECT d.name FROM audit_event a JOIN device d ON d.id = a.device WHERE a.verb = 'checked in'"
    )
    assert device == "Lobby"


async def test_the_code_of_the_visit_does_it_too(spa: Spa, tablet: Kiosk) -> None:
    visit_id = await here(spa)
    for typed in (f"{ADDRESS}/visits/{visit_token(SECRET, visit_id)}", visit_token(SECRET, visit_id)):
        await type_in(tablet, typed)
        assert "Ingrid H." in tablet.page.words
    await type_in(tablet, visit_token("another secret, just as long as ours", visit_id))
    assert tablet.page.problem == "not-expected"


async def test_who_is_not_expected_now_is_answered_like_a_stranger(spa: Spa, tablet: Kiosk) -> None:
    await booked(spa, await spa.guest(), at=spa.local(13))
    await type_in(tablet, "507 555 0123")
    known = tablet.page.words
    await type_in(tablet, "507 555 0199")
    assert tablet.page.words == known and tablet.page.problem == "not-expected"


async def test_a_price_without_its_proof_is_for_the_desk(spa: Spa, tablet: Kiosk) -> None:
    visit_id = await booked(spa, await spa.guest(group="employee"), at=spa.local(10))
    spa.clock.now = spa.local(9, 40)
    before = await visit_of(spa, visit_id)
    await type_in(tablet, "507 555 0123")
    page = await tablet.send("/check-in/arrival")
    assert "Please come to the desk." in page.words
    assert await visit_of(spa, visit_id) == before


async def test_who_is_late_is_for_the_desk(spa: Spa, tablet: Kiosk) -> None:
    visit_id = await here(spa)
    spa.clock.now = spa.local(10, 10)
    await type_in(tablet, "507 555 0123")
    assert "Please come to the desk." in (await tablet.send("/check-in/arrival")).words
    assert (await visit_of(spa, visit_id)).status == "booked"


async def test_guessing_numbers_ends_soon(spa: Spa, tablet: Kiosk) -> None:
    await here(spa)
    for number in range(30):
        await type_in(tablet, f"507 555 02{number:02}")
    await type_in(tablet, "507 555 0123")
    assert (tablet.page.status, tablet.page.problem) == (429, "too-many-tries")
    spa.clock.forward(minutes=16)
    await type_in(tablet, "507 555 0123")
    assert "Ingrid H." in tablet.page.words


async def test_a_name_is_chosen_soon_and_on_this_tablet_only(spa: Spa, tablet: Kiosk) -> None:
    visit_id = await here(spa)
    await type_in(tablet, "507 555 0123")
    chosen = tablet.page
    forged = chosen.form("/check-in/arrival") | {"appointment": str(uuid7(spa.clock.now))}
    assert (await tablet.post("/check-in/arrival", forged)).problem == "form-unreadable"
    junk = chosen.form("/check-in/arrival") | {"until": "never"}
    assert (await tablet.post("/check-in/arrival", junk)).problem == "form-unreadable"
    spa.clock.forward(minutes=3)
    assert (await tablet.send("/check-in/arrival", chosen)).problem == "form-unreadable"
    assert (await visit_of(spa, visit_id)).status == "booked"


async def test_no_staff_signs_in_at_the_tablet_and_no_guest_checks_in_at_a_desk(
    spa: Spa, tablet: Kiosk
) -> None:
    for path in ("/board", "/sign-in", "/tickets"):
        assert (await tablet.open(path)).path == "/check-in"
    desk = await spa.kiosk()
    assert (await desk.open("/check-in")).path == "/board"


async def test_a_code_enrols_a_tablet(spa: Spa) -> None:
    code = await make_enrolment_code(
        location_id=spa.house.location_id,
        device_name="Lobby 2",
        made_by="Renata",
        now=spa.clock.now,
        kind="lobby",
    )
    await enrol_device(code=code, now=spa.clock.now)
    assert await fetch_value("SELECT kind FROM device WHERE name = 'Lobby 2'") == "lobby"
