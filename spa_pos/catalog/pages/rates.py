"""Tax rates, for managers: what is in force, what comes, from which day."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.catalog.actions import set_rate, take_rate_back
from spa_pos.catalog.pages.views import ExampleRow, RateRow, RatesPage, TaxClassRow
from spa_pos.catalog.queries import Rate, jurisdictions, rates, taxed_classes
from spa_pos.catalog.rules import TaxedLine, tax_ticket
from spa_pos.kernel.errors import Invalid, Refusal
from spa_pos.kernel.money import Cents, format_rate
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import day_from, read
from spa_pos.web.i18n import day_full
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

EXAMPLE = Cents(12_000)


class RateForm(msgspec.Struct, forbid_unknown_fields=True):
    """A rate from a day on; of a body that is known, or of a new one with its name."""

    id: UUID
    jurisdiction: str = ""
    name: str = ""
    rate: str = ""
    since: str = ""


def rate_ppm(text: str) -> int:
    """`6.875` per cent as parts per million.

    Raises:
        Invalid: `rate-unreadable`.
    """
    found = re.fullmatch(r"\s*([0-9]{1,2})(?:\.([0-9]{1,4}))?\s*%?\s*", text, re.ASCII)
    if found is None:
        raise Invalid("rate-unreadable", "Type a rate such as 6.875.", field="rate")
    return int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))


async def _screen(desk: Desk, typed_rate: str = "", problem: Refusal | None = None) -> Response[Any]:
    today = local_date(desk.now, desk.place.zone)
    found = await rates(desk.place.id)
    last_day = max([today, *(one.valid_from for one in found)])
    bodies = await jurisdictions(desk.place.id, last_day)
    example = tax_ticket([TaxedLine(EXAMPLE, taxable=True)], bodies)
    now = await jurisdictions(desk.place.id, today)
    page = RatesPage(
        combined=format_rate(sum(one.rate_ppm for one in now)),
        rows=tuple(_row(one, found, today) for one in found),
        classes=tuple(
            TaxClassRow(name, "Taxed" if taxable else "Not taxed") for name, taxable in await taxed_classes()
        ),
        bodies=tuple((one.code, one.name) for one in bodies),
        example_cents=EXAMPLE,
        example_day=last_day,
        example_tax_cents=example.tax_cents,
        example=tuple(ExampleRow(part.jurisdiction.name, part.tax_cents) for part in example.parts),
        tomorrow=today + timedelta(days=1),
        typed_rate=typed_rate,
        problem=problem_of(problem) if problem else None,
    )
    text = render("catalog/rates.html", page, await desk.shell(Nav.SALES_DAY))
    return html(text, status=problem.status if problem else 200)


def _row(one: Rate, found: list[Rate], today: date) -> RateRow:
    ends = min(
        (
            each.valid_from
            for each in found
            if each.jurisdiction == one.jurisdiction and each.valid_from > one.valid_from
        ),
        default=None,
    )
    if one.valid_from > today:
        state = f"From {day_full(one.valid_from)}"
    elif ends is None or ends > today:
        state = "In force" if ends is None else f"In force until {day_full(ends - timedelta(days=1))}"
    else:
        state = f"Until {day_full(ends - timedelta(days=1))}"
    return RateRow(one.id, one.name, format_rate(one.rate_ppm), one.valid_from, state, one.valid_from > today)


@get("/rates", opt=only(*MANAGERS))
async def show_rates(request: AnyRequest) -> Response[Any]:
    """The rates, and what a massage is taxed."""
    return await _screen(await desk_of(request))


@post("/rates", opt=only(*MANAGERS), status_code=200)
async def add_rate(request: AnyRequest) -> Response[Any]:
    """Say a rate from a day on."""
    desk, fields = await posted(request)
    form = read(fields, RateForm)
    try:
        await desk.ask(
            set_rate,
            rate_id=form.id,
            jurisdiction=form.jurisdiction,
            name=form.name,
            rate_ppm=rate_ppm(form.rate),
            valid_from=day_from(form.since, date.min),
        )
    except Refusal as problem:
        return await _screen(desk, form.rate, problem)
    return desk.see("/rates", Toast("The rate is set."))


@post("/rates/{rate_id:uuid}/removal", opt=only(*MANAGERS), status_code=200)
async def remove_rate(request: AnyRequest, rate_id: FromPath[UUID]) -> Response[Any]:
    """Take a rate back that has not begun."""
    desk, _ = await posted(request)
    try:
        await desk.ask(take_rate_back, rate_id=rate_id)
    except Refusal as problem:
        return await _screen(desk, problem=problem)
    return desk.see("/rates", Toast("The rate is taken back."))


router = Router("/", route_handlers=[show_rates, add_rate, remove_rate])
