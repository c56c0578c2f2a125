"""Handing receipts over: a link that nobody can guess, on a screen or in a mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.checkout.queries import LinkView, receipt_links, refund, ticket
from spa_pos.checkout.tables import ReceiptLink
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.messages.actions import call_off, enqueue
from spa_pos.messages.rules import Channel, Kind, News, ReceiptFacts, hidden_address
from spa_pos.people.actions import record
from spa_pos.people.actions.audit import need_role
from spa_pos.people.queries import guest
from spa_pos.people.rules import clean_email

LINK_LIVES = timedelta(days=180)
"""So long after it was given a link shows its receipt: until the year's expenses are handed in."""

MAIL_WAITS = timedelta(days=2)
"""Who has no mail after so long has asked again."""

ENDED = "The link in it was ended."


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is handed over: the receipt of a ticket, or of one of its refunds."""

    ticket_id: UUID
    refund_id: UUID | None
    guest_id: UUID | None
    paid_at: datetime


async def _paper(actor: Actor, ticket_id: UUID, refund_id: UUID | None, now: datetime) -> _Paper:
    """What there is to hand over.

    Raises:
        NotFound: `ticket-unknown`, `refund-unknown`.
        Conflict: `not-paid-yet`.
    """
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now)
    if sale.head.settled_at is None:
        raise Conflict(
            "not-paid-yet", "This ticket is not paid, so there is no receipt. Take the payment first."
        )
    if refund_id is None:
        return _Paper(ticket_id, None, sale.head.guest_id, sale.head.settled_at)
    back = await refund(refund_id, actor.location_id)
    return _Paper(back.ticket_id, refund_id, sale.head.guest_id, back.made_at)


@action
async def share_receipt(
    actor: Actor, *, link_id: UUID, ticket_id: UUID, refund_id: UUID | None = None, now: datetime
) -> UUID:
    """Make a link to a receipt, for somebody who stands at the desk; gives the link.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `ticket-unknown`, `refund-unknown`.
        Conflict: `not-paid-yet`.
    """
    need_role(actor, Role.FRONT_DESK, Role.MANAGER)
    paper = await _paper(actor, ticket_id, refund_id, now)
    await _link(actor, link_id, paper, now)
    await record(
        actor, verb="showed a receipt's link", subject_kind="ticket", subject=paper.ticket_id, now=now
    )
    return link_id


@action
async def mail_receipt(
    actor: Actor,
    *,
    link_id: UUID,
    ticket_id: UUID,
    refund_id: UUID | None = None,
    email: str,
    locale: str | None = None,
    now: datetime,
) -> UUID:
    """Send a guest the link to a receipt they asked for, wherever they want it; gives the link.

    It speaks `locale`, or the language of the guest.
    It needs no consent, because it was asked for, and does not become one.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `ticket-unknown`, `refund-unknown`.
        Invalid: `email-missing`, `email-unreadable`.
        Conflict: `not-paid-yet`.
    """
    need_role(actor, Role.FRONT_DESK, Role.MANAGER)
    address = clean_email(email)
    if address is None:
        raise Invalid("email-missing", "Type the address the receipt goes to.", field="email")
    paper = await _paper(actor, ticket_id, refund_id, now)
    await _link(actor, link_id, paper, now)
    speaks = (await guest(paper.guest_id)).language if paper.guest_id else None
    await enqueue([_news(actor, link_id, paper, address, locale or speaks or "en", now)], now=now)
    await record(
        actor,
        verb="mailed a receipt",
        subject_kind="ticket",
        subject=paper.ticket_id,
        now=now,
        after={"to": hidden_address(address), "refund": paper.refund_id},
    )
    return link_id


def _news(actor: Actor, link_id: UUID, paper: _Paper, address: str, locale: str, now: datetime) -> News:
    return News(
        location_id=actor.location_id,
        zone=actor.zone,
        guest_id=paper.guest_id,
        channel=Channel.EMAIL,
        address=address,
        kind=Kind.RECEIPT,
        subject_kind="receipt",
        subject=link_id,
        sequence=0,
        facts=ReceiptFacts(link_id, paper.paid_at, paper.refund_id is not None),
        useful_until=now + MAIL_WAITS,
        locale=locale,
    )


async def _link(actor: Actor, link_id: UUID, paper: _Paper, now: datetime) -> None:
    await insert(
        ReceiptLink,
        id=link_id,
        ticket=paper.ticket_id,
        refund=paper.refund_id,
        made_at=now,
        made_by=actor.staff_id,
        ends_at=now + LINK_LIVES,
    )


@action
async def end_receipt_links(
    actor: Actor, *, ticket_id: UUID, refund_id: UUID | None = None, now: datetime
) -> int:
    """End every link to a receipt, because one went astray; gives how many ended.

    Raises:
        NotAllowed: `role-missing`.
        NotFound: `ticket-unknown`.
    """
    need_role(actor, Role.FRONT_DESK, Role.MANAGER)
    await ticket(ticket_id, actor.location_id, actor.zone, now=now)
    live = [one.id for one in await receipt_links(ticket_id, refund_id) if is_live(one, now)]
    await fetch("UPDATE receipt_link SET ends_at = $2 WHERE id = ANY($1)", live, now)
    await call_off(live, ENDED, now=now)
    await record(
        actor,
        verb="ended a receipt's links",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"links": len(live)},
    )
    return len(live)


def is_live(link: LinkView, now: datetime) -> bool:
    """True while a link shows its receipt."""
    return now < link.ends_at
