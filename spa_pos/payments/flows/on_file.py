"""Keeping cards: consent → processor → record; the card itself goes from the page to the processor."""

from datetime import datetime
from uuid import UUID

import structlog

from spa_pos.db import forbid_transaction
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.payments.actions import (
    KeptHandler,
    card_forgotten,
    record_setup,
    remember_customer,
    setup_created,
)
from spa_pos.payments.gateways import CardGateway
from spa_pos.payments.queries import (
    SetupView,
    StoredEvent,
    card_setup,
    card_setup_behind,
    cards_to_forget,
    customer_of,
    due_setups,
)
from spa_pos.payments.rules import SAMPLE_CARDS, SETUP_LIFE, InProgress, SetupOutcome, Unknown

log = structlog.get_logger(__name__)


class CardsOnFile:
    """Cards that guests let us keep, at the desk or on their own phone.

    The journey, for any page: show `consent_text(place)`; write it down with the action
    `agree_to_keep_card`; then `begin` gives what the processor's card element needs; when the element is
    done, or the guest comes back, `check` says how it ended. With a pretended processor the page
    sends one of `SAMPLE_CARDS` to `sample` instead. `publishable_key` is None there. `kept` hears of each
    card in the transaction that keeps it.
    """

    def __init__(
        self, gateway: CardGateway, *, publishable_key: str | None = None, kept: KeptHandler | None = None
    ) -> None:
        self._gateway = gateway
        self._kept = kept
        self.publishable_key = publishable_key

    async def begin(self, setup_id: UUID, now: datetime) -> str:
        """Open a setup at the processor; gives the secret for its card element. Safe to ask again.

        Raises:
            NotFound: `setup-unknown`. Conflict: `setup-ended`.
            Unavailable: the processor refused, or nobody answered; nothing was kept.
        """
        forbid_transaction()
        found = await self._known(setup_id)
        if not found.live:
            raise Conflict("setup-ended", "This card is kept already, or the page is too old. Open it again.")
        processor_id = found.processor_id
        if processor_id is None:
            customer = await self._customer(found.guest_id, now)
            processor_id = await self._gateway.set_up(setup_id, customer)
            await setup_created(setup_id, processor_id, now)
        return await self._gateway.setup_secret(processor_id)

    async def _customer(self, guest_id: UUID, now: datetime) -> str:
        known = await customer_of(guest_id)
        if known is None:
            await remember_customer(guest_id, await self._gateway.customer(guest_id), now)
            known = await customer_of(guest_id)
        if known is None:
            raise RuntimeError(f"guest {guest_id} has no id at the processor")
        return known

    async def sample(self, setup_id: UUID, token: str, now: datetime) -> SetupView:
        """Keep a sample card of the pretended processor; gives how it ended.

        Raises:
            Invalid: `sample-card-unknown`. Conflict: `processor-is-real`, `setup-ended`.
            NotFound, Unavailable: as `begin`.
        """
        if token not in SAMPLE_CARDS:
            raise Invalid("sample-card-unknown", "Choose one of the sample cards shown.")
        await self.begin(setup_id, now)
        found = await self._known(setup_id)
        if found.processor_id is None:
            raise RuntimeError(f"setup {setup_id} has no id at the processor")
        outcome = await self._gateway.sample_card(found.processor_id, token)
        await record_setup(setup_id, outcome, now, self._kept)
        return await self._known(setup_id)

    async def check(self, setup_id: UUID, now: datetime) -> SetupView:
        """Ask the processor how keeping a card stands and record the answer.

        Raises:
            NotFound: `setup-unknown`.
        """
        forbid_transaction()
        found = await self._known(setup_id)
        if found.live:
            await record_setup(setup_id, await self._read(found, now), now, self._kept)
        return await self._known(setup_id)

    async def drop(self, setup_id: UUID, now: datetime) -> SetupView:
        """Stop keeping a card; one that the guest gave a moment ago is kept. Gives how it ended.

        Raises:
            NotFound: `setup-unknown`.
        """
        found = await self._known(setup_id)
        if found.live and found.processor_id is not None:
            await self._gateway.cancel_setup(found.processor_id)
        return await self.check(setup_id, now)

    async def _read(self, found: SetupView, now: datetime) -> SetupOutcome:
        if found.processor_id is None:
            return Unknown("never created")
        outcome = await self._gateway.read_setup(found.processor_id)
        if isinstance(outcome, InProgress) and now - found.consented_at >= SETUP_LIFE:
            await self._gateway.cancel_setup(found.processor_id)
            return await self._gateway.read_setup(found.processor_id)
        return outcome

    async def heard(self, event: StoredEvent, now: datetime) -> bool:
        """Look at the setup an event names; False when it is none of ours."""
        found = await card_setup_behind(event.object_id)
        if found is not None:
            await self.check(found.id, now)
        return found is not None

    async def recover(self, now: datetime, limit: int = 50) -> int:
        """Look at setups nobody finished, and have removed cards forgotten; gives how many were due."""
        due = await due_setups(now, limit)
        for setup_id in due:
            try:
                await self.check(setup_id, now)
            except Exception:
                log.exception("setup-recovery-failed", setup=str(setup_id))
        removed = await cards_to_forget(limit)
        for card_id, method in removed:
            if await self._gateway.forget(method):
                await card_forgotten(card_id, now)
        return len(due) + len(removed)

    @staticmethod
    async def _known(setup_id: UUID) -> SetupView:
        found = await card_setup(setup_id)
        if found is None:
            raise NotFound("setup-unknown", "There is no such card.")
        return found
