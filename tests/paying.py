"""A spa that asks for a card or a deposit online, telephones of guests, and the pretended processor."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from spa_pos.app import card_payments
from spa_pos.booking.actions.online_pay import book_kept
from spa_pos.booking.flows import expire_all_holds
from spa_pos.checkout.flows import end_late_payments, recover_refunds
from spa_pos.db import fetch
from spa_pos.payments.flows import CardPayments, CardsOnFile
from spa_pos.payments.stripe_gateway import StripeGateway
from spa_pos.verify import verify
from tests.cast import Kiosk, Page, Spa, open_spa
from tests.integration.booking.online import choose, say, telephone, type_code
from tests.processor import KEY, Processor

VISA, BAD = "pm_card_visa", "pm_card_chargeCustomerFail"
DEPOSITS = "2430-deposits"


@dataclass
class Counter:
    """A spa that takes cards online, and two telephones."""

    spa: Spa
    phone: Kiosk
    other: Kiosk
    cards: CardPayments
    keeping: CardsOnFile
    gateway: StripeGateway
    processor: Processor

    async def ready(self, phone: Kiosk | None = None, **wish: Any) -> Page:
        """The fifth screen, where everything is said once more."""
        phone = phone or self.phone
        email = wish.pop("email", "ida@example.org")
        await choose(phone, **wish)
        page = await say(phone, email=email)
        return page if page.path == "/book/confirm" else await type_code(phone, email)

    async def asked(self, phone: Kiosk | None = None, **wish: Any) -> Page:
        """The page of the card."""
        phone = phone or self.phone
        await self.ready(phone, **wish)
        return await phone.send("/book/pay")

    async def paid(self, token: str = VISA, phone: Kiosk | None = None) -> Page:
        """The page after a sample card was chosen."""
        return await (phone or self.phone).send("/book/pay/sample", token=token)

    async def jobs(self) -> None:
        """What runs on a schedule."""
        now = self.spa.clock.now
        await self.cards.recover(now)
        await self.keeping.recover(now)
        await end_late_payments(self.cards, now)
        await expire_all_holds(now)
        await recover_refunds(self.cards, now)


@contextlib.asynccontextmanager
async def paying(processor: Processor) -> AsyncIterator[Counter]:
    """Inside the block guests pay; afterwards nothing is under way and every invariant holds."""
    processor.no_more_faults()
    gateway = StripeGateway(KEY, api_base=processor.address, connect_seconds=2, read_seconds=1)
    cards = card_payments(gateway)
    assert cards is not None
    keeping = CardsOnFile(gateway, kept=book_kept)
    spa = await open_spa(cards=cards, stripe_key=KEY, stripe_api_base=processor.address)
    spa.app.state["cards_on_file"] = keeping
    async with telephone(spa) as phone, telephone(spa) as other:
        yield Counter(spa, phone, other, cards, keeping, gateway, processor)
    processor.no_more_faults()
    for row in await fetch("SELECT id FROM attempt WHERE ended_at IS NULL"):
        await cards.cancel(row["id"], spa.clock.now)
    assert {one.name: one.problems for one in await verify() if one.problems} == {}
    await cards.finish()
    await gateway.close()


async def statuses() -> list[str]:
    """Where every visit stands."""
    return [row["status"] for row in await fetch("SELECT status FROM appointment ORDER BY status")]
