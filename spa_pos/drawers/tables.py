"""Drawers, what went in and out, what was counted."""

from piccolo.columns import JSONB, UUID, BigSerial, Date, Integer, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Entry, Location
from spa_pos.people.tables import Approval, Device, Staff


class Drawer(Table, tablename="drawer"):
    """A cash drawer at a device, from its float to its close."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    device = belongs_to(Device, index=True)
    status = Varchar(length=9, default="open")
    business_date = Date(help_text="the day it was opened on")
    float_cents = Integer()
    opened_at = Timestamptz()
    opened_by = belongs_to(Staff)
    expected_cents = Integer(null=True, default=None)
    counted_cents = Integer(null=True, default=None)
    bank_cents = Integer(null=True, default=None)
    note = Varchar(length=300, default="")
    closed_at = Timestamptz(null=True, default=None)
    closed_by = belongs_to(Staff, null=True)
    approval = belongs_to(Approval, null=True)

    drawer_status = Check(
        "status IN ('open', 'set_aside', 'closed') AND (status = 'closed') = (closed_at IS NOT NULL)"
        " AND (status = 'closed') = (closed_by IS NOT NULL)"
        " AND (status = 'closed') = (counted_cents IS NOT NULL)"
        " AND (status = 'closed') = (expected_cents IS NOT NULL)"
        " AND (status = 'closed') = (bank_cents IS NOT NULL)",
        name="drawer_status",
    )
    drawer_amounts = Check("float_cents >= 0 AND counted_cents >= 0", name="drawer_amounts")


class DrawerEntry(Table, tablename="drawer_entry"):
    """Which drawer the cash of an entry lies in."""

    id = BigSerial(primary_key=True)
    entry = belongs_to(Entry)
    drawer = belongs_to(Drawer, index=True)

    drawer_entry_once = Unique([entry], name="drawer_entry_once")


class DrawerMove(Table, tablename="drawer_move"):
    """Money paid in or out, a drop to the safe, or a drawer opened without money."""

    id = UUID(primary_key=True)
    drawer = belongs_to(Drawer, index=True)
    kind = Varchar(length=8)
    category = Varchar(length=20, default="")
    amount_cents = Integer()
    note = Varchar(length=200, default="")
    made_at = Timestamptz()
    made_by = belongs_to(Staff)

    drawer_move_kind = Check("kind IN ('paid_in', 'paid_out', 'drop', 'no_sale')", name="drawer_move_kind")
    drawer_move_amount = Check(
        "amount_cents >= 0 AND (kind = 'no_sale') = (amount_cents = 0)", name="drawer_move_amount"
    )


class DrawerCount(Table, tablename="drawer_count"):
    """What somebody counted before they saw what was expected; every count is kept."""

    id = UUID(primary_key=True)
    drawer = belongs_to(Drawer, index=True)
    pieces = JSONB(help_text="how many of each denomination, by its cents")
    counted_cents = Integer()
    expected_cents = Integer()
    counted_at = Timestamptz()
    counted_by = belongs_to(Staff)

    drawer_count_amount = Check("counted_cents >= 0", name="drawer_count_amount")


class DrawerTerms(Table, tablename="drawer_terms"):
    """The usual float of a location, and from which difference on a note or a PIN is asked for."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    float_cents = Integer()
    note_from_cents = Integer()
    pin_from_cents = Integer()

    drawer_terms_once = Unique([location], name="drawer_terms_once")
    drawer_terms_amounts = Check(
        "float_cents >= 0 AND note_from_cents >= 0 AND pin_from_cents >= 0", name="drawer_terms_amounts"
    )
