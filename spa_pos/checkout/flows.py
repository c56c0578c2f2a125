"""Refunds that go to cards: action → processor → action; a crash in between is healed by asking again."""

from datetime import datetime
from uuid import UUID

import structlog

from spa_pos.checkout.actions.refunds import BY_CARD, record_given_back
from spa_pos.checkout.queries import due_parts, parts_of
from spa_pos.db import forbid_transaction
from spa_pos.kernel.actor import Actor, Role
from spa_pos.ledger.queries import place
from spa_pos.payments.flows import CardPayments

log = structlog.get_logger(__name__)


async def send_back(actor: Actor, cards: CardPayments, *, refund_id: UUID, now: datetime) -> None:
    """Carry the card parts of a refund to the processor, or ask what became of them; once is enough.

    Never raises for what the processor says: it is written on the part.
    """
    forbid_transaction()
    for part in await parts_of(refund_id):
        if part.kind not in BY_CARD or part.status not in ("requested", "unknown"):
            continue
        if part.card_processor_id is None:
            raise RuntimeError(f"refund part {part.id} is of no card payment")
        outcome = await cards.give_back(part.id, part.card_processor_id, part.amount_cents)
        await record_given_back(actor, refund_id=refund_id, part_id=part.id, outcome=outcome, now=now)


async def recover_refunds(cards: CardPayments, now: datetime, limit: int = 50) -> int:
    """Look at every card refund nobody heard of again; gives how many were due."""
    due = await due_parts(now, limit)
    for refund_id, location_id in due:
        where = await place(location_id)
        processor = Actor("The card processor", Role.FRONT_DESK, where.id, where.zone)
        try:
            await send_back(processor, cards, refund_id=refund_id, now=now)
        except Exception:
            log.exception("refund-recovery-failed", refund=str(refund_id))
    return len(due)
