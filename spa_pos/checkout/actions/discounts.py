"""Taking something off a ticket: discounts, another price, promo codes; and putting it back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from spa_pos.checkout.actions.tickets import bump, locked_open_ticket
from spa_pos.checkout.queries import (
    DiscountView,
    LineView,
    TicketView,
    promo_for_update,
    promo_used_by,
    register_terms,
    taken_off_today,
    ticket,
)
from spa_pos.checkout.rules import (
    Reducible,
    amount_off,
    check_not_overpaid,
    discount_level,
    level_of,
    override_level,
    override_off,
    promo_off,
    shares,
    who_is_needed,
)
from spa_pos.checkout.tables import LineDiscount
from spa_pos.db import action, fetch, insert_many, lock
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, Invalid, NeedsApproval, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents, format_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import record, use_approval

BY_STAFF = ("discount", "override")

ONE_PRICE = "one_price"
"""What makes lines come to one price together."""


@action
async def discount(
    actor: Actor,
    *,
    ticket_id: UUID,
    line_id: UUID | None,
    rate_ppm: int | None,
    amount_cents: Cents | None,
    reason: str,
    version: int,
    approval_id: UUID | None,
    now: datetime,
) -> Cents:
    """Take a percentage or an amount off one line or, without one, off the whole ticket; gives how much.

    What it comes to is shared over the lines by what they cost. The limits of the person count what is
    off this ticket already and what they took off all day.

    Raises:
        Invalid: `discount-unreadable`, `discount-nothing`, `reason-missing`.
        NotFound: `line-unknown`.
        NeedsApproval: `discount-needs-approval`.
        Conflict: `nothing-to-reduce`, `tenders-above-total`, `approval-not-for-this`, and what
            `locked_open_ticket` refuses.
    """
    why = _reason(reason)
    await lock(f"taken-off:{actor.staff_id}")
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    lines = [_line(sale, line_id)] if line_id else list(sale.lines)
    reducible = [reducible_of(line) for line in lines]
    price = Cents(sum(line.net_cents for line in reducible if line.may_be_reduced))
    if price == 0:
        raise Conflict(
            "nothing-to-reduce",
            "Nothing there can be reduced: it is no sale, free already, or part of one price.",
        )
    off = amount_off(price, rate_ppm, amount_cents)
    terms = await register_terms(actor.location_id)
    before = _taken_off(sale)
    level = discount_level(
        Cents(before + sum(one.net_cents for one in map(reducible_of, sale.lines) if one.may_be_reduced)),
        before,
        off,
        await taken_off_today(actor.staff_id, actor.zone, now),
        terms,
    )
    used = await _approval(actor, sale, approval_id, "discount", off, level, now)
    name = f"Discount {rate_ppm / 10_000:g} %" if rate_ppm else "Discount"
    await _write(actor, sale, lines, shares(reducible, off), "discount", name, why, used, None, now)
    return off


@action
async def set_price(
    actor: Actor,
    *,
    ticket_id: UUID,
    line_id: UUID,
    price_cents: Cents,
    reason: str,
    version: int,
    approval_id: UUID | None,
    now: datetime,
) -> Cents:
    """Sell a line for less than it costs, with a reason; gives what was taken off.

    Raises:
        Invalid: `price-not-lower`, `reason-missing`.
        NotFound: `line-unknown`.
        NeedsApproval: `price-needs-approval`: the desk never sets a price alone.
        Conflict: as `discount`.
    """
    why = _reason(reason)
    await lock(f"taken-off:{actor.staff_id}")
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    line = _line(sale, line_id)
    if not reducible_of(line).may_be_reduced:
        raise Conflict("nothing-to-reduce", "The price of this line is not ours to change.")
    off = override_off(line.net_cents, price_cents)
    level = override_level(
        Cents(line.net_cents + line.discount_cents),
        Cents(off + line.discount_cents),
        await taken_off_today(actor.staff_id, actor.zone, now),
        await register_terms(actor.location_id),
    )
    used = await _approval(actor, sale, approval_id, "price", off, level, now)
    name = f"Price set to {format_usd(price_cents)}"
    await _write(actor, sale, [line], [off], "override", name, why, used, None, now)
    return off


@action
async def use_promo(actor: Actor, *, ticket_id: UUID, code: str, version: int, now: datetime) -> Cents:
    """Take off what a promo code gives; one code a ticket. Gives how much.

    Raises:
        NotFound: `promo-unknown`.
        Conflict: `promo-already`, and what `promo_off` and `locked_open_ticket` refuse.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if any(one.kind == "promo" for line in sale.lines for one in line.discounts):
        raise Conflict("promo-already", "There is a promo code on this ticket. Remove it, then use another.")
    promo = await promo_for_update(clean_promo_code(code))
    guest_id = sale.head.guest_id
    off = promo_off(
        promo.terms if promo else None,
        [reducible_of(line) for line in sale.lines],
        on=local_date(now, actor.zone),
        uses=promo.uses if promo else 0,
        guest_known=guest_id is not None,
        guest_used=bool(promo and guest_id and await promo_used_by(promo.id, guest_id)),
    )
    if promo is None:
        raise RuntimeError("a promo code that nobody knows took something off")
    name = f"{promo.terms.name} ({promo.code})"
    await _write(actor, sale, sale.lines, off, "promo", name, None, None, promo.id, now)
    return Cents(sum(off))


