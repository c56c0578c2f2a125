"""Pages on which guests pay or keep a card, and what they have of it, in a language that does not exist."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest_asyncio

from spa_pos.booking.actions import mark_no_show
from spa_pos.checkout.actions import (
    add_fee,
    add_package,
    add_product,
    discount,
    mail_receipt,
    set_price,
    take_cash,
    take_payroll,
    take_value,
    use_promo,
)
from spa_pos.checkout.actions.exemptions import exempt_by_referral
from spa_pos.checkout.actions.one_price import sell_for_one_price
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.messages.rules import enter_code, receipt_token, visit_token
from spa_pos.payments.rules import Asks
from tests.builders import booked
from tests.cast import SECRET
from tests.conftest import Database
from tests.integration.booking.online import choose, say, times, type_code
from tests.integration.checkout.test_book_card import REFUSED
from tests.integration.checkout.test_deposits import checkout, deposit_ticket, paid, rule
from tests.integration.checkout.test_discounts import promo
from tests.integration.checkout.test_give import WISH
from tests.integration.checkout.test_late_charges import charged_late
from tests.integration.checkout.test_one_price import both, one_price, two_visits
from tests.integration.checkout.test_packages import a_package
from tests.integration.checkout.test_payroll import employee
from tests.integration.messages.foreign import Reader, reading, reads
from tests.paying import BAD, VISA, Counter, paying
from tests.processor import Processor
from tests.referrals import stored
from tests.sale import Sale, renata
from tests.value import Till


@pytest_asyncio.fixture
async def counter(database: Database, processor: Processor) -> AsyncIterator[Counter]:
    """A spa that takes cards of guests, whose telephone reads a language that does not exist."""
    async with paying(processor) as found, reading(found.spa) as reader:
        yield replace(found, phone=reader)


def element(counter: Counter) -> None:
    """From now on the processor's own element stands on the page, as with a publishable key."""
    counter.keeping.publishable_key = "pk_test_x"


async def silent_then_asked(counter: Counter, link: str) -> None:
    """A card is given and nobody hears what became of it; then the page is looked at again."""
    counter.processor.fault("POST /v1/payment_intents", "lose_answer", times=9)
    await counter.phone.send(f"{link}/sample", token=VISA)
    counter.processor.no_more_faults()
    await counter.phone.open(link)
    assert "/sample" not in counter.phone.page.text
    await counter.phone.send(f"{link}/check")


@reads(
    "GET /book/pay",
    "POST /book/pay",
    "POST /book/pay/attempts",
    "POST /book/pay/check",
    "POST /book/pay/sample",
    "POST /book/pay/cancellation",
)
async def test_a_deposit_to_book(counter: Counter) -> None:
    await rule(counter.spa)
    phone = counter.phone
    await phone.open("/book/pay")
    await counter.asked()
    page = await phone.open("/book/when?service=swedish-60&group=visitor")
    assert (await phone.send("/book/hold", time=times(page)[3])).problem == "payment-under-way"
    async with reading(counter.spa) as tablet:
        await choose(tablet, index=5)
        await say(tablet)
        assert (await type_code(tablet)).problem == "paying-elsewhere"
    await phone.open("/book/pay")
    assert (await counter.paid(BAD)).problem == "card-declined"
    await phone.send("/book/pay/attempts")
    page = await phone.send("/book/pay/cancellation")
    await phone.send("/book/hold", time=times(page)[0])
    await phone.open("/book/confirm")
    counter.processor.fault("POST /v1/payment_intents", "500", times=9)
    assert (await phone.send("/book/pay")).status == 503
    counter.processor.no_more_faults()
    await phone.send("/book/pay/attempts")
    await silent_then_asked(counter, "/book/pay")
    assert phone.page.path == "/book/done", phone.page.words
    await phone.open("/book/done")


async def test_a_deposit_that_is_too_late(counter: Counter) -> None:
    await rule(counter.spa)
    await charged_late(counter)
    await counter.jobs()
    assert (await counter.phone.open("/book/pay")).problem == "charged-too-late"
    await counter.asked()
    counter.spa.clock.forward(minutes=31)
    await counter.phone.open("/book/pay")
    await counter.jobs()
    assert (await counter.phone.open("/book/pay")).problem == "hold-expired"


async def test_cards_that_are_tried_without_end(counter: Counter) -> None:
    await rule(counter.spa)
    await counter.asked()
    for _ in range(8):
        await counter.paid(BAD)
        await counter.phone.send("/book/pay/attempts")
    assert counter.phone.page.problem == "too-many-tries"


async def test_a_card_to_book(counter: Counter) -> None:
    await rule(counter.spa, Asks.CARD)
    await counter.asked()
    assert (await counter.paid(REFUSED)).problem == "card-not-kept"
    await counter.phone.send("/book/pay/attempts")
    element(counter)
    await counter.phone.open("/book/pay")
    assert 'data-key="pk_test_x"' in counter.phone.page.text
    counter.keeping.publishable_key = None
    await counter.phone.open("/book/pay")
    assert (await counter.paid()).path == "/book/done"


