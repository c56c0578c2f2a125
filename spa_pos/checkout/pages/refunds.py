"""Refunds at the desk: what goes back, how, what it does, and how it stands."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from spa_pos.checkout.actions import APPROVED_AS, give_back_otherwise, open_refund
from spa_pos.checkout.flows import send_back
from spa_pos.checkout.pages.desk import cards_of, sale_of
from spa_pos.checkout.pages.done_build import refund_slip
from spa_pos.checkout.pages.receipts import mail_panel, print_action_of
from spa_pos.checkout.pages.refund_build import (
    chosen_from,
    effects_of,
    line_rows,
    lines_text,
    nothing_left,
    refund_href,
    ways_of,
    why_not,
)
from spa_pos.checkout.pages.refund_views import (
    RefundDonePage,
    RefundPage,
    RefundPartRow,
)
from spa_pos.checkout.queries import (
    RefundPartView,
    TicketView,
    exchange_ticket,
    parts_of,
    refund,
    refunded_alone,
    refunds_of,
    sold,
)
from spa_pos.checkout.rules import Chosen, RefundPlan, check_may_refund, plan_refund
from spa_pos.kernel.errors import Conflict, NeedsApproval, Refusal
from spa_pos.kernel.money import Cents, format_usd, parse_usd
from spa_pos.kernel.time import local_date
from spa_pos.people.pages.approval import approval_panel, ask_approved, without_approval
from spa_pos.people.pages.session import FRONT, MANAGERS, Desk, desk_of, only, posted
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.printing.pages.desk import print_state_of
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.i18n import N_
from spa_pos.web.shell import Nav, Toast
from spa_pos.web.templates import render

REASONS = (
    N_("Not happy with the service"),
    N_("Service cut short"),
    N_("Goods returned"),
    N_("Charged by mistake"),
    N_("Goodwill"),
)

STANDS = {
    "requested": "On its way to the card",
    "unknown": "The processor has not answered yet; this is asked again by itself",
    "pending": "The bank has not said yes yet; this is asked again by itself",
    "done": "Done",
    "failed": "Refused",
}


class RefundForm(msgspec.Struct, forbid_unknown_fields=True):
    """A refund as the page showed it."""

    id: UUID
    lines: str
    tip: int
    to: str
    expected_cents: int
    reason: str = ""


class OtherwiseForm(msgspec.Struct, forbid_unknown_fields=True):
    """How a refused part goes back instead."""

    kind: str


async def _refund_page(
    desk: Desk,
    ticket_id: UUID,
    chosen: Chosen,
    problem: Refusal | None = None,
) -> Response[str]:
    sale = await sale_of(desk, ticket_id)
    if sale.head.status != "settled" or sale.head.settled_at is None:
        raise Conflict("ticket-not-settled", "This ticket is not settled. Undo its tenders instead.")
    found = await sold(sale)
    plan, approval = None, None
    if chosen.tip_cents or any(chosen.lines.values()):
        try:
            plan = plan_refund(
                found.lines, found.taxes, found.tenders, chosen, tip_left_cents=found.tip_left_cents
            )
            approval = await _approval(desk, sale, plan, problem)
        except Refusal as refused:
            problem = problem or refused
    tip = Cents(0) if chosen.tip_cents else found.tip_left_cents
    everything = Chosen(
        {line.id: line.left_cents for line in found.lines if why_not(line) is None},
        found.tip_left_cents,
        chosen.to,
    )
    page = RefundPage(
        ticket_id=ticket_id,
        number=sale.head.number,
        guest_name=sale.head.guest_name,
        settled_at=sale.head.settled_at.astimezone(desk.place.zone),
        total_cents=sale.sums.total_cents,
        lines=line_rows(sale, found, chosen),
        everything_href=refund_href(ticket_id, everything),
        tip_left_cents=found.tip_left_cents,
        tip_back_cents=chosen.tip_cents,
        tip_href=refund_href(ticket_id, replace(chosen, tip_cents=tip)),
        ways=ways_of(sale, chosen),
        effects=effects_of(plan) if plan else (),
        back_cents=plan.total_cents if plan else 0,
        chosen_lines=lines_text(chosen),
        to=chosen.to,
        reasons=REASONS,
        earlier=await _earlier(ticket_id),
        back_href=f"/tickets/{ticket_id}/receipt",
        nothing_left="" if everything.lines or everything.tip_cents else nothing_left(found),
        approval=approval,
        problem=problem_of(problem) if problem and not isinstance(problem, NeedsApproval) else None,
    )
    status = problem.status if problem else 200
    return html(render("checkout/refund.html", page, await desk.shell(Nav.TICKETS)), status=status)


async def _approval(
    desk: Desk, sale: TicketView, plan: RefundPlan, problem: Refusal | None
) -> ApprovalPanel | None:
    """What asks for a second person's PIN beside the reasons, when this person may not do it alone."""
    if not plan.parts or sale.head.settled_at is None:
        return None
    today = local_date(desk.now, desk.place.zone)
    alone = await refunded_alone(desk.actor.staff_id, desk.place.id, today, desk.place.zone)
    try:
        check_may_refund(
            desk.actor.role, plan, settled_at=sale.head.settled_at, now=desk.now, refunded_today=alone
        )
    except NeedsApproval as needed:
        needed.problem = problem.problem if isinstance(problem, NeedsApproval) else None
        return await approval_panel(desk, needed, {}, back_href="")
    return None


async def _earlier(ticket_id: UUID) -> tuple[str, ...]:
    return tuple(
        f"Refund {one.number}: {format_usd(one.total_cents)}, {one.reason}"
        for one in await refunds_of(ticket_id)
    )


