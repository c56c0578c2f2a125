"""Referrals, exempt massage and the report of it; all invented."""

from dataclasses import replace
from datetime import date

from spa_pos.care.pages import views
from spa_pos.care.rules import PROFESSIONS
from spa_pos.checkout.pages.views import ReducePanel, ReferralChoice, Step, TaxPanel
from spa_pos.kernel.errors import Invalid
from spa_pos.reports.pages import exemption_views as report
from spa_pos.reports.pages.bridge_views import Preset
from spa_pos.web.answers import problem_of
from tests.screens.frame import new_id
from tests.screens.register import TICKET

STRAND = "Dr. Helen Strand, MD 12345"
TODAY = date(2026, 11, 24)
WRITTEN = date(2026, 10, 25)

REFERRALS = views.ReferralsPage(
    new_id(),
    "Ingrid Halvorsen",
    (
        views.ReferralRow(
            new_id(),
            STRAND,
            "Physician (MD, DO)",
            WRITTEN,
            "Valid until June 12, 2027",
            "valid",
            "Accepted on October 26, 2026 by Maya Lindqvist",
            "PDF, 212 KB",
            "/referrals/1/page",
            True,
        ),
        views.ReferralRow(
            new_id(),
            "Lakeside Pain Clinic, HF 2207",
            "A licensed health-care facility",
            date(2025, 1, 7),
            "Lapsed on January 7, 2026",
            "ended",
            "Accepted on January 8, 2025 by Renata Silva",
            "JPEG, 804 KB",
            None,
            False,
        ),
    ),
    tuple(PROFESSIONS.items()),
    TODAY,
)
NO_REFERRALS = replace(
    REFERRALS,
    rows=(),
    back_href="/tickets/1?step=reduce&line=2",
    typed=views.Typed("dentist", "Dr. Helen Strand", "", "2026-10-25"),
    problem=problem_of(Invalid("scan-missing", "Add a copy of the referral: a scan or a photograph.")),
)

_LINE = TICKET.lines[0]


def _panel(tax: TaxPanel) -> ReducePanel:
    return ReducePanel(_LINE, False, _LINE.net_cents, "The desk may take off up to 10 %.", tax)


MAY_BE_EXEMPT = replace(
    TICKET,
    step=Step.REDUCE,
    reduce=_panel(
        TaxPanel(
            "", (ReferralChoice(new_id(), STRAND, "Until June 12, 2027"),), "", True, "/guests/1/referrals"
        )
    ),
)
NO_PROOF = replace(
    MAY_BE_EXEMPT,
    reduce=_panel(TaxPanel("", (), "No written referral is stored.", False, "/guests/1/referrals")),
)
IS_EXEMPT = replace(
    MAY_BE_EXEMPT,
    lines=(replace(_LINE, tax_note=f"Exempt from tax: written referral of {STRAND}"), *TICKET.lines[1:]),
    reduce=_panel(TaxPanel(f"Exempt from tax: written referral of {STRAND}", (), "", False, None)),
)

EXEMPT = report.ExemptionsPage(
    first=TODAY,
    last=TODAY,
    today=TODAY,
    presets=(Preset("Today", "/reports/exemptions?from=2026-11-24&to=2026-11-24", True),),
    rows=(
        report.ExemptLine(
            TODAY,
            "Ticket 1204",
            "/tickets/1/receipt",
            "Swedish massage",
            "Ingrid Halvorsen",
            TODAY,
            "Written referral",
            STRAND,
            "/referrals/1/page",
            date(2027, 6, 12),
            12_000,
            975,
        ),
        report.ExemptLine(
            TODAY,
            "Refund, ticket 1180",
            "/refunds/1",
            "Swedish massage",
            "Tom Becker",
            date(2026, 11, 20),
            "Facility treatment",
            "",
            None,
            None,
            -6_500,
            -528,
        ),
    ),
    sums=(
        report.ExemptSum("Written referral", 12_000, 975),
        report.ExemptSum("Facility treatment", -6_500, -528),
    ),
    care_base_cents=-6_500,
    care_tax_cents=-117,
    treatment_words="Used since 1 November 2026",
    treatment_allowed=True,
    care_rate="1.8",
    csv_href="/reports/exemptions.csv?from=2026-11-24&to=2026-11-24",
)
NONE_EXEMPT = replace(
    EXEMPT,
    rows=(),
    sums=(),
    care_base_cents=0,
    care_tax_cents=0,
    treatment_words="Not used",
    treatment_allowed=False,
    problem=problem_of(Invalid("rate-unreadable", "Type a rate such as 1.8.")),
)
