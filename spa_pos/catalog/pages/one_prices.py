"""One price for several things of a visit, for managers: what there is, what it does to tax, a new one."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.catalog.actions import end_one_price, make_one_price
from spa_pos.catalog.pages.views import OnePriceRow, OnePricesPage, PartField
from spa_pos.catalog.queries import OnePriceView, jurisdictions, one_prices, sold_alone
from spa_pos.catalog.rules import Jurisdiction, TaxedLine, tax_ticket
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.money import format_usd, parse_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render


class OnePriceForm(msgspec.Struct, forbid_unknown_fields=True):
    """A new one price; `sure` once it was said that all of it is taxed."""

    id: UUID
    name: str = ""
    price: str = ""
    part_1: str = ""
    part_2: str = ""
    part_3: str = ""
    part_4: str = ""
    part_5: str = ""
    part_6: str = ""
    sure: str = ""

    @property
    def parts(self) -> list[str]:
        """What was chosen, line by line, with empty ones."""
        return [self.part_1, self.part_2, self.part_3, self.part_4, self.part_5, self.part_6]


def _things(form: OnePriceForm) -> list[UUID]:
    try:
        return [UUID(part) for part in form.parts if part]
    except ValueError:
        raise Invalid("one-price-thing-unknown", "Choose from the lists.", field="part_1") from None


async def _screen(
    desk: Desk, form: OnePriceForm | None = None, problem: Refusal | None = None
) -> Response[Any]:
    today = local_date(desk.now, desk.place.zone)
    bodies = await jurisdictions(desk.place.id, today)
    chosen = form.parts if form else [""] * 6
    page = OnePricesPage(
        rows=tuple(_row(one, bodies) for one in await one_prices(desk.place.id, today)),
        things=tuple(
            (
                str(one.thing_id),
                f"{one.name} · {format_usd(one.alone_cents)}{'' if one.taxable else ', not taxed'}",
            )
            for one in (await sold_alone(today)).values()
        ),
        fields=tuple(PartField(number, part) for number, part in enumerate(chosen, start=1)),
        name=form.name if form else "",
        price=form.price if form else "",
        ask_sure=problem is not None and problem.code == "one-price-all-taxed",
        problem=problem_of(problem) if problem else None,
    )
    text = render("catalog/one_prices.html", page, await desk.shell(Nav.GIFT_CARDS))
    return html(text, status=problem.status if problem else 200)


def _row(one: OnePriceView, bodies: list[Jurisdiction]) -> OnePriceRow:
    divided = one.split
    apart = [TaxedLine(part.alone_cents, part.taxable) for part in one.parts]
    tax = tax_ticket([TaxedLine(one.price_cents, divided.taxed_whole)], bodies).tax_cents
    return OnePriceRow(
        id=one.id,
        name=one.name,
        price_cents=one.price_cents,
        alone_cents=sum(part.alone_cents for part in one.parts),
        parts=tuple(f"{part.name} ({format_usd(part.alone_cents)})" for part in one.parts),
        tax_words=(
            f"{divided.percent_taxable} % of it is taxable, so "
            + ("the whole price is taxed" if divided.taxed_whole else "none of it is taxed")
            + f": tax {format_usd(tax)}, one by one {format_usd(tax_ticket(apart, bodies).tax_cents)}"
        ),
        all_taxed=divided.taxed_whole,
        active=one.active,
    )


@get("/one-prices", opt=only(*MANAGERS))
async def show_one_prices(request: AnyRequest) -> Response[Any]:
    """What is sold for one price."""
    return await _screen(await desk_of(request))


@post("/one-prices", opt=only(*MANAGERS), status_code=200)
async def new_one_price(request: AnyRequest) -> Response[Any]:
    """Something new for one price."""
    desk, fields = await posted(request)
    form = read(fields, OnePriceForm)
    try:
        await desk.ask(
            make_one_price,
            one_price_id=form.id,
            name=form.name,
            price_cents=parse_usd(form.price),
            things=_things(form),
            sure=form.sure == "yes",
        )
    except Refusal as problem:
        return await _screen(desk, form, problem)
    return desk.see("/one-prices", Toast("The desk can sell it now, under Discount on the ticket."))


@post("/one-prices/{one_price_id:uuid}/end", opt=only(*MANAGERS), status_code=200)
async def stop_one_price(request: AnyRequest, one_price_id: FromPath[UUID]) -> Response[Any]:
    """It is sold no more."""
    desk, _ = await posted(request)
    await desk.ask(end_one_price, one_price_id=one_price_id)
    return desk.see("/one-prices", Toast("It is not sold any more."))


router = Router("/", route_handlers=[show_one_prices, new_one_price, stop_one_price])
