"""Exchanging: what a refund gave back pays a new ticket, and what it leaves becomes credit or a gift card."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.settle import settle_ticket
from spa_pos.checkout.actions.tenders import Taken
from spa_pos.checkout.actions.tickets import bump, insert_ticket, locked_open_ticket
from spa_pos.checkout.actions.value_tenders import tendered
from spa_pos.checkout.queries import TicketView, tippable
from spa_pos.checkout.rules import check_rest, exchange_amount
from spa_pos.checkout.tables import Exchange
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.rules import EXCHANGES, NewPosting
from spa_pos.people.actions import record
from spa_pos.stored_value.actions import refund_to


@dataclass(frozen=True, slots=True)
class Rest:
    """What an exchange left: where it is now, and whether the ticket settled."""

    holding_id: UUID
    amount_cents: Cents
    settled: bool


async def begin_exchange(
    actor: Actor, refund_id: UUID, guest_id: UUID | None, amount: Cents, now: datetime
) -> None:
    """A new ticket that waits for what the guest takes instead; inside the refund's transaction."""
    sale = await insert_ticket(actor, uuid7(now), guest_id, now)
    await insert(Exchange, id=uuid7(now), refund=refund_id, ticket=sale.head.id, amount_cents=amount)


@action
async def take_exchange(
    actor: Actor, *, ticket_id: UUID, tender_id: UUID, version: int, now: datetime
) -> Taken:
    """Pay with what was given back to be exchanged: all of it, up to what is to pay.

    A ticket that is paid waits while something of the exchange is left.

    Raises:
        Conflict: `exchange-nothing-left`, `nothing-to-pay`, what `locked_open_ticket` refuses, and what
            keeps a ticket that is paid from settling.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    left = sale.exchange_left_cents
    amount = exchange_amount(left, sale.sums.remaining_cents)
    label = str(sale.head.exchange_number)
    return await tendered(
        actor, sale, tender_id, "exchange", amount, now, settles=amount == left, label=label
    )


@action
async def give_exchange_rest(
    actor: Actor, *, ticket_id: UUID, rest_id: UUID, to: str, version: int, now: datetime
) -> Rest:
    """What an exchange cannot pay becomes guest `credit` or a new `gift_card`; a paid ticket settles then.

    Of a ticket on which nothing is, that is all of it: the exchange is undone without money leaving.

    Raises:
        Invalid: `exchange-unreadable`.
        Conflict: `exchange-nothing-left`, `exchange-pays-first`, `refund-needs-guest`, what
            `locked_open_ticket` refuses, and what keeps a ticket that is paid from settling.
    """
    if to not in ("credit", "gift_card"):
        raise Invalid("exchange-unreadable", "Choose guest credit or a gift card.")
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    left = sale.exchange_left_cents
    check_rest(left, sale.sums.remaining_cents)
    holding_id = await _as_value(actor, sale, rest_id, to, left, now)
    after = {"to": to, "amount_cents": left}
    await record(
        actor,
        verb="gave the rest of an exchange",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after=after,
    )
    settles = bool(sale.lines) and not (sale.head.tip_asked_at is None and await tippable(sale))
    if settles:
        await settle_ticket(actor, ticket_id=ticket_id, now=now)
    else:
        await bump(sale)
    return Rest(holding_id, left, settles)


async def _as_value(
    actor: Actor, sale: TicketView, rest_id: UUID, to: str, left: Cents, now: datetime
) -> UUID:
    """Owe what is left as stored value from now on, in one entry; the holding it is on."""
    guest_id = sale.head.guest_id if to == "credit" else None
    if to == "credit" and guest_id is None:
        raise Conflict("refund-needs-guest", "Nobody's name is on this ticket. Choose a gift card instead.")
    issued = await refund_to(
        actor,
        refund_id=rest_id,
        amount_cents=left,
        ticket_id=sale.head.id,
        guest_id=guest_id,
        card_id=rest_id if to == "gift_card" else None,
        now=now,
    )
    await post_entry(
        entry_id=rest_id,
        location_id=actor.location_id,
        business_date=local_date(now, actor.zone),
        kind="exchange-left",
        subject=sale.head.id,
        postings=[NewPosting(EXCHANGES, left), *issued.postings],
        now=now,
    )
    await fetch("UPDATE exchange SET rest_cents = rest_cents + $2 WHERE ticket = $1", sale.head.id, left)
    return issued.holding_id
