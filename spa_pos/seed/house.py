"""The demo's location, people, rooms, menu and hours."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.catalog.tables import Category, Product, Standby, TaxClass, TaxRate
from spa_pos.db import action, insert, insert_many
from spa_pos.kernel.actor import Actor, Role
from spa_pos.kernel.ids import uuid7
from spa_pos.kernel.time import local_date
from spa_pos.ledger.rules import CHART, tax_account
from spa_pos.ledger.tables import Account, Location
from spa_pos.payments.actions import register_reader
from spa_pos.people.pins import hash_pin, token_hash
from spa_pos.people.tables import Credential, Device, GuestGroup, Staff
from spa_pos.schedule.tables import OpeningHours, Resource, Shift, SpecialDay, WorkLimit
from spa_pos.seed import menu
from spa_pos.seed.services import build_services
from spa_pos.seed.terms import build_terms
from spa_pos.web.i18n import N_

ZONE = ZoneInfo("America/Chicago")
READER_PROCESSOR_ID = "tmr_simulated_desk_1"
RATES_SINCE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in to the demo."""

    pin: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    title: str
    role: Role
    pin: str
    credentials: str = ""
    days: str = ""
    hours: tuple[int, int] = (8, 16)
    gender: str = "woman"


PEOPLE = (
    _Person("Maya Lindqvist", "Front desk", Role.FRONT_DESK, "4711"),
    _Person("Owen Brandt", "Front desk", Role.FRONT_DESK, "2580"),
    _Person("Renata Silva", "Spa manager", Role.MANAGER, "8046"),
    _Person("Harold Munroe", "Owner", Role.OWNER, "9173"),
    _Person("Ana Okafor", "Massage", Role.PROVIDER, "3141", "massage hot_stone", "01234", (8, 16)),
    _Person("Ben Castellano", "Massage", Role.PROVIDER, "2718", "massage prenatal", "01235", (9, 17), "man"),
    _Person("Chloe Nguyen", "Massage", Role.PROVIDER, "1618", "massage reflexology", "12346", (11, 19)),
    _Person(
        "Dana Whitfield", "Massage", Role.PROVIDER, "1414", "massage hot_stone prenatal", "0346", (12, 20)
    ),
    _Person("Elif Demir", "Esthetics", Role.PROVIDER, "1732", "esthetician", "01345", (9, 17)),
    _Person(
        "Farah Haddad", "Esthetics", Role.PROVIDER, "2236", "esthetician nail_technician", "12456", (10, 18)
    ),
    _Person("Jonas Weber", "Nails", Role.PROVIDER, "2645", "nail_technician", "012345", (10, 18), "man"),
    _Person("Leila Farouk", "Acupuncture", Role.PROVIDER, "2828", "acupuncturist", "0123", (9, 15)),
)

ROLE_WORDS = {
    Role.FRONT_DESK: "Front desk",
    Role.PROVIDER: "Provider",
    Role.MANAGER: "Manager",
    Role.OWNER: "Owner",
}
PINS = tuple(DemoPerson(person.pin, person.name, ROLE_WORDS[person.role]) for person in PEOPLE[:5])
"""What `make demo` prints: the desk, the manager, the owner and one provider."""

ROOMS = (
    *(("treatment_room", f"Room {number}") for number in range(1, 7)),
    *(("nail_station", f"Station {number}") for number in range(1, 5)),
    ("hot_stones", "Hot-stone set"),
    ("wet_table", "Wet table"),
    ("paraffin_bath", "Paraffin bath"),
)


@dataclass(frozen=True, slots=True)
class House:
    """The demo spa that was just built."""

    location_id: UUID
    zone: ZoneInfo
    desk: tuple[Actor, ...]
    reader_id: UUID


@action
async def build_house(*, now: datetime, history_days: int, secret: str) -> House:
    """Make everything but guests and their visits."""
    location_id = uuid7(now)
    since = local_date(now, ZONE) - timedelta(days=history_days + 400)
    await insert(
        Location,
        id=location_id,
        code="rochester",
        name="Rejuvenate Spa",
        legal_name="Rejuvenate Spa, Healthy Living Program (demonstration)",
        address="Healthy Living Center, Rochester, Minnesota",
        phone="(507) 555-0100",
        zone=ZONE.key,
        refund_policy=N_(
            "Unused goods may be returned within 30 days with this receipt, to the card or"
            " the cash they were paid with. Please tell us about a service you were not happy with."
        ),
        sample_notice=N_("Sample prices, not Mayo's"),
    )
    await _accounts()
    await _groups()
    device_id = uuid7(now)
    await insert(
        Device,
        id=device_id,
        location=location_id,
        name="Desk of the sample days",
        secret_hash=token_hash(secrets.token_urlsafe(32)),
        enrolled_at=now,
        enrolled_by="the demo",
    )
    desk = await _people(location_id, device_id, since, now, secret)
    await _menu(location_id, since, now)
    await _hours(location_id, since, now)
    await build_terms(location_id, since, ZONE, now)
    reader_id = uuid7(now)
    await register_reader(
        reader_id=reader_id,
        location_id=location_id,
        name="Desk 1 reader",
        processor_id=READER_PROCESSOR_ID,
        simulated=True,
    )
    return House(location_id, ZONE, desk, reader_id)


