"""The refund policy: its words, and the notice that hangs where guests pay (DOMAIN.md §7.22)."""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, Router, get, post

from spa_pos.checkout.actions import set_refund_policy
from spa_pos.checkout.actions.terms import LONGEST_POLICY
from spa_pos.kernel.errors import Refusal
from spa_pos.people.pages.session import MANAGERS, Desk, desk_of, only, posted
from spa_pos.web.answers import AnyRequest, html, problem_of
from spa_pos.web.forms import read
from spa_pos.web.shell import Nav, Problem, Toast
from spa_pos.web.templates import render


@dataclass(frozen=True, slots=True)
class RefundPolicyPage:
    """`checkout/refund_policy.html` at `GET /refund-policy`; `POST /refund-policy` sends words.

    `policy` is what counts and is printed, `typed` what stands in the form.
    """

    business_name: str
    policy: str
    typed: str
    longest: int
    problem: Problem | None = None


class PolicyForm(msgspec.Struct, forbid_unknown_fields=True):
    """The policy as it was typed."""

    words: str = ""


async def _screen(desk: Desk, typed: str, problem: Refusal | None = None) -> Response[Any]:
    page = RefundPolicyPage(
        desk.place.name,
        desk.place.refund_policy,
        typed,
        LONGEST_POLICY,
        problem_of(problem) if problem else None,
    )
    text = render("checkout/refund_policy.html", page, await desk.shell(Nav.SALES_DAY))
    return html(text, status=problem.status if problem else 200)


@get("/refund-policy", opt=only(*MANAGERS))
async def show_policy(request: AnyRequest) -> Response[Any]:
    """The policy, to be changed or printed."""
    desk = await desk_of(request)
    return await _screen(desk, desk.place.refund_policy)


@post("/refund-policy", opt=only(*MANAGERS), status_code=200)
async def change_policy(request: AnyRequest) -> Response[Any]:
    """Other words from now on."""
    desk, fields = await posted(request)
    form = read(fields, PolicyForm)
    try:
        await desk.ask(set_refund_policy, words=form.words)
    except Refusal as problem:
        return await _screen(desk, form.words, problem)
    return desk.see("/refund-policy", Toast("Saved. Checkout and receipts say so from now on."))


router = Router("/", route_handlers=[show_policy, change_policy])
