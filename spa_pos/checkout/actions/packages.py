"""Visits of packages: one pays one line, by itself when it comes on a ticket, or when somebody chooses so."""

import uuid
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.tenders import Taken
from spa_pos.checkout.actions.tickets import locked_open_ticket, refuse_one_price
from spa_pos.checkout.actions.value_tenders import tendered
from spa_pos.checkout.queries import LineView, TicketView, ticket
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.stored_value.actions import draw_visit
from spa_pos.stored_value.queries import PackageVisits, holding, packages_with, visits_of


@action
async def take_package_visit(
    actor: Actor,
    *,
    ticket_id: UUID,
    tender_id: UUID,
    package_id: UUID,
    line_id: UUID,
    version: int,
    now: datetime,
) -> Taken:
    """Pay exactly one line with a visit of a package: the payer's, or that of the guest whose visit it is.

    The line costs what that visit is worth in the package; tax on it remains to pay, for tax is due when
    a visit is used (DOMAIN.md §2.5).

    Raises:
        NotFound: `line-unknown`, `holding-unknown`.
        Conflict: `not-in-package`, `no-visits-left`, `line-paid-by-package`, `package-above-price` when
            the visit costs less today, `value-of-another-guest`, `tenders-above-total`, and what
            `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    line = next((one for one in sale.lines if one.id == line_id), None)
    if line is None or line.service_id is None:
        raise NotFound("line-unknown", "That visit is not on the ticket any more.")
    refuse_one_price(line)
    if any(one.kind == "package" for one in line.discounts):
        raise Conflict("line-paid-by-package", "A package pays for this visit already.")
    item = await _visits_left(package_id, line.service_id)
    if item is not None and item.next_cents > line.net_cents:
        raise Conflict(
            "package-above-price",
            f"A visit of this package is worth {format_usd(item.next_cents)}, and this one costs"
            f" {format_usd(line.net_cents)} today. Take another tender; the package keeps its visit.",
        )
    return await _draw(actor, sale, package_id, line, line.service_id, tender_id, now, settles=True)


async def use_packages(actor: Actor, ticket_id: UUID, appointment_id: UUID, now: datetime) -> None:
    """Let a package of the guest whose visit came on a ticket pay for it: the oldest with a visit left.

    One that is worth more than the visit costs today keeps its visit. The ticket stays open even when nothing
    remains: a person looks at it first, and can undo the tender.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now)
    line = next((one for one in sale.lines if one.appointment_id == appointment_id), None)
    if line is None or line.service_id is None or line.visitor_id is None:
        return
    for package_id in await packages_with(line.visitor_id, line.service_id):
        package = await holding(package_id, for_update=True)
        item = await _visits_left(package_id, line.service_id)
        if package.status == "active" and item is not None and item.next_cents <= line.net_cents:
            tender_id = uuid.uuid5(line.id, f"package {ticket_id} {package_id}")
            await _draw(actor, sale, package_id, line, line.service_id, tender_id, now, settles=False)
            return


async def _visits_left(package_id: UUID, service_id: UUID) -> PackageVisits | None:
    items = (await visits_of([package_id])).get(package_id, ())
    return next((one for one in items if one.service_id == service_id and one.visits_left), None)


async def _draw(
    actor: Actor,
    sale: TicketView,
    package_id: UUID,
    line: LineView,
    service_id: UUID,
    tender_id: UUID,
    now: datetime,
    *,
    settles: bool,
) -> Taken:
    owner = (await holding(package_id)).guest_id
    used = await draw_visit(
        actor,
        package_id=package_id,
        service_id=service_id,
        tender_id=tender_id,
        ticket_id=sale.head.id,
        guest_id=owner if owner == line.visitor_id else sale.head.guest_id,
        now=now,
    )
    return await tendered(
        actor,
        sale,
        tender_id,
        "package",
        used.amount_cents,
        now,
        value_used=used.postings,
        stored_value=package_id,
        label=f"{used.label}: {line.description}"[:60],
        less=Cents(line.net_cents - used.amount_cents),
        line_id=line.id,
        settles=settles,
    )
