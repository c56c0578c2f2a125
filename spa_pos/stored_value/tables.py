"""Holdings and their movements, packages and their plans, limits, and tries of codes."""

from piccolo.columns import (
    UUID,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    Integer,
    SmallInt,
    Timestamptz,
    Varchar,
)
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.catalog.tables import Service
from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Device, Guest, Staff


class ValueTerms(Table, tablename="value_terms"):
    """How much may be sold on a gift card and given away in a day, at one location."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    smallest_cents = Integer()
    desk_card_cents = Integer(help_text="the most on one card without a manager")
    manager_card_cents = Integer(help_text="the most on one card at all")
    free_day_cents = Integer(help_text="the most given away in one day")
    idle_years = SmallInt(default=3, help_text="so long untouched, value may be for the state to claim")

    value_terms_once = Unique([location], name="value_terms_once")
    value_terms_sane = Check(
        "smallest_cents > 0 AND desk_card_cents >= smallest_cents"
        " AND manager_card_cents >= desk_card_cents AND free_day_cents >= 0",
        name="value_terms_sane",
    )
    value_terms_idle = Check("idle_years BETWEEN 1 AND 20", name="value_terms_idle")


class PackagePlan(Table, tablename="package_plan"):
    """A package that can be sold: visits of services for one price. Never changed, only ended."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    price_cents = Integer()
    active = Boolean(default=True)
    made_at = Timestamptz()

    package_plan_price = Check("price_cents > 0", name="package_plan_price")


class PackagePlanItem(Table, tablename="package_plan_item"):
    """So many visits of one service in a plan, and what one of them costs alone."""

    id = UUID(primary_key=True)
    plan = belongs_to(PackagePlan)
    service = belongs_to(Service)
    position = SmallInt()
    visits = SmallInt()
    list_price_cents = Integer()

    package_plan_item_once = Unique([plan, service], name="package_plan_item_once")
    package_plan_item_sane = Check("visits > 0 AND list_price_cents > 0", name="package_plan_item_sane")


class Holding(Table, tablename="holding"):
    """One gift card, credit, deposit or package with what is left of it.

    The paid part never expires and bears no fee (Minn. Stat. 325G.53): there is no column for either,
    and no kind of movement takes it away but use, return of the money, transfer and a lost deposit.
    """

    id = UUID(primary_key=True)
    kind = Varchar(length=20)
    status = Varchar(length=8, default="active")
    location = belongs_to(Location)
    guest = belongs_to(Guest, null=True, index=True)
    paid_cents = Integer(default=0)
    free_cents = Integer(default=0)
    free_until = Date(null=True, default=None, help_text="the last day of the free part")
    code_hash = Varchar(length=64, null=True, default=None, unique=True, secret=True)
    last4 = Varchar(length=4, null=True, default=None)
    code_made_at = Timestamptz(null=True, default=None)
    batch = Varchar(length=40, null=True, default=None, help_text="of preprinted cards")
    recipient = Varchar(length=60, null=True, default=None)
    message = Varchar(length=200, null=True, default=None)
    for_visit = UUID(null=True, default=None, help_text="the visit a deposit is for")
    plan = belongs_to(PackagePlan, null=True)
    successor = UUID(null=True, default=None, help_text="the card that replaced a lost one")
    made_at = Timestamptz()
    moved_at = Timestamptz(help_text="when value last moved")

    holding_kind = Check(
        "kind IN ('gift_card', 'paid_credit', 'promotional_credit', 'goodwill_credit', 'deposit', 'package')",
        name="holding_kind",
    )
    holding_status = Check("status IN ('inactive', 'active', 'dead')", name="holding_status")
    holding_never_below_zero = Check("paid_cents >= 0 AND free_cents >= 0", name="holding_never_below_zero")
    holding_parts = Check(
        "(paid_cents = 0 OR kind NOT IN ('promotional_credit', 'goodwill_credit'))"
        " AND (free_cents = 0 OR kind IN ('gift_card', 'promotional_credit', 'goodwill_credit'))",
        name="holding_parts",
    )
    holding_paid_never_expires = Check(
        "free_until IS NULL OR kind IN ('gift_card', 'promotional_credit', 'goodwill_credit')",
        name="holding_paid_never_expires",
    )
    holding_owner = Check("kind = 'gift_card' OR guest IS NOT NULL", name="holding_owner")
    holding_code = Check(
        "(code_hash IS NULL) = (last4 IS NULL) AND (code_hash IS NULL) = (code_made_at IS NULL)"
        " AND (code_hash IS NULL OR kind = 'gift_card')",
        name="holding_code",
    )
    holding_only_active_has_value = Check(
        "status = 'active' OR (paid_cents = 0 AND free_cents = 0)", name="holding_only_active_has_value"
    )
    holding_plan = Check("(kind = 'package') = (plan IS NOT NULL)", name="holding_plan")


