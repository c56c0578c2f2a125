"""Booking online: for how long a time is held, and how often longer; pure (DOMAIN.md §7.26)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from spa_pos.kernel.errors import Conflict, Gone

HOLD_FOR = timedelta(minutes=10)
"""A time is held so long from when it is chosen, and so long again from when more is asked for."""

PAY_FOR = timedelta(minutes=30)
"""So long a guest may look for a card, once what was chosen is right; the time is held meanwhile."""

MOST_EXTENSIONS = 3

WARN_AT = (timedelta(minutes=5), timedelta(minutes=2), timedelta(minutes=1))
"""How much is left when a screen reader hears of it: in time to act, and seldom."""

MOST_VISITS = 10
"""So many visits to come one e-mail address may have; who wants more talks to us."""

FORGET_AFTER = timedelta(days=1)
"""What was typed into a booking that was not finished is gone so long after it began."""

ENDED = "Your time was held for a while and is free again. Choose a time; what you typed is still here."


@dataclass(frozen=True, slots=True)
class Hold:
    """How the time of a booking under way is held."""

    held_until: datetime | None
    extended: int
    is_live: bool

    def left(self, now: datetime) -> timedelta:
        """How long it is held from now on; zero once it has run out."""
        if not self.is_live or self.held_until is None:
            return timedelta(0)
        return max(timedelta(0), self.held_until - now)

    def may_extend(self, now: datetime) -> bool:
        """True while it is held and more may be asked for."""
        return self.extended < MOST_EXTENSIONS and self.left(now) > timedelta(0)


def check_extend(hold: Hold, *, now: datetime) -> None:
    """Refuse more time for what is over, or was kept long enough.

    Raises:
        Gone: `hold-expired`.
        Conflict: `held-long-enough`.
    """
    if hold.left(now) <= timedelta(0):
        raise Gone("hold-expired", ENDED)
    if not hold.may_extend(now):
        raise Conflict(
            "held-long-enough",
            "We cannot hold this time any longer. Finish now, or call us and we book it for you.",
        )


def paying_elsewhere() -> Conflict:
    """What is said beside a payment of the same guest in another browser."""
    return Conflict(
        "paying-elsewhere",
        "You are paying for another time in another window. Finish there, then go on here.",
    )
