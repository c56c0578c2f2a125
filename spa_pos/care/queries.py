"""Reading referrals and what is said of facility treatment."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spa_pos.care.rules import PROFESSIONS
from spa_pos.db import fetch, fetch_one
from spa_pos.kernel.errors import NotFound

USUAL_CARE_TAX_PPM = 18_000
"""MinnesotaCare where nobody set another rate: 1.8 % (DOMAIN.md §2.2)."""


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral without its page; `size` is that of the page in bytes."""

    id: UUID
    guest_id: UUID
    guest_name: str
    profession: str
    professional: str
    licence: str
    written_on: date
    valid_until: date
    accepted_by_id: UUID
    accepted_by: str
    accepted_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    media_type: str
    size: int

    @property
    def who(self) -> str:
        """The name and the credential."""
        return f"{self.professional}, {self.licence}"

    @property
    def profession_name(self) -> str:
        """What they are, in words."""
        return PROFESSIONS[self.profession]

    def covers(self, day: date) -> bool:
        """True when it frees a service of a day."""
        return self.ended_at is None and self.written_on <= day <= self.valid_until


_REFERRAL = (
    "SELECT r.id, r.guest AS guest_id, g.given_name || ' ' || g.family_name AS guest_name, r.profession,"
    " r.professional, r.licence, r.written_on, r.valid_until, r.accepted_by AS accepted_by_id,"
    " a.name AS accepted_by, r.accepted_at, r.ended_at, e.name AS ended_by, s.media_type,"
    " octet_length(s.content) AS size"
    " FROM referral r JOIN guest g ON g.id = r.guest JOIN staff a ON a.id = r.accepted_by"
    " JOIN referral_scan s ON s.referral = r.id LEFT JOIN staff e ON e.id = r.ended_by"
)


async def referrals_of(guest_id: UUID, location_id: UUID) -> list[ReferralView]:
    """All referrals of a guest at a location, the newest first."""
    rows = await fetch(
        f"{_REFERRAL} WHERE r.guest = $1 AND r.location = $2 ORDER BY r.written_on DESC, r.id DESC",
        guest_id,
        location_id,
    )
    return [ReferralView(**dict(row)) for row in rows]


async def referral(referral_id: UUID, location_id: UUID) -> ReferralView:
    """One referral.

    Raises:
        NotFound: `referral-unknown`.
    """
    row = await fetch_one(f"{_REFERRAL} WHERE r.id = $1 AND r.location = $2", referral_id, location_id)
    if row is None:
        raise NotFound("referral-unknown", "There is no such referral. Open the guest's referrals again.")
    return ReferralView(**dict(row))


async def scan_of(referral_id: UUID) -> bytes:
    """The page of a referral."""
    row = await fetch_one("SELECT content FROM referral_scan WHERE referral = $1", referral_id)
    if row is None:
        raise NotFound("referral-unknown", "There is no such referral. Open the guest's referrals again.")
    return bytes(row["content"])


@dataclass(frozen=True, slots=True)
class Treatment:
    """What holds on a day; `valid_from` is None when nobody ever said anything."""

    allowed: bool = False
    care_tax_ppm: int = USUAL_CARE_TAX_PPM
    valid_from: date | None = None


async def treatment_on(location_id: UUID, day: date) -> Treatment:
    """Whether massage may be exempt as facility treatment on a day; off until a manager says otherwise."""
    row = await fetch_one(
        "SELECT allowed, care_tax_ppm, valid_from FROM treatment_terms WHERE location = $1"
        " AND valid_from <= $2 ORDER BY valid_from DESC, set_at DESC LIMIT 1",
        location_id,
        day,
    )
    return Treatment(**dict(row)) if row else Treatment()


async def broken_referrals() -> list[str]:
    """Referrals without their page."""
    rows = await fetch(
        "SELECT r.id FROM referral r LEFT JOIN referral_scan s ON s.referral = r.id WHERE s.referral IS NULL"
    )
    return [f"referral {row['id']} has no page" for row in rows]
