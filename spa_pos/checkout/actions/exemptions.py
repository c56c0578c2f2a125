"""Making a massage exempt from sales tax, and taxing it again (DOMAIN.md §7.8-9)."""

from datetime import datetime
from uuid import UUID

from spa_pos.care.queries import referral, treatment_on
from spa_pos.care.rules import FACILITY_TREATMENT, WRITTEN_REFERRAL, check_covers
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket, refuse_one_price
from spa_pos.checkout.queries import LineView, TicketView, ticket
from spa_pos.checkout.queries.exemptions import Served, massage_of
from spa_pos.checkout.rules import check_not_overpaid
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.people.actions import record


@action
async def exempt_by_referral(
    actor: Actor, *, ticket_id: UUID, line_id: UUID, referral_id: UUID, version: int, now: datetime
) -> None:
    """Take the tax off a massage that a stored referral of its guest covers on the day of the service.

    Raises:
        NotFound: `line-unknown`, `referral-unknown`.
        Conflict: `not-a-massage`, `referral-not-for-this`, `tenders-above-total`, what `check_covers` and
            `locked_open_ticket` refuse.
    """
    sale, line, served = await _massage(actor, ticket_id, line_id, version, now)
    found = await referral(referral_id, actor.location_id)
    if found.guest_id != served.guest_id:
        raise Conflict("referral-not-for-this", "That referral is another guest's. Tax is due here.")
    check_covers(found.written_on, found.valid_until, found.ended_at is not None, served.service_day)
    await _write(actor, sale, line, WRITTEN_REFERRAL, referral_id, now)


@action
async def exempt_as_treatment(
    actor: Actor, *, ticket_id: UUID, line_id: UUID, version: int, now: datetime
) -> None:
    """Take the tax off a massage as treatment through a licensed facility, where management allows it.

    Raises:
        NotFound: `line-unknown`.
        Conflict: `not-a-massage`, `treatment-off`, `tenders-above-total`, and what `locked_open_ticket`
            refuses.
    """
    sale, line, served = await _massage(actor, ticket_id, line_id, version, now)
    if not (await treatment_on(actor.location_id, served.service_day)).allowed:
        raise Conflict("treatment-off", "Facility treatment is not used here. A written referral is needed.")
    await _write(actor, sale, line, FACILITY_TREATMENT, None, now)


@action
async def tax_again(actor: Actor, *, ticket_id: UUID, line_id: UUID, version: int, now: datetime) -> None:
    """Put the tax back on a massage; one that is taxed stays so.

    Raises:
        NotFound: `line-unknown`.
        Conflict: `not-a-massage`, and what `locked_open_ticket` refuses.
    """
    sale, line, _ = await _massage(actor, ticket_id, line_id, version, now)
    await _write(actor, sale, line, "taxable", None, now)


async def _massage(
    actor: Actor, ticket_id: UUID, line_id: UUID, version: int, now: datetime
) -> tuple[TicketView, LineView, Served]:
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    line = next((one for one in sale.lines if one.id == line_id), None)
    if line is None:
        raise NotFound("line-unknown", "That line is not on the ticket any more.")
    refuse_one_price(line)
    served = await massage_of(line_id)
    if served is None:
        raise Conflict("not-a-massage", "Only massage can be exempt on a referral.")
    return sale, line, served


async def _write(
    actor: Actor, sale: TicketView, line: LineView, treatment: str, referral_id: UUID | None, now: datetime
) -> None:
    await fetch(
        "UPDATE ticket_line SET tax_treatment = $2, referral = $3 WHERE id = $1",
        line.id,
        treatment,
        referral_id,
    )
    after = await ticket(sale.head.id, actor.location_id, actor.zone, now=now)
    check_not_overpaid(after.sums.remaining_cents)
    await bump(sale)
    await record(
        actor,
        verb="taxed again" if treatment == "taxable" else "made exempt",
        subject_kind="ticket",
        subject=sale.head.id,
        now=now,
        before={"line": line.id, "tax": line.tax_treatment},
        after={"line": line.id, "tax": treatment, "referral": referral_id},
    )
