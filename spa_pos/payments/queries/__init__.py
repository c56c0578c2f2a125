"""Everything payments tell."""

from spa_pos.payments.queries.attempts import (
    AttemptView,
    ReaderView,
    attempt,
    attempt_behind,
    attempt_for_update,
    broken_attempts,
    broken_forgotten_attempts,
    due_attempts,
    live_attempt_for,
    readers,
)
from spa_pos.payments.queries.inbox import StoredEvent, broken_events, parked_events, stored_event
from spa_pos.payments.queries.payroll import (
    Authorisation,
    authorisation_for_update,
    authorisations,
    has_authorisation,
)

__all__ = [
    "AttemptView",
    "Authorisation",
    "ReaderView",
    "StoredEvent",
    "attempt",
    "attempt_behind",
    "attempt_for_update",
    "authorisation_for_update",
    "authorisations",
    "broken_attempts",
    "broken_events",
    "broken_forgotten_attempts",
    "due_attempts",
    "has_authorisation",
    "live_attempt_for",
    "parked_events",
    "readers",
    "stored_event",
]
