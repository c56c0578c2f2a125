"""What managers set for the register: where guests are asked for a tip, promo codes, limits."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from uuid import UUID

from spa_pos.checkout.actions.discounts import clean_promo_code
from spa_pos.checkout.queries import register_terms
from spa_pos.checkout.rules import Limits, amount_off, check_limits
from spa_pos.checkout.tables import Promo, RegisterTerms
from spa_pos.db import action, fetch, insert, lock
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.ledger.queries import place
from spa_pos.people.actions import need_role, record

LONGEST_POLICY = 600
"""It has to fit on a receipt and on a notice of one page."""


@action
async def ask_for_tips(actor: Actor, *, categories: Sequence[str], now: datetime) -> None:
    """Ask guests for a tip in these categories and in no other (off by default, DOMAIN.md §7.18).

    Raises:
        NotAllowed: `role-missing`.
    """
    need_role(actor, Role.MANAGER)
    changed = await fetch(
        "UPDATE category SET takes_tips = (code = ANY($1)) WHERE takes_tips <> (code = ANY($1))"
        " RETURNING code",
        list(categories),
    )
    if changed:
        await record(
            actor,
            verb="changed where tips are asked for",
            subject_kind="location",
            subject=actor.location_id,
            now=now,
            after={"categories": sorted(categories)},
        )


@action
async def add_promo(
    actor: Actor,
    *,
    promo_id: UUID,
    code: str,
    name: str,
    rate_ppm: int | None,
    amount_cents: Cents | None,
    valid_from: date,
    valid_until: date,
    most_uses: int | None,
    once_per_guest: bool,
    with_group_price: bool,
    categories: Sequence[str],
    now: datetime,
) -> UUID:
    """A promo code that the desk can use from its first day on. It is never changed: end it, add another.

    Raises:
        NotAllowed: `role-missing`. Invalid: `promo-unreadable`, `discount-unreadable`, `ends-before-start`.
        Conflict: `promo-code-taken`.
    """
    need_role(actor, Role.MANAGER)
    known, words = clean_promo_code(code), " ".join(name.split())
    amount_off(Cents(100_000), rate_ppm, amount_cents)
    _check_promo(words, valid_from, valid_until, most_uses)
    await insert(
        Promo,
        id=promo_id,
        code=known,
        name=words,
        rate_ppm=rate_ppm,
        amount_cents=amount_cents,
        valid_from=valid_from,
        valid_until=valid_until,
        most_uses=most_uses,
        once_per_guest=once_per_guest,
        with_group_price=with_group_price,
        categories=list(categories),
        made_at=now,
    )
    await record(
        actor,
        verb="added a promo code",
        subject_kind="promo",
        subject=promo_id,
        now=now,
        after={"code": known, "rate_ppm": rate_ppm, "amount_cents": amount_cents},
    )
    return promo_id


def _check_promo(name: str, valid_from: date, valid_until: date, most_uses: int | None) -> None:
    if not 2 <= len(name) <= 50:
        raise Invalid("promo-unreadable", "Type a name of 2 to 50 letters, for the receipt.", field="name")
    if valid_until < valid_from:
        raise Invalid("ends-before-start", "The last day is before the first. Look at both.", field="until")
    if most_uses is not None and most_uses < 1:
        raise Invalid("promo-unreadable", "A code can be used at least once.", field="most_uses")


@action
async def end_promo(actor: Actor, *, promo_id: UUID, now: datetime) -> None:
    """A promo code cannot be used any more; tickets that have it keep it.

    Raises:
        NotAllowed: `role-missing`.
    """
    need_role(actor, Role.MANAGER)
    if await fetch("UPDATE promo SET active = false WHERE id = $1 AND active RETURNING id", promo_id):
        await record(actor, verb="ended a promo code", subject_kind="promo", subject=promo_id, now=now)


@action
async def set_limits(actor: Actor, *, limits: Limits, now: datetime) -> None:
    """What may be given away alone at this location from now on.

    Raises:
        NotAllowed: `role-missing`. Invalid: `limits-unreadable`.
    """
    need_role(actor, Role.MANAGER)
    check_limits(limits)
    before = await register_terms(actor.location_id)
    after = replace(before, **asdict(limits))
    await lock(f"terms:{actor.location_id}")
    await fetch("DELETE FROM register_terms WHERE location = $1", actor.location_id)
    values = asdict(after) | {
        "tip_choices_ppm": list(after.tip_choices_ppm),
        "tip_fixed": list(after.tip_fixed),
    }
    await insert(RegisterTerms, id=uuid7(now), location=actor.location_id, **values)
    await record(
        actor,
        verb="changed the limits of discounts",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before={name: getattr(before, name) for name in asdict(limits)},
        after=asdict(limits),
    )


@action
async def set_refund_policy(actor: Actor, *, words: str, now: datetime) -> None:
    """What guests read of returns and refunds at this location, at checkout and on receipts, from now on.

    Raises:
        NotAllowed: `role-missing`. Invalid: `policy-unreadable`.
    """
    need_role(actor, Role.MANAGER)
    policy = " ".join(words.split())
    if not 10 <= len(policy) <= LONGEST_POLICY:
        raise Invalid(
            "policy-unreadable", f"Type the policy in 10 to {LONGEST_POLICY} letters.", field="words"
        )
    before = (await place(actor.location_id)).refund_policy
    if policy == before:
        return
    await fetch("UPDATE location SET refund_policy = $2 WHERE id = $1", actor.location_id, policy)
    await record(
        actor,
        verb="changed the refund policy",
        subject_kind="location",
        subject=actor.location_id,
        now=now,
        before={"words": before},
        after={"words": policy},
    )
