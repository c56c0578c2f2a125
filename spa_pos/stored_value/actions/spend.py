"""Paying with what we owe, giving it back, and returning the money for it."""

from datetime import datetime
from uuid import UUID

from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.stored_value.actions.common import (
    Issued,
    Redeemed,
    asked_before,
    locked_active,
    move,
    part_of,
    same_amount,
)
from spa_pos.stored_value.actions.gifts import end_gift
from spa_pos.stored_value.queries import (
    Holding,
    Known,
    PackageVisits,
    holding,
    known_movement,
    returned_of,
    visits_of,
)
from spa_pos.stored_value.rules import (
    Kind,
    Parts,
    check_amount,
    clean_reason,
    plan_redemption,
    plan_return,
    postings_for_value_in,
    postings_for_value_out,
)


@action
async def redeem(
    actor: Actor,
    *,
    holding_id: UUID,
    amount_cents: Cents,
    tender_id: UUID,
    ticket_id: UUID,
    guest_id: UUID | None,
    now: datetime,
) -> Redeemed:
    """Pay an amount with a gift card, credit or deposit: its free part first. The movement is the tender's.

    Cards pay for whoever brings them; credits and deposits for the guest of the ticket alone. The postings
    debit what we owed; the caller credits the ticket. A code becomes a holding with `try_code`.

    Raises:
        NotFound: `holding-unknown`.
        Invalid: `amount-nothing`.
        Conflict: `not-enough-value` (with `left_cents`), `card-not-active`, `card-replaced`,
            `value-of-another-guest`, `package-by-visit`, `id-taken`.
    """
    whose = await locked_active(holding_id)
    known = await asked_before(tender_id, holding_id, ("redeemed",))
    if known is not None:
        same_amount(known, amount_cents)
        return _again(whose, known, actor, now)
    _check_guest(whose, guest_id)
    if whose.kind is Kind.PACKAGE:
        raise Conflict("package-by-visit", "A package pays whole visits. Choose the service it is for.")
    parts = plan_redemption(whose.balance, amount_cents, today=local_date(now, actor.zone))
    left = await move(
        actor,
        movement_id=tender_id,
        whose=whose,
        kind="redeemed",
        parts=-parts,
        verb="paid with stored value",
        subject=ticket_id,
        now=now,
    )
    return Redeemed(holding_id, amount_cents, left, postings_for_value_out(whose.kind, parts), whose.label)


@action
async def draw_visit(
    actor: Actor,
    *,
    package_id: UUID,
    service_id: UUID,
    tender_id: UUID,
    ticket_id: UUID,
    guest_id: UUID | None,
    now: datetime,
) -> Redeemed:
    """Pay one visit of a service with a package; the amount is what that visit is worth in it.

    Raises:
        NotFound: `holding-unknown`.
        Conflict: `not-in-package`, `no-visits-left`, `value-of-another-guest`, `id-taken`.
    """
    package = await locked_active(package_id)
    known = await asked_before(tender_id, package_id, ("redeemed",))
    if known is not None:
        return _again(package, known, actor, now)
    _check_guest(package, guest_id)
    items = (await visits_of([package_id])).get(package_id, ())
    item = next((one for one in items if one.service_id == service_id), None)
    if item is None:
        raise Conflict("not-in-package", "That service is not part of the package.")
    if item.visits_left == 0:
        raise Conflict("no-visits-left", f"No {item.service_name} is left in this package.")
    amount = item.next_cents
    await _change_item(item.id, -1, Cents(-amount))
    left = await move(
        actor,
        movement_id=tender_id,
        whose=package,
        kind="redeemed",
        parts=Parts(Cents(-amount)),
        verb="paid with a package visit",
        item_id=item.id,
        visits=-1,
        subject=ticket_id,
        now=now,
    )
    postings = postings_for_value_out(Kind.PACKAGE, Parts(amount))
    return Redeemed(package_id, amount, left, postings, package.label)


