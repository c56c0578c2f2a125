"""What goes on a ticket beside a visit: minutes, cards, packages, other visits, fees, whatever is scanned."""

import re
import uuid
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, post
from litestar.params import FromPath

from spa_pos.catalog.queries import product_of_code
from spa_pos.checkout.actions import (
    Taken,
    add_deposit,
    add_fee,
    add_gift_card,
    add_minutes,
    add_package,
    add_visit,
    park_ticket,
    resume_ticket,
    scan_product,
    take_value,
    waive_fee,
)
from spa_pos.checkout.pages.desk import VersionForm, pay_screen, sale_of, tried
from spa_pos.checkout.pages.views import Step
from spa_pos.kernel.errors import NotFound, Refusal
from spa_pos.kernel.money import parse_usd
from spa_pos.people.pages.approval import ask_approved, without_approval
from spa_pos.people.pages.session import FRONT, Desk, only, posted
from spa_pos.stored_value.pages.desk import card_of
from spa_pos.stored_value.queries import holding
from spa_pos.stored_value.rules import clean_code
from spa_pos.web.answers import AnyRequest
from spa_pos.web.forms import day_from, read
from spa_pos.web.shell import Toast


class MinutesForm(VersionForm, forbid_unknown_fields=True):
    """A service by the minute."""

    id: UUID
    service: UUID
    minutes: int
    provider: UUID | None = None


class CardLineForm(VersionForm, forbid_unknown_fields=True):
    """A gift card to be sold or reloaded."""

    id: UUID
    card: UUID
    amount: str = ""
    recipient: str = ""
    message: str = ""
    email: str = ""
    giver: str = ""
    send_on: str = ""


class PackageLineForm(VersionForm, forbid_unknown_fields=True):
    """A package to be sold."""

    id: UUID
    package: UUID
    plan: UUID


class VisitForm(VersionForm, forbid_unknown_fields=True):
    """Another guest's visit."""

    appointment: UUID


class ParkForm(VersionForm, forbid_unknown_fields=True):
    """Under which name a ticket is set aside."""

    name: str = ""


class FeeForm(msgspec.Struct, forbid_unknown_fields=True):
    """A new ticket for a fee or a deposit."""

    id: UUID


class WaiverForm(msgspec.Struct, forbid_unknown_fields=True):
    """Why a guest need not pay."""

    reason: str = ""


class ScanForm(msgspec.Struct, forbid_unknown_fields=True):
    """What a scanner read, and the ticket on the screen."""

    code: str = ""
    ticket: UUID | None = None


@post("/tickets/{ticket_id:uuid}/minutes", opt=only(*FRONT), status_code=200)
async def minutes_line(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Put a service by the minute on the ticket."""
    desk, fields = await posted(request)

    async def act() -> UUID:
        form = read({name: value for name, value in fields.items() if value}, MinutesForm)
        return await desk.ask(
            add_minutes,
            ticket_id=ticket_id,
            line_id=form.id,
            service_id=form.service,
            minutes=form.minutes,
            provider_id=form.provider,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), step=Step.ADD)


@post("/tickets/{ticket_id:uuid}/card-lines", opt=only(*FRONT), status_code=200)
async def card_line(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Put a gift card on the ticket, to be sold or reloaded."""
    desk, fields = await posted(request)

    async def act() -> UUID:
        form = read(without_approval(fields), CardLineForm)
        return await ask_approved(
            desk,
            fields,
            add_gift_card,
            approves="gift card",
            subject=ticket_id,
            ticket_id=ticket_id,
            line_id=form.id,
            card_id=form.card,
            amount_cents=parse_usd(form.amount),
            recipient=form.recipient,
            message=form.message,
            email=form.email,
            giver=form.giver,
            send_on=day_from(form.send_on, desk.now.date()) if form.send_on.strip() else None,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), step=Step.ADD)


