"""Cards on file on a guest's own page: seen, kept, declined, taken away, tried too often."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import httpx
import pytest_asyncio

from spa_pos.app import card_payments
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.messages.rules import enter_code
from spa_pos.payments.flows import CardsOnFile
from spa_pos.payments.pages.online import consent_words
from spa_pos.payments.rules import CONSENT_VERSION, Agreed, consent_text
from spa_pos.payments.stripe_gateway import StripeGateway
from spa_pos.people.actions import add_guest
from spa_pos.verify import verify
from tests.cast import ADDRESS, SECRET, Kiosk, Page, Spa, open_spa
from tests.conftest import Database
from tests.processor import KEY, Processor

MAIL = "ingrid@example.org"


@dataclass
class Purse:
    """A guest who is signed in on their own telephone."""

    spa: Spa
    phone: Kiosk
    guest_id: UUID

    async def agreed(self) -> Page:
        """The page where the card is given."""
        await self.phone.open("/me/cards")
        return await self.phone.send("/me/card-setups")

    async def kept(self, sample: str = "pm_card_visa") -> Page:
        """The page after a sample card was chosen."""
        page = await self.agreed()
        return await self.phone.send(f"{page.path}/sample", token=sample)


@pytest_asyncio.fixture
async def purse(database: Database, processor: Processor) -> AsyncIterator[Purse]:
    """Afterwards every invariant holds."""
    processor.no_more_faults()
    gateway = StripeGateway(KEY, api_base=processor.address, connect_seconds=2, read_seconds=1)
    spa = await open_spa(cards=card_payments(gateway), stripe_key=KEY, stripe_api_base=processor.address)
    spa.app.state["cards_on_file"] = CardsOnFile(gateway)
    guest_id = await add_guest(
        spa.maya,
        guest_id=UUID(int=77),
        given_name="Ingrid",
        family_name="Halvorsen",
        phone="507 555 0123",
        email=MAIL,
        group_code="visitor",
        now=spa.clock.now,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(spa.app), base_url=ADDRESS) as browser:
        phone = Kiosk(spa, browser)
        await phone.open("/me/sign-in")
        page = await phone.send("/me/sign-in", email=MAIL)
        code = UUID(page.path.rpartition("/")[2])
        await phone.send(page.path, code=enter_code(SECRET, code))
        yield Purse(spa, phone, guest_id)
    assert [one for one in await verify() if one.problems] == []
    await gateway.close()


async def test_a_card_is_kept_with_the_words_that_were_agreed_to(purse: Purse) -> None:
    page = await purse.kept()
    assert page.path == "/me/cards" and "Visa …4242" in page.words and CONSENT_VERSION in page.words
    row = await fetch_one("SELECT guest, asked_by, consented_from, consent_text FROM card_setup")
    assert row and (row["guest"], row["asked_by"]) == (purse.guest_id, None)
    assert row["consented_from"] and row["consent_text"] in page.words


async def test_what_was_agreed_to_stays_in_the_language_it_was_read_in(purse: Purse) -> None:
    await purse.phone.open("/language/es?next=/me/cards")
    page = await purse.agreed()
    page = await purse.phone.send(f"{page.path}/sample", token="pm_card_visa")
    row = await fetch_one("SELECT consent_text, consent_language FROM card_setup")
    assert row and row["consent_language"] == "es"
    assert row["consent_text"].startswith("Autorizo a Rejuvenate Spa a guardar esta tarjeta")
    await purse.phone.open("/language/en?next=/me/cards")
    page = await purse.phone.open("/me/cards")
    assert f'<blockquote lang="es" dir="auto">{row["consent_text"]}' in page.text
    assert consent_text("Rejuvenate Spa") in page.words, "what would be agreed to now"


def test_the_english_words_are_those_of_the_desk() -> None:
    assert consent_words("Rejuvenate Spa") == Agreed(consent_text("Rejuvenate Spa"), "en")


async def test_a_declined_card_is_not_kept_and_says_so(purse: Purse) -> None:
    page = await purse.kept("pm_card_chargeDeclined")
    assert page.problem == "card-not-kept" and "declined" in page.words
    assert await fetch("SELECT 1 FROM stored_card") == []


async def test_a_card_is_taken_away_once_and_for_good(purse: Purse) -> None:
    await purse.kept()
    card_id = await fetch_value("SELECT id FROM stored_card")
    page = await purse.phone.send(f"/me/cards/{card_id}/removal")
    assert "No card is on file" in page.words
    assert await fetch_value("SELECT removed_at FROM stored_card") == purse.spa.clock.now


async def test_a_form_for_nobody_changes_nothing(purse: Purse) -> None:
    await purse.phone.open("/me/cards")
    form = purse.phone.page.form("/me/card-setups")
    page = await purse.phone.post("/me/card-setups", {**form, "guest": str(UUID(int=5))})
    assert page.problem == "form-unreadable" and await fetch("SELECT 1 FROM card_setup") == []


async def test_cards_cannot_be_tried_without_end(purse: Purse) -> None:
    for _ in range(8):
        await purse.kept("pm_card_chargeDeclined")
    page = await purse.agreed()
    assert page.status == 429 and page.problem == "too-many-tries"
    assert await fetch_value("SELECT count(*) FROM card_setup") == 8
