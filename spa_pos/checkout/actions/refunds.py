"""Giving money back: the plan is written first, then each way is gone, then one entry settles it all."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.exchanges import begin_exchange
from spa_pos.checkout.actions.given_back import BY_CARD, STEP_TIME, close_refund
from spa_pos.checkout.queries import (
    TicketView,
    refunded_alone,
    sold,
    ticket,
    tips_now,
)
from spa_pos.checkout.rules import (
    Chosen,
    RefundedLine,
    RefundPlan,
    check_may_refund,
    check_may_void,
    plan_refund,
    plan_void,
)
from spa_pos.checkout.tables import Refund, RefundLine, RefundTax, RefundTip
from spa_pos.checkout.tables import RefundPart as RefundPartRow
from spa_pos.db import action, insert, insert_many
from spa_pos.drawers.actions import drawer_in_use
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, split
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import next_number, record, use_approval
from spa_pos.printing.actions import kick_drawer
from spa_pos.stored_value.actions import take_back

APPROVED_AS, VOID_APPROVED_AS = "refund", "void"
"""What a second person approves when the desk alone may not give so much back, or void a sale."""


@action
async def open_refund(
    actor: Actor,
    *,
    refund_id: UUID,
    ticket_id: UUID,
    lines: Mapping[UUID, int],
    tip_cents: int,
    to: str,
    reason: str,
    expected_cents: int,
    now: datetime,
    approval_id: UUID | None = None,
    pieces: Mapping[UUID, int] | None = None,
    damaged: Collection[UUID] = (),
) -> UUID:
    """Write down what goes back of a settled ticket; what needs no card processor is done here.

    `pieces` says how many of a product come back, `damaged` which cannot be sold again. Stored value that
    the ticket sold is taken off at once, so that nobody spends it while a card is on its way.

    `expected_cents` is the total that the page showed: what changed meanwhile is shown again first.
    What is exchanged waits for a new ticket of the same guest, which is opened with it.

    Raises:
        Invalid: `reason-missing`, `refund-nothing`, `refund-unreadable`, `refund-way-missing`.
        NeedsApproval: `refund-needs-approval`.
        Conflict: `ticket-not-settled`, `refund-under-way`, `refund-changed`, `refund-needs-guest`,
            `drawer-not-open`, and what was given back already.
    """
    why = _why(reason)
    if not to:
        raise Invalid("refund-way-missing", "Choose how the money goes back.")
    sale = await _settled(actor, ticket_id, now)
    back = {key: Cents(cents) for key, cents in lines.items()}
    plan = await _planned(sale, Chosen(back, Cents(tip_cents), to, pieces or {}, frozenset(damaged)))
    if plan.total_cents != expected_cents:
        raise Conflict("refund-changed", "What can go back changed while this page was open. Look again.")
    if to == "credit" and sale.head.guest_id is None:
        raise Conflict("refund-needs-guest", "Nobody's name is on this ticket. Choose a gift card instead.")
    used = await _allowed(actor, sale, plan, approval_id, now)
    await _begin(actor, Asked(refund_id, "refund", why, used), sale, plan, now)
    if to == "exchange":
        await begin_exchange(actor, refund_id, sale.head.guest_id, plan.total_cents, now)
    return refund_id


@action
async def void_sale(
    actor: Actor,
    *,
    refund_id: UUID,
    ticket_id: UUID,
    reason: str,
    expected_cents: int,
    approval_id: UUID | None,
    now: datetime,
) -> UUID:
    """Take a whole sale of today back as if it had not been; the settled ticket itself stays as it is.

    Raises:
        Invalid: `reason-missing`.
        NeedsApproval: `void-needs-approval`.
        Conflict: `ticket-not-settled`, `void-too-late`, `void-after-refund`, `void-value-spent`,
            `refund-changed`, `drawer-not-open`.
    """
    why = _why(reason)
    sale = await _settled(actor, ticket_id, now)
    if sale.head.settled_at is None or local_date(sale.head.settled_at, actor.zone) != local_date(
        now, actor.zone
    ):
        raise Conflict("void-too-late", "A sale is voided on its own day alone. Give it back instead.")
    found = await sold(sale)
    plan = plan_void(found.lines, found.taxes, found.tenders, tip_left_cents=found.tip_left_cents)
    if plan.total_cents != expected_cents:
        raise Conflict("refund-changed", "What can go back changed while this page was open. Look again.")
    used = None
    try:
        check_may_void(actor.role, plan)
    except NeedsApproval as needed:
        used = await _spent(actor, needed, VOID_APPROVED_AS, sale, plan, approval_id, now)
    await _begin(actor, Asked(refund_id, "void", why, used), sale, plan, now)
    return refund_id


@action
async def give_all_back(
    actor: Actor, *, refund_id: UUID, ticket_id: UUID, reason: str, now: datetime
) -> None:
    """Give a whole sale back the way it was paid, because it came to nothing; nobody has to agree to that.

    Raises:
        Invalid: `reason-missing`, `refund-nothing`.
        Conflict: `ticket-not-settled`, and what was given back already.
    """
    why = _why(reason)
    sale = await _settled(actor, ticket_id, now)
    found = await sold(sale)
    chosen = Chosen({line.id: line.left_cents for line in found.lines}, found.tip_left_cents, "original")
    await _begin(actor, Asked(refund_id, "refund", why, None), sale, await _planned(sale, chosen), now)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked for, beside the plan."""

    refund_id: UUID
    kind: str
    reason: str
    approval_id: UUID | None


