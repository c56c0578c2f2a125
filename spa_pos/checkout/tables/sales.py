"""Tickets, their lines and tax, and the tenders that pay them."""

from piccolo.columns import JSONB, UUID, Array, Boolean, Date, Integer, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.booking.tables import Appointment, AppointmentAddOn
from spa_pos.care.tables import Referral
from spa_pos.catalog.tables import OnePrice, Product, Service
from spa_pos.db.columns import belongs_to
from spa_pos.ledger.rules import REVENUE
from spa_pos.ledger.tables import Location
from spa_pos.payments.tables import Attempt, PayrollAuthorisation
from spa_pos.people.tables import Approval, Guest, Staff
from spa_pos.stored_value.tables import PackagePlan


class Ticket(Table, tablename="ticket"):
    """One sale: open, then settled or voided."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    number = Integer()
    status = Varchar(length=8, default="open")
    version = Integer(default=1)
    guest = belongs_to(Guest, null=True)
    opened_at = Timestamptz()
    opened_by = belongs_to(Staff, null=True)
    settled_at = Timestamptz(null=True, default=None)
    settled_by = belongs_to(Staff, null=True)
    business_date = Date(null=True, default=None)
    net_cents = Integer(null=True, default=None)
    tax_cents = Integer(null=True, default=None)
    total_cents = Integer(null=True, default=None)
    tip_cents = Integer(default=0)
    parked_as = Varchar(length=60, null=True, default=None)
    tip_asked_at = Timestamptz(null=True, default=None, help_text="when the guest answered, with none too")

    ticket_status = Check("status IN ('open', 'settled', 'voided')", name="ticket_status")
    ticket_number_once = Unique([location, number], name="ticket_number_once")
    ticket_settled = Check(
        "(status = 'settled') = (business_date IS NOT NULL)"
        " AND (status='settled')=(settled_at IS NOT NULL) AND (status='settled')=(total_cents IS NOT NULL)"
        " AND (total_cents IS NULL OR total_cents = net_cents + tax_cents + tip_cents)",
        name="ticket_settled",
    )
    ticket_tip = Check("tip_cents >= 0", name="ticket_tip")


class OnePriceSale(Table, tablename="one_price_sale"):
    """Lines of a ticket that were sold for one price; what was taxable of it decides the tax of all."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket, index=True)
    one_price = belongs_to(OnePrice)
    price_cents = Integer()
    taxable_cents = Integer(help_text="what the taxable parts cost alone")
    made_at = Timestamptz()

    one_price_sale_sane = Check("price_cents > 0 AND taxable_cents >= 0", name="one_price_sale_sane")


