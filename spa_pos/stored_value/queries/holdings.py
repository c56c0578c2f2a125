"""One holding, its history, and everything a guest could pay with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.stored_value.rules import (
    CODE_WINDOW,
    STANDARD_TERMS,
    Balance,
    Kind,
    Parts,
    Terms,
    next_visit_value,
)

LOCKED = " FOR UPDATE OF h"
"""What makes a reader wait for whoever spends from the same holding."""

_HOLDING = (
    "SELECT h.id, h.kind, h.status, h.location AS location_id, h.guest AS guest_id,"
    " g.given_name || ' ' || g.family_name AS guest_name, h.paid_cents, h.free_cents, h.free_until,"
    " h.last4, h.batch, h.code_made_at, h.recipient, h.message, h.for_visit, h.plan AS plan_id,"
    " p.name AS plan_name,"
    " h.successor AS successor_id, h.made_at, h.moved_at FROM holding h"
    " LEFT JOIN guest g ON g.id = h.guest LEFT JOIN package_plan p ON p.id = h.plan"
)
_ITEM = (
    "SELECT i.id, i.holding AS holding_id, i.service AS service_id, s.name AS service_name,"
    " i.visits_bought, i.visits_left, i.value_cents, i.left_cents FROM package_item i"
    " JOIN service s ON s.id = i.service"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """One gift card, credit, deposit or package."""

    id: UUID
    kind: Kind
    status: str
    location_id: UUID
    guest_id: UUID | None
    guest_name: str | None
    paid_cents: Cents
    free_cents: Cents
    free_until: date | None
    last4: str | None
    batch: str | None
    code_made_at: datetime | None
    recipient: str | None
    message: str | None
    for_visit: UUID | None
    plan_id: UUID | None
    plan_name: str | None
    successor_id: UUID | None
    made_at: datetime
    moved_at: datetime

    @property
    def balance(self) -> Balance:
        """What is on it, for the rules."""
        return Balance(Parts(self.paid_cents, self.free_cents), self.free_until)

    @property
    def label(self) -> str:
        """As people name it: `Gift card …7KQ2`, `Deposit`, the name of a package."""
        if self.plan_name is not None:
            return self.plan_name
        return f"{self.kind.word} …{self.last4}" if self.last4 else self.kind.word


@dataclass(frozen=True, slots=True)
class PackageVisits:
    """What is left of one service in a package."""

    id: UUID
    holding_id: UUID
    service_id: UUID
    service_name: str
    visits_bought: int
    visits_left: int
    value_cents: Cents
    left_cents: Cents

    @property
    def next_cents(self) -> Cents:
        """What the next visit is worth; nothing when none is left."""
        if self.visits_left == 0:
            return Cents(0)
        return next_visit_value(self.value_cents, self.visits_bought, self.left_cents, self.visits_left)


@dataclass(frozen=True, slots=True)
class Owned:
    """Something a guest can pay with today, and how much; a package with its visits."""

    holding: Holding
    usable_cents: Cents
    visits: tuple[PackageVisits, ...] = ()


@dataclass(frozen=True, slots=True)
class MovementLine:
    """One change of a holding, as a history shows it."""

    id: UUID
    kind: str
    paid_cents: Cents
    free_cents: Cents
    visits: int
    made_at: datetime
    who: str | None
    subject: UUID | None
    reason: str | None

    @property
    def total_cents(self) -> Cents:
        """Both parts."""
        return Cents(self.paid_cents + self.free_cents)


@dataclass(frozen=True, slots=True)
class Known:
    """A movement that was written before, for somebody who asks again."""

    holding_id: UUID
    item_id: UUID | None
    kind: str
    parts: Parts
    subject: UUID | None


def _holding(row: Mapping[str, Any]) -> Holding:
    return Holding(**{**dict(row), "kind": Kind(row["kind"])})


async def holding(holding_id: UUID, *, for_update: bool = False) -> Holding:
    """One holding.

    Raises:
        NotFound: `holding-unknown`.
    """
    row = await fetch_one(f"{_HOLDING} WHERE h.id = $1{LOCKED if for_update else ''}", holding_id)
    if row is None:
        raise NotFound("holding-unknown", "There is no such card or credit. Look it up again.")
    return _holding(row)


async def find_by_code(code_hash: str) -> Holding | None:
    """The gift card of a code; who asks for people counts the try with `try_code`."""
    row = await fetch_one(f"{_HOLDING} WHERE h.code_hash = $1", code_hash)
    return None if row is None else _holding(row)


async def holdings_of(guest_id: UUID, *, on: date) -> list[Owned]:
    """Everything a guest could pay with on a day, with what is left: packages, deposits, credits, cards."""
    rows = await fetch(
        f"{_HOLDING} WHERE h.guest = $1 AND h.status = 'active' AND h.paid_cents + h.free_cents > 0"
        " ORDER BY array_position(ARRAY['package', 'deposit', 'promotional_credit', 'goodwill_credit',"
        " 'paid_credit', 'gift_card'], h.kind::text), h.free_until, h.made_at, h.id",
        guest_id,
    )
    found = [_holding(row) for row in rows]
    visits = await visits_of([one.id for one in found if one.kind is Kind.PACKAGE])
    owned = [Owned(one, one.balance.usable(on).total_cents, visits.get(one.id, ())) for one in found]
    return [one for one in owned if one.usable_cents > 0]


async def credit_on_hand(guest_ids: Collection[UUID], *, on: date) -> dict[UUID, Cents]:
    """What some guests have with us in credit and deposits, each who has any; no gift cards, no packages."""
    rows = await fetch(
        "SELECT guest, sum(paid_cents + CASE WHEN free_until < $2 THEN 0 ELSE free_cents END)::int AS cents"
        " FROM holding WHERE guest = ANY($1) AND status = 'active'"
        " AND kind IN ('paid_credit', 'promotional_credit', 'goodwill_credit', 'deposit')"
        " GROUP BY guest",
        list(guest_ids),
        on,
    )
    return {row["guest"]: Cents(row["cents"]) for row in rows if row["cents"]}


async def packages_with(guest_id: UUID, service_id: UUID) -> list[UUID]:
    """A guest's packages that still have a visit of a service, the oldest first."""
    rows = await fetch(
        "SELECT h.id FROM holding h JOIN package_item i ON i.holding = h.id WHERE h.guest = $1"
        " AND h.status = 'active' AND i.service = $2 AND i.visits_left > 0 ORDER BY h.made_at, h.id",
        guest_id,
        service_id,
    )
    return [row["id"] for row in rows]


