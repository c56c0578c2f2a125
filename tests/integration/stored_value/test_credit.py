"""Guest credit of three kinds, deposits, and what the state may want."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotAllowed
from spa_pos.kernel.money import Cents
from spa_pos.ledger.rules import (
    DEPOSITS,
    DEPOSITS_KEPT,
    GOODWILL,
    GOODWILL_CREDIT,
    GUEST_CREDIT,
    PROMOTIONAL_CREDIT,
    PROMOTIONS,
)
from spa_pos.stored_value.actions import (
    expire_gifts,
    forfeit_deposit,
    grant_credit,
    move_deposit,
    refund_to,
    set_idle_years,
    take_back,
)
from spa_pos.stored_value.queries import (
    holding,
    holdings_of,
    liability_roll_forward,
    unclaimed_property,
)
from spa_pos.stored_value.rules import Kind
from tests.cast import Spa
from tests.value import Till, left, owed

TODAY = date(2026, 11, 24)


async def granted(spa: Spa, guest_id: UUID, kind: Kind, amount: int, until: date | None = None) -> UUID:
    asked = {"grant_id": uuid4(), "credit_id": uuid4(), "guest_id": guest_id, "reason": "a long wait"}
    verb = {"kind": kind, "amount_cents": Cents(amount), "until": until, "now": spa.clock.now}
    first = await grant_credit(spa.renata, **asked, **verb)  # type: ignore[arg-type]
    assert await grant_credit(spa.renata, **asked, **verb) == first  # type: ignore[arg-type]
    return first


async def test_paid_promotional_and_goodwill_credit_are_kept_apart(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    await granted(spa, guest_id, Kind.PROMOTIONAL_CREDIT, 1_000, TODAY + timedelta(days=30))
    await granted(spa, guest_id, Kind.GOODWILL_CREDIT, 2_000)
    await till(refund_to, guest_id=guest_id, refund_id=uuid4(), amount_cents=Cents(3_000))
    found = await holdings_of(guest_id, on=TODAY)
    assert [(one.holding.kind, one.usable_cents) for one in found] == [
        ("promotional_credit", 1_000),
        ("goodwill_credit", 2_000),
        ("paid_credit", 3_000),
    ]
    assert await owed(GUEST_CREDIT, PROMOTIONAL_CREDIT, GOODWILL_CREDIT) == [3_000, 1_000, 2_000]
    assert await owed(PROMOTIONS, GOODWILL) == [-1_000, -2_000]


async def test_a_free_credit_ends_and_is_offered_no_more(spa: Spa) -> None:
    guest_id = await spa.guest()
    credit_id = await granted(spa, guest_id, Kind.GOODWILL_CREDIT, 2_000, TODAY)
    spa.clock.forward(days=1)
    assert await holdings_of(guest_id, on=TODAY + timedelta(days=1)) == []
    assert await expire_gifts(spa.clock.now) == 1
    assert await left(credit_id) == (0, 0)
    assert await owed(GOODWILL_CREDIT, GOODWILL) == [0, 0]


async def test_giving_needs_a_manager_a_kind_and_room_in_the_day(spa: Spa) -> None:
    guest_id = await spa.guest()
    asked = {
        "grant_id": uuid4(),
        "credit_id": uuid4(),
        "guest_id": guest_id,
        "kind": Kind.GOODWILL_CREDIT,
        "amount_cents": Cents(20_000),
        "until": None,
        "reason": "sorry",
        "now": spa.clock.now,
    }
    with pytest.raises(NotAllowed, match="gift-needs-manager"):
        await grant_credit(spa.maya, **asked)
    with pytest.raises(Invalid, match="credit-not-free"):
        await grant_credit(spa.renata, **asked | {"kind": Kind.PAID_CREDIT})
    await grant_credit(spa.renata, **asked)
    with pytest.raises(Conflict, match="given-enough-today"):
        await granted(spa, guest_id, Kind.PROMOTIONAL_CREDIT, 1)
    spa.clock.forward(days=1)
    await granted(spa, guest_id, Kind.PROMOTIONAL_CREDIT, 1)


async def test_a_credit_pays_for_its_own_guest_alone(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    credit_id = await granted(spa, guest_id, Kind.GOODWILL_CREDIT, 2_000)
    for stranger in (None, await spa.guest("Tom Becker")):
        with pytest.raises(Conflict, match="value-of-another-guest"):
            await till.pay(credit_id, 500, guest_id=stranger)
    assert (await till.pay(credit_id, 500, guest_id=guest_id)).left_cents == 1_500


async def test_a_deposit_follows_its_guest_and_pays(spa: Spa) -> None:
    till, guest_id, visit, later = Till(spa), await spa.guest(), uuid4(), uuid4()
    deposit_id = await till.deposit(guest_id, 5_000, for_visit=visit)
    assert (await holding(deposit_id)).for_visit == visit
    for where in (None, later):
        await move_deposit(spa.maya, deposit_id=deposit_id, for_visit=where, now=spa.clock.now)
        assert (await holding(deposit_id)).for_visit == where
    assert (await till.pay(deposit_id, 3_000, guest_id=guest_id)).left_cents == 2_000
    await till(
        take_back, take_back_id=uuid4(), holding_id=deposit_id, amount_cents=Cents(2_000), reason="moved away"
    )
    assert await owed(DEPOSITS, DEPOSITS_KEPT) == [0, 0]


async def test_a_deposit_is_lost_only_by_a_manager_with_a_reason(spa: Spa) -> None:
    deposit_id = await Till(spa).deposit(await spa.guest(), 5_000)
    asked = {"forfeit_id": uuid4(), "deposit_id": deposit_id, "reason": "no-show, told twice"}
    with pytest.raises(NotAllowed, match="forfeit-needs-manager"):
        await forfeit_deposit(spa.maya, now=spa.clock.now, **asked)
    with pytest.raises(Invalid, match="reason-missing"):
        await forfeit_deposit(spa.renata, now=spa.clock.now, **asked | {"reason": ""})
    for _ in range(2):
        assert await forfeit_deposit(spa.renata, now=spa.clock.now, **asked) == 5_000
    assert await owed(DEPOSITS, DEPOSITS_KEPT) == [0, 5_000]
    with pytest.raises(Conflict, match="nothing-on-it"):
        await forfeit_deposit(spa.renata, now=spa.clock.now, **asked | {"forfeit_id": uuid4()})
    with pytest.raises(Conflict, match="not-a-deposit"):
        card_id = await Till(spa).card()
        await forfeit_deposit(
            spa.renata, now=spa.clock.now, **asked | {"forfeit_id": uuid4(), "deposit_id": card_id}
        )


async def test_value_idle_for_three_years_is_named_but_never_a_gift_card(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    await till.card(10_000, guest_id=guest_id)
    deposit_id = await till.deposit(guest_id, 5_000)
    credit_id = await granted(spa, guest_id, Kind.GOODWILL_CREDIT, 1_000)
    assert credit_id
    assert await unclaimed_property(spa.house.location_id, date(2029, 11, 23), 3) == []
    (found,) = await unclaimed_property(spa.house.location_id, date(2029, 11, 24), 3)
    assert (found.holding_id, found.paid_cents, found.idle_since) == (deposit_id, 5_000, TODAY)
    spa.clock.forward(days=400)
    await till.pay(deposit_id, 1_000, guest_id=guest_id)
    assert await unclaimed_property(spa.house.location_id, date(2029, 11, 24), 3) == []


async def test_managers_say_after_how_many_years_value_is_idle(spa: Spa) -> None:
    deposit_id = await Till(spa).deposit(await spa.guest(), 5_000)
    assert deposit_id
    kiosk = await spa.kiosk("Renata Silva")
    for typed in ("0", "21", "x", "", "²"):
        await kiosk.open("/reports/stored-value")
        page = await kiosk.send("/reports/stored-value/idle-years", years=typed)
        assert (page.status, page.problem) == (422, "idle-unreadable")
    await kiosk.open("/reports/stored-value")
    page = await kiosk.send("/reports/stored-value/idle-years", years="1")
    assert (page.status, "Idle for 1 year" in page.words) == (200, True)
    assert await fetch_value("SELECT idle_years FROM value_terms") == 1
    (row,) = await fetch("SELECT before, after FROM audit_event WHERE verb = 'changed when value is idle'")
    assert ("3" in row["before"], "1" in row["after"]) == (True, True)
    assert len(await unclaimed_property(spa.house.location_id, date(2027, 11, 24), 1)) == 1
    assert await unclaimed_property(uuid4(), date(2027, 11, 24), 1) == []
    with pytest.raises(NotAllowed, match="idle-needs-manager"):
        await set_idle_years(spa.maya, years=2, now=spa.clock.now)


async def test_the_roll_forward_ties_to_the_ledger(spa: Spa) -> None:
    till, guest_id = Till(spa), await spa.guest()
    card_id, tender_id = await till.card(10_000, 2_000), uuid4()
    spa.clock.forward(days=1)
    await till.pay(card_id, 5_000, tender_id=tender_id)
    await till.undo(tender_id, 1_000)
    await till.deposit(guest_id, 4_000)
    rows = await liability_roll_forward(spa.house.location_id, TODAY + timedelta(days=1), date(2026, 12, 31))
    assert [row for row in rows if not row.agrees] == []
    cards = next(row for row in rows if row.account == "2400-gift-cards")
    assert (cards.opening_cents, cards.redeemed_cents, cards.returned_cents, cards.closing_cents) == (
        10_000,
        -3_000,
        1_000,
        8_000,
    )
    free = next(row for row in rows if row.account == "2410-gift-cards-free")
    assert (free.opening_cents, free.redeemed_cents, free.closing_cents) == (2_000, -2_000, 0)
    (deposits,) = [row for row in rows if row.account == "2430-deposits"]
    assert (deposits.opening_cents, deposits.sold_cents, deposits.closing_cents) == (0, 4_000, 4_000)
    before = await liability_roll_forward(spa.house.location_id, date(2026, 1, 1), TODAY)
    assert [(row.closing_cents, row.agrees) for row in before if row.closing_cents] == [
        (10_000, True),
        (2_000, True),
    ]
