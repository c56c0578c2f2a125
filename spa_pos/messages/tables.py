"""The outbox, what guests allowed, and when a location may write."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigSerial,
    Boolean,
    Integer,
    SmallInt,
    Text,
    Time,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location


class MessageRule(Table, tablename="message_rule"):
    """When a location writes to nobody, and how long before a visit it reminds."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    quiet_from = Time(help_text="local; no texts, reminders and offers from this hour")
    quiet_until = Time(help_text="to this one, of the next day when it is the earlier")
    reminder_minutes = Integer()

    message_rule_once = Unique([location], name="message_rule_once")
    message_rule_sane = Check("reminder_minutes BETWEEN 60 AND 10080", name="message_rule_sane")


class Message(Table, tablename="message"):
    """One thing told to one guest by one channel, and what became of it."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    guest = UUID(
        null=True, default=None, help_text="who; guests live above messages, so this is no foreign key"
    )
    channel = Varchar(length=5)
    address = Varchar(length=254, secret=True)
    kind = Varchar(length=12)
    subject_kind = Varchar(length=12)
    subject = UUID(
        help_text="what it tells of: an appointment, a party, a receipt's link, a gift", index=True
    )
    sequence = Integer(help_text="rises with every change of the subject")
    locale = Varchar(length=10, default="en")
    facts = JSONB(help_text="times and links; the words are made when it is sent")
    made_at = Timestamptz()
    not_before_at = Timestamptz()
    useful_until = Timestamptz()
    status = Varchar(length=8, default="queued")
    tries = SmallInt(default=0)
    interrupted = SmallInt(default=0, help_text="tries of which nobody knows how they ended")
    next_try_at = Timestamptz()
    claimed_at = Timestamptz(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)
    gateway_number = Varchar(length=200, null=True, default=None, help_text="what the provider calls it")
    problem = Varchar(length=300, null=True, default=None)
    title = Varchar(length=200, null=True, default=None)
    text = Text(null=True, default=None)
    html = Text(null=True, default=None)
    calendars = JSONB(null=True, default=None)

    message_once = Unique(
        [guest, subject, kind, sequence, channel], name="message_once", nulls_distinct=False
    )
    message_channel = Check("channel IN ('email', 'text')", name="message_channel")
    message_kind = Check(
        "kind IN ('confirmation', 'change', 'cancellation', 'reminder', 'offer', 'receipt', 'gift', 'code')",
        name="message_kind",
    )
    message_guest = Check("guest IS NOT NULL OR kind IN ('receipt', 'gift', 'code')", name="message_guest")
    message_status = Check(
        "status IN ('queued', 'sending', 'sent', 'failed', 'dropped')", name="message_status"
    )
    message_sent = Check("(status = 'sent') = (sent_at IS NOT NULL)", name="message_sent")
    message_claimed = Check("status <> 'sending' OR claimed_at IS NOT NULL", name="message_claimed")
    message_why = Check("status NOT IN ('failed', 'dropped') OR problem IS NOT NULL", name="message_why")


class Consent(Table, tablename="consent"):
    """One yes or no to being written to at an address; the latest counts. Append-only."""

    id = BigSerial(primary_key=True)
    channel = Varchar(length=5)
    address = Varchar(length=254)
    given = Boolean()
    made_at = Timestamptz()
    made_by = Varchar(length=80)
    source = Varchar(length=12, help_text="at the desk, by the link in a message, or booking online")

    consent_channel = Check("channel IN ('email', 'text')", name="consent_channel")
    consent_source = Check("source IN ('desk', 'link', 'online')", name="consent_source")
