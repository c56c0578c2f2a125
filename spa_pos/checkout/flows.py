"""Refunds that go to cards, deposits not paid in time, and days of cards compared with the processor.

A refund is action → processor → action; a crash in between is healed by asking again.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

import structlog

from spa_pos.booking.queries.online import late_payments
from spa_pos.checkout.actions import leave_unpaid
from spa_pos.checkout.actions.card_returns import record_card_return
from spa_pos.checkout.actions.given_back import BY_CARD, UNDER_WAY, record_given_back
from spa_pos.checkout.queries import (
    card_return,
    card_return_behind,
    due_card_returns,
    due_parts,
    parts_behind,
    parts_of,
)
from spa_pos.checkout.queries.compare import our_payments, our_refunds, tickets_behind
from spa_pos.db import forbid_transaction
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Refusal
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.ledger.queries import Place, place, places
from spa_pos.payments.actions import record_card_day, record_card_day_failed
from spa_pos.payments.flows import CardPayments
from spa_pos.payments.queries import StoredEvent
from spa_pos.payments.rules import Compared, compare_payments, compare_refunds

log = structlog.get_logger(__name__)


async def send_back(actor: Actor, cards: CardPayments, *, refund_id: UUID, now: datetime) -> None:
    """Carry the card parts of a refund to the processor, or ask what became of them; once is enough.

    Never raises for what the processor says: it is written on the part.
    """
    forbid_transaction()
    for part in await parts_of(refund_id):
        if part.kind not in BY_CARD or part.status not in UNDER_WAY:
            continue
        if part.card_processor_id is None:
            raise RuntimeError(f"refund part {part.id} is of no card payment")
        outcome = await cards.give_back(part.id, part.card_processor_id, part.amount_cents)
        await record_given_back(actor, refund_id=refund_id, part_id=part.id, outcome=outcome, now=now)


async def return_card(actor: Actor, cards: CardPayments, *, return_id: UUID, now: datetime) -> None:
    """Carry a card payment of an open ticket back to its card, or ask what became of it.

    Never raises for what the processor says: it is written down.
    """
    forbid_transaction()
    found = await card_return(return_id)
    if found is not None and found.under_way:
        outcome = await cards.give_back(found.id, found.payment_id, found.amount_cents)
        await record_card_return(actor, return_id=return_id, outcome=outcome, now=now)


async def _return_card(cards: CardPayments, return_id: UUID, now: datetime) -> None:
    found = await card_return(return_id)
    if found is not None:
        await return_card(await _processor(found.location_id), cards, return_id=return_id, now=now)


async def _processor(location_id: UUID) -> Actor:
    where = await place(location_id)
    return Actor("The card processor", Role.FRONT_DESK, where.id, where.zone)


async def heard_of_refund(cards: CardPayments, event: StoredEvent, now: datetime) -> bool:
    """The processor told of a refund: ask what became of it, when it is one of ours that has not ended.

    One that somebody made at the processor is no event of ours; the comparison of the night shows it.
    """
    for refund_id, location_id in await parts_behind(event.object_id, event.payment_id):
        await send_back(await _processor(location_id), cards, refund_id=refund_id, now=now)
    return_id = await card_return_behind(event.object_id, event.payment_id)
    if return_id is not None:
        await _return_card(cards, return_id, now)
    return True


async def recover_refunds(cards: CardPayments, now: datetime, limit: int = 50) -> int:
    """Look at every card refund nobody heard of again; gives how many were due."""
    due = await due_parts(now, limit)
    for refund_id, location_id in due:
        try:
            await send_back(await _processor(location_id), cards, refund_id=refund_id, now=now)
        except Exception:
            log.exception("refund-recovery-failed", refund=str(refund_id))
    returns = await due_card_returns(now, limit)
    for return_id in returns:
        try:
            await _return_card(cards, return_id, now)
        except Exception:
            log.exception("card-return-recovery-failed", card_return=str(return_id))
    return len(due) + len(returns)


async def end_late_payments(cards: CardPayments, now: datetime) -> int:
    """Stop asking for cards whose time is held no longer; who was quicker has paid, and is booked.

    Where nobody answers the time stays held, for two hours at most. What guests began to pay by the link to
    their visit and left alone is off the register too. Gives how many were late.
    """
    late = await late_payments(now)
    for attempt_id in late:
        try:
            await cards.cancel(attempt_id, now)
        except Exception:
            log.exception("late-payment-not-ended", attempt=str(attempt_id))
    return len(late) + await leave_unpaid(now)


LOOK_BACK_DAYS = 7
"""So many days are compared every night: a refund can come back days after it was made."""


async def compare_nights(cards: CardPayments, now: datetime) -> int:
    """Compare the last days of every location with the processor; gives how many differences wait."""
    found = 0
    for where in await places():
        today = local_date(now, where.zone)
        for back in range(1, LOOK_BACK_DAYS + 1):
            found += await compare_day(cards, where, today - timedelta(days=back), now)
    if found:
        log.error("cards-differ", differences=found)
    return found


async def compare_day(cards: CardPayments, where: Place, day: date, now: datetime) -> int:
    """Lay a day of the processor beside ours, both ways; gives how many differences wait for somebody.

    A payment that still waits here is asked about first. What one side has on another day is asked for
    by its id, so that midnight makes no difference. When nobody answers that is written down: nothing is
    known of the day then, and what was found before stays.
    """
    forbid_transaction()
    since, until = day_bounds(day, where.zone)
    try:
        payments = await _payments(cards, where, since, until, now)
        refunds = await _refunds(cards, where, since, until)
    except Refusal as away:
        log.warning("cards-not-compared", day=str(day), problem=away.code)
        await record_card_day_failed(location_id=where.id, day=day, problem=away.sentence, now=now)
        return 0
    return await record_card_day(location_id=where.id, day=day, payments=payments, refunds=refunds, now=now)


async def _takes_strays(where: Place) -> bool:
    """What no location knows of is shown at one of them."""
    return (await places())[0].id == where.id


async def _payments(
    cards: CardPayments, where: Place, since: datetime, until: datetime, now: datetime
) -> Compared:
    charges = await cards.lists.charges_between(since, until)
    names = [one.payment_id for one in charges]
    for waiting in await our_payments(where.id, names, since, until):
        if waiting.state.live:
            await cards.check(waiting.attempt_id, now)
    known = await our_payments(where.id, names, since, until)
    ours = [one for one in known if one.location_id == where.id]
    for one in ours:
        if one.payment_id not in names:
            charges += await cards.lists.charges_of(one.payment_id)
    elsewhere = {one.payment_id for one in known} - {one.payment_id for one in ours}
    strays = await _takes_strays(where)
    mine = {one.payment_id for one in ours}
    seen = [one for one in charges if one.payment_id in mine or (strays and one.payment_id not in elsewhere)]
    return compare_payments(seen, ours)


async def _refunds(cards: CardPayments, where: Place, since: datetime, until: datetime) -> Compared:
    sent = await cards.lists.refunds_between(since, until)
    known = await our_refunds(
        where.id, [one.id for one in sent], [one.part for one in sent if one.part], since, until
    )
    ours = [one for one in known if one.location_id == where.id]
    listed = {one.id for one in sent} | {one.part for one in sent}
    for part in ours:
        if part.processor_id is not None and not {part.processor_id, str(part.part_id)} & listed:
            found = await cards.lists.refund_of(part.processor_id)
            sent += [found] if found is not None else []
    elsewhere = {one.processor_id for one in known if one.location_id != where.id}
    mine = {one.processor_id for one in ours} | {str(one.part_id) for one in ours}
    strays = await _takes_strays(where)
    seen = [one for one in sent if {one.id, one.part} & mine or (strays and one.id not in elsewhere)]
    tickets = await tickets_behind([one.payment_id for one in seen])
    return compare_refunds(seen, ours, tickets)
