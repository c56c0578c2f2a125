"""Reading appointments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from spa_pos.booking.rules import LIVE, Arrangement, Interval, Status
from spa_pos.catalog.queries import quotes
from spa_pos.catalog.rules import Quote
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound
from spa_pos.kernel.money import Cents
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.people.queries import Group


@dataclass(frozen=True, slots=True)
class VisitAddOn:
    """An add-on of an appointment, at the price promised."""

    id: UUID
    add_on_id: UUID
    name: str
    category: str
    taxable: bool
    minutes: int
    equipment_kind: str | None
    list_price_cents: Cents
    price_cents: Cents
    reduction_code: str | None
    reduction_name: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One appointment with the names that screens show.

    Prices are of the service alone; `total_cents` has the add-ons in it.
    """

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
    room_kind: str
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
    party_id: UUID | None
    provider_wish: str
    held_until: datetime | None
    confirmed_at: datetime | None
    in_service_at: datetime | None
    policy_id: UUID | None
    fee_cents: Cents | None
    fee_reason: str | None
    override_reason: str | None
    add_ons: tuple[VisitAddOn, ...]
    guest_note: str | None = None
    late_minutes: int | None = None
    late_told_at: datetime | None = None

    @property
    def guest_name(self) -> str:
        """Given and family name."""
        return f"{self.guest_given_name} {self.guest_family_name}"

    @property
    def total_cents(self) -> Cents:
        """The price promised, add-ons included."""
        return Cents(self.price_cents + sum(one.price_cents for one in self.add_ons))

    @property
    def promised(self) -> dict[UUID, Quote]:
        """The prices promised, by service and add-on."""
        own = Quote(self.list_price_cents, self.price_cents, self.reduction_code, self.reduction_name)
        return {
            self.service_id: own,
            **{
                one.add_on_id: Quote(
                    one.list_price_cents, one.price_cents, one.reduction_code, one.reduction_name
                )
                for one in self.add_ons
            },
        }

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
    " s.name AS service_name, s.category,"
    " (extract(epoch FROM a.ends_at - a.starts_at) / 60)::int AS duration_minutes,"
    " a.setup_minutes, a.turnover_minutes, tc.taxable, a.provider AS provider_id,"
    " p.name AS provider_name, r.name AS room_name, a.room AS room_number, r.kind AS room_kind,"
    " a.starts_at, a.ends_at, a.status, a.version,"
    ' a.guest_group AS "group", gg.name AS group_name, gg.evidence AS group_evidence, a.group_proven,'
    " a.list_price_cents, a.price_cents, a.reduction_code, a.reduction_name, a.booked_at,"
    " a.checked_in_at, a.ended_at, a.end_reason, a.party AS party_id, a.provider_wish, a.held_until,"
    " a.confirmed_at, a.in_service_at, a.policy AS policy_id, a.fee_cents, a.fee_reason, a.override_reason,"
    " a.guest_note, a.late_minutes, a.late_told_at,"
    " (SELECT json_agg(json_build_object('id', o.id, 'add_on_id', o.add_on, 'name', os.name,"
    "   'category', os.category, 'taxable', ot.taxable, 'minutes', o.minutes,"
    "   'equipment_kind', os.equipment_kind, 'list_price_cents', o.list_price_cents,"
    "   'price_cents', o.price_cents, 'reduction_code', o.reduction_code,"
    "   'reduction_name', o.reduction_name) ORDER BY o.position)"
    "   FROM appointment_add_on o JOIN service os ON os.id = o.add_on"
    "   JOIN tax_class ot ON ot.code = os.tax_class WHERE o.appointment = a.id) AS add_ons"
    " FROM appointment a JOIN guest g ON g.id = a.guest JOIN service s ON s.id = a.service"
    " JOIN staff p ON p.id = a.provider JOIN resource r ON r.number = a.room"
    " JOIN guest_group gg ON gg.code = a.guest_group JOIN tax_class tc ON tc.code = s.tax_class"
)

_ADD_ONS = msgspec.json.Decoder(tuple[VisitAddOn, ...])


def _visit(row: Mapping[str, Any]) -> Visit:
    add_ons = _ADD_ONS.decode(row["add_ons"]) if row["add_ons"] else ()
    return Visit(**{**dict(row), "status": Status(row["status"]), "add_ons": add_ons})


async def lock_visits(appointment_ids: Sequence[UUID]) -> None:
    """Lock appointments until the action ends, in one order, before they are read.

    A read that waited would join the changed row to what it named before.
    """
    await fetch("SELECT 1 FROM appointment WHERE id = ANY($1) ORDER BY id FOR UPDATE", list(appointment_ids))


