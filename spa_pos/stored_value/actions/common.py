"""What every verb that moves value shares: lock, ask, write the balance and its movement."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.db import fetch, fetch_value, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, NotAllowed
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.rules import NewPosting
from spa_pos.messages.actions import call_off
from spa_pos.people.actions import record
from spa_pos.stored_value.queries import Holding, Known, holding, known_movement
from spa_pos.stored_value.rules import Kind, Parts
from spa_pos.stored_value.tables import Movement

MANAGERS = (Role.MANAGER, Role.OWNER)

MOVE = (
    "UPDATE holding SET paid_cents = paid_cents + $2, free_cents = free_cents + $3, moved_at = $4"
    " WHERE id = $1 AND status = 'active' AND paid_cents + $2 >= 0 AND free_cents + $3 >= 0 RETURNING id"
)
"""The one statement that changes a balance; it changes nothing when there is not enough."""


@dataclass(frozen=True, slots=True)
class Issued:
    """Value that came in, with the credits of what is owed for it; whoever was paid adds the debits."""

    holding_id: UUID
    amount_cents: Cents
    left_cents: Cents
    postings: list[NewPosting]


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Value that went out, with the debits of what is owed no more; whoever it pays adds the credits."""

    holding_id: UUID
    amount_cents: Cents
    left_cents: Cents
    postings: list[NewPosting]
    label: str


def check_manager(actor: Actor, code: str, sentence: str) -> None:
    """Some things need a manager.

    Raises:
        NotAllowed: with the code given.
    """
    if actor.role not in MANAGERS:
        raise NotAllowed(code, sentence)


def part_of(asked_id: UUID, name: str) -> UUID:
    """The id of a second movement of one request; always the same for the same request."""
    return uuid.uuid5(asked_id, name)


async def locked_active(holding_id: UUID) -> Holding:
    """A holding that can be used, for nobody else until the end of the transaction.

    Raises:
        NotFound: `holding-unknown`.
        Conflict: `card-not-active`, `card-replaced`.
    """
    found = await holding(holding_id, for_update=True)
    if found.status == "inactive":
        raise Conflict("card-not-active", "This card was never sold. Sell it first; nothing was taken.")
    if found.status == "dead":
        raise Conflict(
            "card-replaced", "This card was reported lost and replaced. Its value is on the new card."
        )
    return found


async def asked_before(movement_id: UUID, holding_id: UUID | None, kinds: Sequence[str]) -> Known | None:
    """The movement of a request that came before; the same id for something else is refused.

    Raises:
        Conflict: `id-taken`.
    """
    known = await known_movement(movement_id)
    if known is None:
        return None
    if known.kind not in kinds or holding_id not in (None, known.holding_id):
        raise Conflict("id-taken", "This form was sent before, from another page. Open it again.")
    return known


def same_amount(known: Known, amount: Cents) -> None:
    """A request that came before asked for the same.

    Raises:
        Conflict: `id-taken`.
    """
    if abs(known.parts.total_cents) != amount:
        raise Conflict("id-taken", "This form was sent before, with another amount. Open it again.")


async def move(
    actor: Actor,
    *,
    movement_id: UUID,
    whose: Holding,
    kind: str,
    parts: Parts,
    verb: str,
    now: datetime,
    item_id: UUID | None = None,
    visits: int = 0,
    subject: UUID | None = None,
    undoes: UUID | None = None,
    reason: str | None = None,
) -> Cents:
    """Change a balance by signed parts, write the movement and the audit line; gives what is left.

    Raises:
        Conflict: `not-enough-value` when it would fall below zero.
    """
    if await fetch_value(MOVE, whose.id, parts.paid_cents, parts.free_cents, now) is None:
        raise Conflict("not-enough-value", "There is not enough left on it. Nothing was taken.")
    await insert(
        Movement,
        id=movement_id,
        holding=whose.id,
        package_item=item_id,
        location=actor.location_id,
        kind=kind,
        paid_cents=parts.paid_cents,
        free_cents=parts.free_cents,
        visits=visits,
        business_date=local_date(now, actor.zone),
        made_at=now,
        made_by=actor.staff_id,
        subject=subject,
        undoes=undoes,
        reason=reason,
    )
    await record(
        actor,
        verb=verb,
        subject_kind="holding",
        subject=whose.id,
        now=now,
        after={"movement": movement_id, "paid_cents": parts.paid_cents, "free_cents": parts.free_cents},
        reason=reason,
    )
    after = await _no_empty_gift(await holding(whose.id), now)
    return after.balance.usable(local_date(now, actor.zone)).total_cents


async def _no_empty_gift(after: Holding, now: datetime) -> Holding:
    if after.kind is Kind.GIFT_CARD and after.balance.parts.total_cents == 0:
        await call_off_gifts(after.id, NOTHING_LEFT, now=now)
    return after


NOTHING_LEFT = "Nothing is left on the card."


async def withdraw_gifts(card_id: UUID, why: str, *, now: datetime) -> None:
    """End every link that hands a card over by e-mail, and the mails that wait."""
    await call_off_gifts(card_id, why, now=now)
    await fetch(
        "UPDATE gift_delivery SET withdrawn_at = $2 WHERE card = $1 AND withdrawn_at IS NULL", card_id, now
    )


async def call_off_gifts(card_id: UUID, why: str, *, now: datetime) -> None:
    """Never send the mails that still wait to hand a card over."""
    rows = await fetch("SELECT id FROM gift_delivery WHERE card = $1", card_id)
    if rows:
        await call_off([row["id"] for row in rows], why, now=now)


async def post(
    actor: Actor, *, entry_id: UUID, kind: str, subject: UUID, postings: Sequence[NewPosting], now: datetime
) -> None:
    """Write an entry of our own, whole by itself."""
    await post_entry(
        entry_id=entry_id,
        location_id=actor.location_id,
        business_date=local_date(now, actor.zone),
        kind=kind,
        subject=subject,
        postings=postings,
        now=now,
    )
