"""The outbox at the desk."""

from spa_pos.db import fetch, fetch_value
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