@reads(
    "GET /visits/{token:str}/payment",
    "POST /visits/{token:str}/payment",
    "POST /visits/{token:str}/payment/check",
    "POST /visits/{token:str}/payment/sample",
    "POST /visits/{token:str}/payment/cancellation",
)
async def test_paying_by_the_link_of_a_visit(counter: Counter) -> None:
    spa, phone = counter.spa, counter.phone
    await rule(spa)
    link = f"/visits/{visit_token(SECRET, await booked(spa))}"
    await phone.open(link)
    page = await phone.open(f"{link}/payment")
    await phone.post(f"{link}/payment", page.form(f"{link}/payment") | {"expected": "100"})
    assert phone.page.problem == "due-changed"
    await phone.send(f"{link}/payment")
    await phone.send(f"{link}/payment/cancellation")
    await phone.open(f"{link}/payment")
    await phone.send(f"{link}/payment")
    await phone.send(f"{link}/payment/sample", token=BAD)
    assert phone.page.problem == "card-declined"
    await phone.send(f"{link}/payment")
    await silent_then_asked(counter, f"{link}/payment")
    missed = await booked(spa, await spa.guest("Per Halvorsen"), at=spa.local(13))
    spa.clock.now = spa.local(15)
    await mark_no_show(spa.maya, appointment_id=missed, version=1, now=spa.clock.now)
    link = f"/visits/{visit_token(SECRET, missed)}"
    await phone.open(link)
    await phone.open(f"{link}/payment")
    await phone.send(f"{link}/payment")
    page = await phone.send(f"{link}/payment/sample", token=VISA)
    assert page.status == 200 and f'href="{link}"' in page.text


@reads(
    "GET /give",
    "POST /give",
    "GET /give/{token:str}",
    "POST /give/{token:str}/attempts",
    "POST /give/{token:str}/check",
    "POST /give/{token:str}/sample",
)
async def test_giving_a_gift_card(counter: Counter) -> None:
    phone = counter.phone
    for wrong in (
        {"amount": "", "other": "x"},
        {"other": "1"},
        {"other": "90000"},
        {"email": "nobody"},
        {"buyer_email": ""},
        {"giver": " "},
        {"send_on": "2020-01-01"},
        {"send_on": "x"},
        {"message": "4242 4242 4242 4242"},
    ):
        await phone.open("/give")
        assert (await phone.send("/give", **(WISH | wrong))).status == 422
    await phone.open("/give")
    page = await phone.send("/give", **(WISH | {"send_on": "2026-12-24"}))
    link = page.path
    assert (await phone.send(f"{link}/sample", token=BAD)).problem == "card-declined"
    await phone.send(f"{link}/attempts")
    element(counter)
    assert 'data-key="pk_test_x"' in (await phone.open(link)).text
    counter.keeping.publishable_key = None
    await phone.open(link)
    await silent_then_asked(counter, link)
    page = await phone.open(link)
    assert '"/receipts/' in page.text
    counter.spa.clock.forward(days=31)
    assert (await phone.open(link)).status == 410


@reads(
    "GET /me/cards",
    "POST /me/card-setups",
    "GET /me/card-setups/{setup_id:uuid}",
    "POST /me/card-setups/{setup_id:uuid}/check",
    "POST /me/card-setups/{setup_id:uuid}/sample",
    "POST /me/cards/{card_id:uuid}/removal",
)
async def test_cards_on_file(counter: Counter) -> None:
    spa, phone = counter.spa, counter.phone
    for name in ("Ingrid Halvorsen", "Per Halvorsen"):
        guest_id = await spa.guest(name)
        await fetch("UPDATE guest SET email = 'ingrid@example.org' WHERE id = $1", guest_id)
    await phone.open("/me/sign-in")
    page = await phone.send("/me/sign-in", email="ingrid@example.org")
    await phone.send(page.path, code=enter_code(SECRET, UUID(page.path.rpartition("/")[2])))
    await phone.open("/me/cards")
    form = phone.page.form("/me/card-setups")
    await phone.post("/me/card-setups", form | {"guest": "x"})
    await phone.open("/me/cards")
    page = await phone.send("/me/card-setups", guest=str(guest_id))
    link = page.path
    await phone.send(f"{link}/sample", token=REFUSED)
    assert phone.page.problem == "card-not-kept"
    page = await phone.send("/me/card-setups", guest=str(guest_id))
    link = page.path
    element(counter)
    assert 'data-key="pk_test_x"' in (await phone.open(link)).text
    await phone.send(f"{link}/check")
    processor_id = await fetch_value("SELECT processor_id FROM card_setup WHERE ended_at IS NULL")
    await counter.gateway.sample_card(processor_id, VISA)
    await phone.open(link)
    await phone.send(f"{link}/check")
    counter.keeping.publishable_key = None
    assert phone.page.path == "/me/cards" and "4242" in phone.page.words
    page = await phone.send("/me/card-setups", guest=str(guest_id))
    await phone.send(f"{page.path}/sample", token=VISA)
    await phone.send(f"/me/cards/{await fetch_value('SELECT id FROM stored_card')}/removal")
    assert phone.page.problem == ""


