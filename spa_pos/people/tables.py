"""Staff, devices, sessions, credentials, guests, groups with evidence, and the audit trail."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigSerial,
    Boolean,
    Date,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check
from piccolo.table import Table

from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location


class Staff(Table, tablename="staff"):
    """One person who works here."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    name = Varchar(length=80)
    title = Varchar(length=60)
    role = Varchar(length=12)
    pin_hash = Text(null=True, default=None, secret=True)
    hue = SmallInt(help_text="0-7: which of the eight tints marks this person on the board")
    active = Boolean(default=True)
    gender = Varchar(length=8, null=True, default=None, help_text="for guests who ask for a woman or a man")

    staff_role = Check("role IN ('front_desk', 'provider', 'manager', 'owner')", name="staff_role")
    staff_gender = Check("gender IS NULL OR gender IN ('woman', 'man')", name="staff_gender")


class Device(Table, tablename="device"):
    """An enrolled kiosk or office computer."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    name = Varchar(length=40)
    secret_hash = Varchar(length=64, unique=True, secret=True)
    enrolled_at = Timestamptz()
    enrolled_by = Varchar(length=80)
    revoked_at = Timestamptz(null=True, default=None)
    kind = Varchar(length=8, default="desk", help_text="a desk of the staff, or the tablet in the lobby")

    device_kind = Check("kind IN ('desk', 'lobby')", name="device_kind")


class StaffSession(Table, tablename="staff_session"):
    """One person signed in at one device; a switch of person is a new session."""

    id = UUID(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True)
    device = belongs_to(Device, index=True)
    staff = belongs_to(Staff)
    started_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class PinAttempt(Table, tablename="pin_attempt"):
    """One try of a PIN; tries are counted per person and per device."""

    id = BigSerial(primary_key=True)
    staff = belongs_to(Staff)
    device = belongs_to(Device)
    tried_at = Timestamptz()
    succeeded = Boolean()


class Credential(Table, tablename="credential"):
    """A licence or training of one person, valid from one day to another, both included."""

    id = UUID(primary_key=True)
    staff = belongs_to(Staff, index=True)
    kind = Varchar(length=40)
    number = Varchar(length=40)
    valid_from = Date()
    valid_until = Date(null=True, default=None)

    credential_days = Check("valid_until IS NULL OR valid_until >= valid_from", name="credential_days")


class GuestGroup(Table, tablename="guest_group"):
    """Who a guest can be to us, and what proves it (DOMAIN.md §7.1)."""

    code = Varchar(length=40, primary_key=True)
    name = Varchar(length=60)
    price_tier = Varchar(length=12)
    evidence = Varchar(length=80, help_text="what the desk asks to see; empty when nothing is asked")
    position = SmallInt()

    guest_group_tier = Check("price_tier IN ('staff', 'patient', 'visitor')", name="guest_group_tier")


class Guest(Table, tablename="guest"):
    """A person who receives services."""

    id = UUID(primary_key=True)
    number = Integer(unique=True)
    given_name = Varchar(length=60)
    family_name = Varchar(length=60)
    phone = Varchar(length=20, index=True, help_text="E.164")
    email = Varchar(length=254, null=True, default=None)
    guest_group = belongs_to(GuestGroup)
    made_at = Timestamptz()
    language = Varchar(length=5, null=True, default=None, help_text="in which messages are written to them")

    erased_at = Timestamptz(null=True, default=None, help_text="the person is gone, the books stay")
    stands_in = Boolean(default=False, help_text="nobody: holds times for who has not said their name yet")

    guest_language = Check("language ~ '^[a-z]{2}$'", name="guest_language")


class Eligibility(Table, tablename="eligibility"):
    """Evidence, once seen, that a guest belongs to a group between two days."""

    id = UUID(primary_key=True)
    guest = belongs_to(Guest, index=True)
    guest_group = belongs_to(GuestGroup)
    evidence = Varchar(length=80)
    valid_from = Date()
    valid_until = Date()
    seen_by = belongs_to(Staff, null=True)
    seen_at = Timestamptz()

    eligibility_days = Check("valid_until >= valid_from", name="eligibility_days")


class Approval(Table, tablename="approval"):
    """A second person's yes, given with their PIN for one act on one thing (RELIABILITY.md §5.2)."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    approver = belongs_to(Staff)
    asked_by = belongs_to(Staff, null=True)
    device = belongs_to(Device, null=True)
    verb = Varchar(length=60)
    subject = UUID()
    amount_cents = Integer(null=True, default=None)
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)

    approval_by_another = Check("approver <> asked_by", name="approval_by_another")


class AuditEvent(Table, tablename="audit_event"):
    """Who did what to what, when, from where, before and after. Append-only."""

    id = BigSerial(primary_key=True)
    made_at = Timestamptz()
    location = belongs_to(Location)
    staff = belongs_to(Staff, null=True)
    staff_name = Varchar(length=80)
    device = belongs_to(Device, null=True)
    request_id = Varchar(length=40)
    verb = Varchar(length=60)
    subject_kind = Varchar(length=40)
    subject = UUID(index=True)
    before = JSONB(null=True, default=None)
    after = JSONB(null=True, default=None)
    reason = Text(null=True, default=None)


class EnrolmentCode(Table, tablename="enrolment_code"):
    """A one-time code with which a device becomes an enrolled one."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    code_hash = Varchar(length=64, unique=True, secret=True)
    device_name = Varchar(length=40)
    made_by = Varchar(length=80)
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    device_kind = Varchar(length=8, default="desk")

    enrolment_code_kind = Check("device_kind IN ('desk', 'lobby')", name="enrolment_code_kind")


class GuestCode(Table, tablename="guest_code"):
    """A one-time code that was mailed to an address; the code itself is never stored, its seal makes it."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    address = Varchar(length=254, index=True)
    made_at = Timestamptz()
    expires_at = Timestamptz()
    tries = SmallInt(default=0)
    used_at = Timestamptz(null=True, default=None)

    guest_code_tries = Check("tries BETWEEN 0 AND 5", name="guest_code_tries")
    guest_code_expires = Check("expires_at > made_at", name="guest_code_expires")


class GuestSession(Table, tablename="guest_session"):
    """A browser that proved an e-mail address; it sees what belongs to the guests of that address."""

    id = UUID(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True)
    address = Varchar(length=254)
    started_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class GuestTry(Table, tablename="guest_try"):
    """One knock at a door for guests: who and from where, as keyed hashes alone."""

    id = BigSerial(primary_key=True)
    door = Varchar(length=20)
    identity = Varchar(length=64)
    network = Varchar(length=64)
    tried_at = Timestamptz()
    missed = Boolean()
