"""Why a booking no longer fits the day it is on (DOMAIN.md §7.27, §7.28)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.rules.limits import limit_passed
from spa_pos.booking.rules.supply import Interval, ProviderSupply, is_free


@dataclass(frozen=True, slots=True)
class Planned:
    """A booking that is still to come, as far as its day matters to it."""

    provider_id: UUID
    provider_name: str
    starts_at: datetime
    ends_at: datetime
    setup_minutes: int
    turnover_minutes: int
    credentials: frozenset[str]
    things: tuple[tuple[int, str], ...]
    hands_on: bool
    limits_passed_on_purpose: bool

    @property
    def minutes(self) -> int:
        """Hands on to hands off."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def occupied(self) -> Interval:
        """From set-up to the end of turnover."""
        return (
            self.starts_at - timedelta(minutes=self.setup_minutes),
            self.ends_at + timedelta(minutes=self.turnover_minutes),
        )


@dataclass(frozen=True, slots=True)
class Away:
    """A period in which a provider is away, and why."""

    starts_at: datetime
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DayState:
    """What a booking's day is like.

    `provider` carries the hands-on sessions before this one alone, of the day and of the week; it is
    None when the provider left. `things` are those in use by number, with when each is out of use.
    """

    open: Interval | None
    closed_because: str | None
    provider: ProviderSupply | None
    away: Sequence[Away]
    things: dict[int, Sequence[Interval]]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why a booking does not fit: a word for machines, a sentence for people."""

    code: str
    sentence: str


def reasons_against(planned: Planned, day: DayState, zone: ZoneInfo) -> tuple[Reason, ...]:
    """Every reason why a booking no longer fits its day; none when it does.

    A closed day and time away are named instead of the missing hours that follow from them.
    """
    found = [_hours(planned, day, zone), _credentials(planned, day)]
    found += [_thing(number, name, planned, day) for number, name in planned.things]
    if day.provider is not None and planned.hands_on and not planned.limits_passed_on_purpose:
        passed = limit_passed(day.provider, planned.starts_at, planned.minutes)
        found.append(Reason("hands-on-limit", passed) if passed else None)
    return tuple(reason for reason in found if reason is not None)


def _hours(planned: Planned, day: DayState, zone: ZoneInfo) -> Reason | None:
    since, until = planned.occupied
    name = planned.provider_name.split()[0]
    if day.open is None:
        return Reason("day-closed", f"The spa is closed that day: {day.closed_because}.")
    if since < day.open[0] or until > day.open[1]:
        opens, closes = (moment.astimezone(zone) for moment in day.open)
        return Reason("outside-opening", f"The spa is open from {opens:%-I:%M %p} to {closes:%-I:%M %p}.")
    if day.provider is None:
        return Reason("provider-left", f"{name} does not work here any more.")
    for away in day.away:
        if away.starts_at < until and away.ends_at > since:
            return Reason("time-off", f"{name} is off: {away.reason}.")
    if any(start <= since and until <= end for start, end in day.provider.works):
        return None
    if not day.provider.works:
        return Reason("outside-shift", f"{name} does not work that day.")
    hours = " and ".join(
        f"{start.astimezone(zone):%-I:%M %p} to {end.astimezone(zone):%-I:%M %p}"
        for start, end in day.provider.works
    )
    return Reason("outside-shift", f"{name} works {hours} that day.")


def _credentials(planned: Planned, day: DayState) -> Reason | None:
    if day.provider is None:
        return None
    missing = sorted(planned.credentials - day.provider.credentials)
    if not missing:
        return None
    words = " and ".join(kind.replace("_", " ") for kind in missing)
    name = planned.provider_name.split()[0]
    return Reason("credential-missing", f"{name} has no valid credential that day: {words}.")


def _thing(number: int, name: str, planned: Planned, day: DayState) -> Reason | None:
    if number not in day.things:
        return Reason("resource-retired", f"{name} is not in use any more.")
    if not is_free(day.things[number], *planned.occupied):
        return Reason("resource-out", f"{name} is out of use then.")
    return None
