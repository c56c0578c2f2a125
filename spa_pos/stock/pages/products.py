"""Products and their stock: the list, one product, files."""

import csv
import io
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from spa_pos.catalog.actions import ProductTerms, change_product, make_product
from spa_pos.catalog.queries import category_names, tax_classes
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.money import format_usd, parse_usd
from spa_pos.kernel.time import day_bounds, local_date
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, desk_of, only, posted
from spa_pos.stock.actions import adjust, set_terms
from spa_pos.stock.pages.views import MovementRow, ProductForm, ProductPage, ProductRow, ProductsPage
from spa_pos.stock.queries import (
    Movement,
    Stocked,
    movements_between,
    movements_of,
    stocked,
    stocked_product,
)
from spa_pos.stock.rules import ADJUSTED, MOST_PIECES, clean_barcode, value_of
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from, read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

SHOWS = (("", "On sale"), ("low", "Order again"), ("gone", "Not sold any more"))
MOST_ROWS = 100_000
WORDS = {
    "received": "Received",
    "sold": "Sold",
    "returned": "Came back",
    "adjusted": "By hand",
    "counted": "Counted",
}


class FieldsForm(msgspec.Struct, forbid_unknown_fields=True):
    """The fields of a product."""

    code: str = ""
    name: str = ""
    category: str = ""
    tax_class: str = ""
    price: str = ""
    reorder_at: str = "0"
    supplier: str = ""
    active: str = ""


class NewForm(FieldsForm, forbid_unknown_fields=True, kw_only=True):
    """A new product."""

    id: UUID


class AdjustForm(msgspec.Struct, forbid_unknown_fields=True):
    """Pieces by hand."""

    id: UUID
    pieces: str = ""
    reason: str = ""


def whole(text: str, code: str, sentence: str, field: str) -> int:
    """A whole number from a form, perhaps below zero.

    Raises:
        Invalid: the code and sentence given.
    """
    cleaned = text.strip().replace("−", "-")
    if not cleaned.lstrip("+-").isascii() or not cleaned.lstrip("+-").isdigit() or len(cleaned) > 6:
        raise Invalid(code, sentence, field=field)
    return int(cleaned)


def terms_of(form: FieldsForm) -> ProductTerms:
    """What a form says of a product.

    Raises:
        Invalid: `barcode-unreadable`, `barcode-wrong-digit`, `amount-unreadable`.
    """
    return ProductTerms(
        clean_barcode(form.code),
        " ".join(form.name.split()),
        form.category,
        form.tax_class,
        parse_usd(form.price),
    )


def reorder_of(text: str) -> int:
    """From how few pieces on a product is ordered again.

    Raises:
        Invalid: `reorder-unreadable`.
    """
    code, sentence = "reorder-unreadable", "Type from how few pieces on to order again, 0 to 9999."
    pieces = whole(text or "0", code, sentence, "reorder_at")
    if not 0 <= pieces <= MOST_PIECES:
        raise Invalid(code, sentence, field="reorder_at")
    return pieces


@get("/products", opt=only(*FRONT))
async def show_products(
    request: AnyRequest, q: FromQuery[str] = "", show: FromQuery[str] = ""
) -> Response[Any]:
    """The products, those to order first; looked up by name or barcode."""
    return await products_screen(await desk_of(request), q, show)


async def products_screen(
    desk: Desk, q: str = "", show: str = "", problem: Refusal | None = None
) -> Response[Any]:
    """The list, with the refusal of what was tried."""
    show = show if show in dict(SHOWS) else ""
    names, today = await category_names(), local_date(desk.now, desk.place.zone)
    wanted = q.strip().lower()[:80]
    found = [
        one
        for one in await stocked(desk.place.id)
        if (one.active if show != "gone" else not one.active)
        and (show != "low" or one.is_low)
        and (wanted in one.name.lower() or wanted in one.code.lower())
    ]
    found.sort(key=lambda one: (not one.is_low, one.name))
    page = ProductsPage(
        q=q.strip()[:80],
        show=show,
        shows=tuple((code, words, f"/products?show={code}") for code, words in SHOWS),
        rows=tuple(_row(one, names.get(one.category, one.category)) for one in found),
        pieces=sum(one.on_hand for one in found),
        retail_cents=sum(value_of(one.on_hand, one.price_cents) for one in found),
        cost_cents=sum(value_of(one.on_hand, one.cost_cents) for one in found),
        may_change=desk.actor.role in MANAGERS,
        first=today.replace(day=1),
        today=today,
        problem=problem_of(problem) if problem else None,
    )
    text = render("stock/products.html", page, await desk.shell(Nav.TICKETS))
    return html(text, status=problem.status if problem else 200)


