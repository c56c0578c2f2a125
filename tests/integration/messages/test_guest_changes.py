"""Moving, cancelling, notes and running late by the link, in a browser that is no device of ours."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from spa_pos.booking.actions import book_party, cancel_appointment
from spa_pos.booking.actions.book import BookingItem
from spa_pos.booking.rules import Arrangement
from spa_pos.db import fetch_value
from spa_pos.kernel.ids import uuid7
from spa_pos.messages.rules import visit_token
from tests.builders import booked, price_for, visit_of
from tests.cast import ADDRESS, SECRET, Kiosk, Spa
from tests.integration.messages.conftest import Post, ingrid_of


@pytest.fixture
async def phone(spa: Spa) -> AsyncIterator[Kiosk]:
    """A guest's telephone."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        yield Kiosk(spa, browser)


def link(visit_id: UUID) -> str:
    return f"/visits/{visit_token(SECRET, visit_id)}"


def times_on(phone: Kiosk) -> list[str]:
    """The addresses of the times that the page offers."""
    return [
        one.replace("&amp;", "&")
        for one in re.findall(r'href="([^"]*[?&](?:amp;)?at=[^"]*)"', phone.page.text)
    ]


async def test_a_guest_moves_their_visit_in_three_taps(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    await phone.open(link(visit_id))
    await phone.open(f"{link(visit_id)}/times")
    offered = times_on(phone)
    assert offered, phone.page.words
    await phone.open(offered[0])
    assert "Your new time" in phone.page.words
    page = await phone.send("/times")
    assert page.path == link(visit_id)
    moved = await visit_of(spa, visit_id)
    assert moved.version == 2 and moved.starts_at != spa.local(10, days=3)
    assert await fetch_value("SELECT staff_name FROM audit_event WHERE verb = 'moved'") == "The guest"


async def test_times_keep_the_lead_of_booking_online(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    today = spa.clock.now.astimezone(spa.house.zone).date()
    await phone.open(f"{link(visit_id)}/times?date={today.isoformat()}")
    starts = [datetime.fromisoformat(parse_qs(urlsplit(one).query)["at"][0]) for one in times_on(phone)]
    lead = await fetch_value("SELECT min(lead_minutes) FROM booking_window")
    assert lead == 120
    assert min(starts) == spa.clock.now + timedelta(minutes=lead)


async def test_a_time_outside_the_window_is_refused_whatever_the_form_says(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    await phone.open(f"{link(visit_id)}/times")
    await phone.open(times_on(phone)[0])
    page = await phone.send("/times", starts_at=spa.local(9, 30).isoformat())
    assert (page.status, page.problem) == (409, "time-not-offered")
    far = await phone.post(
        f"{link(visit_id)}/times",
        {"request": str(uuid7(spa.clock.now)), "version": "1", "price": "1", "starts_at": "never"},
    )
    assert far.status == 422
    assert (await visit_of(spa, visit_id)).version == 1


async def test_a_time_that_somebody_took_meanwhile_shows_what_is_free_now(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    await phone.open(f"{link(visit_id)}/times")
    await phone.open(times_on(phone)[0])
    chosen = phone.page
    fields = chosen.form("/times")
    await booked(
        spa,
        await spa.guest("Per Olsen"),
        at=datetime.fromisoformat(fields["starts_at"]),
        provider=await fetch_value("SELECT name FROM staff WHERE id = $1", UUID(fields["provider"])),
    )
    page = await phone.send("/times", chosen)
    assert (page.status, page.problem) == (409, "slot-taken")
    assert times_on(phone), "other times stand on the same page"


async def test_a_visit_that_is_near_is_moved_by_talking_to_us(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(13))
    await phone.open(link(visit_id))
    assert "Move to another time" not in phone.page.words
    page = await phone.open(f"{link(visit_id)}/times")
    assert page.status == 409 and "Call us" in page.words


async def test_cancelling_in_time_is_free_and_can_be_undone_for_a_while(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    await phone.open(f"{link(visit_id)}/cancellation")
    assert "No fee" in phone.page.words
    page = await phone.send("/cancellation")
    assert page.path == link(visit_id) and "Your visit is cancelled" in page.words
    assert (await visit_of(spa, visit_id)).fee_cents == 0
    page = await phone.send("/cancellation/undo")
    assert "Your visit is booked" in page.words
    await phone.open(f"{link(visit_id)}/cancellation")
    await phone.send("/cancellation")
    spa.clock.forward(minutes=31)
    assert "I want it after all" not in (await phone.open(link(visit_id))).words


async def test_a_late_cancellation_says_its_fee_and_offers_what_is_free(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(13))
    total = (await visit_of(spa, visit_id)).total_cents
    page = await phone.open(f"{link(visit_id)}/cancellation")
    assert f"It costs ${total / 200:.2f}" in page.words
    assert "Illness No fee" in page.words
    assert "Provider away" not in page.words
    shown = phone.page
    assert (await phone.send("/cancellation", shown)).problem == "reason-unknown", "none was chosen"
    lied = shown.form("/cancellation") | {"reason": "", "fee-": "0"}
    refused = await phone.post(f"{link(visit_id)}/cancellation", lied)
    assert refused.problem == "fee-changed"
    assert (await visit_of(spa, visit_id)).status == "booked"
    forged = await phone.post(
        f"{link(visit_id)}/cancellation",
        phone.page.form("/cancellation") | {"reason": "mistake", "fee-mistake": "0"},
    )
    assert forged.problem == "reason-unknown"
    await phone.send("/cancellation", phone.page, reason="illness")
    ended = await visit_of(spa, visit_id)
    assert (ended.status, ended.fee_cents, ended.end_reason) == ("cancelled", 0, "Illness")


async def test_what_the_desk_cancelled_the_guest_does_not_restore(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    await cancel_appointment(spa.maya, appointment_id=visit_id, version=1, reason="Ill", now=spa.clock.now)
    page = await phone.open(link(visit_id))
    assert "I want it after all" not in page.words
    forced = await phone.post(f"{link(visit_id)}/cancellation/undo", {"request": str(uuid7(spa.clock.now))})
    assert forced.problem == "too-late-to-undo"


async def test_a_form_that_is_sent_twice_cancels_once(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    shown = await phone.open(f"{link(visit_id)}/cancellation")
    for _ in range(2):
        assert (await phone.send("/cancellation", shown)).status == 200
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'cancelled'") == 1


async def test_a_note_reaches_the_sheet_of_the_desk(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    await phone.open(link(visit_id))
    assert "Nothing about your health" in phone.page.words
    await phone.send("/note", note="I come   by wheelchair <b>")
    assert (await visit_of(spa, visit_id)).guest_note == "I come by wheelchair <b>"
    desk = await spa.kiosk()
    assert (
        "The guest writes: I come by wheelchair <b>" in (await desk.open(f"/appointments/{visit_id}")).words
    )
    page = await phone.send("/note", note="x" * 301)
    assert page.problem == "note-too-long" and "x" * 301 in page.text
    await phone.send("/note", note=" ")
    assert (await visit_of(spa, visit_id)).guest_note is None


async def test_running_late_is_on_the_board_at_once(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10))
    assert "Running late?" in (await phone.open(link(visit_id))).words
    page = await phone.send("/late", minutes=15)
    assert "you come 15 minutes later" in page.words
    desk = await spa.kiosk()
    assert "15 min late" in (await desk.open("/board")).words
    assert "Comes 15 min later, told us at" in (await desk.open(f"/appointments/{visit_id}")).words
    page = await phone.send("/late", minutes=999)
    assert page.problem == "late-unreadable"


async def test_nobody_is_late_for_next_week(spa: Spa, phone: Kiosk) -> None:
    visit_id = await booked(spa, at=spa.local(10, days=3))
    assert "Running late?" not in (await phone.open(link(visit_id))).words
    forced = await phone.post(
        f"{link(visit_id)}/late", {"request": str(uuid7(spa.clock.now)), "minutes": "15"}
    )
    assert forced.problem == "not-now"


async def test_one_of_a_couple_cancels_alone(spa: Spa, phone: Kiosk) -> None:
    ingrid, per = await spa.guest(), await spa.guest("Per Olsen")
    items = []
    for guest_id, provider in ((ingrid, "Ana Okafor"), (per, "Ben Castellano")):
        items.append(
            BookingItem(
                uuid7(spa.clock.now),
                guest_id,
                await spa.service_id("swedish-60"),
                await spa.staff_id(provider),
                spa.local(10, days=1),
                await price_for(spa, guest_id, await spa.service_id("swedish-60"), spa.local(10, days=1)),
            )
        )
    await book_party(
        spa.maya,
        party_id=uuid7(spa.clock.now),
        items=items,
        arrangement=Arrangement.TOGETHER,
        longest_wait_minutes=0,
        now=spa.clock.now,
    )
    mine, theirs = items[0].appointment_id, items[1].appointment_id
    await phone.open(f"{link(mine)}/cancellation")
    await phone.send("/cancellation")
    assert (await visit_of(spa, mine)).status == "cancelled"
    assert (await visit_of(spa, theirs)).status == "booked"


async def test_a_language_chosen_on_the_page_is_the_guests_in_mails_too(post: Post, phone: Kiosk) -> None:
    spa = post.spa
    visit_id = await booked(spa, await ingrid_of(spa), at=spa.local(10, days=1))
    await post.deliver()
    await phone.open(f"/language/es?next={link(visit_id)}")
    assert "Cancelar mi visita" in phone.page.words
    await phone.open(f"{link(visit_id)}/cancellation")
    await phone.send("/cancellation")
    await post.deliver(minutes=2)
    assert str(post.box.mails()[-1]["Subject"]).startswith("Su visita está cancelada")
