"""Waiting for a service: asked for, changed, withdrawn, ended; and the rules of the order."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from spa_pos.booking.actions.waitlist import (
    RulesAsk,
    WaitAsk,
    add_wait,
    change_wait,
    change_waitlist_rules,
    end_waits,
    restore_wait,
    withdraw_wait,
)
from spa_pos.booking.queries.waitlist import open_waits, waiting_count, waitlist_rules
from spa_pos.booking.rules.triage import WaitStatus, score
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from spa_pos.kernel.time import local_date
from tests.cast import Spa
from tests.integration.booking.waitlist import offer_now, open_offer, outcomes, wait_of, waits


async def asked(spa: Spa, **changes: Any) -> WaitAsk:
    today = local_date(spa.clock.now, spa.house.zone)
    values = {"service_id": await spa.service_id("acupuncture-60"), "first_day": today, "last_day": today}
    return WaitAsk(**values | changes)


async def test_a_guest_waits_as_of_the_group_they_are_and_the_desk_reads_why_they_come_first(
    spa: Spa,
) -> None:
    today = local_date(spa.clock.now, spa.house.zone)
    wait_id = await waits(
        spa,
        group="patient",
        reason="pain",
        severity=7,
        leaves_on=today + timedelta(days=2),
        last_day=today + timedelta(days=9),
        windows=((time(9), time(12)), (time(13), time(15))),
        note="  Call \n the hotel ",
    )
    await fetch("UPDATE guest SET guest_group = 'visitor'")
    spa.clock.forward(days=1)
    found = await wait_of(spa, wait_id)
    rules = await waitlist_rules(spa.house.location_id)
    assert score(found.ask, rules.weights, now=spa.clock.now, zone=spa.house.zone).words == (
        "Patient 40 · Pain 20 · Severity 7: 14 · Leaves in 1 day: 18 · Waiting 1 day: 1 = 93"
    )
    assert found.windows == ((time(9), time(12)), (time(13), time(15)))
    assert (found.note, found.guest_name, found.service_name) == (
        "Call the hotel",
        "Ingrid Halvorsen",
        "Acupuncture",
    )
    assert await waiting_count(spa.house.location_id) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": "boredom"}, "reason-unknown"),
        ({"severity": 11}, "severity-unreadable"),
        ({"provider_wish": "named"}, "provider-unknown"),
        ({"provider_wish": "dog"}, "provider-unknown"),
        ({"provider_wish": "named", "provider_id": uuid4()}, "provider-unknown"),
        ({"windows": ((time(9), time(10)),) * 6}, "wait-windows"),
    ],
)
async def test_what_cannot_be_meant_is_refused_and_nobody_waits(
    spa: Spa, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        await waits(spa, **changes)
    assert await waiting_count(spa.house.location_id) == 0


async def test_a_service_that_is_unknown_is_refused(spa: Spa) -> None:
    with pytest.raises(NotFound, match="service-unknown"):
        await waits(spa, service_id=uuid4())


async def test_a_guest_waits_once_for_a_service(spa: Spa) -> None:
    wait_id = await waits(spa)
    found = await wait_of(spa, wait_id)
    with pytest.raises(Conflict, match="already-waiting"):
        await add_wait(
            spa.owen, wait_id=uuid4(), guest_id=found.guest_id, asked=await asked(spa), now=spa.clock.now
        )
    other = await asked(spa, service_id=await spa.service_id("swedish-60"))
    assert await add_wait(spa.owen, wait_id=uuid4(), guest_id=found.guest_id, asked=other, now=spa.clock.now)


async def test_a_change_keeps_since_when_they_wait_and_an_older_screen_is_told(spa: Spa) -> None:
    wait_id = await waits(spa)
    before = await wait_of(spa, wait_id)
    spa.clock.forward(hours=1)
    changed = await asked(spa, severity=3, windows=((time(13), time(15)),))
    assert await change_wait(spa.owen, wait_id=wait_id, version=1, asked=changed, now=spa.clock.now) == 2
    found = await wait_of(spa, wait_id)
    assert (found.asked_at, found.severity, found.windows) == (before.asked_at, 3, ((time(13), time(15)),))
    with pytest.raises(Conflict, match="appointment-changed"):
        await change_wait(spa.maya, wait_id=wait_id, version=1, asked=changed, now=spa.clock.now)
    told = await fetch_value("SELECT after::text FROM audit_event WHERE verb = 'changed on the waitlist'")
    assert '"severity": 3' in told
    assert "note" not in told


async def test_who_withdraws_waits_no_longer_and_the_way_back_keeps_their_place(spa: Spa) -> None:
    wait_id = await waits(spa)
    assert await withdraw_wait(spa.maya, wait_id=wait_id, version=1, now=spa.clock.now) == 2
    assert await waiting_count(spa.house.location_id) == 0
    assert await offer_now(spa) == []
    with pytest.raises(Conflict, match="wait-over"):
        await withdraw_wait(spa.maya, wait_id=wait_id, version=2, now=spa.clock.now)
    assert await restore_wait(spa.maya, wait_id=wait_id, version=2, now=spa.clock.now) == 3
    assert (await wait_of(spa, wait_id)).ended_at is None
    assert len(await offer_now(spa)) == 1


async def test_withdrawing_while_a_time_is_held_frees_it(spa: Spa) -> None:
    wait_id = await waits(spa)
    await offer_now(spa)
    version = (await wait_of(spa, wait_id)).version
    await withdraw_wait(spa.maya, wait_id=wait_id, version=version, now=spa.clock.now)
    assert await open_offer(wait_id) is None
    assert await outcomes(wait_id) == ["passed"]
    assert await fetch_value("SELECT count(*) FROM claim WHERE NOT released") == 0
    with pytest.raises(Conflict, match="wait-over"):
        await change_wait(spa.maya, wait_id=wait_id, version=99, asked=await asked(spa), now=spa.clock.now)


async def test_who_has_an_offer_is_not_changed_under_it(spa: Spa) -> None:
    wait_id = await waits(spa)
    await offer_now(spa)
    with pytest.raises(Conflict, match="wait-offered"):
        await change_wait(spa.maya, wait_id=wait_id, version=2, asked=await asked(spa), now=spa.clock.now)


async def test_an_entry_ends_when_its_last_day_is_over_or_the_guest_has_left(spa: Spa) -> None:
    today = local_date(spa.clock.now, spa.house.zone)
    over = await waits(spa)
    left = await waits(spa, "Tom Becker", leaves_on=today, last_day=today + timedelta(days=9))
    still = await waits(spa, "Lena Vogel", last_day=today + timedelta(days=1))
    assert await end_waits(spa.maya, now=spa.clock.now) == []
    spa.clock.forward(days=1)
    assert set(await end_waits(spa.maya, now=spa.clock.now)) == {over, left}
    assert [one.id for one in await open_waits(spa.house.location_id)] == [still]
    assert (await wait_of(spa, over)).status is WaitStatus.ENDED


async def rules_asked(spa: Spa, **changes: Any) -> RulesAsk:
    rules = await waitlist_rules(spa.house.location_id)
    same = RulesAsk(
        30, 120, time(8), time(20), 7, 30, {row.id: row.points for row in rules.rows if row.factor != "group"}
    )
    return replace(same, **changes)


async def test_a_manager_changes_what_counts_and_it_is_written_down(spa: Spa) -> None:
    rules = await waitlist_rules(spa.house.location_id)
    points = {row.id: 0 if row.code == "pain" else row.points for row in rules.rows}
    retired = frozenset(row.id for row in rules.rows if row.code == "anxiety")
    changed = await rules_asked(
        spa,
        points=points,
        retired=retired,
        group_points={"companion": 10, "visitor": 0},
        new_reason=" After  surgery ",
        new_points=25,
        hold_minutes=15,
    )
    with pytest.raises(NotAllowed, match="role-missing"):
        await change_waitlist_rules(spa.maya, version=1, asked=changed, now=spa.clock.now)
    assert await change_waitlist_rules(spa.renata, version=1, asked=changed, now=spa.clock.now) == 2
    found = await waitlist_rules(spa.house.location_id)
    assert found.offers.hold == timedelta(minutes=15)
    assert found.weights.groups == {"patient": ("Patient", 40), "companion": ("Patient's family", 10)}
    assert [(row.name, row.points) for row in found.reasons] == [
        ("Pain", 0),
        ("End of life", 30),
        ("Before a procedure", 20),
        ("No special reason", 0),
        ("After surgery", 25),
    ]
    told = await fetch_value(
        "SELECT before::text || after::text FROM audit_event WHERE verb = 'changed the waitlist''s rules'"
    )
    assert '"Pain": 20' in told and '"Pain": 0' in told
    with pytest.raises(Conflict, match="appointment-changed"):
        await change_waitlist_rules(spa.renata, version=1, asked=changed, now=spa.clock.now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hold_minutes": 4}, "hold_minutes"),
        ({"notice_minutes": -1}, "notice_minutes"),
        ({"offers_until": time(8)}, "offers_until"),
        ({"leaving_days": 61}, "leaving_days"),
        ({"waiting_most_points": 1001}, "points"),
        ({"new_points": -1}, "points"),
        ({"new_reason": "x" * 61}, "new_reason"),
    ],
)
async def test_rules_that_cannot_be_meant_are_refused_naming_the_field(
    spa: Spa, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid, match="waitlist-rules-unreadable") as refused:
        await change_waitlist_rules(
            spa.renata, version=1, asked=await rules_asked(spa, **changes), now=spa.clock.now
        )
    assert refused.value.facts["field"] == field
