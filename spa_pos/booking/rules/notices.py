"""What a guest is told of a visit, and when nothing need be said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from spa_pos.booking.rules.visits import EXPECTED, Status
from spa_pos.messages.rules import Kind, Part, VisitFacts

AT_THE_DESK = timedelta(minutes=30)
"""Who is booked to begin so soon is here, or on the way."""


class Happened(StrEnum):
    """What became of appointments, as far as guests are told of it."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class GuestTime:
    """One appointment of a guest as messages see it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    status: Status
    version: int
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    """What to tell: how it stands, in which order, and until when it is of use."""

    kind: Kind
    facts: VisitFacts
    sequence: int
    useful_until: datetime


def notice_of(happened: Happened, times: Sequence[GuestTime], *, now: datetime) -> Notice | None:
    """The notice about one guest's visit; all its times stand in it, for it may take an earlier one's place.

    Nothing is said of a visit that has begun, nor confirmed to somebody who is about to have it. When some of
    the times were called off and others stand, that is a change.
    """
    offered = happened is Happened.OFFERED
    standing = [
        one
        for one in times
        if (one.status is Status.HELD if offered else one.status in EXPECTED) and one.starts_at > now
    ]
    called_off = [
        one for one in times if not offered and one.status is Status.CANCELLED and one.starts_at > now
    ]
    if not standing and (happened is not Happened.CANCELLED or not called_off):
        return None
    first = min((one.starts_at for one in standing), default=None)
    if happened in (Happened.BOOKED, Happened.RESTORED) and first and first <= now + AT_THE_DESK:
        return None
    kind = {
        Happened.BOOKED: Kind.CONFIRMATION,
        Happened.MOVED: Kind.CHANGE,
        Happened.CANCELLED: Kind.CHANGE if standing else Kind.CANCELLATION,
        Happened.RESTORED: Kind.CONFIRMATION,
        Happened.OFFERED: Kind.OFFER,
    }[happened]
    until = first or max(one.starts_at for one in called_off)
    held_until = min((one.held_until for one in standing if one.held_until), default=None)
    if offered and held_until is not None:
        until = min(until, held_until)
    return Notice(
        kind,
        _facts([*standing, *called_off], times, held_until if offered else None),
        _sequence(times),
        until,
    )


def reminder_of(times: Sequence[GuestTime], *, now: datetime) -> Notice | None:
    """The reminder of one guest's visit; numbered by the minute it begins, so a moved one has another."""
    standing = [one for one in times if one.status in EXPECTED and one.starts_at > now]
    if not standing:
        return None
    first = min(one.starts_at for one in standing)
    minute = int(first.timestamp() // 60)
    return Notice(Kind.REMINDER, _facts(standing, times, None), minute, first)


def wants_reminder(
    starts_at: datetime, lead: timedelta, *, booked_at: datetime, told_at: datetime | None, now: datetime
) -> bool:
    """True from so long before a visit on, unless it was booked or last told of later than that."""
    due = starts_at - lead
    return due <= now < starts_at and booked_at <= due and (told_at is None or told_at <= due)


def _facts(shown: Sequence[GuestTime], times: Sequence[GuestTime], held_until: datetime | None) -> VisitFacts:
    parts = tuple(
        Part(one.id, one.starts_at, one.ends_at, one.version - 1, one.status is Status.CANCELLED)
        for one in sorted(shown, key=lambda one: (one.starts_at, one.id))
    )
    return VisitFacts(parts, min(one.id for one in times), held_until)


def _sequence(times: Sequence[GuestTime]) -> int:
    """Rises with every change of any of them."""
    return sum(one.version for one in times)
