"""What must hold after every death: the books say what the card processor says, and nothing is left lying."""

from collections import Counter
from typing import Any
from uuid import UUID

from spa_pos.db import fetch, fetch_value
from spa_pos.ledger.rules import CARD_CLEARING
from spa_pos.verify import verify
from tests.processor import Processor

ATTEMPTS = (
    "SELECT a.id, a.state, a.received_cents, a.purpose, d.amount_cents AS tendered, t.status AS ticket,"
    " o.paid_at AS order_paid FROM attempt a LEFT JOIN tender d ON d.attempt = a.id AND d.status = 'taken'"
    " LEFT JOIN ticket t ON t.id = a.subject LEFT JOIN gift_order o ON o.id = a.subject"
)
"""How each card payment stands: with us, on its ticket, on its order."""

PAID_TWICE = (
    "SELECT t.number, t.total_cents, sum(a.received_cents)::bigint AS received FROM attempt a"
    " JOIN ticket t ON t.id = a.subject WHERE a.state = 'paid' GROUP BY t.id"
    " HAVING sum(a.received_cents) > t.total_cents OR t.status <> 'settled'"
)
"""Tickets whose guest paid more than they come to, or for nothing that was sold."""

CLOSED_TWICE = (
    "SELECT l.drawer, count(*) AS times FROM drawer_entry l JOIN entry e ON e.id = l.entry"
    " WHERE e.kind = 'drawer-closed' GROUP BY l.drawer HAVING count(*) > 1"
)

REFUND_PARTS = "SELECT id, status, amount_cents FROM refund_part WHERE kind IN ('card', 'card_on_file')"


async def problems(processor: Processor, before: frozenset[str] = frozenset()) -> list[str]:
    """Everything that is wrong, a sentence each; charges and refunds of `before` belong to another spa."""
    charges = [one for one in processor.charges() if one["id"] not in before]
    refunds = [one for one in processor.refunds() if one["id"] not in before]
    found = await _charges(charges)
    found += await _refunds(refunds)
    kept = sum(one["amount"] for one in charges) - sum(one["amount"] for one in refunds)
    books = await fetch_value(
        "SELECT coalesce(sum(amount_cents), 0)::bigint FROM posting WHERE account = $1", CARD_CLEARING
    )
    if kept != books:
        found.append(f"the processor keeps {kept}, the ledger says {books}")
    for row in await fetch(PAID_TWICE):
        found.append(f"of ticket {row['number']} ({row['total_cents']}) cards paid {row['received']}")
    for row in await fetch(CLOSED_TWICE):
        found.append(f"drawer {row['drawer']} was closed {row['times']} times")
    return found + [one for verdict in await verify() for one in verdict.problems]


async def _charges(charges: list[dict[str, Any]]) -> list[str]:
    """Each paid attempt is one charge, and is on its ticket; no other charge is there; none is under way."""
    by_attempt = Counter(one["metadata"].get("attempt") for one in charges)
    amounts = {one["metadata"].get("attempt"): one["amount"] for one in charges}
    found = [
        f"attempt {attempt} was charged {times} times" for attempt, times in by_attempt.items() if times > 1
    ]
    rows = await fetch(ATTEMPTS)
    for row in rows:
        charged = amounts.pop(str(row["id"]), 0)
        name = f"attempt {row['id']} ({row['purpose']}, {row['state']})"
        if row["state"] in ("new", "created", "submitted", "unknown"):
            found.append(f"{name} is still under way, {charged} were charged")
        elif charged != (row["received_cents"] or 0):
            found.append(f"{name} says {row['received_cents']}, {charged} were charged")
        elif charged and (row["tendered"] != charged or row["ticket"] != "settled"):
            found.append(f"{name} paid {charged}; tendered {row['tendered']}, its ticket is {row['ticket']}")
        elif charged and row["purpose"] == "gift" and row["order_paid"] is None:
            found.append(f"{name} paid {charged}, its order is not paid")
    return found + [
        f"{cents} were charged for {attempt}, which we do not know" for attempt, cents in amounts.items()
    ]


async def _refunds(refunds: list[dict[str, Any]]) -> list[str]:
    """Each part that is done is one refund, and the other way round; none is under way."""
    sent = Counter(one["metadata"].get("refund") for one in refunds)
    amounts = {one["metadata"].get("refund"): one["amount"] for one in refunds}
    found = [f"refund part {part} was sent {times} times" for part, times in sent.items() if times > 1]
    for row in await fetch(REFUND_PARTS):
        went = amounts.pop(str(row["id"]), 0)
        if went != (row["amount_cents"] if row["status"] == "done" else 0):
            found.append(
                f"refund part {row['id']} ({row['status']}) of {row['amount_cents']}, {went} went back"
            )
        elif row["status"] in ("requested", "unknown"):
            found.append(f"refund part {row['id']} is still under way")
    return found + [f"{cents} went back for {part}, which we do not know" for part, cents in amounts.items()]


async def any_online_waits() -> UUID | None:
    """A payment of a guest online that may still be paid."""
    found: UUID | None = await fetch_value(
        "SELECT id FROM attempt WHERE online AND state IN ('new', 'created', 'submitted', 'unknown') LIMIT 1"
    )
    return found


async def under_way() -> int:
    """How many card payments and card refunds the database does not know the end of."""
    return int(
        await fetch_value(
            "SELECT (SELECT count(*) FROM attempt WHERE state IN ('new', 'created', 'submitted', 'unknown'))"
            " + (SELECT count(*) FROM refund_part WHERE status IN ('requested', 'unknown'))"
        )
    )
