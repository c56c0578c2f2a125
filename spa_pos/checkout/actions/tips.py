"""Tips: chosen by the guest before the ticket settles; added or shared anew afterwards."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.cards import check_own_card
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket
from spa_pos.checkout.queries import TicketView, ticket, tippable, tips_now
from spa_pos.checkout.rules import (
    MANAGERS,
    check_not_overpaid,
    check_tips,
    plan_split,
    postings_for_late_tip,
)
from spa_pos.checkout.tables import Tip, TipAsk, TipChange
from spa_pos.db import action, fetch, fetch_one, insert, insert_many
from spa_pos.drawers.actions import put_in_drawer
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.errors import Conflict, NeedsApproval
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.actions import post_entry
from spa_pos.ledger.queries import place
from spa_pos.payments.actions import open_attempt
from spa_pos.payments.rules import PaidAttempt
from spa_pos.people.actions import record, use_approval
from spa_pos.printing.actions import kick_drawer

TIP_PURPOSE = "tip"
"""What payments calls an attempt that pays a late tip."""


@action
async def choose_tips(
    actor: Actor, *, ticket_id: UUID, tips: Mapping[UUID, Cents], version: int, now: datetime
) -> Cents:
    """Write down what the guest gives each provider, nothing too; gives what remains to pay.

    Raises:
        Invalid: `tip-unreadable`.
        Conflict: `tip-nobody`, `tenders-above-total` when less was chosen than is paid for, and what
            `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    check_tips(tips, await tippable(sale))
    await fetch("DELETE FROM tip WHERE ticket = $1", ticket_id)
    await insert_many(
        Tip,
        [
            {"id": uuid7(now), "ticket": ticket_id, "provider": who, "amount_cents": cents, "chosen_at": now}
            for who, cents in tips.items()
            if cents
        ],
    )
    await fetch("UPDATE ticket SET tip_asked_at = $2 WHERE id = $1", ticket_id, now)
    after = await ticket(ticket_id, actor.location_id, actor.zone, now=now)
    check_not_overpaid(after.sums.remaining_cents)
    await bump(sale)
    await record(
        actor,
        verb="let the guest tip",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"tip_cents": sale.sums.tip_cents},
        after={"tip_cents": after.sums.tip_cents},
    )
    return after.sums.remaining_cents


@action
async def add_late_tip(
    actor: Actor,
    *,
    ticket_id: UUID,
    change_id: UUID,
    provider_id: UUID,
    amount_cents: Cents,
    approval_id: UUID | None,
    now: datetime,
) -> UUID:
    """A guest tips in cash after the ticket settled; booked today, the sale stays as it was.

    Raises:
        Invalid: `tip-unreadable`.
        NeedsApproval: `late-tip-needs-approval` for the desk.
        Conflict: `tip-nobody`, `ticket-not-settled`, `drawer-not-open`.
    """
    sale, used = await _after_settlement(
        actor, ticket_id, {provider_id: amount_cents}, "late tip", amount_cents, approval_id, now
    )
    await _write(actor, sale, change_id, "cash", {provider_id: amount_cents}, used, None, now)
    await _post(actor, sale, change_id, "cash", amount_cents, now)
    await kick_drawer(actor, subject=change_id, now=now)
    return change_id


@action
async def ask_late_tip_by_card(
    actor: Actor,
    *,
    ticket_id: UUID,
    attempt_id: UUID,
    provider_id: UUID,
    amount_cents: Cents,
    reader_id: UUID | None = None,
    stored_card_id: UUID | None = None,
    approval_id: UUID | None,
    now: datetime,
) -> UUID:
    """Write down that a card is about to be asked for a late tip; it is a tip once the card paid.

    With a card on file of the guest nobody has to be there.

    Raises:
        As `add_late_tip`; Conflict: `card-already-in-progress`, `reader-busy`.
    """
    sale, used = await _after_settlement(
        actor, ticket_id, {provider_id: amount_cents}, "late tip", amount_cents, approval_id, now
    )
    await check_own_card(sale.head.guest_id, stored_card_id)
    await open_attempt(
        attempt_id=attempt_id,
        location_id=actor.location_id,
        purpose=TIP_PURPOSE,
        subject=ticket_id,
        reader_id=reader_id,
        stored_card_id=stored_card_id,
        amount_cents=amount_cents,
        now=now,
    )
    await insert(
        TipAsk,
        id=attempt_id,
        ticket=ticket_id,
        provider=provider_id,
        amount_cents=amount_cents,
        asked_at=now,
        asked_by=actor.staff_id,
        approval=used,
    )
    return attempt_id


async def record_paid_tip(paid: PaidAttempt) -> None:
    """What payments calls, in its own transaction, when a card paid a late tip."""
    where = await place(paid.location_id)
    processor = Actor("The card processor", Role.FRONT_DESK, where.id, where.zone)
    ask = await fetch_one("SELECT provider, approval FROM tip_ask WHERE id = $1", paid.attempt_id)
    if ask is None:
        raise RuntimeError(f"attempt {paid.attempt_id} pays a tip nobody asked for")
    sale = await ticket(paid.subject, where.id, where.zone, now=paid.paid_at, for_update=True)
    given = {ask["provider"]: paid.received_cents}
    change_id = uuid.uuid5(paid.attempt_id, "tip")
    await _write(processor, sale, change_id, "card", given, ask["approval"], paid.attempt_id, paid.paid_at)
    await _post(processor, sale, change_id, "card", paid.received_cents, paid.paid_at)


@action
async def split_tips(
    actor: Actor,
    *,
    ticket_id: UUID,
    change_id: UUID,
    wanted: Mapping[UUID, Cents],
    approval_id: UUID | None,
    now: datetime,
) -> UUID:
    """Share the tips of a settled ticket anew between its providers; together they stay what they are.

    No money moves and the account of tips stays the same, so there is no entry; the change is kept.

    Raises:
        Invalid: `tip-unreadable`.
        NeedsApproval: `split-needs-approval` for the desk.
        Conflict: `tips-do-not-add-up`, `tips-unchanged`, `tip-nobody`, `ticket-not-settled`.
    """
    await fetch("SELECT 1 FROM ticket WHERE id = $1 FOR UPDATE", ticket_id)
    changes = plan_split(await tips_now(ticket_id), wanted)
    moved = Cents(sum(cents for cents in changes.values() if cents > 0))
    sale, used = await _after_settlement(actor, ticket_id, dict(wanted), "split", moved, approval_id, now)
    await _write(actor, sale, change_id, "split", changes, used, None, now)
    return change_id


async def _after_settlement(
    actor: Actor,
    ticket_id: UUID,
    tips: Mapping[UUID, Cents],
    verb: str,
    amount: Cents,
    approval_id: UUID | None,
    now: datetime,
) -> tuple[TicketView, UUID | None]:
    sale = await ticket(ticket_id, actor.location_id, actor.zone, now=now, for_update=True)
    if sale.head.status != "settled":
        raise Conflict("ticket-not-settled", "This ticket is not paid yet. Choose the tip on its pay screen.")
    check_tips(tips, await tippable(sale))
    if amount <= 0:
        raise Conflict("tip-nothing", "Type a tip above zero.")
    if actor.role in MANAGERS:
        return sale, None
    if approval_id is None:
        raise NeedsApproval(
            f"{verb.replace(' ', '-')}-needs-approval",
            f"{format_usd(amount)} of tips on ticket {sale.head.number}: a manager has to approve.",
            amount_cents=amount,
        )
    used = await use_approval(actor, approval_id, verb=verb, subject=ticket_id, amount_cents=amount, now=now)
    return sale, used.id


async def _write(
    actor: Actor,
    sale: TicketView,
    change_id: UUID,
    kind: str,
    changes: Mapping[UUID, Cents],
    approval_id: UUID | None,
    attempt_id: UUID | None,
    now: datetime,
) -> None:
    before = await tips_now(sale.head.id)
    await insert_many(
        TipChange,
        [
            {
                "id": uuid7(now),
                "change": change_id,
                "ticket": sale.head.id,
                "provider": provider_id,
                "kind": kind,
                "amount_cents": cents,
                "attempt": attempt_id,
                "business_date": local_date(now, actor.zone),
                "made_at": now,
                "made_by": actor.staff_id,
                "approval": approval_id,
            }
            for provider_id, cents in sorted(changes.items())
        ],
    )
    await record(
        actor,
        verb="shared the tips anew" if kind == "split" else f"took a late tip by {kind}",
        subject_kind="ticket",
        subject=sale.head.id,
        now=now,
        before={str(who): cents for who, cents in before.items()},
        after={str(who): cents for who, cents in (await tips_now(sale.head.id)).items()},
    )


async def _post(
    actor: Actor, sale: TicketView, change_id: UUID, paid_with: str, amount: Cents, now: datetime
) -> None:
    await post_entry(
        entry_id=change_id,
        location_id=actor.location_id,
        business_date=local_date(now, actor.zone),
        kind=f"late-tip-{paid_with}",
        subject=sale.head.id,
        postings=postings_for_late_tip(paid_with, amount),
        now=now,
    )
    if paid_with == "cash":
        await put_in_drawer(actor, entry_id=change_id, now=now)
