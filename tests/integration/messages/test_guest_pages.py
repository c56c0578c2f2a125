"""What a guest sees and does by the links in a message, in a browser that is no device of ours."""

import re
from uuid import UUID

import httpx
import icalendar

from spa_pos.booking.actions import cancel_appointment
from spa_pos.db import fetch_value
from spa_pos.messages.rules import visit_token
from tests.builders import booked, visit_of
from tests.cast import ADDRESS, SECRET, Spa
from tests.integration.messages.conftest import Post, ingrid_of


def stranger(spa: Spa) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS)


async def link_in_mail(post: Post, what: str) -> str:
    """The path of a link in the last mail that was sent."""
    await post.deliver()
    body = post.box.mails()[-1].get_body(("plain",))
    assert body is not None
    found = re.search(rf"{re.escape(ADDRESS)}(/{what}/\S+)", body.get_content())
    assert found
    return found[1]


async def test_the_link_of_a_mail_shows_the_visit_to_whoever_has_it(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    path = await link_in_mail(post, "visits")
    async with stranger(post.spa) as guest:
        seen = await guest.get(path)
    assert seen.status_code == 200
    assert "Your visit is booked" in seen.text
    assert "Wednesday, November 25" in seen.text
    assert "(507) 555-0100" in seen.text
    for word in ("Swedish", "massage", "Okafor", "Ingrid", "$"):
        assert word not in seen.text


async def test_a_guest_says_that_they_will_be_there_and_says_it_twice(post: Post) -> None:
    visit_id = await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    path = await link_in_mail(post, "visits")
    async with stranger(post.spa) as guest:
        for _ in range(2):
            answer = await guest.post(f"{path}/confirmation", follow_redirects=True)
            assert answer.status_code == 200
            assert "See you soon" in answer.text
            assert "I will be there" not in answer.text
    assert (await visit_of(post.spa, visit_id)).status == "confirmed"
    who = await fetch_value("SELECT staff_name FROM audit_event WHERE verb = 'confirmed'")
    assert who == "The guest"


async def test_the_visit_can_be_put_into_a_calendar_by_hand(post: Post) -> None:
    visit_id = await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    path = await link_in_mail(post, "visits")
    async with stranger(post.spa) as guest:
        answer = await guest.get(f"{path}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert str(event["UID"]) == str(visit_id)
    assert event["DTSTART"].dt == post.spa.local(10, days=1)


async def test_a_cancelled_visit_says_so_and_offers_nothing(spa: Spa) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=1))
    await cancel_appointment(spa.maya, appointment_id=visit_id, version=1, reason="Ill", now=spa.clock.now)
    path = f"/visits/{visit_token(SECRET, visit_id)}"
    async with stranger(spa) as guest:
        seen = await guest.get(path)
        assert "Your visit is cancelled" in seen.text
        assert "I will be there" not in seen.text
        await guest.post(f"{path}/confirmation")
        assert (await guest.get(f"{path}/calendar.ics")).status_code == 410
    assert (await visit_of(spa, visit_id)).status == "cancelled"


async def test_a_link_ends_a_week_after_the_visit(spa: Spa) -> None:
    visit_id = await booked(spa, at=spa.local(10))
    path = f"/visits/{visit_token(SECRET, visit_id)}"
    spa.clock.forward(days=6)
    async with stranger(spa) as guest:
        assert (await guest.get(path)).status_code == 200
        spa.clock.forward(days=2)
        assert (await guest.get(path)).status_code == 410


async def test_a_link_that_is_not_ours_shows_nothing(spa: Spa) -> None:
    visit_id = await booked(spa, at=spa.local(10))
    ghost = visit_token(SECRET, UUID(int=7))
    for token in ("x", str(visit_id), visit_token("another secret, just as long as ours", visit_id), ghost):
        async with stranger(spa) as guest:
            assert (await guest.get(f"/visits/{token}")).status_code == 404
            assert (await guest.post(f"/visits/{token}/confirmation")).status_code == 404


async def test_who_says_stop_hears_nothing_more_from_that_moment_on(post: Post) -> None:
    spa = post.spa
    ingrid = await ingrid_of(spa)
    await booked(spa, ingrid, at=spa.local(10, days=1))
    path = await link_in_mail(post, "stop")
    await booked(spa, ingrid, at=spa.local(14, days=1))
    async with stranger(spa) as guest:
        asked = await guest.get(path)
        assert "i•••@example.org" in asked.text
        assert await fetch_value("SELECT count(*) FROM message WHERE status = 'queued'") == 1
        stopped = await guest.post(path, data={"List-Unsubscribe": "One-Click"})
        assert "Messages have stopped" in stopped.text
        assert (await guest.post(path)).status_code == 200
        assert (await guest.post("/stop/x")).status_code == 404
    assert await post.deliver(minutes=5) == 0
    await booked(spa, ingrid, at=spa.local(12, days=1))
    assert await post.deliver(minutes=5) == 0
    assert len(post.box.mails()) == 1
