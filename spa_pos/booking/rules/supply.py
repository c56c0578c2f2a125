"""What a day has, and what a service asks of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from spa_pos.kernel.errors import Conflict, NotFound
from spa_pos.schedule.rules import WorkLimits

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Needs:
    """What one service, with its add-ons, asks of a day.

    `minutes` are hands on to hands off, add-ons included. During `processing` (minutes after the
    start, and how many) the provider is free and the room is not.
    """

    minutes: int
    setup_minutes: int
    turnover_minutes: int
    room_kind: str
    equipment_kinds: tuple[str, ...]
    credentials: frozenset[str]
    processing: tuple[int, int] | None = None
    hands_on: bool = True

    @property
    def before(self) -> timedelta:
        """Set-up before hands on."""
        return timedelta(minutes=self.setup_minutes)

    @property
    def after(self) -> timedelta:
        """Hands on and turnover, from the start."""
        return timedelta(minutes=self.minutes + self.turnover_minutes)

    @property
    def thing_kinds(self) -> tuple[str, ...]:
        """The room and every machine."""
        return (self.room_kind, *self.equipment_kinds)

    def lasting(self, minutes: int) -> "Needs":
        """The same in more or fewer minutes; too short for its processing, the provider stays."""
        too_short = self.processing is not None and sum(self.processing) > minutes
        return replace(self, minutes=minutes, processing=None if too_short else self.processing)

    def provider_parts(self) -> tuple[tuple[timedelta, timedelta], ...]:
        """When the provider is busy, counted from the start: once, or before and after processing."""
        if self.processing is None:
            return ((-self.before, self.after),)
        begins = timedelta(minutes=self.processing[0])
        ends = begins + timedelta(minutes=self.processing[1])
        return ((-self.before, begins), *(((ends, self.after),) if ends < self.after else ()))


@dataclass(frozen=True, slots=True)
class ProviderSupply:
    """A provider's day: hours worked, what is claimed of them, credentials valid that day.

    `sessions` are the hands-on hours of the day; `week_minutes` those of the week's other days.
    """

    number: int
    staff_id: UUID
    name: str
    credentials: frozenset[str]
    works: tuple[Interval, ...]
    busy: tuple[Interval, ...]
    gender: str | None = None
    limits: WorkLimits | None = None
    sessions: tuple[Interval, ...] = ()
    week_minutes: int = 0


@dataclass(frozen=True, slots=True)
class ThingSupply:
    """A room's, station's or machine's day."""

    number: int
    kind: str
    name: str
    busy: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class DaySupply:
    """All there is on one local day of a location."""

    open: Interval | None
    closed_because: str | None
    providers: tuple[ProviderSupply, ...]
    things: tuple[ThingSupply, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A start we could offer, with who and what would serve it; computed, never stored."""

    starts_at: datetime
    ends_at: datetime
    provider: ProviderSupply
    room: ThingSupply
    equipment: tuple[ThingSupply, ...]

    def claims(self, needs: Needs) -> list[tuple[int, datetime, datetime]]:
        """Resource number, from and until of everything it takes, by number and time."""
        since, until = self.starts_at - needs.before, self.starts_at + needs.after
        taken = [(thing.number, since, until) for thing in (self.room, *self.equipment)]
        taken += [
            (self.provider.number, self.starts_at + begin, self.starts_at + end)
            for begin, end in needs.provider_parts()
        ]
        return sorted(taken)


def is_free(busy: Sequence[Interval], since: datetime, until: datetime) -> bool:
    """True when nothing claimed overlaps the interval."""
    return all(end <= since or start >= until for start, end in busy)


def free_gaps(works: Sequence[Interval], busy: Sequence[Interval]) -> list[Interval]:
    """The parts of working hours that nothing claims, in order."""
    gaps: list[Interval] = []
    taken = sorted(busy)
    for start, end in works:
        cursor = start
        for busy_start, busy_end in taken:
            if busy_end <= cursor or busy_start >= end:
                continue
            if busy_start > cursor:
                gaps.append((cursor, busy_start))
            cursor = max(cursor, busy_end)
        if cursor < end:
            gaps.append((cursor, end))
    return gaps


def in_room(day: DaySupply, needs: Needs, number: int, starts_at: datetime) -> DaySupply:
    """A day on which only one room is left of the kind that a service needs.

    Raises:
        NotFound: `resource-unknown`.
        Conflict: `room-unfit` for one that is no place for the service, `room-taken`.
    """
    room = next((one for one in day.things if one.number == number), None)
    if room is None:
        raise NotFound("resource-unknown", "There is no such room or provider here. Go back to the board.")
    if room.kind != needs.room_kind:
        kind = needs.room_kind.replace("_", " ")
        raise Conflict("room-unfit", f"This visit needs a {kind}, which {room.name} is not. Choose another.")
    if not is_free(room.busy, starts_at - needs.before, starts_at + needs.after):
        raise Conflict(
            "room-taken",
            f"{room.name} is not free for all of this visit, with the time to set up and to clean."
            " Choose another room or time.",
        )
    others = (one for one in day.things if one.kind != needs.room_kind)
    return replace(day, things=(room, *others))


def without(day: DaySupply, taken: Iterable[tuple[Slot, Needs]]) -> DaySupply:
    """A day after slots of it were taken."""
    busy: dict[int, list[Interval]] = {}
    sessions: dict[int, list[Interval]] = {}
    for slot, needs in taken:
        for number, since, until in slot.claims(needs):
            busy.setdefault(number, []).append((since, until))
        if needs.hands_on:
            sessions.setdefault(slot.provider.number, []).append((slot.starts_at, slot.ends_at))
    return replace(
        day,
        providers=tuple(
            replace(
                one,
                busy=(*one.busy, *busy[one.number]),
                sessions=(*one.sessions, *sessions.get(one.number, ())),
            )
            if one.number in busy
            else one
            for one in day.providers
        ),
        things=tuple(
            replace(one, busy=(*one.busy, *busy[one.number])) if one.number in busy else one
            for one in day.things
        ),
    )
