"""Gift cards: sold, given away, reloaded."""

from datetime import date, datetime
from uuid import UUID

from spa_pos.db import action, fetch, fetch_one, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.stored_value.actions.common import (
    MANAGERS,
    Issued,
    asked_before,
    locked_active,
    move,
    part_of,
    same_amount,
)
from spa_pos.stored_value.actions.gifts import give
from spa_pos.stored_value.queries import Holding, holding, terms_of
from spa_pos.stored_value.rules import (
    Kind,
    Parts,
    check_amount,
    check_card_sale,
    check_free_terms,
    clean_reason,
    postings_for_value_in,
)
from spa_pos.stored_value.tables import Holding as HoldingRow


@action
async def issue_gift_card(
    actor: Actor,
    *,
    issue_id: UUID,
    card_id: UUID,
    paid_cents: Cents,
    ticket_id: UUID,
    now: datetime,
    free_cents: Cents = Cents(0),
    free_until: date | None = None,
    guest_id: UUID | None = None,
    recipient: str | None = None,
    message: str | None = None,
    approved: bool = False,
) -> Issued:
    """Sell a gift card: a new one of that id, or a preprinted one that waits for its sale.

    The postings credit what was paid; the free part, a bonus of ours, is booked here and now. A new card
    has no code until `give_code`; its guest, if any, can pay with it by name. `approved` says that limits
    were looked at for the ticket's line (`check_card_line`): a paid ticket must not fail to settle.

    Raises:
        Invalid: `card-amount-too-small`, `card-amount-too-large`, `paid-value-never-expires`,
            `already-expired`.
        Conflict: `card-sale-needs-manager`, `card-already-sold`, `given-enough-today`, `id-taken`.
        NotAllowed: `gift-needs-manager` for a free part.
    """
    known = await asked_before(issue_id, card_id, ("sold",))
    if known is not None:
        same_amount(known, paid_cents)
        return _issued(await holding(card_id), Parts(paid_cents))
    if not approved:
        await check_card_line(actor, amount_cents=paid_cents)
    check_free_terms(paid_cents, free_cents, free_until, today=local_date(now, actor.zone))
    card = await _card_for_sale(actor, card_id, guest_id, recipient, message, now)
    await _sold(actor, card, issue_id, paid_cents, ticket_id, now)
    if free_cents:
        gift_id = part_of(issue_id, "free")
        await give(actor, gift_id=gift_id, whose=card, amount=free_cents, approved=approved, now=now)
        await fetch("UPDATE holding SET free_until = $2 WHERE id = $1", card_id, free_until)
    return _issued(await holding(card_id), Parts(paid_cents))


async def check_card_line(actor: Actor, *, amount_cents: Cents, on_it: Cents = Cents(0)) -> None:
    """May this person sell so much on one card, or add it to what is on it? Asked for a ticket's line.

    Raises:
        Invalid: `card-amount-too-small`, `card-amount-too-large`.
        Conflict: `card-sale-needs-manager`; a manager's approval on the ticket answers it.
    """
    terms = await terms_of(actor.location_id)
    for amount in (amount_cents, Cents(amount_cents + on_it)):
        check_card_sale(amount, terms, manager=actor.role in MANAGERS)


async def _sold(
    actor: Actor, card: Holding, issue_id: UUID, paid: Cents, ticket_id: UUID, now: datetime
) -> None:
    await move(
        actor,
        movement_id=issue_id,
        whose=card,
        kind="sold",
        parts=Parts(paid),
        verb="sold a gift card",
        subject=ticket_id,
        now=now,
    )


def _issued(card: Holding, parts: Parts) -> Issued:
    return Issued(
        card.id, parts.total_cents, card.balance.parts.total_cents, postings_for_value_in(card.kind, parts)
    )


async def _card_for_sale(
    actor: Actor,
    card_id: UUID,
    guest_id: UUID | None,
    recipient: str | None,
    message: str | None,
    now: datetime,
) -> Holding:
    there = await fetch_one("SELECT kind, status FROM holding WHERE id = $1 FOR UPDATE", card_id)
    if there is None:
        await insert(
            HoldingRow,
            id=card_id,
            kind=Kind.GIFT_CARD.value,
            location=actor.location_id,
            guest=guest_id,
            recipient=recipient,
            message=message,
            made_at=now,
            moved_at=now,
        )
        return await holding(card_id)
    if there["kind"] != Kind.GIFT_CARD or there["status"] != "inactive":
        raise Conflict("card-already-sold", "This card was sold before. Reload it instead.")
    await fetch(
        "UPDATE holding SET status = 'active', location = $2, guest = $3, recipient = $4, message = $5"
        " WHERE id = $1",
        card_id,
        actor.location_id,
        guest_id,
        recipient,
        message,
    )
    return await holding(card_id)


@action
async def issue_promotional_card(
    actor: Actor,
    *,
    issue_id: UUID,
    card_id: UUID,
    amount_cents: Cents,
    until: date | None,
    recipient: str | None,
    reason: str,
    now: datetime,
) -> UUID:
    """A gift card nobody paid for; all of it is free part and may expire. Gives the card.

    Raises:
        NotAllowed: `gift-needs-manager`.
        Invalid: `amount-nothing`, `already-expired`, `reason-missing`.
        Conflict: `given-enough-today`, `id-taken`.
    """
    known = await asked_before(issue_id, card_id, ("granted",))
    if known is not None:
        same_amount(known, amount_cents)
        return card_id
    check_amount(amount_cents)
    check_free_terms(Cents(0), amount_cents, until, today=local_date(now, actor.zone))
    await insert(
        HoldingRow,
        id=card_id,
        kind=Kind.GIFT_CARD.value,
        location=actor.location_id,
        free_until=until,
        recipient=recipient,
        made_at=now,
        moved_at=now,
    )
    await give(
        actor,
        gift_id=issue_id,
        whose=await holding(card_id),
        amount=amount_cents,
        reason=clean_reason(reason),
        now=now,
    )
    return card_id


@action
async def reload_gift_card(
    actor: Actor,
    *,
    reload_id: UUID,
    card_id: UUID,
    paid_cents: Cents,
    ticket_id: UUID,
    now: datetime,
    approved: bool = False,
) -> Issued:
    """Put more paid value on a card; the postings credit it. `approved` as in `issue_gift_card`.

    Raises:
        NotFound: `holding-unknown`.
        Invalid: `card-amount-too-small`, `card-amount-too-large` for what would then be on it.
        Conflict: `card-sale-needs-manager`, `card-not-active`, `card-replaced`, `not-a-card`, `id-taken`.
    """
    card = await locked_active(card_id)
    if card.kind is not Kind.GIFT_CARD:
        raise Conflict("not-a-card", "Only gift cards can be reloaded.")
    known = await asked_before(reload_id, card_id, ("reloaded",))
    if known is not None:
        same_amount(known, paid_cents)
        return _issued(card, Parts(paid_cents))
    if not approved:
        await check_card_line(actor, amount_cents=paid_cents, on_it=card.paid_cents)
    await move(
        actor,
        movement_id=reload_id,
        whose=card,
        kind="reloaded",
        parts=Parts(paid_cents),
        verb="reloaded a gift card",
        subject=ticket_id,
        now=now,
    )
    return _issued(await holding(card_id), Parts(paid_cents))
