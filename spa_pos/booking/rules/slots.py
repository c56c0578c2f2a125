"""Which times can be booked on a day (DOMAIN.md §7.26-7.27)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from spa_pos.kernel.errors import Conflict

Interval = tuple[datetime, datetime]

GRID = timedelta(minutes=15)
FINE_GRID = timedelta(minutes=5)
"""A time right after another visit is offered on this finer grid, so that no gap is lost."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Needs:
    """What one service asks of a day."""

    minutes: int
    setup_minutes: int
    turnover_minutes: int
    room_kind: str
    equipment_kind: str | None
    credentials: frozenset[str]

    @property
    def before(self) -> timedelta:
        """Set-up before hands on."""
        return timedelta(minutes=self.setup_minutes)

    @property
    def after(self) -> timedelta:
        """Hands on and turnover, from the start."""
        return timedelta(minutes=self.minutes + self.turnover_minutes)


@dataclass(frozen=True, slots=True)
class ProviderSupply:
    """A provider's day: hours worked, what is claimed of them, credentials valid that day."""

    number: int
    staff_id: UUID
    name: str
    credentials: frozenset[str]
    works: tuple[Interval, ...]
    busy: tuple[Interval, ...]


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
    equipment: ThingSupply | None


@dataclass(frozen=True, slots=True)
class SuggestedSlot:
    """A slot worth proposing, and why, in words."""

    slot: Slot
    reason: str


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


def open_times(needs: Needs, day: DaySupply, *, now: datetime, provider: UUID | None = None) -> list[Slot]:
    """Times that could be booked on one day, earliest first, then by provider's number.

    A time is offered when a provider who holds every credential, a room of the kind and the
    machine the service needs are all free from set-up to the end of turnover. An empty list
    is a normal answer. Instants are UTC.
    """
    slots = [
        slot
        for supply in day.providers
        if (provider is None or supply.staff_id == provider) and needs.credentials <= supply.credentials
        for start in _starts(needs, supply, now)
        if (slot := _slot(needs, day, supply, start)) is not None
    ]
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.provider.number))


def _starts(needs: Needs, supply: ProviderSupply, now: datetime) -> Iterator[datetime]:
    for gap_start, gap_end in free_gaps(supply.works, supply.busy):
        earliest = max(_round_up(gap_start + needs.before, FINE_GRID), _round_up(now, FINE_GRID))
        latest = gap_end - needs.after
        if earliest <= latest and earliest - needs.before >= gap_start:
            yield earliest
        start = _round_up(earliest + FINE_GRID, GRID)
        while start <= latest:
            yield start
            start += GRID


def _round_up(moment: datetime, grid: timedelta) -> datetime:
    over = (moment - _EPOCH) % grid
    return moment if not over else moment + grid - over


def _slot(needs: Needs, day: DaySupply, supply: ProviderSupply, start: datetime) -> Slot | None:
    since, until = start - needs.before, start + needs.after
    room = _free_thing(day.things, needs.room_kind, since, until)
    if room is None:
        return None
    equipment = None
    if needs.equipment_kind is not None:
        equipment = _free_thing(day.things, needs.equipment_kind, since, until)
        if equipment is None:
            return None
    return Slot(start, start + timedelta(minutes=needs.minutes), supply, room, equipment)


def _free_thing(
    things: Sequence[ThingSupply], kind: str, since: datetime, until: datetime
) -> ThingSupply | None:
    return next(
        (thing for thing in things if thing.kind == kind and _is_free(thing.busy, since, until)), None
    )


def _is_free(busy: Sequence[Interval], since: datetime, until: datetime) -> bool:
    return all(end <= since or start >= until for start, end in busy)


def best_times(
    slots: Sequence[Slot], needs: Needs, *, wanted: datetime | None, most: int = 3
) -> list[SuggestedSlot]:
    """Up to three slots worth proposing: the wanted time, the soonest, and those that leave no gap."""
    if not slots:
        return []
    chosen: list[SuggestedSlot] = []

    def add(slot: Slot, reason: str) -> None:
        if len(chosen) < most and all(
            (other.slot.starts_at, other.slot.provider.number) != (slot.starts_at, slot.provider.number)
            for other in chosen
        ):
            chosen.append(SuggestedSlot(slot, reason))

    if wanted is not None:
        near = min(slots, key=lambda slot: (abs(slot.starts_at - wanted), slot.provider.number))
        add(near, "The time you tapped" if near.starts_at == wanted else "Nearest to the time you tapped")
    add(slots[0], "Soonest")
    for slot in sorted(slots, key=lambda slot: (_gap_left(slot, needs), slot.starts_at)):
        left = _gap_left(slot, needs)
        add(slot, f"Leaves no gap for {slot.provider.name.split()[0]}" if not left else "Small gap left")
    return chosen


def _gap_left(slot: Slot, needs: Needs) -> timedelta:
    """The shorter unused time beside a slot in its gap; zero when it touches either end."""
    since, until = slot.starts_at - needs.before, slot.starts_at + needs.after
    for start, end in free_gaps(slot.provider.works, slot.provider.busy):
        if start <= since and until <= end:
            return min(since - start, end - until)
    return timedelta(0)


def slot_at(needs: Needs, day: DaySupply, *, provider: UUID, starts_at: datetime, now: datetime) -> Slot:
    """The slot at one time with one provider, on any minute, or the reason why there is none.

    The desk may still book a visit that should have begun up to a quarter of an hour ago.

    Raises:
        Conflict: `time-past`, `day-closed`, `provider-unknown`, `credential-missing`, `provider-away`,
            `slot-taken`, `no-room` or `no-equipment`; each says what to do next.
    """
    if starts_at < now - GRID:
        raise Conflict("time-past", "That time has passed. Choose a later one.")
    if day.open is None:
        raise Conflict("day-closed", f"The spa is closed that day: {day.closed_because}. Choose another day.")
    supply = next((one for one in day.providers if one.staff_id == provider), None)
    if supply is None:
        raise Conflict("provider-unknown", "That provider does not work here. Choose another.")
    if not needs.credentials <= supply.credentials:
        raise Conflict(
            "credential-missing",
            f"{supply.name} has no valid credential for this service that day. Choose another provider.",
        )
    since, until = starts_at - needs.before, starts_at + needs.after
    if not any(start <= since and until <= end for start, end in supply.works):
        raise Conflict("provider-away", f"{supply.name} does not work then. Choose another time.")
    if not _is_free(supply.busy, since, until):
        raise Conflict("slot-taken", f"{supply.name} was booked for that time. Choose another time.")
    slot = _slot(needs, day, supply, starts_at)
    if slot is not None:
        return slot
    if _free_thing(day.things, needs.room_kind, since, until) is None:
        raise Conflict("no-room", "No suitable room is free at that time. Choose another time.")
    raise Conflict("no-equipment", "The equipment for this service is in use then. Choose another time.")
