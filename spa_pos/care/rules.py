"""What makes a massage exempt, and what a referral must say (DOMAIN.md §2.2, §7.8-9); pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from spa_pos.kernel.errors import Conflict, Invalid

WRITTEN_REFERRAL = "exempt-written-referral"
FACILITY_TREATMENT = "exempt-facility-treatment"
"""How a line is taxed, beside `taxable` and `exempt-class`."""

MASSAGE = "massage"
"""The tax class that a referral can free."""

PROFESSIONS = {
    "physician": "Physician (MD, DO)",
    "nurse": "Nurse practitioner (APRN)",
    "assistant": "Physician assistant (PA)",
    "chiropractor": "Chiropractor (DC)",
    "physical-therapist": "Physical therapist (PT)",
    "dentist": "Dentist (DDS, DMD)",
    "psychologist": "Psychologist (LP)",
    "other": "Another licensed health-care professional",
    "facility": "A licensed health-care facility",
}
"""Who may refer: a licensed health-care professional or facility."""

LONGEST = timedelta(days=731)
"""Nobody orders massage for more than two years at a time."""

USUAL = timedelta(days=365)
"""How long a referral that names no end is taken to last."""

MEDIA_TYPES = {"application/pdf": "PDF", "image/jpeg": "JPEG", "image/png": "PNG"}
LARGEST_SCAN = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody typed from a referral."""

    profession: str
    professional: str
    licence: str
    written_on: date | None
    valid_until: date | None
    for_treatment: bool


@dataclass(frozen=True, slots=True)
class Order:
    """What is kept of a referral beside its page."""

    profession: str
    professional: str
    licence: str
    written_on: date
    valid_until: date


def checked_order(said: Said, today: date) -> Order:
    """A referral that can be proof; without an end it lasts a year from the day it was written.

    Raises:
        Invalid: `profession-unknown`, `professional-missing`, `licence-missing`, `written-missing`,
            `written-later`, `valid-days`, `treatment-missing`; each names its field.
    """
    name, credential = " ".join(said.professional.split()), " ".join(said.licence.split())
    if said.profession not in PROFESSIONS:
        raise Invalid("profession-unknown", "Choose who wrote the referral.", field="profession")
    if not 3 <= len(name) <= 80:
        raise Invalid("professional-missing", "Type the name as it is signed.", field="professional")
    if not 2 <= len(credential) <= 40:
        raise Invalid(
            "licence-missing", "Type the credential or licence as written, such as MD 12345.", field="licence"
        )
    if said.written_on is None:
        raise Invalid("written-missing", "Type the day it was written.", field="written_on")
    if said.written_on > today:
        raise Invalid("written-later", "It cannot be written later than today.", field="written_on")
    end = said.valid_until or said.written_on + USUAL
    if not said.written_on <= end <= said.written_on + LONGEST:
        raise Invalid(
            "valid-days", "It ends after it was written, and within two years.", field="valid_until"
        )
    if not said.for_treatment:
        raise Invalid(
            "treatment-missing",
            "Only a referral for treating an illness, injury or disease counts. Without that, tax is due.",
            field="for_treatment",
        )
    return Order(said.profession, name, credential, said.written_on, end)


def check_covers(written_on: date, valid_until: date, ended: bool, service_day: date) -> None:
    """See that a referral frees a service of a day.

    Raises:
        Conflict: `referral-ended`, `referral-later`, `referral-lapsed`; the massage is taxable then.
    """
    if ended:
        raise Conflict("referral-ended", "This referral was ended. Ask for a new one; until then tax is due.")
    if service_day < written_on:
        raise Conflict(
            "referral-later", f"It was written on {written_on:%-d %B}, after the service. Tax is due."
        )
    if service_day > valid_until:
        raise Conflict(
            "referral-lapsed",
            f"It lapsed on {valid_until:%-d %B %Y}. Ask for a new one; until then tax is due.",
        )


def media_type_of(content: bytes) -> str:
    """What a page is, by its first bytes, whatever its name says.

    Raises:
        Invalid: `scan-missing`, `scan-too-large`, `scan-unreadable`.
    """
    if not content:
        raise Invalid("scan-missing", "Add a copy of the referral: a scan or a photograph.", field="scan")
    if len(content) > LARGEST_SCAN:
        raise Invalid("scan-too-large", "The copy may have 5 MB. Scan it in grey or smaller.", field="scan")
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return "application/pdf"
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content.endswith(b"IEND\xaeB`\x82"):
        return "image/png"
    raise Invalid("scan-unreadable", "That is no whole PDF, JPEG or PNG file. Scan it again.", field="scan")
