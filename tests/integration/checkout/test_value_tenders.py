"""Paying with what we owe, from pay and by slip; and selling what we owe from then on."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from spa_pos.checkout.actions import (
    Taken,
    add_gift_card,
    add_package,
    take_cash,
    take_package_visit,
    take_payroll,
    take_slip,
    take_value,
    undo_tender,
)
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import sign_for_payroll, withdraw_from_payroll
from spa_pos.stored_value.actions import refund_to
from spa_pos.stored_value.queries import holding, visits_of
from spa_pos.verify import verify
from tests.cast import Spa
from tests.races import race
from tests.sale import Sale, balance, tips_on
from tests.value import Till

CARD: dict[str, Any] = {"recipient": "Tom", "message": "Be well", "approval_id": None}


async def nothing_is_broken() -> None:
    assert [one for one in await verify() if one.problems] == []


async def use(sale: Sale, card_id: UUID, cents: int | None = None, **wish: Any) -> Taken:
    amount = None if cents is None else Cents(cents)
    return await sale(
        take_value, **{"tender_id": uuid4(), "holding_id": card_id, "amount_cents": amount} | wish
    )


async def test_a_gift_card_pays_what_it_can_and_says_what_is_left(spa: Spa) -> None:
    card_id = await Till(spa).card(5_000)
    sale = await Sale.open(spa)
    assert await use(sale, card_id) == Taken(Cents(0), Cents(7_975), False)
    assert (await sale.now()).tenders[0].label == "Gift card"
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert await balance("2400-gift-cards") == 0
    await nothing_is_broken()


async def test_a_gift_card_with_enough_settles_the_ticket_and_keeps_the_rest(spa: Spa) -> None:
    card_id = await Till(spa).card(20_000)
    sale = await Sale.open(spa)
    assert (await use(sale, card_id)).settled
    assert (await holding(card_id)).paid_cents == 20_000 - 12_975
    await nothing_is_broken()


async def test_where_tips_are_on_a_ticket_paid_by_a_gift_card_waits_for_the_guest(spa: Spa) -> None:
    await tips_on(spa)
    card_id = await Till(spa).card(20_000)
    sale = await Sale.open(spa)
    assert await use(sale, card_id) == Taken(Cents(0), Cents(0), False)
    assert (await sale.now()).head.status == "open"


async def test_every_tender_can_be_undone_before_the_ticket_settles(spa: Spa) -> None:
    card_id = await Till(spa).card(5_000, 2_000, free_until=None)
    sale = await Sale.open(spa)
    tender_id = uuid4()
    await use(sale, card_id, 3_000, tender_id=tender_id)
    await sale(undo_tender, tender_id=tender_id)
    back = await holding(card_id)
    assert (back.paid_cents, back.free_cents) == (5_000, 2_000)
    slip_id = uuid4()
    await sale(take_slip, tender_id=slip_id, slip="A-1001", amount_cents=Cents(100))
    await sale(undo_tender, tender_id=slip_id)
    assert await balance("1110-external-cards") == 0
    await nothing_is_broken()


async def test_of_many_kiosks_with_one_card_only_what_is_on_it_is_paid(spa: Spa) -> None:
    card_id = await Till(spa).card(3_000)
    sale = await Sale.open(spa)
    outcome = await race(use(sale, card_id, 1_000, version=1) for _ in range(8))
    assert (len(outcome.won), outcome.codes) == (1, {"ticket-changed"})
    assert (await holding(card_id)).paid_cents == 2_000


async def test_stored_value_does_not_buy_stored_value(spa: Spa) -> None:
    card_id = await Till(spa).card(50_000)
    sale = await Sale.open(spa)
    await sale(add_gift_card, line_id=uuid4(), card_id=uuid4(), amount_cents=Cents(10_000), **CARD)
    assert (await use(sale, card_id)).remaining_cents == 10_000
    with pytest.raises(Conflict, match="nothing-to-pay"):
        await use(sale, card_id)


async def test_a_gift_card_is_sold_once_its_ticket_is_paid(spa: Spa) -> None:
    sale = await Sale.open(spa)
    card_id = uuid4()
    await sale(add_gift_card, line_id=uuid4(), card_id=card_id, amount_cents=Cents(5_000), **CARD)
    assert await fetch("SELECT 1 FROM holding WHERE id = $1", card_id) == []
    found = await sale.now()
    assert (found.sums.net_cents, found.sums.tax.tax_cents) == (17_000, 975)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    card = await holding(card_id)
    assert (card.status, card.paid_cents, card.recipient) == ("active", 5_000, "Tom")
    assert await balance("2400-gift-cards") == -5_000
    await nothing_is_broken()


async def test_a_card_with_value_is_reloaded(spa: Spa) -> None:
    card_id = await Till(spa).card(5_000)
    sale = await Sale.open(spa)
    await sale(add_gift_card, line_id=uuid4(), card_id=card_id, amount_cents=Cents(2_500), **CARD)
    assert (await sale.now()).lines[1].kind == "reload"
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert (await holding(card_id)).paid_cents == 7_500
    await nothing_is_broken()


async def test_a_dear_card_needs_a_manager(spa: Spa) -> None:
    sale = await Sale.open(spa)
    asked = CARD | {"line_id": uuid4(), "card_id": uuid4(), "amount_cents": Cents(60_000)}
    with pytest.raises(NeedsApproval, match="card-sale-needs-approval"):
        await sale(add_gift_card, **asked)
    given = await sale.yes("gift card", 60_000)
    await sale(add_gift_card, **asked | {"approval_id": given})
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await nothing_is_broken()


async def test_one_card_is_sold_on_one_ticket(spa: Spa) -> None:
    first, second = (
        await Sale.open(spa),
        await Sale.open(spa, await spa.guest("Lena Vogel"), at=spa.local(12)),
    )
    card_id = uuid4()
    asked = CARD | {"card_id": card_id, "amount_cents": Cents(1_000)}
    await first(add_gift_card, line_id=uuid4(), **asked)
    with pytest.raises(Conflict, match="card-on-a-ticket"):
        await second(add_gift_card, line_id=uuid4(), **asked)


async def a_package(spa: Spa, guest_id: UUID) -> UUID:
    """Five massages for $550.00, bought on a ticket of the guest."""
    till = Till(spa)
    plan_id = await till.plan(55_000, ("swedish-60", 5, 12_000))
    sale = await Sale.open(spa, guest_id, at=spa.local(13))
    package_id = uuid4()
    await sale(add_package, line_id=uuid4(), package_id=package_id, plan_id=plan_id)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    return package_id


async def test_a_package_is_bought_on_a_ticket_and_pays_exactly_its_line(spa: Spa) -> None:
    guest_id = await spa.guest()
    package_id = await a_package(spa, guest_id)
    sale = await Sale.open(spa, guest_id)
    (drawn,) = (await sale.now()).tenders
    await sale(undo_tender, tender_id=drawn.id)
    line = (await sale.now()).lines[0]
    item = next(
        one for one in (await visits_of([package_id]))[package_id] if one.service_id == line.service_id
    )
    tender_id = uuid4()
    asked: dict[str, Any] = {"tender_id": tender_id, "package_id": package_id, "line_id": line.id}
    taken = await sale(take_package_visit, **asked)
    found = await sale.now()
    assert found.lines[0].net_cents == item.next_cents == found.tenders[0].amount_cents
    assert taken.remaining_cents == found.sums.tax.tax_cents > 0
    with pytest.raises(Conflict, match="line-paid-by-package"):
        await sale(take_package_visit, **asked | {"tender_id": uuid4()})
    await nothing_is_broken()
    await sale(undo_tender, tender_id=tender_id)
    assert (await sale.now()).lines[0].net_cents == line.net_cents
    await nothing_is_broken()


async def test_payroll_takes_what_was_signed_for_a_period_and_stops_on_withdrawal(spa: Spa) -> None:
    guest_id = await spa.guest("Tom Becker", "employee", proven=True)
    sale = await Sale.open(spa, guest_id)
    asked: dict[str, Any] = {"amount_cents": None}
    with pytest.raises(Conflict, match="payroll-not-authorised"):
        await sale(take_payroll, tender_id=uuid4(), **asked)
    authorisation_id = await sign_for_payroll(
        spa.maya,
        authorisation_id=uuid4(),
        guest_id=guest_id,
        employee_number="12345",
        signed_name="Tom Becker",
        signed_on=spa.clock.now.date(),
        period_cents=Cents(5_000),
        kept_where="Folder P, front office",
        now=spa.clock.now,
    )
    assert (await sale(take_payroll, tender_id=uuid4(), **asked)).remaining_cents > 0
    assert await balance("1200-payroll-deductions") == 5_000
    with pytest.raises(Conflict, match="payroll-period-full"):
        await sale(take_payroll, tender_id=uuid4(), **asked)
    spa.clock.forward(days=14)
    await fetch("UPDATE payroll_authorisation SET signed_on = $1", spa.clock.now.date() + timedelta(days=1))
    with pytest.raises(Conflict, match="payroll-not-signed-yet"):
        await sale(take_payroll, tender_id=uuid4(), **asked)
    await withdraw_from_payroll(spa.maya, authorisation_id=authorisation_id, now=spa.clock.now)
    with pytest.raises(Conflict, match="payroll-not-authorised"):
        await sale(take_payroll, tender_id=uuid4(), **asked)


async def test_payroll_is_for_employees_alone(spa: Spa) -> None:
    guest_id = await spa.guest()
    await sign_for_payroll(
        spa.maya,
        authorisation_id=uuid4(),
        guest_id=guest_id,
        employee_number="12345",
        signed_name="Ingrid Halvorsen",
        signed_on=date(2026, 11, 1),
        period_cents=Cents(5_000),
        kept_where="Folder P, front office",
        now=spa.clock.now,
    )
    sale = await Sale.open(spa, guest_id)
    with pytest.raises(Conflict, match="payroll-employees-only"):
        await sale(take_payroll, tender_id=uuid4(), amount_cents=None)


@pytest.mark.parametrize(
    ("slip", "code"), [("4242 4242 4242 4242", "card-number-typed"), ("", "slip-unreadable"), ("a;b", "slip")]
)
async def test_a_slip_is_never_the_number_of_a_card(spa: Spa, slip: str, code: str) -> None:
    sale = await Sale.open(spa)
    with pytest.raises(Invalid, match=code):
        await sale(take_slip, tender_id=uuid4(), slip=slip, amount_cents=None)
    assert await fetch_value("SELECT count(*) FROM tender") == 0


async def test_a_slip_pays_the_rest(spa: Spa) -> None:
    sale = await Sale.open(spa)
    assert (await sale(take_slip, tender_id=uuid4(), slip="a 1001", amount_cents=None)).settled
    assert await balance("1110-external-cards") == 12_975
    await nothing_is_broken()


async def test_a_card_for_nobody_by_name_is_its_guests_own_and_a_gift_is_not(spa: Spa) -> None:
    guest_id = await spa.guest()
    sale = await Sale.open(spa, guest_id)
    own, gift = uuid4(), uuid4()
    asked: dict[str, Any] = {"amount_cents": Cents(5_000), "message": "", "approval_id": None}
    await sale(add_gift_card, line_id=uuid4(), card_id=own, recipient="", **asked)
    await sale(add_gift_card, line_id=uuid4(), card_id=gift, recipient="Tom", **asked)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert (await holding(own)).guest_id == guest_id
    assert (await holding(gift)).guest_id is None
    desk = await spa.kiosk()
    for place in ("done", "receipt"):
        page = await desk.open(f"/tickets/{sale.ticket_id}/{place}")
        assert page.words.count("Print the gift card") == 2
        assert f'href="/gift-cards/{own}"' in page.text


async def test_the_desk_pays_only_so_much_with_what_the_guest_owns(spa: Spa) -> None:
    guest_id = await spa.guest()
    bought = await Till(spa)(refund_to, guest_id=guest_id, refund_id=uuid4(), amount_cents=Cents(9_000))
    sale = await Sale.open(spa, guest_id)
    desk = await spa.kiosk()
    await desk.open(f"/tickets/{sale.ticket_id}?with=owned")
    page = await desk.send("/value", holding=bought.holding_id, amount="90.01")
    assert "up to $90.00" in page.words
    await desk.open(f"/tickets/{sale.ticket_id}?with=owned")
    await desk.send("/value", holding=bought.holding_id, amount="40")
    assert (await sale.now()).tenders[0].amount_cents == 4_000
    assert await sale.remaining() == 8_975
    await nothing_is_broken()
