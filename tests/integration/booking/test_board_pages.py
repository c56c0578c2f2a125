"""Dropping, stretching, blocking and walking in through HTTP; rooms, weeks and the day list."""

from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import walk_in
from spa_pos.booking.actions.walk_in import name_and_phone
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid
from tests.builders import booked, slots, visit_of
from tests.cast import Kiosk, Spa

NIL = "00000000-0000-0000-0000-000000000000"


async def dropped(spa: Spa, desk: Kiosk, appointment_id: UUID, provider: str, at: str, version: int = 1):  # type: ignore[no-untyped-def]  # a page
    """Drop a visit of today on the board."""
    page = await desk.open("/board")
    fields = page.form(f"/appointments/{NIL}/drop") | {
        "version": str(version),
        "provider": str(await spa.staff_id(provider)),
        "date": f"{spa.local(12):%Y-%m-%d}",
        "at": at,
    }
    return await desk.post(f"/appointments/{appointment_id}/drop", fields)


async def test_a_dropped_visit_is_moved_at_its_price_and_can_go_back(spa: Spa) -> None:
    desk = await spa.kiosk()
    appointment_id = await booked(spa)
    page = await dropped(spa, desk, appointment_id, "Ben Castellano", "13:35")
    assert "is moved to Tuesday 24 November, 1:35 PM" in page.words
    assert (await visit_of(spa, appointment_id)).starts_at == spa.local(13, 35)
    back = await desk.send(f"/appointments/{appointment_id}/time")
    assert "is moved to Tuesday 24 November, 10:00 AM" in back.words


async def test_a_drop_on_a_taken_place_moves_nothing_and_offers_times(spa: Spa) -> None:
    desk = await spa.kiosk()
    appointment_id = await booked(spa)
    await booked(spa, await spa.guest("Lars Berg"), provider="Ben Castellano", at=spa.local(13))
    page = await dropped(spa, desk, appointment_id, "Ben Castellano", "13:15")
    assert page.problem == "slot-taken"
    assert "Move this visit" in page.words
    assert (await visit_of(spa, appointment_id)).starts_at == spa.local(10)
    late = await dropped(spa, desk, appointment_id, "Ben Castellano", "14:30", version=7)
    assert late.problem == "appointment-changed"
    nonsense = await dropped(spa, desk, appointment_id, "Ben Castellano", "25:99")
    assert nonsense.status == 422


async def test_who_was_asked_for_by_name_is_not_changed_by_a_drop(spa: Spa) -> None:
    desk = await spa.kiosk()
    appointment_id = await booked(spa)
    await fetch("UPDATE appointment SET provider_wish = 'named'")
    page = await dropped(spa, desk, appointment_id, "Ben Castellano", "13:35")
    assert page.problem == "asked-for-by-name"
    assert (await visit_of(spa, appointment_id)).provider_name == "Ana Okafor"
    same = await dropped(spa, desk, appointment_id, "Ana Okafor", "13:35")
    assert same.problem == ""


async def test_who_asked_for_a_woman_is_not_dropped_on_a_man_unasked(spa: Spa) -> None:
    desk = await spa.kiosk()
    appointment_id = await booked(spa)
    await fetch("UPDATE appointment SET provider_wish = 'woman'")
    page = await dropped(spa, desk, appointment_id, "Ben Castellano", "13:45")
    assert page.problem == "asked-for-gender"
    assert "Ingrid asked for a woman." in page.words
    assert (await visit_of(spa, appointment_id)).provider_name == "Ana Okafor"
    woman = await dropped(spa, desk, appointment_id, "Chloe Nguyen", "13:45")
    assert woman.problem == ""
    assert (await visit_of(spa, appointment_id)).provider_name == "Chloe Nguyen"
    await dropped(spa, desk, appointment_id, "Ben Castellano", "14:00", version=2)
    moved = await desk.send(f"/appointments/{appointment_id}/time")
    assert "is moved to Tuesday 24 November, 2:00 PM" in moved.words, "asked first, then moved all the same"


async def test_a_visit_is_stretched_and_back(spa: Spa) -> None:
    desk = await spa.kiosk()
    appointment_id = await booked(spa)
    page = await desk.open("/board")
    fields = page.form(f"/appointments/{NIL}/length") | {"version": "1", "minutes": "75"}
    await desk.post(f"/appointments/{appointment_id}/length", fields)
    assert (await visit_of(spa, appointment_id)).duration_minutes == 75
    await desk.send(f"/appointments/{appointment_id}/length")
    assert (await visit_of(spa, appointment_id)).duration_minutes == 60


