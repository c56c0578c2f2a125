"""Booking a guest: what it takes of the day, what it promises, and every reason to say no."""

from datetime import date, timedelta
from uuid import uuid4

import msgspec
import pytest

from spa_pos.booking.actions import Booked, book_appointment
from spa_pos.booking.rules import Status
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound, Refusal
from tests.builders import booked, booking, price_for, visit_of
from tests.cast import Spa


async def refused(spa: Spa, kind: type[Refusal], code: str, **asked: object) -> Refusal:
    """Try to book, be told no, and find nothing written."""
    before = await fetch_value("SELECT (SELECT count(*) FROM appointment) + (SELECT count(*) FROM claim)")
    with pytest.raises(kind) as refusal:
        await book_appointment(spa.maya, now=spa.clock.now, **asked)  # type: ignore[arg-type]
    after = await fetch_value("SELECT (SELECT count(*) FROM appointment) + (SELECT count(*) FROM claim)")
    assert (refusal.value.code, after) == (code, before)
    return refusal.value


async def test_a_booked_visit_holds_its_provider_and_a_room_to_the_end_of_turnover(spa: Spa) -> None:
    guest_id = await spa.guest()
    asked = await booking(spa, guest_id)
    assert await book_appointment(spa.maya, now=spa.clock.now, **asked) == Booked(
        asked["appointment_id"], "Ingrid Halvorsen", "Swedish massage", "Ana Okafor", is_asked=False
    )
    found = await visit_of(spa, asked["appointment_id"])
    assert (found.status, found.version, found.guest_name) == (Status.BOOKED, 1, "Ingrid Halvorsen")
    assert (found.starts_at, found.ends_at) == (spa.local(10), spa.local(11))
    assert (found.list_price_cents, found.price_cents, found.reduction_name) == (12_000, 12_000, None)
    claims = await fetch(
        "SELECT r.kind, c.starts_at, c.ends_at, c.released FROM claim c"
        " JOIN resource r ON r.number = c.resource_no ORDER BY r.kind"
    )
    assert [tuple(row) for row in claims] == [
        ("provider", spa.local(10), spa.local(11, 10), False),
        ("treatment_room", spa.local(10), spa.local(11, 10), False),
    ]


async def test_booking_is_written_down_with_who_and_what(spa: Spa) -> None:
    appointment_id = await booked(spa)
    row = await fetch_one("SELECT * FROM audit_event WHERE subject = $1", appointment_id)
    assert row is not None
    assert (row["staff_name"], row["verb"], row["before"]) == ("Maya Lindqvist", "booked", None)
    assert msgspec.json.decode(row["after"])["price_cents"] == 12_000


async def test_the_price_of_the_group_is_promised_with_its_reason_and_whether_it_is_proven(spa: Spa) -> None:
    proven = await spa.guest("Ingrid Halvorsen", "employee", proven=True)
    claimed = await spa.guest("Tom Becker", "patient")
    first = await visit_of(spa, await booked(spa, proven, at=spa.local(10)))
    second = await visit_of(spa, await booked(spa, claimed, at=spa.local(13)))
    assert (first.price_cents, first.reduction_name, first.group_proven) == (
        8_400,
        "Same-day employee price, 30 % off",
        True,
    )
    assert (second.price_cents, second.reduction_name, second.group_proven) == (
        10_800,
        "Patient price",
        False,
    )


async def test_proof_that_ends_before_the_visit_does_not_count(spa: Spa) -> None:
    guest_id = await spa.guest("Rosa Delgado", "patient", proven=True)
    last_day = await fetch_value("SELECT valid_until FROM eligibility")
    assert last_day == date(2026, 12, 24)
    inside = await booked(spa, guest_id, at=spa.local(10, days=29))
    outside = await booked(spa, guest_id, at=spa.local(10, days=34))
    assert (await visit_of(spa, inside)).group_proven
    assert not (await visit_of(spa, outside)).group_proven


async def test_a_visit_that_starts_as_the_turnover_of_another_ends_is_booked(spa: Spa) -> None:
    await booked(spa, await spa.guest("Tom Becker"))
    early = await booking(spa, await spa.guest("Lena Vogel"), at=spa.local(11, 5))
    await refused(spa, Conflict, "slot-taken", **early)
    assert await booked(spa, early["guest_id"], at=spa.local(11, 10))


@pytest.mark.parametrize(
    ("minutes", "possible"), [(-16, False), (-15, True), (0, True), (60 * 24 * 365, True)]
)
async def test_the_desk_books_from_a_quarter_of_an_hour_ago_on(
    spa: Spa, minutes: int, possible: bool
) -> None:
    spa.clock.forward(hours=2)
    at = spa.clock.now + timedelta(minutes=minutes)
    asked = await booking(spa, await spa.guest(), at=at)
    if possible:
        assert await book_appointment(spa.maya, now=spa.clock.now, **asked)
    else:
        await refused(spa, Conflict, "time-past", **asked)


