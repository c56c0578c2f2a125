"""Reading staff, devices and who asks, and what they did."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import NotFound
from spa_pos.ledger.queries import Place
from spa_pos.people.rules import DEVICE_WINDOW, PIN_LOCK, PinTry


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person who works here, as screens name them."""

    id: UUID
    name: str
    title: str
    role: Role
    hue: int


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """An enrolled device: a `desk` of the staff, or the tablet in the `lobby`."""

    id: UUID
    name: str
    location_id: UUID
    kind: str = "desk"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that has not ended, with its person and device."""

    session_id: UUID
    staff: StaffMember
    device: KnownDevice
    seen_at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class WhoAsks:
    """The device behind a request, its location, and who is signed in there, if anybody is."""

    device: KnownDevice
    place: Place
    session: SignedIn | None


_WHO_ASKS = (
    "SELECT d.id AS device, d.name AS device_name, d.kind AS device_kind, l.id AS location, l.code,"
    " l.name AS location_name, l.legal_name, l.address, l.phone, l.zone, l.refund_policy, l.sample_notice,"
    " x.id AS session, x.seen_at, x.started_at, s.id AS staff, s.name, s.title, s.role, s.hue"
    " FROM device d JOIN location l ON l.id = d.location"
    " LEFT JOIN (staff_session x JOIN staff s ON s.id = x.staff AND s.active)"
    " ON x.token_hash = $2 AND x.device = d.id AND x.ended_at IS NULL"
    " WHERE d.secret_hash = $1 AND d.revoked_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of who did what when."""

    made_at: datetime
    who: str
    device: str | None
    verb: str
    reason: str | None


async def staff_members(location_id: UUID) -> list[StaffMember]:
    """Everybody who can sign in at a location, front desk first, then by name."""
    rows = await fetch(
        "SELECT id, name, title, role, hue FROM staff WHERE location = $1 AND active AND pin_hash IS NOT NULL"
        " ORDER BY array_position(ARRAY['front_desk', 'manager', 'owner', 'provider'], role::text), name",
        location_id,
    )
    return [StaffMember(**{**dict(row), "role": Role(row["role"])}) for row in rows]


async def providers(location_id: UUID) -> list[StaffMember]:
    """Who gives services at a location, by name."""
    rows = await fetch(
        "SELECT id, name, title, role, hue FROM staff WHERE location = $1 AND active AND role = 'provider'"
        " ORDER BY name",
        location_id,
    )
    return [StaffMember(**{**dict(row), "role": Role(row["role"])}) for row in rows]


async def provider_name(staff_id: UUID, location_id: UUID) -> str:
    """The name of somebody who works at a location.

    Raises:
        NotFound: `staff-unknown`.
    """
    name = await fetch_value("SELECT name FROM staff WHERE id = $1 AND location = $2", staff_id, location_id)
    if name is None:
        raise NotFound("staff-unknown", "There is nobody of that name here.")
    return str(name)


async def recently_here(device_id: UUID, *, without: UUID, since: datetime) -> list[StaffMember]:
    """Up to four people who last used a device, for switching in one tap."""
    rows = await fetch(
        "SELECT s.id, s.name, s.title, s.role, s.hue FROM staff s JOIN ("
        "  SELECT staff, max(started_at) AS last FROM staff_session"
        "  WHERE device = $1 AND staff <> $2 AND started_at >= $3 GROUP BY staff) used ON used.staff = s.id"
        " WHERE s.active ORDER BY used.last DESC LIMIT 4",
        device_id,
        without,
        since,
    )
    return [StaffMember(**{**dict(row), "role": Role(row["role"])}) for row in rows]


async def pin_holder(staff_id: UUID, location_id: UUID) -> tuple[StaffMember, str]:
    """A person and their PIN hash.

    Raises:
        NotFound: `staff-unknown`.
    """
    row = await fetch_one(
        "SELECT id, name, title, role, hue, pin_hash FROM staff"
        " WHERE id = $1 AND location = $2 AND active AND pin_hash IS NOT NULL",
        staff_id,
        location_id,
    )
    if row is None:
        raise NotFound("staff-unknown", "There is nobody of that name here. Choose your name again.")
    return StaffMember(row["id"], row["name"], row["title"], Role(row["role"]), row["hue"]), row["pin_hash"]


async def pin_tries(staff_id: UUID, device_id: UUID, *, now: datetime) -> list[PinTry]:
    """Tries of the last half hour by one person at one device."""
    rows = await fetch(
        "SELECT tried_at, succeeded FROM pin_attempt WHERE staff = $1 AND device = $2 AND tried_at > $3",
        staff_id,
        device_id,
        now - PIN_LOCK,
    )
    return [PinTry(row["tried_at"], row["succeeded"]) for row in rows]


async def device_misses(device_id: UUID, *, now: datetime) -> int:
    """Misses by anybody at a device within the hour."""
    return int(
        await fetch_value(
            "SELECT count(*) FROM pin_attempt WHERE device = $1 AND NOT succeeded AND tried_at > $2",
            device_id,
            now - DEVICE_WINDOW,
        )
    )


async def who_asks(device_hash: str, token_hash: str) -> WhoAsks | None:
    """The enrolled device that holds a secret, where it stands, and the session of a token on it.

    One statement, as every request asks it first. No session when it has ended, belongs to another
    device, or to somebody who left; None when the device is unknown.
    """
    row = await fetch_one(_WHO_ASKS, device_hash, token_hash)
    if row is None:
        return None
    device = KnownDevice(row["device"], row["device_name"], row["location"], row["device_kind"])
    where = Place(
        row["location"],
        row["code"],
        row["location_name"],
        row["legal_name"],
        row["address"],
        row["phone"],
        ZoneInfo(row["zone"]),
        row["refund_policy"],
        row["sample_notice"],
    )
    if row["session"] is None:
        return WhoAsks(device, where, None)
    staff = StaffMember(row["staff"], row["name"], row["title"], Role(row["role"]), row["hue"])
    return WhoAsks(device, where, SignedIn(row["session"], staff, device, row["seen_at"], row["started_at"]))


async def staff_hue(staff_id: UUID) -> int:
    """The tint that marks a person."""
    return int(await fetch_value("SELECT hue FROM staff WHERE id = $1", staff_id) or 0)


async def history(subject: UUID) -> list[HistoryLine]:
    """Who did what to one thing, oldest first."""
    rows = await fetch(
        "SELECT a.made_at, a.staff_name AS who, d.name AS device, a.verb, a.reason"
        " FROM audit_event a LEFT JOIN device d ON d.id = a.device WHERE a.subject = $1 ORDER BY a.id",
        subject,
    )
    return [HistoryLine(**dict(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class CredentialView:
    """A licence or training of one person, with its days."""

    id: UUID
    kind: str
    number: str
    valid_from: date
    valid_until: date | None


async def credentials_of(staff_id: UUID) -> list[CredentialView]:
    """Every credential of a person, ended ones too, by kind and first day."""
    rows = await fetch(
        "SELECT id, kind, number, valid_from, valid_until FROM credential WHERE staff = $1"
        " ORDER BY kind, valid_from",
        staff_id,
    )
    return [CredentialView(**dict(row)) for row in rows]
