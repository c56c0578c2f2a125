"""What the desk reads of a guest it has chosen, and of a time that guests could not book themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from spa_pos.booking.actions import cancel_appointment, mark_no_show
from spa_pos.booking.actions.guest import guest_notes
from spa_pos.db import fetch
from spa_pos.kernel.money import Cents
from spa_pos.stored_value.actions import grant_credit
from spa_pos.stored_value.rules import Kind
from tests.builders import booked, visit_of
from tests.cast import Kiosk, Spa
from tests.integration.booking.test_move import move


async def sheet(desk: Kiosk, guest_id: UUID, **known: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in {"guest": guest_id, **known}.items())
    return (await desk.open(f"/appointments/new?{query}")).words


async def cancelled(spa: Spa, visit_id: UUID, reason: str) -> None:
    version = (await visit_of(spa, visit_id)).version
    await cancel_appointment(
        spa.maya, appointment_id=visit_id, version=version, reason=reason, now=spa.clock.now
    )


async def test_a_guest_who_never_came_is_said_to_be_new(spa: Spa) -> None:
    desk = await spa.kiosk()
    words = await sheet(desk, await spa.guest())
    assert "Has not been here before" in words
    assert "In 12 months" not in words and "Owes" not in words


async def test_no_shows_late_cancellations_moves_and_fees_are_counted_and_linked(spa: Spa) -> None:
    guest_id = await spa.guest()
    missed = await booked(spa, guest_id, at=spa.local(9, 30))
    late = await booked(spa, guest_id, at=spa.local(13))
    ill = await booked(spa, guest_id, at=spa.local(15), provider="Ben Castellano")
    early = await booked(spa, guest_id, at=spa.local(10, days=6))
    stands = await booked(spa, guest_id, at=spa.local(11, days=3))
    await move(spa, stands, starts_at=spa.local(14, 15, days=3))
    seen = await visit_of(spa, stands)
    await move(spa, stands, room_number=seen.room_number)  # the same time: no move of the guest's
    await cancelled(spa, late, "Something came up")
    await cancelled(spa, ill, "Illness")
    await cancelled(spa, early, "Something came up")
    spa.clock.forward(hours=2)
    version = (await visit_of(spa, missed)).version
    await mark_no_show(spa.maya, appointment_id=missed, version=version, now=spa.clock.now)
    day = spa.local(14, days=3).date()
    desk = await spa.kiosk()
    words = await sheet(desk, guest_id, date=day)
    assert "In 12 months: 1 no-show, 1 late cancellation and 1 move" in words
    fees = [(await visit_of(spa, one)).fee_cents or 0 for one in (missed, late)]
    assert all(fees) and f"Owes ${sum(fees) / 100:.2f} in fees" in words
    assert f"Already has a visit on {day:%a, %b %-d} at 2:15 PM" in words
    assert f'href="/appointments/{stands}"' in desk.page.text
    assert "Already has a visit" not in await sheet(desk, guest_id, date=day + timedelta(days=1))
    spa.clock.forward(days=500)
    assert "In 12 months" not in await sheet(await spa.kiosk(), guest_id)


async def test_another_guest_is_not_blamed(spa: Spa) -> None:
    missed = await booked(spa, await spa.guest("Mallory Price"), at=spa.local(9, 30))
    spa.clock.forward(hours=2)
    await mark_no_show(spa.maya, appointment_id=missed, version=1, now=spa.clock.now)
    assert "In 12 months" not in await sheet(await spa.kiosk(), await spa.guest())


async def test_a_time_outside_the_window_of_guests_is_said_with_its_reason(spa: Spa) -> None:
    desk = await spa.kiosk()
    guest_id, service = await spa.guest(), await spa.service_id("swedish-60")
    today, ana = spa.local(9).date(), await spa.staff_id("Ana Okafor")
    asked = {"service": service, "date": today, "at": "09:00", "provider": ana}
    words = await sheet(desk, guest_id, **asked)
    assert "Guests cannot book this online: it begins in less than 2 hours." in words
    assert "Guests cannot book" not in await sheet(desk, guest_id, **asked | {"at": "13:00"})
    await fetch("UPDATE booking_window SET horizon_days = 7")
    far = {"date": today + timedelta(days=3), "at": "13:00"}
    assert "it is more than 7 days ahead" not in await sheet(desk, guest_id, **asked | far)
    await fetch("UPDATE booking_window SET horizon_days = 2")
    assert "it is more than 2 days ahead" in await sheet(desk, guest_id, **asked | far)
    await fetch("DELETE FROM booking_window")
    assert "Guests cannot book this online." in await sheet(desk, guest_id, **asked | {"at": "13:00"})


async def test_the_day_list_for_an_outage_says_what_is_owed_what_is_there_and_what_was_said(spa: Spa) -> None:
    guest_id = await spa.guest()
    missed = await booked(spa, guest_id, at=spa.local(9))
    coming = await booked(spa, guest_id, at=spa.local(14))
    await grant_credit(
        spa.renata,
        grant_id=uuid4(),
        credit_id=uuid4(),
        guest_id=guest_id,
        kind=Kind.GOODWILL_CREDIT,
        amount_cents=Cents(2_000),
        until=None,
        reason="a long wait",
        now=spa.clock.now,
    )
    await guest_notes(spa.maya, appointment_id=coming, note="I come by wheelchair", now=spa.clock.now)
    spa.clock.forward(hours=2)
    await mark_no_show(spa.maya, appointment_id=missed, version=1, now=spa.clock.now)
    fee = (await visit_of(spa, missed)).fee_cents or 0
    words = (await (await spa.kiosk()).open("/board/pack")).words
    assert fee and f"Owes ${fee / 100:.2f} in fees" in words
    assert "Has $20.00 credit" in words and "Says: I come by wheelchair" in words
    assert "(507) 555-0123" in words and "Room 1" in words
