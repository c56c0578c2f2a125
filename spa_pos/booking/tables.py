"""Appointments, parties, blocks and the waitlist; and claims, which keep anybody from being booked twice."""

from piccolo.columns import (
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    Integer,
    SmallInt,
    Text,
    Time,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.catalog.tables import Service
from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.payments.tables import CardSetup, CardTerm
from spa_pos.people.tables import Guest, GuestGroup, Staff
from spa_pos.schedule.tables import Resource


class BookingWindow(Table, tablename="booking_window"):
    """How soon and how far ahead guests book online; the row that names the most counts."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    service = belongs_to(Service, null=True)
    guest_group = belongs_to(GuestGroup, null=True)
    lead_minutes = Integer()
    horizon_days = SmallInt()

    booking_window_once = Unique(
        [location, service, guest_group], nulls_distinct=False, name="booking_window_once"
    )
    booking_window_sane = Check(
        "lead_minutes BETWEEN 0 AND 43200 AND horizon_days BETWEEN 0 AND 366", name="booking_window_sane"
    )


class CancellationPolicy(Table, tablename="cancellation_policy"):
    """One version of what a late cancellation and a no-show cost; never changed (DOMAIN.md §7.30)."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    version = Integer()
    begins_at = Timestamptz()
    notice_hours = SmallInt()
    late_ppm = Integer()
    no_show_ppm = Integer()
    grace_minutes = SmallInt(help_text="later than this may count as a no-show")

    cancellation_policy_once = Unique([location, version], name="cancellation_policy_once")
    cancellation_policy_sane = Check(
        "notice_hours BETWEEN 0 AND 720 AND late_ppm BETWEEN 0 AND 1000000"
        " AND no_show_ppm BETWEEN 0 AND 1000000 AND grace_minutes BETWEEN 0 AND 240",
        name="cancellation_policy_sane",
    )


class CancelReason(Table, tablename="cancel_reason"):
    """Why visits are cancelled, and whether that reason is free of any fee."""

    code = Varchar(length=40, primary_key=True)
    name = Varchar(length=80)
    fee_free = Boolean()
    for_guests = Boolean(default=False, help_text="guests may say so by themselves")
    position = SmallInt()


class Party(Table, tablename="party"):
    """Appointments booked as one: a guest's several services, a couple, a family."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    arrangement = Varchar(length=12)
    longest_wait_minutes = SmallInt(help_text="between one service and a guest's next")
    booked_at = Timestamptz()

    party_arrangement = Check("arrangement IN ('together', 'in_turn')", name="party_arrangement")
    party_wait = Check("longest_wait_minutes BETWEEN 0 AND 240", name="party_wait")


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
    party = belongs_to(Party, null=True, index=True)
    setup_minutes = SmallInt()
    turnover_minutes = SmallInt()
    provider_wish = Varchar(length=8, default="any", help_text="what the guest asked for")
    held_until = Timestamptz(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    in_service_at = Timestamptz(null=True, default=None)
    policy = belongs_to(CancellationPolicy, null=True)
    fee_cents = Integer(null=True, default=None, help_text="quoted when it ended")
    fee_reason = Varchar(length=120, null=True, default=None)
    override_reason = Varchar(length=200, null=True, default=None, help_text="why a limit was passed")
    guest_note = Varchar(length=300, null=True, default=None, help_text="what the guest asks us, not health")
    late_minutes = SmallInt(null=True, default=None, help_text="the guest says they come so much later")
    late_told_at = Timestamptz(null=True, default=None)

    appointment_status = Check(
        "status IN ('held', 'booked', 'confirmed', 'checked_in', 'in_service', 'done', 'cancelled',"
        " 'no_show', 'expired')",
        name="appointment_status",
    )
    appointment_held = Check("status <> 'held' OR held_until IS NOT NULL", name="appointment_held")
    appointment_wish = Check("provider_wish IN ('any', 'woman', 'man', 'named')", name="appointment_wish")
    appointment_minutes = Check("setup_minutes >= 0 AND turnover_minutes >= 0", name="appointment_minutes")
    appointment_fee = Check("fee_cents IS NULL OR fee_cents >= 0", name="appointment_fee")
    appointment_late = Check(
        "late_minutes BETWEEN 1 AND 120 AND late_told_at IS NOT NULL"
        " OR late_minutes IS NULL AND late_told_at IS NULL",
        name="appointment_late",
    )
    appointment_note = Check("guest_note <> ''", name="appointment_note")
    appointment_times = Check("ends_at > starts_at", name="appointment_times")
    appointment_price = Check(
        "price_cents BETWEEN 0 AND list_price_cents"
        " AND (price_cents = list_price_cents) = (reduction_code IS NULL)"
        " AND (reduction_code IS NULL) = (reduction_name IS NULL)",
        name="appointment_price",
    )


class AppointmentAddOn(Table, tablename="appointment_add_on"):
    """An add-on of an appointment, with the price promised and the reason of its reduction."""

    id = UUID(primary_key=True)
    appointment = belongs_to(Appointment)
    add_on = belongs_to(Service)
    position = SmallInt()
    minutes = SmallInt()
    list_price_cents = Integer()
    price_cents = Integer()
    reduction_code = Varchar(length=60, null=True, default=None)
    reduction_name = Varchar(length=80, null=True, default=None)

    appointment_add_on_once = Unique([appointment, add_on], name="appointment_add_on_once")
    appointment_add_on_price = Check(
        "minutes >= 0 AND price_cents BETWEEN 0 AND list_price_cents"
        " AND (price_cents = list_price_cents) = (reduction_code IS NULL)"
        " AND (reduction_code IS NULL) = (reduction_name IS NULL)",
        name="appointment_add_on_price",
    )


class Block(Table, tablename="block"):
    """Time of a provider, a room or a machine that is kept free of visits."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    resource_no = belongs_to(Resource)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    kind = Varchar(length=10)
    reason = Varchar(length=120)
    status = Varchar(length=8, default="live")
    version = Integer(default=1)
    made_at = Timestamptz()

    block_times = Check("ends_at > starts_at", name="block_times")
    block_kind = Check("kind IN ('break', 'training', 'repair', 'other')", name="block_kind")
    block_status = Check("status IN ('live', 'removed')", name="block_status")


class Claim(Table, tablename="claim"):
    """Stored use of one resource for a period, set-up and turnover included. Claims never overlap."""

    id = BigSerial(primary_key=True)
    appointment = belongs_to(Appointment, null=True, index=True)
    resource_no = belongs_to(Resource)
    starts_at = Timestamptz()
    ends_at = Timestamptz()
    released = Boolean(default=False)
    block = belongs_to(Block, null=True, index=True)
    held_until = Timestamptz(null=True, default=None, help_text="counts no longer once this has passed")

    claim_times = Check("ends_at > starts_at", name="claim_times")
    claim_of_one = Check("(appointment IS NULL) <> (block IS NULL)", name="claim_of_one")


class WaitlistRule(Table, tablename="waitlist_rule"):
    """How a location offers what became free: for how long, until when before the start, at what hours."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    version = Integer(default=1)
    hold_minutes = SmallInt(help_text="how long an offered time is kept")
    notice_minutes = SmallInt(help_text="an offer ends this long before the visit at the latest")
    offers_from = Time(help_text="no offer goes out by itself before this local hour")
    offers_until = Time(help_text="nor from this one on")
    leaving_days = SmallInt(help_text="days left from which leaving soon counts")
    waiting_most_points = SmallInt(help_text="the most that waiting can count")

    waitlist_rule_once = Unique([location], name="waitlist_rule_once")
    waitlist_rule_sane = Check(
        "hold_minutes BETWEEN 5 AND 1440 AND notice_minutes BETWEEN 0 AND 2880"
        " AND offers_until > offers_from AND leaving_days BETWEEN 0 AND 60"
        " AND waiting_most_points BETWEEN 0 AND 1000",
        name="waitlist_rule_sane",
    )


class TriageWeight(Table, tablename="triage_weight"):
    """What one thing counts on the waitlist of a location; reasons are the list the desk chooses from."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    factor = Varchar(length=10)
    code = Varchar(length=40, help_text="the group or the reason; empty for the other factors")
    name = Varchar(length=60)
    points = SmallInt(help_text="of severity for each of its ten steps, of leaving and waiting for each day")
    position = SmallInt()
    active = Boolean(default=True)

    triage_weight_once = Unique([location, factor, code], name="triage_weight_once")
    triage_weight_factor = Check(
        "factor IN ('group', 'reason', 'severity', 'leaving', 'waiting')", name="triage_weight_factor"
    )
    triage_weight_points = Check("points BETWEEN 0 AND 1000", name="triage_weight_points")


class Wait(Table, tablename="wait"):
    """One guest who waits for one service to become free, as they were when they asked (DOMAIN.md §3.5)."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    guest = belongs_to(Guest, index=True)
    service = belongs_to(Service)
    guest_group = belongs_to(GuestGroup)
    provider_wish = Varchar(length=8, default="any")
    provider = belongs_to(Staff, null=True)
    first_day = Date()
    last_day = Date()
    reason = Varchar(length=40)
    severity = SmallInt()
    leaves_on = Date(null=True, default=None, help_text="the guest's last day in town")
    note = Varchar(length=200)
    asked_at = Timestamptz()
    status = Varchar(length=10, default="waiting")
    version = Integer(default=1)
    ended_at = Timestamptz(null=True, default=None)

    wait_wish = Check("provider_wish IN ('any', 'woman', 'man', 'named')", name="wait_wish")
    wait_named = Check("(provider_wish = 'named') = (provider IS NOT NULL)", name="wait_named")
    wait_days = Check("last_day BETWEEN first_day AND first_day + 366", name="wait_days")
    wait_severity = Check("severity BETWEEN 0 AND 10", name="wait_severity")
    wait_status = Check(
        "status IN ('waiting', 'offered', 'booked', 'withdrawn', 'ended')", name="wait_status"
    )
    wait_ended = Check("(status IN ('waiting', 'offered')) = (ended_at IS NULL)", name="wait_ended")


class WaitWindow(Table, tablename="wait_window"):
    """A part of the day in which a waiting guest could come, local time; without one, any time."""

    id = UUID(primary_key=True)
    wait = belongs_to(Wait, index=True)
    starts = Time()
    ends = Time()

    wait_window_times = Check("ends > starts", name="wait_window_times")


class WaitOffer(Table, tablename="wait_offer"):
    """One time that was held for a waiting guest: why they were the one, and what became of it."""

    id = UUID(primary_key=True)
    wait = belongs_to(Wait, index=True)
    appointment = belongs_to(Appointment)
    offered_at = Timestamptz()
    held_until = Timestamptz()
    offered_by = Varchar(length=80)
    score = Integer()
    explanation = Varchar(length=400)
    outcome = Varchar(length=8, default="open")
    ended_at = Timestamptz(null=True, default=None)

    wait_offer_once = Unique([appointment], name="wait_offer_once")
    wait_offer_outcome = Check(
        "outcome IN ('open', 'taken', 'declined', 'passed', 'expired')", name="wait_offer_outcome"
    )
    wait_offer_ended = Check("(outcome = 'open') = (ended_at IS NULL)", name="wait_offer_ended")


class CardAsk(Table, tablename="card_ask"):
    """What a visit was asked for when it was booked, by which version of which rule; append-only."""

    id = UUID(primary_key=True)
    appointment = belongs_to(Appointment)
    term = belongs_to(CardTerm)
    due_cents = Integer(help_text="the deposit; 0 where a card on file is enough")
    asked_at = Timestamptz()

    card_ask_once = Unique([appointment], name="card_ask_once")
    card_ask_due = Check("due_cents >= 0", name="card_ask_due")


class OnlineBooking(Table, tablename="online_booking"):
    """A booking that a guest has under way: the time held for one browser (the first of a party), or that
    they ask for the waitlist; and who they say they are.

    Who they are is forgotten when the visit is booked, and a day after a booking that was not finished.
    """

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    network = Varchar(length=64, help_text="a keyed hash of where it comes from")
    appointment = belongs_to(Appointment, null=True)
    status = Varchar(length=8, default="open")
    extended = SmallInt(default=0, help_text="how often the guest asked for more time")
    path = Varchar(length=600, help_text="where the guest chose the time, to choose again")
    given_name = Varchar(length=60, null=True, default=None)
    family_name = Varchar(length=60, null=True, default=None)
    phone = Varchar(length=20, null=True, default=None)
    email = Varchar(length=254, null=True, default=None)
    by_email = Boolean(default=False, help_text="the guest wants to hear of the visit at that address")
    code = UUID(null=True, default=None, help_text="the code that was mailed last")
    made_at = Timestamptz()
    wait_until = Date(null=True, default=None, help_text="nothing is held: the guest asks for the waitlist")
    pay_until = Timestamptz(null=True, default=None, help_text="so long the card asked for may be given")
    knock = BigInt(null=True, default=None, help_text="the last try with a card, as doors count them")
    setup = belongs_to(CardSetup, null=True)

    online_booking_once = Unique([appointment], name="online_booking_once")
    online_booking_status = Check("status IN ('open', 'booked')", name="online_booking_status")
    online_booking_extended = Check("extended BETWEEN 0 AND 3", name="online_booking_extended")
    online_booking_person = Check(
        "(given_name IS NULL) = (family_name IS NULL) AND (given_name IS NULL) = (phone IS NULL)"
        " AND (given_name IS NULL) = (email IS NULL)",
        name="online_booking_person",
    )
    online_booking_forgets = Check(
        "status = 'open' OR given_name IS NULL AND code IS NULL", name="online_booking_forgets"
    )
    online_booking_about = Check(
        "(appointment IS NULL) = (wait_until IS NOT NULL)", name="online_booking_about"
    )
