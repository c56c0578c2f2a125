"""Reading guests, their groups and what proves them."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.db import fetch, fetch_one, fetch_value
from spa_pos.kernel.errors import NotFound

FOUND_AT_MOST = 20
UNKNOWN = "There is no such guest. Search again or add a new one."


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


async def guest_of_number(number: int) -> UUID:
    """The guest of a number.

    Raises:
        NotFound: `guest-unknown`.
    """
    found: UUID | None = await fetch_value("SELECT id FROM guest WHERE number = $1", number)
    if found is None:
        raise NotFound("guest-unknown", "No guest has that number. Look it up on their visit.")
    return found


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


@dataclass(frozen=True, slots=True)
class GuestOnDay:
    """A guest with whether evidence of their group counts on a day, and how they may be reached."""

    whose: GuestView
    is_proven: bool
    by_email: bool
    by_text: bool


async def guests_on(guest_ids: Collection[UUID], day: date) -> dict[UUID, GuestOnDay]:
    """Some guests as they are on a day, by id.

    Raises:
        NotFound: `guest-unknown`.
    """
    rows = await fetch(
        f"SELECT found.*, EXISTS (SELECT 1 FROM eligibility e WHERE e.guest = found.id"  # noqa: S608 - own words
        f" AND e.guest_group = found.code AND $2 BETWEEN e.valid_from AND e.valid_until) AS is_proven,"
        " (SELECT c.given FROM consent c WHERE c.channel = 'email' AND c.address = found.email"
        "   ORDER BY c.id DESC LIMIT 1) AS by_email,"
        " (SELECT c.given FROM consent c WHERE c.channel = 'text' AND c.address = found.phone"
        "   ORDER BY c.id DESC LIMIT 1) AS by_text"
        f" FROM ({_GUEST} WHERE g.id = ANY($1)) found",
        list(guest_ids),
        day,
    )
    found = {
        row["id"]: GuestOnDay(
            _guest(row), bool(row["is_proven"]), bool(row["by_email"]), bool(row["by_text"])
        )
        for row in rows
    }
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
