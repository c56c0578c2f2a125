"""What is taken off on the pay screen: discounts, another price, promo codes; and how many of a product."""

import re
from typing import Any
from uuid import UUID

from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.checkout.actions import discount, remove_discounts, set_price, set_quantity, use_promo
from spa_pos.checkout.actions.exemptions import exempt_as_treatment, exempt_by_referral, tax_again
from spa_pos.checkout.actions.one_price import sell_for_one_price
from spa_pos.checkout.pages.desk import VersionForm, tried
from spa_pos.checkout.pages.views import Step
from spa_pos.kernel.errors import Invalid
from spa_pos.kernel.money import Cents, parse_usd
from spa_pos.people.pages.approval import ask_approved, without_approval
from spa_pos.people.pages.session import FRONT, only, posted
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import read

DISCOUNT, PRICE = "discount", "price"
"""What a second person approves, as the actions name it."""


class DiscountForm(VersionForm, forbid_unknown_fields=True):
    """So many per cent or so much, off a line or off the ticket."""

    line: UUID | None = None
    percent: str = ""
    amount: str = ""
    reason: str = ""


class PriceForm(VersionForm, forbid_unknown_fields=True):
    """Another price for a line."""

    line: UUID
    price: str = ""
    reason: str = ""


class PromoForm(VersionForm, forbid_unknown_fields=True):
    """A promo code."""

    code: str = ""


class OnePriceForm(VersionForm, forbid_unknown_fields=True):
    """Which one price; `id` is the sale's."""

    id: UUID
    one_price: UUID


class QuantityForm(VersionForm, forbid_unknown_fields=True):
    """How many."""

    quantity: int


class TaxForm(VersionForm, forbid_unknown_fields=True):
    """Which line."""

    line: UUID


class ExemptionForm(TaxForm, forbid_unknown_fields=True):
    """What makes it exempt; without a referral, facility treatment."""

    referral: UUID | None = None


def percent_ppm(text: str) -> int | None:
    """`12.5` as parts per million; nothing typed is None.

    Raises:
        Invalid: `discount-unreadable`.
    """
    if not text.strip():
        return None
    found = re.fullmatch(r"\s*([0-9]{1,3})(?:\.([0-9]{1,2}))?\s*%?\s*", text, re.ASCII)
    if found is None:
        raise Invalid("discount-unreadable", "Type a percentage such as 10 or 12.5.", field="percent")
    return int(found[1]) * 10_000 + int((found[2] or "0").ljust(2, "0")) * 100


def amount_of(text: str) -> Cents | None:
    """An amount that may be left out."""
    return parse_usd(text) if text.strip() else None


@post("/tickets/{ticket_id:uuid}/discounts", opt=only(*FRONT), status_code=200)
async def take_off(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Take something off a line or the whole ticket."""
    desk, fields = await posted(request)

    async def act() -> Cents:
        form = read(without_approval(fields), DiscountForm)
        return await ask_approved(
            desk,
            fields,
            discount,
            approves=DISCOUNT,
            subject=ticket_id,
            ticket_id=ticket_id,
            line_id=form.line,
            rate_ppm=percent_ppm(form.percent),
            amount_cents=amount_of(form.amount),
            reason=form.reason,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), toast="The discount is on.", **_line(fields))


@post("/tickets/{ticket_id:uuid}/prices", opt=only(*FRONT), status_code=200)
async def another_price(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Sell a line for less."""
    desk, fields = await posted(request)

    async def act() -> Cents:
        form = read(without_approval(fields), PriceForm)
        return await ask_approved(
            desk,
            fields,
            set_price,
            approves=PRICE,
            subject=ticket_id,
            ticket_id=ticket_id,
            line_id=form.line,
            price_cents=parse_usd(form.price),
            reason=form.reason,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), toast="The price is changed.", **_line(fields))


@post("/tickets/{ticket_id:uuid}/promo", opt=only(*FRONT), status_code=200)
async def promo(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Use a promo code."""
    desk, fields = await posted(request)

    async def act() -> Cents:
        form = read(fields, PromoForm)
        return await desk.ask(use_promo, ticket_id=ticket_id, code=form.code, version=form.version)

    return await tried(desk, ticket_id, fields, act(), toast="The promo code is used.", step=Step.REDUCE)


@post("/tickets/{ticket_id:uuid}/discounts/{discount_id:uuid}/removal", opt=only(*FRONT), status_code=200)
async def put_back(
    request: AnyRequest, ticket_id: FromPath[UUID], discount_id: FromPath[UUID]
) -> Response[Any]:
    """Remove a discount."""
    desk, fields = await posted(request)

    async def act() -> None:
        form = read(fields, VersionForm)
        await desk.ask(remove_discounts, ticket_id=ticket_id, discount_id=discount_id, version=form.version)

    return await tried(desk, ticket_id, fields, act(), toast="The discount is off the ticket.")


@post("/tickets/{ticket_id:uuid}/lines/{line_id:uuid}/quantity", opt=only(*FRONT), status_code=200)
async def how_many(request: AnyRequest, ticket_id: FromPath[UUID], line_id: FromPath[UUID]) -> Response[Any]:
    """Sell more or fewer of a product."""
    desk, fields = await posted(request)

    async def act() -> None:
        form = read(fields, QuantityForm)
        await desk.ask(
            set_quantity, ticket_id=ticket_id, line_id=line_id, quantity=form.quantity, version=form.version
        )

    return await tried(desk, ticket_id, fields, act(), step=Step.REDUCE, line_id=line_id)


@post("/tickets/{ticket_id:uuid}/one-prices", opt=only(*FRONT), status_code=200)
async def together(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Sell lines for one price."""
    desk, fields = await posted(request)

    async def act() -> Cents:
        form = read(fields, OnePriceForm)
        return await desk.ask(
            sell_for_one_price,
            ticket_id=ticket_id,
            sale_id=form.id,
            one_price_id=form.one_price,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), toast="The one price is on.", step=Step.REDUCE)


@post("/tickets/{ticket_id:uuid}/exemptions", opt=only(*FRONT), status_code=200)
async def exempt(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Take the tax off a massage: on a referral, or as facility treatment."""
    desk, fields = await posted(request)

    async def act() -> None:
        form = read(fields, ExemptionForm)
        one = {"ticket_id": ticket_id, "line_id": form.line, "version": form.version}
        if form.referral is None:
            await desk.ask(exempt_as_treatment, **one)
        else:
            await desk.ask(exempt_by_referral, referral_id=form.referral, **one)

    return await tried(desk, ticket_id, fields, act(), toast="No tax on that massage.", **_line(fields))


@post("/tickets/{ticket_id:uuid}/exemptions/removal", opt=only(*FRONT), status_code=200)
async def tax_it(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Put the tax back on a massage."""
    desk, fields = await posted(request)

    async def act() -> None:
        form = read(fields, TaxForm)
        await desk.ask(tax_again, ticket_id=ticket_id, line_id=form.line, version=form.version)

    return await tried(desk, ticket_id, fields, act(), toast="The tax is on again.", **_line(fields))


def _line(fields: dict[str, str]) -> dict[str, Any]:
    """Where the form stood: on the panel of its line, or of the ticket."""
    try:
        return {"step": Step.REDUCE, "line_id": UUID(fields["line"])}
    except (KeyError, ValueError):
        return {"step": Step.REDUCE}


router = Router(
    "/", route_handlers=[take_off, another_price, promo, together, put_back, how_many, exempt, tax_it]
)