class TicketLine(Table, tablename="ticket_line"):
    """One thing on a ticket, with its list price, its reduction and the reason, and its tax treatment."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket, index=True)
    position = SmallInt()
    status = Varchar(length=8, default="live")
    appointment = belongs_to(Appointment, null=True)
    product = belongs_to(Product, null=True)
    description = Varchar(length=120)
    detail = Varchar(length=120, help_text="provider, minutes, time; in English, for the desk and the books")
    category = Varchar(length=40)
    guest_group = Varchar(length=40)
    provider = belongs_to(Staff, null=True)
    quantity = SmallInt(default=1)
    list_cents = Integer(help_text="for the whole quantity")
    reduction_cents = Integer(default=0)
    reduction_code = Varchar(length=60, null=True, default=None)
    reduction_name = Varchar(length=80, null=True, default=None)
    net_cents = Integer()
    tax_treatment = Varchar(length=30)
    tax_cents = Integer(null=True, default=None, help_text="this line's share; known once settled")
    add_on = belongs_to(AppointmentAddOn, null=True)
    kind = Varchar(length=12, default="service")
    account = Varchar(length=40, default=REVENUE, help_text="of the books, where its price goes")
    discount_cents = Integer(default=0, help_text="the sum of its discounts")
    stored_value = UUID(null=True, default=None, help_text="what the line sells or reloads")
    service = belongs_to(Service, null=True)
    minutes = SmallInt(null=True, default=None, help_text="of a service by the minute")
    fee_of = belongs_to(Appointment, null=True)
    plan = belongs_to(PackagePlan, null=True)
    recipient = Varchar(length=80, null=True, default=None)
    message = Varchar(length=300, null=True, default=None)
    approval = belongs_to(Approval, null=True)
    referral = belongs_to(Referral, null=True)
    gift_email = Varchar(length=254, null=True, default=None, secret=True)
    gift_giver = Varchar(length=60, null=True, default=None)
    gift_send_on = Date(null=True, default=None, help_text="local; none: once it is paid")
    one_price_sale = belongs_to(OnePriceSale, null=True)
    deposit_for = belongs_to(Appointment, null=True)
    detail_facts = JSONB(null=True, default=None, help_text="what the detail says, for other languages")

    ticket_line_of_one = Check("num_nonnulls(appointment, product, add_on) <= 1", name="ticket_line_of_one")
    ticket_line_referral = Check(
        "(tax_treatment = 'exempt-written-referral') = (referral IS NOT NULL)", name="ticket_line_referral"
    )
    ticket_line_one_price = Check(
        "tax_treatment <> 'exempt-one-price' OR one_price_sale IS NOT NULL", name="ticket_line_one_price"
    )
    ticket_line_gift = Check(
        "(gift_email IS NULL OR kind = 'gift_card') AND (gift_email IS NOT NULL OR gift_send_on IS NULL)",
        name="ticket_line_gift",
    )
    ticket_line_status = Check("status IN ('live', 'removed')", name="ticket_line_status")
    ticket_line_sum = Check(
        "net_cents = list_cents - reduction_cents - discount_cents AND net_cents >= 0"
        " AND reduction_cents >= 0 AND discount_cents >= 0"
        " AND (reduction_cents = 0) = (reduction_code IS NULL) AND quantity BETWEEN 1 AND 99",
        name="ticket_line_sum",
    )
    ticket_line_kind = Check(
        "kind IN ('service', 'add_on', 'product', 'gift_card', 'reload', 'package', 'deposit', 'fee')",
        name="ticket_line_kind",
    )


class RegisterTerms(Table, tablename="register_terms"):
    """What may be given away alone at a location, what guests are offered as tips, and its pay periods."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    desk_discount_ppm = Integer()
    desk_discount_cents = Integer()
    desk_day_cents = Integer()
    manager_discount_ppm = Integer()
    manager_day_cents = Integer()
    manager_override_ppm = Integer()
    tip_choices_ppm = Array(Integer())
    tip_small_cents = Integer(help_text="below this, amounts are offered instead of percentages")
    tip_fixed = Array(Integer(), help_text="cents")
    pay_period_from = Date()
    pay_period_days = SmallInt()

    register_terms_once = Unique([location], name="register_terms_once")
    register_terms_sane = Check(
        "desk_discount_ppm BETWEEN 0 AND manager_discount_ppm AND manager_discount_ppm <= 1000000 AND"
        " desk_discount_cents>=0 AND desk_day_cents BETWEEN 0 AND manager_day_cents AND manager_override_ppm"
        " BETWEEN 0 AND 1000000 AND tip_small_cents >= 0 AND pay_period_days BETWEEN 7 AND 31",
        name="register_terms_sane",
    )


class Promo(Table, tablename="promo"):
    """A code that takes something off: how much, when, how often, and of what."""

    id = UUID(primary_key=True)
    code = Varchar(length=20)
    name = Varchar(length=80)
    rate_ppm = Integer(null=True, default=None)
    amount_cents = Integer(null=True, default=None)
    valid_from = Date()
    valid_until = Date()
    most_uses = Integer(null=True, default=None)
    once_per_guest = Boolean(default=False)
    with_group_price = Boolean(default=False, help_text="also on lines at a group's price")
    categories = Array(Varchar(length=40), help_text="none: of every category")
    active = Boolean(default=True)
    made_at = Timestamptz()

    promo_code_once = Unique([code], name="promo_code_once")
    promo_off = Check(
        "num_nonnulls(rate_ppm, amount_cents) = 1 AND rate_ppm BETWEEN 1 AND 1000000"
        " AND amount_cents > 0 AND valid_until >= valid_from AND most_uses > 0",
        name="promo_off",
    )


