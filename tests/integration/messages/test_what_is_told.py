"""Reminders, parties and offers; and that no word of any message says what a visit is for."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

from spa_pos.app import outbox as outbox_of
from spa_pos.booking.actions import (
    BookingItem,
    book_party,
    cancel_appointment,
    cancel_party,
    check_in,
    confirm_hold,
    resize_appointment,
)
from spa_pos.booking.actions.offers import offer_time
from spa_pos.booking.flows import by_itself, remind_all_guests
from spa_pos.booking.rules import Arrangement
from spa_pos.db import fetch
from spa_pos.ledger.queries import places
from spa_pos.messages.flows import mail_words, text_words
from spa_pos.messages.flows.papers import gift_words, receipt_words
from spa_pos.messages.queries import messages_about
from spa_pos.messages.rules import GiftFacts, Kind, Part, ReceiptFacts, VisitFacts
from spa_pos.people.actions.messages import set_reach
from tests.builders import booked, price_for, visit_of
from tests.cast import Spa, settings
from tests.integration.booking.waitlist import open_offer, wait_of, waits
from tests.integration.messages.conftest import Post, ingrid_of
from tests.integration.messages.test_sending import moved
from tests.mailbox import events_of


async def kinds(spa: Spa) -> list[str]:
    rows = await fetch("SELECT kind FROM message ORDER BY made_at, sequence, id")
    return [row["kind"] for row in rows]


async def item(spa: Spa, guest_id: UUID, service: str, provider: str, hour: int) -> BookingItem:
    service_id, at = await spa.service_id(service), spa.local(hour, days=1)
    price = await price_for(spa, guest_id, service_id, at)
    return BookingItem(uuid4(), guest_id, service_id, await spa.staff_id(provider), at, price)


async def test_a_guest_is_reminded_a_day_before_once(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(14, days=3))
    await post.deliver()
    visit = await visit_of(spa, visit_id)
    spa.clock.now = visit.starts_at - timedelta(hours=24, seconds=1)
    await remind_all_guests(spa.clock.now)
    assert await kinds(spa) == ["confirmation"]
    for _ in range(3):
        spa.clock.forward(seconds=1)
        await remind_all_guests(spa.clock.now)
    assert await kinds(spa) == ["confirmation", "reminder"]
    assert await post.deliver() == 1
    assert post.box.mails()[-1]["Subject"] == "Your visit is coming up · Rejuvenate Spa"
    assert [one.kind for one in await messages_about(visit.guest_id, [visit_id])] == [
        "confirmation",
        "reminder",
    ]


async def test_a_guest_hears_of_the_new_end_of_a_visit_that_is_stretched_before_they_come(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(14))
    await post.deliver(seconds=61)
    asked = {"appointment_id": visit_id, "now": spa.clock.now}
    await resize_appointment(spa.maya, version=1, minutes=60, **asked)  # type: ignore[arg-type]
    await resize_appointment(spa.maya, version=2, minutes=75, **asked)  # type: ignore[arg-type]
    await post.deliver(seconds=61)
    assert await kinds(spa) == ["confirmation", "change"]
    events = [event for mail in post.box.mails() for _, event in events_of(mail)]
    assert [int(event["SEQUENCE"]) for event in events] == [0, 2]
    assert events[-1]["DTEND"].dt == spa.local(15, 15)
    await check_in(spa.maya, version=3, proof_shown="on_file", **asked)  # type: ignore[arg-type]
    await resize_appointment(spa.maya, version=4, minutes=60, **asked)  # type: ignore[arg-type]
    assert await kinds(spa) == ["confirmation", "change"], "who is here is told by mouth"


async def test_who_booked_or_heard_later_than_that_is_not_reminded(post: Post) -> None:
    spa = post.spa
    late = await booked(spa, await ingrid_of(spa), at=spa.local(8, days=1))
    later = await booked(spa, await ingrid_of(spa), at=spa.local(14, days=3))
    spa.clock.now = (await visit_of(spa, later)).starts_at - timedelta(hours=23)
    await moved(spa, later, 13, days=1)
    await remind_all_guests(spa.clock.now)
    assert "reminder" not in await kinds(spa)
    assert late != later


async def test_a_visit_that_moves_to_another_day_is_reminded_of_again(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(14, days=3))
    spa.clock.now = (await visit_of(spa, visit_id)).starts_at - timedelta(hours=23)
    await remind_all_guests(spa.clock.now)
    spa.clock.forward(minutes=1)
    await moved(spa, visit_id, 14, days=5)
    spa.clock.now = (await visit_of(spa, visit_id)).starts_at - timedelta(hours=23)
    await remind_all_guests(spa.clock.now)
    assert await kinds(spa) == ["confirmation", "reminder", "change", "reminder"]


async def test_a_cancelled_visit_is_never_reminded_of(post: Post) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(14, days=3))
    await post.deliver()
    visit = await visit_of(spa, visit_id)
    spa.clock.now = visit.starts_at - timedelta(hours=23)
    await remind_all_guests(spa.clock.now)
    await cancel_appointment(spa.maya, appointment_id=visit_id, version=1, reason="Ill", now=spa.clock.now)
    await remind_all_guests(spa.clock.now)
    await post.deliver(minutes=2)
    assert [mail["Subject"].split(" · ")[0] for mail in post.box.mails()] == [
        "Your visit is booked",
        "Your visit is cancelled",
    ]


async def test_several_services_of_one_guest_are_one_message_with_every_time(post: Post) -> None:
    spa = post.spa
    ingrid, tom = await ingrid_of(spa), await ingrid_of(spa, email="tom@example.org")
    items = [
        await item(spa, ingrid, "swedish-60", "Ana Okafor", 10),
        await item(spa, ingrid, "swedish-60", "Ana Okafor", 12),
        await item(spa, tom, "swedish-60", "Ben Castellano", 12),
    ]
    party_id = uuid4()
    await book_party(
        spa.maya,
        party_id=party_id,
        items=items,
        arrangement=Arrangement.TOGETHER,
        longest_wait_minutes=60,
        now=spa.clock.now,
    )
    assert await post.deliver() == 2
    to_ingrid = next(mail for mail in post.box.mails() if mail["To"] == "ingrid@example.org")
    assert {str(event["UID"]) for _, event in events_of(to_ingrid)} == {
        str(one.appointment_id) for one in items[:2]
    }
    first = items[0].appointment_id
    await cancel_appointment(spa.maya, appointment_id=first, version=1, reason="Ill", now=spa.clock.now)
    assert await post.deliver(minutes=2) == 1
    changed = post.box.mails()[-1]
    assert changed["Subject"].startswith("Your visit has changed")
    assert sorted(method for method, _ in events_of(changed)) == ["CANCEL", "REQUEST"]
    rest = {one.appointment_id: 1 for one in items[1:]}
    await cancel_party(spa.maya, party_id=party_id, versions=rest, reason="Ill", now=spa.clock.now)
    assert await post.deliver(minutes=2) == 2
    assert all(mail["Subject"].startswith("Your visit is cancelled") for mail in post.box.mails()[-2:])


async def test_who_waits_hears_of_a_time_that_is_held_and_of_the_booking(post: Post) -> None:
    spa = post.spa
    wait_id = await waits(spa, days=1)
    await set_reach(
        spa.maya,
        guest_id=(await wait_of(spa, wait_id)).guest_id,
        email="ingrid@example.org",
        by_email=True,
        by_text=False,
        now=spa.clock.now,
    )
    await offer_time(
        by_itself((await places())[0]),
        appointment_id=uuid4(),
        wait_id=wait_id,
        provider_id=await spa.staff_id("Leila Farouk"),
        starts_at=spa.local(10, days=1),
        now=spa.clock.now,
    )
    assert await post.deliver() == 1
    (mail,) = post.box.mails()
    assert mail["Subject"].startswith("A time has become free for you")
    assert events_of(mail) == []
    body = mail.get_body(("plain",))
    assert body is not None
    assert "We hold this time for you until" in body.get_content()
    offer = await open_offer(wait_id)
    assert offer is not None
    await confirm_hold(spa.maya, appointment_id=offer.appointment_id, version=1, now=spa.clock.now)
    assert await post.deliver() == 1
    assert post.box.mails()[-1]["Subject"].startswith("Your visit is booked")


async def test_no_word_of_any_message_says_what_the_visit_is_for(spa: Spa) -> None:
    (place,) = await places()
    rows = await fetch("SELECT name, category FROM service")
    staff = await fetch("SELECT name, title FROM staff")
    telling = {"massage", "therapy", "treatment", "patient", "pain", "health", "medical", "clinic", "care"}
    for row in rows:
        telling |= set(re.findall(r"[a-z]{4,}", f"{row['name']} {row['category']}".lower()))
    for row in staff:
        telling |= set(re.findall(r"[a-z]{4,}", f"{row['name']} {row['title']}".lower()))
    telling -= {"your", "with", "desk", "front", "full", "body", "face", "hand", "spa"}
    assert {"swedish", "acupuncture", "okafor"} <= telling
    writer = outbox_of(settings()).writer
    own = re.compile("|".join(re.escape(text) for text in (place.address, place.name)), re.IGNORECASE)
    for service in rows:
        assert service["name"]
        for kind in (kind for kind in Kind if kind not in (Kind.RECEIPT, Kind.GIFT, Kind.CODE)):
            start = spa.local(10, days=1)
            part = Part(uuid4(), start, start + timedelta(hours=1), 0, kind is Kind.CANCELLATION)
            held = start if kind is Kind.OFFER else None
            facts = VisitFacts((part,), uuid4(), held)
            about = {"message_id": uuid4(), "address": "i@example.org", "locale": "en", "made_at": start}
            words = mail_words(writer, kind, facts, place, **about)  # type: ignore[arg-type]
            text = text_words(writer, kind, facts, place, locale="en").text
            said = " ".join([words.title, words.text, re.sub("<[^>]+>", " ", words.html or ""), text])
            said += " ".join(content.decode().replace("\r\n ", "") for _, content in words.calendars)
            said = re.sub(r"https?://\S+", " ", own.sub(" ", said.replace("\\,", ",")))
            assert set(re.findall(r"[a-z]{4,}", said.lower())) & telling == set(), kind
    for words in (
        receipt_words(writer, ReceiptFacts(uuid4(), start), place, locale="en"),
        receipt_words(writer, ReceiptFacts(uuid4(), start, went_back=True), place, locale="en"),
        gift_words(writer, GiftFacts(uuid4(), "Mary", "Pat"), place, message_id=uuid4(), locale="en"),
    ):
        said = " ".join([words.title, words.text, re.sub("<[^>]+>", " ", words.html or "")])
        said = re.sub(r"https?://\S+", " ", own.sub(" ", said))
        assert set(re.findall(r"[a-z]{4,}", said.lower())) & telling == set(), words.title