@action
async def unredeem(
    actor: Actor,
    *,
    return_id: UUID,
    tender_id: UUID,
    ticket_id: UUID,
    now: datetime,
    amount_cents: Cents | None = None,
) -> Issued:
    """Give a tender back, all that is left of it or an amount: undone before settlement, refunded after.

    The paid part comes back first. The value of a card that was replaced goes to the new card; a package
    gets its visit back, whole. The postings credit what we owe again.

    Raises:
        NotFound: `tender-unknown`.
        Invalid: `amount-nothing`.
        Conflict: `nothing-to-return`, `refund-above-tender`, `package-by-visit`, `id-taken`.
    """
    spent = await known_movement(tender_id)
    if spent is None or spent.kind != "redeemed":
        raise NotFound("tender-unknown", "Nothing was paid that way.")
    whose = await _locked_or_successor(spent.holding_id)
    known = await asked_before(return_id, None, ("returned",))
    if known is not None:
        if amount_cents is not None:
            same_amount(known, amount_cents)
        postings = postings_for_value_in(whose.kind, known.parts)
        return Issued(whose.id, known.parts.total_cents, whose.balance.parts.total_cents, postings)
    parts = plan_return(-spent.parts, await returned_of(tender_id), amount_cents)
    if spent.item_id is not None:
        if parts.total_cents != -spent.parts.total_cents:
            raise Conflict("package-by-visit", "A package takes whole visits back.")
        await _change_item(spent.item_id, 1, parts.paid_cents)
    left = await move(
        actor,
        movement_id=return_id,
        whose=whose,
        kind="returned",
        parts=parts,
        verb="gave stored value back",
        item_id=spent.item_id,
        visits=0 if spent.item_id is None else 1,
        subject=ticket_id,
        undoes=tender_id,
        now=now,
    )
    return Issued(whose.id, parts.total_cents, left, postings_for_value_in(whose.kind, parts))


@action
async def take_back(
    actor: Actor,
    *,
    take_back_id: UUID,
    holding_id: UUID,
    amount_cents: Cents,
    ticket_id: UUID,
    reason: str,
    now: datetime,
) -> Redeemed:
    """Take paid value out again because its price goes back; from the card that replaced it, if one did.

    What was given on top when the card was sold is withdrawn when no paid value stays. A package goes back
    whole: the amount is all that is left of it. The postings debit what we owed.

    Raises:
        NotFound: `holding-unknown`.
        Invalid: `amount-nothing`, `reason-missing`.
        Conflict: `spent-already` (with `left_cents`), `package-whole`, `card-not-active`, `id-taken`.
    """
    check_amount(amount_cents)
    words = clean_reason(reason)
    whose = await locked_active((await _locked_or_successor(holding_id)).id)
    known = await asked_before(take_back_id, whose.id, ("taken_back",))
    if known is not None:
        same_amount(known, amount_cents)
        return _again(whose, known, actor, now)
    visits = await _leave_package(whose, amount_cents)
    left = await move(
        actor,
        movement_id=take_back_id,
        whose=whose,
        kind="taken_back",
        parts=Parts(Cents(-amount_cents)),
        verb="took value back",
        visits=-visits,
        subject=ticket_id,
        reason=words,
        now=now,
    )
    if amount_cents == whose.paid_cents and whose.free_cents:
        gone = part_of(take_back_id, "free")
        await end_gift(
            actor, ended_id=gone, whose=whose, kind="withdrawn", verb="withdrew a free part", now=now
        )
        left = Cents(0)
    postings = postings_for_value_out(whose.kind, Parts(amount_cents))
    return Redeemed(holding_id, amount_cents, left, postings, whose.label)


async def _leave_package(whose: Holding, amount: Cents) -> int:
    """Check that so much can be taken back; of a package take the visits, and give their number."""
    if amount > whose.paid_cents:
        raise Conflict(
            "spent-already",
            f"Only {format_usd(whose.paid_cents)} of it is left; the rest was spent.",
            left_cents=whose.paid_cents,
        )
    if whose.kind is not Kind.PACKAGE:
        return 0
    if amount != whose.paid_cents:
        raise Conflict("package-whole", "A package is given back whole, with all visits that are left.")
    items: tuple[PackageVisits, ...] = (await visits_of([whose.id])).get(whose.id, ())
    await fetch("UPDATE package_item SET visits_left = 0, left_cents = 0 WHERE holding = $1", whose.id)
    return sum(item.visits_left for item in items)


def _again(whose: Holding, known: Known, actor: Actor, now: datetime) -> Redeemed:
    parts = -known.parts
    left = whose.balance.usable(local_date(now, actor.zone)).total_cents
    return Redeemed(whose.id, parts.total_cents, left, postings_for_value_out(whose.kind, parts), whose.label)


def _check_guest(whose: Holding, guest_id: UUID | None) -> None:
    if whose.kind is not Kind.GIFT_CARD and whose.guest_id != guest_id:
        raise Conflict(
            "value-of-another-guest", "That belongs to another guest. Choose it on their own ticket."
        )


async def _locked_or_successor(holding_id: UUID) -> Holding:
    found = await holding(holding_id, for_update=True)
    while found.successor_id is not None:
        found = await holding(found.successor_id, for_update=True)
    return found


async def _change_item(item_id: UUID, visits: int, cents: Cents) -> None:
    await fetch(
        "UPDATE package_item SET visits_left = visits_left + $2, left_cents = left_cents + $3 WHERE id = $1",
        item_id,
        visits,
        cents,
    )
