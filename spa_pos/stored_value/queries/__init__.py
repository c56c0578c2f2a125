"""Reading what we owe guests."""

from spa_pos.stored_value.queries.deliveries import Delivery, deliveries_of, delivery, is_code_of, is_opened
from spa_pos.stored_value.queries.holdings import (
    Holding,
    Known,
    MovementLine,
    Owned,
    PackageVisits,
    code_misses,
    find_by_code,
    given_on,
    history,
    holding,
    holdings_of,
    known_movement,
    returned_of,
    terms_of,
    visits_of,
)
from spa_pos.stored_value.queries.orders import Order, broken_gift_orders, gift_order
from spa_pos.stored_value.queries.plans import Plan, PlanLine, plan, plans
from spa_pos.stored_value.queries.reports import (
    IdleValue,
    RollForward,
    ended_gifts,
    liability_roll_forward,
    unclaimed_property,
)

__all__ = [
    "Delivery",
    "Holding",
    "IdleValue",
    "Known",
    "MovementLine",
    "Order",
    "Owned",
    "PackageVisits",
    "Plan",
    "PlanLine",
    "RollForward",
    "broken_gift_orders",
    "code_misses",
    "deliveries_of",
    "delivery",
    "ended_gifts",
    "find_by_code",
    "gift_order",
    "given_on",
    "history",
    "holding",
    "holdings_of",
    "is_code_of",
    "is_opened",
    "known_movement",
    "liability_roll_forward",
    "plan",
    "plans",
    "returned_of",
    "terms_of",
    "unclaimed_property",
    "visits_of",
]
