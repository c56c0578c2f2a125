"""The life of an appointment: booked → checked in → done, or cancelled, or no-show."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from spa_pos.kernel.errors import Conflict
from spa_pos.kernel.time import local_date


class Status(StrEnum):
    """Where an appointment stands."""

    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"

    @property
    def word(self) -> str:
        """The word on the board."""
        return {"checked_in": "Checked in", "no_show": "No-show"}.get(self.value, self.value.capitalize())


def board_topic(day: date) -> str:
    """Under which name changes of a local day's visits are announced."""
    return f"board:{day.isoformat()}"


def check_version(stored: int, seen: int) -> None:
    """Two kiosks: whoever saw an older state is told so.

    Raises:
        Conflict: `appointment-changed`.
    """
    if stored != seen:
        raise Conflict(
            "appointment-changed",
            "Somebody changed this visit a moment ago. Here is how it stands now; choose again.",
        )


def check_status(status: Status, *allowed: Status) -> None:
    """Refuse a step that does not follow from where the appointment stands.

    Raises:
        Conflict: `appointment-<status>`.
    """
    if status not in allowed:
        raise Conflict(
            f"appointment-{status.value.replace('_', '-')}",
            f"This visit is {status.word.lower()} already. Nothing was changed.",
        )


def check_may_check_in(starts_at: datetime, *, now: datetime, zone: ZoneInfo) -> None:
    """Guests check in on the day of their visit.

    Raises:
        Conflict: `not-today`.
    """
    if local_date(starts_at, zone) != local_date(now, zone):
        raise Conflict("not-today", "This visit is on another day. Check the guest in when they come.")
