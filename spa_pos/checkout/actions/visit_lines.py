"""The lines of a visit on a ticket: the service and each of its add-ons, at the prices promised."""

from datetime import datetime
from uuid import UUID

from spa_pos.booking.queries import Visit, VisitAddOn
from spa_pos.checkout.queries import LineView, TicketView
from spa_pos.checkout.rules.details import added_to, in_visit
from spa_pos.checkout.tables import TicketLine
from spa_pos.db import insert, insert_many
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.ids import uuid7

NO_SALE = "no-sale"
"""How fees and what we owe from then on are taxed: not at all."""


async def add_visit_lines(
    actor: Actor, ticket_id: UUID, visit_now: Visit, now: datetime, *, after: int = 0
) -> None:
    """Put a visit on a ticket, with a line for each add-on, after the lines that are there."""
    start = visit_now.starts_at.astimezone(actor.zone)
    await insert(
        TicketLine,
        id=uuid7(now),
        ticket=ticket_id,
        position=after + 1,
        appointment=visit_now.id,
        description=visit_now.service_name,
        category=visit_now.category,
        provider=visit_now.provider_id,
        tax_treatment=treatment(visit_now.taxable),
        **in_visit(visit_now.provider_name, visit_now.duration_minutes, start),
        **price_columns(visit_now, visit_now),
    )
    await _add_add_ons(ticket_id, visit_now, now, after)


async def _add_add_ons(ticket_id: UUID, visit_now: Visit, now: datetime, after: int) -> None:
    await insert_many(
        TicketLine,
        [
            {
                "id": uuid7(now),
                "ticket": ticket_id,
                "position": position,
                "add_on": one.id,
                "kind": "add_on",
                "description": one.name,
                "category": one.category,
                "provider": visit_now.provider_id,
                "tax_treatment": treatment(one.taxable),
                **added_to(visit_now.service_name),
                **price_columns(visit_now, one),
            }
            for position, one in enumerate(visit_now.add_ons, start=after + 2)
        ],
    )


def price_columns(visit_now: Visit, priced: Visit | VisitAddOn) -> dict[str, object]:
    """The columns of a line that carry over what was promised."""
    return {
        "guest_group": visit_now.group,
        "list_cents": priced.list_price_cents,
        "reduction_cents": priced.list_price_cents - priced.price_cents,
        "reduction_code": priced.reduction_code,
        "reduction_name": priced.reduction_name,
        "net_cents": priced.price_cents,
    }


def priced_on(sale: TicketView, visit_now: Visit) -> list[tuple[LineView, Visit | VisitAddOn]]:
    """The lines of a visit and its add-ons on a ticket, each with what promises its price."""
    add_ons = {one.id: one for one in visit_now.add_ons}
    found: list[tuple[LineView, Visit | VisitAddOn]] = []
    for line in sale.lines:
        if line.appointment_id == visit_now.id:
            found.append((line, visit_now))
        elif line.add_on_id in add_ons:
            found.append((line, add_ons[line.add_on_id]))
    return found


def priced_again(line: LineView, visit_now: Visit, promised: Visit | VisitAddOn) -> bool:
    """True when a line says another price than is promised now."""
    return (line.guest_group, line.list_cents, line.list_cents - line.reduction_cents) != (
        visit_now.group,
        promised.list_price_cents,
        promised.price_cents,
    )


def treatment(taxable: bool) -> str:
    """How a line of a tax class is taxed."""
    return "taxable" if taxable else "exempt-class"