async def receipt(counter: Counter, ticket_id: UUID) -> None:
    """The receipt by its link, and on paper."""
    assert await fetch_value("SELECT status FROM ticket WHERE id = $1", ticket_id) == "settled"
    spa, phone = counter.spa, counter.phone
    link = await mail_receipt(
        spa.maya, link_id=uuid4(), ticket_id=ticket_id, email="ingrid@example.org", now=spa.clock.now
    )
    path = f"/receipts/{receipt_token(SECRET, link)}"
    assert (await phone.open(path)).status == 200
    assert isinstance(phone, Reader)
    await phone.paper(f"{path}/receipt.pdf")


async def test_a_receipt_with_a_reduction_a_fee_and_a_deposit_on_it(counter: Counter) -> None:
    spa = counter.spa
    await rule(spa)
    ingrid = await spa.guest("Ingrid Halvorsen", "employee", proven=True)
    missed = await booked(spa, ingrid, at=spa.local(9), provider="Ben Castellano")
    spa.clock.now = spa.local(9, 45)
    await mark_no_show(spa.maya, appointment_id=missed, version=1, now=spa.clock.now)
    visit_id = await booked(spa, ingrid, at=spa.local(13))
    deposit = await deposit_ticket(spa, visit_id)
    await paid(spa, deposit)
    await receipt(counter, deposit)
    spa.clock.now = spa.local(12, 50)
    sale = Sale(spa, await checkout(spa, visit_id))
    robe = await spa.product_id("Cotton spa robe")
    line_id = uuid4()
    await sale(add_product, line_id=line_id, product_id=robe, quantity=2)
    found = await sale.now()
    massage = next(one for one in found.lines if one.kind == "service")
    off: dict[str, Any] = {"rate_ppm": 100_000, "amount_cents": None, "reason": "Waited", "approval_id": None}
    await sale(discount, line_id=massage.id, **off)
    card_id = await Till(spa).card(20_000)
    await sale(take_value, tender_id=uuid4(), holding_id=card_id, amount_cents=Cents(1_000))
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    assert {one.kind for one in (await sale.now()).tenders} == {"deposit", "gift_card", "cash"}
    await receipt(counter, sale.ticket_id)
    fee = await add_fee(
        spa.maya, ticket_id=uuid4(), line_id=uuid4(), appointment_id=missed, now=spa.clock.now
    )
    await paid(spa, fee)
    await receipt(counter, fee)


async def test_a_receipt_with_a_promo_code_a_price_by_hand_and_pay(counter: Counter) -> None:
    spa = counter.spa
    tom = await employee(spa)
    counter.phone.data += ["Tom Becker", "Autumn", "AUTUMN-10"]
    await promo(spa, with_group_price=True)
    sale = await Sale.open(spa, tom)
    robe, line_id = await spa.product_id("Cotton spa robe"), uuid4()
    await sale(add_product, line_id=line_id, product_id=robe, quantity=1)
    price = Cents(next(one.net_cents for one in (await sale.now()).lines if one.id == line_id) - 100)
    await sale(
        set_price, by=await renata(spa), line_id=line_id, price_cents=price, reason="Torn", approval_id=None
    )
    await sale(use_promo, code="autumn-10")
    await sale(take_payroll, tender_id=uuid4(), amount_cents=Cents(1_000))
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await receipt(counter, sale.ticket_id)


async def test_a_receipt_with_a_package(counter: Counter) -> None:
    spa = counter.spa
    ingrid = await spa.guest()
    await a_package(spa, ingrid)
    sale = await Sale.open(spa, ingrid)
    counter.phone.data.append("Renewal")
    plan_id = await fetch_value("SELECT id FROM package_plan")
    await sale(add_package, line_id=uuid4(), package_id=uuid4(), plan_id=plan_id)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await receipt(counter, sale.ticket_id)


async def test_a_receipt_with_one_price_and_one_with_a_referral(counter: Counter) -> None:
    spa = counter.spa
    counter.phone.data.append("Quiet evening")
    sale = await two_visits(spa)
    wanted = await one_price(spa, 20_000, *await both(spa))
    await sale(sell_for_one_price, sale_id=uuid4(), one_price_id=wanted)
    await sale(take_cash, tender_id=uuid4(), given_cents=None)
    await receipt(counter, sale.ticket_id)
    guest_id = await spa.guest("Per Halvorsen")
    exempt = await Sale.open(spa, guest_id, at=spa.local(14))
    line_id = (await exempt.now()).lines[0].id
    await exempt(exempt_by_referral, line_id=line_id, referral_id=await stored(spa, guest_id))
    await exempt(take_cash, tender_id=uuid4(), given_cents=None)
    await receipt(counter, exempt.ticket_id)
