"""Opening hours, shifts and time off; providers, rooms and equipment as numbered resources."""

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    Date,
    Integer,
    Serial,
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
    """When a location is open on one weekday (0 = Monday), local time, from one day on; no times: closed."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    weekday = SmallInt()
    opens = Time(null=True, default=None)
    closes = Time(null=True, default=None)
    valid_from = Date()

    opening_hours_sane = Check(
        "weekday BETWEEN 0 AND 6 AND (opens IS NULL) = (closes IS NULL)"
        " AND (opens IS NULL OR closes > opens)",
        name="opening_hours_sane",
    )
    opening_hours_once = Unique([location, weekday, valid_from], name="opening_hours_once")


class SpecialDay(Table, tablename="special_day"):
    """A day with hours of its own, a holiday with none."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    day = Date()
    reason = Varchar(length=80)
    opens = Time(null=True, default=None)
    closes = Time(null=True, default=None)

    special_day_hours = Check(
        "(opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR closes > opens)", name="special_day_hours"
    )
    special_day_once = Unique([location, day], name="special_day_once")


class Shift(Table, tablename="shift"):
    """When a provider works on one weekday, local time, between two days, every so many weeks.

    Weeks are counted from the one `valid_from` lies in.
    """

    id = UUID(primary_key=True)
    staff = belongs_to(Staff, index=True)
    weekday = SmallInt()
    starts = Time()
    ends = Time()
    valid_from = Date()
    valid_until = Date(null=True, default=None)
    every_weeks = SmallInt(default=1)

    shift_sane = Check(
        "ends > starts AND weekday BETWEEN 0 AND 6 AND every_weeks BETWEEN 1 AND 8", name="shift_sane"
    )


class ShiftChange(Table, tablename="shift_change"):
    """One change of a provider's pattern, with every shift as it was before."""

    id = UUID(primary_key=True)
    staff = belongs_to(Staff, index=True)
    made_at = Timestamptz()
    made_by = Varchar(length=80)
    first_day = Date(help_text="from this day on the change counts")
    shifts_before = JSONB()
    undone_at = Timestamptz(null=True, default=None)


class ShiftException(Table, tablename="shift_exception"):
    """What a provider works on one day instead of the pattern; no times: not at all."""

    id = UUID(primary_key=True)
    staff = belongs_to(Staff, index=True)
    day = Date()
    starts = Time(null=True, default=None)
    ends = Time(null=True, default=None)
    reason = Varchar(length=120)

    shift_exception_sane = Check(
        "(starts IS NULL) = (ends IS NULL) AND (starts IS NULL OR ends > starts)", name="shift_exception_sane"
    )


class TimeOff(Table, tablename="time_off"):
    """When a provider does not work, though a shift says so."""

    id = UUID(primary_key=True)
    staff = belongs_to(Staff, index=True)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    reason = Text()

    time_off_sane = Check("ends_at > starts_at", name="time_off_sane")


class ResourceOut(Table, tablename="resource_out"):
    """When a room, a station or a machine cannot be used."""

    id = UUID(primary_key=True)
    resource_no = belongs_to(Resource, index=True)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    reason = Varchar(length=120)

    resource_out_sane = Check("ends_at > starts_at", name="resource_out_sane")


class WorkLimit(Table, tablename="work_limit"):
    """How much hands-on work a provider does; without a provider, the rule of the house (DOMAIN.md §4)."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    staff = belongs_to(Staff, null=True)
    day_minutes = SmallInt()
    week_minutes = SmallInt()
    most_in_a_row = SmallInt()
    break_minutes = SmallInt(help_text="a pause this long ends a row")

    work_limit_once = Unique([location, staff], nulls_distinct=False, name="work_limit_once")
    work_limit_sane = Check(
        "day_minutes BETWEEN 0 AND 1440 AND week_minutes BETWEEN 0 AND 10080"
        " AND most_in_a_row BETWEEN 1 AND 20 AND break_minutes BETWEEN 0 AND 240",
        name="work_limit_sane",
    )


class PlanVersion(Table, tablename="plan_version"):
    """One row, with another version after every change of what days are made of; triggers write it."""

    id = Integer(primary_key=True)
    version = UUID()

    plan_version_one = Check("id = 1", name="plan_version_one")
