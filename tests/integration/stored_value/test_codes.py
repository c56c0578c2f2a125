"""Codes: shown once, kept as a hash, tried a limited number of times; preprinted cards."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed, TooMany
from spa_pos.kernel.money import Cents
from spa_pos.stored_value.actions import (
    give_code,
    import_cards,
    issue_gift_card,
    new_code,
    try_code,
)
from spa_pos.stored_value.queries import find_by_code, holding
from spa_pos.stored_value.rules import CODE_MISSES, code_hash, is_ours, last_four
from tests.cast import SECRET, Spa
from tests.value import Till, left


async def coded(spa: Spa, card_id: Any, *, by: Actor | None = None) -> str:
    code = new_code()
    await give_code(
        by or spa.maya,
        card_id=card_id,
        code_hash=code_hash(code, SECRET),
        last4=last_four(code),
        now=spa.clock.now,
    )
    return code


async def test_a_code_finds_its_card_and_is_nowhere_in_the_database(spa: Spa) -> None:
    card_id = await Till(spa).card()
    code = await coded(spa, card_id)
    assert is_ours(code)
    found = await find_by_code(code_hash(code, SECRET))
    assert found is not None
    assert (found.id, found.label) == (card_id, f"Gift card …{code[-4:]}")
    assert await find_by_code(code_hash(code, "another secret")) is None
    for table in ("holding", "value_movement", "audit_event", "request", "code_try"):
        rows = await fetch(f"SELECT one::text AS row FROM {table} one")
        assert not any(code[:12] in row["row"] for row in rows), table


async def test_the_desk_makes_a_code_again_soon_and_unspent_later_a_manager_does(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card()
    first = await coded(spa, card_id)
    second = await coded(spa, card_id)
    assert await find_by_code(code_hash(first, SECRET)) is None
    assert await find_by_code(code_hash(second, SECRET)) is not None
    await till.pay(card_id, 100)
    with pytest.raises(NotAllowed, match="new-code-needs-manager"):
        await coded(spa, card_id)
    unspent = await till.card()
    await coded(spa, unspent)
    spa.clock.forward(minutes=31)
    with pytest.raises(NotAllowed, match="new-code-needs-manager"):
        await coded(spa, unspent)
    await coded(spa, unspent, by=spa.renata)
    with pytest.raises(Conflict, match="not-a-card"):
        await coded(spa, await till.deposit(await spa.guest()))


async def test_guessing_codes_is_stopped_and_opens_again(spa: Spa) -> None:
    code = await coded(spa, await Till(spa).card())
    asked = {"network": "192.0.2.7", "now": spa.clock.now}
    nowhere = replace(spa.maya, device_id=None)
    for number in range(CODE_MISSES):
        assert await try_code(nowhere, code_hash=f"{number:064}", **asked) is None
    with pytest.raises(TooMany, match="too-many-codes-tried"):
        await try_code(nowhere, code_hash=code_hash(code, SECRET), **asked)
    assert await try_code(nowhere, code_hash=code_hash(code, SECRET), **asked | {"network": "192.0.2.8"})
    spa.clock.forward(minutes=16)
    found = await try_code(nowhere, code_hash=code_hash(code, SECRET), network="192.0.2.7", now=spa.clock.now)
    assert found is not None


async def test_guessing_from_many_networks_at_one_device_is_stopped(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    device = await fetch_value("SELECT id FROM device WHERE name = $1", "Desk 1")
    maya = Actor("Maya", spa.maya.role, spa.maya.location_id, spa.maya.zone, device_id=device)
    for number in range(CODE_MISSES):
        await try_code(maya, code_hash=f"{number:064}", network=f"192.0.2.{number}", now=spa.clock.now)
    with pytest.raises(TooMany):
        await try_code(maya, code_hash="f" * 64, network="192.0.2.99", now=spa.clock.now)
    assert kiosk.page.status == 200


CODES = ("SPA-7QK2-0193-8472-5561", "SPA-7QK2-0193-8472-5562")


async def imported(spa: Spa, *lines: str, **wish: Any) -> Any:
    wish = {"batch": "winter", "dry_run": False, "secret": SECRET} | wish
    by = wish.pop("by", spa.renata)
    return await import_cards(by, rows=[line.split(",") for line in lines], now=spa.clock.now, **wish)


async def test_preprinted_cards_are_known_but_worth_nothing_until_they_are_sold(spa: Spa) -> None:
    assert (await imported(spa, "code", *CODES, dry_run=True)).done is False
    assert await fetch_value("SELECT count(*) FROM holding") == 0
    assert (await imported(spa, "code", *CODES)).done is True
    card = await find_by_code(code_hash(CODES[0].replace("-", ""), SECRET))
    assert card is not None
    assert (card.status, card.last4) == ("inactive", "5561")
    till = Till(spa)
    with pytest.raises(Conflict, match="card-not-active"):
        await till.pay(card.id, 100)
    await till(issue_gift_card, issue_id=uuid4(), card_id=card.id, paid_cents=Cents(5_000))
    assert await left(card.id) == (5_000, 0)
    assert (await holding(card.id)).status == "active"
    with pytest.raises(Conflict, match="card-already-sold"):
        await till(issue_gift_card, issue_id=uuid4(), card_id=card.id, paid_cents=Cents(5_000))


async def test_an_import_with_one_fault_imports_nothing_and_names_every_fault(spa: Spa) -> None:
    await imported(spa, "code", CODES[0])
    told = await imported(spa, "code", CODES[1], CODES[1], "short", CODES[0])
    assert told.done is False
    assert [line.split(":")[0] for line in told.problems] == [
        "line 3",
        "line 4",
        "the card ending in 5561 is known already.",
    ]
    assert await fetch_value("SELECT count(*) FROM holding") == 1


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["code,expires", f"{CODES[0]},2027-01-01"], "paid-value-never-expires"),
        (["code,monthly fee", f"{CODES[0]},1"], "paid-value-never-expires"),
        (["number", CODES[0]], "import-columns"),
        (["code"], "import-empty"),
    ],
)
async def test_a_file_that_cannot_be_meant_is_refused(spa: Spa, lines: list[str], code: str) -> None:
    with pytest.raises(Invalid, match=code):
        await imported(spa, *lines)
    with pytest.raises(NotAllowed, match="import-needs-manager"):
        await imported(spa, "code", CODES[0], by=spa.maya)