async def test_time_is_blocked_shown_and_freed_and_takes_its_times_away(spa: Spa) -> None:
    desk = await spa.kiosk()
    number = await fetch_value("SELECT number FROM resource WHERE name = 'Leila Farouk'")
    before = await slots(spa, "acupuncture-60")
    await desk.open(f"/blocks/new?resource={number}&date={spa.local(12):%Y-%m-%d}&at=10:00")
    page = await desk.send("/blocks", kind="training", minutes="240", reason="First aid")
    assert "Leila Farouk is blocked from 10:00 AM for 240 min" in page.words
    assert "Training" in page.words
    assert len(await slots(spa, "acupuncture-60")) < len(before)
    block_id = await fetch_value("SELECT id FROM block")
    assert "First aid" in (await desk.open(f"/blocks/{block_id}")).words
    freed = await desk.send("/removal")
    assert "is free again" in freed.words
    assert len(await slots(spa, "acupuncture-60")) == len(before)
    await desk.send("/restoration")
    assert await fetch_value("SELECT status FROM block") == "live"


async def test_time_with_a_visit_in_it_is_not_blocked(spa: Spa) -> None:
    desk = await spa.kiosk()
    await booked(spa)
    number = await fetch_value("SELECT number FROM resource WHERE name = 'Ana Okafor'")
    await desk.open(f"/blocks/new?resource={number}&date={spa.local(12):%Y-%m-%d}&at=10:30")
    page = await desk.send("/blocks", kind="break", minutes="30")
    assert page.problem == "slot-taken"
    assert await fetch_value("SELECT count(*) FROM block") == 0
    assert (await desk.open("/blocks/new?resource=999&at=10:00")).status == 404


async def test_the_day_by_room_a_week_and_the_day_list_show_the_visit(spa: Spa) -> None:
    desk = await spa.kiosk()
    await booked(spa)
    for path in ("/board?view=rooms", "/board?view=list", "/board/pack", "/board/grid?view=rooms"):
        assert "Ingrid Halvorsen" in (await desk.open(path)).words
    rooms = (await desk.open("/board?view=rooms")).text
    assert 'data-kind="treatment_room"' in rooms and 'data-room="' in rooms
    assert "Rooms and machines" in (await desk.open("/board/pack")).words
    board = (await desk.open("/board")).text
    assert 'data-asks="massage"' in board and 'data-holds="hot_stone massage"' in board
    ana = await spa.staff_id("Ana Okafor")
    week = await desk.open(f"/board?view=week&provider={ana}")
    assert "Ana, week of Nov 23" in week.words
    assert "Ingrid Halvorsen" in week.words
    ben = await spa.staff_id("Ben Castellano")
    assert "Ingrid Halvorsen" not in (await desk.open(f"/board/grid?view=week&provider={ben}")).words


async def test_a_walk_in_is_booked_and_checked_in_and_known_the_next_time(spa: Spa) -> None:
    wanted = {
        "service_id": await spa.service_id("swedish-30"),
        "provider_id": await spa.staff_id("Ben Castellano"),
        "now": spa.clock.now,
    }
    who = "Nora Lind 507 555 0177"
    first = await walk_in(
        spa.maya, appointment_id=uuid4(), guest_id=uuid4(), who=who, starts_at=spa.local(9), **wanted
    )
    again = await walk_in(
        spa.maya,
        appointment_id=uuid4(),
        guest_id=uuid4(),
        who="(507) 555-0177, Nora Lind",
        starts_at=spa.local(11),
        **wanted,
    )
    one, other = await visit_of(spa, first), await visit_of(spa, again)
    assert (one.status, one.price_cents, one.guest_id) == ("checked_in", 6_500, other.guest_id)
    row = await fetch_one("SELECT count(*) AS guests FROM guest")
    assert row is not None
    assert row["guests"] == 1
    with pytest.raises(Conflict):
        await walk_in(
            spa.maya,
            appointment_id=uuid4(),
            guest_id=uuid4(),
            who="Lars Berg 507 555 0178",
            starts_at=spa.local(9, 15),
            **wanted,
        )
    assert await fetch_value("SELECT count(*) FROM guest") == 1


@pytest.mark.parametrize(
    "who", ["", "Nora", "507 555 0177", "Nora 507 555 0177", "Nora Lind", "Nora Lind 12"]
)
def test_a_line_without_a_whole_name_and_a_number_is_refused(who: str) -> None:
    with pytest.raises(Invalid):
        name_and_phone(who)
