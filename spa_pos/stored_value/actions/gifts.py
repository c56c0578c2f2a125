"""Value of ours that we give away: granted within limits, ended when its last day is over."""

from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.queries import place, places
from spa_pos.stored_value.actions.common import asked_before, check_manager, move, post, same_amount
from spa_pos.stored_value.queries import Holding, ended_gifts, given_on, holding, terms_of
from spa_pos.stored_value.rules import (
    FREE_KINDS,
    Kind,
    Parts,
    check_amount,
    check_free_terms,
    check_given_today,
    clean_reason,
    postings_for_gift,
    postings_for_gift_ended,
)
from spa_pos.stored_value.tables import Holding as HoldingRow


async def check_gift(actor: Actor, amount: Cents, *, now: datetime) -> None:
    """May this person give so much away today, beside what was given already? Inside an action.

    Raises:
        NotAllowed: `gift-needs-manager`.
        Conflict: `given-enough-today`.
    """
    check_manager(actor, "gift-needs-manager", "A manager gives value away. Ask one to sign in here.")
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('given:' || $1, 0))", str(actor.location_id))
    today = local_date(now, actor.zone)
    check_given_today(await given_on(actor.location_id, today), amount, await terms_of(actor.location_id))


async def give(
    actor: Actor,
    *,
    gift_id: UUID,
    whose: Holding,
    amount: Cents,
    now: datetime,
    reason: str | None = None,
    approved: bool = False,
) -> None:
    """Add value of ours to a holding, inside an action; a manager does, within the day's limit.

    With `approved` both were looked at before.

    Raises:
        NotAllowed: `gift-needs-manager`.
        Conflict: `given-enough-today`.
    """
    if not approved:
        await check_gift(actor, amount, now=now)
    await move(
        actor,
        movement_id=gift_id,
        whose=whose,
        kind="granted",
        parts=Parts(Cents(0), amount),
        verb="gave value away",
        reason=reason,
        now=now,
    )
    await post(
        actor,
        entry_id=gift_id,
        kind="value-granted",
        subject=whose.id,
        postings=postings_for_gift(whose.kind, amount),
        now=now,
    )


@action
async def grant_credit(
    actor: Actor,
    *,
    grant_id: UUID,
    credit_id: UUID,
    guest_id: UUID,
    kind: Kind,
    amount_cents: Cents,
    until: date | None,
    reason: str,
    now: datetime,
) -> UUID:
    """Give a guest promotional or goodwill credit, each grant a credit of its own; it may have a last day.

    Raises:
        NotAllowed: `gift-needs-manager`.
        Invalid: `amount-nothing`, `already-expired`, `reason-missing`, `credit-not-free`.
        Conflict: `given-enough-today`, `id-taken`.
    """
    known = await asked_before(grant_id, credit_id, ("granted",))
    if known is not None:
        same_amount(known, amount_cents)
        return credit_id
    check_amount(amount_cents)
    check_free_terms(Cents(0), amount_cents, until, today=local_date(now, actor.zone))
    if kind not in FREE_KINDS:
        raise Invalid("credit-not-free", "Choose promotional or goodwill credit.", field="kind")
    await insert(
        HoldingRow,
        id=credit_id,
        kind=kind.value,
        location=actor.location_id,
        guest=guest_id,
        free_until=until,
        made_at=now,
        moved_at=now,
    )
    whose = await holding(credit_id)
    await give(
        actor, gift_id=grant_id, whose=whose, amount=amount_cents, reason=clean_reason(reason), now=now
    )
    return credit_id


async def end_gift(
    actor: Actor, *, ended_id: UUID, whose: Holding, kind: str, verb: str, now: datetime
) -> None:
    """Take the free part of a locked holding away, inside an action: it `expired` or is `withdrawn`."""
    if whose.free_cents == 0:
        return
    await move(
        actor,
        movement_id=ended_id,
        whose=whose,
        kind=kind,
        parts=Parts(Cents(0), Cents(-whose.free_cents)),
        verb=verb,
        now=now,
    )
    await post(
        actor,
        entry_id=ended_id,
        kind=f"value-{kind}",
        subject=whose.id,
        postings=postings_for_gift_ended(whose.kind, whose.free_cents),
        now=now,
    )


async def without_ended_gift(actor: Actor, whose: Holding, *, now: datetime) -> Holding:
    """A locked holding whose free part is gone when its last day is over."""
    if whose.balance.usable(local_date(now, actor.zone)).free_cents == whose.free_cents:
        return whose
    verb = "ended a free part"
    await end_gift(actor, ended_id=uuid7(now), whose=whose, kind="expired", verb=verb, now=now)
    return await holding(whose.id)


@action
async def expire_gift(holding_id: UUID, *, now: datetime) -> None:
    """End the free part of one holding when its last day is over at the place that issued it."""
    whose = await holding(holding_id, for_update=True)
    where = await place(whose.location_id)
    await without_ended_gift(Actor("The calendar", Role.MANAGER, where.id, where.zone), whose, now=now)


async def expire_gifts(now: datetime) -> int:
    """End every free part whose last day is over; gives how many. Paid parts never end."""
    ended = 0
    for where in await places():
        for holding_id in await ended_gifts(where.id, local_date(now, where.zone)):
            await expire_gift(holding_id, now=now)
            ended += 1
    return ended