@get("/tickets/{ticket_id:uuid}/refund", opt=only(*FRONT))
async def show_refund(
    request: AnyRequest,
    ticket_id: FromPath[UUID],
    lines: FromQuery[str] = "",
    tip: FromQuery[int] = 0,
    to: FromQuery[str] = "",
    part: FromQuery[UUID | None] = None,
    typed: Annotated[str, QueryParameter(name="amount")] = "",
) -> Response[str]:
    """Choose what goes back and see what it does."""
    desk = await desk_of(request)
    chosen = chosen_from(lines, tip, to)
    if part is None or not typed.strip():
        return await _refund_page(desk, ticket_id, chosen)
    try:
        taken = {**chosen.lines, part: parse_usd(typed)}
    except Refusal as problem:
        return await _refund_page(desk, ticket_id, chosen, problem)
    return await _refund_page(desk, ticket_id, replace(chosen, lines=taken))


@post("/tickets/{ticket_id:uuid}/refunds", opt=only(*FRONT), status_code=200)
async def give_back(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Give back what the page showed."""
    desk, fields = await posted(request)
    form = read(without_approval(fields), RefundForm)
    chosen = chosen_from(form.lines, form.tip, form.to)
    try:
        await ask_approved(
            desk,
            fields,
            open_refund,
            approves=APPROVED_AS,
            subject=ticket_id,
            refund_id=form.id,
            ticket_id=ticket_id,
            lines=chosen.lines,
            pieces=chosen.pieces,
            damaged=chosen.damaged,
            tip_cents=form.tip,
            to=form.to,
            reason=form.reason,
            expected_cents=form.expected_cents,
        )
    except Refusal as problem:
        return await _refund_page(desk, ticket_id, chosen, problem)
    instead = await exchange_ticket(form.id)
    if instead is not None:
        return desk.see(f"/tickets/{instead}?step=add", Toast("Add what the guest takes instead."))
    return await sent_back(desk, form.id)


async def sent_back(desk: Desk, refund_id: UUID) -> Response[Any]:
    """Carry what goes to cards to the processor, then show how the refund stands."""
    cards = cards_of(desk.request)
    if cards is not None:
        await send_back(desk.actor, cards, refund_id=refund_id, now=desk.now)
    return desk.see(f"/refunds/{refund_id}")


@get("/refunds/{refund_id:uuid}", opt=only(*FRONT))
async def show_done(
    request: AnyRequest, refund_id: FromPath[UUID], link: FromQuery[UUID | None] = None
) -> Response[str]:
    """How a refund stands, and its slip."""
    return await done_with(await desk_of(request), refund_id, shown=link)


async def done_with(
    desk: Desk,
    refund_id: UUID,
    problem: Refusal | None = None,
    *,
    mail_problem: Refusal | None = None,
    email: str | None = None,
    shown: UUID | None = None,
) -> Response[str]:
    """How a refund stands, with the refusal of what was tried."""
    head = await refund(refund_id, desk.place.id)
    sale = await sale_of(desk, head.ticket_id)
    parts = await parts_of(refund_id)
    action = f"/refunds/{refund_id}/receipt"
    mail = await mail_panel(
        desk, sale, action, refund_id=refund_id, email=email, problem=mail_problem, shown=shown
    )
    page = RefundDonePage(
        id=head.id,
        number=head.number,
        ticket_number=head.ticket_number,
        guest_name=sale.head.guest_name,
        status=head.status,
        reason=head.reason,
        total_cents=head.total_cents,
        cash_cents=sum(part.amount_cents for part in parts if part.kind == "cash"),
        parts=tuple(_part_row(part) for part in parts),
        slip=await refund_slip(desk.place, sale, head, parts),
        receipt_href=f"/tickets/{head.ticket_id}/receipt",
        pdf_href=f"{action}.pdf",
        mail=mail,
        print_action=await print_action_of(desk, f"/refunds/{refund_id}"),
        printing=await print_state_of(refund_id, desk.now),
        problem=problem_of(problem) if problem else None,
    )
    refused = problem or mail_problem
    status = refused.status if refused else 200
    return html(render("checkout/refund_done.html", page, await desk.shell(Nav.TICKETS)), status=status)


def _part_row(part: RefundPartView) -> RefundPartRow:
    sentence = part.problem or STANDS[part.status]
    if part.kind == "cash":
        sentence = "Hand it to the guest"
    if part.kind == "exchange":
        sentence = "It pays another ticket"
    href = (
        f"/gift-cards/{part.stored_value_id}" if part.kind == "gift_card" and part.stored_value_id else None
    )
    return RefundPartRow(part.id, part.word, part.amount_cents, part.status, sentence, href)


@post("/refunds/{refund_id:uuid}/check", opt=only(*FRONT), status_code=200)
async def check(request: AnyRequest, refund_id: FromPath[UUID]) -> Response[Any]:
    """Ask the processor again about parts that are under way."""
    desk, _ = await posted(request)
    await refund(refund_id, desk.place.id)
    return await sent_back(desk, refund_id)


@post("/refunds/{refund_id:uuid}/parts/{part_id:uuid}", opt=only(*MANAGERS), status_code=200)
async def otherwise(request: AnyRequest, refund_id: FromPath[UUID], part_id: FromPath[UUID]) -> Response[Any]:
    """A refused part goes back in cash or as credit."""
    desk, fields = await posted(request)
    form = read(fields, OtherwiseForm)
    try:
        await desk.ask(give_back_otherwise, refund_id=refund_id, part_id=part_id, kind=form.kind)
    except Refusal as problem:
        return await done_with(desk, refund_id, problem)
    return desk.see(f"/refunds/{refund_id}")


router = Router("/", route_handlers=[show_refund, give_back, show_done, check, otherwise])
