"""Package plans as managers and checkout see them."""

from dataclasses import dataclass
from uuid import UUID

from spa_pos.db import fetch
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.stored_value.rules import PlanItem, allocate


@dataclass(frozen=True, slots=True)
class PlanLine:
    """The visits of one service in a plan; the share is what they are worth of its price together."""

    service_id: UUID
    service_name: str
    visits: int
    list_price_cents: Cents
    share_cents: Cents

    @property
    def for_rules(self) -> PlanItem:
        """What the rules need of it."""
        return PlanItem(self.service_id, self.visits, self.list_price_cents)


@dataclass(frozen=True, slots=True)
class Plan:
    """A package that can be sold, or could be once."""

    id: UUID
    name: str
    price_cents: Cents
    active: bool
    sold: int
    items: tuple[PlanLine, ...]

    @property
    def worth_cents(self) -> Cents:
        """What the visits cost alone."""
        return Cents(sum(item.visits * item.list_price_cents for item in self.items))


async def plans(*, active_only: bool = False) -> list[Plan]:
    """Every plan with its services, those on sale first, then by name."""
    return await _plans(None, active_only)


async def plan(plan_id: UUID) -> Plan:
    """One plan.

    Raises:
        NotFound: `plan-unknown`.
    """
    found = await _plans(plan_id, False)
    if not found:
        raise NotFound("plan-unknown", "There is no such package. Choose one from the list.")
    return found[0]


async def _plans(plan_id: UUID | None, active_only: bool) -> list[Plan]:
    rows = await fetch(
        "SELECT p.id, p.name, p.price_cents, p.active,"
        " (SELECT count(*) FROM holding h WHERE h.plan = p.id) AS sold FROM package_plan p"
        " WHERE ($1::uuid IS NULL OR p.id = $1) AND (p.active OR NOT $2)"
        " ORDER BY p.active DESC, p.name, p.id",
        plan_id,
        active_only,
    )
    items: dict[UUID, list[tuple[PlanItem, str]]] = {}
    for row in await fetch(
        "SELECT i.plan, i.service, s.name, i.visits, i.list_price_cents FROM package_plan_item i"
        " JOIN service s ON s.id = i.service WHERE i.plan = ANY($1) ORDER BY i.position",
        [row["id"] for row in rows],
    ):
        item = PlanItem(row["service"], row["visits"], Cents(row["list_price_cents"]))
        items.setdefault(row["plan"], []).append((item, row["name"]))
    return [
        Plan(**dict(row), items=_lines(Cents(row["price_cents"]), items.get(row["id"], []))) for row in rows
    ]


def _lines(price: Cents, items: list[tuple[PlanItem, str]]) -> tuple[PlanLine, ...]:
    shares = allocate(price, [item for item, _ in items]) if items else []
    return tuple(
        PlanLine(item.service_id, name, item.visits, item.list_price_cents, share)
        for (item, name), share in zip(items, shares, strict=True)
    )
