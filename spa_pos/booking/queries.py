"""Reading appointments and what a day can still take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.booking.rules import DaySupply, Needs, ProviderSupply, Status, ThingSupply
from spa_pos.catalog.queries import MenuService
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds
from spa_pos.schedule.queries import DaySchedule, day_schedules
from spa_pos.schedule.rules import Interval


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment with the names that screens show."""

    id: UUID
    location_id: UUID
    guest_id: UUID
    guest_given_name: str
    guest_family_name: str
    guest_phone: str
    service_id: UUID
    service_name: str
    category: str
    duration_minutes: int
    setup_minutes: int
    turnover_minutes: int
    taxable: bool
    provider_id: UUID
    provider_name: str
    room_name: str
    room_number: int
    starts_at: datetime
    ends_at: datetime
    status: Status
    version: int
    group: str
    group_name: str
    group_evidence: str
    group_proven: bool
    list_price_cents: Cents
    price_cents: Cents
    reduction_code: str | None
    reduction_name: str | None
    booked_at: datetime
    checked_in_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None

    @property
    def guest_name(self) -> str:
        """Given and family name."""
        return f"{self.guest_given_name} {self.guest_family_name}"

    @property
    def occupied(self) -> Interval:
        """From set-up to the end of turnover."""
        return (
            self.starts_at - timedelta(minutes=self.setup_minutes),
            self.ends_at + timedelta(minutes=self.turnover_minutes),
        )


_VISIT = (
    "SELECT a.id, a.location AS location_id, a.guest AS guest_id, g.given_name AS guest_given_name,"
    " g.family_name AS guest_family_name, g.phone AS guest_phone, a.service AS service_id,"
    " s.name AS service_name, s.category, s.duration_minutes, s.setup_minutes, s.turnover_minutes,"
    " tc.taxable, a.provider AS provider_id,"
    " p.name AS provider_name, r.name AS room_name, a.room AS room_number,"
    " a.starts_at, a.ends_at, a.status, a.version,"
    ' a.guest_group AS "group", gg.name AS group_name, gg.evidence AS group_evidence, a.group_proven,'
    " a.list_price_cents, a.price_cents, a.reduction_code, a.reduction_name, a.booked_at,"
    " a.checked_in_at, a.ended_at, a.end_reason"
    " FROM appointment a JOIN guest g ON g.id = a.guest JOIN service s ON s.id = a.service"
    " JOIN staff p ON p.id = a.provider JOIN resource r ON r.number = a.room"
    " JOIN guest_group gg ON gg.code = a.guest_group JOIN tax_class tc ON tc.code = s.tax_class"
)


async def visit(appointment_id: UUID, location_id: UUID, *, for_update: bool = False) -> Visit:
    """One appointment of a location.

    Raises:
        NotFound: `appointment-unknown`.
    """
    if for_update:
        # Locked before it is read: a read that waited would join the changed row to what it named before.
        await fetch("SELECT 1 FROM appointment WHERE id = $1 FOR UPDATE", appointment_id)
    row = await fetch_one(f"{_VISIT} WHERE a.id = $1 AND a.location = $2", appointment_id, location_id)
    if row is None:
        raise NotFound("appointment-unknown", "There is no such appointment. Go back to the board.")
    return Visit(**{**dict(row), "status": Status(row["status"])})


async def visits_on(location_id: UUID, day: date, zone: ZoneInfo) -> list[Visit]:
    """Every appointment that starts on a local day, cancelled ones too, by start."""
    since, until = day_bounds(day, zone)
    rows = await fetch(
        f"{_VISIT} WHERE a.location = $1 AND a.starts_at >= $2 AND a.starts_at < $3"
        " ORDER BY a.starts_at, a.id",
        location_id,
        since,
        until,
    )
    return [Visit(**{**dict(row), "status": Status(row["status"])}) for row in rows]


async def favourite_services(guest_id: UUID, most: int = 6) -> list[UUID]:
    """Services a guest had or booked, latest first."""
    rows = await fetch(
        "SELECT service FROM appointment WHERE guest = $1 AND status <> 'cancelled'"
        " GROUP BY service ORDER BY max(starts_at) DESC LIMIT $2",
        guest_id,
        most,
    )
    return [row["service"] for row in rows]


def needs_of(service: MenuService) -> Needs:
    """What a service of the menu asks of a day."""
    return Needs(
        service.duration_minutes,
        service.setup_minutes,
        service.turnover_minutes,
        service.room_kind,
        service.equipment_kind,
        frozenset(service.needs_credentials),
    )


