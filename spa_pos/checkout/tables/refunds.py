"""Refunds: what goes back of each line, of the tax, of the tips, and how."""

from piccolo.columns import UUID, Boolean, Date, Integer, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.checkout.tables.sales import Tender, Ticket, TicketLine, TipChange
from spa_pos.db.columns import belongs_to
from spa_pos.drawers.tables import Drawer
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Approval, Staff


class Refund(Table, tablename="refund"):
    """Money given back of a settled ticket, which stays as it was; booked on the day it is done."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    ticket = belongs_to(Ticket, index=True)
    kind = Varchar(length=8, default="refund")
    number = Integer()
    status = Varchar(length=8, default="open")
    reason = Varchar(length=200)
    net_cents = Integer()
    tax_cents = Integer()
    tip_cents = Integer()
    total_cents = Integer()
    made_at = Timestamptz()
    made_by = belongs_to(Staff, null=True)
    business_date = Date(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    drawer = belongs_to(Drawer, null=True)
    approval = belongs_to(Approval, null=True)

    refund_number_once = Unique([location, number], name="refund_number_once")
    refund_status = Check(
        "status IN ('open', 'done') AND (status = 'done') = (business_date IS NOT NULL)"
        " AND (status = 'done') = (closed_at IS NOT NULL)",
        name="refund_status",
    )
    refund_kind = Check("kind IN ('refund', 'void')", name="refund_kind")
    refund_sum = Check(
        "total_cents = net_cents + tax_cents + tip_cents AND (total_cents > 0 OR kind = 'void')"
        " AND net_cents >= 0 AND tax_cents >= 0 AND tip_cents >= 0",
        name="refund_sum",
    )


class RefundLine(Table, tablename="refund_line"):
    """What a refund gives back of one line: price, tax, and the list price it stands for."""

    id = UUID(primary_key=True)
    refund = belongs_to(Refund)
    line = belongs_to(TicketLine, index=True)
    net_cents = Integer()
    tax_cents = Integer()
    list_cents = Integer()
    pieces = SmallInt(default=0, help_text="of a product, that came back")
    sellable = Boolean(default=True, help_text="they lie on the shelf again; else they are written off")

    refund_line_once = Unique([refund, line], name="refund_line_once")
    refund_line_sum = Check(
        "net_cents >= 0 AND tax_cents >= 0 AND list_cents >= net_cents AND pieces >= 0",
        name="refund_line_sum",
    )


class RefundTax(Table, tablename="refund_tax"):
    """What a refund takes back from one jurisdiction."""

    id = UUID(primary_key=True)
    refund = belongs_to(Refund)
    jurisdiction = Varchar(length=40)
    tax_cents = Integer()

    refund_tax_once = Unique([refund, jurisdiction], name="refund_tax_once")
    refund_tax_amount = Check("tax_cents > 0", name="refund_tax_amount")


class RefundTip(Table, tablename="refund_tip"):
    """What a refund takes back of the tips of one provider."""

    id = UUID(primary_key=True)
    refund = belongs_to(Refund)
    provider = belongs_to(Staff)
    amount_cents = Integer()

    refund_tip_once = Unique([refund, provider], name="refund_tip_once")
    refund_tip_amount = Check("amount_cents > 0", name="refund_tip_amount")


class RefundPart(Table, tablename="refund_part"):
    """One way in which a refund gives money back: to a tender, a late tip, or as new stored value."""

    id = UUID(primary_key=True)
    refund = belongs_to(Refund)
    tender = belongs_to(Tender, null=True, index=True)
    kind = Varchar(length=16)
    amount_cents = Integer()
    status = Varchar(length=10, default="requested")
    stored_value = UUID(null=True, default=None)
    processor_id = Varchar(length=80, null=True, default=None, unique=True)
    problem = Varchar(length=200, null=True, default=None)
    tries = SmallInt(default=0)
    next_check_at = Timestamptz(null=True, default=None)
    tip_change = belongs_to(TipChange, null=True, index=True)

    refund_part_once = Unique([refund, tender], name="refund_part_once")
    refund_part_tip_once = Unique([refund, tip_change], name="refund_part_tip_once")
    refund_part_of_one = Check("num_nonnulls(tender, tip_change) <= 1", name="refund_part_of_one")
    refund_part_amount = Check("amount_cents > 0", name="refund_part_amount")
    refund_part_status = Check(
        "status IN ('requested', 'unknown', 'pending', 'done', 'failed')", name="refund_part_status"
    )


class Exchange(Table, tablename="exchange"):
    """What a refund gave back to be exchanged: it pays one new ticket, and what it leaves becomes value."""

    id = UUID(primary_key=True)
    refund = belongs_to(Refund)
    ticket = belongs_to(Ticket)
    amount_cents = Integer()
    rest_cents = Integer(default=0, help_text="that became guest credit or a gift card")

    exchange_refund_once = Unique([refund], name="exchange_refund_once")
    exchange_ticket_once = Unique([ticket], name="exchange_ticket_once")
    exchange_amount = Check(
        "amount_cents > 0 AND rest_cents >= 0 AND rest_cents <= amount_cents", name="exchange_amount"
    )


class ReceiptLink(Table, tablename="receipt_link"):
    """A link with which a guest sees one receipt, or the slip of one refund, until it ends."""

    id = UUID(primary_key=True)
    ticket = belongs_to(Ticket, index=True)
    refund = belongs_to(Refund, null=True)
    made_at = Timestamptz()
    made_by = belongs_to(Staff, null=True)
    ends_at = Timestamptz()

    receipt_link_ends = Check("ends_at >= made_at", name="receipt_link_ends")


class CardReturn(Table, tablename="card_return"):
    """A card payment that goes back while its ticket is open; once it has, the tender is undone."""

    id = UUID(primary_key=True)
    tender = belongs_to(Tender)
    status = Varchar(length=10, default="requested")
    processor_id = Varchar(length=80, null=True, default=None, unique=True)
    problem = Varchar(length=200, null=True, default=None)
    tries = SmallInt(default=0)
    next_check_at = Timestamptz(null=True, default=None)
    asked_at = Timestamptz()
    asked_by = belongs_to(Staff, null=True)

    card_return_status = Check(
        "status IN ('requested', 'unknown', 'pending', 'done', 'failed')"
        " AND (status IN ('done', 'failed')) = (next_check_at IS NULL)",
        name="card_return_status",
    )
