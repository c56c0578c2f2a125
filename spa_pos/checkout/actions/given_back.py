"""What became of each way in which a refund gives money back, and closing it: one entry settles it all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.checkout.queries import RefundPartView, TicketView, parts_of, refund, sold, ticket
from spa_pos.checkout.rules import (
    BY_VALUE,
    OUR_OWN,
    RefundedLine,
    RefundPart,
    RefundPlan,
    postings_for_refund,
)
from spa_pos.checkout.tables import RefundPart as RefundPartRow
from spa_pos.db import action, fetch, insert
from spa_pos.drawers.actions import drawer_in_use, put_in_drawer
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.rules import NewPosting
from spa_pos.payments.rules import GivenBack, NotGivenBack, RefundOutcome
from spa_pos.people.actions import need_role, record
from spa_pos.printing.actions import kick_drawer
from spa_pos.stock.actions import move_back, write_off
from spa_pos.stored_value.actions import refund_to, unredeem

BY_CARD = ("card", "card_on_file")
UNDER_WAY = ("requested", "unknown", "pending")

STEP_TIME = timedelta(minutes=2)
"""A card refund nobody heard of again for so long is asked about."""


@action
async def record_given_back(
    actor: Actor, *, refund_id: UUID, part_id: UUID, outcome: RefundOutcome, now: datetime
) -> None:
    """What the processor said of one card; a part that has ended stays as it is.

    Pending at the bank is not given back yet: it may still fail, and then goes back another way.

    Raises:
        NotFound: `refund-unknown`.
    """
    await refund(refund_id, actor.location_id, for_update=True)
    part = next((one for one in await parts_of(refund_id) if one.id == part_id), None)
    if part is None or part.status in ("done", "failed"):
        return
    if isinstance(outcome, GivenBack) and not outcome.settled:
        await fetch(
            "UPDATE refund_part SET status = 'pending', processor_id = $2, tries = $3, next_check_at = $4"
            " WHERE id = $1",
            part_id,
            outcome.processor_id,
            *look_again(part.tries, now),
        )
    elif isinstance(outcome, GivenBack):
        await fetch(
            "UPDATE refund_part SET status = 'done', processor_id = $2, next_check_at = NULL WHERE id = $1",
            part_id,
            outcome.processor_id,
        )
        await close_refund(actor, refund_id=refund_id, now=now)
    elif isinstance(outcome, NotGivenBack):
        await fetch(
            "UPDATE refund_part SET status = 'failed', problem = $2, next_check_at = NULL WHERE id = $1",
            part_id,
            outcome.sentence,
        )
        await record(
            actor,
            verb="was refused a refund",
            subject_kind="refund",
            subject=refund_id,
            now=now,
            reason=outcome.sentence,
        )
    else:
        await fetch(
            "UPDATE refund_part SET status = CASE status WHEN 'pending' THEN status ELSE 'unknown' END,"
            " tries = $2, next_check_at = $3 WHERE id = $1",
            part_id,
            *look_again(part.tries, now),
        )


def look_again(tries: int, now: datetime) -> tuple[int, datetime]:
    """How often it was asked for by now, and when it is again: after an hour at most."""
    tries = min(tries + 1, 1_000)
    return tries, now + min(timedelta(hours=1), STEP_TIME * tries)


@action
async def give_back_otherwise(
    actor: Actor, *, refund_id: UUID, part_id: UUID, kind: str, now: datetime
) -> None:
    """A card's bank refused: the same amount goes back in cash or as guest credit. For managers.

    Raises:
        NotAllowed: `role-missing`.
        Invalid: `refund-unreadable`.
        NotFound: `refund-unknown`, `refund-part-unknown`.
        Conflict: `refund-not-refused`, `refund-needs-guest`.
    """
    need_role(actor, Role.MANAGER)
    if kind not in ("cash", "credit"):
        raise Invalid("refund-unreadable", "Choose cash or guest credit.")
    head = await refund(refund_id, actor.location_id, for_update=True)
    part = next((one for one in await parts_of(refund_id) if one.id == part_id), None)
    if part is None:
        raise NotFound("refund-part-unknown", "That part of the refund is not there.")
    if head.status != "open" or part.status != "failed" or await _replaced(refund_id):
        raise Conflict("refund-not-refused", "Nothing of this refund waits for another way.")
    await insert(
        RefundPartRow,
        id=uuid7(now),
        refund=refund_id,
        kind=kind,
        amount_cents=part.amount_cents,
        status="done",
    )
    if kind == "cash":
        chosen = await drawer_in_use(actor, now=now)
        await fetch("UPDATE refund SET drawer = $2 WHERE id = $1", refund_id, chosen)
        await kick_drawer(actor, subject=refund_id, now=now)
    await close_refund(actor, refund_id=refund_id, now=now)


async def _replaced(refund_id: UUID) -> bool:
    head = await fetch(
        "SELECT r.total_cents - sum(p.amount_cents) AS missing FROM refund r JOIN refund_part p"
        " ON p.refund = r.id AND p.status <> 'failed' WHERE r.id = $1 GROUP BY r.id",
        refund_id,
    )
    return bool(head) and head[0]["missing"] == 0


@action
async def close_refund(actor: Actor, *, refund_id: UUID, now: datetime) -> bool:
    """When every way is gone: stored value comes back, the books are written on today's date. True if closed.

    Raises:
        NotFound: `refund-unknown`.
    """
    head = await refund(refund_id, actor.location_id, for_update=True)
    parts = [part for part in await parts_of(refund_id) if part.status != "failed"]
    back = sum(part.amount_cents for part in parts)
    if head.status != "open" or back < head.total_cents or any(part.status != "done" for part in parts):
        return False
    sale = await ticket(head.ticket_id, actor.location_id, actor.zone, now=now)
    value = {
        part.tender_id: await _value_back(actor, sale, part, now) for part in parts if part.kind in OUR_OWN
    }
    plan = await _as_written(sale, refund_id, head.tip_cents, parts)
    business_date = local_date(now, actor.zone)
    await post_entry(
        entry_id=refund_id,
        location_id=actor.location_id,
        business_date=business_date,
        kind="ticket-voided" if head.kind == "void" else "ticket-refunded",
        subject=head.ticket_id,
        postings=postings_for_refund(plan, value),
        now=now,
    )
    if any(part.kind == "cash" for part in parts):
        await put_in_drawer(actor, entry_id=refund_id, drawer_id=head.drawer_id, now=now)
    await fetch(
        "UPDATE refund SET status = 'done', business_date = $2, closed_at = $3 WHERE id = $1",
        refund_id,
        business_date,
        now,
    )
    await _goods_back(actor, refund_id, now)
    await record(
        actor,
        verb="closed a refund",
        subject_kind="refund",
        subject=refund_id,
        now=now,
        after={"total_cents": head.total_cents},
    )
    return True


async def _goods_back(actor: Actor, refund_id: UUID, now: datetime) -> None:
    """Pieces that came back lie on the shelf again; those that cannot be sold are written off."""
    rows = await fetch(
        "SELECT x.id, x.line, l.product, x.pieces::int AS pieces, x.sellable FROM refund_line x"
        " JOIN ticket_line l ON l.id = x.line WHERE x.refund = $1 AND x.pieces > 0",
        refund_id,
    )
    await move_back(actor, refund_id, [(row["line"], row["product"], row["pieces"]) for row in rows], now)
    broken = [(row["id"], row["product"], row["pieces"]) for row in rows if not row["sellable"]]
    await write_off(actor, refund_id, broken, now)


async def _value_back(
    actor: Actor, sale: TicketView, part: RefundPartView, now: datetime
) -> Sequence[NewPosting]:
    """The postings of a part that becomes stored value again, or for the first time."""
    paid_by_value = any(one.id == part.tender_id and one.kind in BY_VALUE for one in sale.tenders)
    if paid_by_value and part.tender_id is not None:
        issued = await unredeem(
            actor,
            return_id=part.id,
            tender_id=part.tender_id,
            ticket_id=sale.head.id,
            amount_cents=part.amount_cents,
            now=now,
        )
    else:
        to_guest = part.kind == "credit"
        issued = await refund_to(
            actor,
            refund_id=part.id,
            amount_cents=part.amount_cents,
            ticket_id=sale.head.id,
            guest_id=sale.head.guest_id if to_guest else None,
            card_id=None if to_guest else part.id,
            now=now,
        )
    await fetch("UPDATE refund_part SET stored_value = $2 WHERE id = $1", part.id, issued.holding_id)
    return issued.postings


async def _as_written(
    sale: TicketView, refund_id: UUID, tip_cents: Cents, parts: Sequence[RefundPartView]
) -> RefundPlan:
    """The plan as it was written down, whatever could be given back now."""
    by_id = {line.id: line for line in (await sold(sale)).lines}
    lines = await fetch(
        "SELECT line, net_cents, tax_cents, list_cents FROM refund_line WHERE refund = $1", refund_id
    )
    taxes = await fetch("SELECT jurisdiction, tax_cents FROM refund_tax WHERE refund = $1", refund_id)
    return RefundPlan(
        tuple(
            RefundedLine(by_id[row["line"]], row["net_cents"], row["tax_cents"], row["list_cents"])
            for row in lines
        ),
        tuple((row["jurisdiction"], row["tax_cents"]) for row in taxes),
        tip_cents,
        tuple(
            RefundPart(part.kind, part.word, part.tender_id, part.amount_cents, part.late_tip_id)
            for part in parts
        ),
    )
