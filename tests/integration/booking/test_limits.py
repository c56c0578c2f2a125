"""Hands-on limits: a day, a week, a row; past them only a manager, with a reason that is kept."""

from typing import Any
from uuid import UUID

import pytest

from spa_pos.booking.actions import (
    book_appointment,
    cancel_appointment,
    move_appointment,
    resize_appointment,
    restore_appointment,
)
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Refusal
from tests.builders import booked, booking, slots, visit_of
from tests.calendar import refused
from tests.cast import Spa


async def limit(spa: Spa, **values: int) -> None:
    """What the house allows; what is not named is plenty."""
    asked = {"day_minutes": 1440, "week_minutes": 10_080, "most_in_a_row": 20, "break_minutes": 30} | values
    sets = ", ".join(f"{name} = {value}" for name, value in asked.items())
    await fetch(f"UPDATE work_limit SET {sets}")


async def another(spa: Spa, actor: Actor | None = None, reason: str | None = None, **wish: Any) -> UUID:
    """Book one more guest with Ana."""
    asked = await booking(spa, await spa.guest("Tom Becker"), **wish)
    booked = await book_appointment(actor or spa.maya, now=spa.clock.now, override_reason=reason, **asked)
    return booked.appointment_id


async def refused_as(
    spa: Spa, code: str, actor: Actor | None = None, *, reason: str | None = None, **wish: Any
) -> Refusal:
    """Try to book one more guest with Ana; be told no."""
    asked = await booking(spa, await spa.guest("Tom Becker"), **wish)
    return await refused(
        code,
        book_appointment(actor or spa.maya, now=spa.clock.now, override_reason=reason, **asked),
    )


async def offered(spa: Spa, *, days: int = 0) -> bool:
    return bool(await slots(spa, "swedish-60", days=days, provider="Ana Okafor"))


async def test_a_full_day_is_full_for_hands_and_free_the_next_day(spa: Spa) -> None:
    await limit(spa, day_minutes=120)
    await booked(spa, at=spa.local(9))
    assert await offered(spa)
    await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(13))
    assert not await offered(spa)
    told = await refused_as(spa, "hands-on-limit", at=spa.local(11))
    assert "3 h hands-on that day; the limit is 2 h" in str(told)
    assert await another(spa, at=spa.local(11, days=1))


async def test_a_week_counts_from_monday_to_sunday(spa: Spa) -> None:
    await limit(spa, week_minutes=120)
    await booked(spa)
    await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(10, days=1))
    assert not await offered(spa, days=3)
    await refused_as(spa, "hands-on-limit", at=spa.local(10, days=3))
    assert await another(spa, at=spa.local(10, days=6)), "that is Monday"


async def test_after_some_in_a_row_comes_a_break(spa: Spa) -> None:
    await limit(spa, most_in_a_row=2, break_minutes=30)
    await booked(spa, at=spa.local(9))
    await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(10, 10))
    await refused_as(spa, "hands-on-limit", at=spa.local(11, 39))
    starts = {one.starts_at for one in await slots(spa, "swedish-60", provider="Ana Okafor")}
    assert spa.local(11, 30) not in starts
    assert spa.local(11, 45) in starts
    assert await another(spa, at=spa.local(11, 40))


async def test_a_row_that_a_manager_allowed_does_not_close_the_rest_of_the_day(spa: Spa) -> None:
    await limit(spa, most_in_a_row=1, break_minutes=30)
    await booked(spa, at=spa.local(9))
    assert await another(spa, spa.renata, "A regular", at=spa.local(10, 10))
    assert await another(spa, at=spa.local(14))


@pytest.mark.parametrize("service", ["acupuncture-60", "scalp-mask-60"])
async def test_what_needs_no_hands_needs_no_limit(spa: Spa, service: str) -> None:
    await limit(spa, day_minutes=0)
    await fetch("UPDATE service SET hands_on = (code <> $1)", service)
    who = "Leila Farouk" if service == "acupuncture-60" else "Farah Haddad"
    assert await another(spa, service=service, provider=who)
    await refused_as(spa, "hands-on-limit")


