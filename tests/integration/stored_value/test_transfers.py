"""Value under another name: cards, credits, lost cards."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed
from spa_pos.ledger.rules import GIFT_CARDS, GIFT_CARDS_FREE, GUEST_CREDIT
from spa_pos.stored_value.actions import give_code, move_card_to_credit, replace_card, transfer_card
from spa_pos.stored_value.queries import find_by_code, holding, holdings_of
from tests.cast import Spa
from tests.value import Till, left, owed

LATER, SOON, TODAY = date(2027, 6, 1), date(2026, 12, 1), date(2026, 11, 24)


async def transfer(spa: Spa, source: UUID, target: UUID, **wish: Any) -> int:
    wish = {"transfer_id": uuid4(), "reason": "two gifts, one card"} | wish
    return await transfer_card(spa.renata, card_id=source, to_card_id=target, now=spa.clock.now, **wish)


async def test_all_of_a_card_moves_to_another_part_by_part(spa: Spa) -> None:
    till = Till(spa)
    source, target = (
        await till.card(3_000, 700, free_until=SOON),
        await till.card(5_000, 300, free_until=LATER),
    )
    asked = {"transfer_id": uuid4()}
    assert await transfer(spa, source, target, **asked) == 3_700
    assert await transfer(spa, source, target, **asked) == 3_700
    assert (await left(source), await left(target)) == ((0, 0), (8_000, 1_000))
    assert (await holding(target)).free_until == LATER
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE) == [8_000, 1_000]
    with pytest.raises(Conflict, match="nothing-on-it"):
        await transfer(spa, source, target)


async def test_an_ended_free_part_does_not_live_on_by_moving(spa: Spa) -> None:
    till = Till(spa)
    source, target = (
        await till.card(3_000, 700, free_until=TODAY),
        await till.card(5_000, 300, free_until=LATER),
    )
    spa.clock.forward(days=1)
    assert await transfer(spa, source, target) == 3_000
    assert await left(target) == (8_000, 300)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE) == [8_000, 300]


async def test_a_transfer_needs_a_manager_two_cards_and_a_reason(spa: Spa) -> None:
    till = Till(spa)
    source, target = await till.card(), await till.card()
    with pytest.raises(NotAllowed, match="transfer-needs-manager"):
        await transfer_card(
            spa.maya, transfer_id=uuid4(), card_id=source, to_card_id=target, reason="x", now=spa.clock.now
        )
    with pytest.raises(Invalid, match="same-card"):
        await transfer(spa, source, source)
    with pytest.raises(Invalid, match="reason-missing"):
        await transfer(spa, source, target, reason="")
    deposit = await till.deposit(await spa.guest())
    with pytest.raises(Conflict, match="not-a-card"):
        await transfer(spa, deposit, target)


async def test_a_card_becomes_credit_but_for_its_free_part(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    card_id = await till.card(4_000, 500)
    asked = {"transfer_id": uuid4(), "card_id": card_id, "guest_id": guest_id, "reason": "asked for it"}
    for _ in range(2):
        assert await move_card_to_credit(spa.renata, now=spa.clock.now, **asked) == 4_000
    assert await left(card_id) == (0, 500)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE, GUEST_CREDIT) == [0, 500, 4_000]
    (credit,) = await holdings_of(guest_id, on=TODAY)
    assert (credit.holding.kind, credit.usable_cents) == ("paid_credit", 4_000)


async def test_a_lost_card_is_dead_and_its_value_is_on_the_new_one(spa: Spa) -> None:
    till = Till(spa)
    lost, fresh, tender = await till.card(5_000, 1_000, free_until=LATER), uuid4(), uuid4()
    await give_code(spa.maya, card_id=lost, code_hash="a" * 64, last4="ABCD", now=spa.clock.now)
    await till.pay(lost, 2_500, tender_id=tender)
    asked = {"replacement_id": uuid4(), "card_id": lost, "new_card_id": fresh, "reason": "lost on the bus"}
    with pytest.raises(NotAllowed, match="replacement-needs-manager"):
        await replace_card(spa.maya, now=spa.clock.now, **asked)
    for _ in range(2):
        assert await replace_card(spa.renata, now=spa.clock.now, **asked) == fresh
    assert (await left(lost), await left(fresh)) == ((0, 0), (3_500, 0))
    assert (await holding(fresh)).free_until == LATER
    found = await find_by_code("a" * 64)
    assert found is not None
    assert found.status == "dead"
    for verb in (till.pay(lost, 100), transfer(spa, lost, fresh)):
        with pytest.raises(Conflict, match="card-replaced"):
            await verb
    with pytest.raises(Conflict, match="card-replaced"):
        await replace_card(spa.renata, now=spa.clock.now, **asked | {"new_card_id": uuid4()})
    assert (await till.undo(tender)).holding_id == fresh
    assert await left(fresh) == (5_000, 1_000)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE) == [5_000, 1_000]


async def test_an_empty_lost_card_can_be_replaced_too(spa: Spa) -> None:
    till = Till(spa)
    lost, fresh = await till.card(500), uuid4()
    await till.pay(lost, 500)
    await replace_card(
        spa.renata, replacement_id=uuid4(), card_id=lost, new_card_id=fresh, reason="lost", now=spa.clock.now
    )
    assert (await holding(lost)).successor_id == fresh
