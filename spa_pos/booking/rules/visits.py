"""The life of an appointment.

Held, booked, confirmed, checked in, in service, done; or cancelled, or no-show, or a hold that expired.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from spa_pos.kernel.errors import Conflict, Invalid
from spa_pos.kernel.time import local_date

SHORTEST = 5
"""Minutes of the shortest visit."""

UNDO_BOOKING_FOR = timedelta(minutes=30)
"""So long after booking, whoever booked may undo it as if it had never been."""

ON_TIME = timedelta(minutes=5)
"""Who comes this much after the start is not late."""


class Status(StrEnum):
    """Where an appointment stands."""

    HELD = "held"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    IN_SERVICE = "in_service"
    DONE = "done"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    EXPIRED = "expired"

    @property
    def word(self) -> str:
        """The word on the board."""
        words = {"checked_in": "Checked in", "in_service": "In service", "no_show": "No-show"}
        return words.get(self.value, self.value.capitalize())

    @property
    def is_expected(self) -> bool:
        """True while the guest is still to come."""
        return self in EXPECTED

    @property
    def is_live(self) -> bool:
        """True while the appointment holds its claims."""
        return self in LIVE


EXPECTED = (Status.BOOKED, Status.CONFIRMED)
HERE = (Status.CHECKED_IN, Status.IN_SERVICE)
LIVE = (Status.HELD, *EXPECTED, *HERE, Status.DONE)
ENDED = (Status.CANCELLED, Status.NO_SHOW)


def check_version(stored: int, seen: int, what: str = "this visit") -> None:
    """Two kiosks: whoever saw an older state of `what` is told so.

    Raises:
        Conflict: `appointment-changed`.
    """
    if stored != seen:
        raise Conflict(
            "appointment-changed",
            f"Somebody changed {what} a moment ago. Here is how things stand now; choose again.",
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


def check_may_undo_booking(booked_by: str, booked_at: datetime, undoes: str, *, now: datetime) -> None:
    """Whoever booked takes it back for a while, free of any fee; later it is cancelled with a reason.

    Raises:
        Conflict: `booking-stands`.
    """
    if booked_by != undoes or now > booked_at + UNDO_BOOKING_FOR:
        raise Conflict(
            "booking-stands",
            f"Only who booked it undoes a booking, for {UNDO_BOOKING_FOR.seconds // 60} minutes."
            " Cancel the visit with a reason instead.",
        )


@dataclass(frozen=True, slots=True)
class LateArrival:
    """What can be done for a guest who comes late: end on time, or the whole time if the next is free."""

    begins_at: datetime
    minutes_left: int


def late_arrival(starts_at: datetime, ends_at: datetime, *, now: datetime) -> LateArrival | None:
    """How much is left for a guest who comes more than five minutes late; None for one in time.

    The new start lies on the next five minutes; the end stays (DOMAIN.md §4, §7.31).
    """
    if now <= starts_at + ON_TIME:
        return None
    over = now.timestamp() % ON_TIME.total_seconds()
    begins_at = now if not over else now + timedelta(seconds=ON_TIME.total_seconds() - over)
    begins_at = begins_at.replace(microsecond=0)
    return LateArrival(begins_at, max(0, int((ends_at - begins_at).total_seconds()) // 60))


def check_minutes(minutes: int) -> None:
    """A visit lasts from five minutes to eight hours, in steps of five.

    Raises:
        Invalid: `minutes-unreadable`.
    """
    if not SHORTEST <= minutes <= 480 or minutes % 5:
        raise Invalid(
            "minutes-unreadable", "A visit lasts 5 to 480 minutes, in steps of five.", field="minutes"
        )