async def _accounts() -> None:
    rows = [{"code": code, "name": name, "kind": kind} for code, name, kind in CHART]
    rows += [
        {"code": tax_account(code), "name": f"Sales tax owed: {name}", "kind": "liability"}
        for code, name, _ in menu.TAX_RATES
    ]
    await insert_many(Account, rows)


async def _groups() -> None:
    await insert_many(
        GuestGroup,
        [
            {"code": code, "name": name, "price_tier": tier, "evidence": evidence, "position": position}
            for position, (code, name, tier, evidence) in enumerate(menu.GROUPS)
        ],
    )


async def _people(
    location_id: UUID, device_id: UUID, since: date, now: datetime, secret: str
) -> tuple[Actor, ...]:
    desk = []
    for position, person in enumerate(PEOPLE):
        staff_id = uuid7(now)
        await insert(
            Staff,
            id=staff_id,
            location=location_id,
            name=person.name,
            title=person.title,
            role=person.role.value,
            pin_hash=hash_pin(person.pin, staff_id, secret),
            hue=position % 8,
            gender=person.gender,
        )
        if person.role is Role.FRONT_DESK:
            desk.append(Actor(person.name, person.role, location_id, ZONE, staff_id, device_id))
        if person.role is Role.PROVIDER:
            await insert(Resource, location=location_id, kind="provider", name=person.name, staff=staff_id)
            await _qualify(person, staff_id, since, now)
    await insert_many(
        Resource, [{"location": location_id, "kind": kind, "name": name} for kind, name in ROOMS]
    )
    await insert(
        WorkLimit,
        id=uuid7(now),
        location=location_id,
        day_minutes=300,
        week_minutes=1500,
        most_in_a_row=3,
        break_minutes=15,
    )
    return tuple(desk)


async def _qualify(person: _Person, staff_id: UUID, since: date, now: datetime) -> None:
    """Credentials and shifts; the acupuncturist's licence ends in five weeks, so that it shows."""
    expires = local_date(now, ZONE) + timedelta(days=35)
    await insert_many(
        Credential,
        [
            {
                "id": uuid7(now),
                "staff": staff_id,
                "kind": kind,
                "number": f"SAMPLE-{kind[:4].upper()}-{staff_id.hex[-4:]}",
                "valid_from": since,
                "valid_until": expires if kind == "acupuncturist" else None,
            }
            for kind in person.credentials.split()
        ],
    )
    await insert_many(
        Shift,
        [
            {
                "id": uuid7(now),
                "staff": staff_id,
                "weekday": int(weekday),
                "starts": time(person.hours[0]),
                "ends": time(person.hours[1]),
                "valid_from": since,
                "valid_until": None,
            }
            for weekday in person.days
        ],
    )


async def _menu(location_id: UUID, since: date, now: datetime) -> None:
    await insert_many(
        TaxClass,
        [{"code": code, "name": name, "taxable": taxable} for code, name, taxable in menu.TAX_CLASSES],
    )
    await insert_many(
        TaxRate,
        [
            {
                "id": uuid7(now),
                "location": location_id,
                "jurisdiction": code,
                "name": name,
                "rate_ppm": rate,
                "valid_from": RATES_SINCE,
            }
            for code, name, rate in menu.TAX_RATES
        ],
    )
    await insert_many(
        Category,
        [
            {"code": code, "name": name, "position": position}
            for position, (code, name) in enumerate(menu.CATEGORIES)
        ],
    )
    await build_services(since, now)
    await _standby_and_products(location_id, since, now)


async def _standby_and_products(location_id: UUID, since: date, now: datetime) -> None:
    await insert_many(
        Standby,
        [
            {
                "id": uuid7(now),
                "location": location_id,
                "guest_group": code,
                "reduction_ppm": menu.STANDBY_PPM,
                "not_before": time(8),
                "valid_from": since,
            }
            for code, _, tier, _ in menu.GROUPS
            if tier == "staff"
        ],
    )
    await insert_many(
        Product,
        [
            {
                "id": uuid7(now),
                "code": code,
                "name": name,
                "category": "retail",
                "tax_class": tax_class,
                "price_cents": cents,
            }
            for code, name, tax_class, cents in menu.PRODUCTS
        ],
    )


async def _hours(location_id: UUID, since: date, now: datetime) -> None:
    hours = {5: (time(9), time(18)), 6: (time(10), time(18))}
    await insert_many(
        OpeningHours,
        [
            {
                "id": uuid7(now),
                "location": location_id,
                "weekday": weekday,
                "opens": hours.get(weekday, (time(8), time(20)))[0],
                "closes": hours.get(weekday, (time(8), time(20)))[1],
                "valid_from": since,
            }
            for weekday in range(7)
        ],
    )
    year = local_date(now, ZONE).year
    await insert_many(
        SpecialDay,
        [
            {"id": uuid7(now), "location": location_id, "day": day, "reason": reason}
            for each in (year - 1, year, year + 1)
            for day, reason in (
                (date(each, 1, 1), "New Year's Day"),
                (date(each, 7, 4), "Independence Day"),
                (_thanksgiving(each), "Thanksgiving Day"),
                (date(each, 12, 25), "Christmas Day"),
            )
        ],
    )


def _thanksgiving(year: int) -> date:
    """The fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 21)
