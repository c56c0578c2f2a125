"""Card payments from the reader to the record: action → processor → action.

A crash between any two steps is healed by `recover`, which asks the processor what became of
the attempt and records it with the same last step (PAYMENTS.md §6.5).
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from spa_pos.db import forbid_transaction
from spa_pos.kernel.errors import Conflict, Invalid, NotFound, Refusal
from spa_pos.kernel.money import Cents
from spa_pos.payments.actions import (
    PaidHandlers,
    put_off,
    record_created,
    record_never_created,
    record_outcome,
    record_submitted,
)
from spa_pos.payments.gateways import CardGateway, ProcessorLists
from spa_pos.payments.queries import AttemptView, attempt, due_attempts
from spa_pos.payments.rules import (
    KEY_LIFE,
    SAMPLE_PAYMENTS,
    Declined,
    InProgress,
    Outcome,
    Paid,
    RefundOutcome,
    SimulatedCard,
    State,
    Unknown,
    is_abandoned,
    simulated_card,
)

log = structlog.get_logger(__name__)

Work = Callable[[], Coroutine[Any, Any, AttemptView]]


@dataclass(frozen=True, slots=True)
class Recovered:
    """What one round of recovery did."""

    looked_at: int
    ended: int
    failed: int


class CardPayments:
    """One processor, and who hears that an attempt is paid.

    Every verb runs in a task of its own: a browser that goes away stops nobody half-way. The same
    verb for the same attempt, asked twice at once, is done once.
    """

    def __init__(self, gateway: CardGateway, handlers: PaidHandlers) -> None:
        self._gateway = gateway
        self._handlers = handlers
        self._running: dict[tuple[str, UUID], asyncio.Task[AttemptView]] = {}

    @property
    def lists(self) -> ProcessorLists:
        """What the processor tells of what it did."""
        return self._gateway

    async def start(self, attempt_id: UUID, now: datetime) -> AttemptView:
        """Carry an opened attempt to its reader; asked again, go on where it stands.

        An attempt without an answer is presented again under the same key, if nothing was charged.

        Raises:
            NotFound: `attempt-unknown`.
            Conflict, Unavailable: the reader or the processor said no, or nobody answered before
                money could move. The attempt is cancelled and nothing was charged.
        """
        return await self._apart("start", attempt_id, lambda: self._start(attempt_id, now))

    async def check(self, attempt_id: UUID, now: datetime) -> AttemptView:
        """Ask the processor how an attempt stands and record the answer.

        Raises:
            NotFound: `attempt-unknown`.
        """
        return await self._apart("check", attempt_id, lambda: self._check(attempt_id, now))

    async def cancel(self, attempt_id: UUID, now: datetime) -> AttemptView:
        """Stop asking for the card. A guest who was quicker has paid; without an answer it stays live.

        Raises:
            NotFound: `attempt-unknown`.
        """
        return await self._apart("cancel", attempt_id, lambda: self._cancel(attempt_id, now))

    async def give_back(self, refund_id: UUID, processor_id: str, amount_cents: Cents) -> RefundOutcome:
        """Send money back to the card it came from; asked again for the same refund, it goes once.

        Never raises; no answer is unknown.
        """
        forbid_transaction()
        return await asyncio.shield(self._gateway.give_back(refund_id, processor_id, amount_cents))

    async def simulate_tap(self, attempt_id: UUID, card: str, now: datetime) -> AttemptView:
        """Hold one of the simulated cards to a simulated reader and look what came of it.

        Raises:
            NotFound: `attempt-unknown`.
            Invalid: `simulated-card-unknown`.
            Conflict: `reader-is-real`, `attempt-ended`, `reader-not-asking`.
            Unavailable: nobody answered.
        """
        chosen = simulated_card(card)
        return await self._apart("tap", attempt_id, lambda: self._tap(attempt_id, chosen, now))

    async def secret(self, attempt_id: UUID) -> str:
        """What the processor's page element needs to take the card of an online attempt; for its payer alone.

        Raises:
            NotFound: `attempt-unknown`. Conflict: `attempt-ended`.
            Unavailable: the processor refused, or nobody answered.
        """
        forbid_transaction()
        found = await _known(attempt_id)
        if not found.live or not found.online or found.processor_id is None:
            raise Conflict("attempt-ended", "This card payment has ended. Start a new one.")
        return await self._gateway.payment_secret(found.processor_id)

    async def sample(self, attempt_id: UUID, token: str, now: datetime) -> AttemptView:
        """Pay an online attempt with a test token of the pretended processor.

        Raises:
            NotFound: `attempt-unknown`. Invalid: `sample-card-unknown`. Conflict: `processor-is-real`.
        """
        if token not in SAMPLE_PAYMENTS:
            raise Invalid("sample-card-unknown", "Choose one of the sample cards shown.")
        return await self._apart("sample", attempt_id, lambda: self._sample(attempt_id, token, now))

    async def _sample(self, attempt_id: UUID, token: str, now: datetime) -> AttemptView:
        found = await _known(attempt_id)
        if found.live and found.online and found.processor_id is not None:
            outcome = await self._gateway.sample_payment(found.id, found.processor_id, token)
            await self._conclude(found, outcome, now)
        return await _known(attempt_id)

    async def recover(self, now: datetime, limit: int = 50) -> Recovered:
        """Look at every live attempt that is due, at most `limit` of them.

        What died before a card was asked for, or waits too long, is cancelled; of the rest the
        processor is asked. One that fails is logged and looked at later.
        """
        forbid_transaction()
        due = await due_attempts(now, limit)
        ended = failed = 0
        for attempt_id in due:
            try:
                found = await self._recover(attempt_id, now)
                ended += not found.live
            except Exception:
                log.exception("recovery-failed", attempt=str(attempt_id))
                failed += 1
                await put_off(attempt_id, now)
        return Recovered(len(due), ended, failed)

    async def finish(self) -> None:
        """Wait for every call under way; for an orderly end of the program."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _apart(self, verb: str, attempt_id: UUID, work: Work) -> AttemptView:
        forbid_transaction()
        name = (verb, attempt_id)
        task = self._running.get(name)
        if task is None:
            task = asyncio.create_task(work(), name=f"{verb} {attempt_id}")
            self._running[name] = task
            task.add_done_callback(lambda done: self._ended(name, done))
        return await asyncio.shield(task)

    def _ended(self, name: tuple[str, UUID], task: asyncio.Task[AttemptView]) -> None:
        self._running.pop(name, None)
        problem = None if task.cancelled() else task.exception()
        if problem is not None and not isinstance(problem, Refusal):
            log.error("card-step-failed", step=name[0], attempt=str(name[1]), problem=type(problem).__name__)

    async def _start(self, attempt_id: UUID, now: datetime) -> AttemptView:
        found = await _known(attempt_id)
        if found.state is State.NEW:
            found = await self._create(found, now)
        if found.stored_card_id is not None:
            await self._charge(found, now)
        elif found.online:
            if found.state is State.CREATED:
                await record_submitted(found.id, now)
        elif found.state is State.CREATED or await self._may_present_again(found, now):
            await self._present(found, now)
        return await _known(attempt_id)

    async def _create(self, found: AttemptView, now: datetime) -> AttemptView:
        try:
            processor_id = await self._announce(found)
        except Refusal:
            await record_never_created(found.id, now)
            raise
        if not (await record_created(found.id, processor_id, now)).live:
            with contextlib.suppress(Refusal):
                await self._gateway.cancel(processor_id)
        return await _known(found.id)

    async def _announce(self, found: AttemptView) -> str:
        method, customer = found.method_processor_id, found.customer_processor_id
        if method is not None and customer is not None:
            return await self._gateway.create_on_file(found.id, found.amount_cents, customer, method)
        if found.online:
            return await self._gateway.create_online(found.id, found.amount_cents)
        return await self._gateway.create(found.id, found.amount_cents)

    async def _charge(self, found: AttemptView, now: datetime) -> None:
        """Charge a card on file once; whatever the answer, what counts is what is read afterwards.

        Left alone by the processor for a confirmation of the guest, it is cancelled: nobody is there.
        """
        if found.state is not State.CREATED:
            return
        try:
            outcome = await self._gateway.charge(found.id, _id(found))
        except Refusal:
            await self._cancel(found.id, now)
            raise
        await self._conclude(found, outcome, now)

    async def _conclude(self, found: AttemptView, outcome: Outcome, now: datetime) -> None:
        """Record what became of a card; one that did not pay cannot pay later by surprise."""
        if isinstance(outcome, Declined | InProgress):
            with contextlib.suppress(Refusal):
                await self._gateway.cancel(_id(found))
            again = await self._gateway.read(_id(found))
            sure = isinstance(outcome, Declined) and not isinstance(again, Paid | Unknown)
            outcome = outcome if sure else again
        await self._record(found, outcome, now)

    async def _may_present_again(self, found: AttemptView, now: datetime) -> bool:
        """True when nobody knows whether the reader ever asked, and nothing was charged so far."""
        if found.state is not State.UNKNOWN or now - found.made_at >= KEY_LIFE:
            return False
        outcome = await self._read(found)
        await self._record(found, outcome, now)
        return isinstance(outcome, InProgress)

    async def _present(self, found: AttemptView, now: datetime) -> None:
        try:
            outcome = await self._gateway.present(found.id, _id(found), _reader(found))
        except Refusal:
            await self._cancel(found.id, now)
            raise
        if isinstance(outcome, InProgress):
            await record_submitted(found.id, now)
        else:
            await self._record(found, outcome, now)

    async def _check(self, attempt_id: UUID, now: datetime) -> AttemptView:
        found = await _known(attempt_id)
        if found.live and found.processor_id is not None:
            await self._record(found, await self._read(found), now)
        return await _known(attempt_id)

    async def _read(self, found: AttemptView) -> Outcome:
        """What the processor says. Declined is only said once no other card can pay the attempt."""
        outcome = await self._gateway.read(_id(found))
        if not isinstance(outcome, Declined):
            return outcome
        with contextlib.suppress(Refusal):
            await self._gateway.cancel(_id(found))
        again = await self._gateway.read(_id(found))
        return again if isinstance(again, Paid) else outcome

    async def _cancel(self, attempt_id: UUID, now: datetime) -> AttemptView:
        await record_never_created(attempt_id, now)
        found = await _known(attempt_id)
        if not found.live or found.processor_id is None:
            return found
        with contextlib.suppress(Refusal):
            if found.reader_processor_id is not None:
                await self._gateway.cancel_on_reader(found.processor_id, found.reader_processor_id)
        with contextlib.suppress(Refusal):
            await self._gateway.cancel(found.processor_id)
        return await self._check(attempt_id, now)

    async def _tap(self, attempt_id: UUID, card: SimulatedCard, now: datetime) -> AttemptView:
        found = await _known(attempt_id)
        if not found.simulated:
            raise Conflict("reader-is-real", "This is a real reader. Ask the guest to tap their card.")
        if not found.live:
            raise Conflict("attempt-ended", "This card payment has ended. Start a new one.")
        if card is SimulatedCard.NO_ANSWER:
            await self._gateway.simulate_silence()
        await self._gateway.simulate_tap(_reader(found), card.number)
        return await self._check(attempt_id, now)

    async def _recover(self, attempt_id: UUID, now: datetime) -> AttemptView:
        found = await _known(attempt_id)
        if is_abandoned(found.state, found.made_at, now, online=found.online):
            return await self.cancel(attempt_id, now)
        return await self.check(attempt_id, now)

    async def _record(self, found: AttemptView, outcome: Outcome, now: datetime) -> State:
        return await record_outcome(found.id, outcome, self._handlers, now)


async def _known(attempt_id: UUID) -> AttemptView:
    found = await attempt(attempt_id)
    if found is None:
        raise NotFound("attempt-unknown", "There is no such card payment.")
    return found


def _reader(found: AttemptView) -> str:
    if found.reader_processor_id is None:
        raise RuntimeError(f"attempt {found.id} has no reader")
    return found.reader_processor_id


def _id(found: AttemptView) -> str:
    if found.processor_id is None:
        raise RuntimeError(f"attempt {found.id} has no id at the processor")
    return found.processor_id
