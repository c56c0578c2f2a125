"""Deliveries and counts: scan one after another, look at what that comes to, save."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post

from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, desk_of, only, posted
from spa_pos.stock.actions import count, receive
from spa_pos.stock.pages.views import ListedRow, ListPage
from spa_pos.stock.queries import Stocked, known_barcodes, stocked
from spa_pos.stock.rules import Pieces, differences, pieces_of
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

RECEIVE, COUNT = "/stock/receive", "/stock/count"


class ListForm(msgspec.Struct, forbid_unknown_fields=True):
    """What was scanned; `save` once it was looked at, with what should have been there then."""

    lines: str = ""
    note: str = ""
    save: str = ""
    expected: str = ""
    id: UUID | None = None


async def _screen(
    desk: Desk,
    path: str,
    form: ListForm | None = None,
    pieces: Sequence[Pieces] = (),
    problem: Refusal | None = None,
) -> Response[Any]:
    known = {one.id: one for one in await stocked(desk.place.id)}
    rows = tuple(_row(one, known[one.product_id], path == COUNT) for one in pieces)
    page = ListPage(
        path,
        path == COUNT,
        form.lines if form else "",
        form.note if form else "",
        rows,
        " ".join(str(known[one.product_id].on_hand) for one in pieces),
        problem_of(problem) if problem else None,
    )
    text = render("stock/list.html", page, await desk.shell(Nav.TICKETS))
    return html(text, status=problem.status if problem else 200)


def _row(one: Pieces, product: Stocked, is_count: bool) -> ListedRow:
    if not is_count:
        worth = None if one.cost_cents is None else one.cost_cents * one.quantity
        return ListedRow(product.name, product.code, one.quantity, worth_cents=worth)
    (found,) = differences([one], {product.id: product.on_hand})
    words = "As it should be" if not found.pieces else f"{found.pieces:+d}"
    return ListedRow(
        product.name,
        product.code,
        one.quantity,
        found.expected,
        words,
        found.pieces * product.price_cents if found.pieces else None,
    )


@get(RECEIVE, opt=only(*FRONT))
async def show_receive(request: AnyRequest) -> Response[Any]:
    """Where a delivery is scanned."""
    return await _screen(await desk_of(request), RECEIVE)


@get(COUNT, opt=only(*MANAGERS))
async def show_count(request: AnyRequest) -> Response[Any]:
    """Where the shelf is counted, without seeing what should be there."""
    return await _screen(await desk_of(request), COUNT)


@post(RECEIVE, opt=only(*FRONT), status_code=200)
async def take_in(request: AnyRequest) -> Response[Any]:
    """Look at a delivery, then take it in."""
    desk, fields = await posted(request)
    form = read(fields, ListForm)
    pieces: Sequence[Pieces] = ()
    try:
        pieces = pieces_of(form.lines, await known_barcodes())
        if not form.save or form.id is None:
            return await _screen(desk, RECEIVE, form, pieces)
        total = await desk.ask(receive, list_id=form.id, pieces=pieces, note=form.note)
    except Refusal as problem:
        return await _screen(desk, RECEIVE, form, pieces, problem)
    return desk.see("/products", Toast(f"{total} pieces were taken in."))


@post(COUNT, opt=only(*MANAGERS), status_code=200)
async def write_count(request: AnyRequest) -> Response[Any]:
    """Look at what a count found, then write it down."""
    desk, fields = await posted(request)
    form = read(fields, ListForm)
    pieces: Sequence[Pieces] = ()
    try:
        pieces = pieces_of(form.lines, await known_barcodes())
        if not form.save or form.id is None:
            return await _screen(desk, COUNT, form, pieces)
        try:
            expected = [int(one) for one in form.expected.split()]
        except ValueError:
            raise Invalid("form-unreadable", "This form is incomplete. Open the page again.") from None
        await desk.ask(count, list_id=form.id, pieces=pieces, expected=expected, note=form.note)
    except Refusal as problem:
        return await _screen(desk, COUNT, form, pieces, problem)
    return desk.see("/products", Toast("The count is written down."))


router = Router("/", route_handlers=[show_receive, show_count, take_in, write_count])