@pytest.mark.parametrize("odd", [timedelta(days=367), timedelta(seconds=1), timedelta(microseconds=1)])
async def test_times_beyond_a_year_or_between_minutes_are_refused(spa: Spa, odd: timedelta) -> None:
    asked = await booking(spa, await spa.guest())
    await refused(spa, Invalid, "time-unreadable", **asked | {"starts_at": spa.local(10) + odd})


@pytest.mark.parametrize(
    ("what", "code"),
    [("guest_id", "guest-unknown"), ("service_id", "service-unknown"), ("provider_id", "provider-unknown")],
)
async def test_nobody_and_nothing_unknown_is_booked(spa: Spa, what: str, code: str) -> None:
    asked = await booking(spa, await spa.guest())
    kind = Conflict if what == "provider_id" else NotFound
    await refused(spa, kind, code, **asked | {what: uuid4()})


async def test_somebody_of_the_staff_who_is_no_provider_is_not_booked(spa: Spa) -> None:
    asked = await booking(spa, await spa.guest())
    await refused(
        spa, Conflict, "provider-unknown", **asked | {"provider_id": await spa.staff_id("Maya Lindqvist")}
    )


async def test_a_price_that_changed_since_the_sheet_was_opened_is_told(spa: Spa) -> None:
    asked = await booking(spa, await spa.guest())
    refusal = await refused(spa, Conflict, "price-changed", **asked | {"quoted_cents": 11_999})
    assert refusal.facts["price_cents"] == 12_000
    assert "$120.00 now" in refusal.sentence


async def test_the_same_day_price_ends_at_midnight_and_the_sheet_of_yesterday_is_told(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee")
    asked = await booking(spa, guest_id, at=spa.local(10, days=1))
    assert asked["quoted_cents"] == 9_600
    spa.clock.forward(hours=24)
    refusal = await refused(spa, Conflict, "price-changed", **asked)
    assert refusal.facts["price_cents"] == 8_400


async def test_a_service_without_a_price_cannot_be_booked(spa: Spa) -> None:
    asked = await booking(spa, await spa.guest())
    await fetch("DELETE FROM price WHERE service = $1", asked["service_id"])
    await refused(spa, Conflict, "price-missing", **asked)


async def test_a_price_that_begins_later_is_no_price_yet(spa: Spa) -> None:
    asked = await booking(spa, await spa.guest())
    tomorrow = spa.local(12, days=1).date()
    await fetch("UPDATE price SET valid_from = $2 WHERE service = $1", asked["service_id"], tomorrow)
    await refused(spa, Invalid, "price-missing", **asked)
    assert await price_for(spa, asked["guest_id"], asked["service_id"], spa.local(10, days=1)) == 12_000


async def test_no_guest_is_at_two_places_at_once(spa: Spa) -> None:
    guest_id = await spa.guest()
    await booked(spa, guest_id)
    meanwhile = await booking(
        spa, guest_id, service="facial-60", provider="Farah Haddad", at=spa.local(10, 45)
    )
    await refused(spa, Conflict, "guest-already-booked", **meanwhile)
    assert await booked(spa, guest_id, service="facial-60", provider="Farah Haddad", at=spa.local(11))


async def test_when_every_room_of_the_kind_is_taken_the_desk_is_told(spa: Spa) -> None:
    await fetch("UPDATE resource SET active = false WHERE kind = 'treatment_room' AND name <> 'Room 1'")
    await booked(spa, await spa.guest("Tom Becker"))
    other = await booking(spa, await spa.guest("Lena Vogel"), provider="Ben Castellano")
    await refused(spa, Conflict, "no-room", **other)
    await fetch("UPDATE resource SET active = true WHERE name = 'Room 2'")
    assert await book_appointment(spa.maya, now=spa.clock.now, **other)
    assert (await visit_of(spa, other["appointment_id"])).room_name == "Room 2"


async def test_a_nail_service_takes_a_station_and_leaves_the_rooms_alone(spa: Spa) -> None:
    appointment_id = await booked(spa, service="manicure-45", provider="Jonas Weber", at=spa.local(10))
    assert (await visit_of(spa, appointment_id)).room_name == "Station 1"
    assert await fetch_value("SELECT max(ends_at) FROM claim") == spa.local(10, 50)


async def test_an_id_that_is_taken_by_another_booking_is_a_refusal(spa: Spa) -> None:
    first = await booked(spa)
    asked = await booking(spa, await spa.guest("Lena Vogel"), at=spa.local(13))
    await refused(spa, Conflict, "id-taken", **asked | {"appointment_id": first})
