"""Gift cards: sold, given, reloaded, spent, given back, taken back."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from spa_pos.db import fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import CARD_CLEARING, GIFT_CARDS, GIFT_CARDS_FREE, GUEST_CREDIT, PROMOTIONS
from spa_pos.stored_value.actions import (
    check_card_line,
    expire_gifts,
    issue_gift_card,
    issue_promotional_card,
    redeem,
    refund_to,
    reload_gift_card,
    take_back,
)
from spa_pos.stored_value.queries import find_by_code, history, holding
from tests.cast import Spa
from tests.value import Till, left, owed

TOMORROW = date(2026, 11, 25)


async def test_a_sold_card_is_owed_and_has_no_code_yet(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(10_000, recipient="Aunt Vera", message="Rest well")
    card = await holding(card_id)
    assert (card.paid_cents, card.free_cents, card.last4, card.recipient) == (10_000, 0, None, "Aunt Vera")
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE) == [10_000, 0]
    assert [line.kind for line in await history(card_id)] == ["sold"]


async def test_selling_again_with_the_same_id_sells_nothing_more(spa: Spa) -> None:
    till = Till(spa)
    asked = {"issue_id": uuid4(), "card_id": uuid4(), "paid_cents": Cents(5_000), "entry_id": uuid4()}
    first = await till(issue_gift_card, **asked)
    assert await till(issue_gift_card, **asked) == first
    assert await owed(GIFT_CARDS) == [5_000]
    with pytest.raises(Conflict) as refusal:
        await till(issue_gift_card, **asked | {"paid_cents": Cents(6_000)})
    assert refusal.value.code == "id-taken"


async def test_a_bonus_is_kept_apart_and_spent_first(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(10_000, 2_000, free_until=TOMORROW)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE, PROMOTIONS) == [10_000, 2_000, -2_000]
    assert (await till.pay(card_id, 2_500)).left_cents == 9_500
    assert await left(card_id) == (9_500, 0)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE, CARD_CLEARING) == [9_500, 0, -7_500]


async def test_a_free_part_ends_after_its_last_day_and_the_paid_part_never(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(10_000, 2_000, free_until=TOMORROW)
    spa.clock.forward(days=1)
    assert await expire_gifts(spa.clock.now) == 0
    spa.clock.forward(days=1)
    with pytest.raises(Conflict) as refusal:
        await till.pay(card_id, 10_001)
    assert refusal.value.facts["left_cents"] == 10_000
    assert await expire_gifts(spa.clock.now) == 1
    assert await expire_gifts(spa.clock.now) == 0
    assert await left(card_id) == (10_000, 0)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE, PROMOTIONS) == [10_000, 0, 0]
    spa.clock.forward(days=10_000)
    assert await expire_gifts(spa.clock.now) == 0
    assert (await till.pay(card_id, 10_000)).left_cents == 0


async def test_an_expiry_on_paid_value_is_refused(spa: Spa) -> None:
    with pytest.raises(Invalid) as refusal:
        await Till(spa).card(10_000, free_until=TOMORROW)
    assert refusal.value.code == "paid-value-never-expires"


async def test_limits_of_a_sale_depend_on_who_sells(spa: Spa) -> None:
    await check_card_line(spa.maya, amount_cents=Cents(50_000))
    with pytest.raises(Conflict, match="card-sale-needs-manager"):
        await check_card_line(spa.maya, amount_cents=Cents(50_001))
    await check_card_line(spa.renata, amount_cents=Cents(200_000))
    for cents, code in ((499, "card-amount-too-small"), (200_001, "card-amount-too-large")):
        with pytest.raises(Invalid, match=code):
            await check_card_line(spa.renata, amount_cents=Cents(cents))
    till = Till(spa)
    with pytest.raises(Conflict, match="card-sale-needs-manager"):
        await till.card(60_000)
    assert await left(await till.card(60_000, approved=True)) == (60_000, 0)


async def test_a_reload_adds_paid_value_up_to_the_limit(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(40_000)
    asked = {"card_id": card_id, "reload_id": uuid4(), "entry_id": uuid4(), "paid_cents": Cents(10_000)}
    first = await till(reload_gift_card, **asked)
    assert first.left_cents == 50_000
    assert await till(reload_gift_card, **asked) == first
    with pytest.raises(Conflict, match="card-sale-needs-manager"):
        await till(reload_gift_card, **asked | {"reload_id": uuid4(), "paid_cents": Cents(500)})
    assert await owed(GIFT_CARDS) == [50_000]


async def test_more_than_is_left_is_refused_with_what_is_left(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(1_000)
    with pytest.raises(Conflict) as refusal:
        await till.pay(card_id, 1_001)
    assert (refusal.value.code, refusal.value.facts["left_cents"]) == ("not-enough-value", 1_000)
    assert await left(card_id) == (1_000, 0)


async def test_paying_again_with_the_same_tender_takes_nothing_more(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(10_000)
    asked = {"tender_id": uuid4(), "entry_id": uuid4()}
    first = await till.pay(card_id, 4_000, **asked)
    assert await till.pay(card_id, 4_000, **asked) == first
    with pytest.raises(Conflict, match="id-taken"):
        await till.pay(card_id, 3_000, **asked)
    with pytest.raises(Conflict, match="id-taken"):
        await till.pay(await till.card(10_000), 4_000, **asked)
    assert await left(card_id) == (6_000, 0)


async def test_an_undone_tender_is_on_the_card_again_in_the_parts_it_came_from(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(10_000, 2_000)
    tender_id = uuid4()
    await till.pay(card_id, 5_000, tender_id=tender_id)
    assert await left(card_id) == (7_000, 0)
    asked = {"return_id": uuid4(), "entry_id": uuid4()}
    assert (await till.undo(tender_id, 3_500, **asked)).left_cents == 10_500
    assert await left(card_id) == (10_000, 500)
    assert (await till.undo(tender_id, 3_500, **asked)).amount_cents == 3_500
    with pytest.raises(Conflict, match="refund-above-tender"):
        await till.undo(tender_id, 1_501)
    await till.undo(tender_id)
    assert await left(card_id) == (10_000, 2_000)
    with pytest.raises(Conflict, match="nothing-to-return"):
        await till.undo(tender_id)
    with pytest.raises(NotFound, match="tender-unknown"):
        await till.undo(uuid4())


async def test_money_given_back_becomes_credit_or_a_card_and_never_expires(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    asked = {"refund_id": uuid4(), "entry_id": uuid4(), "amount_cents": Cents(2_500)}
    first = await till(refund_to, guest_id=guest_id, **asked)
    assert (await till(refund_to, guest_id=guest_id, **asked)).holding_id == first.holding_id
    more = await till(refund_to, guest_id=guest_id, refund_id=uuid4(), amount_cents=Cents(500))
    assert (more.holding_id, more.left_cents) == (first.holding_id, 3_000)
    card_id = uuid4()
    await till(refund_to, card_id=card_id, refund_id=uuid4(), amount_cents=Cents(700))
    assert await owed(GUEST_CREDIT, GIFT_CARDS) == [3_000, 700]
    with pytest.raises(Invalid, match="refund-to-nobody"):
        await till(refund_to, refund_id=uuid4(), amount_cents=Cents(700))


async def test_a_refunded_sale_takes_the_value_back_and_withdraws_the_bonus(spa: Spa) -> None:
    till = Till(spa)
    card_id = await till.card(10_000, 2_000)
    asked = {"holding_id": card_id, "reason": "bought twice"}
    await till(take_back, take_back_id=uuid4(), amount_cents=Cents(4_000), **asked)
    assert await left(card_id) == (6_000, 2_000)
    with pytest.raises(Conflict) as refusal:
        await till(take_back, take_back_id=uuid4(), amount_cents=Cents(6_001), **asked)
    assert (refusal.value.code, refusal.value.facts["left_cents"]) == ("spent-already", 6_000)
    last = {"take_back_id": uuid4(), "entry_id": uuid4(), "amount_cents": Cents(6_000)} | asked
    await till(take_back, **last)
    await till(take_back, **last)
    assert await left(card_id) == (0, 0)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE, PROMOTIONS) == [0, 0, 0]


async def test_a_promotional_card_needs_a_manager_a_reason_and_room_in_the_day(spa: Spa) -> None:
    asked = {
        "issue_id": uuid4(),
        "card_id": uuid4(),
        "amount_cents": Cents(15_000),
        "until": TOMORROW,
        "recipient": None,
        "reason": "raffle",
        "now": spa.clock.now,
    }
    with pytest.raises(NotAllowed, match="gift-needs-manager"):
        await issue_promotional_card(spa.maya, **asked)
    with pytest.raises(Invalid, match="reason-missing"):
        await issue_promotional_card(spa.renata, **asked | {"reason": " "})
    with pytest.raises(Invalid, match="already-expired"):
        await issue_promotional_card(spa.renata, **asked | {"until": TOMORROW - timedelta(days=2)})
    card_id = await issue_promotional_card(spa.renata, **asked)
    assert await issue_promotional_card(spa.renata, **asked) == card_id
    assert await left(card_id) == (0, 15_000)
    again = asked | {"issue_id": uuid4(), "card_id": uuid4(), "amount_cents": Cents(5_001)}
    with pytest.raises(Conflict, match="given-enough-today"):
        await issue_promotional_card(spa.renata, **again)
    assert await owed(GIFT_CARDS, GIFT_CARDS_FREE, PROMOTIONS) == [0, 15_000, -15_000]


async def test_nothing_is_written_when_the_ticket_around_it_fails(spa: Spa) -> None:
    card_id = await Till(spa).card(10_000)
    with pytest.raises(TypeError):
        await Till(spa)(redeem, holding_id=card_id, tender_id=uuid4(), guest_id=None)
    assert await find_by_code("0" * 64) is None
    assert await fetch_value("SELECT count(*) FROM value_movement") == 1