class TicketTax(Table, tablename="ticket_tax"):
    """The part of a settled ticket's tax that one jurisdiction gets, at the rate of that day."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket, index=True)
    jurisdiction = Varchar(length=40)
    name = Varchar(length=60)
    rate_ppm = Integer()
    taxable_cents = Integer()
    tax_cents = Integer()

    ticket_tax_once = Unique([ticket, jurisdiction], name="ticket_tax_once")


class Tender(Table, tablename="tender"):
    """One way a ticket is paid."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket, index=True)
    kind = Varchar(length=16)
    status = Varchar(length=8, default="taken")
    amount_cents = Integer()
    given_cents = Integer(null=True, default=None, help_text="cash handed over")
    attempt = belongs_to(Attempt, null=True)
    taken_at = Timestamptz()
    taken_by = belongs_to(Staff, null=True)
    undone_at = Timestamptz(null=True, default=None)
    stored_value = UUID(null=True, default=None, help_text="the gift card, credit, deposit or package")
    slip = Varchar(length=40, null=True, default=None, help_text="number of the other terminal's slip")
    label = Varchar(length=60, null=True, default=None, help_text="of the stored value, as people name it")
    authorisation = belongs_to(PayrollAuthorisation, null=True, index=True)
    left_cents = Integer(null=True, default=None, help_text="of the stored value after it")

    tender_kind = Check(
        "kind IN ('cash', 'card', 'card_on_file', 'gift_card', 'credit', 'deposit', 'package', 'payroll',"
        " 'external_card', 'exchange')",
        name="tender_kind",
    )
    tender_status = Check(
        "status IN ('taken', 'undone') AND (status='undone')=(undone_at IS NOT NULL)", name="tender_status"
    )
    tender_amount = Check(
        "amount_cents > 0 AND (kind = 'cash') = (given_cents IS NOT NULL)"
        " AND (kind IN ('card', 'card_on_file')) = (attempt IS NOT NULL)"
        " AND (kind IN ('gift_card', 'credit', 'deposit', 'package')) = (stored_value IS NOT NULL)"
        " AND (kind = 'external_card') = (slip IS NOT NULL)"
        " AND (given_cents IS NULL OR given_cents >= amount_cents) AND (left_cents IS NULL OR left_cents>=0)",
        name="tender_amount",
    )
    tender_payroll = Check("(kind = 'payroll') = (authorisation IS NOT NULL)", name="tender_payroll")
    tender_attempt_once = Unique([attempt], name="tender_attempt_once")


class LineDiscount(Table, tablename="line_discount"):
    """One discount on a line beside its group's price, with its reason and who approved it."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket, index=True)
    line = belongs_to(TicketLine)
    kind = Varchar(length=10)
    name = Varchar(length=80)
    amount_cents = Integer()
    reason = Varchar(length=200, null=True, default=None)
    given_by = belongs_to(Staff, null=True)
    approval = belongs_to(Approval, null=True)
    made_at = Timestamptz()
    promo = belongs_to(Promo, null=True, index=True)
    tender = belongs_to(Tender, null=True)

    line_discount_kind = Check(
        "kind IN ('discount', 'override', 'promo', 'package', 'one_price')", name="line_discount_kind"
    )
    line_discount_amount = Check("amount_cents > 0", name="line_discount_amount")
    line_discount_promo = Check("(kind = 'promo') = (promo IS NOT NULL)", name="line_discount_promo")
    line_discount_package = Check("(kind = 'package') = (tender IS NOT NULL)", name="line_discount_package")


class Tip(Table, tablename="tip"):
    """What a guest gives one provider on top of a ticket."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket)
    provider = belongs_to(Staff)
    amount_cents = Integer()
    chosen_at = Timestamptz()

    tip_amount = Check("amount_cents > 0", name="tip_amount")
    tip_once = Unique([ticket, provider], name="tip_once")


class TipAsk(Table, tablename="tip_ask"):
    """A late tip that a card is asked for; the id is the attempt's."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket)
    provider = belongs_to(Staff)
    amount_cents = Integer()
    asked_at = Timestamptz()
    asked_by = belongs_to(Staff, null=True)
    approval = belongs_to(Approval, null=True)

    tip_ask_amount = Check("amount_cents > 0", name="tip_ask_amount")


class TipChange(Table, tablename="tip_change"):
    """What a provider's tip grew or shrank by after the ticket settled; append-only."""

    id = UUID(primary_key=True)
    change = UUID(help_text="one act of a person, over several providers")
    ticket = belongs_to(Ticket, index=True)
    provider = belongs_to(Staff)
    kind = Varchar(length=8)
    amount_cents = Integer(help_text="signed")
    attempt = belongs_to(Attempt, null=True)
    business_date = Date()
    made_at = Timestamptz()
    made_by = belongs_to(Staff, null=True)
    approval = belongs_to(Approval, null=True)

    tip_change_kind = Check(
        "kind IN ('cash', 'card', 'split') AND amount_cents <> 0"
        " AND (kind = 'split' OR amount_cents > 0) AND (kind = 'card') = (attempt IS NOT NULL)",
        name="tip_change_kind",
    )
    tip_change_attempt_once = Unique([attempt], name="tip_change_attempt_once")
