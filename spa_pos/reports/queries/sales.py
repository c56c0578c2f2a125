"""Reading a day of sales, from the tickets and from the ledger, in one snapshot."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, fetch_value, read_only
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds
from spa_pos.ledger.queries import places
from spa_pos.ledger.rules import (
    FEES,
    GOODWILL_CREDIT,
    GUEST_CREDIT,
    PROMOTIONAL_CREDIT,
    REDUCTIONS,
    REVENUE,
    TAX_PAYABLE,
    TENDERED,
    TIPS,
)
from spa_pos.reports.rules.sales import Books, SalesCell, TaxRow, TenderRow, Tie, ties

SETTLED = "ticket-settled"
"""The kind of entry that closes a sale."""

LATE_TIP = "late-tip-"

REFUNDED = ("ticket-refunded", "ticket-voided")
"""The kinds of entries that give money back."""

KIND = "CASE d.kind WHEN 'credit' THEN h.kind ELSE d.kind END::text"
"""What paid: of credit, whether it was paid for or given away."""

CREDIT = {
    GUEST_CREDIT: "paid_credit",
    PROMOTIONAL_CREDIT: "promotional_credit",
    GOODWILL_CREDIT: "goodwill_credit",
}
"""The same by account."""

TAKEN_BACK = (REVENUE, REDUCTIONS, FEES, TIPS)
"""What a refund takes back beside tax; the rest of its entry is how the money leaves."""


VISITS = (
    "SELECT count(*) FILTER (WHERE status = 'done') AS done,"
    " count(*) FILTER (WHERE status = 'no_show') AS no_show,"
    " count(*) FILTER (WHERE status = 'cancelled') AS cancelled"
    " FROM appointment WHERE location = $1 AND starts_at >= $2 AND starts_at < $3"
)
"""How the visits of a day ended."""


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One settled ticket of the day."""

    id: UUID
    number: int
    guest_name: str | None
    settled_at: datetime
    net_cents: Cents
    tax_cents: Cents
    total_cents: Cents
    paid_with: list[str]
    what: str


@dataclass(frozen=True, slots=True)
class RefundRow:
    """A refund or void that was closed on the day; `value_cents` of it is stored value returned."""

    id: UUID
    number: int
    ticket_number: int
    closed_at: datetime
    reason: str
    ways: list[str]
    net_cents: Cents
    tax_cents: Cents
    tip_cents: Cents
    total_cents: Cents
    value_cents: Cents
    kind: str


@dataclass(frozen=True, slots=True)
class SalesDay:
    """A business day: what was sold, to whom, what tax it owes, how it was paid, and the tie."""

    day: date
    cells: tuple[SalesCell, ...]
    taxes: tuple[TaxRow, ...]
    exempt_cents: Cents
    tenders: tuple[TenderRow, ...]
    tickets: tuple[TicketRow, ...]
    guests_served: int
    voided: int
    no_shows: int
    cancellations: int
    refunds: tuple[RefundRow, ...]
    late_tips_cents: Cents
    ties: tuple[Tie, ...]

    @property
    def refunded_cents(self) -> Cents:
        """All that was given back."""
        return Cents(sum(row.total_cents for row in self.refunds))

    @property
    def agrees(self) -> bool:
        """True when every figure equals the ledger's."""
        return all(tie.agrees for tie in self.ties)


async def sales_day(location_id: UUID, zone: ZoneInfo, day: date) -> SalesDay:
    """One business day of a location; a day without sales has empty parts that agree."""
    async with read_only():
        cells = await _cells(location_id, day)
        taxes = await _taxes(location_id, day)
        tenders = await _tenders(location_id, zone, day)
        since, until = day_bounds(day, zone)
        counts = await fetch(VISITS, location_id, since, until)
        exempt = await fetch_value(
            "SELECT coalesce(sum(l.net_cents), 0)::bigint FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
            " WHERE t.location = $1 AND t.business_date = $2 AND l.status = 'live'"
            " AND l.tax_treatment <> 'taxable' AND l.account = $3",
            location_id,
            day,
            REVENUE,
        )
        refunds = await _refunds(location_id, day)
        late_tips = await _late_tips(location_id, day)
        bridge = ties(
            cells,
            taxes,
            tenders,
            await _books(location_id, day),
            tip_cents=await _tips(location_id, day),
            owed_cents=await _owed(location_id, day),
            refunded_cents=Cents(sum(row.total_cents - row.value_cents for row in refunds)),
            late_tip_cents=late_tips,
            open_before_cents=await _held_at(location_id, since),
            open_after_cents=await _held_at(location_id, until),
        )
        return SalesDay(
            day,
            tuple(cells),
            tuple(taxes),
            Cents(exempt),
            tuple(tenders),
            tuple(await _tickets(location_id, day)),
            counts[0]["done"],
            await _voided(location_id, since, until),
            counts[0]["no_show"],
            counts[0]["cancelled"],
            tuple(refunds),
            late_tips,
            tuple(bridge),
        )


