"""Places, accounts, entries and postings."""

from piccolo.columns import UUID, BigInt, BigSerial, Date, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.db.columns import belongs_to


class Location(Table, tablename="location"):
    """A place of business whose books these are: its zone sets days, its address sets tax."""

    id = UUID(primary_key=True)
    code = Varchar(length=20, unique=True)
    name = Varchar(length=80)
    legal_name = Varchar(length=120)
    address = Varchar(length=200)
    phone = Varchar(length=30)
    zone = Varchar(length=60)
    refund_policy = Text()
    sample_notice = Varchar(length=120, help_text="shown on every screen while prices are samples")


class Account(Table, tablename="account"):
    """One account of the books."""

    code = Varchar(length=40, primary_key=True)
    name = Varchar(length=80)
    kind = Varchar(length=10)

    account_kind = Check("kind IN ('asset', 'liability', 'revenue', 'expense')", name="account_kind")


class Entry(Table, tablename="entry"):
    """One event in the books; its postings sum to zero. Never changed, only reversed."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    business_date = Date()
    made_at = Timestamptz()
    kind = Varchar(length=40)
    subject = UUID(index=True, help_text="the ticket or attempt it tells of")
    reverses = UUID(null=True, default=None, unique=True)


class Posting(Table, tablename="posting"):
    """One signed amount on one account: debits positive, credits negative."""

    id = BigSerial(primary_key=True)
    entry = belongs_to(Entry, index=True)
    account = belongs_to(Account)
    amount_cents = BigInt()
    category = Varchar(length=40, null=True, default=None)
    guest_group = Varchar(length=40, null=True, default=None)

    posting_not_zero = Check("amount_cents <> 0", name="posting_not_zero")


class DayBalance(Table, tablename="day_balance"):
    """What an account came to at the end of a closed day: debits less credits since the first entry."""

    id = BigSerial(primary_key=True)
    location = belongs_to(Location)
    business_date = Date()
    account = belongs_to(Account)
    balance_cents = BigInt()

    day_balance_once = Unique([location, business_date, account], name="day_balance_once")
