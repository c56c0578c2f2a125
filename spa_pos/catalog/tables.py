"""Services, products, their prices by group and date, tax classes and rates."""

from piccolo.columns import UUID, Array, Boolean, Date, Integer, SmallInt, Time, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import GuestGroup


class TaxClass(Table, tablename="tax_class"):
    """What kind of thing is sold, and whether Minnesota taxes it (DOMAIN.md §2.1)."""

    code = Varchar(length=20, primary_key=True)
    name = Varchar(length=60)
    taxable = Boolean()


class TaxRate(Table, tablename="tax_rate"):
    """One jurisdiction's rate at a location from one day on, until its next row."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    jurisdiction = Varchar(length=40)
    name = Varchar(length=60)
    rate_ppm = Integer()
    valid_from = Date()

    tax_rate_sane = Check("rate_ppm >= 0 AND rate_ppm <= 300000", name="tax_rate_sane")
    tax_rate_once = Unique([location, jurisdiction, valid_from], name="tax_rate_once")


class Category(Table, tablename="category"):
    """A department of the menu; sales reports add up by it."""

    code = Varchar(length=40, primary_key=True)
    name = Varchar(length=60)
    position = SmallInt()
    takes_tips = Boolean(default=False, help_text="guests are asked for a tip (DOMAIN.md §7.18)")


class Service(Table, tablename="service"):
    """A menu item with minutes, and all it needs."""

    id = UUID(primary_key=True)
    code = Varchar(length=40, unique=True)
    name = Varchar(length=80)
    category = belongs_to(Category)
    tax_class = belongs_to(TaxClass)
    duration_minutes = SmallInt()
    setup_minutes = SmallInt()
    turnover_minutes = SmallInt()
    room_kind = Varchar(length=40)
    equipment_kind = Varchar(length=40, null=True, default=None)
    needs_credentials = Array(Varchar(length=40))
    position = SmallInt()
    active = Boolean(default=True)
    is_add_on = Boolean(default=False, help_text="an extra on a service: its minutes lengthen that service")
    hands_on = Boolean(default=True, help_text="counts against a provider's limits")
    processing_after_minutes = SmallInt(default=0)
    processing_minutes = SmallInt(default=0, help_text="the provider is free, the room is not")
    minute_cents = Integer(null=True, default=None, help_text="sold by the minute at the desk, not booked")
    least_minutes = SmallInt(null=True, default=None)
    most_minutes = SmallInt(null=True, default=None)

    service_minutes = Check(
        "duration_minutes BETWEEN 0 AND 480 AND (duration_minutes > 0 OR is_add_on)"
        " AND setup_minutes >= 0 AND turnover_minutes >= 0",
        name="service_minutes",
    )
    service_by_the_minute = Check(
        "num_nonnulls(minute_cents, least_minutes, most_minutes) IN (0, 3) AND minute_cents > 0"
        " AND least_minutes BETWEEN 1 AND most_minutes",
        name="service_by_the_minute",
    )
    service_processing = Check(
        "processing_minutes = 0 AND processing_after_minutes = 0"
        " OR processing_minutes > 0 AND processing_after_minutes > 0"
        " AND processing_after_minutes + processing_minutes <= duration_minutes AND NOT is_add_on",
        name="service_processing",
    )


class ServiceAddOn(Table, tablename="service_add_on"):
    """An add-on that can be booked with a service."""

    id = UUID(primary_key=True)
    service = belongs_to(Service)
    add_on = belongs_to(Service)

    service_add_on_once = Unique([service, add_on], name="service_add_on_once")


class Price(Table, tablename="price"):
    """What a service costs a group from one day on; no group means the list price.

    Of a service by the minute it is what a minute costs the group.
    """

    id = UUID(primary_key=True)
    service = belongs_to(Service, index=True)
    guest_group = belongs_to(GuestGroup, null=True)
    price_cents = Integer()
    valid_from = Date()
    made_at = Timestamptz()

    price_not_negative = Check("price_cents >= 0 AND price_cents <= 10000000", name="price_not_negative")
    price_once = Unique([service, guest_group, valid_from], nulls_distinct=False, name="price_once")


class Standby(Table, tablename="standby"):
    """The same-day reduction for one group while a slot is free (DOMAIN.md §7.3)."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    guest_group = belongs_to(GuestGroup)
    reduction_ppm = Integer()
    not_before = Time()
    valid_from = Date()

    standby_sane = Check("reduction_ppm > 0 AND reduction_ppm <= 1000000", name="standby_sane")
    standby_once = Unique([location, guest_group, valid_from], name="standby_once")


class Product(Table, tablename="product"):
    """A retail item."""

    id = UUID(primary_key=True)
    code = Varchar(length=40, unique=True, help_text="the barcode")
    name = Varchar(length=80)
    category = belongs_to(Category)
    tax_class = belongs_to(TaxClass)
    price_cents = Integer()
    active = Boolean(default=True)

    product_price = Check("price_cents > 0 AND price_cents <= 10000000", name="product_price")


class OnePrice(Table, tablename="one_price"):
    """Several things of one visit for one price (DOMAIN.md §7.11); its parts never change."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    name = Varchar(length=60)
    price_cents = Integer()
    active = Boolean(default=True)
    made_at = Timestamptz()

    one_price_sane = Check("price_cents BETWEEN 1 AND 10000000", name="one_price_sane")


class OnePricePart(Table, tablename="one_price_part"):
    """A service or a product that belongs to one price."""

    id = UUID(primary_key=True)
    one_price = belongs_to(OnePrice)
    service = belongs_to(Service, null=True)
    product = belongs_to(Product, null=True)
    position = SmallInt()

    one_price_part_of_one = Check("num_nonnulls(service, product) = 1", name="one_price_part_of_one")
    one_price_part_once = Unique([one_price, position], name="one_price_part_once")