def _row(one: Stocked, category_name: str) -> ProductRow:
    if not one.active:
        state, look = "Not sold any more", "gone"
    elif one.on_hand < 0:
        state, look = "Count it: more was sold than came", "low"
    elif one.is_low:
        state, look = "Order again", "low"
    else:
        state, look = "", ""
    return ProductRow(
        f"/products/{one.id}", one.name, one.code, category_name, one.price_cents, one.on_hand, state, look
    )


@get("/products.csv", opt=only(*FRONT))
async def products_as_csv(request: AnyRequest) -> Response[Any]:
    """Every product with its stock and what it is worth."""
    desk = await desk_of(request)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(
        (
            "code",
            "name",
            "category",
            "tax_class",
            "price",
            "reorder_at",
            "supplier",
            "on_hand",
            "cost",
            "sold",
        )
    )
    for one in await stocked(desk.place.id):
        table.writerow(
            (
                _safe(one.code),
                _safe(one.name),
                one.category,
                one.tax_class,
                _dollars(one.price_cents),
                one.reorder_at,
                _safe(one.supplier),
                one.on_hand,
                _dollars(one.cost_cents),
                "yes" if one.active else "no",
            )
        )
    return _file(text.getvalue(), "products.csv")


@get("/stock/movements.csv", opt=only(*MANAGERS))
async def movements_as_csv(
    request: AnyRequest,
    since: Annotated[str | None, QueryParameter(name="from")] = None,
    until: Annotated[str | None, QueryParameter(name="to")] = None,
) -> Response[Any]:
    """Everything that moved in a period, this day's without one."""
    desk = await desk_of(request)
    today = local_date(desk.now, desk.place.zone)
    first, last = day_from(since, today), day_from(until, today)
    if not timedelta(0) <= last - first <= timedelta(days=366):
        raise Invalid("period-too-long", "Choose at most a year, earlier day first.", field="to")
    rows = await movements_between(
        desk.place.id,
        day_bounds(first, desk.place.zone)[0],
        day_bounds(last, desk.place.zone)[1],
        most=MOST_ROWS + 1,
    )
    if len(rows) > MOST_ROWS:
        raise Invalid("period-too-long", "Too much for one file. Choose a shorter period.", field="to")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(("when", "barcode", "product", "what", "pieces", "cost", "ticket", "note", "who"))
    for one in rows:
        table.writerow(
            (
                one.made_at.astimezone(desk.place.zone).isoformat(timespec="minutes"),
                _safe(one.product_code),
                _safe(one.product_name),
                WORDS[one.kind],
                one.pieces,
                _dollars(one.cost_cents),
                one.ticket_number or "",
                _safe(one.note),
                _safe(one.who or ""),
            )
        )
    return _file(text.getvalue(), f"stock-{first}-{last}.csv")


