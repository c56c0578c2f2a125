"""Reading the whole ledger for accounting programs, in one snapshot."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, fetch_one, read_only
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents
from spa_pos.reports.rules.bridge import in_words
from spa_pos.reports.rules.journal import Journal, JournalAccount, JournalEntry, JournalPosting

BALANCES = (
    "SELECT p.account, sum(p.amount_cents) FILTER (WHERE e.business_date < $2)::bigint AS before,"
    " sum(p.amount_cents)::bigint AS after FROM posting p JOIN entry e ON e.id = p.entry"
    " WHERE ($1::uuid IS NULL OR e.location = $1) AND e.business_date <= $3 GROUP BY 1"
)

ENTRIES = (
    "SELECT e.id, e.business_date, e.made_at, e.kind, l.name AS place, l.zone, t.number AS ticket_number,"
    " CASE WHEN e.kind = 'ticket-settled' THEN (SELECT string_agg(n.description, ', ' ORDER BY n.position)"
    "   FROM ticket_line n WHERE n.ticket = t.id AND n.status = 'live') END AS what,"
    " p.account, p.amount_cents, p.category, p.guest_group"
    " FROM entry e JOIN posting p ON p.entry = e.id JOIN location l ON l.id = e.location"
    " LEFT JOIN ticket t ON t.id = e.subject"
    " WHERE ($1::uuid IS NULL OR e.location = $1) AND e.business_date BETWEEN $2 AND $3"
    " ORDER BY e.business_date, e.made_at, e.id, p.id"
)


async def ledger_days(location_id: UUID | None) -> tuple[date, date] | None:
    """The first and the last business day that has an entry, at a location or anywhere; None without one."""
    row = await fetch_one(
        "SELECT min(business_date) AS first, max(business_date) AS last FROM entry"
        " WHERE $1::uuid IS NULL OR location = $1",
        location_id,
    )
    return None if row is None or row["first"] is None else (row["first"], row["last"])


async def ledger_journal(
    location_id: UUID | None, first: date | None, last: date | None, *, today: date
) -> Journal:
    """The books of one location, or of all, over business days; from the first and to the last when not told.

    Raises:
        Invalid: `dates-turned` when the period ends before it begins.
    """
    async with read_only():
        begun, ended = await ledger_days(location_id) or (today, today)
        first, last = first or min(begun, last or begun), last or max(ended, first or ended)
        if last < first:
            raise Invalid(
                "dates-turned", "The period ends before it begins. Turn the dates round.", field="to"
            )
        accounts = await fetch("SELECT code, name, kind FROM account ORDER BY code")
        balances = await fetch(BALANCES, location_id, first, last)
        rows = await fetch(ENTRIES, location_id, first, last)
        return Journal(
            title=f"Books from {first} to {last}",
            first=first,
            last=last,
            accounts=tuple(JournalAccount(row["code"], row["name"], row["kind"]) for row in accounts),
            opening={row["account"]: Cents(row["before"]) for row in balances if row["before"]},
            entries=_entries(rows),
            closing={row["account"]: Cents(row["after"]) for row in balances if row["after"]},
        )


def _entries(rows: Sequence[Any]) -> list[JournalEntry]:
    found: list[JournalEntry] = []
    for row in rows:
        if not found or found[-1].id != row["id"]:
            found.append(_entry(row))
        found[-1].postings.append(
            JournalPosting(row["account"], Cents(row["amount_cents"]), row["category"], row["guest_group"])
        )
    return found


def _entry(row: Any) -> JournalEntry:
    number = row["ticket_number"]
    words = in_words(row["kind"]) if number is None else f"{in_words(row['kind'])}, ticket {number}"
    return JournalEntry(
        id=row["id"],
        day=row["business_date"],
        made_at=row["made_at"].astimezone(ZoneInfo(row["zone"])),
        place=row["place"],
        words=f"{words}: {row['what']}" if row["what"] else words,
        ticket_number=number,
        postings=[],
    )
