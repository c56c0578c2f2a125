"""Paying with what we owe the guest, from pay, and by a slip of another terminal."""

from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.settle import settle_ticket
from spa_pos.checkout.actions.tenders import Taken, post_tender
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket
from spa_pos.checkout.queries import (
    TicketView,
    pay_period,
    register_terms,
    taken_from_pay,
    ticket,
    tippable,
)
from spa_pos.checkout.rules import (
    clean_slip,
    payable_by_value,
    payroll_amount,
    value_amount,
)
from spa_pos.checkout.tables import LineDiscount, Tender
from spa_pos.db import action, fetch, insert
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.ledger.rules import NewPosting
from spa_pos.payments.queries import authorisation_for_update
from spa_pos.people.actions import record
from spa_pos.people.queries import guest
from spa_pos.stored_value.actions import redeem
from spa_pos.stored_value.queries import holding
from spa_pos.stored_value.rules import Kind

TENDER_OF = {
    Kind.GIFT_CARD: "gift_card",
    Kind.PAID_CREDIT: "credit",
    Kind.PROMOTIONAL_CREDIT: "credit",
    Kind.GOODWILL_CREDIT: "credit",
    Kind.DEPOSIT: "deposit",
}


@action
async def take_value(
    actor: Actor,
    *,
    ticket_id: UUID,
    tender_id: UUID,
    holding_id: UUID,
    amount_cents: Cents | None,
    version: int,
    now: datetime,
) -> Taken:
    """Pay with a gift card, credit or deposit: all it has, up to what it may pay, when no amount is given.

    Raises:
        NotFound: `holding-unknown`.
        Invalid: `amount-above-remaining`.
        Conflict: `nothing-to-pay`, `nothing-left-on-it`, `package-by-visit`, what `redeem` and
            `locked_open_ticket` refuse, and what keeps a ticket that is paid from settling.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    found = await holding(holding_id, for_update=True)
    kind = TENDER_OF.get(found.kind)
    if kind is None:
        raise Conflict("package-by-visit", "A package pays whole visits. Choose the service it is for.")
    balance = found.balance.usable(local_date(now, actor.zone)).total_cents
    amount = value_amount(balance, payable(sale), amount_cents)
    used = await redeem(
        actor,
        holding_id=holding_id,
        amount_cents=amount,
        tender_id=tender_id,
        ticket_id=ticket_id,
        guest_id=sale.head.guest_id,
        now=now,
    )
    return await tendered(
        actor,
        sale,
        tender_id,
        kind,
        amount,
        now,
        value_used=used.postings,
        stored_value=holding_id,
        label=used.label,
        left_cents=used.left_cents,
    )


@action
async def take_payroll(
    actor: Actor,
    *,
    ticket_id: UUID,
    tender_id: UUID,
    amount_cents: Cents | None,
    version: int,
    now: datetime,
) -> Taken:
    """Have an employee's purchase taken from pay, within what they signed for this pay period.

    Raises:
        Conflict: `guest-needed`, `payroll-not-authorised`, what `payroll_amount` and
            `locked_open_ticket` refuse.
        Invalid: `amount-above-remaining`.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if sale.head.guest_id is None:
        raise Conflict("guest-needed", "Payroll deduction needs a guest we know. Open the ticket of a visit.")
    signed = await authorisation_for_update(sale.head.guest_id)
    if signed is None:
        raise Conflict(
            "payroll-not-authorised",
            "This guest has signed no authorisation for payroll deduction, or withdrew it.",
        )
    today = local_date(now, actor.zone)
    terms = await register_terms(actor.location_id)
    first, last = pay_period(terms, today)
    amount = payroll_amount(
        group=(await guest(sale.head.guest_id)).group.code,
        signed_on=signed.signed_on,
        period_cents=signed.period_cents,
        taken_cents=await taken_from_pay(sale.head.guest_id, first, last),
        on=today,
        remaining=sale.sums.remaining_cents,
        wanted=amount_cents,
    )
    return await tendered(
        actor,
        sale,
        tender_id,
        "payroll",
        amount,
        now,
        authorisation=signed.id,
    )


