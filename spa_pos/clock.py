"""The one door to the time of day: the edge asks once, everything below receives `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)
