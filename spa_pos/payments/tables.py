"""Card readers and payment attempts."""

from piccolo.columns import UUID, Boolean, Date, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.catalog.tables import Service
from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Guest, GuestGroup, Staff


class Reader(Table, tablename="reader"):
    """A card reader on a desk, known to the processor by its own id."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    name = Varchar(length=40)
    processor_id = Varchar(length=80, unique=True)
    simulated = Boolean(default=False)
    active = Boolean(default=True)


class CardTerm(Table, tablename="card_term"):
    """One version of a rule on who is asked for a card or a deposit to book; ended, never changed.

    It keeps the words that a guest of that time agreed to when they let us keep a card.
    """

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    version = SmallInt()
    service = belongs_to(Service, null=True)
    guest_group = belongs_to(GuestGroup, null=True)
    new_guests = Boolean(default=False)
    asks = Varchar(length=8)
    rate_ppm = Integer(null=True, default=None)
    amount_cents = Integer(null=True, default=None)
    from_cents = Integer(default=0)
    consent_text = Text()
    consent_version = Varchar(length=20)
    begins_at = Timestamptz()
    made_by = belongs_to(Staff, null=True)
    ended_at = Timestamptz(null=True, default=None)

    card_term_version_once = Unique([location, version], name="card_term_version_once")
    card_term_sane = Check(
        "asks IN ('nothing', 'card', 'deposit')"
        " AND (asks = 'deposit') = (num_nonnulls(rate_ppm, amount_cents) = 1)"
        " AND num_nonnulls(rate_ppm, amount_cents) <= 1"
        " AND rate_ppm BETWEEN 1 AND 1000000 AND amount_cents BETWEEN 100 AND 100000 AND from_cents >= 0",
        name="card_term_sane",
    )
    card_term_ends = Check("ended_at >= begins_at", name="card_term_ends")


class CardCustomer(Table, tablename="card_customer"):
    """A guest as the processor knows them: an id and nothing else."""

    id = UUID(primary_key=True)
    guest = belongs_to(Guest)
    processor_id = Varchar(length=80, unique=True)

    card_customer_once = Unique([guest], name="card_customer_once")


class CardSetup(Table, tablename="card_setup"):
    """A guest lets us keep a card: what they agreed to, and how it ended. new → created → saved | failed |
    dropped."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    guest = belongs_to(Guest, index=True)
    state = Varchar(length=8, default="new")
    processor_id = Varchar(length=80, null=True, default=None, unique=True)
    consent_text = Text()
    consent_version = Varchar(length=20)
    consent_language = Varchar(length=8, default="en")
    consented_at = Timestamptz()
    consented_from = Varchar(length=45, null=True, default=None)
    asked_by = belongs_to(Staff, null=True)
    problem = Varchar(length=200, null=True, default=None)
    tries = SmallInt(default=0)
    next_check_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)

    card_setup_state = Check(
        "state IN ('new', 'created', 'saved', 'failed', 'dropped')"
        " AND (state IN ('new', 'created')) = (ended_at IS NULL)"
        " AND (state NOT IN ('created', 'saved') OR processor_id IS NOT NULL)",
        name="card_setup_state",
    )


class StoredCard(Table, tablename="stored_card"):
    """A card on file, under the id of the setup that says what its guest agreed to. No number, ever."""

    id = UUID(primary_key=True)
    guest = belongs_to(Guest, index=True)
    processor_id = Varchar(length=80, unique=True)
    brand = Varchar(length=20)
    last4 = Varchar(length=4)
    exp_month = SmallInt()
    exp_year = SmallInt()
    saved_at = Timestamptz()
    removed_at = Timestamptz(null=True, default=None)
    removed_by = belongs_to(Staff, null=True)
    detached_at = Timestamptz(null=True, default=None)

    stored_card_sane = Check(
        "exp_month BETWEEN 1 AND 12 AND exp_year BETWEEN 2000 AND 2100 AND last4 ~ '^[0-9]{4}$'"
        " AND (detached_at IS NULL OR removed_at IS NOT NULL)",
        name="stored_card_sane",
    )


