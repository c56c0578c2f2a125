"""Reading appointments, what days can still take, and the rules of the house."""

from spa_pos.booking.queries.board import credentials_asked, things_of_visits
from spa_pos.booking.queries.house import (
    BlockView,
    CancelReasonView,
    Window,
    block,
    blocks_between,
    blocks_on,
    booking_window,
    cancel_reasons,
    free_reasons,
    policy,
    policy_at,
)
from spa_pos.booking.queries.supply import calendar, fits_at, needs_of, needs_of_visit, supplies
from spa_pos.booking.queries.visits import (
    PartyView,
    Visit,
    VisitAddOn,
    favourite_services,
    guests_taken,
    party,
    visit,
    visits_between,
    visits_on,
)

__all__ = [
    "BlockView",
    "CancelReasonView",
    "PartyView",
    "Visit",
    "VisitAddOn",
    "Window",
    "block",
    "blocks_between",
    "blocks_on",
    "booking_window",
    "calendar",
    "cancel_reasons",
    "credentials_asked",
    "favourite_services",
    "fits_at",
    "free_reasons",
    "guests_taken",
    "needs_of",
    "needs_of_visit",
    "party",
    "policy",
    "policy_at",
    "supplies",
    "things_of_visits",
    "visit",
    "visits_between",
    "visits_on",
]