def _why(reason: str) -> str:
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("reason-missing", "Say why the money goes back.", field="reason")
    return why


async def _settled(actor: Actor, ticket_id: UUID, now: datetime) -> TicketView:
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "settled":
        raise Conflict("ticket-not-settled", "This ticket is not settled. Undo its tenders instead.")
    return sale


async def _begin(actor: Actor, asked: Asked, sale: TicketView, plan: RefundPlan, now: datetime) -> None:
    await _write(actor, asked, sale, plan, now)
    await _trace(actor, asked, sale.head.id, plan, now)
    await close_refund(actor, refund_id=asked.refund_id, now=now)


async def _allowed(
    actor: Actor, sale: TicketView, plan: RefundPlan, approval_id: UUID | None, now: datetime
) -> UUID | None:
    """The approval that this refund needs and spends; None when nobody else has to agree."""
    today = local_date(now, actor.zone)
    alone = await refunded_alone(actor.staff_id, actor.location_id, today, actor.zone)
    settled_at = sale.head.settled_at or now
    try:
        check_may_refund(actor.role, plan, settled_at=settled_at, now=now, refunded_today=alone)
    except NeedsApproval as needed:
        return await _spent(actor, needed, APPROVED_AS, sale, plan, approval_id, now)
    return None


async def _spent(
    actor: Actor,
    needed: NeedsApproval,
    verb: str,
    sale: TicketView,
    plan: RefundPlan,
    approval_id: UUID | None,
    now: datetime,
) -> UUID:
    """Spend a second person's yes; without one, what asked for it is raised again."""
    if approval_id is None:
        raise needed
    total, about = plan.total_cents, sale.head.id
    used = await use_approval(actor, approval_id, verb=verb, subject=about, amount_cents=total, now=now)
    return used.id


async def _trace(actor: Actor, asked: Asked, ticket_id: UUID, plan: RefundPlan, now: datetime) -> None:
    await record(
        actor,
        verb="voided a sale" if asked.kind == "void" else "gave money back",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={
            "refund": asked.refund_id,
            "total_cents": plan.total_cents,
            "ways": [f"{part.word} {part.amount_cents}" for part in plan.parts],
        },
        reason=asked.reason,
    )
    if any(part.kind == "cash" for part in plan.parts):
        await kick_drawer(actor, subject=asked.refund_id, now=now)


