"""The register, for staff at the desk."""

from collections.abc import Awaitable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from spa_pos.checkout.actions import (
    Taken,
    add_product,
    open_ticket,
    remove_line,
    settle_ticket,
    take_cash,
    undo_tender,
    void_ticket,
)
from spa_pos.checkout.pages.build import Shown, ticket_page
from spa_pos.checkout.pages.done_views import OpenTicket, TicketsPage
from spa_pos.checkout.pages.views import NOBODY_SOUGHT, GuestFinder, PayWith, Step
from spa_pos.checkout.queries import TicketView, open_tickets, ticket
from spa_pos.kernel.errors import Conflict, NeedsApproval, Refusal
from spa_pos.kernel.money import Cents, format_usd, parse_usd
from spa_pos.payments.flows import CardPayments
from spa_pos.payments.queries import AttemptView, attempt, live_attempt_for
from spa_pos.people.pages.approval import approval_panel
from spa_pos.people.pages.session import FRONT, Desk, desk_of, only, posted
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.answers import AnyRequest, html, problem_of, wants_part
from spa_pos.web.forms import read
from spa_pos.web.shell import Nav, Problem, Toast
from spa_pos.web.templates import render


class OpenForm(msgspec.Struct, forbid_unknown_fields=True):
    """A new ticket, for a visit or empty."""

    id: UUID
    appointment: UUID | None = None


class VersionForm(msgspec.Struct, forbid_unknown_fields=True):
    """The version of the ticket that the person saw."""

    version: int


class TenderForm(VersionForm, forbid_unknown_fields=True):
    """Cash that was handed over."""

    id: UUID
    given: str = ""
    kind: str = "cash"


class LineForm(VersionForm, forbid_unknown_fields=True):
    """A product for the ticket."""

    id: UUID
    product: UUID
    quantity: int = 1


class VoidForm(VersionForm, forbid_unknown_fields=True):
    """Why a ticket is voided."""

    reason: str = ""


def cards_of(request: AnyRequest) -> CardPayments | None:
    """How cards are taken here; None when no processor is configured."""
    cards: CardPayments | None = request.app.state["cards"]
    return cards


async def sale_of(desk: Desk, ticket_id: UUID) -> TicketView:
    """A ticket of this location."""
    return await ticket(ticket_id, desk.place.id, desk.place.zone, now=desk.now)


async def pay_screen(
    desk: Desk,
    ticket_id: UUID,
    *,
    pay_with: PayWith = PayWith.CASH,
    step: Step = Step.NONE,
    line_id: UUID | None = None,
    card_id: UUID | None = None,
    shown: AttemptView | None = None,
    given: str = "",
    problem: Refusal | None = None,
    approval: ApprovalPanel | None = None,
    finder: GuestFinder = NOBODY_SOUGHT,
) -> Response[Any]:
    """The pay screen as it stands now, with the refusal of what was tried."""
    sale = await sale_of(desk, ticket_id)
    if sale.head.status == "settled" and problem is None:
        return desk.see(f"/tickets/{ticket_id}/done")
    live = await live_attempt_for(ticket_id)
    what = Shown(
        pay_with=PayWith.CARD if live or shown else pay_with,
        step=step,
        line_id=line_id,
        card_id=card_id,
        given=given,
        given_cents=_typed_cents(given),
        problem=_problem(problem, ticket_id) if problem and approval is None else None,
        approval=approval,
        finder=finder,
    )
    with_cards = cards_of(desk.request) is not None
    page = await ticket_page(desk.place, sale, what, attempt=live or shown, cards=with_cards, now=desk.now)
    name = "checkout/_ticket.html" if wants_part(desk.request) else "checkout/ticket.html"
    status = problem.status if problem else 200
    return html(render(name, page, await desk.shell(Nav.TICKETS)), status=status)


def _problem(problem: Refusal, ticket_id: UUID) -> Problem:
    """A refusal; a drawer that has to be opened leads back to this ticket."""
    opening = problem.facts.get("next_href") == "/drawer"
    return problem_of(problem, next_href=f"/drawer?onward=/tickets/{ticket_id}" if opening else None)


async def tried(
    desk: Desk,
    ticket_id: UUID,
    fields: dict[str, str],
    act: Awaitable[object],
    *,
    to: str | None = None,
    toast: str = "",
    **screen: Any,
) -> Response[Any]:
    """Do something to a ticket and look at it again; a refusal or a missing approval on the same screen."""
    here = to or f"/tickets/{ticket_id}"
    try:
        done = await act
    except NeedsApproval as needed:
        panel = await approval_panel(desk, needed, fields, back_href=here)
        return await pay_screen(desk, ticket_id, problem=needed, approval=panel)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem, **screen)
    if isinstance(done, Taken) and done.settled:
        return desk.see(f"/tickets/{ticket_id}/done")
    if isinstance(done, Taken) and done.remaining_cents:
        toast = f"{format_usd(done.remaining_cents)} is still to pay."
    return desk.see(here, Toast(toast) if toast else None)


def _typed_cents(given: str) -> Cents | None:
    try:
        return parse_usd(given)
    except Refusal:
        return None


