"""A program that takes one card payment and dies at a chosen seam, as if its power were cut."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from spa_pos.db import engine
from spa_pos.kernel.money import Cents
from spa_pos.payments import flows
from spa_pos.payments.actions import open_attempt
from spa_pos.payments.rules import Outcome, PaidAttempt
from spa_pos.payments.stripe_gateway import StripeGateway
from tests.integration.payments.conftest import NOW, PURPOSE, hear
from tests.processor import KEY

DEAD = 9
SEAMS = (
    "opened",
    "create asked",
    "created recorded",
    "present asked",
    "submitted recorded",
    "card held to the reader",
    "paid read",
    "told inside the transaction",
    "paid recorded",
)


def dies(here: str, seam: str) -> None:
    """End at once, without a word, if this is the seam."""
    if here == seam:
        os._exit(DEAD)


class Mortal(StripeGateway):
    """The real gateway, which dies just after one of its calls was carried out."""

    seam = ""

    async def create(self, attempt_id: UUID, amount_cents: Cents) -> str:
        processor_id = await super().create(attempt_id, amount_cents)
        dies("create asked", self.seam)
        return processor_id

    async def present(self, attempt_id: UUID, processor_id: str, reader_processor_id: str) -> Outcome:
        dies("created recorded", self.seam)
        outcome = await super().present(attempt_id, processor_id, reader_processor_id)
        dies("present asked", self.seam)
        return outcome

    async def simulate_tap(self, reader_processor_id: str, card_number: str) -> None:
        dies("submitted recorded", self.seam)
        await super().simulate_tap(reader_processor_id, card_number)
        dies("card held to the reader", self.seam)

    async def read(self, processor_id: str) -> Outcome:
        outcome = await super().read(processor_id)
        dies("paid read", self.seam)
        return outcome


async def pay(url: str, address: str, seam: str, ids: list[UUID]) -> None:
    """Take the payment; the process ends at the seam."""
    attempt_id, location_id, reader_id, subject = ids

    async def told(paid: PaidAttempt) -> None:
        await hear(paid)
        dies("told inside the transaction", seam)

    await engine.connect(url, pool_size=2)
    gateway = Mortal(KEY, api_base=address)
    gateway.seam = seam
    cards = flows.CardPayments(gateway, {PURPOSE: told})
    await open_attempt(
        attempt_id=attempt_id,
        location_id=location_id,
        purpose=PURPOSE,
        subject=subject,
        reader_id=reader_id,
        amount_cents=Cents(4_200),
        now=NOW,
    )
    dies("opened", seam)
    await cards.start(attempt_id, NOW)
    await cards.simulate_tap(attempt_id, "approved", NOW + timedelta(seconds=30))
    dies("paid recorded", seam)


def main(arguments: list[str], run: Callable[..., None] = asyncio.run) -> None:
    """`driver.py URL ADDRESS SEAM ATTEMPT LOCATION READER SUBJECT`."""
    url, address, seam, *ids = arguments
    run(pay(url, address, seam, [UUID(one) for one in ids]))


if __name__ == "__main__":
    main(sys.argv[1:])
