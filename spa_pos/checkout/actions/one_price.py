"""Selling lines of a ticket for one price, and taking that back (DOMAIN.md §2.3, §7.11)."""

from datetime import datetime
from uuid import UUID

from spa_pos.catalog.queries import one_prices
from spa_pos.catalog.rules import OnePriceSplit, Part, split_one_price
from spa_pos.checkout.actions.discounts import ONE_PRICE
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket
from spa_pos.checkout.queries import LineView, TicketView, ticket
from spa_pos.checkout.rules import check_not_overpaid
from spa_pos.checkout.tables import LineDiscount, OnePriceSale
from spa_pos.db import action, fetch, insert, insert_many
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import record

EXEMPT_IN_ONE_PRICE = "exempt-one-price"
"""What would be taxed alone, in one price that is not taxed."""


@action
async def sell_for_one_price(
    actor: Actor, *, ticket_id: UUID, sale_id: UUID, one_price_id: UUID, version: int, now: datetime
) -> Cents:
    """Sell the lines that belong to one price for that price; gives what comes off.

    Each line takes its share by what it costs alone, and all are taxed or none.

    Raises:
        NotFound: `one-price-unknown`, when it is not sold any more.
        Conflict: `tender-first`, `one-price-does-not-fit`, `one-price-not-lower` when the guest pays less
            without it, and what `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    if sale.tenders:
        raise Conflict("tender-first", "Money was taken already. Undo the tender, then change the price.")
    known = await one_prices(actor.location_id, local_date(now, actor.zone))
    wanted = next((one for one in known if one.id == one_price_id and one.active), None)
    if wanted is None:
        raise NotFound("one-price-unknown", "That is not sold for one price any more.")
    lines = sale.lines_for([part.thing_id for part in wanted.parts])
    if lines is None:
        raise Conflict(
            "one-price-does-not-fit",
            f"{wanted.name} needs all of its parts on the ticket, without discounts and taxed as usual.",
        )
    divided = at_one_price(wanted.price_cents, lines)
    off = Cents(sum(line.net_cents for line in lines) - wanted.price_cents)
    if off <= 0:
        raise Conflict("one-price-not-lower", "This guest pays no more for the parts one by one.")
    await insert(
        OnePriceSale,
        id=sale_id,
        ticket=ticket_id,
        one_price=one_price_id,
        price_cents=wanted.price_cents,
        taxable_cents=divided.taxable_cents,
        made_at=now,
    )
    await _write(actor, sale, sale_id, wanted.name, lines, divided, now)
    await record(
        actor,
        verb="sold for one price",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        after={"name": wanted.name, "amount_cents": off, "all_taxed": divided.taxed_whole},
    )
    return off


def at_one_price(price: Cents, lines: list[LineView]) -> OnePriceSplit:
    """A price shared over lines by what they cost this guest, and put to the 10 % test."""
    return split_one_price(price, [Part(line.net_cents, line.taxable) for line in lines])


async def _write(
    actor: Actor,
    sale: TicketView,
    sale_id: UUID,
    name: str,
    lines: list[LineView],
    divided: OnePriceSplit,
    now: datetime,
) -> None:
    shares = list(zip(lines, divided.share_cents, strict=True))
    await insert_many(
        LineDiscount,
        [
            {
                "id": uuid7(now),
                "ticket": sale.head.id,
                "line": line.id,
                "kind": ONE_PRICE,
                "name": name,
                "amount_cents": line.net_cents - share,
                "reason": None,
                "given_by": actor.staff_id,
                "approval": None,
                "promo": None,
                "made_at": now,
            }
            for line, share in shares
            if line.net_cents > share
        ],
    )
    await fetch(
        "UPDATE ticket_line SET one_price_sale = $1, discount_cents = net_cents - share, net_cents = share,"
        " tax_treatment = CASE WHEN $4 THEN 'taxable' WHEN tax_treatment = 'taxable' THEN $5"
        " ELSE tax_treatment END"
        " FROM unnest($2::uuid[], $3::int[]) AS shared (line, share) WHERE id = line",
        sale_id,
        [line.id for line, _ in shares],
        [share for _, share in shares],
        divided.taxed_whole,
        EXEMPT_IN_ONE_PRICE,
    )
    after = await ticket(sale.head.id, actor.location_id, actor.zone, now=now)
    check_not_overpaid(after.sums.remaining_cents)
    await bump(sale)
