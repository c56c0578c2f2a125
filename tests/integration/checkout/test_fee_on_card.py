"""The fee of a visit that did not happen, on a card on file in one tap; late tips on the card that paid."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest_asyncio

from spa_pos.booking.actions import cancel_appointment, mark_no_show
from spa_pos.checkout.actions import (
    CARD_PURPOSE,
    TIP_PURPOSE,
    begin_card,
    record_paid_attempt,
    record_paid_tip,
)
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import agree_to_keep_card
from spa_pos.payments.flows import CardPayments, CardsOnFile
from spa_pos.payments.rules import CONSENT_VERSION
from spa_pos.payments.stripe_gateway import StripeGateway
from spa_pos.verify import verify
from tests.builders import booked, open_sale, sale_of, visit_of
from tests.cast import Kiosk, Spa, open_spa
from tests.conftest import Database
from tests.processor import KEY, Processor
from tests.sale import tips_on

FEE = 12_000
VISA = "pm_card_visa"


@dataclass
class Till:
    """An open spa that keeps cards, and a guest who has not come."""

    spa: Spa
    processor: Processor
    cards: CardPayments
    keeping: CardsOnFile

    async def kept(self, guest_id: UUID, token: str = VISA) -> UUID:
        """A card on file."""
        setup_id = await agree_to_keep_card(
            self.spa.maya,
            setup_id=uuid4(),
            guest_id=guest_id,
            place_name="Rejuvenate Spa",
            seen_from=None,
            now=self.spa.clock.now,
        )
        assert (await self.keeping.sample(setup_id, token, self.spa.clock.now)).state == "saved"
        return setup_id

    async def missed(self, token: str = VISA, *, email: bool = True) -> tuple[UUID, UUID]:
        """A guest with a card on file and a visit they did not come to, whose fee is due."""
        guest_id = await self.spa.guest()
        if email:
            await fetch("UPDATE guest SET email = 'ingrid@example.org' WHERE id = $1", guest_id)
        await self.kept(guest_id, token)
        visit_id = await booked(self.spa, guest_id)
        self.spa.clock.now = self.spa.local(11)
        version = (await visit_of(self.spa, visit_id)).version
        await mark_no_show(self.spa.maya, appointment_id=visit_id, version=version, now=self.spa.clock.now)
        return guest_id, visit_id

    async def sheet(self, visit_id: UUID) -> Kiosk:
        """The sheet of the visit at the desk."""
        kiosk = await self.spa.kiosk()
        await kiosk.open(f"/appointments/{visit_id}")
        return kiosk


@pytest_asyncio.fixture
async def till(database: Database, processor: Processor) -> AsyncIterator[Till]:
    """Afterwards every invariant holds."""
    processor.no_more_faults()
    gateway = StripeGateway(KEY, api_base=processor.address, connect_seconds=2, read_seconds=1)
    cards = CardPayments(gateway, {CARD_PURPOSE: record_paid_attempt, TIP_PURPOSE: record_paid_tip})
    keeping = CardsOnFile(gateway)
    spa = await open_spa(cards=cards, stripe_key=KEY, stripe_api_base=processor.address)
    spa.app.state["cards_on_file"] = keeping
    yield Till(spa, processor, cards, keeping)
    await gateway.close()
    processor.no_more_faults()
    assert {one.name: one.problems for one in await verify() if one.problems} == {}


async def attempts(till: Till) -> list[tuple[str, int]]:
    rows = await fetch("SELECT id, state, received_cents FROM attempt ORDER BY made_at")
    for row in rows:
        expected = [row["received_cents"]] if row["state"] == "paid" else []
        assert [one["amount"] for one in till.processor.charges(row["id"])] == expected
    return [(row["state"], row["received_cents"]) for row in rows]


async def test_a_no_show_fee_is_charged_in_one_tap_and_the_guest_is_told(till: Till) -> None:
    _, visit_id = await till.missed()
    kiosk = await till.sheet(visit_id)
    words = kiosk.page.words
    assert "Charge $120.00 to Visa ending in 4242" in words
    assert "Booked under version 1 of the policy: Free to move or cancel until" in words
    assert f"text of {CONSENT_VERSION}" in words
    page = await kiosk.send("/fee-charge")
    assert page.path.endswith("/done"), page.words
    assert "The card was charged. The receipt goes to ingrid@example.org." in page.words
    assert await attempts(till) == [("paid", FEE)]
    mail = await fetch("SELECT kind, address FROM message WHERE kind = 'receipt'")
    assert [(row["kind"], row["address"]) for row in mail] == [("receipt", "ingrid@example.org")]
    page = await kiosk.open(f"/appointments/{visit_id}")
    assert "It is paid." in page.words and "Take the fee" not in page.words
    assert await fetch_value("SELECT kind FROM ticket_line") == "fee"


async def test_a_double_tap_charges_once(till: Till) -> None:
    _, visit_id = await till.missed()
    kiosk = await till.sheet(visit_id)
    first = kiosk.page
    await kiosk.send("/fee-charge", first)
    page = await kiosk.send("/fee-charge", first)
    assert page.path.endswith("/done")
    assert await attempts(till) == [("paid", FEE)]
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'receipt'") == 1


async def test_two_people_at_two_desks_charge_once(till: Till) -> None:
    _, visit_id = await till.missed()
    one, other = await till.sheet(visit_id), await till.spa.kiosk("Owen Brandt", name="Desk 9")
    await other.open(f"/appointments/{visit_id}")
    await one.send("/fee-charge")
    page = await other.send("/fee-charge")
    assert page.problem == "fee-paid"
    assert await attempts(till) == [("paid", FEE)]


async def test_a_declined_card_leaves_the_fee_on_an_open_ticket_with_a_sentence(till: Till) -> None:
    _, visit_id = await till.missed("pm_card_chargeCustomerFail")
    kiosk = await till.sheet(visit_id)
    page = await kiosk.send("/fee-charge")
    assert "declined" in page.words and page.path.startswith("/tickets/")
    assert [state for state, _ in await attempts(till)] == ["declined"]
    assert await fetch_value("SELECT status FROM ticket") == "open"
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'receipt'") == 0


async def test_an_answer_that_was_lost_is_found_and_the_guest_is_told_then(till: Till) -> None:
    _, visit_id = await till.missed()
    kiosk = await till.sheet(visit_id)
    till.processor.fault("POST /v1/payment_intents/", "lose_answer", times=2)
    await kiosk.send("/fee-charge")
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'receipt'") == 0
    till.processor.no_more_faults()
    await till.cards.recover(till.spa.clock.forward(minutes=1))
    assert await attempts(till) == [("paid", FEE)]
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'receipt'") == 1


async def test_another_amount_than_was_shown_is_not_charged(till: Till) -> None:
    _, visit_id = await till.missed(email=False)
    kiosk = await till.sheet(visit_id)
    page = await kiosk.send("/fee-charge", amount_cents=11_999)
    assert page.problem == "fee-changed"
    assert await fetch_value("SELECT count(*) FROM ticket") == 0
    page = await kiosk.send("/fee-charge", card=uuid4())
    assert page.problem == "card-unknown"
    page = await kiosk.send("/fee-charge", amount_cents="all")
    assert page.status == 422
    assert await attempts(till) == []


async def test_a_late_cancellation_costs_its_share_and_one_without_a_fee_offers_nothing(till: Till) -> None:
    spa, guest_id = till.spa, await till.spa.guest()
    await till.kept(guest_id)
    late, early = await booked(spa, guest_id), await booked(spa, guest_id, at=spa.local(10, days=7))
    for one in (late, early):
        await cancel_appointment(
            spa.maya, appointment_id=one, version=1, reason="Guest asked", now=spa.clock.now
        )
    kiosk = await till.sheet(early)
    assert "Charge" not in kiosk.page.words
    page = await kiosk.open(f"/appointments/{late}")
    assert "Charge $60.00 to Visa ending in 4242" in page.words


async def test_a_late_tip_goes_to_the_card_that_paid_the_sale(till: Till) -> None:
    spa, guest_id = till.spa, await till.spa.guest()
    await tips_on(spa)
    first, second = await till.kept(guest_id), await till.kept(guest_id, "pm_card_mastercard")
    ticket_id = await open_sale(spa, guest_id)
    attempt_id = await begin_card(
        spa.maya,
        ticket_id=ticket_id,
        attempt_id=uuid4(),
        stored_card_id=first,
        amount_cents=Cents(12_975),
        version=(await sale_of(spa, ticket_id)).head.version,
        now=spa.clock.now,
    )
    await till.cards.start(attempt_id, spa.clock.now)
    kiosk = await spa.kiosk("Renata Silva")
    page = await kiosk.open(f"/tickets/{ticket_id}/tips")
    assert "Visa ending in 4242, which paid this" in page.words
    assert page.text.index(str(first)) < page.text.index(str(second)), "the card that paid comes first"
    page = await kiosk.send("/late-tips", amount="15.00", paid_with=first)
    assert "$15.00 for Ana Okafor, card" in page.words
    assert sorted(await attempts(till)) == [("paid", 1_500), ("paid", 12_975)]


async def test_a_guest_without_an_address_is_charged_and_the_desk_hears_to_tell_them(till: Till) -> None:
    _, visit_id = await till.missed(email=False)
    kiosk = await till.sheet(visit_id)
    page = await kiosk.send("/fee-charge")
    assert "No e-mail address is known: tell the guest yourself." in page.words
    assert await attempts(till) == [("paid", FEE)]
    assert await fetch_value("SELECT count(*) FROM message WHERE kind = 'receipt'") == 0