async def supplies(
    location_id: UUID, zone: ZoneInfo, first: date, last: date, *, without: UUID | None = None
) -> list[tuple[date, DaySupply]]:
    """What each day of a period has and what is claimed of it; the number of queries is fixed.

    `without` names an appointment whose own claims do not count: one that is being moved.
    """
    schedules = await day_schedules(location_id, zone, first, last)
    since, until = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
    claims = await fetch(
        "SELECT resource_no, starts_at, ends_at FROM claim WHERE NOT released AND resource_no = ANY($3)"
        " AND starts_at < $2 AND ends_at > $1 AND starts_at > $1 - interval '1 day'"
        " AND appointment IS DISTINCT FROM $4 ORDER BY starts_at",
        since,
        until,
        _numbers(schedules),
        without,
    )
    busy: dict[tuple[int, date], list[Interval]] = {}
    for number, starts_at, ends_at in claims:
        for day in {starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date()}:
            busy.setdefault((number, day), []).append((starts_at, ends_at))
    return [(schedule.day, _supply(schedule, busy)) for schedule in schedules]


def _numbers(schedules: Sequence[DaySchedule]) -> list[int]:
    if not schedules:
        return []
    first = schedules[0]
    return [one.number for one in first.providers] + [one.number for one in first.things]


def _supply(schedule: DaySchedule, busy: dict[tuple[int, date], list[Interval]]) -> DaySupply:
    def claimed(number: int) -> tuple[Interval, ...]:
        return tuple(busy.get((number, schedule.day), ()))

    return DaySupply(
        schedule.open,
        schedule.closed_because,
        tuple(
            ProviderSupply(
                one.number, one.staff_id, one.name, one.credentials, one.works, claimed(one.number)
            )
            for one in schedule.providers
        ),
        tuple(ThingSupply(one.number, one.kind, one.name, claimed(one.number)) for one in schedule.things),
    )


async def broken_claims() -> list[str]:
    """Live claims of one resource that overlap."""
    rows = await fetch(
        "SELECT a.id, b.id AS other, a.resource_no FROM claim a JOIN claim b ON b.resource_no = a.resource_no"
        " AND b.id > a.id AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at"
        " WHERE NOT a.released AND NOT b.released"
    )
    return [f"claims {row['id']} and {row['other']} overlap on resource {row['resource_no']}" for row in rows]


async def broken_guests() -> list[str]:
    """Guests with two visits at once, or whose number on a visit is not theirs."""
    twice = await fetch(
        "SELECT a.id, b.id AS other FROM appointment a"
        " JOIN appointment b ON b.guest = a.guest AND b.id > a.id"
        " AND b.starts_at < a.ends_at AND b.ends_at > a.starts_at"
        " WHERE a.status IN ('booked', 'checked_in', 'done') AND b.status IN ('booked', 'checked_in', 'done')"
    )
    strange = await fetch(
        "SELECT a.id FROM appointment a JOIN guest g ON g.id = a.guest WHERE g.number <> a.guest_number"
    )
    return [f"appointments {row['id']} and {row['other']} are of one guest at once" for row in twice] + [
        f"appointment {row['id']} carries another guest's number" for row in strange
    ]


async def broken_appointment_claims() -> list[str]:
    """Live appointments without exactly the claims they need, and ended ones that still hold some."""
    rows = await fetch(
        "SELECT a.id, a.status, count(c.id) FILTER (WHERE NOT c.released) AS live,"
        " 2 + (s.equipment_kind IS NOT NULL)::int AS needed,"
        " count(c.id) FILTER (WHERE NOT c.released AND c.starts_at <= a.starts_at AND c.ends_at >= a.ends_at"
        "   AND (r.staff = a.provider OR c.resource_no = a.room OR r.kind = s.equipment_kind)) AS fitting"
        " FROM appointment a JOIN service s ON s.id = a.service LEFT JOIN claim c ON c.appointment = a.id"
        " LEFT JOIN resource r ON r.number = c.resource_no GROUP BY a.id, s.id"
    )
    broken = []
    for row in rows:
        needed = 0 if row["status"] in ("cancelled", "no_show") else row["needed"]
        if row["live"] != needed or row["fitting"] != needed:
            broken.append(
                f"appointment {row['id']} ({row['status']}) holds {row['live']} claims,"
                f" {row['fitting']} of them fitting, and needs {needed}"
            )
    return broken
