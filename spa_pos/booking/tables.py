"""Appointments and the claims that keep anybody from being booked twice."""

from piccolo.columns import UUID, BigSerial, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.constraints import Check
from piccolo.table import Table

from spa_pos.catalog.tables import Service
from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Guest, GuestGroup, Staff
from spa_pos.schedule.tables import Resource


class Appointment(Table, tablename="appointment"):
    """One guest's planned visit, with the price promised and the reason of every reduction."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    guest = belongs_to(Guest, index=True)
    guest_number = Integer(help_text="the guest's number again, for the guard against two visits at once")
    service = belongs_to(Service)
    provider = belongs_to(Staff)
    room = belongs_to(Resource)
    starts_at = Timestamptz(help_text="hands on; set-up lies before")
    ends_at = Timestamptz(help_text="hands off; turnover lies after")
    status = Varchar(length=12, default="booked")
    version = Integer(default=1)
    guest_group = belongs_to(GuestGroup)
    group_proven = Boolean(default=False)
    list_price_cents = Integer()
    price_cents = Integer()
    reduction_code = Varchar(length=60, null=True, default=None)
    reduction_name = Varchar(length=80, null=True, default=None)
    booked_at = Timestamptz()
    checked_in_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Text(null=True, default=None)

    appointment_status = Check(
        "status IN ('booked', 'checked_in', 'done', 'cancelled', 'no_show')", name="appointment_status"
    )
    appointment_times = Check("ends_at > starts_at", name="appointment_times")
    appointment_price = Check(
        "price_cents BETWEEN 0 AND list_price_cents"
        " AND (price_cents = list_price_cents) = (reduction_code IS NULL)"
        " AND (reduction_code IS NULL) = (reduction_name IS NULL)",
        name="appointment_price",
    )


class Claim(Table, tablename="claim"):
    """Stored use of one resource for a period, set-up and turnover included. Claims never overlap."""

    id = BigSerial(primary_key=True)
    appointment = belongs_to(Appointment, index=True)
    resource_no = belongs_to(Resource)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    released = Boolean(default=False)

    claim_times = Check("ends_at > starts_at", name="claim_times")
