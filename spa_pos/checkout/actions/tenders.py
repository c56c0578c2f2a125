"""Taking cash on a ticket, and undoing tenders before it settles."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.discounts import take_discounts_off
from spa_pos.checkout.actions.settle import settle_as_read
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket
from spa_pos.checkout.queries import TicketView
from spa_pos.checkout.rules import BY_VALUE, cash_amounts, postings_for_tender
from spa_pos.checkout.tables import Tender
from spa_pos.db import action, fetch, insert
from spa_pos.drawers.actions import put_in_drawer
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry, reverse_entry
from spa_pos.ledger.rules import NewPosting
from spa_pos.people.actions import record
from spa_pos.printing.actions import kick_drawer
from spa_pos.stored_value.actions import unredeem


@dataclass(frozen=True, slots=True)
class Taken:
    """What a tender did: the change to hand back, what remains, and whether the ticket settled."""

    change_cents: Cents
    remaining_cents: Cents
    settled: bool


@action
async def take_cash(
    actor: Actor, *, ticket_id: UUID, tender_id: UUID, given_cents: Cents | None, version: int, now: datetime
) -> Taken:
    """Take cash, exactly what is due when no amount is given; the ticket settles when nothing remains.

    The drawer on the printer of the actor's device opens; when it does not, the cash is taken all the same.

    Raises:
        Invalid: `cash-nothing`, `cash-too-much`.
        Conflict: `nothing-to-pay`, `ticket-changed`, `ticket-already-closed`, `card-already-in-progress`,
            `drawer-not-open`, and what keeps a ticket that is paid from settling.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    given = sale.sums.remaining_cents if given_cents is None else given_cents
    amount, change = cash_amounts(given, sale.sums.remaining_cents)
    await insert(
        Tender,
        id=tender_id,
        ticket=ticket_id,
        kind="cash",
        amount_cents=amount,
        given_cents=given,
        taken_at=now,
        taken_by=actor.staff_id,
    )
    await post_tender(actor, sale, tender_id, "cash", amount, now)
    await record(
        actor,
        verb="took cash",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"tender": tender_id, "amount_cents": amount, "given_cents": given},
    )
    await kick_drawer(actor, subject=tender_id, now=now)
    remaining = Cents(sale.sums.remaining_cents - amount)
    if remaining == 0:
        paid = replace(sale.sums, tendered_cents=sale.sums.total_cents, remaining_cents=remaining)
        await settle_as_read(actor, replace(sale, sums=paid), now)
    else:
        await bump(sale)
    return Taken(change, remaining, remaining == 0)


@action
async def undo_tender(actor: Actor, *, ticket_id: UUID, tender_id: UUID, version: int, now: datetime) -> None:
    """Undo a tender before the ticket settles; its entry is reversed, stored value is given back.

    Raises:
        NotFound: `tender-unknown`.
        Conflict: `ticket-changed`, `ticket-already-closed`, `card-not-undone`, `drawer-not-open`.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    tender = next((one for one in sale.tenders if one.id == tender_id), None)
    if tender is None:
        raise NotFound("tender-unknown", "That tender was undone already.")
    if tender.kind in ("card", "card_on_file"):
        raise Conflict("card-not-undone", "A card payment goes back to its card. Undo it as a card.")
    await fetch("UPDATE tender SET status = 'undone', undone_at = $2 WHERE id = $1", tender_id, now)
    if tender.kind in BY_VALUE:
        return_id = uuid.uuid5(tender_id, "undone")
        await unredeem(actor, return_id=return_id, tender_id=tender_id, ticket_id=ticket_id, now=now)
        await take_discounts_off(
            [one.id for line in sale.lines for one in line.discounts if one.tender_id == tender_id]
        )
    reversal_id = await reverse_entry(entry_id=tender_id, business_date=local_date(now, actor.zone), now=now)
    if tender.kind == "cash":
        await put_in_drawer(actor, entry_id=reversal_id, now=now)
    await bump(sale)
    if tender.kind == "cash":
        await kick_drawer(actor, subject=tender_id, now=now)
    await record(
        actor,
        verb="undid a tender",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"tender": tender_id, "kind": tender.kind, "amount_cents": tender.amount_cents},
    )


async def post_tender(
    actor: Actor,
    sale: TicketView,
    tender_id: UUID,
    kind: str,
    amount: Cents,
    now: datetime,
    *,
    value_used: Sequence[NewPosting] | None = None,
) -> None:
    """Write a tender's entry: money, or what we owed, becomes a debt to the guest of this ticket."""
    await post_entry(
        entry_id=tender_id,
        location_id=actor.location_id,
        business_date=local_date(now, actor.zone),
        kind=f"{kind}-tendered",
        subject=sale.head.id,
        postings=postings_for_tender(kind, amount, value_used),
        now=now,
    )
    if kind == "cash":
        await put_in_drawer(actor, entry_id=tender_id, now=now)
