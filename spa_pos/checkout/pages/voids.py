"""Voiding a sale of today: everything goes back the way it was paid, in one step from the receipt."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, Router, get, post
from litestar.params import FromPath

from spa_pos.checkout.actions import VOID_APPROVED_AS, void_sale
from spa_pos.checkout.pages.desk import sale_of
from spa_pos.checkout.pages.refund_build import effects_of
from spa_pos.checkout.pages.refund_views import VoidPage
from spa_pos.checkout.pages.refunds import sent_back
from spa_pos.checkout.queries import sold
from spa_pos.checkout.rules import RefundPlan, check_may_void, plan_void
from spa_pos.kernel.errors import Conflict, NeedsApproval, Refusal
from spa_pos.people.pages.approval import approval_panel, ask_approved, without_approval
from spa_pos.people.pages.session import FRONT, Desk, desk_of, only, posted
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.i18n import N_
from spa_pos.web.shell import Nav
from spa_pos.web.templates import render

REASONS = (
    N_("Rung up by mistake"),
    N_("Wrong guest"),
    N_("Guest changed their mind"),
    N_("Paid the wrong way"),
)


class VoidForm(msgspec.Struct, forbid_unknown_fields=True):
    """A void as the page showed it."""

    id: UUID
    expected_cents: int
    reason: str = ""


async def _void_page(desk: Desk, ticket_id: UUID, problem: Refusal | None = None) -> Response[str]:
    sale = await sale_of(desk, ticket_id)
    if sale.head.status != "settled" or sale.head.settled_at is None:
        raise Conflict("ticket-not-settled", "This ticket is not settled. Undo its tenders instead.")
    found = await sold(sale)
    plan = None
    try:
        plan = plan_void(found.lines, found.taxes, found.tenders, tip_left_cents=found.tip_left_cents)
    except Refusal as refused:
        problem = problem or refused
    page = VoidPage(
        ticket_id=ticket_id,
        number=sale.head.number,
        guest_name=sale.head.guest_name,
        settled_at=sale.head.settled_at.astimezone(desk.place.zone),
        total_cents=sale.sums.total_cents,
        effects=effects_of(plan) if plan else (),
        back_cents=plan.total_cents if plan else 0,
        reasons=REASONS,
        back_href=f"/tickets/{ticket_id}/receipt",
        approval=await _approval(desk, plan, problem) if plan else None,
        problem=problem_of(problem) if problem and not isinstance(problem, NeedsApproval) else None,
    )
    text = render("checkout/void.html", page, await desk.shell(Nav.TICKETS))
    return html(text, status=problem.status if problem else 200)


async def _approval(desk: Desk, plan: RefundPlan, problem: Refusal | None) -> ApprovalPanel | None:
    try:
        check_may_void(desk.actor.role, plan)
    except NeedsApproval as needed:
        needed.problem = problem.problem if isinstance(problem, NeedsApproval) else None
        return await approval_panel(desk, needed, {}, back_href="")
    return None


@get("/tickets/{ticket_id:uuid}/void-of-sale", opt=only(*FRONT))
async def show_void(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[str]:
    """See what voiding a sale does."""
    return await _void_page(await desk_of(request), ticket_id)


@post("/tickets/{ticket_id:uuid}/voids", opt=only(*FRONT), status_code=200)
async def void(request: AnyRequest, ticket_id: FromPath[UUID]) -> Response[Any]:
    """Void a sale of today."""
    desk, fields = await posted(request)
    form = read(without_approval(fields), VoidForm)
    try:
        await ask_approved(
            desk,
            fields,
            void_sale,
            approves=VOID_APPROVED_AS,
            subject=ticket_id,
            refund_id=form.id,
            ticket_id=ticket_id,
            reason=form.reason,
            expected_cents=form.expected_cents,
        )
    except Refusal as problem:
        return await _void_page(desk, ticket_id, problem)
    return await sent_back(desk, form.id)


router = Router("/", route_handlers=[show_void, void])