def _file(text: str, name: str) -> Response[Any]:
    answer = Response(text.encode("utf-8-sig"), media_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _dollars(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"


@get("/products/new", opt=only(*MANAGERS))
async def new_product(request: AnyRequest, code: FromQuery[str] = "") -> Response[Any]:
    """An empty form; `code` is a barcode that nobody knew."""
    return await _screen(await desk_of(request), None, ProductForm(code=code[:40], category="retail"))


@get("/products/{product_id:uuid}", opt=only(*FRONT))
async def show_product(request: AnyRequest, product_id: FromPath[UUID]) -> Response[Any]:
    """One product: what it is, what moved it."""
    return await _screen(await desk_of(request), product_id)


async def _screen(
    desk: Desk, product_id: UUID | None, form: ProductForm | None = None, problem: Refusal | None = None
) -> Response[Any]:
    found = await stocked_product(product_id, desk.place.id) if product_id else None
    page = ProductPage(
        product_id,
        form or _form_of(found),
        tuple((await category_names()).items()),
        tuple((await tax_classes()).items()),
        found.on_hand if found else 0,
        f"One cost {format_usd(found.cost_cents)} last." if found and found.cost_cents else "",
        ADJUSTED,
        tuple(_movement(desk, one) for one in await movements_of(product_id, desk.place.id))
        if product_id
        else (),
        desk.actor.role in MANAGERS,
        problem_of(problem) if problem else None,
    )
    text = render("stock/product.html", page, await desk.shell(Nav.TICKETS))
    return html(text, status=problem.status if problem else 200)


def _form_of(found: Stocked | None) -> ProductForm:
    if found is None:
        return ProductForm()
    return ProductForm(
        found.code,
        found.name,
        found.category,
        found.tax_class,
        _dollars(found.price_cents),
        str(found.reorder_at),
        found.supplier,
        found.active,
    )


def _movement(desk: Desk, one: Movement) -> MovementRow:
    about = f"ticket {one.ticket_number}" if one.ticket_number else one.note
    cost = f"{format_usd(one.cost_cents)} each" if one.cost_cents is not None else ""
    words = ", ".join(word for word in (WORDS[one.kind], about, cost) if word)
    href = f"/tickets/{one.ticket_id}/receipt" if one.ticket_id else None
    return MovementRow(
        one.made_at.astimezone(desk.place.zone), words, f"{one.pieces:+d}", one.who or "the system", href
    )


def _typed(form: FieldsForm) -> ProductForm:
    return ProductForm(
        form.code,
        form.name,
        form.category,
        form.tax_class,
        form.price,
        form.reorder_at,
        form.supplier,
        form.active == "yes",
    )


@post("/products", opt=only(*MANAGERS), status_code=200)
async def make(request: AnyRequest) -> Response[Any]:
    """Put a product on the shelf."""
    desk, fields = await posted(request)
    form = read(fields, NewForm)
    try:
        reorder_at = reorder_of(form.reorder_at)
        await desk.ask(make_product, product_id=form.id, terms=terms_of(form))
        await set_terms(
            desk.actor,
            product_id=form.id,
            reorder_at=reorder_at,
            supplier=form.supplier,
            now=desk.now,
        )
    except Refusal as problem:
        return await _screen(desk, None, _typed(form), problem)
    return desk.see(f"/products/{form.id}", Toast("The product is on the shelf."))


@post("/products/{product_id:uuid}", opt=only(*MANAGERS), status_code=200)
async def change(request: AnyRequest, product_id: FromPath[UUID]) -> Response[Any]:
    """Change a product; its price is another from now on."""
    desk, fields = await posted(request)
    form = read(fields, FieldsForm)
    try:
        reorder_at = reorder_of(form.reorder_at)
        await desk.ask(
            change_product, product_id=product_id, terms=terms_of(form), active=form.active == "yes"
        )
        await set_terms(
            desk.actor, product_id=product_id, reorder_at=reorder_at, supplier=form.supplier, now=desk.now
        )
    except Refusal as problem:
        return await _screen(desk, product_id, _typed(form), problem)
    return desk.see(f"/products/{product_id}", Toast("Saved."))


@post("/products/{product_id:uuid}/adjustments", opt=only(*MANAGERS), status_code=200)
async def by_hand(request: AnyRequest, product_id: FromPath[UUID]) -> Response[Any]:
    """Pieces that came or went by hand."""
    desk, fields = await posted(request)
    form = read(fields, AdjustForm)
    try:
        pieces = whole(form.pieces, "pieces-unreadable", "Type how many pieces, such as -1 or 3.", "pieces")
        await desk.ask(adjust, movement_id=form.id, product_id=product_id, pieces=pieces, reason=form.reason)
    except Refusal as problem:
        return await _screen(desk, product_id, problem=problem)
    return desk.see(f"/products/{product_id}", Toast("The stock is adjusted."))


router = Router(
    "/",
    route_handlers=[
        show_products,
        products_as_csv,
        movements_as_csv,
        new_product,
        show_product,
        make,
        change,
        by_hand,
    ],
)
