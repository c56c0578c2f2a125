"""When a message goes out, and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.time import shift_instant
from spa_pos.messages.rules.facts import Channel, Kind

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""How long is waited after the first, second … try that failed; after the last one nothing is tried."""

STALE_AFTER = timedelta(minutes=10)
"""Who has been sending for so long is sending no more."""

UNDO = timedelta(seconds=60)
"""A change waits so long, so that the desk can take it back before anybody reads of it."""


@dataclass(frozen=True, slots=True)
class Timing:
    """A location's quiet hours by the clock on its wall, and how long before a visit guests are reminded."""

    quiet_from: time
    quiet_until: time
    reminder: timedelta


SHORTEST_REMINDER = timedelta(hours=1)
LONGEST_REMINDER = timedelta(days=7)


def check_reminder(reminder: timedelta) -> None:
    """Refuse a reminder that comes too late to be of use, or so early that it is forgotten.

    Raises:
        Invalid: `reminder-unreadable`.
    """
    if not SHORTEST_REMINDER <= reminder <= LONGEST_REMINDER:
        raise Invalid(
            "reminder-unreadable",
            "Reminders go out 1 to 168 hours before a visit.",
            field="reminder_hours",
        )


DEFAULT_TIMING = Timing(time(21), time(8), timedelta(hours=24))


def after_quiet(moment: datetime, timing: Timing, zone: ZoneInfo) -> datetime:
    """The first instant from a moment on at which nobody is woken.

    Quiet hours are read off the wall clock, so a night of 23 or 25 hours is as long as it is; they may
    pass midnight. The same hour twice means none.
    """
    local = moment.astimezone(zone)
    face, since, until = local.time(), timing.quiet_from, timing.quiet_until
    if since == until:
        return moment
    if since < until:
        quiet, days = since <= face < until, 0
    else:
        quiet, days = face >= since or face < until, 1 if face >= since else 0
    if not quiet:
        return moment
    return shift_instant(local.date() + timedelta(days=days), until, zone)


def goes_out_at(kind: Kind, channel: Channel, now: datetime, timing: Timing, zone: ZoneInfo) -> datetime:
    """When a message may go out at the earliest.

    A confirmation by e-mail goes at once, news of a change by e-mail after a moment for undoing it. Texts
    buzz on a night table, reminders and offers are our wish and not the guest's: they wait for the morning.
    """
    ready = now + UNDO if kind in (Kind.CHANGE, Kind.CANCELLATION) else now
    if channel is Channel.TEXT or kind in (Kind.REMINDER, Kind.OFFER):
        return after_quiet(ready, timing, zone)
    return ready


def next_try(
    tries: int, kind: Kind, channel: Channel, now: datetime, timing: Timing, zone: ZoneInfo
) -> datetime | None:
    """When to try again after so many tries that failed; None: give up."""
    if not 1 <= tries <= len(BACKOFF):
        return None
    again = now + BACKOFF[tries - 1]
    if channel is Channel.TEXT or kind in (Kind.REMINDER, Kind.OFFER):
        return after_quiet(again, timing, zone)
    return again
