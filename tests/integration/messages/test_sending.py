"""From a booking to a mail in a real mailbox, and all that can go wrong on the way."""

import asyncio
from uuid import UUID, uuid4

import pytest

from spa_pos.app import create_app, outbox
from spa_pos.booking.actions import cancel_appointment, move_appointment, restore_appointment
from spa_pos.db import fetch, fetch_one, fetch_value, forbid_transaction
from spa_pos.kernel.errors import Conflict
from spa_pos.messages.actions import claim_due
from spa_pos.messages.flows import Outbox
from spa_pos.messages.gateways import Later, Outcome, Refused, Taken
from spa_pos.messages.queries import MessageView
from spa_pos.messages.queries import outbox as listed
from spa_pos.messages.rules import STALE_AFTER
from tests.builders import booked, visit_of
from tests.cast import Spa, settings
from tests.integration.messages.conftest import Post, ingrid_of
from tests.mailbox import events_of


async def messages(spa: Spa) -> list[MessageView]:
    """The outbox, oldest first."""
    return list(reversed(await listed(spa.house.location_id)))


async def moved(spa: Spa, appointment_id: UUID, hour: int, *, days: int = 1) -> None:
    visit = await visit_of(spa, appointment_id)
    await move_appointment(
        spa.maya,
        appointment_id=appointment_id,
        version=visit.version,
        provider_id=visit.provider_id,
        starts_at=spa.local(hour, days=days),
        quoted_cents=visit.total_cents,
        now=spa.clock.now,
    )


async def cancelled(spa: Spa, appointment_id: UUID) -> None:
    version = (await visit_of(spa, appointment_id)).version
    await cancel_appointment(
        spa.maya, appointment_id=appointment_id, version=version, reason="Ill", now=spa.clock.now
    )


async def test_a_booking_its_move_and_its_cancellation_reach_the_guests_calendar(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    assert await post.deliver() == 1
    await moved(spa, visit_id, 14)
    assert await post.deliver() == 0, "the desk has a minute to take it back"
    assert await post.deliver(seconds=61) == 1
    await cancelled(spa, visit_id)
    assert await post.deliver(seconds=61) == 1

    mails = post.box.mails()
    assert [mail["Subject"] for mail in mails] == [
        "Your visit is booked · Rejuvenate Spa",
        "Your visit has changed · Rejuvenate Spa",
        "Your visit is cancelled · Rejuvenate Spa",
    ]
    assert {mail["To"] for mail in mails} == {"ingrid@example.org"}
    events = [event for mail in mails for event in events_of(mail)]
    assert [method for method, _ in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["UID"]) for _, event in events} == {str(visit_id)}
    assert [int(event["SEQUENCE"]) for _, event in events] == [0, 1, 2]
    starts = [event["DTSTART"].dt for _, event in events]
    assert starts == [spa.local(10, days=1), spa.local(14, days=1), spa.local(14, days=1)]
    assert {start.tzinfo.key for start in starts} == {"America/Chicago"}
    assert {str(event["SUMMARY"]) for _, event in events} == {"Visit at Rejuvenate Spa"}
    assert "Healthy Living Center" in str(events[0][1]["LOCATION"])
    assert str(events[0][1]["ORGANIZER"]) == "mailto:spa@example.org"
    assert str(events[0][1]["ATTENDEE"]) == "mailto:ingrid@example.org"
    assert str(events[2][1]["STATUS"]) == "CANCELLED"


