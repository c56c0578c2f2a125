"""A second person's yes: whose PIN, for what, how often, and for how long."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.db import fetch_one, fetch_value
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed, TooMany
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import add_device, use_approval
from spa_pos.people.flows import approve
from spa_pos.people.pins import token_hash
from spa_pos.people.queries import KnownDevice
from tests.cast import PINS, SECRET, Spa, open_spa
from tests.races import race

SUBJECT = UUID(int=7)
AMOUNT = Cents(3_000)


async def desk_of(spa: Spa, name: str = "Desk 1") -> tuple[Actor, KnownDevice]:
    """Maya at an enrolled device."""
    secret = await add_device(
        location_id=spa.house.location_id, name=name, enrolled_by="the tests", now=spa.clock.now
    )
    device_id = await fetch_value("SELECT id FROM device WHERE secret_hash = $1", token_hash(secret))
    maya = replace(spa.maya, device_id=device_id, staff_id=await spa.staff_id("Maya Lindqvist"))
    return maya, KnownDevice(device_id, name, spa.house.location_id)


async def ask(spa: Spa, maya: Actor, device: KnownDevice, **wish: Any) -> UUID:
    """Renata types her PIN unless wished otherwise."""
    name = wish.pop("who", "Renata Silva")
    asked: dict[str, Any] = {
        "approval_id": uuid7(spa.clock.now),
        "approver_id": await spa.staff_id(name),
        "pin": PINS[name],
        "verb": "discount",
        "subject": SUBJECT,
        "amount_cents": AMOUNT,
    } | wish
    return await approve(maya, device=device, secret=SECRET, now=spa.clock.now, **asked)


async def use(spa: Spa, maya: Actor, approval_id: UUID, **wish: Any) -> str:
    asked: dict[str, Any] = {"verb": "discount", "subject": SUBJECT, "amount_cents": AMOUNT} | wish
    return (await use_approval(maya, approval_id, now=spa.clock.now, **asked)).by_name


@pytest.fixture
async def spa(database: object) -> Spa:
    return await open_spa()


async def test_a_manager_approves_at_the_desk_and_both_names_are_written_down(spa: Spa) -> None:
    maya, device = await desk_of(spa)
    approval_id = await ask(spa, maya, device)
    assert await use(spa, maya, approval_id) == "Renata Silva"
    row = await fetch_one(
        "SELECT staff_name, after ->> 'asked_by' AS asked, after ->> 'of' AS what FROM audit_event"
        " WHERE verb = 'approved'"
    )
    assert row is not None
    assert tuple(row) == ("Renata Silva", "Maya Lindqvist", "discount")


async def test_an_approval_is_good_once_even_when_many_spend_it_at_the_same_time(spa: Spa) -> None:
    maya, device = await desk_of(spa)
    approval_id = await ask(spa, maya, device)
    outcome = await race(use(spa, maya, approval_id) for _ in range(12))
    assert (len(outcome.won), outcome.codes) == (1, {"approval-not-for-this"})


@pytest.mark.parametrize(
    "other",
    [{"verb": "override"}, {"subject": UUID(int=8)}, {"amount_cents": 3_001}, {"amount_cents": None}],
)
async def test_an_approval_is_good_for_what_was_shown_alone(spa: Spa, other: dict[str, Any]) -> None:
    maya, device = await desk_of(spa)
    approval_id = await ask(spa, maya, device)
    with pytest.raises(Conflict, match="approval-not-for-this"):
        await use(spa, maya, approval_id, **other)
    assert await use(spa, maya, approval_id) == "Renata Silva"


async def test_an_approval_is_good_for_a_minute_at_one_device_and_for_one_person(spa: Spa) -> None:
    maya, device = await desk_of(spa)
    elsewhere, _ = await desk_of(spa, "Desk 2")
    owen = replace(maya, staff_id=await spa.staff_id("Owen Brandt"))
    approval_id = await ask(spa, maya, device)
    for somebody in (elsewhere, owen):
        with pytest.raises(Conflict, match="approval-not-for-this"):
            await use(spa, somebody, approval_id)
    spa.clock.forward(seconds=61)
    with pytest.raises(Conflict, match="approval-not-for-this"):
        await use(spa, maya, approval_id)


async def test_nobody_approves_for_themselves_and_the_desk_approves_nothing(spa: Spa) -> None:
    maya, device = await desk_of(spa)
    with pytest.raises(NotAllowed, match="approver-self"):
        await ask(spa, maya, device, who="Maya Lindqvist")
    with pytest.raises(NotAllowed, match="approver-role"):
        await ask(spa, maya, device, who="Owen Brandt")
    assert await fetch_value("SELECT count(*) FROM approval") == 0


async def test_wrong_pins_are_counted_as_at_sign_in(spa: Spa) -> None:
    maya, device = await desk_of(spa)
    for _ in range(2):
        with pytest.raises(Invalid, match="pin-wrong"):
            await ask(spa, maya, device, pin="0000")
    with pytest.raises(TooMany, match="pin-too-soon"):
        await ask(spa, maya, device)
    spa.clock.forward(seconds=30)
    assert await use(spa, maya, await ask(spa, maya, device)) == "Renata Silva"


async def test_the_same_form_again_gets_the_same_approval(spa: Spa) -> None:
    maya, device = await desk_of(spa)
    approval_id = uuid4()
    assert await ask(spa, maya, device, approval_id=approval_id) == approval_id
    assert await ask(spa, maya, device, approval_id=approval_id) == approval_id
    assert await fetch_value("SELECT count(*) FROM pin_attempt") == 1