class Attempt(Table, tablename="attempt"):
    """One try to move money by card. The row is written before the world is asked (PAYMENTS.md §6).

    new → created → submitted → paid | declined | cancelled; submitted → unknown → a final state.
    """

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    purpose = Varchar(length=20)
    subject = UUID(index=True, help_text="the ticket")
    reader = belongs_to(Reader, null=True)
    amount_cents = Integer()
    state = Varchar(length=12, default="new")
    processor_id = Varchar(length=80, null=True, default=None, unique=True)
    received_cents = Integer(null=True, default=None)
    decline_code = Varchar(length=60, null=True, default=None)
    decline_sentence = Text(null=True, default=None)
    card_brand = Varchar(length=20, null=True, default=None)
    card_last4 = Varchar(length=4, null=True, default=None)
    tries = SmallInt(default=0)
    next_check_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    stored_card = belongs_to(StoredCard, null=True, index=True)
    online = Boolean(default=False, help_text="typed by the guest into the processor's own page element")

    attempt_source = Check("num_nonnulls(reader, stored_card) + online::integer = 1", name="attempt_source")
    attempt_amount = Check("amount_cents > 0 AND amount_cents <= 10000000", name="attempt_amount")
    attempt_state = Check(
        "state IN ('new', 'created', 'submitted', 'unknown', 'paid', 'declined', 'cancelled')",
        name="attempt_state",
    )
    attempt_paid = Check("(state = 'paid') = (received_cents IS NOT NULL)", name="attempt_paid")


class ProcessorEvent(Table, tablename="processor_event"):
    """What the processor told us by itself, as it was told; worked through by a job."""

    id = UUID(primary_key=True)
    source = Varchar(length=12)
    event_id = Varchar(length=80)
    type = Varchar(length=80)
    live = Boolean()
    api_version = Varchar(length=80, null=True, default=None)
    object_id = Varchar(length=80)
    object_kind = Varchar(length=80)
    payment_id = Varchar(length=80, null=True, default=None)
    body = Text()
    state = Varchar(length=8, default="new")
    tries = SmallInt(default=0)
    next_try_at = Timestamptz()
    received_at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)
    problem = Varchar(length=200, null=True, default=None)

    processor_event_once = Unique([source, event_id], name="processor_event_once")
    processor_event_state = Check(
        "state IN ('new', 'done', 'parked') AND (state = 'done') = (done_at IS NOT NULL)"
        " AND (state <> 'parked' OR problem IS NOT NULL)",
        name="processor_event_state",
    )


class CardDay(Table, tablename="card_day"):
    """One day compared with the processor: how much was looked at; why it could not be, when it could not."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    day = Date()
    compared_at = Timestamptz(null=True, default=None)
    charges_count = Integer(default=0)
    charges_cents = Integer(default=0)
    refunds_count = Integer(default=0)
    refunds_cents = Integer(default=0)
    failed_at = Timestamptz(null=True, default=None)
    problem = Varchar(length=300, null=True, default=None)

    card_day_once = Unique([location, day], name="card_day_once")
    card_day_sane = Check(
        "num_nonnulls(compared_at, failed_at) >= 1 AND (failed_at IS NULL) = (problem IS NULL)"
        " AND charges_count >= 0 AND refunds_count >= 0",
        name="card_day_sane",
    )


class CardDifference(Table, tablename="card_difference"):
    """A thing of which the processor and we said other amounts; gone when a later look found none."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    day = Date()
    kind = Varchar(length=20)
    key = Varchar(length=120, help_text="the processor's id of the payment or refund")
    there_cents = Integer(null=True, default=None)
    here_cents = Integer(null=True, default=None)
    ticket = UUID(null=True, default=None)
    refund = UUID(null=True, default=None)
    found_at = Timestamptz()
    gone_at = Timestamptz(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    settled_by = belongs_to(Staff, null=True)
    note = Varchar(length=300, null=True, default=None)

    card_difference_once = Unique([location, day, kind, key], name="card_difference_once")
    card_difference_settled = Check(
        "(settled_at IS NULL) = (note IS NULL) AND (settled_at IS NULL) = (settled_by IS NULL)",
        name="card_difference_settled",
    )
    card_difference_parts = Check("num_nonnulls(there_cents, here_cents) >= 1", name="card_difference_parts")


class PayrollAuthorisation(Table, tablename="payroll_authorisation"):
    """An employee's signed yes to deductions from pay, up to an amount a pay period (DOMAIN.md §2.12)."""

    id = UUID(primary_key=True)
    guest = belongs_to(Guest)
    employee_number = Varchar(length=20)
    signed_name = Varchar(length=80)
    signed_on = Date()
    period_cents = Integer()
    kept_where = Varchar(length=120, default="", help_text="the signed paper")
    recorded_at = Timestamptz()
    recorded_by = belongs_to(Staff, null=True)
    withdrawn_at = Timestamptz(null=True, default=None)

    payroll_authorisation_amount = Check("period_cents > 0", name="payroll_authorisation_amount")
