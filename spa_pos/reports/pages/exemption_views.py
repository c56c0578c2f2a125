"""What the page of exempt sales shows."""

from dataclasses import dataclass
from datetime import date

from spa_pos.reports.pages.bridge_views import Preset
from spa_pos.web.shell import Problem


@dataclass(frozen=True, slots=True)
class ExemptLine:
    """One line sold exempt, or given back (below zero); `scan_href` is the page of its referral."""

    day: date
    about: str
    href: str
    description: str
    guest_name: str
    service_day: date
    reason: str
    referred_by: str
    scan_href: str | None
    valid_until: date | None
    net_cents: int
    untaxed_cents: int


@dataclass(frozen=True, slots=True)
class ExemptSum:
    """All of one reason."""

    reason: str
    net_cents: int
    untaxed_cents: int


@dataclass(frozen=True, slots=True)
class ExemptionsPage:
    """`reports/exemptions.html` at `GET /reports/exemptions?from=…&to=…`.

    `POST /reports/exemptions/treatment` (since, rate, allowed) with `csrf` and `request`. `care_rate` is in
    per cent.
    """

    first: date
    last: date
    today: date
    presets: tuple[Preset, ...]
    rows: tuple[ExemptLine, ...]
    sums: tuple[ExemptSum, ...]
    care_base_cents: int
    care_tax_cents: int
    treatment_words: str
    treatment_allowed: bool
    care_rate: str
    csv_href: str
    problem: Problem | None = None