@post("/tickets/{ticket_id:uuid}/package-lines", opt=only(*FRONT), status_code=200)
async def package_line(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Put a package on the ticket."""
    desk, fields = await posted(request)

    async def act() -> UUID:
        form = read(fields, PackageLineForm)
        return await desk.ask(
            add_package,
            ticket_id=ticket_id,
            line_id=form.id,
            package_id=form.package,
            plan_id=form.plan,
            version=form.version,
        )

    return await tried(desk, ticket_id, fields, act(), step=Step.ADD)


@post("/tickets/{ticket_id:uuid}/visits", opt=only(*FRONT), status_code=200)
async def other_visit(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Pay another guest's visit on this ticket too."""
    desk, fields = await posted(request)

    async def act() -> None:
        form = read(fields, VisitForm)
        await desk.ask(add_visit, ticket_id=ticket_id, appointment_id=form.appointment, version=form.version)

    here = f"/tickets/{ticket_id}?step=others"
    return await tried(desk, ticket_id, fields, act(), to=here, toast="Paid here too.", step=Step.OTHERS)


@post("/tickets/{ticket_id:uuid}/parking", opt=only(*FRONT), status_code=200)
async def park(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Set a ticket aside."""
    desk, fields = await posted(request)

    async def act() -> None:
        form = read(fields, ParkForm)
        await desk.ask(park_ticket, ticket_id=ticket_id, name=form.name, version=form.version)

    return await tried(desk, ticket_id, fields, act(), to="/tickets", toast="The ticket is parked.")


@post("/tickets/{ticket_id:uuid}/resumption", opt=only(*FRONT), status_code=200)
async def resume(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Take a parked ticket up again."""
    desk, fields = await posted(request)
    return await tried(desk, ticket_id, fields, desk.ask(resume_ticket, ticket_id=ticket_id))


@post("/appointments/{appointment_id:uuid}/fee", opt=only(*FRONT), status_code=200)
async def fee_line(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Put the fee of a visit on a ticket."""
    desk, fields = await posted(request)
    form = read(fields, FeeForm)
    line_id = uuid.uuid5(form.id, "fee")
    ticket_id = await desk.ask(add_fee, ticket_id=form.id, line_id=line_id, appointment_id=appointment_id)
    return desk.see(f"/tickets/{ticket_id}")


@post("/appointments/{appointment_id:uuid}/deposit", opt=only(*FRONT), status_code=200)
async def deposit_line(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Put the deposit a visit was asked for on a ticket."""
    desk, fields = await posted(request)
    form = read(fields, FeeForm)
    ticket_id = await desk.ask(
        add_deposit,
        ticket_id=form.id,
        line_id=uuid.uuid5(form.id, "deposit"),
        deposit_id=uuid.uuid5(form.id, "holding"),
        appointment_id=appointment_id,
    )
    return desk.see(f"/tickets/{ticket_id}")


@post("/appointments/{appointment_id:uuid}/fee-waiver", opt=only(*FRONT), status_code=200)
async def let_off(request: AnyRequest, appointment_id: FromPath[UUID]) -> Response[Any]:
    """Let a guest off a fee."""
    desk, fields = await posted(request)
    form = read(fields, WaiverForm)
    await desk.ask(waive_fee, appointment_id=appointment_id, reason=form.reason)
    return desk.see(f"/appointments/{appointment_id}", Toast("The fee is waived."))


@post("/scan", opt=only(*FRONT), status_code=200)
async def scan(request: AnyRequest) -> Response[Any]:
    """Whatever a scanner read: a product goes on the ticket, a gift card pays, is sold, or is shown."""
    desk, fields = await posted(request)
    form = read({name: value for name, value in fields.items() if value}, ScanForm)
    found = await product_of_code(form.code.strip())
    ticket_id = form.ticket or uuid.uuid5(desk.asked_once, "ticket")
    line_id = uuid.uuid5(desk.asked_once, "line")
    if found is not None:
        act = desk.ask(scan_product, ticket_id=ticket_id, line_id=line_id, product_id=found.id)
        if form.ticket is None:
            await act
            return desk.see(f"/tickets/{ticket_id}", Toast(f"{found.name} is on a new ticket."))
        return await tried(desk, ticket_id, fields, act, toast=f"{found.name} is on the ticket.")
    try:
        if re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", form.code.strip(), re.ASCII):
            raise NotFound(
                "barcode-unknown",
                f"No product has the barcode {form.code.strip()}. A manager makes it: Tickets, Products.",
            )
        card_id = await _scanned_card(desk, form.code)
    except Refusal as problem:
        if form.ticket is None:
            raise
        return await pay_screen(desk, form.ticket, problem=problem)
    if form.ticket is None:
        return desk.see(f"/gift-cards/{card_id}")
    if (await holding(card_id)).status == "inactive":
        return desk.see(f"/tickets/{form.ticket}?step=add&card={card_id}")
    return await tried(desk, form.ticket, fields, _pay_with(desk, form.ticket, card_id))


async def _scanned_card(desk: Desk, code: str) -> UUID:
    try:
        clean_code(code)
    except Refusal:
        raise NotFound(
            "scan-unknown", "No product and no gift card has that code. Scan it again, or search for it."
        ) from None
    return await card_of(desk, code)


async def _pay_with(desk: Desk, ticket_id: UUID, card_id: UUID) -> Taken:
    sale = await sale_of(desk, ticket_id)
    return await desk.ask(
        take_value,
        ticket_id=ticket_id,
        tender_id=uuid.uuid5(desk.asked_once, "tender"),
        holding_id=card_id,
        amount_cents=None,
        version=sale.head.version,
    )


router = Router(
    "/",
    route_handlers=[
        minutes_line,
        card_line,
        package_line,
        other_visit,
        park,
        resume,
        fee_line,
        deposit_line,
        let_off,
        scan,
    ],
)
