"""Paying by the link to a visit: a deposit that is still asked for, or the fee of a visit that ended."""

from datetime import datetime
from uuid import UUID, uuid5

from spa_pos.checkout.actions.cards import begin_card
from spa_pos.checkout.actions.deposits import add_deposit, add_fee
from spa_pos.checkout.actions.tickets import void_ticket
from spa_pos.checkout.queries import deposit_ticket, fee_ticket, ticket
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.ledger.queries import place
from spa_pos.payments.queries import live_attempt_for
from spa_pos.payments.rules import ONLINE_WAIT

NOT_PAID = "Not paid online"


async def ticket_by_link(appointment_id: UUID, *, is_fee: bool) -> UUID | None:
    """The ticket that the fee or the deposit of a visit is on."""
    return await (fee_ticket if is_fee else deposit_ticket)(appointment_id)


@action
async def begin_visit_payment(
    actor: Actor,
    *,
    appointment_id: UUID,
    is_fee: bool,
    attempt_id: UUID,
    expected_cents: int,
    now: datetime,
) -> UUID:
    """Put what a visit is asked for on a ticket and write down that a card is about to be asked for.

    Deposits pay a fee first; `expected_cents` is what the guest saw. Gives the attempt that lives, this one
    or an earlier one.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `no-fee`, `deposit-not-due`, `nothing-due` when it is paid, `due-changed` when it is another
            amount by now.
    """
    ids = {"ticket_id": uuid5(attempt_id, "ticket"), "line_id": uuid5(attempt_id, "line")}
    if not is_fee:
        ids["deposit_id"] = uuid5(attempt_id, "deposit")
    opened = await (add_fee if is_fee else add_deposit)(actor, appointment_id=appointment_id, now=now, **ids)
    sale = await ticket(opened, actor.location_id, actor.zone, now=now, for_update=True)
    living = await live_attempt_for(opened)
    if living is not None and living.online:
        return living.id
    if sale.head.status != "open":
        raise Conflict("nothing-due", "This is paid already. Nothing was charged.")
    if sale.sums.remaining_cents != expected_cents:
        raise Conflict(
            "due-changed",
            "What is to pay changed. Nothing was charged; look again.",
            now=sale.sums.remaining_cents,
        )
    return await begin_card(
        actor,
        ticket_id=opened,
        attempt_id=attempt_id,
        online=True,
        amount_cents=Cents(sale.sums.remaining_cents),
        version=sale.head.version,
        now=now,
    )


@action
async def leave_visit_payment(actor: Actor, *, ticket_id: UUID, now: datetime) -> None:
    """Void a ticket that a guest opened by their link and did not pay; one that took money stays."""
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "open" or sale.tenders or await live_attempt_for(ticket_id) is not None:
        return
    await void_ticket(actor, ticket_id=ticket_id, version=sale.head.version, reason=NOT_PAID, now=now)


async def left_by_guests(now: datetime) -> list[tuple[UUID, UUID]]:
    """Open tickets without money that guests opened by their links some time ago; with their location."""
    rows = await fetch(
        "SELECT t.id, t.location FROM ticket t WHERE t.status = 'open' AND t.opened_by IS NULL"
        " AND t.opened_at <= $1 AND EXISTS (SELECT 1 FROM attempt a WHERE a.subject = t.id AND a.online)"
        " AND NOT EXISTS (SELECT 1 FROM attempt a WHERE a.subject = t.id AND"
        "   (a.ended_at IS NULL OR a.ended_at > $1))"
        " AND NOT EXISTS (SELECT 1 FROM tender d WHERE d.ticket = t.id AND d.status = 'taken')",
        now - ONLINE_WAIT,
    )
    return [(row["id"], row["location"]) for row in rows]


async def leave_unpaid(now: datetime) -> int:
    """Void what guests opened by their links and left alone; gives how many."""
    left = await left_by_guests(now)
    for ticket_id, location_id in left:
        where = await place(location_id)
        actor = Actor("Online", Role.FRONT_DESK, where.id, where.zone)
        await leave_visit_payment(actor, ticket_id=ticket_id, now=now)
    return len(left)
