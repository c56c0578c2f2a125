"""What may be told when, how often it is tried, which links it carries; pure."""

from spa_pos.messages.rules.facts import Channel, Kind, News, Part, Status, VisitFacts, hidden_address
from spa_pos.messages.rules.invitations import Organizer, Where, entries, invitation
from spa_pos.messages.rules.links import read_stop_token, read_visit_token, stop_token, visit_token
from spa_pos.messages.rules.timing import (
    BACKOFF,
    DEFAULT_TIMING,
    STALE_AFTER,
    Timing,
    after_quiet,
    goes_out_at,
    next_try,
)

__all__ = [
    "BACKOFF",
    "DEFAULT_TIMING",
    "STALE_AFTER",
    "Channel",
    "Kind",
    "News",
    "Organizer",
    "Part",
    "Status",
    "Timing",
    "VisitFacts",
    "Where",
    "after_quiet",
    "entries",
    "goes_out_at",
    "hidden_address",
    "invitation",
    "next_try",
    "read_stop_token",
    "read_visit_token",
    "stop_token",
    "visit_token",
]
