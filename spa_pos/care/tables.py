"""Referrals with their pages, and whether facility treatment is used."""

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Guest, Staff


class Referral(Table, tablename="referral"):
    """A written order for massage that treats; it is ended, not changed."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    guest = belongs_to(Guest, index=True)
    profession = Varchar(length=20)
    professional = Varchar(length=80)
    licence = Varchar(length=40)
    written_on = Date()
    valid_until = Date()
    for_treatment = Boolean(help_text="it states treatment of an illness, injury or disease")
    accepted_by = belongs_to(Staff)
    accepted_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    ended_by = belongs_to(Staff, null=True)

    referral_treatment = Check("for_treatment", name="referral_treatment")
    referral_days = Check("valid_until BETWEEN written_on AND written_on + 731", name="referral_days")
    referral_ended = Check("(ended_at IS NULL) = (ended_by IS NULL)", name="referral_ended")


class ReferralScan(Table, tablename="referral_scan"):
    """The copy of a referral that must be kept; `referral` is whose."""

    referral = UUID(primary_key=True)
    media_type = Varchar(length=20)
    content = Bytea(secret=True)

    referral_scan_sane = Check(
        "octet_length(content) BETWEEN 1 AND 5242880"
        " AND media_type IN ('application/pdf', 'image/jpeg', 'image/png')",
        name="referral_scan_sane",
    )


class TreatmentTerms(Table, tablename="treatment_terms"):
    """From a day on: whether massage may be exempt as facility treatment, and the rate of MinnesotaCare."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    valid_from = Date()
    allowed = Boolean()
    care_tax_ppm = Integer()
    set_by = belongs_to(Staff)
    set_at = Timestamptz()

    treatment_terms_sane = Check("care_tax_ppm BETWEEN 0 AND 100000", name="treatment_terms_sane")