async def test_a_mail_has_text_html_and_an_invitation_where_readers_look_for_one(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    await post.deliver()
    (mail,) = post.box.mails()
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]
    text = mail.get_body(("plain",))
    assert text is not None
    words = text.get_content()
    assert "Wednesday, November 25, 10:00\u00a0AM" in words
    assert "/visits/" in words
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_a_server_that_is_busy_is_asked_again_after_a_minute(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    post.box.say("451 try later")
    assert await post.deliver() == 1
    (waiting,) = await messages(post.spa)
    assert (waiting.status, waiting.tries) == ("queued", 1)
    assert waiting.problem == "The mail server says 451: try later"
    assert await post.deliver(seconds=59) == 0
    assert await post.deliver(seconds=1) == 1
    (sent,) = await messages(post.spa)
    assert (sent.status, sent.tries, sent.problem) == ("sent", 2, None)
    assert len(post.box.mails()) == 1


async def test_what_a_server_refuses_for_good_is_given_up_and_says_why(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    post.box.say("550 no such mailbox")
    await post.deliver()
    (failed,) = await messages(post.spa)
    assert (failed.status, failed.problem) == ("failed", "The mail server says 550: no such mailbox")
    assert await post.deliver(hours=20) == 0


async def test_a_server_that_is_down_is_tried_six_times_and_then_given_up(post: Post) -> None:
    post.box.stop()
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    for waiting in (0, 1, 5, 15, 60, 360):
        assert await post.deliver(minutes=waiting) == 1
    (failed,) = await messages(post.spa)
    assert (failed.status, failed.tries) == ("failed", 6)
    assert "does not answer" in (failed.problem or "")


async def test_a_server_that_comes_back_gets_everything_once(post: Post) -> None:
    post.box.stop()
    for hour in (10, 12, 14):
        await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(hour, days=1))
    assert await post.deliver() == 1, "after the first nobody else is tried"
    assert [one.tries for one in await messages(post.spa)] == [1, 0, 0]
    post.box.start()
    assert await post.deliver(minutes=1) == 3
    assert len(post.box.mails()) == 3


async def test_two_workers_never_send_the_same_message(post: Post) -> None:
    for hour in (10, 12, 14):
        await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(hour, days=1))
    tried = await asyncio.gather(*(post.deliver() for _ in range(4)))
    assert sum(tried) == 3
    assert len(post.box.mails()) == 3


