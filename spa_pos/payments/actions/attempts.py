"""Writing attempts down: before the processor is asked, after every step, and how it ended."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from uuid import UUID

import structlog

from spa_pos.db import action, fetch, fetch_one, insert
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.payments.queries import AttemptView, attempt_for_update, stored_card_for_update
from spa_pos.payments.rules import (
    Cancelled,
    Declined,
    Outcome,
    Paid,
    PaidAttempt,
    State,
    Unknown,
    check_after,
    check_amount,
    next_state,
)
from spa_pos.payments.tables import Attempt, Reader

log = structlog.get_logger(__name__)

PaidHandlers = Mapping[str, Callable[[PaidAttempt], Awaitable[None]]]
"""Purpose → who hears, in the same transaction, that an attempt of that purpose is paid."""


@action
async def register_reader(
    *, reader_id: UUID, location_id: UUID, name: str, processor_id: str, simulated: bool
) -> None:
    """Make a reader known under the id the processor gave it."""
    await insert(
        Reader,
        id=reader_id,
        location=location_id,
        name=name,
        processor_id=processor_id,
        simulated=simulated,
        active=True,
    )


@action
async def open_attempt(
    *,
    attempt_id: UUID,
    location_id: UUID,
    purpose: str,
    subject: UUID,
    reader_id: UUID | None = None,
    stored_card_id: UUID | None = None,
    online: bool = False,
    amount_cents: Cents,
    now: datetime,
) -> None:
    """Write down that money is about to be asked for; the same again changes nothing.

    While the attempt lives, its reader and its subject have no other one. It names a reader, a card
    on file, which is charged without the guest doing anything, or is `online`: the guest types the card.

    Raises:
        Invalid: `card-amount-too-small`, `amount-too-large`.
        NotFound: `reader-unknown`, `card-unknown`.
        Conflict: `attempt-reused` when the id came before with other contents,
            `card-already-in-progress`, `reader-busy`.
    """
    check_amount(amount_cents)
    if not online:
        await _check_source(location_id, reader_id, stored_card_id)
    earlier = await attempt_for_update(attempt_id)
    if earlier is not None:
        before = (earlier.location_id, earlier.purpose, earlier.subject, earlier.reader_id)
        asked = (location_id, purpose, subject, reader_id, stored_card_id, amount_cents, online)
        if (*before, earlier.stored_card_id, earlier.amount_cents, earlier.online) != asked:
            raise Conflict(
                "attempt-reused", "This card payment was already asked for differently. Open it again."
            )
        return
    await insert(
        Attempt,
        id=attempt_id,
        location=location_id,
        purpose=purpose,
        subject=subject,
        reader=reader_id,
        stored_card=stored_card_id,
        online=online,
        amount_cents=amount_cents,
        state=State.NEW.value,
        tries=0,
        next_check_at=now + check_after(State.NEW, 0),
        made_at=now,
    )


async def _check_source(location_id: UUID, reader_id: UUID | None, stored_card_id: UUID | None) -> None:
    if (reader_id is None) is (stored_card_id is None):
        raise ValueError("an attempt has a reader or a card on file")
    if stored_card_id is not None:
        card = await stored_card_for_update(stored_card_id)
        if card is None or card.removed_at is not None:
            raise NotFound("card-unknown", "This card is not on file any more. Take another tender.")
        return
    reader = await fetch_one(
        "SELECT id FROM reader WHERE id = $1 AND location = $2 AND active FOR NO KEY UPDATE",
        reader_id,
        location_id,
    )
    if reader is None:
        raise NotFound("reader-unknown", "There is no such card reader here. Choose another one.")


async def _locked(attempt_id: UUID) -> AttemptView:
    found = await attempt_for_update(attempt_id)
    if found is None:
        raise NotFound("attempt-unknown", "There is no such card payment.")
    return found


@action
async def record_created(attempt_id: UUID, processor_id: str, now: datetime) -> State:
    """Write the processor's id down, before any money can move; gives the state after.

    Ended or further on: nothing changes. Then whoever asked must not go on.

    Raises:
        NotFound: `attempt-unknown`.
        RuntimeError: the processor gave two ids for one attempt.
    """
    found = await _locked(attempt_id)
    if found.state is not State.NEW:
        if found.live and found.processor_id != processor_id:
            raise RuntimeError(f"attempt {attempt_id} has two ids at the processor")
        return found.state
    await fetch(
        "UPDATE attempt SET state = $2, processor_id = $3, next_check_at = $4 WHERE id = $1",
        attempt_id,
        State.CREATED.value,
        processor_id,
        now + check_after(State.CREATED, 0),
    )
    return State.CREATED


@action
async def record_never_created(attempt_id: UUID, now: datetime) -> State:
    """Cancel an attempt that has no id at the processor, for without one nobody can be charged.

    Gives the state after: an attempt that got its id meanwhile stays as it is, and is live.

    Raises:
        NotFound: `attempt-unknown`.
    """
    found = await _locked(attempt_id)
    if found.state is not State.NEW:
        return found.state
    await _end(found, State.CANCELLED, Cancelled(), now)
    return State.CANCELLED


@action
async def record_submitted(attempt_id: UUID, now: datetime) -> State:
    """Write down that a reader asks for the card; gives the state after.

    Raises:
        NotFound: `attempt-unknown`.
    """
    found = await _locked(attempt_id)
    if found.state is not State.CREATED:
        return found.state
    await fetch(
        "UPDATE attempt SET state = $2, next_check_at = $3 WHERE id = $1",
        attempt_id,
        State.SUBMITTED.value,
        now + check_after(State.SUBMITTED, 0),
    )
    return State.SUBMITTED


@action
async def record_outcome(attempt_id: UUID, outcome: Outcome, handlers: PaidHandlers, now: datetime) -> State:
    """Write down what the processor said of an attempt; gives the state after.

    When that makes it paid, whoever the money is for is told in the same transaction. A late or
    repeated outcome changes nothing.

    Raises:
        NotFound: `attempt-unknown`.
        LookupError: nobody answers for the attempt's purpose; then nothing is recorded.
    """
    found = await _locked(attempt_id)
    if not found.live:
        if isinstance(outcome, Paid) and found.state is not State.PAID:
            log.error("paid-after-the-end", attempt=str(attempt_id), state=found.state.value)
        return found.state
    state = next_state(found.state, outcome)
    if state.live:
        await _wait(found, state, outcome, now)
        return state
    await _end(found, state, outcome, now)
    if isinstance(outcome, Paid):
        await _tell(found, outcome, handlers, now)
    return state


async def _end(found: AttemptView, state: State, outcome: Outcome, now: datetime) -> None:
    paid = outcome if isinstance(outcome, Paid) else None
    declined = outcome if isinstance(outcome, Declined) else None
    await fetch(
        "UPDATE attempt SET state = $2, received_cents = $3, card_brand = $4, card_last4 = $5,"
        " decline_code = $6, decline_sentence = $7, ended_at = $8, next_check_at = NULL WHERE id = $1",
        found.id,
        state.value,
        paid and paid.received_cents,
        paid and paid.brand,
        paid and paid.last4,
        declined and declined.code,
        declined and declined.sentence,
        now,
    )


async def _wait(found: AttemptView, state: State, outcome: Outcome, now: datetime) -> None:
    """Plan the next look. A screen that asks every second writes only when something changed."""
    silent = isinstance(outcome, Unknown)
    overdue = found.next_check_at is None or found.next_check_at <= now
    if state is found.state and not silent and not overdue:
        return
    tries = min(found.tries + 1, 1_000) if silent else found.tries
    await fetch(
        "UPDATE attempt SET state = $2, tries = $3, next_check_at = $4 WHERE id = $1",
        found.id,
        state.value,
        tries,
        now + check_after(state, tries),
    )


async def _tell(found: AttemptView, paid: Paid, handlers: PaidHandlers, now: datetime) -> None:
    handler = handlers.get(found.purpose)
    if handler is None:
        raise LookupError(f"nobody answers for attempts with the purpose {found.purpose!r}")
    await handler(
        PaidAttempt(
            attempt_id=found.id,
            location_id=found.location_id,
            purpose=found.purpose,
            subject=found.subject,
            amount_cents=found.amount_cents,
            received_cents=paid.received_cents,
            brand=paid.brand,
            last4=paid.last4,
            paid_at=now,
            on_file=found.stored_card_id is not None,
            online=found.online,
        )
    )


@action
async def put_off(attempt_id: UUID, now: datetime) -> None:
    """Look at an attempt later, so that one that cannot be recorded does not hold up the others."""
    found = await _locked(attempt_id)
    if found.live:
        tries = min(found.tries + 1, 1_000)
        await fetch(
            "UPDATE attempt SET tries = $2, next_check_at = $3 WHERE id = $1",
            attempt_id,
            tries,
            now + check_after(State.UNKNOWN, tries),
        )