async def visits_of(holding_ids: list[UUID]) -> dict[UUID, tuple[PackageVisits, ...]]:
    """The services of packages with the visits left, by package."""
    found: dict[UUID, list[PackageVisits]] = {}
    for row in await fetch(f"{_ITEM} WHERE i.holding = ANY($1) ORDER BY i.position", holding_ids):
        found.setdefault(row["holding_id"], []).append(PackageVisits(**dict(row)))
    return {holding_id: tuple(items) for holding_id, items in found.items()}


async def history(holding_id: UUID) -> list[MovementLine]:
    """Every movement of a holding, latest first."""
    rows = await fetch(
        "SELECT m.id, m.kind, m.paid_cents, m.free_cents, m.visits, m.made_at, s.name AS who, m.subject,"
        " m.reason FROM value_movement m LEFT JOIN staff s ON s.id = m.made_by WHERE m.holding = $1"
        " ORDER BY m.made_at DESC, m.id DESC",
        holding_id,
    )
    return [MovementLine(**dict(row)) for row in rows]


async def known_movement(movement_id: UUID) -> Known | None:
    """The movement of an id, when it was written before."""
    row = await fetch_one(
        "SELECT holding, package_item, kind, paid_cents, free_cents, subject FROM value_movement"
        " WHERE id = $1",
        movement_id,
    )
    if row is None:
        return None
    parts = Parts(Cents(row["paid_cents"]), Cents(row["free_cents"]))
    return Known(row["holding"], row["package_item"], row["kind"], parts, row["subject"])


async def returned_of(tender_id: UUID) -> list[Parts]:
    """What was given back of a tender so far."""
    rows = await fetch("SELECT paid_cents, free_cents FROM value_movement WHERE undoes = $1", tender_id)
    return [Parts(Cents(row["paid_cents"]), Cents(row["free_cents"])) for row in rows]


async def terms_of(location_id: UUID) -> Terms:
    """The limits of a location."""
    row = await fetch_one(
        "SELECT smallest_cents, desk_card_cents, manager_card_cents, free_day_cents, idle_years"
        " FROM value_terms WHERE location = $1",
        location_id,
    )
    return STANDARD_TERMS if row is None else Terms(**dict(row))


async def given_on(location_id: UUID, day: date) -> Cents:
    """What a location gave away on a day."""
    return Cents(
        await fetch_value(
            "SELECT coalesce(sum(free_cents), 0)::bigint FROM value_movement"
            " WHERE location = $1 AND business_date = $2 AND kind = 'granted'",
            location_id,
            day,
        )
    )


async def code_misses(device_id: UUID | None, network: str, *, now: datetime) -> int:
    """Codes that fitted nothing within the window, at a device or from its network: the larger number."""
    return int(
        await fetch_value(
            "SELECT greatest(count(*) FILTER (WHERE device = $1), count(*) FILTER (WHERE network = $2))"
            " FROM code_try WHERE NOT found AND tried_at > $3",
            device_id,
            network,
            now - CODE_WINDOW,
        )
    )


async def paid_left(holding_ids: Sequence[UUID]) -> dict[UUID, Cents]:
    """What is left of the paid value of holdings; of a card that was replaced, on the new one."""
    rows = await fetch(
        "WITH RECURSIVE chain AS (SELECT id AS first, id, successor, paid_cents FROM holding"
        "  WHERE id = ANY($1) UNION ALL SELECT c.first, h.id, h.successor, h.paid_cents FROM chain c"
        "  JOIN holding h ON h.id = c.successor)"
        " SELECT first, paid_cents FROM chain WHERE successor IS NULL",
        list(holding_ids),
    )
    return {row["first"]: Cents(row["paid_cents"]) for row in rows}
