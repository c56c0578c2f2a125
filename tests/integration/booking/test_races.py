"""Two kiosks and more at once: one gets it, the others are told. Without the guards, it would not hold."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from spa_pos.booking.actions import (
    book_appointment,
    cancel_appointment,
    check_in,
    mark_no_show,
    move_appointment,
    restore_appointment,
    undo_check_in,
)
from spa_pos.db import fetch, fetch_value, once
from tests.builders import booked, booking, checked_in, visit_of
from tests.cast import Spa
from tests.races import (
    Outcome,
    race,
    spa_elsewhere,
    without_advisory_locks,
    without_constraints,
    without_row_locks,
)

CROWD = 64
ROUNDS = 4

SLOT_GUARDS = ("claim.claim_never_overlaps",)
GUEST_GUARDS = ("appointment.appointment_guest_never_twice",)


async def race_for_a_slot(spa: Spa) -> Outcome:
    """Sixty-four guests want Ana at ten."""
    guests = [await spa.guest(f"Guest Number{number}") for number in range(CROWD)]
    asked = await booking(spa, guests[0])
    return await race(
        book_appointment(
            spa.maya if number % 2 else spa.owen,
            now=spa.clock.now,
            **asked | {"appointment_id": uuid4(), "guest_id": guest_id},
        )
        for number, guest_id in enumerate(guests)
    )


async def race_for_a_guest(spa: Spa) -> Outcome:
    """One guest is booked with every provider of the day at once, at times that overlap."""
    guest_id = await spa.guest()
    wishes = [
        ("swedish-60", "Ana Okafor"),
        ("swedish-60", "Ben Castellano"),
        ("swedish-60", "Chloe Nguyen"),
        ("facial-60", "Elif Demir"),
        ("facial-60", "Farah Haddad"),
        ("pedicure-60", "Jonas Weber"),
        ("acupuncture-60", "Leila Farouk"),
    ]
    asked = [
        await booking(spa, guest_id, service=service, provider=provider, at=spa.local(12, minute))
        for service, provider in wishes
        for minute in (0, 10, 20, 30)
    ]
    return await race(book_appointment(spa.maya, now=spa.clock.now, **one) for one in asked)


async def test_64_bookings_of_one_slot_have_one_winner_round_after_round(spa: Spa) -> None:
    for _ in range(ROUNDS):
        outcome = await race_for_a_slot(spa)
        assert (len(outcome.won), outcome.codes) == (1, {"slot-taken"})
        await fetch("UPDATE claim SET released = true")
        await fetch("UPDATE appointment SET status = 'cancelled' WHERE status = 'booked'")


@pytest.mark.parametrize("guard", ["the lock alone", "the constraint alone", "neither"])
async def test_a_slot_has_one_winner_by_the_lock_or_by_the_constraint_and_many_without_both(
    database: object, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    url = new_database()
    if guard != "the lock alone":
        without_advisory_locks(monkeypatch)
    if guard != "the constraint alone":
        await without_constraints(url, *SLOT_GUARDS)
    async with spa_elsewhere(url) as spa:
        winners = len((await race_for_a_slot(spa)).won)
    assert winners > 1 if guard == "neither" else winners == 1


async def test_a_guest_wanted_everywhere_at_once_is_booked_once(spa: Spa) -> None:
    outcome = await race_for_a_guest(spa)
    assert len(outcome.won) == 1
    assert outcome.codes <= {"guest-already-booked", "slot-taken"}
    assert await fetch_value("SELECT count(*) FROM appointment") == 1


async def test_without_the_constraint_a_guest_would_be_booked_many_times(
    database: object, new_database: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database()
    without_advisory_locks(monkeypatch)
    await without_constraints(url, *GUEST_GUARDS)
    async with spa_elsewhere(url) as spa:
        assert len((await race_for_a_guest(spa)).won) > 1


async def race_of_check_ins(spa: Spa) -> Outcome:
    appointment_id = await booked(spa, await spa.guest("Tom Becker", "employee"))
    return await race(
        check_in(
            spa.maya if number % 2 else spa.owen,
            appointment_id=appointment_id,
            version=1,
            proof_shown="seen" if number % 2 else "not_shown",
            now=spa.clock.now,
        )
        for number in range(16)
    )


async def test_of_many_check_ins_one_counts(spa: Spa) -> None:
    outcome = await race_of_check_ins(spa)
    assert (len(outcome.won), outcome.codes) == (1, {"appointment-checked-in"})
    assert await fetch_value("SELECT count(*) FROM audit_event WHERE verb = 'checked in'") == 1


async def test_without_the_row_lock_a_guest_would_be_checked_in_many_times(
    spa_left_broken: Spa, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_row_locks(monkeypatch)
    assert len((await race_of_check_ins(spa_left_broken)).won) > 1


async def test_a_visit_is_cancelled_or_checked_in_never_both(spa: Spa) -> None:
    for number in range(8):
        appointment_id = await booked(spa, await spa.guest(f"Guest Number{number}"), at=spa.local(10))
        asked = {"appointment_id": appointment_id, "version": 1, "now": spa.clock.now}
        outcome = await race(
            [
                cancel_appointment(spa.maya, reason="Illness", **asked),  # type: ignore[arg-type]
                check_in(spa.owen, proof_shown="on_file", **asked),  # type: ignore[arg-type]
            ][:: 1 if number % 2 else -1]
        )
        found = await visit_of(spa, appointment_id)
        assert len(outcome.won) == 1
        assert outcome.codes < {"appointment-cancelled", "appointment-checked-in"}
        assert outcome.told == [f"appointment-{found.status.value.replace('_', '-')}"]
        live = await fetch_value(
            "SELECT count(*) FROM claim WHERE appointment = $1 AND NOT released", appointment_id
        )
        assert live == (0 if found.status == "cancelled" else 2)
        if found.status == "checked_in":
            await undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now)
            await cancel_appointment(
                spa.maya, appointment_id=appointment_id, version=3, reason="Next round", now=spa.clock.now
            )


async def test_a_no_show_and_a_late_check_in_cannot_both_be(spa: Spa) -> None:
    appointment_id = await booked(spa)
    spa.clock.now = spa.local(10, 20)
    outcome = await race(
        [
            mark_no_show(spa.maya, appointment_id=appointment_id, version=1, now=spa.clock.now),
            check_in(
                spa.owen, appointment_id=appointment_id, version=1, proof_shown="on_file", now=spa.clock.now
            ),
            cancel_appointment(
                spa.owen, appointment_id=appointment_id, version=1, reason="Late", now=spa.clock.now
            ),
        ]
    )
    assert (len(outcome.won), len(outcome.told)) == (1, 2)


async def test_of_visits_that_were_cancelled_for_each_other_one_comes_back(spa: Spa) -> None:
    off = []
    for number in range(12):
        appointment_id = await booked(spa, await spa.guest(f"Guest Number{number}"))
        await cancel_appointment(
            spa.maya, appointment_id=appointment_id, version=1, reason="x", now=spa.clock.now
        )
        off.append(appointment_id)
    newcomer = await booking(spa, await spa.guest("Tom Becker"))
    outcome = await race(
        [
            *(restore_appointment(spa.maya, appointment_id=one, version=2, now=spa.clock.now) for one in off),
            book_appointment(spa.owen, now=spa.clock.now, **newcomer),
        ]
    )
    assert (len(outcome.won), outcome.codes) == (1, {"slot-taken"})


async def test_of_visits_moved_to_one_time_one_gets_it(spa: Spa) -> None:
    others = ["Ben Castellano", "Chloe Nguyen"]
    visits = [
        await booked(spa, await spa.guest(f"Guest Number{number}"), provider=others[number % 2], at=at)
        for number, at in enumerate([spa.local(hour) for hour in (11, 11, 13, 13, 15, 15)])
    ]
    newcomer = await booking(spa, await spa.guest("Tom Becker"), at=spa.local(9))
    ana = newcomer["provider_id"]
    outcome = await race(
        [
            *(
                move_appointment(
                    spa.maya,
                    appointment_id=one,
                    version=1,
                    provider_id=ana,
                    starts_at=spa.local(9, 30),
                    quoted_cents=newcomer["quoted_cents"],
                    now=spa.clock.now,
                )
                for one in visits
            ),
            book_appointment(spa.owen, now=spa.clock.now, **newcomer),
        ]
    )
    assert (len(outcome.won), outcome.codes) == (1, {"slot-taken"})


async def test_a_visit_that_is_moved_while_the_guest_is_checked_in_stays_one_visit(spa: Spa) -> None:
    for number, minute in enumerate((0, 75, 150, 225)):
        at = spa.local(9) + timedelta(minutes=minute)
        appointment_id = await booked(spa, await spa.guest(f"Guest Number{number}"), at=at)
        seen = await visit_of(spa, appointment_id)
        outcome = await race(
            [
                move_appointment(
                    spa.maya,
                    appointment_id=appointment_id,
                    version=1,
                    provider_id=await spa.staff_id("Ben Castellano"),
                    starts_at=seen.starts_at,
                    quoted_cents=seen.price_cents,
                    now=spa.clock.now,
                ),
                check_in(
                    spa.owen,
                    appointment_id=appointment_id,
                    version=1,
                    proof_shown="on_file",
                    now=spa.clock.now,
                ),
            ]
        )
        assert len(outcome.won) == 1
        assert outcome.codes < {"appointment-changed", "appointment-checked-in"}


async def test_64_equal_requests_book_once_and_get_one_answer(spa: Spa) -> None:
    asked = await booking(spa, await spa.guest())
    key = uuid4()
    outcome = await race(
        once(key, book_appointment, actor=spa.maya, now=spa.clock.now, **asked) for _ in range(CROWD)
    )
    assert {one.appointment_id for one in outcome.won} == {asked["appointment_id"]}
    assert len(outcome.won) == CROWD
    assert await fetch_value("SELECT count(*) FROM appointment") == 1


async def test_64_double_clicks_on_check_in_get_one_version(spa: Spa) -> None:
    appointment_id = await booked(spa)
    key = uuid4()
    outcome = await race(
        once(
            key,
            check_in,
            actor=spa.maya,
            appointment_id=appointment_id,
            version=1,
            proof_shown="on_file",
            now=spa.clock.now,
        )
        for _ in range(CROWD)
    )
    assert (set(outcome.won), len(outcome.won)) == ({2}, CROWD)


async def test_an_undo_and_a_second_check_in_leave_one_state(spa: Spa) -> None:
    appointment_id = await checked_in(spa)
    outcome = await race(
        undo_check_in(spa.maya, appointment_id=appointment_id, version=2, now=spa.clock.now) for _ in range(8)
    )
    assert (len(outcome.won), outcome.codes) == (1, {"appointment-booked"})
