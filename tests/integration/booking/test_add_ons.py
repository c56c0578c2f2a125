"""Add-ons: longer visits, more machines, other credentials, prices of their own."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from spa_pos.booking.actions import BookingItem, book_appointment, move_appointment
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from tests.builders import visit_of
from tests.calendar import broken, claims_of, refused
from tests.cast import Spa
from tests.integration.booking.asking import item


async def book(spa: Spa, wanted: BookingItem) -> UUID:
    """Book what was asked for."""
    asked: dict[str, Any] = {
        "appointment_id": wanted.appointment_id,
        "guest_id": wanted.guest_id,
        "service_id": wanted.service_id,
        "provider_id": wanted.provider_id,
        "starts_at": wanted.starts_at,
        "quoted_cents": wanted.quoted_cents,
        "add_on_ids": wanted.add_on_ids,
    }
    return (await book_appointment(spa.maya, now=spa.clock.now, **asked)).appointment_id


async def test_an_add_on_lengthens_the_visit_with_all_its_claims_and_has_its_own_price(spa: Spa) -> None:
    wanted = await item(spa, await spa.guest(), service="stone-75", add_ons=("scalp-15", "aromatherapy"))
    found = await visit_of(spa, await book(spa, wanted))
    assert (found.starts_at, found.ends_at) == (spa.local(10), spa.local(11, 30))
    spans = {(since, until) for _, since, until in await claims_of(found.id)}
    assert spans == {(spa.local(10), spa.local(11, 45))}
    assert [(one.name, one.minutes, one.price_cents) for one in found.add_ons] == [
        ("Scalp massage", 15, 2_500),
        ("Aromatherapy", 0, 1_200),
    ]
    assert (found.price_cents, found.total_cents) == (15_500, 19_200)


async def test_the_machine_of_an_add_on_serves_one_guest_at_a_time(spa: Spa) -> None:
    wish = {"service": "manicure-45", "add_ons": ("paraffin-10",)}
    first = await item(spa, await spa.guest(), provider="Jonas Weber", **wish)  # type: ignore[arg-type]
    second = await item(spa, await spa.guest("Tom Becker"), provider="Farah Haddad", **wish)  # type: ignore[arg-type]
    found = await book(spa, first)
    assert [kind for kind, _, _ in await claims_of(found)] == ["nail_station", "paraffin_bath", "provider"]
    await refused("no-equipment", book(spa, second))
    alone = await item(spa, second.guest_id, service="manicure-45", provider="Farah Haddad")
    assert await book(spa, alone)
    assert await broken() == []


async def test_what_an_add_on_asks_of_its_provider_is_asked_too(spa: Spa) -> None:
    wanted = await item(spa, await spa.guest(), add_ons=("scalp-15",))
    await fetch("UPDATE service SET needs_credentials = '{reflexology}' WHERE code = 'scalp-15'")
    await refused("credential-missing", book(spa, wanted))
    assert await book(spa, replace(wanted, add_on_ids=(), quoted_cents=Cents(12_000)))


async def test_an_add_on_of_another_service_twice_or_instead_of_one_is_refused(spa: Spa) -> None:
    wanted = await item(spa, await spa.guest(), add_ons=("scalp-15",))
    (scalp,), paraffin = wanted.add_on_ids, await spa.service_id("paraffin-10")
    await refused("add-on-unfit", book(spa, replace(wanted, add_on_ids=(paraffin,))))
    await refused("add-on-unfit", book(spa, replace(wanted, add_on_ids=(scalp, scalp))))
    await refused("add-on-unfit", book(spa, replace(wanted, add_on_ids=(wanted.service_id,))))
    await refused("service-unknown", book(spa, replace(wanted, service_id=scalp, add_on_ids=())))
    await refused("price-changed", book(spa, replace(wanted, quoted_cents=Cents(12_000))))
    assert await book(spa, wanted)


async def test_moved_to_another_day_add_ons_lose_the_price_of_the_day_too(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee")
    today = await item(spa, guest_id, add_ons=("scalp-15",))
    tomorrow = await item(spa, guest_id, add_ons=("scalp-15",), at=spa.local(10, days=1))
    assert today.quoted_cents < tomorrow.quoted_cents
    appointment_id = await book(spa, today)
    asked: dict[str, Any] = {
        "appointment_id": appointment_id,
        "version": 1,
        "provider_id": today.provider_id,
        "starts_at": tomorrow.starts_at,
        "now": spa.clock.now,
    }
    await refused("price-changed", move_appointment(spa.maya, quoted_cents=today.quoted_cents, **asked))
    await move_appointment(spa.maya, quoted_cents=tomorrow.quoted_cents, **asked)
    found = await visit_of(spa, appointment_id)
    assert (found.total_cents, found.duration_minutes) == (tomorrow.quoted_cents, 75)
    assert await fetch_value("SELECT count(*) FROM appointment_add_on") == 1
