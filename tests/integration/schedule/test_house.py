"""Rooms, opening hours, special days, credentials and the rules of booking: refusals and permission."""

from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest

from spa_pos.booking.actions.terms import (
    add_policy_version,
    remove_booking_window,
    remove_cancel_reason,
    set_booking_window,
    set_cancel_reason,
)
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Refusal
from spa_pos.people.actions import set_credential, set_gender
from spa_pos.schedule.actions import (
    add_resource,
    bring_back,
    put_out_of_use,
    reinstate_resource,
    remove_opening_hours,
    remove_special_day,
    retire_resource,
    set_opening_hours,
    set_special_day,
)
from tests.cast import Spa
from tests.house.test_permissions import nothing_written

TODAY = date(2026, 11, 24)
WEEK = dict.fromkeys(range(7), (time(9), time(17)))


async def asked_of_each(spa: Spa) -> list[tuple[Any, dict[str, Any]]]:
    """Every verb with something sensible to ask of it."""
    room = await fetch_value("SELECT number FROM resource WHERE name = 'Room 1'")
    ana = await spa.staff_id("Ana Okafor")
    times = {"starts_at": spa.local(9, days=1), "ends_at": spa.local(12, days=1)}
    days = {"valid_from": TODAY, "valid_until": None}
    policy = {"notice_hours": 12, "late_ppm": 0, "no_show_ppm": 0, "grace_minutes": 5}
    return [
        (put_out_of_use, {"out_id": uuid4(), "resource_no": room, "reason": "Leak", **times}),
        (bring_back, {"out_id": uuid4()}),
        (add_resource, {"kind": "treatment_room", "name": "Room 7"}),
        (retire_resource, {"resource_no": room}),
        (reinstate_resource, {"resource_no": room}),
        (set_opening_hours, {"week": WEEK, "first_day": TODAY}),
        (remove_opening_hours, {"first_day": TODAY}),
        (set_special_day, {"special_id": uuid4(), "day": TODAY, "reason": "Party", "hours": None}),
        (remove_special_day, {"special_id": uuid4()}),
        (
            set_credential,
            {"credential_id": uuid4(), "staff_id": ana, "kind": "massage", "number": "1", **days},
        ),
        (set_gender, {"staff_id": ana, "gender": "woman"}),
        (add_policy_version, {"policy_id": uuid4(), **policy}),
        (set_cancel_reason, {"code": None, "name": "Snow", "fee_free": True}),
        (remove_cancel_reason, {"code": "illness"}),
        (
            set_booking_window,
            {"window_id": uuid4(), "service_id": None, "group": None, "lead_minutes": 60, "horizon_days": 30},
        ),
        (remove_booking_window, {"window_id": uuid4()}),
    ]


async def test_the_desk_and_providers_change_nothing(spa: Spa) -> None:
    async with nothing_written():
        for verb, asked in await asked_of_each(spa):
            with pytest.raises(NotAllowed):
                await verb(spa.maya, now=spa.clock.now, **asked)


async def refused(spa: Spa, verb: Any, what: type[Refusal], why: str, /, **asked: Any) -> None:
    with pytest.raises(what) as refusal:
        await verb(spa.renata, now=spa.clock.now, **asked)
    assert refusal.value.code == why


async def test_a_provider_is_no_room_and_an_unknown_number_none(spa: Spa) -> None:
    provider = await fetch_value("SELECT number FROM resource WHERE name = 'Ana Okafor'")
    for number in (provider, 0, 10**9, 2**40):
        await refused(spa, retire_resource, NotFound, "resource-unknown", resource_no=number)


async def test_a_machine_that_is_out_comes_back_now_and_what_is_over_stays(spa: Spa) -> None:
    asked = dict(await asked_of_each(spa))[put_out_of_use]
    await put_out_of_use(spa.renata, now=spa.clock.now, **asked)
    spa.clock.now = spa.local(10, days=1)
    await bring_back(spa.renata, out_id=asked["out_id"], now=spa.clock.now)
    assert await fetch_value("SELECT ends_at FROM resource_out") == spa.clock.now
    await refused(spa, bring_back, Gone, "out-over", out_id=asked["out_id"])
    await refused(spa, bring_back, NotFound, "out-unknown", out_id=uuid4())


async def test_opening_hours_name_every_day_and_never_vanish(spa: Spa) -> None:
    part = {0: (time(9), time(17))}
    await refused(spa, set_opening_hours, Invalid, "hours-missing", week=part, first_day=TODAY)
    await refused(spa, set_opening_hours, Invalid, "date-past", week=WEEK, first_day=date(2026, 11, 23))
    await refused(spa, remove_opening_hours, NotFound, "hours-unknown", first_day=date(2026, 12, 1))
    await fetch("DELETE FROM opening_hours")
    await set_opening_hours(spa.renata, week=WEEK, first_day=TODAY, now=spa.clock.now)
    await refused(spa, remove_opening_hours, Conflict, "hours-needed", first_day=TODAY)


async def test_a_holiday_that_is_over_stays(spa: Spa) -> None:
    past = await fetch_value("SELECT id FROM special_day WHERE day = '2026-07-04'")
    await refused(spa, remove_special_day, Invalid, "date-past", special_id=past)
    await refused(spa, remove_special_day, NotFound, "special-day-unknown", special_id=uuid4())


async def test_a_credential_of_somebody_else_is_not_changed(spa: Spa) -> None:
    row = (await fetch("SELECT * FROM credential WHERE kind = 'acupuncturist'"))[0]
    asked = {"number": "X", "valid_from": TODAY, "valid_until": None, "credential_id": row["id"]}
    ana = await spa.staff_id("Ana Okafor")
    await refused(
        spa, set_credential, NotFound, "credential-unknown", staff_id=ana, kind="acupuncturist", **asked
    )
    backwards = asked | {"credential_id": uuid4(), "valid_until": date(2026, 11, 1)}
    await refused(
        spa, set_credential, Invalid, "ends-before-start", staff_id=ana, kind="massage", **backwards
    )


async def test_the_window_of_all_and_the_last_reason_stay(spa: Spa) -> None:
    window = await fetch_value("SELECT id FROM booking_window")
    await refused(spa, remove_booking_window, Conflict, "window-needed", window_id=window)
    for code in ("illness", "clinical", "provider", "mistake"):
        await remove_cancel_reason(spa.renata, code=code, now=spa.clock.now)
    await refused(spa, remove_cancel_reason, Conflict, "reason-needed", code="guest")
    await refused(
        spa, set_cancel_reason, NotFound, "reason-unknown", code="illness", name="Ill", fee_free=True
    )