async def _planned(sale: TicketView, chosen: Chosen) -> RefundPlan:
    found = await sold(sale)
    return plan_refund(found.lines, found.taxes, found.tenders, chosen, tip_left_cents=found.tip_left_cents)


async def _write(actor: Actor, asked: Asked, sale: TicketView, plan: RefundPlan, now: datetime) -> None:
    refund_id = asked.refund_id
    await insert(
        Refund,
        id=refund_id,
        location=actor.location_id,
        ticket=sale.head.id,
        kind=asked.kind,
        number=await next_number(actor.location_id, "refund"),
        reason=asked.reason,
        net_cents=plan.net_cents,
        tax_cents=plan.tax_cents,
        tip_cents=plan.tip_cents,
        total_cents=plan.total_cents,
        made_at=now,
        made_by=actor.staff_id,
        approval=asked.approval_id,
        drawer=await _drawer_for(actor, plan, now),
    )
    line_ids = [uuid7(now) for _ in plan.lines]
    await insert_many(
        RefundLine,
        [
            {
                "id": line_id,
                "refund": asked.refund_id,
                "line": line.line.id,
                "net_cents": line.net_cents,
                "tax_cents": line.tax_cents,
                "list_cents": line.list_cents,
                "pieces": line.pieces,
                "sellable": line.sellable,
            }
            for line_id, line in zip(line_ids, plan.lines, strict=True)
        ],
    )
    await _take_value_back(actor, sale, asked.reason, dict(zip(line_ids, plan.lines, strict=True)), now)
    await _write_tips(refund_id, sale, plan, now)
    await insert_many(
        RefundTax,
        [
            {"id": uuid7(now), "refund": refund_id, "jurisdiction": code, "tax_cents": cents}
            for code, cents in plan.taxes
        ],
    )
    await _write_parts(refund_id, plan, now)


async def _take_value_back(
    actor: Actor, sale: TicketView, why: str, lines: Mapping[UUID, RefundedLine], now: datetime
) -> None:
    """What the ticket sold and goes back is taken off its cards, packages and deposits."""
    holdings = {line.id: line.stored_value_id for line in sale.lines}
    for line_id, line in lines.items():
        holding_id = holdings[line.line.id]
        if line.line.value_left_cents is not None and holding_id is not None:
            await take_back(
                actor,
                take_back_id=line_id,
                holding_id=holding_id,
                amount_cents=line.net_cents,
                ticket_id=sale.head.id,
                reason=why,
                now=now,
            )


async def _write_tips(refund_id: UUID, sale: TicketView, plan: RefundPlan, now: datetime) -> None:
    """Tips go back in the ratio in which their providers have them."""
    have = {who: cents for who, cents in sorted((await tips_now(sale.head.id)).items()) if cents}
    shares = split(plan.tip_cents, list(have.values())) if plan.tip_cents else []
    await insert_many(
        RefundTip,
        [
            {"id": uuid7(now), "refund": refund_id, "provider": who, "amount_cents": cents}
            for who, cents in zip(have, shares, strict=False)
            if cents
        ],
    )


async def _drawer_for(actor: Actor, plan: RefundPlan, now: datetime) -> UUID | None:
    """The drawer that gives the cash of a refund; it stays open until the refund is closed."""
    if any(part.kind == "cash" for part in plan.parts):
        return await drawer_in_use(actor, now=now)
    return None


async def _write_parts(refund_id: UUID, plan: RefundPlan, now: datetime) -> None:
    await insert_many(
        RefundPartRow,
        [
            {
                "id": uuid7(now),
                "refund": refund_id,
                "tender": part.tender_id,
                "tip_change": part.late_tip_id,
                "kind": part.kind,
                "amount_cents": part.amount_cents,
                "status": "requested" if part.kind in BY_CARD else "done",
                "next_check_at": now + STEP_TIME if part.kind in BY_CARD else None,
            }
            for part in plan.parts
        ],
    )
