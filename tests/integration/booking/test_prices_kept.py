"""A price that was promised stays: whatever becomes of the list, and wherever on its day the visit goes."""

from datetime import date
from uuid import UUID, uuid4

from spa_pos.booking.actions import check_in, move_appointment
from spa_pos.catalog.tables import Price
from spa_pos.db import fetch, insert
from spa_pos.kernel.money import Cents
from tests.builders import booked, visit_of
from tests.calendar import refused
from tests.cast import Spa


async def dearer(spa: Spa, group: str | None = None, *, cents: int, since: date | None = None) -> None:
    """From today on, or a later day, a Swedish massage costs something else; written down now."""
    now = spa.clock.forward(minutes=1)
    await insert(
        Price,
        id=uuid4(),
        service=await spa.service_id("swedish-60"),
        guest_group=group,
        price_cents=cents,
        valid_from=since or spa.local(10).date(),
        made_at=now,
    )


async def moved(spa: Spa, appointment_id: UUID, *, hour: int, days: int = 0, cents: int) -> int:
    """Move a visit at a price; gives what it costs then."""
    seen = await visit_of(spa, appointment_id)
    await move_appointment(
        spa.maya,
        appointment_id=appointment_id,
        version=seen.version,
        provider_id=seen.provider_id,
        starts_at=spa.local(hour, days=days),
        quoted_cents=Cents(cents),
        now=spa.clock.now,
    )
    return (await visit_of(spa, appointment_id)).price_cents


async def test_a_new_list_touches_what_is_booked_from_then_on_and_nothing_before(spa: Spa) -> None:
    one = await booked(spa)
    await dearer(spa, cents=15_000)
    assert await moved(spa, one, hour=13, cents=12_000) == 12_000
    assert await moved(spa, one, hour=13, days=1, cents=12_000) == 12_000
    new = await booked(spa, await spa.guest("Tom Becker"))
    assert (await visit_of(spa, new)).price_cents == 15_000


async def test_a_price_that_was_known_counts_on_the_day_it_begins(spa: Spa) -> None:
    await dearer(spa, cents=15_000, since=spa.local(10, days=1).date())
    one = await booked(spa)
    assert (await visit_of(spa, one)).price_cents == 12_000
    assert await moved(spa, one, hour=13, days=1, cents=15_000) == 15_000
    assert await moved(spa, one, hour=13, cents=12_000) == 12_000


async def test_what_was_agreed_stays_on_its_day_with_its_reason_and_its_add_ons(spa: Spa) -> None:
    one = await booked(spa, await spa.guest("Tom Becker", "employee"))
    before = await visit_of(spa, one)
    assert before.reduction_code == "standby:employee"
    await fetch("DELETE FROM standby")
    assert await moved(spa, one, hour=13, cents=8_400) == 8_400
    after = await visit_of(spa, one)
    assert (after.reduction_code, after.reduction_name) == (before.reduction_code, before.reduction_name)
    assert await moved(spa, one, hour=13, days=1, cents=9_600) == 9_600


async def test_back_on_the_day_it_was_booked_for_the_same_day_price_is_back(spa: Spa) -> None:
    one = await booked(spa, await spa.guest("Tom Becker", "employee"))
    await moved(spa, one, hour=13, days=1, cents=9_600)
    assert await moved(spa, one, hour=10, cents=8_400) == 8_400


async def test_a_guest_who_cannot_prove_it_pays_the_visitor_price_of_the_day_of_booking(spa: Spa) -> None:
    one = await booked(spa, await spa.guest("Tom Becker", "employee"))
    await dearer(spa, cents=15_000)
    await check_in(spa.maya, appointment_id=one, version=1, proof_shown="not_shown", now=spa.clock.now)
    assert (await visit_of(spa, one)).price_cents == 12_000


async def test_the_sheet_and_the_action_say_the_same_price(spa: Spa) -> None:
    one = await booked(spa)
    await dearer(spa, cents=15_000)
    desk = await spa.kiosk()
    for hour, days in ((13, 0), (14, 1)):
        on = f"{spa.local(12, days=days):%Y-%m-%d}"
        page = await desk.open(f"/appointments/new?date={on}&move={one}&at={hour}:00")
        assert "$120.00" in page.words
        board = await desk.send(f"/appointments/{one}/time")
        assert "Ingrid Halvorsen is moved to" in board.words
    assert (await visit_of(spa, one)).starts_at == spa.local(14, days=1)


async def test_a_price_that_the_page_did_not_show_moves_nothing(spa: Spa) -> None:
    one = await booked(spa)
    seen = await visit_of(spa, one)
    asked = {"appointment_id": one, "version": 1, "provider_id": seen.provider_id, "now": spa.clock.now}
    wrong = {"starts_at": spa.local(13), "quoted_cents": Cents(11_999)}
    told = await refused("price-changed", move_appointment(spa.maya, **asked, **wrong))  # type: ignore[arg-type]
    assert told.facts["price_cents"] == 12_000
