"""Who pays: another guest's visit on this ticket; and tickets set aside for later."""

from datetime import datetime
from uuid import UUID

from spa_pos.booking.queries import visit
from spa_pos.booking.rules import HERE
from spa_pos.checkout.actions.packages import use_packages
from spa_pos.checkout.actions.tickets import (
    bump,
    locked_open_ticket,
    refuse_card_under_way,
    refuse_one_price,
)
from spa_pos.checkout.actions.visit_lines import add_visit_lines
from spa_pos.checkout.queries import TicketView, open_ticket_of, ticket
from spa_pos.db import action, fetch, fetch_value
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.people.actions import record


@action
async def add_visit(
    actor: Actor, *, ticket_id: UUID, appointment_id: UUID, version: int, now: datetime
) -> None:
    """Put the visit of another guest who is here on this ticket; one that has a ticket leaves it.

    A ticket that is empty then is voided. One on which money was taken keeps its lines. A package of that
    guest that covers the visit pays by itself.

    Raises:
        NotFound: `appointment-unknown`.
        Conflict: `not-checked-in`, `already-here`, `other-ticket-paid`, and what `locked_open_ticket`
            refuses; a card that is asked on the other ticket is refused as on this one.
    """
    other = await open_ticket_of(appointment_id)
    if other is not None and other != ticket_id:
        for one in sorted((other, ticket_id)):  # both, always in the same order
            await fetch("SELECT 1 FROM ticket WHERE id = $1 FOR UPDATE", one)
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    found = await visit(appointment_id, actor.location_id, for_update=True)
    if found.status not in HERE:
        raise Conflict(
            "not-checked-in", f"The visit of {found.guest_name} is not one of a guest who is here."
        )
    other = await open_ticket_of(appointment_id)
    if other == ticket_id:
        raise Conflict("already-here", f"The visit of {found.guest_name} is on this ticket already.")
    position = int(
        await fetch_value("SELECT coalesce(max(position), 0) FROM ticket_line WHERE ticket = $1", ticket_id)
    )
    if other is None:
        await add_visit_lines(actor, ticket_id, found, now, after=position)
        await use_packages(actor, ticket_id, appointment_id, now)
    else:
        await _move_lines(actor, other, sale, appointment_id, position, now)
    await bump(sale)
    await record(
        actor,
        verb="added a visit",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"appointment": appointment_id, "guest": found.guest_name, "from": other},
    )


async def _move_lines(
    actor: Actor, other_id: UUID, sale: TicketView, appointment_id: UUID, position: int, now: datetime
) -> None:
    other = await ticket(other_id, actor.location_id, actor.zone, now=now)
    if other.head.status != "open" or other.tenders:
        raise Conflict(
            "other-ticket-paid",
            f"Money was taken on ticket {other.head.number} of this visit. Undo it there first.",
        )
    await refuse_card_under_way(other, f"ticket {other.head.number} of this visit")
    for line in other.lines:
        refuse_one_price(line)
    moved = [
        row["id"]
        for row in await fetch(
            "UPDATE ticket_line SET ticket = $2, position = position + $4 WHERE ticket = $1"
            " AND status = 'live' AND (appointment = $3 OR"
            " add_on IN (SELECT id FROM appointment_add_on WHERE appointment = $3)) RETURNING id",
            other_id,
            sale.head.id,
            appointment_id,
            position,
        )
    ]
    await fetch("UPDATE line_discount SET ticket = $2 WHERE line = ANY($1)", moved, sale.head.id)
    await fetch("DELETE FROM tip WHERE ticket = $1", other_id)
    await bump(other)
    if len(moved) == len(other.lines):
        await fetch("UPDATE ticket SET status = 'voided' WHERE id = $1", other_id)
        why = f"Paid on ticket {sale.head.number}"
        await record(actor, verb="voided", subject_kind="ticket", subject=other_id, now=now, reason=why)


@action
async def park_ticket(actor: Actor, *, ticket_id: UUID, name: str, version: int, now: datetime) -> None:
    """Set an open ticket aside under a name; anybody at the desk can take it up again.

    Raises:
        Invalid: `name-missing`.
        Conflict: what `locked_open_ticket` refuses.
    """
    words = " ".join(name.split())[:60]
    if not words:
        raise Invalid("name-missing", "Type a name under which it can be found.", field="name")
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    await fetch("UPDATE ticket SET parked_as = $2 WHERE id = $1", ticket_id, words)
    await bump(sale)
    await record(
        actor,
        verb="parked",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"name": words},
    )


@action
async def resume_ticket(actor: Actor, *, ticket_id: UUID, now: datetime) -> None:
    """Take a parked ticket up again; one that is not parked stays as it is."""
    row = await fetch(
        "UPDATE ticket SET parked_as = NULL, version = version + 1 WHERE id = $1 AND location = $2"
        " AND status = 'open' AND parked_as IS NOT NULL RETURNING id",
        ticket_id,
        actor.location_id,
    )
    if row:
        await record(actor, verb="resumed", subject_kind="ticket", subject=ticket_id, now=now)