async def test_a_providers_own_limit_counts_before_the_houses(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    await fetch(
        "INSERT INTO work_limit SELECT gen_random_uuid(), location, $1, 120, 1500, 20, 15 FROM work_limit",
        await spa.staff_id("Ana Okafor"),
    )
    await booked(spa)
    assert await another(spa, at=spa.local(13))
    await booked(spa, await spa.guest("Lena Vogel"), provider="Ben Castellano")
    await refused_as(spa, "hands-on-limit", provider="Ben Castellano", at=spa.local(13))


async def test_a_manager_passes_a_limit_with_a_reason_that_is_kept_and_nobody_else_does(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    await booked(spa)
    wish = {"at": spa.local(13)}
    await refused_as(spa, "role-missing", reason="A regular", **wish)
    await refused_as(spa, "reason-missing", spa.renata, reason="   ", **wish)
    await refused_as(spa, "reason-too-long", spa.renata, reason="x" * 201, **wish)
    found = await visit_of(spa, await another(spa, spa.renata, " A  regular ", **wish))  # type: ignore[arg-type]
    assert found.override_reason == "A regular"
    trace = await fetch_one(
        "SELECT staff_name, reason FROM audit_event WHERE reason IS NOT NULL AND verb = 'booked'"
    )
    assert trace is not None
    assert tuple(trace) == ("Renata Silva", "A regular")


async def test_no_reason_opens_a_room_that_is_taken_or_a_provider_who_is_away(spa: Spa) -> None:
    await booked(spa)
    await refused_as(spa, "slot-taken", spa.renata, reason="A regular")
    await refused_as(spa, "provider-away", spa.renata, reason="A regular", at=spa.local(16))


async def test_a_move_keeps_the_limit_and_a_visit_does_not_count_against_itself(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    one = await booked(spa)
    other = await booked(spa, await spa.guest("Lena Vogel"), at=spa.local(10, days=1))
    asked: dict[str, Any] = {"provider_id": await spa.staff_id("Ana Okafor"), "quoted_cents": 12_000}
    now = spa.clock.now
    await move_appointment(spa.maya, appointment_id=one, version=1, starts_at=spa.local(13), now=now, **asked)
    to_today = {"appointment_id": other, "version": 1, "starts_at": spa.local(10), "now": now, **asked}
    await refused("hands-on-limit", move_appointment(spa.maya, **to_today))
    await refused("role-missing", move_appointment(spa.maya, override_reason="A regular", **to_today))
    assert await move_appointment(spa.renata, override_reason="A regular", **to_today) == 2


async def test_a_visit_is_stretched_within_the_limit_and_past_it_by_a_manager_with_a_reason(spa: Spa) -> None:
    await limit(spa, day_minutes=75)
    one = await booked(spa)
    asked: dict[str, Any] = {"appointment_id": one, "now": spa.clock.now}
    assert await resize_appointment(spa.maya, version=1, minutes=75, **asked) == 2
    longer = {"version": 2, "minutes": 80, **asked}
    told = await refused("hands-on-limit", resize_appointment(spa.maya, **longer))
    assert "1 h 20 min hands-on that day; the limit is 1 h 15 min" in str(told)
    await refused("role-missing", resize_appointment(spa.maya, override_reason="A regular", **longer))
    await refused("reason-missing", resize_appointment(spa.renata, override_reason=" ", **longer))
    assert await resize_appointment(spa.renata, override_reason="A regular", **longer) == 3
    found = await visit_of(spa, one)
    assert (found.duration_minutes, found.override_reason) == (80, "A regular")
    trace = await fetch_one(
        "SELECT staff_name, reason FROM audit_event WHERE verb = 'lengthened' ORDER BY id DESC"
    )
    assert trace is not None
    assert tuple(trace) == ("Renata Silva", "80 min; A regular")


async def test_what_is_past_the_limit_already_gets_shorter_and_never_longer_again(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    await booked(spa)
    one = await another(spa, spa.renata, "A regular", at=spa.local(13))
    asked: dict[str, Any] = {"appointment_id": one, "now": spa.clock.now}
    assert await resize_appointment(spa.maya, version=1, minutes=45, **asked) == 2
    await refused("hands-on-limit", resize_appointment(spa.maya, version=2, minutes=50, **asked))


async def test_a_cancelled_visit_comes_back_within_the_limit_or_with_a_reason(spa: Spa) -> None:
    await limit(spa, day_minutes=60)
    one = await booked(spa)
    asked: dict[str, Any] = {"appointment_id": one, "now": spa.clock.now}
    await cancel_appointment(spa.maya, version=1, reason="Illness", **asked)
    other = await another(spa, at=spa.local(13))
    told = await refused("hands-on-limit", restore_appointment(spa.maya, version=2, **asked))
    assert str(told.sentence).startswith("It cannot be restored as it was. Ana Okafor would have 2 h")
    await refused("role-missing", restore_appointment(spa.maya, version=2, override_reason="Both", **asked))
    assert await restore_appointment(spa.renata, version=2, override_reason="Both", **asked) == 3
    await cancel_appointment(spa.maya, version=3, reason="Illness", **asked)
    assert await restore_appointment(spa.maya, version=4, **asked) == 5
    assert (await visit_of(spa, one)).override_reason == "Both"
    assert (await visit_of(spa, other)).override_reason is None  # type: ignore[arg-type]