@get("/tickets", opt=only(*FRONT))
async def show_tickets(request: AnyRequest) -> Response[str]:
    """Tickets that wait to be paid."""
    desk = await desk_of(request)
    rows = []
    for head in await open_tickets(desk.place.id):
        sale = await sale_of(desk, head.id)
        rows.append(
            OpenTicket(
                head.number,
                f"/tickets/{head.id}",
                head.guest_name,
                sale.lines[0].description if sale.lines else "Nothing on it yet",
                head.opened_at.astimezone(desk.place.zone),
                head.opened_by or "the system",
                sale.sums.total_cents,
                sale.sums.tendered_cents,
                sale.sums.remaining_cents,
                head.id,
                head.parked_as,
            )
        )
    return html(render("checkout/tickets.html", TicketsPage(tuple(rows)), await desk.shell(Nav.TICKETS)))


@post("/tickets", opt=only(*FRONT), status_code=200)
async def begin(request: AnyRequest) -> Response[Any]:
    """Open a ticket, or go to the one the visit is on."""
    desk, fields = await posted(request)
    form = read(fields, OpenForm)
    ticket_id = await desk.ask(open_ticket, ticket_id=form.id, appointment_id=form.appointment)
    return desk.see(f"/tickets/{ticket_id}")


@get("/tickets/{ticket_id:uuid}", opt=only(*FRONT))
async def show_ticket(
    request: AnyRequest,
    ticket_id: FromPath[UUID],
    pay_with: Annotated[PayWith, QueryParameter(name="with")] = PayWith.CASH,
    step: FromQuery[Step] = Step.NONE,
    line: FromQuery[UUID | None] = None,
    card: FromQuery[UUID | None] = None,
    shown: Annotated[UUID | None, QueryParameter(name="attempt")] = None,
) -> Response[Any]:
    """The pay screen."""
    desk = await desk_of(request)
    ended = await attempt(shown) if shown else None
    if ended is not None and ended.subject != ticket_id:
        ended = None
    return await pay_screen(
        desk, ticket_id, pay_with=pay_with, step=step, line_id=line, card_id=card, shown=ended
    )


@post("/tickets/{ticket_id:uuid}/tenders", opt=only(*FRONT), status_code=200)
async def tender_cash(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Take cash; nothing typed means exactly what is due."""
    desk, fields = await posted(request)
    form = read(fields, TenderForm)
    try:
        if form.kind != "cash":
            raise Conflict("tender-unknown-kind", "Choose cash or card.")
        given = parse_usd(form.given) if form.given.strip() else None
        taken = await desk.ask(
            take_cash, ticket_id=ticket_id, tender_id=form.id, given_cents=given, version=form.version
        )
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, given=form.given, problem=problem)
    if taken.settled:
        return desk.see(f"/tickets/{ticket_id}/done")
    return desk.see(f"/tickets/{ticket_id}", Toast(f"{format_usd(taken.remaining_cents)} is still to pay."))


@post("/tickets/{ticket_id:uuid}/tenders/{tender_id:uuid}/undo", opt=only(*FRONT), status_code=200)
async def untender(
    request: AnyRequest, ticket_id: FromPath[UUID], tender_id: FromPath[UUID]
) -> Response[Any]:
    """Give cash back."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    try:
        await desk.ask(undo_tender, ticket_id=ticket_id, tender_id=tender_id, version=form.version)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem)
    return desk.see(f"/tickets/{ticket_id}", Toast("The tender is undone; hand back what was given."))


@post("/tickets/{ticket_id:uuid}/lines", opt=only(*FRONT), status_code=200)
async def add_line(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Put a product on the ticket."""
    desk, fields = await posted(request)
    form = read(fields, LineForm)
    try:
        await desk.ask(
            add_product,
            ticket_id=ticket_id,
            line_id=form.id,
            product_id=form.product,
            quantity=form.quantity,
            version=form.version,
        )
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, step=Step.ADD, problem=problem)
    return desk.see(f"/tickets/{ticket_id}?step=add")


@post("/tickets/{ticket_id:uuid}/lines/{line_id:uuid}/removal", opt=only(*FRONT), status_code=200)
async def take_line_off(
    request: AnyRequest, ticket_id: FromPath[UUID], line_id: FromPath[UUID]
) -> Response[Any]:
    """Take a line off the ticket."""
    desk, fields = await posted(request)
    form = read(fields, VersionForm)
    try:
        await desk.ask(remove_line, ticket_id=ticket_id, line_id=line_id, version=form.version)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem)
    return desk.see(f"/tickets/{ticket_id}", Toast("The line is off the ticket."))


@post("/tickets/{ticket_id:uuid}/settlement", opt=only(*FRONT), status_code=200)
async def settle(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Close a ticket on which nothing is left to pay."""
    desk, fields = await posted(request)
    read(fields, VersionForm)
    try:
        await desk.ask(settle_ticket, ticket_id=ticket_id)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem)
    return desk.see(f"/tickets/{ticket_id}/done")


@post("/tickets/{ticket_id:uuid}/void", opt=only(*FRONT), status_code=200)
async def void(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Undo a ticket before it is paid."""
    desk, fields = await posted(request)
    form = read(fields, VoidForm)
    try:
        await desk.ask(void_ticket, ticket_id=ticket_id, version=form.version, reason=form.reason)
    except Refusal as problem:
        return await pay_screen(desk, ticket_id, problem=problem)
    return desk.see("/board", Toast("The ticket is voided; the visit can be checked out again."))


router = Router(
    "/",
    route_handlers=[
        show_tickets,
        begin,
        show_ticket,
        tender_cash,
        untender,
        add_line,
        take_line_off,
        settle,
        void,
    ],
)
