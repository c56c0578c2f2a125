"""Products and stock over HTTP: made, received by scanning, sold, counted; bad input changes nothing."""

import csv
import io

from spa_pos.db import fetch_value
from tests.cast import Page, Spa
from tests.integration.stock.test_stock import OIL, left, oil, sold


def to_save(page: Page) -> dict[str, str]:
    """The form that saves what was looked at."""
    return next(fields for _, fields in page.forms() if "save" in fields)


NEW = {
    "code": "4006381333931",
    "name": "Lip balm",
    "category": "retail",
    "tax_class": "retail",
    "price": "6.50",
    "reorder_at": "4",
    "supplier": "Nordic Goods",
}


async def test_a_product_is_made_received_sold_and_ordered_again(spa: Spa) -> None:
    kiosk = await spa.kiosk(person="Renata Silva")
    await kiosk.open("/products/new")
    page = await kiosk.send("/products", **NEW)
    assert page.status == 200
    assert "0 on hand" in page.words
    await kiosk.open("/stock/receive")
    page = await kiosk.send("/stock/receive", lines="4006381333931\n4006381333931 9 3.20", note="Note 12")
    assert "Lip balm" in page.words
    form = to_save(page)
    page = await kiosk.post("/stock/receive", form)
    assert page.path == "/products"
    assert await kiosk.post("/stock/receive", form)
    pieces = await fetch_value("SELECT sum(pieces)::int FROM stock_movement WHERE note = 'Note 12'")
    assert pieces == 10
    page = await kiosk.open("/products?q=lip")
    assert "$65.00 at the shelf price, $32.00 at the last cost" in page.words
    page = await kiosk.open("/products?show=low")
    assert "Lip balm" not in page.words
    answer = await kiosk.browser.get("/products.csv")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert (rows["4006381333931"]["on_hand"], rows["4006381333931"]["cost"]) == ("10", "3.20")


async def test_bad_products_are_refused_with_what_was_typed(spa: Spa) -> None:
    kiosk = await spa.kiosk(person="Renata Silva")
    for changed, code in (
        ({"code": "4006381333930"}, "barcode-wrong-digit"),
        ({"code": "?"}, "barcode-unreadable"),
        ({"code": OIL}, "barcode-taken"),
        ({"name": "x"}, "name-missing"),
        ({"price": "free"}, "amount-unreadable"),
        ({"price": "0"}, "price-unreadable"),
        ({"category": "boats"}, "category-unknown"),
        ({"tax_class": "boats"}, "tax-class-unknown"),
        ({"reorder_at": "few"}, "reorder-unreadable"),
        ({"reorder_at": "-1"}, "reorder-unreadable"),
    ):
        await kiosk.open("/products/new")
        page = await kiosk.send("/products", **(NEW | changed))
        assert (page.status >= 400, page.problem) == (True, code), changed
        assert "Nordic Goods" in page.text
    assert await fetch_value("SELECT count(*) FROM product WHERE name = 'Lip balm'") == 0


async def test_a_count_shows_the_difference_before_it_is_written(spa: Spa) -> None:
    before = await left(spa)
    kiosk = await spa.kiosk(person="Renata Silva")
    page = await kiosk.open("/stock/count")
    assert str(before) not in page.words.split("Scan each piece")[1].split("Who counted")[0].split()
    page = await kiosk.send("/stock/count", lines=f"{OIL} {before + 2}", note="Shelf")
    assert "+2" in page.words
    form = to_save(page)
    await sold(spa, 1)
    page = await kiosk.post("/stock/count", form)
    assert (page.status, page.problem) == (409, "stock-moved")
    page = await kiosk.post("/stock/count", to_save(page))
    assert page.path == "/products"
    assert await left(spa) == before + 2


async def test_what_cannot_be_read_is_told_with_its_line(spa: Spa) -> None:
    kiosk = await spa.kiosk(person="Renata Silva")
    for lines, code in (
        ("", "list-empty"),
        (f"{OIL}\n999", "barcode-unknown"),
        (f"{OIL} a lot", "list-unreadable"),
        (f"{OIL} 9999\n{OIL}", "too-many-pieces"),
    ):
        await kiosk.open("/stock/receive")
        page = await kiosk.send("/stock/receive", lines=lines)
        assert (page.status, page.problem) == (422, code)
    page = await kiosk.send("/stock/receive", lines=f"{OIL} 0")
    page = await kiosk.post("/stock/receive", to_save(page))
    assert page.problem == "nothing-received"


async def test_by_hand_on_the_page_and_the_months_movements(spa: Spa) -> None:
    product_id = await oil(spa)
    kiosk = await spa.kiosk(person="Renata Silva")
    await kiosk.open(f"/products/{product_id}")
    page = await kiosk.send("/adjustments", pieces="-x", reason="Damaged")
    assert page.problem == "pieces-unreadable"
    await kiosk.send("/adjustments", pieces="-2", reason="Damaged")
    assert "By hand, Damaged" in kiosk.page.words
    answer = await kiosk.browser.get("/stock/movements.csv?from=2026-11-01&to=2026-11-30")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[-1] | {"when": ""} == {
        "when": "",
        "barcode": OIL,
        "product": "Lavender body oil, 100 ml",
        "what": "By hand",
        "pieces": "-2",
        "cost": "",
        "ticket": "",
        "note": "Damaged",
        "who": "Renata Silva",
    }
    assert (await kiosk.browser.get("/stock/movements.csv?from=2026-11-30&to=2026-11-01")).status_code == 422


async def test_a_barcode_that_nobody_knows_says_what_to_do(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    page = await kiosk.open("/board")
    page = await kiosk.send("/scan", code="4006381333931")
    assert "No product has the barcode 4006381333931" in page.words


async def test_the_desk_sees_and_receives_but_does_not_change(spa: Spa) -> None:
    kiosk = await spa.kiosk()
    page = await kiosk.open("/products")
    assert "New product" not in page.words
    page = await kiosk.open(f"/products/{await oil(spa)}")
    assert "Adjust" not in page.words
    assert (await kiosk.browser.get("/stock/count")).status_code == 403
