"""The outbox at the desk."""

from datetime import time, timedelta
from uuid import uuid4

import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import NotAllowed
from spa_pos.messages.queries import timing_of
from spa_pos.people.actions.messages import set_message_times
from tests.builders import booked
from tests.integration.messages.conftest import Post, ingrid_of


async def test_the_front_desk_sees_what_failed_and_why_and_sends_it_again(post: Post) -> None:
    spa = post.spa
    await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    post.box.say("550 no such mailbox")
    await post.deliver()
    desk = await spa.kiosk()
    page = await desk.open("/messages?status=failed")
    assert "no such mailbox" in page.words
    assert "Ingrid Halvorsen" in page.words
    assert "i•••@example.org" in page.words
    assert "ingrid@example.org" not in page.text
    message_id = await fetch_value("SELECT id FROM message")
    again = await desk.send(f"/messages/{message_id}/another-try")
    assert again.path == "/messages?status=failed"
    assert await post.deliver() == 1
    assert len(post.box.mails()) == 1
    assert (
        await fetch_value("SELECT staff_name FROM audit_event WHERE verb = 'sent again'") == "Maya Lindqvist"
    )


async def test_a_manager_sees_the_whole_address(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    manager = await post.spa.kiosk("Renata Silva")
    page = await manager.open("/messages")
    assert "ingrid@example.org" in page.text
    assert "Waiting 1" in page.words
    assert "No mail server is set" in page.words


async def test_what_was_overtaken_or_is_over_or_unwanted_is_not_sent_again(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    await post.deliver()
    desk = await spa.kiosk()
    await desk.open("/messages")
    form = dict(desk.page.forms())[f"/messages/{await fetch_value('SELECT id FROM message')}/another-try"]
    path = f"/messages/{await fetch_value('SELECT id FROM message')}/another-try"
    await fetch(
        "INSERT INTO consent (channel, address, given, made_at, made_by, source)"
        " VALUES ('email', 'ingrid@example.org', false, now(), 'The guest', 'link')"
    )
    assert (await desk.post(path, form)).problem == "messages-stopped"
    await fetch(
        "INSERT INTO consent (channel, address, given, made_at, made_by, source)"
        " VALUES ('email', 'ingrid@example.org', true, now(), 'Maya', 'desk')"
    )
    await fetch(
        "INSERT INTO message (id, location, guest, channel, address, kind, subject_kind, subject, sequence,"
        " facts, made_at, not_before_at, useful_until, next_try_at)"
        " SELECT 'ffffffff-ffff-7fff-bfff-ffffffffffff', location, guest, channel, address, 'change',"
        " subject_kind, subject, 9, facts, made_at, not_before_at, useful_until, next_try_at FROM message"
    )
    form["request"] = str(visit_id)
    assert (await desk.post(path, form)).problem == "message-overtaken"
    await fetch("DELETE FROM message WHERE sequence = 9")
    await fetch("UPDATE message SET useful_until = made_at")
    form["request"] = str(await fetch_value("SELECT gen_random_uuid()"))
    assert (await desk.post(path, form)).problem == "message-too-late"


async def test_the_desk_asks_whether_a_guest_may_be_written_to(post: Post) -> None:
    spa = post.spa
    guest_id = await spa.guest()
    desk = await spa.kiosk()
    path = f"/guests/{guest_id}/messages"
    page = await desk.open(path)
    assert 'name="by_email" value="yes" checked' in page.text
    assert 'name="by_text" value="yes">' in page.text
    assert (await desk.send(path, email="ingrid@", by_email="yes")).problem == "email-unreadable"
    await desk.open(path)
    await desk.send(path, email="ingrid@example.org", by_email="yes")
    await booked(spa, guest_id, at=spa.local(10, days=1))
    assert await post.deliver() == 1
    await booked(spa, guest_id, at=spa.local(14, days=1))
    await desk.send(path, email="other@example.org", by_email="yes")
    assert await post.deliver() == 0, "what waits for the old address is dropped"
    rows = await fetch("SELECT channel, address, given, made_by FROM consent ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("email", "ingrid@example.org", True, "Maya Lindqvist"),
        ("email", "ingrid@example.org", False, "Maya Lindqvist"),
        ("email", "other@example.org", True, "Maya Lindqvist"),
    ]


async def test_a_new_guest_with_an_address_is_written_to_by_mail_unless_they_say_no(post: Post) -> None:
    desk = await post.spa.kiosk()
    page = await desk.open(f"/appointments/new?date={post.spa.local(10, days=1):%Y-%m-%d}")
    assert 'name="by_email" value="yes" checked' in page.text
    assert 'name="by_text" value="yes">' in page.text
    typed = {"family_name": "Berg", "phone": "507 555 0177", "group": "visitor"}
    await desk.send("/guests", given_name="Ida", email="ida@example.org", by_email="yes", **typed)
    await desk.open("/appointments/new")
    await desk.send("/guests", given_name="Olaf", email="olaf@example.org", **typed)
    rows = await fetch("SELECT channel, address, given, made_by, source FROM consent")
    assert [tuple(row) for row in rows] == [("email", "ida@example.org", True, "Maya Lindqvist", "desk")]


async def test_a_manager_sets_quiet_hours_and_the_reminder_and_takes_it_back(post: Post) -> None:
    spa = post.spa
    manager = await spa.kiosk("Renata Silva")
    page = await manager.open("/messages")
    assert "Quiet from 9:00 PM to 8:00 AM" in page.words and "24 hours before a visit" in page.words
    page = await manager.send(
        "/messages/times", quiet_from="20:30", quiet_until="07:15", reminder_hours="1.5"
    )
    assert page.path == "/messages"
    assert "Quiet from 8:30 PM to 7:15 AM" in page.words and "1.5 hours before a visit" in page.words
    timing = await timing_of(spa.house.location_id)
    assert (timing.quiet_from, timing.quiet_until) == (time(20, 30), time(7, 15))
    assert timing.reminder == timedelta(minutes=90)
    row = await fetch(
        "SELECT staff_name, before, after FROM audit_event WHERE verb = 'set when messages go out'"
    )
    assert [one["staff_name"] for one in row] == ["Renata Silva"]
    assert "21:00" in str(row[0]["before"]) and "20:30" in str(row[0]["after"])
    forms = [values for action, values in page.forms() if action == "/messages/times"]
    back = next(values for values in forms if values.get("quiet_from") == "21:00")
    await manager.post("/messages/times", back)
    assert (await timing_of(spa.house.location_id)).quiet_from == time(21)
    page = await manager.open("/messages")
    page = await manager.send("/messages/times", quiet_from="08:00", quiet_until="08:00", reminder_hours="24")
    assert "No hours are quiet." in page.words


async def test_hours_that_cannot_be_are_refused_and_only_managers_set_them(post: Post) -> None:
    spa = post.spa
    manager = await spa.kiosk("Renata Silva")
    before = await timing_of(spa.house.location_id)
    usual = {"quiet_from": "20:00", "quiet_until": "07:00", "reminder_hours": "24"}
    for wrong, code in (
        ({"reminder_hours": "0.5"}, "reminder-unreadable"),
        ({"reminder_hours": "169"}, "reminder-unreadable"),
        ({"reminder_hours": "-24"}, "reminder-unreadable"),
        ({"reminder_hours": "soon"}, "reminder-unreadable"),
        ({"quiet_from": "25:00"}, "time-unreadable"),
        ({"quiet_until": ""}, "time-unreadable"),
    ):
        await manager.open("/messages")
        page = await manager.send("/messages/times", **usual | wrong)
        assert (page.status, page.problem) == (422, code), wrong
    assert await timing_of(spa.house.location_id) == before
    desk = await spa.kiosk()
    page = await desk.open("/messages")
    assert "Change these hours" not in page.words and "Quiet from" in page.words
    form = {"csrf": page.form("/lock")["csrf"], "request": str(uuid4()), "quiet_from": "01:00"}
    assert (await desk.post("/messages/times", form)).status == 403
    with pytest.raises(NotAllowed):
        await set_message_times(
            spa.maya, quiet_from=time(1), quiet_until=time(2), reminder_minutes=60, now=spa.clock.now
        )
    assert await timing_of(spa.house.location_id) == before
