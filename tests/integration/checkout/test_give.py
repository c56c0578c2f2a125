"""A gift card bought online: ordered, charged, sold, sent; declined, doubled, crashed, tried too often."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from spa_pos.app import card_payments
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.ledger.rules import GIFT_CARDS
from spa_pos.payments.flows import CardPayments, CardsOnFile
from spa_pos.payments.rules import ONLINE_WAIT
from spa_pos.payments.stripe_gateway import StripeGateway
from spa_pos.stored_value.actions import forget_orders
from spa_pos.verify import verify
from tests.cast import ADDRESS, Kiosk, Page, Spa, open_spa
from tests.conftest import Database
from tests.processor import KEY, Processor
from tests.sale import balance

VISA, BAD = "pm_card_visa", "pm_card_chargeCustomerFail"
WISH = {
    "amount": "$100.00",
    "other": "",
    "recipient": "Per Halvorsen",
    "email": "per@example.org",
    "send_on": "",
    "message": "Rest well",
    "giver": "Ingrid Halvorsen",
    "buyer_email": "ingrid@example.org",
}


@dataclass
class Counter:
    """A spa that sells online, and a telephone that buys."""

    spa: Spa
    phone: Kiosk
    cards: CardPayments
    processor: Processor

    async def ordered(self, **changes: str) -> Page:
        """The page of the card, after the form was sent."""
        await self.phone.open("/give")
        return await self.phone.send("/give", **(WISH | changes))

    async def paid(self, page: Page, token: str = VISA) -> Page:
        """The page after a sample card was chosen."""
        return await self.phone.send(f"{page.path}/sample", token=token)


@pytest_asyncio.fixture
async def counter(database: Database, processor: Processor) -> AsyncIterator[Counter]:
    """Afterwards every invariant holds."""
    processor.no_more_faults()
    gateway = StripeGateway(KEY, api_base=processor.address, connect_seconds=2, read_seconds=1)
    cards = card_payments(gateway)
    assert cards is not None
    spa = await open_spa(cards=cards, stripe_key=KEY, stripe_api_base=processor.address)
    spa.app.state["cards_on_file"] = CardsOnFile(gateway)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        yield Counter(spa, Kiosk(spa, browser), cards, processor)
    assert [one for one in await verify() if one.problems] == []
    await cards.finish()
    await gateway.close()


async def sold() -> list[int]:
    """What is on every gift card."""
    return [row["paid_cents"] for row in await fetch("SELECT paid_cents FROM holding ORDER BY made_at")]


async def test_a_card_is_sold_charged_booked_and_sent(counter: Counter) -> None:
    page = await counter.ordered()
    assert page.path.startswith("/give/") and "$100.00" in page.words and await sold() == []
    done = await counter.paid(page)
    assert done.status == 200 and "paid" in done.words and await sold() == [10_000]
    sale = await fetch_one("SELECT status, total_cents, tax_cents, opened_by FROM ticket")
    assert dict(sale or {}) == {
        "status": "settled",
        "total_cents": 10_000,
        "tax_cents": 0,
        "opened_by": None,
    }
    tender = await fetch_one("SELECT kind, amount_cents FROM tender")
    assert dict(tender or {}) == {"kind": "card", "amount_cents": 10_000}
    assert await balance(GIFT_CARDS) == -10_000
    told = await fetch("SELECT kind, address FROM message ORDER BY kind")
    assert [(row["kind"], row["address"]) for row in told] == [
        ("gift", "per@example.org"),
        ("receipt", "ingrid@example.org"),
    ]
    links = re.findall(r'href="(/(?:gifts|receipts)/[^"]+)"', done.text)
    assert len(links) == 2
    gift, receipt = [await counter.phone.open(link) for link in links]
    assert "A gift for you" in gift.words and "$100.00" in receipt.words


async def test_without_an_address_the_card_comes_to_whoever_pays_and_opens_as_a_pdf(counter: Counter) -> None:
    done = await counter.paid(await counter.ordered(email="", other="75.50", amount=""))
    assert await sold() == [7_550] and "to yourself" in done.words
    link = re.search(r'href="(/gifts/[^"]+)"', done.text)
    assert link
    await counter.phone.open(link[1])
    opened = await counter.phone.post(f"{link[1]}/opening", {})
    assert "$75.50" in opened.words
    answer = await counter.phone.browser.get(f"{link[1]}/card.pdf")
    assert answer.headers["content-type"] == "application/pdf"


async def test_a_card_for_a_later_day_waits_in_the_outbox(counter: Counter) -> None:
    day = counter.spa.local(9, days=5).date()
    await counter.paid(await counter.ordered(send_on=day.isoformat()))
    assert await fetch_value("SELECT send_on FROM gift_delivery") == day
    ready = await fetch_value("SELECT not_before_at FROM message WHERE kind = 'gift'")
    assert ready > counter.spa.clock.now + timedelta(days=4)


async def test_a_declined_card_sells_nothing_and_another_one_may_pay(counter: Counter) -> None:
    page = await counter.ordered()
    declined = await counter.paid(page, BAD)
    assert "declined" in declined.words and declined.problem == "card-declined"
    assert await sold() == [] and await fetch_value("SELECT count(*) FROM ticket") == 0
    assert await fetch_value("SELECT count(*) FROM message") == 0
    again = await counter.phone.send(f"{page.path}/attempts")
    await counter.paid(again)
    assert await sold() == [10_000]


async def test_the_same_form_twice_is_one_order_and_paying_twice_one_card(counter: Counter) -> None:
    await counter.phone.open("/give")
    form = {**counter.phone.page.form("/give"), **WISH}
    pages = [await counter.phone.post("/give", form) for _ in range(2)]
    assert pages[0].path == pages[1].path
    assert await fetch_value("SELECT count(*) FROM gift_order") == 1
    assert await fetch_value("SELECT count(*) FROM attempt") == 1
    pay = {**pages[1].form(f"{pages[1].path}/sample"), "token": VISA}
    for _ in range(2):
        done = await counter.phone.post(f"{pages[1].path}/sample", pay)
    assert await sold() == [10_000] and "paid" in done.words
    late = await counter.phone.post("/give", form)
    assert late.path == pages[0].path and await fetch_value("SELECT count(*) FROM attempt") == 1


async def test_a_crash_after_the_charge_is_healed_by_the_recovery(counter: Counter) -> None:
    page = await counter.ordered()
    row = await fetch_one("SELECT id, processor_id FROM attempt")
    assert row
    gateway = counter.cards._gateway
    await gateway.sample_payment(row["id"], row["processor_id"], VISA)
    assert await sold() == []
    counter.spa.clock.forward(minutes=2)
    await counter.cards.recover(counter.spa.clock.now)
    assert await sold() == [10_000]
    assert "paid" in (await counter.phone.open(page.path)).words


async def test_who_walks_away_is_charged_nothing_and_forgotten(counter: Counter) -> None:
    page = await counter.ordered()
    counter.spa.clock.forward(minutes=ONLINE_WAIT.total_seconds() / 60 + 1)
    await counter.cards.recover(counter.spa.clock.now)
    assert await fetch_value("SELECT state FROM attempt") == "cancelled"
    assert "Nothing was charged" in (await counter.phone.open(page.path)).words
    counter.spa.clock.forward(hours=25)
    assert await forget_orders(counter.spa.clock.now) == 1
    assert (await counter.phone.open(page.path)).status == 410


async def test_trying_cards_ends_soon_and_says_so(counter: Counter) -> None:
    page = await counter.ordered()
    for _ in range(7):
        await counter.paid(page, BAD)
        page = await counter.phone.send(f"{page.path}/attempts")
    await counter.paid(page, BAD)
    stopped = await counter.phone.send(f"{page.path}/attempts")
    assert stopped.status == 429 and stopped.problem == "too-many-tries"
    assert await fetch_value("SELECT count(*) FROM attempt") == 8
    assert (await counter.ordered()).status == 429
    counter.spa.clock.forward(minutes=61)
    page = await counter.ordered()
    await counter.paid(page)
    assert await sold() == [10_000]


async def test_a_new_browser_does_not_lift_the_limit_of_its_network(counter: Counter) -> None:
    statuses = []
    for _ in range(27):
        counter.phone.browser.cookies.clear()
        statuses.append((await counter.ordered()).status)
    assert statuses.count(200) == 25 and statuses[-1] == 429


async def test_the_house_stops_taking_cards_when_everybody_tries_them(counter: Counter) -> None:
    await fetch(
        "INSERT INTO guest_try (door, identity, network, tried_at, missed)"
        " SELECT 'pay', 'i' || n, 'n' || n, $1, true FROM generate_series(1, 200) AS n",
        counter.spa.clock.now,
    )
    assert (await counter.ordered()).status == 429


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "", "other": "x"}, "amount-unreadable"),
        ({"other": "1"}, "card-amount-too-small"),
        ({"other": "90000"}, "card-amount-too-large"),
        ({"email": "nobody"}, "email-unreadable"),
        ({"buyer_email": ""}, "buyer-email-missing"),
        ({"giver": " "}, "giver-missing"),
        ({"send_on": "2020-01-01"}, "gift-day-over"),
        ({"send_on": "x"}, "date-unreadable"),
        ({"message": "4242 4242 4242 4242"}, "card-number-typed"),
    ],
)
async def test_what_cannot_be_bought_is_told_and_changes_nothing(
    counter: Counter, changes: dict[str, str], code: str
) -> None:
    page = await counter.ordered(**changes)
    assert page.problem == code and page.status == 422
    assert await fetch_value("SELECT count(*) FROM gift_order") == 0
    assert await fetch_value("SELECT count(*) FROM attempt") == 0


async def test_a_silent_processor_leaves_the_question_open_and_sells_once(counter: Counter) -> None:
    page = await counter.ordered()
    row = await fetch_one("SELECT processor_id FROM attempt")
    assert row
    where = f"POST /v1/payment_intents/{row['processor_id']}/confirm"
    counter.processor.fault(where, "lose_answer", times=2)
    page = await counter.paid(page)
    counter.processor.no_more_faults()
    await counter.cards.recover(counter.spa.clock.now + timedelta(minutes=1))
    assert await sold() == [10_000]