async def test_a_worker_that_died_while_sending_is_replaced_once(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    assert len(await claim_due(now=post.spa.clock.now, most=10)) == 1
    assert await post.deliver(minutes=9) == 0
    post.spa.clock.forward(minutes=1)
    assert len(await claim_due(now=post.spa.clock.now, most=10)) == 1, "stale: it goes out again"
    post.spa.clock.now += STALE_AFTER
    assert await post.deliver() == 0, "and not a third time"
    (one,) = await messages(post.spa)
    assert one.status == "failed"
    assert "nobody knows" in (one.problem or "")


async def test_a_booking_that_is_refused_leaves_no_message(post: Post) -> None:
    spa = post.spa
    await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    with pytest.raises(Conflict):
        await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    assert len(await messages(spa)) == 1


async def test_a_cancellation_that_is_undone_at_once_is_never_told(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    await post.deliver()
    await cancelled(spa, visit_id)
    version = (await visit_of(spa, visit_id)).version
    await restore_appointment(spa.maya, appointment_id=visit_id, version=version, now=spa.clock.now)
    await post.deliver(minutes=5)
    assert [mail["Subject"] for mail in post.box.mails()] == ["Your visit is booked · Rejuvenate Spa"]


async def test_a_visit_restored_after_the_guest_heard_of_its_end_is_confirmed_again(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    await post.deliver()
    await cancelled(spa, visit_id)
    await post.deliver(minutes=5)
    version = (await visit_of(spa, visit_id)).version
    await restore_appointment(spa.maya, appointment_id=visit_id, version=version, now=spa.clock.now)
    await post.deliver(minutes=5)
    events = [event for mail in post.box.mails() for event in events_of(mail)]
    assert [method for method, _ in events] == ["REQUEST", "CANCEL", "REQUEST"]
    assert [int(event["SEQUENCE"]) for _, event in events] == [0, 1, 2]


async def test_a_visit_booked_and_cancelled_before_anything_went_out_is_not_told(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    await cancelled(spa, visit_id)
    await post.deliver(minutes=5)
    assert post.box.mails() == []
    assert [one.status for one in await messages(spa)] == ["dropped"]


async def test_who_allowed_nothing_hears_nothing(post: Post) -> None:
    await booked(post.spa, at=post.spa.local(10, days=1))
    assert await messages(post.spa) == []


async def test_without_a_mail_server_nothing_is_sent_and_the_outbox_says_so(spa: Spa) -> None:
    await booked(spa, await ingrid_of(spa, by_text=True), at=spa.local(10, days=1))
    assert await outbox(settings()).work(spa.clock.now) == 2
    found = {one.channel: one for one in await messages(spa)}
    assert {one.status for one in found.values()} == {"dropped"}
    assert "SPA_SMTP_URL" in (found["email"].problem or "")
    assert "provider for texts" in (found["text"].problem or "")


class Provider:
    """A provider of texts that is away at first."""

    is_real = True

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.taken: list[tuple[str, str]] = []

    async def send(self, number: str, words: str) -> Outcome:
        forbid_transaction()
        self.taken.append((number, words))
        return self.answers.pop(0)


async def test_a_text_goes_through_the_provider_that_is_handed_in_and_is_tried_again(spa: Spa) -> None:
    provider = Provider(Later("The provider is away."), Taken("sms-1"))
    app = create_app(settings(), texts=provider, clock=spa.clock)
    line: Outbox = app.state["outbox"]
    await booked(spa, await ingrid_of(spa, by_text=True), at=spa.local(10, days=1))
    await line.work(spa.clock.now)
    waiting = {one.channel: one for one in await messages(spa)}["text"]
    assert (waiting.status, waiting.problem) == ("queued", "The provider is away.")
    await line.work(spa.clock.now)
    assert len(provider.taken) == 1, "not before the pause is over"
    await line.work(spa.clock.forward(minutes=1))
    assert {one.channel: one.status for one in await messages(spa)}["text"] == "sent"
    numbers = {number for number, _ in provider.taken}
    assert numbers == {"+15075550123"} and len(provider.taken) == 2
    assert "/visits/" in provider.taken[-1][1] and "massage" not in provider.taken[-1][1].lower()
    assert await fetch_value("SELECT gateway_number FROM message WHERE channel = 'text'") == "sms-1"


async def test_a_number_that_a_provider_refuses_for_good_fails_at_once(spa: Spa) -> None:
    provider = Provider(Refused("There is no such number."))
    line: Outbox = create_app(settings(), texts=provider, clock=spa.clock).state["outbox"]
    await booked(spa, await ingrid_of(spa, by_text=True), at=spa.local(10, days=1))
    await line.work(spa.clock.now)
    await line.work(spa.clock.forward(hours=1))
    failed = {one.channel: one for one in await messages(spa)}["text"]
    assert (failed.status, failed.problem) == ("failed", "There is no such number.")
    assert len(provider.taken) == 1


async def test_what_is_over_before_it_could_go_out_is_not_sent(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10))
    assert await post.deliver(hours=3) == 0
    (one,) = await messages(post.spa)
    assert (one.status, one.problem) == ("dropped", "What it tells of was over before it could go out.")


async def test_what_went_out_is_kept_word_for_word(post: Post) -> None:
    await booked(post.spa, await ingrid_of(post.spa), at=post.spa.local(10, days=1))
    await post.deliver()
    row = await fetch_one("SELECT title, text, html, calendars::text FROM message")
    assert row is not None
    assert row["title"] == "Your visit is booked"
    assert "10:00" in row["text"]
    assert "<h1" in row["html"]
    assert "METHOD:REQUEST" in row["calendars"]


async def test_the_same_event_is_never_in_the_outbox_twice(post: Post) -> None:
    spa = post.spa
    await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    columns = "location, guest, channel, address, kind, subject_kind, subject, sequence, facts, made_at"
    rest = "not_before_at, useful_until, next_try_at"
    with pytest.raises(Exception, match="message_once"):
        await fetch(
            f"INSERT INTO message (id, {columns}, {rest}) SELECT $1, {columns}, {rest} FROM message", uuid4()
        )
    assert await fetch_value("SELECT count(*) FROM message") == 1
