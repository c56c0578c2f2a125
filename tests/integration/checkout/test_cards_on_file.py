"""Cards on file: agreed to, kept, charged, declined, removed, recovered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from spa_pos.checkout.actions import (
    CARD_PURPOSE,
    TIP_PURPOSE,
    ask_late_tip_by_card,
    begin_card,
    record_paid_attempt,
    record_paid_tip,
)
from spa_pos.checkout.actions.erasure import erase_guest
from spa_pos.db import fetch, fetch_value
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import (
    agree_to_keep_card,
    record_setup,
    remember_customer,
    remove_card,
    setup_created,
)
from spa_pos.payments.flows import CardPayments, CardsOnFile
from spa_pos.payments.queries import (
    AttemptView,
    attempt,
    broken_charges_without_consent,
    card_setup,
    stored_cards,
)
from spa_pos.payments.rules import CONSENT_VERSION, CardSaved, State
from spa_pos.payments.stripe_gateway import StripeGateway
from spa_pos.verify import verify
from tests.builders import open_sale, sale_of
from tests.cast import Spa, open_spa
from tests.conftest import Database
from tests.processor import KEY, Processor
from tests.sale import balance, renata, tips_on

DUE = 12_975
VISA = "pm_card_visa"


@dataclass
class Till:
    """An open spa that takes and keeps cards."""

    spa: Spa
    processor: Processor
    gateway: StripeGateway
    cards: CardPayments
    keeping: CardsOnFile

    async def kept(self, guest_id: UUID, token: str = VISA) -> UUID:
        """A card on file of a guest."""
        setup_id = await self.agreed(guest_id)
        found = await self.keeping.sample(setup_id, token, self.spa.clock.now)
        assert found.state == "saved", found
        return setup_id

    async def agreed(self, guest_id: UUID) -> UUID:
        """What a guest agreed to; no card yet."""
        return await agree_to_keep_card(
            self.spa.maya,
            setup_id=uuid4(),
            guest_id=guest_id,
            place_name="Rejuvenate Spa",
            seen_from=None,
            now=self.spa.clock.now,
        )

    async def asked(self, ticket_id: UUID, card_id: UUID, **wish: Any) -> UUID:
        """An attempt with a card on file, written down and nothing else."""
        attempt_id = uuid4()
        await begin_card(
            self.spa.maya,
            ticket_id=ticket_id,
            attempt_id=attempt_id,
            stored_card_id=card_id,
            amount_cents=Cents(DUE),
            version=(await sale_of(self.spa, ticket_id)).head.version,
            now=self.spa.clock.now,
        )
        return attempt_id

    async def charged(self, ticket_id: UUID, card_id: UUID) -> AttemptView:
        """The attempt after a card on file was charged."""
        return await self.cards.start(await self.asked(ticket_id, card_id), self.spa.clock.now)


@pytest_asyncio.fixture
async def till(database: Database, processor: Processor) -> AsyncIterator[Till]:
    """Afterwards every invariant holds."""
    processor.no_more_faults()
    gateway = StripeGateway(KEY, api_base=processor.address, connect_seconds=2, read_seconds=1)
    cards = CardPayments(gateway, {CARD_PURPOSE: record_paid_attempt, TIP_PURPOSE: record_paid_tip})
    keeping = CardsOnFile(gateway)
    changes = {"stripe_key": KEY, "stripe_api_base": processor.address}
    spa = await open_spa(cards=cards, **changes)
    spa.app.state["cards_on_file"] = keeping
    yield Till(spa, processor, gateway, cards, keeping)
    await gateway.close()
    processor.no_more_faults()
    assert {one.name: one.problems for one in await verify() if one.problems} == {}


async def test_a_card_is_kept_with_the_words_its_guest_agreed_to(till: Till) -> None:
    guest_id = await till.spa.guest()
    await till.kept(guest_id, "pm_card_mastercard")
    (card,) = await stored_cards(guest_id)
    assert (card.brand, card.last4, card.word) == ("mastercard", "4444", "Mastercard ending in 4444")
    assert (card.consent_version, card.asked_by) == (CONSENT_VERSION, "Maya Lindqvist")
    assert "Rejuvenate Spa" in card.consent_text
    with pytest.raises(Exception, match="never changed"):
        await fetch("UPDATE card_setup SET consent_text = 'anything' WHERE id = $1", card.id)


async def test_a_card_that_was_kept_before_the_pretended_processor_began_is_charged_and_forgotten(
    till: Till,
) -> None:
    guest_id, now = await till.spa.guest(), till.spa.clock.now
    setup_id = await till.agreed(guest_id)
    await remember_customer(guest_id, f"cus_before_{guest_id.hex}", now)
    await setup_created(setup_id, f"seti_before_{setup_id.hex}", now)
    await record_setup(setup_id, CardSaved(f"pm_before_{setup_id.hex}", "visa", "4242", 12, 2040), now)
    known = {"id": f"pm_before_{setup_id.hex}", "customer": f"cus_before_{guest_id.hex}", "last4": "4242"}
    till.processor.remind(cards=[known])
    found = await till.charged(await open_sale(till.spa, guest_id), setup_id)
    assert (found.state, found.card_last4) == (State.PAID, "4242")
    await remove_card(till.spa.maya, card_id=setup_id, guest_id=guest_id, now=now)
    await till.keeping.recover(now)
    assert await fetch_value("SELECT detached_at FROM stored_card") is not None


async def test_a_card_that_cannot_be_kept_is_not(till: Till) -> None:
    guest_id = await till.spa.guest()
    setup_id = await till.agreed(guest_id)
    found = await till.keeping.sample(setup_id, "pm_card_chargeDeclined", till.spa.clock.now)
    assert found.state == "failed"
    assert "declined" in (found.problem or "")
    assert await stored_cards(guest_id) == []
    with pytest.raises(Conflict, match="setup-ended"):
        await till.keeping.begin(setup_id, till.spa.clock.now)
    with pytest.raises(Invalid, match="sample-card-unknown"):
        await till.keeping.sample(setup_id, "4242424242424242", till.spa.clock.now)


async def test_a_card_on_file_pays_a_ticket_and_goes_back_to_the_card(till: Till) -> None:
    guest_id = await till.spa.guest()
    card_id = await till.kept(guest_id)
    ticket_id = await open_sale(till.spa, guest_id)
    found = await till.charged(ticket_id, card_id)
    assert (found.state, found.received_cents, found.card_last4) == (State.PAID, DUE, "4242")
    assert (await sale_of(till.spa, ticket_id)).head.status == "settled"
    assert await fetch_value("SELECT kind FROM tender WHERE ticket = $1", ticket_id) == "card_on_file"
    assert [one["amount"] for one in till.processor.charges(found.id)] == [DUE]
    assert (await till.cards.start(found.id, till.spa.clock.now)).state is State.PAID
    assert len(till.processor.charges(found.id)) == 1, "asked again, charged once"


async def test_a_card_on_file_is_charged_for_a_late_tip_with_nobody_there(till: Till) -> None:
    spa = till.spa
    guest_id, ana = await spa.guest(), await spa.staff_id("Ana Okafor")
    await tips_on(spa)
    card_id = await till.kept(guest_id)
    ticket_id = await open_sale(spa, guest_id)
    await till.charged(ticket_id, card_id)
    attempt_id = await ask_late_tip_by_card(
        await renata(spa),
        ticket_id=ticket_id,
        attempt_id=uuid4(),
        provider_id=ana,
        amount_cents=Cents(1_500),
        stored_card_id=card_id,
        approval_id=None,
        now=spa.clock.now,
    )
    assert (await till.cards.start(attempt_id, spa.clock.now)).state is State.PAID
    assert [one["amount"] for one in till.processor.charges(attempt_id)] == [1_500]
    assert await balance("2500-tips") == -1_500


async def test_who_is_forgotten_leaves_no_card_behind(till: Till) -> None:
    guest_id = await till.spa.guest()
    await till.kept(guest_id)
    await erase_guest(till.spa.maya, guest_id=guest_id, now=till.spa.clock.now)
    assert await stored_cards(guest_id) == []


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("pm_card_chargeCustomerFail", "declined"),
        ("pm_card_authenticationRequired", "wants the guest to confirm"),
    ],
)
async def test_a_declined_card_on_file_leaves_the_ticket_open_with_a_sentence(
    till: Till, token: str, sentence: str
) -> None:
    guest_id = await till.spa.guest()
    card_id = await till.kept(guest_id, token)
    ticket_id = await open_sale(till.spa, guest_id)
    found = await till.charged(ticket_id, card_id)
    assert found.state is State.DECLINED
    assert sentence in (found.decline_sentence or "")
    assert till.processor.charges(found.id) == []
    assert till.processor.intents(found.id) == ["canceled"], "nobody can pay it later by surprise"
    assert (await sale_of(till.spa, ticket_id)).sums.remaining_cents == DUE
    other = await till.kept(guest_id)
    assert (await till.charged(ticket_id, other)).state is State.PAID


async def test_a_card_of_another_guest_and_a_removed_one_are_not_charged(till: Till) -> None:
    guest_id, other = await till.spa.guest(), await till.spa.guest("Solveig Dahl")
    card_id, foreign = await till.kept(guest_id), await till.kept(other)
    ticket_id = await open_sale(till.spa, guest_id)
    with pytest.raises(NotFound, match="card-unknown"):
        await till.asked(ticket_id, foreign)
    with pytest.raises(NotFound, match="card-unknown"):
        await remove_card(till.spa.maya, card_id=foreign, guest_id=guest_id, now=till.spa.clock.now)
    await remove_card(till.spa.maya, card_id=card_id, guest_id=guest_id, now=till.spa.clock.now)
    assert await stored_cards(guest_id) == []
    with pytest.raises(NotFound, match="card-unknown"):
        await till.asked(ticket_id, card_id)
    till.processor.fault("POST /v1/payment_methods", "500", times=2)
    await till.keeping.recover(till.spa.clock.now)
    assert await fetch_value("SELECT detached_at FROM stored_card WHERE id = $1", card_id) is None
    till.processor.no_more_faults()
    await till.keeping.recover(till.spa.clock.now)
    assert await fetch_value("SELECT detached_at FROM stored_card WHERE id = $1", card_id) is not None


async def test_an_answer_lost_while_charging_is_unknown_then_paid_once(till: Till) -> None:
    guest_id = await till.spa.guest()
    card_id = await till.kept(guest_id)
    ticket_id = await open_sale(till.spa, guest_id)
    attempt_id = await till.asked(ticket_id, card_id)
    till.processor.fault("POST /v1/payment_intents/", "lose_answer", times=2)
    assert (await till.cards.start(attempt_id, till.spa.clock.now)).state is State.UNKNOWN
    with pytest.raises(Conflict, match="card-in-use"):
        await remove_card(till.spa.maya, card_id=card_id, guest_id=guest_id, now=till.spa.clock.now)
    with pytest.raises(Conflict, match="card-already-in-progress"):
        await till.asked(ticket_id, card_id)
    till.processor.no_more_faults()
    await till.cards.recover(till.spa.clock.forward(minutes=1))
    found = await attempt(attempt_id)
    assert found is not None
    assert found.state is State.PAID
    assert len(till.processor.charges(attempt_id)) == 1


async def test_a_charge_that_was_never_sent_is_cancelled_by_recovery(till: Till) -> None:
    guest_id = await till.spa.guest()
    card_id = await till.kept(guest_id)
    ticket_id = await open_sale(till.spa, guest_id)
    attempt_id = await till.asked(ticket_id, card_id)
    await till.cards.recover(till.spa.clock.forward(minutes=3))
    found = await attempt(attempt_id)
    assert found is not None
    assert found.state is State.CANCELLED
    assert till.processor.charges(attempt_id) == []


async def test_a_page_that_nobody_came_back_to_is_found_out_or_dropped(till: Till) -> None:
    guest_id = await till.spa.guest()
    done, left, never = [await till.agreed(guest_id) for _ in range(3)]
    await till.keeping.begin(done, till.spa.clock.now)
    await till.keeping.begin(left, till.spa.clock.now)
    kept = await card_setup(done)
    assert kept is not None
    assert kept.processor_id is not None
    await till.gateway.sample_card(kept.processor_id, "pm_card_visa")  # the page died before it told us
    await till.keeping.recover(till.spa.clock.forward(minutes=2))
    assert [card.id for card in await stored_cards(guest_id)] == [done]
    await till.keeping.recover(till.spa.clock.forward(days=2))
    states = [await fetch_value("SELECT state FROM card_setup WHERE id = $1", one) for one in (left, never)]
    assert states == ["dropped", "dropped"]


async def test_charging_before_consent_is_named(till: Till) -> None:
    guest_id = await till.spa.guest()
    card_id = await till.kept(guest_id)
    await till.charged(await open_sale(till.spa, guest_id), card_id)
    assert await broken_charges_without_consent() == []
    earlier = till.spa.clock.now - timedelta(days=1)
    await fetch("UPDATE stored_card SET removed_at = $1", earlier)
    assert len(await broken_charges_without_consent()) == 1
    await fetch("UPDATE stored_card SET removed_at = NULL")


async def test_an_ended_setup_stays_as_it_is(till: Till) -> None:
    from spa_pos.payments.rules import Cancelled

    card_id = await till.kept(await till.spa.guest())
    assert await record_setup(card_id, Cancelled(), till.spa.clock.now) == "saved"


async def test_the_desk_keeps_a_sample_card_and_charges_it(till: Till) -> None:
    guest_id = await till.spa.guest()
    kiosk = await till.spa.kiosk()
    page = await kiosk.open(f"/guests/{guest_id}/kept-cards")
    assert "No card is on file" in page.words
    page = await kiosk.send("/card-setups")
    assert "no card is asked for here" in page.words
    page = await kiosk.send("/sample", token="4242424242424242")
    assert page.status >= 400
    await kiosk.open(f"/guests/{guest_id}/kept-cards")
    await kiosk.send("/card-setups")
    page = await kiosk.send("/sample", token="pm_card_visa")
    assert "Visa ending in 4242" in page.words
    (card,) = await stored_cards(guest_id)
    ticket_id = await open_sale(till.spa, guest_id)
    page = await kiosk.open(f"/tickets/{ticket_id}?with=on_file")
    assert "Charge $129.75 to Visa ending in 4242" in page.words
    page = await kiosk.send("/kept-card-attempts", card=card.id, amount="0")
    assert "A card can pay up to $129.75 here." in page.words
    page = await kiosk.send("/kept-card-attempts", card=card.id, amount="50")
    assert (
        "Charge $79.75 to Visa ending in 4242"
        in (await kiosk.open(f"/tickets/{ticket_id}?with=on_file")).words
    )
    page = await kiosk.send("/kept-card-attempts", card=card.id)
    assert page.path == f"/tickets/{ticket_id}/done"
    await kiosk.open(f"/guests/{guest_id}/kept-cards")
    page = await kiosk.send(f"/kept-cards/{card.id}/removal")
    assert "No card is on file" in page.words


async def test_with_a_publishable_key_the_page_lets_stripe_in_and_no_other_page_does(
    till: Till,
) -> None:
    spa = till.spa
    spa.app.state["cards_on_file"] = CardsOnFile(till.gateway, publishable_key="pk_test_sample0000")
    guest_id = await spa.guest()
    kiosk = await spa.kiosk()
    page = await kiosk.open(f"/guests/{guest_id}/kept-cards")
    assert "stripe" not in page.headers["content-security-policy"]
    page = await kiosk.send("/card-setups")
    assert page.path.startswith(f"/guests/{guest_id}/card-setups/"), page.words
    policy = page.headers["content-security-policy"]
    assert "script-src 'self' https://js.stripe.com;" in policy
    assert "unsafe" not in policy
    assert 'data-key="pk_test_sample0000"' in page.text
    assert "_secret_" in page.text
    page = await kiosk.send("/check")
    assert page.problem == "setup-not-done"
