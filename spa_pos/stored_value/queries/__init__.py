"""Reading what we owe guests."""

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
from spa_pos.stored_value.queries.plans import Plan, PlanLine, plan, plans
from spa_pos.stored_value.queries.reports import (
    IdleValue,
    RollForward,
    ended_gifts,
    liability_roll_forward,
    unclaimed_property,
)

__all__ = [
    "Holding",
    "IdleValue",
    "Known",
    "MovementLine",
    "Owned",
    "PackageVisits",
    "Plan",
    "PlanLine",
    "RollForward",
    "code_misses",
    "ended_gifts",
    "find_by_code",
    "given_on",
    "history",
    "holding",
    "holdings_of",
    "known_movement",
    "liability_roll_forward",
    "plan",
    "plans",
    "returned_of",
    "terms_of",
    "unclaimed_property",
    "visits_of",
]
