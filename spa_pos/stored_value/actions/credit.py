"""Guest credit that was paid for, and deposits."""

from datetime import datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import record
from spa_pos.stored_value.actions.common import (
    Issued,
    asked_before,
    check_manager,
    locked_active,
    move,
    post,
    same_amount,
)
from spa_pos.stored_value.queries import Holding, holding
from spa_pos.stored_value.rules import (
    Kind,
    Parts,
    check_amount,
    clean_reason,
    postings_for_forfeit,
    postings_for_value_in,
)
from spa_pos.stored_value.tables import Holding as HoldingRow


async def open_credit(actor: Actor, *, guest_id: UUID, now: datetime) -> Holding:
    """The one credit a guest paid for, locked; made when there is none. Inside an action."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended('credit:' || $1, 0))", str(guest_id))
    row = await fetch_one(
        "SELECT id FROM holding WHERE guest = $1 AND kind = $2 ORDER BY made_at, id LIMIT 1",
        guest_id,
        Kind.PAID_CREDIT.value,
    )
    if row is not None:
        return await locked_active(row["id"])
    credit_id = uuid7(now)
    await insert(
        HoldingRow,
        id=credit_id,
        kind=Kind.PAID_CREDIT.value,
        location=actor.location_id,
        guest=guest_id,
        made_at=now,
        moved_at=now,
    )
    return await locked_active(credit_id)


async def _value_in(
    actor: Actor,
    *,
    movement_id: UUID,
    whose: Holding,
    kind: str,
    amount: Cents,
    verb: str,
    ticket_id: UUID,
    now: datetime,
) -> Issued:
    left = await move(
        actor,
        movement_id=movement_id,
        whose=whose,
        kind=kind,
        parts=Parts(amount),
        verb=verb,
        subject=ticket_id,
        now=now,
    )
    return Issued(whose.id, amount, left, postings_for_value_in(whose.kind, Parts(amount)))


@action
async def refund_to(
    actor: Actor,
    *,
    refund_id: UUID,
    amount_cents: Cents,
    ticket_id: UUID,
    now: datetime,
    guest_id: UUID | None = None,
    card_id: UUID | None = None,
) -> Issued:
    """Give money back as credit of a guest, or on a gift card: one that is there, or a new one of that id.

    The postings credit what we owe from then on. It counts as paid value: it never expires.

    Raises:
        Invalid: `amount-nothing`, `refund-to-nobody` unless exactly one of guest and card is named.
        Conflict: `card-not-active`, `card-replaced`, `not-a-card`, `id-taken`.
    """
    check_amount(amount_cents)
    known = await asked_before(refund_id, card_id, ("credited",))
    if known is not None:
        same_amount(known, amount_cents)
        before = await holding(known.holding_id)
        postings = postings_for_value_in(before.kind, known.parts)
        return Issued(before.id, amount_cents, before.balance.parts.total_cents, postings)
    if guest_id is not None and card_id is None:
        whose = await open_credit(actor, guest_id=guest_id, now=now)
    elif card_id is not None and guest_id is None:
        whose = await _card_of(actor, card_id, now)
    else:
        raise Invalid("refund-to-nobody", "Choose the guest's credit or a gift card.")
    return await _value_in(
        actor,
        movement_id=refund_id,
        whose=whose,
        kind="credited",
        amount=amount_cents,
        verb="gave money back as value",
        ticket_id=ticket_id,
        now=now,
    )


async def _card_of(actor: Actor, card_id: UUID, now: datetime) -> Holding:
    there = await fetch_one("SELECT kind FROM holding WHERE id = $1", card_id)
    if there is None:
        await insert(
            HoldingRow,
            id=card_id,
            kind=Kind.GIFT_CARD.value,
            location=actor.location_id,
            made_at=now,
            moved_at=now,
        )
    elif there["kind"] != Kind.GIFT_CARD:
        raise Conflict("not-a-card", "That is no gift card.")
    return await locked_active(card_id)


@action
async def take_deposit(
    actor: Actor,
    *,
    deposit_id: UUID,
    guest_id: UUID,
    amount_cents: Cents,
    for_visit: UUID | None,
    ticket_id: UUID,
    now: datetime,
) -> Issued:
    """A guest pays towards a visit to come; the postings credit it. The deposit's id is the movement's.

    Raises:
        Invalid: `amount-nothing`.
        Conflict: `id-taken`.
    """
    check_amount(amount_cents)
    known = await asked_before(deposit_id, deposit_id, ("sold",))
    if known is not None:
        same_amount(known, amount_cents)
        before = await holding(deposit_id)
        postings = postings_for_value_in(Kind.DEPOSIT, known.parts)
        return Issued(deposit_id, amount_cents, before.paid_cents, postings)
    await insert(
        HoldingRow,
        id=deposit_id,
        kind=Kind.DEPOSIT.value,
        location=actor.location_id,
        guest=guest_id,
        for_visit=for_visit,
        made_at=now,
        moved_at=now,
    )
    return await _value_in(
        actor,
        movement_id=deposit_id,
        whose=await locked_active(deposit_id),
        kind="sold",
        amount=amount_cents,
        verb="took a deposit",
        ticket_id=ticket_id,
        now=now,
    )


@action
async def move_deposit(actor: Actor, *, deposit_id: UUID, for_visit: UUID | None, now: datetime) -> None:
    """Let a deposit follow its guest to another visit, or wait for the next booking.

    Raises:
        NotFound: `holding-unknown`.
        Conflict: `not-a-deposit`.
    """
    deposit = _deposit(await locked_active(deposit_id))
    await fetch("UPDATE holding SET for_visit = $2 WHERE id = $1", deposit_id, for_visit)
    await record(
        actor,
        verb="let a deposit follow",
        subject_kind="holding",
        subject=deposit_id,
        now=now,
        before={"for_visit": deposit.for_visit},
        after={"for_visit": for_visit},
    )


@action
async def forfeit_deposit(
    actor: Actor, *, forfeit_id: UUID, deposit_id: UUID, reason: str, now: datetime
) -> Cents:
    """Keep what is left of a deposit: never by itself, always by a manager with a reason. Gives the amount.

    Raises:
        NotAllowed: `forfeit-needs-manager`.
        NotFound: `holding-unknown`.
        Invalid: `reason-missing`.
        Conflict: `not-a-deposit`, `nothing-on-it`, `id-taken`.
    """
    check_manager(actor, "forfeit-needs-manager", "A manager decides that a guest loses a deposit.")
    words = clean_reason(reason)
    deposit = _deposit(await locked_active(deposit_id))
    known = await asked_before(forfeit_id, deposit_id, ("forfeited",))
    if known is not None:
        return Cents(-known.parts.paid_cents)
    amount = deposit.paid_cents
    if amount == 0:
        raise Conflict("nothing-on-it", "There is nothing left of that deposit.")
    await move(
        actor,
        movement_id=forfeit_id,
        whose=deposit,
        kind="forfeited",
        parts=Parts(Cents(-amount)),
        verb="kept a deposit",
        reason=words,
        now=now,
    )
    await post(
        actor,
        entry_id=forfeit_id,
        kind="deposit-kept",
        subject=deposit_id,
        postings=postings_for_forfeit(amount),
        now=now,
    )
    return amount


def _deposit(found: Holding) -> Holding:
    if found.kind is not Kind.DEPOSIT:
        raise Conflict("not-a-deposit", "That is no deposit.")
    return found