@action
async def remove_discounts(
    actor: Actor, *, ticket_id: UUID, discount_id: UUID, version: int, now: datetime
) -> None:
    """Put a discount back on: all lines it was shared over, which were written in one act.

    Raises:
        NotFound: `discount-unknown`.
        Conflict: what `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    all_of_them = [one for line in sale.lines for one in line.discounts]
    chosen = next((one for one in all_of_them if one.id == discount_id and one.kind != "package"), None)
    if chosen is None:
        raise NotFound("discount-unknown", "That discount is not on the ticket any more.")
    if chosen.kind == ONE_PRICE:
        if sale.tenders:
            raise Conflict("tender-first", "Money was taken already. Undo the tender, then change the price.")
        together = await _take_one_price_back(sale, chosen)
    else:
        together = [
            one.id
            for one in all_of_them
            if (one.kind, one.made_at, one.name) == (chosen.kind, chosen.made_at, chosen.name)
        ]
    await take_discounts_off(together)
    await bump(sale)
    await record(
        actor,
        verb="removed a discount",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"name": chosen.name, "discounts": together},
    )


async def _take_one_price_back(sale: TicketView, chosen: DiscountView) -> list[UUID]:
    """Give the lines of one price their own tax back; gives the discounts that made it, to be taken off."""
    sale_id = next(line.one_price_sale_id for line in sale.lines if chosen in line.discounts)
    await fetch(
        "UPDATE ticket_line l SET one_price_sale = NULL,"
        " tax_treatment = CASE WHEN c.taxable THEN 'taxable' ELSE 'exempt-class' END"
        " FROM ticket_line x LEFT JOIN appointment a ON a.id = x.appointment"
        " LEFT JOIN service s ON s.id = coalesce(x.service, a.service)"
        " LEFT JOIN product p ON p.id = x.product"
        " JOIN tax_class c ON c.code = coalesce(s.tax_class, p.tax_class)"
        " WHERE l.id = x.id AND x.one_price_sale = $1",
        sale_id,
    )
    await fetch("DELETE FROM one_price_sale WHERE id = $1", sale_id)
    return [
        one.id
        for line in sale.lines
        if line.one_price_sale_id == sale_id
        for one in line.discounts
        if one.kind == ONE_PRICE
    ]


async def take_discounts_off(discount_ids: Sequence[UUID]) -> None:
    """Delete discounts of an open ticket and give their lines the price back; inside an action."""
    await fetch(
        "WITH gone AS (DELETE FROM line_discount WHERE id = ANY($1) RETURNING line, amount_cents),"
        " sums AS (SELECT line, sum(amount_cents) AS cents FROM gone GROUP BY line)"
        " UPDATE ticket_line l SET discount_cents = discount_cents - s.cents, net_cents = net_cents + s.cents"
        " FROM sums s WHERE l.id = s.line",
        list(discount_ids),
    )


def clean_promo_code(code: str) -> str:
    """A promo code as it is kept: no spaces, capital letters.

    Raises:
        Invalid: `promo-unreadable`.
    """
    cleaned = "".join(code.split()).upper()
    if not (3 <= len(cleaned) <= 20 and cleaned.isascii() and cleaned.replace("-", "").isalnum()):
        raise Invalid("promo-unreadable", "A promo code has 3 to 20 letters and digits.", field="code")
    return cleaned


def reducible_of(line: LineView) -> Reducible:
    """A line as discounts see it."""
    return Reducible(
        line.net_cents,
        line.account,
        line.category,
        line.reduction_cents > 0,
        line.one_price_sale_id is not None,
    )


def _line(sale: TicketView, line_id: UUID) -> LineView:
    line = next((one for one in sale.lines if one.id == line_id), None)
    if line is None:
        raise NotFound("line-unknown", "That line is not on the ticket any more.")
    return line


def _reason(reason: str) -> str:
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("reason-missing", "Say why it costs less.", field="reason")
    return why


def _taken_off(sale: TicketView) -> Cents:
    return Cents(
        sum(one.amount_cents for line in sale.lines for one in line.discounts if one.kind in BY_STAFF)
    )


async def _approval(
    actor: Actor,
    sale: TicketView,
    approval_id: UUID | None,
    verb: str,
    off: Cents,
    level: int,
    now: datetime,
) -> UUID | None:
    """Spend the approval when one is needed; a person within their limits needs none."""
    if level_of(actor.role, None) >= level:
        return None
    used = None
    if approval_id is not None:
        used = await use_approval(
            actor, approval_id, verb=verb, subject=sale.head.id, amount_cents=off, now=now
        )
    if used is None or level_of(actor.role, used.by_role) < level:
        raise NeedsApproval(
            f"{verb}-needs-approval",
            f"{format_usd(off)} off ticket {sale.head.number}: {who_is_needed(level, actor.role)}.",
            amount_cents=off,
        )
    return used.id


async def _write(
    actor: Actor,
    sale: TicketView,
    lines: Sequence[LineView],
    off: Sequence[Cents],
    kind: str,
    name: str,
    reason: str | None,
    approval_id: UUID | None,
    promo_id: UUID | None,
    now: datetime,
) -> None:
    taken = [(line.id, cents) for line, cents in zip(lines, off, strict=True) if cents]
    await insert_many(
        LineDiscount,
        [
            {
                "id": uuid7(now),
                "ticket": sale.head.id,
                "line": line_id,
                "kind": kind,
                "name": name,
                "amount_cents": cents,
                "reason": reason,
                "given_by": actor.staff_id,
                "approval": approval_id,
                "promo": promo_id,
                "made_at": now,
            }
            for line_id, cents in taken
        ],
    )
    await fetch(
        "UPDATE ticket_line SET discount_cents = discount_cents + off, net_cents = net_cents - off"
        " FROM unnest($1::uuid[], $2::int[]) AS taken (line, off) WHERE id = line",
        [line_id for line_id, _ in taken],
        [cents for _, cents in taken],
    )
    after = await ticket(sale.head.id, actor.location_id, actor.zone, now=now)
    check_not_overpaid(after.sums.remaining_cents)
    await bump(sale)
    await record(
        actor,
        verb="took something off",
        subject_kind="ticket",
        subject=sale.head.id,
        now=now,
        after={"kind": kind, "name": name, "amount_cents": sum(off), "approval": approval_id},
        reason=reason,
    )