class GiftDelivery(Table, tablename="gift_delivery"):
    """A gift card handed over by e-mail on a day; its code is made from the id, and stored nowhere."""

    id = UUID(primary_key=True)
    card = belongs_to(Holding, index=True)
    email = Varchar(length=254, secret=True)
    recipient = Varchar(length=60)
    giver = Varchar(length=60)
    message = Varchar(length=200)
    send_on = Date(help_text="local")
    made_at = Timestamptz()
    made_by = belongs_to(Staff, null=True)
    opened_at = Timestamptz(null=True, default=None, help_text="when its owner first saw the code")
    withdrawn_at = Timestamptz(null=True, default=None)


class PackageItem(Table, tablename="package_item"):
    """The visits of one service in a package that was bought, and what they are worth."""

    id = UUID(primary_key=True)
    holding = belongs_to(Holding, index=True)
    service = belongs_to(Service)
    position = SmallInt()
    visits_bought = SmallInt()
    visits_left = SmallInt()
    value_cents = Integer()
    left_cents = Integer()

    package_item_once = Unique([holding, service], name="package_item_once")
    package_item_left = Check(
        "visits_left BETWEEN 0 AND visits_bought AND left_cents BETWEEN 0 AND value_cents"
        " AND (visits_left = 0) = (left_cents = 0)",
        name="package_item_left",
    )


class Movement(Table, tablename="value_movement"):
    """One change of a holding; append-only. Signed: what we owe more is positive."""

    id = UUID(primary_key=True, help_text="made by whoever asks: the tender, the sale, the transfer")
    holding = belongs_to(Holding, index=True)
    package_item = belongs_to(PackageItem, null=True)
    location = belongs_to(Location)
    kind = Varchar(length=12)
    paid_cents = Integer(default=0)
    free_cents = Integer(default=0)
    visits = SmallInt(default=0)
    business_date = Date()
    made_at = Timestamptz()
    made_by = belongs_to(Staff, null=True)
    subject = UUID(null=True, default=None, help_text="the ticket, or the holding at the other end")
    undoes = UUID(null=True, default=None, index=True, help_text="the tender that is given back")
    reason = Varchar(length=200, null=True, default=None)

    value_movement_kind = Check(
        "CASE WHEN kind IN ('sold', 'reloaded', 'credited', 'moved_in', 'returned')"
        " THEN paid_cents >= 0 AND free_cents >= 0 AND visits >= 0"
        " WHEN kind = 'granted' THEN paid_cents = 0 AND free_cents > 0 AND visits = 0"
        " WHEN kind IN ('redeemed', 'moved_out', 'taken_back')"
        " THEN paid_cents <= 0 AND free_cents <= 0 AND visits <= 0"
        " WHEN kind IN ('expired', 'withdrawn') THEN paid_cents = 0 AND free_cents < 0 AND visits = 0"
        " WHEN kind = 'forfeited' THEN paid_cents < 0 AND free_cents = 0 AND visits = 0"
        " ELSE false END",
        name="value_movement_kind",
    )
    value_movement_not_zero = Check("paid_cents <> 0 OR free_cents <> 0", name="value_movement_not_zero")
    value_movement_undoes = Check("(kind = 'returned') = (undoes IS NOT NULL)", name="value_movement_undoes")


class CodeTry(Table, tablename="code_try"):
    """One try of a gift card's code; tries are counted per device and per network."""

    id = BigSerial(primary_key=True)
    device = belongs_to(Device, null=True)
    network = Varchar(length=45)
    tried_at = Timestamptz()
    found = Boolean()


class GiftOrder(Table, tablename="gift_order"):
    """A gift card somebody buys online; once it is paid, the ticket of this id sold it. Unpaid ones go."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    amount_cents = Integer()
    email = Varchar(length=254, secret=True, help_text="where the card is sent")
    recipient = Varchar(length=60)
    giver = Varchar(length=60)
    message = Varchar(length=200)
    send_on = Date(null=True, default=None, help_text="local; none: once it is paid")
    buyer_email = Varchar(length=254, secret=True)
    locale = Varchar(length=10)
    knock = BigInt(null=True, default=None, help_text="the latest counted try to pay")
    made_at = Timestamptz()
    paid_at = Timestamptz(null=True, default=None)

    gift_order_amount = Check("amount_cents > 0", name="gift_order_amount")
