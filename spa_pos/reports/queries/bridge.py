"""Reading the bridge from sales to money: the ledger beside tickets, tenders and refunds, and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, read_only
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds
from spa_pos.ledger.rules import FEES, REVENUE
from spa_pos.reports.rules.bridge import TERMS, Bridge, Moved, Step, Term, bridge_of, is_payment, term_of

PAGE = 100
"""Rows on one page behind a term."""

MOVED = (
    "SELECT e.kind, p.account, a.kind AS account_kind, sum(p.amount_cents)::bigint AS cents"
    " FROM entry e JOIN posting p ON p.entry = e.id JOIN account a ON a.code = p.account"
    " WHERE e.location = $1 AND e.business_date BETWEEN $2 AND $3 GROUP BY 1, 2, 3 ORDER BY 1, 2"
)

BY_VALUE = "('gift_card', 'credit', 'deposit', 'package', 'exchange')"

VALUE = (
    "CASE coalesce(h.kind, 'exchange') WHEN 'promotional_credit' THEN 'promotional'"
    " WHEN 'goodwill_credit' THEN 'goodwill' WHEN 'exchange' THEN 'exchange' ELSE 'value' END"
)
"""Credit that was given away stands apart from what guests paid for; what is exchanged is no value yet."""

RECORDS = f"""
SELECT t.location, t.business_date, l.net_cents AS cents,
  CASE l.account WHEN '{REVENUE}' THEN 'net-sales' WHEN '{FEES}' THEN 'fees' ELSE 'value-sold' END AS term
  FROM ticket t JOIN ticket_line l ON l.ticket = t.id WHERE t.status = 'settled' AND l.status = 'live'
UNION ALL SELECT t.location, t.business_date, x.tax_cents, 'tax'
  FROM ticket t JOIN ticket_tax x ON x.ticket = t.id WHERE t.status = 'settled'
UNION ALL SELECT location, business_date, cents, term FROM ticket CROSS JOIN LATERAL
  (VALUES (tip_cents, 'tips'), (-total_cents, 'open')) AS part (cents, term) WHERE status = 'settled'
UNION ALL SELECT r.location, r.business_date, part.cents, part.term FROM refund r CROSS JOIN LATERAL
  (VALUES (-r.tax_cents, 'tax-back'), (-r.tip_cents, 'tips-back'))
  AS part (cents, term) WHERE r.status = 'done'
UNION ALL SELECT r.location, r.business_date, -b.net_cents,
  CASE WHEN l.account IN ('{REVENUE}', '{FEES}') THEN 'sales-back' ELSE 'value-back' END
  FROM refund r JOIN refund_line b ON b.refund = r.id JOIN ticket_line l ON l.id = b.line
  WHERE r.status = 'done'
UNION ALL SELECT r.location, r.business_date,
  CASE WHEN p.kind IN {BY_VALUE} THEN p.amount_cents ELSE -p.amount_cents END,
  CASE WHEN p.kind IN {BY_VALUE} THEN {VALUE} || '-back' WHEN p.kind = 'card_on_file' THEN 'card-back'
  ELSE p.kind || '-back' END
  FROM refund r JOIN refund_part p ON p.refund = r.id LEFT JOIN holding h ON h.id = p.stored_value
  WHERE r.status = 'done' AND p.status = 'done'
UNION ALL SELECT t.location, c.business_date, c.amount_cents, part.term FROM tip_change c
  JOIN ticket t ON t.id = c.ticket
  CROSS JOIN LATERAL (VALUES ('late-tips'), (c.kind || '-tips')) AS part (term)
  WHERE c.kind IN ('cash', 'card')
UNION ALL SELECT t.location, (d.taken_at AT TIME ZONE o.zone)::date,
  CASE WHEN part.term LIKE '%-used' THEN -1 ELSE 1 END * d.amount_cents, part.term
  FROM tender d JOIN ticket t ON t.id = d.ticket JOIN location o ON o.id = t.location
  LEFT JOIN holding h ON h.id = d.stored_value
  CROSS JOIN LATERAL (VALUES ('open'), (CASE WHEN d.kind IN {BY_VALUE} THEN {VALUE} || '-used'
  WHEN d.kind = 'card_on_file' THEN 'card' ELSE d.kind END)) AS part (term)
  WHERE d.taken_at >= $1 AND d.taken_at < $2
