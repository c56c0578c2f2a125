"""A second person's PIN in place: ask for it on the same screen, then do what was asked."""

import uuid
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from spa_pos.kernel.actor import Role
from spa_pos.kernel.errors import Invalid, NeedsApproval, Refusal
from spa_pos.kernel.money import Cents
from spa_pos.people.actions import APPROVERS
from spa_pos.people.flows import approve
from spa_pos.people.pages.session import Desk
from spa_pos.people.pages.views import ApprovalPanel
from spa_pos.people.queries import staff_members
from spa_pos.web.answers import problem_of
from spa_pos.web.shell import Face

T = TypeVar("T")

OWN_FIELDS = ("approver", "pin", "approval_cents")
"""What the panel adds to a form."""


async def ask_approved(
    desk: Desk,
    fields: dict[str, str],
    verb: Callable[..., Awaitable[T]],
    *,
    approves: str,
    subject: UUID,
    **asked: object,
) -> T:
    """Have an action done once, with the approval that came along, if one did; it gets `approval_id`.

    `fields` are those of the form, with what the panel added. `approves` and `subject` name what is
    approved, as the action names it when it asks.

    Raises:
        NeedsApproval: with the problem of a PIN that was refused.
    """
    approval_id, problem = None, None
    if fields.get("approver"):
        try:
            approval_id = await _approve(desk, fields, approves, subject)
        except Refusal as refused:
            problem = refused
    try:
        return await desk.ask(verb, approval_id=approval_id, **asked)
    except NeedsApproval as needed:
        needed.problem = problem
        raise


def without_approval(fields: dict[str, str]) -> dict[str, str]:
    """The form as it was before the panel added to it."""
    return {name: value for name, value in fields.items() if name not in OWN_FIELDS}


async def _approve(desk: Desk, fields: dict[str, str], verb: str, subject: UUID) -> UUID:
    try:
        approver_id = UUID(fields["approver"])
        cents = fields.get("approval_cents", "")
        amount = Cents(int(cents)) if cents else None
    except ValueError:
        raise Invalid("form-unreadable", "This form is incomplete. Open the page again.") from None
    return await approve(
        desk.actor,
        approval_id=uuid.uuid5(desk.asked_once, "approval"),
        approver_id=approver_id,
        pin=fields.get("pin", ""),
        device=desk.session.device,
        secret=desk.settings.secret,
        verb=verb,
        subject=subject,
        amount_cents=amount,
        now=desk.now,
    )


async def approval_panel(
    desk: Desk, needed: NeedsApproval, fields: dict[str, str], *, back_href: str
) -> ApprovalPanel:
    """What asks for the PIN: everybody who may approve but the person who asks, managers first."""
    people = [
        one
        for one in await staff_members(desk.place.id)
        if one.role in APPROVERS and one.id != desk.session.staff.id
    ]
    people.sort(key=lambda one: (one.role is Role.OWNER, one.name))
    amount = needed.facts.get("amount_cents")
    return ApprovalPanel(
        path=desk.request.url.path,
        fields=tuple(without_approval(fields).items()),
        sentence=needed.sentence,
        amount_cents=amount if isinstance(amount, int) else None,
        approvers=tuple(Face.of(one.id, one.name, one.hue, one.role) for one in people),
        back_href=back_href,
        problem=problem_of(needed.problem) if needed.problem else None,
    )
