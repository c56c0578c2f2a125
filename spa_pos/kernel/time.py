"""Instants are UTC; days and clock faces belong to a location's zone."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from spa_pos.kernel.errors import Invalid


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC instant at which the clocks of a zone show a time on a day.

    An hour that happens twice in November means its first time.

    Raises:
        Invalid: `time-skipped` when the clocks skip it in March.
    """
    local = datetime.combine(day, clock, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid("time-skipped", "The clocks skip that time on this day. Choose another.")
    return moment


@lru_cache(maxsize=8192)
def shift_instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Like `instant`, for opening hours and shifts: a skipped 02:30 counts as 03:30."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day that the clocks of a zone show at an instant."""
    return moment.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of a local day and of the next: 23, 24 or 25 hours apart."""
    return (
        datetime.combine(day, time(), zone).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC),
    )
