"""What must hold of tickets and refunds, asked of the database."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from spa_pos.checkout.queries.tickets import ticket
from spa_pos.db import fetch, fetch_value


async def broken_tickets() -> list[str]:
    """Settled tickets whose lines, taxes, tenders and total do not add up."""
    rows = await fetch(
        "SELECT t.number, t.net_cents, t.tax_cents, t.tip_cents, t.total_cents,"
        " (SELECT coalesce(sum(amount_cents), 0)::bigint FROM tip p WHERE p.ticket = t.id) AS tips,"
        " (SELECT coalesce(sum(net_cents), 0)::bigint FROM ticket_line l"
        "   WHERE l.ticket = t.id AND l.status = 'live') AS lines,"
        " (SELECT coalesce(sum(tax_cents), 0)::bigint FROM ticket_line l"
        "   WHERE l.ticket = t.id AND l.status = 'live') AS line_tax,"
        " (SELECT coalesce(sum(tax_cents), 0)::bigint FROM ticket_tax x WHERE x.ticket = t.id) AS parts,"
        " (SELECT coalesce(sum(amount_cents), 0)::bigint FROM tender d"
        "   WHERE d.ticket = t.id AND d.status = 'taken') AS paid"
        " FROM ticket t WHERE t.status = 'settled'"
    )
    return [
        f"ticket {row['number']}: total {row['total_cents']}, lines {row['lines']}, tax {row['tax_cents']}"
        f" (lines {row['line_tax']}, jurisdictions {row['parts']}), tip {row['tip_cents']}"
        f" (tips {row['tips']}), tenders {row['paid']}"
        for row in rows
        if not (
            row["net_cents"] == row["lines"]
            and row["tax_cents"] == row["line_tax"] == row["parts"]
            and row["tip_cents"] == row["tips"]
            and row["total_cents"] == row["paid"]
        )
    ]


async def broken_discounts() -> list[str]:
    """Lines whose discounts do not add up to what was taken off."""
    rows = await fetch(
        "SELECT l.id, l.discount_cents, coalesce(sum(d.amount_cents), 0)::bigint AS found FROM ticket_line l"
        " LEFT JOIN line_discount d ON d.line = l.id GROUP BY l.id"
        " HAVING l.discount_cents <> coalesce(sum(d.amount_cents), 0)"
    )
    return [
        f"line {row['id']} is discounted by {row['discount_cents']}, its discounts say {row['found']}"
        for row in rows
    ]


async def broken_ticket_entries() -> list[str]:
    """Settled tickets and taken tenders whose ledger entry is missing or says another amount."""
    settled = await fetch(
        "SELECT t.number, t.total_cents, p.amount_cents FROM ticket t"
        " LEFT JOIN posting p ON p.entry = t.id AND p.account = '2300-tendered'"
        " WHERE t.status = 'settled' AND t.total_cents <> 0 AND p.amount_cents IS DISTINCT FROM t.total_cents"
    )
    taken = await fetch(
        "SELECT t.number, d.amount_cents AS tender, p.amount_cents"
        " FROM tender d JOIN ticket t ON t.id = d.ticket"
        " LEFT JOIN posting p ON p.entry = d.id AND p.account = '2300-tendered'"
        " WHERE p.amount_cents IS DISTINCT FROM -d.amount_cents"
    )
    return [
        f"ticket {row['number']} came to {row['total_cents']}, its entry says {row['amount_cents']}"
        for row in settled
    ] + [
        f"a tender of {row['tender']} on ticket {row['number']} has an entry of {row['amount_cents']}"
        for row in taken
    ]


async def broken_tendered() -> list[str]:
    """The account of money on open tickets, when it is not the sum of their tenders."""
    owed = -int(
        await fetch_value(
            "SELECT coalesce(sum(amount_cents), 0)::bigint FROM posting WHERE account = '2300-tendered'"
        )
    )
    tendered = int(
        await fetch_value(
            "SELECT coalesce(sum(d.amount_cents), 0)::bigint FROM tender d JOIN ticket t ON t.id = d.ticket"
            " WHERE t.status = 'open' AND d.status = 'taken'"
        )
    )
    if owed == tendered:
        return []
    return [f"the ledger owes {owed} on open tickets, their tenders add up to {tendered}"]


async def broken_exchanges() -> list[str]:
    """Exchanges that paid more than was given back, that a closed ticket still holds, or not in the books."""
    rows = await fetch(
        "SELECT r.number, t.number AS ticket, t.status, x.amount_cents - x.rest_cents -"
        " (SELECT coalesce(sum(d.amount_cents), 0)::bigint FROM tender d WHERE d.ticket = x.ticket"
        "   AND d.kind = 'exchange' AND d.status = 'taken') AS left_cents FROM exchange x"
        " JOIN refund r ON r.id = x.refund JOIN ticket t ON t.id = x.ticket"
    )
    owed = -int(
        await fetch_value(
            "SELECT coalesce(sum(amount_cents), 0)::bigint FROM posting WHERE account = '2310-exchanges'"
        )
    )
    left = sum(row["left_cents"] for row in rows)
    return [
        f"the exchange of refund {row['number']} has {row['left_cents']} left,"
        f" its ticket {row['ticket']} is {row['status']}"
        for row in rows
        if row["left_cents"] < 0 or (row["left_cents"] and row["status"] != "open")
    ] + ([] if owed == left else [f"the ledger owes {owed} on exchanges, they have {left} left"])


async def broken_overpaid_tickets() -> list[str]:
    """Open tickets that were paid more than they come to; somebody must give it back."""
    rows = await fetch(
        "SELECT t.id, t.location, l.zone, current_timestamp AS now FROM ticket t"
        " JOIN location l ON l.id = t.location WHERE t.status = 'open' AND EXISTS"
        " (SELECT 1 FROM tender d WHERE d.ticket = t.id AND d.status = 'taken') ORDER BY t.opened_at"
    )
    found = []
    for row in rows:
        sale = await ticket(row["id"], row["location"], ZoneInfo(row["zone"]), now=row["now"])
        if sale.sums.remaining_cents < 0:
            found.append(
                f"ticket {sale.head.number} comes to {sale.sums.total_cents}"
                f" and was paid {sale.sums.tendered_cents} already"
            )
    return found


async def broken_add_on_lines() -> list[str]:
    """Add-ons on a ticket that their visit is not on, and settled ones that say another price."""
    rows = await fetch(
        "SELECT t.number, t.status, l.description, l.net_cents, o.price_cents, v.id IS NOT NULL AS with_visit"
        " FROM ticket_line l JOIN ticket t ON t.id = l.ticket JOIN appointment_add_on o ON o.id = l.add_on"
        " LEFT JOIN ticket_line v ON v.appointment = o.appointment AND v.status = 'live'"
        "   AND v.ticket = l.ticket"
        " WHERE l.status = 'live'"
        " AND (v.id IS NULL OR t.status = 'settled' AND l.net_cents <> o.price_cents)"
    )
    return [
        f"ticket {row['number']} ({row['status']}) has {row['description']} at {row['net_cents']},"
        f" promised at {row['price_cents']}, {'with' if row['with_visit'] else 'without'} its visit"
        for row in rows
    ]


async def broken_visits_done() -> list[str]:
    """Appointments that are done without a settled ticket, or the other way round."""
    rows = await fetch(
        "SELECT a.id, a.status, t.status AS ticket FROM appointment a"
        " LEFT JOIN ticket_line l ON l.appointment = a.id AND l.status = 'live'"
        " LEFT JOIN ticket t ON t.id = l.ticket"
        " WHERE (a.status = 'done') <> (coalesce(t.status, '') = 'settled')"
    )
    return [f"appointment {row['id']} is {row['status']} but its ticket is {row['ticket']}" for row in rows]


async def broken_refunds() -> list[str]:
    """Refunds whose lines, tax and parts do not add up, above what was paid, or not in the books."""
    sums = await fetch(
        "SELECT r.number, r.status, r.net_cents, r.tax_cents, r.total_cents,"
        " (SELECT coalesce(sum(net_cents), 0)::bigint FROM refund_line l WHERE l.refund = r.id) AS lines,"
        " (SELECT coalesce(sum(tax_cents), 0)::bigint FROM refund_line l WHERE l.refund = r.id) AS line_tax,"
        " (SELECT coalesce(sum(tax_cents), 0)::bigint FROM refund_tax x WHERE x.refund = r.id) AS parts,"
        " (SELECT coalesce(sum(amount_cents), 0)::bigint FROM refund_part p"
        "   WHERE p.refund = r.id AND p.status <> 'failed') AS back,"
        " (SELECT count(*) FROM refund_part p WHERE p.refund = r.id AND p.status <> 'done'"
        "   AND p.status <> 'failed') AS waiting,"
        " (SELECT coalesce(sum(amount_cents), 0)::bigint FROM refund_tip x WHERE x.refund = r.id) AS tips,"
        " r.tip_cents, (SELECT count(*) FROM entry e WHERE e.id = r.id"
        "   AND e.kind = CASE r.kind WHEN 'void' THEN 'ticket-voided' ELSE 'ticket-refunded' END) AS entries"
        " FROM refund r"
    )
    above = await fetch(
        "SELECT l.description, l.net_cents, sum(b.net_cents)::bigint AS back FROM refund_line b"
        " JOIN ticket_line l ON l.id = b.line GROUP BY l.id HAVING sum(b.net_cents) > l.net_cents"
    )
    tips = await fetch(
        "SELECT ticket, provider, sum(cents)::bigint AS cents FROM ("
        " SELECT ticket, provider, amount_cents AS cents FROM tip UNION ALL"
        " SELECT ticket, provider, amount_cents FROM tip_change UNION ALL"
        " SELECT r.ticket, b.provider, -b.amount_cents FROM refund_tip b JOIN refund r ON r.id = b.refund"
        ") AS given GROUP BY 1, 2 HAVING sum(cents) < 0"
    )
    pieces = await fetch(
        "SELECT l.description, l.quantity, sum(b.pieces)::bigint AS back FROM refund_line b"
        " JOIN ticket_line l ON l.id = b.line GROUP BY l.id"
        " HAVING sum(b.pieces) > CASE WHEN l.product IS NULL THEN 0 ELSE l.quantity END"
    )
    return (
        _sums_of_refunds(sums)
        + [f"of {row['description']} at {row['net_cents']} {row['back']} was given back" for row in above]
        + [f"{row['provider']} has {row['cents']} of the tips of ticket {row['ticket']}" for row in tips]
        + [f"of {row['quantity']} {row['description']} {row['back']} came back" for row in pieces]
    )


def _sums_of_refunds(sums: Sequence[Any]) -> list[str]:
    return [
        f"refund {row['number']} ({row['status']}): total {row['total_cents']}, lines {row['lines']},"
        f" tax {row['tax_cents']} (lines {row['line_tax']}, jurisdictions {row['parts']}),"
        f" tips {row['tip_cents']} (of providers {row['tips']}), given back"
        f" {row['back']}, {row['waiting']} under way, {row['entries']} entries"
        for row in sums
        if not (
            row["net_cents"] == row["lines"]
            and row["tax_cents"] == row["line_tax"] == row["parts"]
            and row["total_cents"] == row["back"]
            and row["tip_cents"] == row["tips"]
            and (row["status"] == "done") == (row["entries"] == 1)
            and (row["status"] == "open" or row["waiting"] == 0)
        )
    ]


async def broken_late_deposits() -> list[str]:
    """Deposits charged online for a time that was let go, and never given back."""
    rows = await fetch(
        "SELECT t.id FROM attempt t JOIN appointment a ON a.id = t.subject"
        " WHERE t.purpose = 'deposit-online' AND t.state = 'paid' AND a.status = 'expired'"
        " AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.ticket = t.id)"
    )
    return [f"attempt {row['id']} was charged, and nothing was booked or given back" for row in rows]