UNION ALL SELECT t.location, (d.undone_at AT TIME ZONE o.zone)::date,
  CASE WHEN part.term LIKE '%-used' THEN 1 ELSE -1 END * d.amount_cents, part.term
  FROM tender d JOIN ticket t ON t.id = d.ticket JOIN location o ON o.id = t.location
  LEFT JOIN holding h ON h.id = d.stored_value
  CROSS JOIN LATERAL (VALUES ('open'), (CASE WHEN d.kind IN {BY_VALUE} THEN {VALUE} || '-used'
  WHEN d.kind = 'card_on_file' THEN 'card' ELSE d.kind END)) AS part (term)
  WHERE d.undone_at >= $1 AND d.undone_at < $2
"""  # noqa: S608 - own names
"""What tickets, tenders, tips and refunds say of each tied term, without a look at the ledger.

What was tendered less what settled is what open tickets hold more. Tenders are those between two instants.
"""

PURSES = (
    "WITH closed AS (SELECT max(business_date) AS day FROM day_balance"
    "   WHERE location = $1 AND business_date < $2),"
    " since AS (SELECT p.account, sum(p.amount_cents) AS cents FROM entry e JOIN posting p ON p.entry = e.id"
    "   WHERE e.location = $1 AND e.business_date < $2"
    "   AND e.business_date > coalesce((SELECT day FROM closed), '-infinity') GROUP BY 1)"
    " SELECT a.code, a.name, (coalesce(b.balance_cents, 0) + coalesce(since.cents, 0))::bigint AS cents"
    " FROM account a LEFT JOIN day_balance b ON b.account = a.code AND b.location = $1"
    "   AND b.business_date = (SELECT day FROM closed)"
    " LEFT JOIN since ON since.account = a.code WHERE a.kind = 'asset' ORDER BY a.code"
)
"""What lay in each account of money before a day: what it came to when a day was closed, and since."""


EVER = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class BridgeRow:
    """One entry behind a term: when, what it was, whose, and what it adds to the term."""

    entry_id: UUID
    business_date: date
    made_at: datetime
    kind: str
    term: str
    ticket_id: UUID | None
    ticket_number: int | None
    ticket_status: str | None
    refund_id: UUID | None
    refund_number: int | None
    holding_id: UUID | None
    holding_kind: str | None
    guest_id: UUID | None
    guest_name: str | None
    cents: Cents


@dataclass(frozen=True, slots=True)
class BridgeRows:
    """A page of the rows behind a term; `total_cents` and `count` are of all of them."""

    word: str
    rows: tuple[BridgeRow, ...]
    count: int
    total_cents: Cents


async def bridge(location_id: UUID, zone: ZoneInfo, first: date, last: date) -> Bridge:
    """The bridge of a location over business days, both included."""
    async with read_only():
        moved = await _moved(location_id, first, last)
        records = await fetch(
            f"SELECT term, sum(cents)::bigint AS cents FROM ({RECORDS}) counted"  # noqa: S608 - own names
            " WHERE location = $3 AND business_date BETWEEN $4 AND $5 GROUP BY 1",
            day_bounds(first, zone)[0],
            day_bounds(last, zone)[1],
            location_id,
            first,
            last,
        )
        purses = await fetch(PURSES, location_id, first)
        return bridge_of(
            moved,
            {row["term"]: Cents(row["cents"]) for row in records},
            [(row["code"], row["name"], Cents(row["cents"])) for row in purses],
        )


async def _moved(location_id: UUID, first: date, last: date) -> list[Moved]:
    rows = await fetch(MOVED, location_id, first, last)
    return [Moved(row["kind"], row["account"], row["account_kind"], Cents(row["cents"])) for row in rows]


_ROWS = (
    "WITH wanted AS (SELECT * FROM unnest($4::text[], $5::text[], $6::int[], $7::text[])"
    "   AS w (kind, account, sign, term)),"
    " rows AS (SELECT e.id, w.term, sum(w.sign * p.amount_cents)::bigint AS cents"
    "   FROM entry e JOIN posting p ON p.entry = e.id"
    "   JOIN wanted w ON w.kind = e.kind AND w.account = p.account"
    "   WHERE e.location = $1 AND e.business_date BETWEEN $2 AND $3 GROUP BY 1, 2)"
    " SELECT e.id AS entry_id, e.business_date, e.made_at, e.kind, o.term, t.id AS ticket_id,"
    " t.number AS ticket_number, t.status AS ticket_status, r.id AS refund_id, r.number AS refund_number,"
    " h.id AS holding_id, h.kind AS holding_kind, coalesce(t.guest, h.guest) AS guest_id,"
    " g.given_name || ' ' || g.family_name AS guest_name, o.cents, count(*) OVER () AS count"
    " FROM rows o JOIN entry e ON e.id = o.id LEFT JOIN ticket t ON t.id = e.subject"
    " LEFT JOIN refund r ON r.id = e.id LEFT JOIN holding h ON h.id = e.subject"
    " LEFT JOIN guest g ON g.id = coalesce(t.guest, h.guest)"
    " ORDER BY e.business_date, e.made_at, e.id, o.term LIMIT $8 OFFSET $9"
)


async def bridge_rows(location_id: UUID, first: date, last: date, *, key: str, page: int = 1) -> BridgeRows:
    """A page of the entries behind a term, oldest first; an unknown term has none."""
    async with read_only():
        moved = _with_terms(await _moved(location_id, first, last))
        wanted = [(term, row) for term, row in moved if term.key == key]
        found = await _fetch_rows(location_id, first, last, wanted, PAGE, (page - 1) * PAGE)
    word = wanted[0][0].word if wanted else TERMS[key].word if key in TERMS else ""
    total = sum(_sign(row) * row.cents for _, row in wanted)
    return BridgeRows(
        word, tuple(_row(one) for one in found), found[0]["count"] if found else 0, Cents(total)
    )


async def every_bridge_row(location_id: UUID, first: date, last: date, *, limit: int) -> list[BridgeRow]:
    """Every entry of a period with each term it adds to, at most so many."""
    async with read_only():
        moved = _with_terms(await _moved(location_id, first, last))
        found = await _fetch_rows(location_id, first, last, moved, limit, 0)
    return [_row(one) for one in found]


def _sign(row: Moved) -> int:
    """What came in is positive on both sides of the bridge."""
    return 1 if row.account_kind == "asset" else -1


def _with_terms(moved: list[Moved]) -> list[tuple[Term, Moved]]:
    """Each sum with its term; of movements that are no payment only what they did to money we hold."""
    kinds: dict[str, list[Moved]] = {}
    for row in moved:
        kinds.setdefault(row.kind, []).append(row)
    payments = {kind for kind, rows in kinds.items() if is_payment(rows)}
    found = [
        (term_of(row.kind, row.account, row.account_kind, payment=row.kind in payments), row) for row in moved
    ]
    return [(term, row) for term, row in found if term.step is not Step.MOVED or row.account_kind == "asset"]


async def _fetch_rows(
    location_id: UUID, first: date, last: date, wanted: list[tuple[Term, Moved]], limit: int, skip: int
) -> Sequence[Any]:
    return await fetch(
        _ROWS,
        location_id,
        first,
        last,
        [row.kind for _, row in wanted],
        [row.account for _, row in wanted],
        [_sign(row) for _, row in wanted],
        [term.key for term, _ in wanted],
        limit,
        skip,
    )


def _row(found: Any) -> BridgeRow:
    return BridgeRow(**{key: value for key, value in dict(found).items() if key != "count"})


async def broken_bridge() -> list[str]:
    """Days on which tickets, tenders, tips or refunds say another amount of a term than the ledger."""
    booked: dict[tuple[str, date, str], int] = {}
    kinds: dict[tuple[str, date, str], list[Moved]] = {}
    for row in await fetch(
        "SELECT l.code, e.business_date, e.kind, p.account, a.kind AS account_kind,"
        " sum(p.amount_cents)::bigint AS cents FROM entry e JOIN posting p ON p.entry = e.id"
        " JOIN account a ON a.code = p.account JOIN location l ON l.id = e.location GROUP BY 1, 2, 3, 4, 5"
    ):
        moved = Moved(row["kind"], row["account"], row["account_kind"], Cents(row["cents"]))
        kinds.setdefault((row["code"], row["business_date"], row["kind"]), []).append(moved)
    for (code, day, _), rows in kinds.items():
        payment = is_payment(rows)
        for one in rows:
            term = term_of(one.kind, one.account, one.account_kind, payment=payment)
            if term.tied:
                booked[code, day, term.key] = booked.get((code, day, term.key), 0) + _sign(one) * one.cents
    recorded = {
        (row["code"], row["business_date"], row["term"]): int(row["cents"])
        for row in await fetch(
            "SELECT l.code, business_date, term, sum(cents)::bigint AS cents"  # noqa: S608 - own names
            f" FROM ({RECORDS}) counted JOIN location l ON l.id = counted.location GROUP BY 1, 2, 3",
            *EVER,
        )
    }
    return [
        f"{code} {day}: {TERMS[key].word}: records {recorded.get((code, day, key), 0)},"
        f" ledger {booked.get((code, day, key), 0)}"
        for code, day, key in sorted(booked.keys() | recorded.keys())
        if recorded.get((code, day, key), 0) != booked.get((code, day, key), 0)
    ]
