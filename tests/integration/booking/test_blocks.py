"""Breaks, training and repair: time that is kept free, given back and taken again."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import add_block, book_appointment, remove_block, restore_block
from spa_pos.db import fetch_one, fetch_value, once
from spa_pos.kernel.actor import Actor, Role
from tests.builders import booked, booking, slots
from tests.calendar import broken, refused
from tests.cast import Spa


async def asked_for(spa: Spa, what: str, since: datetime, minutes: int) -> dict[str, Any]:
    number = await fetch_value("SELECT number FROM resource WHERE name = $1", what)
    until = since + timedelta(minutes=minutes)
    return {
        "block_id": uuid4(),
        "resource_no": number,
        "starts_at": since,
        "ends_at": until,
        "kind": "break",
        "reason": " Lunch  with\tthe team ",
    }


async def block(spa: Spa, what: str = "Ana Okafor", *, at: datetime | None = None, minutes: int = 60) -> UUID:
    """Keep something free from ten o'clock on."""
    asked = await asked_for(spa, what, at or spa.local(10), minutes)
    return await add_block(spa.maya, now=spa.clock.now, **asked)


async def test_a_blocked_provider_is_neither_offered_nor_booked_until_it_is_removed(spa: Spa) -> None:
    block_id = await block(spa)
    offered = {one.starts_at for one in await slots(spa, "swedish-60", provider="Ana Okafor")}
    assert {spa.local(8, 45), spa.local(11)} <= offered
    assert not any(spa.local(8, 50) < start < spa.local(11) for start in offered)
    asked = await booking(spa, await spa.guest())
    await refused("slot-taken", book_appointment(spa.maya, now=spa.clock.now, **asked))
    assert await remove_block(spa.maya, block_id=block_id, version=1, now=spa.clock.now) == 2
    assert await book_appointment(spa.maya, now=spa.clock.now, **asked)
    await refused("slot-taken", restore_block(spa.maya, block_id=block_id, version=2, now=spa.clock.now))
    assert await broken() == []


async def test_a_removed_block_comes_back_while_its_time_is_free(spa: Spa) -> None:
    block_id = await block(spa)
    await remove_block(spa.maya, block_id=block_id, version=1, now=spa.clock.now)
    assert await restore_block(spa.maya, block_id=block_id, version=2, now=spa.clock.now) == 3
    await refused("block-live", restore_block(spa.maya, block_id=block_id, version=3, now=spa.clock.now))
    await refused(
        "appointment-changed", remove_block(spa.maya, block_id=block_id, version=1, now=spa.clock.now)
    )
    await remove_block(spa.maya, block_id=block_id, version=3, now=spa.clock.now)
    await refused("block-removed", remove_block(spa.maya, block_id=block_id, version=4, now=spa.clock.now))
    verbs = await fetch_one(
        "SELECT count(*) FILTER (WHERE verb = 'blocked'), count(*) FILTER (WHERE verb = 'unblocked'),"
        " count(*) FILTER (WHERE verb = 'restored') FROM audit_event WHERE subject_kind = 'block'"
    )
    assert verbs is not None
    assert tuple(verbs) == (1, 2, 1)


async def test_with_every_room_or_the_machine_blocked_nothing_can_be_booked(spa: Spa) -> None:
    await block(spa, "Hot-stone set")
    wish = {"service": "stone-75", "at": spa.local(9, 30)}
    asked = await booking(spa, await spa.guest(), **wish)  # type: ignore[arg-type]
    await refused("no-equipment", book_appointment(spa.maya, now=spa.clock.now, **asked))
    for number in range(1, 7):
        await block(spa, f"Room {number}", at=spa.local(13))
    asked = await booking(spa, await spa.guest("Tom Becker"), at=spa.local(12, 30))
    await refused("no-room", book_appointment(spa.maya, now=spa.clock.now, **asked))
    assert await booked(spa, await spa.guest("Tom Becker"), at=spa.local(14))


async def test_over_a_visit_or_another_block_nothing_is_blocked_beside_it_is(spa: Spa) -> None:
    await booked(spa)
    await refused("slot-taken", block(spa, at=spa.local(11, 5)))
    await block(spa, at=spa.local(11, 10))
    await refused("slot-taken", block(spa, at=spa.local(11, 30)))
    await block(spa, at=spa.local(12, 10), minutes=5)


@pytest.mark.parametrize(
    ("hour", "minutes", "code"),
    [
        (10, 4, "block-times"),
        (10, 0, "block-times"),
        (10, -30, "block-times"),
        (8, 12 * 60 + 1, "block-times"),
        (20, 5 * 60, "block-times"),
        (7, 60, "block-times"),
    ],
)
async def test_blocks_of_no_use_are_refused(spa: Spa, hour: int, minutes: int, code: str) -> None:
    await refused(code, block(spa, at=spa.local(hour), minutes=minutes))
    assert await block(spa, minutes=5)


async def test_a_block_up_to_midnight_is_of_that_day(spa: Spa) -> None:
    assert await block(spa, at=spa.local(20), minutes=4 * 60)


async def test_a_time_off_the_minute_a_long_reason_and_strangers_are_refused(spa: Spa) -> None:
    asked = await asked_for(spa, "Room 1", spa.local(10), 30)
    now = spa.clock.now
    odd = asked | {"starts_at": spa.local(10) + timedelta(seconds=1)}
    await refused("time-unreadable", add_block(spa.maya, now=now, **odd))
    await refused("reason-too-long", add_block(spa.maya, now=now, **asked | {"reason": "x" * 121}))
    await refused("resource-unknown", add_block(spa.maya, now=now, **asked | {"resource_no": 9_999}))
    stranger = Actor("Somebody Else", Role.OWNER, uuid4(), spa.house.zone)
    await refused("resource-unknown", add_block(stranger, now=now, **asked))
    block_id = await add_block(spa.maya, now=now, **asked)
    await refused("block-unknown", remove_block(stranger, block_id=block_id, version=1, now=now))
    assert await fetch_value("SELECT reason FROM block") == "Lunch with the team"


async def test_sent_twice_it_is_one_block(spa: Spa) -> None:
    asked, key = await asked_for(spa, "Room 1", spa.local(10), 30), uuid4()
    for _ in range(2):
        assert await once(key, add_block, actor=spa.maya, now=spa.clock.now, **asked) == asked["block_id"]
    assert await fetch_value("SELECT count(*) FROM block") == 1
