"""What a guest may do with their own visit, by the link in a message; pure (DOMAIN.md §7.26, §7.30)."""

from datetime import datetime, timedelta

from spa_pos.booking.rules.fees import Policy
from spa_pos.booking.rules.visits import Status
from spa_pos.kernel.errors import Conflict, Invalid

UNDO_FOR = timedelta(minutes=30)
"""So long after a guest cancelled they may take it back, if nobody else has the time."""

LATE_FROM = timedelta(hours=2)
LATE_UNTIL = timedelta(minutes=30)
"""From so long before a visit to so long after its start a guest can say that they come later."""

LATE_CHOICES = (5, 10, 15, 20, 30)
"""By how many minutes."""

LONGEST_NOTE = 300


def free_until(policy: Policy | None, starts_at: datetime) -> datetime:
    """Until when moving and cancelling cost nothing; without a policy, until the visit."""
    return starts_at - timedelta(hours=policy.notice_hours if policy else 0)


def check_may_move(policy: Policy | None, starts_at: datetime, *, now: datetime) -> None:
    """Guests move a visit by themselves while that is free; later they talk to the desk.

    Raises:
        Conflict: `too-late-to-move`.
    """
    if now > free_until(policy, starts_at):
        raise Conflict("too-late-to-move", "Your visit is too near to move it here. Call us, and we look.")


def in_window(starts_at: datetime, lead: timedelta, horizon: timedelta, *, now: datetime) -> bool:
    """True for a time that is neither too soon nor too far ahead to be booked online."""
    return now + lead <= starts_at <= now + horizon


def may_say_late(status: Status, starts_at: datetime, *, now: datetime) -> bool:
    """True around the start of a visit, while the guest is still expected."""
    return status.is_expected and starts_at - LATE_FROM <= now <= starts_at + LATE_UNTIL


def check_late(minutes: int) -> None:
    """One of the choices on the page.

    Raises:
        Invalid: `late-unreadable`.
    """
    if minutes not in LATE_CHOICES:
        raise Invalid("late-unreadable", "Choose how many minutes later you come.", field="minutes")


def clean_note(text: str) -> str | None:
    """A guest's note as it is kept; nothing when it is empty.

    Raises:
        Invalid: `note-too-long`.
    """
    note = " ".join(text.split())
    if len(note) > LONGEST_NOTE:
        raise Invalid("note-too-long", f"A note may have {LONGEST_NOTE} letters at most.", field="note")
    return note or None