async def _cells(location_id: UUID, day: date) -> list[SalesCell]:
    rows = await fetch(
        'SELECT l.guest_group AS "group", l.category, sum(l.quantity)::bigint AS count,'
        " sum(l.list_cents)::bigint AS list_cents,"
        " sum(l.reduction_cents + l.discount_cents)::bigint AS reduction_cents,"
        " sum(l.net_cents)::bigint AS net_cents FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
        " WHERE t.location = $1 AND t.business_date = $2 AND l.status = 'live' AND l.account = $3"
        " GROUP BY 1, 2 ORDER BY 1, 2",
        location_id,
        day,
        REVENUE,
    )
    return [SalesCell(**dict(row)) for row in rows]


async def _taxes(location_id: UUID, day: date) -> list[TaxRow]:
    rows = await fetch(
        "SELECT x.jurisdiction, x.name, x.rate_ppm, sum(x.taxable_cents)::bigint AS taxable_cents,"
        " sum(x.tax_cents)::bigint AS tax_cents FROM ticket_tax x JOIN ticket t ON t.id = x.ticket"
        " WHERE t.location = $1 AND t.business_date = $2 GROUP BY 1, 2, 3 ORDER BY x.rate_ppm DESC",
        location_id,
        day,
    )
    return [TaxRow(**dict(row)) for row in rows]


async def _tenders(location_id: UUID, zone: ZoneInfo, day: date) -> list[TenderRow]:
    since, until = day_bounds(day, zone)
    rows = await fetch(
        "SELECT kind, sum(sign) AS count, sum(sign * amount_cents)::bigint AS amount_cents FROM ("  # noqa: S608
        f"  SELECT {KIND} AS kind, d.amount_cents, 1 AS sign FROM tender d JOIN ticket t ON t.id = d.ticket"
        "  LEFT JOIN holding h ON h.id = d.stored_value"
        "  WHERE t.location = $1 AND d.taken_at >= $2 AND d.taken_at < $3 UNION ALL"
        f"  SELECT {KIND}, d.amount_cents, -1 FROM tender d JOIN ticket t ON t.id = d.ticket"
        "  LEFT JOIN holding h ON h.id = d.stored_value"
        "  WHERE t.location = $1 AND d.undone_at >= $2 AND d.undone_at < $3) moved GROUP BY 1 ORDER BY 1",
        location_id,
        since,
        until,
    )
    return [TenderRow(**dict(row)) for row in rows]


async def _tickets(location_id: UUID, day: date) -> list[TicketRow]:
    rows = await fetch(
        "SELECT t.id, t.number, g.given_name || ' ' || g.family_name AS guest_name, t.settled_at,"  # noqa: S608
        " t.net_cents, t.tax_cents, t.total_cents,"
        f" ARRAY(SELECT DISTINCT {KIND} FROM tender d LEFT JOIN holding h ON h.id = d.stored_value"
        "   WHERE d.ticket = t.id AND d.status = 'taken' ORDER BY 1) AS paid_with,"
        " coalesce((SELECT string_agg(l.description, ', ' ORDER BY l.position)"
        "   FROM ticket_line l WHERE l.ticket = t.id AND l.status = 'live'), '') AS what"
        " FROM ticket t LEFT JOIN guest g ON g.id = t.guest"
        " WHERE t.location = $1 AND t.business_date = $2 ORDER BY t.number",
        location_id,
        day,
    )
    return [TicketRow(**dict(row)) for row in rows]


async def _voided(location_id: UUID, since: datetime, until: datetime) -> int:
    return int(
        await fetch_value(
            "SELECT count(*) FROM ticket"
            " WHERE location = $1 AND status = 'voided' AND opened_at >= $2 AND opened_at < $3",
            location_id,
            since,
            until,
        )
    )


