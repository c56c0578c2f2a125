"""Selling what we owe from then on: gift cards, reloads, packages; they count once the ticket settles."""

from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.lines import add_line
from spa_pos.checkout.actions.tickets import locked_open_ticket
from spa_pos.checkout.actions.visit_lines import NO_SALE
from spa_pos.checkout.queries import TicketView
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NeedsApproval, NotFound
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.ledger.rules import GIFT_CARDS, PACKAGES
from spa_pos.people.actions import use_approval
from spa_pos.stored_value.actions import (
    check_card_line,
    issue_gift_card,
    reload_gift_card,
    sell_package,
)
from spa_pos.stored_value.queries import holding, plan
from spa_pos.stored_value.rules import Kind

VALUE = "value"
"""The category of lines that are no sale; reports leave them out."""


@action
async def add_gift_card(
    actor: Actor,
    *,
    ticket_id: UUID,
    line_id: UUID,
    card_id: UUID,
    amount_cents: Cents,
    recipient: str,
    message: str,
    version: int,
    approval_id: UUID | None,
    now: datetime,
) -> UUID:
    """Put a gift card on a ticket: a new one, a preprinted one to be sold, or one that is reloaded.

    A card that is active already is reloaded. Nothing is on it before the ticket settles.

    Raises:
        Invalid: `card-amount-too-small`, `card-amount-too-large`.
        NeedsApproval: `card-sale-needs-approval`.
        Conflict: `card-replaced`, `card-on-a-ticket`, and what `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    label, on_it, reload = await _card_to_sell(card_id)
    used = await _card_approval(actor, sale, amount_cents, on_it, approval_id, now)
    to = " ".join(recipient.split())[:80]
    await add_line(
        actor,
        sale,
        "added a reload" if reload else "added a gift card",
        now,
        id=line_id,
        kind="reload" if reload else "gift_card",
        account=GIFT_CARDS,
        stored_value=card_id,
        description=f"Reload of {label}" if reload else label,
        detail=f"For {to}" if to else "No expiry, no fees",
        category=VALUE,
        list_cents=amount_cents,
        net_cents=amount_cents,
        tax_treatment=NO_SALE,
        recipient=to or None,
        message=" ".join(message.split())[:300] or None,
        approval=used,
    )
    return line_id


async def _card_to_sell(card_id: UUID) -> tuple[str, Cents, bool]:
    """What a card is called, what is on it, and whether that makes it a reload."""
    try:
        card = await holding(card_id)
    except NotFound:
        return "Gift card", Cents(0), False
    if card.kind is not Kind.GIFT_CARD or card.status == "dead":
        raise Conflict("card-replaced", "This card was replaced. Sell or reload the new one.")
    return card.label, Cents(card.paid_cents + card.free_cents), card.status == "active"


@action
async def add_package(
    actor: Actor,
    *,
    ticket_id: UUID,
    line_id: UUID,
    package_id: UUID,
    plan_id: UUID,
    version: int,
    now: datetime,
) -> UUID:
    """Put a package on the ticket of a guest we know by name; it is theirs once the ticket settles.

    Raises:
        NotFound: `plan-unknown`.
        Conflict: `guest-needed`, `plan-ended`, and what `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if sale.head.guest_id is None:
        raise Conflict("guest-needed", "A package belongs to a guest. Sell it on the ticket of their visit.")
    chosen = await plan(plan_id)
    if not chosen.active:
        raise Conflict("plan-ended", "This package is not sold any more. Choose another one.")
    await add_line(
        actor,
        sale,
        "added a package",
        now,
        id=line_id,
        kind="package",
        account=PACKAGES,
        stored_value=package_id,
        plan=plan_id,
        description=chosen.name,
        detail=", ".join(f"{item.visits} × {item.service_name}" for item in chosen.items)[:120],
        category=VALUE,
        list_cents=chosen.price_cents,
        net_cents=chosen.price_cents,
        tax_treatment=NO_SALE,
    )
    return line_id


async def hand_over_value(actor: Actor, sale: TicketView, now: datetime) -> None:
    """Make what the ticket sells real: the cards and packages of its lines; inside the settlement.

    The settlement's own entry credits what is owed, by the accounts of the lines.
    """
    for line in sale.lines:
        if line.kind == "gift_card" and line.stored_value_id is not None:
            await issue_gift_card(
                actor,
                issue_id=line.id,
                card_id=line.stored_value_id,
                paid_cents=line.net_cents,
                ticket_id=sale.head.id,
                recipient=line.recipient,
                message=line.message,
                approved=True,
                now=now,
            )
        elif line.kind == "reload" and line.stored_value_id is not None:
            await reload_gift_card(
                actor,
                reload_id=line.id,
                card_id=line.stored_value_id,
                paid_cents=line.net_cents,
                ticket_id=sale.head.id,
                approved=True,
                now=now,
            )
        elif line.kind == "package" and line.stored_value_id is not None and line.plan_id is not None:
            if sale.head.guest_id is None:
                raise RuntimeError(f"ticket {sale.head.id} sells a package to nobody")
            await sell_package(
                actor,
                package_id=line.stored_value_id,
                plan_id=line.plan_id,
                guest_id=sale.head.guest_id,
                paid_cents=line.net_cents,
                ticket_id=sale.head.id,
                now=now,
            )


async def value_not_ready(sale: TicketView) -> Conflict | None:
    """Why what a ticket sells cannot be handed over, although it is paid."""
    for line in sale.lines:
        if line.plan_id is not None and not (await plan(line.plan_id)).active:
            return Conflict(
                "plan-ended", f"{line.description} is not sold any more. Undo the tender and remove its line."
            )
        if line.kind in ("gift_card", "reload") and line.stored_value_id is not None:
            try:
                card = await holding(line.stored_value_id)
            except NotFound:
                continue
            ready = "active" if line.kind == "reload" else "inactive"
            if card.status != ready:
                return Conflict(
                    "card-not-ready",
                    f"{card.label} was sold or replaced meanwhile. Undo the tender and remove its line.",
                )
    return None


async def _card_approval(
    actor: Actor, sale: TicketView, amount: Cents, on_it: Cents, approval_id: UUID | None, now: datetime
) -> UUID | None:
    try:
        await check_card_line(actor, amount_cents=amount, on_it=on_it)
    except Conflict as refused:
        if refused.code != "card-sale-needs-manager":
            raise
        if approval_id is None:
            raise NeedsApproval(
                "card-sale-needs-approval",
                f"A gift card of {format_usd(amount)}: a manager has to approve.",
                amount_cents=amount,
            ) from refused
        used = await use_approval(
            actor,
            approval_id,
            verb="gift card",
            subject=sale.head.id,
            amount_cents=amount,
            now=now,
        )
        return used.id
    return None
