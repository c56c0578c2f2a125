"""Giving money back: the plan is written first, then each way is gone, then one entry settles it all."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.given_back import BY_CARD, STEP_TIME, close_refund
from spa_pos.checkout.queries import (
    TicketView,
    refunded_alone,
    sold,
    ticket,
)
from spa_pos.checkout.rules import (
    Chosen,
    RefundPlan,
    check_may_refund,
    plan_refund,
)
from spa_pos.checkout.tables import Refund, RefundLine, RefundTax
from spa_pos.checkout.tables import RefundPart as RefundPartRow
from spa_pos.db import action, insert, insert_many
from spa_pos.drawers.actions import drawer_in_use
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import next_number, record, use_approval
from spa_pos.printing.actions import kick_drawer

APPROVED_AS = "refund"
"""What a second person approves when the desk alone may not give so much back."""


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
) -> UUID:
    """Write down what goes back of a settled ticket; what needs no card processor is done here.

    `expected_cents` is the total that the page showed: what changed meanwhile is shown again first.

    Raises:
        Invalid: `reason-missing`, `refund-nothing`, `refund-unreadable`, `refund-way-missing`.
        NeedsApproval: `refund-needs-approval`.
        Conflict: `ticket-not-settled`, `refund-under-way`, `refund-changed`, `refund-needs-guest`,
            `drawer-not-open`, and what was given back already.
    """
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("reason-missing", "Say why the money goes back.", field="reason")
    if not to:
        raise Invalid("refund-way-missing", "Choose how the money goes back.")
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "settled":
        raise Conflict("ticket-not-settled", "This ticket is not settled. Undo its tenders instead.")
    plan = await _planned(
        sale, Chosen({key: Cents(cents) for key, cents in lines.items()}, Cents(tip_cents), to)
    )
    if plan.total_cents != expected_cents:
        raise Conflict("refund-changed", "What can go back changed while this page was open. Look again.")
    if to == "credit" and sale.head.guest_id is None:
        raise Conflict("refund-needs-guest", "Nobody's name is on this ticket. Choose a gift card instead.")
    used = await _allowed(actor, sale, plan, approval_id, now)
    await _write(actor, refund_id, sale, plan, why, used, now)
    await _trace(actor, refund_id, ticket_id, plan, why, now)
    await close_refund(actor, refund_id=refund_id, now=now)
    return refund_id


async def _allowed(
    actor: Actor, sale: TicketView, plan: RefundPlan, approval_id: UUID | None, now: datetime
) -> UUID | None:
    """The approval that this refund needs and spends; None when nobody else has to agree."""
    today = local_date(now, actor.zone)
    alone = await refunded_alone(actor.staff_id, actor.location_id, today, actor.zone)
    settled_at = sale.head.settled_at or now
    try:
        check_may_refund(actor.role, plan, settled_at=settled_at, now=now, refunded_today=alone)
    except NeedsApproval:
        if approval_id is None:
            raise
        total, about = plan.total_cents, sale.head.id
        used = await use_approval(
            actor, approval_id, verb=APPROVED_AS, subject=about, amount_cents=total, now=now
        )
        return used.id
    return None


async def _trace(
    actor: Actor, refund_id: UUID, ticket_id: UUID, plan: RefundPlan, why: str, now: datetime
) -> None:
    await record(
        actor,
        verb="gave money back",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={
            "refund": refund_id,
            "total_cents": plan.total_cents,
            "ways": [f"{part.word} {part.amount_cents}" for part in plan.parts],
        },
        reason=why,
    )
    if any(part.kind == "cash" for part in plan.parts):
        await kick_drawer(actor, subject=refund_id, now=now)


async def _planned(sale: TicketView, chosen: Chosen) -> RefundPlan:
    found = await sold(sale)
    return plan_refund(found.lines, found.taxes, found.tenders, chosen, tip_left_cents=found.tip_left_cents)


async def _write(
    actor: Actor,
    refund_id: UUID,
    sale: TicketView,
    plan: RefundPlan,
    why: str,
    approval_id: UUID | None,
    now: datetime,
) -> None:
    await insert(
        Refund,
        id=refund_id,
        location=actor.location_id,
        ticket=sale.head.id,
        number=await next_number(actor.location_id, "refund"),
        reason=why,
        net_cents=plan.net_cents,
        tax_cents=plan.tax_cents,
        tip_cents=plan.tip_cents,
        total_cents=plan.total_cents,
        made_at=now,
        made_by=actor.staff_id,
        approval=approval_id,
        drawer=await _drawer_for(actor, plan, now),
    )
    await insert_many(
        RefundLine,
        [
            {
                "id": uuid7(now),
                "refund": refund_id,
                "line": line.line.id,
                "net_cents": line.net_cents,
                "tax_cents": line.tax_cents,
                "list_cents": line.list_cents,
            }
            for line in plan.lines
        ],
    )
    await insert_many(
        RefundTax,
        [
            {"id": uuid7(now), "refund": refund_id, "jurisdiction": code, "tax_cents": cents}
            for code, cents in plan.taxes
        ],
    )
    await _write_parts(refund_id, plan, now)


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
                "kind": part.kind,
                "amount_cents": part.amount_cents,
                "status": "requested" if part.kind in BY_CARD else "done",
                "next_check_at": now + STEP_TIME if part.kind in BY_CARD else None,
            }
            for part in plan.parts
        ],
    )
