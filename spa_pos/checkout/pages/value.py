"""Tenders beside cash and the reader: gift cards, what the guest owns, payroll, slips."""

from typing import Any
from uuid import UUID

from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.checkout.actions import Taken, take_package_visit, take_payroll, take_slip, take_value
from spa_pos.checkout.pages.desk import VersionForm, tried
from spa_pos.checkout.pages.prices import amount_of
from spa_pos.checkout.pages.views import PayWith
from spa_pos.people.pages.session import FRONT, only, posted
from spa_pos.stored_value.pages.desk import card_of
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import read


class GiftCardForm(VersionForm, forbid_unknown_fields=True):
    """A gift card by its code; without an amount it pays all it can."""

    id: UUID
    code: str = ""
    amount: str = ""


class HoldingForm(VersionForm, forbid_unknown_fields=True):
    """A credit, deposit or card of the guest."""

    id: UUID
    holding: UUID
    amount: str = ""


class PackageForm(VersionForm, forbid_unknown_fields=True):
    """A package, and the visit it pays."""

    id: UUID
    package: UUID
    line: UUID


class PayrollForm(VersionForm, forbid_unknown_fields=True):
    """A deduction from pay."""

    id: UUID
    amount: str = ""


class SlipForm(PayrollForm, forbid_unknown_fields=True):
    """A slip of another terminal."""

    slip: str = ""


@post("/tickets/{ticket_id:uuid}/gift-cards", opt=only(*FRONT), status_code=200)
async def by_gift_card(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Pay with a gift card whose code was typed or scanned into the field."""
    desk, fields = await posted(request)

    async def act() -> Taken:
        form = read(fields, GiftCardForm)
        amount = amount_of(form.amount)
        return await desk.ask(
            take_value,
            ticket_id=ticket_id,
            tender_id=form.id,
            holding_id=await card_of(desk, form.code),
            amount_cents=amount,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), pay_with=PayWith.GIFT_CARD)


@post("/tickets/{ticket_id:uuid}/value", opt=only(*FRONT), status_code=200)
async def by_value(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Pay with a credit, a deposit or a card that is the guest's."""
    desk, fields = await posted(request)

    async def act() -> Taken:
        form = read(fields, HoldingForm)
        return await desk.ask(
            take_value,
            ticket_id=ticket_id,
            tender_id=form.id,
            holding_id=form.holding,
            amount_cents=amount_of(form.amount),
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), pay_with=PayWith.OWNED)


@post("/tickets/{ticket_id:uuid}/packages", opt=only(*FRONT), status_code=200)
async def by_package(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Pay one visit with a package."""
    desk, fields = await posted(request)

    async def act() -> Taken:
        form = read(fields, PackageForm)
        return await desk.ask(
            take_package_visit,
            ticket_id=ticket_id,
            tender_id=form.id,
            package_id=form.package,
            line_id=form.line,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), pay_with=PayWith.OWNED)


@post("/tickets/{ticket_id:uuid}/payroll", opt=only(*FRONT), status_code=200)
async def by_payroll(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Have it taken from pay."""
    desk, fields = await posted(request)

    async def act() -> Taken:
        form = read(fields, PayrollForm)
        return await desk.ask(
            take_payroll,
            ticket_id=ticket_id,
            tender_id=form.id,
            amount_cents=amount_of(form.amount),
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), pay_with=PayWith.PAYROLL)


@post("/tickets/{ticket_id:uuid}/slips", opt=only(*FRONT), status_code=200)
async def by_slip(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Write down the slip of another terminal."""
    desk, fields = await posted(request)

    async def act() -> Taken:
        form = read(fields, SlipForm)
        return await desk.ask(
            take_slip,
            ticket_id=ticket_id,
            tender_id=form.id,
            slip=form.slip,
            amount_cents=amount_of(form.amount),
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), pay_with=PayWith.SLIP)


router = Router("/", route_handlers=[by_gift_card, by_value, by_package, by_payroll, by_slip])
