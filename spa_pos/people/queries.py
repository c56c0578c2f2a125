"""Reading people."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import NotFound
from spa_pos.ledger.queries import Place
from spa_pos.people.rules import DEVICE_WINDOW, PIN_LOCK, PinTry

FOUND_AT_MOST = 20
UNKNOWN = "There is no such guest. Search again or add a new one."


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
class Group:
    """A guest group as data."""

    code: str
    name: str
    price_tier: str
    evidence: str


@dataclass(frozen=True, slots=True)
class GuestView:
    """One guest with the group declared last."""

    id: UUID
    number: int
    given_name: str
    family_name: str
    phone: str
    email: str | None
    group: Group
    language: str | None = None

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen to prove a group, and until when it counts."""

    evidence: str
    valid_until: date


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


async def guest_of_number(number: int) -> UUID:
    """The guest of a number.

    Raises:
        NotFound: `guest-unknown`.
    """
    found: UUID | None = await fetch_value("SELECT id FROM guest WHERE number = $1", number)
    if found is None:
        raise NotFound("guest-unknown", "No guest has that number. Look it up on their visit.")
    return found


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


async def groups() -> list[Group]:
    """Every guest group, in the order of the menu."""
    rows = await fetch("SELECT code, name, price_tier, evidence FROM guest_group ORDER BY position")
    return [Group(**dict(row)) for row in rows]


_GUEST = (
    "SELECT g.id, g.number, g.given_name, g.family_name, g.phone, g.email, g.language,"
    " gg.code, gg.name AS group_name, gg.price_tier, gg.evidence"
    " FROM guest g JOIN guest_group gg ON gg.code = g.guest_group"
)


def _guest(row: object) -> GuestView:
    fields = dict(row)  # type: ignore[call-overload]  # an asyncpg record is a mapping
    group = Group(fields["code"], fields["group_name"], fields["price_tier"], fields["evidence"])
    return GuestView(
        fields["id"],
        fields["number"],
        fields["given_name"],
        fields["family_name"],
        fields["phone"],
        fields["email"],
        group,
        fields["language"],
    )


async def guest(guest_id: UUID) -> GuestView:
    """One guest.

    Raises:
        NotFound: `guest-unknown`.
    """
    row = await fetch_one(f"{_GUEST} WHERE g.id = $1", guest_id)
    if row is None:
        raise NotFound("guest-unknown", UNKNOWN)
    return _guest(row)


async def guests_on(guest_ids: Collection[UUID], day: date) -> dict[UUID, tuple[GuestView, bool]]:
    """Some guests, each with whether there is evidence on file that they belong to their group on a day.

    Raises:
        NotFound: `guest-unknown`.
    """
    rows = await fetch(
        f"SELECT found.*, EXISTS (SELECT 1 FROM eligibility e WHERE e.guest = found.id"  # noqa: S608 - own words
        f" AND e.guest_group = found.code AND $2 BETWEEN e.valid_from AND e.valid_until) AS is_proven"
        f" FROM ({_GUEST} WHERE g.id = ANY($1)) found",
        list(guest_ids),
        day,
    )
    found = {row["id"]: (_guest(row), bool(row["is_proven"])) for row in rows}
    if not found.keys() >= set(guest_ids):
        raise NotFound("guest-unknown", UNKNOWN)
    return found


async def names_of(guest_ids: Collection[UUID]) -> dict[UUID, str]:
    """Given and family names of some guests."""
    rows = await fetch(
        "SELECT id, given_name || ' ' || family_name AS name FROM guest WHERE id = ANY($1)", list(guest_ids)
    )
    return {row["id"]: row["name"] for row in rows}


def search_is_possible(text: str) -> bool:
    """True for three digits or two letters: less would list everybody."""
    letters = sum(sign.isalpha() for sign in text)
    digits = sum(sign in "0123456789" for sign in text)
    return letters >= 2 or (digits >= 3 and not letters)


async def find_guests(text: str) -> list[GuestView]:
    """Guests whose phone number ends or starts with the digits typed, or whose name starts so."""
    if not search_is_possible(text):
        return []
    digits = re.sub(r"[^0-9]", "", text)
    words = re.sub(r"[%_\\]", "", text).lower().split()
    if digits and not any(sign.isalpha() for sign in text):
        rows = await fetch(
            f"{_GUEST} WHERE (reverse(g.phone) LIKE reverse($1) || '%' OR g.phone LIKE $2 || '%')"
            " AND NOT g.stands_in"
            " ORDER BY g.family_name, g.given_name LIMIT $3",
            digits,
            f"+1{digits}",
            FOUND_AT_MOST,
        )
    else:
        first, last = words[0], words[-1]
        if len(words) == 1:
            rows = await fetch(
                f"{_GUEST} WHERE (lower(g.family_name) LIKE $1 OR lower(g.given_name) LIKE $1)"
                " AND NOT g.stands_in"
                " ORDER BY g.family_name, g.given_name LIMIT $2",
                f"{first}%",
                FOUND_AT_MOST,
            )
        else:
            rows = await fetch(
                f"{_GUEST} WHERE (lower(g.given_name) LIKE $1 AND lower(g.family_name) LIKE $2"
                " OR lower(g.given_name) LIKE $2 AND lower(g.family_name) LIKE $1) AND NOT g.stands_in"
                " ORDER BY g.family_name, g.given_name LIMIT $3",
                f"{first}%",
                f"{last}%",
                FOUND_AT_MOST,
            )
    return [_guest(row) for row in rows]


async def proof(guest_id: UUID, group_code: str, on: date) -> Evidence | None:
    """Evidence on file that a guest belongs to a group on a day; the longest lasting."""
    row = await fetch_one(
        "SELECT evidence, valid_until FROM eligibility WHERE guest = $1 AND guest_group = $2"
        " AND $3 BETWEEN valid_from AND valid_until ORDER BY valid_until DESC LIMIT 1",
        guest_id,
        group_code,
        on,
    )
    return None if row is None else Evidence(row["evidence"], row["valid_until"])


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
