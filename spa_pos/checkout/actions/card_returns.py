"""Undoing a card on an open ticket: the money goes back at the processor, then the tender is undone."""

from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.given_back import STEP_TIME, look_again
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket
from spa_pos.checkout.queries import card_return, card_return_of, ticket
from spa_pos.checkout.tables import CardReturn
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import reverse_entry
from spa_pos.payments.rules import GivenBack, NotGivenBack, RefundOutcome
from spa_pos.people.actions import record

BY_CARD = ("card", "card_on_file")


@action
async def begin_card_return(
    actor: Actor, *, ticket_id: UUID, tender_id: UUID, return_id: UUID, version: int, now: datetime
) -> UUID:
    """Write down that a card payment is to go back; until it has, nothing else happens to the ticket.

    Asked again meanwhile it gives the return that is under way.

    Raises:
        NotFound: `tender-unknown`.
        Conflict: `tender-not-card`, and what `locked_open_ticket` refuses.
    """
    await fetch("SELECT 1 FROM ticket WHERE id = $1 FOR UPDATE", ticket_id)
    already = await card_return_of(ticket_id)
    if already is not None and already.tender_id == tender_id and already.location_id == actor.location_id:
        return already.id
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    tender = next((one for one in sale.tenders if one.id == tender_id), None)
    if tender is None:
        raise NotFound("tender-unknown", "That tender was undone already.")
    if tender.kind not in BY_CARD:
        raise Conflict("tender-not-card", "That was not paid by card. Undo it on the ticket.")
    await insert(
        CardReturn,
        id=return_id,
        tender=tender_id,
        asked_at=now,
        asked_by=actor.staff_id,
        next_check_at=now + STEP_TIME,
    )
    await bump(sale)
    await record(
        actor,
        verb="asked for a card payment back",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"tender": tender_id, "amount_cents": tender.amount_cents},
    )
    return return_id


@action
async def record_card_return(actor: Actor, *, return_id: UUID, outcome: RefundOutcome, now: datetime) -> None:
    """What the processor said; once the money is back the tender is undone and its entry reversed.

    Raises:
        NotFound: `card-return-unknown`.
    """
    before = await card_return(return_id)
    if before is None or before.location_id != actor.location_id:
        raise NotFound("card-return-unknown", "There is no such card payment on its way back.")
    sale = await ticket(before.ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    found = await card_return(return_id)
    if found is None or not found.under_way:
        return
    if isinstance(outcome, GivenBack) and outcome.settled:
        await _to("done", return_id, processor_id=outcome.processor_id)
        await fetch("UPDATE tender SET status = 'undone', undone_at = $2 WHERE id = $1", found.tender_id, now)
        today = local_date(now, actor.zone)
        await reverse_entry(entry_id=found.tender_id, business_date=today, now=now)
        verb = "undid a card"
    elif isinstance(outcome, NotGivenBack):
        await _to("failed", return_id, problem=outcome.sentence)
        verb = "was refused a card payment back"
    else:
        tries, later = look_again(found.tries, now)
        pending = isinstance(outcome, GivenBack) or found.status == "pending"
        await fetch(
            "UPDATE card_return SET status = $2, tries = $3, next_check_at = $4,"
            " processor_id = coalesce($5, processor_id) WHERE id = $1",
            return_id,
            "pending" if pending else "unknown",
            tries,
            later,
            outcome.processor_id if isinstance(outcome, GivenBack) else None,
        )
        return
    await bump(sale)
    after = {"tender": found.tender_id, "amount_cents": found.amount_cents}
    await record(actor, verb=verb, subject_kind="ticket", subject=found.ticket_id, now=now, after=after)


async def _to(
    status: str, return_id: UUID, *, processor_id: str | None = None, problem: str | None = None
) -> None:
    await fetch(
        "UPDATE card_return SET status = $2, next_check_at = NULL, problem = $3,"
        " processor_id = coalesce($4, processor_id) WHERE id = $1",
        return_id,
        status,
        problem,
        processor_id,
    )