async def visit(appointment_id: UUID, location_id: UUID, *, for_update: bool = False) -> Visit:
    """One appointment of a location.

    Raises:
        NotFound: `appointment-unknown`.
    """
    if for_update:
        await lock_visits([appointment_id])
    row = await fetch_one(f"{_VISIT} WHERE a.id = $1 AND a.location = $2", appointment_id, location_id)
    if row is None:
        raise NotFound("appointment-unknown", "There is no such appointment. Go back to the board.")
    return _visit(row)


async def visits_of(
    appointment_ids: Sequence[UUID], location_id: UUID, *, for_update: bool = False
) -> list[Visit]:
    """Some appointments of a location, by start."""
    if not appointment_ids:
        return []
    if for_update:
        await lock_visits(appointment_ids)
    rows = await fetch(
        f"{_VISIT} WHERE a.id = ANY($1) AND a.location = $2 ORDER BY a.starts_at, a.id",
        list(appointment_ids),
        location_id,
    )
    return [_visit(row) for row in rows]


async def visits_on(location_id: UUID, day: date, zone: ZoneInfo) -> list[Visit]:
    """Every appointment that starts on a local day, cancelled ones too, by start."""
    since, until = day_bounds(day, zone)
    return await visits_between(location_id, since, until)


async def visits_between(location_id: UUID, since: datetime, until: datetime) -> list[Visit]:
    """Every appointment that starts in a period, cancelled ones too but no expired hold, by start."""
    rows = await fetch(
        f"{_VISIT} WHERE a.location = $1 AND a.starts_at >= $2 AND a.starts_at < $3"
        " AND a.status <> 'expired' ORDER BY a.starts_at, a.id",
        location_id,
        since,
        until,
    )
    return [_visit(row) for row in rows]


async def guests_taken(
    guest_ids: Sequence[UUID], since: datetime, until: datetime, *, without: Sequence[UUID] = ()
) -> dict[UUID, list[Interval]]:
    """When guests have visits already in a period, by guest; `without` names visits that do not count."""
    rows = await fetch(
        "SELECT guest, starts_at, ends_at FROM appointment WHERE guest = ANY($1) AND starts_at < $3"
        " AND ends_at > $2 AND status = ANY($4) AND id <> ALL($5) ORDER BY starts_at",
        list(guest_ids),
        since,
        until,
        [status.value for status in LIVE],
        list(without),
    )
    found: dict[UUID, list[Interval]] = {}
    for row in rows:
        found.setdefault(row["guest"], []).append((row["starts_at"], row["ends_at"]))
    return found


async def favourite_services(guest_id: UUID, most: int = 6) -> list[UUID]:
    """Services a guest had or booked, latest first."""
    rows = await fetch(
        "SELECT service FROM appointment WHERE guest = $1 AND status NOT IN ('cancelled', 'expired')"
        " GROUP BY service ORDER BY max(starts_at) DESC LIMIT $2",
        guest_id,
        most,
    )
    return [row["service"] for row in rows]


@dataclass(frozen=True, slots=True)
class PartyView:
    """Appointments booked as one, by start."""

    id: UUID
    arrangement: Arrangement
    longest_wait_minutes: int
    visits: tuple[Visit, ...]


async def party(party_id: UUID, location_id: UUID, *, for_update: bool = False) -> PartyView:
    """A party of a location with all its appointments, ended ones too.

    Raises:
        NotFound: `party-unknown`.
    """
    if for_update:
        await fetch("SELECT 1 FROM appointment WHERE party = $1 ORDER BY id FOR UPDATE", party_id)
    head = await fetch_one("SELECT * FROM party WHERE id = $1 AND location = $2", party_id, location_id)
    if head is None:
        raise NotFound("party-unknown", "There is no such party. Go back to the board.")
    rows = await fetch(f"{_VISIT} WHERE a.party = $1 ORDER BY a.starts_at, a.guest_number, a.id", party_id)
    return PartyView(
        party_id,
        Arrangement(head["arrangement"]),
        head["longest_wait_minutes"],
        tuple(_visit(row) for row in rows),
    )


async def prices_at(seen: Visit, group: Group, starts_at: datetime, zone: ZoneInfo) -> dict[UUID, Quote]:
    """What a visit costs at another time, by service and add-on; without a list price it is left out.

    On its own day that is what was promised; on another, the prices known when it was booked, without a
    same-day reduction (DOMAIN.md §7.3).
    """
    if local_date(starts_at, zone) == local_date(seen.starts_at, zone):
        return seen.promised
    return await quotes(
        seen.location_id, zone, list(seen.promised), group, starts_at=starts_at, booked_at=seen.booked_at
    )
