"""What the pages of referrals show."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One referral; `state` such as `Valid until December 24, 2026`, `scan_href` where one may look."""

    id: UUID
    who: str
    what: str
    written_on: date
    state: str
    look: str
    accepted: str
    page_words: str
    scan_href: str | None
    may_end: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, after a refusal; the file has to be chosen again."""

    profession: str = ""
    professional: str = ""
    licence: str = ""
    written_on: str = ""
    valid_until: str = ""
    for_treatment: str = ""


@dataclass(frozen=True, slots=True)
class ReferralsPage:
    """`care/referrals.html` at `GET /guests/{id}/referrals`.

    Forms, POST with `csrf` and `request`: `referrals` (id, profession, professional, licence, written_on,
    valid_until, for_treatment, scan as a file; and `ticket` and `line` to go back to), and
    `referrals/{id}/end`.
    """

    guest_id: UUID
    guest_name: str
    rows: tuple[ReferralRow, ...]
    professions: tuple[tuple[str, str], ...]
    today: date
    back_href: str | None = None
    ticket: str = ""
    line: str = ""
    typed: Typed = Typed()
    problem: Problem | None = None
