"""Opening hours, shifts and time off; providers, rooms and equipment as numbered resources."""

from piccolo.columns import UUID, Boolean, Date, Serial, SmallInt, Text, Time, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Staff


class Resource(Table, tablename="resource"):
    """One thing that can be in one place at a time: a provider, a room, a station, a machine."""

    number = Serial(primary_key=True)
    location = belongs_to(Location)
    kind = Varchar(length=40, help_text="'provider', or the room or equipment kind a service asks for")
    name = Varchar(length=60)
    staff = belongs_to(Staff, null=True)
    active = Boolean(default=True)

    resource_provider = Check("(kind = 'provider') = (staff IS NOT NULL)", name="resource_provider")
    resource_staff_once = Unique([staff], name="resource_staff_once")


class OpeningHours(Table, tablename="opening_hours"):
    """When a location is open on one weekday (0 = Monday), local time, from one day on."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    weekday = SmallInt()
    opens = Time()
    closes = Time()
    valid_from = Date()

    opening_hours_sane = Check("closes > opens AND weekday BETWEEN 0 AND 6", name="opening_hours_sane")
    opening_hours_once = Unique([location, weekday, valid_from], name="opening_hours_once")


class Closure(Table, tablename="closure"):
    """A whole day on which a location is closed."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    day = Date()
    reason = Varchar(length=80)

    closure_once = Unique([location, day], name="closure_once")


class Shift(Table, tablename="shift"):
    """When a provider works on one weekday, local time, between two days."""

    id = UUID(primary_key=True)
    staff = belongs_to(Staff, index=True)
    weekday = SmallInt()
    starts = Time()
    ends = Time()
    valid_from = Date()
    valid_until = Date(null=True, default=None)

    shift_sane = Check("ends > starts AND weekday BETWEEN 0 AND 6", name="shift_sane")


class TimeOff(Table, tablename="time_off"):
    """When a provider does not work, though a shift says so."""

    id = UUID(primary_key=True)
    staff = belongs_to(Staff, index=True)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    reason = Text()

    time_off_sane = Check("ends_at > starts_at", name="time_off_sane")
