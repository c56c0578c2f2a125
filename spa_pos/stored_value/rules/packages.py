"""What a package is worth, visit by visit; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.money import LARGEST_CENTS, Cents, format_usd, split

MOST_VISITS = 100
MOST_ITEMS = 12


@dataclass(frozen=True, slots=True)
class PlanItem:
    """So many visits of one service; the list price is that of one visit."""

    service_id: UUID
    visits: int
    list_price_cents: Cents


def allocate(price: Cents, items: Sequence[PlanItem]) -> list[Cents]:
    """What each item is worth of a package's price: in proportion to its stand-alone value.

    The shares add up to the price: $180 over $120 and $90 is $102.86 and $77.14 (DOMAIN.md §6).
    """
    return split(price, [item.visits * item.list_price_cents for item in items])


def next_visit_value(value: Cents, bought: int, value_left: Cents, visits_left: int) -> Cents:
    """What the next visit of an item takes; the last one takes the rest of the rounding.

    Raises:
        Conflict: `no-visits-left`.
    """
    if visits_left < 1:
        raise Conflict("no-visits-left", "No visit of that service is left in this package.")
    return value_left if visits_left == 1 else Cents(value // bought)


def check_plan(name: str, price: Cents, items: Sequence[PlanItem]) -> None:
    """A plan that can be sold: named, priced, and every visit worth at least a cent.

    Raises:
        Invalid: `plan-name`, `plan-empty`, `plan-visits`, `plan-price`, `plan-service-twice`,
            `plan-service-free`.
    """
    if not 1 <= len(name) <= 80:
        raise Invalid("plan-name", "Give the package a name of at most 80 letters.", field="name")
    if not 1 <= len(items) <= MOST_ITEMS:
        raise Invalid("plan-empty", "Choose at least one service and the number of visits.", field="visits")
    if any(not 1 <= item.visits <= MOST_VISITS for item in items):
        raise Invalid("plan-visits", f"A service has 1 to {MOST_VISITS} visits.", field="visits")
    if len({item.service_id for item in items}) < len(items):
        raise Invalid("plan-service-twice", "Name each service once, with all its visits.", field="visits")
    if any(item.list_price_cents <= 0 for item in items):
        raise Invalid(
            "plan-service-free", "A service without a list price cannot be part of a package.", field="visits"
        )
    worth = sum(item.visits * item.list_price_cents for item in items)
    if not 0 < price <= min(worth, LARGEST_CENTS):
        raise Invalid(
            "plan-price",
            f"The price is above zero and at most what the visits cost alone, {format_usd(worth)}.",
            field="price",
        )
    shares = zip(allocate(price, items), items, strict=True)
    if any(share < item.visits for share, item in shares):
        raise Invalid("plan-price", "At that price a visit would be worth less than a cent.", field="price")