async def _refunds(location_id: UUID, day: date) -> list[RefundRow]:
    rows = await fetch(
        "SELECT r.id, r.number, t.number AS ticket_number, r.closed_at, r.reason, r.net_cents, r.tax_cents,"  # noqa: S608
        f" r.tip_cents, r.total_cents, ARRAY(SELECT DISTINCT {KIND} FROM refund_part d"
        "   LEFT JOIN holding h ON h.id = d.stored_value"
        "   WHERE d.refund = r.id AND d.status = 'done' ORDER BY 1) AS ways, r.kind,"
        " (SELECT coalesce(sum(b.net_cents), 0)::bigint FROM refund_line b"
        "   JOIN ticket_line l ON l.id = b.line WHERE b.refund = r.id AND l.account NOT IN ($3, $4))"
        " AS value_cents FROM refund r JOIN ticket t ON t.id = r.ticket"
        " WHERE r.location = $1 AND r.business_date = $2 ORDER BY r.number",
        location_id,
        day,
        REVENUE,
        FEES,
    )
    return [RefundRow(**dict(row)) for row in rows]


async def _tips(location_id: UUID, day: date) -> Cents:
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(tip_cents), 0)::bigint FROM ticket"
            " WHERE location = $1 AND business_date = $2",
            location_id,
            day,
        )
    )


async def _late_tips(location_id: UUID, day: date) -> Cents:
    """Tips of that day on tickets that were settled before, whenever that was."""
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(c.amount_cents), 0)::bigint FROM tip_change c"
            " JOIN ticket t ON t.id = c.ticket"
            " WHERE t.location = $1 AND c.business_date = $2 AND c.kind <> 'split'",
            location_id,
            day,
        )
    )


async def _owed(location_id: UUID, day: date) -> Cents:
    """What was sold that day on other accounts than sales."""
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(l.net_cents), 0)::bigint FROM ticket_line l JOIN ticket t ON t.id = l.ticket"
            " WHERE t.location = $1 AND t.business_date = $2 AND l.status = 'live' AND l.account <> $3",
            location_id,
            day,
            REVENUE,
        )
    )


async def _books(location_id: UUID, day: date) -> Books:
    rows = await fetch(
        "SELECT e.kind, p.account, sum(p.amount_cents)::bigint AS amount"
        " FROM entry e JOIN posting p ON p.entry = e.id"
        " WHERE e.location = $1 AND e.business_date = $2 GROUP BY 1, 2",
        location_id,
        day,
    )
    sales, tendered, held, refunded, late = _Sums(), _Sums(), 0, 0, 0
    for row in rows:
        kind, account = row["kind"], row["account"]
        if account == TENDERED:
            held -= row["amount"]
            continue
        if kind == SETTLED:
            sales.add(account, -row["amount"])
        if kind.startswith(LATE_TIP) and account == TIPS:
            late -= row["amount"]
        if kind in REFUNDED and (account in TAKEN_BACK or account.startswith(TAX_PAYABLE)):
            refunded += row["amount"]
        tender, is_tender, tail = kind.partition("-tendered")
        if is_tender and tail in ("", "-reversed"):
            tendered.add(CREDIT.get(account, tender) if tender == "credit" else tender, row["amount"])
    net = sales.take(REVENUE, REDUCTIONS)
    tax = sales.take(*(account for account in list(sales.amounts) if account.startswith(TAX_PAYABLE)))
    tips = sales.take(TIPS)
    return Books(
        net,
        tax,
        tips,
        Cents(sum(sales.amounts.values())),
        {kind: Cents(amount) for kind, amount in tendered.amounts.items()},
        Cents(held),
        Cents(refunded),
        Cents(late),
    )


class _Sums:
    """Amounts by name."""

    def __init__(self) -> None:
        self.amounts: dict[str, int] = {}

    def add(self, name: str, amount: int) -> None:
        self.amounts[name] = self.amounts.get(name, 0) + amount

    def take(self, *names: str) -> Cents:
        """The sum of some, which are gone then."""
        return Cents(sum(self.amounts.pop(name, 0) for name in names))


async def _held_at(location_id: UUID, moment: datetime) -> Cents:
    """Money on tickets that were not settled at an instant."""
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(d.amount_cents), 0)::bigint FROM tender d JOIN ticket t ON t.id = d.ticket"
            " WHERE t.location = $1 AND d.taken_at < $2 AND (d.undone_at IS NULL OR d.undone_at >= $2)"
            " AND (t.settled_at IS NULL OR t.settled_at >= $2)",
            location_id,
            moment,
        )
    )


async def broken_days() -> list[str]:
    """Business days whose sales do not agree with the ledger."""
    broken = []
    for place in await places():
        days = await fetch(
            "SELECT DISTINCT business_date FROM entry WHERE location = $1 ORDER BY business_date", place.id
        )
        for row in days:
            report = await sales_day(place.id, place.zone, row["business_date"])
            broken += [
                f"{place.code} {report.day}: {tie.what}: tickets {tie.tickets_cents},"
                f" ledger {tie.ledger_cents}"
                for tie in report.ties
                if not tie.agrees
            ]
    return broken
