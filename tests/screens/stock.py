"""Products and stock; all invented."""

from dataclasses import replace

from spa_pos.kernel.errors import Invalid
from spa_pos.stock.pages import views
from spa_pos.stock.rules import ADJUSTED
from spa_pos.web.answers import problem_of
from tests.screens.frame import DAY, at, new_id

PRODUCTS = views.ProductsPage(
    "",
    "",
    (("", "On sale", "/products?show="), ("low", "Order again", "/products?show=low")),
    (
        views.ProductRow(
            "/products/1", "Cotton spa robe", "2000000000053", "Retail", 6800, -1, "Count it", "low"
        ),
        views.ProductRow("/products/2", "Hand cream, unscented", "2000000000022", "Retail", 1250, 14, "", ""),
        views.ProductRow(
            "/products/3", "Old soap", "OLD-SOAP", "Retail", 500, 2, "Not sold any more", "gone"
        ),
    ),
    15,
    18_500,
    9_900,
    True,
    DAY.replace(day=1),
    DAY,
)
NO_PRODUCTS = replace(
    PRODUCTS,
    q="soap",
    rows=(),
    pieces=0,
    may_change=False,
    problem=problem_of(Invalid("period-too-long", "Choose at most a year.")),
)
PRODUCT = views.ProductPage(
    new_id(),
    views.ProductForm("2000000000022", "Hand cream, unscented", "retail", "retail", "12.50", "6", "Nordic"),
    (("retail", "Retail"), ("massage", "Massage")),
    (("retail", "Retail, taxed"), ("clothing", "Clothing")),
    14,
    "One cost $4.10 last.",
    ADJUSTED,
    (
        views.MovementRow(at(9, 30), "Sold, ticket 1204", "-1", "Maya Lindqvist", "/tickets/1/receipt"),
        views.MovementRow(at(8, 5), "Received, Note 12, $4.10 each", "+15", "Maya Lindqvist", None),
    ),
    True,
)
NEW_PRODUCT = replace(
    PRODUCT,
    id=None,
    form=views.ProductForm(code="4006381333932"),
    movements=(),
    problem=problem_of(Invalid("barcode-wrong-digit", "One digit of that barcode is wrong. Scan it again.")),
)
SEEN_PRODUCT = replace(PRODUCT, may_change=False, movements=())
RECEIVE = views.ListPage("/stock/receive", False, "", "", (), "")
RECEIVED = replace(
    RECEIVE,
    lines="2000000000022 15 4.10",
    note="Note 12",
    rows=(views.ListedRow("Hand cream, unscented", "2000000000022", 15, worth_cents=6_150),),
)
COUNTED = views.ListPage(
    "/stock/count",
    True,
    "2000000000022 13",
    "Shelf",
    (
        views.ListedRow("Hand cream, unscented", "2000000000022", 13, 14, "-1", -1_250),
        views.ListedRow("Spa slippers", "2000000000060", 4, 4, "As it should be"),
    ),
    "14 4",
    problem_of(Invalid("list-empty", "Scan something first.")),
)
