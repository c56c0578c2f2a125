"""One hour that is booked, held, moved to and blocked at once: one gets it, the others are told."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.booking.actions import (
    add_block,
    book_appointment,
    confirm_hold,
    expire_holds,
    hold_appointment,
    move_appointment,
    resize_appointment,
)
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Refusal
from tests.builders import booked, booking, visit_of
from tests.calendar import broken
from tests.cast import Spa
from tests.integration.booking.asking import held, item
from tests.races import Outcome, race, spa_elsewhere, without_advisory_locks, without_constraints

CROWD = 64
STEP = timedelta(minutes=70)
OTHERS = ("Ben Castellano", "Chloe Nguyen")


async def race_for_an_hour(spa: Spa) -> Outcome:
    """Sixty-four want Ana from ten to eleven: some for themselves, some for later, some for a break."""
    await fetch("UPDATE work_limit SET day_minutes = 1440, week_minutes = 10080, most_in_a_row = 20")
    guests = [await spa.guest(f"Guest Number{number}") for number in range(CROWD)]
    late = spa.local(11, 15)
    elsewhere = [
        await booked(spa, guests[number], provider=OTHERS[number % 2], at=late + number // 2 * STEP)
        for number in range(8)
    ]
    asked = await booking(spa, guests[8])
    number = await fetch_value("SELECT number FROM resource WHERE name = 'Ana Okafor'")
    now, until = spa.clock.now, spa.clock.now + timedelta(minutes=10)
    wanted = [await item(spa, guest_id) for guest_id in guests[8:28]]
    return await race(
        [
            *(hold_appointment(spa.owen, item=one, held_until=until, now=now) for one in wanted),
            *(
                move_appointment(
                    spa.maya,
                    appointment_id=one,
                    version=1,
                    provider_id=asked["provider_id"],
                    starts_at=asked["starts_at"],
                    quoted_cents=asked["quoted_cents"],
                    now=now,
                )
                for one in elsewhere
            ),
            *(
                book_appointment(
                    spa.maya, now=now, **asked | {"appointment_id": uuid4(), "guest_id": guest_id}
                )
                for guest_id in guests[28:48]
            ),
            *(
                add_block(
                    spa.owen,
                    block_id=uuid4(),
                    resource_no=number,
                    starts_at=spa.local(10, 5 * (place % 4)),
                    ends_at=spa.local(11),
                    kind="break",
                    reason="",
                    now=now,
                )
                for place in range(16)
            ),
        ]
    )


async def hour_of_ana() -> int:
    """How many claims lie on the hour that all wanted."""
    found: int = await fetch_value(
        "SELECT count(*) FROM claim c JOIN resource r ON r.number = c.resource_no"
        " WHERE r.name = 'Ana Okafor' AND NOT c.released"
    )
    return found


async def test_of_64_who_book_hold_move_and_block_one_gets_the_hour(spa: Spa) -> None:
    outcome = await race_for_an_hour(spa)
    assert (len(outcome.won), len(outcome.told), outcome.codes) == (1, CROWD - 1, {"slot-taken"})
    assert await hour_of_ana() == 1
    assert await broken() == []


@pytest.mark.parametrize("guard", ["the lock alone", "the constraint alone", "neither"])
async def test_the_hour_has_one_winner_by_the_lock_or_by_the_constraint_and_many_without_both(
    database: object, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    url = new_database()
    if guard != "the lock alone":
        without_advisory_locks(monkeypatch)
    if guard != "the constraint alone":
        await without_constraints(url, "claim.claim_never_overlaps")
    async with spa_elsewhere(url) as spa:
        winners, claims = len((await race_for_an_hour(spa)).won), await hour_of_ana()
    assert winners == claims
    assert winners > 1 if guard == "neither" else winners == 1


async def test_a_hold_is_taken_or_runs_out_never_both(spa: Spa) -> None:
    for number in range(6):
        one = await held(spa, await spa.guest(f"Guest Number{number}"), minutes=5)
        until = spa.clock.now + timedelta(minutes=5)
        newcomer = await booking(spa, await spa.guest(f"Other Number{number}"))
        runners = [
            confirm_hold(spa.maya, appointment_id=one, version=1, now=until - timedelta(seconds=1)),
            expire_holds(spa.owen, now=until),
            book_appointment(spa.owen, now=until, **newcomer),
        ]
        outcomes = await _all(runners[:: 1 if number % 2 else -1])
        status = (await visit_of(spa, one)).status
        taken = [code for code in outcomes if code in ("appointment-expired", "hold-expired")]
        assert (status == "expired") == bool(taken)
        assert await hour_of_ana() == 1
        assert await broken() == []
        await fetch("UPDATE claim SET released = true, held_until = NULL")
        await fetch("UPDATE appointment SET status = 'cancelled', held_until = NULL")


async def _all(runners: list[object]) -> list[str]:
    """What each is told; any refusal will do, conflict or gone."""
    told: list[str] = []

    async def one(runner: object) -> None:
        try:
            await runner  # type: ignore[misc]
        except Refusal as refusal:
            told.append(refusal.code)

    await race(one(runner) for runner in runners)
    return told


async def test_of_two_neighbours_who_grow_into_the_gap_between_them_one_does(spa: Spa) -> None:
    await fetch("UPDATE work_limit SET day_minutes = 1440, most_in_a_row = 20")
    first = await booked(spa, at=spa.local(9))
    gap: list[UUID] = []
    for number in range(6):
        gap.append(await booked(spa, await spa.guest(f"Guest Number{number}"), at=spa.local(10, 40)))
        outcome = await race(
            [
                resize_appointment(
                    spa.maya,
                    appointment_id=first,
                    version=(await visit_of(spa, first)).version,
                    minutes=90,
                    now=spa.clock.now,
                ),
                move_appointment(
                    spa.owen,
                    appointment_id=gap[-1],
                    version=1,
                    provider_id=await spa.staff_id("Ana Okafor"),
                    starts_at=spa.local(10, 20),
                    quoted_cents=(await visit_of(spa, gap[-1])).price_cents,
                    now=spa.clock.now,
                ),
            ][:: 1 if number % 2 else -1]
        )
        assert (len(outcome.won), outcome.codes) == (1, {"slot-taken"})
        assert await broken() == []
        await fetch("UPDATE claim SET released = true WHERE appointment = $1", gap[-1])
        await fetch("UPDATE appointment SET status = 'cancelled' WHERE id = $1", gap[-1])
        seen = await visit_of(spa, first)
        if seen.duration_minutes != 60:
            await resize_appointment(
                spa.maya, appointment_id=first, version=seen.version, minutes=60, now=spa.clock.now
            )
