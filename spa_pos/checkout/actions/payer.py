"""Whose sale it is: a guest put on a sale that was opened without one, and another guest who pays."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from spa_pos.catalog.queries import MinuteService, minute_prices
from spa_pos.catalog.rules import PriceRow, Quote, group_price
from spa_pos.checkout.actions.tickets import bump, locked_open_ticket, refuse_one_price
from spa_pos.checkout.queries import LineView, TicketView, ticket
from spa_pos.checkout.queries.payer import bound_tender
from spa_pos.checkout.rules import check_not_overpaid
from spa_pos.db import action, fetch
from spa_pos.kernel.actor import Actor
from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import local_date
from spa_pos.people.actions import known_group, record
from spa_pos.people.queries import Group, guest, proof

NO_GUEST_GROUP = "visitor"
"""Who a walk-in without a name is, and who has not proven their group."""

BOUND = ("fee", "deposit")
"""Lines that are their guest's own."""


@action
async def set_payer(
    actor: Actor, *, ticket_id: UUID, guest_id: UUID | None, version: int, now: datetime
) -> int:
    """From now on the ticket is this guest's, or nobody's again; gives its new version.

    What they own can pay, their referrals count, and what nobody was booked for costs what their group pays.
    A group that has to be proven counts when the proof is on file. A referral of the guest before them is
    taken off.

    Raises:
        NotFound: `guest-unknown`.
        Conflict: `payer-already`, `payer-bound` when the ticket is a fee, a deposit or an exchange,
            `payer-has-paid`, `guest-needed` for a package, `one-price-first`, `discount-above-price`,
            `tenders-above-total`, and what `locked_open_ticket` refuses.
    """
    sale = await locked_open_ticket(actor, ticket_id, version, now)
    _check_free(sale, guest_id)
    paid = await bound_tender(sale)
    if paid is not None:
        raise Conflict("payer-has-paid", f"{paid} pays here already. Undo that first, then change who pays.")
    payer = await guest(guest_id) if guest_id else None
    group = await proven_group(sale, guest_id, local_date(now, actor.zone))
    await fetch("UPDATE ticket SET guest = $2 WHERE id = $1", ticket_id, guest_id)
    loose = [one for one in sale.lines if one.visitor_id is None and one.add_on_id is None]
    await _price_again(loose, group, local_date(now, actor.zone))
    after = await ticket(ticket_id, actor.location_id, actor.zone, now=now)
    check_not_overpaid(after.sums.remaining_cents)
    await bump(sale)
    await record(
        actor,
        verb="changed who pays",
        subject_kind="ticket",
        subject=ticket_id,
        now=now,
        before={"guest": sale.head.guest_id, "net_cents": sale.sums.net_cents},
        after={"guest": guest_id, "net_cents": after.sums.net_cents, "guest_group": group.code},
        reason=f"{payer.name}, {group.name}" if payer else None,
    )
    return sale.head.version + 1


def _check_free(sale: TicketView, guest_id: UUID | None) -> None:
    if sale.head.guest_id == guest_id:
        who = sale.head.guest_name or "Nobody"
        raise Conflict("payer-already", f"{who} pays for this ticket already.")
    if sale.head.exchange_number is not None or any(line.kind in BOUND for line in sale.lines):
        raise Conflict(
            "payer-bound", "A fee, a deposit or an exchange stays with its guest. Open another sale for this."
        )
    if guest_id is None and any(line.kind == "package" for line in sale.lines):
        raise Conflict("guest-needed", "A package belongs to a guest. Take it off the ticket first.")


async def proven_group(sale: TicketView, guest_id: UUID | None, day: date) -> Group:
    """The group whose prices count for a payer: as on their own visit here, else what is proven on file."""
    own = [one.guest_group for one in sale.lines if guest_id is not None and one.visitor_id == guest_id]
    group = (await guest(guest_id)).group if guest_id and not own else None
    if group is None or guest_id is None:
        return await known_group(own[0] if own else NO_GUEST_GROUP)
    on_file = not group.evidence or await proof(guest_id, group.code, day) is not None
    return group if on_file else await known_group(NO_GUEST_GROUP)


async def minute_columns(sale: TicketView, item: MinuteService, minutes: int, day: date) -> dict[str, object]:
    """The columns of a line that say what so many minutes cost the payer's group."""
    group = await proven_group(sale, sale.head.guest_id, day)
    prices = await minute_prices([item.id], group.code)
    each = _quote(prices.get(item.id, ()), item.minute_cents, group, day)
    return {
        "guest_group": group.code,
        "list_cents": minutes * each.list_cents,
        "reduction_cents": minutes * each.reduction_cents,
        "reduction_code": each.reduction_code,
        "reduction_name": each.reduction_name,
        "net_cents": minutes * each.price_cents,
    }


def _quote(prices: Sequence[PriceRow], listed: Cents, group: Group, day: date) -> Quote:
    return group_price(prices, listed, group=group.code, group_name=group.name, day=day)


async def _price_again(lines: Sequence[LineView], group: Group, day: date) -> None:
    """Lines that nobody was booked for cost what the group pays, each with the reason; in one statement."""
    prices = await minute_prices([one.service_id for one in lines if one.service_id], group.code)
    cuts: list[int] = []
    quotes: list[Quote] = []
    for line in lines:
        minutes = line.minutes or 1
        rows = prices.get(line.service_id, ()) if line.service_id and line.minutes else ()
        each = _quote(rows, Cents(line.list_cents // minutes), group, day)
        quotes.append(each)
        cuts.append(each.reduction_cents * minutes)
        if cuts[-1] != line.reduction_cents:
            refuse_one_price(line)
        if line.list_cents - cuts[-1] < line.discount_cents:
            raise Conflict(
                "discount-above-price",
                f"{line.description} costs less for this guest than its discount. Remove the discount first.",
            )
    await fetch(
        "UPDATE ticket_line l SET guest_group = $2, reduction_cents = v.cut, reduction_code = v.code,"
        " reduction_name = v.name, net_cents = l.list_cents - v.cut - l.discount_cents,"
        " tax_treatment = CASE WHEN l.referral IS NULL THEN l.tax_treatment ELSE 'taxable' END,"
        " referral = NULL FROM unnest($1::uuid[], $3::integer[], $4::text[], $5::text[])"
        " AS v(id, cut, code, name) WHERE l.id = v.id",
        [one.id for one in lines],
        group.code,
        cuts,
        [one.reduction_code for one in quotes],
        [one.reduction_name for one in quotes],
    )
