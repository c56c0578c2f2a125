"""What we owe over time, and what the state may want."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from spa_pos.db import fetch
from spa_pos.kernel.money import Cents
from spa_pos.stored_value.rules import FREE_ACCOUNTS, PAID_ACCOUNTS, Kind


@dataclass(frozen=True, slots=True)
class RollForward:
    """One liability account over a period at a location: opening and what moved give closing.

    Signs are those of the guest's balance: what goes out is negative. `leaving_cents` was taken off to go
    back to a card and is not gone yet, so it is owed still. `ledger_cents` is what the account says at the
    end. A location's opening can be negative: cards are sold at one place and used at another.
    """

    account: str
    opening_cents: Cents
    sold_cents: Cents
    granted_cents: Cents
    credited_cents: Cents
    moved_cents: Cents
    redeemed_cents: Cents
    returned_cents: Cents
    taken_back_cents: Cents
    ended_cents: Cents
    forfeited_cents: Cents
    closing_cents: Cents
    leaving_cents: Cents
    ledger_cents: Cents

    @property
    def agrees(self) -> bool:
        """True when the parts give the closing balance and the ledger says the same."""
        moved = (
            self.sold_cents
            + self.granted_cents
            + self.credited_cents
            + self.moved_cents
            + self.redeemed_cents
            + self.returned_cents
            + self.taken_back_cents
            + self.ended_cents
            + self.forfeited_cents
        )
        closing = self.opening_cents + moved
        return closing == self.closing_cents == self.ledger_cents - self.leaving_cents


@dataclass(frozen=True, slots=True)
class IdleValue:
    """Something a guest paid for and has not touched for years."""

    holding_id: UUID
    kind: Kind
    guest_id: UUID
    guest_name: str
    guest_number: int
    paid_cents: Cents
    idle_since: date


COLUMNS = {
    "sold_cents": ("sold", "reloaded"),
    "granted_cents": ("granted",),
    "credited_cents": ("credited",),
    "moved_cents": ("moved_in", "moved_out"),
    "redeemed_cents": ("redeemed",),
    "returned_cents": ("returned",),
    "taken_back_cents": ("taken_back",),
    "ended_cents": ("expired", "withdrawn"),
    "forfeited_cents": ("forfeited",),
}
"""Which kinds of movement each column of the report adds up."""

_MOVED = (
    "SELECT h.kind AS holding_kind, part.free, m.kind,"
    " coalesce(sum(CASE WHEN part.free THEN m.free_cents ELSE m.paid_cents END)"
    "   FILTER (WHERE m.business_date < $2), 0)::bigint AS before,"
    " coalesce(sum(CASE WHEN part.free THEN m.free_cents ELSE m.paid_cents END)"
    "   FILTER (WHERE m.business_date >= $2), 0)::bigint AS during"
    " FROM value_movement m JOIN holding h ON h.id = m.holding"
    " CROSS JOIN (VALUES (true), (false)) AS part (free)"
    " WHERE m.location = $1 AND m.business_date <= $3 GROUP BY 1, 2, 3"
)


_LEAVING = (
    "SELECT l.account, sum(b.net_cents)::bigint AS cents FROM refund_line b JOIN refund r ON r.id = b.refund"
    " JOIN ticket_line l ON l.id = b.line JOIN location p ON p.id = r.location"
    " WHERE r.location = $1 AND (r.made_at AT TIME ZONE p.zone)::date <= $2"
    " AND (r.business_date IS NULL OR r.business_date > $2) GROUP BY 1"
)
"""What refunds take off value at once and book when the money is gone, by account, on a day."""


async def liability_roll_forward(location_id: UUID, first: date, last: date) -> list[RollForward]:
    """What a location owes, account by account, from the first to the last business day, both included."""
    moved = await fetch(_MOVED, location_id, first, last)
    booked = {
        row["account"]: -row["cents"]
        for row in await fetch(
            "SELECT p.account, sum(p.amount_cents)::bigint AS cents FROM posting p"
            " JOIN entry e ON e.id = p.entry WHERE e.location = $1 AND e.business_date <= $2 GROUP BY 1",
            location_id,
            last,
        )
    }
    leaving = {row["account"]: row["cents"] for row in await fetch(_LEAVING, location_id, last)}
    rows = []
    for account in sorted({*PAID_ACCOUNTS.values(), *FREE_ACCOUNTS.values()}):
        mine = [row for row in moved if _account(row["holding_kind"], row["free"]) == account]
        columns = {
            name: Cents(sum(row["during"] for row in mine if row["kind"] in kinds))
            for name, kinds in COLUMNS.items()
        }
        opening = Cents(sum(row["before"] for row in mine))
        rows.append(
            RollForward(
                account=account,
                opening_cents=opening,
                **columns,
                closing_cents=Cents(opening + sum(row["during"] for row in mine)),
                leaving_cents=Cents(leaving.get(account, 0)),
                ledger_cents=Cents(booked.get(account, 0)),
            )
        )
    return rows


def _account(kind: str, free: bool) -> str | None:
    return (FREE_ACCOUNTS if free else PAID_ACCOUNTS).get(Kind(kind))


async def unclaimed_property(location_id: UUID, today: date, years: int) -> list[IdleValue]:
    """Deposits, paid credits and packages of a location that nobody touched for years; no gift cards.

    Longest idle first (Minn. Stat. 345.39; DOMAIN.md §2.7).
    """
    rows = await fetch(
        "SELECT h.id AS holding_id, h.kind, h.guest AS guest_id, g.number AS guest_number,"
        " g.given_name || ' ' || g.family_name AS guest_name, h.paid_cents,"
        " (h.moved_at AT TIME ZONE l.zone)::date AS idle_since"
        " FROM holding h JOIN guest g ON g.id = h.guest JOIN location l ON l.id = h.location"
        " WHERE h.location = $2 AND h.kind IN ('deposit', 'paid_credit', 'package') AND h.paid_cents > 0"
        " AND (h.moved_at AT TIME ZONE l.zone)::date <= $1 ORDER BY h.moved_at, h.id",
        years_before(today, years),
        location_id,
    )
    return [IdleValue(**{**dict(row), "kind": Kind(row["kind"])}) for row in rows]


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 29 February becomes the day before 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, month=3, day=1) - timedelta(days=1)


async def ended_gifts(location_id: UUID, today: date) -> list[UUID]:
    """Holdings of a location whose free part is there still though its last day is over."""
    rows = await fetch(
        "SELECT id FROM holding WHERE location = $1 AND free_cents > 0 AND free_until < $2 ORDER BY id",
        location_id,
        today,
    )
    return [row["id"] for row in rows]
