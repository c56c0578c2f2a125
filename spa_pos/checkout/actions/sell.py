"""Selling what we owe from then on: gift cards, reloads, packages; they count once the ticket settles."""

import uuid
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from spa_pos.booking.queries import visit
from spa_pos.checkout.actions.lines import add_line
from spa_pos.checkout.actions.tickets import locked_open_ticket
from spa_pos.checkout.actions.visit_lines import NO_SALE
from spa_pos.checkout.queries import LineView, TicketView
from spa_pos.checkout.rules.details import of_gift, of_package
from spa_pos.db import action
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NeedsApproval, NotFound
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.ledger.rules import GIFT_CARDS, PACKAGES
from spa_pos.messages.queries import said_stop
from spa_pos.messages.rules import Channel, hidden_address
from spa_pos.messages.rules import Kind as MessageKind
from spa_pos.people.actions import use_approval
from spa_pos.stored_value.actions import (
    check_card_line,
    check_gift,
    hand_to_outbox,
    issue_gift_card,
    reload_gift_card,
    sell_package,
    take_deposit,
)
from spa_pos.stored_value.queries import holding, plan
from spa_pos.stored_value.rules import LONGEST_MESSAGE, LONGEST_NAME, Gift, Kind, clean_words

NEW_CARD = "Gift card"
RELOAD_OF = "Reload of "
"""What a card is called that has no code yet."""

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
    email: str = "",
    giver: str = "",
    send_on: date | None = None,
) -> UUID:
    """Put a gift card on a ticket: a new one, a preprinted one to be sold, or one that is reloaded.

    A card that is active already is reloaded. Nothing is on it before the ticket settles. With an address a
    new one is sent there by e-mail, once it is paid or on a later day.

    Raises:
        Invalid: `card-amount-too-small`, `card-amount-too-large`; and what `check_gift` refuses.
        NeedsApproval: `card-sale-needs-approval`.
        Conflict: `card-replaced`, `card-on-a-ticket`, `card-is-plastic`, and a ticket that is not open.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    label, on_it, reload = await _card_to_sell(card_id)
    used = await _card_approval(actor, sale, amount_cents, on_it, approval_id, now)
    gift = await _gift_to_sell(actor, sale, Gift(email, recipient, giver, message, send_on), label, now)
    await add_line(
        actor,
        sale,
        "added a reload" if reload else "added a gift card",
        now,
        id=line_id,
        kind="reload" if reload else "gift_card",
        account=GIFT_CARDS,
        stored_value=card_id,
        description=f"{RELOAD_OF}{label}" if reload else label,
        category=VALUE,
        list_cents=amount_cents,
        net_cents=amount_cents,
        tax_treatment=NO_SALE,
        approval=used,
        **_gift_detail(recipient, gift),
        **_gift_fields(recipient, message, gift, send_on),
    )
    return line_id


async def _gift_to_sell(
    actor: Actor, sale: TicketView, asked: Gift, label: str, now: datetime
) -> Gift | None:
    """How a card that is sold is handed over by e-mail; None when nobody asked for it."""
    if not asked.email.strip() and asked.send_on is None:
        return None
    if label != NEW_CARD:
        raise Conflict("card-is-plastic", "This card is a printed one. Hand it over; only new ones are sent.")
    giver = asked.giver if asked.giver.strip() else sale.head.guest_name or ""
    return await check_gift(replace(asked, giver=giver), actor=actor, now=now)


def _gift_fields(recipient: str, message: str, gift: Gift | None, send_on: date | None) -> dict[str, object]:
    words = {
        "recipient": clean_words(recipient, LONGEST_NAME) or None,
        "message": clean_words(message, LONGEST_MESSAGE) or None,
    }
    if gift is None:
        return {**words}
    return {**words, "gift_email": gift.email, "gift_giver": gift.giver, "gift_send_on": send_on}


def _gift_detail(recipient: str, gift: Gift | None) -> dict[str, object]:
    who = clean_words(recipient, LONGEST_NAME) if recipient.strip() else ""
    if gift is None or gift.send_on is None:
        return of_gift(who)
    return of_gift(who, to=hidden_address(gift.email)[:50], on=gift.send_on)


async def _card_to_sell(card_id: UUID) -> tuple[str, Cents, bool]:
    """What a card is called, what is on it, and whether that makes it a reload."""
    try:
        card = await holding(card_id)
    except NotFound:
        return NEW_CARD, Cents(0), False
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
        category=VALUE,
        list_cents=chosen.price_cents,
        net_cents=chosen.price_cents,
        tax_treatment=NO_SALE,
        **of_package((item.visits, item.service_name) for item in chosen.items),
    )
    return line_id


async def hand_over_value(actor: Actor, sale: TicketView, now: datetime) -> None:
    """Make what the ticket sells real: cards, packages and deposits of its lines; inside the settlement.

    A card for nobody by name is the guest's own: they can pay with it by theirs. The settlement's own entry
    credits what is owed, by the accounts of the lines.
    """
    for line in sale.lines:
        if line.kind == "gift_card" and line.stored_value_id is not None:
            await issue_gift_card(
                actor,
                issue_id=line.id,
                card_id=line.stored_value_id,
                paid_cents=line.net_cents,
                ticket_id=sale.head.id,
                guest_id=None if line.recipient or line.gift_email else sale.head.guest_id,
                recipient=line.recipient,
                message=line.message,
                approved=True,
                now=now,
            )
            await _send_gift(actor, line, line.stored_value_id, now)
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
        elif line.kind == "deposit":
            await _keep_deposit(actor, sale, line, now)


async def _keep_deposit(actor: Actor, sale: TicketView, line: LineView, now: datetime) -> None:
    if line.stored_value_id is None or line.deposit_for_id is None:
        raise RuntimeError(f"ticket {sale.head.id} takes a deposit of nobody")
    towards = await visit(line.deposit_for_id, actor.location_id)
    await take_deposit(
        actor,
        deposit_id=line.stored_value_id,
        guest_id=towards.guest_id,
        amount_cents=line.net_cents,
        for_visit=line.deposit_for_id,
        ticket_id=sale.head.id,
        now=now,
    )


async def _send_gift(actor: Actor, line: LineView, card_id: UUID, now: datetime) -> None:
    """Send a card that was just paid; a paid ticket settles, whatever became of the address meanwhile."""
    if line.gift_email is None or await said_stop(Channel.EMAIL, line.gift_email, MessageKind.GIFT):
        return
    giver = line.gift_giver or ""
    gift = Gift(line.gift_email, line.recipient or "", giver, line.message or "", line.gift_send_on)
    await hand_to_outbox(actor, uuid.uuid5(line.id, "gift"), await holding(card_id), gift, now)


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
