"""Movements of stock."""

from piccolo.columns import UUID, Integer, SmallInt, Timestamptz, Varchar
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from spa_pos.catalog.tables import Product
from spa_pos.db.columns import belongs_to
from spa_pos.ledger.tables import Location
from spa_pos.people.tables import Staff


class StockMovement(Table, tablename="stock_movement"):
    """Pieces of a product that came or went; `line` and `refund` are those of the sale that moved them."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    product = belongs_to(Product)
    kind = Varchar(length=8)
    pieces = Integer(help_text="above zero: they came")
    cost_cents = Integer(null=True, default=None, help_text="of one piece")
    line = UUID(null=True, default=None)
    refund = UUID(null=True, default=None)
    note = Varchar(length=80, default="", help_text="delivery note, or the reason")
    list_id = UUID(null=True, default=None, help_text="the delivery or count it was written with")
    made_by = belongs_to(Staff, null=True)
    made_at = Timestamptz()

    stock_movement_kind = Check(
        "(kind = 'received' AND pieces > 0) OR (kind = 'sold' AND pieces < 0) OR"
        " (kind = 'returned' AND pieces > 0) OR kind = 'counted' OR"
        " (kind = 'adjusted' AND pieces <> 0 AND note <> '')",
        name="stock_movement_kind",
    )
    stock_movement_sale = Check(
        "(kind IN ('sold', 'returned')) = (line IS NOT NULL) AND (kind = 'returned') = (refund IS NOT NULL)",
        name="stock_movement_sale",
    )


class StockTerms(Table, tablename="stock_terms"):
    """From how few pieces on a product is ordered again, and from whom."""

    id = UUID(primary_key=True)
    location = belongs_to(Location)
    product = belongs_to(Product)
    reorder_at = SmallInt(default=0)
    supplier = Varchar(length=80, default="")

    stock_terms_once = Unique([location, product], name="stock_terms_once")
    stock_terms_sane = Check("reorder_at BETWEEN 0 AND 9999", name="stock_terms_sane")
