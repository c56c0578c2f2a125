"""Cards on file: what a guest agreed to is written before the processor is asked."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.payments.queries import SetupView, card_setup_for_update, stored_card_for_update
from spa_pos.payments.rules import (
    CONSENT_VERSION,
    SETUP_LIFE,
    Agreed,
    Cancelled,
    CardRefused,
    CardSaved,
    SetupOutcome,
    consent_text,
)
from spa_pos.payments.tables import CardSetup, StoredCard
from spa_pos.people.actions import record

NEXT_LOOK = timedelta(minutes=1)
SLOW_LOOK = timedelta(minutes=10)


@action
async def agree_to_keep_card(
    actor: Actor,
    *,
    setup_id: UUID,
    guest_id: UUID,
    place_name: str,
    seen_from: str | None,
    now: datetime,
    agreed: Agreed | None = None,
) -> UUID:
    """Write down that a guest lets us keep a card, word for word, before any card is asked for.

    `actor` without a staff id is the guest on their own device; `seen_from` is its address, `agreed` what
    they read there, the English text where nothing is said.
    The same id again changes nothing.

    Raises:
        Conflict: `setup-reused` when the id came before for another guest.
    """
    earlier = await card_setup_for_update(setup_id)
    if earlier is not None:
        if (earlier.guest_id, earlier.location_id) != (guest_id, actor.location_id):
            raise Conflict("setup-reused", "This form was used before. Open the page again.")
        return setup_id
    await insert(
        CardSetup,
        id=setup_id,
        location=actor.location_id,
        guest=guest_id,
        consent_text=agreed.words if agreed else consent_text(place_name),
        consent_language=agreed.language if agreed else "en",
        consent_version=CONSENT_VERSION,
        consented_at=now,
        consented_from=seen_from and seen_from[:45],
        asked_by=actor.staff_id,
        next_check_at=now + NEXT_LOOK,
    )
    await record(
        actor,
        verb="agreed to a card on file",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        after={"setup": setup_id, "consent_version": CONSENT_VERSION},
    )
    return setup_id


@action
async def remember_customer(guest_id: UUID, processor_id: str, now: datetime) -> None:
    """Write down a guest's id at the processor; the first one stays."""
    await fetch(
        "INSERT INTO card_customer (id, guest, processor_id) VALUES ($1, $2, $3)"
        " ON CONFLICT (guest) DO NOTHING",
        uuid7(now),
        guest_id,
        processor_id,
    )


@action
async def setup_created(setup_id: UUID, processor_id: str, now: datetime) -> None:
    """Write down the processor's id of a setup."""
    await fetch(
        "UPDATE card_setup SET state = 'created', processor_id = $2, next_check_at = $3"
        " WHERE id = $1 AND state = 'new'",
        setup_id,
        processor_id,
        now + NEXT_LOOK,
    )


KeptHandler = Callable[[UUID, datetime], Awaitable[None]]
"""Who hears, in the same transaction, that a card is kept, by the number of its setup."""


@action
async def record_setup(
    setup_id: UUID, outcome: SetupOutcome, now: datetime, kept: KeptHandler | None = None
) -> str:
    """Write down how keeping a card stands; gives the state after. An ended one never changes.

    Raises:
        NotFound: `setup-unknown`.
    """
    found = await card_setup_for_update(setup_id)
    if found is None:
        raise NotFound("setup-unknown", "There is no such card.")
    if not found.live:
        return found.state
    match outcome:
        case CardSaved():
            await _save(found, outcome, now)
            if kept is not None:
                await kept(setup_id, now)
            return "saved"
        case CardRefused():
            return await _end(found, "failed", now, outcome.sentence)
        case Cancelled():
            return await _end(found, "dropped", now)
    if now - found.consented_at >= SETUP_LIFE and found.processor_id is None:
        return await _end(found, "dropped", now)
    tries = min(found.tries + 1, 1_000)
    await fetch(
        "UPDATE card_setup SET tries = $2, next_check_at = $3 WHERE id = $1",
        setup_id,
        tries,
        now + (NEXT_LOOK if tries < 15 else SLOW_LOOK),
    )
    return found.state


async def _end(found: SetupView, state: str, now: datetime, problem: str | None = None) -> str:
    await fetch(
        "UPDATE card_setup SET state = $2, ended_at = $3, problem = $4, next_check_at = NULL WHERE id = $1",
        found.id,
        state,
        now,
        problem and problem[:200],
    )
    return state


async def _save(found: SetupView, card: CardSaved, now: datetime) -> None:
    await _end(found, "saved", now)
    await insert(
        StoredCard,
        id=found.id,
        guest=found.guest_id,
        processor_id=card.processor_id,
        brand=card.brand,
        last4=card.last4,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        saved_at=now,
    )


@action
async def remove_card(actor: Actor, *, card_id: UUID, guest_id: UUID, now: datetime) -> None:
    """A card is not charged any more from now on; the processor is told afterwards.

    Raises:
        NotFound: `card-unknown`.
        Conflict: `card-in-use` while a payment with it is under way.
    """
    found = await stored_card_for_update(card_id)
    if found is None or found.guest_id != guest_id:
        raise NotFound("card-unknown", "There is no such card on file.")
    if found.removed_at is not None:
        return
    busy = await fetch(
        "SELECT 1 FROM attempt WHERE stored_card = $1"
        " AND state IN ('new', 'created', 'submitted', 'unknown')",
        card_id,
    )
    if busy:
        raise Conflict("card-in-use", "A payment with this card is under way. Remove it when that has ended.")
    await fetch(
        "UPDATE stored_card SET removed_at = $2, removed_by = $3 WHERE id = $1", card_id, now, actor.staff_id
    )
    await record(
        actor,
        verb="removed a card on file",
        subject_kind="guest",
        subject=guest_id,
        now=now,
        before={"card": card_id, "last4": found.last4},
    )


@action
async def card_forgotten(card_id: UUID, now: datetime) -> None:
    """The processor has let go of a removed card."""
    await fetch(
        "UPDATE stored_card SET detached_at = $2"
        " WHERE id = $1 AND removed_at IS NOT NULL AND detached_at IS NULL",
        card_id,
        now,
    )
