"""What the demo spa sells. Prices are samples, not Mayo's (DOMAIN.md §4)."""

from dataclasses import dataclass

from spa_pos.web.i18n import N_


@dataclass(frozen=True, slots=True)
class SampleService:
    """A service of the demo, with its list price in cents; its tax class is named like its category."""

    code: str
    name: str
    category: str
    minutes: int
    price_cents: int
    credentials: tuple[str, ...]
    turnover: int = 10
    room: str = "treatment_room"
    equipment: str | None = None
    processing: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class SampleAddOn:
    """An extra of the demo on the services it goes with; its tax class is named like its category."""

    code: str
    name: str
    category: str
    minutes: int
    price_cents: int
    goes_with: tuple[str, ...]
    equipment: str | None = None


CATEGORIES = (
    ("massage", N_("Massage")),
    ("skin", N_("Facials")),
    ("body", N_("Body")),
    ("nails", N_("Nails")),
    ("hair", N_("Hair and scalp")),
    ("acupuncture", N_("Acupuncture")),
    ("retail", N_("Retail")),
)

TAX_CLASSES = (
    ("massage", "Massage and the like", True),
    ("skin", "Skin care service", False),
    ("body", "Body treatment", False),
    ("nails", "Nail service", False),
    ("hair", "Hair and hair removal", False),
    ("acupuncture", "Acupuncture", False),
    ("retail", "Retail goods", True),
    ("clothing", "Clothing", False),
)
"""DOMAIN.md §2.1: massage is the only personal-care service Minnesota taxes."""

TAX_RATES = (
    ("mn", "Minnesota", 68_750),
    ("rochester", "City of Rochester", 7_500),
    ("olmsted", "Olmsted County", 5_000),
)
"""DOMAIN.md §2.4: together 8.125 %."""

SERVICES = (
    SampleService("swedish-60", N_("Swedish massage"), "massage", 60, 12_000, ("massage",)),
    SampleService("swedish-30", N_("Swedish massage"), "massage", 30, 6_500, ("massage",)),
    SampleService("swedish-90", N_("Swedish massage"), "massage", 90, 17_000, ("massage",)),
    SampleService("deep-60", N_("Deep tissue massage"), "massage", 60, 13_000, ("massage",)),
    SampleService(
        "stone-75",
        N_("Hot stone massage"),
        "massage",
        75,
        15_500,
        ("massage", "hot_stone"),
        turnover=15,
        equipment="hot_stones",
    ),
    SampleService("prenatal-60", N_("Prenatal massage"), "massage", 60, 12_000, ("massage", "prenatal")),
    SampleService("reflexology-30", N_("Reflexology"), "massage", 30, 6_000, ("massage", "reflexology")),
    SampleService("facial-60", N_("Signature facial"), "skin", 60, 11_000, ("esthetician",)),
    SampleService("facial-30", N_("Express facial"), "skin", 30, 6_500, ("esthetician",)),
    SampleService(
        "wrap-60",
        N_("Body wrap"),
        "body",
        60,
        11_500,
        ("esthetician",),
        turnover=15,
        equipment="wet_table",
    ),
    SampleService("manicure-45", N_("Manicure"), "nails", 45, 4_000, ("nail_technician",), 5, "nail_station"),
    SampleService("pedicure-60", N_("Pedicure"), "nails", 60, 6_000, ("nail_technician",), 5, "nail_station"),
    SampleService(
        "scalp-mask-60", N_("Hair and scalp mask"), "hair", 60, 7_000, ("esthetician",), processing=(15, 25)
    ),
    SampleService("acupuncture-60", N_("Acupuncture"), "acupuncture", 60, 11_000, ("acupuncturist",)),
)

_MASSAGES = ("swedish-60", "swedish-30", "swedish-90", "deep-60", "stone-75", "prenatal-60")
_FACIALS = ("facial-60", "facial-30")

ADD_ONS = (
    SampleAddOn("aromatherapy", N_("Aromatherapy"), "massage", 0, 1_200, _MASSAGES),
    SampleAddOn("scalp-15", N_("Scalp massage"), "massage", 15, 2_500, (*_MASSAGES, *_FACIALS)),
    SampleAddOn("towels", N_("Hot towels"), "skin", 0, 800, (*_FACIALS, "wrap-60")),
    SampleAddOn("collagen-15", N_("Collagen mask"), "skin", 15, 3_000, _FACIALS),
    SampleAddOn("foot-scrub-15", N_("Foot scrub"), "nails", 15, 2_000, ("pedicure-60",)),
    SampleAddOn(
        "paraffin-10", N_("Paraffin dip"), "nails", 10, 1_500, ("manicure-45", "pedicure-60"), "paraffin_bath"
    ),
)
"""Extras that lengthen a visit, or do not, or need a machine of which there is one."""

BY_THE_MINUTE = (("chair-minutes", "Chair massage", "massage", 200, 5, 30),)
"""Sold at the desk by the minute, not booked: code, name, category, cents, least and most minutes."""

PRODUCTS = (
    ("2000000000015", "Lavender body oil, 100 ml", "retail", 2_400),
    ("2000000000022", "Hand cream, unscented", "retail", 1_250),
    ("2000000000039", "Calming bath salts", "retail", 1_800),
    ("2000000000046", "Daily moisturizer", "retail", 3_400),
    ("2000000000053", "Cotton spa robe", "clothing", 6_800),
    ("2000000000060", "Spa slippers", "clothing", 1_600),
)

GROUPS = (
    ("visitor", N_("Visitor"), "visitor", ""),
    ("employee", N_("Employee"), "staff", N_("Mayo badge")),
    ("retiree", N_("Retiree"), "staff", N_("Retiree badge")),
    ("volunteer", N_("Volunteer"), "staff", N_("Volunteer badge")),
    ("student", N_("Student"), "staff", N_("Student badge")),
    ("spouse", N_("Spouse of staff"), "staff", N_("Spouse's badge or HR record")),
    ("dependant", N_("Dependant 18 to 24"), "staff", N_("Sponsor's badge and date of birth")),
    ("patient", N_("Patient"), "patient", N_("Patient number or appointment letter")),
    ("companion", N_("Patient's family"), "patient", N_("The patient they are with")),
)
"""Code, name, price tier, and what the desk asks to see (DOMAIN.md §1.3, §7.1)."""

TIER_REDUCTION_PPM = {"staff": 200_000, "patient": 100_000}
"""Sample reductions: staff 20 %, patients and families 10 %."""

STANDBY_PPM = 300_000
"""The documented same-day reduction of 30 % (DOMAIN.md §1.2)."""
