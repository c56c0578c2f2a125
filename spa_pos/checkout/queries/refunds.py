"""Reading what can be given back of a ticket, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.checkout.queries.tickets import TicketView
from spa_pos.checkout.queries.tips import tips_now
from spa_pos.checkout.queries.words import NAMED, NAMES, way_word
from spa_pos.checkout.rules import SoldLine, SoldTax, SoldTender
from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds
from spa_pos.stored_value.queries import paid_left


@dataclass(frozen=True, slots=True)
class Sold:
    """A settled ticket as refunds see it."""

    lines: tuple[SoldLine, ...]
    taxes: tuple[SoldTax, ...]
    tenders: tuple[SoldTender, ...]
    tip_left_cents: Cents


async def sold(sale: TicketView) -> Sold:
    """What was sold and paid, and what went back of each part, refunds under way included."""
    rows = await fetch(
        "SELECT b.line, sum(b.net_cents)::bigint AS back, sum(b.pieces)::bigint AS pieces FROM refund_line b"
        " JOIN refund r ON r.id = b.refund WHERE r.ticket = $1 GROUP BY 1",
        sale.head.id,
    )
    back = {row["line"]: (row["back"], row["pieces"]) for row in rows}
    value = await paid_left([line.stored_value_id for line in sale.lines if line.stored_value_id])
    return Sold(
        tuple(
            SoldLine(
                line.id,
                line.description,
                line.list_cents,
                line.net_cents,
                line.tax_cents or Cents(0),
                line.category,
                line.guest_group,
                line.account,
                Cents(back.get(line.id, (0, 0))[0]),
                line.kind,
                line.quantity,
                back.get(line.id, (0, 0))[1],
                value.get(line.stored_value_id) if line.stored_value_id else None,
            )
            for line in sale.lines
        ),
        await _taxes(sale.head.id),
        await _tenders(sale),
        Cents(sum((await tips_now(sale.head.id)).values())),
    )


async def _taxes(ticket_id: UUID) -> tuple[SoldTax, ...]:
    rows = await fetch(
        "SELECT x.jurisdiction, x.tax_cents, (SELECT coalesce(sum(b.tax_cents), 0)::bigint FROM refund_tax b"
        "   JOIN refund r ON r.id = b.refund WHERE r.ticket = x.ticket AND b.jurisdiction = x.jurisdiction)"
        " AS back FROM ticket_tax x WHERE x.ticket = $1 ORDER BY x.rate_ppm DESC, x.jurisdiction",
        ticket_id,
    )
    return tuple(SoldTax(row["jurisdiction"], Cents(row["tax_cents"]), Cents(row["back"])) for row in rows)


async def _tenders(sale: TicketView) -> tuple[SoldTender, ...]:
    back = await _sums(
        "SELECT p.tender AS key, sum(p.amount_cents)::bigint AS back FROM refund_part p"
        " JOIN refund r ON r.id = p.refund WHERE r.ticket = $1 AND p.tender IS NOT NULL"
        " AND p.status <> 'failed' GROUP BY 1",
        sale.head.id,
    )
    late = await fetch(
        "SELECT c.id, c.kind, c.amount_cents, a.card_brand, a.card_last4, (SELECT"
        "   coalesce(sum(p.amount_cents), 0)::bigint FROM refund_part p WHERE p.tip_change = c.id"
        "   AND p.status <> 'failed') AS back"
        " FROM tip_change c LEFT JOIN attempt a ON a.id = c.attempt"
        " WHERE c.ticket = $1 AND c.kind <> 'split' ORDER BY c.made_at, c.id",
        sale.head.id,
    )
    value = "gift_card" if sale.head.guest_id is None else "credit"
    tenders = [
        SoldTender(
            one.id,
            one.kind,
            one.word,
            one.amount_cents,
            Cents(back.get(one.id, 0)),
            back_as=value if one.kind == "exchange" else "",
        )
        for one in sale.tenders
    ] + [
        SoldTender(
            row["id"],
            row["kind"],
            f"{_paid_late_with(row)}, late tip",
            Cents(row["amount_cents"]),
            Cents(row["back"]),
            late=True,
        )
        for row in late
    ]
    return _less(tenders, await _elsewhere(sale.head.id))


def _paid_late_with(row: Any) -> str:
    card = {"card_brand": row["card_brand"], "card_last4": row["card_last4"]}
    return way_word(row["kind"], **card, value_kind=None, value_last4=None, slip=None, label=None)


def _less(tenders: Sequence[SoldTender], elsewhere: int) -> tuple[SoldTender, ...]:
    """What went back as new stored value is gone from the tenders too, the last first."""
    found = []
    for tender in reversed(tenders):
        gone = min(elsewhere, tender.left_cents)
        elsewhere -= gone
        back = Cents(tender.refunded_cents + gone)
        found.append(replace(tender, refunded_cents=back))
    return tuple(reversed(found))


async def _elsewhere(ticket_id: UUID) -> int:
    return int(
        await fetch_value(
            "SELECT coalesce(sum(p.amount_cents), 0)::bigint FROM refund_part p"
            " JOIN refund r ON r.id = p.refund WHERE r.ticket = $1 AND p.tender IS NULL"
            " AND p.tip_change IS NULL"
            " AND p.status <> 'failed'",
            ticket_id,
        )
    )


async def _sums(query: str, ticket_id: UUID) -> dict[UUID, int]:
    return {row["key"]: row["back"] for row in await fetch(query, ticket_id)}


@dataclass(frozen=True, slots=True)
class RefundHead:
    """A refund without its parts."""

    id: UUID
    ticket_id: UUID
    ticket_number: int
    kind: str
    number: int
    status: str
    reason: str
    net_cents: Cents
    tax_cents: Cents
    tip_cents: Cents
    total_cents: Cents
    made_at: datetime
    made_by: str | None
    business_date: date | None
    drawer_id: UUID | None


async def exchange_ticket(refund_id: UUID) -> UUID | None:
    """The ticket on which what a refund gave back is exchanged."""
    found: UUID | None = await fetch_value("SELECT ticket FROM exchange WHERE refund = $1", refund_id)
    return found


@dataclass(frozen=True, slots=True)
class RefundPartView:
    """One way in which money goes back."""

    id: UUID
    kind: str
    tender_id: UUID | None
    late_tip_id: UUID | None
    amount_cents: Cents
    status: str
    stored_value_id: UUID | None
    problem: str | None
    tries: int
    card_processor_id: str | None
    word: str


_HEAD = (
    "SELECT r.id, r.ticket AS ticket_id, t.number AS ticket_number, r.kind, r.number, r.status, r.reason,"
    " r.net_cents, r.tax_cents, r.tip_cents, r.total_cents, r.made_at, s.name AS made_by, r.business_date,"
    " r.drawer AS drawer_id FROM refund r"
    " JOIN ticket t ON t.id = r.ticket LEFT JOIN staff s ON s.id = r.made_by"
)


async def refund(refund_id: UUID, location_id: UUID, *, for_update: bool = False) -> RefundHead:
    """One refund of a location.

    Raises:
        NotFound: `refund-unknown`.
    """
    tail = " FOR UPDATE OF r" if for_update else ""
    row = await fetch_one(f"{_HEAD} WHERE r.id = $1 AND r.location = $2{tail}", refund_id, location_id)
    if row is None:
        raise NotFound("refund-unknown", "There is no such refund. Look at the ticket's receipt.")
    return RefundHead(**dict(row))


async def refunds_of(ticket_id: UUID) -> list[RefundHead]:
    """The refunds of a ticket, oldest first."""
    return [
        RefundHead(**dict(row))
        for row in await fetch(f"{_HEAD} WHERE r.ticket = $1 ORDER BY r.number", ticket_id)
    ]


async def parts_of(refund_id: UUID) -> list[RefundPartView]:
    """The ways in which a refund gives money back."""
    rows = await fetch(
        "SELECT p.id, p.kind, p.tender AS tender_id, p.tip_change AS late_tip_id, p.amount_cents, p.status,"  # noqa: S608
        " p.stored_value AS stored_value_id, p.problem, p.tries,"
        f" a.processor_id AS card_processor_id, {NAMED}"
        " FROM refund_part p LEFT JOIN tender d ON d.id = p.tender"
        " LEFT JOIN tip_change c ON c.id = p.tip_change"
        " LEFT JOIN attempt a ON a.id = coalesce(d.attempt, c.attempt)"
        " LEFT JOIN holding h ON h.id = d.stored_value"
        " WHERE p.refund = $1 ORDER BY p.id",
        refund_id,
    )
    found = []
    for row in rows:
        values = dict(row)
        named = {name: values.pop(name) for name in NAMES}
        found.append(RefundPartView(**values, word=way_word(values["kind"], **named)))
    return found


async def refund_lines(refund_id: UUID) -> list[tuple[str, int | None, Cents]]:
    """What went back of each line: description, how many pieces where there were more, and price."""
    rows = await fetch(
        "SELECT l.description, CASE WHEN b.pieces > 0 AND l.quantity > 1 THEN b.pieces END AS pieces,"
        " b.net_cents FROM refund_line b JOIN ticket_line l ON l.id = b.line WHERE b.refund = $1"
        " ORDER BY l.position",
        refund_id,
    )
    return [(row["description"], row["pieces"], Cents(row["net_cents"])) for row in rows]


async def refunded_alone(staff_id: UUID | None, location_id: UUID, day: date, zone: ZoneInfo) -> Cents:
    """What one person gave back on a local day without anybody's approval."""
    since, until = day_bounds(day, zone)
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(total_cents), 0)::bigint FROM refund WHERE location = $1"
            " AND approval IS NULL AND made_by IS NOT DISTINCT FROM $2 AND made_at >= $3 AND made_at < $4",
            location_id,
            staff_id,
            since,
            until,
        )
    )


async def due_parts(now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Refunds with their location that have parts the processor has not answered for."""
    rows = await fetch(
        "SELECT DISTINCT r.id, r.location FROM refund_part p JOIN refund r ON r.id = p.refund"
        " WHERE p.status IN ('requested', 'unknown', 'pending') AND p.next_check_at <= $1 LIMIT $2",
        now,
        limit,
    )
    return [(row["id"], row["location"]) for row in rows]


async def parts_behind(processor_id: str, payment_id: str | None) -> list[tuple[UUID, UUID]]:
    """Refunds under way with their location, by the processor's id of the refund or of what it refunds."""
    rows = await fetch(
        "SELECT DISTINCT r.id, r.location FROM refund_part p JOIN refund r ON r.id = p.refund"
        " LEFT JOIN tender d ON d.id = p.tender LEFT JOIN tip_change c ON c.id = p.tip_change"
        " LEFT JOIN attempt a ON a.id = coalesce(d.attempt, c.attempt)"
        " WHERE p.status IN ('requested', 'unknown', 'pending')"
        " AND (p.processor_id = $1 OR a.processor_id = $2)",
        processor_id,
        payment_id,
    )
    return [(row["id"], row["location"]) for row in rows]