@action
async def take_slip(
    actor: Actor,
    *,
    ticket_id: UUID,
    tender_id: UUID,
    slip: str,
    amount_cents: Cents | None,
    version: int,
    now: datetime,
) -> Taken:
    """A card was charged at another terminal; its slip number is written down, never the card's.

    Raises:
        Invalid: `slip-unreadable`, `card-number-typed`, `amount-above-remaining`.
        Conflict: `nothing-to-pay`, and what `locked_open_ticket` refuses.
    """
    number = clean_slip(slip)
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    remaining = sale.sums.remaining_cents
    if remaining <= 0:
        raise Conflict("nothing-to-pay", "This ticket is paid. Nothing more was taken.")
    amount = remaining if amount_cents is None else amount_cents
    if not 0 < amount <= remaining:
        raise Invalid("amount-above-remaining", f"Up to {format_usd(remaining)} is to pay.", field="amount")
    return await tendered(actor, sale, tender_id, "external_card", amount, now, slip=number)


def payable(sale: TicketView) -> Cents:
    """What stored value may pay of a ticket now."""
    return payable_by_value(
        [(line.account, line.net_cents) for line in sale.lines],
        sale.sums.remaining_cents,
        [(one.kind, one.amount_cents) for one in sale.tenders],
    )


async def tendered(
    actor: Actor,
    sale: TicketView,
    tender_id: UUID,
    kind: str,
    amount: Cents,
    now: datetime,
    *,
    value_used: list[NewPosting] | None = None,
    less: Cents = Cents(0),
    line_id: UUID | None = None,
    settles: bool = True,
    **columns: object,
) -> Taken:
    """Write a tender and its entry; settle when nothing remains and no guest is still to be asked for a tip.

    `less` is what a package visit makes its line cheaper by. What was taken by itself never settles a ticket:
    a person looks first.
    """
    await insert(
        Tender,
        id=tender_id,
        ticket=sale.head.id,
        kind=kind,
        amount_cents=amount,
        taken_at=now,
        taken_by=actor.staff_id,
        **columns,
    )
    if line_id is not None and less:
        await _make_cheaper(sale, line_id, less, tender_id, str(columns["label"]), now)
    await post_tender(actor, sale, tender_id, kind, amount, now, value_used=value_used)
    await record(
        actor,
        verb=f"took {kind.replace('_', ' ')}",
        subject_kind="ticket",
        subject=sale.head.id,
        now=now,
        after={"tender": tender_id, "amount_cents": amount, "label": columns.get("label")},
    )
    after = await ticket(sale.head.id, actor.location_id, actor.zone, now=now)
    remaining = after.sums.remaining_cents
    if remaining < 0:
        raise Conflict("tenders-above-total", "More was paid than this comes to. Undo a tender first.")
    waits = after.head.tip_asked_at is None and bool(await tippable(after))
    if remaining == 0 and settles and not waits:
        await settle_ticket(actor, ticket_id=sale.head.id, now=now)
        return Taken(Cents(0), remaining, True)
    await bump(sale)
    return Taken(Cents(0), remaining, False)


async def _make_cheaper(
    sale: TicketView, line_id: UUID, less: Cents, tender_id: UUID, name: str, now: datetime
) -> None:
    await insert(
        LineDiscount,
        id=uuid7(now),
        ticket=sale.head.id,
        line=line_id,
        kind="package",
        name=f"{name.partition(':')[0]}: worth less in the package"[:80],
        amount_cents=less,
        tender=tender_id,
        made_at=now,
    )
    await fetch(
        "UPDATE ticket_line SET discount_cents = discount_cents + $2, net_cents = net_cents - $2"
        " WHERE id = $1",
        line_id,
        less,
    )
