"""Value under another name: card to card, card to credit, a lost card to its replacement."""

from datetime import datetime
from uuid import UUID

from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import record
from spa_pos.stored_value.actions.common import (
    asked_before,
    check_manager,
    locked_active,
    move,
    part_of,
    post,
)
from spa_pos.stored_value.actions.credit import open_credit
from spa_pos.stored_value.actions.gifts import without_ended_gift
from spa_pos.stored_value.queries import Holding
from spa_pos.stored_value.rules import Kind, Parts, clean_reason, postings_for_transfer
from spa_pos.stored_value.tables import Holding as HoldingRow


@action
async def transfer_card(
    actor: Actor, *, transfer_id: UUID, card_id: UUID, to_card_id: UUID, reason: str, now: datetime
) -> Cents:
    """Move all that is on a card to another; the paid and the free part stay what they are.

    Free parts that meet last as long as the one that lasts longer. Gives what was moved.

    Raises:
        NotAllowed: `transfer-needs-manager`.
        NotFound: `holding-unknown`.
        Invalid: `same-card`, `reason-missing`.
        Conflict: `nothing-on-it`, `not-a-card`, `card-not-active`, `card-replaced`, `id-taken`.
    """
    check_manager(actor, "transfer-needs-manager", "A manager moves value between cards.")
    if card_id == to_card_id:
        raise Invalid("same-card", "That is the same card. Scan the other one.", field="code")
    words = clean_reason(reason)
    found = {one: await locked_active(one) for one in sorted((card_id, to_card_id))}
    known = await asked_before(transfer_id, card_id, ("moved_out",))
    if known is not None:
        return Cents(-known.parts.total_cents)
    source, target = _card(found[card_id]), _card(found[to_card_id])
    source = await without_ended_gift(actor, source, now=now)
    target = await without_ended_gift(actor, target, now=now)
    if source.balance.parts.total_cents == 0:
        raise Conflict("nothing-on-it", "There is nothing on that card to move.")
    return await _move(
        actor,
        transfer_id=transfer_id,
        source=source,
        target=target,
        parts=source.balance.parts,
        reason=words,
        now=now,
    )


@action
async def move_card_to_credit(
    actor: Actor,
    *,
    transfer_id: UUID,
    card_id: UUID,
    guest_id: UUID,
    reason: str,
    now: datetime,
) -> Cents:
    """Make the paid part of a card a guest's credit; gives what was moved. The free part stays on the card.

    A deliberate act, as it changes the law the money is under: credit idle for three years goes to the
    state, a gift card does not (DOMAIN.md §2.7).

    Raises:
        NotAllowed: `transfer-needs-manager`.
        NotFound: `holding-unknown`.
        Invalid: `reason-missing`.
        Conflict: `nothing-on-it`, `not-a-card`, `card-not-active`, `card-replaced`, `id-taken`.
    """
    check_manager(actor, "transfer-needs-manager", "A manager moves a card to a guest's credit.")
    words = clean_reason(reason)
    card = _card(await locked_active(card_id))
    known = await asked_before(transfer_id, card_id, ("moved_out",))
    if known is not None:
        return Cents(-known.parts.total_cents)
    if card.paid_cents == 0:
        raise Conflict("nothing-on-it", "There is no paid value on that card to move.")
    credit = await open_credit(actor, guest_id=guest_id, now=now)
    return await _move(
        actor,
        transfer_id=transfer_id,
        source=card,
        target=credit,
        parts=Parts(card.paid_cents),
        reason=words,
        now=now,
    )


@action
async def replace_card(
    actor: Actor, *, replacement_id: UUID, card_id: UUID, new_card_id: UUID, reason: str, now: datetime
) -> UUID:
    """Give a guest whose card is lost a new one with all its value; the old one is dead. Gives the new card.

    What was paid with the old card and is given back later goes to the new one.

    Raises:
        NotAllowed: `replacement-needs-manager`.
        NotFound: `holding-unknown`.
        Invalid: `reason-missing`.
        Conflict: `not-a-card`, `card-not-active`, `card-replaced`, `id-taken`.
    """
    check_manager(actor, "replacement-needs-manager", "A manager replaces lost cards.")
    words = clean_reason(reason)
    there = await fetch("SELECT successor FROM holding WHERE id = $1 FOR UPDATE", card_id)
    if there and there[0]["successor"] == new_card_id:
        return new_card_id
    lost = await without_ended_gift(actor, _card(await locked_active(card_id)), now=now)
    fresh = await _card_like(lost, new_card_id, now)
    if lost.balance.parts.total_cents:
        await _move(
            actor,
            transfer_id=replacement_id,
            source=lost,
            target=fresh,
            parts=lost.balance.parts,
            reason=words,
            now=now,
        )
    await fetch("UPDATE holding SET status = 'dead', successor = $2 WHERE id = $1", card_id, new_card_id)
    await record(
        actor,
        verb="replaced a lost gift card",
        subject_kind="holding",
        subject=card_id,
        now=now,
        after={"new_card": new_card_id},
        reason=words,
    )
    return new_card_id


async def _card_like(lost: Holding, new_card_id: UUID, now: datetime) -> Holding:
    await insert(
        HoldingRow,
        id=new_card_id,
        kind=lost.kind.value,
        location=lost.location_id,
        guest=lost.guest_id,
        recipient=lost.recipient,
        message=lost.message,
        free_until=lost.free_until,
        made_at=now,
        moved_at=now,
    )
    return await locked_active(new_card_id)


def _card(found: Holding) -> Holding:
    if found.kind is not Kind.GIFT_CARD:
        raise Conflict("not-a-card", "Only gift cards can be moved or replaced.")
    return found


async def _move(
    actor: Actor,
    *,
    transfer_id: UUID,
    source: Holding,
    target: Holding,
    parts: Parts,
    reason: str,
    now: datetime,
) -> Cents:
    await move(
        actor,
        movement_id=transfer_id,
        whose=source,
        kind="moved_out",
        parts=-parts,
        verb="moved value away",
        subject=target.id,
        reason=reason,
        now=now,
    )
    await move(
        actor,
        movement_id=part_of(transfer_id, "in"),
        whose=target,
        kind="moved_in",
        parts=parts,
        verb="moved value here",
        subject=source.id,
        reason=reason,
        now=now,
    )
    if parts.free_cents:
        days = [one.free_until for one in (source, target) if one.free_cents]
        known = [day for day in days if day is not None]
        until = max(known) if len(known) == len(days) else None
        await fetch("UPDATE holding SET free_until = $2 WHERE id = $1", target.id, until)
    postings = postings_for_transfer(source.kind, target.kind, parts)
    await post(actor, entry_id=transfer_id, kind="value-moved", subject=target.id, postings=postings, now=now)
    return parts.total_cents
